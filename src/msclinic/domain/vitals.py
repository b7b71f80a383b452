"""Vital signs of an infusion: one reading, and when the next one is due.

Running points count from the start on the wall clock, also through a pause; points after the end
count from the end. A point is never moved, and a missing measure is never filled in.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.domain.values import Answer, Code

__all__ = [
    "DuePoint",
    "VitalsPlan",
    "VitalsReading",
    "assign_readings",
    "due_points",
    "reading_from_answers",
    "rounds",
]


@frozen
class VitalsReading:
    """One set of vital signs; None is a measure without a value, never zero.

    Attributes:
        sysbp: Systolic pressure, mmHg.
        diabp: Diastolic pressure, mmHg.
        pulse: Pulse per minute.
        resp: Breaths per minute.
        temp: Temperature, degrees Celsius.
        oxysat: Oxygen saturation, percent.
        oxygen: Oxygen given, litres per minute; 0 is air.
        consciousness: A, C, V, P or U.
        scale: NEWS2 saturation scale, 1 or 2.
        taken_at: When it was measured.
    """

    sysbp: Decimal | None = None
    diabp: Decimal | None = None
    pulse: Decimal | None = None
    resp: Decimal | None = None
    temp: Decimal | None = None
    oxysat: Decimal | None = None
    oxygen: Decimal | None = None
    consciousness: str | None = None
    scale: int | None = None
    taken_at: datetime | None = None

    @property
    def missing(self) -> tuple[str, ...]:
        """Item ids of the measures without a value."""
        values = {
            "SYSBP": self.sysbp,
            "DIABP": self.diabp,
            "PULSE": self.pulse,
            "RESP": self.resp,
            "TEMP": self.temp,
            "OXYSAT": self.oxysat,
            "OXYGEN": self.oxygen,
            "CONSCIOUSNESS": self.consciousness,
            "NEWS2_SCALE": self.scale,
        }
        return tuple(item for item, value in values.items() if value is None)

    @property
    def complete(self) -> bool:
        """Whether every measure has a value."""
        return not self.missing


def reading_from_answers(
    answers: Mapping[str, Answer], taken_at: datetime | None = None
) -> VitalsReading:
    """Make a reading of the answers of one item group; missing answers stay missing."""

    def number(item: str) -> Decimal | None:
        answer = answers.get(item)
        if isinstance(answer, Decimal):
            return answer
        return Decimal(answer) if isinstance(answer, int) else None

    level = answers.get("CONSCIOUSNESS")
    scale = answers.get("NEWS2_SCALE")
    code = scale.value if isinstance(scale, Code) else str(scale)
    return VitalsReading(
        sysbp=number("SYSBP"),
        diabp=number("DIABP"),
        pulse=number("PULSE"),
        resp=number("RESP"),
        temp=number("TEMP"),
        oxysat=number("OXYSAT"),
        oxygen=number("OXYGEN"),
        consciousness=level.value if isinstance(level, Code) else None,
        scale=int(code) if code in ("1", "2") else None,
        taken_at=taken_at,
    )


@frozen(kw_only=True)
class VitalsPlan:
    """When readings are due; all in minutes, set by the study.

    Attributes:
        first: Points after the start.
        every: Spacing of the points after the last of them, while the infusion runs.
        after_end: Points after the end.
        after_end_long: Further points after infusion 1 or after a reaction.
        tolerance: Early or late by this is on time, while running.
        tolerance_after: The same for the points after the end.
        overdue: A point not taken this long after it was due raises an alert.
        end_satisfies: A running point due this short before the end is taken with the end.
        base_age: The baseline may be this old at the start.
        round: What is due within this belongs to one round.
    """

    first: tuple[int, ...]
    every: int
    after_end: tuple[int, ...]
    after_end_long: tuple[int, ...]
    tolerance: int
    tolerance_after: int
    overdue: int
    end_satisfies: int
    base_age: int
    round: int


@frozen
class DuePoint:
    """One point of the schedule and how it stands.

    Attributes:
        code: BASE, T15.., EOI, EOI+30..
        due: When it is due; None for a baseline before the start.
        status: done, due, overdue, missed or to_come.
        taken_at: When the reading was taken.
        on_time: Whether a reading taken lies inside the tolerance.
        satisfied_by: EOI where the reading at the end stands for this point.
        estimated: The end is only predicted, so the time may still move.
    """

    code: str
    due: datetime | None
    status: str
    taken_at: datetime | None = None
    on_time: bool | None = None
    satisfied_by: str | None = None
    estimated: bool = False


def _minutes(count: int) -> timedelta:
    return timedelta(minutes=count)


def due_points(
    plan: VitalsPlan,
    *,
    start: datetime | None,
    end: datetime | None,
    now: datetime,
    taken: Mapping[str, datetime],
    long_observation: bool,
    predicted_end: datetime | None = None,
    not_done: frozenset[str] = frozenset(),
    closed: bool = False,
) -> tuple[DuePoint, ...]:
    """Return every point of the schedule in order, with its status.

    Args:
        plan: The schedule.
        start: Start of the infusion (D01).
        end: End of the infusion (D07).
        now: The time asked about.
        taken: Readings by point code.
        long_observation: Infusion 1, or a reaction today.
        predicted_end: End as the rates give it, while running.
        not_done: Points recorded as not done.
        closed: The participant has left; nothing will be taken any more.

    Returns:
        BASE, the running points, EOI and the points after it; points after the start come only
        once there is a start.
    """
    base = _base(plan, start, now, taken.get("BASE"), "BASE" in not_done)
    if start is None:
        return (base,)
    stop = end
    if stop is None and predicted_end is not None and predicted_end > now:
        stop = predicted_end
    times = _times(plan, start, stop, now, long_observation)
    points = [base]
    for index, (code, due) in enumerate(times):
        next_due = times[index + 1][1] if index + 1 < len(times) else None
        points.append(
            _point(plan, code, due, end, now, taken, next_due, code in not_done or closed)
        )
    return tuple(points)


def _times(
    plan: VitalsPlan,
    start: datetime,
    stop: datetime | None,
    now: datetime,
    long_observation: bool,
) -> list[tuple[str, datetime]]:
    """List the points up to the end; without a known end, up to the next one from now."""
    times: list[tuple[str, datetime]] = []
    minute, index = 0, 0
    while True:
        minute = plan.first[index] if index < len(plan.first) else minute + plan.every
        index += 1
        due = start + _minutes(minute)
        if stop is not None and due >= stop:
            break
        times.append((f"T{minute}", due))
        if stop is None and due > now:
            break
    if stop is not None:
        times.append(("EOI", stop))
        after = plan.after_end + (plan.after_end_long if long_observation else ())
        times.extend((f"EOI+{m}", stop + _minutes(m)) for m in after)
    return times


def _base(
    plan: VitalsPlan, start: datetime | None, now: datetime, taken: datetime | None, skipped: bool
) -> DuePoint:
    if taken is None:
        status = "missed" if skipped or start is not None else "due"
        return DuePoint("BASE", start, status)
    fresh = (start or now) - taken <= _minutes(plan.base_age)
    if start is None and not fresh:
        return DuePoint("BASE", None, "overdue", taken, False)
    return DuePoint("BASE", start, "done", taken, fresh)


def _point(
    plan: VitalsPlan,
    code: str,
    due: datetime,
    end: datetime | None,
    now: datetime,
    taken: Mapping[str, datetime],
    next_due: datetime | None,
    skipped: bool,
) -> DuePoint:
    after_end = code.startswith("EOI")
    tolerance = _minutes(plan.tolerance_after if after_end else plan.tolerance)
    estimated = after_end and end is None
    moment = taken.get(code)
    if moment is not None:
        return DuePoint(code, due, "done", moment, abs(moment - due) <= tolerance)
    if not after_end and end is not None and end - due <= _minutes(plan.end_satisfies):
        at_end = taken.get("EOI")
        status = "done" if at_end is not None else "due"
        if at_end is None and skipped:
            status = "missed"
        return DuePoint(code, due, status, at_end, None, "EOI")
    if estimated:
        return DuePoint(code, due, "missed" if skipped else "to_come", estimated=True)
    if skipped or (next_due is not None and now >= next_due):
        status = "missed"
    elif now >= due + _minutes(plan.overdue):
        status = "overdue"
    elif now >= due - tolerance:
        status = "due"
    else:
        status = "to_come"
    return DuePoint(code, due, status)


def assign_readings(
    plan: VitalsPlan, points: Sequence[DuePoint], times: Sequence[datetime]
) -> dict[str, datetime]:
    """Give readings to the points whose tolerance they fall in, the nearest one first.

    Args:
        plan: The schedule.
        points: Points without readings, as `due_points` gives them.
        times: When readings were taken.

    Returns:
        Times by point code; a reading outside every tolerance belongs to none.
    """
    pairs = []
    for point in points:
        if point.due is None or point.code == "BASE":
            continue
        after = point.code.startswith("EOI")
        tolerance = _minutes(plan.tolerance_after if after else plan.tolerance)
        for time in times:
            if abs(time - point.due) <= tolerance:
                pairs.append((abs(time - point.due), point.code, time))
    assigned: dict[str, datetime] = {}
    for _distance, code, time in sorted(pairs):
        if code not in assigned and time not in assigned.values():
            assigned[code] = time
    return assigned


def rounds(due: Sequence[tuple[str, datetime]], within: int) -> tuple[tuple[str, ...], ...]:
    """Put tasks due within so many minutes of the first of them into one round."""
    groups: list[list[tuple[str, datetime]]] = []
    for task in sorted(due, key=lambda task: task[1]):
        if groups and task[1] - groups[-1][0][1] <= _minutes(within):
            groups[-1].append(task)
        else:
            groups.append([task])
    return tuple(tuple(code for code, _ in group) for group in groups)
