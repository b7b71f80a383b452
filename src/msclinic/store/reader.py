"""What screens, reports and exports read: one snapshot of the record.

Nothing here writes. Snapshots are meant to be short; long work takes one of its own.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import evolve
from sqlalchemy import Connection, and_, func, select

from msclinic.record.entry import ZEROS, Payload, StoredEntry
from msclinic.store.read_model import (
    LAST,
    Head,
    Name,
    Position,
    SignatureRow,
    StreamHead,
    TrailRow,
)
from msclinic.store.rows import moment, value_of
from msclinic.store.schema import (
    device_secret,
    document_content,
    head,
    journal,
    payload,
    study_content,
)
from msclinic.store.statements import (
    AT,
    BETWEEN,
    CHANGED,
    FIRST_SIGNED,
    ITEMS_OF,
    ITEMS_OF_SOME,
    LAST_POSITION,
    NAMED,
    NAMES_OF,
    NEXT_SIGNED,
    NEXT_STREAM,
    NEXT_WORD,
    PAYLOADS,
    SAYING,
    SIGNED,
    SIGNED_BACKWARDS,
    SIGNED_SO,
    STORED,
    STREAM_HEAD,
    TRAIL,
    heads_statement,
    signatures_statement,
)

_SET_BACK = timedelta(days=2)

__all__ = ["LAST", "Head", "Name", "Position", "Reader", "SignatureRow", "StreamHead", "TrailRow"]


Judge = Callable[["Reader", SignatureRow], bool]
"""Whether a signature counts; what the journal alone cannot tell comes in from outside."""


class Reader:
    """One snapshot of the record, on one connection.

    Attributes:
        connection: The connection; only this package may use it.
        judge: Whether a signature is one that its role could give; none counts all.
    """

    def __init__(self, connection: Connection, judge: Judge | None = None) -> None:
        """Read from a connection in an open transaction."""
        self.connection = connection
        self.judge = judge

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
        row = STREAM_HEAD.first(self.connection, which=stream)
        return StreamHead(0, ZEROS, 0) if row is None else StreamHead(*row)

    def hash_at(self, stream: str, seq: int) -> str | None:
        """Hash of the entry at one place of a stream, none where there is no such place."""
        there = and_(journal.c.stream == stream, journal.c.seq == seq)
        found: str | None = self.connection.execute(select(journal.c.hash).where(there)).scalar()
        return found

    def stored(self, entry: str) -> StoredEntry | None:
        """An entry as it is kept, by its hash; none where there is no such entry."""
        row = STORED.first(self.connection, one=entry)
        return None if row is None else StoredEntry(*row)

    def order(self, entries: Iterable[str]) -> dict[str, int]:
        """Places of entries in the order in which this store took them in, by hash."""
        statement = select(journal.c.hash, journal.c.position).where(
            journal.c.hash.in_(list(entries))
        )
        return {row.hash: row.position for row in self.connection.execute(statement)}

    def last_moment(self, stream: str) -> datetime | None:
        """When the last entry of a stream was recorded, by the clock of its device."""
        statement = select(journal.c.hash, journal.c.bytes, journal.c.signature).where(
            journal.c.hash == self.stream_head(stream).hash
        )
        row = self.connection.execute(statement).first()
        return None if row is None else StoredEntry(*row).entry.recorded_at

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
        statement = heads_statement(tuple(given), below=prefix is not None)
        if prefix is not None:
            given |= {"at": prefix, "above": f"{prefix}/", "end": f"{prefix}0"}
        return _heads(statement(self.connection, **given))

    def at(self, participant: str | None, path: str) -> list[Head]:
        """The heads of one register; more than one is a conflict.

        Args:
            participant: Random id, none for the site's registers.
            path: The register.
        """
        return _heads(AT(self.connection, who=participant or "", where=path))

    def saying(self, form: str, item: str, words: Iterable[str]) -> list[Head]:
        """Heads at the whole site whose value, as a short text, is one of these.

        Args:
            form: Form OID; empty for registers outside a form, such as visits.
            item: Item OID; empty for registers that are no item, such as a form's own.
            words: Short texts; see ``store.rows.word_of``.
        """
        asked = {"form": form, "item": item, "many": list(words)}
        return _heads(SAYING(self.connection, **asked))

    def between(self, form: str, item: str, first: str, end: str) -> list[Head]:
        """Heads at the whole site whose short text lies from ``first`` up to before ``end``."""
        asked = {"form": form, "item": item, "first": first, "end": end}
        return _heads(BETWEEN(self.connection, **asked))

    def next_word(self, form: str, item: str, first: str) -> str | None:
        """The first short text from ``first`` on that an item says anywhere at the site."""
        found: str | None = _first(NEXT_WORD(self.connection, form=form, item=item, first=first))
        return found

    def signed_since(self, moment: datetime) -> frozenset[str]:
        """Participants in whose record anybody has signed since a moment.

        Each stream is walked back from its end, so that what was signed before is not read. A
        clock may have been set back, so a little more is looked at.
        """
        found: set[str] = set()
        stream = _first(NEXT_STREAM(self.connection, after=""))
        while stream is not None:
            found |= self._signed_since(stream, moment)
            stream = _first(NEXT_STREAM(self.connection, after=stream))
        return frozenset(found)

    def _signed_since(self, stream: str, moment: datetime) -> set[str]:
        found: set[str] = set()
        before = self.stream_head(stream).seq + 1
        while rows := SIGNED_BACKWARDS(self.connection, which=stream, before=before):
            for seq, *stored in rows:
                before = seq
                entry = StoredEntry(*stored).entry
                if entry.typed_at < moment - _SET_BACK:
                    return found
                if entry.typed_at >= moment and entry.participant:
                    found.add(entry.participant)
        return found

    def journal_end(self) -> int:
        """The place of the last entry that this store took in; 0 while there is none."""
        return int(_first(LAST_POSITION(self.connection)) or 0)

    def changed_since(self, place: int) -> list[tuple[str | None, str]]:
        """Participant and path of every register written after a place in this store's journal."""
        rows = CHANGED(self.connection, after=place)
        return list(dict.fromkeys((who or None, path) for who, path in rows))

    def unsigned(self, form: str, words: Iterable[str], meaning: str) -> list[Head]:
        """A form's own heads at the whole site over which no signature of a meaning stands.

        Args:
            form: Form OID.
            words: Statuses that are wanted.
            meaning: Code of the meaning.
        """
        found: list[Head] = []
        for word in words:
            here = {"form": form, "word": word}
            # Few different lists of meanings occur, so they are stepped through in the index.
            signed = _first(FIRST_SIGNED(self.connection, **here))
            while signed is not None:
                if meaning not in signed.split():
                    found += _heads(SIGNED_SO(self.connection, **here, signed=signed))
                signed = _first(NEXT_SIGNED(self.connection, **here, signed=signed))
        return found

    def named(self, path: str, first: str = "", end: str = LAST, most: int = -1) -> list[Name]:
        """Participants whose register of one path says a short text in a range, in its order.

        Args:
            path: The register, such as the participant's code.
            first: Where the range begins.
            end: Before what it ends.
            most: How many at the most; all if negative.
        """
        asked = {"where": path, "first": first, "end": end, "most": most}
        return [
            Name(who, entry, word or "", value_of(value))
            for who, entry, word, value in NAMED(self.connection, **asked)
        ]

    def names_of(self, path: str, participants: Iterable[str]) -> list[Name]:
        """What the register of one path says of some participants, in its order."""
        asked = {"where": path, "whose": list(participants)}
        return [
            Name(who, entry, word or "", value_of(value))
            for who, entry, word, value in NAMES_OF(self.connection, **asked)
        ]

    def items_of(
        self, form: str, items: Iterable[str], participants: Iterable[str] | None = None
    ) -> dict[str, dict[str, dict[str, Any]]]:
        """Values of some items of a form that does not repeat, by participant and item.

        Args:
            form: Form OID.
            items: Item OIDs.
            participants: Random ids of those asked about; everyone if left out.
        """
        found: dict[str, dict[str, dict[str, Any]]] = {}
        asked: dict[str, Any] = {"form": form, "many": list(items)}
        statement = ITEMS_OF
        if participants is not None:
            statement, asked["whose"] = ITEMS_OF_SOME, list(participants)
        for who, item, content in statement(self.connection, **asked):
            value = value_of(content)
            if value is not None:
                found.setdefault(who, {})[item] = value
        return found

    def trail(self, participant: str | None, path: str) -> list[TrailRow]:
        """Every entry of a register, in the order in which this store took them in."""
        here = {"who": participant or "", "where": path}
        rows = TRAIL(self.connection, **here)
        contents = {
            (entry, part): content
            for entry, part, content in PAYLOADS(self.connection, many=[row[0] for row in rows])
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
        rows = signatures_statement(tuple(given))(self.connection, **given)
        if not rows:
            return []
        items: dict[str, list[tuple[str, tuple[str, ...]]]] = {}
        for one, path, heads in SIGNED(self.connection, many=[row[0] for row in rows]):
            items.setdefault(one, []).append((path, tuple(heads.split())))
        found = [
            SignatureRow(
                entry=entry,
                participant=who or None,
                path=path,
                scope=over,
                meaning=said,
                status=status,
                actor=actor,
                role=role,
                typed_at=moment(typed_at),
                study_version=study_version,
                items=tuple(items.get(entry, ())),
            )
            for entry, who, path, over, said, status, actor, role, typed_at, study_version in rows
        ]
        if self.judge is None:
            return found
        return [row if self.judge(self, row) else evolve(row, status="void") for row in found]

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

    def document_content(self, sha256: str) -> bytes | None:
        """The file of a document by its hash."""
        statement = select(document_content.c.content).where(document_content.c.sha256 == sha256)
        content: bytes | None = self.connection.execute(statement).scalar()
        return content

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


def _first(rows: Sequence[Sequence[Any]]) -> Any:
    return rows[0][0] if rows else None


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
