"""History and queries of an item on a screen that shows items of forms without being one.

The cards are those of a form, at the right of the page, and Ctrl+H and Ctrl+M open them there too;
what may be read is the services' to say, so a rater learns of the own form only.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.forms.trail import TrailCard, trail_of
from msclinic.ui.queries.beside import FormQueries
from msclinic.ui.tasks import Tasks
from msclinic.wording import current_language

__all__ = ["Aside", "Place"]

Place = tuple[FormEntry, Ref]
"""An item of an open form."""


class Aside(QObject):
    """The cards beside the items of a page.

    Signals:
        changed: Something was asked or answered.
    """

    changed = Signal()

    def __init__(
        self,
        page: QWidget,
        tasks: Tasks,
        here: Callable[[], Place | None],
        widget: Callable[[Ref], QWidget | None],
        bottom: Callable[[], int],
    ) -> None:
        """Make hidden cards over a page.

        Args:
            page: The page.
            tasks: Stores what is said.
            here: The item that the person is at, if any.
            widget: What shows an item on the page now; it takes the focus back.
            bottom: What the cards must not reach below, in the page's coordinates.
        """
        super().__init__(page)
        self._page, self._tasks, self._bottom = page, tasks, bottom
        self._here, self._widget = here, widget
        self._at: Ref | None = None
        self._queries: FormQueries | None = None
        self._of: FormEntry | None = None
        self.trail = TrailCard(page)
        self.trail.closed.connect(self._close_history)
        for keys, act in (("Ctrl+H", self.history_here), ("Ctrl+M", self.queries_here)):
            shortcut = QShortcut(QKeySequence(keys), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(act)

    @property
    def queries(self) -> FormQueries | None:
        """The card of the queries, once it was opened."""
        return self._queries

    def history_here(self) -> None:
        """Show what stood before in the item that the person is at."""
        place = self._here()
        if place is not None:
            self.open_history(*place)

    def queries_here(self) -> None:
        """Show the queries of the item that the person is at."""
        place = self._here()
        if place is not None:
            self.open_queries(*place)

    def open_history(self, entry: FormEntry, ref: Ref) -> None:
        """Show what stood in an item before."""
        self.close()
        self._at = ref
        title = entry.form.item(ref[2]).label.text(current_language())
        self.trail.show_lines(title, trail_of(entry, ref))
        self.place()

    def open_queries(self, entry: FormEntry, ref: Ref) -> None:
        """Show the queries of an item."""
        self.close()
        self._at = ref
        self._cards(entry).open(ref)

    def close(self) -> None:
        """Put the cards away; what was read of another item, or by another person, goes."""
        self._at = None
        self.trail.hide()
        if self._queries is not None:
            self._queries.card.hide()

    def place(self) -> None:
        """Keep the card that is open beside its item."""
        widget = self._widget(self._at) if self._at is not None else None
        if widget is None:
            return
        top = widget.mapTo(self._page, QPoint(0, 0)).y() - 12
        if self.trail.isVisible():
            self.trail.place(top, self._bottom())
        if self._queries is not None and self._queries.card.isVisible():
            self._queries.card.place(top, self._bottom())

    def _cards(self, entry: FormEntry) -> FormQueries:
        if self._queries is None or self._of is not entry:
            if self._queries is not None:
                self._queries.card.deleteLater()
                self._queries.deleteLater()
            made = FormQueries(self._page, entry, self._tasks, lambda _ref: self.place())
            made.changed.connect(self.changed)
            made.closed.connect(self._back)
            self._queries, self._of = made, entry
        return self._queries

    def _close_history(self) -> None:
        ref = self._at
        self.trail.hide()
        self._back(ref)

    def _back(self, ref: Ref | None) -> None:
        self._at = None
        widget = self._widget(ref) if ref is not None else None
        if widget is not None:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
