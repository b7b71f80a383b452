"""Which rounds an infusion asks for, and which one is next.

Vital signs, line checks and symptoms that fall due together are one round with one alert.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.items import INFUSION, VITAL_SIGNS
from msclinic.domain.infusion.volume import predicted_end
from msclinic.domain.values import Answer
from msclinic.domain.vitals import DuePoint, due_points, rounds
from msclinic.services.infusion.gates import Run
from msclinic.services.infusion.limits import line_check_minutes
from msclinic.services.infusion.rounds import LINE_ONLY, line_key, point_key
from msclinic.services.session import Session

__all__ = ["RoundView", "all_rounds", "next_round", "planned_end", "points"]


@frozen
class RoundView:
    """One round.

    Attributes:
        point: Code to open it with: a point of the schedule, or L75 for the line only.
        due: When it is due; none for a baseline before the start.
        opens_at: From when on it counts as in time.
        closes_at: Until when it counts as in time.
        status: to_come, due, overdue, missed or done.
        vitals: Vital signs belong to it.
        line: A line check belongs to it.
        symptoms: Symptoms are asked for.
        reading_key: Repeat key of the reading once the round was opened.
        line_key: Repeat key of the line check once the round was opened.
        symptoms_key: Repeat key of the symptoms once the round was opened.
        answered: Answers given.
        asked: Answers the round asks for.
        estimated: The end is only predicted, so the time may still move.
    """

    point: str
    due: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    status: str
    vitals: bool
    line: bool
    symptoms: bool
    reading_key: str | None = None
    line_key: str | None = None
    symptoms_key: str | None = None
    answered: int = 0
    asked: int = 0
    estimated: bool = False


_LINE_ITEMS = ("D04_VIP", "D04_VOLUME", "D04_EXTRAVASATION")
_MEASURED = ("SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "OXYSAT", "OXYGEN", "CONSCIOUSNESS")


def planned_end(facts: RunFacts) -> datetime | None:
    """When the infusion will have run in, or has."""
    if facts.ended_at is not None or facts.started_at is None:
        return facts.ended_at
    label = facts.product.volume if facts.product is not None else None
    return predicted_end(
        label if label is not None else facts.prescribed_volume,
        facts.rate_steps,
        facts.interruptions,
        facts.planned_rates,
        facts.now,
    )


def points(facts: RunFacts) -> tuple[DuePoint, ...]:
    """Points of the whole schedule, those after a predicted end too."""
    taken = {
        code: reading.taken_at
        for code, reading in facts.vitals.items()
        if reading.taken_at is not None
    }
    return due_points(
        facts.vitals_plan,
        start=facts.started_at,
        end=facts.ended_at,
        now=facts.now,
        taken=taken,
        long_observation=facts.infusion_number == 1 or facts.reaction,
        predicted_end=planned_end(facts),
        not_done=facts.vitals_not_done,
        closed=facts.code("E05_OUTCOME") is not None,
    )


def all_rounds(session: Session, run: Run) -> tuple[RoundView, ...]:
    """Every round of the run in order of time."""
    facts = run.facts
    schedule = points(facts)
    found = {
        point.code: _vitals_round(run, point) for point in schedule if point.satisfied_by is None
    }
    if facts.started_at is None:
        return tuple(found.values())
    tasks = [(point.code, point.due) for point in schedule if point.due and point.code != "BASE"]
    stop = planned_end(facts) or facts.now + timedelta(hours=1)
    every = line_check_minutes(session.study)
    minute = every
    while facts.started_at + timedelta(minutes=minute) < stop:
        tasks.append((f"{LINE_ONLY}{minute}", facts.started_at + timedelta(minutes=minute)))
        minute += every
    for group in rounds(tasks, facts.vitals_plan.round):
        if all(code.startswith(LINE_ONLY) for code in group):
            found[group[0]] = _line_round(session, run, int(group[0].removeprefix(LINE_ONLY)))
    far = facts.now + timedelta(days=3650)
    early = facts.started_at - timedelta(days=1)
    return tuple(
        sorted(
            found.values(),
            key=lambda one: early if one.point == "BASE" else one.due or far,
        )
    )


def next_round(run: Run, schedule: Sequence[RoundView]) -> RoundView | None:
    """The round to do now or next; a missed one is settled with a reason, not gone back to."""
    for one in schedule:
        if one.point == "BASE" and run.facts.started_at is not None:
            continue
        if one.status in ("due", "overdue", "to_come"):
            return one
    return None


def _vitals_round(run: Run, point: DuePoint) -> RoundView:
    facts, plan = run.facts, run.facts.vitals_plan
    after_end = point.code.startswith("EOI")
    tolerance = timedelta(minutes=plan.tolerance_after if after_end else plan.tolerance)
    infusion = run.record.form(INFUSION)
    started = facts.started_at is not None and point.code != "BASE"
    line = started and not after_end
    reading = point_key(run.record.form(VITAL_SIGNS), "reading", "VSTPT", point.code)
    at_line = point_key(infusion, "line_check", "D04_POINT", point.code) if line else None
    asked_for = point_key(infusion, "symptoms", "D06_POINT", point.code) if started else None
    answered = _answered(run.record.form(VITAL_SIGNS).rows("reading"), reading, _MEASURED)
    answered += _answered(infusion.rows("line_check"), at_line, _LINE_ITEMS)
    answered += _answered(infusion.rows("symptoms"), asked_for, ("D06_SYMPTOMS",))
    asked = len(_MEASURED) + (len(_LINE_ITEMS) if line else 0) + (1 if started else 0)
    begun = 0 < answered < asked and point.code != "BASE"
    status = point.status
    if status == "done" and begun and facts.code("E05_OUTCOME") is None:
        # Measured, but line or symptoms are still open: the round goes on.
        status = "due" if point.due is None or facts.now < point.due + tolerance else "overdue"
    dated = point.due if point.code != "BASE" else None
    return RoundView(
        point=point.code,
        due=dated,
        opens_at=dated - tolerance if dated else None,
        closes_at=dated + tolerance if dated else None,
        status=status,
        vitals=True,
        line=line,
        symptoms=started,
        reading_key=reading,
        line_key=at_line,
        symptoms_key=asked_for,
        answered=answered,
        asked=asked,
        estimated=point.estimated,
    )


def _line_round(session: Session, run: Run, minutes: int) -> RoundView:
    facts = run.facts
    start = facts.started_at or facts.now
    due = start + timedelta(minutes=minutes)
    tolerance = timedelta(minutes=facts.vitals_plan.tolerance)
    infusion = run.record.form(INFUSION)
    key = line_key(session, infusion, minutes)
    answered = _answered(infusion.rows("line_check"), key, _LINE_ITEMS)
    if answered == len(_LINE_ITEMS):
        status = "done"
    elif facts.ended_at is not None or facts.now >= due + 2 * tolerance:
        status = "missed"
    elif facts.now >= due + tolerance:
        status = "overdue"
    else:
        status = "due" if facts.now >= due - tolerance else "to_come"
    return RoundView(
        point=f"{LINE_ONLY}{minutes}",
        due=due,
        opens_at=due - tolerance,
        closes_at=due + tolerance,
        status=status,
        vitals=False,
        line=True,
        symptoms=False,
        line_key=key,
        answered=answered,
        asked=len(_LINE_ITEMS),
    )


def _answered(
    rows: Sequence[tuple[str, Mapping[str, Answer]]], key: str | None, items: tuple[str, ...]
) -> int:
    return sum(item in row for one, row in rows if one == key for item in items)
