"""Volumes and ends of an infusion from rates and pauses."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from tests.unit.domain.infusion.a_run import END, PAUSE, STEPS, at

from msclinic.domain.infusion import (
    Interruption,
    PlannedStep,
    RateStep,
    dose_percent,
    expected_volume,
    pause_total,
    planned_duration,
    predicted_end,
    pump_differs,
)

PLANNED = (PlannedStep(Decimal(50), 15), PlannedStep(Decimal(100)))


def test_the_worked_case_gives_one_hundred_millilitres_at_its_end() -> None:
    for until, volume in [
        ("09:15", "12.5"),
        ("09:30", "37.5"),
        ("09:50", "37.5"),
        ("10:20", "62.5"),
        ("10:42:30", "100"),
    ]:
        assert expected_volume(STEPS, (PAUSE,), at(until)) == Decimal(volume), until
    assert pause_total((PAUSE,), END) == timedelta(minutes=20)


def test_the_end_is_predicted_from_the_rate_that_runs() -> None:
    assert predicted_end(Decimal(100), STEPS, (PAUSE,), PLANNED, at("10:30")) == END


def test_the_end_counts_ordered_steps_still_to_come() -> None:
    first = STEPS[:1]
    assert predicted_end(Decimal(100), first, (), PLANNED, at("09:05")) == at("10:07:30")
    assert predicted_end(Decimal(100), STEPS[:2], (), PLANNED, at("09:20")) == at("10:07:30")


def test_an_open_pause_moves_the_predicted_end() -> None:
    pause = Interruption(at("09:30"))
    assert predicted_end(Decimal(100), STEPS[:2], (pause,), PLANNED, at("09:50")) == at("10:27:30")


def test_nothing_running_has_no_end_and_all_given_ends_now() -> None:
    assert predicted_end(Decimal(100), (), (), PLANNED, at("09:00")) is None
    stopped = (RateStep(at("09:00"), Decimal(0)),)
    assert predicted_end(Decimal(100), stopped, (), PLANNED, at("09:10")) is None
    assert predicted_end(Decimal(10), STEPS, (), PLANNED, at("10:30")) == at("10:30")


def test_the_planned_infusion_takes_sixty_seven_and_a_half_minutes() -> None:
    assert planned_duration(Decimal(100), PLANNED) == timedelta(minutes=67, seconds=30)
    assert planned_duration(Decimal(10), PLANNED) == timedelta(minutes=12)
    assert planned_duration(Decimal(100), PLANNED[:1]) is None


def test_a_quarter_millilitre_over_five_differs_from_the_pump() -> None:
    assert not pump_differs(Decimal(100), Decimal(95), Decimal(5))
    assert pump_differs(Decimal(100), Decimal("94.75"), Decimal(5))


def test_sixty_two_and_a_half_of_a_hundred_is_that_percentage() -> None:
    assert dose_percent(Decimal("62.5"), Decimal(100)) == Decimal("62.5")


def test_overlapping_pauses_count_once() -> None:
    pauses = (PAUSE, Interruption(at("09:40"), at("09:55")))
    assert pause_total(pauses, END) == timedelta(minutes=25)


MINUTES = st.integers(0, 240)
PAUSES = st.lists(st.tuples(MINUTES, MINUTES), max_size=4).map(
    lambda spans: tuple(
        Interruption(at("09:00") + timedelta(minutes=a), at("09:00") + timedelta(minutes=a + b))
        for a, b in spans
    )
)


@given(PAUSES, MINUTES, MINUTES)
def test_volume_only_grows_and_a_pause_never_adds_to_it(
    pauses: tuple[Interruption, ...], earlier: int, later: int
) -> None:
    first = at("09:00") + timedelta(minutes=earlier)
    second = first + timedelta(minutes=later)
    with_pauses = expected_volume(STEPS, pauses, first)
    assert with_pauses <= expected_volume(STEPS, pauses, second)
    assert with_pauses <= expected_volume(STEPS, (), first)
