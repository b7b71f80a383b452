"""A backup of a living clinic: proved, whole, secret, and never in anybody's way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from tests.backups import chosen, disk, read_only
from tests.clinic import PASSWORDS, Clinic

from msclinic.domain.errors import KnownFault, UserError
from msclinic.record import Fault
from msclinic.services.backup.file import read_whole
from msclinic.services.backup.making import back_up, carry_staged, one_backup, stage, workplace
from msclinic.services.backup.numbers import backup_numbers
from msclinic.services.backup.places import kept_in, places_of
from msclinic.services.backup.proving import prove_apart
from msclinic.services.home import Home
from msclinic.services.participants import participant_codes
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import unlock_record
from msclinic.vault import MarkKey

pytestmark = pytest.mark.requirement("R-BKP-1")


def nothing(_done: int, _whole: int) -> None: ...


def values(session: Session, action: str) -> list[dict[str, object]]:
    with session.store.read() as reader:
        found = [one.hash for one in reader.entries(action)]
        content = {one.entry: one.content for one in reader.payloads() if one.entry in found}
    return [json.loads(content[one]) for one in found]


def backups(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == ".backup")


def test_a_backup_reaches_every_chosen_folder_and_is_recorded(clinic, tmp_path):
    session = clinic.session("NUR-04")
    first, second = chosen(clinic, tmp_path / "one"), chosen(clinic, tmp_path / "two")
    report = back_up(session, "hourly")
    assert {path.parent for path in report.kept} == {first.folder, second.folder}
    assert not report.failed
    manifest = read_whole(report.kept[0], nothing)
    assert manifest.fits(MarkKey(unlock_record(clinic.home, "NUR-04", session.ring)))
    with session.store.read() as reader:
        assert reader.position().entries == manifest.entries + 1
    assert values(session, "backed_up") == [
        {
            "type": "backup",
            "cause": "hourly",
            "sha256": values(session, "backed_up")[0]["sha256"],
            "entries": str(manifest.entries),
            "kept": "2",
            "failed": "0",
        }
    ]


def test_a_backup_holds_all_that_a_home_needs_and_nothing_of_the_program(clinic, tmp_path):
    (clinic.home.folder / "log").mkdir()
    (clinic.home.folder / "log" / "msclinic.log").write_text("one line")
    (clinic.home.folder / "window.lock").write_text("")
    session = clinic.session("CRC-01")
    chosen(clinic, tmp_path / "medium")
    files = set(read_whole(back_up(session, "asked").kept[0], nothing).files)
    assert {"clinic.db", "home.json", "backup.json", "keys/data-recovery.age"} <= files
    assert {f"rings/{one}.json" for one in PASSWORDS} <= files
    assert not {one for one in files if one.startswith(("log", "window", "clinic.db-"))}


@pytest.mark.requirement("R-BLD-1")
def test_names_and_bytes_of_a_backup_tell_nothing_of_a_participant(day, tmp_path):
    clinic, participant = day
    session = clinic.session("CRC-01")
    chosen(clinic, tmp_path / "medium")
    code = participant_codes(session)[0][1]
    (kept,) = back_up(session, "asked").kept
    whole = kept.read_bytes()
    for word in (participant, code, "penicillin", "fit_to_dose", "SYSBP", "demography", "placebo"):
        assert word.encode() not in whole
        assert word not in kept.name


def test_a_folder_that_is_missing_full_or_read_only_does_not_cost_the_others(clinic, tmp_path):
    session = clinic.session("CRC-01")
    good, gone = chosen(clinic, tmp_path / "good"), chosen(clinic, tmp_path / "gone")
    locked = chosen(clinic, tmp_path / "locked")
    with disk(tmp_path / "small", "64k") as small:
        chosen(clinic, small)
        shutil.rmtree(gone.folder)
        with read_only(locked.folder):
            report = back_up(session, "hourly")
    assert [path.parent for path in report.kept] == [good.folder]
    assert [fault.code for fault in report.failed] == [
        "backup_place_missing",
        "backup_place_read_only",
        "backup_place_full",
    ]
    assert values(session, "backed_up")[-1]["failed"] == "3"


def test_where_no_folder_can_take_it_one_message_says_why_and_nothing_is_recorded(clinic, tmp_path):
    session = clinic.session("CRC-01")
    with pytest.raises(UserError, match="No folder for backups was chosen"):
        back_up(session, "asked")
    shutil.rmtree(chosen(clinic, tmp_path / "gone").folder)
    with pytest.raises(KnownFault, match="medium is not there"):
        back_up(session, "asked")
    assert values(session, "backed_up") == []
    assert not list(clinic.home.folder.glob("backup-work.*"))


def test_a_record_that_is_not_as_written_is_never_backed_up(clinic, tmp_path):
    session = clinic.session("CRC-01")
    medium = chosen(clinic, tmp_path / "medium")
    good = back_up(session, "hourly").kept[0]

    def found(_asked: object, _heard: object) -> tuple[Fault, ...]:
        return (Fault("wrong_hash", "stream 1", "Changed."),)

    with pytest.raises(KnownFault, match="not as it was written"):
        back_up(session, "hourly", prove=found)
    assert backups(medium.folder) == [good.name]


def test_a_changed_record_is_found_by_the_real_proof(clinic, tmp_path):
    session = clinic.session("CRC-01")
    chosen(clinic, tmp_path / "medium")
    clinic.enrol(7)
    with session.store.write() as uow:
        uow.connection.exec_driver_sql("UPDATE head SET value = NULL WHERE item = 'SEX'")
    with pytest.raises(KnownFault, match="not as it was written"):
        back_up(session, "hourly")


def test_the_proof_runs_in_a_process_of_its_own_and_says_the_same(clinic, tmp_path):
    session = clinic.session("CRC-01")
    chosen(clinic, tmp_path / "medium")
    assert back_up(session, "hourly", prove=prove_apart).kept
    with session.store.write() as uow:
        uow.connection.exec_driver_sql("UPDATE head SET word = 'x'")
    with pytest.raises(KnownFault, match="not as it was written"):
        back_up(session, "hourly", prove=prove_apart)


def test_a_proof_in_a_process_of_its_own_ends_when_it_is_stopped(clinic, tmp_path):
    session = clinic.session("CRC-01")
    medium = chosen(clinic, tmp_path / "medium")

    def heard(step: str, _done: int, _whole: int) -> None:
        if step == "prove":
            raise InterruptedError

    with pytest.raises(InterruptedError):
        back_up(session, "asked", heard=heard, prove=prove_apart)
    assert backups(medium.folder) == []
    assert not list(clinic.home.folder.glob("backup-work.*"))


def test_people_go_on_entering_while_a_backup_is_made(clinic, tmp_path):
    session = clinic.session("CRC-01")
    chosen(clinic, tmp_path / "medium")
    reached, go_on = threading.Event(), threading.Event()
    reports = []

    def heard(step: str, done: int, whole: int) -> None:
        if step == "copy" and not reached.is_set():
            reached.set()
            go_on.wait(30)

    thread = threading.Thread(
        target=lambda: reports.append(back_up(session, "hourly", heard=heard))
    )
    thread.start()
    assert reached.wait(30)
    participant = clinic.enrol(7)
    go_on.set()
    thread.join()
    assert participant in {one for one, _ in participant_codes(session)}
    assert len(reports[0].kept) == 1


def test_old_backups_make_room_for_new_ones(clinic, tmp_path):
    session = clinic.session("CRC-01")
    medium = chosen(clinic, tmp_path / "medium")
    for _ in range(5):
        back_up(session, "signature")
    assert len(kept_in(medium.folder, session.place.device)) == 1
    for _ in range(3):
        clinic.clock.turn(timedelta(hours=1))
        back_up(session, "hourly")
    assert len(kept_in(medium.folder, session.place.device)) == 4


def test_one_backup_goes_where_the_person_says_if_they_look_after_backups(clinic, tmp_path):
    folder = tmp_path / "stick"
    folder.mkdir()
    report = one_backup(clinic.session("ADMIN-01"), folder)
    assert backups(folder) == [report.kept[0].name]
    for account in set(PASSWORDS) - {"ADMIN-01", "CRC-01"}:
        with pytest.raises(Refused):
            one_backup(clinic.session(account), folder)
    with pytest.raises(UserError, match="inside the data folder"):
        one_backup(clinic.session("CRC-01"), clinic.home.folder)


def test_a_backup_taken_at_sign_out_is_carried_without_any_key(clinic, tmp_path):
    session = clinic.session("CRC-01")
    medium = chosen(clinic, tmp_path / "medium")
    numbers, places = backup_numbers(session.study), places_of(clinic.home)
    with workplace(clinic.home) as work:
        staged = stage(session, work, prove=None)
        clinic.close()
        carry_staged(staged, places, numbers)
    assert backups(medium.folder) == [staged.name]
    assert read_whole(medium.folder / staged.name, nothing) == staged.manifest


_CUT_OFF = """
import os, signal, sys
from pathlib import Path
from msclinic.app.clock import SystemClock
from msclinic.services.backup.making import back_up
from msclinic.services.home import Home
from msclinic.services.sign_in import sign_in

home, password, step = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
session = sign_in(Home(home), "CRC-01", password, SystemClock())

def heard(now, done, whole):
    if now == step:
        os.kill(os.getpid(), signal.SIGKILL)

back_up(session, "hourly", heard=heard)
"""


@pytest.mark.parametrize("step", ["copy", "prove", "pack", "carry"])
def test_a_backup_that_is_killed_leaves_nothing_under_its_name(clinic, tmp_path, step):
    medium = chosen(clinic, tmp_path / "medium")
    killed = subprocess.run(
        [sys.executable, "-c", _CUT_OFF, str(clinic.home.folder), PASSWORDS["CRC-01"], step],
        check=False,
        capture_output=True,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert backups(medium.folder) == []
    report = back_up(clinic.session("CRC-01"), "hourly")
    assert backups(medium.folder) == [report.kept[0].name]


def test_what_a_killed_backup_left_in_the_home_is_taken_away_later(clinic: Clinic):
    left = clinic.home.folder / "backup-work.left"
    left.mkdir()
    (left / "clinic.db").write_bytes(b"half")
    with workplace(clinic.home):
        assert left.exists()
    os.utime(left, (0, 0))
    with workplace(Home(clinic.home.folder)):
        assert not left.exists()
