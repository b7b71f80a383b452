"""A monitor marks what was compared with its source; a change makes the mark void."""

from datetime import timedelta

import pytest
from tests.clinic import ROLES, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.session import Refused
from msclinic.services.source_verification import (
    form_marks,
    mark_verified,
    participant_progress,
    take_back,
    unverified,
)

FORM = "SCR/1/demography/1"


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def sex(clinic: Clinic, participant: str) -> str:
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    return entry.path(entry.ref("SEX"))


@pytest.mark.requirement("R-AUD-6")
def test_an_item_a_form_and_a_visit_can_be_marked(clinic: Clinic, participant: str) -> None:
    monitor = clinic.session("MON-01")
    assert form_marks(monitor, participant, FORM).verified == frozenset()
    assert mark_verified(monitor, participant, sex(clinic, participant)) == 1
    assert form_marks(monitor, participant, FORM).verified == {sex(clinic, participant)}
    mark_verified(monitor, participant, FORM)
    done = form_marks(monitor, participant, FORM)
    assert (done.open, done.changed, len(done.verified)) == (frozenset(), frozenset(), done.total)
    assert unverified(monitor, participant)
    mark_verified(monitor, participant, "SCR/1")
    assert unverified(monitor, participant) == []


@pytest.mark.requirement("R-DAT-1")
def test_a_change_makes_the_mark_of_that_answer_void_and_of_no_other(
    clinic: Clinic, participant: str
) -> None:
    monitor = clinic.session("MON-01")
    mark_verified(monitor, participant, FORM)
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    entry.answer(entry.ref("SEX"), Code("M"), reason={"code": "1", "text": ""})
    now = form_marks(monitor, participant, FORM)
    assert now.changed == {sex(clinic, participant)}
    assert len(now.verified) == now.total - 1
    assert sex(clinic, participant) in unverified(monitor, participant)
    mark_verified(monitor, participant, sex(clinic, participant))
    assert form_marks(monitor, participant, FORM).changed == frozenset()


def test_a_mark_set_by_mistake_is_taken_back(clinic: Clinic, participant: str) -> None:
    monitor = clinic.session("MON-01")
    mark_verified(monitor, participant, FORM)
    take_back(monitor, participant, sex(clinic, participant))
    assert form_marks(monitor, participant, FORM).open == {sex(clinic, participant)}


@pytest.mark.requirement("R-USR-2", "R-DAT-3")
def test_only_the_monitor_marks(clinic: Clinic, participant: str) -> None:
    for account, role in ROLES.items():
        session = clinic.session(account)
        if role != "MON":
            with pytest.raises(Refused):
                mark_verified(session, participant, FORM)
            with pytest.raises(Refused):
                take_back(session, participant, sex(clinic, participant))


@pytest.mark.requirement("R-BLD-6")
def test_progress_counts_no_form_that_the_person_may_not_see(
    clinic: Clinic, participant: str
) -> None:
    mark_verified(clinic.session("MON-01"), participant, "SCR/1")
    forms = {one.prefix for one in participant_progress(clinic.session("CRC-01"), participant)}
    assert FORM in forms
    assert participant_progress(clinic.session("RAT-02"), participant) == []
    with pytest.raises(Refused):
        form_marks(clinic.session("RAT-02"), participant, FORM)


def test_where_nothing_is_recorded_nothing_is_marked(clinic: Clinic, participant: str) -> None:
    with pytest.raises(UserError) as told:
        mark_verified(clinic.session("MON-01"), participant, "V1/1/vital_signs/1")
    assert told.value.code == "nothing_to_verify"


def test_a_computed_value_is_not_compared(clinic: Clinic, participant: str) -> None:
    rater = clinic.session("RAT-02")
    exam = FormEntry(rater, participant, "SCR", "edss")
    exam.answer(exam.ref("FS_PYRAMIDAL"), Code("3"))
    exam.store_computed()
    mark_verified(clinic.session("MON-01"), participant, exam.prefix)
    marks = form_marks(clinic.session("MON-01"), participant, exam.prefix)
    assert marks.verified == {exam.path(exam.ref("FS_PYRAMIDAL"))}


@pytest.mark.requirement("R-BKP-2")
def test_answers_of_a_form_that_is_transcribed_say_so_until_it_is_not(
    clinic: Clinic, participant: str
) -> None:
    crc = clinic.session("CRC-01")
    entry = FormEntry(crc, participant, "SCR", "demography")
    ref = entry.ref("ALLERGY_TEXT")
    assert entry.source == "direct"
    entry.source = "transcribed"
    reason = {"code": "2", "text": ""}
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(ref, "penicillin, from the paper chart", reason=reason)
    again = FormEntry(crc, participant, "SCR", "demography")
    assert again.source == "transcribed"
    assert again.heads(ref)[0].source == "transcribed"
    other = FormEntry(clinic.session("PHY-01"), participant, "SCR", "demography")
    assert other.source == "direct"
    again.source = "direct"
    again.answer(ref, "penicillin, told by the participant", reason=reason)
    assert again.heads(ref)[0].source == "direct"
