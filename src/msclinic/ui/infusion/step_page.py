"""What the steps in the middle of a run have in common.

Every answer is stored by the panels; a step only says what is left and where to go next.
"""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.wording import tr

__all__ = ["StepPage", "open_words", "short_words"]


class StepPage(QWidget):
    """One step of a run.

    Signals:
        saved: When something was stored, aware.
        moved: The run is different now and has to be read again.
        failed: What kept something from being stored.
    """

    saved = Signal(object)
    moved = Signal()
    failed = Signal(object)

    saved_at: datetime | None = None

    def left(self) -> int:
        """How many answers are left."""
        return 0

    def left_words(self) -> tuple[str, str]:
        """What is left: how much, and what."""
        return "", ""

    def next_words(self) -> str:
        """The next act in words; empty where the step has none left."""
        return ""

    def go_next(self) -> bool:
        """Do or go to the next act; False where the step has none left."""
        return False

    def begin(self) -> bool:
        """Take the focus where there is something to type; False where there is nothing."""
        return False

    def settle(self) -> None:
        """Store what is still being typed."""

    def reread(self) -> None:
        """Read the record again, as others may have changed it."""


def open_words(labels: Sequence[str], room: int = 44) -> str:
    """Names of what is left, as many as a short line holds."""
    shown: list[str] = []
    for text in labels:
        if shown and sum(map(len, shown)) + len(text) > room:
            break
        shown.append(short_words(text, room))
    more = len(labels) - len(shown)
    if more > 0:
        return tr("{items} and {count} more", items=", ".join(shown), count=more)
    return ", ".join(shown)


def short_words(text: str, room: int = 30) -> str:
    """A name short enough for a button, cut at a word; the whole one stands at its field."""
    if len(text) <= room:
        return text
    return text[:room].rsplit(" ", 1)[0].rstrip(",:") + "…"
