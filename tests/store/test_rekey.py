"""Another key for the same record: everything stays, and the old key opens nothing."""

from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.sign_in import unlock_record
from msclinic.store import Store, opens, rekey
from msclinic.vault import new_data_key


def closed(clinic: Clinic) -> tuple[Path, bytes, int]:
    """The file of a closed record, its key, and how many entries it has."""
    session = clinic.session("PI-01")
    key = unlock_record(clinic.home, "PI-01", session.ring)
    with session.store.read() as reader:
        count = reader.position().entries
    clinic.close()
    return clinic.home.database, key, count


@pytest.mark.requirement("R-SEC-3")
def test_every_entry_is_there_behind_the_new_key_alone(clinic: Clinic) -> None:
    path, old, count = closed(clinic)
    new = new_data_key()
    rekey(path, old, new)
    assert (opens(path, old), opens(path, new)) == (False, True)
    with Store.open(path, new) as store, store.read() as reader:
        assert reader.position().entries == count


def test_a_wrong_key_changes_nothing(clinic: Clinic) -> None:
    path, old, _ = closed(clinic)
    before = path.read_bytes()
    with pytest.raises(KnownFault) as fault:
        rekey(path, new_data_key(), new_data_key())
    assert fault.value.code == "wrong_key"
    assert path.read_bytes() == before
    assert opens(path, old)


def test_a_key_has_32_bytes(clinic: Clinic) -> None:
    path, old, _ = closed(clinic)
    with pytest.raises(ValueError, match="32 bytes"):
        rekey(path, old, b"short")


def test_a_reader_elsewhere_keeps_the_old_key(clinic: Clinic) -> None:
    path, old, _ = closed(clinic)
    with (
        Store.open(path, old, read_only=True) as store,
        store.read(),
        pytest.raises(KnownFault) as fault,
    ):
        rekey(path, old, new_data_key(), wait_seconds=0.1)
    assert fault.value.code == "database_locked"
    assert opens(path, old)
