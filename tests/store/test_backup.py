"""A record is copied while it is used, page by page, and the copy is encrypted like it."""

import pytest
import sqlcipher3.dbapi2 as driver
from tests.clinic import Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.sign_in import unlock_record
from msclinic.store import Store
from msclinic.store.backup import copy_record

pytestmark = pytest.mark.requirement("R-BKP-1")


def nothing(_done: int, _whole: int) -> None: ...


def key_of(clinic: Clinic) -> bytes:
    session = clinic.session("CRC-01")
    return unlock_record(clinic.home, "CRC-01", session.ring)


def test_a_copy_holds_what_the_record_held_and_opens_with_its_key_only(clinic, tmp_path):
    clinic.enrol(7)
    key, target = key_of(clinic), tmp_path / "copy.db"
    store = clinic.session("CRC-01").store
    position = copy_record(store, target, key, nothing)
    with Store.open(target, key, as_found=True) as copy, copy.read() as reader:
        assert reader.position() == position
        assert reader.participants()
    with pytest.raises(KnownFault, match="key does not fit"):
        Store.open(target, bytes(32), as_found=True)


def test_a_copy_may_have_a_key_of_its_own(clinic, tmp_path):
    target = tmp_path / "copy.db"
    copy_record(clinic.session("CRC-01").store, target, b"k" * 32, nothing)
    with Store.open(target, b"k" * 32, as_found=True) as copy, copy.read() as reader:
        assert reader.position().entries
    with pytest.raises(KnownFault, match="key does not fit"):
        Store.open(target, key_of(clinic), as_found=True)


def test_no_byte_of_a_copy_is_readable_without_its_key(clinic, tmp_path):
    participant = clinic.enrol(7)
    target = tmp_path / "copy.db"
    copy_record(clinic.session("CRC-01").store, target, key_of(clinic), nothing)
    content = target.read_bytes()
    for word in (participant, "PL01-007", "penicillin", "demography", "SQLite format 3"):
        assert word.encode() not in content
    with pytest.raises(driver.DatabaseError):
        driver.connect(str(target)).execute("SELECT count(*) FROM sqlite_schema").fetchone()


def test_a_copy_is_one_file_and_of_one_moment_though_others_write_meanwhile(clinic, tmp_path):
    session, target = clinic.session("CRC-01"), tmp_path / "copy.db"
    key = key_of(clinic)
    before = session.store
    steps = []

    def written(done: int, whole: int) -> None:
        if not steps:
            clinic.enrol(8)
        steps.append((done, whole))

    position = copy_record(before, target, key, written)
    assert steps
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith("copy")] == ["copy.db"]
    with Store.open(target, key, as_found=True) as copy, copy.read() as reader:
        assert reader.position() == position
        assert not reader.participants()
    with session.store.read() as reader:
        assert reader.participants()


def test_a_copy_that_is_stopped_leaves_nothing_behind(clinic, tmp_path):
    target = tmp_path / "copy.db"

    def stop(_done: int, _whole: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        copy_record(clinic.session("CRC-01").store, target, key_of(clinic), stop)
    assert not [path for path in tmp_path.iterdir() if path.name.startswith("copy")]
