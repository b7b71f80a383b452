"""A leaver is out at once, nothing is deleted, and later copies of the record are shut to them."""

import shutil

import pytest
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.home import Home
from msclinic.services.people import accounts, disable_account, open_account
from msclinic.services.people.leavers import new_epoch, strike_off
from msclinic.services.session import Refused
from msclinic.services.sign_in import sign_in, unlock_record, unlock_ring
from msclinic.services.verifying import prove_home, verify_home
from msclinic.store import Store, opens, rekey
from msclinic.vault import new_data_key, unwrap_with_recovery, wrap


def struck(clinic: Clinic, account: str = "NUR-04") -> None:
    admin = clinic.session("ADMIN-01")
    strike_off(admin, account)
    for one in list(clinic.sessions):
        if one != "ADMIN-01":
            clinic.sessions.pop(one)
    new_epoch(admin)


@pytest.mark.requirement("R-USR-5")
def test_a_leaver_cannot_sign_in_and_nothing_of_theirs_is_deleted(clinic: Clinic) -> None:
    participant = clinic.enrol(7)
    struck(clinic, "CRC-01")
    with pytest.raises(Refused):
        clinic.session("CRC-01")
    with clinic.session("PI-01").store.read() as reader:
        heads = reader.heads(participant=participant, form="demography")
        assert {head.actor for head in heads} == {"CRC-01"}
    found = next(one for one in accounts(clinic.session("PI-01")) if one.account == "CRC-01")
    assert (found.disabled, found.left, found.roles) == (True, True, ("CRC",))


@pytest.mark.requirement("R-USR-5", "R-SEC-3")
def test_what_a_leaver_kept_opens_no_later_copy(clinic: Clinic) -> None:
    ring = clinic.home.ring("NUR-04").read_bytes()
    wrapped = clinic.home.data_key("NUR-04").read_bytes()
    struck(clinic)
    clinic.home.ring("NUR-04").write_bytes(ring)
    clinic.home.data_key("NUR-04").write_bytes(wrapped)
    opened = unlock_ring(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock.now())
    with pytest.raises(KnownFault) as fault:
        Store.open(clinic.home.database, unlock_record(clinic.home, "NUR-04", opened))
    assert fault.value.code == "wrong_key"


def test_everybody_else_signs_in_and_the_record_proves_itself(clinic: Clinic) -> None:
    struck(clinic)
    clinic.close()
    for account in ("PI-01", "NUR-06", "MON-01"):
        sign_in(clinic.home, account, PASSWORDS[account], clinic.clock).close()
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_the_recovery_key_opens_the_new_epoch(clinic: Clinic) -> None:
    struck(clinic)
    key = unwrap_with_recovery(clinic.recovery, clinic.home.data_key("recovery").read_bytes())
    assert opens(clinic.home.database, key)


def test_the_marker_outside_the_home_goes_on_with_the_new_key(clinic: Clinic, tmp_path) -> None:
    home = Home(clinic.home.folder, tmp_path / "state")
    with_marker = sign_in(home, "ADMIN-01", PASSWORDS["ADMIN-01"], clinic.clock)
    strike_off(with_marker, "NUR-04")
    new_epoch(with_marker)
    with_marker.close()
    again = sign_in(home, "PI-01", PASSWORDS["PI-01"], clinic.clock)
    assert again.warning is None
    again.close()
    proof = prove_home(home, "PI-01", PASSWORDS["PI-01"])
    assert (proof.faults, proof.marker.value) == ((), "goes_on")


@pytest.mark.parametrize("changed", [False, True])
def test_a_change_of_keys_that_was_cut_off_still_opens(clinic: Clinic, changed: bool) -> None:
    """Each holder's file has both keys until the last step; either one may be the record's."""
    admin = clinic.session("ADMIN-01")
    old, new = unlock_record(clinic.home, "ADMIN-01", admin.ring), new_data_key()
    recipient = admin.ring.recipient
    clinic.close()
    clinic.home.data_key("ADMIN-01").write_bytes(wrap(new + old, [recipient]))
    if changed:
        rekey(clinic.home.database, old, new)
    assert sign_in(clinic.home, "ADMIN-01", PASSWORDS["ADMIN-01"], clinic.clock).role == "ADMIN"


def test_a_record_that_is_read_elsewhere_keeps_its_key(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    key = unlock_record(clinic.home, "ADMIN-01", admin.ring)
    with (
        Store.open(clinic.home.database, key, read_only=True) as other,
        other.read(),
        pytest.raises(KnownFault) as fault,
    ):
        new_epoch(admin)
    assert fault.value.code == "database_locked"
    assert unlock_record(clinic.home, "ADMIN-01", admin.ring) == key
    with admin.store.read() as reader:
        assert reader.position().entries > 0


@pytest.mark.requirement("R-USR-1")
def test_the_id_of_a_leaver_is_never_given_again(clinic: Clinic) -> None:
    struck(clinic)
    with pytest.raises(UserError) as refusal:
        open_account(
            clinic.session("ADMIN-01"),
            "NUR-04",
            "NUR",
            "a sentence of four words",
            clinic.session("PI-01"),
            COST,
        )
    assert refusal.value.code == "account_exists"


@pytest.mark.parametrize("account", ["NUR-06", "PHY-01", "CRC-01", "MON-01"])
def test_only_who_looks_after_accounts_strikes_off(clinic: Clinic, account: str) -> None:
    session = clinic.session(account)
    for act in (strike_off, disable_account):
        with pytest.raises(Refused) as refusal:
            act(session, "NUR-04")
        assert refusal.value.code == "not_allowed"


def test_the_last_keeper_of_accounts_stays(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    disable_account(pi, "ADMIN-01")
    with pytest.raises(Refused) as refusal:
        disable_account(admin, "PI-01")
    assert refusal.value.code == "last_keeper"


def test_a_copy_taken_before_stays_readable_to_them(clinic: Clinic, tmp_path) -> None:
    """The limit that the screen and the docs state."""
    clinic.close()
    shutil.copytree(clinic.home.folder, tmp_path / "taken")
    struck(clinic)
    taken = Home(tmp_path / "taken")
    assert sign_in(taken, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).role == "NUR"
