"""A made-up participant over time with one of everything that can be drawn."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from attrs import evolve

from msclinic.reports.over_time_model import (
    EventBar,
    InfusionMark,
    OverTime,
    Series,
    Span,
    TimePanel,
    TimePoint,
    VisitMark,
)
from msclinic.reports.summary_model import Banner, Provenance, StudyFacts

__all__ = ["FIRST", "WHOLE", "bare", "numbers", "one_series"]

FIRST = date(2026, 1, 26)
_DAYS = {"SCR": 0, "V1": 28, "V2": 119, "UNS": 130, "V3": 210, "V4": 301, "V5": 392}
_HIGH = (None, Decimal(35))


def _point(visit: str, text: str, value: str | None = None, **more: object) -> TimePoint:
    number = None if value is None else Decimal(value)
    day = FIRST + timedelta(days=_DAYS[visit])
    return TimePoint(day, visit, text, value=number, **more)  # type: ignore[arg-type]


def numbers(**values: str) -> tuple[TimePoint, ...]:
    """Plain values by visit."""
    return tuple(_point(visit, value, value) for visit, value in values.items())


def bare(**changes: object) -> OverTime:
    """A participant of whom nothing is on record."""
    made = Provenance(datetime(2027, 3, 1, 9, tzinfo=UTC), 1412, "a" * 64, "b" * 64, "0.1.0")
    data = OverTime(
        study=StudyFacts("NCT07146087", "MSC exosomes", "PL01", "Katowice", "0.1"),
        banner=Banner("PL01-007", 1981, "F", "SPMS", ()),
        provenance=made,
        zone=ZoneInfo("Europe/Warsaw"),
        start=FIRST,
        end=FIRST,
        today=FIRST,
    )
    return evolve(data, **changes)


def one_series(series: Series, **changes: object) -> OverTime:
    """A participant with a single series over thirteen months."""
    last = FIRST + timedelta(days=399)
    panel = TimePanel("one", "Panel", (series,))
    return bare(end=last, today=last, panels=(panel,), **changes)


_EDSS = Series(
    "edss",
    "Functional systems and EDSS",
    "EDSS, rater",
    worse="higher",
    scale=(Decimal(0), Decimal(10)),
    points=(
        *numbers(SCR="4.5", V1="4.5", V2="4.5"),
        _point("UNS", "5.5", "5.5", unsigned=True),
        *numbers(V3="5.0", V4="5.0", V5="5.5"),
    ),
    threshold=Decimal("5.5"),
    threshold_words="5.5 = baseline + 1.0: counts as worsening if it stays 12 weeks",
)
_WALK = Series(
    "walk",
    "Timed 25-foot walk",
    "Mean of both trials",
    "s",
    "higher",
    points=(
        *numbers(SCR="6.25", V1="6.10"),
        _point("V2", "Unable because of MS", kind="missing"),
        _point("V3", "7.85", "7.85", worsened=True),
        _point("V4", "8.05", "8.05", worsened=True),
    ),
    reference="at V1: 6.10 s",
    worsening="worse: at least 20 % longer than at V1",
)
_SDMT = Series(
    "sdmt",
    "Symbol digit modalities test",
    "Correct answers · Aloud",
    worse="lower",
    scale=(Decimal(0), Decimal(110)),
    points=(
        *numbers(SCR="48", V1="51", V2="50"),
        _point("V3", "52 / 25", kind="conflict"),
        *numbers(V4="49"),
    ),
)
_ALT = Series(
    "alt",
    "ALT",
    unit="U/L",
    points=(
        _point("SCR", "21", "21", usual=_HIGH),
        _point("V1", "0.5 µkat/L", "30", usual=_HIGH, unsigned=True),
        _point("V2", "58", "58", usual=_HIGH, flag="high", void=True),
        _point("V3", "910", "910", usual=_HIGH, flag="critical_high"),
        _point("V4", "33", "33", usual=_HIGH, stale=True),
    ),
)
_CRP = Series(
    "crp",
    "C-reactive protein",
    unit="mg/L",
    points=(
        _point("SCR", "<0.5", "0.5", kind="below", usual=(None, Decimal(5))),
        _point("V1", "clotted", kind="words"),
        _point("V2", "12", "12", usual=(None, Decimal(5)), flag="high"),
        _point("V3", "<10", "10", kind="below", usual=(None, Decimal(5)), flag="undecided"),
    ),
)
_HGB = Series(
    "hgb",
    "Haemoglobin",
    unit="g/dL",
    points=(
        _point("SCR", "13.2", "13.2", usual=(Decimal(12), Decimal(16))),
        _point("V2", "11.4", "11.4", usual=(Decimal(12), Decimal(16)), flag="low"),
        _point("V3", "128 g/L", "12.8", usual=(Decimal("11.5"), Decimal(15)), visit_day=True),
    ),
)
_NFL = Series(
    "nfl", "NfL", "Serum · Simoa HD-X", "pg/mL", points=numbers(V1="14.2", V2="15.8", V3="13.1")
)


def _day(month: int, day: int) -> Span:
    one = date(2026, month, day)
    return Span(one, one, f"{one:%-d %b %Y}")


_JULY = Span(date(2026, 7, 1), date(2026, 7, 31), "Jul 2026")
_EVENTS = (
    EventBar(1, "Infusion-site bruise", _day(2, 23), _day(2, 27), grade="1 mild"),
    EventBar(
        2,
        "Urinary tract infection whose name goes on for more lines than there is room for beside"
        " its bar, so that it is cut here and whole in the list",
        _JULY,
        ongoing=True,
        grade="2 moderate",
    ),
    EventBar(
        3,
        "Pneumonia",
        Span(date(2025, 1, 1), date(2025, 12, 31), "2025"),
        Span(date(2026, 3, 1), date(2026, 3, 31), "Mar 2026"),
        grade="3 severe",
        serious=True,
    ),
    EventBar(4, "Fall", _day(12, 1), grade="2 moderate", note="end unknown"),
    EventBar(5, "Headache", None, ongoing=True),
)
_PANELS = (
    TimePanel("edss", "EDSS", (_EDSS,)),
    TimePanel("timed_tests", "Timed tests", (_WALK, _SDMT), ("Nine-hole peg test",)),
    TimePanel("laboratory", "Laboratory", (_ALT, _CRP, _HGB)),
    TimePanel("biomarkers", "Biomarkers", (_NFL,), ("GFAP", "IL-6")),
)

WHOLE = bare(
    start=FIRST - timedelta(days=3),
    end=date(2027, 3, 1),
    today=date(2027, 3, 1),
    visits=tuple(
        VisitMark(code, FIRST + timedelta(days=days), code != "UNS") for code, days in _DAYS.items()
    ),
    infusions=tuple(
        InfusionMark(number, FIRST + timedelta(days=_DAYS[f"V{number}"])) for number in range(1, 5)
    ),
    panels=_PANELS,
    events=_EVENTS,
)
"""One of everything."""
