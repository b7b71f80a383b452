"""When an infusion can have begun and ended: never before its gates, never in the wrong order."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS

from msclinic.domain.errors import UserError
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    interrupt,
    record_deviations,
    round_readings,
    sign_gate,
    start_infusion,
)
from msclinic.services.infusion.view import run_view
from msclinic.services.session import Refused

REASON = {"code": "1", "text": ""}


@pytest.fixture
def ready(run_at):
    """G4 was signed two minutes ago and nothing runs yet."""
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=3))
    sign_gate(nurse, participant, "V1", "G4", PASSWORDS["NUR-04"])
    clinic.clock.turn(timedelta(minutes=2))
    return nurse, participant


@pytest.mark.parametrize("early", [timedelta(minutes=3), timedelta(hours=5)])
def test_the_start_never_lies_before_arrival_or_a_signature(ready, early):
    nurse, participant = ready
    with pytest.raises(UserError) as refused:
        start_infusion(nurse, participant, "V1", nurse.now() - early)
    assert refused.value.code == "start_before_gate"
    assert run_view(nurse, participant, "V1").started_at is None


def test_the_start_may_be_told_a_little_later_but_after_g4(ready):
    nurse, participant = ready
    at = nurse.now() - timedelta(minutes=2)
    assert start_infusion(nurse, participant, "V1", at).accepted
    assert run_view(nurse, participant, "V1").started_at == at


def test_a_start_corrected_to_before_g4_is_a_finding_and_a_deviation(ready):
    nurse, participant = ready
    assert start_infusion(nurse, participant, "V1").accepted
    entry = FormEntry(nurse, participant, "V1", "infusion")
    early = nurse.now() - timedelta(minutes=4)
    stored = entry.answer(entry.ref("D01"), early, reason=REASON)
    assert stored.accepted
    assert "D01_BEFORE_GATE" in [found.code for found in stored.findings]
    codes = {(one.code, one.item) for one in record_deviations(nurse, participant, "V1")}
    assert ("START_BEFORE_GATE", "D01") in codes


def test_an_end_without_a_start_is_refused_in_the_form(ready):
    nurse, participant = ready
    entry = FormEntry(nurse, participant, "V1", "infusion")
    with pytest.raises(Refused) as refused:
        entry.answer(entry.ref("D07"), nurse.now())
    assert refused.value.code == "end_without_start"
    with pytest.raises(Refused):
        entry.answer_together([(entry.ref("D07"), nurse.now())])
    assert start_infusion(nurse, participant, "V1").accepted


@pytest.mark.parametrize("item", ["D07", "D09_TIME"])
@pytest.mark.parametrize("wrong", [timedelta(minutes=-30), timedelta(minutes=1)])
def test_no_time_of_the_infusion_lies_before_its_start_or_ahead(run_at, item, wrong):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=20))
    entry = FormEntry(nurse, participant, "V1", "infusion")
    stored = entry.answer(entry.ref(item), nurse.now() + wrong)
    assert not stored.accepted
    assert [found.severity for found in stored.findings] == ["impossible"]


@pytest.mark.parametrize(
    ("group", "item"),
    [
        ("rate_step", "D02_TIME"),
        ("line_check", "D04_TIME"),
        ("symptoms", "D06_TIME"),
        ("interruption", "D05_START"),
    ],
)
@pytest.mark.parametrize("wrong", ["BEFORE_START", "FUTURE"])
def test_no_row_of_the_infusion_lies_before_its_start_or_ahead(run_at, group, item, wrong):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=20))
    entry = FormEntry(nurse, participant, "V1", "infusion")
    key = entry.add_repeat(group)
    at = nurse.now() + timedelta(minutes=-30 if wrong == "BEFORE_START" else 1)
    stored = entry.answer(entry.ref(item, key), at)
    assert [found.code for found in stored.findings] == [f"{item}_{wrong}"]
    assert not stored.accepted


def test_a_pause_never_ends_ahead(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=5))
    interrupt(nurse, participant, "V1", "TOILET")
    entry = FormEntry(nurse, participant, "V1", "infusion")
    (key,) = entry.keys("interruption")
    stored = entry.answer(entry.ref("D05_END", key), nurse.now() + timedelta(minutes=1))
    assert [found.code for found in stored.findings] == ["D05_END_FUTURE"]


def test_a_round_by_a_clock_set_back_says_so(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.jump(timedelta(minutes=-38))
    with pytest.raises(UserError) as refused:
        round_readings(clinic.session("NUR-04"), participant, "V1", "T15")
    assert refused.value.code == "time_not_possible"
