"""No task without its delegation and training; a lapse never stops an open infusion."""

from datetime import date, timedelta

import pytest
from tests.clinic import COST, PASSWORDS, Clinic
from tests.infusion_day import play_day

from msclinic.domain.errors import UserError
from msclinic.services.people import open_account
from msclinic.services.people.delegation import delegate, delegation_log, local_day, train
from msclinic.services.people.incidents import incidents
from msclinic.services.session import Refused
from msclinic.services.sign_in import join
from msclinic.services.visits import book_visit, open_visit

LONG = "a sentence of four words"


@pytest.mark.requirement("R-USR-6", "R-VAL-5")
def test_every_account_of_the_clinic_has_a_line_and_a_training_date(clinic: Clinic) -> None:
    lines = delegation_log(clinic.session("PI-01"))
    today = date(2026, 11, 23)
    assert {line.account for line in lines} == set(clinic.home.accounts())
    assert all((line.start, line.end, line.trained) == (today, None, today) for line in lines)
    by = {line.account: line.by for line in lines}
    assert (by["PI-01"], by["ADMIN-01"], by["NUR-04"]) == (None, None, "PI-01")


@pytest.mark.requirement("R-USR-6")
def test_an_account_without_the_investigators_word_cannot_act(clinic: Clinic) -> None:
    admin, nurse, pi = (clinic.session(one) for one in ("ADMIN-01", "NUR-04", "PI-01"))
    open_account(admin, "NUR-07", "NUR", LONG, nurse, COST)
    with pytest.raises(Refused) as refusal:
        join(admin, "NUR-07", LONG)
    assert refusal.value.code == "not_delegated"
    delegate(pi, "NUR-07", "NUR", local_day(pi))
    train(pi, "NUR-07", "NUR", local_day(pi))
    assert join(admin, "NUR-07", LONG).role == "NUR"


@pytest.mark.requirement("R-USR-6")
@pytest.mark.parametrize(
    ("start", "end", "code"),
    [
        (date(2026, 11, 24), None, "not_yet"),
        (date(2026, 11, 1), date(2026, 11, 22), "delegation_ended"),
    ],
)
def test_a_delegation_holds_from_its_first_day_to_its_last(
    clinic: Clinic, start: date, end: date | None, code: str
) -> None:
    delegate(clinic.session("PI-01"), "NUR-04", "NUR", start, end)
    with pytest.raises(Refused) as refusal:
        clinic.session("NUR-04")
    assert refusal.value.code == code


def test_the_last_day_of_a_delegation_still_counts(clinic: Clinic) -> None:
    today = date(2026, 11, 23)
    delegate(clinic.session("PI-01"), "NUR-04", "NUR", today, today)
    assert clinic.session("NUR-04").role == "NUR"


def test_a_clock_set_back_ends_no_delegation(clinic: Clinic) -> None:
    clinic.session("PI-01")
    clinic.clock.jump(-timedelta(days=200))
    assert clinic.session("NUR-04").role == "NUR"


@pytest.mark.requirement("R-USR-6")
def test_a_change_is_a_further_line_of_the_log(clinic: Clinic) -> None:
    pi = clinic.session("PI-01")
    clinic.clock.turn(timedelta(minutes=1))
    delegate(pi, "NUR-04", "NUR", local_day(pi), date(2027, 1, 31))
    lines = [line for line in delegation_log(pi) if line.account == "NUR-04"]
    assert [(line.end, line.counts) for line in lines] == [
        (None, False),
        (date(2027, 1, 31), True),
    ]


def test_nobody_delegates_to_themselves(clinic: Clinic) -> None:
    pi = clinic.session("PI-01")
    with pytest.raises(Refused) as refusal:
        delegate(pi, "PI-01", "PI", local_day(pi))
    assert refusal.value.code == "own_delegation"


@pytest.mark.parametrize("account", ["ADMIN-01", "NUR-04", "CRC-01", "MON-01", "DM-01"])
def test_only_the_investigator_delegates(clinic: Clinic, account: str) -> None:
    session = clinic.session(account)
    with pytest.raises(Refused) as refusal:
        delegate(session, "NUR-06", "NUR", local_day(session))
    assert refusal.value.code == "not_allowed"


def test_an_admin_writes_down_whom_the_sponsor_named_investigator(clinic: Clinic) -> None:
    admin, nurse = clinic.session("ADMIN-01"), clinic.session("NUR-04")
    open_account(admin, "PI-02", "PI", LONG, nurse, COST)
    delegate(admin, "PI-02", "PI", local_day(admin))
    train(admin, "PI-02", "PI", local_day(admin))
    assert join(admin, "PI-02", LONG).role == "PI"


def test_a_training_that_is_still_to_come_is_refused(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    with pytest.raises(UserError) as refusal:
        train(admin, "NUR-04", "NUR", date(2026, 11, 24))
    assert refusal.value.code == "training_day"


@pytest.mark.requirement("R-USR-6", "R-USR-8")
def test_during_an_open_infusion_a_lapse_lets_in_and_is_recorded(clinic: Clinic) -> None:
    pi = clinic.session("PI-01")
    participant = clinic.enrol(7)
    crc = clinic.session("CRC-01")
    today = local_day(pi)
    open_visit(crc, participant, "SCR", today - timedelta(days=28))
    book_visit(crc, participant, "V1", today, 2)
    play_day(clinic, participant, "V1", "RUNNING", 2)
    today = local_day(pi)
    delegate(pi, "NUR-06", "NUR", today - timedelta(days=9), today - timedelta(days=1))
    clinic.sessions.pop("NUR-06", None)
    nurse = join(pi, "NUR-06", PASSWORDS["NUR-06"])
    assert nurse.alerts[0].code == "delegation_ended"
    with pi.store.read() as reader:
        told = reader.trail(None, "people/NUR-06/sign_in")[-1].value
    assert told == {"type": "code", "value": "NUR", "lapse": "delegation_ended"}
    assert [(one.kind, one.account) for one in incidents(pi)] == [("lapse", "NUR-06")]
