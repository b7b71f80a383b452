"""The way in by the printed recovery key, when passwords of those who keep accounts are lost."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import Clock
from msclinic.services.home import Home, account_code
from msclinic.ui.messages import words_of
from msclinic.ui.people.act_form import ActForm, Answers, Asked
from msclinic.ui.tasks import Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import CodeCombo, Panel, PasswordField, column, row, scrolled
from msclinic.ui.widgets.choices import Choice
from msclinic.vault import Cost, check_password
from msclinic.wording import tr

__all__ = ["RecoveryScreen"]


class RecoveryScreen(Panel):
    """The key, the account that gets a new password, and the password twice.

    Signals:
        left: Back to the sign-in, with or without a new password.
    """

    left = Signal()

    def __init__(self, home: Home, clock: Clock, tasks: Tasks, cost: Cost | None = None) -> None:
        super().__init__("bg")
        self._home, self._clock, self._tasks, self._cost = home, clock, tasks, cost
        choices = [Choice(one, account_code(one)) for one in home.accounts()]
        names = {
            "key": tr("Recovery key, as printed"),
            "account": tr("Admin or PI who gets a new password"),
            "password": tr("Their new password"),
            "again": tr("The same once more"),
        }
        self.form = ActForm(
            Asked(
                "recovery",
                tr("Recovery key"),
                tr(
                    "For when nobody who looks after accounts can sign in. The admin or the PI "
                    "gets new keys; other passwords are then replaced under People. Its use is "
                    "recorded as a security incident."
                ),
                tr("Make new keys"),
                (
                    ("key", names["key"], PasswordField(names["key"], size=40)),
                    ("account", names["account"], CodeCombo(names["account"], choices)),
                    ("password", names["password"], PasswordField(names["password"], size=40)),
                    ("again", names["again"], PasswordField(names["again"], size=40)),
                ),
                _problem,
            )
        )
        self.form.fields["key"].edit.setMaxLength(200)
        self.form.setMaximumWidth(current_theme().px(880))
        inner = QWidget()
        lines = column(gap=16, margins=(24, 48, 24, 24))
        across = row()
        across.addStretch(1)
        across.addWidget(self.form, 8)
        across.addStretch(1)
        lines.addLayout(across)
        lines.addStretch(1)
        inner.setLayout(lines)
        whole = column()
        whole.addWidget(scrolled(inner))
        self.setLayout(whole)
        self.form.asked.connect(self._recover)
        self.form.cancelled.connect(self.left)

    def focus_first(self) -> None:
        """The key is typed first."""
        self.form.focus_first()

    def _recover(self, answers: object) -> None:
        if not isinstance(answers, Answers):
            return
        home, clock, cost = self._home, self._clock, self._cost
        key, new = answers.secrets["key"], answers.secrets["password"]
        account = answers.texts["account"]

        def work() -> Outcome[None]:
            # What the record needs is loaded off the window's thread.
            from msclinic.services.people.recovery import recover

            recover(home, key, account, new, clock, cost)
            return Outcome(None)

        self._tasks.write(work, self._recovered, self._refused)

    def _recovered(self, _nothing: object) -> None:
        self.left.emit()

    def _refused(self, error: Exception) -> None:
        self.form.say(" ".join(words_of(error)).strip())


def _problem(answers: Answers) -> str:
    if not answers.secrets["key"].strip():
        return tr("Type the recovery key.")
    if not answers.texts["account"]:
        return tr("Choose the account.")
    weak = check_password(answers.secrets["password"])
    if weak is not None:
        return weak
    if answers.secrets["password"] != answers.secrets["again"]:
        return tr("The two passwords differ.")
    return ""
