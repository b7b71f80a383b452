"""A rater's own queries, each with its words and a line to answer it; nothing of other forms."""

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.query_model import Query
from msclinic.services.session import Session
from msclinic.ui.queries.card import QueryDraft
from msclinic.ui.queries.words import query_chip, query_words
from msclinic.ui.widgets.base import column, empty, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.surfaces import Card, SectionHeading
from msclinic.wording import current_language, tr

__all__ = ["MyQueries", "place_words"]


def place_words(session: Session, query: Query) -> str:
    """Which form and item a query is about."""
    language = current_language()
    form = session.study.form(query.place[2])
    words = form.title.text(language)
    if query.ref is None:
        return words
    return tr("{form}: {item}", form=words, item=form.item(query.ref[2]).label.text(language))


class MyQueries(QWidget):
    """The queries that wait for this person; hidden while there are none.

    Signals:
        said: Query, what is said, the words.
        opened: Query whose form is to be opened.
    """

    said = Signal(object, str, str)
    opened = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._drafts: list[QueryDraft] = []
        self._lines = column(gap=8)
        self.setLayout(self._lines)
        self.hide()

    def show_queries(self, queries: Sequence[Query], codes: Mapping[str, str]) -> None:
        """Show these queries.

        Args:
            queries: Those that wait for an answer.
            codes: Subject codes by participant.
        """
        empty(self._lines)
        self._drafts = []
        self.setVisible(bool(queries))
        if queries:
            self._lines.addWidget(SectionHeading(tr("Queries on your forms")))
        for query in queries:
            self._lines.addWidget(self._card(query, codes.get(query.participant, "")))

    def refuse(self, title: str, rest: str) -> None:
        """Say why nothing was sent, beside the line that was written."""
        for draft in self._drafts:
            if draft.sending:
                draft.refuse(f"{title} {rest}".strip())

    def _card(self, query: Query, code: str) -> Card:
        card = Card(margin=16, gap=4)
        head = row(gap=12)
        head.addWidget(label(code, "title"))
        visit = self._session.study.visit(query.place[0]).title.text(current_language())
        where = f"{visit} · {place_words(self._session, query)}"
        head.addWidget(label(where, "body_medium", wrap=True), 1)
        head.addWidget(Chip(*query_chip(query.status)))
        opening = Button(tr("Look at it"), size=36)
        opening.setObjectName(f"query/{query.key}/open")
        opening.clicked.connect(partial(self.opened.emit, query))
        head.addWidget(opening)
        card.body.addLayout(head)
        card.body.addWidget(label(query_words(query), "body", wrap=True))
        draft = QueryDraft(query.key, query.may, margin=0)
        draft.sent.connect(partial(self._sent, query))
        self._drafts.append(draft)
        card.body.addWidget(draft)
        return card

    def _sent(self, query: Query, _key: str, kind: str, words: str) -> None:
        self.said.emit(query, kind, words)
