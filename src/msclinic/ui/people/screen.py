"""Accounts of the site, for its admin: who may sign in, and opening another account."""

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.people import Account, account_code, accounts, open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.people.account_form import AccountForm, NewAccount
from msclinic.ui.people.model import PeopleModel
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, PageHead, column, label, row, scrolled
from msclinic.ui.widgets.base import let_go
from msclinic.ui.widgets.table import ListTable
from msclinic.vault import Cost
from msclinic.wording import current_language, plural, tr

__all__ = ["PeopleScreen"]


class PeopleScreen(Page):
    """The list of accounts with the form over it while one is opened."""

    def __init__(
        self, session: Session, go: Navigator, tasks: Tasks, cost: Cost | None = None
    ) -> None:
        """Make the screen.

        Args:
            session: An admin.
            go: Where the screen can send them.
            tasks: Runs the making of keys.
            cost: Work of the password hash; the default is the program's.
        """
        super().__init__(session, go, tasks)
        self._cost = cost
        self._accounts: list[Account] = []
        self.form: AccountForm | None = None
        self.model = PeopleModel(session.study)
        self.table = ListTable(tr("Accounts"), self.model, row=40)
        self._head = PageHead(tr("People"), height=56)
        self._new = Button(tr("Open an account"), "primary", icon="plus", size=44)
        self._new.setObjectName("people/new")
        self._done = label("", "body_medium", "ok", wrap=True)
        self._done.hide()
        self._holder: QVBoxLayout = column(gap=0)
        self._build()
        self._new.clicked.connect(self.offer)
        self._read()

    def _build(self) -> None:
        theme, table = current_theme(), self.table
        table.setObjectName("people/table")
        tools = row(gap=16, margins=(16, 0, 16, 8))
        tools.addWidget(self._new)
        tools.addWidget(self._done, 1)
        tools.addStretch(0)
        self._holder.setContentsMargins(16, 0, 16, 8)
        inner = column(margins=(16, 0, 16, 16))
        inner.addWidget(table)
        content = QWidget()
        lines = column(gap=0)
        lines.addWidget(self._head)
        lines.addLayout(tools)
        lines.addLayout(self._holder)
        lines.addLayout(inner, 1)
        content.setLayout(lines)
        table.setMinimumHeight(theme.px(280))
        whole = column(gap=0)
        whole.addWidget(scrolled(content))
        self.setLayout(whole)
        self.setFocusProxy(self._new)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the accounts again."""
        if Kind.PEOPLE in changed:
            self._read()

    def release(self) -> None:
        """Drop what was typed."""
        if self.form is not None:
            self.form.clear_secrets()
        self.model.set_rows([])

    def showEvent(self, event: QShowEvent) -> None:
        """The first thing to do is at hand."""
        super().showEvent(event)
        (self.form.role.edit if self.form is not None else self._new).setFocus()

    def offer(self) -> None:
        """Show the empty form."""
        self._close()
        language = current_language()
        roles = [
            (role.code, role.title.text(language)) for role in self.session.study.roles.values()
        ]
        used = [one.account for one in self._accounts]
        witnesses = [
            one.account
            for one in self._accounts
            if not one.disabled and one.account != self.session.account
        ]
        self.form = AccountForm(roles, used, witnesses)
        self.form.asked.connect(self._do_open)
        self.form.cancelled.connect(self._close)
        self._holder.addWidget(self.form)
        self._new.hide()
        self._done.hide()
        self.form.role.edit.setFocus()

    def _read(self) -> None:
        self._accounts = accounts(self.session)
        self.model.set_rows(self._accounts)
        self._head.set_progress(
            plural(len(self._accounts), one="{count} account", other="{count} accounts")
        )

    def _close(self) -> None:
        if self.form is not None:
            self.form.clear_secrets()
            self._holder.removeWidget(self.form)
            let_go(self.form)
            self.form = None
        self._new.show()
        self._new.setFocus()

    def _do_open(self, made: object) -> None:
        if not isinstance(made, NewAccount):
            return
        session, cost = self.session, self._cost

        def work() -> Outcome[str]:
            witness = join(session, made.witness, made.witness_password)
            try:
                open_account(session, made.account, made.role, made.password, witness, cost)
            finally:
                witness.close(keep_store=True)
            return Outcome(made.account, {Kind.PEOPLE})

        self.tasks.write(work, self._opened, self._refused)

    def _opened(self, account: str) -> None:
        self._close()
        self._done.setText(
            tr(
                "{account} may sign in now; the certificate is issued and witnessed.",
                account=account_code(account),
            )
        )
        self._done.show()

    def _refused(self, error: Exception) -> None:
        title, rest = words_of(error)
        if self.form is not None:
            self.form.say(f"{title} {rest}".strip())
