"""What had been signed, beside what stands there now: one signature at a time, over the page.

It reads off the window's thread and changes nothing.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from msclinic.services.session import Session
from msclinic.services.signed_content import SignedContent, SignedForm, SignedLine, signed_content
from msclinic.store import SignatureRow
from msclinic.ui.forms.words import moment_words
from msclinic.ui.icons import menu_icon
from msclinic.ui.messages import words_of
from msclinic.ui.overlay import Overlay
from msclinic.ui.row_model import RowModel
from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import column, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.surfaces import Card
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import current_language, plural, tr

__all__ = ["SignedPanel", "components_words"]


def components_words(components: tuple[str, ...]) -> str:
    """With what a signature was given; empty where the record does not say."""
    known: dict[tuple[str, ...], str] = {
        ("account", "password"): tr("signed with the password"),
        ("session", "pin"): tr("signed with the PIN, in a session begun with the password"),
    }
    return known.get(components, "")


@frozen
class _Row:
    """One line of the table: an answer of a form."""

    form: str
    line: SignedLine


class SignedPanel(Overlay):
    """Shows signatures one by one, the latest first."""

    def __init__(self, parent: QWidget, session: Session, tasks: Tasks) -> None:
        """Make a hidden panel over a page."""
        super().__init__(parent, tr("What was signed"))
        self._session, self._tasks = session, tasks
        self._rows: tuple[SignatureRow, ...] = ()
        self._at = 0
        self._reading: Operation | None = None
        self.card: SignedCard | None = None

    def show_signatures(self, rows: Sequence[SignatureRow]) -> None:
        """Open the latest of some signatures of one participant."""
        if not rows:
            return
        self._rows = tuple(rows)
        self._at = len(self._rows) - 1
        self.card = card = SignedCard()
        for button in (card.cross, card.back):
            button.clicked.connect(self.dismiss)
        card.earlier.clicked.connect(self._earlier)
        card.later.clicked.connect(self._later)
        self.open_card(card)
        card.back.setFocus(Qt.FocusReason.OtherFocusReason)
        self._read()

    def dismiss(self) -> None:
        """Close, and forget what is still being read."""
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None
        self.card = None
        self.close_card()

    def stops(self) -> Sequence[QWidget]:
        """The table and the buttons."""
        return self.card.stops() if self.card is not None else ()

    def _earlier(self) -> None:
        self._at = max(self._at - 1, 0)
        self._read()

    def _later(self) -> None:
        self._at = min(self._at + 1, len(self._rows) - 1)
        self._read()

    def _read(self) -> None:
        session, signature = self._session, self._rows[self._at]
        participant, language = signature.participant or "", current_language()
        if self.card is not None:
            self.card.set_place(self._at, len(self._rows))
        if self._reading is not None:
            self._reading.abandon()
        self._reading = self._tasks.read(
            lambda: signed_content(session, participant, signature.entry, language),
            self._show,
            self._failed,
        )

    def _show(self, content: SignedContent) -> None:
        self._reading = None
        if self.card is not None:
            self.card.show_content(content, self._session)

    def _failed(self, error: Exception) -> None:
        self._reading = None
        if self.card is not None:
            self.card.say(*words_of(error))


class SignedCard(Card):
    """One signature: who, when, in which role, what it means, and every answer it covers."""

    def __init__(self) -> None:
        super().__init__(margin=0, gap=0)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.setAutoFillBackground(True)
        self._title = label("", "section", wrap=True)
        self._who = label("", "body", wrap=True)
        self._under = label("", "secondary", "text2", wrap=True)
        self._summary = label("", "body_strong", wrap=True)
        self.state = Chip("", "neutral", "waits")
        self.cross = Button("", "quiet", icon="x", size=40)
        self.cross.setAccessibleName(tr("Close"))
        self.earlier = Button(tr("Earlier signature"), size=40)
        self.later = Button(tr("Later signature"), size=40)
        self.changes = Button("", size=40)
        self.changes.setObjectName("signed/changes")
        self.changes.clicked.connect(self._turn)
        self.back = Button(tr("Close"), "primary", size=44)
        self.model = _Model()
        self.table = ListTable(tr("What was signed"), self.model, row=40, long=(1, 2, 3))
        self.table.setObjectName("signed/table")
        self._every: list[_Row] = []
        self._moved_only = False
        self.body.addLayout(self._head())
        self.body.addWidget(rule())
        middle = column(gap=8, margins=(24, 12, 24, 12))
        across = row(gap=12)
        across.addWidget(self._summary, 1)
        across.addWidget(self.changes)
        middle.addLayout(across)
        middle.addWidget(self.table, 1)
        self.body.addLayout(middle, 1)
        self.body.addWidget(rule())
        foot = row(gap=12, margins=(24, 10, 24, 10))
        foot.addWidget(self.earlier)
        foot.addWidget(self.later)
        foot.addStretch(1)
        foot.addWidget(self.back)
        self.body.addLayout(foot)

    def stops(self) -> list[QWidget]:
        """What the focus goes round, in order."""
        around: list[QWidget] = [
            self.table,
            self.changes,
            self.earlier,
            self.later,
            self.back,
            self.cross,
        ]
        return [one for one in around if one.isEnabled() and one.isVisibleTo(self)]

    def set_place(self, at: int, count: int) -> None:
        """Which signature is shown, of how many."""
        for button, there in ((self.earlier, at > 0), (self.later, at < count - 1)):
            button.setVisible(count > 1)
            button.setEnabled(there)

    def show_content(self, content: SignedContent, session: Session) -> None:
        """Show one signature."""
        who = ", ".join(filter(None, (content.account, content.role)))
        at = moment_words(content.signed_at, session.zone)
        self._title.setText(content.title)
        self._who.setText(f"{content.meaning}: {who}, {at}")
        under = [tr("study version {version}", version=content.study)]
        under += filter(None, [components_words(content.components)])
        if content.hidden:
            under.append(
                plural(
                    content.hidden,
                    one="{count} form is not shown to your role",
                    other="{count} forms are not shown to your role",
                )
            )
        self._under.setText(" · ".join(under))
        if content.valid:
            self.state.set_state(tr("Signature valid"), "ok", "ok")
        else:
            self.state.set_state(tr("Signature void"), "attention", "attention")
        self._summary.setText(
            plural(
                content.moved,
                one="{count} answer is not as it was signed.",
                other="{count} answers are not as they were signed.",
            )
            if content.moved
            else tr("Everything stands as it was signed.")
        )
        self._every = [
            _Row(_form_words(content, form), line) for form in content.forms for line in form.lines
        ]
        self.changes.setVisible(bool(content.moved))
        self._moved_only = bool(content.moved)
        self._filter()

    def say(self, title: str, rest: str = "") -> None:
        """Say why nothing can be shown."""
        self._title.setText(title)
        self._who.setText(rest)
        self._every = []
        self.changes.hide()
        self._filter()

    def _turn(self) -> None:
        self._moved_only = not self._moved_only
        self._filter()

    def _filter(self) -> None:
        only = self._moved_only
        self.changes.set_text(tr("Show everything") if only else tr("Changes only"))
        self.model.set_rows([one for one in self._every if one.line.state != "same" or not only])

    def _head(self) -> QHBoxLayout:
        line = row(gap=12, margins=(24, 10, 12, 10))
        words = column(gap=2)
        words.addWidget(self._title)
        words.addWidget(self._who)
        words.addWidget(self._under)
        line.addLayout(words, 1)
        line.addWidget(self.state, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        return line


def _form_words(content: SignedContent, form: SignedForm) -> str:
    return f"{form.visit}, {form.title}" if len(content.forms) > 1 else form.title


class _Model(RowModel[_Row]):
    """Answers with what was signed and what stands there now."""

    def columns(self) -> tuple[str, ...]:
        """Four."""
        return (tr("Form"), tr("Item"), tr("When signed"), tr("Now"))

    def cell(self, row: _Row, column: int, role: int) -> Any:
        """Words, fonts, icons of a cell."""
        theme, line = current_theme(), row.line
        if role == Qt.ItemDataRole.DisplayRole:
            return (row.form, line.label, line.then or "–", self._now(line))[column]
        if role == Qt.ItemDataRole.FontRole:
            strong = line.state != "same" and column in (2, 3)
            return theme.font("body_strong" if strong else "body")
        if role == Qt.ItemDataRole.DecorationRole and column == 3 and line.state != "same":
            return menu_icon("attention", theme.color("att"))
        return None

    @staticmethod
    def _now(line: SignedLine) -> str:
        if line.state == "same":
            return tr("unchanged")
        return f"{line.now or '–'} ({line.by})" if line.by else line.now or "–"
