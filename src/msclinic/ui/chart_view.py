"""Paints a picture made of marks, so that screen and paper share one geometry.

It scales nothing: whoever builds the marks is asked again whenever the size changes.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy

from msclinic.reports.primitives import Circle, Line, Polygon, Primitive, Rect, TextMark
from msclinic.ui.fonts import FAMILY
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import Painted

__all__ = ["ChartView", "paint_marks"]

Builder = Callable[[float, float], Sequence[Primitive]]


class ChartView(Painted):
    """A chart that fills the room it is given."""

    def __init__(self, name: str, *, width: int = 360, height: int = 280):
        """Make an empty chart.

        Args:
            name: Accessible name: what the chart shows.
            width: Width that suits it at 100 %.
            height: Height that suits it at 100 %.
        """
        super().__init__()
        self._hint = (width, height)
        self._build: Builder | None = None
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def set_builder(self, build: Builder, spoken: str) -> None:
        """Show another picture.

        Args:
            build: Gives the marks for a width and height in pixels.
            spoken: What the picture says, in a sentence, for those who do not see it.
        """
        self._build = build
        self.setAccessibleDescription(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """The size that suits it."""
        theme = current_theme()
        return QSize(theme.px(self._hint[0]), theme.px(self._hint[1]))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the marks; text scale enlarges the whole picture."""
        if self._build is None:
            return
        theme = current_theme()
        factor = theme.scale / 100
        painter = QPainter(self)
        painter.scale(factor, factor)
        paint_marks(painter, self._build(self.width() / factor, self.height() / factor), theme)
        painter.end()


def paint_marks(painter: QPainter, marks: Sequence[Primitive], theme: Theme) -> None:
    """Draw marks in their order, in a theme's colours."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        if isinstance(mark, Line):
            painter.setPen(_pen(theme.color(mark.colour), mark.width, mark.dash))
            painter.drawLine(QPointF(mark.x1, mark.y1), QPointF(mark.x2, mark.y2))
        elif isinstance(mark, TextMark):
            _paint_text(painter, mark, theme)
        else:
            _paint_shape(painter, mark, theme)


def _paint_shape(painter: QPainter, mark: Rect | Circle | Polygon, theme: Theme) -> None:
    fill = theme.color(mark.fill) if mark.fill else None
    painter.setBrush(QBrush(fill) if fill is not None else QBrush(Qt.BrushStyle.NoBrush))
    if mark.stroke:
        dash = () if isinstance(mark, Polygon) else mark.dash
        painter.setPen(_pen(theme.color(mark.stroke), mark.line_width, dash))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    if isinstance(mark, Rect):
        rect = QRectF(mark.x, mark.y, mark.width, mark.height)
        painter.drawRoundedRect(rect, mark.radius, mark.radius)
    elif isinstance(mark, Circle):
        painter.drawEllipse(QPointF(mark.x, mark.y), mark.radius, mark.radius)
    else:
        painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in mark.points]))


def _paint_text(painter: QPainter, mark: TextMark, theme: Theme) -> None:
    font = QFont(FAMILY)
    font.setPixelSize(max(1, round(mark.size)))
    font.setWeight(QFont.Weight(mark.weight))
    painter.setFont(font)
    painter.setPen(theme.color(mark.colour))
    width = QFontMetricsF(font).horizontalAdvance(mark.text)
    start = {"start": 0.0, "middle": -width / 2, "end": -width}[mark.anchor]
    painter.save()
    painter.translate(mark.x, mark.y)
    painter.rotate(-mark.angle)
    painter.drawText(QPointF(start, 0), mark.text)
    painter.restore()


def _pen(color: QColor, width: float, dash: Sequence[float]) -> QPen:
    pen = QPen(color, width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dash:
        # Qt counts dashes in widths of the pen, marks in points.
        pen.setDashPattern([length / width for length in dash])
    return pen
