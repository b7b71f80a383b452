"""The badge of a chair: shape, colour and number together, so that no two can look alike."""

from math import cos, pi, sin

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPainterPath, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted
from msclinic.wording import tr

__all__ = ["CHAIRS", "ChairBadge", "chair_shape"]

CHAIRS = (1, 2, 3, 4)


class ChairBadge(Painted):
    """A chair's number in its shape and colour."""

    def __init__(self, chair: int, size: int = 36):
        """Make a badge.

        Args:
            chair: 1 circle, 2 square, 3 hexagon, 4 diamond.
            size: Side at 100 %.
        """
        super().__init__()
        self._size = size
        self._chair = chair
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.set_chair(chair)

    def set_chair(self, chair: int) -> None:
        """Show another chair."""
        if chair not in CHAIRS:
            raise ValueError(f"there is no chair {chair}")
        self._chair = chair
        self.setAccessibleName(tr("Chair {number}", number=chair))
        self.update()

    def sizeHint(self) -> QSize:
        """Its side, both ways."""
        side = current_theme().px(self._size)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw shape and number."""
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(f"chair{self._chair}"))
        rect = QRectF(self.rect())
        painter.drawPath(chair_shape(self._chair, rect))
        font = QFont(theme.font("title"))
        font.setPixelSize(max(theme.px(12), theme.px(self._size) * 5 // 9))
        painter.setFont(font)
        painter.setPen(theme.color("chairnumber"))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, str(self._chair))
        painter.end()


def chair_shape(chair: int, rect: QRectF) -> QPainterPath:
    """The outline of a chair's shape, filling a square."""
    path = QPainterPath()
    if chair == 1:
        path.addEllipse(rect.adjusted(1, 1, -1, -1))
    elif chair == 2:
        path.addRoundedRect(rect.adjusted(1, 1, -1, -1), 4, 4)
    else:
        corners, turn = (6, 0.0) if chair == 3 else (4, pi / 2)
        radius = rect.width() / 2
        points = [
            rect.center()
            + QPointF(
                radius * cos(turn + 2 * pi * corner / corners),
                radius * sin(turn + 2 * pi * corner / corners),
            )
            for corner in range(corners)
        ]
        path.addPolygon(QPolygonF(points))
        path.closeSubpath()
    return path
