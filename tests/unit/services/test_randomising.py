"""Randomised is who is eligible by the investigator's signature and has numbers of their own."""

import pytest
from tests.clinic import Clinic
from tests.infusion_day import KIT
from tests.lives import (
    NUMBER,
    answer_eligibility,
    confirm_eligibility,
    day_of,
    enter_numbers,
    password,
    randomised,
    screened,
    sign_eligibility,
)

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.life import life
from msclinic.services.randomising import eligibility_visits, randomise
from msclinic.services.session import Refused
from msclinic.services.signing import sign
from msclinic.services.visits import book_visit, open_visit

PHY = "PHY-01"


def refused(clinic: Clinic, participant: str) -> str:
    with pytest.raises(UserError) as refusal:
        randomise(clinic.session(PHY), participant, password(PHY))
    assert life(clinic.session(PHY), participant).life.state == "screened"
    return refusal.value.code


def test_the_way_to_randomisation(clinic: Clinic) -> None:
    participant = randomised(clinic)
    record = life(clinic.session("NUR-04"), participant)
    (act,) = record.acts
    assert record.life.state == "randomised"
    assert (act.kind, act.signed_by, act.scope) == ("randomisation", PHY, "V1/1/randomisation/1")


def test_without_eligibility_nobody_is_randomised(clinic: Clinic) -> None:
    participant = screened(clinic)
    enter_numbers(clinic, participant)
    assert refused(clinic, participant) == "not_eligible"
    answer_eligibility(clinic, participant)
    assert refused(clinic, participant) == "not_eligible"


def test_nobody_is_randomised_without_screening(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    for visit in ("SCR", "V1"):
        scope = answer_eligibility(clinic, participant, visit=visit)
        sign_eligibility(clinic, participant, scope)
    enter_numbers(clinic, participant)
    crc, day = clinic.session("CRC-01"), day_of(clinic)
    for _ in ("planned", "booked"):
        with pytest.raises(UserError) as refusal:
            randomise(clinic.session(PHY), participant, password(PHY))
        refused_for = (refusal.value.code, refusal.value.parameters["visits"])
        assert refused_for == ("not_screened", "SCR")
        book_visit(crc, participant, "SCR", day)
    open_visit(crc, participant, "SCR", day)
    randomise(clinic.session(PHY), participant, password(PHY))
    assert life(clinic.session(PHY), participant).life.state == "randomised"


@pytest.mark.parametrize(("signed", "lacking"), [("SCR", "V1"), ("V1", "SCR")])
def test_screening_and_baseline_both_have_to_be_signed(
    clinic: Clinic, signed: str, lacking: str
) -> None:
    participant = screened(clinic)
    scope = answer_eligibility(clinic, participant, visit=signed)
    sign_eligibility(clinic, participant, scope)
    enter_numbers(clinic, participant)
    with pytest.raises(UserError) as refusal:
        randomise(clinic.session(PHY), participant, password(PHY))
    assert (refusal.value.code, refusal.value.parameters["visits"]) == ("not_eligible", lacking)
    other = answer_eligibility(clinic, participant, visit=lacking)
    assert refused(clinic, participant) == "not_eligible"
    sign_eligibility(clinic, participant, other)
    randomise(clinic.session(PHY), participant, password(PHY))
    assert life(clinic.session(PHY), participant).life.state == "randomised"


def test_who_is_no_longer_eligible_at_baseline_is_not_randomised(clinic: Clinic) -> None:
    participant = screened(clinic)
    sign_eligibility(clinic, participant, answer_eligibility(clinic, participant))
    scope = answer_eligibility(clinic, participant, Code("N"), "V1")
    sign_eligibility(clinic, participant, scope)
    enter_numbers(clinic, participant)
    assert refused(clinic, participant) == "not_eligible"


def test_eligibility_is_asked_up_to_the_visit_of_randomisation(clinic: Clinic) -> None:
    assert eligibility_visits(clinic.session(PHY).study) == ("SCR", "V1")


def test_eligibility_changed_after_its_signature_does_not_count(clinic: Clinic) -> None:
    participant = screened(clinic)
    confirm_eligibility(clinic, participant)
    enter_numbers(clinic, participant)
    entry = FormEntry(clinic.session(PHY), participant, "SCR", "eligibility")
    entry.answer(entry.ref("IENOTE"), "see letter")
    entry.answer(entry.ref("IN02"), Code("N"), reason={"code": "1", "text": ""})
    assert refused(clinic, participant) == "not_eligible"


def test_who_is_not_eligible_is_not_randomised_whoever_signed(clinic: Clinic) -> None:
    participant = screened(clinic)
    sign_eligibility(clinic, participant, answer_eligibility(clinic, participant, Code("N")))
    enter_numbers(clinic, participant)
    assert refused(clinic, participant) == "not_eligible"


def test_only_the_principal_investigator_confirms_eligibility(clinic: Clinic) -> None:
    participant = screened(clinic)
    scope = answer_eligibility(clinic, participant)
    with pytest.raises(Refused):
        sign(clinic.session(PHY), participant, scope, "eligibility", password(PHY))


def test_both_numbers_have_to_be_there(clinic: Clinic) -> None:
    participant = screened(clinic)
    confirm_eligibility(clinic, participant)
    assert refused(clinic, participant) == "numbers_wanting"


def test_a_kit_typed_differently_is_found(clinic: Clinic) -> None:
    participant = screened(clinic)
    confirm_eligibility(clinic, participant)
    enter_numbers(clinic, participant)
    entry = FormEntry(clinic.session("CRC-01"), participant, "V1", "kit_assignment")
    entry.answer(entry.ref("KIT_NUMBER_AGAIN"), "K-000001", reason={"code": "1", "text": ""})
    entry.complete()
    assert refused(clinic, participant) == "numbers_differ"


@pytest.mark.parametrize(
    ("number", "kit"),
    [
        (NUMBER, "K-300000"),
        ("R-2000", KIT),
        (f" {NUMBER.lower()}", "K-300000"),
        ("R-2000", KIT.replace("-", " ").lower()),
    ],
    ids=["number", "kit", "number typed otherwise", "kit typed otherwise"],
)
def test_a_number_of_somebody_else_is_found(clinic: Clinic, number: str, kit: str) -> None:
    randomised(clinic, 1)
    second = clinic.enrol(2)
    confirm_eligibility(clinic, second)
    enter_numbers(clinic, second, number, kit)
    assert refused(clinic, second) == "number_taken"


def test_nobody_is_randomised_twice(clinic: Clinic) -> None:
    participant = randomised(clinic)
    with pytest.raises(UserError) as refusal:
        randomise(clinic.session(PHY), participant, password(PHY))
    assert refusal.value.code == "act_not_possible"


@pytest.mark.parametrize("account", ["CRC-01", "NUR-04", "RAT-02", "MON-01"])
def test_only_a_physician_randomises(clinic: Clinic, account: str) -> None:
    participant = screened(clinic)
    with pytest.raises(Refused):
        randomise(clinic.session(account), participant, password(account))


def test_a_corrected_number_takes_the_randomisation_back_until_it_is_signed_again(
    clinic: Clinic,
) -> None:
    participant = randomised(clinic)
    entry = FormEntry(clinic.session("CRC-01"), participant, "V1", "kit_assignment")
    entry.answer(entry.ref("KIT_ASSIGNED_AT"), clinic.clock.now(), reason={"code": "1", "text": ""})
    assert life(clinic.session(PHY), participant).life.state == "randomised"
    numbers = FormEntry(clinic.session("CRC-01"), participant, "V1", "randomisation")
    other = next(
        code
        for code in numbers.form.item("RAND_SOURCE").codelist.codes
        if Code(code) != numbers.value("RAND_SOURCE")
    )
    numbers.answer(numbers.ref("RAND_SOURCE"), Code(other), reason={"code": "1", "text": ""})
    assert life(clinic.session(PHY), participant).life.state == "screened"
    numbers.complete()
    randomise(clinic.session(PHY), participant, password(PHY))
    assert life(clinic.session(PHY), participant).life.state == "randomised"
