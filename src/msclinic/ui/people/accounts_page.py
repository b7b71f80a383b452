"""The list of accounts and what can be done with the one that is chosen."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.people import Account, account_code, accounts, open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.messages import words_of
from msclinic.ui.people.account_form import AccountForm, NewAccount
from msclinic.ui.people.act_form import ActForm, Answers
from msclinic.ui.people.acts import AccountAct, acts_of
from msclinic.ui.people.model import PeopleModel
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, FlowLayout, column, label, row, scrolled
from msclinic.ui.widgets.base import let_go
from msclinic.ui.widgets.table import ListTable
from msclinic.vault import Cost
from msclinic.wording import current_language, tr

__all__ = ["AccountsPage"]


class AccountsPage(QWidget):
    """A table, the acts on its chosen row, and the card of the act that is being done.

    Signals:
        counted: How many accounts there are.
    """

    counted = Signal(int)

    def __init__(self, session: Session, tasks: Tasks, cost: Cost | None) -> None:
        super().__init__()
        self.session, self.tasks, self._cost = session, tasks, cost
        self._accounts: list[Account] = []
        self._acts: dict[str, AccountAct] = {}
        self.form: AccountForm | ActForm | None = None
        self.model = PeopleModel(session.study)
        self.table = ListTable(tr("Accounts"), self.model, row=40)
        self.table.setObjectName("people/table")
        self.new = Button(tr("Open an account"), "primary", icon="plus", size=44)
        self.new.setObjectName("people/new")
        self._issues = session.home.authority_key(session.account).exists()
        self._done = label("", "body_medium", "ok", wrap=True)
        self._done.hide()
        self._chosen = label("", "label")
        self._buttons = FlowLayout()
        self._bar = QWidget()
        self._holder: QVBoxLayout = column(gap=0)
        self._build()
        self.new.clicked.connect(self.offer)
        self.table.chosen.connect(self._choose)
        self.read()

    def _build(self) -> None:
        tools = row(gap=16, margins=(16, 0, 16, 8))
        tools.addWidget(self.new)
        tools.addWidget(self._done, 1)
        tools.addStretch(0)
        self._holder.setContentsMargins(16, 0, 16, 8)
        acts = column(gap=4, margins=(16, 8, 16, 8))
        acts.addWidget(self._chosen)
        acts.addLayout(self._buttons)
        self._bar.setLayout(acts)
        inner = column(margins=(16, 0, 16, 16))
        inner.addWidget(self.table)
        self.table.setMinimumHeight(current_theme().px(240))
        content = QWidget()
        lines = column(gap=0)
        lines.addLayout(tools)
        lines.addLayout(self._holder)
        lines.addWidget(self._bar)
        lines.addLayout(inner, 1)
        content.setLayout(lines)
        self.reading = Reading(self.tasks, scrolled(content), tr("Reading the accounts…"))
        self.reading.again.connect(self.read)
        whole = column(gap=0)
        whole.addWidget(self.reading)
        self.setLayout(whole)
        self.setFocusProxy(self.new if self._issues else self.table)
        self._tidy()

    def read(self) -> None:
        """Read the accounts again."""
        session = self.session
        self.reading.ask_promptly(lambda: accounts(session), self._take)

    def _take(self, found: list[Account]) -> None:
        kept = self._current()
        self._accounts = found
        self.reading.show_content()
        self.model.set_rows(self._accounts)
        self.counted.emit(len(self._accounts))
        names = [one.account for one in self._accounts]
        if kept in names:
            self.table.selectRow(names.index(kept))
        else:
            self._choose(-1)

    def choose(self, account: str) -> None:
        """Choose the row of an account."""
        self.table.selectRow([one.account for one in self._accounts].index(account))

    def release(self) -> None:
        """Drop what was typed and shown."""
        self.reading.drop()
        if self.form is not None:
            self.form.clear_secrets()
        self.model.set_rows([])

    def focus_first(self) -> None:
        """The first thing to do is at hand."""
        if isinstance(self.form, ActForm):
            self.form.focus_first()
        elif self.form is not None:
            self.form.role.edit.setFocus()
        else:
            (self.new if self._issues else self.table).setFocus()

    def offer(self) -> None:
        """Show the empty form of a new account."""
        self._close()
        language = current_language()
        roles = [
            (role.code, role.title.text(language)) for role in self.session.study.roles.values()
        ]
        form = AccountForm(roles, [one.account for one in self._accounts], self._witnesses())
        form.asked.connect(self._do_open)
        self._show(form)

    def press(self, key: str) -> None:
        """Show the card of an act on the chosen account."""
        act = self._acts[key]
        form = ActForm(act.ask())
        form.asked.connect(self._do_act)
        self._close()
        self._show(form)

    def _show(self, form: AccountForm | ActForm) -> None:
        self.form = form
        form.cancelled.connect(self._close)
        self._holder.addWidget(form)
        self._done.hide()
        self._tidy()
        self.focus_first()

    def _close(self) -> None:
        form, self.form = self.form, None
        if form is not None:
            form.clear_secrets()
            self._holder.removeWidget(form)
            let_go(form)
        self._tidy()
        self.focus_first()

    def _tidy(self) -> None:
        """One thing at a time: while a card is open, nothing else is begun."""
        self.new.setVisible(self.form is None and self._issues)
        self._bar.setVisible(self.form is None and bool(self._acts))

    def _current(self) -> str:
        index = self.table.currentIndex()
        inside = index.isValid() and index.row() < len(self._accounts)
        return self._accounts[index.row()].account if inside else ""

    def _choose(self, place: int) -> None:
        while (item := self._buttons.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                let_go(widget)
        self._acts = {}
        if 0 <= place < len(self._accounts):
            account = self._accounts[place]
            self._chosen.setText(account_code(account.account))
            for act in acts_of(self.session, account, self._witnesses(), self._cost):
                self._acts[act.key] = act
                button = Button(act.title, icon=act.icon, size=36)
                button.setObjectName(f"people/{act.key}")
                button.setProperty("act", act.key)
                button.clicked.connect(self._pressed)
                self._buttons.addWidget(button)
        self._tidy()

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.press(str(button.property("act")))

    def _witnesses(self) -> list[str]:
        study = self.session.study
        return [
            one.account
            for one in self._accounts
            if not one.disabled
            and one.account != self.session.account
            and any(
                role not in one.lapses and study.roles[role].side == "site"
                for role in one.roles
                if role in study.roles
            )
        ]

    def _do_open(self, made: object) -> None:
        if not isinstance(made, NewAccount):
            return
        session, cost = self.session, self._cost

        def work() -> None:
            witness = join(session, made.witness, made.witness_password)
            try:
                open_account(session, made.account, made.role, made.password, witness, cost)
            finally:
                witness.close(keep_store=True)

        account = account_code(made.account)
        self._work(work, tr("{account} is opened; the certificate is witnessed.", account=account))

    def _do_act(self, answers: object) -> None:
        form = self.form
        if isinstance(form, ActForm) and isinstance(answers, Answers):
            act = self._acts.get(form.what.key)
            if act is None:
                # The account was changed meanwhile, here or elsewhere.
                self._close()
                return
            self._work(lambda: act.do(answers), act.done)

    def _work(self, work: Callable[[], None], said: str) -> None:
        def done(_nothing: object) -> None:
            self._close()
            self.read()
            self._done.setText(said)
            self._done.show()

        def outcome() -> Outcome[None]:
            work()
            return Outcome(None, {Kind.PEOPLE})

        self.tasks.write(outcome, done, self._refused)

    def _refused(self, error: Exception) -> None:
        title, rest = words_of(error)
        self.read()
        if self.form is not None:
            self.form.say(f"{title} {rest}".strip())
