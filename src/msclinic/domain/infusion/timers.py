"""The timers of an infusion day, as absolute deadlines that survive restart and sleep.

A timer never acts: it names a deadline and how it stands. The clock itself is watched too.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.domain.infusion.closing import vitals_schedule
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.gates import gate
from msclinic.domain.infusion.volume import pause_total

__all__ = ["Timer", "call_timers", "clock_jump", "timers"]


@frozen
class Timer:
    """One deadline.

    Attributes:
        code: TM1 to TM8; vitals points carry their point, e.g. TM4:T15.
        label: Name by language.
        deadline: When it ends, UTC; None while it stands still.
        priority: 1 (at once) to 3.
        state: running, soon (the last tenth or five minutes), over or waiting.
    """

    code: str
    label: Mapping[str, str]
    deadline: datetime | None
    priority: int
    state: str


def _timer(code: str, en: str, pl: str, deadline: datetime, priority: int, now: datetime) -> Timer:
    if now >= deadline:
        state = "over"
    elif deadline - now <= timedelta(minutes=5):
        state = "soon"
    else:
        state = "running"
    return Timer(code, {"en": en, "pl": pl}, deadline, priority, state)


def timers(facts: RunFacts) -> tuple[Timer, ...]:
    """Return the timers of a run that matter now, the most urgent first."""
    now = facts.now
    found: list[Timer] = []
    if facts.started_at is None:
        for code, name, en, pl in (
            ("TM1", "G1", "Fit to dose valid", "Dopuszczenie ważne"),
            ("TM2", "G3", "Bedside check valid", "Kontrola przy łóżku ważna"),
        ):
            until = gate(facts, name).valid_until
            if until is not None:
                found.append(_timer(code, en, pl, until, 2, now))
    product = facts.product
    if facts.ended_at is None and product is not None and product.use_before is not None:
        found.append(_timer("TM3", "Use before", "Zużyć przed", product.use_before, 1, now))
    found.extend(_points(facts))
    if facts.started_at is not None and facts.ended_at is None and facts.interruptions:
        found.append(_pause(facts))
    if facts.ended_at is not None and facts.code("E05_OUTCOME") is None:
        over = facts.ended_at + facts.observation
        found.append(_timer("TM6", "Observation ends", "Koniec obserwacji", over, 3, now))
    far = now + timedelta(days=3650)
    return tuple(sorted(found, key=lambda timer: (timer.deadline or far, timer.priority)))


def _points(facts: RunFacts) -> list[Timer]:
    states = {"to_come": "running", "due": "soon", "overdue": "over", "missed": "over"}
    return [
        Timer(
            f"TM4:{point.code}",
            {"en": f"Vital signs {point.code}", "pl": f"Parametry życiowe {point.code}"},
            point.due,
            2,
            states[point.status],
        )
        for point in vitals_schedule(facts)
        if point.due is not None
        and point.code != "BASE"
        and point.status in ("to_come", "due", "overdue")
    ]


def _pause(facts: RunFacts) -> Timer:
    limit = timedelta(minutes=facts.limits.pause_minutes)
    left = limit - pause_total(facts.interruptions, facts.now)
    label = {"en": "Pause in total", "pl": "Łączna przerwa"}
    paused = any(pause.end is None for pause in facts.interruptions)
    if not paused and left > timedelta(0):
        return Timer("TM5", label, None, 1, "waiting")
    return _timer("TM5", label["en"], label["pl"], facts.now + left, 1, facts.now)


def call_timers(
    dose_day_end: datetime, done: Mapping[int, date], now: datetime
) -> tuple[Timer, ...]:
    """Return the timers of the calls after a dose that are not made yet.

    Args:
        dose_day_end: End of the local day of the dose, UTC.
        done: Days of the calls made, by days after the dose (1 and 7).
        now: The time asked at.
    """
    last = {1: 2, 7: 9}
    return tuple(
        _timer(
            f"TM8:{days}",
            f"Call after {days} {'day' if days == 1 else 'days'}",
            f"Telefon po {days} {'dniu' if days == 1 else 'dniach'}",
            dose_day_end + timedelta(days=limit),
            3,
            now,
        )
        for days, limit in last.items()
        if days not in done
    )


def clock_jump(
    previous: tuple[datetime, float], now: tuple[datetime, float], limit: int
) -> Decimal | None:
    """Return by how many seconds the wall clock left the monotonic one, if by more than a limit.

    Infusion day, section 7 (study default ``clock_jump``).

    Args:
        previous: Wall clock and monotonic seconds, read together.
        now: The same, read later.
        limit: Seconds.

    Returns:
        Seconds, negative for a backward jump; None while the clocks agree.
    """
    wall = Decimal((now[0] - previous[0]) // timedelta(microseconds=1)) / 1_000_000
    steady = Decimal(str(now[1])) - Decimal(str(previous[1]))
    drift = wall - steady
    return drift if abs(drift) > limit else None
