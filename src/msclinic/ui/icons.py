"""Line icons by name, in any colour, sharp at any size and pixel ratio.

The files are Lucide's (ISC licence, beside them). An icon never stands without its word, so none
of them carries an accessible name of its own.
"""

from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from msclinic.shipped import resource

if TYPE_CHECKING:
    from PySide6.QtGui import QIcon

__all__ = ["MEANINGS", "draw_icon", "icon_pixmap", "menu_icon"]

# Fixed meanings, one drawing each: a screen names the meaning and never the drawing.
MEANINGS = {
    "ok": "circle-check",
    "attention": "triangle-alert",
    "stop": "octagon-x",
    "waits": "circle-dashed",
    "in_progress": "circle-dot",
    "not_begun": "circle",
    "gate_open": "lock-keyhole-open",
    "gate_shut": "lock-keyhole",
    "hidden": "eye-off",
    "conflict": "git-branch",
    "stored": "check",
    "query": "message-circle-question-mark",
    "next": "corner-down-left",
}
# Thickness of a line in pixels, the same at every size: files are drawn on a grid of 24.
_LINE = 1.75
_GRID = 24


@cache
def _svg(name: str) -> str:
    return resource(f"icons/{MEANINGS.get(name, name)}.svg").read_text("utf-8")


@cache
def _pixmap(name: str, color: str, size: int, ratio: float) -> QPixmap:
    drawing = _svg(name).replace("currentColor", color)
    drawing = drawing.replace('stroke-width="2"', f'stroke-width="{_LINE * _GRID / size:.3f}"')
    renderer = QSvgRenderer(QByteArray(drawing.encode()))
    side = round(size * ratio)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    renderer.render(painter, QRectF(0, 0, side, side))
    painter.end()
    pixmap.setDevicePixelRatio(ratio)
    return pixmap


def icon_pixmap(name: str, color: QColor, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon as pixels.

    Args:
        name: A meaning of ``MEANINGS``, or a file below ``resources/icons`` without its suffix.
        color: The colour of its lines.
        size: Side in device-independent pixels.
        ratio: Device pixels for each of them.

    Raises:
        FileNotFoundError: No such icon is shipped.
    """
    return _pixmap(name, color.name(), size, ratio)


def draw_icon(painter: QPainter, name: str, color: QColor, x: int, y: int, size: int) -> None:
    """Draw an icon with its upper left corner at a point."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(QPointF(x, y), icon_pixmap(name, color, size, ratio))


def menu_icon(name: str, color: QColor) -> "QIcon":
    """An icon for a menu entry."""
    from PySide6.QtGui import QIcon

    icon = QIcon(icon_pixmap(name, color, 20))
    icon.addPixmap(icon_pixmap(name, color, 20, 2.0))
    return icon
