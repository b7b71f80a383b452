"""What had been signed stays viewable beside what stands there now, for whom it may be shown."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS, Clinic
from tests.signed_visit import CALL, call_made, ready_casebook

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.session import Refused
from msclinic.services.sign_off import sign_casebook, sign_visit
from msclinic.services.signed_content import SignedContent, signed_content, signed_over
from msclinic.services.signing import sign
from msclinic.store import WHOLE

AGAIN = {"code": "1", "text": ""}


def signature_over(clinic: Clinic, participant: str, scope: str):
    return signed_over(clinic.session("PHY-01"), participant, scope)[-1]


def content(clinic: Clinic, participant: str, scope: str, account: str = "PHY-01") -> SignedContent:
    row = signature_over(clinic, participant, scope)
    return signed_content(clinic.session(account), participant, row.entry)


def line(found: SignedContent, item: str):
    return next(one for form in found.forms for one in form.lines if one.path.endswith(f"/{item}"))


@pytest.mark.requirement("R-SIG-1")
def test_a_signature_says_who_when_in_which_role_and_what_it_means(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    found = content(clinic, participant, CALL)
    assert (found.account, found.role) == ("NUR 04", "Infusion nurse")
    assert found.meaning == "I entered these data"
    assert found.signed_at == clinic.clock.now()
    assert found.title == "Safety call"
    assert found.components == ("account", "password")
    assert found.study.startswith(clinic.session("PHY-01").study.version_label)


@pytest.mark.requirement("R-SIG-2")
def test_while_it_stands_everything_is_as_it_was_signed(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    found = content(clinic, participant, CALL)
    assert found.valid
    assert found.moved == 0
    assert (line(found, "E11_CM").then, line(found, "E11_CM").now) == ("No", "No")


@pytest.mark.requirement("R-SIG-2", "R-AUD-1")
def test_a_void_signature_shows_what_was_signed_beside_what_is_there_now(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    clinic.clock.turn(timedelta(hours=2))
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason=AGAIN)
    entry.answer(entry.ref("E11_NOTE"), "Paracetamol", reason=AGAIN)
    found = content(clinic, participant, CALL)
    assert not found.valid
    changed, added = line(found, "E11_CM"), line(found, "E11_NOTE")
    assert (changed.then, changed.now, changed.state) == ("No", "Yes", "changed")
    assert (changed.by, changed.at) == ("NUR 04", clinic.clock.now())
    assert (added.then, added.now, added.state) == ("", "Paracetamol", "added")
    assert line(found, "E11_RESULT").state == "same"
    assert found.moved == 2


def test_signed_again_each_signature_shows_its_own_version(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"), reason=AGAIN)
    sign(clinic.session("NUR-04"), participant, CALL, "form_entered", PASSWORDS["NUR-04"])
    first, second = signed_over(clinic.session("PHY-01"), participant, CALL)
    physician = clinic.session("PHY-01")
    shown = [
        line(signed_content(physician, participant, one.entry), "E11_CM") for one in (first, second)
    ]
    assert [(one.then, one.now) for one in shown] == [("No", "Yes"), ("Yes", "Yes")]
    assert [one.status for one in (first, second)] == ["void", "valid"]


def test_a_reason_given_later_is_shown_as_added(clinic):
    participant = clinic.enrol(7)
    entry = call_made(clinic, participant)
    clinic.clock.turn(timedelta(minutes=1))
    entry.answer(entry.ref("E11_CM"), Code("Y"))
    entry.keep([entry.ref("E11_CM")], "CHANGED", "2", "read it again")
    found = content(clinic, participant, CALL)
    reason = line(found, "CHANGED")
    assert (reason.then, reason.now, reason.state) == ("", "read it again", "added")


@pytest.mark.requirement("R-SIG-2")
def test_a_casebook_shows_every_visit_in_the_order_of_the_schedule(clinic):
    participant = ready_casebook(clinic)
    sign_casebook(clinic.session("PI-01"), participant, PASSWORDS["PI-01"])
    found = content(clinic, participant, WHOLE)
    assert found.title == "The whole casebook"
    assert [form.visit for form in found.forms] == ["SCR", "SCR", "LOG"]
    assert found.moved == 0


@pytest.mark.requirement("R-BLD-3")
def test_a_rater_learns_of_no_signature_over_what_is_not_theirs(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    sign_visit(clinic.session("PHY-01"), participant, "C1D", "1", PASSWORDS["PHY-01"])
    rater = clinic.session("RAT-02")
    with pytest.raises(Refused):
        signed_over(rater, participant, CALL)
    assert signed_over(rater, participant, "C1D/1") == ()
    for scope in (CALL, "C1D/1"):
        with pytest.raises(UserError) as refused:
            content(clinic, participant, scope, "RAT-02")
        assert refused.value.code == "no_such_signature"


def test_the_administrator_reads_no_signed_content(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    with pytest.raises(UserError):
        content(clinic, participant, CALL, "ADMIN-01")


def test_forms_that_a_role_may_not_open_are_counted_and_not_shown(clinic):
    participant = ready_casebook(clinic)
    row = signature_over(clinic, participant, "SCR/1")
    session = clinic.session("PHY-01")
    study = session.study
    role = evolve(study.roles["PHY"], rights=frozenset({"read:demography", "sign:visit_sign_off"}))
    session.study = evolve(study, roles={**study.roles, "PHY": role})
    found = signed_content(session, participant, row.entry)
    assert [form.title for form in found.forms] == ["Demography"]
    assert found.hidden == 1


def test_labels_are_those_of_the_study_that_was_signed(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    row = signature_over(clinic, participant, CALL)
    session = clinic.session("PHY-01")
    signed = session.study
    session.study = evolve(signed, version="0" * 64, version_label="later")
    found = signed_content(session, participant, row.entry)
    assert found.study.startswith(signed.version_label)
    assert line(found, "E11_RESULT").label == "Result of the call"


def test_an_entry_that_is_no_signature_shows_nothing(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    with pytest.raises(UserError) as refused:
        signed_content(clinic.session("PHY-01"), participant, "0" * 64)
    assert refused.value.code == "no_such_signature"


def test_polish_words_say_the_same(clinic):
    participant = clinic.enrol(7)
    call_made(clinic, participant)
    row = signature_over(clinic, participant, CALL)
    found = signed_content(clinic.session("PHY-01"), participant, row.entry, "pl")
    assert found.title == "Telefon kontrolny"
    assert line(found, "E11_CM").then == "Nie"
