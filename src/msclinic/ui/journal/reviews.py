"""Marks of review: who looked through what and when, what came since, and one more mark."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.home import account_code
from msclinic.services.journal_model import ACT_GROUPS, PROGRAM, SITE, Criteria, Offered
from msclinic.services.journal_review import Review
from msclinic.services.journal_words import act_word, group_word, removed_words
from msclinic.services.session import Session
from msclinic.ui.forms.words import moment_words
from msclinic.ui.widgets import Button, Panel, TextField, column, label, row, rule, scrolled
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, date_text, tr

__all__ = ["ReviewsPanel", "criteria_words"]


def criteria_words(session: Session, criteria: Criteria, offered: Offered | None) -> str:
    """What of the journal is wanted, in a line."""
    study, language, zone = session.study, current_language(), session.zone
    codes = dict(offered.participants) if offered else {}
    parts = []
    if criteria.participant == SITE:
        parts.append(tr("The site itself"))
    elif criteria.participant:
        parts.append(codes.get(criteria.participant, tr("one participant")))
    titles = {one.code: one.title.text(language) for one in study.visits}
    if criteria.visit:
        parts.append(titles.get(criteria.visit, criteria.visit))
    form = study.forms.get(criteria.form)
    if criteria.form:
        parts.append(form.title.text(language) if form else criteria.form)
    if criteria.item:
        items = {i.oid: i for group in form.item_groups for i in group.items} if form else {}
        item = items.get(criteria.item)
        parts.append(item.label.text(language) if item else criteria.item)
    if criteria.person:
        program = criteria.person == PROGRAM
        parts.append(tr("Computed by the program") if program else account_code(criteria.person))
    if criteria.acts:
        groups = [one for one, acts in ACT_GROUPS.items() if acts == criteria.acts]
        words = [group_word(one) for one in groups] or [act_word(one) for one in criteria.acts]
        parts.append(", ".join(words))
    if criteria.since:
        parts.append(tr("from {day}", day=date_text(criteria.since.astimezone(zone).date())))
    if criteria.until:
        parts.append(tr("until {day}", day=date_text(criteria.until.astimezone(zone).date())))
    if criteria.late:
        parts.append(tr("Stored late"))
    return " · ".join(parts) or tr("The whole journal")


class ReviewsPanel(Panel):
    """What was reviewed, the newest first.

    Signals:
        closed: It is no longer wanted.
        marked: A note; the list as it is filtered now was looked through.
        since_asked: A ``Review``: show what came after it.
    """

    closed = Signal()
    marked = Signal(str)
    since_asked = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__("surface", "left")
        self._session = session
        close = Button("", "quiet", icon="x", size=36)
        close.setAccessibleName(tr("Close"))
        close.clicked.connect(self.closed)
        head = row(gap=8, margins=(16, 8, 8, 4))
        head.addWidget(label(tr("Reviews"), "section"), 1)
        head.addWidget(close)
        self._now = label("", "body", wrap=True)
        self.note = TextField(tr("Note on the review"), chars=24)
        self.note.setObjectName("journal/review-note")
        self.note.set_placeholder(tr("Note, if any"))
        self.mark = Button(tr("Mark as reviewed"), "primary", icon="check", size=44)
        self.mark.setObjectName("journal/mark")
        self.mark.clicked.connect(self._mark)
        ask = column(gap=6, margins=(16, 4, 16, 12))
        ask.addWidget(label(tr("Looked through now"), "caption_strong", "text2"))
        ask.addWidget(self._now)
        ask.addWidget(self.note)
        ask.addWidget(self.mark)
        self._list = column(gap=0)
        content = QWidget()
        content.setLayout(self._list)
        lines = column(gap=0)
        lines.addLayout(head)
        lines.addLayout(ask)
        lines.addWidget(scrolled(content), 1)
        self.setLayout(lines)

    def show_now(self, words: str) -> None:
        """Say what would be marked."""
        self._now.setText(words)

    def show_reviews(self, reviews: Sequence[Review], words: Callable[[Criteria], str]) -> None:
        """Show the marks there are."""
        empty(self._list)
        for one in reviews:
            self._list.addWidget(rule())
            self._list.addWidget(_ReviewRow(self._session, one, words(one.criteria), self))
        if not reviews:
            none = label(tr("Nothing was reviewed yet."), "secondary", "text2", wrap=True)
            none.setContentsMargins(16, 8, 16, 8)
            self._list.addWidget(none)
        self._list.addStretch(1)

    def _mark(self) -> None:
        note = self.note.edit.text().strip()
        self.note.set_answer(None)
        self.marked.emit(note)


class _ReviewRow(QWidget):
    def __init__(self, session: Session, review: Review, what: str, panel: ReviewsPanel) -> None:
        super().__init__()
        self._review, self._panel = review, panel
        role = session.study.roles.get(review.role)
        short = role.short.text(current_language()) if role else review.role
        who = f"{account_code(review.account)} · {short}" if review.account else short
        body = column(gap=2, margins=(16, 8, 16, 8))
        body.addWidget(label(moment_words(review.at, session.zone), "label_strong", wrap=True))
        body.addWidget(label(who, "secondary", "text2", wrap=True))
        body.addWidget(label(what, "body", wrap=True))
        note = removed_words() if review.removed else review.note
        if note:
            body.addWidget(label(note, "secondary", "text2", wrap=True))
        since = Button(tr("What came since"), "plain", trailing="chevron-right", size=40)
        since.clicked.connect(self._since)
        across = row()
        across.addWidget(since)
        across.addStretch(1)
        body.addLayout(across)
        body.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.setLayout(body)

    def _since(self) -> None:
        self._panel.since_asked.emit(self._review)
