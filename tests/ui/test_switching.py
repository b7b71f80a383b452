"""Another person at the same chair, another role of the same person, and the way back in."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from tests.clinic import COST, PASSWORDS
from tests.ui.test_palette import window

from msclinic.services.people.delegation import delegate, local_day, train
from msclinic.services.people.roles import grant_role
from msclinic.services.session import Refused
from msclinic.services.sign_in import sign_in
from msclinic.ui.entrance.recovery import RecoveryScreen
from msclinic.ui.people.password_screen import PasswordScreen
from msclinic.ui.people.screen import PeopleScreen

__all__ = ["window"]

NEW = "seven grey geese fly home"


def words(screen) -> str:
    return " | ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def enter(qtbot, screen, account: str, password: str) -> None:
    with qtbot.waitSignal(screen.signed_in, timeout=20_000):
        screen.sign_in_as(account, password)
    qtbot.waitUntil(screen.tasks.idle, timeout=20_000)


def test_switching_drops_the_keys_and_the_next_nurse_stands_at_the_same_place(
    window, clinic, qtbot
):
    participant = clinic.enrol(7)
    clinic.close()
    screen = window("NUR-04")
    screen.show_participant(participant)
    first = screen.session
    screen.switch_person()
    assert first.ring.closed
    assert screen.session is None
    assert "Locked" not in words(screen)
    enter(qtbot, screen, "NUR-06", PASSWORDS["NUR-06"])
    assert type(screen.page("page")).__name__ == "ParticipantScreen"
    with screen.session.store.read() as reader:
        actions = [one.entry.action for one in reader.trail(None, "people/NUR-04/sign_in")]
    assert actions[-1] == "signed_out"


def test_who_comes_in_another_role_begins_at_the_first_screen(window, clinic, qtbot):
    participant = clinic.enrol(7)
    clinic.close()
    screen = window("NUR-04")
    screen.show_participant(participant)
    screen.switch_person()
    enter(qtbot, screen, "RAT-02", PASSWORDS["RAT-02"])
    assert type(screen.page("page")).__name__ == "MyExamsScreen"


def test_the_palette_offers_switching_and_the_own_password(window, qtbot):
    screen = window("NUR-04")
    titles = [one.title for one in screen._commands(screen.session)]
    assert {"Switch person", "Change password"} <= set(titles)


@pytest.mark.requirement("R-USR-2")
def test_a_person_with_two_roles_goes_on_in_the_other_one(window, clinic, qtbot):
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    grant_role(admin, "PHY-01", "CRC")
    delegate(pi, "PHY-01", "CRC", local_day(pi))
    train(pi, "PHY-01", "CRC", local_day(pi))
    clinic.close()
    screen = window("PHY-01")
    now = screen.session.role
    other = {"PHY": "CRC", "CRC": "PHY"}[now]
    (command,) = [one for one in screen._commands(screen.session) if one.key.startswith("role/")]
    assert command.key == f"role/{other}"
    screen._found(command)
    qtbot.waitUntil(lambda: screen.session.role == other, timeout=20_000)
    qtbot.waitUntil(screen.tasks.idle, timeout=20_000)
    assert not screen.session.ring.closed


@pytest.mark.requirement("R-SEC-2", "R-SEC-5")
def test_a_locked_account_is_told_to_the_investigator_at_sign_in(window, clinic, qtbot):
    for _ in range(5):
        with pytest.raises(Refused):
            sign_in(clinic.home, "NUR-06", "not the long key", clinic.clock)
        clinic.clock.turn(timedelta(seconds=10))
    screen = window("PI-01")
    assert "an account was locked: NUR-06" in words(screen)


@pytest.mark.requirement("R-SEC-2")
def test_a_person_changes_the_own_password(window, clinic, qtbot):
    screen = window("NUR-04")
    screen._open_place("password")
    page = screen.page("page")
    assert isinstance(page, PasswordScreen)
    page._cost = COST
    old, new = page.form.fields["old"], page.form.fields["password"]
    old.edit.setText(PASSWORDS["NUR-04"])
    new.edit.setText(NEW)
    page.form.fields["again"].edit.setText(NEW)
    qtbot.keyClick(page.form.fields["again"].edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page._done.isVisible(), timeout=20_000)
    assert [old.edit.text(), new.edit.text()] == ["", ""]
    screen.lock()
    enter(qtbot, screen, "NUR-04", NEW)


def test_a_wrong_old_password_is_told_in_the_card(window, qtbot):
    screen = window("NUR-04")
    screen.show_password()
    form = screen.page("page").form
    form.fields["old"].edit.setText("not the long key")
    for key in ("password", "again"):
        form.fields[key].edit.setText(NEW)
    form._act.click()
    qtbot.waitUntil(lambda: "do not match" in form._problem.text(), timeout=20_000)


def test_the_recovery_key_is_a_way_in_from_the_sign_in(window, clinic, qtbot):
    screen = window("NUR-04")
    screen.lock()
    screen.page("entrance").recovery_asked.emit()
    page = screen.page("entrance")
    assert isinstance(page, RecoveryScreen)
    page._cost = COST
    page.form.fields["key"].edit.setText(clinic.recovery)
    page.form.fields["account"].edit.setText("ADMIN 01")
    page.form.fields["account"].commit()
    for key in ("password", "again"):
        page.form.fields[key].edit.setText(NEW)
    page.form._act.click()
    qtbot.waitUntil(lambda: screen.page("entrance") is not page, timeout=20_000)
    enter(qtbot, screen, "ADMIN-01", NEW)


def test_a_monitor_finds_people_in_the_rail_and_a_nurse_does_not(window):
    monitor = window("MON-01")
    monitor.show_people()
    assert isinstance(monitor.page("page"), PeopleScreen)
    monitor.lock()
    nurse = window("NUR-04")
    nurse.show_people()
    assert not isinstance(nurse.page("page"), PeopleScreen)
