"""Reads the journal as people look through it: places by an index, entries page by page.

A site's journal has hundreds of thousands of entries. What is asked for is found in the indexes of
the kept tables, so that only the entries on the screen are read; every walk can be stopped.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import field, frozen
from sqlalchemy import and_, bindparam, func, literal_column, select

from msclinic.record.entry import Entry, StoredEntry
from msclinic.store.prepared import Prepared, among
from msclinic.store.reader import Reader
from msclinic.store.rows import moment, value_of
from msclinic.store.schema import current, journal, payload, signature, waiting

__all__ = [
    "JournalPlace",
    "JournalRow",
    "Replaced",
    "journal_at",
    "journal_places",
    "journal_rows",
    "journal_under",
    "of_actions",
    "of_actor",
    "opened_by",
    "place_of",
    "positions_after",
    "signature_scopes",
    "times_at",
]

_AT_ONCE = 4_000
_NEVER: Callable[[], bool] = lambda: False  # noqa: E731


@frozen
class JournalPlace:
    """Where one entry stands: all that an index holds of it.

    Attributes:
        position: Place in this store's journal.
        participant: Random id, empty for the site's own.
        path: What it is about, empty where it has none.
    """

    position: int
    participant: str
    path: str


@frozen
class Replaced:
    """One entry that another replaced.

    Attributes:
        entry: Its hash.
        value: Its value as written; none where there is none or it was blotted.
        removed: Its value was blotted.
    """

    entry: str
    value: dict[str, Any] | None = field(repr=False)
    removed: bool


@frozen
class JournalRow:
    """One entry with what is beside it.

    Attributes:
        position: Place in this store's journal.
        stored: The entry as it is kept.
        value: The value as written; none where there is none or it was blotted.
        reason: The reason for change.
        before: What it replaced.
        removed: Parts that were blotted: ``value``, ``reason``.
        current: It is a head.
        waiting: It does not count yet.
    """

    position: int
    stored: StoredEntry = field(repr=False)
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    before: tuple[Replaced, ...] = field(repr=False)
    removed: frozenset[str]
    current: bool
    waiting: bool

    @property
    def entry(self) -> Entry:
        """The entry's members."""
        return self.stored.entry


_PLACE = select(journal.c.position, journal.c.participant, journal.c.path)
_ALL = Prepared(_PLACE)
_OF_ONE = Prepared(_PLACE.where(journal.c.participant == bindparam("who")))
_BELOW = Prepared(
    select(journal.c.position).where(
        journal.c.participant == bindparam("who"),
        (journal.c.path == bindparam("at"))
        | and_(journal.c.path >= bindparam("above"), journal.c.path < bindparam("end")),
    )
)
_AT = Prepared(
    select(journal.c.position).where(
        journal.c.participant == bindparam("who"), journal.c.path == bindparam("at")
    )
)
_OF_ACTIONS = Prepared(select(journal.c.position).where(among(journal.c.action, "many")))
_OF_ACTOR = Prepared(select(journal.c.position).where(journal.c.actor == bindparam("actor")))
_OF_ACTOR_AND_ONE = Prepared(
    select(journal.c.position).where(
        journal.c.participant == bindparam("who"), journal.c.actor == bindparam("actor")
    )
)
_TEXT = "CAST(journal.bytes AS TEXT)"
_TIMES = Prepared(
    select(
        journal.c.position,
        literal_column(f"json_extract({_TEXT}, '$.typed_at')"),
        literal_column(f"json_extract({_TEXT}, '$.recorded_at')"),
    ).where(among(journal.c.position, "many"))
)
_ROWS = Prepared(
    select(
        journal.c.position,
        journal.c.hash,
        journal.c.bytes,
        journal.c.signature,
        current.c.entry,
        waiting.c.entry,
    )
    .outerjoin(current, current.c.entry == journal.c.hash)
    .outerjoin(waiting, waiting.c.entry == journal.c.hash)
    .where(among(journal.c.position, "many"))
)
_CONTENTS = Prepared(
    select(payload.c.entry, payload.c.part, payload.c.content).where(among(payload.c.entry, "many"))
)
_BARE = Prepared(
    select(journal.c.hash, journal.c.bytes, journal.c.signature).where(
        among(journal.c.hash, "many")
    )
)
_OPENED = Prepared(
    select(journal.c.participant, journal.c.path, journal.c.actor)
    .where(among(journal.c.action, "many"))
    .order_by(journal.c.position)
)
_SCOPES = Prepared(select(signature.c.participant, signature.c.path, signature.c.scope))
_STREAMS = Prepared(select(journal.c.stream, func.max(journal.c.seq)).group_by(journal.c.stream))
_AFTER = Prepared(
    select(journal.c.position).where(
        journal.c.stream == bindparam("which"), journal.c.seq > bindparam("seq")
    )
)
_WHERE = Prepared(
    select(journal.c.position, journal.c.participant, journal.c.path).where(
        journal.c.hash == bindparam("one")
    )
)


def journal_places(
    reader: Reader,
    participant: str | None = None,
    stop: Callable[[], bool] = _NEVER,
) -> Iterator[JournalPlace]:
    """Where entries stand, in no order; nothing but an index is read.

    Args:
        reader: The snapshot.
        participant: Random id; the empty string for the site's own; everyone if left out.
        stop: Asked now and then; true ends the walk.
    """
    rows = (
        _ALL.each(reader.connection)
        if participant is None
        else _OF_ONE.each(reader.connection, who=participant)
    )
    for number, row in enumerate(rows):
        if number % _AT_ONCE == 0 and stop():
            return
        yield JournalPlace(*row)


def journal_under(reader: Reader, participant: str, path: str) -> set[int]:
    """Places of the entries of a path and of all below it; ``0`` is what sorts after ``/``."""
    below = {"at": path, "above": f"{path}/", "end": f"{path}0"}
    return set(_BELOW.column(reader.connection, who=participant, **below))


def journal_at(reader: Reader, participant: str, path: str) -> set[int]:
    """Places of the entries of exactly one path."""
    return set(_AT.column(reader.connection, who=participant, at=path))


def of_actions(reader: Reader, actions: Iterable[str]) -> set[int]:
    """Places of the entries of some actions."""
    return set(_OF_ACTIONS.column(reader.connection, many=list(actions)))


def of_actor(reader: Reader, actor: str, participant: str | None = None) -> set[int]:
    """Places of what one account wrote, in one participant's record or everywhere."""
    if participant is not None:
        return set(_OF_ACTOR_AND_ONE.column(reader.connection, who=participant, actor=actor))
    return set(_OF_ACTOR.column(reader.connection, actor=actor))


def times_at(
    reader: Reader, positions: Sequence[int], stop: Callable[[], bool] = _NEVER
) -> Iterator[tuple[int, datetime, datetime]]:
    """When entries were typed and recorded, by place; in no order.

    Args:
        reader: The snapshot.
        positions: Which entries.
        stop: Asked now and then; true ends the walk.
    """
    for part in _parts(positions):
        if stop():
            return
        for position, typed, recorded in _TIMES(reader.connection, many=part):
            if typed is not None and recorded is not None:
                yield position, moment(typed), moment(recorded)


def journal_rows(reader: Reader, positions: Sequence[int]) -> list[JournalRow]:
    """Whole entries at some places, in the order asked for.

    Entries of a format that this program does not know are left out.
    """
    found: dict[int, JournalRow] = {}
    for part in _parts(positions):
        rows = _ROWS(reader.connection, many=part)
        known = [
            (position, StoredEntry(*entry), is_current is not None, waits is not None)
            for position, *entry, is_current, waits in rows
        ]
        known = [one for one in known if one[1].envelope.format == 1]
        older = {one for _, stored, *_ in known for one in stored.entry.supersedes}
        wanted = [*(stored.hash for _, stored, *_ in known), *older]
        contents = {
            (one, kind): content for one, kind, content in _CONTENTS(reader.connection, many=wanted)
        }
        held = {
            one: StoredEntry(one, data, signed).entry.value is not None
            for one, data, signed in _BARE(reader.connection, many=list(older))
        }
        for position, stored, is_current, waits in known:
            before = tuple(
                Replaced(
                    one,
                    value_of(contents.get((one, "value"))),
                    held.get(one, False) and (one, "value") not in contents,
                )
                for one in stored.entry.supersedes
            )
            found[position] = _row(position, stored, contents, before, is_current, waits)
    return [found[one] for one in positions if one in found]


def opened_by(reader: Reader) -> dict[tuple[str, str], str]:
    """Who opened each form first, by participant and path of the form."""
    found: dict[tuple[str, str], str] = {}
    for who, path, actor in _OPENED(reader.connection, many=["form_opened"]):
        found.setdefault((who, path), actor)
    return found


def signature_scopes(reader: Reader) -> Iterator[tuple[str, str, str]]:
    """Participant, path and scope of every signature."""
    yield from _SCOPES(reader.connection)


def positions_after(reader: Reader, streams: Mapping[str, int]) -> set[int]:
    """Places of what came after some places of the streams; streams not named count whole."""
    found: set[int] = set()
    for stream, _last in _STREAMS(reader.connection):
        after = {"which": stream, "seq": streams.get(stream, 0)}
        found.update(_AFTER.column(reader.connection, **after))
    return found


def place_of(reader: Reader, entry: str) -> JournalPlace | None:
    """Where an entry stands, by its hash."""
    row = _WHERE.first(reader.connection, one=entry)
    return None if row is None else JournalPlace(*row)


def _row(
    position: int,
    stored: StoredEntry,
    contents: Mapping[tuple[str, str], bytes],
    before: tuple[Replaced, ...],
    is_current: bool,
    waits: bool,
) -> JournalRow:
    entry, one = stored.entry, stored.hash
    held = {"value": entry.value, "reason": entry.reason}
    return JournalRow(
        position=position,
        stored=stored,
        value=value_of(contents.get((one, "value"))),
        reason=value_of(contents.get((one, "reason"))),
        before=before,
        removed=frozenset(
            part for part, hash_ in held.items() if hash_ and (one, part) not in contents
        ),
        current=is_current,
        waiting=waits,
    )


def _parts(positions: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(positions), _AT_ONCE):
        yield list(positions[start : start + _AT_ONCE])
