"""What is known of the items of an open form beside their answers: queries, source, locks.

It reads what the services say and stores nothing; what a role may not see is not there.
"""

from collections.abc import Iterable
from functools import partial
from typing import Protocol

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.queries import CLOSED
from msclinic.forms.session import Ref
from msclinic.services.data_locks import changed_after_lock
from msclinic.services.entry import FormEntry
from msclinic.services.journal_words import source_words
from msclinic.services.participants import masked_rater
from msclinic.services.queries import form_queries
from msclinic.services.query_model import Query
from msclinic.services.source_verification import FormProgress, form_marks
from msclinic.ui.queries.strip import QueryStrip
from msclinic.wording import tr

__all__ = ["ItemMarks", "Marked"]


class Marked(Protocol):
    """What shows an item and can carry marks."""

    @property
    def in_column(self) -> bool:
        """Whether it stands in a narrow column, not on a line of its own."""

    def offer_query(self, *, always: bool) -> None:
        """Let the person ask about the item."""

    def add_beneath(self, widget: QWidget) -> None:
        """Put something under the item."""


class ItemMarks(QObject):
    """The marks of one open form.

    Signals:
        query_asked: ``Ref`` of the item whose queries are wanted.

    Attributes:
        queries: The queries of the form that the person may see.
        verified: How far the form is compared with its source; none where that is not shown.
    """

    query_asked = Signal(object)

    def __init__(self, entry: FormEntry, parent: QObject) -> None:
        super().__init__(parent)
        self._entry = entry
        self.queries: list[Query] = []
        self.verified: FormProgress | None = None
        self._changed: frozenset[str] = frozenset()
        self._editors: dict[Ref, Marked] = {}
        self._strips: dict[Ref, QueryStrip] = {}
        self.read()

    def read(self) -> None:
        """Read what stands in the record now, and show it."""
        entry = self._entry
        session, participant = entry.session, entry.participant
        self.queries = form_queries(session, participant, entry.prefix)
        # A masked rater is not told who else looks at a form, nor what was locked.
        if not masked_rater(session):
            self.verified = form_marks(session, participant, entry.prefix)
            with session.store.read() as reader:
                self._changed = changed_after_lock(reader, participant, entry.prefix)
        for ref in self._editors:
            self._show_strip(ref)

    def of(self, ref: Ref | None) -> list[Query]:
        """The queries of an item, or of the form itself."""
        return [query for query in self.queries if query.ref == ref]

    def waiting(self) -> int:
        """How many queries of the form are not closed."""
        return sum(query.status != CLOSED for query in self.queries)

    def mark(self, ref: Ref, editor: Marked) -> None:
        """Put the marks of an item onto its editor."""
        if self._entry.session.may("query"):
            editor.offer_query(always=not self._entry.may_enter)
        self._editors[ref] = editor
        self._strips.pop(ref, None)
        self._show_strip(ref)

    def forget(self, refs: Iterable[Ref]) -> None:
        """Editors that are no longer there."""
        for ref in refs:
            self._editors.pop(ref, None)
            self._strips.pop(ref, None)

    def _show_strip(self, ref: Ref) -> None:
        found = self.of(ref)
        strip = self._strips.get(ref)
        if strip is None:
            # Most items never have a query: a strip is made for the first one.
            if not found:
                return
            editor = self._editors[ref]
            name = f"{self._entry.path(ref)}#queries"
            strip = self._strips[ref] = QueryStrip(name, narrow=editor.in_column)
            strip.asked.connect(partial(self.query_asked.emit, ref))
            editor.add_beneath(strip)
        strip.show_queries(found)

    def notes(self, ref: Ref) -> list[str]:
        """Where an answer came from, whether it was compared, and what came after a lock."""
        path = self._entry.path(ref)
        heads = self._entry.heads(ref)
        found = []
        if heads and heads[0].source not in (None, "direct"):
            found.append(source_words(heads[0].source))
        if self.verified is not None and path in self.verified.verified:
            found.append(tr("source verified"))
        if self.verified is not None and path in self.verified.changed:
            found.append(tr("changed since verified"))
        if path in self._changed:
            found.append(tr("changed after the lock"))
        return found
