"""First run, sign-in and lock through the real window."""

import shutil
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from tests.clinic import NOW, PASSWORDS
from tests.ui.clipping import clipping_faults

from msclinic.app.clock import TurnedClock
from msclinic.app.settings import load_settings
from msclinic.services.home import Home
from msclinic.shipped import shipped_study
from msclinic.study import load_study
from msclinic.ui.main import make_window
from msclinic.wording import set_language


@pytest.fixture
def open_window(qtbot):
    windows = []

    def make(home, clock):
        window = make_window(home, clock)
        qtbot.addWidget(window)
        window.show()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
    set_language("en")


@pytest.fixture
def window(open_window, clinic):
    clinic.close()
    return open_window(clinic.home, clinic.clock)


def settled(qtbot, window):
    qtbot.waitUntil(window.tasks.idle, timeout=20_000)


def words(window) -> str:
    return " | ".join(label.text() for label in window.findChildren(QLabel) if label.isVisible())


def sign_in(qtbot, window, account: str, password: str):
    screen = window.page("entrance")
    screen.show_everyone()
    screen.choose(account)
    qtbot.keyClicks(screen.password.edit, password)
    qtbot.keyClick(screen.password.edit, Qt.Key.Key_Return)
    settled(qtbot, window)


def test_a_wrong_password_is_told_in_words_and_opens_nothing(qtbot, window):
    sign_in(qtbot, window, "NUR-04", "not this one at all")
    assert window.session is None
    assert "Account and password do not match." in words(window)
    assert window.page("entrance").password.edit.text() == ""


def test_the_right_password_opens_the_first_screen_and_names_who_is_here(qtbot, window):
    sign_in(qtbot, window, "NUR-04", PASSWORDS["NUR-04"])
    assert window.session is not None
    assert window.current_page() == "page"
    assert "NUR 04" in words(window)
    assert window.windowTitle() == "msclinic"


def test_locking_drops_keys_pages_and_clipboard(qtbot, window):
    sign_in(qtbot, window, "NUR-04", PASSWORDS["NUR-04"])
    ring = window.session.ring
    QApplication.clipboard().setText("PL01-007")
    qtbot.keyClick(window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    settled(qtbot, window)
    assert window.session is None
    assert ring.closed
    assert window.page("page") is None
    assert QApplication.clipboard().text() == ""
    assert "Locked" in words(window)


def test_the_window_locks_itself_when_nobody_is_there(qtbot, window, clinic):
    sign_in(qtbot, window, "NUR-04", PASSWORDS["NUR-04"])
    clinic.clock.turn(timedelta(minutes=10))
    window.tick()
    assert window.session is not None
    clinic.clock.turn(timedelta(seconds=2))
    window.tick()
    assert window.session is None


def test_the_language_changes_at_once_and_is_kept(qtbot, window, clinic):
    window.page("entrance").language_asked.emit()
    qtbot.waitUntil(lambda: "Zaloguj się" in words(window))
    assert load_settings(clinic.home.folder).language == "pl"


def test_a_clinic_is_founded_through_the_window(qtbot, open_window, tmp_path):
    home = Home(tmp_path / "new")
    window = open_window(home, TurnedClock(NOW))
    screen = window.page("entrance")

    def put(key, text):
        screen.findChild(type(screen._fields[key]), f"first_run/{key}").edit.setText(text)

    def go_on():
        qtbot.mouseClick(screen._next, Qt.MouseButton.LeftButton)

    put("code", "warsaw")
    put("city", "Warszawa")
    go_on()
    assert "two capital letters and two digits" in words(window)
    put("code", "PL01")
    go_on()
    passwords = (("admin", "ten tiny horses run"), ("investigator", "a blue boat at noon"))
    for who, password in passwords:
        put(f"{who}_password", password)
        put(f"{who}_again", password)
    go_on()
    assert f"{len(load_study(shipped_study()).forms)} forms" in words(window)
    go_on()
    settled(qtbot, window)
    key = screen._recovery.text()
    assert key.startswith("AGE-SECRET-KEY-1")
    put("confirm", "nope")
    go_on()
    assert "not the last group" in words(window)
    put("confirm", key.split()[-1])
    go_on()
    assert home.exists
    assert home.accounts() == ["ADMIN-01", "PI-01"]
    sign_in(qtbot, window, "PI-01", "a blue boat at noon")
    assert window.session is not None
    assert all(
        key.encode() not in path.read_bytes() for path in home.folder.rglob("*") if path.is_file()
    )


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("scale", [100, 150])
def test_nothing_is_clipped_at_the_entrance(qtbot, open_window, clinic, language, scale):
    clinic.close()
    window = open_window(clinic.home, clinic.clock)
    window.change_display(window.settings.with_changes(language=language, scale=scale))
    try:
        assert clipping_faults(window, (1366, 768)) == []
    finally:
        window.change_display(window.settings.with_changes(language="en", scale=100))


def test_who_signs_in_on_an_older_record_is_told_so(qtbot, open_window, clinic, tmp_path):
    home = Home(clinic.home.folder, tmp_path / "state")
    older = tmp_path / "older.db"
    shutil.copy(home.database, older)
    first = open_window(home, clinic.clock)
    sign_in(qtbot, first, "NUR-04", PASSWORDS["NUR-04"])
    assert "older copy" not in words(first)
    first.close()
    shutil.copy(older, home.database)
    again = open_window(home, clinic.clock)
    sign_in(qtbot, again, "NUR-04", PASSWORDS["NUR-04"])
    assert "An older copy of this clinic's record was put back." in words(again)
    assert again.session.warning.code == "older_copy"
