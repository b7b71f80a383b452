"""The baseline: the newest reading before the start decides, and no older one hides it."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import BASELINE, answer_fit, assign_kit, fill

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    GateShut,
    end_infusion,
    measure_baseline_again,
    round_readings,
    sign_gate,
    start_infusion,
)
from msclinic.services.infusion.facts import run_facts
from msclinic.services.infusion.view import run_view

HIGH = {**BASELINE, "DIABP": 112}
LOW = {**BASELINE, "SYSBP": 84, "DIABP": 50}


def facts_of(clinic, participant):
    session = clinic.session("PHY-01")
    with session.store.read() as reader:
        return run_facts(session, reader, participant, "V1")


def status(clinic, participant, gate="G1"):
    return run_view(clinic.session("PHY-01"), participant, "V1").gates[gate].status


def sign(clinic, participant, gate="G1", account="PHY-01"):
    return sign_gate(clinic.session(account), participant, "V1", gate, PASSWORDS[account]).status


def measure(clinic, participant, answers, point="BASE", minutes=6):
    clinic.clock.turn(timedelta(minutes=minutes))
    nurse = clinic.session("NUR-04")
    opened = (
        measure_baseline_again(nurse, participant, "V1")
        if point == "BASE"
        else round_readings(nurse, participant, "V1", point, again=True)
    )
    fill(opened.vitals, answers, opened.key)
    return opened


def overrides(clinic, participant, form, item, key=None):
    entry = FormEntry(clinic.session("PHY-01"), participant, "V1", form)
    entry.override(entry.ref(item, key), "known, seen at the chair")


def test_a_new_baseline_over_a_hold_voids_g1_until_the_physician_signs_again(run_at):
    clinic, participant = run_at("FIT")
    measure(clinic, participant, HIGH)
    assert status(clinic, participant) == "shut"
    measure(clinic, participant, BASELINE)
    view = run_view(clinic.session("NUR-04"), participant, "V1")
    assert view.gates["G1"].status == "void"
    assert view.gates["G1"].signed == ()
    assert view.state.name == "ARRIVED"
    assert sign(clinic, participant) == "passed"


def test_a_new_baseline_within_its_limits_counts_and_leaves_g1(run_at):
    clinic, participant = run_at("FIT")
    again = measure(clinic, participant, {**BASELINE, "SYSBP": 131})
    facts = facts_of(clinic, participant)
    assert facts.baseline.sysbp == Decimal(131)
    assert facts.vitals["BASE"].taken_at == again.opened_at
    assert status(clinic, participant) == "passed"
    points = [one.point for one in run_view(clinic.session("NUR-04"), participant, "V1").readings]
    assert points == ["BASE", "BASE"]


def test_an_override_belongs_to_the_value_it_was_given_for(run_at):
    clinic, participant = run_at("FIT")
    first = measure(clinic, participant, HIGH)
    overrides(clinic, participant, "fit_to_dose", "A21")
    assert sign(clinic, participant) == "passed"
    measure(clinic, participant, {**BASELINE, "DIABP": 114})
    with pytest.raises(GateShut) as shut:
        sign(clinic, participant)
    assert shut.value.codes == ("VITALS_HOLD",)
    overrides(clinic, participant, "fit_to_dose", "A21")
    assert sign(clinic, participant) == "passed"
    assert facts_of(clinic, participant).overrides == {"A21"}
    # A corrected value is another value.
    clinic.clock.turn(timedelta(minutes=1))
    vitals = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    vitals.answer(vitals.ref("DIABP", first.key), 115, reason={"code": "1", "text": ""})
    assert status(clinic, participant) == "shut"


@pytest.mark.parametrize("point", ["EXTRA", "BASE"])
def test_a_newer_reading_of_any_point_decides_before_the_start(run_at, point):
    clinic, participant = run_at("FIT")
    measure(clinic, participant, LOW, point)
    found = run_view(clinic.session("PHY-01"), participant, "V1").gates["G1"]
    assert found.status == "shut"
    assert {b.parameters.get("measure") for b in found.blockers} == {"SYSBP", None}
    assert facts_of(clinic, participant).baseline.sysbp == Decimal(84)


def test_a_crisis_in_an_extra_reading_is_not_hidden_by_the_older_baseline_when_incomplete(run_at):
    clinic, participant = run_at("FIT")
    measure(clinic, participant, {"SYSBP": 62, "DIABP": 40}, "EXTRA")
    assert status(clinic, participant) == "shut"
    facts = facts_of(clinic, participant)
    assert facts.baseline.sysbp == Decimal(124)
    assert [one.sysbp for one in facts.later_readings] == [Decimal(62)]


def test_a_reading_given_another_point_still_counts_before_the_start(run_at):
    clinic, participant = run_at("FIT")
    again = measure(clinic, participant, LOW)
    vitals = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    vitals.answer(vitals.ref("VSTPT", again.key), Code("T15"), reason={"code": "1", "text": ""})
    assert status(clinic, participant) == "shut"


def test_a_value_typed_late_into_an_older_reading_is_not_hidden(run_at):
    clinic, participant = run_at("FIT")
    older = measure(clinic, participant, {"PULSE": 71}, "EXTRA")
    measure(clinic, participant, BASELINE)
    assert status(clinic, participant) == "passed"
    clinic.clock.turn(timedelta(minutes=5))
    vitals = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    fill(vitals, {"OXYSAT": 84}, older.key)
    assert status(clinic, participant) == "shut"


def test_a_time_typed_ahead_makes_no_reading_newer_than_it_is(run_at):
    clinic, participant = run_at("FIT")
    nurse = clinic.session("NUR-04")
    vitals = FormEntry(nurse, participant, "V1", "vital_signs")
    (base,) = run_view(nurse, participant, "V1").readings
    ahead = nurse.now() + timedelta(hours=8)
    vitals.answer(vitals.ref("VSDTC", base.key), ahead, reason={"code": "1", "text": ""})
    measure(clinic, participant, LOW, "EXTRA")
    assert status(clinic, participant) == "shut"


def test_an_older_reading_over_a_hold_gives_way_to_a_newer_complete_one(run_at):
    clinic, participant = run_at("ARRIVED")
    assign_kit(clinic, participant, "V1")
    answer_fit(clinic, participant, "V1", {"TEMP": Decimal("38.4")})
    measure(clinic, participant, BASELINE, "EXTRA")
    assert facts_of(clinic, participant).later_readings == ()
    assert sign(clinic, participant) == "passed"


def test_the_start_waits_for_a_baseline_of_the_last_half_hour(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    sign(clinic, participant, "G4", "NUR-04")
    clinic.clock.turn(timedelta(minutes=25))
    measure(clinic, participant, {**BASELINE, "TEMP": Missing("UNABLE")}, minutes=4)
    clinic.clock.turn(timedelta(minutes=2))
    with pytest.raises(GateShut) as old:
        start_infusion(nurse, participant, "V1")
    assert "BASELINE_OLD" in old.value.codes
    measure(clinic, participant, BASELINE, minutes=0)
    with pytest.raises(GateShut) as still:
        start_infusion(nurse, participant, "V1")
    assert "BASELINE_OLD" not in still.value.codes


def test_what_is_measured_after_the_start_is_no_baseline(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=10))
    nurse = clinic.session("NUR-04")
    with pytest.raises(UserError) as over:
        measure_baseline_again(nurse, participant, "V1")
    assert over.value.code == "baseline_over"
    late = round_readings(nurse, participant, "V1", "BASE", again=True)
    fill(late.vitals, {**BASELINE, "SYSBP": 90}, late.key)
    extra = round_readings(nurse, participant, "V1", "EXTRA", again=True)
    fill(extra.vitals, LOW, extra.key)
    facts = facts_of(clinic, participant)
    assert facts.baseline.sysbp == Decimal(124)
    assert facts.later_readings == ()
    assert status(clinic, participant) == "passed"


def test_a_reading_just_begun_takes_no_stop_off_the_screen(run_at):
    clinic, participant = run_at("RUNNING")
    measure(clinic, participant, {**BASELINE, "OXYSAT": 88}, "T15", 15)
    measure(clinic, participant, {"SYSBP": 120, "DIABP": 70}, "EXTRA", 5)
    nurse = clinic.session("NUR-04")
    assert [one.code for one in run_view(nurse, participant, "V1").findings] == ["S04"]
    measure(clinic, participant, {"OXYSAT": 97}, "EXTRA", 1)
    assert run_view(nurse, participant, "V1").findings == ()


def test_a_crisis_value_just_typed_keeps_the_participant_in_observation(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=15))
    end_infusion(
        nurse, participant, "V1", Decimal(12), Decimal(88), completed=False, stop_reason="S11"
    )
    measure(clinic, participant, BASELINE, "EOI", 1)
    clinic.clock.turn(timedelta(minutes=125))
    gate = run_view(nurse, participant, "V1").gates["G6"]
    assert "NEWS2_HIGH" not in [blocker.code for blocker in gate.blockers]
    measure(clinic, participant, {"SYSBP": 62, "DIABP": 40}, "EXTRA", 1)
    gate = run_view(nurse, participant, "V1").gates["G6"]
    assert "NEWS2_HIGH" in [blocker.code for blocker in gate.blockers]
