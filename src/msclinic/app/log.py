"""The program's log: what happened to the program, never what a record holds.

Only the message's constant words and random ids reach the file. An exception is written by its
type and place, without its text, because texts may quote what was typed.
"""

import logging
import traceback
from contextlib import suppress
from pathlib import Path

__all__ = ["start_log"]

_FULL = 1_000_000
_OLDER = 3


class _Plain(logging.Formatter):
    """One line a record; exceptions by type and place only."""

    default_time_format = "%Y-%m-%dT%H:%M:%S"

    def formatException(  # logging's own name
        self, ei: tuple[type[BaseException], BaseException, object] | tuple[None, None, None]
    ) -> str:
        if ei[1] is None:
            return ""
        frames = traceback.extract_tb(ei[1].__traceback__)
        places = " < ".join(f"{Path(f.filename).name}:{f.lineno}" for f in reversed(frames))
        return f"{type(ei[1]).__name__} at {places}"


class _File(logging.FileHandler):
    """Opened with its first line, turned over when it is full; what cannot be written is lost.

    The library's own does the same and loads sockets and mail with it: no start should wait for
    that.
    """

    def __init__(self, file: Path) -> None:
        super().__init__(file, encoding="utf-8", delay=True)

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        file = Path(self.baseFilename)
        with suppress(OSError):
            if self.stream is None:
                file.parent.mkdir(parents=True, exist_ok=True)
            super().emit(record)
            if self.stream is not None and self.stream.tell() >= _FULL:
                self.stream.close()
                self.stream = None  # the next line opens the file anew
                self._turn_over(file)

    def _turn_over(self, file: Path) -> None:
        for number in range(_OLDER, 0, -1):
            newer = file.with_name(f"{file.name}.{number - 1}") if number > 1 else file
            if newer.exists():
                newer.replace(file.with_name(f"{file.name}.{number}"))


def start_log(home: Path) -> logging.Logger:
    """Open the log of a home; a folder that cannot be written to leaves the program without one.

    Args:
        home: The data folder.
    """
    log = logging.getLogger("msclinic")
    log.setLevel(logging.INFO)
    log.propagate = False
    for old in list(log.handlers):
        log.removeHandler(old)
        old.close()
    handler = _File(home / "log" / "msclinic.log")
    handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    return log
