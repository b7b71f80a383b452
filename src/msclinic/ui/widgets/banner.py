"""The banner that never scrolls away: whose record this is, and which other chairs run.

It shows what it was given. What a role may not see was never handed to it.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import (
    IconMark,
    Panel,
    YieldingPanel,
    column,
    empty,
    is_enter,
    label,
    paint_frame,
    rich,
    row,
)
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chair import ChairBadge
from msclinic.wording import tr

__all__ = ["Banner", "ChairTab", "Identity", "StripedPanel"]


@frozen
class Identity:
    """Who is in front of us.

    Attributes:
        code: Participant code.
        facts: Year of birth, sex, course, already worded: ``b. 1981 · F · SPMS``.
        visit: The visit, read first: ``Month 6 (V3)``.
        visit_note: What follows it: ``infusion 3``.
        allergies: In words; empty where none is known.
        allergy_known: Whether anybody asked; otherwise the banner says that nobody did.
        told: Whether this role may know of allergies at all; where not, no word stands about them.
        chair: 1 to 4, or None away from a chair.
        emergency: Whether the Emergency button stands at the right end.
    """

    code: str
    facts: str
    visit: str = ""
    visit_note: str = ""
    allergies: str = ""
    allergy_known: bool = True
    told: bool = True
    chair: int | None = None
    emergency: bool = False


@frozen
class ChairTab:
    """Another chair that runs.

    Attributes:
        chair: 1 to 4.
        code: Participant code.
        note: What is next there: ``T60 at 11:20, in 7 min``.
        late: Whether the note asks for attention.
    """

    chair: int
    code: str
    note: str
    late: bool = False


class Banner(YieldingPanel):
    """One participant's identity, with tabs for other chairs.

    Signals:
        chair_opened: Number of the chair whose tab was pressed.
        emergency_pressed: The Emergency button.
    """

    chair_opened = Signal(int)
    emergency_pressed = Signal()

    HEIGHT = 64

    def __init__(self) -> None:
        super().__init__("surface")
        self._tabs: list[_TabButton] = []
        self._words: list[QLabel] = []
        self._line = row(gap=0)
        self.setLayout(self._line)
        self.setMinimumHeight(current_theme().px(self.HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Its fixed height; more only where words at large text take more lines than fit."""
        height, layout = current_theme().px(self.HEIGHT), self.layout()
        if layout is not None and layout.hasHeightForWidth() and self.width() > 0:
            height = max(height, layout.minimumHeightForWidth(self.width()))
        return QSize(600, height)

    def set_identity(self, identity: Identity, tabs: Sequence[ChairTab] = ()) -> None:
        """Show a participant.

        Args:
            identity: Who.
            tabs: Other chairs, in chair order.
        """
        empty(self._line)
        self._tabs, self._words = [], []
        self._line.addWidget(self._who(identity), 1)
        for tab in tabs:
            button = _TabButton(tab)
            button.clicked.connect(self._tab_pressed)
            self._tabs.append(button)
            self._line.addWidget(button)
        spoken = (identity.code, identity.facts, identity.visit, identity.allergies)
        self.setAccessibleName(", ".join(part for part in spoken if part))
        self.fit()

    DEGREES = 2

    def yield_to(self, degree: int) -> None:
        """Tabs of other chairs fold to their badge, then facts, visit and allergies take two lines.

        The identity is never shortened.
        """
        for tab in self._tabs:
            tab.set_folded(degree >= 1)
        for words in self._words:
            words.setWordWrap(degree >= 2)
        self.updateGeometry()

    def _who(self, identity: Identity) -> Panel:
        tint = f"chair{identity.chair}tint" if identity.chair else "surface"
        who = StripedPanel(tint, f"chair{identity.chair}" if identity.chair else "text2")
        line = row(gap=16, margins=(16, 4, 16, 0))
        if identity.chair:
            line.addWidget(ChairBadge(identity.chair, 40))
        line.addWidget(label(identity.code, "title"))
        parts = [label(identity.facts, "secondary")] if identity.facts else []
        if identity.visit:
            note = f"· {identity.visit_note}" if identity.visit_note else ""
            parts.append(rich(identity.visit, note, "secondary", wrap=False))
        for part in parts:
            line.addWidget(_tick_line())
            line.addWidget(part)
        self._words = parts
        if identity.told:
            line.addWidget(_tick_line())
            line.addLayout(self._allergies(identity))
        line.addStretch(1)
        if identity.emergency:
            button = Button(tr("Emergency"), "emergency", icon="siren", size=44)
            button.clicked.connect(self.emergency_pressed)
            line.addWidget(button)
        who.setLayout(line)
        return who

    def _allergies(self, identity: Identity) -> QHBoxLayout:
        icon, tone, kind = "attention", "att", "label_strong"
        known = identity.allergies or tr("Allergies not asked yet")
        if not identity.allergies and identity.allergy_known:
            icon, tone, kind, known = "ok", "text2", "secondary", tr("No known allergy")
        allergies = label(known, kind, tone)
        allergy = row(gap=8)
        allergy.addWidget(IconMark(icon, tone, 16))
        allergy.addWidget(allergies)
        self._words = [*self._words, allergies]
        return allergy

    def _tab_pressed(self) -> None:
        button = self.sender()
        if isinstance(button, _TabButton):
            self.chair_opened.emit(button.tab.chair)


def _tick_line() -> QFrame:
    line = QFrame()
    line.setProperty("tick", True)
    line.setFixedSize(1, 20)
    return line


class StripedPanel(Panel):
    """A ground with the chair's colour along its top."""

    def __init__(self, surface: str, stripe: str, edge: str = "bottom"):
        super().__init__(surface, edge)
        self._stripe = stripe

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the stripe over the ground."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 4, current_theme().color(self._stripe))
        painter.end()


class _TabButton(QPushButton):
    def __init__(self, tab: ChairTab):
        super().__init__(tab.code)
        self.tab = tab
        self._folded = False
        self._words = QWidget()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        chair = tr("Chair {number}", number=tab.chair)
        self.setAccessibleName(f"{chair}, {tab.code}, {tab.note}")
        line = row(gap=12, margins=(16, 4, 16, 0))
        line.addWidget(ChairBadge(tab.chair, 32))
        words = column(gap=0)
        words.addStretch(1)
        words.addWidget(label(tab.code, "label_strong"))
        note = row(gap=4)
        if tab.late:
            note.addWidget(IconMark("attention", "att", 16))
        tone = "att" if tab.late else "text2"
        note.addWidget(label(tab.note, "caption_strong" if tab.late else "caption", tone))
        note.addStretch(1)
        words.addLayout(note)
        words.addStretch(1)
        self._words.setLayout(words)
        line.addWidget(self._words, 1)
        self.setLayout(line)
        self.setToolTip(self.accessibleName())
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def set_folded(self, folded: bool) -> None:
        """Show the badge alone, or with its words."""
        self._folded = folded
        self._words.setVisible(not folded)
        self.updateGeometry()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does."""
        if is_enter(event):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Its words, at least as wide as in the pictures."""
        theme = current_theme()
        if self._folded:
            return QSize(theme.px(32) + 32, theme.px(Banner.HEIGHT))
        metrics = QFontMetrics(theme.font("caption_strong"))
        icon = theme.px(16) + 4 if self.tab.late else 0
        width = 16 + theme.px(32) + 12 + metrics.horizontalAdvance(self.tab.note) + icon + 20
        return QSize(max(theme.px(216), width), theme.px(Banner.HEIGHT))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, stripe and edges."""
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg" if self.underMouse() else "surface"))
        painter.fillRect(QRect(0, 0, 1, self.height()), theme.color("line"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        painter.fillRect(0, 0, self.width(), 4, theme.color(f"chair{self.tab.chair}"))
        if self.hasFocus():
            inner = self.rect().adjusted(2, 6, -2, -2)
            paint_frame(painter, inner, fill=None, edge=theme.color("accent"), width=2)
        painter.end()
