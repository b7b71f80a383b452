"""Volumes and times of an infusion, worked from rates and pauses in Decimal.

The expected volume is shown beside the pump's; it never replaces what the pump says.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from attrs import frozen

__all__ = [
    "Interruption",
    "PlannedStep",
    "RateStep",
    "dose_percent",
    "expected_volume",
    "pause_total",
    "planned_duration",
    "predicted_end",
    "pump_differs",
]

_HOUR = Decimal(3600)
_MICRO = timedelta(microseconds=1)


@frozen
class PlannedStep:
    """A rate as ordered.

    Attributes:
        rate: mL/h.
        minutes: For how long; None until the end.
    """

    rate: Decimal
    minutes: int | None = None


@frozen
class RateStep:
    """A rate as set on the pump.

    Attributes:
        at: From when.
        rate: mL/h.
    """

    at: datetime
    rate: Decimal


@frozen
class Interruption:
    """A pause.

    Attributes:
        start: From when.
        end: Until when; None while it lasts.
        reason: REACTION, ACCESS, PUMP, TOILET or OTHER.
        volume: Volume given so far, mL.
    """

    start: datetime
    end: datetime | None = None
    reason: str = ""
    volume: Decimal | None = None


def _seconds(span: timedelta) -> Decimal:
    return Decimal(span // _MICRO) / 1_000_000


def _span(seconds: Decimal) -> timedelta:
    micro = (seconds * 1_000_000).to_integral_value(rounding=ROUND_HALF_UP)
    return timedelta(microseconds=int(micro))


def _merged(pauses: Sequence[Interruption], until: datetime) -> list[tuple[datetime, datetime]]:
    merged: list[tuple[datetime, datetime]] = []
    for pause in sorted(pauses, key=lambda pause: pause.start):
        start, end = pause.start, min(pause.end or until, until)
        if end <= start:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged


def _running(
    start: datetime, end: datetime, pauses: Sequence[tuple[datetime, datetime]]
) -> timedelta:
    """Return the time between start and end that is no pause."""
    span = max(end - start, timedelta(0))
    for pause_start, pause_end in pauses:
        overlap = min(end, pause_end) - max(start, pause_start)
        span -= max(overlap, timedelta(0))
    return span


def pause_total(interruptions: Sequence[Interruption], until: datetime) -> timedelta:
    """Return the time paused up to a moment; pauses that overlap count once."""
    spans = (end - start for start, end in _merged(interruptions, until))
    return sum(spans, timedelta(0))


def expected_volume(
    rate_steps: Sequence[RateStep], interruptions: Sequence[Interruption], until: datetime
) -> Decimal:
    """Return the volume that should have run in: the sum of rate times running time, mL."""
    pauses = _merged(interruptions, until)
    steps = sorted((step for step in rate_steps if step.at < until), key=lambda step: step.at)
    total = Decimal(0)
    for index, step in enumerate(steps):
        end = steps[index + 1].at if index + 1 < len(steps) else until
        total += step.rate * _seconds(_running(step.at, end, pauses))
    return total / _HOUR


def planned_duration(volume: Decimal, steps: Sequence[PlannedStep]) -> timedelta | None:
    """Return how long a volume takes at the ordered rates; None if they never finish it."""
    left, elapsed = volume, Decimal(0)
    for step in steps:
        if step.rate <= 0:
            if step.minutes is None:
                return None
            elapsed += step.minutes * 60
            continue
        needed = left * _HOUR / step.rate
        if step.minutes is None or needed <= step.minutes * 60:
            return _span(elapsed + needed)
        elapsed += step.minutes * 60
        left -= step.rate * step.minutes / 60
    return None


def predicted_end(
    volume: Decimal,
    rate_steps: Sequence[RateStep],
    interruptions: Sequence[Interruption],
    planned: Sequence[PlannedStep],
    now: datetime,
) -> datetime | None:
    """Return when the rest will have run in if it goes on from now.

    While the pump has followed the order so far, the ordered steps to come are counted;
    otherwise the rate set last goes on. A pause is taken to end now.

    Args:
        volume: Volume to give, mL.
        rate_steps: Rates set so far.
        interruptions: Pauses so far.
        planned: Rates ordered.
        now: The time asked at.

    Returns:
        The end, or None while nothing runs or the rate is zero.
    """
    steps = sorted((step for step in rate_steps if step.at <= now), key=lambda step: step.at)
    if not steps:
        return None
    left = volume - expected_volume(steps, interruptions, now)
    if left <= 0:
        return now
    ahead: tuple[PlannedStep, ...] = (PlannedStep(steps[-1].rate),)
    count = len(steps)
    ordered = [step.rate for step in planned[:count]]
    if ordered == [step.rate for step in steps] and planned[count - 1].minutes is not None:
        run = _running(steps[-1].at, now, _merged(interruptions, now))
        minutes = Decimal(planned[count - 1].minutes or 0)
        rest = max(minutes * 60 - _seconds(run), Decimal(0))
        in_step = steps[-1].rate * rest / _HOUR
        if in_step >= left and steps[-1].rate > 0:
            return now + _span(left * _HOUR / steps[-1].rate)
        after = planned_duration(left - in_step, planned[count:])
        return None if after is None else now + _span(rest) + after
    duration = planned_duration(left, ahead)
    return None if duration is None else now + duration


def pump_differs(expected: Decimal, pump: Decimal, limit: Decimal) -> bool:
    """Tell whether the pump's volume differs from the expected one by more than the limit."""
    return abs(expected - pump) > limit


def dose_percent(given: Decimal, prescribed: Decimal) -> Decimal:
    """Return the share of the prescription given, in percent."""
    return given / prescribed * 100
