"""What runs by itself: backups of the hour, after signatures and at sign-out; checks at start."""

from datetime import timedelta

import pytest
from attrs import evolve
from tests.backups import chosen
from tests.clinic import PASSWORDS

from msclinic.app.settings import Settings
from msclinic.services.backup.file import read_whole
from msclinic.services.backup.places import kept_in
from msclinic.services.integrity_chain import proved_so_far
from msclinic.services.sign_in import sign_in
from msclinic.ui.backup.keeper import Keeper
from msclinic.ui.tasks import Kind
from msclinic.ui.window import Window

pytestmark = pytest.mark.requirement("R-BKP-1")


def causes(session) -> list[str]:
    with session.store.read() as reader:
        trail = reader.trail(None, "site/backup")
    return [str((row.value or {}).get("cause")) for row in trail]


@pytest.fixture
def keeper(qtbot, clinic, tmp_path):
    clinic.home = evolve(clinic.home, state=tmp_path / "state")
    made = Keeper()
    made.told = []
    made.said.connect(made.told.append)
    yield made
    made.end()
    made.finish()
    qtbot.waitUntil(lambda: not made.busy)


def test_the_backup_of_the_hour_is_made_off_the_windows_thread(qtbot, clinic, keeper, tmp_path):
    session = clinic.session("NUR-04")
    medium = chosen(clinic, tmp_path / "medium").folder
    keeper.begin(session)
    keeper.look()
    with qtbot.waitSignal(keeper.backed_up, timeout=30_000):
        assert causes(session) == []  # The window goes on at once.
    assert causes(session) == ["hourly"]
    keeper.look()
    qtbot.waitUntil(lambda: not keeper.busy)
    assert causes(session) == ["hourly"]
    clinic.clock.turn(timedelta(hours=1))
    keeper.look()
    qtbot.waitSignal(keeper.backed_up, timeout=30_000).wait()
    assert causes(session) == ["hourly", "hourly"]
    assert len(kept_in(medium, session.place.device)) == 2


def test_a_backup_follows_a_signature(qtbot, clinic, keeper, tmp_path):
    session = clinic.session("NUR-04")
    chosen(clinic, tmp_path / "medium")
    keeper.begin(session)
    keeper._signed.setInterval(10)
    keeper.changed(frozenset({Kind.ANSWERS}))
    assert not keeper._signed.isActive()
    with qtbot.waitSignal(keeper.backed_up, timeout=30_000):
        keeper.changed(frozenset({Kind.SIGNATURES}))
    assert causes(session) == ["signature"]


def test_without_a_folder_nothing_runs_and_nothing_is_said(qtbot, clinic, keeper):
    keeper.begin(clinic.session("NUR-04"))
    keeper.look()
    keeper._after_signature()
    assert not keeper.busy
    assert keeper.told == []


def test_a_medium_that_is_gone_is_said_once(qtbot, clinic, keeper, tmp_path):
    session = clinic.session("NUR-04")
    medium = chosen(clinic, tmp_path / "medium").folder
    (medium / "msclinic-backups.json").unlink()
    keeper.begin(session)
    for _ in range(3):
        keeper.look()
        qtbot.waitUntil(lambda: not keeper.busy, timeout=30_000)
        clinic.clock.turn(timedelta(minutes=16))
    assert [one.code for one in keeper.told] == ["backup_place_missing"]


def test_a_last_backup_is_taken_at_sign_out_and_reaches_its_folder(qtbot, clinic, keeper, tmp_path):
    session = clinic.session("CRC-01")
    medium = chosen(clinic, tmp_path / "medium").folder
    clinic.enrol(7)
    keeper.begin(session)
    keeper.end()
    with session.store.read() as reader:
        entries = reader.position().entries
    clinic.close()
    keeper.finish()
    (kept,) = kept_in(medium, session.place.device)
    assert kept.entries == entries
    assert read_whole(kept.path, lambda _done, _whole: None).entries == entries


def test_nothing_is_backed_up_again_at_sign_out_when_nothing_was_entered(
    qtbot, clinic, keeper, tmp_path
):
    session = clinic.session("NUR-04")
    medium = chosen(clinic, tmp_path / "medium").folder
    keeper.begin(session)
    keeper.start("hourly")
    qtbot.waitSignal(keeper.backed_up, timeout=30_000).wait()
    before = kept_in(medium, session.place.device)
    clinic.clock.turn(timedelta(hours=2))
    keeper.end()
    keeper.finish()
    assert kept_in(medium, session.place.device) == before


def test_signing_out_in_the_middle_of_a_backup_stops_it(qtbot, clinic, keeper, tmp_path):
    session = clinic.session("NUR-04")
    chosen(clinic, tmp_path / "medium")
    keeper.begin(session)
    keeper.start("hourly")
    keeper.end()
    assert not list(clinic.home.folder.glob("backup-work.*/clinic.db"))
    assert causes(session) == []


@pytest.mark.requirement("R-VAL-4")
def test_at_start_program_and_record_are_checked_and_the_proof_is_remembered(qtbot, clinic, keeper):
    session = clinic.session("NUR-04")
    keeper.begin(session)
    keeper._begin()
    qtbot.waitUntil(lambda: not keeper.busy, timeout=30_000)
    assert keeper.told == []
    assert keeper.program is not None
    assert proved_so_far(session) is not None


@pytest.mark.requirement("R-VAL-4")
def test_a_record_that_is_not_as_written_is_said_and_stands_among_the_incidents(
    qtbot, clinic, keeper
):
    session = clinic.session("CRC-01")
    clinic.enrol(7)
    with session.store.write() as uow:
        uow.connection.exec_driver_sql("UPDATE head SET word = 'x' WHERE item = 'SEX'")
    keeper.begin(session)
    keeper._begin()
    qtbot.waitUntil(lambda: not keeper.busy, timeout=30_000)
    (said,) = keeper.told
    assert said.code == "record_faults"
    with session.store.read() as reader:
        (head,) = reader.at(None, "site/incident/record_faults")
    assert "row_changed" in (head.value or {})["value"]


def test_a_window_signs_in_locks_and_closes_with_backups_on(qtbot, clinic, tmp_path):
    medium = chosen(clinic, tmp_path / "medium").folder
    window = Window(clinic.home, clinic.clock, Settings())
    qtbot.addWidget(window)
    window.show()
    with qtbot.waitSignal(window.signed_in, timeout=30_000):
        window.sign_in_as("CRC-01", PASSWORDS["CRC-01"])
    window.show_backup()
    assert window.page(window.current_page()).__class__.__name__ == "BackupScreen"
    device = clinic.home.read().device
    with qtbot.waitSignal(window.locked, timeout=30_000):
        window.lock()
    window.keeper.finish()
    assert len(kept_in(medium, device)) == 1
    window.close()
    session = sign_in(clinic.home, "CRC-01", PASSWORDS["CRC-01"], clinic.clock)
    session.close()
