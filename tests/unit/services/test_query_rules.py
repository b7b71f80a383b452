"""The program asks, when a form is completed, about findings that stay open or were overridden."""

import pytest
from tests.clinic import Clinic

from msclinic.domain.queries import ANSWERED, CLOSED, OPEN
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.queries import participant_queries, say
from msclinic.services.query_conversation import conversation
from msclinic.services.query_model import Message
from msclinic.services.query_rules import (
    program_query_key,
    queried_severities,
    write_program_queries,
)
from msclinic.services.worklist import worklist

RULE = "consent.CONSENT_STATUS.CONSENT_NOT_SIGNED"


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def refuse_consent(clinic: Clinic, participant: str, status: str = "DECLINED") -> FormEntry:
    """A consent that was not signed, and says so; completed with the gate shut."""
    entry = FormEntry(clinic.session("PHY-01"), participant, "SCR", "consent")
    reason = {"code": "2", "text": ""}
    entry.answer(entry.ref("CONSENT_STATUS"), Code(status), reason=reason)
    entry.complete()
    return entry


def other_status(entry: FormEntry) -> str:
    codelist = entry.form.item("CONSENT_STATUS").codelist
    assert codelist is not None
    return next(code for code in codelist.codes if code != "SIGNED")


@pytest.fixture
def refused(clinic: Clinic, participant: str) -> FormEntry:
    probe = FormEntry(clinic.session("PHY-01"), participant, "SCR", "consent")
    return refuse_consent(clinic, participant, other_status(probe))


@pytest.mark.requirement("R-DAT-2", "R-AUD-11")
def test_a_blocking_finding_left_open_at_completion_becomes_the_programs_query(
    clinic: Clinic, participant: str, refused: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    (query,) = participant_queries(monitor, participant)
    ref = refused.ref("CONSENT_STATUS")
    assert query.key == program_query_key(RULE, refused.path(ref))
    assert (query.status, query.side, query.ref, query.text) == (OPEN, "program", ref, "")
    assert query.finding == dict(refused.state(ref).findings[0].message)
    with monitor.store.read() as reader:
        (row,) = reader.trail(participant, f"query/{query.key}")
    computed = row.entry.computed
    assert computed is not None
    assert computed.rule == RULE
    assert computed.inputs == tuple(head.entry for head in refused.heads(ref))
    (asked,) = (m for m in conversation(monitor, participant, query.key) if isinstance(m, Message))
    assert (asked.account, asked.role) == ("", ""), "the software asks, no person"


def test_nothing_is_asked_about_a_form_without_findings(clinic: Clinic, participant: str) -> None:
    assert participant_queries(clinic.session("MON-01"), participant) == []


def test_the_same_finding_is_not_asked_about_again(
    clinic: Clinic, participant: str, refused: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    (query,) = participant_queries(monitor, participant)
    say(monitor, participant, query.key, "close", "Known.")
    refused.complete()
    (again,) = participant_queries(monitor, participant)
    assert again.status == CLOSED


def test_a_changed_value_with_the_finding_opens_the_same_query_again(
    clinic: Clinic, participant: str, refused: FormEntry
) -> None:
    monitor = clinic.session("MON-01")
    (query,) = participant_queries(monitor, participant)
    say(monitor, participant, query.key, "close", "Known.")
    ref = refused.ref("CONSENT_STATUS")
    before = refused.value("CONSENT_STATUS")
    reason = {"code": "2", "text": ""}
    refused.answer(ref, Code("SIGNED"), reason=reason)
    refused.answer(ref, before, reason=reason)
    refused.complete()
    (again,) = participant_queries(monitor, participant)
    assert (again.key, again.status) == (query.key, OPEN)


def test_an_override_answers_the_programs_query_and_both_sides_may_close_it(
    clinic: Clinic, participant: str
) -> None:
    person = participant
    nurse = FormEntry(clinic.session("NUR-04"), person, "V1", "vital_signs")
    ref = nurse.ref("SYSBP", nurse.add_repeat("reading"))
    nurse.answer(nurse.ref("VSTPT", ref[1]), Code("BASE"))
    nurse.answer(ref, 186)
    physician = FormEntry(clinic.session("PHY-01"), person, "V1", "vital_signs")
    physician.override(ref, "white-coat effect, seen before")
    with recording(physician.session) as act:
        write_program_queries(act, physician)
    queries = {one.ref: one for one in participant_queries(clinic.session("MON-01"), person)}
    query = queries[ref]
    assert query.status == ANSWERED
    for account in ("MON-01", "CRC-01"):
        mine = {one.key: one.may for one in participant_queries(clinic.session(account), person)}
        assert "close" in mine[query.key]
    told = conversation(clinic.session("MON-01"), person, query.key)
    texts = [(one.kind, one.text) for one in told if isinstance(one, Message)]
    assert texts == [("ask", ""), ("answer", "white-coat effect, seen before")]


def test_the_query_waits_in_the_worklist_of_the_site(
    clinic: Clinic, participant: str, refused: FormEntry
) -> None:
    points = [one for one in worklist(clinic.session("PHY-01")) if one.kind == "query"]
    assert [one.item for one in points] == [refused.ref("CONSENT_STATUS")]


def test_the_study_says_which_findings_become_queries(clinic: Clinic) -> None:
    study = clinic.session("PI-01").study
    assert queried_severities(study) == {"gate"}
