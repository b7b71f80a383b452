"""The printed recovery key is a way in when the keepers' passwords are lost, and it is told."""

from datetime import timedelta

import pytest
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.domain.errors import UserError
from msclinic.services.home import Home
from msclinic.services.people import certificate_of, open_account, witness_certificate
from msclinic.services.people.certificates import waiting_certificate
from msclinic.services.people.incidents import incidents
from msclinic.services.people.recovery import recover, renew_recovery
from msclinic.services.session import Refused
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import verify_home

NEW = "found again after a while"


def recovered(clinic: Clinic, account: str = "ADMIN-01", key: str | None = None) -> None:
    clinic.close()
    clinic.clock.turn(timedelta(minutes=1))
    recover(clinic.home, key or clinic.recovery, account, NEW, clinic.clock, COST)


def test_an_admin_gets_in_again_and_can_do_what_admins_do(clinic: Clinic) -> None:
    recovered(clinic)
    admin = clinic.sessions["ADMIN-01"] = sign_in(clinic.home, "ADMIN-01", NEW, clinic.clock)
    open_account(admin, "NUR-07", "NUR", PASSWORDS["NUR-04"], clinic.session("PI-01"), COST)
    assert verify_home(clinic.home, "ADMIN-01", NEW) == []
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_the_lost_password_no_longer_opens(clinic: Clinic) -> None:
    recovered(clinic, "PI-01")
    with pytest.raises(Refused):
        sign_in(clinic.home, "PI-01", PASSWORDS["PI-01"], clinic.clock)


@pytest.mark.requirement("R-SIG-3")
def test_the_new_certificate_counts_once_a_second_person_has_witnessed_it(clinic: Clinic) -> None:
    recovered(clinic)
    pi = clinic.session("PI-01")
    with pi.store.read() as reader:
        assert certificate_of(reader, "ADMIN-01") is None
        waiting = waiting_certificate(reader, "ADMIN-01")
    assert waiting is not None
    witness_certificate(pi, "ADMIN-01", waiting)
    with pi.store.read() as reader:
        assert certificate_of(reader, "ADMIN-01") == waiting


@pytest.mark.requirement("R-SEC-5")
def test_its_use_stands_among_the_incidents(clinic: Clinic) -> None:
    recovered(clinic)
    found = incidents(clinic.session("PI-01"))
    assert [(one.kind, one.account, one.by) for one in found] == [
        ("recovery_used", "ADMIN-01", None)
    ]


@pytest.mark.parametrize("typed", ["AGE-SECRET-KEY-1 QQQQ", "", "the wrong sheet"])
def test_a_mistyped_key_opens_nothing_and_is_counted(clinic: Clinic, typed: str) -> None:
    clinic.close()
    ring = clinic.home.ring("ADMIN-01").read_bytes()
    for code in ("wrong_recovery_key", "wrong_recovery_key", "too_soon"):
        with pytest.raises(Refused) as refusal:
            recover(clinic.home, typed, "ADMIN-01", NEW, clinic.clock, COST)
        assert refusal.value.code == code
    assert clinic.home.ring("ADMIN-01").read_bytes() == ring


@pytest.mark.parametrize("account", ["NUR-04", "CRC-01", "MON-01", "NUR-99"])
def test_it_gives_keys_only_to_who_looks_after_accounts(clinic: Clinic, account: str) -> None:
    with pytest.raises(Refused) as refusal:
        recovered(clinic, account)
    assert refusal.value.code == "not_a_keeper"


def test_a_weak_password_is_refused_before_anything_is_opened(clinic: Clinic) -> None:
    with pytest.raises(UserError) as refusal:
        recover(clinic.home, clinic.recovery, "ADMIN-01", "short", clinic.clock, COST)
    assert refusal.value.code == "password_weak"


def test_a_new_recovery_key_replaces_the_printed_one(clinic: Clinic) -> None:
    fresh = renew_recovery(clinic.session("ADMIN-01"))
    with pytest.raises(Refused) as refusal:
        recovered(clinic)
    assert refusal.value.code == "wrong_recovery_key"
    recovered(clinic, key=fresh)
    assert sign_in(clinic.home, "ADMIN-01", NEW, clinic.clock).role == "ADMIN"


def test_the_marker_outside_the_home_knows_the_act(clinic: Clinic, tmp_path) -> None:
    clinic.close()
    home = Home(clinic.home.folder, tmp_path / "state")
    sign_in(home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).close()
    recover(home, clinic.recovery, "ADMIN-01", NEW, clinic.clock, COST)
    again = sign_in(home, "ADMIN-01", NEW, clinic.clock)
    assert again.warning is None
