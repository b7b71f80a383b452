"""The time axis that every strip of a chart over time shares, and what strips are made of.

A strip is a block: marks from its own top left corner and a height. Blocks stand under each other
without a gap, so that the lines of the visits run through all of them.
"""

from collections.abc import Sequence
from datetime import date, timedelta

from attrs import field, frozen

from msclinic.reports.fonts import printable, text_width, wrapped
from msclinic.reports.over_time_model import OverTime
from msclinic.reports.primitives import Line, Polygon, Primitive, Rect, TextMark
from msclinic.wording import date_text, month_text, tr

__all__ = ["LEADING", "Block", "Box", "Boxes", "Frame", "axis_block", "shortened"]

LEADING = 1.3
"""From line to line, in sizes of letters."""

_DOT = (1.0, 2.4)
_GUTTER = 15.0
_RIGHT = 3.0
_INSET = 2.0


@frozen
class Box:
    """Room that something takes."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Whether they share room."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@frozen
class Boxes:
    """Room that is taken already."""

    taken: list[Box] = field(factory=list)

    def free(self, box: Box) -> bool:
        """Whether nothing stands there yet."""
        return not any(box.meets(other) for other in self.taken)

    def take(self, box: Box) -> None:
        """Put something there."""
        self.taken.append(box)


@frozen
class Block:
    """One strip.

    Attributes:
        height: What it takes.
        marks: From its top left corner.
        unprinted: Values that found no room for their words.
        heading: It must not stand alone at the foot of a page.
    """

    height: float
    marks: tuple[Primitive, ...]
    unprinted: int = 0
    heading: bool = False


@frozen
class Frame:
    """Where the days stand.

    Attributes:
        data: What is drawn.
        width: Of the chart.
        letters: Size of the letters, the unit of every distance.
        language: ``en`` or ``pl``.
    """

    data: OverTime
    width: float
    letters: float
    language: str

    @property
    def left(self) -> float:
        """Left edge of the strips; left of it stand names and scales."""
        return self.letters * _GUTTER

    @property
    def right(self) -> float:
        """Right edge of the strips."""
        return self.width - self.letters * _RIGHT

    @property
    def names(self) -> float:
        """Width of names at the left, beside which the scale stands."""
        return self.left - self.letters * 3.9

    def x(self, day: date) -> float:
        """Where a day stands; a day beyond the axis at its end."""
        first, last = self.left + self.letters * _INSET, self.right - self.letters * _INSET
        span = max((self.data.end - self.data.start).days, 1)
        share = (day - self.data.start).days / span
        return first + (last - first) * min(max(share, 0.0), 1.0)

    def wide(self, text: str, size: float | None = None, weight: int = 400) -> float:
        """Width of a text; a little more than measured, as screens round letters."""
        return text_width(text, size or self.letters, weight) * 1.03

    def ground(self, height: float, shaded: Sequence[Primitive] = ()) -> list[Primitive]:
        """The strip itself, with the lines of visits, infusions and today over what is shaded."""
        marks: list[Primitive] = [
            Rect(self.left, 0, self.right - self.left, height, fill="bg"),
            *shaded,
        ]
        for visit in self.data.visits:
            at = self.x(visit.day)
            marks.append(Line(at, 0, at, height, colour="line", width=0.6))
        for infusion in self.data.infusions:
            at = self.x(infusion.day)
            marks.append(Line(at, 0, at, height, colour="edge", width=0.8, dash=_DOT))
        at = self.x(self.data.today)
        marks.append(Line(at, 0, at, height, colour="accent", width=0.9))
        return marks

    def lines(self, text: str, width: float, weight: int = 400) -> tuple[str, ...]:
        """A text as the lines it takes."""
        return wrapped(printable(text)[0], width / 1.03, self.letters, weight)

    def capped(self, text: str, width: float, most: int, weight: int = 400) -> str:
        """A text of at most so many lines; one that had to be cut ends with dots."""
        lines = self.lines(text, width, weight)
        if len(lines) <= most:
            return text
        rest = shortened(self, " ".join(lines[most - 1 :]), width, weight)
        return "\n".join([*lines[: most - 1], rest])

    def paragraph(
        self, texts: Sequence[tuple[str, int, str]], width: float, top: float
    ) -> tuple[list[Primitive], float]:
        """Texts under each other from the left edge, and the height where they end.

        Args:
            texts: Words, weight and colour of each.
            width: Room for a line.
            top: Where they start.
        """
        marks: list[Primitive] = []
        base = top + self.letters
        for text, weight, colour in texts:
            for line in self.lines(text, width, weight):
                marks.append(TextMark(0, base, line, self.letters, colour, weight))
                base += self.letters * LEADING
        return marks, base - self.letters * (LEADING - 0.3)


def shortened(frame: Frame, text: str, room: float, weight: int = 400) -> str:
    """A text that fits; one that had to be cut ends with dots, and the list has it whole."""
    text = " ".join(printable(text)[0].split())
    if frame.wide(text, weight=weight) <= room:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if frame.wide(text[:middle].rstrip() + "…", weight=weight) <= room:
            low = middle
        else:
            high = middle - 1
    return text[:low].rstrip() + "…"


def axis_block(frame: Frame) -> Block:
    """Months, visits, infusions and today, over the strips."""
    unit, data = frame.letters, frame.data
    height = unit * (6.6 if data.infusions else 5.2)
    level = unit * 1.9
    marks: list[Primitive] = [Line(frame.left, level, frame.right, level, "edge", 0.9)]
    marks += _months(frame, level)
    for visit in data.visits:
        at = frame.x(visit.day)
        marks.append(Line(at, level, at, height, colour="line", width=0.6))
    marks.append(TextMark(0, unit * 3.3, tr("Visits", frame.language), unit, "text2"))
    today = frame.x(data.today)
    marks.append(Line(today, level, today, height, colour="accent", width=0.9))
    marks += _visits(frame)
    if data.infusions:
        marks.append(TextMark(0, unit * 6.0, tr("Infusions", frame.language), unit, "text2"))
        marks += _infusions(frame, unit * 5.1, height)
    return Block(height, tuple(marks))


def _months(frame: Frame, level: float) -> list[Primitive]:
    unit, data = frame.letters, frame.data
    marks: list[Primitive] = []
    month = (data.start.replace(day=1) + timedelta(days=32)).replace(day=1)
    months = []
    while month <= data.end:
        months.append(month)
        month = (month + timedelta(days=32)).replace(day=1)
    if len(months) < 2:
        # Too short for months: the days at both ends say where one is.
        first, last = (date_text(day, frame.language) for day in (data.start, data.end))
        marks.append(TextMark(frame.left, unit * 1.3, first, unit, "text2"))
        if data.end > data.start:
            marks.append(TextMark(frame.right, unit * 1.3, last, unit, "text2", anchor="end"))
        return marks
    busy = frame.left
    for one in months:
        at = frame.x(one)
        text = month_text(one, frame.language)
        wide = frame.wide(text) + unit * 0.35
        named = at >= busy and at + wide <= frame.width
        marks.append(Line(at, level - unit * (1.5 if named else 0.4), at, level, "edge", 0.9))
        if named:
            marks.append(TextMark(at + unit * 0.35, unit * 1.2, text, unit, "text2"))
            busy = at + wide + unit
    return marks


def _visits(frame: Frame) -> list[Primitive]:
    """Names of visits on two levels; today and the schedule's own come first for room."""
    unit, data = frame.letters, frame.data
    wanted = [(data.today, tr("today", frame.language), "accent")]
    for planned in (True, False):
        wanted += [(v.day, v.code, "text") for v in data.visits if v.planned is planned]
    taken = Boxes()
    marks: list[Primitive] = []
    for day, text, colour in wanted:
        half = frame.wide(text, weight=600) / 2
        at = min(max(frame.x(day), frame.left + half), frame.width - half)
        for base in (unit * 3.3, unit * 4.6):
            box = Box(at - half - unit * 0.25, base - unit, at + half + unit * 0.25, base)
            if taken.free(box):
                taken.take(box)
                marks.append(
                    Rect(at - half, base - unit * 0.9, 2 * half, unit * 1.1, fill="surface")
                )
                marks.append(TextMark(at, base, text, unit, colour, 600, "middle"))
                break
    return marks


def _infusions(frame: Frame, top: float, bottom: float) -> list[Primitive]:
    unit = frame.letters
    marks: list[Primitive] = []
    busy = frame.left
    for infusion in frame.data.infusions:
        at = frame.x(infusion.day)
        corners = (
            (at - unit * 0.5, top + unit * 0.1),
            (at + unit * 0.5, top + unit * 0.1),
            (at, bottom - unit * 0.4),
        )
        marks.append(Polygon(corners, fill="text"))
        text = str(infusion.number)
        if at >= busy:
            marks.append(TextMark(at + unit * 0.65, top + unit * 0.95, text, unit, "text", 600))
            busy = at + unit * 1.3 + frame.wide(text, weight=600)
    return marks
