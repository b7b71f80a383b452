"""Copies an open record into another encrypted file, page by page, while it goes on being used.

SQLCipher's own online backup reads one snapshot and writes pages encrypted with the copy's key;
no byte of it is ever on a disk in the clear.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from msclinic.store.engine import keyed_connection
from msclinic.store.faults import known_faults
from msclinic.store.read_model import Position
from msclinic.store.store import Store

__all__ = ["copy_record"]

_PAGES = 256
"""Pages a step: one megabyte, so that others get their turn and a stop is heard soon."""

Progress = Callable[[int, int], None]


def copy_record(store: Store, target: Path, key: bytes, progress: Progress) -> Position:
    """Copy the record as it is now; gives how far its journal had come.

    Args:
        store: The open record.
        target: A file that does not exist; its folder does.
        key: The key of the copy.
        progress: Called with pages done and pages in all; what it raises ends the copying.

    Raises:
        KnownFault: The disk is full or cannot be written to; nothing stays at the target.
    """
    try:
        with store.read() as reader:
            position = reader.position()
            source: Any = reader.connection.connection.driver_connection
            with known_faults():
                copy = keyed_connection(target, key, 0)
                try:
                    # It is proved and carried on before it counts: the disk is left to those who
                    # enter data meanwhile.
                    copy.execute("PRAGMA synchronous=OFF")
                    source.backup(
                        copy,
                        pages=_PAGES,
                        progress=lambda _state, left, whole: progress(whole - left, whole),
                    )
                    # One file without a log beside it, so that it can be carried as it is.
                    copy.execute("PRAGMA journal_mode=DELETE").fetchall()
                finally:
                    copy.close()
        return position
    except BaseException:
        for suffix in ("", "-wal", "-shm", "-journal"):
            target.with_name(target.name + suffix).unlink(missing_ok=True)
        raise
