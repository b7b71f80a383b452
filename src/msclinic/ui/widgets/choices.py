"""Choosing among a few: one of a row of segments, or several of a grid.

Every choice has a key; the key printed is the key that answers. Only a person's choice is filled:
a proposal is a dashed outline. The widgets say what was chosen and keep nothing.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton, QSizePolicy

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import Painted, frame_path, let_go, paint_frame
from msclinic.ui.widgets.buttons import paint_key

__all__ = ["Choice", "ChoiceGroup", "MultiChoice", "Segmented", "keyed"]


@frozen
class Choice:
    """One of the things to choose.

    Attributes:
        code: What is stored.
        label: What is read.
        key: The key that chooses it; empty for none.
    """

    code: str
    label: str
    key: str = ""


def keyed(pairs: Sequence[tuple[str, str]]) -> tuple[Choice, ...]:
    """Give choices their keys.

    A code or label that is one digit or letter is its own key; otherwise the choices count from 1,
    and those past the ninth have none.

    Args:
        pairs: Code and label of each, normal first.
    """
    for part in (0, 1):
        keys = [pair[part][:1] if len(pair[part].split()[0]) == 1 else "" for pair in pairs]
        if all(keys) and len(set(keys)) == len(keys):
            break
    else:
        keys = [str(place) if place <= 9 else "" for place in range(1, len(pairs) + 1)]
    return tuple(Choice(code, text, key) for (code, text), key in zip(pairs, keys, strict=True))


_TILE_KEY = 16


class _Cell(QPushButton):
    """One choice: reached by touch and by assistive tools, drawn by its group."""

    def __init__(self, group: "ChoiceGroup", choice: Choice):
        super().__init__(choice.label, group)
        self.choice = choice
        self._group = group
        self.setCheckable(True)
        # One of several is told to assistive tools as a radio button, the others as check boxes.
        self.setAutoExclusive(not group.several)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(choice.label)

    def sizeHint(self) -> QSize:
        """The least room in which its words stand whole."""
        return QSize(self._group.cell_width(self.choice, current_theme()), self.height())

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def nextCheckState(self) -> None:
        """Leave the state alone: the group sets it from the answer."""

    def set_chosen(self, chosen: bool) -> None:
        """Show it chosen or not; among radio buttons Qt would not let the last one go."""
        exclusive = self.autoExclusive()
        self.setAutoExclusive(False)
        self.setChecked(chosen)
        self.setAutoExclusive(exclusive)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw this cell's part of the group."""
        painter = QPainter(self)
        self._group.paint_cell(painter, self)
        painter.end()


class ChoiceGroup(Painted):
    """What segments and grids share: cells, keys, focus.

    Attributes:
        several: Whether several may be chosen together.

    Signals:
        answered: The ``Answer`` that a person has just given.
    """

    several = False

    answered = Signal(object)

    def __init__(self, name: str, size: int):
        """Make a group without choices.

        Args:
            name: Accessible name: the item's label.
            size: Height of a cell at 100 %.
        """
        super().__init__()
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.cells: list[_Cell] = []
        self._size = size
        self._cursor = -1
        self._read_only = False
        self._answer: Answer | None = None

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other choices, normal first."""
        for cell in self.cells:
            let_go(cell)
        self.cells = [_Cell(self, choice) for choice in choices]
        for cell in self.cells:
            cell.clicked.connect(self._cell_clicked)
            cell.show()
        self._cursor = -1
        self.updateGeometry()
        self._place()

    def set_answer(self, answer: Answer | None) -> None:
        """Show a stored answer; None for none yet."""
        self._answer = answer
        codes = self._codes(answer)
        for cell in self.cells:
            cell.set_chosen(cell.choice.code in codes)
        chosen = [cell.choice.label for cell in self.cells if cell.isChecked()]
        self.setAccessibleDescription(", ".join(chosen))
        self._repaint()

    def answer(self) -> Answer | None:
        """The answer shown."""
        return self._answer

    def spoken_role(self) -> QAccessible.Role:
        """A group of radio buttons or check boxes."""
        return QAccessible.Role.Grouping

    def spoken_value(self) -> str:
        """What is chosen."""
        return self.accessibleDescription()

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting choose."""
        self._read_only = read_only
        policy = Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus
        self.setFocusPolicy(policy)
        self._repaint()

    def choose(self, code: str) -> None:
        """Answer as if the choice had been pressed."""
        raise NotImplementedError

    def cell_width(self, choice: Choice, theme: Theme) -> int:
        """The least width of a choice."""
        raise NotImplementedError

    def paint_cell(self, painter: QPainter, cell: _Cell) -> None:
        """Draw one cell in its own coordinates."""
        raise NotImplementedError

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and letters answer, arrows walk, Space answers, Enter goes on."""
        if self._read_only:
            super().keyPressEvent(event)
            return
        typed = event.text().upper()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self._cursor >= 0 and not self.cells[self._cursor].isChecked():
                self.choose(self.cells[self._cursor].choice.code)
            self.focusNextChild()
            return
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.cells:
            step = 1 if event.key() == Qt.Key.Key_Right else -1
            start = self._cursor if self._cursor >= 0 else self._first_checked(step)
            self._cursor = (start + step) % len(self.cells)
            self._repaint()
            return
        if event.key() == Qt.Key.Key_Space and self._cursor >= 0:
            self.choose(self.cells[self._cursor].choice.code)
            return
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        for cell in self.cells:
            if plain and typed and cell.choice.key.upper() == typed:
                self._cursor = -1
                self.choose(cell.choice.code)
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that keys go here."""
        super().focusInEvent(event)
        self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget where the arrows had been."""
        super().focusOutEvent(event)
        self._cursor = -1
        self._repaint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the cells again."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Place the cells again when the look has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._place()

    def _place(self) -> None:
        raise NotImplementedError

    def _cell_clicked(self) -> None:
        cell = self.sender()
        if isinstance(cell, _Cell) and not self._read_only:
            self.setFocus(Qt.FocusReason.MouseFocusReason)
            self.choose(cell.choice.code)

    def _first_checked(self, step: int) -> int:
        for place, cell in enumerate(self.cells):
            if cell.isChecked():
                return place
        return -1 if step > 0 else 0

    def _repaint(self) -> None:
        self.update()
        for cell in self.cells:
            cell.update()

    @staticmethod
    def _codes(answer: Answer | None) -> tuple[str, ...]:
        if isinstance(answer, Code):
            return (answer.value,)
        if isinstance(answer, Codes):
            return answer.values
        if isinstance(answer, Missing):
            return (f"missing:{answer.reason}",)
        return ()


class Segmented(ChoiceGroup):
    """A row of segments, of which one is chosen.

    Signals:
        answered: A ``Code``; or ``Missing`` for a choice whose code is ``missing:<reason>``.
    """

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice] = (),
        *,
        size: int = 44,
        stretch: bool = False,
        print_keys: bool = False,
    ):
        """Make a row.

        Args:
            name: Accessible name: the item's label.
            choices: Normal first.
            size: Height at 100 %: 44 at the chair, 36 at a desk.
            stretch: Whether the segments fill the width they are given.
            print_keys: Whether the keys are printed beside the words.
        """
        super().__init__(name, size)
        self._stretch, self._print_keys = stretch, print_keys
        self._proposed = ""
        self._tone = ""
        policy = QSizePolicy.Policy.Expanding if stretch else QSizePolicy.Policy.Fixed
        self.setSizePolicy(policy, QSizePolicy.Policy.Fixed)
        self.set_choices(choices)

    def set_proposal(self, code: str) -> None:
        """Outline what a rule proposes; empty for none. It is no answer."""
        self._proposed = code
        self._repaint()

    def set_tone(self, tone: str) -> None:
        """Draw the edge as ``att`` or ``stop`` where a check speaks; empty for none."""
        self._tone = tone
        self._repaint()

    def choose(self, code: str) -> None:
        """Answer with a code; the same one again says nothing new."""
        answer: Answer = Code(code)
        if code.startswith("missing:"):
            answer = Missing(code.removeprefix("missing:"))
        if answer == self._answer:
            return
        self.set_answer(answer)
        self.answered.emit(answer)

    def sizeHint(self) -> QSize:
        """All words whole, beside each other."""
        theme = current_theme()
        width = sum(self.cell_width(cell.choice, theme) for cell in self.cells)
        return QSize(max(width, 1), theme.px(self._size))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def cell_width(self, choice: Choice, theme: Theme) -> int:
        """The word with its padding; a bare digit is as wide as a finger."""
        metrics = QFontMetrics(theme.font("body_strong"))
        width = metrics.horizontalAdvance(choice.label) + 2 * (12 if self._size < 44 else 14)
        if self._prints(choice):
            width += theme.px(20) + 6
        return max(width, theme.px(40 if self._size < 44 else 48))

    def _prints(self, choice: Choice) -> bool:
        return self._print_keys and bool(choice.key) and not choice.label.startswith(choice.key)

    def _place(self) -> None:
        theme = current_theme()
        widths = [self.cell_width(cell.choice, theme) for cell in self.cells]
        spare = self.width() - sum(widths)
        if self._stretch and self.cells and spare > 0:
            widths = _levelled(widths, self.width())
        x = 0
        for cell, width in zip(self.cells, widths, strict=True):
            cell.setGeometry(x, 0, width, self.height())
            x += width

    def paint_cell(self, painter: QPainter, cell: _Cell) -> None:
        """Draw the whole row as seen through one cell, so that corners and edges agree."""
        theme = current_theme()
        painter.translate(-cell.x(), 0)
        whole = QRect(0, 0, self.cells[-1].geometry().right() + 1, self.height())
        focused = self.hasFocus()
        edge = theme.color("accent" if focused else (self._tone or "edge"))
        fill = None if self._read_only else theme.color("surface")
        if self._read_only:
            edge = theme.color("line")
        paint_frame(painter, whole, fill=fill, edge=None)
        inset = 4 if focused else 0
        painter.save()
        painter.setClipPath(
            frame_path(whole, 6 - inset // 2, inset), Qt.ClipOperation.IntersectClip
        )
        self._paint_ground(painter, theme, cell)
        painter.restore()
        width = 2 if focused or self._tone else 1
        paint_frame(painter, whole, fill=None, edge=edge, width=width)
        self._paint_words(painter, theme, cell)

    def _paint_ground(self, painter: QPainter, theme: Theme, cell: _Cell) -> None:
        place = self.cells.index(cell)
        rect = cell.geometry()
        if cell.isChecked():
            token = "sunken" if self._read_only else "accent"
            painter.fillRect(rect, theme.color(token))
        elif place == self._cursor or (cell.underMouse() and not self._read_only):
            painter.fillRect(rect, theme.color("accentbg"))
        after = place + 1 < len(self.cells)
        if after and not cell.isChecked() and not self.cells[place + 1].isChecked():
            painter.fillRect(rect.right(), 0, 1, self.height(), theme.color("line"))
        if cell.choice.code == self._proposed and not cell.isChecked():
            pen = QPen(theme.color("accent"), 2)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(rect).adjusted(2, 3, -3, -3))

    def _paint_words(self, painter: QPainter, theme: Theme, cell: _Cell) -> None:
        ink = "text"
        if cell.isChecked() and not self._read_only:
            ink = "accenttext"
        elif cell.choice.code == self._proposed:
            ink = "accent"
        painter.setPen(theme.color(ink))
        strong = cell.isChecked() or len(cell.choice.label) <= 2 or self._size >= 44
        painter.setFont(theme.font("body_strong" if strong else "body_medium"))
        rect = cell.geometry()
        if self._prints(cell.choice):
            key = theme.px(20)
            box = QRect(rect.right() - key - 6, (self.height() - key) // 2, key, key)
            boxed = self.hasFocus() and not cell.isChecked()
            color = theme.color(ink if cell.isChecked() else "text2")
            paint_key(painter, box, cell.choice.key, color, boxed=boxed)
            painter.setPen(theme.color(ink))
            painter.setFont(theme.font("body_strong" if strong else "body_medium"))
            rect = rect.adjusted(8, 0, -key - 8, 0)
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, cell.choice.label)


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
        held = set(self._codes(self._answer)) if isinstance(self._answer, Codes) else set()
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

    def paint_cell(self, painter: QPainter, cell: _Cell) -> None:
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

    def _alone(self) -> _Cell | None:
        return next((cell for cell in self.cells if cell.choice.code == self._none), None)

    def _others(self) -> list[_Cell]:
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

    def _place(self) -> None:
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


def _levelled(widths: Sequence[int], total: int) -> list[int]:
    """Share a width out as evenly as the least widths allow."""
    level = total // len(widths)
    while True:
        wide = [width for width in widths if width > level]
        narrow = len(widths) - len(wide)
        lower = (total - sum(wide)) // narrow if narrow else level
        if lower == level or not narrow:
            break
        level = lower
    shared = [max(width, level) for width in widths]
    shared[-1] += total - sum(shared)
    return shared
