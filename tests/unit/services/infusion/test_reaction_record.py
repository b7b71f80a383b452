"""What lengthens the observation: everything on record that tells of a reaction today."""

from datetime import timedelta
from decimal import Decimal

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import BASELINE, NO, fill

from msclinic.domain.values import Code, Codes, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.actions import end_infusion, round_readings, sign_gate
from msclinic.services.infusion.facts import run_facts
from msclinic.services.infusion.reaction_record import reaction_record
from msclinic.services.infusion.view import run_view
from msclinic.services.infusion.visit_record import read_visit


def record_of(clinic, participant):
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        visit = read_visit(reader, participant, "V1")
        return reaction_record(reader, participant, visit, nurse.zone)


def tell(clinic, participant, point, *symptoms, minutes=15):
    clinic.clock.turn(timedelta(minutes=minutes))
    opened = round_readings(clinic.session("NUR-04"), participant, "V1", point, again=True)
    fill(opened.vitals, BASELINE, opened.key)
    fill(opened.infusion, {"D06_SYMPTOMS": Codes(symptoms)}, opened.symptoms[0][1])


def event(clinic, participant, account="NUR-04", key=None, **answers):
    form_key = key or random_key()
    entry = FormEntry(
        clinic.session(account), participant, "LOG", "adverse_event", form_key=form_key
    )
    fill(entry, answers)
    return form_key


def today(clinic):
    nurse = clinic.session("NUR-04")
    return PartialDate(nurse.now().astimezone(nurse.zone).date().isoformat())


def stop(clinic, participant, reason, minutes=15):
    clinic.clock.turn(timedelta(minutes=minutes))
    nurse = clinic.session("NUR-04")
    end_infusion(
        nurse, participant, "V1", Decimal(12), Decimal(88), completed=False, stop_reason=reason
    )


def test_a_round_without_a_symptom_tells_of_no_reaction(run_at):
    clinic, participant = run_at("RUNNING")
    tell(clinic, participant, "T15", "NONE")
    found = record_of(clinic, participant)
    assert (found.seen, found.grade, found.resolved) == (False, None, True)


def test_a_symptom_is_a_reaction_of_no_known_grade_until_it_is_gone(run_at):
    clinic, participant = run_at("RUNNING")
    tell(clinic, participant, "T15", "ITCH")
    found = record_of(clinic, participant)
    assert (found.seen, found.grade, found.resolved) == (True, None, False)
    tell(clinic, participant, "T30", "NONE")
    found = record_of(clinic, participant)
    assert (found.seen, found.grade, found.resolved) == (True, None, True)


@pytest.mark.parametrize(
    ("reason", "seen", "grade"),
    [
        ("S05", True, None),
        ("S06", True, 2),
        ("S07", True, 3),
        ("S08", True, None),
        ("S04", False, None),
        ("S11", False, None),
    ],
)
def test_a_stop_tells_of_a_reaction_by_its_rule(run_at, reason, seen, grade):
    clinic, participant = run_at("RUNNING")
    stop(clinic, participant, reason)
    found = record_of(clinic, participant)
    assert (found.seen, found.grade) == (seen, grade)


def test_a_pause_for_a_reaction_is_one(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(minutes=5))
    entry = FormEntry(nurse, participant, "V1", "infusion")
    rows = [(entry.ref("D05_START"), nurse.now()), (entry.ref("D05_REASON"), Code("REACTION"))]
    entry.answer_together(rows, adding="interruption")
    assert record_of(clinic, participant).seen


def test_an_event_of_today_counts_until_a_physician_finds_it_not_related(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=5))
    key = event(
        clinic, participant, AETERM="chills", AESTDAT=today(clinic), AEONGO=NO, AETOXGR=Code("2")
    )
    assert record_of(clinic, participant).grade == 2
    event(clinic, participant, "PHY-01", key, AEREL=Code("RELATED"))
    assert record_of(clinic, participant).seen
    other = clinic.enrol(9)
    event(clinic, other, AETERM="chills", AESTDAT=today(clinic), AETOXGR=Code("4"))
    assert record_of(clinic, participant).grade == 2
    physician = FormEntry(
        clinic.session("PHY-01"), participant, "LOG", "adverse_event", form_key=key
    )
    physician.answer(physician.ref("AEREL"), Code("NOT_RELATED"), reason={"code": "1", "text": ""})
    assert not record_of(clinic, participant).seen


@pytest.mark.parametrize("minutes", [-5, 5])
def test_an_event_that_began_before_the_start_is_no_reaction_to_it(run_at, minutes):
    clinic, participant = run_at("RUNNING")
    began = clinic.clock.now() + timedelta(minutes=minutes)
    clinic.clock.turn(timedelta(minutes=10))
    event(clinic, participant, AETERM="cough", AESTDAT=today(clinic), AESTTIM=began)
    assert record_of(clinic, participant).seen is (minutes > 0)


def test_an_event_of_another_day_or_of_the_days_after_is_no_reaction_today(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=5))
    event(clinic, participant, AETERM="cough", AESTDAT=PartialDate("2020-01-02"))
    clinic.clock.turn(timedelta(days=1))
    event(clinic, participant, AETERM="fever")
    assert not record_of(clinic, participant).seen


def test_an_open_event_of_grade_2_or_of_none_is_not_resolved_and_a_mild_one_is(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=5))
    event(clinic, participant, AETERM="itch", AETOXGR=Code("1"), AEONGO=Code("Y"))
    assert record_of(clinic, participant).resolved
    key = event(clinic, participant, AETERM="rash")
    assert not record_of(clinic, participant).resolved
    event(clinic, participant, key=key, AETOXGR=Code("2"), AEONGO=NO)
    assert record_of(clinic, participant).resolved


@pytest.mark.parametrize("term", ["Anaphylaxis", "reakcja anafilaktyczna"])
def test_an_anaphylaxis_is_watched_six_hours_from_its_end(run_at, term):
    clinic, participant = run_at("RUNNING")
    stop(clinic, participant, "S07")
    key = event(clinic, participant, AETERM=term, AESTTIM=clinic.clock.now(), AETOXGR=Code("3"))
    clinic.clock.turn(timedelta(minutes=30))
    assert not record_of(clinic, participant).resolved
    event(clinic, participant, key=key, AEONGO=NO)
    found = record_of(clinic, participant)
    assert (found.anaphylaxis, found.resolved, found.over_at) == (True, True, clinic.clock.now())
    view = run_view(clinic.session("NUR-04"), participant, "V1")
    assert view.observation_until == clinic.clock.now() + timedelta(hours=6)


def test_a_reaction_is_watched_longer_and_leaves_with_the_physician(run_at):
    clinic, participant = run_at("RUNNING")
    nurse = clinic.session("NUR-04")
    tell(clinic, participant, "T15", "CHILLS")
    stop(clinic, participant, "S11", 1)
    with nurse.store.read() as reader:
        facts = run_facts(nurse, reader, participant, "V1")
    assert facts.reaction
    assert facts.reaction_grade is None
    assert facts.observation == timedelta(minutes=120)
    codes = [b.code for b in run_view(nurse, participant, "V1").gates["G6"].blockers]
    assert {"OBSERVATION_SHORT", "REACTION_OPEN"} <= set(codes)


def test_what_is_typed_after_the_discharge_was_signed_lengthens_nothing(run_at):
    clinic, participant = run_at("OBSERVING")
    nurse = clinic.session("NUR-04")
    after = FormEntry(nurse, participant, "V1", "after_infusion")
    now = clinic.clock.now()
    answers = dict.fromkeys(
        ("E03", "E05_WALKING", "E05_SITE_CLEAN", "E06_SHEET", "E06_PHONE"), Code("Y")
    )
    fill(after, {"E04": Code("Y"), "E05_OUTCOME": Code("HOME"), "E05_TIME": now, **answers})
    fill(after, {"E03_TIME": now})
    sign_gate(clinic.session("PHY-01"), participant, "V1", "G6", PASSWORDS["PHY-01"])
    clinic.clock.turn(timedelta(minutes=30))
    event(clinic, participant, AETERM="chills", AESTDAT=today(clinic), AETOXGR=Code("2"))
    assert not record_of(clinic, participant).seen
    assert run_view(nurse, participant, "V1").gates["G6"].status == "passed"
