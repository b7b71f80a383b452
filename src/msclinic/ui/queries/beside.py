"""The queries of an open form on its page: the card, and what is sent from it."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.queries import form_queries, raise_query, say
from msclinic.ui.messages import words_of
from msclinic.ui.queries.card import QueryCard
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.wording import current_language

__all__ = ["FormQueries"]


class FormQueries(QObject):
    """Opens the card of an item or of the form, and stores what is said.

    Signals:
        closed: ``Ref`` of the item whose card was closed; None for the form's.
        changed: Something was said.

    Attributes:
        card: The card; hidden while nobody asks for it.
    """

    closed = Signal(object)
    changed = Signal()

    def __init__(
        self, page: QWidget, entry: FormEntry, tasks: Tasks, place: Callable[[Ref | None], None]
    ) -> None:
        """Make a hidden card over a page.

        Args:
            page: The page.
            entry: The open form.
            tasks: Stores what is said.
            place: Puts the card beside an item, or at the top for the form.
        """
        super().__init__(page)
        self._entry, self._tasks, self._place = entry, tasks, place
        self._of: Ref | None = None
        self.card = QueryCard(page, entry.session)
        self.card.said.connect(self._said)
        self.card.closed.connect(self.close)

    @property
    def at(self) -> Ref | None:
        """The item whose card is open; None for the form's."""
        return self._of

    def open(self, ref: Ref | None) -> None:
        """Show the queries of an item, or of the form."""
        self._of = ref
        self._show()
        self.card.begin()

    def close(self) -> None:
        """Put the card away."""
        if self.card.isVisible():
            self.card.hide()
            self.closed.emit(self._of)

    def _show(self) -> None:
        entry, ref = self._entry, self._of
        found = form_queries(entry.session, entry.participant, entry.prefix)
        item = entry.form.item(ref[2]) if ref is not None else None
        title = (item.label if item is not None else entry.form.title).text(current_language())
        self.card.show_queries(entry, title, item, [one for one in found if one.ref == ref])
        self._place(ref)

    def _said(self, key: str, kind: str, words: str) -> None:
        entry = self._entry
        session, participant = entry.session, entry.participant
        scope = entry.path(self._of) if self._of is not None else entry.prefix

        def store() -> Outcome[None]:
            if key:
                say(session, participant, key, kind, words)
            else:
                raise_query(session, participant, scope, words)
            return Outcome(None, {Kind.ANSWERS})

        self._tasks.write(store, self._stored, self._refused)

    def _stored(self, _value: None) -> None:
        self.changed.emit()
        if self.card.isVisible():
            self._show()
            self.card.begin()

    def _refused(self, error: Exception) -> None:
        self.card.say(*words_of(error))
