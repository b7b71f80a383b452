"""The signing PIN at the chair: where it counts, when the password is asked again, what is kept."""

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.infusion_day import check_bedside, play_day

from msclinic.domain.errors import UserError
from msclinic.services.documents import finish_summary, sign_document
from msclinic.services.infusion.signing_gates import sign_gate
from msclinic.services.session import Refused
from msclinic.services.sign_in import join, sign_in
from msclinic.services.signing import document_key
from msclinic.services.signing_pin import Pin, confirm, pin_meanings, pin_stands, set_signing_pin
from msclinic.services.verifying import verify_home
from msclinic.shipped import shipped_study
from msclinic.study import study_from_content
from msclinic.study.content import pack, read_folder

NURSE = "NUR-04"
DIGITS, WRONG = "417309", Pin("902174")
PIN = Pin(DIGITS)


def with_pin(clinic: Clinic, account: str = NURSE):
    """A nurse with a PIN who has signed once with the password in this session."""
    session = clinic.session(account)
    set_signing_pin(session, PASSWORDS[account], DIGITS)
    document_key(session, PASSWORDS[account])
    return session


def code_of(session, meaning: str, secret) -> str:
    with pytest.raises(Refused) as refused:
        confirm(session, meaning, secret)
    return refused.value.code


def said(session, action: str) -> list[str]:
    """What the entries of an action say, in order."""
    with session.store.read() as reader:
        return [
            str((row.value or {}).get("value"))
            for stored in reader.entries(action)
            for row in reader.trail(None, stored.entry.path or "")
            if row.stored.hash == stored.hash
        ]


def test_the_study_allows_it_at_g3_and_g4_alone(clinic):
    assert pin_meanings(clinic.session(NURSE).study) == {"G3", "G4"}


def test_a_study_may_allow_it_nowhere():
    texts = dict(read_folder(shipped_study()))
    old = 'key: signing_pin_meanings, value: "G3,G4"'
    assert old in texts["study.yaml"]
    texts["study.yaml"] = texts["study.yaml"].replace(old, old.replace("G3,G4", "none"))
    assert pin_meanings(study_from_content(pack(texts))) == frozenset()


@pytest.mark.requirement("R-SIG-4")
def test_the_first_signature_takes_the_password_and_the_next_the_pin(clinic):
    session = clinic.session(NURSE)
    set_signing_pin(session, PASSWORDS[NURSE], DIGITS)
    assert not pin_stands(session, "G4")
    assert code_of(session, "G4", PIN) == "pin_not_yet"
    assert confirm(session, "G3", PASSWORDS[NURSE]) == "password"
    assert pin_stands(session, "G4")
    assert confirm(session, "G4", PIN) == "pin"


@pytest.mark.requirement("R-SIG-4")
@pytest.mark.parametrize("meaning", ["G1", "G6", "G7", "form_entered", "visit_summary_nurse"])
def test_elsewhere_the_pin_is_refused_even_when_it_is_right(clinic, meaning):
    session = with_pin(clinic)
    assert not pin_stands(session, meaning)
    assert code_of(session, meaning, PIN) == "pin_not_here"
    assert confirm(session, meaning, PASSWORDS[NURSE]) == "password"


@pytest.mark.requirement("R-SIG-4")
def test_three_wrong_pins_end_the_pin_for_the_session_and_are_in_the_journal(clinic):
    session = with_pin(clinic)
    codes = [code_of(session, "G4", WRONG) for _ in range(3)]
    assert codes == ["pin_wrong", "pin_wrong", "pin_spent"]
    assert code_of(session, "G4", PIN) == "pin_spent"
    assert confirm(session, "G4", PASSWORDS[NURSE]) == "password"
    assert not pin_stands(session, "G4")
    assert said(session, "signing_pin_refused") == [*codes, "pin_spent"]


@pytest.mark.requirement("R-SIG-4")
def test_after_signing_out_the_password_is_asked_for_again(clinic):
    with_pin(clinic)
    clinic.close()
    session = clinic.session(NURSE)
    assert session.ring.pin.chosen
    assert code_of(session, "G4", PIN) == "pin_not_yet"


@pytest.mark.requirement("R-SIG-4")
def test_each_person_begins_their_own_session(clinic):
    with_pin(clinic)
    second = clinic.session("NUR-06")
    assert code_of(second, "G4", PIN) == "pin_not_chosen"


def test_keys_that_were_dropped_take_no_pin(clinic):
    session = with_pin(clinic)
    session.ring.close()
    assert not pin_stands(session, "G4")
    assert code_of(session, "G4", PIN) == "pin_not_chosen"


@pytest.mark.requirement("R-SIG-4", "R-AUD-6")
def test_a_gate_signed_with_the_pin_says_so_in_the_journal(clinic):
    participant = clinic.enrol(7)
    play_day(clinic, participant, "V1", "AT_BEDSIDE")
    nurse, second = with_pin(clinic), clinic.session("NUR-06")
    for account in (NURSE, "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    sign_gate(nurse, participant, "V1", "G3", PIN)
    sign_gate(second, participant, "V1", "G3", PASSWORDS["NUR-06"])
    with nurse.store.read() as reader:
        rows = reader.signatures(participant=participant, meaning="G3")
        found = [
            (row.actor, tuple((reader.at(participant, row.path)[0].value or {})["components"]))
            for row in rows
        ]
    assert found == [(NURSE, ("session", "pin")), ("NUR-06", ("account", "password"))]
    assert all(row.status == "valid" for row in rows)


def test_a_wrong_pin_signs_no_gate(clinic):
    participant = clinic.enrol(7)
    session = with_pin(clinic)
    with pytest.raises(UserError):
        sign_gate(session, participant, "V1", "G4", WRONG)
    with session.store.read() as reader:
        assert reader.signatures(participant=participant) == []


@pytest.mark.requirement("R-AUD-5")
def test_setting_a_pin_is_in_the_journal_and_the_older_ring_is_refused_then(clinic):
    session = clinic.session(NURSE)
    older = clinic.home.ring(NURSE).read_bytes()
    set_signing_pin(session, PASSWORDS[NURSE], DIGITS)
    assert said(session, "signing_pin_set") == ["Y"]
    clinic.close()
    clinic.home.ring(NURSE).write_bytes(older)
    with pytest.raises(UserError) as refused:
        sign_in(clinic.home, NURSE, PASSWORDS[NURSE], clinic.clock)
    assert refused.value.code == "ring_old"


def test_a_pin_needs_the_password_and_the_rules(clinic):
    session = clinic.session(NURSE)
    for password, pin, code in (
        (PASSWORDS["NUR-06"], DIGITS, "wrong_password"),
        (PASSWORDS[NURSE], "123456", "pin_plain"),
        (PASSWORDS[NURSE], "4173", "pin_digits"),
    ):
        with pytest.raises(Refused) as refused:
            set_signing_pin(session, password, pin)
        assert refused.value.code == code
    assert said(session, "signing_pin_set") == []
    assert not session.ring.pin.chosen


def test_the_record_proves_after_a_pin_was_set(clinic):
    with_pin(clinic)
    clinic.close()
    assert verify_home(clinic.home, "MON-01", PASSWORDS["MON-01"]) == []
    joined = join(clinic.session("CRC-01"), NURSE, PASSWORDS[NURSE])
    assert joined.ring.pin.chosen


@pytest.mark.requirement("R-SEC-3")
def test_neither_pin_nor_verifier_lies_readable_in_the_home(clinic):
    session = with_pin(clinic)
    verifier = session.ring.pin._verifier
    clinic.close()
    secrets = (DIGITS.encode(), verifier.tag, verifier.tag.hex().encode(), verifier.salt)
    for file in clinic.home.folder.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert not any(secret in content for secret in secrets), file.name


def test_a_document_takes_no_pin(day):
    clinic, participant = day
    session = with_pin(clinic)
    made = finish_summary(session, participant, "V1", "1", language="en")
    with pytest.raises(Refused) as refused:
        sign_document(session, made.id, DIGITS)
    assert refused.value.code == "wrong_password"
