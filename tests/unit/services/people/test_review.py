"""Accounts are reviewed; without a review the sign-ins at a device end, but never in a run."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.infusion_day import play_day

from msclinic.domain.errors import UserError
from msclinic.services.people.delegation import local_day
from msclinic.services.people.review import extend_sign_ins, review_people, review_state
from msclinic.services.people.roles import grant_role
from msclinic.services.session import Refused
from msclinic.services.sign_in import join, sign_in
from msclinic.services.visits import book_visit, open_visit


def enters(clinic: Clinic, account: str = "NUR-06") -> str:
    """What a sign-in says: the code of its refusal, of its alert, or nothing."""
    try:
        session = sign_in(clinic.home, account, PASSWORDS[account], clinic.clock)
    except Refused as refusal:
        return refusal.code
    session.close()
    return session.alerts[0].code if session.alerts else ""


@pytest.mark.requirement("R-USR-8")
def test_sign_ins_end_after_35_days_and_are_warned_of_7_days_before(clinic: Clinic) -> None:
    found = []
    for days in (0, 27, 1, 7, 1):
        clinic.clock.turn(timedelta(days=days))
        found.append(enters(clinic))
    assert found == ["", "", "sign_in_ending", "sign_in_ending", "sign_in_expired"]


@pytest.mark.requirement("R-USR-5", "R-USR-8")
def test_a_review_by_who_may_always_come_in_lets_everybody_in_again(clinic: Clinic) -> None:
    clinic.clock.turn(timedelta(days=40))
    assert enters(clinic) == "sign_in_expired"
    review_people(clinic.session("ADMIN-01"))
    clinic.close()
    assert enters(clinic) == ""


@pytest.mark.requirement("R-USR-8")
def test_the_investigator_extends_with_a_reason(clinic: Clinic) -> None:
    clinic.clock.turn(timedelta(days=40))
    pi = clinic.session("PI-01")
    with pytest.raises(UserError) as refusal:
        extend_sign_ins(pi, " ")
    assert refusal.value.code == "reason_wanted"
    extend_sign_ins(pi, "The review waits for the monitor.")
    with pi.store.read() as reader:
        (head,) = reader.at(None, "site/sign_ins")
    assert head.reason == {"code": "", "text": "The review waits for the monitor."}
    clinic.close()
    assert enters(clinic) == ""


@pytest.mark.parametrize("account", ["ADMIN-01", "NUR-04", "CRC-01", "MON-01"])
def test_nobody_else_extends(clinic: Clinic, account: str) -> None:
    with pytest.raises(Refused):
        extend_sign_ins(clinic.session(account), "because")


@pytest.mark.requirement("R-USR-8")
def test_nothing_ends_during_an_open_infusion(clinic: Clinic) -> None:
    clinic.clock.turn(timedelta(days=34))
    participant, pi = clinic.enrol(7), clinic.session("PI-01")
    open_visit(clinic.session("CRC-01"), participant, "SCR", local_day(pi) - timedelta(days=28))
    book_visit(clinic.session("CRC-01"), participant, "V1", local_day(pi), 2)
    play_day(clinic, participant, "V1", "RUNNING", 2)
    clinic.clock.turn(timedelta(days=1, hours=6))
    clinic.sessions.pop("NUR-06", None)
    nurse = join(pi, "NUR-06", PASSWORDS["NUR-06"])
    assert nurse.alerts[0].code == "sign_in_expired"
    with pytest.raises(Refused) as refusal:
        extend_sign_ins(pi, "not needed now")
    assert refusal.value.code == "run_open"


@pytest.mark.requirement("R-USR-5", "R-USR-4")
def test_a_review_lists_what_changed_since_the_last_one(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    review_people(pi, "all as it should be")
    assert review_state(pi).changes == ()
    clinic.clock.turn(timedelta(days=1))
    grant_role(admin, "NUR-04", "CRC")
    state = review_state(pi)
    assert [(one.action, one.account, one.task, one.by) for one in state.changes] == [
        ("role_granted", "NUR-04", "CRC", "ADMIN-01")
    ]
    assert state.by == "PI-01"


@pytest.mark.requirement("R-USR-5")
def test_a_review_that_is_due_is_told_to_who_makes_it(clinic: Clinic) -> None:
    clinic.clock.turn(timedelta(days=91))
    codes = [one.code for one in clinic.session("PI-01").alerts]
    assert "review_due" in codes


@pytest.mark.parametrize("account", ["NUR-04", "CRC-01", "MON-01", "DM-01", "RAT-02"])
def test_only_who_looks_after_accounts_reviews_them(clinic: Clinic, account: str) -> None:
    with pytest.raises(Refused):
        review_people(clinic.session(account))
