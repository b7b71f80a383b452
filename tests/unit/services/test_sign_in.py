"""Only the right person's password opens the record, and a refusal tells nobody more than that."""

import json
from datetime import datetime, timedelta

import pytest
import sqlcipher3.dbapi2 as driver
from tests.clinic import COST, PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.gateway import recording
from msclinic.services.home import Home
from msclinic.services.people import disable_account
from msclinic.services.session import Refused
from msclinic.services.sign_in import join, roles_of, sign_in
from msclinic.store import Store


def data_key(clinic: Clinic, account: str = "PI-01") -> bytes:
    session = clinic.session(account)
    return session.ring.unwrap(clinic.home.data_key(account).read_bytes())


def sign_ins(clinic: Clinic, account: str) -> list[datetime]:
    with clinic.session("PI-01").store.read() as reader:
        rows = reader.trail(None, f"people/{account}/sign_in")
    return [row.entry.recorded_at for row in rows]


def test_the_right_password_opens_the_role(clinic: Clinic) -> None:
    session = clinic.session("NUR-04")
    assert (session.account, session.role, session.side) == ("NUR-04", "NUR", "site")


@pytest.mark.requirement("R-AUD-5")
def test_signing_in_is_in_the_record(clinic: Clinic) -> None:
    assert sign_ins(clinic, "NUR-04") == []
    clinic.session("NUR-04")
    assert sign_ins(clinic, "NUR-04") == [clinic.clock.now()]


@pytest.mark.parametrize(
    ("account", "password"),
    [
        ("NUR-04", "not the long key"),
        ("NUR-04", ""),
        ("NUR-99", PASSWORDS["NUR-04"]),
        ("../NUR-04", PASSWORDS["NUR-04"]),
        ("", PASSWORDS["NUR-04"]),
    ],
)
def test_a_wrong_account_or_password_gets_the_same_words(
    clinic: Clinic, account: str, password: str
) -> None:
    with pytest.raises(Refused) as refusal:
        sign_in(clinic.home, account, password, clinic.clock)
    assert refusal.value.code == "wrong_password"
    assert refusal.value.sentences == (
        "Account and password do not match.",
        "Nothing was opened.",
        "Type the password again; capital letters count.",
    )


def test_a_colleague_joins_the_open_record(clinic: Clinic) -> None:
    first = clinic.session("NUR-04")
    second = join(first, "NUR-06", PASSWORDS["NUR-06"])
    assert second.store is first.store
    second.close(keep_store=True)
    with first.store.read() as reader:
        assert reader.position().entries > 0


@pytest.mark.requirement("R-SIG-5")
def test_the_same_person_cannot_join_as_the_second(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        join(clinic.session("NUR-04"), "NUR-04", PASSWORDS["NUR-04"])
    assert refusal.value.code == "same_person"


def test_a_colleague_with_a_wrong_password_leaves_the_session_as_it_was(clinic: Clinic) -> None:
    first = clinic.session("NUR-04")
    with pytest.raises(Refused) as refusal:
        join(first, "NUR-06", PASSWORDS["NUR-04"])
    assert refusal.value.code == "wrong_password"
    assert sign_ins(clinic, "NUR-06") == []


def test_a_disabled_account_is_refused(clinic: Clinic) -> None:
    disable_account(clinic.session("ADMIN-01"), "MON-01")
    with pytest.raises(Refused) as refusal:
        clinic.session("MON-01")
    assert refusal.value.code == "account_disabled"


def test_a_role_that_is_not_theirs_is_refused(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock, role="PI")
    assert refusal.value.code == "not_your_role"


def test_roles_come_from_the_record(clinic: Clinic) -> None:
    with clinic.session("PI-01").store.read() as reader:
        assert roles_of(reader, "PREP-02") == ("PREP",)
        assert roles_of(reader, "NUR-99") == ()


def test_a_folder_without_a_clinic_says_so(tmp_path, clinic: Clinic) -> None:
    with pytest.raises(KnownFault) as fault:
        sign_in(Home(tmp_path / "empty"), "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    assert fault.value.code == "no_home"


def test_a_home_of_a_newer_version_says_so(clinic: Clinic) -> None:
    file = clinic.home.folder / "home.json"
    content = json.loads(file.read_text("utf-8"))
    file.write_text(json.dumps(content | {"format": 2}), "utf-8")
    with pytest.raises(KnownFault) as fault:
        clinic.session("NUR-04")
    assert fault.value.code == "home_newer"


def test_a_damaged_home_file_says_so(clinic: Clinic) -> None:
    (clinic.home.folder / "home.json").write_text('{"format": 1, "device"', "utf-8")
    with pytest.raises(KnownFault) as fault:
        clinic.session("NUR-04")
    assert fault.value.code == "damaged_home"


def test_a_missing_key_file_says_so(clinic: Clinic) -> None:
    clinic.home.data_key("NUR-04").unlink()
    with pytest.raises(KnownFault) as fault:
        clinic.session("NUR-04")
    assert fault.value.code == "key_file_missing"


def test_another_persons_wrapped_key_does_not_open(clinic: Clinic) -> None:
    clinic.home.data_key("NUR-06").replace(clinic.home.data_key("NUR-04"))
    with pytest.raises(KnownFault):
        clinic.session("NUR-04")


def test_another_persons_ring_under_ones_name_does_not_open(clinic: Clinic) -> None:
    clinic.home.ring("NUR-06").replace(clinic.home.ring("NUR-04"))
    with pytest.raises((Refused, KnownFault)):
        clinic.session("NUR-04")


def test_a_locked_database_is_told_and_nothing_is_lost(clinic: Clinic) -> None:
    key = data_key(clinic)
    clinic.close()
    before = _entries(clinic, key)
    holder = driver.connect(str(clinic.home.database), isolation_level=None)
    holder.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    holder.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(KnownFault) as fault:
            Store.open(clinic.home.database, key, wait_seconds=0.05)
    finally:
        holder.rollback()
        holder.close()
    assert fault.value.code == "database_locked"
    assert _entries(clinic, key) == before


def test_a_database_of_a_newer_version_is_not_opened(clinic: Clinic) -> None:
    key = data_key(clinic)
    clinic.close()
    connection = driver.connect(str(clinic.home.database), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(KnownFault) as fault:
        sign_in(clinic.home, "NUR-04", PASSWORDS["NUR-04"], clinic.clock)
    assert fault.value.code == "newer_database"


def test_an_older_ring_is_refused_after_new_keys(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    clinic.clock.turn(timedelta(minutes=1))
    with recording(admin) as act:
        head = act.current("people/NUR-04/keys")[0]
        act.set("keys_published", "people/NUR-04/keys", (head.value or {}) | {"number": "2"})
    with pytest.raises(KnownFault) as fault:
        clinic.session("NUR-04")
    assert fault.value.code == "ring_old"


def test_the_cost_of_tests_is_the_smallest() -> None:
    assert (COST.memory_kib, COST.passes, COST.lanes) == (1024, 1, 1)


def _entries(clinic: Clinic, key: bytes) -> int:
    with Store.open(clinic.home.database, key, read_only=True) as store, store.read() as reader:
        return reader.position().entries
