"""Forms down, visits across: the state of each form of each visit, opened with Enter or a press."""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from msclinic.ui.icons import draw_icon
from msclinic.ui.participants.state import Look
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import paint_frame
from msclinic.wording import tr

__all__ = ["FormsGrid", "FormsModel", "GridCell", "GridColumn", "GridRow"]

Index = QModelIndex | QPersistentModelIndex
CELL = Qt.ItemDataRole.UserRole
_ROW, _HEADER, _ICON = 36, 40, 16
# Beside a title, and beside the words of a heading.
_PADDING, _HEAD = 28, 20
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


@frozen
class GridCell:
    """One form of one visit.

    Attributes:
        visit: Visit code.
        visit_key: Key of the visit.
        form: Form OID.
        form_key: Key of the form.
        look: Its state.
        opens: Whether it can be opened; otherwise its visit has not begun.
    """

    visit: str
    visit_key: str
    form: str
    form_key: str
    look: Look
    opens: bool


@frozen
class GridColumn:
    """A visit.

    Attributes:
        code: Visit code.
        note: Its day, or a word.
        current: Whether it is at hand.
    """

    code: str
    note: str
    current: bool = False


@frozen
class GridRow:
    """A form, or the heading of a group of forms.

    Attributes:
        title: Its title.
        cells: One for each column; none where the visit has no such form; empty for a heading.
    """

    title: str
    cells: tuple[GridCell | None, ...]

    @property
    def heading(self) -> bool:
        """Whether it only names the group of forms beneath it."""
        return not self.cells


class FormsModel(QAbstractTableModel):
    """The first column names the form, the others are visits."""

    def __init__(self) -> None:
        super().__init__()
        self._columns: tuple[GridColumn, ...] = ()
        self._rows: tuple[GridRow, ...] = ()

    def set_grid(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> None:
        """Show another grid."""
        self.beginResetModel()
        self._columns, self._rows = tuple(columns), tuple(rows)
        self.endResetModel()

    def shows(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> bool:
        """Whether it is this grid already."""
        return self._columns == tuple(columns) and self._rows == tuple(rows)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """How many forms."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Visits and the names of forms."""
        return 0 if parent.isValid() else len(self._columns) + 1

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only what can be pressed takes the focus."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        if self._rows[index.row()].heading:
            return Qt.ItemFlag.NoItemFlags
        if self.cell(index) is None:
            return Qt.ItemFlag.ItemIsEnabled
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def cell(self, index: Index) -> GridCell | None:
        """The form behind a cell."""
        if not index.isValid() or index.column() == 0 or index.row() >= len(self._rows):
            return None
        cells = self._rows[index.row()].cells
        return cells[index.column() - 1] if cells else None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Visit codes over their days."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section <= len(self._columns):
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(_LEFT)
        if role == Qt.ItemDataRole.DisplayRole:
            if section == 0:
                return tr("Form")
            column = self._columns[section - 1]
            return f"{column.code}\n{column.note}"
        if role == Qt.ItemDataRole.ForegroundRole and section:
            current = self._columns[section - 1].current
            return current_theme().color("accent" if current else "text2")
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Words and looks."""
        if not index.isValid() or index.row() >= len(self._rows):
            return None
        row, theme = self._rows[index.row()], current_theme()
        if row.heading:
            # The visits are named again, because the header scrolls away with the page.
            name = row.title if index.column() == 0 else self._columns[index.column() - 1].code
            return {
                Qt.ItemDataRole.DisplayRole: name,
                Qt.ItemDataRole.FontRole: theme.font("caption_strong"),
                Qt.ItemDataRole.ForegroundRole: theme.color("text2"),
                Qt.ItemDataRole.BackgroundRole: theme.color("sunken"),
            }.get(Qt.ItemDataRole(role))
        if index.column() == 0:
            return {
                Qt.ItemDataRole.DisplayRole: row.title,
                Qt.ItemDataRole.FontRole: theme.font("body_medium"),
                Qt.ItemDataRole.ForegroundRole: theme.color("text"),
            }.get(Qt.ItemDataRole(role))
        cell = self.cell(index)
        if cell is None:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return cell.look.word
        if role == CELL:
            return cell
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return f"{row.title}, {cell.visit}: {cell.look.word}"
        return None


class _CellPainter(QStyledItemDelegate):
    """Icon and word of a state, with a ring where the focus is."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Icon and word whole."""
        theme = current_theme()
        cell = index.data(CELL)
        if not isinstance(cell, GridCell):
            size = super().sizeHint(option, index)
            return QSize(size.width() + 16, theme.px(_ROW))
        words = QFontMetrics(theme.font("secondary")).horizontalAdvance(cell.look.word)
        return QSize(6 + theme.px(_ICON) + 6 + words + 6, theme.px(_ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw the cell."""
        cell = index.data(CELL)
        if not isinstance(cell, GridCell):
            inner = QStyleOptionViewItem(option)
            inner.state &= ~QStyle.StateFlag.State_HasFocus
            ground = index.data(Qt.ItemDataRole.BackgroundRole)
            if ground is not None:
                painter.fillRect(option.rect, ground)
            inner.rect = inner.rect.adjusted(5, 0, 0, 0)
            super().paint(painter, inner, index)
            return
        theme = current_theme()
        rect: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_MouseOver:
            paint_frame(painter, rect.adjusted(1, 1, -1, -1), fill=theme.color("bg"), edge=None)
        if state & QStyle.StateFlag.State_HasFocus:
            ring = rect.adjusted(1, 1, -1, -1)
            paint_frame(painter, ring, fill=None, edge=theme.color("accent"), width=2)
        side = theme.px(_ICON)
        top = rect.top() + (rect.height() - side) // 2
        draw_icon(painter, cell.look.icon, theme.color(cell.look.tone), rect.left() + 6, top, side)
        painter.setFont(theme.font("secondary"))
        quiet = cell.look.tone in ("text2", "ok")
        painter.setPen(theme.color("text2" if quiet else cell.look.tone))
        words = rect.adjusted(6 + side + 6, 0, 0, 0)
        painter.drawText(words, int(_LEFT), cell.look.word)
        painter.restore()


class FormsGrid(QTableView):
    """The grid; as high as its rows, so that the page scrolls and not the grid.

    Signals:
        chosen: The ``GridCell`` that was pressed.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("participant/forms")
        self.setAccessibleName(tr("Forms of each visit"))
        self._model = FormsModel()
        self._least: list[int] = []
        self.setModel(self._model)
        self.setItemDelegate(_CellPainter(self))
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme = current_theme()
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        self.verticalHeader().setMinimumSectionSize(theme.px(_ROW))
        header = self.horizontalHeader()
        header.setFixedHeight(theme.px(_HEADER))
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.clicked.connect(self._pressed)

    def set_grid(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> None:
        """Show another grid; the focus stays on its cell."""
        if self._model.shows(columns, rows):
            return
        at = self.currentIndex()
        first = next((place for place, one in enumerate(rows) if not one.heading), 0)
        place = (at.row(), at.column()) if at.isValid() else (first, 1)
        self._model.set_grid(columns, rows)
        # A wide grid is cut into several: each is told by its visits.
        codes = ", ".join(one.code for one in columns)
        self.setAccessibleName(tr("Forms of visits {visits}", visits=codes))
        header = self.horizontalHeader()
        self._least = [
            max(width, header.sectionSizeHint(at))
            for at, width in enumerate(self._measure(columns, rows))
        ]
        self.setCurrentIndex(self._model.index(*place))
        self._share_width()
        self.setFixedHeight(self._whole_height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space open; arrows walk."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._pressed(self.currentIndex())
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width anew."""
        super().resizeEvent(event)
        self._share_width()
        self.setFixedHeight(self._whole_height())

    def bands(
        self, columns: Sequence[GridColumn], rows: Sequence[GridRow], room: int
    ) -> list[tuple[list[GridColumn], list[GridRow]]]:
        """Cut a grid that is wider than its room into grids beneath each other.

        Args:
            columns: All visits.
            rows: All forms.
            room: Width, in pixels.
        """
        name, *least = self._measure(columns, rows)
        fitting = max(1, (room - name) // max(least, default=1))
        if name + sum(least) <= room:
            fitting = max(len(columns), 1)
        count = -(-len(columns) // fitting) or 1
        # Bands of like width are easier to read than a full one and a rest.
        size = -(-len(columns) // count)
        cuts = [slice(at, at + size) for at in range(0, max(len(columns), 1), max(size, 1))]
        return [(list(columns[cut]), _rows_of(rows, cut)) for cut in cuts]

    def _measure(self, columns: Sequence[GridColumn], rows: Sequence[GridRow]) -> list[int]:
        """What each column needs so that nothing in it is cut.

        Qt's own hint looks only at the rows in sight, and asking its delegate is slow.
        """
        theme = current_theme()
        heading, title, cell = (
            QFontMetrics(theme.font(kind))
            for kind in ("caption_strong", "body_medium", "secondary")
        )
        words: dict[str, int] = {}
        names = [title.horizontalAdvance(row.title) + _PADDING for row in rows]
        widths = [max([*names, heading.horizontalAdvance(tr("Form")) + _HEAD])]
        for place, one in enumerate(columns):
            lines = (one.code, one.note)
            least = max(heading.horizontalAdvance(line) for line in lines) + _HEAD
            for row in rows:
                found = row.cells[place] if row.cells else None
                if found is not None:
                    word = found.look.word
                    if word not in words:
                        words[word] = 6 + theme.px(_ICON) + 6 + cell.horizontalAdvance(word) + 6
                    least = max(least, words[word])
            widths.append(least)
        return widths

    def _share_width(self) -> None:
        least = self._least
        spare = self.viewport().width() - sum(least)
        share, rest = divmod(max(spare, 0), max(len(least), 1))
        for place, width in enumerate(least):
            self.setColumnWidth(place, width + share + (rest if place == 0 else 0))

    def _whole_height(self) -> int:
        theme = current_theme()
        height = theme.px(_HEADER) + self._model.rowCount() * theme.px(_ROW) + 2
        wider = sum(self._least) > self.viewport().width()
        return height + (self.horizontalScrollBar().sizeHint().height() if wider else 0)

    def _pressed(self, index: QModelIndex) -> None:
        cell = self._model.cell(index)
        if cell is not None:
            self.chosen.emit(cell)


def _rows_of(rows: Sequence[GridRow], cut: slice) -> list[GridRow]:
    """Rows of some columns, without the forms that none of them asks for."""
    found: list[GridRow] = []
    for one in rows:
        if found and found[-1].heading and one.heading:
            found.pop()
        if one.heading or any(one.cells[cut]):
            found.append(GridRow(one.title, one.cells[cut]))
    if found and found[-1].heading:
        found.pop()
    return found
