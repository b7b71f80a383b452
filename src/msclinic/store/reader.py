"""What screens, reports and exports read: one snapshot of the record.

Nothing here writes. Snapshots are meant to be short; long work takes one of its own.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

import rfc8785
from attrs import evolve, field, frozen
from sqlalchemy import Connection, Select, and_, bindparam, func, or_, select
from sqlalchemy.sql.elements import ColumnElement

from msclinic.record.entry import ZEROS, Entry, Payload, StoredEntry
from msclinic.store.rows import moment, value_of
from msclinic.store.schema import (
    current,
    device_secret,
    document_content,
    head,
    journal,
    payload,
    signature,
    signature_item,
    study_content,
    waiting,
)

__all__ = ["Head", "Position", "Reader", "SignatureRow", "StreamHead", "TrailRow"]


class StreamHead(NamedTuple):
    """Where a stream ends; what the next act's stamp is made from.

    Attributes:
        seq: Place of the last entry, 0 where the stream has none.
        hash: Its hash, zeros where the stream has none.
        act_number: Number of the last act, 0 where the stream has none.
    """

    seq: int
    hash: str
    act_number: int


@frozen
class Position:
    """A place in the journal, as a document carries it.

    Attributes:
        entries: How many entries there are.
        streams: By stream, the place and hash of its last entry.
    """

    entries: int
    streams: Mapping[str, tuple[int, str]]

    @property
    def head(self) -> str:
        """One hash over the heads of all streams, hexadecimal."""
        heads: Any = [[stream, seq, one] for stream, (seq, one) in sorted(self.streams.items())]
        return hashlib.sha256(rfc8785.dumps(heads)).hexdigest()


@frozen
class Head:
    """A current value of one register.

    Attributes:
        participant: Random id, none for the site's registers.
        path: The register.
        entry: Hash of the entry.
        action: What was done.
        value: The value as written, none where there is none.
        reason: The reason for change.
        actor: Account id.
        role: Role of the actor.
        typed_at: When it was typed.
        recorded_at: When it was sealed.
        event_time: When it happened.
        study_version: The study under which it was made.
        source: Where the value came from.
        replaces: How many earlier heads it replaced; 0 for a first answer.
        stale: What it was computed from, or kept for, has changed since.
        conflict: The register has another head.
        known: What an entry replacing this head must supersede: the head and its twins.
    """

    participant: str | None
    path: str
    entry: str
    action: str
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    actor: str | None
    role: str | None
    typed_at: datetime
    recorded_at: datetime
    event_time: datetime | None
    study_version: str | None
    source: str | None
    replaces: int
    stale: bool
    conflict: bool
    known: tuple[str, ...]


@frozen
class TrailRow:
    """One entry of a register's history.

    Attributes:
        stored: The entry as it is kept.
        value: The value as written, none where there is none or it was blotted.
        reason: The reason for change.
        current: It is a head.
        waiting: It does not count yet.
        removed: Its value was blotted.
    """

    stored: StoredEntry = field(repr=False)
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    current: bool
    waiting: bool
    removed: bool

    @property
    def entry(self) -> Entry:
        """The entry's members: who, when, what, replacing what."""
        return self.stored.entry


@frozen
class SignatureRow:
    """One signature.

    Attributes:
        entry: Hash of the entry that signed.
        participant: Random id, none for the site's own.
        path: ``signature/<id>``.
        scope: Path prefix, or empty.
        meaning: Code of the meaning.
        status: ``valid`` or ``void``.
        actor: Account id of the signer.
        role: Role of the signer.
        typed_at: When it was signed.
        study_version: The study under which it was signed.
        items: Paths and the heads they had.
    """

    entry: str
    participant: str | None
    path: str
    scope: str
    meaning: str
    status: str
    actor: str | None
    role: str | None
    typed_at: datetime
    study_version: str | None
    items: tuple[tuple[str, tuple[str, ...]], ...]


class Reader:
    """One snapshot of the record, on one connection.

    Attributes:
        connection: The connection; only this package may use it.
    """

    def __init__(self, connection: Connection) -> None:
        """Read from a connection in an open transaction."""
        self.connection = connection

    def position(self) -> Position:
        """How far the journal has come."""
        statement = select(
            journal.c.stream, func.max(journal.c.seq), journal.c.hash, func.count()
        ).group_by(journal.c.stream)
        streams: dict[str, tuple[int, str]] = {}
        count = 0
        # SQLite takes the bare column from the row that has the maximum.
        for stream, seq, one, entries in self.connection.execute(statement):
            streams[stream] = (seq, one)
            count += entries
        return Position(count, streams)

    def stream_head(self, stream: str) -> StreamHead:
        """Where a stream ends; ``(0, zeros, 0)`` where it has not begun."""
        row = self.connection.execute(_STREAM_HEAD, {"which": stream}).first()
        return StreamHead(0, ZEROS, 0) if row is None else StreamHead(*row)

    def heads(
        self,
        participant: str | None = None,
        prefix: str | None = None,
        form: str | None = None,
        item: str | None = None,
        visit: str | None = None,
    ) -> list[Head]:
        """Current values that fit every argument given, by participant and path.

        Args:
            participant: Random id; the empty string for the site's own registers.
            prefix: The path itself and all paths below it.
            form: Form OID.
            item: Item OID.
            visit: Visit code.
        """
        wanted = {"participant": participant, "form": form, "item": item, "visit": visit}
        given = {name: value for name, value in wanted.items() if value is not None}
        statement = _heads_statement(tuple(given), below=prefix is not None)
        if prefix is not None:
            given |= {"at": prefix, "above": f"{prefix}/", "end": f"{prefix}0"}
        return _heads(self.connection.execute(statement, given).all())

    def at(self, participant: str | None, path: str) -> list[Head]:
        """The heads of one register; more than one is a conflict.

        Args:
            participant: Random id, none for the site's registers.
            path: The register.
        """
        found = self.connection.execute(_AT, {"who": participant or "", "where": path})
        return _heads(found.all())

    def trail(self, participant: str | None, path: str) -> list[TrailRow]:
        """Every entry of a register, in the order in which this store took them in."""
        here = {"who": participant or "", "where": path}
        rows = list(self.connection.execute(_TRAIL, here))
        contents = {
            (entry, part): content
            for entry, part, content in self.connection.execute(
                _PAYLOADS, {"many": [row[0] for row in rows]}
            )
        }
        found = []
        for one, data, signed, is_current, waits in rows:
            stored = StoredEntry(one, data, signed)
            value = contents.get((one, "value"))
            found.append(
                TrailRow(
                    stored,
                    value_of(value),
                    value_of(contents.get((one, "reason"))),
                    is_current is not None,
                    waits is not None,
                    value is None and stored.entry.value is not None,
                )
            )
        return found

    def signatures(
        self,
        participant: str | None = None,
        scope: str | None = None,
        meaning: str | None = None,
    ) -> list[SignatureRow]:
        """Signatures that fit every argument given, in the order in which they came."""
        wanted = {"participant": participant, "scope": scope, "meaning": meaning}
        given = {name: value for name, value in wanted.items() if value is not None}
        found = self.connection.execute(_signatures_statement(tuple(given)), given)
        rows = list(found.mappings())
        if not rows:
            return []
        items: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for one, path, heads in self.connection.execute(
            _SIGNED, {"many": [row["entry"] for row in rows]}
        ):
            items.setdefault(one, []).append((path, tuple(heads.split())))
        return [
            SignatureRow(
                entry=row["entry"],
                participant=row["participant"] or None,
                path=row["path"],
                scope=row["scope"],
                meaning=row["meaning"],
                status=row["status"],
                actor=row["actor"],
                role=row["role"],
                typed_at=moment(row["typed_at"]),
                study_version=row["study_version"],
                items=tuple(items.get(row["entry"], ())),
            )
            for row in rows
        ]

    def roles_acted(self, participant: str, account: str) -> frozenset[str]:
        """Roles in which an account has ever written into a participant's record."""
        statement = select(journal.c.hash, journal.c.bytes, journal.c.signature).where(
            journal.c.participant == participant, journal.c.actor == account
        )
        roles = {StoredEntry(*row).entry.role for row in self.connection.execute(statement)}
        return frozenset(role for role in roles if role)

    def participants(self) -> tuple[str, ...]:
        """Random ids of all participants who have a current value, sorted."""
        statement = select(head.c.participant).distinct().where(head.c.participant != "")
        return tuple(sorted(self.connection.execute(statement).scalars()))

    def conflicts(self) -> list[tuple[str | None, str]]:
        """Participant and path of every register with more than one head."""
        statement = (
            select(head.c.participant, head.c.path)
            .distinct()
            .where(head.c.conflict == 1)
            .order_by(head.c.participant, head.c.path)
        )
        return [(who or None, path) for who, path in self.connection.execute(statement)]

    def study_content(self, version: str) -> bytes | None:
        """Content of a study version that was ever active here."""
        statement = select(study_content.c.content).where(study_content.c.version == version)
        content: bytes | None = self.connection.execute(statement).scalar()
        return content

    def studies(self) -> Iterator[tuple[str, bytes]]:
        """Version and content of every study kept."""
        for row in self.connection.execute(select(study_content)):
            yield row.version, row.content

    def document_content(self, sha256: str) -> bytes | None:
        """The file of a document by its hash."""
        statement = select(document_content.c.content).where(document_content.c.sha256 == sha256)
        content: bytes | None = self.connection.execute(statement).scalar()
        return content

    def documents(self) -> Iterator[tuple[str, bytes]]:
        """Hash and file of every document kept."""
        for row in self.connection.execute(select(document_content)):
            yield row.sha256, row.content

    def secret(self, name: str) -> bytes | None:
        """A secret of this device, such as its keys."""
        statement = select(device_secret.c.content).where(device_secret.c.name == name)
        content: bytes | None = self.connection.execute(statement).scalar()
        return content

    def entries(self, *actions: str) -> Iterator[StoredEntry]:
        """Entries in the order in which they came; all, or those of some actions."""
        statement = select(journal.c.hash, journal.c.bytes, journal.c.signature)
        if actions:
            statement = statement.where(journal.c.action.in_(actions))
        for row in self.connection.execute(statement.order_by(journal.c.position)):
            yield StoredEntry(*row)

    def payloads(self) -> Iterator[Payload]:
        """Every value and reason."""
        for row in self.connection.execute(
            select(payload.c.entry, payload.c.part, payload.c.salt, payload.c.content)
        ):
            yield Payload(*row)


# Built once: building a statement takes longer than running it.
_HEAD = (
    select(
        head.c.participant,
        head.c.path,
        head.c.entry,
        head.c.action,
        head.c.value,
        head.c.reason,
        head.c.actor,
        head.c.role,
        head.c.typed_at,
        head.c.recorded_at,
        head.c.event_time,
        head.c.study_version,
        head.c.source,
        head.c.replaces,
        head.c.stale,
        head.c.conflict,
        current.c.entry,
    )
    .join(current, current.c.head == head.c.entry)
    .order_by(head.c.participant, head.c.path, head.c.entry, current.c.entry)
)
_AT = _HEAD.where(head.c.participant == bindparam("who"), head.c.path == bindparam("where"))
_STREAM_HEAD = (
    select(journal.c.seq, journal.c.hash, journal.c.act_number)
    .where(journal.c.stream == bindparam("which"))
    .order_by(journal.c.seq.desc())
    .limit(1)
)
_TRAIL = (
    select(
        journal.c.hash,
        journal.c.bytes,
        journal.c.signature,
        current.c.entry,
        waiting.c.entry,
    )
    .outerjoin(current, current.c.entry == journal.c.hash)
    .outerjoin(waiting, waiting.c.entry == journal.c.hash)
    .where(journal.c.participant == bindparam("who"), journal.c.path == bindparam("where"))
    .order_by(journal.c.position)
)
_PAYLOADS = select(payload.c.entry, payload.c.part, payload.c.content).where(
    payload.c.entry.in_(bindparam("many", expanding=True))
)
_SIGNED = (
    select(signature_item)
    .where(signature_item.c.signature.in_(bindparam("many", expanding=True)))
    .order_by(signature_item.c.path)
)


@cache
def _heads_statement(columns: tuple[str, ...], *, below: bool) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [head.c[one] == bindparam(one) for one in columns]
    if below:
        # The path itself and what is below it; ``0`` is what sorts after ``/``.
        path = head.c.path
        inside = and_(path >= bindparam("above"), path < bindparam("end"))
        conditions.append(or_(path == bindparam("at"), inside))
    return _HEAD.where(*conditions)


@cache
def _signatures_statement(columns: tuple[str, ...]) -> Select[Any]:
    return (
        select(signature)
        .join(journal, journal.c.hash == signature.c.entry)
        .where(*(signature.c[one] == bindparam(one) for one in columns))
        .order_by(journal.c.position)
    )


def _heads(rows: Iterable[Sequence[Any]]) -> list[Head]:
    found: list[Head] = []
    for row in rows:
        if found and found[-1].entry == row[2]:
            found[-1] = evolve(found[-1], known=(*found[-1].known, row[16]))
        else:
            found.append(_head(row))
    return found


def _head(row: Sequence[Any]) -> Head:
    who, path, entry, action, value, reason, actor, role, typed, recorded, event, *rest = row
    study_version, source, replaces, stale, conflict, same = rest
    return Head(
        participant=who or None,
        path=path,
        entry=entry,
        action=action,
        value=value_of(value),
        reason=value_of(reason),
        actor=actor,
        role=role,
        typed_at=moment(typed),
        recorded_at=moment(recorded),
        event_time=None if event is None else moment(event),
        study_version=study_version,
        source=source,
        replaces=replaces,
        stale=bool(stale),
        conflict=bool(conflict),
        known=(same,),
    )
