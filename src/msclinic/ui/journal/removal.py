"""Taking personal data out of an entry: what goes, why, and the second person who has looked."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import Answer, Code
from msclinic.services.blotting import blottable
from msclinic.services.home import account_code
from msclinic.services.journal_model import JournalLine
from msclinic.ui.widgets import (
    Button,
    Choice,
    CodeCombo,
    FlowLayout,
    Panel,
    PasswordField,
    TextField,
    column,
    label,
    row,
    scrolled,
)
from msclinic.wording import tr

__all__ = ["RemovalPanel"]


class RemovalPanel(Panel):
    """Reason, parts and the second person's sign-in.

    Signals:
        closed: Nothing is removed after all.
        asked: Parts, reason, account and password of the second person, once.
    """

    closed = Signal()
    asked = Signal(object, str, str, str)

    def __init__(self) -> None:
        super().__init__("surface", "left")
        self._account = ""
        self._shown: tuple[str, ...] = ()
        self.value = _Part(tr("the value"))
        self.value.setObjectName("removal/value")
        self.words = _Part(tr("the words of the reason"))
        self.words.setObjectName("removal/reason-words")
        self.reason = TextField(tr("Why it has to go"), chars=24)
        self.reason.setObjectName("removal/reason")
        self.reason.set_placeholder(tr("Such as: a name was typed"))
        self.who = CodeCombo(tr("Second person"), size=44)
        self.who.setObjectName("removal/account")
        self.who.answered.connect(self._chosen)
        self.password = PasswordField(tr("Password of the second person"))
        self.password.setObjectName("removal/password")
        self.password.set_placeholder(tr("Own password"))
        self.password.submitted.connect(self._submit)
        self._problem = label("", "label", "stop", wrap=True)
        self._problem.setObjectName("removal/problem")
        self._problem.hide()
        self.enter = Button(tr("Remove for ever"), "stop_outlined", icon="eye-off", size=44)
        self.enter.setObjectName("removal/enter")
        self.enter.clicked.connect(self._submit)
        self.back = Button(tr("Not now"), "plain", size=44)
        self.back.clicked.connect(self.closed)
        self._build()

    def _build(self) -> None:
        lines = column(gap=8, margins=(16, 12, 16, 12))
        lines.addWidget(label(tr("Remove personal data"), "section", wrap=True))
        for words in (
            tr("The words go for ever, from every screen, document and export made from now on."),
            tr("Who typed it and when stays, and so do signatures."),
            tr("Backups, documents and exports made before still hold them."),
        ):
            lines.addWidget(label(words, "secondary", "text2", wrap=True))
        lines.addWidget(label(tr("What goes"), "caption_strong", "text2"))
        parts = FlowLayout(8)
        parts.addWidget(self.value)
        parts.addWidget(self.words)
        lines.addLayout(parts)
        lines.addWidget(label(tr("Why it has to go"), "caption_strong", "text2"))
        lines.addWidget(self.reason)
        lines.addWidget(
            label(tr("Never repeat here what is removed."), "secondary", "text2", wrap=True)
        )
        lines.addWidget(label(tr("Second person"), "caption_strong", "text2"))
        lines.addWidget(self.who)
        lines.addWidget(self.password)
        lines.addWidget(self._problem)
        lines.addWidget(self.enter)
        across = row()
        across.addWidget(self.back)
        across.addStretch(1)
        lines.addLayout(across)
        lines.addStretch(1)
        content = QWidget()
        content.setLayout(lines)
        whole = column(gap=0)
        whole.addWidget(scrolled(content))
        self.setLayout(whole)

    def begin(self, line: JournalLine, accounts: Sequence[str]) -> None:
        """Ask about one entry.

        Args:
            line: The entry.
            accounts: Who could be the second person.
        """
        self._shown = blottable(line.row)
        self.value.setVisible("value" in self._shown)
        self.words.setVisible("reason" in self._shown)
        self.value.setChecked("value" in self._shown)
        self.words.setChecked(self._shown == ("reason",))
        self.reason.set_answer(None)
        self.who.set_choices([Choice(one, account_code(one)) for one in accounts])
        self._account = accounts[0] if len(accounts) == 1 else ""
        self.who.set_answer(Code(self._account) if self._account else None)
        self.who.set_unstored()
        self._problem.hide()
        self.enter.setEnabled(True)
        if not accounts:
            self.refuse(tr("Nobody else here holds this right."))
            self.enter.setEnabled(False)
        self.reason.edit.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """Say why nothing was removed; the password is empty again."""
        self.enter.setEnabled(True)
        self._problem.setText(sentence)
        self._problem.show()

    def _chosen(self, answer: Answer) -> None:
        if isinstance(answer, Code):
            self._account = answer.value
            self.who.set_answer(answer)
            self.who.set_unstored()

    def _submit(self) -> None:
        self.who.commit()
        secret = self.password.take()
        parts = [
            part
            for part, box in (("value", self.value), ("reason", self.words))
            if box.isChecked() and part in self._shown
        ]
        reason = self.reason.edit.text().strip()
        if not parts or not reason:
            self.refuse(tr("Say what goes and why."))
        elif not secret or not self._account:
            self.refuse(tr("The second person chooses their account and types their password."))
        else:
            self._problem.hide()
            self.enter.setEnabled(False)
            self.asked.emit(parts, reason, self._account, secret)


class _Part(Button):
    """A part that goes or stays; pressed it goes."""

    def __init__(self, text: str) -> None:
        super().__init__(text, icon="circle", size=44)
        self.setCheckable(True)
        self.toggled.connect(self._show)

    def _show(self, wanted: bool) -> None:
        self.set_kind("chosen" if wanted else "outlined")
        self.set_icon("circle-check" if wanted else "circle")
