"""The heading of a folding section: how it stands, its title, what is left."""

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import paint_frame

__all__ = ["SectionHead"]


class SectionHead(QPushButton):
    """The heading of a section: how it stands, its title, what is left."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._state, self._note, self._open = "not_begun", "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_state(self, state: str, note: str, *, is_open: bool) -> None:
        """Show how the section stands."""
        self._state, self._note, self._open = state, note, is_open
        self.setAccessibleName(f"{self.text()}, {note}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One row of touch height."""
        theme = current_theme()
        title = QFontMetrics(theme.font("section")).horizontalAdvance(self.text())
        note = QFontMetrics(theme.font("label_strong")).horizontalAdvance(self._note)
        return QSize(title + note + theme.px(20) + 72, theme.px(44))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        theme = current_theme()
        icon, tone = {
            "done": ("ok", "ok"),
            "stop": ("stop", "stop"),
            "in_progress": ("in_progress", "accent"),
        }.get(self._state, ("not_begun", "text2"))
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg" if self._open else "surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        side = theme.px(20)
        draw_icon(painter, icon, theme.color(tone), 16, (self.height() - side) // 2, side)
        flags = Qt.AlignmentFlag.AlignVCenter
        inside = QRect(16 + side + 12, 0, self.width() - side - 44, self.height())
        painter.setFont(theme.font("section" if self._open else "body_medium"))
        painter.setPen(theme.color("text"))
        painter.drawText(inside, flags | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setFont(theme.font("label_strong" if tone == "stop" else "secondary"))
        painter.setPen(theme.color(tone if tone in ("stop", "ok") else "text2"))
        painter.drawText(inside, flags | Qt.AlignmentFlag.AlignRight, self._note)
        if self.hasFocus():
            paint_frame(painter, self.rect(), fill=None, edge=theme.color("accent"), width=2)
        painter.end()
