"""A grid of tiles, of which several may be chosen."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QSizePolicy

from msclinic.domain.values import Codes
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import paint_frame
from msclinic.ui.widgets.buttons import paint_key
from msclinic.ui.widgets.choices import Cell, Choice, ChoiceGroup

__all__ = ["MultiChoice"]

_TILE_KEY = 16


class MultiChoice(ChoiceGroup):
    """A grid of which several may be chosen; the one that means none stands alone at the left.

    Where there is no room beside it, the others stand beneath it.

    Signals:
        answered: ``Codes`` in the order of the choices, after each press.
    """

    several = True

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice] = (),
        *,
        none_code: str = "",
        columns: int = 5,
        size: int = 44,
    ):
        """Make a grid.

        Args:
            name: Accessible name: the item's label.
            choices: In reading order.
            none_code: The choice that excludes all others; empty where there is none.
            columns: Columns beside the one that means none.
            size: Height of a cell at 100 %.
        """
        super().__init__(name, size)
        self._none, self._columns = none_code, max(1, columns)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_choices(choices)

    def choose(self, code: str) -> None:
        """Add a code, or take it away; none and the others exclude each other."""
        held = set(self.codes_of(self._answer)) if isinstance(self._answer, Codes) else set()
        if code in held:
            held.discard(code)
        elif code == self._none:
            held = {code}
        else:
            held = (held | {code}) - {self._none}
        chosen: tuple[Any, ...] = tuple(
            cell.choice.code for cell in self.cells if cell.choice.code in held
        )
        answer = Codes(chosen)
        self.set_answer(answer if answer.values else None)
        self.answered.emit(answer)

    def sizeHint(self) -> QSize:
        """As many columns as are wanted."""
        columns = min(self._columns, max(1, len(self._others())))
        return QSize(self._width_of(columns), self._height_of(columns))

    def minimumSizeHint(self) -> QSize:
        """One column; no word is ever cut."""
        theme = current_theme()
        widest = max((self.cell_width(cell.choice, theme) for cell in self.cells), default=0)
        return QSize(widest, self._height_of(self._columns))

    def hasHeightForWidth(self) -> bool:
        """Fewer columns make more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the rows at a width."""
        rows = current_theme().px(self._size) + 8 if self._stacked(width) else 0
        return rows + self._height_of(self._fitting(width))

    def cell_width(self, choice: Choice, theme: Theme) -> int:
        """The word, its key or tick, and the padding."""
        metrics = QFontMetrics(theme.font("label_strong"))
        return metrics.horizontalAdvance(choice.label) + theme.px(_TILE_KEY) + 13

    def paint_cell(self, painter: QPainter, cell: Cell) -> None:
        """Draw one tile."""
        theme = current_theme()
        rect = cell.rect()
        chosen = cell.isChecked()
        at_cursor = self.cells.index(cell) == self._cursor
        fill = theme.color("accent" if chosen else "surface")
        ink = theme.color("accenttext" if chosen else "text")
        if self._read_only:
            fill = theme.color("sunken" if chosen else "bg")
            ink = theme.color("text" if chosen else "text2")
        elif not chosen and (at_cursor or cell.underMouse()):
            fill = theme.color("accentbg")
        edge = theme.color("accent" if chosen or self.hasFocus() else "edge")
        if self._read_only:
            edge = theme.color("line")
        width = 2 if at_cursor else 1
        paint_frame(painter, rect, fill=fill, edge=edge, radius=8, width=width)
        side = theme.px(_TILE_KEY)
        key_box = QRect(rect.right() - side - 3, (rect.height() - side) // 2, side, side)
        words = rect.adjusted(8, 0, -side - 3, 0)
        if chosen:
            draw_icon(painter, "stored", ink, key_box.x(), key_box.y(), side)
        elif cell.choice.key and not self._read_only:
            boxed = self.hasFocus()
            paint_key(painter, key_box, cell.choice.key, theme.color("text2"), boxed=boxed)
        painter.setPen(ink)
        painter.setFont(theme.font("label_strong"))
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(words, left, cell.choice.label)

    def _alone(self) -> Cell | None:
        return next((cell for cell in self.cells if cell.choice.code == self._none), None)

    def _others(self) -> list[Cell]:
        return [cell for cell in self.cells if cell.choice.code != self._none]

    def _width_of(self, columns: int) -> int:
        theme = current_theme()
        widest = max((self.cell_width(cell.choice, theme) for cell in self._others()), default=0)
        alone = self._alone()
        first = self.cell_width(alone.choice, theme) + 8 if alone else 0
        return first + columns * (widest + 8) - 8

    def _height_of(self, columns: int) -> int:
        rows = max(1, -(-len(self._others()) // columns))
        return rows * (current_theme().px(self._size) + 8) - 8

    def _fitting(self, width: int) -> int:
        columns = min(self._columns, max(1, len(self._others())))
        while columns > 1 and self._width_of(columns) > width:
            columns -= 1
        return columns

    def _stacked(self, width: int) -> bool:
        """Whether the one that means none has a row of its own."""
        return self._alone() is not None and self._width_of(1) > width

    def place_cells(self) -> None:
        """Give each cell its place."""
        theme = current_theme()
        others, alone = self._others(), self._alone()
        columns = self._fitting(self.width())
        step = theme.px(self._size) + 8
        start = first_line = 0
        if alone and self._stacked(self.width()):
            alone.setGeometry(0, 0, self.width(), step - 8)
            first_line = 1
        elif alone:
            spare = max(0, self.width() - self._width_of(columns)) // (columns + 1)
            first = self.cell_width(alone.choice, theme) + spare
            # Large enough to be hit first, never a wall.
            alone.setGeometry(0, 0, first, min(self._height_of(columns), 2 * step - 8))
            start = first + 8
        room = self.width() - start + 8
        for place, cell in enumerate(others):
            line, at = divmod(place + first_line * columns, columns)
            left, right = at * room // columns, (at + 1) * room // columns - 8
            cell.setGeometry(start + left, line * step, right - left, step - 8)
