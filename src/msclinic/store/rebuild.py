"""Builds the read tables anew from the journal, and says what they should hold.

The journal is only read here. What it gives is the measure for the tables that appends maintain.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, Table, insert, select, text

from msclinic.record.entry import EntryError, Payload, StoredEntry
from msclinic.record.fold import builds_on, eligible, fold, known_to_fold
from msclinic.store.reader import Reader
from msclinic.store.refold import NEWER
from msclinic.store.rows import (
    Row,
    current_rows,
    dependence_rows,
    head_row,
    signature_item_rows,
    signature_row,
    signed_rows,
)
from msclinic.store.schema import (
    FOLD_VERSION,
    READ,
    current,
    dependence,
    fold_state,
    head,
    signature,
    signature_item,
    waiting,
    waiting_for,
)

__all__ = ["expected_rows", "is_built", "is_older", "rebuild", "versions"]


def rebuild(connection: Connection) -> None:
    """Drop the read tables and build them from the journal, in the caller's transaction."""
    READ.drop_all(connection)
    READ.create_all(connection)
    reader = Reader(connection)
    rows = expected_rows(list(reader.entries()), list(reader.payloads()))
    for table, wanted in rows.items():
        if wanted:
            connection.execute(insert(table), wanted)
    connection.execute(insert(fold_state), [{"version": FOLD_VERSION}])


def is_built(connection: Connection) -> bool:
    """Whether the read tables were built by the fold of this version."""
    return versions(connection) == [FOLD_VERSION]


def is_older(connection: Connection) -> bool:
    """Whether the read tables were built by the fold of an older version."""
    return any(version < FOLD_VERSION for version in versions(connection))


def versions(connection: Connection) -> list[int]:
    """Versions of the fold that the read tables name; one where they are whole."""
    present = connection.execute(
        text("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'fold_state'")
    ).first()
    if present is None:
        return []
    return list(connection.execute(select(fold_state.c.version)).scalars())


def expected_rows(
    entries: Sequence[StoredEntry], payloads: Sequence[Payload]
) -> dict[Table, list[Row]]:
    """Every row that the read tables should hold, by table.

    Args:
        entries: The journal.
        payloads: Its payloads.
    """
    tables = fold(entries, payloads)
    by_hash = {one.hash: one for one in entries}
    signed = signed_rows(tables.signatures)
    rows: dict[Table, list[Row]] = {
        head: [
            head_row(one, by_hash[one.entry], signed.get((one.participant, one.path), ""))
            for one in tables.heads
        ],
        current: [row for one in tables.heads for row in current_rows(one)],
        dependence: [
            row for one in tables.heads for row in dependence_rows(one, by_hash[one.entry])
        ],
        signature: [signature_row(one, by_hash[one.entry]) for one in tables.signatures],
        signature_item: [row for one in tables.signatures for row in signature_item_rows(one)],
        waiting: [],
        waiting_for: [],
    }
    counted = eligible(entries, payloads)
    values = {one.entry: one.content for one in payloads if one.part == "value"}
    for act in _acts(entries):
        if act[-1].hash in counted:
            continue
        last = act[-1].hash
        rows[waiting] += [{"entry": one.hash, "act": last} for one in act]
        needed = {NEWER}
        if all(known_to_fold(one) for one in act):
            needed = {other for one in act for other in builds_on(one.entry, values.get(one.hash))}
            needed -= counted | {one.hash for one in act}
        rows[waiting_for] += [{"act": last, "needed": one} for one in sorted(needed)]
    return rows


def _acts(entries: Sequence[StoredEntry]) -> list[list[StoredEntry]]:
    acts: list[list[StoredEntry]] = []
    open_acts: dict[tuple[str, int], list[StoredEntry]] = {}
    for one in entries:
        try:
            here = one.envelope
        except EntryError:
            continue
        open_acts.setdefault((here.stream, here.act.number), []).append(one)
        if here.act.index == here.act.size:
            acts.append(open_acts.pop((here.stream, here.act.number)))
    return acts
