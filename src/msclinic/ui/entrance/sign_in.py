"""Sign-in and lock: who is here, their password, and running timers without clinical content."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QSizePolicy, QWidget

from msclinic.services.home import Home, account_code
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    ChairBadge,
    Chip,
    Panel,
    PasswordField,
    column,
    label,
    row,
)
from msclinic.ui.widgets.base import IconMark, empty
from msclinic.wording import day_text, tr

__all__ = ["ChairTimer", "SignInScreen"]

SHOWN_ACCOUNTS = 5


@frozen
class ChairTimer:
    """What the lock screen may say of a chair: its number and when somebody is needed.

    Attributes:
        chair: 1 to 4.
        at: Clock time of what is due.
        minutes: Minutes until then; negative when it is late.
    """

    chair: int
    at: str
    minutes: int


class SignInScreen(Panel):
    """Sign in, or unlock.

    Signals:
        asked: Account and password, after Enter or the button.
        language_asked: The other language.
    """

    asked = Signal(str, str)
    language_asked = Signal()

    def __init__(self, home: Home, *, locked_account: str = "", language: str = "en") -> None:
        super().__init__("bg")
        self._home = home
        self._locked = locked_account
        self._account = ""
        self._everyone = False
        self._buttons: dict[str, Button] = {}
        self._clock = label("", "clock")
        self._clock.setMinimumHeight(current_theme().px(52))
        self._day = label("", "body", "text2")
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        self._accounts = _Accounts(self._grid)
        self._name = label("", "label")
        self.password = PasswordField(tr("Password"))
        self.password.setObjectName("sign_in/password")
        self._enter = Button(
            tr("Unlock") if locked_account else tr("Sign in"), "primary", trailing="next", size=48
        )
        self._enter.setObjectName("sign_in/enter")
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.setMinimumHeight(current_theme().line("body") * 2)
        self._timers = column(gap=16)
        self._build(language)
        self.password.submitted.connect(self._submit)
        self._enter.clicked.connect(self._submit)
        self._fill_accounts()

    def _build(self, language: str) -> None:
        head = row(gap=16)
        head.addWidget(IconMark("lock" if self._locked else "user", "text2", 28))
        head.addWidget(label(tr("Locked") if self._locked else tr("Sign in"), "timer"))
        head.addStretch(1)
        head.addWidget(self._clock)
        typing = row(gap=8)
        typing.addWidget(self.password, 1)
        typing.addWidget(self._enter)
        left = column(gap=8)
        left.addLayout(head)
        left.addWidget(self._day)
        left.addSpacing(8)
        left.addWidget(label(tr("Who is here?"), "label"))
        left.addWidget(self._accounts)
        left.addSpacing(16)
        left.addWidget(self._name)
        left.addLayout(typing)
        left.addWidget(self._problem)
        left.addStretch(1000)
        other = Button("Polski" if language == "en" else "English", icon="languages", size=36)
        other.clicked.connect(self.language_asked)
        other.setObjectName("sign_in/language")
        foot = row(gap=8)
        foot.addWidget(other)
        foot.addStretch(1)
        left.addLayout(foot)
        holder = QWidget()
        holder.setLayout(left)
        holder.setFixedWidth(current_theme().px(536))
        right = column(gap=16)
        right.addLayout(self._timers)
        right.addStretch(1)
        self._side = QWidget()
        self._side.setLayout(right)
        self._side.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._side.hide()
        # At large text the room belongs to the words.
        wide = current_theme().scale <= 125
        across = row(gap=64 if wide else 24, margins=(64, 48, 64, 16) if wide else (16,) * 4)
        across.addStretch(1)
        across.addWidget(holder)
        across.addWidget(self._side, 4)
        across.addStretch(1)
        self.setLayout(across)

    def set_now(self, now: datetime) -> None:
        """Show the clock, local time of the site."""
        self._clock.setText(now.strftime("%H:%M"))
        note = tr("Nothing typed was lost.") if self._locked else ""
        self._day.setText(f"{day_text(now.date())}. {note}".strip())

    def set_timers(self, timers: Sequence[ChairTimer]) -> None:
        """Show when each chair needs somebody, and nothing else of it."""
        empty(self._timers)
        self._side.setVisible(bool(timers))
        if not timers:
            return
        self._timers.addWidget(label(tr("Running timers"), "section"))
        for timer in timers:
            self._timers.addWidget(_timer_card(timer))

    def showEvent(self, event: QShowEvent) -> None:
        """The password is typed next."""
        super().showEvent(event)
        self.password.setFocus()

    def refuse(self, title: str, rest: str) -> None:
        """Say why it did not open; the password field is empty and ready."""
        self._problem.setText(f"{title} {rest}".strip())
        self._busy(False)
        self.password.setFocus()

    def _fill_accounts(self) -> None:
        accounts = self._home.accounts()
        if self._locked in accounts:
            accounts.remove(self._locked)
            accounts.insert(0, self._locked)
        shown = accounts if self._everyone else accounts[:SHOWN_ACCOUNTS]
        if len(accounts) == SHOWN_ACCOUNTS + 1:
            shown = accounts
        for at, account in enumerate(shown):
            note = tr("here last") if account == self._locked else ""
            button = Button(account_code(account), icon="user", detail=note, size=56)
            button.setObjectName(f"sign_in/account/{account}")
            button.clicked.connect(self._account_pressed)
            button.setProperty("account", account)
            self._buttons[account] = button
            self._grid.addWidget(button, at // 2, at % 2)
        if len(shown) < len(accounts):
            more = Button(tr("Someone else…"), icon="users", detail=tr("all accounts"), size=56)
            more.setObjectName("sign_in/more")
            more.clicked.connect(self._show_everyone)
            self._grid.addWidget(more, len(shown) // 2, len(shown) % 2)
        self._accounts.updateGeometry()
        if shown:
            self.choose(shown[0])

    def choose(self, account: str) -> None:
        """Say who signs in; the password field is next."""
        self._account = account
        for name, button in self._buttons.items():
            button.set_kind("chosen" if name == account else "outlined")
            button.setAccessibleDescription(tr("chosen") if name == account else "")
        self._name.setText(tr("Password of {account}", account=account_code(account)))
        self.password.setFocus()

    def show_everyone(self) -> None:
        """List every account instead of the last few."""
        self._show_everyone()

    def _show_everyone(self) -> None:
        self._everyone = True
        empty(self._grid)
        self._buttons.clear()
        self._fill_accounts()

    def _account_pressed(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.choose(str(button.property("account")))

    def _submit(self) -> None:
        secret = self.password.take()
        if not self._account or not secret:
            self._problem.setText(tr("Type the password, then press Enter."))
            return
        self._busy(True)
        self.asked.emit(self._account, secret)

    def _busy(self, busy: bool) -> None:
        self._enter.setEnabled(not busy)
        self._enter.set_detail(tr("opening…") if busy else "")
        if busy:
            self._problem.setText("")


class _Accounts(QScrollArea):
    """The accounts, as high as they are; at large text they scroll and the password stays."""

    def __init__(self, grid: QGridLayout) -> None:
        super().__init__()
        self._inner = QWidget()
        self._inner.setProperty("page", True)
        grid.setContentsMargins(0, 0, 0, 0)
        self._inner.setLayout(grid)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setWidget(self._inner)

    def sizeHint(self) -> QSize:
        """All rows."""
        return self._inner.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """One row."""
        return QSize(0, current_theme().px(56))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Bring the account that gets the focus into view."""
        moved = super().focusNextPrevChild(forward)
        if moved and (focused := QApplication.focusWidget()) is not None:
            self.ensureWidgetVisible(focused)
        return moved


def _timer_card(timer: ChairTimer) -> QWidget:
    card = Card()
    line = row(gap=16)
    line.addWidget(ChairBadge(timer.chair, 56), 0, Qt.AlignmentFlag.AlignVCenter)
    words = column(gap=0)
    words.addWidget(label(tr("Chair {number}", number=timer.chair), "title"))
    words.addWidget(label(tr("at {time}", time=timer.at), "secondary", "text2"))
    line.addLayout(words)
    line.addStretch(1)
    if timer.minutes < 0:
        late = tr("{minutes} min late: call a nurse", minutes=-timer.minutes)
        # At large text it stands beneath the chair.
        beneath = current_theme().scale > 125
        (words if beneath else line).addWidget(Chip(late, "att", icon="alert"))
    else:
        line.addWidget(label(tr("next in"), "secondary", "text2"))
        line.addWidget(label(tr("{minutes} min", minutes=timer.minutes), "timer"))
    card.body.addLayout(line)
    return card
