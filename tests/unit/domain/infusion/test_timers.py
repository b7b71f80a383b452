"""Timers are deadlines, and the clock is watched."""

from datetime import timedelta
from decimal import Decimal

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.domain.infusion.a_run import ARRIVED, ENDED, READY, RUNNING, at

from msclinic.domain.infusion import Interruption, RunFacts, Timer, call_timers, clock_jump, timers


def by_code(facts: RunFacts) -> dict[str, Timer]:
    return {timer.code: timer for timer in timers(facts)}


def test_before_the_start_both_signatures_and_the_use_before_run_down() -> None:
    found = by_code(READY)
    assert found["TM1"].deadline == at("12:40")
    assert found["TM2"].deadline == at("09:25")
    assert found["TM3"].deadline == at("12:20")
    assert found["TM2"].state == "running"
    assert by_code(evolve(READY, now=at("09:20")))["TM2"].state == "soon"
    assert by_code(evolve(READY, now=at("09:25:01")))["TM2"].state == "over"


def test_while_running_the_next_vital_signs_count_down() -> None:
    found = by_code(RUNNING)
    assert "TM1" not in found
    assert found["TM4:T15"].state == "over"
    assert found["TM4:T30"].deadline == at("09:30")
    assert found["TM4:T30"].state == "running"


def test_a_pause_counts_down_and_stands_still_in_between() -> None:
    earlier = Interruption(at("09:05"), at("09:10"))
    running = evolve(RUNNING, interruptions=(earlier,))
    assert by_code(running)["TM5"].state == "waiting"
    paused = evolve(running, interruptions=(earlier, Interruption(at("09:15"))))
    assert by_code(paused)["TM5"].deadline == at("10:10")
    assert by_code(evolve(paused, now=at("10:10")))["TM5"].state == "over"


def test_the_observation_ends_an_hour_or_two_after_the_infusion() -> None:
    facts = evolve(ENDED, now=at("11:00"))
    assert by_code(facts)["TM6"].deadline == at("11:42:30")
    assert by_code(evolve(facts, infusion_number=1))["TM6"].deadline == at("12:42:30")
    assert by_code(evolve(facts, reaction_grade=1))["TM6"].deadline == at("12:42:30")


def test_timers_come_in_the_order_of_their_deadlines() -> None:
    deadlines = [timer.deadline for timer in timers(READY) if timer.deadline is not None]
    assert deadlines == sorted(deadlines)


def test_a_run_that_has_not_begun_has_no_timers() -> None:
    assert timers(ARRIVED) == ()


def test_calls_are_over_after_their_window() -> None:
    evening = at("23:00")
    both = call_timers(evening, {}, evening + timedelta(days=3))
    assert [(timer.code, timer.state) for timer in both] == [
        ("TM8:1", "over"),
        ("TM8:7", "running"),
    ]
    done = {1: at("10:00").date()}
    assert [timer.code for timer in call_timers(evening, done, evening)] == ["TM8:7"]


def test_a_backward_jump_of_more_than_a_minute_is_named() -> None:
    before = (at("09:00"), 100.0)
    assert clock_jump(before, (at("08:58"), 110.0), 60) == Decimal(-130)
    assert clock_jump(before, (at("09:00:10"), 110.0), 60) is None
    assert clock_jump(before, (at("09:01:10"), 110.0), 60) is None
    assert clock_jump(before, (at("09:01:11"), 110.0), 60) == Decimal(61)


@given(st.integers(0, 10**6))
def test_sleep_of_any_length_is_no_jump(seconds: int) -> None:
    later = (at("09:00") + timedelta(seconds=seconds), 5.0 + seconds)
    assert clock_jump((at("09:00"), 5.0), later, 60) is None
