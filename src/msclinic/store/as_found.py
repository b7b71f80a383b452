"""Reads a record that somebody may have changed: nothing found in it can stop the reading.

What is not as the program writes it comes back as a fault that names table and row, together with
the nearest value of the right kind, so that everything else can still be judged.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Integer, LargeBinary, Table

from msclinic.record.chain import Fault
from msclinic.store.faults import known_faults
from msclinic.store.schema import journal

__all__ = ["RawRow", "as_written", "plain", "query", "raw_rows"]

RawRow = tuple[Any, ...]
_SHORT = 12


class _NotUtf8(str):
    """A text whose bytes are no UTF-8; its type tells it from a text that was written so."""


def query(connection: Connection, statement: str) -> list[RawRow] | None:
    """The rows of a statement with their values as they lie in the file.

    Returns:
        The rows; none where the database cannot make sense of what it finds.

    Raises:
        KnownFault: The file is damaged, locked, or the disk reports an error.
    """
    raw: Any = connection.connection.driver_connection
    with known_faults():
        try:
            return list(raw.execute(statement).fetchall())
        except driver.OperationalError:
            with _any_text(raw):
                try:
                    return list(raw.execute(statement).fetchall())
                except driver.OperationalError as error:
                    if _is_of_the_file(error):
                        raise
                    return None


def raw_rows(connection: Connection, table: Table) -> list[RawRow] | None:
    """All rows of a table, journal entries in their order; none where it cannot be read.

    Args:
        connection: In an open transaction.
        table: It must be there with all of its columns: SQLite takes an unknown quoted name for
            a text.
    """
    columns = ", ".join(f'"{column.name}"' for column in table.c)
    order = " ORDER BY position" if table is journal else ""
    return query(connection, f'SELECT {columns} FROM "{table.name}"{order}')


def as_written(table: Table, rows: Sequence[RawRow]) -> tuple[list[RawRow], list[Fault]]:
    """Rows with values of the kinds that the program writes, and a fault for each that was not."""
    allowed = [_kinds(column.type, bool(column.nullable)) for column in table.c]
    good: set[tuple[type, ...]] = set()
    kept: list[RawRow] = []
    faults: list[Fault] = []
    for row in rows:
        kinds = tuple(map(type, row))
        if kinds not in good:
            bad = [
                column
                for column, kind, known in zip(table.c, kinds, allowed, strict=True)
                if kind not in known
            ]
            if bad:
                names = ", ".join(column.name for column in bad)
                where = f"table {table.name}, {_name_of(table, row)}, {names}"
                faults.append(
                    Fault(
                        "cell_changed",
                        where,
                        "It does not hold the kind of value that the program writes.",
                    )
                )
                row = tuple(
                    value if kind in known else _nearest(column.type, value)
                    for column, value, kind, known in zip(table.c, row, kinds, allowed, strict=True)
                )
            else:
                good.add(kinds)
        kept.append(row)
    return kept, faults


def plain(text: object) -> str:
    """A name found in the file, as it can be printed in one line anywhere."""
    return "".join(
        one
        if " " <= one <= "~"
        else one.encode("ascii", "backslashreplace").decode()
        if one > "~"
        else "?"
        for one in str(text)
    )


def _kinds(kind: object, nullable: bool) -> frozenset[type]:
    wanted: type = str
    if isinstance(kind, Integer):
        wanted = int
    elif isinstance(kind, LargeBinary):
        wanted = bytes
    return frozenset({wanted, type(None)} if nullable else {wanted})


def _nearest(kind: object, value: Any) -> Any:
    if isinstance(kind, Integer):
        return value
    if isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    text = "" if value is None else str(value)
    return text.encode("utf-8", "backslashreplace") if isinstance(kind, LargeBinary) else text


def _name_of(table: Table, row: RawRow) -> str:
    names = ["hash"] if table is journal else [one.name for one in table.primary_key]
    by_name = dict(zip((one.name for one in table.c), row, strict=True))
    return "entry " * (table is journal) + " ".join(str(by_name[one])[:_SHORT] for one in names)


def _is_of_the_file(error: Exception) -> bool:
    """Whether the whole file is at fault, not what stands in one table."""
    message = str(error).lower()
    return any(one in message for one in ("malformed", "disk i/o", "locked", "not a database"))


@contextmanager
def _any_text(raw: Any) -> Iterator[None]:
    before = raw.text_factory
    raw.text_factory = lambda data: _decoded(data)
    try:
        yield
    finally:
        raw.text_factory = before


def _decoded(data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _NotUtf8(data.decode("utf-8", "backslashreplace"))
