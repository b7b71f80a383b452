"""Pages filled from the top: headings, facts, paragraphs and tables that go on over the page.

Collects marks and knows nothing of what they say. It never cuts a text, never leaves a heading
alone at the foot of a page, and repeats the head of a table on each page.
"""

from collections.abc import Sequence

from attrs import evolve, frozen

from msclinic.reports.fonts import printable, text_width, wrapped
from msclinic.reports.primitives import Line, Primitive, Rect, TextMark, shifted

__all__ = [
    "CAPTION",
    "HEIGHT",
    "LABEL",
    "MARGIN",
    "WIDTH",
    "Cell",
    "Column",
    "Sheet",
    "Style",
]

_MM = 72 / 25.4
WIDTH = 210 * _MM
HEIGHT = 297 * _MM
MARGIN = 13 * _MM
_RUNNING_HEAD = 26.0
_FOOT = 42.0
_FACT_PAD = 0.6


@frozen
class Style:
    """How a text is set.

    Attributes:
        size: Of the letters, points.
        leading: From line to line.
        colour: Token name.
        weight: 400, 500 or 600.
    """

    size: float = 9.0
    leading: float = 12.5
    colour: str = "text"
    weight: int = 400

    @property
    def rise(self) -> float:
        """From the top of a line to its baseline."""
        return (self.leading - self.size) / 2 + self.size * 0.8


BODY = Style()
LABEL = Style(colour="text2")
CAPTION = Style(size=8.0, leading=11.0, colour="text2")
_HEADING = Style(size=10.5, leading=14.0, weight=600)
_TABLE_HEAD = Style(size=8.5, leading=12.0, colour="text2", weight=600)


@frozen
class Column:
    """A column of a table.

    Attributes:
        title: Printed at its head.
        width: Points.
        align: ``start`` or ``end``.
        style: Of its cells.
    """

    title: str
    width: float
    align: str = "start"
    style: Style = BODY


@frozen
class Cell:
    """A cell that is set otherwise than its column.

    Attributes:
        text: What it says.
        colour: Token name, or None for the column's.
        weight: Or None for the column's.
    """

    text: str
    colour: str | None = None
    weight: int | None = None


_Row = Sequence[str | Cell]


class Sheet:
    """The pages so far and the place where the next thing goes.

    Attributes:
        pages: Marks of each page.
        y: The next free height on the last page, from the top.
        replaced: Whether a letter without a glyph was met.
    """

    def __init__(self) -> None:
        self.pages: list[list[Primitive]] = [[]]
        self.y = MARGIN
        self.replaced = False

    @property
    def left(self) -> float:
        """Left edge of what may be printed on."""
        return MARGIN

    @property
    def width(self) -> float:
        """Width of what may be printed on."""
        return WIDTH - 2 * MARGIN

    @property
    def bottom(self) -> float:
        """Lowest height for content; below it stands the footer."""
        return HEIGHT - MARGIN - _FOOT

    @property
    def room(self) -> float:
        """What is left of the page."""
        return self.bottom - self.y

    def new_page(self) -> None:
        """Go on at the top of a further page, under its running head."""
        self.pages.append([])
        self.y = MARGIN + _RUNNING_HEAD

    def ensure(self, height: float) -> None:
        """Go to a new page unless ``height`` still fits or the page is untouched."""
        if height > self.room and self.y > MARGIN + _RUNNING_HEAD:
            self.new_page()

    def add(self, *marks: Primitive) -> None:
        """Put marks on the last page, in page coordinates."""
        self.pages[-1].extend(marks)

    def place(self, marks: Sequence[Primitive], x: float, y: float) -> None:
        """Put a picture with its top left corner at a place of the last page."""
        self.add(*(shifted(mark, x, y) for mark in marks))

    def gap(self, height: float) -> None:
        """Leave a space."""
        self.y += height

    def lines(self, text: str, width: float, style: Style) -> tuple[str, ...]:
        """A text as the lines it will take."""
        drawable, replaced = printable(text)
        self.replaced = self.replaced or replaced
        return wrapped(drawable, width, style.size, style.weight)

    def write(
        self, text: str, x: float, y: float, style: Style = BODY, anchor: str = "start"
    ) -> float:
        """One line that starts at height ``y``; returns its width. It must be known to fit."""
        drawable, replaced = printable(text)
        self.replaced = self.replaced or replaced
        self.add(
            TextMark(x, y + style.rise, drawable, style.size, style.colour, style.weight, anchor)
        )
        return text_width(drawable, style.size, style.weight)

    def heading(self, text: str, keep: float = 40.0) -> None:
        """A section heading over a rule, kept together with ``keep`` points after it."""
        on_top = self.y <= MARGIN + _RUNNING_HEAD + 0.5
        before = 0.0 if on_top else 12.0
        self.ensure(before + _HEADING.leading + 5 + keep)
        if self.y > MARGIN + _RUNNING_HEAD + 0.5:
            self.y += before
        self.write(text, self.left, self.y, _HEADING)
        self.y += _HEADING.leading + 2
        self.add(Line(self.left, self.y, self.left + self.width, self.y, colour="edge", width=0.7))
        self.y += 4

    def paragraph(
        self, text: str, style: Style = BODY, x: float | None = None, width: float | None = None
    ) -> None:
        """A text of any length; it goes on over the page, and no first line stands alone."""
        x = self.left if x is None else x
        lines = self.lines(text, self.width if width is None else width, style)
        self.ensure(min(len(lines), 2) * style.leading)
        for line in lines:
            self.ensure(style.leading)
            self.add(TextMark(x, self.y + style.rise, line, style.size, style.colour, style.weight))
            self.y += style.leading

    def facts(self, pairs: Sequence[tuple[str, str | Cell]], label: float = 96.0) -> None:
        """Labels and values in two columns, read down the left one first.

        A set too long for one page is written over the whole width instead.
        """
        gap = 18.0
        column = (self.width - gap) / 2
        columns = (Column("", label, style=LABEL), Column("", column - label + 6))
        heights = [self._row(columns, pair, _FACT_PAD)[1] for pair in pairs]
        left = 0
        while left < len(pairs) and sum(heights[:left]) < sum(heights) / 2:
            left += 1
        deepest = max(sum(heights[:left]), sum(heights[left:]))
        if deepest > self.bottom - MARGIN - _RUNNING_HEAD - 60:
            self.listing(pairs, label)
            return
        self.ensure(deepest)
        top = self.y
        self.table(columns, pairs[:left], head=False, pad=_FACT_PAD)
        lowest, self.y = self.y, top
        right = self.left + column + gap
        self.table(columns, pairs[left:], x=right, head=False, pad=_FACT_PAD)
        self.y = max(lowest, self.y)

    def listing(self, pairs: Sequence[tuple[str, str | Cell]], label: float = 96.0) -> None:
        """Labels and values over the whole width, one pair under the other."""
        columns = (Column("", label, style=LABEL), Column("", self.width - label))
        self.table(columns, [(name, value) for name, value in pairs], head=False, pad=_FACT_PAD)

    def table(
        self,
        columns: Sequence[Column],
        rows: Sequence[_Row],
        *,
        x: float | None = None,
        head: bool = True,
        pad: float = 2.2,
    ) -> None:
        """A table that goes on over as many pages as it needs.

        Args:
            columns: From left to right; their widths hold a gap of 6 points.
            rows: Cells by column.
            x: Left edge, if not the page's.
            head: Whether to print titles (again on each page) and rules.
            pad: Above and below the lines of a row.
        """
        x = self.left if x is None else x
        heights = [self._row(columns, row, pad) for row in rows]
        if head:
            first = heights[0][1] if heights else 0.0
            self.ensure(self._head_height(columns) + min(first, 40.0))
            self._draw_head(columns, x)
        for number, (cells, height) in enumerate(heights):
            if height <= self.room:
                self._draw_row(columns, cells, x, pad)
            else:
                self._split_row(columns, cells, x, pad, head)
            if head and number < len(heights) - 1:
                self._rule(columns, x)

    def fitted(
        self, columns: Sequence[Column], rows: Sequence[_Row], width: float, widest: float = 90.0
    ) -> tuple[Column, ...]:
        """The columns as wide as their longest line asks, the last taking what is left.

        Args:
            columns: Their own widths are the least they get.
            rows: Cells by column.
            width: Of the whole table, gaps included.
            widest: No column but the last gets more than this.
        """
        sizes = []
        for index, column in enumerate(columns):
            texts = [(column.title, _TABLE_HEAD.size, 600)]
            for row in rows:
                value = row[index]
                cell = value if isinstance(value, Cell) else Cell(value)
                weight = cell.weight or column.style.weight
                texts += [(part, column.style.size, weight) for part in cell.text.split("\n")]
            needs = max(text_width(printable(t)[0], size, weight) for t, size, weight in texts)
            sizes.append(max(column.width, min(needs + 6.5, widest)))
        spare = width - sum(sizes[:-1])
        sizes[-1] = max(spare, columns[-1].width)
        return tuple(evolve(c, width=size) for c, size in zip(columns, sizes, strict=True))

    def table_height(
        self, columns: Sequence[Column], rows: Sequence[_Row], pad: float = 2.2
    ) -> float:
        """What a table with its head will take on one page."""
        return self._head_height(columns) + sum(self._row(columns, row, pad)[1] for row in rows)

    def _row(
        self, columns: Sequence[Column], row: _Row, pad: float
    ) -> tuple[list[tuple[Style, tuple[str, ...]]], float]:
        cells: list[tuple[Style, tuple[str, ...]]] = []
        for column, value in zip(columns, row, strict=True):
            cell = value if isinstance(value, Cell) else Cell(value)
            style = Style(
                column.style.size,
                column.style.leading,
                cell.colour or column.style.colour,
                cell.weight or column.style.weight,
            )
            cells.append((style, self.lines(cell.text, max(column.width - 6, 4), style)))
        height = max(style.leading * len(lines) for style, lines in cells)
        return cells, height + 2 * pad

    def _draw_row(
        self,
        columns: Sequence[Column],
        cells: list[tuple[Style, tuple[str, ...]]],
        x: float,
        pad: float,
    ) -> None:
        height = 0.0
        for column, (style, lines) in zip(columns, cells, strict=True):
            at = x + column.width - 6 if column.align == "end" else x
            for number, line in enumerate(lines):
                if line:
                    base = self.y + pad + number * style.leading + style.rise
                    self.add(
                        TextMark(
                            at, base, line, style.size, style.colour, style.weight, column.align
                        )
                    )
            height = max(height, style.leading * len(lines))
            x += column.width
        self.y += height + 2 * pad

    def _split_row(
        self,
        columns: Sequence[Column],
        cells: list[tuple[Style, tuple[str, ...]]],
        x: float,
        pad: float,
        head: bool,
    ) -> None:
        """Draw a row that does not fit here: whole on a new page, or line by line if it is long."""
        leading = max(style.leading for style, _lines in cells)
        rest = cells
        while any(lines for _style, lines in rest):
            count = max(len(lines) for _style, lines in rest)
            page = self.bottom - MARGIN - _RUNNING_HEAD - self._head_height(columns)
            fits = int((self.room - 2 * pad) / leading)
            short = count * leading + 2 * pad <= page
            if fits < count and (short or fits < 3):
                self.new_page()
                if head:
                    self._draw_head(columns, x)
                fits = int((self.room - 2 * pad) / leading)
            self._draw_row(columns, [(s, lines[:fits]) for s, lines in rest], x, pad)
            rest = [(s, lines[fits:]) for s, lines in rest]

    def _head_height(self, columns: Sequence[Column]) -> float:
        lines = max(len(self._title(column)) for column in columns)
        return lines * _TABLE_HEAD.leading + 4

    def _title(self, column: Column) -> tuple[str, ...]:
        return self.lines(column.title, max(column.width - 6, 4), _TABLE_HEAD)

    def _draw_head(self, columns: Sequence[Column], x: float) -> None:
        deepest = max(len(self._title(column)) for column in columns)
        left = x
        for column in columns:
            lines = self._title(column)
            at = left + column.width - 6 if column.align == "end" else left
            top = self.y + (deepest - len(lines)) * _TABLE_HEAD.leading
            for number, line in enumerate(lines):
                self.write(line, at, top + number * _TABLE_HEAD.leading, _TABLE_HEAD, column.align)
            left += column.width
        self.y += self._head_height(columns)
        self._rule(columns, x)

    def _rule(self, columns: Sequence[Column], x: float) -> None:
        right = x + sum(column.width for column in columns) - 6
        self.add(Line(x, self.y, right, self.y, colour="line", width=0.6))

    def frame(self, x: float, y: float, width: float, height: float) -> None:
        """An outlined box on the last page."""
        self.add(Rect(x, y, width, height, stroke="edge", line_width=0.7, radius=4))
