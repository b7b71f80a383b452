"""A list of the house: whole rows are chosen, Enter opens, nothing scrolls sideways.

Where its columns have no room beside each other, as at large text, each row flows in lines.
"""

from collections.abc import Sequence

from PySide6.QtCore import QAbstractItemModel, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from msclinic.ui.padded_cells import PaddedCells
from msclinic.ui.row_model import Index
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.folded_rows import FoldedRows, cell_parts

__all__ = ["ListTable"]

_MEASURED = 200
_SAMPLE = 50
# Each row of a longer list is as high as the highest of the first ones.
_ROW_BY_ROW = 400
# Room in a cell beside its words, and the least width of one whose words may wrap.
_CELL, _WRAPPED = 24, 220


class ListTable(QTableView):
    """A table whose rows are things to open.

    Signals:
        opened: Row of the model that was pressed, or chosen with Enter.
        chosen: Row of the model that is current now; -1 for none.
    """

    opened = Signal(int)
    chosen = Signal(int)

    def __init__(
        self,
        name: str,
        model: QAbstractItemModel,
        *,
        row: int = 48,
        long: Sequence[int] = (),
        flows: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        """Make a list.

        Args:
            name: Accessible name.
            model: What it shows.
            row: Height of a row at 100 %.
            long: Columns whose words may take several lines; they share the width that is left.
            flows: Whether its rows flow in lines at any width.
            parent: Its owner.
        """
        super().__init__(parent)
        theme = current_theme()
        self._long, self._row, self._flows = tuple(long), row, flows
        self._folded = self._headless = False
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(PaddedCells(self))
        self._folds = FoldedRows(self)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(theme.px(20), theme.px(20)))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setStretchLastSection(True)
        # Long lists are measured by their first rows.
        header.setResizeContentsPrecision(_MEASURED)
        self._changed = QTimer(self)
        self._changed.setSingleShot(True)
        self._changed.timeout.connect(self._fit)
        for signal in (model.modelReset, model.layoutChanged, model.rowsInserted):
            signal.connect(self._changed.start)
        model.dataChanged.connect(self._changed.start)
        self._arrange()
        self.clicked.connect(self._clicked)

    @property
    def folded(self) -> bool:
        """Whether rows flow in lines, as there is no room for columns."""
        return self._folded

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns where they fit, otherwise lines."""
        super().resizeEvent(event)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Say which row is chosen."""
        super().currentChanged(current, previous)
        self.chosen.emit(current.row() if current.isValid() else -1)

    def _clicked(self, index: Index) -> None:
        self.opened.emit(index.row())

    def _fit(self) -> None:
        folded = self._flows or self._needed() > self.viewport().width()
        if folded != self._folded:
            self._folded = folded
            self._arrange()
        if folded:
            self._even_out()

    def _arrange(self) -> None:
        theme, header, rows = current_theme(), self.horizontalHeader(), self.verticalHeader()
        self.setItemDelegateForColumn(0, self._folds if self._folded else self.itemDelegate())
        if self._folded:
            self._headless = header.isHidden()
        header.setVisible(not (self._folded or self._headless))
        fitting = QHeaderView.ResizeMode.ResizeToContents
        stretching = QHeaderView.ResizeMode.Stretch
        for place in range(self.model().columnCount()):
            self.setColumnHidden(place, self._folded and place > 0)
            wide = place in self._long or (self._folded and place == 0)
            header.setSectionResizeMode(place, stretching if wide else fitting)
        by_row = self._folded or self._long
        rows.setSectionResizeMode(fitting if by_row else QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(self._row))

    def _even_out(self) -> None:
        """Measuring each row of a very long list would keep the window waiting."""
        count = self.model().rowCount()
        rows = self.verticalHeader()
        if count <= _ROW_BY_ROW:
            rows.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
            return
        highest = max(self.sizeHintForRow(place) for place in range(_SAMPLE))
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(highest)

    def _needed(self) -> int:
        """The least width at which every column shows its words."""
        theme, model, header = current_theme(), self.model(), self.horizontalHeader()
        whole = 0
        for column in range(model.columnCount()):
            widest = 0
            for place in range(min(model.rowCount(), _SAMPLE)):
                parts = cell_parts(model.index(place, column))
                metrics = QFontMetrics(parts.font)
                lines = parts.words.split("\n")
                words = max(metrics.horizontalAdvance(line) for line in lines)
                widest = max(widest, words + parts.icon_side() + _CELL)
            if column in self._long:
                widest = min(widest, theme.px(_WRAPPED))
            whole += max(widest, header.sectionSizeHint(column))
        return whole
