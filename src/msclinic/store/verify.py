"""Proves that the record is as it was written, or names what is not.

It reads one snapshot, believes no table that can be derived from the journal, and repairs nothing.
No sentence holds a value.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, select, text

from msclinic.domain.errors import KnownFault
from msclinic.record.chain import Fault, check_chain
from msclinic.record.entry import EntryError, StoredEntry
from msclinic.record.keys import Verify
from msclinic.store.reader import Reader
from msclinic.store.rebuild import expected_rows
from msclinic.store.rows import Row, journal_row
from msclinic.store.schema import (
    KEPT,
    READ,
    TRIGGERS,
    current,
    dependence,
    head,
    journal,
    signature,
    signature_item,
    waiting,
    waiting_for,
)

if TYPE_CHECKING:
    from msclinic.store.store import Store

__all__ = ["verify"]

_KEYS: Mapping[Table, tuple[str, ...]] = {
    head: ("entry",),
    current: ("entry",),
    dependence: ("needed", "head"),
    signature: ("entry",),
    signature_item: ("signature", "path"),
    waiting: ("entry",),
    waiting_for: ("act", "needed"),
}


def verify(
    store: "Store",
    verify_signature: Verify,
    trusted: frozenset[str],
    at_least: Mapping[str, tuple[int, str]] | None = None,
) -> list[Fault]:
    """Every fault of a record: file, triggers, chain, signatures, payloads, tables.

    Args:
        store: An open record.
        verify_signature: Checks one signature: raw public key, message, signature.
        trusted: Ids of keys pinned outside the record: the founding device's.
        at_least: By stream, a place and hash known from elsewhere.

    Returns:
        The faults; empty if all agrees.
    """
    faults: list[Fault] = []
    try:
        with store.read() as reader:
            connection = reader.connection
            faults += _check_file(connection)
            faults += _check_schema(connection)
            entries, payloads = list(reader.entries()), list(reader.payloads())
            faults += check_chain(entries, payloads, verify_signature, trusted, at_least)
            faults += _check_columns(connection, entries)
            faults += _check_tables(connection, expected_rows(entries, payloads))
            faults += _check_studies(reader)
            faults += _check_documents(reader)
    except KnownFault as fault:
        if fault.code not in {"damaged", "wrong_key", "disk_fault"}:
            raise
        faults.append(Fault("damaged_file", "database", "The file cannot be read to its end."))
    return faults


def _check_file(connection: Connection) -> list[Fault]:
    for statement in ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check"):
        rows = [str(row[0]) for row in connection.execute(text(statement))]
        if [one for one in rows if one != "ok"]:
            return [Fault("damaged_file", "database", "The file is damaged.")]
    return []


def _check_schema(connection: Connection) -> list[Fault]:
    faults = []
    found = {
        row[0]: row[1]
        for row in connection.execute(
            text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        )
    }
    for name, wanted in sorted(TRIGGERS.items()):
        if name not in found:
            faults.append(Fault("trigger_missing", name, "A trigger was removed."))
        elif found[name] != wanted:
            faults.append(Fault("trigger_changed", name, "A trigger was changed."))
    for name in sorted(found.keys() - TRIGGERS.keys()):
        faults.append(Fault("trigger_unknown", name, "A trigger was added."))
    known = KEPT.tables.keys() | READ.tables.keys() | {"alembic_version"}
    present = {
        str(name)
        for (name,) in connection.execute(
            text(
                "SELECT name FROM sqlite_schema "
                "WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite_%'"
            )
        )
    }
    for name in sorted(known - present):
        faults.append(Fault("table_missing", name, "A table was removed."))
    for name in sorted(present - known):
        faults.append(Fault("table_unknown", name, "A table was added."))
    return faults


def _check_columns(connection: Connection, entries: Sequence[StoredEntry]) -> list[Fault]:
    """The journal's columns against the bytes over which they are an index."""
    faults = []
    by_hash = {one.hash: one for one in entries}
    for row in connection.execute(select(journal).order_by(journal.c.position)).mappings():
        stored = by_hash[row["hash"]]
        try:
            wanted = journal_row(stored)
        except EntryError:
            continue
        for name, value in wanted.items():
            if row[name] != value:
                where = f"stream {stored.envelope.stream[:8]} entry {stored.envelope.seq} {name}"
                faults.append(
                    Fault("column_changed", where, "A column does not agree with its entry.")
                )
    return faults


def _check_tables(connection: Connection, expected: Mapping[Table, Sequence[Row]]) -> list[Fault]:
    faults: list[Fault] = []
    for table, rows in expected.items():
        keys = _KEYS[table]
        wanted = {tuple(row[key] for key in keys): row for row in rows}
        found = {
            tuple(row[key] for key in keys): dict(row)
            for row in connection.execute(select(table)).mappings()
        }
        for key in sorted(wanted.keys() - found.keys()):
            faults.append(_row_fault("row_missing", table, wanted[key], "was removed"))
        for key in sorted(found.keys() - wanted.keys()):
            faults.append(_row_fault("row_unknown", table, found[key], "was added"))
        for key in sorted(wanted.keys() & found.keys()):
            changed = [name for name, value in wanted[key].items() if found[key][name] != value]
            if changed:
                what = f"was changed: {', '.join(changed)}"
                faults.append(_row_fault("row_changed", table, wanted[key], what))
    return faults


def _row_fault(code: str, table: Table, row: Row, what: str) -> Fault:
    names = [f"table {table.name}"]
    if row.get("participant"):
        names.append(f"participant {row['participant'][:8]}")
    if row.get("path"):
        names.append(str(row["path"]))
    one = row.get("entry") or row.get("signature") or row.get("head") or row.get("act")
    if one:
        names.append(f"entry {str(one)[:12]}")
    return Fault(
        code,
        ", ".join(names),
        f"A row that the journal does not give {what}."
        if code == "row_unknown"
        else f"A row {what} behind the program's back.",
    )


def _check_studies(reader: Reader) -> list[Fault]:
    faults = []
    for version, content in reader.studies():
        if hashlib.sha256(content).hexdigest() != version:
            where = f"study {version[:12]}"
            faults.append(Fault("study_changed", where, "A kept study was changed."))
    return faults


def _check_documents(reader: Reader) -> list[Fault]:
    """Kept files against their hashes, and that each document on record has its file."""
    faults, kept = [], set()
    for sha256, content in reader.documents():
        kept.add(sha256)
        if hashlib.sha256(content).hexdigest() != sha256:
            where = f"document {sha256[:12]}"
            faults.append(Fault("document_changed", where, "A kept document was changed."))
    for one in reader.heads(prefix="document"):
        wanted = (one.value or {}).get("sha256")
        if wanted is not None and wanted not in kept:
            faults.append(Fault("document_missing", one.path, "A document's file was removed."))
    return faults
