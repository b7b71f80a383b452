"""An account is opened by an admin, seen by a second person, and its id is never used again."""

import pytest
from tests.clinic import COST, PASSWORDS, ROLES, Clinic

from msclinic.domain.errors import UserError
from msclinic.services.people import (
    account_code,
    accounts,
    certificate_of,
    colleagues,
    disable_account,
    open_account,
)
from msclinic.services.session import Refused
from msclinic.services.sign_in import join

LONG = "a sentence of four words"


def test_every_account_is_listed_with_its_role(clinic: Clinic) -> None:
    listed = accounts(clinic.session("ADMIN-01"))
    assert {one.account: one.roles for one in listed} == {a: (r,) for a, r in ROLES.items()}
    assert all(one.certified and not one.disabled for one in listed)


def test_a_nurse_finds_the_others_of_a_role_but_neither_herself_nor_who_is_disabled(
    clinic: Clinic,
) -> None:
    nurse = clinic.session("NUR-04")
    nurses = sorted(one for one, role in ROLES.items() if role == "NUR" and one != "NUR-04")
    assert colleagues(nurse, ("NUR",)) == nurses
    assert colleagues(nurse, ("PHY", "PI")) == ["PHY-01", "PI-01"]
    disable_account(clinic.session("ADMIN-01"), "PHY-01")
    assert colleagues(nurse, ("PHY", "PI")) == ["PI-01"]


def test_an_account_opened_now_can_sign_in_with_its_own_password(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "NUR-07", "NUR", LONG, pi, COST)
    assert join(admin, "NUR-07", LONG).role == "NUR"


@pytest.mark.requirement("R-SIG-3")
def test_a_certificate_counts_only_with_two_people(clinic: Clinic) -> None:
    with clinic.session("PI-01").store.read() as reader:
        issued = reader.heads(prefix="people/NUR-04/certificate")[0]
        witnessed = reader.heads(prefix="people/NUR-04/witness")[0]
        assert certificate_of(reader, "NUR-04") is not None
        assert certificate_of(reader, "NUR-99") is None
    assert (issued.actor, witnessed.actor) == ("ADMIN-01", "PI-01")


def test_the_admin_cannot_be_the_witness(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    with pytest.raises(Refused) as refusal:
        open_account(admin, "NUR-07", "NUR", LONG, admin, COST)
    assert refusal.value.code == "same_person"


def test_a_nurse_opens_no_account(clinic: Clinic) -> None:
    nurse, pi = clinic.session("NUR-04"), clinic.session("PI-01")
    with pytest.raises(Refused) as refusal:
        open_account(nurse, "NUR-07", "NUR", LONG, pi, COST)
    assert refusal.value.code == "not_allowed"


def test_the_pi_holds_no_key_of_the_authority(clinic: Clinic) -> None:
    pi, admin = clinic.session("PI-01"), clinic.session("ADMIN-01")
    with pytest.raises(Refused) as refusal:
        open_account(pi, "NUR-07", "NUR", LONG, admin, COST)
    assert refusal.value.code == "no_authority"


@pytest.mark.requirement("R-USR-1")
def test_an_id_is_never_used_again(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    ring = clinic.home.ring("NUR-04").read_bytes()
    with pytest.raises(UserError) as refusal:
        open_account(admin, "NUR-04", "NUR", LONG, pi, COST)
    assert refusal.value.code == "account_exists"
    assert clinic.home.ring("NUR-04").read_bytes() == ring


@pytest.mark.requirement("R-EXP-2")
@pytest.mark.parametrize("name", ["Anna Nowak", "nur-07", "../x", "NUR", "NUR-7", ""])
def test_a_name_is_no_account_id(clinic: Clinic, name: str) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    with pytest.raises(UserError) as refusal:
        open_account(admin, name, "NUR", LONG, pi, COST)
    assert refusal.value.code == "account_id"


def test_a_short_password_is_refused(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    with pytest.raises(UserError) as refusal:
        open_account(admin, "NUR-07", "NUR", "too short", pi, COST)
    assert refusal.value.code == "password_weak"
    assert "NUR-07" not in clinic.home.accounts()


def test_no_password_lies_in_any_file(clinic: Clinic) -> None:
    for path in clinic.home.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert not any(word.encode() in content for word in PASSWORDS.values())


def test_an_account_is_read_with_a_space() -> None:
    assert account_code("NUR-04") == "NUR 04"
