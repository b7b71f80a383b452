"""The encrypted record of one device: opened, read, written, closed.

One writer at a time and readers beside it, from any thread. The key is held by the connections
alone; nothing here logs.
"""

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from msclinic.domain.errors import KnownFault
from msclinic.store.engine import reader_engine, writer_engine
from msclinic.store.faults import damaged, known_faults, not_a_database
from msclinic.store.migrate import demand_current, migrate, older_database
from msclinic.store.reader import Judge, Reader
from msclinic.store.rebuild import is_built, is_older, rebuild
from msclinic.store.statements import SNAPSHOT
from msclinic.store.unit_of_work import UnitOfWork

__all__ = ["Store"]

_PAGE = 4096
_PLAIN = b"SQLite format 3\x00"


class Store:
    """One open record; make it with ``create`` or ``open``.

    Attributes:
        path: The file.
        judge: Whether a signature counts, for every reader; none counts all that stand.
    """

    def __init__(self, path: Path, writer: Engine | None, readers: Engine) -> None:
        self.path = path
        self._writer = writer
        self._readers = readers
        self._turn = threading.Lock()
        self._writing: int | None = None
        self._joint: UnitOfWork | None = None
        self._failed = False
        self.judge: Judge | None = None
        self._afterwards: list[Callable[[], None]] = []

    @classmethod
    def create(cls, path: Path, key: bytes, *, wait_seconds: float = 5.0) -> "Store":
        """Make a new, empty record.

        Args:
            path: A file that does not exist.
            key: 32 random bytes.
            wait_seconds: How long to wait for another program's lock.

        Raises:
            KnownFault: The file exists, or cannot be written.
        """
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        except FileExistsError:
            raise KnownFault(
                "database_exists",
                "The record could not be made.",
                "There is already a file of this name.",
                "Choose another folder.",
            ) from None
        except OSError:
            raise KnownFault(
                "cannot_create",
                "The record could not be made.",
                "The folder is missing, or you may not write to it.",
                "Check the data folder and its permissions, then try again.",
            ) from None
        try:
            return cls._open(path, key, wait_seconds, read_only=False)
        except BaseException:
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            raise

    @classmethod
    def open(
        cls,
        path: Path,
        key: bytes,
        *,
        read_only: bool = False,
        as_found: bool = False,
        wait_seconds: float = 5.0,
    ) -> "Store":
        """Open a record, bringing its tables up to date.

        Args:
            path: The file.
            key: The 32 bytes with which it was made.
            read_only: Only read, beside a program that writes.
            as_found: Only read, whatever the tables are like: for ``verify`` alone.
            wait_seconds: How long to wait for another program's lock.

        Raises:
            KnownFault: No file, no record, wrong key, newer version, locked, disk full.
        """
        _demand_encrypted(path)
        read_only = read_only or as_found
        return cls._open(path, key, wait_seconds, read_only=read_only, as_found=as_found)

    @classmethod
    def _open(
        cls,
        path: Path,
        key: bytes,
        wait_seconds: float,
        *,
        read_only: bool,
        as_found: bool = False,
    ) -> "Store":
        writer = None if read_only else writer_engine(path, key, wait_seconds)
        readers = reader_engine(path, key, wait_seconds)
        store = cls(path, writer, readers)
        try:
            with known_faults():
                if writer is None:
                    with readers.connect() as connection, connection.begin():
                        if not as_found:
                            demand_current(connection)
                            if is_older(connection):
                                raise older_database()
                else:
                    with writer.connect() as connection, connection.begin():
                        migrate(connection)
                        if not is_built(connection):
                            rebuild(connection)
        except BaseException:
            store.close()
            raise
        return store

    def close(self) -> None:
        """Close every connection; the last one folds the write-ahead log into the file."""
        self._readers.dispose()
        if self._writer is not None:
            self._writer.dispose()

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def write(self) -> Iterator[UnitOfWork]:
        """A unit of work: all of it is on the disk when the block ends, or nothing.

        Within ``together`` it is a part of that one, and nothing is on the disk before it ends.

        Raises:
            KnownFault: It could not be written; nothing was changed.
            RuntimeError: This thread is already writing.
        """
        if self._writer is None:
            raise _read_only()
        joint = self._joined()
        if joint is not None:
            try:
                yield joint
            except BaseException:
                self._failed = True
                raise
            return
        if self._writing == threading.get_ident():
            raise RuntimeError("a unit of work is already open in this thread")
        with self._turn:
            self._writing = threading.get_ident()
            try:
                with (
                    known_faults(),
                    self._writer.connect() as connection,
                    connection.begin(),
                ):
                    yield UnitOfWork(connection, self.judge)
            finally:
                self._writing = None

    @contextmanager
    def together(self) -> Iterator[None]:
        """Everything that this thread writes in the block is one unit of work: all or nothing.

        What it reads in the block is the record with what it has written; others see nothing of it
        before the end. Whatever is raised while writing has to leave the block.

        Raises:
            KnownFault: It could not be written; nothing was changed.
            RuntimeError: This thread is already writing, or a part that failed was passed over.
        """
        if self.joined:
            yield  # a part of the one that is open
            return
        with self.write() as uow:
            self._joint, self._failed, self._afterwards = uow, False, []
            try:
                yield
                if self._failed:
                    raise RuntimeError("a part of the unit of work failed and was passed over")
                afterwards = self._afterwards
            finally:
                self._joint, self._afterwards = None, []
        for work in afterwards:
            work()

    @property
    def joined(self) -> bool:
        """Whether this thread is within ``together``."""
        return self._joined() is not None

    def when_kept(self, work: Callable[[], None]) -> None:
        """Do something once what this thread has written is on the disk; now, if it is already."""
        if self.joined:
            self._afterwards.append(work)
        else:
            work()

    def _joined(self) -> UnitOfWork | None:
        return self._joint if self._writing == threading.get_ident() else None

    @contextmanager
    def read(self) -> Iterator[Reader]:
        """A snapshot of the record as it is now; within ``together`` with what it has written.

        Raises:
            KnownFault: It could not be read.
        """
        joint = self._joined()
        if joint is not None:
            yield joint
            return
        with known_faults(), self._readers.connect() as connection, connection.begin():
            # The snapshot begins with the first read, not with BEGIN.
            SNAPSHOT.first(connection)
            yield Reader(connection, self.judge)

    @contextmanager
    def read_doubted(self) -> Iterator[Reader]:
        """A snapshot of a record whose tables may not be as the program writes them.

        Raises:
            KnownFault: It could not be read, for whatever reason.
        """
        try:
            with self.read() as reader:
                yield reader
        except (DBAPIError, driver.Error, ValueError, TypeError, AttributeError, KeyError):
            raise damaged() from None

    def rebuild(self) -> None:
        """Drop the read tables and build them from the journal."""
        with self.write() as uow:
            rebuild(uow.connection)

    def scrub(self) -> bool:
        """Leave nothing of what was removed: not in free pages, not in the write-ahead log.

        The file is written anew, which takes as long as copying it.

        Returns:
            Whether the log could be emptied; where another program reads just now, it is when the
            last connection closes.

        Raises:
            KnownFault: It could not be written, or only be read here.
        """
        with self._turn, known_faults():
            if self._writer is None:
                raise _read_only()
            held = self._writer.raw_connection()
            try:
                connection: Any = held.driver_connection
                connection.execute("VACUUM")
                busy = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
            finally:
                held.close()
        return not busy


def _read_only() -> KnownFault:
    return KnownFault(
        "read_only",
        "The entry could not be saved.",
        "The record can only be read here.",
        "Check that you may write to the data folder, then try again.",
    )


def _demand_encrypted(path: Path) -> None:
    """Tell a missing file and one that cannot be a record from one with another key."""
    try:
        with path.open("rb") as file:
            start = file.read(len(_PLAIN))
            size = path.stat().st_size
    except FileNotFoundError:
        raise KnownFault(
            "no_database",
            "The record could not be opened.",
            "There is no such file.",
            "Check that the data folder is the right one.",
        ) from None
    except OSError:
        raise KnownFault(
            "cannot_open",
            "The record could not be opened.",
            "The file is missing, or you may not read it.",
            "Check the data folder and its permissions, then try again.",
        ) from None
    if start == _PLAIN or size == 0 or size % _PAGE:
        raise not_a_database()
