"""State words: chips with icon, word and colour together. They are never pressed."""

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted, paint_frame

__all__ = ["CHIP_TONES", "Chip", "CountBadge", "KeyHint"]


@frozen
class _Look:
    fill: str
    ink: str


CHIP_TONES = {
    "ok": _Look("okbg", "ok"),
    "attention": _Look("attbg", "att"),
    "stop": _Look("stopbg", "stop"),
    "accent": _Look("accentbg", "accent"),
    "neutral": _Look("sunken", "text2"),
}


class Chip(Painted):
    """A state in a word."""

    def __init__(self, text: str, tone: str = "neutral", icon: str = ""):
        """Make a chip.

        Args:
            text: The word.
            tone: One of ``CHIP_TONES``.
            icon: Name of its icon; a state always has one.
        """
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_state(text, tone, icon)

    def set_state(self, text: str, tone: str, icon: str) -> None:
        """Show another state."""
        self._text, self._tone, self._icon = text, tone, icon
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def text(self) -> str:
        """Its word."""
        return self._text

    def sizeHint(self) -> QSize:
        """Its word and icon."""
        theme = current_theme()
        width = QFontMetrics(theme.font("label_strong")).horizontalAdvance(self._text) + 22
        return QSize(width + (theme.px(16) + 2 if self._icon else 0), theme.px(24))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the chip."""
        theme = current_theme()
        look = CHIP_TONES[self._tone]
        painter = QPainter(self)
        radius = self.height() // 2
        paint_frame(painter, self.rect(), fill=theme.color(look.fill), edge=None, radius=radius)
        x = 10
        if self._icon:
            side = theme.px(16)
            draw_icon(
                painter, self._icon, theme.color(look.ink), 8, (self.height() - side) // 2, side
            )
            x = 8 + side + 6
        painter.setPen(theme.color(look.ink))
        painter.setFont(theme.font("label_strong"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRect(x, 0, self.width() - x, self.height()), flags, self._text)
        painter.end()


class CountBadge(Painted):
    """How many wait, beside an icon of the rail; nothing at zero."""

    def __init__(self, count: int = 0):
        super().__init__()
        self._count = count
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int) -> None:
        """Show another count."""
        self._count = count
        self.setVisible(count > 0)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """Room for its digits."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font("caption_strong"))
        height = theme.px(16)
        return QSize(max(metrics.horizontalAdvance(str(self._count)) + 10, height + 2), height)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the count."""
        theme = current_theme()
        painter = QPainter(self)
        paint_frame(
            painter, self.rect(), fill=theme.color("text2"), edge=None, radius=self.height() // 2
        )
        painter.setFont(theme.font("caption_strong"))
        painter.setPen(theme.color("surface"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._count))
        painter.end()


class KeyHint(Painted):
    """A key in its box, such as ``Ctrl L``, inside a sentence."""

    def __init__(self, key: str):
        super().__init__()
        self._key = key
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(key)

    def sizeHint(self) -> QSize:
        """The key with its box."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font("caption"))
        return QSize(metrics.horizontalAdvance(self._key) + 12, theme.px(18))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the key."""
        theme = current_theme()
        painter = QPainter(self)
        paint_frame(
            painter, self.rect(), fill=theme.color("bg"), edge=theme.color("line"), radius=4
        )
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._key)
        painter.end()
