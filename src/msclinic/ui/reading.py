"""The content of a screen that is read from the record, and what stands in its place meanwhile.

One idea for every screen: after 300 ms it says what is being read and can be stopped; a fault says
what happened, what is safe and what to do; nothing there says what to do first. Reading changes
nothing, so stopping it or trying again is always safe.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from msclinic.domain.errors import KnownFault
from msclinic.services.session import Refused
from msclinic.ui.messages import words_of
from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.widgets import StatePane
from msclinic.wording import tr

__all__ = ["Reading"]

Value = TypeVar("Value")

_STOPPED = "stopped"


class Reading(QStackedWidget):
    """Content, or the pane that takes its place.

    Attributes:
        pane: Empty, loading, error.

    Signals:
        acted: The button of the pane was pressed where there is nothing yet.
        again: It is to be read once more, after a fault or a stop.
    """

    acted = Signal()
    again = Signal()

    def __init__(self, tasks: Tasks, content: QWidget, words: str) -> None:
        """Stand ready; ``ask`` begins.

        Args:
            tasks: Runs the reading beside the window.
            content: What shows what was read.
            words: What is being read: ``Reading the day…``.
        """
        super().__init__()
        self._tasks, self._content, self._words = tasks, content, words
        self._operation: Operation | None = None
        self._then: Callable[[Any], None] = _nothing
        self._known = False
        self.pane = StatePane()
        self.addWidget(content)
        self.addWidget(self.pane)
        self.pane.acted.connect(self._acted)

    @property
    def stopped(self) -> bool:
        """Whether the person has stopped it."""
        return self.currentWidget() is self.pane and self.pane.kind == _STOPPED

    @property
    def waiting(self) -> bool:
        """Whether a reading is under way."""
        return self._operation is not None

    def ask(self, work: Callable[[], Value], then: Callable[[Value], None]) -> None:
        """Read, and forget what was asked before; what is shown stays until the answer is there.

        Args:
            work: Runs beside the window.
            then: Shows what was read, by ``show_content`` or ``show_empty``.
        """
        self._abandon()
        self._then = then
        self._operation = self._tasks.read(work, self._arrived, self._failed)
        self._operation.slow.connect(self._slow)

    def ask_promptly(self, work: Callable[[], Value], then: Callable[[Value], None]) -> None:
        """Read what the screen cannot be shown without: quickly before it appears, as by ``ask``.

        Args:
            work: Runs beside the window.
            then: Shows what was read, by ``show_content`` or ``show_empty``.
        """
        self._abandon()
        self._then = then
        self._operation = self._tasks.promptly(work, self._arrived, self._failed)
        if self._operation is not None:
            self._slow()

    def follow(self, operation: Operation) -> None:
        """Show at once that something is under way which others have asked for."""
        self._abandon()
        self._operation = operation
        operation.failed.connect(self._failed)
        operation.finished.connect(self._over)
        self._slow()

    def drop(self) -> None:
        """Forget what is under way; the screen is about to go."""
        self._abandon()
        self._known = False

    def show_content(self) -> None:
        """Show what was read."""
        self._known = True
        self.setCurrentWidget(self._content)

    def show_empty(self, title: str, lines: Sequence[str] = (), act: str = "") -> None:
        """Say that nothing is there yet, and what to do first.

        Args:
            title: What there is not.
            lines: What to do.
            act: Word of the button that says ``acted``; empty for none.
        """
        self._known = True
        self._put("empty", title, lines, act)

    def fail(self, error: Exception) -> None:
        """Say what went wrong, in place of the content."""
        title, rest = words_of(error)
        self._known = False
        if isinstance(error, Refused):
            self._put("read_only", title, [rest], "")
            return
        # The fault itself says what is safe; of a bug the words of the program do.
        safe = tr("Reading has changed nothing.") if isinstance(error, KnownFault) else ""
        self._put("error", title, [line for line in (rest, safe) if line], tr("Try again"))

    def _abandon(self) -> None:
        if self._operation is not None:
            self._operation.abandon()
            self._operation = None

    def _arrived(self, value: object) -> None:
        self._operation = None
        self._then(value)

    def _failed(self, error: Exception) -> None:
        self._operation = None
        self.fail(error)

    def _over(self) -> None:
        # It was read, and yet nothing has taken this place: whoever asked could not show it.
        if self._operation is not None:
            self._operation = None
            said = [tr("Reading has changed nothing.")]
            self._put("error", tr("This screen could not be shown."), said, tr("Try again"))

    def _slow(self) -> None:
        if not self._known:
            self._put("loading", self._words, (), tr("Cancel"))

    def _stop(self) -> None:
        self._abandon()
        said = [tr("Reading has changed nothing."), tr("Try again when you want to go on.")]
        self._put("empty", tr("Stopped before everything was read."), said, tr("Try again"))
        self.pane.kind = _STOPPED

    def _acted(self) -> None:
        if self.pane.kind == "loading":
            self._stop()
        elif self.pane.kind in ("error", _STOPPED):
            self.again.emit()
        else:
            self.acted.emit()

    def _put(self, kind: str, title: str, lines: Sequence[str], act: str) -> None:
        focused = QApplication.focusWidget()
        lost = focused is None or self._content.isAncestorOf(focused)
        self.pane.set_state(kind, title, lines, act)
        self.setCurrentWidget(self.pane)
        if lost and act and self.isVisible():
            self.pane.button.setFocus()


def _nothing(_value: object) -> None:
    """Nothing was asked yet."""
