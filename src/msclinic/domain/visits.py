"""Visit windows and the calendar between infusions.

Targets are counted from the anchor (the day of infusion 1), never from the visit before, so that
slippage does not add up. Every length is an argument: nothing here knows the trial's schedule.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from attrs import field, frozen

__all__ = [
    "Interval",
    "VisitPlan",
    "VisitWindow",
    "anchor_window",
    "dose_day",
    "infusion_interval",
    "missed_dose",
    "next_infusion",
    "study_day",
    "target_date",
    "visit_window",
    "window_status",
]


@frozen
class VisitPlan:
    """One visit as the study schedules it.

    Attributes:
        code: Visit code.
        kind: scheduled, call, unscheduled or common.
        target_day: Study day aimed at; for a call, days after its dose; None without target.
        window: First and last day allowed, counted like the target; None without window.
        infusion: Number of the infusion given at this visit.
    """

    code: str
    kind: str = field()
    target_day: int | None = None
    window: tuple[int, int] | None = None
    infusion: int | None = None

    @kind.validator
    def _known_kind(self, _attribute: object, kind: str) -> None:
        if kind not in ("scheduled", "call", "unscheduled", "common"):
            raise ValueError(f"{kind!r} is not a kind of visit.")


@frozen
class VisitWindow:
    """The calendar days of a planned visit, first and last day included.

    Attributes:
        target: The day aimed at; None where the plan names none.
        opens: First day inside the window.
        closes: Last day inside the window.
    """

    target: date | None
    opens: date
    closes: date


@frozen
class Interval:
    """Days between two infusions against the shortest allowed.

    Attributes:
        days: Days from the previous infusion to this one.
        minimum: Shortest interval allowed.
        allowed: Whether the interval is long enough.
        earliest: First day on which it is.
    """

    days: int
    minimum: int
    allowed: bool
    earliest: date


def study_day(day: date, anchor: date) -> int:
    """Return the study day of a date: the anchor is day 1, the day before it day -1.

    There is no day zero (SDTM IG 3.4, section 4.4.4).
    """
    days = (day - anchor).days
    return days + 1 if days >= 0 else days


def target_date(target_day: int, anchor: date) -> date:
    """Return the date of a study day.

    Raises:
        ValueError: Study day 0, which does not exist.
    """
    if target_day == 0:
        raise ValueError("There is no study day 0: day 1 follows day -1.")
    return anchor + timedelta(days=target_day - 1 if target_day > 0 else target_day)


def visit_window(
    plan: VisitPlan, anchor: date | None, dose_date: date | None = None
) -> VisitWindow | None:
    """Return the days in which a visit belongs.

    Args:
        plan: The visit as scheduled.
        anchor: Day of infusion 1, once known or planned.
        dose_date: Day of the dose a call follows, or of the report or decision an unscheduled
            visit follows.

    Returns:
        The window, or None while the day it is counted from is unknown or the plan has none.
    """
    if plan.window is None:
        return None
    first, last = plan.window
    if plan.kind == "scheduled":
        if anchor is None:
            return None
        target = None if plan.target_day is None else target_date(plan.target_day, anchor)
        return VisitWindow(target, target_date(first, anchor), target_date(last, anchor))
    if dose_date is None:
        return None
    after = None if plan.target_day is None else dose_date + timedelta(days=plan.target_day)
    return VisitWindow(after, dose_date + timedelta(days=first), dose_date + timedelta(days=last))


def anchor_window(plan: VisitPlan, day: date) -> VisitWindow | None:
    """Return the days on which the anchor may lie so that an earlier visit is in its window.

    Args:
        plan: The visit before the anchor, such as screening.
        day: The day it happened on.

    Returns:
        The days, or None for a visit without a window before the anchor.
    """
    if plan.kind != "scheduled" or plan.window is None or plan.window[1] >= 0:
        return None
    first, last = plan.window
    target = plan.target_day
    return VisitWindow(
        None if target is None else day - timedelta(days=target),
        day - timedelta(days=last),
        day - timedelta(days=first),
    )


def window_status(window: VisitWindow, day: date) -> str:
    """Tell whether a day lies early, inside or late of a window."""
    if day < window.opens:
        return "early"
    return "late" if day > window.closes else "inside"


def dose_day(given: date | None, visit_day: date | None, today: date, *, awaited: bool) -> date:
    """Return the day by which the window and the interval of an infusion visit are judged.

    Source: trial schedule (study default): windows and the shortest interval are days of the dose.
    A visit may be opened days before it, so its own day says nothing of them.

    Args:
        given: Day of the dose, once it began.
        visit_day: The day the visit is booked for or was opened on.
        today: Today at the site.
        awaited: Whether the dose may still begin at this visit. Where it may not, the visit went
            without one and its own day counts.
    """
    if given is not None:
        return given
    if visit_day is None:
        return today
    return max(visit_day, today) if awaited else visit_day


def infusion_interval(previous: date, day: date, minimum_days: int) -> Interval:
    """Compare the days since the previous infusion with the shortest interval allowed."""
    days = (day - previous).days
    return Interval(
        days=days,
        minimum=minimum_days,
        allowed=days >= minimum_days,
        earliest=previous + timedelta(days=minimum_days),
    )


def missed_dose(target: date, day: date, limit_days: int) -> bool:
    """Tell whether a dose not given by this day is skipped: more than the limit past its target.

    A skipped dose is never made up for, and later targets do not move (study default).
    """
    return (day - target).days > limit_days


def next_infusion(
    plans: Sequence[VisitPlan],
    anchor: date | None,
    given: Mapping[int, date],
    day: date,
    limit_days: int,
) -> int | None:
    """Return the number of the infusion that comes next, doses missed being skipped.

    Args:
        plans: The study's visits.
        anchor: Day of infusion 1, once known.
        given: Days of the infusions given, by number.
        day: The day asked about.
        limit_days: Days past its target after which a dose is skipped.

    Returns:
        The lowest number after the last one given that is not skipped; None after the last.
    """
    last = max(given, default=0)
    for plan in sorted(plans, key=lambda plan: plan.infusion or 0):
        number = plan.infusion
        if number is None or number <= last:
            continue
        if anchor is None or plan.target_day is None:
            return number
        if not missed_dose(target_date(plan.target_day, anchor), day, limit_days):
            return number
    return None
