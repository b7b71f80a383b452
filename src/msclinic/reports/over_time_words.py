"""The same values in words: rows of a list, and a sentence for each series."""

from msclinic.reports.over_time_events import event_words
from msclinic.reports.over_time_model import EventBar, Series, TimePoint
from msclinic.wording import date_text, tr

__all__ = ["event_sentence", "point_state", "series_name", "series_sentence"]

_FLAGS = {
    "low": "below the range",
    "high": "above the range",
    "critical_low": "critically low",
    "critical_high": "critically high",
    "critical_possible": "may be critical",
    "abnormal": "abnormal",
    "no_range": "cannot be judged: no range",
    "undecided": "not decided against the range",
}


def series_name(series: Series) -> str:
    """Title, what tells it from others, and its unit."""
    name = f"{series.title}, {series.detail}" if series.detail else series.title
    return f"{name}, {series.unit}" if series.unit else name


def point_state(point: TimePoint, language: str) -> str:
    """What must be known of a value besides its number; empty for nothing."""
    said = [tr(_FLAGS[point.flag], language)] if point.flag else []
    if point.kind == "missing":
        said.append(tr("no value", language))
    if point.kind == "conflict":
        said.append(tr("two values on record", language))
    if point.worsened:
        said.append(tr("worse than at baseline", language))
    if point.stale:
        said.append(tr("computed from values changed since", language))
    if point.void:
        said.append(tr("a signature no longer holds", language))
    if point.unsigned:
        said.append(tr("a signature is missing", language))
    if point.visit_day:
        said.append(tr("day of the visit", language))
    return ", ".join(said)


def series_sentence(series: Series, language: str) -> str:
    """Every value of a series with its day and state."""
    said = []
    for point in series.points:
        text = f"{date_text(point.day, language)} {point.visit} {point.text}"
        state = point_state(point, language)
        said.append(f"{text} ({state})" if state else text)
    name = series_name(series)
    if series.reference:
        name = f"{name} ({series.reference})"
    return f"{name}: {'; '.join(said)}."


def event_sentence(event: EventBar, language: str) -> str:
    """One event in words."""
    head = tr("Event {number}", language, number=event.number)
    serious = f"{tr('serious', language)}, " if event.serious else ""
    return f"{head}, {event.term}: {serious}{event_words(event, language)}."
