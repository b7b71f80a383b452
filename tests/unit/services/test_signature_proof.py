"""A signature that its signer could not have given is found by the proof and counts for nobody."""

from typing import Any

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS, Clinic
from tests.signed_visit import CALL, call_made, ready_casebook

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording
from msclinic.services.session import Session
from msclinic.services.sign_off import sign_casebook, visit_hindrances
from msclinic.services.signing import signature_value
from msclinic.services.verifying import verify_home
from msclinic.store import WHOLE, Reader, SignatureRow

NURSE = "NUR-04"


def entered(clinic: Clinic) -> str:
    participant = clinic.enrol(7)
    call_made(clinic, participant, signed=False)
    return participant


def forge(session: Session, participant: str, value: dict[str, Any]) -> str:
    """An act like a signature, past the services; gives the entry's hash."""
    with recording(session) as act:
        act.set("signed", f"signature/{random_key()}", value, participant=participant)
    return act.stored[-1].hash


def whole(reader: Reader, participant: str, meaning: str = "form_entered") -> dict[str, Any]:
    return signature_value(reader, participant, CALL, meaning)


def value_of(clinic: Clinic, participant: str, meaning: str = "form_entered") -> dict[str, Any]:
    with clinic.session(NURSE).store.read() as reader:
        return whole(reader, participant, meaning)


def row_of(clinic: Clinic, participant: str, entry: str) -> SignatureRow | None:
    with clinic.session("CRC-01").store.read() as reader:
        rows = reader.signatures(participant=participant)
    return next((row for row in rows if row.entry == entry), None)


def found(clinic: Clinic) -> set[str]:
    clinic.close()
    return {fault.code for fault in verify_home(clinic.home, "MON-01", PASSWORDS["MON-01"])}


def test_an_honest_signature_is_no_fault_and_counts(clinic):
    participant = entered(clinic)
    entry = forge(clinic.session(NURSE), participant, value_of(clinic, participant))
    assert row_of(clinic, participant, entry).status == "valid"
    assert found(clinic) == set()


@pytest.mark.requirement("R-SIG-5")
@pytest.mark.parametrize("meaning", ["form_reviewed", "G1", "visit_sign_off", "eligibility"])
def test_what_a_role_may_not_say_is_found_and_does_not_count(clinic, meaning):
    participant = entered(clinic)
    entry = forge(clinic.session(NURSE), participant, value_of(clinic, participant, meaning))
    assert row_of(clinic, participant, entry).status == "void"
    assert "signature_role" in found(clinic)


def test_a_meaning_that_the_study_does_not_have_is_found(clinic):
    participant = entered(clinic)
    entry = forge(clinic.session(NURSE), participant, value_of(clinic, participant, "approved"))
    assert row_of(clinic, participant, entry).status == "void"
    assert "signature_meaning" in found(clinic)


@pytest.mark.requirement("R-SIG-3", "R-SIG-5")
def test_a_signature_in_anothers_name_is_found_and_does_not_count(clinic):
    participant = entered(clinic)
    nurse = clinic.session(NURSE)
    physician = evolve(clinic.session("PHY-01"), ring=nurse.ring)
    entry = forge(physician, participant, value_of(clinic, participant, "form_reviewed"))
    row = row_of(clinic, participant, entry)
    assert (row.actor, row.status) == ("PHY-01", "void")
    hindrances = visit_hindrances(clinic.session("PHY-01"), participant, "C1D")
    assert [one.kind for one in hindrances] == ["unsigned"]
    assert "foreign_key" in found(clinic)


@pytest.mark.requirement("R-SIG-3")
def test_a_role_that_the_account_never_had_is_found(clinic):
    participant = entered(clinic)
    nurse = evolve(clinic.session(NURSE), role="PHY")
    forge(nurse, participant, value_of(clinic, participant, "form_reviewed"))
    assert "signature_stranger" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
def test_a_cut_list_is_found_and_does_not_count(clinic):
    participant = entered(clinic)
    value = value_of(clinic, participant)
    entry = forge(clinic.session(NURSE), participant, value | {"items": value["items"][:-1]})
    assert row_of(clinic, participant, entry).status == "void"
    assert "signature_cut" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
def test_a_path_that_was_never_there_keeps_the_signature_from_counting(clinic):
    participant = entered(clinic)
    value = value_of(clinic, participant)
    added = [*value["items"], [f"{CALL}/call/1/E11_MORE", ["0" * 64]]]
    entry = forge(clinic.session(NURSE), participant, value | {"items": added})
    assert row_of(clinic, participant, entry) is None
    assert "reference_missing" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
def test_an_answer_of_somebody_else_in_the_list_is_found_and_does_not_count(clinic):
    participant, other = entered(clinic), clinic.enrol(8)
    value = value_of(clinic, participant)
    with clinic.session(NURSE).store.read() as reader:
        head = reader.heads(participant=other, item="SEX")[0]
    added = [*value["items"], [head.path, [head.entry]]]
    entry = forge(clinic.session(NURSE), participant, value | {"items": added})
    assert row_of(clinic, participant, entry).status == "void"
    assert "signature_item" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
def test_answers_that_had_been_replaced_are_found_in_the_list(clinic):
    participant = entered(clinic)
    value = value_of(clinic, participant)
    entry = FormEntry(clinic.session(NURSE), participant, "C1D", "call")
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason={"code": "1", "text": ""})
    forged = forge(clinic.session(NURSE), participant, value)
    assert row_of(clinic, participant, forged).status == "void"
    assert "signature_old" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
@pytest.mark.parametrize(
    ("scope", "without"), [("C1D/1", []), (CALL, ["call"]), (WHOLE, []), ("", [])]
)
def test_a_scope_that_does_not_belong_to_the_meaning_is_found(clinic, scope, without):
    participant = entered(clinic)
    value = value_of(clinic, participant)
    forge(clinic.session(NURSE), participant, value | {"scope": scope, "without": without})
    assert "signature_scope" in found(clinic)


@pytest.mark.requirement("R-SIG-2")
def test_a_sign_off_that_leaves_out_what_its_signer_sees_is_found(clinic):
    participant = ready_casebook(clinic)
    investigator = clinic.session("PI-01")
    with investigator.store.read() as reader:
        value = signature_value(
            reader, participant, WHOLE, "casebook_sign_off", without=("demography",)
        )
    forge(investigator, participant, value)
    assert "signature_scope" in found(clinic)


def test_a_value_that_is_no_signature_is_found_and_does_not_count(clinic):
    participant = entered(clinic)
    entry = forge(clinic.session(NURSE), participant, {"type": "code", "value": "Y"})
    assert row_of(clinic, participant, entry).status == "void"
    assert "signature_unreadable" in found(clinic)


def test_an_honest_casebook_is_no_fault(clinic):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    assert found(clinic) == set()
