"""The proof of a home says what is wrong and where; a wrong password is no fault."""

import json

import pytest
import sqlcipher3.dbapi2 as driver
from tests.clinic import PASSWORDS, ROLES, Clinic
from tests.triggers import with_triggers, without_triggers

from msclinic.domain.errors import KnownFault
from msclinic.services.home import Home
from msclinic.services.session import Refused
from msclinic.services.verifying import prove_home, verify_home
from msclinic.store.schema import TRIGGERS
from msclinic.vault import SiteAuthority

OWN = ("MON-01", PASSWORDS["MON-01"])


def codes(clinic: Clinic) -> set[str]:
    clinic.close()
    return {fault.code for fault in verify_home(clinic.home, *OWN)}


def test_a_record_in_use_is_proved_beside_its_window(clinic: Clinic) -> None:
    clinic.enrol(1)
    assert verify_home(clinic.home, *OWN) == []


def test_a_wrong_password_proves_nothing(clinic: Clinic) -> None:
    with pytest.raises(Refused) as refusal:
        verify_home(clinic.home, "MON-01", "not the long key")
    assert refusal.value.code == "wrong_password"


def test_a_folder_without_a_clinic_is_no_proof(tmp_path) -> None:
    with pytest.raises(KnownFault) as fault:
        verify_home(Home(tmp_path), *OWN)
    assert fault.value.code == "no_home"


def test_a_changed_byte_in_the_file_is_damage(clinic: Clinic) -> None:
    clinic.enrol(1)
    clinic.close()
    content = bytearray(clinic.home.database.read_bytes())
    content[len(content) // 2] ^= 1
    clinic.home.database.write_bytes(bytes(content))
    assert codes(clinic) == {"damaged_file"}


def test_a_file_cut_short_is_damage(clinic: Clinic) -> None:
    clinic.close()
    content = clinic.home.database.read_bytes()
    clinic.home.database.write_bytes(content[: len(content) // 2 + 7])
    assert codes(clinic) == {"damaged_file"}


def test_another_authority_in_the_home_file_is_found(clinic: Clinic) -> None:
    clinic.close()
    file = clinic.home.folder / "home.json"
    content = json.loads(file.read_text("utf-8"))
    other = SiteAuthority.create("PL01", clinic.clock.now())
    file.write_text(json.dumps(content | {"authority": other.certificate.hex()}), "utf-8")
    assert codes(clinic) == {"authority_replaced"}


def record_of(clinic: Clinic) -> driver.Connection:
    """The record opened with its own key, past the program."""
    session = clinic.session("PI-01")
    key = session.ring.unwrap(clinic.home.data_key("PI-01").read_bytes())
    clinic.close()
    connection = driver.connect(str(clinic.home.database), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    return connection


def test_a_removed_trigger_is_found(clinic: Clinic) -> None:
    connection = record_of(clinic)
    connection.execute(f"DROP TRIGGER {next(iter(TRIGGERS))}")
    connection.close()
    assert {code for code in codes(clinic) if "trigger" in code}


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("device", "0" * 32, "device"),
        ("stream", "0" * 32, "stream"),
        ("zone", "America/New_York", "time zone"),
        ("site", "PL02", "site"),
        ("city", "Gliwice", "city"),
    ],
)
def test_a_home_file_that_says_otherwise_than_the_record_is_found(
    clinic: Clinic, key: str, value: str, word: str
) -> None:
    file = clinic.home.folder / "home.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {key: value}), "utf-8")
    (fault,) = verify_home(clinic.home, *OWN)
    assert (fault.code, fault.where) == ("home_changed", "home.json")
    assert f"Its {word} is" in fault.sentence


@pytest.mark.parametrize("content", ["[]", "5", '{"format": "x"}', None])
def test_a_damaged_home_file_is_a_fault_and_the_record_is_proved_all_the_same(
    clinic: Clinic, content: str | None
) -> None:
    connection = record_of(clinic)
    connection.execute(f"DROP TRIGGER {next(iter(TRIGGERS))}")
    connection.close()
    file = clinic.home.folder / "home.json"
    file.unlink()
    if content is not None:
        file.write_text(content, "utf-8")
    proof = prove_home(clinic.home, *OWN)
    assert [fault.code for fault in proof.faults] == ["damaged_home", "trigger_missing"]
    assert proof.faults[0].where == "home.json"
    assert (proof.marker, proof.limit) == (None, None)


def test_a_missing_key_file_is_named(clinic: Clinic) -> None:
    clinic.home.data_key("MON-01").unlink()
    with pytest.raises(KnownFault) as fault:
        verify_home(clinic.home, *OWN)
    assert fault.value.code == "key_file_missing"
    assert "keys/data-MON-01.age" in str(fault.value)


def test_only_roles_with_the_right_may_verify(clinic: Clinic) -> None:
    study = clinic.session("PI-01").study
    clinic.close()
    holders = {one for one, role in ROLES.items() if study.may(role, "verify")}
    assert holders == {"ADMIN-01", "PI-01", "CRC-01", "DM-01", "MON-01"}
    for account in holders:
        assert verify_home(clinic.home, account, PASSWORDS[account]) == []
    for account in ROLES.keys() - holders:
        with pytest.raises(Refused) as refusal:
            verify_home(clinic.home, account, PASSWORDS[account])
        assert refusal.value.code == "not_allowed"


def test_a_rater_reads_no_form_from_a_tampered_record(clinic: Clinic) -> None:
    clinic.enrol(1)
    connection = record_of(clinic)
    connection.execute("UPDATE head SET actor = 'NUR-06' WHERE item = 'SEX'")
    connection.close()
    with pytest.raises(Refused) as refusal:
        verify_home(clinic.home, "RAT-02", PASSWORDS["RAT-02"])
    assert "demography" not in str(refusal.value)
    assert codes(clinic) == {"row_changed"}


def test_a_record_without_its_study_is_proved_for_whoever_holds_keys(clinic: Clinic) -> None:
    connection = record_of(clinic)
    without_triggers(connection)
    connection.execute("DELETE FROM study_content")
    with_triggers(connection)
    connection.close()
    verify_home(clinic.home, "RAT-02", PASSWORDS["RAT-02"])
