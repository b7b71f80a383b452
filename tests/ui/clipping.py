"""Finds what a person could not read: cut words, and controls that lie over each other.

Works on a shown widget tree, so that every screen's test can ask it in each language and scale.
"""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QScrollBar,
    QStackedWidget,
    QTableView,
    QWidget,
)
from tests.ui.painted import PaintedText, painted_texts

__all__ = ["clipping_faults"]

_LEAST_VIEW = 40
_TOUCH = 3


def clipping_faults(root: QWidget, room: tuple[int, int] | None = None) -> list[str]:
    """Everything clipped or overlapping below a shown widget, one sentence each.

    Args:
        root: A shown widget, laid out.
        room: Width and height of the screen that it must not outgrow.
    """
    faults = []
    if room is not None and (root.width() > room[0] or root.height() > room[1]):
        faults.append(
            f"the window needs {root.width()}×{root.height()}, the screen has {room[0]}×{room[1]}"
        )
    for widget in [root, *root.findChildren(QWidget)]:
        if not widget.isVisibleTo(root) or isinstance(widget, QScrollBar):
            continue
        if widget.width() <= 0 or widget.height() <= 0:
            if _words(widget):
                faults.append(f"{_name(widget)} has no room at all")
            continue
        faults += _cut(widget)
        faults += _outside(widget, root)
        faults += _too_wide(widget)
        faults += _overlaps(widget, root)
        faults += _sideways(widget)
        faults += _cut_cells(widget)
        if _draws(widget):
            faults += _badly_drawn(widget)
    return faults


def _cut(widget: QWidget) -> list[str]:
    if isinstance(widget, QLabel) and widget.text():
        needed = _label_size(widget)
        if needed.width() > widget.width() + 1 or needed.height() > widget.height() + 1:
            return [
                f"{_name(widget)} needs {needed.width()}×{needed.height()},"
                f" has {widget.width()}×{widget.height()}"
            ]
    elif isinstance(widget, QAbstractButton):
        least = widget.minimumSizeHint()
        if least.width() > widget.width() + 1 or least.height() > widget.height() + 1:
            return [
                f"{_name(widget)} needs {least.width()}×{least.height()},"
                f" has {widget.width()}×{widget.height()}"
            ]
    elif isinstance(widget, QLineEdit):
        text = widget.text() or widget.placeholderText()
        needed_width = QFontMetrics(widget.font()).horizontalAdvance(text)
        if text and needed_width > widget.width() + 2 and not _scrolls(widget):
            return [f"{_name(widget)} shows {text!r} in {widget.width()} of {needed_width} px"]
    elif isinstance(widget, QProgressBar | QHeaderView):
        return []
    elif type(widget).minimumSizeHint is not QWidget.minimumSizeHint and not _arranged(widget):
        least = widget.minimumSizeHint()
        if least.width() > widget.width() + 1 or least.height() > widget.height() + 1:
            return [
                f"{_name(widget)} needs {least.width()}×{least.height()},"
                f" has {widget.width()}×{widget.height()}"
            ]
    return []


def _outside(widget: QWidget, root: QWidget) -> list[str]:
    parent = widget.parentWidget()
    matters = _words(widget) or _draws(widget)
    if widget is root or parent is None or not matters or widget.isWindow():
        return []
    if isinstance(parent.parentWidget(), QAbstractScrollArea):
        return []  # what scrolls may be longer than its view; _too_wide looks at its width
    room = parent.rect().adjusted(-1, -1, 1, 1)
    if room.contains(widget.geometry()):
        return []
    return [f"{_name(widget)} reaches out of {_name(parent)}"]


def _too_wide(widget: QWidget) -> list[str]:
    if not isinstance(widget, QScrollArea) or widget.widget() is None:
        return []
    never = widget.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    excess = widget.widget().width() - widget.viewport().width()
    if not never or excess <= 0:
        return []
    widest = max(
        widget.widget().findChildren(QWidget),
        key=lambda child: child.minimumSizeHint().width(),
        default=widget,
    )
    return [f"a scrolled page is {excess} px wider than its view; widest is {_name(widest)}"]


def _sideways(widget: QWidget) -> list[str]:
    """Content that lies to the side of what can be scrolled to, and a view of next to nothing."""
    if not isinstance(widget, QAbstractScrollArea):
        return []
    bar, faults = widget.horizontalScrollBar(), []
    never = widget.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff
    if never and bar.maximum() > bar.minimum():
        faults.append(f"{_name(widget)} can be moved {bar.maximum()} px sideways without a bar")
    if bar.value() != bar.minimum():
        faults.append(f"{_name(widget)} was moved {bar.value()} px sideways")
    shown, more = widget.viewport().height(), widget.verticalScrollBar().maximum()
    if more > 0 and shown < _LEAST_VIEW:
        faults.append(f"{_name(widget)} shows {shown} px of {shown + more} px")
    return faults


def _cut_cells(widget: QWidget) -> list[str]:
    """Cells and headings of a table that do not show all their words."""
    if not isinstance(widget, QTableView) or widget.model() is None:
        return []
    header, faults = widget.horizontalHeader(), []
    for place in range(widget.model().columnCount()):
        if widget.isColumnHidden(place):
            continue
        if not header.isHidden() and header.sectionSizeHint(place) > header.sectionSize(place) + 1:
            faults.append(
                f"heading {place} of {_name(widget)} needs {header.sectionSizeHint(place)} px,"
                f" has {header.sectionSize(place)}"
            )
    return faults


def _draws(widget: QWidget) -> bool:
    """Whether its words are drawn by our own hand or by the cells of a table."""
    view = widget.parentWidget()
    if isinstance(view, QAbstractItemView) and widget is view.viewport():
        return not isinstance(view, QHeaderView)
    kinds = type(widget).__mro__
    return any(
        "paintEvent" in vars(one) and not one.__module__.startswith("PySide6") for one in kinds
    )


def _badly_drawn(widget: QWidget) -> list[str]:
    view = widget.parentWidget()
    in_table = isinstance(view, QAbstractItemView) and widget is view.viewport()
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    texts = [one for one in painted_texts(widget) if one.text.strip()]
    faults = []
    for one in texts:
        room = widget.rect().adjusted(-1, -1, 1, 1).toRectF()
        if in_table:  # rows go on below
            room.setTop(min(room.top(), one.place.top()))
            room.setBottom(max(room.bottom(), one.place.bottom()))
        if not room.contains(one.place.adjusted(1, 1, -1, -1)):
            faults.append(f"{_name(widget)} draws {one.text!r} out of itself")
        elif _held_back(one):
            faults.append(f"{_name(widget)} draws {one.text!r} into too little room")
        if in_table and isinstance(view, QTableView):
            if one.text.endswith("…") and not _in_cell(view, one):
                faults.append(f"{_name(view)} shortens a cell to {one.text!r}")
        elif "…" in one.text and "…" not in words:
            faults.append(f"{_name(widget)} shortens words to {one.text!r}")
    for place, one in enumerate(texts):
        for other in texts[place + 1 :]:
            shared = one.place.intersected(other.place)
            if shared.width() > _TOUCH and shared.height() > _TOUCH and not in_table:
                faults.append(f"{_name(widget)} draws {one.text!r} over {other.text!r}")
    return faults


def _held_back(one: PaintedText) -> bool:
    cut = one.clip
    return not cut.isNull() and (
        one.place.left() < cut.left() - _TOUCH or one.place.right() > cut.right() + _TOUCH
    )


def _in_cell(view: QTableView, one: PaintedText) -> bool:
    """Whether the model itself says the words with their ellipsis."""
    index = view.indexAt(one.place.center().toPoint())
    return one.text in str(index.data(Qt.ItemDataRole.DisplayRole)).split("\n")


def _overlaps(widget: QWidget, root: QWidget) -> list[str]:
    if isinstance(widget, QStackedWidget | QAbstractScrollArea):
        return []
    children = [
        child
        for child in widget.children()
        if isinstance(child, QWidget)
        and child.isVisibleTo(root)
        and not child.isWindow()
        and not child.rect().isEmpty()
        and not child.testAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        and not child.property("overlay")  # lies over the page on purpose
    ]
    faults = []
    for place, one in enumerate(children):
        for other in children[place + 1 :]:
            shared = one.geometry().intersected(other.geometry())
            if shared.width() > 1 and shared.height() > 1:
                faults.append(f"{_name(one)} and {_name(other)} overlap by {_size(shared)}")
    return faults


def _label_size(widget: QLabel) -> QRect:
    rich = widget.textFormat() == Qt.TextFormat.RichText
    if rich:
        document = QTextDocument()
        document.setDocumentMargin(0)
        document.setDefaultFont(widget.font())
        document.setHtml(widget.text())
        if widget.wordWrap():
            document.setTextWidth(widget.width())
        size = document.size().toSize()
        return QRect(0, 0, size.width(), size.height())
    flags = Qt.TextFlag.TextWordWrap if widget.wordWrap() else Qt.TextFlag.TextSingleLine
    metrics = QFontMetrics(widget.font())
    room = QRect(0, 0, widget.width() if widget.wordWrap() else 100_000, 100_000)
    if "\n" in widget.text() and not widget.wordWrap():
        return metrics.boundingRect(room, 0, widget.text())
    return metrics.boundingRect(room, int(flags), widget.text())


def _words(widget: QWidget) -> bool:
    if isinstance(widget, QLabel | QAbstractButton):
        return bool(widget.text())
    return isinstance(widget, QLineEdit)


def _arranged(widget: QWidget) -> bool:
    return widget.layout() is not None


def _scrolls(widget: QLineEdit) -> bool:
    """A line that is being typed into may be longer than its field; its start is shown again."""
    return widget.hasFocus() or bool(widget.property("long"))


def _size(rect: QRect) -> str:
    return f"{rect.width()}×{rect.height()} px"


def _name(widget: QWidget) -> str:
    words = widget.text() if isinstance(widget, QLabel | QAbstractButton) else ""
    at = widget.mapTo(widget.window(), QPoint(0, 0))
    label = words or widget.objectName() or widget.accessibleName()
    return f"{type(widget).__name__} {label!r} at {at.x()},{at.y()}"
