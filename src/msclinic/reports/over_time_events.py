"""Adverse events as bars on the shared time axis, each on a strip of its own.

A date known only to its month or year is drawn as all the days it may mean, dashed; it is never
completed. What is serious is said by a sign and a word.
"""

import math

from msclinic.reports.over_time_frame import LEADING, Block, Frame, shortened
from msclinic.reports.over_time_model import EventBar
from msclinic.reports.primitives import Polygon, Primitive, Rect, TextMark
from msclinic.wording import tr

__all__ = ["event_block", "event_words", "octagon"]

_DASH = (2.4, 2.0)
_TERM_LINES = 3


def event_words(event: EventBar, language: str) -> str:
    """Grade, dates and state of an event in words."""
    parts = []
    if event.grade:
        parts.append(tr("grade {grade}", language, grade=event.grade))
    if event.start is None:
        parts.append(tr("start unknown", language))
    elif event.end is None:
        parts.append(tr("from {start}", language, start=event.start.text))
    else:
        ends = {"start": event.start.text, "end": event.end.text}
        parts.append(tr("{start} to {end}", language, **ends))
    if event.start is None and event.end is not None:
        parts.append(tr("until {end}", language, end=event.end.text))
    if event.ongoing:
        parts.append(tr("still going on", language))
    if event.note:
        parts.append(event.note)
    return " · ".join(parts)


def octagon(x: float, y: float, radius: float) -> Polygon:
    """The sign of a serious event around a place."""
    turns = (math.pi * (2 * corner + 1) / 8 for corner in range(8))
    corners = tuple((x + radius * math.cos(a), y + radius * math.sin(a)) for a in turns)
    return Polygon(corners, fill="stop")


def event_block(frame: Frame, event: EventBar) -> Block:
    """One event: number and term at the left, its bar, and the words beneath."""
    unit, language = frame.letters, frame.language
    room = frame.left - unit
    term = frame.capped(event.term, room, _TERM_LINES)
    head = tr("Event {number}", language, number=event.number)
    name, end = frame.paragraph([(head, 600, "text"), (term, 400, "text")], room, unit * 0.2)
    height = max(unit * 3.4, end + unit * 0.5)
    marks = frame.ground(height)
    start = _ends(frame, event)[0]
    marks += _bar(frame, event, unit * 1.0)
    words = event_words(event, language)
    serious = tr("serious", language) if event.serious else ""
    lead = frame.wide(serious, weight=600) + unit * 1.9 if serious else 0.0
    words = shortened(frame, words, frame.right - frame.left - lead - unit)
    wide = lead + frame.wide(words)
    left = start if start + wide <= frame.right else max(frame.right - wide, frame.left + unit / 2)
    base = unit * (1.0 + LEADING + 0.6)
    marks.append(Rect(left, base - unit, wide, unit * 1.3, fill="bg"))
    if serious:
        marks.append(octagon(left + unit * 0.5, base - unit * 0.34, unit * 0.5))
        marks.append(TextMark(left + unit * 1.3, base, serious, unit, "stop", 600))
    marks.append(TextMark(left + lead, base, words, unit, "text2"))
    return Block(height, (*marks, *name))


def _ends(frame: Frame, event: EventBar) -> tuple[float, float]:
    """Where the bar begins and ends at the widest."""
    start = frame.x(event.start.first) if event.start is not None else frame.left
    if _began_before(frame, event):
        start = frame.left + frame.letters * 0.9
    # Without a known end it may have lasted until now.
    stop = frame.x(event.end.last if event.end is not None else frame.data.today)
    return start, max(stop, start)


def _began_before(frame: Frame, event: EventBar) -> bool:
    return event.start is not None and event.start.first < frame.data.start


def _bar(frame: Frame, event: EventBar, middle: float) -> list[Primitive]:
    """The days it lasted for certain, filled; those that it may have lasted, dashed."""
    unit = frame.letters
    half, least = unit * 0.42, unit * 0.6
    start, stop = _ends(frame, event)
    sure_from = frame.x(event.start.last) if event.start is not None else stop
    sure_to = stop
    if event.end is not None:
        sure_to = frame.x(event.end.first)
    elif not event.ongoing:
        sure_to = sure_from
    if event.start is not None and event.start.first == event.start.last:
        sure_to = max(sure_to, sure_from + least)
    parts = [(start, stop)]
    marks: list[Primitive] = []
    if sure_to > sure_from:
        parts = [(start, sure_from), (sure_to, stop)]
        fill = "stop" if event.serious else "text2"
        marks.append(Rect(sure_from, middle - half, sure_to - sure_from, 2 * half, fill=fill))
    for first, last in parts:
        if last - first > 0.5:
            wide = last - first
            box = Rect(first, middle - half, wide, 2 * half, stroke="text", dash=_DASH)
            marks.append(box)
    if _began_before(frame, event):
        marks.append(_arrow(frame.left + unit * 0.1, middle, unit * 0.8, -1.0))
    after = max(stop, sure_to)
    if event.ongoing:
        marks.append(_arrow(after, middle, unit * 0.8, 1.0))
    elif event.end is None:
        at = after + unit * 0.3
        marks.append(TextMark(at, middle + unit * 0.36, "?", unit, "text", 600))
    return marks


def _arrow(x: float, y: float, size: float, way: float) -> Polygon:
    tip, back = (x + size, x) if way > 0 else (x, x + size)
    return Polygon(((back, y - size * 0.7), (back, y + size * 0.7), (tip, y)), fill="text")
