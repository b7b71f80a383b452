"""Cells of a table with the same room at their left and right as its headings."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from msclinic.ui.theme import current_theme

__all__ = ["PaddedCells"]

_PAD = 5


class PaddedCells(QStyledItemDelegate):
    """Draws what the model says, a little inwards; the chosen row is one band."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Words, icon and room; words that wrap are measured in the room they are drawn in."""
        inner = QStyleOptionViewItem(option)
        inner.rect = inner.rect.adjusted(_PAD, 0, -_PAD, 0)
        size = super().sizeHint(inner, index)
        return QSize(size.width() + 4 * _PAD, size.height() + 2 * _PAD)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the band, then the cell without a ring of its own."""
        inner = QStyleOptionViewItem(option)
        if inner.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(inner.rect, current_theme().color("accentbg"))
        inner.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected)
        inner.rect = inner.rect.adjusted(_PAD, 0, -_PAD, 0)
        super().paint(painter, inner, index)
