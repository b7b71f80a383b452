"""Brings the kept tables to the form that this version needs.

A database from a newer version is refused, never touched. Alembic is imported only when there is
something to migrate: opening a current record must stay quick.
"""

from sqlalchemy import Connection, text

from msclinic.domain.errors import KnownFault
from msclinic.store.schema import REVISIONS

__all__ = ["demand_current", "migrate", "newer_database", "older_database", "revision_of"]


def revision_of(connection: Connection) -> str | None:
    """The last migration that the database has seen, or none if it is empty."""
    present = connection.execute(
        text("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'alembic_version'")
    ).first()
    if present is None:
        return None
    row = connection.execute(text("SELECT version_num FROM alembic_version")).first()
    return None if row is None else str(row[0])


def older_database() -> KnownFault:
    """What is said where a record must be opened for writing once before it can be read."""
    return KnownFault(
        "older_database",
        "The record could not be opened for reading.",
        "It was written by an older version of this program.",
        "Sign in once with the window, which brings it up to date.",
    )


def newer_database() -> KnownFault:
    """What is said where a record has tables that this version does not know."""
    return KnownFault(
        "newer_database",
        "The record could not be opened.",
        "It was written by a newer version of this program.",
        "Install the newest version of the program. Nothing was changed.",
    )


def demand_current(connection: Connection) -> None:
    """Refuse a database that this version cannot read as it is.

    Raises:
        KnownFault: It is from a newer version, or must be opened for writing once first.
    """
    found = revision_of(connection)
    if found == REVISIONS[-1]:
        return
    if found is None or found in REVISIONS:
        raise older_database()
    raise newer_database()


def migrate(connection: Connection) -> None:
    """Run what is missing, inside the caller's transaction.

    Raises:
        KnownFault: The database is from a newer version.
    """
    found = revision_of(connection)
    if found is not None and found not in REVISIONS:
        demand_current(connection)
    if found == REVISIONS[-1]:
        return
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "msclinic.store:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
