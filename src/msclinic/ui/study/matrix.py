"""A table of marks: forms down, visits or roles across, as a protocol prints its schedule.

A filled mark says always, a ring says when it is needed; shape and words, never colour alone. It
opens nothing.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from msclinic.ui.row_model import Index, RowModel
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted, column, label, row
from msclinic.wording import tr

__all__ = ["Column", "Line", "Mark", "MarkSample", "Matrix", "MatrixModel", "MatrixOrList"]

_ROW, _MARK, _PAD, _NAME = 32, 10, 6, 24
# Names longer than this take two lines.
_WIDEST = 232
_CENTER = int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop) | int(
    Qt.TextFlag.TextWordWrap
)
_NAMED = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(
    Qt.TextFlag.TextWordWrap
)
MARK = Qt.ItemDataRole.UserRole


@frozen
class Mark:
    """What holds where a line and a column meet.

    Attributes:
        filled: Always; else when it is needed.
        word: The same in a word.
    """

    filled: bool
    word: str


@frozen
class Column:
    """One column.

    Attributes:
        code: Its short name.
        title: Its name.
        note: What else to know, such as its day.
    """

    code: str
    title: str
    note: str = ""

    def lines(self) -> str:
        """Everything beneath the code."""
        return "\n".join(part for part in (self.title, self.note) if part)


@frozen
class Line:
    """One line, or the heading of those beneath it.

    Attributes:
        title: What it is about.
        marks: One for each column; None where nothing holds; empty for a heading.
    """

    title: str
    marks: tuple[Mark | None, ...] = ()

    @property
    def heading(self) -> bool:
        """Whether it only names the lines beneath."""
        return not self.marks


class MatrixModel(RowModel[Line]):
    """Lines of marks; the first column names the line."""

    def __init__(
        self, corner: str, columns: Sequence[Column], lines: Sequence[Line], note: str = ""
    ) -> None:
        """Take what is shown.

        Args:
            corner: What the lines are.
            columns: Across.
            lines: Down.
            note: What else its legend says.
        """
        super().__init__()
        self.across, self.note = tuple(columns), note
        self._names = (corner, *(one.code for one in columns))
        self.set_rows(list(lines))

    def columns(self) -> Sequence[str]:
        """Short names."""
        return self._names

    def cell(self, row: Line, column: int, role: int) -> Any:
        """Names and marks."""
        theme = current_theme()
        if role == Qt.ItemDataRole.BackgroundRole and row.heading:
            return theme.color("sunken")
        if column == 0:
            return {
                Qt.ItemDataRole.DisplayRole: row.title,
                Qt.ItemDataRole.FontRole: theme.font(
                    "caption_strong" if row.heading else "body_medium"
                ),
                Qt.ItemDataRole.ForegroundRole: theme.color("text2" if row.heading else "text"),
            }.get(Qt.ItemDataRole(role))
        mark = row.marks[column - 1] if row.marks else None
        if role == MARK:
            return mark
        if role == Qt.ItemDataRole.ToolTipRole and mark is not None:
            return f"{row.title}, {self.across[column - 1].title}: {mark.word}"
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A mark is read aloud with its line and column."""
        if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid() and index.column():
            row = self.row(index.row())
            title = self.across[index.column() - 1].title
            mark = row.marks[index.column() - 1] if row.marks else None
            return f"{row.title}, {title}: {mark.word if mark else tr('no')}"
        return super().data(index, role)

    def legend(self) -> dict[bool, str]:
        """What a filled mark and a ring say."""
        marks = dict.fromkeys(mark for line in self._rows for mark in line.marks if mark)
        return {
            filled: ", ".join(mark.word for mark in marks if mark.filled is filled)
            for filled in (True, False)
        }

    def line_title(self, place: int) -> str:
        """What a line is about."""
        return self.row(place).title


class Matrix(QTableView):
    """The table; its head stays in sight."""

    def __init__(self, name: str, model: MatrixModel) -> None:
        super().__init__()
        theme = current_theme()
        self.marks = model
        self.setAccessibleName(name)
        self.setModel(model)
        self.setItemDelegate(_MarkPainter(self))
        self._head = _Head(model, self)
        self.setHorizontalHeader(self._head)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QTableView.SelectionMode.NoSelection)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.px(_ROW))
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)

    def needs(self) -> int:
        """The least width at which nothing in it is cut."""
        bar = self.verticalScrollBar().sizeHint().width()
        return sum(self._least()) + bar + 4

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width: names keep their own, the columns are alike."""
        super().resizeEvent(event)
        name, *others = self._least()
        spare = max(0, self.viewport().width() - name - sum(others))
        share = spare // (len(others) + 1)
        for place, width in enumerate(others, start=1):
            self.setColumnWidth(place, width + share)
        self.setColumnWidth(0, self.viewport().width() - sum(others) - share * len(others))
        self._head.fit()

    def _least(self) -> list[int]:
        theme, model = current_theme(), self.marks
        names = [
            QFontMetrics(
                theme.font("caption_strong" if model.row(place).heading else "body_medium")
            ).horizontalAdvance(model.line_title(place))
            for place in range(model.rowCount())
        ]
        widest = min(max(names, default=0), theme.px(_WIDEST))
        return [widest + _NAME, *(self._head.least(one) for one in model.across)]


class MatrixOrList(QWidget):
    """The table where its columns fit, otherwise the same as a list of words."""

    def __init__(self, name: str, model: MatrixModel, words: QWidget) -> None:
        """Take both.

        Args:
            name: What it is.
            model: The marks.
            words: The list.
        """
        super().__init__()
        self.matrix, self._words = Matrix(name, model), words
        self._legend = QWidget()
        line = row(gap=8, margins=(0, 0, 0, 8))
        for filled, word in model.legend().items():
            line.addWidget(MarkSample(filled=filled))
            line.addWidget(label(word, "secondary", "text2"))
            line.addSpacing(8)
        line.addStretch(1)
        line.addWidget(label(model.note, "secondary", "text2"))
        self._legend.setLayout(line)
        lines = column(gap=0)
        lines.addWidget(self._legend)
        lines.addWidget(self.matrix, 1)
        lines.addWidget(words, 1)
        lines.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        self.setLayout(lines)

    def minimumSizeHint(self) -> QSize:
        """One of the two always has room."""
        return QSize(240, 160)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Choose."""
        super().resizeEvent(event)
        fits = self.matrix.needs() <= event.size().width()
        for part in (self.matrix, self._legend):
            part.setVisible(fits)
        self._words.setVisible(not fits)


class _Head(QHeaderView):
    """Code over name and note, wrapped in the width of the column."""

    def __init__(self, model: MatrixModel, parent: QTableView) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._across = model.across
        self._corner = model.columns()[0]
        self.setSectionsClickable(False)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumSectionSize(24)

    def sectionSizeFromContents(self, place: int) -> QSize:
        """What a column's head needs; the names take what the table gives them."""
        least = self.least(self._across[place - 1]) if place else 0
        return QSize(least, self.height())

    def least(self, column: Column) -> int:
        """The width of its longest word."""
        theme = current_theme()
        strong, plain = (QFontMetrics(theme.font(one)) for one in ("caption_strong", "caption"))
        words = [plain.horizontalAdvance(word) for word in column.title.split()]
        notes = [plain.horizontalAdvance(line) for line in column.note.split("\n")]
        return max([strong.horizontalAdvance(column.code), *words, *notes]) + 2 * _PAD + 2

    def fit(self) -> None:
        """Take the height that the most wrapped name needs."""
        theme = current_theme()
        plain = QFontMetrics(theme.font("caption"))
        lines = 0
        for place, one in enumerate(self._across, start=1):
            room = QRect(0, 0, self.sectionSize(place) - 2 * _PAD, 10_000)
            lines = max(lines, plain.boundingRect(room, _CENTER, one.lines()).height())
        self.setFixedHeight(theme.line("caption") + lines + 2 * _PAD + 2)

    def paintSection(self, painter: QPainter, rect: QRect, section: int) -> None:
        """Draw one column's head."""
        theme = current_theme()
        painter.save()
        painter.fillRect(rect, theme.color("sunken"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("caption_strong"))
        inner = rect.adjusted(_PAD, _PAD, -_PAD, -_PAD)
        if section == 0:
            left = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom)
            painter.drawText(inner.adjusted(6, 0, 0, 0), left, self._corner)
        else:
            column = self._across[section - 1]
            painter.drawText(inner, _CENTER, column.code)
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            below = inner.adjusted(0, theme.line("caption"), 0, 0)
            painter.drawText(below, _CENTER, column.lines())
        painter.restore()


class _MarkPainter(QStyledItemDelegate):
    """Names to the left, marks in the middle, headings as a band."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one cell."""
        theme = current_theme()
        rect: QRect = option.rect
        painter.save()
        ground = index.data(Qt.ItemDataRole.BackgroundRole)
        if ground is not None:
            painter.fillRect(rect, ground)
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.color("line"))
        if index.column() == 0:
            painter.setFont(index.data(Qt.ItemDataRole.FontRole))
            painter.setPen(index.data(Qt.ItemDataRole.ForegroundRole))
            painter.drawText(rect.adjusted(_NAME // 2, 0, -_PAD, 0), _NAMED, str(index.data()))
        mark = index.data(MARK)
        if isinstance(mark, Mark):
            _paint_mark(painter, rect, filled=mark.filled)
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """As high as its name; the width is shared out by the table."""
        theme = current_theme()
        if index.column():
            return QSize(0, theme.px(_ROW))
        room = QRect(0, 0, option.rect.width() - _NAME // 2 - _PAD, 10_000)
        metrics = QFontMetrics(index.data(Qt.ItemDataRole.FontRole))
        lines = metrics.boundingRect(room, _NAMED, str(index.data()))
        return QSize(0, max(theme.px(_ROW), lines.height() + 2 * _PAD))


class MarkSample(Painted):
    """A mark as it stands in a legend."""

    def __init__(self, *, filled: bool) -> None:
        super().__init__()
        self._filled = filled

    def sizeHint(self) -> QSize:
        """As large as an icon."""
        side = current_theme().px(16)
        return QSize(side, side)

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: object) -> None:
        """Draw the mark."""
        painter = QPainter(self)
        _paint_mark(painter, self.rect(), filled=self._filled)
        painter.end()


def _paint_mark(painter: QPainter, rect: QRect, *, filled: bool) -> None:
    theme = current_theme()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    side = theme.px(_MARK)
    place = QRectF(0, 0, side, side)
    place.moveCenter(QRectF(rect).center())
    painter.setPen(QPen(theme.color("accent"), 2))
    painter.setBrush(theme.color("accent") if filled else Qt.BrushStyle.NoBrush)
    painter.drawEllipse(place)
