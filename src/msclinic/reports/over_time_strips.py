"""One series of values as a strip: shape says what a value is, colour only repeats it.

A value that is missing leaves a gap in the line and stands below it with its reason; one known
from one side only is hollow at its limit. Every number is printed as it was typed.
"""

import itertools
import math
from collections.abc import Sequence
from decimal import Decimal

from attrs import field, frozen

from msclinic.reports.fonts import printable
from msclinic.reports.over_time_frame import Block, Box, Boxes, Frame
from msclinic.reports.over_time_model import Limits, Series, TimePoint
from msclinic.reports.over_time_notes import ROW, notes, suffix
from msclinic.reports.primitives import Circle, Line, Polygon, Primitive, Rect, TextMark, shifted
from msclinic.wording import decimal_text, tr

__all__ = ["point_marks", "series_block"]

_DOT = (1.0, 2.4)
_DASH = (4.0, 2.6)
_LOW, _HIGH = ("low", "critical_low"), ("high", "critical_high")
_PAD = 1.7
_HEIGHT = 7.0
_TALL = 13.5
_LINES = 4
_SAMPLE = 2.0


@frozen
class _Strip:
    """Where values stand in a strip."""

    top: float
    height: float
    pad: float
    low: float
    high: float

    def y(self, value: Decimal | float) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        room = self.height - 2 * self.pad
        return self.top + self.pad + room * (1 - min(max(share, 0.0), 1.0))


@frozen
class _Laid:
    """A strip while it is filled."""

    frame: Frame
    series: Series
    strip: _Strip
    marks: list[Primitive] = field(factory=list)
    boxes: Boxes = field(factory=Boxes)


def series_block(frame: Frame, series: Series) -> Block:
    """A series with its name and scale at the left."""
    unit = frame.letters
    numeric = [point for point in series.points if point.value is not None]
    words = [point for point in series.points if point.value is None]
    tall = series.threshold is not None
    inner = unit * (_TALL if tall else _HEIGHT) if numeric else unit * 0.4
    below, rows, unprinted = notes(frame, words)
    body = inner + rows * unit * ROW + unit * 0.6
    name, end = frame.paragraph(_name(frame, series), frame.names, unit * 0.3)
    height = max(body, end + unit * 0.5)
    if numeric:
        inner += height - body
    shaded: list[Primitive] = []
    drawn: list[Primitive] = []
    if numeric:
        low, high = _span(series, numeric)
        laid = _Laid(frame, series, _Strip(0, inner, unit * _PAD, low, high))
        shaded = _ranges(laid, numeric)
        _draw(laid, numeric)
        labels, left_over = _labels(laid, numeric)
        drawn = laid.marks + labels
        unprinted += left_over
    marks = frame.ground(height - unit * 0.5, shaded) + drawn
    marks += [shifted(mark, 0, inner) for mark in below]
    return Block(height, (*marks, *name), unprinted)


def _name(frame: Frame, series: Series) -> list[tuple[str, int, str]]:
    room = frame.names
    texts = [(frame.capped(series.title, room, _LINES, 600), 600, "text")]
    told = ", ".join(text for text in (series.detail, series.unit) if text)
    if told:
        texts.append((frame.capped(told, room, _LINES), 400, "text2"))
    if series.worse:
        words = {"higher": tr("higher is worse", frame.language)}
        lower = tr("lower is worse", frame.language)
        texts.append((words.get(series.worse, lower), 400, "text2"))
    if series.reference:
        texts.append((series.reference, 400, "text2"))
    if series.threshold_words and not _threshold_fits(frame, series):
        texts.append((series.threshold_words, 500, "att"))
    return texts


def _span(series: Series, points: Sequence[TimePoint]) -> tuple[float, float]:
    values = [float(point.value) for point in points if point.value is not None]
    values += [float(end) for p in points for end in p.usual or () if end is not None]
    if series.threshold is not None:
        values.append(float(series.threshold))
    if series.scale is not None:
        return min(float(series.scale[0]), *values), max(float(series.scale[1]), *values)
    low, high = min(values), max(values)
    spare = (high - low) * 0.08 or abs(high) * 0.1 or 1.0
    # A measured quantity is never below nought, so the scale is not either.
    return (max(low - spare, 0.0) if low >= 0 else low - spare), high + spare


# Ground: range, scale, threshold, line


def _draw(laid: _Laid, points: Sequence[TimePoint]) -> None:
    frame, strip, unit = laid.frame, laid.strip, laid.frame.letters
    for value, text in _ticks(laid, points):
        at = strip.y(value)
        if not any(point.usual for point in points):
            laid.marks.append(Line(frame.left, at, frame.right, at, colour="line", width=0.6))
        base = at + unit * 0.34
        laid.marks.append(
            TextMark(frame.left - unit * 0.4, base, text, unit, "text2", anchor="end")
        )
    for point in points:
        x, y = _place(laid, point)
        reach = unit * 0.62
        laid.boxes.take(Box(x - reach, y - reach, x + reach, y + reach))
    if laid.series.threshold is not None:
        _threshold(laid)
    laid.marks.extend(_line(laid))
    for point in points:
        laid.marks.extend(point_marks(point, *_place(laid, point), unit))


def _place(laid: _Laid, point: TimePoint) -> tuple[float, float]:
    return laid.frame.x(point.day), laid.strip.y(point.value or Decimal(0))


def _ranges(laid: _Laid, points: Sequence[TimePoint]) -> list[Primitive]:
    """The laboratory's range around each value, up to half the way to its neighbours."""
    frame, strip = laid.frame, laid.strip
    places = [frame.x(point.day) for point in points]
    marks: list[Primitive] = []
    for number, point in enumerate(points):
        if point.usual is None:
            continue
        start = frame.left if number == 0 else (places[number - 1] + places[number]) / 2
        last = number == len(points) - 1
        end = frame.right if last else (places[number] + places[number + 1]) / 2
        if end <= start:
            continue
        low, high = point.usual
        upper = strip.top if high is None else strip.y(high)
        lower = strip.top + strip.height if low is None else strip.y(low)
        marks.append(Rect(start, upper, end - start, lower - upper, fill="sunken"))
        marks += [
            Line(start, at, end, at, colour="edge", width=0.8, dash=_DOT)
            for limit, at in ((high, upper), (low, lower))
            if limit is not None
        ]
    return marks


def _ticks(laid: _Laid, points: Sequence[TimePoint]) -> list[tuple[float, str]]:
    """Levels that are named: the limits of the latest range, otherwise round numbers."""
    strip, language, unit = laid.strip, laid.frame.language, laid.frame.letters
    ranges = [point.usual for point in points if point.usual is not None]
    if ranges:
        limits = [end for end in ranges[-1] if end is not None]
        if len(limits) == 2 and abs(strip.y(limits[0]) - strip.y(limits[1])) < unit * 1.15:
            low, high = (decimal_text(_plain(end), language) for end in limits)
            return [((float(limits[0]) + float(limits[1])) / 2, f"{low}–{high}")]
        return [(float(end), decimal_text(_plain(end), language)) for end in limits]
    most = max(int((strip.height - 2 * strip.pad) / (unit * 1.25)), 1)
    span = strip.high - strip.low
    power = 10.0 ** math.floor(math.log10(span / most))
    step = next(
        (power * factor for factor in (1, 2, 5, 10) if span / (power * factor) <= most),
        power * 10,
    )
    first = math.ceil(strip.low / step - 1e-9)
    last = math.floor(strip.high / step + 1e-9)
    places = max(-math.floor(math.log10(step) + 1e-9), 0)
    return [
        (number * step, decimal_text(Decimal(f"{number * step:.{places}f}"), language))
        for number in range(first, last + 1)
    ]


def _plain(number: Decimal) -> Decimal:
    """A limit without the noughts that a factor has added."""
    return Decimal(format(number.normalize(), "f"))


def _threshold_fits(frame: Frame, series: Series) -> bool:
    """Whether the words for the threshold have room in the strip, or go beside it."""
    wide = frame.wide(printable(series.threshold_words)[0], weight=500)
    return wide + frame.letters * (_SAMPLE + 1) <= frame.right - frame.left


def _threshold(laid: _Laid) -> None:
    """The level, dashed, and its words where there is room; the legend has them in any case."""
    frame, unit, series = laid.frame, laid.frame.letters, laid.series
    assert series.threshold is not None
    at = laid.strip.y(series.threshold)
    laid.marks.append(Line(frame.left, at, frame.right, at, colour="att", width=1.1, dash=_DASH))
    text = decimal_text(series.threshold, frame.language)
    if _threshold_fits(frame, series):
        text = printable(series.threshold_words)[0]
    sample = unit * _SAMPLE
    wide = sample + frame.wide(text, weight=500)
    left, right = frame.left + unit * 0.3, frame.right - unit * 0.3 - wide
    foot = laid.strip.top + laid.strip.height - unit * 1.3
    rooms = [
        Box(x, y, x + wide, y + unit * 1.15)
        for y in (at - unit * 1.3, at + unit * 0.2, foot, laid.strip.top + unit * 0.1)
        for x in (right, left)
    ]
    segments = _segments(laid)
    open_rooms = [one for one in rooms if laid.boxes.free(one)]
    clear = (one for one in open_rooms if not _crossed(one, segments))
    chosen = next(clear, next(iter(open_rooms), None))
    if chosen is None:
        return
    laid.boxes.take(chosen)
    x, base = chosen.left, chosen.top + unit * 0.92
    laid.marks.append(Rect(x, chosen.top, wide, unit * 1.15, fill="bg"))
    level = base - unit * 0.34
    laid.marks.append(Line(x, level, x + unit * 1.6, level, "att", 1.1, _DASH))
    laid.marks.append(TextMark(x + sample, base, text, unit, "att", 500))


_Segment = tuple[tuple[float, float], tuple[float, float], bool]


def _segments(laid: _Laid) -> list[_Segment]:
    """Lines between neighbours; none across a gap, dashed from a value known from one side."""
    found: list[_Segment] = []
    for here, there in itertools.pairwise(laid.series.points):
        if here.value is None or there.value is None:
            continue
        whole = here.kind == "value" and there.kind == "value"
        found.append((_place(laid, here), _place(laid, there), whole))
    return found


def _line(laid: _Laid) -> list[Primitive]:
    return [
        Line(*start, *end, colour="text2", width=1, dash=() if whole else (2.0, 2.0))
        for start, end, whole in _segments(laid)
    ]


# Points


def point_marks(point: TimePoint, x: float, y: float, unit: float) -> list[Primitive]:
    """The shape of one value around a place."""
    hollow = point.kind in ("below", "above")
    marks: list[Primitive] = []
    if point.worsened:
        marks.append(_arrow(x, y, unit * 0.62))
    elif point.flag in _HIGH or point.flag in _LOW:
        up = -1.0 if point.flag in _HIGH else 1.0
        half = unit * 0.5
        tip = y + up * half
        corners = ((x - half, y - up * half * 0.8), (x + half, y - up * half * 0.8), (x, tip))
        fill = "surface" if hollow else "stop"
        marks.append(Polygon(corners, fill=fill, stroke="stop", line_width=1.2))
        if point.flag.startswith("critical"):
            marks.append(Line(x - half, tip, x + half, tip, colour="stop", width=1.8))
    elif point.flag:
        tone = "stop" if point.flag == "critical_possible" else "att"
        half = unit * 0.4
        box = Rect(x - half, y - half, 2 * half, 2 * half, fill="surface", stroke=tone)
        marks.append(box)
        if not hollow:
            marks.append(Circle(x, y, unit * 0.14, fill=tone))
    elif hollow:
        marks.append(Circle(x, y, unit * 0.34, fill="surface", stroke="text", line_width=1.2))
    else:
        marks.append(Circle(x, y, unit * 0.34, fill="text"))
    if point.stale:
        marks.append(Circle(x, y, unit * 0.58, stroke="att", line_width=1.1, dash=(1.6, 1.4)))
    return marks


def _arrow(x: float, y: float, half: float) -> Polygon:
    """A broad arrow upwards around a place: worse than the reference of the series."""
    head, stem = half * 0.9, half * 0.36
    corners = (
        (x, y - half),
        (x + head, y + half * 0.1),
        (x + stem, y + half * 0.1),
        (x + stem, y + half),
        (x - stem, y + half),
        (x - stem, y + half * 0.1),
        (x - head, y + half * 0.1),
    )
    return Polygon(corners, fill="att")


def _labels(laid: _Laid, points: Sequence[TimePoint]) -> tuple[list[Primitive], int]:
    """Values as they were typed, beside their points where nothing else stands."""
    frame, strip, unit = laid.frame, laid.strip, laid.frame.letters
    segments = _segments(laid)
    if laid.series.threshold is not None:
        at = strip.y(laid.series.threshold)
        segments.append(((frame.left, at), (frame.right, at), True))
    marks: list[Primitive] = []
    lost = 0
    for point in points:
        text = printable(point.text)[0] + suffix(point)
        wide = frame.wide(text, weight=600)
        x, y = _place(laid, point)
        tail = tr("worse", frame.language) if point.worsened else ""
        chosen = None
        if tail:
            whole = wide + unit * 0.4 + frame.wide(tail, weight=600)
            chosen = _room(laid, x, y, whole, segments)
        if chosen is None:
            # The arrow still says it where its word has no room.
            tail, chosen = "", _room(laid, x, y, wide, segments)
        if chosen is None:
            lost += 1
            continue
        laid.boxes.take(_aside(chosen, unit))
        colour = "stop" if point.flag in (*_LOW, *_HIGH) else "text"
        marks += _ground(strip, point.usual, chosen)
        base = chosen.top + unit * 0.86
        marks.append(TextMark(chosen.left, base, text, unit, colour, 600))
        if tail:
            after = chosen.left + wide + unit * 0.4
            marks.append(TextMark(after, base, tail, unit, "att", 600))
    return marks, lost


def _room(laid: _Laid, x: float, y: float, wide: float, segments: Sequence[_Segment]) -> Box | None:
    """Free room for words beside a point, where it can be had clear of every line."""
    frame, strip, unit = laid.frame, laid.strip, laid.frame.letters
    gap = unit * 0.68
    rooms = [
        Box(left, top, left + wide, top + unit * 1.05)
        for left, top in (
            (x - wide / 2, y - gap - unit * 1.05),
            (x - wide / 2, y + gap),
            (x + gap, y - unit * 0.52),
            (x - gap - wide, y - unit * 0.52),
            (x + gap * 0.4, y - gap - unit * 1.05),
            (x - gap * 0.4 - wide, y - gap - unit * 1.05),
            (x + gap * 0.4, y + gap),
            (x - gap * 0.4 - wide, y + gap),
        )
        if left >= frame.left
        and left + wide <= frame.width
        and top >= strip.top
        and top + unit * 1.05 <= strip.top + strip.height
    ]
    # Two numbers side by side must never read as one.
    open_rooms = [one for one in rooms if laid.boxes.free(_aside(one, unit))]
    return next(
        (one for one in open_rooms if not _crossed(one, segments)), next(iter(open_rooms), None)
    )


def _aside(box: Box, unit: float) -> Box:
    return Box(box.left - unit * 0.3, box.top, box.right + unit * 0.3, box.bottom)


def _ground(strip: _Strip, usual: Limits | None, box: Box) -> list[Primitive]:
    """What a label stands on, so that no line runs through it: the strip and its range."""
    wide = box.right - box.left
    marks: list[Primitive] = [Rect(box.left, box.top, wide, box.bottom - box.top, fill="bg")]
    if usual is not None:
        low, high = usual
        upper = strip.top if high is None else strip.y(high)
        lower = strip.top + strip.height if low is None else strip.y(low)
        top, bottom = max(upper, box.top), min(lower, box.bottom)
        if bottom > top:
            marks.append(Rect(box.left, top, wide, bottom - top, fill="sunken"))
    return marks


def _crossed(box: Box, segments: Sequence[_Segment]) -> bool:
    """Whether a line of the chart runs through the room."""
    for (x1, y1), (x2, y2), _whole in segments:
        first, last = max(x1, box.left), min(x2, box.right)
        if first > last:
            continue
        heights = [y1, y2]
        if x2 > x1:
            heights = [y1 + (y2 - y1) * (x - x1) / (x2 - x1) for x in (first, last)]
        if min(heights) < box.bottom and max(heights) > box.top:
            return True
    return False
