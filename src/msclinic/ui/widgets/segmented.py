"""A row of segments, of which one is chosen.

Only a person's choice is filled: a proposal is a dashed outline.
"""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from msclinic.domain.values import Answer, Code, Missing
from msclinic.ui.theme import Theme, current_theme
from msclinic.ui.widgets.base import frame_path, paint_frame
from msclinic.ui.widgets.buttons import paint_key
from msclinic.ui.widgets.choices import Cell, Choice, ChoiceGroup

__all__ = ["Segmented"]


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

    def place_cells(self) -> None:
        """Give each cell its place."""
        theme = current_theme()
        widths = [self.cell_width(cell.choice, theme) for cell in self.cells]
        spare = self.width() - sum(widths)
        if self._stretch and self.cells and spare > 0:
            widths = _levelled(widths, self.width())
        x = 0
        for cell, width in zip(self.cells, widths, strict=True):
            cell.setGeometry(x, 0, width, self.height())
            x += width

    def paint_cell(self, painter: QPainter, cell: Cell) -> None:
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

    def _paint_ground(self, painter: QPainter, theme: Theme, cell: Cell) -> None:
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

    def _paint_words(self, painter: QPainter, theme: Theme, cell: Cell) -> None:
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
