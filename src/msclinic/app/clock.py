"""The clocks: the machine's, and one that can be turned for tests and the demo."""

import time
from datetime import UTC, datetime, timedelta

__all__ = ["SystemClock", "TurnedClock"]

# CLOCK_BOOTTIME counts while the machine sleeps; elsewhere time.monotonic does or comes closest.
_BOOTTIME = getattr(time, "CLOCK_BOOTTIME", None)


class SystemClock:
    """The machine's clock, read and never adjusted."""

    def now(self) -> datetime:
        """UTC, aware."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds that also count sleep, from an arbitrary start."""
        return time.clock_gettime(_BOOTTIME) if _BOOTTIME is not None else time.monotonic()

    def awake(self) -> float:
        """Seconds without sleep where the system tells them; otherwise those of ``monotonic``."""
        return time.monotonic()


class TurnedClock:
    """A clock that stands until it is turned: time comes in as an argument everywhere."""

    def __init__(self, start: datetime) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock needs an aware time")
        self._now = start.astimezone(UTC)
        self._seconds = 0.0
        self._asleep = 0.0

    def now(self) -> datetime:
        """UTC, aware."""
        return self._now

    def monotonic(self) -> float:
        """Seconds turned so far, jumps left out."""
        return self._seconds

    def awake(self) -> float:
        """Seconds turned so far without those slept through."""
        return self._seconds - self._asleep

    def sleep(self, step: timedelta) -> None:
        """Let time pass while the machine sleeps."""
        self.turn(step)
        self._asleep += step.total_seconds()

    def turn(self, step: timedelta) -> None:
        """Let time pass."""
        self._now += step
        self._seconds += step.total_seconds()

    def turn_to(self, moment: datetime) -> None:
        """Let time pass until a moment; never backwards.

        Raises:
            ValueError: The moment is in the past; use ``jump`` for a changed clock.
        """
        step = moment - self._now
        if step < timedelta():
            raise ValueError("time does not run backwards")
        self.turn(step)

    def jump(self, step: timedelta) -> None:
        """Change the wall clock without time passing, as a person at the settings does."""
        self._now += step
