"""The frame of the window: top line, rail, banner, content, dock. It knows no clinical thing.

Screens are put into it; it never asks a service and holds no participant data but what a screen
shows in the banner. The window's title names the program only.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QShortcut,
)
from PySide6.QtWidgets import QMainWindow, QPushButton, QSizePolicy, QStackedWidget, QWidget

from msclinic.ui.accessible import speak
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.banner import Banner
from msclinic.ui.widgets.base import (
    IconMark,
    Panel,
    YieldingPanel,
    column,
    empty,
    is_enter,
    label,
    let_go,
    paint_frame,
    row,
    rule,
)
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import CountBadge, KeyHint
from msclinic.wording import tr

__all__ = ["RailEntry", "Shell", "Who"]


@frozen
class RailEntry:
    """One place of the rail.

    Attributes:
        key: What ``place_opened`` says.
        text: The word under the icon.
        icon: Name of the icon.
        count: How much waits there; nothing is shown at zero.
    """

    key: str
    text: str
    icon: str
    count: int = 0


@frozen
class Who:
    """Who is signed in.

    Attributes:
        account: Name of the account: ``NUR 04``.
        role: Title of the role: ``Infusion nurse``.
    """

    account: str
    role: str


class Shell(QMainWindow):
    """The window.

    Signals:
        place_opened: Key of the rail entry that was pressed.
        lock_asked: The Lock button or Ctrl+L.
        find_asked: The Find button or Ctrl+K.
        closing: The window is about to close; everything typed is already stored.
    """

    place_opened = Signal(str)
    lock_asked = Signal()
    find_asked = Signal()
    closing = Signal()

    def __init__(self) -> None:
        super().__init__()
        speak()
        self.setWindowTitle("msclinic")
        self.resize(1366, 768)
        self._places: dict[str, QWidget] = {}
        self._notice: QWidget | None = None
        self._who: Who | None = None
        self._build()
        self._lock_key = QShortcut(QKeySequence("Ctrl+L"), self)
        self._lock_key.activated.connect(self.lock_asked)
        self._find_key = QShortcut(QKeySequence("Ctrl+K"), self)
        self._find_key.activated.connect(self.find_asked)

    def _build(self) -> None:
        self.top = _TopLine()
        self.rail = _Rail()
        self.banner = Banner()
        self.banner.hide()
        self._pages = QStackedWidget()
        self._dock_holder = Panel("surface", "top")
        self._dock_line = row(gap=0)
        self._dock_holder.setLayout(self._dock_line)
        self._dock_holder.setFixedHeight(current_theme().px(64))
        self._dock_holder.hide()
        self._right = column(gap=0)
        self._right.addWidget(self.banner)
        self._right.addWidget(self._pages, 1)
        middle = row(gap=0)
        middle.addWidget(self.rail)
        middle.addLayout(self._right, 1)
        whole = column(gap=0)
        whole.addWidget(self.top)
        whole.addLayout(middle, 1)
        whole.addWidget(self._dock_holder)
        center = QWidget()
        center.setLayout(whole)
        self.setCentralWidget(center)
        self.rail.opened.connect(self.place_opened)
        self.top.lock.clicked.connect(self.lock_asked)
        self.top.search.clicked.connect(self.find_asked)

    def rebuild(self) -> None:
        """Make the frame anew, as after another language or size of text; pages are let go."""
        site, notice, who = self.top.site.text(), self._notice, self._who
        self.clear_pages()
        if notice is not None:
            notice.setParent(None)
        self._build()
        self.set_site(site)
        self.set_who(who)
        if notice is not None:
            self.put_notice(notice)

    def put_notice(self, notice: QWidget) -> None:
        """Put the place for messages between banner and page."""
        self._notice = notice
        self._right.insertWidget(1, notice)

    def set_who(self, who: Who | None) -> None:
        """Say who is signed in; None hides everything that needs a person."""
        self._who = who
        self.top.set_who(who)
        self.rail.setVisible(who is not None)
        self._lock_key.setEnabled(who is not None)
        self._find_key.setEnabled(who is not None)
        if who is None:
            self.banner.hide()

    def set_site(self, site: str) -> None:
        """Name the site at the left of the top line."""
        self.top.site.setText(site)
        self.top.fit()

    def set_storage(self, sentence: str, tone: str = "ok") -> None:
        """Say in words how storage and sync are; the tone is of the icon."""
        self.top.storage.setText(sentence)
        self.top.storage_icon.set_icon("hard-drive", tone)
        self.top.fit()

    def set_clock(self, clock: str) -> None:
        """Show the time; figures change without moving."""
        self.top.clock.setText(clock)

    def set_rail(self, entries: Sequence[RailEntry], current: str = "") -> None:
        """Show the places this role may use."""
        self.rail.set_entries(entries, current)

    def add_page(self, key: str, page: QWidget) -> None:
        """Put a page in, or in place of the one that had its key."""
        self.remove_page(key)
        self._places[key] = page
        self._pages.addWidget(page)

    def remove_page(self, key: str) -> None:
        """Take a page out and let it go with all it showed."""
        old = self._places.pop(key, None)
        if old is not None:
            self._pages.removeWidget(old)
            let_go(old)

    def show_page(self, key: str) -> None:
        """Bring a page to the front.

        Raises:
            KeyError: There is no such page.
        """
        self._pages.setCurrentWidget(self._places[key])

    def page(self, key: str) -> QWidget | None:
        """The page of a key."""
        return self._places.get(key)

    def current_page(self) -> str:
        """Key of the page in front; empty where there is none."""
        shown = self._pages.currentWidget()
        return next((key for key, page in self._places.items() if page is shown), "")

    def clear_pages(self) -> None:
        """Let all pages go, as on lock or when the language or text scale changes."""
        for key in list(self._places):
            self.remove_page(key)

    def set_dock(self, dock: QWidget | None) -> None:
        """Put the dock at the bottom over the full width; None takes it away."""
        empty(self._dock_line)
        if dock is not None:
            self._dock_line.addWidget(dock)
        self._dock_holder.setVisible(dock is not None)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Say so and close."""
        self.closing.emit()
        super().closeEvent(event)


class _TopLine(YieldingPanel):
    """Program, site, storage in words, who is here, lock, clock."""

    def __init__(self) -> None:
        super().__init__("surface", "bottom")
        self.setFixedHeight(current_theme().px(40))
        self.site = label("", "secondary", "text2")
        self.storage_icon = IconMark("hard-drive", "ok", 16)
        self.storage = label("", "secondary", "text2")
        self._account = label("", "label_strong")
        self._role = label("", "secondary", "text2")
        self.lock = Button(tr("Lock"), "quiet", icon="lock", size=36)
        # Ctrl+L is its key; the focus belongs to the page.
        self.lock.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.lock.setAccessibleName(tr("Lock, Ctrl L"))
        self.lock.set_keys("Ctrl L")
        self.search = Button(tr("Find"), "quiet", icon="search", size=36)
        self.search.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.search.setAccessibleName(tr("Find, Ctrl K"))
        self.search.set_keys("Ctrl K")
        self.clock = label("", "section")
        self._person = QWidget()
        line = row(gap=8, margins=(13, 0, 16, 0))
        name = label("msclinic", "body_strong")
        name.setFixedWidth(current_theme().px(75))
        line.addWidget(name)
        line.addWidget(self.site)
        line.addStretch(1)
        line.addWidget(self.storage_icon)
        line.addWidget(self.storage)
        person = row(gap=8)
        self._find_hint = KeyHint("Ctrl K")
        person.addSpacing(8)
        person.addWidget(self.search)
        person.addWidget(self._find_hint)
        divider = rule(vertical=True)
        divider.setFixedHeight(20)
        person.addSpacing(8)
        person.addWidget(divider)
        person.addSpacing(8)
        person.addWidget(IconMark("user", "text", 16))
        person.addWidget(self._account)
        person.addWidget(self._role)
        person.addSpacing(4)
        person.addWidget(self.lock)
        self._key = KeyHint("Ctrl L")
        person.addWidget(self._key)
        self._person.setLayout(person)
        line.addWidget(self._person)
        line.addSpacing(8)
        line.addWidget(self.clock)
        self.setLayout(line)
        self._person.hide()

    DEGREES = 4

    def yield_to(self, degree: int) -> None:
        """First the keys go, then the site, the role, the sentence on storage."""
        self._key.setVisible(degree < 1)
        self._find_hint.setVisible(degree < 1)
        self.site.setVisible(degree < 2)
        self._role.setVisible(degree < 3)
        self.storage.setVisible(degree < 4)
        self.storage_icon.setToolTip(self.storage.text())

    def set_who(self, who: Who | None) -> None:
        """Show who is signed in."""
        self._person.setVisible(who is not None)
        if who is not None:
            self._account.setText(who.account)
            self._role.setText(who.role)
        self.fit()


class _Rail(Panel):
    """Places, as icons over their words.

    Signals:
        opened: Key of the entry that was pressed.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__("surface", "right")
        self.setMinimumWidth(current_theme().px(80))
        self.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(tr("Places"))
        self._lines = column(gap=4, margins=(4, 8, 4, 8))
        self.setLayout(self._lines)

    def set_entries(self, entries: Sequence[RailEntry], current: str) -> None:
        """Show places."""
        empty(self._lines)
        for entry in entries:
            button = _RailButton(entry, entry.key == current)
            button.clicked.connect(self._pressed)
            self._lines.addWidget(button)
        self._lines.addStretch(1)

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, _RailButton):
            self.opened.emit(button.entry.key)


class _RailButton(QPushButton):
    def __init__(self, entry: RailEntry, current: bool):
        super().__init__(entry.text)
        self.entry, self._current = entry, current
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setMaximumHeight(current_theme().px(56))
        name = entry.text if not entry.count else f"{entry.text}, {entry.count}"
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("shown now") if current else "")
        self._badge = CountBadge(entry.count)
        self._badge.setParent(self)
        self._badge.set_count(entry.count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does."""
        if is_enter(event):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Icon over word."""
        theme = current_theme()
        words = QFontMetrics(theme.font("caption_strong")).horizontalAdvance(self.text())
        return QSize(max(theme.px(71), words + 4), theme.px(56))

    def minimumSizeHint(self) -> QSize:
        """It is never cut; at large text it comes a little closer to its neighbours."""
        theme = current_theme()
        return QSize(self.sizeHint().width(), max(44, theme.px(20) + 2 + theme.line("caption")))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw icon, word and ground."""
        theme = current_theme()
        painter = QPainter(self)
        if self._current or self.underMouse():
            fill = theme.color("accentbg" if self._current else "bg")
            paint_frame(painter, self.rect(), fill=fill, edge=None, radius=8)
        if self.hasFocus():
            paint_frame(
                painter, self.rect(), fill=None, edge=theme.color("accent"), radius=8, width=2
            )
        ink = theme.color("accent" if self._current else "text2")
        side, line = theme.px(20), theme.line("caption")
        x = (self.width() - side) // 2
        y = (self.height() - side - 2 - line) // 2
        draw_icon(painter, self.entry.icon, ink, x, y, side)
        self._badge.move(x + side - 2, max(0, y - 2))
        self._badge.resize(self._badge.sizeHint())
        painter.setFont(theme.font("caption_strong" if self._current else "caption"))
        painter.setPen(ink)
        words = QRect(0, y + side + 2, self.width(), line)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        painter.end()
