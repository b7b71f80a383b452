"""People: accounts, the delegation log, the rights of each role, the review, security incidents."""

from collections.abc import Callable

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from msclinic.services.session import Session
from msclinic.ui.backup.bar import BackupBar
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.people.accounts_page import AccountsPage
from msclinic.ui.people.incidents_page import IncidentsPage
from msclinic.ui.people.list_page import ListPage
from msclinic.ui.people.review_page import LogPage, ReviewPage
from msclinic.ui.people.rights_page import RightsPage
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import PageHead, Panel, Step, StepList, column, row, scrolled
from msclinic.vault import Cost
from msclinic.wording import plural, tr

__all__ = ["PeopleScreen"]

_LEFT = 224
_ACCOUNTS = "accounts"


class PeopleScreen(Page):
    """Sections on the left, one of them beside; keepers of accounts act, others read.

    Attributes:
        accounts: The section that is shown first.
    """

    def __init__(
        self, session: Session, go: Navigator, tasks: Tasks, cost: Cost | None = None
    ) -> None:
        """Make the screen.

        Args:
            session: Who looks after accounts, or reads the journal.
            go: Where the screen can send them.
            tasks: Runs the making of keys.
            cost: Work of the password hash; the default is the program's.
        """
        super().__init__(session, go, tasks)
        self.sections = StepList(tr("Sections of People"))
        self._head = PageHead(tr("People"), height=56)
        self.backups = BackupBar(session, tasks)
        self._over = QWidget()
        self._pages = QStackedWidget()
        self._built: dict[str, QWidget] = {}
        self._current = _ACCOUNTS
        self.accounts = AccountsPage(session, tasks, cost)
        self._makers: dict[str, Callable[[], QWidget]] = {
            "log": lambda: LogPage(session, tasks),
            "rights": lambda: RightsPage(session, tasks),
            "review": lambda: ReviewPage(session, tasks),
            "security": lambda: IncidentsPage(session, tasks),
        }
        self._build()
        self.sections.opened.connect(self.open_section)
        self.accounts.counted.connect(self._count)
        self._built[_ACCOUNTS] = self.accounts
        self._pages.addWidget(self.accounts)
        self.open_section(_ACCOUNTS)

    def _build(self) -> None:
        left = Panel("surface", "right")
        lines = column(margins=(8, 8, 8, 8))
        lines.addWidget(self.sections)
        lines.addStretch(1)
        left.setLayout(lines)
        area = scrolled(left)
        area.setFixedWidth(current_theme().px(_LEFT))
        right = column(gap=0)
        right.addWidget(self._head)
        over = column(gap=0)
        over.addWidget(self.backups)
        self._over.setLayout(over)
        right.addWidget(self._over)
        right.addWidget(self._pages, 1)
        whole = row(gap=0)
        whole.addWidget(area)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.accounts)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what is in front; the rest when it is opened."""
        if Kind.PEOPLE not in changed:
            return
        for key in [one for one in self._built if one not in (_ACCOUNTS, self._current)]:
            page = self._built.pop(key)
            self._pages.removeWidget(page)
            page.deleteLater()
        self.accounts.read()
        page = self._built[self._current]
        if isinstance(page, ListPage | RightsPage):
            page.read()

    def release(self) -> None:
        """Drop what was typed and shown."""
        self.backups.release()
        self.accounts.release()
        for page in self._built.values():
            if isinstance(page, ListPage | RightsPage):
                page.release()

    def showEvent(self, event: QShowEvent) -> None:
        """The first thing to do is at hand."""
        super().showEvent(event)
        self._focus()

    def open_section(self, key: str) -> None:
        """Show a section, making it when it is first opened."""
        if key not in self._built:
            self._built[key] = self._makers[key]()
            self._pages.addWidget(self._built[key])
        self._current = key
        self._over.setVisible(key == _ACCOUNTS)
        self._pages.setCurrentWidget(self._built[key])
        titles = _titles()
        self._head.set_title(titles[key])
        self._head.set_progress("" if key != _ACCOUNTS else self._counted())
        self.sections.set_steps([Step(one, title) for one, title in titles.items()], key)
        self._focus()

    def section(self) -> QWidget:
        """The section in front."""
        return self._built[self._current]

    def _focus(self) -> None:
        page = self.section()
        if isinstance(page, AccountsPage | ListPage):
            page.focus_first()
        else:
            page.setFocus()

    def _counted(self) -> str:
        count = self.accounts.model.rowCount()
        return plural(count, one="{count} account", other="{count} accounts")

    def _count(self, _number: int) -> None:
        if self._current == _ACCOUNTS:
            self._head.set_progress(self._counted())


def _titles() -> dict[str, str]:
    return {
        _ACCOUNTS: tr("Accounts"),
        "log": tr("Delegation log"),
        "rights": tr("Rights"),
        "review": tr("Review of accounts"),
        "security": tr("Security"),
    }
