"""One chair's slot of the dock: its badge and what is handed in beside it, in a fixed place."""

from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import YieldingPanel, column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chair import ChairBadge
from msclinic.wording import tr

__all__ = ["DockSlot"]


class DockSlot(YieldingPanel):
    """A chair in the dock. Where room is short the code goes first, then icons stand over words."""

    DEGREES = 2

    def __init__(self, chair: int, code: str = "", *, in_view: bool = False):
        """Make a slot.

        Args:
            chair: 1 to 4.
            code: Participant code; empty while locked.
            in_view: Whether this chair is the one in front; its ground is tinted.
        """
        super().__init__(f"chair{chair}tint" if in_view else "surface", "right")
        self._stripe = f"chair{chair}"
        self._taps: list[tuple[Button, int]] = []
        number = tr("Chair {number}", number=chair)
        self.setAccessibleName(f"{number}, {code}" if code else number)
        line = row(gap=12, margins=(16, 4, 16, 0))
        line.addWidget(ChairBadge(chair, 36))
        words = column(gap=0)
        words.addStretch(1)
        words.addWidget(label(number, "body_strong"))
        self._code = label(code, "caption", "text2")
        words.addWidget(self._code)
        words.addStretch(1)
        line.addLayout(words)
        line.addStretch(1)
        self._buttons: QHBoxLayout = row(gap=8)
        line.addLayout(self._buttons)
        self.setLayout(line)

    def add(self, button: Button, width: int = 0) -> None:
        """Put one more button at the right, at least as wide as given at 100 %."""
        self._taps.append((button, width))
        self._buttons.addWidget(button)
        self.fit()

    def yield_to(self, degree: int) -> None:
        """Leave out the code, then stack the buttons."""
        self._code.setVisible(degree < 1 and bool(self._code.text()))
        for button, width in self._taps:
            button.set_stacked(degree >= 2)
            wanted = 0 if degree >= 2 else current_theme().px(width)
            button.setMinimumWidth(max(wanted, button.sizeHint().width()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chair's colour along the top."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(0, 0, self.width(), 4, current_theme().color(self._stripe))
        painter.end()
