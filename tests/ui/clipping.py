"""Finds what a person could not read: cut words, and controls that lie over each other.

Works on a shown widget tree, so that every screen's test can ask it in each language and scale.
"""

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFontMetrics, QTextDocument
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QHeaderView,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QScrollBar,
    QStackedWidget,
    QWidget,
)

__all__ = ["clipping_faults"]


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
    if widget is root or parent is None or not _words(widget) or widget.isWindow():
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
