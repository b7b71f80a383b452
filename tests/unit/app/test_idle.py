"""An untouched window hides and locks by the monotonic clock, and whenever the machine slept."""

from datetime import UTC, datetime, timedelta

import pytest

from msclinic.app.clock import SystemClock, TurnedClock
from msclinic.app.idle import IdleLimits, SleepWatch, Stage, idle_limits, idle_stage
from msclinic.shipped import shipped_study
from msclinic.study import load_study

LIMITS = IdleLimits(timedelta(minutes=10), timedelta(minutes=30))


@pytest.mark.requirement("R-SEC-1")
@pytest.mark.parametrize(
    ("minutes", "held", "stage"),
    [
        (0, False, Stage.HERE),
        (10, False, Stage.HERE),
        (10.1, False, Stage.LOCKED),
        (10, True, Stage.HERE),
        (10.1, True, Stage.HIDDEN),
        (30, True, Stage.HIDDEN),
        (30.1, True, Stage.LOCKED),
    ],
)
def test_a_window_hides_or_locks_by_how_long_nobody_was_there(minutes, held, stage):
    assert idle_stage(timedelta(minutes=minutes), LIMITS, held=held) is stage


def test_the_shipped_study_names_the_usual_limits():
    assert idle_limits(load_study(shipped_study())) == LIMITS


def test_sleep_is_noticed_once_and_waking_time_is_not_sleep():
    clock = TurnedClock(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    watch = SleepWatch(clock)
    clock.turn(timedelta(hours=3))
    clock.jump(timedelta(days=-2))
    assert not watch.slept()
    clock.sleep(timedelta(seconds=40))
    assert watch.slept()
    assert not watch.slept()


def test_the_machine_that_is_awake_has_not_slept():
    watch = SleepWatch(SystemClock())
    assert not watch.slept()
