"""Turns what the database library raises into faults that a person can be told.

An error that is not in the table is a bug and passes through untouched; parameters never show.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import sqlcipher3.dbapi2 as driver
from sqlalchemy.exc import DBAPIError

from msclinic.domain.errors import KnownFault

__all__ = ["damaged", "known_faults", "not_a_database", "wrong_key"]

_NOTHING_LOST = "What was saved before is still there."

_DAMAGED = (
    "damaged",
    "The record could not be read.",
    "The file is damaged.",
    "Do not enter anything. Restore the last backup.",
)

# Message of SQLite -> code, what, why, what to do.
_TABLE: tuple[tuple[str, tuple[str, str, str, str]], ...] = (
    (
        "database is locked",
        (
            "database_locked",
            "The record could not be opened for writing.",
            "Another program is using it.",
            "Close the other window or wait until it has finished, then try again.",
        ),
    ),
    (
        "database or disk is full",
        (
            "disk_full",
            "The entry could not be saved.",
            "The disk is full.",
            f"Free some space, then enter it again. {_NOTHING_LOST}",
        ),
    ),
    (
        "attempt to write a readonly database",
        (
            "read_only",
            "The entry could not be saved.",
            "The record can only be read here.",
            "Check that you may write to the data folder, then try again.",
        ),
    ),
    (
        "disk i/o error",
        (
            "disk_fault",
            "The record could not be read or written.",
            "The disk reported an error.",
            f"Do not switch off. Call technical support. {_NOTHING_LOST}",
        ),
    ),
    (
        "unable to open database file",
        (
            "cannot_open",
            "The record could not be opened.",
            "The file is missing, or you may not read it.",
            "Check the data folder and its permissions, then try again.",
        ),
    ),
    ("malformed", _DAMAGED),
)


def damaged() -> KnownFault:
    """The file can be opened, and what stands in it cannot be read."""
    return KnownFault(*_DAMAGED)


def wrong_key() -> KnownFault:
    """The file may be a record, but not with this key."""
    return KnownFault(
        "wrong_key",
        "The record could not be opened.",
        "The key does not fit this file, or the file is damaged.",
        "Check that the data folder is the right one. If it is, restore the last backup.",
    )


def not_a_database() -> KnownFault:
    """The file cannot be a record with any key."""
    return KnownFault(
        "not_a_database",
        "The record could not be opened.",
        "The file is not a record of this program.",
        "Check that the data folder is the right one. If it is, restore the last backup.",
    )


@contextmanager
def known_faults() -> Iterator[None]:
    """Within the block, expected database errors become a ``KnownFault``."""
    try:
        yield
    except DBAPIError as error:
        fault = _fault_for(str(error.orig))
        if fault is None:
            raise
        raise fault from None
    except driver.Error as error:
        fault = _fault_for(str(error))
        if fault is None:
            raise
        raise fault from None


def _fault_for(message: str) -> KnownFault | None:
    lowered = message.lower()
    if "file is not a database" in lowered:
        return wrong_key()
    for text, sentences in _TABLE:
        if text in lowered:
            return KnownFault(*sentences)
    return None
