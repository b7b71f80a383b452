"""Rows of a list where there is no room for columns: the cells of a row flow within its width.

The first cell leads; each of the others stands whole in the line, or begins the next one.
"""

from collections.abc import Iterator

from attrs import frozen
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QIcon, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from msclinic.ui.theme import current_theme

__all__ = ["FoldedRows", "cell_parts"]

_PAD, _GAP = 12, 20
_FLAGS = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop) | int(Qt.TextFlag.TextWordWrap)


@frozen
class CellParts:
    """What a cell shows.

    Attributes:
        words: Its text.
        font: In which.
        ink: Its colour; None for that of text.
        icon: Before the words; None for none.
    """

    words: str
    font: QFont
    ink: QColor | None
    icon: QIcon | None

    def room(self, most: int) -> QSize:
        """The room it takes, words wrapped where they are wider than ``most``."""
        side = self.icon_side()
        metrics = QFontMetrics(self.font)
        wrapped = metrics.boundingRect(
            QRect(0, 0, max(most - side, 1), 100_000), _FLAGS, self.words
        )
        return QSize(wrapped.width() + 2 + side, max(wrapped.height(), metrics.height()))

    def icon_side(self) -> int:
        """Width of the icon with its gap; 0 without one."""
        return self.icon_size().width() + 8 if self.icon is not None else 0

    def icon_size(self) -> QSize:
        """The icon as it was made."""
        side = current_theme().px(20)
        return self.icon.actualSize(QSize(side, side)) if self.icon is not None else QSize()


def cell_parts(index: QModelIndex | QPersistentModelIndex) -> CellParts:
    """What a cell of a model shows."""
    font, ink = index.data(Qt.ItemDataRole.FontRole), index.data(Qt.ItemDataRole.ForegroundRole)
    icon = index.data(Qt.ItemDataRole.DecorationRole)
    return CellParts(
        str(index.data(Qt.ItemDataRole.DisplayRole) or ""),
        font if isinstance(font, QFont) else current_theme().font("body"),
        QColor(ink) if isinstance(ink, QColor) else None,
        icon if isinstance(icon, QIcon) else None,
    )


class FoldedRows(QStyledItemDelegate):
    """Draws all cells of a row in its first column."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """As high as the lines are."""
        width = option.rect.width()
        bottom = max((rect.bottom() for _, rect in self._placed(index, width)), default=0)
        return QSize(width, bottom + 1 + _PAD)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the band of a chosen row, then its cells."""
        theme = current_theme()
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(option.rect, theme.color("accentbg"))
        painter.fillRect(
            option.rect.left(), option.rect.bottom(), option.rect.width(), 1, theme.color("line")
        )
        for parts, rect in self._placed(index, option.rect.width()):
            place = rect.translated(option.rect.topLeft())
            side = parts.icon_side()
            if parts.icon is not None:
                size = parts.icon_size()
                top = place.top() + (QFontMetrics(parts.font).height() - size.height()) // 2
                parts.icon.paint(
                    painter, QRect(place.topLeft(), size).translated(0, top - place.top())
                )
            painter.setFont(parts.font)
            painter.setPen(parts.ink or theme.color("text"))
            painter.drawText(place.adjusted(side, 0, 0, 0), _FLAGS, parts.words)
        painter.restore()

    def _placed(
        self, index: QModelIndex | QPersistentModelIndex, width: int
    ) -> Iterator[tuple[CellParts, QRect]]:
        most = width - 2 * _PAD
        left, top, below = _PAD, _PAD, _PAD
        for column in range(index.model().columnCount()):
            parts = cell_parts(index.sibling(index.row(), column))
            if not parts.words:
                continue
            room = parts.room(most)
            if left > _PAD and left + room.width() > _PAD + most:
                left, top = _PAD, below + 2
            yield parts, QRect(left, top, min(room.width(), most), room.height())
            left += room.width() + _GAP
            below = max(below, top + room.height())
