"""Gates hold in the service: whatever a screen would let through is refused here."""

from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS
from tests.infusion_day import (
    BASELINE,
    YES,
    answer_fit,
    assign_kit,
    check_bedside,
    fill,
    keep_all,
    play_round,
    release,
)

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.run import run_state
from msclinic.domain.values import Code, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.actions import (
    GateShut,
    compare,
    finish_check,
    open_bedside_check,
    round_readings,
    sign_gate,
    start_infusion,
    switch_dosing,
)
from msclinic.services.infusion.facts import run_facts
from msclinic.services.infusion.gates import gate_of, read_run
from msclinic.services.infusion.view import run_view
from msclinic.services.session import Refused
from msclinic.services.sign_in import join


def sign(clinic, participant, account, gate):
    return sign_gate(clinic.session(account), participant, "V1", gate, PASSWORDS[account])


def status(clinic, participant, gate):
    return run_view(clinic.session("PHY-01"), participant, "V1").gates[gate].status


def refused(clinic, participant, account, gate):
    with pytest.raises(GateShut) as shut:
        sign(clinic, participant, account, gate)
    return shut.value.codes


def change(entry, item, answer):
    stored = entry.answer(entry.ref(item), answer, reason={"code": "1", "text": ""})
    assert stored.accepted


def test_a_signed_answer_that_is_changed_makes_g1_void_until_it_is_signed_again(run_at):
    clinic, participant = run_at("FIT")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A26_PHONE", "215")
    assert status(clinic, participant, "G1") == "void"
    with clinic.session("NUR-04").store.read() as reader:
        facts = run_facts(clinic.session("NUR-04"), reader, participant, "V1")
    assert run_state(facts).name == "ARRIVED"
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"


def test_g1_expires_after_four_hours(run_at):
    clinic, participant = run_at("FIT")
    clinic.clock.turn(timedelta(hours=4, minutes=1))
    assert status(clinic, participant, "G1") == "expired"


def test_a_failed_answer_is_stored_and_shuts_g1(run_at):
    clinic, participant = run_at("FIT")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A16", Code("POS"))
    codes = refused(clinic, participant, "PHY-01", "G1")
    assert "FAILED" in codes
    assert "STOP_ON_RECORD" in codes
    with pytest.raises(UserError) as never:
        FormEntry(clinic.session("PHY-01"), participant, "V1", "fit_to_dose").override(
            fit.ref("A16"), "she says it is wrong"
        )
    assert never.value.code == "never_overridable"


def test_an_old_consent_version_shuts_g1_by_the_forms_own_check(run_at):
    clinic, participant = run_at("FIT")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A04_VERSION", "0.9")
    assert "A04_VERSION_GATE" in refused(clinic, participant, "PHY-01", "G1")


def test_an_override_lets_a_failed_item_pass_and_becomes_a_deviation(run_at):
    clinic, participant = run_at("FIT")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A07_ANTIBIOTIC", Code("Y"))
    assert "FAILED" in refused(clinic, participant, "PHY-01", "G1")
    FormEntry(clinic.session("PHY-01"), participant, "V1", "fit_to_dose").override(
        fit.ref("A07_ANTIBIOTIC"), "prophylaxis only, no infection"
    )
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"
    found = run_view(clinic.session("PHY-01"), participant, "V1").deviations
    assert [deviation.code for deviation in found] == ["OVERRIDE"]


def test_fever_at_baseline_shuts_g1_until_a_new_reading_is_below(run_at):
    clinic, participant = run_at("ARRIVED")
    assign_kit(clinic, participant, "V1")
    answer_fit(clinic, participant, "V1", {"TEMP": Decimal("38.2")})
    assert refused(clinic, participant, "PHY-01", "G1") == ("VITALS_HOLD",)
    clinic.clock.turn(timedelta(minutes=15))
    again = round_readings(clinic.session("NUR-04"), participant, "V1", "BASE", again=True)
    fill(again.vitals, BASELINE, again.reading[0][1])
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"


def test_dosing_switched_off_blocks_g1_and_the_start(run_at):
    clinic, participant = run_at("FIT")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A26_PHONE", "215")
    switch_dosing(clinic.session("PI-01"), False, PASSWORDS["PI-01"])
    assert refused(clinic, participant, "PHY-01", "G1") == ("DOSING_OFF",)
    verified, other = run_at("VERIFIED")
    sign(verified, other, "NUR-04", "G4")
    switch_dosing(verified.session("PI-01"), False, PASSWORDS["PI-01"])
    with pytest.raises(GateShut) as shut:
        start_infusion(verified.session("NUR-04"), other, "V1")
    assert "DOSING_OFF" in shut.value.codes


def test_only_the_pi_switches_dosing(clinic):
    with pytest.raises(Refused):
        switch_dosing(clinic.session("PHY-01"), True, PASSWORDS["PHY-01"])
    with pytest.raises(Refused):
        switch_dosing(clinic.session("PI-01"), True, "not the password at all")


def test_two_preparers_sign_g2_and_not_one_of_them_twice(run_at):
    clinic, participant = run_at("FIT")
    prepared = clinic.clock.now() - timedelta(minutes=70)
    release(
        clinic, participant, "V1", prepared_at=prepared, use_before=prepared + timedelta(hours=4)
    )
    assert sign(clinic, participant, "PREP-01", "G2").status == "open"
    with pytest.raises(Refused) as twice:
        sign(clinic, participant, "PREP-01", "G2")
    assert twice.value.code == "same_person"
    assert sign(clinic, participant, "PREP-02", "G2").status == "passed"


def test_a_release_before_the_delay_is_over_is_refused(run_at):
    clinic, participant = run_at("FIT")
    prepared = clinic.clock.now() - timedelta(minutes=20)
    release(
        clinic, participant, "V1", prepared_at=prepared, use_before=prepared + timedelta(hours=4)
    )
    assert "RELEASE_TOO_EARLY" in refused(clinic, participant, "PREP-01", "G2")


def test_g4_is_refused_when_the_use_before_comes_too_early(run_at):
    clinic, participant = run_at("FIT")
    prepared = clinic.clock.now() - timedelta(minutes=130)
    before = clinic.clock.now() + timedelta(minutes=85)
    release(clinic, participant, "V1", prepared_at=prepared, use_before=before)
    for account in ("PREP-01", "PREP-02"):
        sign(clinic, participant, account, "G2")
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    for account in ("NUR-04", "NUR-06"):
        sign(clinic, participant, account, "G3")
    clinic.clock.turn(timedelta(minutes=20))
    # 67.5 minutes are planned and 65 are left.
    assert refused(clinic, participant, "NUR-04", "G4") == ("USE_BEFORE_TOO_SOON",)


def test_the_same_person_cannot_be_the_second_checker(run_at):
    clinic, participant = run_at("AT_BEDSIDE")
    nurse = clinic.session("NUR-04")
    with pytest.raises(Refused) as same:
        join(nurse, "NUR-04", PASSWORDS["NUR-04"])
    assert same.value.code == "same_person"
    first = open_bedside_check(nurse, participant, "V1")
    assert open_bedside_check(nurse, participant, "V1").prefix == first.prefix
    check_bedside(clinic, "NUR-04", participant, "V1")
    assert "CHECK_MISSING" in refused(clinic, participant, "NUR-04", "G3")
    check_bedside(clinic, "NUR-06", participant, "V1")
    sign(clinic, participant, "NUR-04", "G3")
    with pytest.raises(Refused) as twice:
        sign(clinic, participant, "NUR-04", "G3")
    assert twice.value.code == "same_person"
    assert sign(clinic, participant, "NUR-06", "G3").status == "passed"


def test_the_second_checker_never_sees_the_first_answers_before_finishing(run_at):
    clinic, participant = run_at("AT_BEDSIDE")
    check_bedside(clinic, "NUR-04", participant, "V1", {"C06_LABEL": Decimal("98")})
    second = clinic.session("NUR-06")
    entry = open_bedside_check(second, participant, "V1")
    given = (entry.state(ref) for ref in entry.refs() if not entry.form.item(ref[2]).computed)
    assert all(state.answer is None for state in given)
    view = run_view(second, participant, "V1")
    (first,) = (check for check in view.checks if not check.mine)
    assert first.finished
    assert first.left is None
    with pytest.raises(Refused) as hidden:
        FormEntry(second, participant, "V1", "bedside_check", form_key=first.key)
    assert hidden.value.code == "check_hidden"
    assert not compare(second, participant, "V1").ready


def test_a_mismatch_is_solved_by_its_owner_and_both_first_answers_stay(run_at):
    clinic, participant = run_at("AT_BEDSIDE")
    check_bedside(clinic, "NUR-04", participant, "V1", {"C06_LABEL": Decimal("98")})
    check_bedside(clinic, "NUR-06", participant, "V1")
    second = clinic.session("NUR-06")
    (difference,) = compare(second, participant, "V1").differences
    assert difference.item == "C06_LABEL"
    assert dict(difference.answers) == {"NUR-04": Decimal("98"), "NUR-06": Decimal("100")}
    assert refused(clinic, participant, "NUR-04", "G3") == ("MISMATCH",)
    own = open_bedside_check(clinic.session("NUR-04"), participant, "V1")
    others = FormEntry(
        second, participant, "V1", "bedside_check", form_key=own.prefix.rsplit("/", 1)[1]
    )
    with pytest.raises(Refused):
        others.answer(others.ref("C06_LABEL"), Decimal("100"))
    change(own, "C06_LABEL", Decimal("100"))
    assert not compare(second, participant, "V1").differences
    with second.store.read() as reader:
        trail = reader.trail(participant, own.path(own.ref("C06_LABEL")))
    assert [row.value["value"] for row in trail] == ["98", "100"]
    sign(clinic, participant, "NUR-04", "G3")
    assert sign(clinic, participant, "NUR-06", "G3").status == "passed"


def test_a_wrong_kit_is_stored_and_keeps_g3_shut(run_at):
    clinic, participant = run_at("AT_BEDSIDE")
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1", {"C01": "K-999999"})
    entry = open_bedside_check(clinic.session("NUR-04"), participant, "V1")
    assert entry.value("C01") == "K-999999"
    assert refused(clinic, participant, "NUR-04", "G3") == ("DIFFERS",)
    assert refused(clinic, participant, "NUR-06", "G3") == ("DIFFERS",)


def test_an_expired_check_is_done_again_in_a_new_instance(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = clinic.session("NUR-04")
    first = open_bedside_check(nurse, participant, "V1").prefix
    clinic.clock.turn(timedelta(minutes=31))
    assert "G3_NOT_PASSED" in refused(clinic, participant, "NUR-04", "G4")
    with pytest.raises(Refused) as again:
        sign(clinic, participant, "NUR-04", "G3")
    assert again.value.code == "check_again"
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    assert open_bedside_check(nurse, participant, "V1").prefix != first
    sign(clinic, participant, "NUR-04", "G3")
    assert sign(clinic, participant, "NUR-06", "G3").status == "passed"


def test_an_unfinished_check_cannot_be_finished_or_signed(run_at):
    clinic, participant = run_at("AT_BEDSIDE")
    entry = open_bedside_check(clinic.session("NUR-04"), participant, "V1")
    fill(entry, {"C03": Code("Y")})
    with pytest.raises(UserError) as still_open:
        finish_check(clinic.session("NUR-04"), participant, "V1")
    assert still_open.value.code == "form_open"


def test_a_wrong_password_signs_nothing(run_at):
    clinic, participant = run_at("VERIFIED")
    with pytest.raises(Refused) as wrong:
        sign_gate(clinic.session("NUR-04"), participant, "V1", "G4", "not this one at all")
    assert wrong.value.code == "wrong_password"
    assert status(clinic, participant, "G4") == "open"


def test_the_physician_cannot_close_before_the_nurse(run_at):
    clinic, participant = run_at("DISCHARGED")
    nurse = clinic.session("NUR-04")
    after = FormEntry(nurse, participant, "V1", "after_infusion")
    day = clinic.clock.now().astimezone(nurse.zone).date()
    fill(
        after,
        {
            "E07_NEXT_VISIT": day + timedelta(days=91),
            "E07_CALL1": day + timedelta(days=1),
            "E07_CALL7": day + timedelta(days=7),
            "E08_BAG": Code("RETURNED"),
            "E08_BY": "PREP-01",
            "E09": Code("Y"),
        },
    )
    for form in ("vital_signs", "infusion", "after_infusion"):
        keep_all(FormEntry(nurse, participant, "V1", form))
    with pytest.raises(Refused) as turn:
        sign(clinic, participant, "PHY-01", "G7")
    assert turn.value.code == "not_your_turn"


def measure_again(clinic, participant, answers):
    clinic.clock.turn(timedelta(minutes=5))
    again = round_readings(clinic.session("NUR-04"), participant, "V1", "BASE", again=True)
    fill(again.vitals, answers, again.reading[0][1])
    return again


CRISIS = {
    "SYSBP": 62,
    "DIABP": 40,
    "PULSE": 72,
    "RESP": Missing("UNABLE"),
    "TEMP": Missing("UNABLE"),
    "OXYSAT": 84,
    "OXYGEN": Decimal("0"),
    "CONSCIOUSNESS": Code("A"),
}


def test_a_newer_incomplete_crisis_reading_shuts_g1_and_a_complete_set_leaves_it_void(run_at):
    clinic, participant = run_at("FIT")
    measure_again(clinic, participant, CRISIS)
    assert status(clinic, participant, "G1") == "shut"
    codes = set(refused(clinic, participant, "PHY-01", "G1"))
    assert {"VITALS_INCOMPLETE", "VITALS_HOLD"} <= codes
    measure_again(clinic, participant, BASELINE)
    assert status(clinic, participant, "G1") == "void"
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"


def test_a_newer_incomplete_reading_without_a_hold_leaves_the_signed_baseline(run_at):
    clinic, participant = run_at("FIT")
    measure_again(clinic, participant, {**BASELINE, "TEMP": Missing("UNABLE")})
    with clinic.session("NUR-04").store.read() as reader:
        facts = run_facts(clinic.session("NUR-04"), reader, participant, "V1")
    assert facts.baseline is not None
    assert facts.baseline.complete
    assert facts.later_readings == ()
    assert status(clinic, participant, "G1") == "passed"


def test_a_hold_on_a_newer_reading_passes_only_by_an_override_of_that_reading(run_at):
    clinic, participant = run_at("FIT")
    again = measure_again(
        clinic,
        participant,
        {**BASELINE, "DIABP": 112, "TEMP": Missing("UNABLE")},
    )
    assert status(clinic, participant, "G1") == "shut"
    physician = FormEntry(clinic.session("PHY-01"), participant, "V1", "vital_signs")
    physician.override(physician.ref("DIABP", again.reading[0][1]), "known, seen at the chair")
    assert status(clinic, participant, "G1") == "void"
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"
    found = run_view(clinic.session("PHY-01"), participant, "V1").deviations
    assert ("OVERRIDE", "A21") in [(one.code, one.item) for one in found]


def test_an_event_of_grade_3_shuts_g1_until_its_causality_is_assessed(run_at):
    clinic, participant = run_at("FIT")
    nurse = FormEntry(
        clinic.session("NUR-04"), participant, "LOG", "adverse_event", form_key=random_key()
    )
    fill(nurse, {"AETERM": "syncope", "AETOXGR": Code("3")})
    assert refused(clinic, participant, "PHY-01", "G1") == ("CAUSALITY_OPEN",)
    key = nurse.prefix.rsplit("/", 1)[1]
    physician = FormEntry(
        clinic.session("PHY-01"), participant, "LOG", "adverse_event", form_key=key
    )
    fill(physician, {"AEREL": Code("NOT_RELATED")})
    assert status(clinic, participant, "G1") == "passed"


def test_an_event_or_a_crisis_after_the_start_does_not_shut_the_gates_of_the_running_infusion(
    run_at,
):
    clinic, participant = run_at("RUNNING")
    nurse = FormEntry(
        clinic.session("NUR-04"), participant, "LOG", "adverse_event", form_key=random_key()
    )
    fill(nurse, {"AETERM": "syncope", "AETOXGR": Code("3")})
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A08", Code("Y"))
    assert status(clinic, participant, "G1") == "void"
    assert status(clinic, participant, "G4") == "passed"
    assert sign(clinic, participant, "PHY-01", "G1").status == "passed"


def test_a_gate_never_signed_before_the_start_shows_what_the_forms_hold_against_it(run_at):
    clinic, participant = run_at("RUNNING")
    physician = clinic.session("PHY-01")
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    change(fit, "A04_VERSION", "0.9")
    with physician.store.read() as reader:
        run = read_run(physician, reader, participant, "V1")
    signed = gate_of(physician, run, "G1")
    assert (signed.status, [blocker.code for blocker in signed.blockers]) == ("void", [])
    left = tuple(entry for entry in run.facts.signatures if entry.gate != "G1")
    bare = evolve(run, facts=evolve(run.facts, signatures=left))
    found = gate_of(physician, bare, "G1")
    assert found.status == "shut"
    assert "A04_VERSION_GATE" in [blocker.code for blocker in found.blockers]


def test_an_infusion_given_out_of_order_counts_for_the_interval(run_at):
    clinic, participant = run_at("FIT")
    nurse = clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, "V2", "infusion")
    entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True)
    with nurse.store.read() as reader:
        days = run_facts(nurse, reader, participant, "V1").days_from_previous
        later = run_facts(nurse, reader, participant, "V2").days_from_previous
    assert (days, later) == (0, None)
    found = run_view(nurse, participant, "V1").gates["G1"]
    assert "INTERVAL_SHORT" in [blocker.code for blocker in found.blockers]


def leave(clinic, participant, minutes, **answers):
    """The participant goes home so many minutes after the end."""
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=minutes))
    play_round(clinic, participant, "V1", "EOI+30")
    yes = dict.fromkeys(("E03", "E05_WALKING", "E05_SITE_CLEAN", "E06_SHEET", "E06_PHONE"), YES)
    after = FormEntry(nurse, participant, "V1", "after_infusion")
    fill(after, {"E04": YES, "E05_OUTCOME": Code("HOME"), **yes, **answers})
    fill(after, {"E03_TIME": nurse.now()})


def test_an_observation_cut_short_is_the_physicians_and_a_deviation(run_at):
    clinic, participant = run_at("ENDED")
    leave(clinic, participant, 30)
    physician = clinic.session("PHY-01")
    found = run_view(physician, participant, "V1").gates["G6"].blockers
    assert [one.overridable for one in found if one.code == "OBSERVATION_SHORT"] == [False]
    after = FormEntry(clinic.session("NUR-04"), participant, "V1", "after_infusion")
    fill(after, {"E05_TIME": clinic.clock.now()})
    assert "OBSERVATION_SHORT" in refused(clinic, participant, "PHY-01", "G6")
    entry = FormEntry(physician, participant, "V1", "after_infusion")
    entry.store_computed()
    with pytest.raises(Refused):
        after.override(after.ref("E02"), "bus leaves")
    entry.override(entry.ref("E02"), "lives next door, feels well")
    clinic.clock.turn(timedelta(minutes=1))
    assert sign(clinic, participant, "PHY-01", "G6").status == "passed"
    codes = {(one.code, one.item) for one in run_view(physician, participant, "V1").deviations}
    assert {("OBSERVATION_SHORT", "E02"), ("OVERRIDE", "E02")} <= codes


def test_another_time_of_leaving_asks_the_physician_again(run_at):
    clinic, participant = run_at("ENDED")
    leave(clinic, participant, 30)
    after = FormEntry(clinic.session("NUR-04"), participant, "V1", "after_infusion")
    fill(after, {"E05_TIME": clinic.clock.now()})
    entry = FormEntry(clinic.session("PHY-01"), participant, "V1", "after_infusion")
    entry.store_computed()
    entry.override(entry.ref("E02"), "lives next door, feels well")
    assert status(clinic, participant, "G6") == "open"
    change(after, "E05_TIME", clinic.clock.now() - timedelta(minutes=20))
    assert "OBSERVATION_SHORT" in refused(clinic, participant, "PHY-01", "G6")
