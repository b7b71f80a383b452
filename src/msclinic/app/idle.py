"""When a window that nobody touches hides what it shows, and when it locks.

Requirement: standards, R-SEC-1 (EMA computerised systems guideline, Annex 4). Time is counted by
the monotonic clock, so that a changed wall clock neither locks nor keeps open.
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import TYPE_CHECKING

from attrs import frozen

from msclinic.domain.values import Clock

if TYPE_CHECKING:
    from msclinic.study import Study

__all__ = ["IdleLimits", "SleepWatch", "Stage", "idle_limits", "idle_stage"]

_USUAL, _USUAL_HELD = 10, 30


class Stage(Enum):
    """How far a window is away from its person."""

    HERE = "here"
    HIDDEN = "hidden"
    LOCKED = "locked"


@frozen
class IdleLimits:
    """After how long without a touch.

    Attributes:
        plain: The window locks; while something holds it, it only hides what it shows.
        held: It locks although a timer runs or an exam is open.
    """

    plain: timedelta
    held: timedelta


def idle_limits(study: Study) -> IdleLimits:
    """The limits of a study (settings `idle_lock`, `idle_lock_held`, in minutes)."""
    plain, held = study.settings.get("idle_lock"), study.settings.get("idle_lock_held")
    return IdleLimits(
        timedelta(minutes=_USUAL if plain is None else int(plain.value)),
        timedelta(minutes=_USUAL_HELD if held is None else int(held.value)),
    )


def idle_stage(idle: timedelta, limits: IdleLimits, *, held: bool) -> Stage:
    """What becomes of a window.

    Args:
        idle: Since the last touch.
        limits: Of the study.
        held: Whether a timer runs or an exam is open.
    """
    if idle <= limits.plain:
        return Stage.HERE
    if held and idle <= limits.held:
        return Stage.HIDDEN
    return Stage.LOCKED


class SleepWatch:
    """Whether the machine has slept since it was asked last."""

    # Two clocks that are read one after the other differ a little.
    _SLACK = 2.0

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._asleep = self._seconds_asleep()

    def slept(self) -> bool:
        """True once after every sleep."""
        asleep = self._seconds_asleep()
        longer, self._asleep = asleep - self._asleep > self._SLACK, asleep
        return longer

    def _seconds_asleep(self) -> float:
        return self._clock.monotonic() - self._clock.awake()
