"""A participant over time as one picture: the axis, panels of strips, events and a legend.

The same blocks make the picture on the screen and the pages of the document.
"""

from collections.abc import Callable, Sequence

from attrs import evolve, frozen

from msclinic.reports.over_time_events import event_block, octagon
from msclinic.reports.over_time_frame import LEADING, Block, Frame, axis_block
from msclinic.reports.over_time_model import EventBar, Kind, OverTime, Series, TimePanel, TimePoint
from msclinic.reports.over_time_notes import note_sign, suffix
from msclinic.reports.over_time_strips import point_marks, series_block
from msclinic.reports.primitives import (
    Line,
    Primitive,
    Rect,
    TextMark,
    shifted,
)
from msclinic.wording import plural, tr

__all__ = [
    "EVENTS",
    "Picture",
    "event_blocks",
    "legend_block",
    "over_time_chart",
    "panel_blocks",
]

EVENTS = "events"
"""Code of the panel of adverse events, beside those of the study."""

_Sign = Callable[[float, float, float], Sequence[Primitive]]


@frozen
class Picture:
    """A finished picture.

    Attributes:
        marks: From the top left corner.
        height: Of the whole.
        unprinted: Values that found no room for their words.
    """

    marks: tuple[Primitive, ...]
    height: float
    unprinted: int = 0


def over_time_chart(
    data: OverTime, shown: Sequence[str], width: float, letters: float, language: str
) -> Picture:
    """The picture of some panels.

    Args:
        data: One participant over time.
        shown: Codes of the panels, ``EVENTS`` among them for adverse events.
        width: Room from left to right.
        letters: Size of the letters.
        language: ``en`` or ``pl``.
    """
    frame = Frame(data, width, letters, language)
    panels = [panel for panel in data.panels if panel.code in shown]
    blocks = [axis_block(frame)]
    for panel in panels:
        blocks += panel_blocks(frame, panel)
    events = data.events if EVENTS in shown else None
    if events is not None:
        blocks += event_blocks(frame, events)
    unprinted = sum(block.unprinted for block in blocks)
    blocks.append(legend_block(frame, panels, events or (), unprinted))
    marks: list[Primitive] = []
    height = 0.0
    for block in blocks:
        marks += [shifted(mark, 0, height) for mark in block.marks]
        height += block.height
    return Picture(tuple(marks), height, unprinted)


def panel_blocks(frame: Frame, panel: TimePanel) -> list[Block]:
    """A panel: its title, its series, and what has nothing on record yet."""
    blocks = [_title_block(frame, panel.title)]
    blocks += [series_block(frame, one) for one in panel.series]
    if panel.blank:
        said = tr("Nothing on record yet: {names}.", frame.language, names=", ".join(panel.blank))
        blocks.append(_sentence_block(frame, said))
    undated = [text for one in panel.series for text in one.undated]
    if undated:
        said = tr("Without a day: {values}.", frame.language, values="; ".join(undated))
        blocks.append(_sentence_block(frame, said))
    return blocks


def event_blocks(frame: Frame, events: Sequence[EventBar]) -> list[Block]:
    """The adverse events under their title."""
    blocks = [_title_block(frame, tr("Adverse events", frame.language))]
    blocks += [event_block(frame, event) for event in events]
    if not events:
        words = tr("No adverse event is on record.", frame.language)
        blocks.append(_sentence_block(frame, words))
    return blocks


def _title_block(frame: Frame, title: str) -> Block:
    unit = frame.letters
    size = unit * 1.15
    base = unit * 2.3
    height = unit * 3.2
    marks: list[Primitive] = [
        TextMark(0, base, title, size, "text", 600),
        Line(0, base + unit * 0.6, frame.right, base + unit * 0.6, colour="edge", width=0.7),
    ]
    return Block(height, tuple(marks), heading=True)


def _sentence_block(frame: Frame, sentence: str) -> Block:
    marks, end = frame.paragraph([(sentence, 400, "text2")], frame.right, frame.letters * 0.4)
    return Block(end + frame.letters * 0.6, tuple(marks))


# Legend


def legend_block(
    frame: Frame, panels: Sequence[TimePanel], events: Sequence[EventBar], unprinted: int
) -> Block:
    """What the signs used in a picture mean, and nothing else."""
    unit = frame.letters
    series = [one for panel in panels for one in panel.series]
    entries = _entries(frame, series, events)
    marks: list[Primitive] = []
    x, base = 0.0, unit * 2.0
    for sign, text in entries:
        lines = frame.lines(text, frame.width - unit * 3)
        wide = unit * 2.2 + max(frame.wide(line) for line in lines)
        if x > 0 and x + wide > frame.width:
            x, base = 0.0, base + unit * 1.6
        marks += sign(x + unit * 0.8, base - unit * 0.34, unit)
        for line in lines:
            marks.append(TextMark(x + unit * 2.0, base, line, unit, "text2"))
            if line is not lines[-1]:
                base += unit * LEADING
        x += wide + unit * 1.2
    height = base + unit * 0.8
    if unprinted:
        words = plural(
            unprinted,
            frame.language,
            one="{count} value has no room for its words here; the list has every value.",
            other="{count} values have no room for their words here; the list has every value.",
        )
        more, height = frame.paragraph([(words, 500, "att")], frame.width, base + unit * 0.5)
        marks += more
        height += unit * 0.4
    return Block(height, tuple(marks))


def _entries(
    frame: Frame, series: Sequence[Series], events: Sequence[EventBar]
) -> list[tuple[_Sign, str]]:
    points = [point for one in series for point in one.points]
    language = frame.language
    found: list[tuple[_Sign, str]] = []

    def said(wanted: bool, sign: _Sign, words: str) -> None:
        if wanted:
            found.append((sign, words))

    plain = TimePoint(frame.data.today, "", "")
    flags = {point.flag for point in points}
    kinds = {point.kind for point in points}

    def shape(flag: str = "", kind: Kind = "value", *, stale: bool = False) -> _Sign:
        point = evolve(plain, flag=flag, kind=kind, stale=stale)
        return lambda x, y, unit: point_marks(point, x, y, unit)

    said(True, _vertical, tr("today", language))
    for words in dict.fromkeys(one.threshold_words for one in series if one.threshold_words):
        said(True, _level, words)
    worse = evolve(plain, worsened=True)
    for words in dict.fromkeys(
        one.worsening for one in series if any(point.worsened for point in one.points)
    ):
        said(True, lambda x, y, unit: point_marks(worse, x, y, unit), words)
    said("high" in flags, shape(flag="high"), tr("above the range", language))
    said("low" in flags, shape(flag="low"), tr("below the range", language))
    critical = bool(flags & {"critical_high", "critical_low"})
    said(critical, shape(flag="critical_high"), tr("with a bar: critical", language))
    possible = "critical_possible" in flags
    said(possible, shape(flag="critical_possible"), tr("may be critical", language))
    asked = bool(flags & {"undecided", "abnormal", "no_range"})
    said(asked, shape(flag="undecided"), tr("abnormal, or not decided", language))
    sided = bool(kinds & {"below", "above"})
    said(sided, shape(kind="below"), tr("hollow: less (<) or more (>) than the number", language))
    said(
        any(p.stale for p in points),
        shape(stale=True),
        tr("computed from values changed since", language),
    )
    said("missing" in kinds, _note("missing"), tr("no value, and why", language))
    said("words" in kinds, _note("words"), tr("a result in words", language))
    said("conflict" in kinds, _note("conflict"), tr("two values on record", language))
    ranged = any(point.usual is not None for point in points)
    said(ranged, _shade, tr("range of the laboratory on that day", language))
    ends = {suffix(point) for point in points}
    said("*" in ends, _letter("*"), tr("a signature is missing", language))
    said("†" in ends, _letter("†"), tr("a signature no longer holds", language))
    said(any(e.serious for e in events), _octagon, tr("serious", language))
    said(any(map(_open_dates, events)), _dashed, tr("may have lasted, dates in part", language))
    return found


def _open_dates(event: EventBar) -> bool:
    ends = [span for span in (event.start, event.end) if span is not None]
    partial = any(span.first != span.last for span in ends)
    return partial or event.start is None or (event.end is None and not event.ongoing)


def _vertical(x: float, y: float, unit: float) -> Sequence[Primitive]:
    return [Line(x, y - unit * 0.6, x, y + unit * 0.6, "accent", 1.4)]


def _level(x: float, y: float, unit: float) -> Sequence[Primitive]:
    return [Line(x - unit * 0.8, y, x + unit * 0.8, y, "att", 1.1, (4.0, 2.6))]


def _letter(letter: str) -> _Sign:
    return lambda x, y, unit: [
        TextMark(x, y + unit * 0.5, letter, unit * 1.2, "text", 600, "middle")
    ]


def _note(kind: Kind) -> _Sign:
    return lambda x, y, unit: note_sign(kind, x, y, unit * 0.36)


def _shade(x: float, y: float, unit: float) -> Sequence[Primitive]:
    half = unit * 0.6
    return [
        Rect(x - half, y - half * 0.8, 2 * half, half * 1.6, fill="sunken"),
        Line(x - half, y - half * 0.8, x + half, y - half * 0.8, "edge", 0.8, (1.0, 2.4)),
        Line(x - half, y + half * 0.8, x + half, y + half * 0.8, "edge", 0.8, (1.0, 2.4)),
    ]


def _octagon(x: float, y: float, unit: float) -> Sequence[Primitive]:
    return [octagon(x, y, unit * 0.5)]


def _dashed(x: float, y: float, unit: float) -> Sequence[Primitive]:
    half = unit * 0.7
    return [
        Rect(
            x - half,
            y - unit * 0.4,
            2 * half,
            unit * 0.8,
            fill="bg",
            stroke="text",
            dash=(2.4, 2.0),
        )
    ]
