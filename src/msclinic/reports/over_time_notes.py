"""What is no number under a strip: its sign and its words, side by side where there is room."""

from collections.abc import Sequence

from msclinic.reports.over_time_frame import Box, Boxes, Frame, shortened
from msclinic.reports.over_time_model import Kind, TimePoint
from msclinic.reports.primitives import Line, Polygon, Primitive, Rect, TextMark

__all__ = ["ROW", "note_sign", "notes", "suffix"]

ROW = 1.5
"""Height of a row, in sizes of letters."""

_ROWS = 3


def suffix(point: TimePoint) -> str:
    """What stands behind a value whose form lacks a signature, or has one that is void."""
    return "†" if point.void else "*" if point.unsigned else ""


def note_sign(kind: Kind, x: float, y: float, half: float) -> list[Primitive]:
    """The sign of what is no number around a place: two values, words, or no value."""
    if kind == "conflict":
        corners = ((x, y - half * 1.3), (x + half, y), (x, y + half * 1.3), (x - half, y))
        return [Polygon(corners, fill="surface", stroke="stop", line_width=1.3)]
    if kind == "words":
        side = 2 * half
        return [Rect(x - half, y - half, side, side, fill="surface", stroke="text")]
    return [
        Line(x - half, y - half, x + half, y + half, "text", 1.3),
        Line(x - half, y + half, x + half, y - half, "text", 1.3),
    ]


def notes(frame: Frame, points: Sequence[TimePoint]) -> tuple[list[Primitive], int, int]:
    """Signs and words under the strip: marks, rows taken, words that found no room."""
    unit = frame.letters
    rows: list[Boxes] = []
    marks: list[Primitive] = []
    lost = 0
    half = unit * 0.36
    for point in points:
        x = frame.x(point.day)
        words = shortened(frame, point.text + suffix(point), (frame.right - frame.left) * 0.6)
        wide = frame.wide(words) + unit * 0.4
        sign = Box(x - half, 0, x + half, 1)
        after = Box(x - half, 0, x + half + unit * 0.4 + wide, 1)
        before = Box(x - half - unit * 0.4 - wide, 0, x + half, 1)
        placed = _row_for(rows, [b for b in (after, before) if _within(frame, b)], _ROWS)
        if placed is None:
            lost += 1
            placed = _row_for(rows, [sign], None)
        assert placed is not None
        row, box = placed
        middle = row * unit * ROW + unit * 0.75
        marks += note_sign(point.kind, x, middle, half)
        if box is not sign:
            start = box is after
            at = x + half + unit * 0.4 if start else x - half - unit * 0.4
            anchor = "start" if start else "end"
            if wide > unit:
                left = at if start else at - wide + unit * 0.4
                marks.append(
                    Rect(left, middle - unit * 0.6, wide - unit * 0.4, unit * 1.2, fill="bg")
                )
            colour = "stop" if point.kind == "conflict" else "text2"
            marks.append(TextMark(at, middle + unit * 0.34, words, unit, colour, anchor=anchor))
    return marks, len(rows), lost


def _within(frame: Frame, box: Box) -> bool:
    return box.left >= frame.left and box.right <= frame.width


def _row_for(rows: list[Boxes], wanted: list[Box], most: int | None) -> tuple[int, Box] | None:
    for number, row in enumerate(rows):
        for box in wanted:
            if row.free(box):
                row.take(box)
                return number, box
    if wanted and (most is None or len(rows) < most):
        rows.append(Boxes([wanted[0]]))
        return len(rows) - 1, wanted[0]
    return None
