"""What all widgets are made of: labels of the type scale, painted surfaces, layouts, a flow.

Nothing here knows a clinical word, and nothing keeps a colour: a painted widget asks the theme
each time it draws, so a change of theme needs no more than a repaint.
"""

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLayoutItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme

__all__ = [
    "FlowLayout",
    "IconMark",
    "Painted",
    "Panel",
    "YieldingPanel",
    "column",
    "empty",
    "frame_path",
    "is_enter",
    "label",
    "let_go",
    "paint_frame",
    "restyled",
    "rich",
    "row",
    "rule",
]

CENTER = Qt.AlignmentFlag.AlignVCenter


class Painted(QWidget):
    """A widget that draws itself and follows theme and text scale."""

    def changeEvent(self, event: QEvent) -> None:
        """Measure and draw again when the look has changed."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.StyleChange, QEvent.Type.EnabledChange):
            self.updateGeometry()
            self.update()


class Panel(QFrame):
    """A plain surface, with edges of one pixel where it meets its neighbours."""

    def __init__(self, surface: str = "surface", edge: str = "", parent: QWidget | None = None):
        super().__init__(parent)
        self.setProperty("surface", surface)
        if edge:
            self.setProperty("edge", edge)

    def set_surface(self, surface: str) -> None:
        """Put another ground under it."""
        self.setProperty("surface", surface)
        restyled(self)


class YieldingPanel(Panel):
    """A line that leaves its least needed words out where there is no room for all.

    A subclass says in ``yield_to`` how it looks at each degree of narrowness.
    """

    DEGREES = 0

    def yield_to(self, degree: int) -> None:
        """Leave out what the degree asks for: nothing at 0, the most at ``DEGREES``."""
        raise NotImplementedError

    def settle(self) -> None:
        """Words have changed: begin again with everything shown."""
        self.yield_to(0)
        self.fit()

    def minimumSizeHint(self) -> QSize:
        """The width at which the most is left out."""
        return QSize(0, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Find the least degree that fits."""
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """Find it again once words have got their font or have changed."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and not self._fits():
            self.fit()
        return handled

    def _fits(self) -> bool:
        layout = self.layout()
        return layout is None or layout.totalMinimumSize().width() <= self.width()

    def fit(self) -> None:
        """Leave out as little as the width allows."""
        layout = self.layout()
        if layout is None or self.width() <= 0:
            return
        # A panel without a parent yet is a window, whose layout would fix its least width for good.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        for degree in range(self.DEGREES + 1):
            self.yield_to(degree)
            # Activating asks nested layouts anew, which invalidating alone does not.
            layout.invalidate()
            layout.activate()
            if layout.totalMinimumSize().width() <= self.width():
                return


class IconMark(Painted):
    """An icon that stands before its word."""

    def __init__(self, name: str, tone: str = "text2", size: int = 20):
        super().__init__()
        self._name, self._tone, self._size = name, tone, size
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, tone: str) -> None:
        """Show another icon or tone."""
        self._name, self._tone = name, tone
        self.update()

    def sizeHint(self) -> QSize:
        """The icon's side, both ways."""
        side = current_theme().px(self._size)
        return QSize(side, side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        theme = current_theme()
        painter = QPainter(self)
        draw_icon(painter, self._name, theme.color(self._tone), 0, 0, theme.px(self._size))
        painter.end()


def is_enter(event: QKeyEvent) -> bool:
    """Whether a key is Enter alone, of the letters or of the digits."""
    plain = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    return enter and plain == Qt.KeyboardModifier.NoModifier


def label(text: str, kind: str = "body", tone: str = "text", *, wrap: bool = False) -> QLabel:
    """A label of the type scale.

    Args:
        text: What it says.
        kind: A style of ``theme.TYPES``.
        tone: ``text``, ``text2``, ``accent``, ``ok``, ``att``, ``stop``, ``onstop``, ``onaccent``.
        wrap: Whether it may take several lines.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("type", kind)
    made.setProperty("tone", tone)
    made.setWordWrap(wrap)
    made.setMinimumHeight(current_theme().line(kind))
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
    return made


def rich(strong: str, rest: str, kind: str = "body", *, wrap: bool = True) -> QLabel:
    """A label that begins with what is read first; both parts are plain text."""
    made = label("", kind, wrap=wrap)
    made.setTextFormat(Qt.TextFormat.RichText)
    # Loaded only here: the sign-in has no such words, and it brings every entity of HTML.
    from html import escape

    made.setText(f"<span style='font-weight:600'>{escape(strong)}</span> {escape(rest)}")
    made.setAccessibleName(f"{strong} {rest}".strip())
    return made


def let_go(widget: QWidget) -> None:
    """Take a widget out for good.

    It is hidden first: a show still queued by its layout would make it a window of its own.
    """
    widget.hide()
    widget.setParent(None)
    widget.deleteLater()


def empty(layout: QLayout) -> None:
    """Let go of every widget of a layout."""
    while layout.count():
        item = layout.takeAt(0)
        widget = item.widget() if item else None
        if widget is not None:
            let_go(widget)


def restyled(widget: QWidget) -> None:
    """Let a changed property take effect; before its first show it does so by itself."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def rule(*, vertical: bool = False) -> QFrame:
    """A decorative line of one pixel."""
    line = QFrame()
    line.setProperty("line", True)
    if vertical:
        line.setFixedWidth(1)
    else:
        line.setFixedHeight(1)
    return line


def row(*, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QHBoxLayout:
    """A row on the grid; margins are left, top, right, bottom."""
    made = QHBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    return made


def column(*, gap: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> QVBoxLayout:
    """A column on the grid; margins are left, top, right, bottom."""
    made = QVBoxLayout()
    made.setSpacing(gap)
    made.setContentsMargins(*margins)
    return made


def frame_path(rect: QRect, radius: int, inset: float) -> QPainterPath:
    """A rounded outline, drawn on pixel centres."""
    path = QPainterPath()
    path.addRoundedRect(QRectF(rect).adjusted(inset, inset, -inset, -inset), radius, radius)
    return path


def paint_frame(
    painter: QPainter,
    rect: QRect,
    *,
    fill: QColor | None,
    edge: QColor | None,
    radius: int = 6,
    width: int = 1,
    dashed: bool = False,
) -> None:
    """Draw a rounded ground with an edge inside its rectangle."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    if edge is None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.drawPath(frame_path(rect, radius, 0))
        return
    pen = QPen(edge, width)
    if dashed:
        pen.setDashPattern([4, 3])
    painter.setPen(pen)
    painter.drawPath(frame_path(rect, radius, width / 2))


class FlowLayout(QLayout):
    """Lays its items in rows, as many to a row as fit; for words whose lengths vary."""

    def __init__(self, gap: int = 8):
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._gap = gap
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QLayoutItem) -> None:
        """Take one more item at the end."""
        self._items.append(item)

    def count(self) -> int:
        """How many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """The item at a place; None past the end, as Qt asks for."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Take the item at a place out."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It asks for no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Rows depend on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of all rows at a width."""
        return self._place(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def sizeHint(self) -> QSize:
        """All items in one row."""
        shown = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in shown) + self._gap * max(0, len(shown) - 1)
        return QSize(width, max((size.height() for size in shown), default=0))

    def minimumSize(self) -> QSize:
        """The widest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size

    def _place(self, rect: QRect, *, move: bool) -> int:
        x, y, tallest = rect.x(), rect.y(), 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint()
            if tallest and x + size.width() > rect.right() + 1:
                x, y, tallest = rect.x(), y + tallest + self._gap, 0
            if move:
                item.setGeometry(QRect(QPoint(x, y), size))
            x += size.width() + self._gap
            tallest = max(tallest, size.height())
        return y + tallest - rect.y()
