"""Under which versions of the study entries were made: counted and found in the journal itself."""

from collections.abc import Iterator

from sqlalchemy import String, cast, func, select

from msclinic.record.entry import StoredEntry
from msclinic.store.reader import Reader
from msclinic.store.schema import journal

__all__ = ["entries_under"]


def entries_under(
    reader: Reader, version: str, after: str, until: str = ""
) -> Iterator[StoredEntry]:
    """Entries made under a version that this store took in after an entry.

    Args:
        reader: The record.
        version: Of the study.
        after: Hash of an entry, such as the activation of another version.
        until: Hash of the entry where it ends, or empty for the end of the journal.
    """
    start, end = (
        select(journal.c.position).where(journal.c.hash == one).scalar_subquery()
        for one in (after, until)
    )
    # The bytes are canonical JSON without spaces; no other member of an entry holds this text.
    named = func.instr(cast(journal.c.bytes, String), f'"study_version":"{version}"')
    statement = select(journal.c.hash, journal.c.bytes, journal.c.signature).where(
        journal.c.position > start, named > 0
    )
    if until:
        statement = statement.where(journal.c.position < end)
    for row in reader.connection.execute(statement.order_by(journal.c.position)):
        yield StoredEntry(*row)
