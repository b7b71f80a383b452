from datetime import UTC, datetime, timedelta

import pytest

from msclinic.app.clock import SystemClock, TurnedClock

START = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_turning_moves_both_the_wall_clock_and_the_counter():
    clock = TurnedClock(START)
    clock.turn(timedelta(minutes=5))
    assert clock.now() == START + timedelta(minutes=5)
    assert clock.monotonic() == 300


def test_a_jump_moves_only_the_wall_clock():
    clock = TurnedClock(START)
    clock.jump(timedelta(hours=-1))
    assert clock.now() == START - timedelta(hours=1)
    assert clock.monotonic() == 0


def test_time_never_runs_backwards():
    with pytest.raises(ValueError, match="backwards"):
        TurnedClock(START).turn_to(START - timedelta(seconds=1))


def test_a_naive_time_is_refused():
    with pytest.raises(ValueError, match="aware"):
        TurnedClock(datetime(2026, 11, 22))  # noqa: DTZ001 - the point of the test


def test_the_machines_clock_is_aware_and_counts():
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.monotonic() <= clock.monotonic()
