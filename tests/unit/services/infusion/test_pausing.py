"""Rules that ask for a pause or a stop block the next step, and who may decide otherwise."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.infusion_day import play_round

from msclinic.domain.errors import UserError
from msclinic.services.infusion.actions import (
    change_rate,
    decide_against_pause,
    end_infusion,
    interrupt,
    resume,
    round_readings,
)
from msclinic.services.infusion.view import run_view
from msclinic.services.session import Refused


@pytest.fixture
def low(run_at):
    """A run whose systolic pressure has fallen by 32 mmHg, so that S05 asks for a pause."""
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=15))
    play_round(clinic, participant, "V1", "T15", Decimal("12.5"), {"SYSBP": 92})
    return clinic, participant


def rules(clinic, participant):
    return [one.code for one in run_view(clinic.session("NUR-04"), participant, "V1").findings]


def in_force(act):
    with pytest.raises(UserError) as refused:
        act()
    assert refused.value.code == "rule_in_force"
    return refused.value.parameters["rules"]


def test_a_rule_that_asks_for_a_pause_keeps_the_rate_from_being_raised(low):
    clinic, participant = low
    nurse = clinic.session("NUR-04")
    assert in_force(lambda: change_rate(nurse, participant, "V1", Decimal(100))) == "S05"
    assert in_force(lambda: change_rate(nurse, participant, "V1", Decimal(50))) == "S05"
    assert change_rate(nurse, participant, "V1", Decimal(25)).accepted
    assert [step.rate for step in run_view(nurse, participant, "V1").rates] == [50, 25]


def test_a_pause_is_ended_when_new_values_are_well(low):
    clinic, participant = low
    nurse = clinic.session("NUR-04")
    interrupt(nurse, participant, "V1", "OTHER")
    clinic.clock.turn(timedelta(minutes=5))
    assert in_force(lambda: resume(nurse, participant, "V1")) == "S05"
    assert run_view(nurse, participant, "V1").state.name == "PAUSED"
    play_round(clinic, participant, "V1", "EXTRA")
    assert rules(clinic, participant) == []
    assert resume(nurse, participant, "V1").accepted
    assert change_rate(nurse, participant, "V1", Decimal(100)).accepted


def test_a_physician_decides_and_the_next_bad_value_asks_again(low):
    clinic, participant = low
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    with pytest.raises(Refused):
        decide_against_pause(nurse, participant, "V1", "always low")
    with pytest.raises(UserError) as why:
        decide_against_pause(physician, participant, "V1", " ")
    assert why.value.code == "override_reason"
    decide_against_pause(physician, participant, "V1", "always low, seen at the chair")
    assert rules(clinic, participant) == []
    assert change_rate(nurse, participant, "V1", Decimal(100)).accepted
    with pytest.raises(UserError) as nothing:
        decide_against_pause(physician, participant, "V1", "once more")
    assert nothing.value.code == "no_pause_asked"
    clinic.clock.turn(timedelta(minutes=15))
    play_round(clinic, participant, "V1", "T30", Decimal("37.5"), {"SYSBP": 92})
    assert rules(clinic, participant) == ["S05"]
    assert in_force(lambda: change_rate(nurse, participant, "V1", Decimal(120))) == "S05"


def test_a_score_is_decided_on_once_it_is_complete(run_at):
    clinic, participant = run_at("RUNNING")
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    clinic.clock.turn(timedelta(minutes=15))
    opened = round_readings(nurse, participant, "V1", "T15")
    opened.vitals.answer(opened.vitals.ref("RESP", opened.key), 25)
    assert rules(clinic, participant) == ["S05"]
    with pytest.raises(UserError) as part:
        decide_against_pause(physician, participant, "V1", "talks a lot")
    assert part.value.code == "values_incomplete"
    play_round(clinic, participant, "V1", "T15", Decimal("12.5"), {"RESP": 25})
    decide_against_pause(physician, participant, "V1", "talks a lot")
    assert rules(clinic, participant) == []


def test_a_stop_rule_is_passed_by_no_resume_and_by_no_physician(run_at):
    clinic, participant = run_at("RUNNING")
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    clinic.clock.turn(timedelta(minutes=10))
    interrupt(nurse, participant, "V1", "TOILET")
    clinic.clock.turn(timedelta(minutes=5))
    play_round(clinic, participant, "V1", "T15", Decimal("8.3"), {"OXYSAT": 88})
    assert in_force(lambda: resume(nurse, participant, "V1")) == "S04"
    assert in_force(lambda: change_rate(nurse, participant, "V1", Decimal(25))) == "S04"
    with pytest.raises(UserError) as nothing:
        decide_against_pause(physician, participant, "V1", "feels well")
    assert nothing.value.code == "no_pause_asked"
    assert end_infusion(nurse, participant, "V1", Decimal(8), Decimal(92), False, "S04").accepted


def test_more_than_an_hour_of_pauses_does_not_go_on(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=10))
    interrupt(nurse, participant, "V1", "OTHER")
    clinic.clock.turn(timedelta(minutes=61))
    assert in_force(lambda: resume(nurse, participant, "V1")) == "S09"
