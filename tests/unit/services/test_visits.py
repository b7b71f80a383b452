"""Visits hang on the day of infusion 1; what a rater may not know is not on their list."""

from datetime import date, timedelta

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.participants import enrol, find_participant, identities, identity
from msclinic.services.session import Refused
from msclinic.services.signing import sign
from msclinic.services.visits import VisitState, book_visit, open_visit, participant_visits


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
    assert [form.form for form in screening.forms] == [
        "consent",
        "demography",
        "edss",
        "vital_signs",
    ]
    assert [form.status for form in screening.forms] == [
        "completed",
        "completed",
        "planned",
        "planned",
    ]


def test_a_rater_sees_exams_and_nothing_else(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    book_visit(clinic.session("CRC-01"), participant, "V1", day_of(clinic), 3)
    seen = participant_visits(clinic.session("RAT-02"), participant)
    assert {form.form for one in seen for form in one.forms} == {"edss"}
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


def test_a_form_signed_and_then_changed_is_not_signed(clinic: Clinic) -> None:

    participant = clinic.enrol(1)
    crc = clinic.session("CRC-01")
    sign(crc, participant, "SCR/1/demography/1", "form_entered", PASSWORDS["CRC-01"])
    signed = {f.form: f.signed for f in visit(clinic, participant, "SCR").forms}
    assert signed == {"consent": False, "demography": True, "edss": False, "vital_signs": False}
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("SEX"), Code("M"), reason={"code": "1", "text": ""})
    assert not any(f.signed for f in visit(clinic, participant, "SCR").forms)
