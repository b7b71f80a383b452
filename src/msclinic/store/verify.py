"""Proves that the record is as it was written, or names what is not.

It reads one snapshot, believes no table that can be derived from the journal, and repairs nothing.
Whatever stands in the file, it goes on with the rest. No sentence holds a value.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import evolve
from sqlalchemy import Connection, Table

from msclinic.domain.errors import KnownFault
from msclinic.record.chain import Fault, check_chain
from msclinic.record.entry import EntryError, Payload, StoredEntry
from msclinic.record.keys import Verify
from msclinic.store.as_found import RawRow, as_written, plain, query, raw_rows
from msclinic.store.rebuild import expected_rows
from msclinic.store.rows import Row, journal_row
from msclinic.store.schema import (
    KEPT,
    current,
    dependence,
    device_secret,
    document_content,
    head,
    journal,
    payload,
    signature,
    signature_item,
    study_content,
    waiting,
    waiting_for,
)
from msclinic.store.schema_check import Schema, check_schema, check_versions, schema_of

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
    secrets: Mapping[str, Callable[[bytes], bool]] | None = None,
) -> list[Fault]:
    """Every fault of a record: file, schema, chain, signatures, payloads, studies, tables.

    Args:
        store: An open record; ``as_found`` where it may be one that nobody else can open.
        verify_signature: Checks one signature: raw public key, message, signature.
        trusted: Ids of keys pinned outside the record: the founding device's.
        at_least: By stream, a place and hash known from elsewhere.
        secrets: By name, the device's secrets that must be there, and whether one is right.

    Returns:
        The faults; empty if all agrees.

    Raises:
        KnownFault: The record is from another version of the program, or locked.
    """
    faults: list[Fault] = []
    try:
        with store.read() as reader:
            connection = reader.connection
            faults += _check_file(connection)
            schema = schema_of(connection)
            faults += check_versions(connection, schema)
            faults += check_schema(schema)
            kept = _read_kept(connection, schema, faults)
            faults += _check_contents(kept, study_content, "study")
            faults += _check_contents(kept, document_content, "document")
            faults += _check_secrets(kept, secrets or {})
            if journal in kept and payload in kept:
                entries = [StoredEntry(row[1], row[-2], row[-1]) for row in kept[journal]]
                payloads = [Payload(*row) for row in kept[payload]]
                faults += check_chain(entries, payloads, verify_signature, trusted, at_least)
                faults += _check_columns(kept[journal], entries)
                studies, documents = _named(entries, payloads)
                faults += _check_named(kept, study_content, "study", studies)
                faults += _check_named(kept, document_content, "document", documents)
                rows = expected_rows(entries, payloads)
                faults += _check_tables(connection, schema, rows)
    except KnownFault as fault:
        if fault.code not in {"damaged", "wrong_key", "disk_fault"}:
            raise
        faults.append(Fault("damaged_file", "database", "The file cannot be read to its end."))
    return [evolve(fault, where=plain(fault.where)) for fault in faults]


def _check_file(connection: Connection) -> list[Fault]:
    for statement in ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check"):
        rows = query(connection, statement)
        if rows is None or any(row[0] != "ok" for row in rows):
            return [Fault("damaged_file", "database", "The file is damaged.")]
    return []


def _read_kept(
    connection: Connection, schema: Schema, faults: list[Fault]
) -> dict[Table, list[RawRow]]:
    """The rows of each kept table that is there and can be read; what is not is a fault."""
    kept = {}
    for table in KEPT.sorted_tables:
        rows = raw_rows(connection, table) if schema.holds(table) else None
        if rows is not None:
            kept[table], wrong = as_written(table, rows)
            faults += wrong
        elif schema.holds(table):
            faults.append(_unreadable(table))
    return kept


def _unreadable(table: Table) -> Fault:
    return Fault("table_unreadable", f"table {table.name}", "The table cannot be read.")


def _check_columns(rows: Sequence[RawRow], entries: Sequence[StoredEntry]) -> Iterator[Fault]:
    """The journal's columns against the bytes over which they are an index."""
    names = [column.name for column in journal.c][1:]
    last = 0
    for row, stored in zip(rows, entries, strict=True):
        if row[0] != last + 1:
            where = f"table journal, entry {stored.hash[:12]}"
            sentence = "It was moved, or entries before it were removed."
            yield Fault("place_changed", where, sentence)
        last = row[0]
        try:
            wanted = journal_row(stored)
        except EntryError:
            continue
        for name, value in zip(names, row[1:], strict=True):
            if value != wanted[name]:
                where = f"stream {stored.envelope.stream[:8]} entry {stored.envelope.seq} {name}"
                yield Fault("column_changed", where, "A column does not agree with its entry.")


def _check_tables(
    connection: Connection, schema: Schema, expected: Mapping[Table, Sequence[Row]]
) -> list[Fault]:
    faults: list[Fault] = []
    for table, rows in expected.items():
        if not schema.holds(table):
            continue
        names = [column.name for column in table.c]
        places = [names.index(key) for key in _KEYS[table]]
        wanted = {}
        for one in rows:
            cells = tuple(one[name] for name in names)
            wanted[tuple(cells[place] for place in places)] = cells
        read = raw_rows(connection, table)
        if read is None:
            faults.append(_unreadable(table))
            continue
        found = {tuple(row[place] for place in places): row for row in read}
        for key in sorted(wanted.keys() - found.keys()):
            row = dict(zip(names, wanted[key], strict=True))
            faults.append(_row_fault("row_missing", table, row, "was removed"))
        for key in sorted(found.keys() - wanted.keys(), key=repr):
            row = dict(zip(names, found[key], strict=True))
            faults.append(_row_fault("row_unknown", table, row, "was added"))
        for key, cells in wanted.items():
            if key in found and found[key] != cells:
                row = dict(zip(names, cells, strict=True))
                now = dict(zip(names, found[key], strict=True))
                changed = [name for name in names if now[name] != row[name]]
                what = f"was changed: {', '.join(changed)}"
                faults.append(_row_fault("row_changed", table, row, what))
    return faults


def _row_fault(code: str, table: Table, row: Row, what: str) -> Fault:
    names = [f"table {table.name}"]
    if row.get("participant"):
        names.append(f"participant {str(row['participant'])[:8]}")
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


def _check_contents(kept: Mapping[Table, Sequence[RawRow]], table: Table, what: str) -> list[Fault]:
    """Kept files against the hashes by which they are kept."""
    return [
        Fault(f"{what}_changed", f"{what} {sha256[:12]}", f"A kept {what} was changed.")
        for sha256, content in kept.get(table, ())
        if hashlib.sha256(content).hexdigest() != sha256
    ]


def _check_named(
    kept: Mapping[Table, Sequence[RawRow]], table: Table, what: str, named: Mapping[str, str]
) -> list[Fault]:
    """Whether each file that an entry names is kept."""
    if table not in kept:
        return []
    there = {row[0] for row in kept[table]}
    return [
        Fault(f"{what}_missing", f"{what} {sha256[:12]}, {where}", f"A kept {what} was removed.")
        for sha256, where in named.items()
        if sha256 not in there
    ]


def _named(
    entries: Sequence[StoredEntry], payloads: Sequence[Payload]
) -> tuple[dict[str, str], dict[str, str]]:
    """Studies and documents by hash, each with the first entry that names it."""
    values = {one.entry: one.content for one in payloads if one.part == "value"}
    studies: dict[str, str] = {}
    documents: dict[str, str] = {}
    for one in entries:
        try:
            entry = one.entry
        except EntryError:
            continue
        where = f"stream {entry.stream[:8]} entry {entry.seq}"
        if entry.study_version is not None:
            studies.setdefault(entry.study_version, where)
        if entry.action == "study_activated":
            _name(studies, values.get(one.hash), "version", where)
        elif (entry.path or "").startswith("document/"):
            _name(documents, values.get(one.hash), "sha256", f"{where}, {entry.path}")
    return studies, documents


def _name(named: dict[str, str], content: bytes | None, member: str, where: str) -> None:
    try:
        value = json.loads(content or b"null")
    except (ValueError, RecursionError):
        return  # The chain has named it.
    one = value.get(member) if isinstance(value, dict) else None
    if isinstance(one, str):
        named.setdefault(one, where)


def _check_secrets(
    kept: Mapping[Table, Sequence[RawRow]], secrets: Mapping[str, Callable[[bytes], bool]]
) -> list[Fault]:
    if device_secret not in kept:
        return []
    faults = []
    there: dict[str, bytes] = dict(kept[device_secret])
    for name, is_right in secrets.items():
        where = f"table device_secret, {name}"
        if name not in there:
            faults.append(Fault("secret_missing", where, "A secret of this device was removed."))
        elif not is_right(there[name]):
            faults.append(Fault("secret_changed", where, "A secret of this device was changed."))
    return faults
