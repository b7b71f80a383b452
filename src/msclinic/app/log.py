"""The program's log: what happened to the program, never what a record holds.

Only the message's constant words and random ids reach the file. An exception is written by its
type and place, without its text, because texts may quote what was typed.
"""

import logging
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path

__all__ = ["start_log"]


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
    try:
        folder = home / "log"
        folder.mkdir(parents=True, exist_ok=True)
        handler: logging.Handler = RotatingFileHandler(
            folder / "msclinic.log", maxBytes=1_000_000, backupCount=3, encoding="utf-8"
        )
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    return log
