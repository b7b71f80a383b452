"""The journal as a list: a row for every entry, of which only those in view are read."""

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from msclinic.services.journal_model import JournalLine
from msclinic.services.journal_words import what_words, where_words, who_words, why_words
from msclinic.services.session import Session
from msclinic.ui.icons import menu_icon
from msclinic.ui.padded_cells import PaddedCells
from msclinic.ui.theme import current_theme
from msclinic.wording import current_language, date_text, time_text, tr

__all__ = ["JournalModel", "JournalTable"]

_Index = QModelIndex | QPersistentModelIndex
_KEPT = 4000
_WHY = 4
_ROW = 52
# Shares of the width that is left beside time and person.
_TIME, _WHO = 176, 116
_SHARES = {2: 36, 3: 36, 4: 28}


class JournalModel(QAbstractTableModel):
    """Entries under five columns; a row that was not read yet is blank."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._positions: list[int] = []
        self._lines: OrderedDict[int, JournalLine] = OrderedDict()

    def columns(self) -> tuple[str, ...]:
        """Their names."""
        return (tr("Typed"), tr("Who"), tr("Where"), tr("What was done"), tr("Why"))

    def set_positions(self, positions: list[int]) -> None:
        """Show other entries, none of them read."""
        self.beginResetModel()
        self._positions = positions
        self._lines.clear()
        self.endResetModel()

    def fill(self, lines: Iterable[JournalLine]) -> None:
        """Take in what was read."""
        for line in lines:
            self._lines[line.row.position] = line
        while len(self._lines) > _KEPT:
            self._lines.popitem(last=False)
        last = self.index(max(len(self._positions) - 1, 0), self.columnCount() - 1)
        self.dataChanged.emit(self.index(0, 0), last)

    def unread(self, first: int, last: int) -> list[int]:
        """Places of the entries in some rows that are to be read."""
        return [one for one in self._positions[first : last + 1] if one not in self._lines]

    def line(self, place: int) -> JournalLine | None:
        """What a row is about, if it was read."""
        if not 0 <= place < len(self._positions):
            return None
        return self._lines.get(self._positions[place])

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many entries."""
        return 0 if parent.isValid() else len(self._positions)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """Five."""
        return 0 if parent.isValid() else len(self.columns())

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Names of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns()):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns()[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell says; read aloud with the name of its column."""
        line = self.line(index.row()) if index.isValid() else None
        theme = current_theme()
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body")
        if line is None:
            return tr("…") if role == Qt.ItemDataRole.DisplayRole and index.column() == 0 else None
        if role == Qt.ItemDataRole.DisplayRole:
            return self._words(line, index.column())
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = self._words(line, index.column())
            return f"{self.columns()[index.column()]}: {words}"
        if (
            role == Qt.ItemDataRole.DecorationRole
            and index.column() == 0
            and line.clock is not None
        ):
            return menu_icon("attention", theme.color("att"))
        if role == Qt.ItemDataRole.ForegroundRole and line.row.waiting:
            return theme.color("text2")
        return None

    def _words(self, line: JournalLine, place: int) -> str:
        session, language = self._session, current_language()
        if place == 0:
            at = line.row.entry.typed_at
            day = date_text(at.astimezone(session.zone).date())
            return f"{day} {time_text(at, session.zone, seconds=True)}\n{line.code}".rstrip()
        if place == 1:
            role = session.study.roles.get(line.role)
            beneath = role.short.text(language) if role and line.account else ""
            return f"{who_words(session, line)}\n{beneath}".rstrip()
        if place == 2:
            visit, _, rest = where_words(session, line, language).partition(" · ")
            return f"{visit}\n{rest}".rstrip()
        if place == _WHY:
            return why_words(line, language)
        return what_words(session, line, language)


class JournalTable(QTableView):
    """The list; whole rows are chosen, Enter opens, no word of a row in view is cut.

    Signals:
        opened: Row that was pressed, or chosen with Enter.
        chosen: Row that is current now; -1 for none.
    """

    opened = Signal(int)
    chosen = Signal(int)

    def __init__(self, name: str, model: JournalModel) -> None:
        """Make a list of a model under an accessible name."""
        super().__init__()
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
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(theme.px(_ROW))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        # Rows in view are measured one by one: by rows the bar stays where it is meanwhile.
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerItem)
        self.verticalScrollBar().valueChanged.connect(self.fit_view)
        model.dataChanged.connect(self.fit_view)
        self.clicked.connect(self._clicked)

    def rows_in_view(self) -> tuple[int, int]:
        """First and last row that can be seen."""
        first = max(self.rowAt(0), 0)
        last = self.rowAt(self.viewport().height() - 1)
        return first, self.model().rowCount() - 1 if last < 0 else last

    def fit_view(self) -> None:
        """Make the rows in view as high as their words, the others stay as they are."""
        first, last = self.rows_in_view()
        least = self.verticalHeader().defaultSectionSize()
        for place in range(first, last + 1):
            wanted = max(least, self.sizeHintForRow(place))
            if self.rowHeight(place) != wanted:
                self.setRowHeight(place, wanted)

    def without(self, columns: Sequence[int]) -> None:
        """Leave out some columns."""
        for place in range(self.model().columnCount()):
            self.setColumnHidden(place, place in columns)
        self._share()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The columns share the width."""
        super().resizeEvent(event)
        self._share()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens the chosen row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        """Say which row is chosen."""
        super().currentChanged(current, previous)
        self.chosen.emit(current.row() if current.isValid() else -1)

    def _clicked(self, index: _Index) -> None:
        self.opened.emit(index.row())

    def _share(self) -> None:
        theme = current_theme()
        self.setColumnWidth(0, theme.px(_TIME))
        self.setColumnWidth(1, theme.px(_WHO))
        left = self.viewport().width() - theme.px(_TIME) - theme.px(_WHO)
        shown = {one: part for one, part in _SHARES.items() if not self.isColumnHidden(one)}
        for place, part in shown.items():
            self.setColumnWidth(place, max(left * part // sum(shown.values()), 40))
        self.fit_view()
