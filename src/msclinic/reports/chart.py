"""Charts as pure geometry: the same marks on paper and on the screen.

Shape tells one measure from another, colour only what is out of range. A missing value is never
drawn as zero, and an incomplete NEWS2 is ``?``.
"""

import itertools
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from decimal import Decimal

from attrs import frozen

from msclinic.reports.day_model import DuePoint, VitalLimits, VitalsRow
from msclinic.reports.primitives import Circle, Line, Polygon, Primitive, Rect, TextMark
from msclinic.wording import decimal_text, time_text, tr

__all__ = ["LABEL_EM", "Panel", "VitalsChart", "news2_tone", "vitals_chart"]

LABEL_EM = 0.6
"""Width of a letter, as a part of its height."""

_DOT = (1.0, 2.4)
_STEPS = (5, 10, 15, 20, 30, 60, 120, 180, 240, 360, 720, 1440)


@frozen
class VitalsChart:
    """What a chart of vital signs shows.

    Attributes:
        rows: Sets in order of time.
        due_points: When sets were or are due.
        limits: Usual ranges, or None for no shading.
        zone: Time zone of the axis.
        language: ``en`` or ``pl``.
        start: First moment of the axis, or None for the first thing drawn.
        end: Last moment of the axis, or None for the last thing drawn.
        stops: Moments at which the infusion was stopped: solid lines.
        now: A marked moment on the screen, or None.
        size: Of the letters.
    """

    rows: tuple[VitalsRow, ...]
    due_points: tuple[DuePoint, ...]
    limits: VitalLimits | None
    zone: tzinfo
    language: str = "en"
    start: datetime | None = None
    end: datetime | None = None
    stops: tuple[datetime, ...] = ()
    now: datetime | None = None
    size: float = 8.0


@frozen
class Panel:
    """A strip of a chart with its own scale.

    Attributes:
        top: Upper edge.
        height: Of the strip.
        low: The value at the lower edge.
        high: The value at the upper edge.
    """

    top: float
    height: float
    low: float
    high: float

    def y(self, value: float) -> float:
        """Where a value lies; what is off the scale lies on its edge."""
        share = (value - self.low) / (self.high - self.low)
        return self.top + self.height * (1 - min(max(share, 0.0), 1.0))


def news2_tone(total: int | None, any_three: bool) -> str:
    """State colour of a NEWS2 total (bands of RCP, NEWS2, London 2017, chart 2).

    Returns:
        ``text2`` for incomplete, ``ok`` to 4, ``att`` for 5 to 6 or a single 3, ``stop`` from 7.
    """
    if total is None:
        return "text2"
    if total >= 7:
        return "stop"
    return "att" if total >= 5 or any_three else "ok"


def vitals_chart(data: VitalsChart, size: tuple[float, float]) -> tuple[Primitive, ...]:
    """Blood pressure, pulse, SpO₂, temperature and NEWS2 over time.

    Args:
        data: What to show.
        size: Width and height that the marks keep within.

    Returns:
        Marks from the top left corner; the upper ones come later.
    """
    width, height = size
    unit = data.size
    gutter = unit * 7.6
    left, right = gutter, width - unit * 1.2
    first, last = _span(data)
    seconds = max((last - first).total_seconds(), 1.0)

    def x(at: datetime) -> float:
        return left + (right - left) * ((at - first).total_seconds() / seconds)

    top = unit * 3.1
    foot = unit * 4.4
    gap = unit * 0.9
    strip = (height - top - foot - 2 * gap) * 0.2
    pressure = Panel(top, height - top - foot - 2 * gap - 2 * strip, *_pressure_scale(data.rows))
    oxygen = Panel(pressure.top + pressure.height + gap, strip, *_scale(data.rows, "spo2", 88, 100))
    warmth = Panel(oxygen.top + strip + gap, strip, *_scale(data.rows, "temperature", 35.0, 39.0))
    marks: list[Primitive] = []
    for panel in (pressure, oxygen, warmth):
        marks.append(
            Rect(
                left - unit,
                panel.top,
                right - left + 2 * unit,
                panel.height,
                fill="bg",
            )
        )
    marks += _ranges(data, pressure, oxygen, warmth, left - unit, right + unit)
    marks += _names(data, pressure, oxygen, warmth, height - foot + unit * 1.45)
    marks += _due_points(data, x, unit, warmth.top + warmth.height)
    marks += [
        Line(x(at), top, x(at), warmth.top + warmth.height, colour="stop", width=1.4)
        for at in data.stops
    ]
    if data.now is not None:
        marks.append(
            Line(x(data.now), top, x(data.now), warmth.top + strip, colour="accent", width=1)
        )
    marks += _readings(data, x, pressure, oxygen, warmth)
    marks += _news2(data, x, height - foot + unit * 0.45)
    marks += _clock(data, x, first, last, height - unit * 0.4, right - left)
    return tuple(marks)


def _span(data: VitalsChart) -> tuple[datetime, datetime]:
    moments = [row.at for row in data.rows] + [point.due for point in data.due_points]
    moments += [at for at in (data.start, data.end, data.now, *data.stops) if at is not None]
    if not moments:
        return datetime(2000, 1, 1, tzinfo=data.zone), datetime(2000, 1, 1, 1, tzinfo=data.zone)
    first, last = min(moments), max(moments)
    return first, max(last, first + timedelta(minutes=10))


def _number(row: VitalsRow, name: str) -> Decimal | None:
    value = getattr(row, name)
    return value if isinstance(value, Decimal) else None


def _scale(rows: Sequence[VitalsRow], name: str, low: float, high: float) -> tuple[float, float]:
    values = [float(v) for row in rows if (v := _number(row, name)) is not None]
    return min([low, *(v - 0.5 for v in values)]), max([high, *(v + 0.5 for v in values)])


def _pressure_scale(rows: Sequence[VitalsRow]) -> tuple[float, float]:
    names = ("systolic", "diastolic", "pulse")
    values = [float(v) for row in rows for n in names if (v := _number(row, n)) is not None]
    return min([40.0, *(v - 5 for v in values)]), max([180.0, *(v + 5 for v in values)])


def _ranges(
    data: VitalsChart, pressure: Panel, oxygen: Panel, warmth: Panel, left: float, right: float
) -> list[Primitive]:
    """Usual ranges shaded, their limits dotted and named at the left."""
    if data.limits is None:
        return []
    limits = data.limits
    hundred = Decimal(100)
    shaded: tuple[tuple[Panel, Decimal, Decimal, tuple[tuple[Decimal, str], ...]], ...] = (
        (
            pressure,
            *limits.systolic,
            tuple((v, decimal_text(v, data.language)) for v in limits.systolic),
        ),
        (oxygen, limits.spo2, hundred, ((limits.spo2, f"{limits.spo2} %"),)),
        (
            warmth,
            *limits.temperature,
            tuple((v, decimal_text(v, data.language) + "°") for v in limits.temperature),
        ),
    )
    marks: list[Primitive] = []
    for panel, low, high, _named in shaded:
        upper, lower = panel.y(float(high)), panel.y(float(low))
        marks.append(Rect(left, upper, right - left, lower - upper, fill="sunken"))
    for panel, _low, _high, named in shaded:
        for value, text in named:
            at = panel.y(float(value))
            marks.append(Line(left, at, right, at, colour="edge", width=0.8, dash=_DOT))
            marks.append(
                TextMark(left - 4, at + data.size * 0.34, text, data.size, "text2", anchor="end")
            )
    return marks


def _names(
    data: VitalsChart, pressure: Panel, oxygen: Panel, warmth: Panel, news2: float
) -> list[Primitive]:
    """What each panel shows, with the shape that stands for it."""
    unit = data.size
    bp, pulse = tr("BP", data.language), tr("Pulse", data.language)
    baseline = pressure.top + unit * 1.0
    after_bp = len(bp) * unit * LABEL_EM + unit * 0.4
    after_pulse = len(pulse) * unit * LABEL_EM + unit * 0.5
    marks: list[Primitive] = [
        TextMark(0, baseline, bp, unit, "text2"),
        *_bar(after_bp + unit * 0.3, baseline - unit * 0.75, baseline, unit * 0.22, "text2"),
        TextMark(0, baseline + unit * 1.5, pulse, unit, "text2"),
        Circle(after_pulse, baseline + unit * 1.2, unit * 0.26, stroke="text2", line_width=1),
    ]
    for panel, text in (
        (oxygen, "SpO₂"),
        (warmth, tr("Temp", data.language)),
    ):
        marks.append(TextMark(0, panel.top + panel.height / 2 + unit * 0.34, text, unit, "text2"))
    marks.append(TextMark(0, news2, "NEWS2", unit, "text2", 600))
    return marks


def _bar(x: float, top: float, bottom: float, half: float, colour: str) -> list[Primitive]:
    return [
        Line(x, top, x, bottom, colour, 1.4),
        Line(x - half, top, x + half, top, colour, 1.4),
        Line(x - half, bottom, x + half, bottom, colour, 1.4),
    ]


def _due_points(
    data: VitalsChart, x: Callable[[datetime], float], unit: float, bottom: float
) -> list[Primitive]:
    """Due points on the top edge: done filled, now a triangle, to come hollow, missed crossed."""
    marks: list[Primitive] = []
    taken: list[tuple[float, float]] = []
    level = unit * 2.3
    # A covered point gives way to its neighbours where labels crowd.
    for point in sorted(data.due_points, key=lambda p: (p.state == "covered", p.due)):
        at = x(point.due)
        marks.append(Line(at, level + unit * 0.8, at, bottom, colour="line", width=0.7))
        marks += _due_mark(point.state, at, level, unit * 0.3)
        half = len(point.label) * unit * LABEL_EM / 2
        if all(at + half <= start or at - half >= end for start, end in taken):
            marks.append(TextMark(at, unit * 1.2, point.label, unit, "text2", anchor="middle"))
            taken.append((at - half, at + half + unit * 0.05))
    return marks


def _due_mark(state: str, x: float, y: float, radius: float) -> list[Primitive]:
    if state == "done":
        return [Circle(x, y, radius, fill="ok")]
    if state == "now":
        corners = ((x - radius * 1.4, y - radius), (x + radius * 1.4, y - radius), (x, y + radius))
        return [Polygon(corners, fill="att")]
    if state == "missed":
        return [
            Line(x - radius, y - radius, x + radius, y + radius, "stop", 1.3),
            Line(x - radius, y + radius, x + radius, y - radius, "stop", 1.3),
        ]
    if state == "covered":
        return [Circle(x, y, radius * 0.9, fill="surface", stroke="ok", line_width=1.2)]
    return [Circle(x, y, radius * 0.9, fill="surface", stroke="edge", line_width=1)]


def _readings(
    data: VitalsChart,
    x: Callable[[datetime], float],
    pressure: Panel,
    oxygen: Panel,
    warmth: Panel,
) -> list[Primitive]:
    unit = data.size
    limits = data.limits
    lines: list[Primitive] = []
    marks: list[Primitive] = []
    before: tuple[float, float] | None = None
    for row in data.rows:
        at = x(row.at)
        systolic, diastolic = _number(row, "systolic"), _number(row, "diastolic")
        if systolic is not None and diastolic is not None:
            odd = limits is not None and (
                _outside(systolic, limits.systolic) or _outside(diastolic, limits.diastolic)
            )
            ends = pressure.y(float(systolic)), pressure.y(float(diastolic))
            marks += _bar(at, *ends, unit * 0.5, "stop" if odd else "text")
        pulse = _number(row, "pulse")
        here = None
        if pulse is not None:
            here = (at, pressure.y(float(pulse)))
            if before is not None:
                lines.append(Line(*before, *here, colour="text2", width=0.9))
            odd = limits is not None and _outside(pulse, limits.pulse)
            tone = "stop" if odd else "text"
            marks.append(Circle(*here, unit * 0.32, fill="surface", stroke=tone, line_width=1.2))
        # A gap in the line says that the pulse was not taken there.
        before = here
        spo2 = _number(row, "spo2")
        if spo2 is not None:
            tone = "stop" if limits is not None and spo2 < limits.spo2 else "text"
            marks.append(_diamond(at, oxygen.y(float(spo2)), unit * 0.42, tone))
        warm = _number(row, "temperature")
        if warm is not None:
            odd = limits is not None and _outside(warm, limits.temperature)
            half = unit * 0.32
            y = warmth.y(float(warm))
            fill = "stop" if odd else "text"
            marks.append(Rect(at - half, y - half, 2 * half, 2 * half, fill=fill))
    return lines + marks


def _outside(value: Decimal, usual: tuple[Decimal, Decimal]) -> bool:
    return not usual[0] <= value <= usual[1]


def _diamond(x: float, y: float, half: float, fill: str) -> Polygon:
    return Polygon(((x, y - half), (x + half, y), (x, y + half), (x - half, y)), fill=fill)


def _news2(data: VitalsChart, x: Callable[[datetime], float], top: float) -> list[Primitive]:
    """Totals in boxes; where times crowd, narrower boxes, then colours without the figure."""
    unit = data.size
    places = [x(row.at) for row in data.rows]
    closest = min((b - a for a, b in itertools.pairwise(places)), default=unit * 2)
    width = min(unit * 1.9, max(closest - 1.5, 1.2))
    readable = width >= unit * 1.15
    marks: list[Primitive] = []
    for row, at in zip(data.rows, places, strict=True):
        tone = news2_tone(row.news2, row.any_three)
        plain = row.news2 is None
        marks.append(
            Rect(
                at - width / 2,
                top,
                width,
                unit * 1.6,
                fill=("surface" if plain else f"{tone}bg") if readable else tone,
                stroke=tone if readable else None,
                line_width=0.9,
                radius=2 if readable else 0,
                dash=(2.0, 1.6) if plain and readable else (),
            )
        )
        if readable:
            text = "?" if row.news2 is None else str(row.news2)
            marks.append(
                TextMark(at, top + unit * 1.13, text, unit * 0.95, tone, 600, anchor="middle")
            )
    return marks


def _clock(
    data: VitalsChart,
    x: Callable[[datetime], float],
    first: datetime,
    last: datetime,
    baseline: float,
    width: float,
) -> list[Primitive]:
    """Clock times under the axis, at round minutes, as many as are readable."""
    unit = data.size
    minutes = (last - first).total_seconds() / 60
    places = max(width / (unit * 3.6), 1)
    step = next((s for s in _STEPS if minutes / s <= places), _STEPS[-1])
    start = first.astimezone(data.zone).replace(second=0, microsecond=0)
    midnight = start.replace(hour=0, minute=0)
    passed = (start.hour * 60 + start.minute) // step
    marks: list[Primitive] = []
    at = midnight + timedelta(minutes=passed * step)
    while at <= last:
        if at >= first:
            text = time_text(at, data.zone)
            marks.append(TextMark(x(at), baseline, text, unit * 0.9, "text2", anchor="middle"))
        at += timedelta(minutes=step)
    return marks
