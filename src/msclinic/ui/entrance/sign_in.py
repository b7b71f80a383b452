"""Sign-in and lock: who is here, their password, and running timers without clinical content."""

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QApplication, QGridLayout, QScrollArea, QSizePolicy, QWidget

from msclinic import __version__
from msclinic.services.home import Home, account_code
from msclinic.ui.entrance.chair_timers import ChairTimer, ChairTimers, emergency_words
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Panel,
    PasswordField,
    column,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.base import IconMark, empty
from msclinic.wording import day_text, tr

__all__ = ["SignInScreen"]

SHOWN_ACCOUNTS = 5


class SignInScreen(Panel):
    """Sign in, or unlock.

    Signals:
        asked: Account and password, after Enter or the button.
        language_asked: The other language.
        emergency_pressed: Chair and emergency key.
        recovery_asked: Passwords are lost, and the recovery key is at hand.
    """

    asked = Signal(str, str)
    language_asked = Signal()
    emergency_pressed = Signal(int, str)
    recovery_asked = Signal()

    def __init__(self, home: Home, *, locked_account: str = "", language: str = "en") -> None:
        super().__init__("bg")
        self._home = home
        self._locked = locked_account
        self._account = ""
        self._everyone = False
        self._buttons: dict[str, Button] = {}
        self._clock = label("", "clock")
        self._clock.setMinimumHeight(current_theme().px(52))
        self._day = label("", "body", "text2", wrap=True)
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
        self._timers = ChairTimers(emergencies=True)
        self._timers.pressed.connect(self.emergency_pressed)
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
        # At large text the room belongs to the words.
        wide = current_theme().scale <= 125
        left = column(gap=8 if wide else 4)
        left.addLayout(head)
        left.addWidget(self._day)
        left.addSpacing(8 if wide else 0)
        left.addWidget(label(tr("Who is here?"), "label"))
        left.addWidget(self._accounts)
        left.addSpacing(16 if wide else 4)
        left.addWidget(self._name)
        left.addLayout(typing)
        left.addWidget(self._problem)
        left.addStretch(1000)
        other = Button("Polski" if language == "en" else "English", icon="languages", size=36)
        other.clicked.connect(self.language_asked)
        other.setObjectName("sign_in/language")
        lost = Button(tr("Recovery key…"), "quiet", icon="shield-check", size=36)
        lost.clicked.connect(self.recovery_asked)
        lost.setObjectName("sign_in/recovery")
        foot = row(gap=8)
        foot.addWidget(other)
        foot.addWidget(lost)
        foot.addStretch(1)
        if current_theme().scale <= 150:
            # At larger text the room belongs to the buttons; Display has it at any size.
            foot.addWidget(label(f"msclinic {__version__}", "secondary", "text2"))
        left.addLayout(foot)
        holder = QWidget()
        holder.setLayout(left)
        scale = current_theme().scale
        room = 536 if wide else 450 if scale <= 150 else 380
        holder.setFixedWidth(current_theme().px(room))
        right = column(gap=16)
        right.addWidget(self._timers)
        right.addStretch(1)
        inner = QWidget()
        inner.setLayout(right)
        self._side = scrolled(inner)
        self._side.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._side.hide()
        across = row(gap=64 if wide else 24, margins=(64, 48, 64, 16) if wide else (16,) * 4)
        across.addStretch(1 if wide else 0)
        across.addWidget(holder, 0 if wide else 1)
        across.addWidget(self._side, 4)
        across.addStretch(1 if wide else 0)
        self.setLayout(across)

    def set_now(self, now: datetime) -> None:
        """Show the clock, local time of the site."""
        self._clock.setText(now.strftime("%H:%M"))
        note = tr("Nothing typed was lost.") if self._locked else ""
        self._day.setText(f"{day_text(now.date())}. {note}".strip())

    def set_timers(self, timers: Sequence[ChairTimer]) -> None:
        """Show when each chair needs somebody, and nothing else of it."""
        self._side.setVisible(bool(timers))
        self._timers.show_timers(timers)

    def emergency_kept(self, chair: int, key: str, at: str, *, kept: bool) -> None:
        """Say beneath a chair that a press was kept, or that it was not."""
        key = emergency_words(key)
        if kept:
            words = tr("{key} noted at {time}. Sign in to say what was done.", key=key, time=at)
        else:
            words = tr("{key} at {time} could not be kept. Write it down.", key=key, time=at)
        self._timers.note(chair, words, "ok" if kept else "stop")
        self.password.setFocus()

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

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ask for more room once other accounts have theirs."""
        if event.type() == QEvent.Type.LayoutRequest:
            self.updateGeometry()
        return super().eventFilter(watched, event)

    def minimumSizeHint(self) -> QSize:
        """One row."""
        return QSize(0, current_theme().px(56))

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Bring the account that gets the focus into view."""
        moved = super().focusNextPrevChild(forward)
        if moved and (focused := QApplication.focusWidget()) is not None:
            self.ensureWidgetVisible(focused)
        return moved
