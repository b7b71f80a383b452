"""A second person signs in at the device of the first, whose session goes on.

It hands account and password on once and keeps neither; whether they may enter is not decided here.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.domain.values import Answer, Code
from msclinic.services.people import account_code
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    Choice,
    CodeCombo,
    PasswordField,
    Segmented,
    keyed,
    label,
    row,
)
from msclinic.wording import tr

__all__ = ["JoinPanel"]

_MOST_SEGMENTS = 3


class JoinPanel(Card):
    """Account and password of a second person.

    Signals:
        asked: Account and password, once.
        dismissed: Nobody signs in after all.
    """

    asked = Signal(str, str)
    dismissed = Signal()

    def __init__(self, title: str, note: str, accounts: Sequence[str]):
        """Make the panel.

        Args:
            title: Who is asked to sign in.
            note: Why, in a line.
            accounts: Accounts that could be meant; the first is proposed.
        """
        super().__init__(margin=12, gap=6)
        self._account = accounts[0] if accounts else ""
        self.body.addWidget(label(title, "body_strong", wrap=True))
        self.body.addWidget(label(note, "secondary", "text2", wrap=True))
        choices: tuple[Choice, ...] = keyed([(one, account_code(one)) for one in accounts])
        name = tr("Who signs in")
        self.who: Segmented | CodeCombo = (
            Segmented(name, choices, size=44)
            if len(accounts) <= _MOST_SEGMENTS
            else CodeCombo(name, choices, size=48)
        )
        self.who.setObjectName("join/account")
        self.who.answered.connect(self._chosen)
        self.who.set_answer(Code(self._account) if self._account else None)
        self.password = PasswordField(tr("Password of the second person"))
        self.password.setObjectName("join/password")
        self.password.set_placeholder(tr("Own password"))
        self.password.submitted.connect(self._submit)
        self.enter = Button(tr("Sign in here"), "accent_outlined", size=48)
        self.enter.setObjectName("join/enter")
        self.enter.clicked.connect(self._submit)
        self._problem = label("", "label", "stop", wrap=True)
        self._problem.setObjectName("join/problem")
        self._problem.hide()
        self.body.addWidget(self.who)
        line = row(gap=8)
        line.addWidget(self.password, 1)
        line.addWidget(self.enter)
        self.body.addLayout(line)
        self.body.addWidget(self._problem)
        back = Button(tr("Not now"), "plain", size=44)
        back.setObjectName("join/back")
        back.clicked.connect(self.dismissed)
        foot = row(gap=8)
        foot.addStretch(1)
        foot.addWidget(back)
        self.body.addLayout(foot)
        self.setMinimumWidth(current_theme().px(300))

    def begin(self) -> None:
        """Put the focus where the password is typed."""
        self.password.edit.setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why nobody was signed in; the password is empty again."""
        self.enter.setEnabled(True)
        self._problem.setText(sentence)
        self._problem.show()
        self.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)

    def _chosen(self, answer: Answer) -> None:
        if isinstance(answer, Code):
            self._account = answer.value
            self.who.set_answer(answer)

    def _submit(self) -> None:
        secret = self.password.take()
        if not secret or not self._account:
            self.refuse(tr("Type the password, then press Enter."))
            return
        self._problem.hide()
        self.enter.setEnabled(False)
        self.asked.emit(self._account, secret)
