"""Visits hang on the day of infusion 1; what a rater may not know is not on their list."""

from datetime import date, timedelta

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.infusion_day import play_day
from tests.laboratory_report import laboratory
from tests.lives import dose
from tests.ui.screen_help import booked_today

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.participants import enrol, find_participant, identities, identity
from msclinic.services.session import Refused
from msclinic.services.signing import sign
from msclinic.services.visits import (
    VisitState,
    book_visit,
    open_unscheduled,
    open_visit,
    participant_visits,
)


def visit(clinic: Clinic, participant: str, code: str, account: str = "CRC-01") -> VisitState:
    found = participant_visits(clinic.session(account), participant)
    return next(one for one in found if one.code == code)


def day_of(clinic: Clinic) -> date:
    session = clinic.session("CRC-01")
    return session.now().astimezone(session.zone).date()


def test_without_an_anchor_no_window_is_known(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    assert visit(clinic, participant, "V2").window is None


def test_the_booked_first_infusion_sets_every_window(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    today = day_of(clinic)
    book_visit(clinic.session("CRC-01"), participant, "V1", today, 2)
    first, second = visit(clinic, participant, "V1"), visit(clinic, participant, "V2")
    assert (first.status, first.chair, first.day) == ("booked", 2, today)
    assert second.window is not None
    assert second.window.target == today + timedelta(days=91)
    assert second.status == "planned"


def test_assessments_before_infusion_1_do_not_move_the_anchor(clinic: Clinic) -> None:
    participant, nurse, today = clinic.enrol(1), clinic.session("NUR-04"), day_of(clinic)
    planned = today + timedelta(days=5)
    book_visit(nurse, participant, "V1", today + timedelta(days=2))
    book_visit(nurse, participant, "V1", planned)
    open_visit(nurse, participant, "V1", today)
    first, second = visit(clinic, participant, "V1"), visit(clinic, participant, "V2")
    assert second.window is not None
    assert (first.position, second.window.target) == ("inside", planned + timedelta(days=91))


def test_a_first_infusion_later_than_booked_moves_the_anchor(clinic: Clinic) -> None:
    participant, nurse, today = clinic.enrol(1), clinic.session("NUR-04"), day_of(clinic)
    book_visit(nurse, participant, "V1", today)
    clinic.clock.turn(timedelta(days=2))
    open_visit(nurse, participant, "V1", day_of(clinic))
    second = visit(clinic, participant, "V2").window
    assert second is not None
    assert second.target == today + timedelta(days=93)


def test_an_opened_visit_keeps_its_chair_and_is_opened_once(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    nurse, today = clinic.session("NUR-04"), day_of(clinic)
    book_visit(nurse, participant, "V1", today, 3)
    open_visit(nurse, participant, "V1", today)
    opened = visit(clinic, participant, "V1")
    assert (opened.status, opened.chair) == ("open", 3)
    for again in (open_visit, book_visit):
        with pytest.raises(UserError) as refusal:
            again(nurse, participant, "V1", today)
        assert refusal.value.code == "visit_open"


def test_a_monitor_opens_no_visit(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(Refused):
        open_visit(clinic.session("MON-01"), participant, "V1", day_of(clinic))


def test_forms_stand_in_the_order_of_the_schedule(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    screening = visit(clinic, participant, "SCR")
    study = clinic.session("CRC-01").study
    scheduled = [planned.form for planned in study.visit("SCR").forms]
    once = [form for form in scheduled if not study.form(form).repeating]
    assert [form.form for form in screening.forms] == once
    begun = {form.form: form.status for form in screening.forms if form.status != "planned"}
    assert begun == {"consent": "completed", "demography": "completed"}


def test_a_rater_sees_exams_and_nothing_else(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    book_visit(clinic.session("CRC-01"), participant, "V1", day_of(clinic), 3)
    seen = participant_visits(clinic.session("RAT-02"), participant)
    shown = {form.form for one in seen for form in one.forms}
    study = clinic.session("RAT-02").study
    own = {form for form in study.forms.values() if study.may("RAT", "read", form.oid)}
    assert shown == {form.oid for form in own if not form.repeating}
    assert "edss" in shown
    assert not shown & {"adverse_event", "infusion", "vital_signs", "consent"}
    assert {one.chair for one in seen} == {None}
    assert {one.infusion for one in seen} == {None}
    assert "LOG" not in {one.code for one in seen}


def test_a_rater_reads_contact_allergies_only(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    assert identity(clinic.session("RAT-02"), participant).allergies == "latex"
    assert identity(clinic.session("NUR-04"), participant).allergies == "penicillin, rash, latex"


def test_a_number_is_given_once(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    session = clinic.session("CRC-01")
    for number, code in ((1, "participant_exists"), (0, "participant_number")):
        with pytest.raises(UserError) as refusal:
            enrol(session, number)
        assert refusal.value.code == code
    assert find_participant(session, "PL01-001") == participant
    with pytest.raises(UserError):
        find_participant(session, "PL01-002")


def test_participants_are_listed_by_code(clinic: Clinic) -> None:
    for number in (3, 1, 2):
        clinic.enrol(number)
    listed = identities(clinic.session("NUR-04"))
    assert [one.code for one in listed] == ["PL01-001", "PL01-002", "PL01-003"]


def test_a_form_is_signed_once_every_signature_it_asks_for_stands(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    crc, phy = clinic.session("CRC-01"), clinic.session("PHY-01")
    sign(crc, participant, "SCR/1/demography/1", "form_entered", PASSWORDS["CRC-01"])
    assert not any(f.signed for f in visit(clinic, participant, "SCR").forms)
    sign(phy, participant, "SCR/1/demography/1", "form_reviewed", PASSWORDS["PHY-01"])
    assert [f.form for f in visit(clinic, participant, "SCR").forms if f.signed] == ["demography"]


def test_forms_that_gates_cover_are_signed_with_them(clinic: Clinic) -> None:
    participant = booked_today(clinic, 1, 1)
    play_day(clinic, participant, "V1", "SIGNED")
    signed = {f.form for f in visit(clinic, participant, "V1").forms if f.signed}
    run = {"fit_to_dose", "product_release", "bedside_check", "infusion", "after_infusion"}
    assert signed >= run


def test_a_form_signed_and_then_changed_is_not_signed(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    crc, phy = clinic.session("CRC-01"), clinic.session("PHY-01")
    sign(crc, participant, "SCR/1/demography/1", "form_entered", PASSWORDS["CRC-01"])
    sign(phy, participant, "SCR/1/demography/1", "form_reviewed", PASSWORDS["PHY-01"])
    assert any(f.signed for f in visit(clinic, participant, "SCR").forms)
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("SEX"), Code("M"), reason={"code": "1", "text": ""})
    assert not any(f.signed for f in visit(clinic, participant, "SCR").forms)


def test_an_unscheduled_visit_counts_from_the_report_of_the_relapse(clinic: Clinic) -> None:
    participant, nurse = clinic.enrol(1), clinic.session("NUR-04")
    open_unscheduled(nurse, participant, "UNS", day_of(clinic))
    assert visit(clinic, participant, "UNS").window is None
    clinic.clock.turn(timedelta(days=30))
    reported = day_of(clinic)
    relapse = FormEntry(nurse, participant, "LOG", "relapse", form_key="a" * 16)
    relapse.answer(relapse.ref("CEREPDAT"), reported)
    clinic.clock.turn(timedelta(days=8))
    open_unscheduled(nurse, participant, "UNS", day_of(clinic))
    both = [one for one in participant_visits(nurse, participant) if one.code == "UNS"]
    first, second = sorted(both, key=lambda one: one.day or date.min)
    assert first.window is None
    assert second.window is not None
    assert (second.window.opens, second.window.closes) == (reported, reported + timedelta(days=7))
    assert second.position == "late"


def test_a_skipped_dose_is_marked_and_no_rater_learns_of_it(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=91 + 22))
    assert visit(clinic, participant, "V2").skipped
    assert not visit(clinic, participant, "V3").skipped
    assert not visit(clinic, participant, "V1").skipped
    assert not any(one.skipped for one in participant_visits(clinic.session("RAT-02"), participant))


def test_a_call_counts_from_its_own_dose(clinic: Clinic) -> None:
    participant = booked_today(clinic, 1, 1)
    play_day(clinic, participant, "V1", "SIGNED")
    crc = clinic.session("CRC-01")
    clinic.clock.turn(timedelta(days=1))
    today = clinic.clock.now().astimezone(crc.zone).date()
    open_visit(crc, participant, "C1D", today)
    clinic.clock.turn(timedelta(days=90))
    today = clinic.clock.now().astimezone(crc.zone).date()
    book_visit(crc, participant, "V2", today, 1)
    play_day(clinic, participant, "V2", "RUNNING")
    assert visit(clinic, participant, "C1D").position == "inside"


def test_the_laboratory_sees_visits_of_its_forms_without_chair_or_infusion(clinic: Clinic) -> None:
    participant = booked_today(clinic, 1, 1)
    seen = participant_visits(laboratory(clinic), participant)
    assert seen
    assert all(one.forms for one in seen)
    assert all(one.chair is None and one.infusion is None and not one.skipped for one in seen)


def test_who_reads_no_form_learns_of_no_visit(clinic: Clinic) -> None:
    participant = booked_today(clinic, 1, 1)
    assert participant_visits(clinic.session("ADMIN-01"), participant) == []
