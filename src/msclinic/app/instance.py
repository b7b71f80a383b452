"""One window per home: a lock that the system lets go of when the program ends, however it ends."""

import os
from pathlib import Path
from types import TracebackType

from msclinic.domain.errors import KnownFault
from msclinic.services.home import read_only_home

__all__ = ["HomeLock"]


class HomeLock:
    """Holds a home for one window.

    Used as a context manager; the file itself stays, only the lock on it matters.
    """

    def __init__(self, home: Path) -> None:
        self._path = home / "window.lock"
        self._handle: int | None = None

    def __enter__(self) -> "HomeLock":
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise read_only_home() from error
        try:
            _lock(handle)
        except OSError as error:
            os.close(handle)
            raise KnownFault(
                "home_in_use",
                what="This clinic is already open in another window.",
                why="Two windows on one record could overtake each other.",
                what_to_do="Go to the open window, or close it and start again.",
            ) from error
        self._handle = handle
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._handle is not None:
            os.close(self._handle)
            self._handle = None


def _lock(handle: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined, unused-ignore]
    else:
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
