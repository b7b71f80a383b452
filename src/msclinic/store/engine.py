"""Engines over one encrypted file: a single writer and readers apart.

The writer takes the write lock when its transaction begins, so that it never fails half-way;
readers see a snapshot and cannot write. No key or value may reach a log.
"""

import sys
from pathlib import Path
from typing import Any

import sqlcipher3.dbapi2 as driver
from sqlalchemy import Connection, Engine, QueuePool, create_engine, event

__all__ = ["KEY_LENGTH", "keyed_connection", "memory_engine", "reader_engine", "writer_engine"]

KEY_LENGTH = 32
_READERS = 8


def writer_engine(path: Path, key: bytes, wait_seconds: float) -> Engine:
    """The engine that writes: one connection, ``BEGIN IMMEDIATE``, every commit on the disk."""

    def connect() -> driver.Connection:
        connection = keyed_connection(path, key, wait_seconds)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA recursive_triggers=ON")
        # What is removed is overwritten, not only unlinked (R-AUD-4).
        connection.execute("PRAGMA secure_delete=ON")
        if sys.platform == "darwin":
            connection.execute("PRAGMA fullfsync=ON")
            connection.execute("PRAGMA checkpoint_fullfsync=ON")
        return connection

    return _engine(connect, pool_size=1, begin="BEGIN IMMEDIATE")


def reader_engine(path: Path, key: bytes, wait_seconds: float) -> Engine:
    """The engine that reads: snapshots, no writing."""

    def connect() -> driver.Connection:
        connection = keyed_connection(path, key, wait_seconds)
        connection.execute("PRAGMA query_only=ON")
        return connection

    return _engine(connect, pool_size=_READERS, begin="BEGIN")


def memory_engine() -> Engine:
    """An empty database in memory, to learn how a fresh one looks."""

    def connect() -> driver.Connection:
        return driver.connect(":memory:", isolation_level=None, check_same_thread=False)

    return _engine(connect, pool_size=1, begin="BEGIN IMMEDIATE")


def keyed_connection(path: Path, key: bytes, wait_seconds: float) -> driver.Connection:
    """A bare connection to an encrypted file, opened with its key; nothing is written yet."""
    if len(key) != KEY_LENGTH:
        raise ValueError(f"the data key has {KEY_LENGTH} bytes")
    connection = driver.connect(
        str(path), timeout=wait_seconds, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA cipher_log_level=NONE")
        connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
        connection.execute("PRAGMA temp_store=MEMORY")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except driver.Error:
        connection.close()
        raise
    return connection


def _engine(connect: object, pool_size: int, begin: str) -> Engine:
    engine = create_engine(
        "sqlite://",
        module=driver,
        creator=connect,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,
    )

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        driver_connection: Any = connection.connection.driver_connection
        driver_connection.execute(begin)

    return engine
