"""Compares a record's schema with what the migrations of this program make.

Tables, columns, indexes, triggers and views: whatever was added, removed or changed is a fault. Of
a record from another version nothing can be said, so it is refused; the numbers in the file alone
never decide that: ``docs/decisions/0002-whom-the-journal-trusts.md``.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

from attrs import field, frozen
from sqlalchemy import Connection, Table

from msclinic.record.chain import Fault
from msclinic.store.as_found import RawRow, plain, query
from msclinic.store.engine import memory_engine
from msclinic.store.migrate import migrate, newer_database, older_database
from msclinic.store.schema import FOLD_VERSION, READ, REVISIONS

__all__ = ["Schema", "check_schema", "check_versions", "schema_of"]

_REVISION = re.compile(r"\d{4}", re.ASCII)
_VERSIONS = "alembic_version"
_DID = {"missing": "removed", "unknown": "added", "changed": "changed"}


@frozen
class Schema:
    """What a database is made of.

    Attributes:
        objects: By kind and name, the table it belongs to and its statement.
        columns: By table, the names of its columns.
    """

    objects: Mapping[tuple[str, str], tuple[str, str]]
    columns: Mapping[str, tuple[str, ...]] = field(repr=False)

    def holds(self, table: Table) -> bool:
        """Whether a table is there with all the columns that the program reads."""
        wanted = {column.name for column in table.c}
        return wanted <= set(self.columns.get(table.name, ()))


def schema_of(connection: Connection) -> Schema:
    """The schema as it stands in the file."""
    rows: Iterable[RawRow] = (
        query(connection, "SELECT type, name, tbl_name, sql FROM sqlite_schema") or ()
    )
    objects = {
        (str(kind), str(name)): (str(table), str(sql) if kind == "trigger" else _squeezed(sql))
        for kind, name, table, sql in rows
        # Indexes that a table's own constraints make have no statement.
        if sql is not None
    }
    columns = {}
    for kind, name in objects:
        if kind == "table":
            quoted = name.replace('"', '""')
            found = query(connection, f'PRAGMA table_xinfo("{quoted}")') or ()
            columns[name] = tuple(str(row[1]) for row in found)
    return Schema(objects, columns)


@cache
def _made_by_this_program() -> Schema:
    engine = memory_engine()
    try:
        with engine.begin() as connection:
            migrate(connection)
            READ.create_all(connection)
            return schema_of(connection)
    finally:
        engine.dispose()


def check_schema(found: Schema) -> list[Fault]:
    """Every difference from what this program makes."""
    wanted = _made_by_this_program()
    faults = []
    for what, (kind, name) in _differences(found, wanted):
        sentence = f"{'An' if kind == 'index' else 'A'} {kind} was {_DID[what]}."
        where = plain(name)
        if kind == "table" and what == "changed":
            before, now = set(wanted.columns[name]), set(found.columns[name])
            named = [f"column {plain(one)} added" for one in sorted(now - before)]
            named += [f"column {plain(one)} removed" for one in sorted(before - now)]
            where = ", ".join([where, *named])
        faults.append(Fault(f"{plain(kind)}_{what}", where, plain(sentence)))
    return faults


def _differences(found: Schema, wanted: Schema) -> list[tuple[str, tuple[str, str]]]:
    missing = wanted.objects.keys() - found.objects.keys()
    unknown = found.objects.keys() - wanted.objects.keys()
    both = wanted.objects.keys() & found.objects.keys()
    changed = (one for one in both if found.objects[one] != wanted.objects[one])
    named = [("missing", one) for one in sorted(missing)]
    named += [("unknown", one) for one in sorted(unknown)]
    return named + [("changed", one) for one in sorted(changed)]


def check_versions(connection: Connection, found: Schema) -> list[Fault]:
    """The numbers by which the program knows the state of its tables.

    Raises:
        KnownFault: The record is really from another version of the program.
    """
    wanted = _made_by_this_program()
    differing = {
        (found.objects.get(one) or wanted.objects[one])[0] for _, one in _differences(found, wanted)
    }
    kept_differ, read_differ = bool(differing - READ.tables.keys()), bool(differing)
    faults = []
    if "version_num" in found.columns.get(_VERSIONS, ()):
        rows = query(connection, f"SELECT version_num FROM {_VERSIONS}") or []
        numbers = [row[0] for row in rows]
        if len(numbers) == 1 and numbers[0] in REVISIONS[:-1]:
            raise older_database()
        if numbers != [REVISIONS[-1]]:
            if kept_differ and len(numbers) == 1 and _is_later(numbers[0]):
                raise newer_database()
            faults.append(_number_fault(_VERSIONS))
    if "version" in found.columns.get("fold_state", ()):
        rows = query(connection, "SELECT version FROM fold_state") or []
        folds = [row[0] for row in rows]
        if folds != [FOLD_VERSION]:
            one = folds[0] if len(folds) == 1 and isinstance(folds[0], int) else 0
            if 0 < one < FOLD_VERSION:
                raise older_database()
            if one > FOLD_VERSION and read_differ:
                raise newer_database()
            faults.append(_number_fault("fold_state"))
    return faults


def _is_later(number: object) -> bool:
    text = str(number)
    return _REVISION.fullmatch(text) is not None and text > REVISIONS[-1]


def _number_fault(table: str) -> Fault:
    return Fault(
        "version_changed",
        f"table {table}",
        "It does not name the version of the program that made these tables.",
    )


def _squeezed(statement: object) -> str:
    """A statement without what another version of a library may write differently."""
    return re.sub(r"\s*([(),])\s*", r"\1", re.sub(r"\s+", " ", str(statement))).strip()
