"""The proof of a home says what is wrong and where; a wrong password is no fault."""

import json

import pytest
import sqlcipher3.dbapi2 as driver
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.home import Home
from msclinic.services.session import Refused
from msclinic.services.verifying import verify_home
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


def test_a_removed_trigger_is_found(clinic: Clinic) -> None:
    session = clinic.session("PI-01")
    key = session.ring.unwrap(clinic.home.data_key("PI-01").read_bytes())
    clinic.close()
    connection = driver.connect(str(clinic.home.database), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    connection.execute(f"DROP TRIGGER {next(iter(TRIGGERS))}")
    connection.close()
    assert {code for code in codes(clinic) if "trigger" in code}
