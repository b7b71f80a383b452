"""What the steps in the middle of a run have in common.

Every answer is stored by the panels; a step only says what is left and where to go next.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.theme import current_theme
from msclinic.wording import tr

__all__ = [
    "StepPage",
    "editor_in",
    "open_words",
    "place_in",
    "room_at_large_text",
    "short_words",
]

# The smallest screen; rail and folded phases beside the step; its margins.
_SCREEN, _BESIDE, _MARGINS = 1366, 80 + 104, 60


class StepPage(QWidget):
    """One step of a run.

    Signals:
        saved: When something was stored, aware.
        moved: The run is different now and has to be read again.
        failed: What kept something from being stored.
        query_asked: ``FormEntry`` and ``Ref`` of the item whose queries are wanted.

    Attributes:
        shows_items: Whether items of a form stand here, with a history and queries.
        saved_at: When something was stored here last.
    """

    saved = Signal(object)
    moved = Signal()
    failed = Signal(object)
    query_asked = Signal(object, object)

    shows_items = False
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

    def place_of(self, _editor: ItemEditor) -> tuple[FormEntry, Ref] | None:
        """Form and item of an editor that stands here."""
        return None

    def editor_of(self, _ref: Ref) -> ItemEditor | None:
        """What shows an item; none where it does not stand here."""
        return None


def place_in(panels: Iterable[ItemsPanel], editor: ItemEditor) -> tuple[FormEntry, Ref] | None:
    """Form and item of an editor that stands in one of some panels."""
    for panel in panels:
        for ref, one in panel.editors.items():
            if one is editor:
                return panel.entry, ref
    return None


def editor_in(panels: Iterable[ItemsPanel], ref: Ref) -> ItemEditor | None:
    """What shows an item in one of some panels."""
    return next((one.editors[ref] for one in panels if ref in one.editors), None)


def room_at_large_text() -> int:
    """What the smallest screen leaves to a step, counted at 100 %, once the phases are folded."""
    theme = current_theme()
    return (_SCREEN - theme.px(_BESIDE) - _MARGINS) * 100 // theme.scale


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
