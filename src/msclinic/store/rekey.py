"""Another key for the same record: every page is written anew, or none.

Nobody else may have the record open; it is closed before and opened again with the new key.
"""

from pathlib import Path

import sqlcipher3.dbapi2 as driver

from msclinic.domain.errors import KnownFault
from msclinic.store.engine import KEY_LENGTH, keyed_connection
from msclinic.store.faults import known_faults

__all__ = ["opens", "rekey"]


def opens(path: Path, key: bytes) -> bool:
    """Whether a key opens a record."""
    try:
        with known_faults():
            keyed_connection(path, key, 1.0).close()
    except KnownFault as fault:
        if fault.code == "wrong_key":
            return False
        raise
    return True


def rekey(path: Path, old: bytes, new: bytes, *, wait_seconds: float = 5.0) -> None:
    """Encrypt a record with another key.

    Args:
        path: The file; nobody has it open.
        old: Its key.
        new: 32 random bytes.
        wait_seconds: How long to wait for another program's lock.

    Raises:
        KnownFault: Another program reads it, the disk is full, or the old key is wrong; the record
            is as it was.
    """
    if len(new) != KEY_LENGTH:
        raise ValueError(f"the data key has {KEY_LENGTH} bytes")
    with known_faults():
        connection = keyed_connection(path, old, wait_seconds)
        try:
            # A key cannot change under a log of pages of the old one.
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()
            if mode != ("delete",):
                raise driver.OperationalError("database is locked")
            connection.execute("PRAGMA synchronous=EXTRA")
            connection.execute(f"PRAGMA rekey=\"x'{new.hex()}'\"")
        finally:
            connection.close()
