"""A backup becomes a home again, in a new folder and a new stream, or is refused with words."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from tests.backups import chosen
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.backup.making import back_up
from msclinic.services.backup.places import places_of
from msclinic.services.home import Home
from msclinic.services.marker import Verdict
from msclinic.services.participants import participant_codes
from msclinic.services.restore import newest_backup, rehearse, restore
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import Proof, prove_home
from msclinic.vault import fingerprint

pytestmark = pytest.mark.requirement("R-BKP-1")
OPENER = "CRC-01"


@pytest.fixture
def medium(clinic: Clinic, tmp_path: Path) -> Path:
    clinic.home = evolve(clinic.home, state=tmp_path / "state")
    return chosen(clinic, tmp_path / "medium").folder


def backed_up(clinic: Clinic, account: str = OPENER) -> Path:
    return back_up(clinic.session(account), "asked").kept[0]


def restored(clinic: Clinic, backup: Path, name: str = "new", account: str = OPENER) -> Home:
    home = Home(clinic.home.folder.parent / name, clinic.home.state)
    return restore(backup, home, account, PASSWORDS[account], clinic.clock).home


def prove(home: Home) -> Proof:
    return prove_home(home, "MON-01", PASSWORDS["MON-01"])


def opened(clinic: Clinic, home: Home, account: str = "NUR-04") -> Session:
    return sign_in(home, account, PASSWORDS[account], clinic.clock)


def test_everything_of_a_backup_is_there_again_and_proved(clinic, medium):
    participant = clinic.enrol(7)
    home = restored(clinic, backed_up(clinic))
    assert prove(home).faults == ()
    with opened(clinic, home).store as store, store.read() as reader:
        again = reader.heads(participant=participant)
    with clinic.session(OPENER).store.read() as reader:
        before = reader.heads(participant=participant)
    assert [(one.path, one.entry, one.value) for one in again] == [
        (one.path, one.entry, one.value) for one in before
    ]
    assert sorted(home.accounts()) == sorted(PASSWORDS)
    assert fingerprint(home.certificate()) == fingerprint(clinic.home.certificate())
    assert places_of(home) == places_of(clinic.home)


def test_a_new_stream_begins_where_the_backup_ends_and_names_the_heads(clinic, medium):
    before = clinic.home.read().stream
    backup = backed_up(clinic)
    home = restored(clinic, backup)
    session = opened(clinic, home)
    assert session.warning is None
    with session.store.read() as reader:
        streams = reader.position().streams
        started = next(
            row.value or {}
            for one in reader.entries("stream_started")
            if one.entry.seq == 1 and one.entry.stream != before
            for row in reader.trail(None, one.entry.path or "")
        )
        told = next(
            row.value or {}
            for one in reader.entries("restored")
            for row in reader.trail(None, one.entry.path or "")
        )
    assert set(streams) == {before, home.read().stream}
    end, head = streams[before]
    assert (started["cause"], started["after"]) == ("restored", before)
    assert (started["seq"], started["head"]) == (end, head)
    assert told["heads"] == [[before, str(end), head]]
    session.close()
    assert prove(home) == Proof((), Verdict.GOES_ON, 1, 0)


def test_both_homes_go_on_and_neither_forks_the_other(clinic, medium):
    home = restored(clinic, backed_up(clinic))
    opened(clinic, home).close()
    clinic.enrol(8)
    clinic.close()
    assert prove(home).faults == ()
    assert prove(clinic.home).faults == ()
    assert home.read().stream != clinic.home.read().stream


def test_nothing_is_ever_restored_over_something(clinic, medium, tmp_path):
    backup = backed_up(clinic)
    before = {path.name for path in clinic.home.folder.iterdir()}
    full = tmp_path / "full"
    full.mkdir()
    (full / "letter.txt").write_text("mine")
    for folder in (clinic.home.folder, full, full / "letter.txt"):
        with pytest.raises(UserError, match="something in this folder"):
            restore(backup, Home(folder), OPENER, PASSWORDS[OPENER], clinic.clock)
    with pytest.raises(UserError, match="inside the data folder"):
        restore(backup, Home(clinic.home.folder / "new"), OPENER, PASSWORDS[OPENER], clinic.clock)
    assert {path.name for path in clinic.home.folder.iterdir()} == before
    assert [path.name for path in full.iterdir()] == ["letter.txt"]


def test_an_empty_folder_may_take_a_restored_home(clinic, medium, tmp_path):
    (tmp_path / "new").mkdir()
    assert restored(clinic, backed_up(clinic)).exists


def test_a_wrong_password_or_another_role_restores_nothing(clinic, medium, tmp_path):
    backup = backed_up(clinic)
    home = Home(tmp_path / "new")
    with pytest.raises(Refused, match="do not match"):
        restore(backup, home, OPENER, "not the password", clinic.clock)
    for account in set(PASSWORDS) - {"CRC-01", "ADMIN-01"}:
        with pytest.raises(Refused):
            restore(backup, home, account, PASSWORDS[account], clinic.clock)
    assert not home.folder.exists()
    assert not list(tmp_path.glob(".msclinic-restoring-*"))


def test_a_damaged_backup_is_refused_wherever_it_is_damaged_and_leaves_nothing(
    clinic, medium, tmp_path
):
    backup = backed_up(clinic)
    whole = bytearray(backup.read_bytes())
    for place in range(0, len(whole), len(whole) // 40):
        whole[place] ^= 0x10
        backup.write_bytes(whole)
        with pytest.raises(KnownFault) as refused:
            restored(clinic, backup)
        assert refused.value.code == "backup_damaged"
        whole[place] ^= 0x10
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob(".msclinic-restoring-*"))
    backup.write_bytes(whole)
    assert restored(clinic, backup).exists


def test_a_backup_that_somebody_packed_anew_without_the_key_is_refused(clinic, medium, tmp_path):
    from msclinic.services.backup.file import pack, read_whole, unpack
    from msclinic.vault import MarkKey

    backup, folder = backed_up(clinic), tmp_path / "forged"
    folder.mkdir()
    manifest = unpack(backup, folder, lambda _done, _whole: None)
    (folder / "home.json").write_text((folder / "home.json").read_text().replace("Katowice", "X"))
    with backup.open("w+b") as file:
        sources = {name: folder / name for name in manifest.files}
        pack(file, sources, manifest, MarkKey(b"o" * 32), lambda _done, _whole: None)
    assert read_whole(backup, lambda _done, _whole: None).files
    with pytest.raises(KnownFault, match="cannot be used"):
        restored(clinic, backup)


def test_yesterdays_record_put_back_is_found_by_the_head_that_a_backup_remembers(
    clinic, medium, tmp_path
):
    clinic.home = evolve(clinic.home, state=None)  # No marker: only the backup knows better.
    clinic.enrol(7)
    clinic.close()
    yesterday = tmp_path / "yesterday.db"
    shutil.copy(clinic.home.database, yesterday)
    clinic.clock.turn(timedelta(days=1))
    clinic.enrol(8)
    backed_up(clinic)
    clinic.close()
    assert prove(clinic.home).faults == ()
    shutil.copy(yesterday, clinic.home.database)
    (fault,) = [one for one in prove(clinic.home).faults if one.code == "cut_off"]
    assert "an older copy was put back" in fault.sentence


def test_verify_names_a_damaged_backup_and_counts_the_folders_it_could_not_ask(clinic, medium):
    backup = backed_up(clinic)
    clinic.close()
    assert (prove(clinic.home).backups, prove(clinic.home).backups_missing) == (1, 0)
    whole = bytearray(backup.read_bytes())
    whole[len(whole) // 2] ^= 1
    backup.write_bytes(whole)
    (fault,) = prove(clinic.home).faults
    assert (fault.code, fault.where) == ("backup_damaged", backup.name)
    shutil.rmtree(medium)
    assert prove(clinic.home) == Proof((), Verdict.GOES_ON, 0, 1)


def test_a_restored_home_that_lacks_later_entries_says_so_where_they_are_remembered(
    clinic, medium, tmp_path
):
    early = tmp_path / "early.backup"
    shutil.copy(backed_up(clinic), early)
    clinic.clock.turn(timedelta(hours=2))
    clinic.enrol(8)
    backed_up(clinic)
    clinic.close()
    shutil.rmtree(clinic.home.folder)
    home = restored(clinic, early, "home")
    assert "cut_off" in [one.code for one in prove(home).faults]
    session = opened(clinic, home)
    assert session.warning is None
    assert participant_codes(session) == []
    session.close()


def test_a_rehearsal_restores_proves_throws_away_and_is_recorded(clinic, medium):
    session = clinic.session(OPENER)
    backup = backed_up(clinic)
    before = {path.name for path in clinic.home.folder.rglob("*")}
    steps: list[str] = []
    rehearse(
        session, backup, PASSWORDS[OPENER], heard=lambda step, _done, _whole: steps.append(step)
    )
    assert {"unpack", "prove"} <= set(steps)
    assert {path.name for path in clinic.home.folder.rglob("*")} == before
    with session.store.read() as reader:
        (head,) = reader.at(None, "site/restore_rehearsal")
        assert not list(reader.entries("restored"))
    assert head.actor == OPENER
    assert (head.value or {})["type"] == "rehearsal"


def test_a_rehearsal_of_a_damaged_backup_or_with_a_wrong_password_is_not_recorded(clinic, medium):
    session = clinic.session(OPENER)
    backup = backed_up(clinic)
    with pytest.raises(Refused, match="do not match"):
        rehearse(session, backup, "not the password")
    backup.write_bytes(backup.read_bytes()[:-512])
    with pytest.raises(KnownFault, match="cannot be used"):
        rehearse(session, backup, PASSWORDS[OPENER])
    with pytest.raises(Refused):
        rehearse(clinic.session("NUR-04"), backup, PASSWORDS["NUR-04"])
    with session.store.read() as reader:
        assert reader.at(None, "site/restore_rehearsal") == []


def test_the_newest_backup_is_the_one_with_most_entries_in_any_folder(clinic, medium, tmp_path):
    session = clinic.session(OPENER)
    first = backed_up(clinic)
    assert newest_backup(session).path == first
    other = chosen(clinic, tmp_path / "other").folder
    clinic.clock.jump(timedelta(days=-3))
    second = backed_up(clinic)
    assert newest_backup(session).path.name == second.name
    shutil.rmtree(medium)
    shutil.rmtree(other)
    with pytest.raises(KnownFault, match="no backup of this clinic"):
        newest_backup(session)
