"""A scale of many steps, all in sight, answered by typing the step.

A step answers as soon as no other can be meant; until then it is marked and Enter takes it. What a
rule proposes is a dashed outline and never an answer.
"""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QPushButton, QSizePolicy

from msclinic.domain.values import Answer, Code
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import paint_frame
from msclinic.ui.widgets.choices import Choice, ChoiceGroup

__all__ = ["TypedChoices", "typed_forms"]

_GAP = 4
_PADDING = 8


def typed_forms(codes: Sequence[str]) -> dict[str, str]:
    """Every way to type each code: ``4.5`` as ``4.5`` or ``45``, ``4.0`` also as ``4``.

    A way that is another code's own is left to that code: ``10`` is 10 and not 1.0.
    """
    found = {code: code for code in codes}
    for code in codes:
        whole, point, part = code.partition(".")
        if point:
            found.setdefault(whole + part, code)
            if part == "0":
                found.setdefault(whole, code)
    return found


class TypedChoices(ChoiceGroup):
    """Cells in columns, of which one is chosen.

    Signals:
        answered: A ``Code``.
    """

    def __init__(
        self,
        name: str,
        choices: Sequence[Choice],
        *,
        columns: int,
        size: int = 30,
        downwards: bool = False,
    ):
        """Make a scale.

        Args:
            name: Accessible name: the item's label.
            choices: In the order of the scale; labels begin with what is typed.
            columns: Columns at most.
            size: Height of a cell at 100 %.
            downwards: Whether the order runs down the columns, for cells with words.
        """
        super().__init__(name, size)
        self._columns, self._downwards = columns, downwards
        tokens = {choice.key or choice.code: choice.code for choice in choices}
        self._forms: Mapping[str, str] = {
            form: tokens[token] for form, token in typed_forms(list(tokens)).items()
        }
        self._typed = ""
        self._proposed = ""
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.set_choices(choices)

    def set_proposal(self, code: str) -> None:
        """Outline what the rule gives; empty for none. It is no answer."""
        self._proposed = code
        self._repaint()

    @property
    def pending(self) -> bool:
        """Whether a step is marked that Enter would take."""
        return self._cursor >= 0 and not self.cells[self._cursor].isChecked()

    def choose(self, code: str) -> None:
        """Answer with a code; the same one again says nothing new."""
        self._typed, self._cursor = "", -1
        answer: Answer = Code(code)
        if answer == self._answer:
            self._repaint()
            return
        self.set_answer(answer)
        self.answered.emit(answer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Digits and the decimal mark spell a step; Enter takes the one marked."""
        typed = event.text().replace(",", ".")
        plain = not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if self._read_only or not plain or not typed or typed not in "0123456789.":
            if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Escape):
                self._typed, self._cursor = "", -1
                self._repaint()
                return
            super().keyPressEvent(event)
            return
        for spelled in (self._typed + typed, typed):
            fitting = [form for form in self._forms if form.startswith(spelled)]
            if fitting:
                self._spell(spelled, {self._forms[form] for form in fitting})
                return
        self._typed, self._cursor = "", -1
        self._repaint()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Forget what was half typed."""
        super().focusOutEvent(event)
        self._typed = ""

    def sizeHint(self) -> QSize:
        """As many columns as are wanted."""
        return QSize(self._width_of(self._columns), self._height_of(self._columns))

    def minimumSizeHint(self) -> QSize:
        """The least width at which no cell is cut."""
        return QSize(self._width_of(1), self._height_of(self._fitting(max(self.width(), 1))))

    def hasHeightForWidth(self) -> bool:
        """Fewer columns make more rows."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Height of the rows at a width."""
        return self._height_of(self._fitting(width))

    def cell_width(self, choice: Choice, theme: Theme) -> int:
        """Its words with their padding."""
        kind = "body_strong" if not self._downwards else "label_strong"
        words = QFontMetrics(theme.font(kind)).horizontalAdvance(choice.label)
        return max(words + 2 * _PADDING + 2, theme.px(40))

    def paint_cell(self, painter: QPainter, cell: QPushButton) -> None:
        """Draw one step."""
        theme = current_theme()
        place = next(at for at, one in enumerate(self.cells) if one is cell)
        choice, chosen = self.cells[place].choice, cell.isChecked()
        rect = cell.rect()
        fill = theme.color("accent" if chosen else "surface")
        edge = theme.color("accent" if self.hasFocus() else "edge")
        ink = theme.color("accenttext" if chosen else "text")
        if self._read_only:
            fill, edge = theme.color("sunken" if chosen else "surface"), theme.color("line")
            ink = theme.color("text" if chosen else "text2")
        elif not chosen and (place == self._cursor or cell.underMouse()):
            fill = theme.color("accentbg")
        marked = place == self._cursor and not self._read_only
        paint_frame(painter, rect, fill=fill, edge=edge, width=2 if marked else 1)
        if choice.code == self._proposed and not chosen:
            pen = QPen(theme.color("accent"), 2)
            pen.setDashPattern([3, 2])
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(rect).adjusted(3, 3, -3, -3))
            ink = theme.color("accent")
        painter.setPen(ink)
        if not self._downwards:
            painter.setFont(theme.font("body_strong"))
            painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, choice.label)
            return
        number, _, words = choice.label.partition(" ")
        left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setFont(theme.font("label_strong"))
        digits = theme.px(18)
        painter.drawText(QRect(4, 0, digits, rect.height()), right, number)
        painter.setFont(theme.font("label_strong" if chosen else "secondary"))
        beside = rect.adjusted(digits + 12, 0, -2, 0)
        painter.drawText(beside, left, words)

    def changeEvent(self, event: QEvent) -> None:
        """Measure again when the look has changed."""
        super().changeEvent(event)
        self.updateGeometry()

    def _spell(self, spelled: str, codes: set[str]) -> None:
        exact = self._forms.get(spelled)
        # 10 could be meant as 1.0: it is marked, and Enter takes it.
        readings = {code for form, code in self._forms.items() if form.replace(".", "") == spelled}
        if exact is not None and codes == {exact} and readings <= {exact}:
            self.choose(exact)
            return
        self._typed = spelled
        order = [cell.choice.code for cell in self.cells]
        self._cursor = order.index(exact if exact is not None else min(codes, key=order.index))
        self._repaint()

    def _width_of(self, columns: int) -> int:
        return sum(self._widths(columns)) + (columns - 1) * _GAP

    def _widths(self, columns: int) -> list[int]:
        """The least width of each column: its own words, or one for all where cells are alike."""
        theme = current_theme()
        needed = [self.cell_width(cell.choice, theme) for cell in self.cells]
        rows = max(1, -(-len(needed) // columns))
        if self._downwards:
            return [max(needed[at * rows : (at + 1) * rows], default=0) for at in range(columns)]
        return [max(needed, default=0)] * columns

    def _height_of(self, columns: int) -> int:
        rows = max(1, -(-len(self.cells) // columns))
        return rows * (current_theme().px(self._size) + _GAP) - _GAP

    def _fitting(self, width: int) -> int:
        columns = self._columns
        while columns > 1 and self._width_of(columns) > width:
            columns //= 2
        return columns

    def place_cells(self) -> None:
        """Give each cell its place."""
        columns = self._fitting(self.width())
        rows = max(1, -(-len(self.cells) // columns))
        step = current_theme().px(self._size) + _GAP
        widths = self._widths(columns)
        spare = max(0, self.width() - self._width_of(columns))
        edges = [0]
        for at, width in enumerate(widths, start=1):
            shared = spare * at // columns - spare * (at - 1) // columns
            edges.append(edges[-1] + width + shared + _GAP)
        for place, cell in enumerate(self.cells):
            line, at = divmod(place, columns)
            if self._downwards:
                at, line = divmod(place, rows)
            width = edges[at + 1] - edges[at] - _GAP
            cell.setGeometry(edges[at], line * step, width, step - _GAP)
