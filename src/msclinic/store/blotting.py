"""Removes a value or reason that two persons have blotted out: the only deletion there is.

The entry stays as it is, with the hash of what was removed, so that the chain still holds; the
tables are folded anew without it (R-AUD-4).
"""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, bindparam, delete, func, select

from msclinic.record import BLOT_PERSONS
from msclinic.record.entry import EntryError, StoredEntry
from msclinic.store.prepared import Prepared
from msclinic.store.refold import refold_registers, stored_entries
from msclinic.store.schema import journal, payload

__all__ = ["BLOTTED", "obey_blots"]

BLOTTED = "blotted"
_ROOT_PARTS = 3

_PERSONS = Prepared(
    select(func.count(journal.c.actor.distinct())).where(
        journal.c.action == BLOTTED, journal.c.path == bindparam("where"), journal.c.actor != ""
    )
)


def obey_blots(connection: Connection, entries: Iterable[StoredEntry]) -> None:
    """Remove what the entries of an act have now blotted out by a second person.

    Args:
        connection: In the transaction of the append; the act is in the journal already.
        entries: The act.
    """
    places: set[tuple[str, str]] = set()
    for one in entries:
        wanted = _blotted(one)
        if wanted is None or (_PERSONS.first(connection, where=wanted) or (0,))[0] < BLOT_PERSONS:
            continue
        _, of, part = wanted.split("/")
        gone = and_(payload.c.entry == of, payload.c.part == part)
        connection.execute(delete(payload).where(gone))
        for stored in stored_entries(connection, journal.c.hash == of):
            places.add((stored.entry.participant or "", stored.entry.path or ""))
    if places:
        refold_registers(connection, places)


def _blotted(stored: StoredEntry) -> str | None:
    try:
        entry = stored.entry
    except EntryError:
        return None
    path = entry.path or ""
    fits = entry.action == BLOTTED and len(path.split("/")) == _ROOT_PARTS
    return path if fits else None
