"""Signing off a visit and a casebook: what hinders, who may, and what makes it void."""

from datetime import timedelta

import pytest
from lxml import etree
from tests.clinic import PASSWORDS, Clinic
from tests.course import restricted
from tests.signed_visit import CALL, call_form, call_made, ready_casebook, ready_screening

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.exporting import export_odm
from msclinic.services.queries import raise_query, say
from msclinic.services.session import Refused
from msclinic.services.sign_off import (
    CASEBOOK_MEANING,
    VISIT_MEANING,
    NotReady,
    casebook_hindrances,
    sign_casebook,
    sign_off_of,
    sign_visit,
    visit_hindrances,
)
from msclinic.services.signing import sign
from msclinic.services.summary import visit_summary
from msclinic.services.verifying import verify_home
from msclinic.services.visits import open_visit
from msclinic.store import WHOLE

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"
AGAIN = {"code": "1", "text": ""}


def rows(clinic: Clinic, participant: str):
    with clinic.session("PHY-01").store.read() as reader:
        return reader.signatures(participant=participant)


def status(clinic: Clinic, participant: str, scope: str) -> str:
    return sign_off_of(rows(clinic, participant), scope).status


def sign_call(clinic: Clinic, participant: str, account: str = "PHY-01") -> str:
    return sign_visit(clinic.session(account), participant, "C1D", "1", PASSWORDS[account])


def kinds(clinic: Clinic, participant: str, visit: str = "C1D") -> list[str]:
    found = visit_hindrances(clinic.session("PHY-01"), participant, visit)
    return [one.kind for one in found]


@pytest.mark.requirement("R-SIG-6")
def test_a_visit_is_signed_off_over_everything_recorded_at_it(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    assert kinds(clinic, participant) == []
    entry = sign_call(clinic, participant)
    row = next(row for row in rows(clinic, participant) if row.entry == entry)
    assert (row.meaning, row.scope, row.status) == (VISIT_MEANING, "C1D/1", "valid")
    assert {path.split("/")[-1] for path, _ in row.items} >= {"E11_RESULT", "E11_TIME", "E11_CM"}
    assert (row.actor, row.role) == ("PHY-01", "PHY")
    assert row.study_version == clinic.session("PHY-01").study.version


@pytest.mark.requirement("R-SIG-6")
def test_what_is_not_finished_is_named_and_keeps_the_visit_from_being_signed_off(clinic):
    participant = clinic.enrol(7)
    open_visit(clinic.session("CRC-01"), participant, "C1D", clinic.clock.now().date())
    assert kinds(clinic, participant) == ["missing"]
    entry = call_form(clinic, participant)
    entry.answer(entry.ref("E11_RESULT"), Code("NOT_REACHED"))
    assert kinds(clinic, participant) == ["unfinished"]
    with pytest.raises(NotReady) as refused:
        sign_call(clinic, participant)
    assert [one.kind for one in refused.value.hindrances] == ["unfinished"]
    assert status(clinic, participant, "C1D/1") == "none"


def test_a_missing_signature_beneath_is_named_with_its_meaning(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant, signed=False)
    (hindrance,) = visit_hindrances(clinic.session("PHY-01"), participant, "C1D")
    assert (hindrance.kind, hindrance.meanings) == ("unsigned", ("form_entered",))
    assert hindrance.form.form == "call"


def test_a_change_without_its_reason_keeps_the_visit_open(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"))
    found = visit_hindrances(clinic.session("PHY-01"), participant, "C1D")
    assert ("finding", ("call", "1", "E11_CM")) in [(one.kind, one.item) for one in found]


@pytest.mark.requirement("R-AUD-2")
def test_a_form_changed_without_a_reason_is_not_signed(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant, signed=False)
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"))
    nurse = clinic.session("NUR-04")
    with pytest.raises(UserError) as refused:
        sign(nurse, participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    assert refused.value.code == "reasons_missing"
    entry.keep([entry.ref("E11_CM")], CHANGED, "1")
    sign(nurse, participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    assert kinds(clinic, participant) == []


def test_an_open_query_keeps_the_visit_open_until_it_is_closed(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    monitor = clinic.session("MON-01")
    key = raise_query(monitor, participant, f"{CALL}/call/1/E11_CM", "Which medicine?")
    (hindrance,) = visit_hindrances(clinic.session("PHY-01"), participant, "C1D")
    assert (hindrance.kind, hindrance.item) == ("query", ("call", "1", "E11_CM"))
    say(clinic.session("NUR-04"), participant, key, "answer", "None was taken")
    assert kinds(clinic, participant) == ["query"]
    say(monitor, participant, key, "close", "Thank you")
    assert kinds(clinic, participant) == []


@pytest.mark.requirement("R-SIG-2")
def test_a_query_about_signed_data_leaves_every_signature_valid(clinic):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    scope = "SCR/1/demography/1/person/1/SEX"
    raise_query(clinic.session("MON-01"), participant, scope, "Source?")
    assert {row.status for row in rows(clinic, participant)} == {"valid"}


@pytest.mark.requirement("R-SIG-2")
def test_a_change_beneath_makes_the_sign_off_void_and_it_is_signed_again(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    sign_call(clinic, participant)
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason=AGAIN)
    assert status(clinic, participant, "C1D/1") == "void"
    assert kinds(clinic, participant) == ["unsigned"]
    sign(clinic.session("NUR-04"), participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    sign_call(clinic, participant)
    assert status(clinic, participant, "C1D/1") == "valid"
    states = [row.status for row in rows(clinic, participant) if row.meaning == VISIT_MEANING]
    assert states == ["void", "valid"]


def test_a_new_form_at_the_visit_makes_the_sign_off_void(clinic):
    participant = ready_casebook(clinic)
    assert status(clinic, participant, "SCR/1") == "valid"
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    entry.answer(entry.ref("VSPOS"), Code("SITTING"))
    assert status(clinic, participant, "SCR/1") == "void"


@pytest.mark.requirement("R-SIG-5")
def test_only_physicians_sign_off_visits_and_only_the_investigator_a_casebook(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    for account in ("NUR-04", "CRC-01", "RAT-02", "MON-01", "DM-01", "ADMIN-01", "PREP-01"):
        with pytest.raises(Refused):
            sign_call(clinic, participant, account)
        with pytest.raises(Refused):
            visit_hindrances(clinic.session(account), participant, "C1D")
    with pytest.raises(Refused):
        sign_casebook(clinic.session("PHY-01"), participant, PASSWORDS["PHY-01"])
    with pytest.raises(Refused) as refused:
        sign_visit(clinic.session("PHY-01"), participant, "C1D", "1", PASSWORDS["PI-01"])
    assert refused.value.code == "wrong_password"
    assert {row.meaning for row in rows(clinic, participant)}.isdisjoint({CASEBOOK_MEANING})


def test_the_same_person_signs_a_visit_once_and_another_may_sign_it_too(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    sign_call(clinic, participant)
    with pytest.raises(UserError) as refused:
        sign_call(clinic, participant)
    assert refused.value.code == "already_signed_off"
    sign_call(clinic, participant, "PI-01")
    signers = [row.actor for row in rows(clinic, participant) if row.meaning == VISIT_MEANING]
    assert signers == ["PHY-01", "PI-01"]


@pytest.mark.parametrize("visit", ["V1", "LOG", "C7D"])
def test_a_visit_that_has_not_begun_cannot_be_signed_off(clinic, visit):
    participant = clinic.enrol(7)
    with pytest.raises(UserError) as refused:
        sign_visit(clinic.session("PHY-01"), participant, visit, "1", PASSWORDS["PHY-01"])
    assert refused.value.code == "nothing_to_sign_off"


@pytest.mark.requirement("R-SIG-6")
def test_the_casebook_waits_for_every_visit_and_then_covers_all(clinic):
    participant = ready_screening(clinic)
    investigator = clinic.session("PI-01")
    (hindrance,) = casebook_hindrances(investigator, participant)
    assert (hindrance.kind, hindrance.visit.code) == ("visit", "SCR")
    with pytest.raises(NotReady):
        sign_casebook(investigator, participant, PASSWORDS["PI-01"])
    sign_visit(clinic.session("PHY-01"), participant, "SCR", "1", PASSWORDS["PHY-01"])
    sign_casebook(investigator, participant, PASSWORDS["PI-01"])
    row = next(row for row in rows(clinic, participant) if row.meaning == CASEBOOK_MEANING)
    assert {path.split("/")[0] for path, _ in row.items} == {"SCR", "LOG"}
    assert status(clinic, participant, WHOLE) == "valid"


@pytest.mark.requirement("R-SIG-2")
def test_anything_new_of_the_participant_makes_the_casebook_void(clinic):
    participant = ready_casebook(clinic)
    other = ready_casebook(clinic, 8)
    for one in (participant, other):
        sign_casebook(clinic.session("PI-01"), one, PASSWORDS["PI-01"])
    open_visit(clinic.session("CRC-01"), participant, "UNS", clinic.clock.now().date())
    assert status(clinic, participant, WHOLE) == "valid"
    entry = FormEntry(clinic.session("NUR-04"), participant, "UNS", "vital_signs")
    entry.answer(entry.ref("VSPOS"), Code("SITTING"))
    assert status(clinic, participant, WHOLE) == "void"
    assert status(clinic, participant, "SCR/1") == "valid"
    assert status(clinic, other, WHOLE) == "valid"


@pytest.mark.requirement("R-BLD-3")
def test_a_result_that_could_tell_the_arm_neither_is_signed_nor_makes_it_void(clinic):
    participant = ready_casebook(clinic)
    laboratory = restricted(clinic, participant)
    before = {row.entry for row in rows(clinic, participant)}
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    row = next(row for row in rows(clinic, participant) if row.entry not in before)
    assert not any("restricted_results" in path for path, _ in row.items)
    entry = FormEntry(laboratory, participant, "V2", "restricted_results")
    ref = next(
        one
        for one in entry.refs()
        if not entry.state(one).read_only and entry.form.item(one[2]).type == "date"
    )
    entry.answer(ref, clinic.clock.now().date())
    assert status(clinic, participant, WHOLE) == "valid"


def test_the_record_proves_with_sign_offs_in_it(clinic):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    home = clinic.home
    clinic.close()
    assert verify_home(home, "PI-01", PASSWORDS["PI-01"]) == []


@pytest.mark.requirement("R-SIG-1")
def test_the_printed_summary_names_the_sign_offs_with_signer_time_and_meaning(clinic):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    model = visit_summary(clinic.session("CRC-01"), participant, "SCR")
    printed = {
        one.meaning: (one.scope, one.signer.account, one.signer.role, one.valid)
        for one in model.signatures
    }
    assert printed["I reviewed this visit, it is complete"] == (
        "Screening",
        "PHY 01",
        "Treating physician",
        True,
    )
    assert printed["I reviewed the whole casebook"] == (
        "The whole casebook",
        "PI 01",
        "Principal investigator",
        True,
    )
    assert all(one.signer.at == clinic.clock.now() for one in model.signatures)


@pytest.mark.requirement("R-SIG-1", "R-DAT-7")
def test_the_export_carries_the_sign_offs_at_visit_and_participant(clinic, tmp_path):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    export_odm(clinic.session("CRC-01"), tmp_path / "export.xml")
    tree = etree.parse(tmp_path / "export.xml")
    signed = {
        signature.find(f"{ODM}SignatureRef").get("SignatureOID"): signature.getparent().tag
        for signature in tree.iter(f"{ODM}Signature")
    }
    assert signed["SIG_visit_sign_off"] == f"{ODM}StudyEventData"
    assert signed["SIG_casebook_sign_off"] == f"{ODM}SubjectData"
