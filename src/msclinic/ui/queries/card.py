"""The queries of one item or form, floating at the right of the page: read, ask, answer, close.

It says what it is asked to send by one signal and stores nothing itself.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLayout, QWidget

from msclinic.domain.access import ASSESSING_ROLES
from msclinic.domain.queries import ANSWERED, LONGEST
from msclinic.forms.definitions import ItemDefinition
from msclinic.services.entry import FormEntry
from msclinic.services.participants import masked_rater
from msclinic.services.queries import person_named
from msclinic.services.query_conversation import conversation
from msclinic.services.query_model import Changed, Message, Query
from msclinic.services.session import Session
from msclinic.ui.forms.words import answer_words, moment_words
from msclinic.ui.queries.words import asks_whom, kind_words, query_chip, who_words
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import column, empty, is_enter, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.fields import TextField
from msclinic.ui.widgets.surfaces import Card, scrolled
from msclinic.wording import current_language, tr

__all__ = ["QueryCard"]

_WIDTH = 400
_CHARS = 30


class QueryCard(Card):
    """Queries about one place of a form.

    Signals:
        said: Key of the query, empty for a new one; ``ask``, ``answer`` or ``close``; the words.
        closed: It was closed by its cross or Escape.
    """

    said = Signal(str, str, str)
    closed = Signal()

    def __init__(self, parent: QWidget, session: Session) -> None:
        super().__init__(margin=0, gap=0)
        self.setParent(parent)
        self.setObjectName("queries")
        self._session = session
        self._drafts: list[QueryDraft] = []
        self.body.setContentsMargins(1, 1, 1, 1)
        self._title = label("", "section", wrap=True)
        self._close = Button("", "quiet", icon="x", size=36)
        self._close.setAccessibleName(tr("Close the queries"))
        self._close.clicked.connect(self.closed)
        head = row(gap=8, margins=(16, 6, 6, 6))
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        content = QWidget()
        self._lines = column(gap=0)
        content.setLayout(self._lines)
        self._area = scrolled(content)
        self.body.addWidget(self._area, 1)
        self.setAccessibleName(tr("Queries"))
        self.hide()

    def show_queries(
        self, entry: FormEntry, title: str, item: ItemDefinition | None, queries: Sequence[Query]
    ) -> None:
        """Show the queries of a place, and a line for a new one where the person may ask.

        Args:
            entry: The open form.
            title: Name of the item or form.
            item: The item, or none for the form.
            queries: Its queries, those that need most first.
        """
        self._title.setText(tr("{label}, queries", label=title))
        empty(self._lines)
        self._drafts = []
        for query in queries:
            self._lines.addWidget(rule())
            self._add_query(entry, item, query)
        if self._session.may("query"):
            self._lines.addWidget(rule())
            self._add_new(entry, another=bool(queries))
        elif not queries:
            none = column(margins=(16, 10, 16, 10))
            none.addWidget(label(tr("No query here."), "secondary", "text2", wrap=True))
            self._lines.addWidget(_held(none))
        self._lines.addStretch(1)
        self.show()
        self.raise_()

    def begin(self) -> None:
        """Go to the first line that can be written."""
        first = self._drafts[0] if self._drafts else None
        (first.field if first else self._close).setFocus(Qt.FocusReason.OtherFocusReason)
        if first is not None:
            # Freshly shown lines have no place yet.
            QTimer.singleShot(0, first, lambda: self._area.ensureWidgetVisible(first))

    def say(self, title: str, rest: str) -> None:
        """Show why nothing was sent, beside the line that was written last."""
        for draft in self._drafts:
            if draft.sending:
                draft.refuse(f"{title} {rest}".strip())

    def place(self, top: int, bottom: int) -> None:
        """Stand at the right of the page with the upper edge near the item.

        Args:
            top: Where the item stands, in the page's coordinates.
            bottom: What it must not reach below, such as the foot of the page.
        """
        page = self.parentWidget()
        if page is None:
            return
        width = min(current_theme().px(_WIDTH), page.width() - 32)
        around = self.body.sizeHint().height() - self._area.sizeHint().height()
        wanted = self._lines.heightForWidth(width - 4) + around + 8
        height = min(wanted, bottom - 32)
        y = max(16, min(top, bottom - height - 16))
        self.setGeometry(page.width() - width - 16, y, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; Enter on a button presses it and goes no further."""
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        if is_enter(event):
            if self._close.hasFocus():
                self.closed.emit()
            return
        super().keyPressEvent(event)

    def _add_query(self, entry: FormEntry, item: ItemDefinition | None, query: Query) -> None:
        lines = column(gap=4, margins=(16, 10, 16, 10))
        top = row(gap=8)
        top.addWidget(Chip(*query_chip(query.status)))
        top.addStretch(1)
        lines.addLayout(top)
        lines.addWidget(label(asks_whom(query.side), "secondary", "text2", wrap=True))
        for one in conversation(self._session, query.participant, query.key):
            lines.addWidget(_Said(self._session, entry, item, one))
        self._lines.addWidget(_held(lines))
        if query.may:
            main = "close" if query.status == ANSWERED else ""
            draft = QueryDraft(query.key, query.may, hint=self._hint(entry), main=main)
            draft.sent.connect(self.said)
            self._drafts.append(draft)
            self._lines.addWidget(draft)

    def _add_new(self, entry: FormEntry, *, another: bool) -> None:
        if another:
            held = column(margins=(16, 10, 16, 0))
            held.addWidget(label(tr("Another query"), "label_strong", wrap=True))
            self._lines.addWidget(_held(held))
        draft = QueryDraft("", frozenset({"ask"}), hint=self._hint(entry))
        draft.sent.connect(self.said)
        self._drafts.append(draft)
        self._lines.addWidget(draft)

    def _hint(self, entry: FormEntry) -> str:
        study = self._session.study
        read = any(study.may(role, "read", entry.form.oid) for role in ASSESSING_ROLES)
        if masked_rater(self._session) or not read:
            return ""
        return tr("A masked rater reads this: name no event, no infusion and no other form.")


class QueryDraft(QWidget):
    """One line to write, with the buttons of what may be said.

    Signals:
        sent: Key of the query, what is said, the words.

    Attributes:
        field: Where the words are typed.
        sending: Whether it was sent and nothing has come back yet.
    """

    sent = Signal(str, str, str)

    def __init__(
        self, key: str, may: frozenset[str], *, hint: str = "", main: str = "", margin: int = 16
    ) -> None:
        """Make an empty line.

        Args:
            key: Of the query; empty for a new one.
            may: What may be said.
            hint: What to keep in mind; empty for nothing.
            main: What is most likely said; otherwise the first that may be.
            margin: At both sides.
        """
        super().__init__()
        self._main = main
        self._key, self._warned = key, ""
        self.sending = False
        name = f"query/{key or 'new'}"
        self.field = _Line(tr("Your answer") if "answer" in may else tr("Your question"))
        self.field.setObjectName(name)
        self.field.edit.setMaxLength(LONGEST)
        self.field.set_placeholder(self.field.accessibleName())
        self.field.submitted.connect(self._entered)
        self._told = label("", "secondary", "att", wrap=True)
        self._told.hide()
        lines = column(gap=6, margins=(margin, 2, margin, 12))
        if hint and "ask" in may:
            lines.addWidget(label(hint, "secondary", "att", wrap=True))
        lines.addWidget(self.field)
        lines.addWidget(self._told)
        across = row(gap=8)
        self._buttons: dict[str, Button] = {}
        for kind in ("answer", "ask", "close"):
            if kind in may:
                button = Button(self._word(kind), self._look(kind, may), size=40)
                button.setObjectName(f"{name}/{kind}")
                button.setProperty("kind", kind)
                button.clicked.connect(self._pressed)
                self._buttons[kind] = button
                across.addWidget(button)
        across.addStretch(1)
        lines.addLayout(across)
        self.setLayout(lines)

    def refuse(self, sentence: str) -> None:
        """Say why nothing was sent."""
        self.sending = False
        self._told.setText(sentence)
        self._told.show()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _word(self, kind: str) -> str:
        if kind == "ask":
            return tr("Ask again") if self._key else tr("Raise the query")
        return tr("Answer") if kind == "answer" else tr("Close the query")

    def _look(self, kind: str, may: frozenset[str]) -> str:
        first = next(one for one in (self._main, "answer", "ask", "close") if one in may)
        return "accent_outlined" if kind == first else "outlined"

    def _entered(self) -> None:
        self._send(next(iter(self._buttons)))

    def _pressed(self) -> None:
        sender = self.sender()
        if isinstance(sender, Button):
            self._send(str(sender.property("kind")))

    def _send(self, kind: str) -> None:
        words = self.field.edit.text().strip()
        if not words and kind != "close":
            self.refuse(tr("Write in a few words what is asked or answered."))
            return
        name = person_named(words)
        if name and self._warned != words:
            self._warned = words
            self.refuse(
                tr(
                    "“{name}” looks like a name or a number. Leave it out, or send again.",
                    name=name,
                )
            )
            return
        self.sending = True
        self.sent.emit(self._key, kind, words)


class _Line(TextField):
    """Words that Enter sends; leaving it sends nothing.

    Signals:
        submitted: Enter was pressed.
    """

    submitted = Signal()

    def __init__(self, name: str) -> None:
        super().__init__(name, chars=_CHARS)

    def commit(self) -> bool:
        """A message is no answer of the form."""
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if is_enter(event):
            self.submitted.emit()
            return True
        return False


class _Said(QWidget):
    """One message, or one answer of the item, in words."""

    def __init__(
        self,
        session: Session,
        entry: FormEntry,
        item: ItemDefinition | None,
        one: Message | Changed,
    ) -> None:
        super().__init__()
        lines = column(gap=0, margins=(0, 4, 0, 4))
        when = moment_words(one.at, session.zone)
        who = who_words(session, one.account, one.role)
        if isinstance(one, Message):
            head, text = f"{kind_words(one)} · {when}", _message(one)
        else:
            head = tr("First answer") if one.first else tr("New answer")
            head, text = f"{head} · {when}", _answer(session, entry, item, one)
        lines.addWidget(label(head, "label_strong", wrap=True))
        if text:
            lines.addWidget(label(text, "body", wrap=True))
        lines.addWidget(label(who, "secondary", "text2", wrap=True))
        self.setLayout(lines)


def _held(layout: QLayout) -> QWidget:
    # A layout's widgets are let go of only with a widget that holds them.
    made = QWidget()
    made.setLayout(layout)
    return made


def _message(message: Message) -> str:
    if message.removed:
        return tr("The words were removed: personal data typed by mistake.")
    language = current_language()
    return message.text or message.finding.get(language) or message.finding.get("en", "")


def _answer(session: Session, entry: FormEntry, item: ItemDefinition | None, one: Changed) -> str:
    if item is None or one.answer is None:
        return ""
    return answer_words(one.answer, item, current_language(), session.zone, entry.form.units)
