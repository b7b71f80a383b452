"""The item at hand in a run: where the focus is, what stood there before, what is asked of it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.forms.session import Ref
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.aside import Aside, Place
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.widgets import Button
from msclinic.wording import tr

if TYPE_CHECKING:
    from msclinic.ui.infusion.screen import RunScreen

__all__ = ["Near"]


class Near(QObject):
    """Follows the focus through the editors of the step in the middle.

    Signals:
        moved: The focus has come to another item.

    Attributes:
        editor: The item at hand; it stays while the focus is beside the step.
        aside: The cards with its history and its queries.
    """

    moved = Signal()

    def __init__(self, screen: "RunScreen") -> None:
        """Listen, and put the buttons beside the step."""
        super().__init__(screen)
        self._screen = screen
        self.editor: ItemEditor | None = None
        self.aside = Aside(screen, screen.tasks, self._place, self._shown, self._bottom)
        self._history = _button("history", tr("History of this answer"), "Ctrl H")
        self._history.setObjectName("run/history")
        self._history.clicked.connect(self.aside.history_here)
        self._query = _button("query", tr("Raise a query"), "Ctrl M")
        self._query.setObjectName("run/query")
        self._query.clicked.connect(self.aside.queries_here)
        for button in (self._history, self._query):
            screen.frame.add_tool(button)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)

    def stop(self) -> None:
        """Listen no more, and put the cards away."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._focus_moved)
        self.aside.close()

    def follow(self, step: StepPage) -> None:
        """Another step stands in the middle: nothing of the one before stays."""
        self.editor = None
        self.aside.close()
        step.query_asked.connect(self.aside.open_queries)
        self._screen.frame.tools.setVisible(step.shows_items)
        self._history.setVisible(step.shows_items)
        self._query.setVisible(step.shows_items and self._screen.actor.may("query"))
        self._show()

    @property
    def may_be_missing(self) -> ItemEditor | None:
        """The item at hand, where it may stand without an answer."""
        return self.editor if self.editor is not None and self.editor.item.missing else None

    def _show(self) -> None:
        self._history.setEnabled(self.editor is not None)
        self._query.setEnabled(self.editor is not None)

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self._screen.step.isAncestorOf(new):
            return
        found: QWidget | None = new
        while found is not None and not isinstance(found, ItemEditor):
            found = found.parentWidget()
        if found is not self.editor:
            self.editor = found
            self._show()
            self.moved.emit()

    def _place(self) -> Place | None:
        return self._screen.step.place_of(self.editor) if self.editor is not None else None

    def _shown(self, ref: Ref) -> QWidget | None:
        return self._screen.step.editor_of(ref)

    def _bottom(self) -> int:
        return self._screen.frame.foot.mapTo(self._screen, QPoint(0, 0)).y()


def _button(icon: str, name: str, keys: str) -> Button:
    button = Button("", "quiet", icon=icon, size=44)
    # A press must not take the focus from the item that it is about.
    button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    button.setAccessibleName(name)
    button.set_keys(keys, name)
    button.hide()
    return button
