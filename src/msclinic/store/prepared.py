"""Statements compiled once and run by the driver itself.

Every answer runs some thirty of them: handing one through SQLAlchemy takes five times as long as
running it. They are written with SQLAlchemy all the same, so that one place names the columns.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ClauseElement,
    ColumnElement,
    Connection,
    Table,
    bindparam,
    func,
    insert,
    select,
)
from sqlalchemy.dialects import sqlite

__all__ = ["Prepared", "PreparedInsert", "among"]

_DIALECT = sqlite.dialect(paramstyle="qmark")


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """Whether a column is one of a list of texts given under a name, of any length."""
    return column.in_(select(func.json_each(bindparam(name)).table_valued("value").c.value))


class Prepared:
    """A statement of fixed text; what is given by name is bound, a list as JSON for ``among``."""

    def __init__(self, statement: ClauseElement) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._text = str(compiled)
        self._names: Sequence[str] = getattr(compiled, "positiontup", None) or ()
        self._fixed: Mapping[str, Any] = dict(compiled.params)

    def __call__(self, connection: Connection, **given: Any) -> list[tuple[Any, ...]]:
        """Run it in the connection's open transaction; gives the rows."""
        rows: list[tuple[Any, ...]] = self._run(connection, given).fetchall()
        return rows

    def each(self, connection: Connection, **given: Any) -> Iterator[tuple[Any, ...]]:
        """Run it; gives the rows one by one, while the transaction is open."""
        yield from self._run(connection, given)

    def column(self, connection: Connection, **given: Any) -> list[Any]:
        """Run it; gives the first column of the rows."""
        return [row[0] for row in self._run(connection, given).fetchall()]

    def first(self, connection: Connection, **given: Any) -> tuple[Any, ...] | None:
        """Run it; gives the first row, if any."""
        row: tuple[Any, ...] | None = self._run(connection, given).fetchone()
        return row

    def count(self, connection: Connection, **given: Any) -> int:
        """Run a change; gives how many rows it touched."""
        touched: int = self._run(connection, given).rowcount
        return touched

    def _run(self, connection: Connection, given: Mapping[str, Any]) -> Any:
        values = [
            json.dumps(value) if isinstance(value, list | tuple) else value
            for value in (
                given[name] if name in given else self._fixed[name] for name in self._names
            )
        ]
        return _driver_of(connection).execute(self._text, values)


class PreparedInsert:
    """An insert of rows into one table; a number that SQLite gives is left out."""

    def __init__(self, table: Table, *given_by_sqlite: str) -> None:
        keys = [column.name for column in table.c if column.name not in given_by_sqlite]
        compiled = insert(table).compile(dialect=_DIALECT, column_keys=keys)
        self._text = str(compiled)
        self._names: Sequence[str] = getattr(compiled, "positiontup", None) or ()

    def __call__(self, connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
        """Insert the rows, each with all of its columns."""
        values = [[row[name] for name in self._names] for row in rows]
        if values:
            _driver_of(connection).executemany(self._text, values)


def _driver_of(connection: Connection) -> Any:
    driver: Any = connection.connection.driver_connection
    return driver
