"""Several roles for one account, and those that must not meet in one person."""

from datetime import timedelta

import pytest
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.domain.errors import UserError
from msclinic.services.people import accounts, open_account
from msclinic.services.people.delegation import delegate, local_day, train
from msclinic.services.people.roles import end_role, grant_role
from msclinic.services.session import Refused
from msclinic.services.sign_in import act_as, join
from msclinic.services.verifying import verify_home

LONG = "a sentence of four words"


def refused(clinic: Clinic, account: str, role: str) -> str:
    with pytest.raises(Refused) as refusal:
        grant_role(clinic.session("ADMIN-01"), account, role)
    return refusal.value.code


@pytest.mark.requirement("R-USR-4", "R-USR-6")
def test_a_second_role_can_be_acted_in_once_it_is_delegated_and_trained(clinic: Clinic) -> None:
    admin, pi, crc = (clinic.session(one) for one in ("ADMIN-01", "PI-01", "CRC-01"))
    clinic.clock.turn(timedelta(minutes=1))
    grant_role(admin, "CRC-01", "NUR")
    for wanted in ("not_delegated", "not_trained"):
        with pytest.raises(Refused) as refusal:
            act_as(crc, "NUR")
        assert refusal.value.code == wanted
        if wanted == "not_delegated":
            delegate(pi, "CRC-01", "NUR", local_day(pi))
    train(admin, "CRC-01", "NUR", local_day(admin))
    assert act_as(crc, "NUR").role == "NUR"
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_a_person_goes_in_with_a_role_that_they_may_act_in(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    grant_role(admin, "NUR-04", "CRC")
    assert clinic.session("NUR-04").role == "NUR"


@pytest.mark.requirement("R-USR-2", "R-BLD-6")
@pytest.mark.parametrize(
    ("account", "role"),
    [("PREP-01", "NUR"), ("NUR-04", "PREP"), ("PHY-01", "LABU"), ("RAT-02", "PREP")],
)
def test_who_may_learn_the_arm_gets_no_masked_role(clinic: Clinic, account: str, role: str) -> None:
    assert refused(clinic, account, role) == "duties_conflict"


@pytest.mark.requirement("R-USR-2", "R-DAT-3")
@pytest.mark.parametrize(
    ("account", "role"), [("MON-01", "CRC"), ("DM-01", "NUR"), ("CRC-01", "MON"), ("PI-01", "DM")]
)
def test_site_and_sponsor_are_never_mixed(clinic: Clinic, account: str, role: str) -> None:
    assert refused(clinic, account, role) == "duties_conflict"


@pytest.mark.requirement("R-USR-3")
@pytest.mark.parametrize("role", ["NUR", "PHY", "CRC", "RAT", "PREP", "PI"])
def test_an_admin_gets_no_clinical_role(clinic: Clinic, role: str) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "ADMIN-02", "ADMIN", LONG, pi, COST)
    assert refused(clinic, "ADMIN-02", role) == "duties_conflict"


@pytest.mark.requirement("R-BLD-6")
def test_what_a_preparer_learned_outlasts_the_role(clinic: Clinic) -> None:
    end_role(clinic.session("ADMIN-01"), "PREP-01", "PREP")
    assert refused(clinic, "PREP-01", "NUR") == "duties_conflict"


def test_two_roles_of_the_treating_side_go_together(clinic: Clinic) -> None:
    grant_role(clinic.session("ADMIN-01"), "PHY-01", "CRC")
    found = next(one for one in accounts(clinic.session("ADMIN-01")) if one.account == "PHY-01")
    assert set(found.roles) == {"PHY", "CRC"}


def test_a_role_that_ended_lets_nobody_in(clinic: Clinic) -> None:
    clinic.session("PI-01")
    end_role(clinic.session("ADMIN-01"), "NUR-06", "NUR")
    with pytest.raises(Refused) as refusal:
        clinic.session("NUR-06")
    assert refusal.value.code == "account_disabled"


def test_nobody_changes_their_own_roles(clinic: Clinic) -> None:
    assert refused(clinic, "ADMIN-01", "CRC") == "own_rights"


def test_a_role_is_granted_once(clinic: Clinic) -> None:
    with pytest.raises(UserError) as refusal:
        grant_role(clinic.session("ADMIN-01"), "NUR-04", "NUR")
    assert refusal.value.code == "role_held"


@pytest.mark.requirement("R-USR-3")
@pytest.mark.parametrize("account", ["NUR-04", "PHY-01", "CRC-01", "DM-01", "MON-01", "PREP-01"])
def test_who_enters_data_cannot_change_rights(clinic: Clinic, account: str) -> None:
    session = clinic.session(account)
    for act in (grant_role, end_role):
        with pytest.raises(Refused) as refusal:
            act(session, "NUR-06", "NUR" if act is end_role else "CRC")
        assert refusal.value.code == "not_allowed"


def test_a_second_admin_can_open_accounts(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "ADMIN-02", "ADMIN", LONG, pi, COST)
    second = join(admin, "ADMIN-02", LONG)
    open_account(second, "NUR-07", "NUR", LONG, pi, COST)
    assert join(admin, "NUR-07", LONG).role == "NUR"


def test_the_last_who_look_after_accounts_cannot_both_be_ended(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    end_role(admin, "PI-01", "PI")
    with pytest.raises(Refused) as refusal:
        end_role(pi, "ADMIN-01", "ADMIN")
    assert refusal.value.code == "last_keeper"
