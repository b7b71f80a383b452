"""What is drawn of one participant over time: plain values filled by the services.

Words of the study are already in the reader's language. A missing value is a point without a
number and with its reason; it is never zero.
"""

from datetime import date, tzinfo
from decimal import Decimal
from typing import Literal

from attrs import frozen

from msclinic.reports.summary_model import Banner, Provenance, StudyFacts

__all__ = [
    "EventBar",
    "InfusionMark",
    "Kind",
    "Limits",
    "OverTime",
    "Series",
    "Span",
    "TimePanel",
    "TimePoint",
    "VisitMark",
]

Kind = Literal["value", "below", "above", "words", "missing", "conflict"]
Limits = tuple[Decimal | None, Decimal | None]


@frozen
class TimePoint:
    """One value on record, or the reason for none.

    Attributes:
        day: The day it belongs to.
        visit: Visit code.
        text: As it was typed, or why there is no value.
        kind: ``value`` for a number, ``below`` and ``above`` for one known from one side only,
            ``words`` for a result that is no number, ``missing``, and ``conflict`` for two values.
        value: Where it is drawn, in the unit of the series; None where it is no number.
        flag: ``low``, ``high``, ``critical_low``, ``critical_high``, ``critical_possible``,
            ``abnormal``, ``undecided``, ``no_range``, or empty.
        usual: The laboratory's range for that day, in the unit of the series, or None.
        unsigned: A signature that its form asks for is not there.
        void: A signature over it no longer holds, because something signed was changed.
        stale: What it was computed from has changed since.
        visit_day: The form has no day of its own, so it stands on the day of the visit.
        worsened: It is worse than the reference of its series by the study's threshold.
    """

    day: date
    visit: str
    text: str
    kind: Kind = "value"
    value: Decimal | None = None
    flag: str = ""
    usual: Limits | None = None
    unsigned: bool = False
    void: bool = False
    stale: bool = False
    visit_day: bool = False
    worsened: bool = False


@frozen
class Series:
    """Values that may be compared with each other, in order of time.

    Attributes:
        key: Names it within its panel.
        title: What was measured.
        detail: What more is needed to tell it from others; empty for nothing.
        unit: As people write it; empty for none.
        worse: ``higher`` or ``lower``, or empty.
        scale: A fixed scale, or None for one that fits the values.
        points: In order of time.
        threshold: A level that means something, drawn dashed, or None.
        threshold_words: What it means.
        undated: Values whose day nobody knows, in words.
        reference: What its values are held against for worsening, in words, or why nothing is.
        worsening: What counts as worse than that, in words; empty where nothing is judged.
    """

    key: str
    title: str
    detail: str = ""
    unit: str = ""
    worse: str = ""
    scale: tuple[Decimal, Decimal] | None = None
    points: tuple[TimePoint, ...] = ()
    threshold: Decimal | None = None
    threshold_words: str = ""
    undated: tuple[str, ...] = ()
    reference: str = ""
    worsening: str = ""


@frozen
class TimePanel:
    """Series that belong together.

    Attributes:
        code: The study's code.
        title: As people read it.
        series: Those with anything on record.
        blank: Titles of those with nothing on record yet.
    """

    code: str
    title: str
    series: tuple[Series, ...] = ()
    blank: tuple[str, ...] = ()


@frozen
class Span:
    """The days that a date may mean: one day, or all of its month or year.

    Attributes:
        first: The earliest.
        last: The latest.
        text: As it was typed.
    """

    first: date
    last: date
    text: str


@frozen
class EventBar:
    """One adverse event from its start to its end.

    Attributes:
        number: As people count it.
        term: As reported, or words for none.
        start: When it began, or None while unknown.
        end: When it ended, or None while it goes on or the end is unknown.
        ongoing: It was still going on when it was last recorded.
        grade: Grade in words, empty while none is recorded.
        serious: Whether it is serious.
        note: What else must be known of the record: two values, or a date that is not known.
    """

    number: int
    term: str
    start: Span | None
    end: Span | None = None
    ongoing: bool = False
    grade: str = ""
    serious: bool = False
    note: str = ""


@frozen
class VisitMark:
    """A visit that took place.

    Attributes:
        code: Visit code.
        day: When.
        planned: It belongs to the schedule, so its name is printed before others.
    """

    code: str
    day: date
    planned: bool = True


@frozen
class InfusionMark:
    """An infusion that began."""

    number: int
    day: date


@frozen
class OverTime:
    """One participant over time, as far as the reader may see it.

    Attributes:
        study: The study and the site.
        banner: The participant by code.
        provenance: From which record it comes.
        zone: Time zone of the site.
        start: First day of the axis.
        end: Last day of the axis.
        today: The day at the site.
        visits: In order of time.
        infusions: In order of time; empty where the reader may not see them.
        panels: In the study's order.
        events: Adverse events by number; None where the reader may not see them.
    """

    study: StudyFacts
    banner: Banner
    provenance: Provenance
    zone: tzinfo
    start: date
    end: date
    today: date
    visits: tuple[VisitMark, ...] = ()
    infusions: tuple[InfusionMark, ...] = ()
    panels: tuple[TimePanel, ...] = ()
    events: tuple[EventBar, ...] | None = None
