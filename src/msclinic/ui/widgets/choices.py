"""Choosing among a few: the choices, their keys, and what every group of them shares.

Every choice has a key; the key printed is the key that answers. The groups say what was chosen and
keep nothing; ``segmented.py`` and ``multi_choice.py`` draw them.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QFocusEvent,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QPushButton

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import Painted, let_go

__all__ = ["Cell", "Choice", "ChoiceGroup", "keyed"]


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


class Cell(QPushButton):
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
        self.cells: list[Cell] = []
        self._size = size
        self._cursor = -1
        self._read_only = False
        self._answer: Answer | None = None

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other choices, normal first."""
        for cell in self.cells:
            let_go(cell)
        self.cells = [Cell(self, choice) for choice in choices]
        for cell in self.cells:
            cell.clicked.connect(self._cell_clicked)
            cell.show()
        self._cursor = -1
        self.updateGeometry()
        self.place_cells()

    def set_answer(self, answer: Answer | None) -> None:
        """Show a stored answer; None for none yet."""
        self._answer = answer
        codes = self.codes_of(answer)
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

    def paint_cell(self, painter: QPainter, cell: Cell) -> None:
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
        self.place_cells()

    def changeEvent(self, event: QEvent) -> None:
        """Place the cells again when the look has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self.place_cells()

    def place_cells(self) -> None:
        """Give each cell its place."""
        raise NotImplementedError

    def _cell_clicked(self) -> None:
        cell = self.sender()
        if isinstance(cell, Cell) and not self._read_only:
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
    def codes_of(answer: Answer | None) -> tuple[str, ...]:
        """The codes of the cells that an answer chooses."""
        if isinstance(answer, Code):
            return (answer.value,)
        if isinstance(answer, Codes):
            return answer.values
        if isinstance(answer, Missing):
            return (f"missing:{answer.reason}",)
        return ()
