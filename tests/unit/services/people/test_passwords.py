"""A changed password keeps the keys; a lost one gives new keys, and the old signatures stay."""

from datetime import timedelta

import pytest
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.people import certificate_of, open_account, renew_certificate
from msclinic.services.people.passwords import change_password, reset_password
from msclinic.services.session import Refused
from msclinic.services.sign_in import join, sign_in
from msclinic.services.signing import document_key, sign
from msclinic.services.verifying import verify_home

NEW = "another sentence of words"


def signed_form(clinic: Clinic) -> str:
    """A participant whose demography the coordinator has signed."""
    participant = clinic.enrol(7)
    place, meaning = "SCR/1/demography/1", "form_entered"
    sign(clinic.session("CRC-01"), participant, place, meaning, PASSWORDS["CRC-01"])
    return participant


def certificate(clinic: Clinic, account: str) -> bytes | None:
    with clinic.session("PI-01").store.read() as reader:
        return certificate_of(reader, account)


@pytest.mark.requirement("R-SEC-2")
def test_the_new_password_opens_and_the_old_one_does_not(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    change_password(nurse, PASSWORDS["NUR-04"], NEW, COST)
    assert document_key(nurse, NEW).account == "NUR-04"
    clinic.close()
    with pytest.raises(Refused):
        sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    sign_in(clinic.home, "NUR-04", NEW, clinic.clock).close()
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


@pytest.mark.requirement("R-SEC-2")
def test_the_ring_of_the_old_password_is_refused(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    old = clinic.home.ring("NUR-04").read_bytes()
    change_password(nurse, PASSWORDS["NUR-04"], NEW, COST)
    clinic.home.ring("NUR-04").write_bytes(old)
    clinic.close()
    with pytest.raises(KnownFault) as fault:
        sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    assert fault.value.code == "ring_old"


@pytest.mark.requirement("R-SEC-2")
def test_no_earlier_password_is_used_again(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    change_password(nurse, PASSWORDS["NUR-04"], NEW, COST)
    for again in (NEW, PASSWORDS["NUR-04"]):
        with pytest.raises(UserError) as refusal:
            change_password(nurse, NEW, again, COST)
        assert refusal.value.code == "password_reused"
    assert document_key(nurse, NEW).account == "NUR-04"


@pytest.mark.requirement("R-SEC-2")
@pytest.mark.parametrize(("old", "new"), [("not the long key", NEW), (PASSWORDS["NUR-04"], "x")])
def test_a_wrong_or_a_weak_password_changes_nothing(clinic: Clinic, old: str, new: str) -> None:
    nurse = clinic.session("NUR-04")
    before = clinic.home.ring("NUR-04").read_bytes()
    with pytest.raises(UserError):
        change_password(nurse, old, new, COST)
    assert clinic.home.ring("NUR-04").read_bytes() == before


def test_a_change_that_could_not_be_recorded_leaves_the_old_password(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    nurse.ring.close()
    with pytest.raises(Exception, match="ring_closed"):
        change_password(nurse, PASSWORDS["NUR-04"], NEW, COST)
    clinic.close()
    assert sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).role == "NUR"


@pytest.mark.requirement("R-SIG-3")
def test_a_lost_password_gives_new_keys_and_what_was_signed_stays_valid(clinic: Clinic) -> None:
    participant = signed_form(clinic)
    admin, pi, crc = (clinic.session(one) for one in ("ADMIN-01", "PI-01", "CRC-01"))
    before, key = certificate(clinic, "CRC-01"), crc.ring.key_id
    clinic.clock.turn(timedelta(minutes=1))
    reset_password(admin, "CRC-01", NEW, pi, COST)
    again = join(pi, "CRC-01", NEW)
    assert again.ring.key_id != key
    assert certificate(clinic, "CRC-01") not in (None, before)
    with pi.store.read() as reader:
        assert [row.status for row in reader.signatures(participant=participant)] == ["valid"]
    sign(again, participant, "SCR/1/demography/1", "form_entered", NEW)
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_the_lost_ring_lets_nobody_in_any_more(clinic: Clinic) -> None:
    old = clinic.home.ring("NUR-04").read_bytes()
    wrapped = clinic.home.data_key("NUR-04").read_bytes()
    reset_password(clinic.session("ADMIN-01"), "NUR-04", NEW, clinic.session("PI-01"), COST)
    clinic.home.ring("NUR-04").write_bytes(old)
    clinic.home.data_key("NUR-04").write_bytes(wrapped)
    with pytest.raises(KnownFault) as fault:
        clinic.session("NUR-04")
    assert fault.value.code == "ring_old"


@pytest.mark.requirement("R-SIG-3")
@pytest.mark.parametrize("witness", ["ADMIN-01", "NUR-04", "MON-01"])
def test_the_witness_is_a_third_person_of_the_site(clinic: Clinic, witness: str) -> None:
    admin, beside = clinic.session("ADMIN-01"), clinic.session(witness)
    for act in (
        lambda: reset_password(admin, "NUR-04", NEW, beside, COST),
        lambda: renew_certificate(admin, "NUR-04", beside),
    ):
        with pytest.raises(Refused) as refusal:
            act()
        assert refusal.value.code in ("same_person", "sponsor_witness")


@pytest.mark.requirement("R-SIG-3")
def test_a_renewed_certificate_counts_only_with_its_own_witness(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    before = certificate(clinic, "NUR-04")
    clinic.clock.turn(timedelta(days=1))
    renew_certificate(admin, "NUR-04", pi)
    assert certificate(clinic, "NUR-04") not in (None, before)


def test_nobody_but_an_admin_replaces_a_password(clinic: Clinic) -> None:
    pi, nurse = clinic.session("PI-01"), clinic.session("NUR-04")
    for keeper, code in ((pi, "no_authority"), (nurse, "not_allowed")):
        with pytest.raises(Refused) as refusal:
            reset_password(keeper, "NUR-06", NEW, clinic.session("PHY-01"), COST)
        assert refusal.value.code == code


def test_the_lost_password_itself_is_not_taken_again(clinic: Clinic) -> None:
    with pytest.raises(UserError) as refusal:
        reset_password(
            clinic.session("ADMIN-01"), "NUR-04", PASSWORDS["NUR-04"], clinic.session("PI-01"), COST
        )
    assert refusal.value.code == "password_reused"


def test_an_admin_with_a_new_password_still_issues_certificates(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "ADMIN-02", "ADMIN", "a sentence of four words", pi, COST)
    reset_password(admin, "ADMIN-02", NEW, pi, COST)
    second = join(admin, "ADMIN-02", NEW)
    renew_certificate(second, "NUR-04", pi)
    assert certificate(clinic, "NUR-04") is not None
