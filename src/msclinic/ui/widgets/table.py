"""A list of the house: whole rows are chosen, Enter opens, nothing scrolls sideways."""

from PySide6.QtCore import QAbstractItemModel, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHeaderView, QTableView, QWidget

from msclinic.ui.padded_cells import PaddedCells
from msclinic.ui.row_model import Index
from msclinic.ui.theme import current_theme

__all__ = ["ListTable"]

_MEASURED = 200


class ListTable(QTableView):
    """A table whose rows are things to open.

    Signals:
        opened: Row of the model that was pressed, or chosen with Enter.
        chosen: Row of the model that is current now; -1 for none.
    """

    opened = Signal(int)
    chosen = Signal(int)

    def __init__(
        self, name: str, model: QAbstractItemModel, *, row: int = 48, parent: QWidget | None = None
    ) -> None:
        """Make a list.

        Args:
            name: Accessible name.
            model: What it shows.
            row: Height of a row at 100 %.
            parent: Its owner.
        """
        super().__init__(parent)
        theme = current_theme()
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(PaddedCells(self))
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(True)
        self.setTabKeyNavigation(False)
        self.setIconSize(QSize(theme.px(20), theme.px(20)))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(row))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        # Long lists are measured by their first rows.
        header.setResizeContentsPrecision(_MEASURED)
        self.clicked.connect(self._clicked)

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
