"""Whether opening a record for writing would rewrite it, asked before anything is written."""

from attrs import frozen
from sqlalchemy import Connection, text

from msclinic.store.migrate import demand_current, revision_of
from msclinic.store.rebuild import is_built, versions
from msclinic.store.schema import REVISIONS

__all__ = ["Age", "age_of", "is_intact"]


@frozen
class Age:
    """By which version a record's tables were made.

    Attributes:
        revision: The last migration it has seen.
        fold: Version of the fold that built its read tables; 0 where they are not whole.
    """

    revision: str
    fold: int


def age_of(connection: Connection) -> Age | None:
    """The age of a record that has to be brought up to date; none where it opens as it is.

    Raises:
        KnownFault: It is from a newer version.
    """
    revision = revision_of(connection)
    if revision is not None and revision not in REVISIONS:
        demand_current(connection)
    if revision is None or (revision == REVISIONS[-1] and is_built(connection)):
        return None
    found = versions(connection)
    return Age(revision, found[0] if len(found) == 1 else 0)


def is_intact(connection: Connection) -> bool:
    """Whether no page of the file is damaged."""
    checks = ("PRAGMA cipher_integrity_check", "PRAGMA integrity_check")
    return all(
        row[0] == "ok" for check in checks for row in connection.execute(text(check)).fetchall()
    )
