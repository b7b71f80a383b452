"""Failed sign-ins are counted where killing the program does not help, and told afterwards."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.attempts import attempts_of
from msclinic.services.people.incidents import incidents
from msclinic.services.session import Refused
from msclinic.services.sign_in import join, sign_in
from msclinic.services.signing import document_key

WRONG = "this is not the long key"


def tried(clinic: Clinic, account: str = "NUR-04", password: str = WRONG) -> str:
    with pytest.raises(Refused) as refusal:
        sign_in(clinic.home, account, password, clinic.clock)
    return refusal.value.code


def locked_out(clinic: Clinic, account: str = "NUR-04") -> None:
    for _ in range(5):
        assert tried(clinic, account) == "wrong_password"
        clinic.clock.turn(timedelta(seconds=10))


def test_one_slip_costs_nothing(clinic: Clinic) -> None:
    tried(clinic)
    sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).close()
    assert attempts_of(clinic.home).counts == {}


@pytest.mark.requirement("R-SEC-2")
def test_each_further_try_has_to_wait_longer(clinic: Clinic) -> None:
    tried(clinic)
    waits = []
    for _ in range(3):
        assert tried(clinic) == "wrong_password"
        assert tried(clinic) == "too_soon"
        waits.append(attempts_of(clinic.home).wait("NUR-04", clinic.clock.now()))
        clinic.clock.turn(waits[-1])
    assert waits == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]


def test_a_hundred_failures_lock_an_account_no_longer_than_five(clinic: Clinic) -> None:
    for _ in range(100):
        assert tried(clinic) == "wrong_password"
        clinic.clock.turn(timedelta(minutes=15))
    sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).close()


@pytest.mark.requirement("R-SEC-2")
def test_five_failures_lock_an_account_for_a_quarter_of_an_hour(clinic: Clinic) -> None:
    locked_out(clinic)
    assert tried(clinic, password=PASSWORDS["NUR-04"]) == "account_locked"
    clinic.clock.turn(timedelta(minutes=14))
    assert tried(clinic, password=PASSWORDS["NUR-04"]) == "account_locked"
    clinic.clock.turn(timedelta(minutes=1))
    sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock).close()


def test_one_locked_account_locks_no_other(clinic: Clinic) -> None:
    locked_out(clinic)
    sign_in(clinic.home, "NUR-06", PASSWORDS["NUR-06"], clinic.clock).close()


@pytest.mark.requirement("R-SEC-2")
def test_a_try_is_counted_before_the_password_is_looked_at(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    def killed(*_: object, **__: object) -> None:
        # What a kill leaves: the file as it was written before.
        seen.append(attempts_of(clinic.home).counts["NUR-04"].failed)
        raise Killed

    seen: list[int] = []
    monkeypatch.setattr("msclinic.services.sign_in.open_ring", killed)
    with pytest.raises(Killed):
        sign_in(clinic.home, "NUR-04", WRONG, clinic.clock)
    assert seen == [1]


def test_a_clock_that_was_set_back_locks_nobody_for_longer(clinic: Clinic) -> None:
    locked_out(clinic)
    clinic.clock.jump(-timedelta(days=300))
    assert attempts_of(clinic.home).wait("NUR-04", clinic.clock.now()) == timedelta(minutes=15)


@pytest.mark.requirement("R-AUD-5")
def test_each_failure_is_in_the_record_after_the_next_sign_in(clinic: Clinic) -> None:
    first = clinic.clock.now()
    tried(clinic)
    clinic.clock.turn(timedelta(minutes=1))
    tried(clinic, "NUR-99")
    clinic.clock.turn(timedelta(hours=1))
    found = incidents(clinic.session("PI-01"))
    assert [(one.kind, one.account, one.at) for one in reversed(found)] == [
        ("sign_in_failed", "NUR-04", first),
        ("sign_in_failed", "", first + timedelta(minutes=1)),
    ]
    assert {one.recorded_at for one in found} == {clinic.clock.now()}


@pytest.mark.requirement("R-SEC-6")
def test_what_was_typed_for_an_account_that_is_not_there_is_kept_nowhere(clinic: Clinic) -> None:
    typed = "my password by mistake"
    tried(clinic, typed, "x")
    clinic.session("PI-01")
    clinic.close()
    files = [path for path in clinic.home.folder.rglob("*") if path.is_file()]
    assert all(typed.encode() not in path.read_bytes() for path in files)


@pytest.mark.requirement("R-SEC-2", "R-SEC-5")
def test_a_locked_account_is_told_to_its_person_and_to_admin_and_pi(clinic: Clinic) -> None:
    locked_out(clinic)
    clinic.clock.turn(timedelta(minutes=20))
    codes = {
        account: [one.code for one in clinic.session(account).alerts]
        for account in ("ADMIN-01", "PI-01", "NUR-04", "NUR-06")
    }
    assert codes == {
        "ADMIN-01": ["account_was_locked"],
        "PI-01": ["account_was_locked"],
        "NUR-04": ["account_was_locked"],
        "NUR-06": [],
    }


def test_it_is_told_once(clinic: Clinic) -> None:
    locked_out(clinic)
    clinic.session("PI-01")
    clinic.close()
    clinic.clock.turn(timedelta(minutes=1))
    assert clinic.session("PI-01").alerts == ()


@pytest.mark.requirement("R-SEC-2")
def test_guessing_at_a_signature_is_counted_too(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    for _ in range(5):
        with pytest.raises(Refused):
            document_key(nurse, WRONG)
        clinic.clock.turn(timedelta(seconds=10))
    with pytest.raises(Refused) as refusal:
        document_key(nurse, PASSWORDS["NUR-04"])
    assert refusal.value.code == "account_locked"


def test_guessing_at_a_second_persons_password_is_counted_too(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    for _ in range(5):
        with pytest.raises(Refused):
            join(nurse, "NUR-06", WRONG)
        clinic.clock.turn(timedelta(seconds=10))
    assert attempts_of(clinic.home).locked("NUR-06")


def test_a_damaged_ring_is_no_wrong_password(clinic: Clinic) -> None:
    clinic.home.ring("NUR-04").write_bytes(b"{}")
    with pytest.raises(KnownFault):
        sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    assert attempts_of(clinic.home).counts["NUR-04"].failed == 0


@pytest.mark.parametrize("content", [b"", b"[]", b'{"counts": {"NUR-04": 7}}', b"\xff\xfe"])
def test_a_damaged_count_begins_anew(clinic: Clinic, content: bytes) -> None:
    (clinic.home.folder / "attempts.json").write_bytes(content)
    tried(clinic)
    assert attempts_of(clinic.home).counts["NUR-04"].failed == 1
