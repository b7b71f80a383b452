"""A changed clock is recorded, and no signature grows younger by it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS

from msclinic.services.clock_watch import CLOCK_PATH, clock_moved
from msclinic.services.gateway import note_clock, recording
from msclinic.services.sign_in import join, sign_in


def jumps(session):
    with session.store.read() as reader:
        return [row.value for row in reader.trail(None, CLOCK_PATH)]


def test_a_clock_that_runs_as_it_should_records_nothing(clinic):
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(hours=9))
    assert note_clock(nurse) is None
    assert jumps(nurse) == []


@pytest.mark.requirement("R-TIM-3")
def test_a_clock_set_back_is_recorded_once_with_the_time_it_left(clinic):
    nurse = clinic.session("NUR-04")
    left = clinic.clock.now()
    clinic.clock.jump(timedelta(minutes=-38))
    assert note_clock(nurse) == Decimal(-2280)
    assert note_clock(nurse) is None
    (jump,) = jumps(nurse)
    assert jump["seconds"] == "-2280.000"
    assert jump["left"].startswith(left.strftime("%Y-%m-%dT%H:%M:%S"))
    assert nurse.watch.unsaid == Decimal(-2280)


def test_small_steps_back_count_together(clinic):
    nurse = clinic.session("NUR-04")
    for _ in range(2):
        clinic.clock.jump(timedelta(seconds=-40))
        note_clock(nurse)
        clinic.clock.turn(timedelta(minutes=1))
    assert [jump["seconds"] for jump in jumps(nurse)] == ["-80.000"]


def test_the_next_act_of_anyone_records_the_jump_before_itself(clinic):
    nurse, other = clinic.session("NUR-04"), clinic.session("NUR-06")
    clinic.clock.jump(timedelta(hours=2))
    with recording(other) as act:
        act.set("printed", "site/print", {"type": "text", "value": "label"})
    (jump,) = jumps(nurse)
    assert jump["seconds"] == "7200.000"
    with nurse.store.read() as reader:
        order = reader.order([act.stored[0].hash, reader.trail(None, CLOCK_PATH)[0].stored.hash])
        assert order[act.stored[0].hash] == max(order.values())


def test_whoever_joins_shares_the_watch(clinic):
    nurse = clinic.session("NUR-04")
    second = join(nurse, "NUR-06", PASSWORDS["NUR-06"])
    assert second.watch is nurse.watch


@pytest.mark.requirement("R-TIM-3")
def test_a_clock_set_back_while_the_program_was_closed_is_told_by_the_record(clinic):
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=40))
    with recording(nurse) as act:
        act.set("printed", "site/print", {"type": "text", "value": "label"})
    clinic.close()
    clinic.clock.jump(timedelta(minutes=-38))
    again = sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    try:
        assert again.warning is not None
        assert again.warning.code == "clock_set_back"
        assert [jump["seconds"] for jump in jumps(again)] == ["-2280.000"]
    finally:
        again.close()


def test_a_person_is_told_which_way_the_clock_went():
    assert clock_moved(Decimal(-61)).code == "clock_set_back"
    assert clock_moved(Decimal(61)).code == "clock_set_forward"
