"""Which reading a round opens: a new one, or the one that was begun."""

from datetime import timedelta

from tests.infusion_day import BASELINE, fill

from msclinic.services.infusion.actions import measure_baseline_again, round_readings
from msclinic.services.infusion.view import run_view


def extra(clinic, participant, again=True):
    return round_readings(clinic.session("NUR-04"), participant, "V1", "EXTRA", again=again)


def test_a_second_extra_reading_is_a_new_one_and_the_first_stays_as_it_is(run_at):
    clinic, participant = run_at("RUNNING")
    first = extra(clinic, participant)
    assert first.new
    fill(first.vitals, {**BASELINE, "SYSBP": 101}, first.key)
    clinic.clock.turn(timedelta(minutes=2))
    second = extra(clinic, participant)
    assert second.new
    assert second.key != first.key
    assert {first.line[0][1], first.symptoms[0][1]}.isdisjoint(
        {second.line[0][1], second.symptoms[0][1]}
    )
    fill(second.vitals, {**BASELINE, "SYSBP": 119}, second.key)
    readings = run_view(clinic.session("NUR-04"), participant, "V1").readings
    assert [one.vitals.sysbp for one in readings if one.point == "EXTRA"] == [101, 119]


def test_the_open_reading_is_named_and_gone_on_with(run_at):
    clinic, participant = run_at("RUNNING")
    first = extra(clinic, participant)
    opened = first.opened_at
    clinic.clock.turn(timedelta(minutes=2))
    on = extra(clinic, participant, again=False)
    assert (on.key, on.opened_at, on.new, on.answered) == (first.key, opened, False, False)
    assert (on.reading, on.line, on.symptoms) == (first.reading, first.line, first.symptoms)
    fill(on.vitals, BASELINE, on.key)
    assert extra(clinic, participant, again=False).answered


def test_a_button_pressed_twice_leaves_no_empty_reading_behind(run_at):
    clinic, participant = run_at("RUNNING")
    first = extra(clinic, participant)
    assert extra(clinic, participant).key == first.key
    # Left empty for longer than a round lasts it is not the one that is measured now.
    clinic.clock.turn(timedelta(minutes=6))
    assert extra(clinic, participant).key != first.key


def test_a_reading_begun_with_a_value_is_never_the_next_one(run_at):
    clinic, participant = run_at("RUNNING")
    first = extra(clinic, participant)
    fill(first.vitals, {"SYSBP": 84, "DIABP": 50}, first.key)
    assert extra(clinic, participant).key != first.key


def test_the_baseline_measured_again_is_another_reading(run_at):
    clinic, participant = run_at("FIT")
    nurse = clinic.session("NUR-04")
    (base,) = run_view(nurse, participant, "V1").readings
    clinic.clock.turn(timedelta(minutes=1))
    again = measure_baseline_again(nurse, participant, "V1")
    assert again.new
    assert again.key != base.key
    assert measure_baseline_again(nurse, participant, "V1").key == again.key
    kept, empty = run_view(nurse, participant, "V1").readings
    assert kept == base
    assert empty.vitals.sysbp is None
