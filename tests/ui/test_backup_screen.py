"""Backup on screen: how it stands, folders, a backup now, a rehearsal, and the bar on Today."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from tests.backups import chosen
from tests.clinic import PASSWORDS
from tests.ui.screen_help import Visited, faults_of

from msclinic.services.backup.making import back_up
from msclinic.services.backup.places import kept_in, places_of
from msclinic.services.session import Refused
from msclinic.ui import places
from msclinic.ui.backup.bar import BackupBar
from msclinic.ui.backup.screen import BackupScreen
from msclinic.ui.tasks import Tasks

pytestmark = pytest.mark.requirement("R-BKP-1")
ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def show(qtbot, clinic):
    def make(account: str = "CRC-01") -> BackupScreen:
        tasks = Tasks()
        screen = BackupScreen(clinic.session(account), Visited().navigator(), tasks)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(*ROOM)
        screen.show()
        settle(qtbot, screen)
        return screen

    return make


def settle(qtbot, screen: BackupScreen) -> None:
    def done() -> bool:
        return screen.tasks.idle() and screen._course is None

    qtbot.waitUntil(done, timeout=30_000)
    QApplication.processEvents()


def words(screen: BackupScreen) -> str:
    return " ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisibleTo(screen))


def test_a_folder_is_chosen_and_a_backup_made_into_it(show, qtbot, clinic, tmp_path: Path):
    screen = show()
    assert "No backups are made." in words(screen)
    screen.now.click()
    settle(qtbot, screen)
    assert "No folder for backups was chosen" in screen._said.text()
    medium = tmp_path / "medium"
    medium.mkdir()
    screen.add_folder(medium)
    settle(qtbot, screen)
    assert str(medium) in words(screen)
    assert "On the same disk as the record" in words(screen)
    screen.now.click()
    assert not screen.now.isEnabled()
    assert screen.stop.isVisible()
    settle(qtbot, screen)
    assert screen._said.text() == "Backed up and proved, in 1 folder."
    assert len(kept_in(medium, clinic.home.read().device)) == 1
    assert "Last good backup: 23 Nov 2026 09:30" in words(screen)
    assert "1 backup, the newest of 23 Nov 2026 09:30" in words(screen)


def test_a_backup_can_be_stopped_and_leaves_nothing(show, qtbot, clinic, tmp_path):
    medium = chosen(clinic, tmp_path / "medium").folder
    screen = show()
    screen.now.click()
    screen.stop.click()
    settle(qtbot, screen)
    assert screen._said.text() == "Stopped; nothing of it was kept."
    assert kept_in(medium, clinic.home.read().device) == ()
    assert screen.now.isEnabled()


def test_leaving_the_screen_stops_what_is_under_way(show, qtbot, clinic, tmp_path):
    medium = chosen(clinic, tmp_path / "medium").folder
    screen = show()
    screen.now.click()
    screen.settle()
    assert screen.tasks.wait(5_000)
    settle(qtbot, screen)
    assert kept_in(medium, clinic.home.read().device) == ()


def test_a_missing_medium_is_said_in_one_message(show, qtbot, clinic, tmp_path):
    medium = chosen(clinic, tmp_path / "medium").folder
    shutil.rmtree(medium)
    screen = show()
    assert "not there now" in words(screen)
    screen.now.click()
    settle(qtbot, screen)
    assert screen._said.text().count("The medium is not there") == 1


def test_a_folder_is_let_go_and_its_backups_stay(show, qtbot, clinic, tmp_path):
    medium = chosen(clinic, tmp_path / "medium").folder
    back_up(clinic.session("CRC-01"), "asked")
    screen = show()
    screen._remove(medium)
    settle(qtbot, screen)
    assert places_of(clinic.home) == ()
    assert len(kept_in(medium, clinic.home.read().device)) == 1


def test_a_rehearsal_asks_for_the_password_and_is_recorded(show, qtbot, clinic, tmp_path):
    chosen(clinic, tmp_path / "medium")
    back_up(clinic.session("CRC-01"), "asked")
    screen = show()
    assert "No restore was rehearsed yet." in screen._rehearsed.text()
    screen.trial.click()
    assert "Type your password" in screen._said.text()
    screen.password.edit.setText("not the password")
    screen.trial.click()
    settle(qtbot, screen)
    assert "do not match" in screen._said.text()
    screen.password.edit.setText(PASSWORDS["CRC-01"])
    screen.trial.click()
    settle(qtbot, screen)
    assert "was restored on trial" in screen._said.text()
    assert screen._rehearsed.text().startswith("Last rehearsed: 23 Nov 2026 09:30")
    assert screen.password.edit.text() == ""


def test_only_who_looks_after_backups_has_the_place(clinic):
    for account in PASSWORDS:
        session = clinic.session(account)
        keys = [one.key for one in places.rail_entries(session)]
        assert ("backup" in keys) == (account in ("CRC-01", "ADMIN-01"))
        if "backup" not in keys:
            with pytest.raises(Refused):
                places.backup_screen(session, Visited().navigator(), Tasks())


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_is_cut_on_the_screen(qtbot, clinic, tmp_path, language, scale):
    chosen(clinic, tmp_path / "a-folder-with-quite-a-long-name-on-a-medium")
    back_up(clinic.session("CRC-01"), "asked")
    shutil.rmtree(chosen(clinic, tmp_path / "gone").folder)
    tasks = Tasks()

    def make() -> BackupScreen:
        screen = BackupScreen(clinic.session("CRC-01"), Visited().navigator(), tasks)
        screen.tasks_of_test = tasks
        return screen

    def ready(screen: BackupScreen) -> bool:
        return screen.tasks.idle() and screen._state is not None

    assert faults_of(qtbot, make, ROOM, language, scale, ready) == []


def bar(qtbot, clinic, account: str) -> BackupBar:
    tasks = Tasks()
    made = BackupBar(clinic.session(account), tasks)
    made.tasks_of_test = tasks
    qtbot.addWidget(made)
    qtbot.waitUntil(lambda: made._reading is None)
    return made


def test_the_bar_warns_the_site_and_neither_raters_nor_the_sponsor(qtbot, clinic):
    for account in ("NUR-04", "PI-01", "ADMIN-01"):
        shown = bar(qtbot, clinic, account)
        assert shown.sentences[0].startswith("No backups are made.")
    for account in ("RAT-02", "ASSESSOR-01", "DM-01"):
        shown = bar(qtbot, clinic, account)
        assert shown.sentences == ()
        assert shown.isHidden()


def test_the_bar_goes_when_a_backup_was_made(qtbot, clinic, tmp_path):
    chosen(clinic, tmp_path / "medium")
    shown = bar(qtbot, clinic, "NUR-04")
    assert shown.sentences[0].startswith("No good backup was made yet.")
    back_up(clinic.session("NUR-04"), "hourly")
    clinic.clock.turn(timedelta(minutes=6))
    shown.tick(clinic.clock.now())
    qtbot.waitUntil(lambda: shown._reading is None)
    assert shown.sentences == ()


@pytest.mark.parametrize("account", ["NUR-04", "ADMIN-01"])
def test_today_and_people_carry_the_bar(qtbot, clinic, account):
    tasks = Tasks()
    page = places.first_screen(clinic.session(account), Visited().navigator(), tasks)
    qtbot.addWidget(page)
    (found,) = page.findChildren(BackupBar)
    qtbot.waitUntil(lambda: found._reading is None)
    assert found.isVisibleTo(page)
    tasks.wait()
    qtbot.waitUntil(tasks.idle)
