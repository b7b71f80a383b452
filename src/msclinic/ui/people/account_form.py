"""Opening an account: role and id, the new person's password twice, and a witness beside them."""

from collections.abc import Sequence

from attrs import field, frozen
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from msclinic.domain.values import Code
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    CodeCombo,
    PasswordField,
    TextField,
    column,
    label,
    row,
)
from msclinic.ui.widgets.choices import Choice
from msclinic.ui.widgets.fields import TypedField
from msclinic.vault import check_password
from msclinic.wording import tr

__all__ = ["AccountForm", "NewAccount"]


@frozen
class NewAccount:
    """What was typed. Passwords are left out of every printed form of it.

    Attributes:
        account: Id of the new account.
        role: Its role.
        password: Typed by the new person.
        witness: Account of the second person.
        witness_password: Typed by that person.
    """

    account: str
    role: str
    password: str = field(repr=False)
    witness: str
    witness_password: str = field(repr=False)


class AccountForm(Card):
    """Five fields and one button.

    Signals:
        asked: A ``NewAccount``, once everything is filled in.
        cancelled: The person goes back.
    """

    asked = Signal(object)
    cancelled = Signal()

    def __init__(
        self, roles: Sequence[tuple[str, str]], used: Sequence[str], witnesses: Sequence[str]
    ) -> None:
        """Make an empty form.

        Args:
            roles: Code and title of every role.
            used: Ids that were ever given.
            witnesses: Accounts that can be the witness.
        """
        super().__init__(margin=24, gap=8)
        self._used = tuple(used)
        self._role = ""
        self.role = CodeCombo(tr("Role"), [Choice(code, title) for code, title in roles])
        self.account = TextField(tr("Account id"), chars=12)
        self.password = PasswordField(tr("Password of the new person"), size=40)
        self.again = PasswordField(tr("The same once more"), size=40)
        self.witness = CodeCombo(tr("Witness"), [Choice(one, one) for one in witnesses])
        self.witness_password = PasswordField(tr("Password of the witness"), size=40)
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.setMinimumHeight(current_theme().line("body"))
        self._open = Button(tr("Open the account"), "primary", size=48)
        self._cancel = Button(tr("Cancel"), "plain", size=44)
        self._build()
        self.role.answered.connect(self._role_chosen)
        self.account.answered.connect(self.account.set_answer)
        self.witness.answered.connect(self.witness.set_answer)
        self.witness.problem.connect(self.say)
        self.role.problem.connect(self.say)
        for one in (self.password, self.again):
            one.submitted.connect(self.focusNextChild)
        self.witness_password.submitted.connect(self._submit)
        self._open.clicked.connect(self._submit)
        self._cancel.clicked.connect(self.cancelled)

    def _build(self) -> None:
        self.body.addWidget(label(tr("A new account"), "section"))
        self.body.addWidget(
            label(
                tr(
                    "The new person types the password, at least 12 characters; a sentence is "
                    "good. The witness has seen who it is for, and types a password of their own."
                ),
                "secondary",
                "text2",
                wrap=True,
            )
        )
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        fields: tuple[tuple[str, str, TypedField], ...] = (
            ("role", tr("Role"), self.role),
            ("account", tr("Account id, such as NUR-05"), self.account),
            ("password", tr("Password of the new person"), self.password),
            ("again", tr("The same once more"), self.again),
            ("witness", tr("Witness, another person"), self.witness),
            ("witness_password", tr("Password of the witness"), self.witness_password),
        )
        for place, (key, name, typed) in enumerate(fields):
            typed.setObjectName(f"people/{key}")
            line, side = 3 * (place // 2), place % 2
            grid.addWidget(label(name, "label"), line, side)
            grid.addWidget(typed, line + 1, side)
            grid.setRowMinimumHeight(line + 2, 4)
            grid.setColumnStretch(side, 1)
        self._open.setObjectName("people/open")
        self.body.addLayout(grid)
        foot = row(gap=12)
        words = column(gap=0)
        words.addWidget(self._problem)
        foot.addLayout(words, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._open)
        self.body.addLayout(foot)
        self.setFocusProxy(self.role)

    def say(self, sentence: str) -> None:
        """Show what is wrong; the form is ready to be used again."""
        self._problem.setText(sentence)
        self._open.setEnabled(True)
        self._open.set_detail("")

    def clear_secrets(self) -> None:
        """Empty every password field."""
        for one in (self.password, self.again, self.witness_password):
            one.edit.clear()

    def _role_chosen(self, answer: object) -> None:
        if not isinstance(answer, Code):
            return
        self.role.set_answer(answer)
        self._role = answer.value
        if not self.account.edit.text().strip() or self.account.answer() is None:
            self.account.edit.setText(self._free_id(answer.value))

    def _free_id(self, role: str) -> str:
        number = 1
        while f"{role}-{number:02d}" in self._used:
            number += 1
        return f"{role}-{number:02d}"

    def _submit(self) -> None:
        problem = self._first_problem()
        if problem:
            self.say(problem)
            return
        witness = self.witness.answer()
        made = NewAccount(
            account=self.account.edit.text().strip().upper(),
            role=self._role,
            password=self.password.edit.text(),
            witness=witness.value if isinstance(witness, Code) else "",
            witness_password=self.witness_password.edit.text(),
        )
        self.clear_secrets()
        self._problem.setText("")
        self._open.setEnabled(False)
        self._open.set_detail(tr("making keys…"))
        self.asked.emit(made)

    def _first_problem(self) -> str:
        self.role.commit()
        self.witness.commit()
        typed, again = self.password.edit.text(), self.again.edit.text()
        weak = check_password(typed)
        if not self._role:
            return tr("Choose the role.")
        if not self.account.edit.text().strip():
            return tr("Type the account id.")
        if weak is not None:
            return weak
        if typed != again:
            return tr("The two passwords of the new person differ.")
        if not isinstance(self.witness.answer(), Code):
            return tr("Choose the witness.")
        if not self.witness_password.edit.text():
            return tr("The witness types their password.")
        return ""
