"""A signature asks for the password, lists what it covers, and is void when that changes."""

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.session import Refused
from msclinic.services.signing import document_key, heads_beneath, sign

SCOPE = "SCR/1/demography/1"


def statuses(clinic: Clinic, participant: str) -> list[tuple[str | None, str]]:
    with clinic.session("PI-01").store.read() as reader:
        return [(row.actor, row.status) for row in reader.signatures(participant=participant)]


def test_a_signature_lists_every_answer_beneath_it(clinic: Clinic) -> None:
    participant, crc = clinic.enrol(1), clinic.session("CRC-01")
    entry = sign(crc, participant, SCOPE, "form_entered", PASSWORDS["CRC-01"])
    with crc.store.read() as reader:
        row = reader.signatures(participant=participant)[0]
        beneath = heads_beneath(reader, participant, SCOPE)
    assert row.entry == entry
    assert (row.actor, row.meaning, row.status) == ("CRC-01", "form_entered", "valid")
    assert dict(row.items) == {path: tuple(heads) for path, heads in beneath.items()}
    assert len(beneath) == 6


def test_a_wrong_password_signs_nothing(clinic: Clinic) -> None:
    participant, crc = clinic.enrol(1), clinic.session("CRC-01")
    with pytest.raises(Refused) as refusal:
        sign(crc, participant, SCOPE, "form_entered", PASSWORDS["NUR-04"])
    assert refusal.value.code == "wrong_password"
    assert statuses(clinic, participant) == []


def test_a_role_signs_only_what_the_study_gives_it(clinic: Clinic) -> None:
    participant, nurse = clinic.enrol(1), clinic.session("NUR-04")
    with pytest.raises(Refused) as refusal:
        sign(nurse, participant, SCOPE, "G1", PASSWORDS["NUR-04"])
    assert refusal.value.code == "not_allowed"


def test_a_change_beneath_makes_every_signature_void_and_keeps_it(clinic: Clinic) -> None:
    participant, crc, phy = clinic.enrol(1), clinic.session("CRC-01"), clinic.session("PHY-01")
    sign(crc, participant, SCOPE, "form_entered", PASSWORDS["CRC-01"])
    sign(phy, participant, SCOPE, "form_reviewed", PASSWORDS["PHY-01"])
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("SEX"), Code("M"), reason={"code": "1", "text": ""})
    assert statuses(clinic, participant) == [("CRC-01", "void"), ("PHY-01", "void")]


def test_a_change_elsewhere_leaves_a_signature_valid(clinic: Clinic) -> None:
    participant, crc = clinic.enrol(1), clinic.session("CRC-01")
    sign(crc, participant, SCOPE, "form_entered", PASSWORDS["CRC-01"])
    consent = FormEntry(clinic.session("PHY-01"), participant, "SCR", "consent")
    consent.answer(consent.ref("STILL_WILLING"), Code("N"), reason={"code": "1", "text": ""})
    assert statuses(clinic, participant) == [("CRC-01", "valid")]


def test_further_paths_can_belong_to_what_is_signed(clinic: Clinic) -> None:
    participant, phy = clinic.enrol(1), clinic.session("PHY-01")
    path = "SCR/1/consent/1/status/1/CONSENT_STATUS"
    sign(phy, participant, SCOPE, "form_reviewed", PASSWORDS["PHY-01"], [path])
    consent = FormEntry(phy, participant, "SCR", "consent")
    consent.answer(
        consent.ref("CONSENT_STATUS"), Code("NOT_SIGNED"), reason={"code": "1", "text": ""}
    )
    assert statuses(clinic, participant) == [("PHY-01", "void")]


def test_the_document_key_opens_for_its_owner_only(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    assert document_key(nurse, PASSWORDS["NUR-04"]).private_key is not None
    with pytest.raises(Refused):
        document_key(nurse, PASSWORDS["NUR-06"])


def test_gates_and_exams_are_never_signed_on_a_form(clinic):
    participant = clinic.enrol(1)
    physician = clinic.session("PHY-01")
    with pytest.raises(Refused) as refused:
        sign(physician, participant, "V1/1/fit_to_dose/1", "G1", PASSWORDS["PHY-01"])
    assert refused.value.code == "not_a_forms_meaning"


def test_only_a_completed_form_is_signed(clinic):
    participant = clinic.enrol(1)
    coordinator = clinic.session("CRC-01")
    for scope in ("V9/1/xx/1", "SCR/1/vital_signs/1"):
        with pytest.raises(UserError) as refused:
            sign(coordinator, participant, scope, "form_entered", PASSWORDS["CRC-01"])
        assert refused.value.code == "form_not_completed"
