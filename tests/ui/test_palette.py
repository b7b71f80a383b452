"""Ctrl+K: what is found, for whom, and that Enter opens it."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.modeltest import ModelTester
from tests.clinic import PASSWORDS
from tests.ui.clipping import clipping_faults
from tests.ui.screen_help import booked_today, screened

from msclinic.app.settings import Settings
from msclinic.services.lookup import known, look_up
from msclinic.ui.style import apply_theme
from msclinic.ui.window import Window
from msclinic.wording import set_language


@pytest.fixture
def window(qtbot, clinic):
    made = []

    def make(account: str, settings: Settings = Settings()) -> Window:  # noqa: B008
        screen = Window(clinic.home, clinic.clock, settings)
        qtbot.addWidget(screen)
        screen.resize(1366, 768)
        screen.show()
        with qtbot.waitSignal(screen.signed_in, timeout=20_000):
            screen.sign_in_as(account, PASSWORDS[account])
        qtbot.waitUntil(screen.tasks.idle, timeout=20_000)
        screen.resize(1366, 768)
        made.append(screen)
        return screen

    yield make
    for screen in made:
        screen.lock()


def press_find(qtbot, window: Window, typed: str) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(window.tasks.idle, timeout=20_000)
    qtbot.keyClicks(window.finder.field.edit, typed)
    qtbot.waitUntil(window.tasks.idle, timeout=20_000)


def titles(window: Window) -> list[str]:
    hits = window.finder.hits
    return [hits.data(hits.index(place, 0)) for place in range(hits.rowCount())]


def test_a_number_and_a_form_open_that_form(qtbot, clinic, window):
    participant = screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "7 demog")
    assert titles(shown) == ["Demography, SCR"]
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Return)
    page = shown.page(shown.current_page())
    assert (page.participant, page.entry.prefix) == (participant, "SCR/1/demography/1")


def test_arrows_choose_among_participants(qtbot, clinic, window):
    screened(clinic, 7)
    other = screened(clinic, 11)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "pl01")
    assert titles(shown)[:2] == ["PL01-007", "PL01-011"]
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Down)
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Return)
    assert shown.page(shown.current_page()).participant == other


def test_a_command_is_found_by_its_name(qtbot, clinic, window):
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "workl")
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Return)
    assert type(shown.page(shown.current_page())).__name__ == "WorklistScreen"


def test_what_was_typed_last_is_what_is_found_and_enter_waits_for_it(qtbot, clinic, window):
    screened(clinic, 7)
    other = screened(clinic, 11)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "pl01-007")
    edit = shown.finder.field.edit
    # As a scanner does it: all of the code and Enter at once, before any answer can be there.
    edit.setText("PL01-01")
    edit.setText("PL01-011")
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert shown.finder.isVisible()
    qtbot.waitUntil(lambda: not shown.finder.isVisible(), timeout=20_000)
    assert shown.page(shown.current_page()).participant == other


def test_nothing_is_read_on_the_windows_own_thread(qtbot, clinic, window):
    screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    qtbot.keyClick(shown, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(shown.tasks.idle, timeout=20_000)
    # The answer needs this thread's loop once more, so it cannot be there yet.
    shown.finder.field.edit.setText("007")
    assert titles(shown) != ["PL01-007"]
    qtbot.waitUntil(lambda: "PL01-007" in titles(shown), timeout=20_000)


def test_an_answer_that_arrives_after_closing_is_dropped(qtbot, clinic, window):
    screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "")
    shown.finder.field.edit.setText("007")
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Escape)
    qtbot.waitUntil(shown.tasks.idle, timeout=20_000)
    assert not shown.finder.isVisible()
    assert shown.finder.hits.rowCount() == 0


def test_escape_closes_and_keeps_nothing(qtbot, clinic, window):
    screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "7")
    qtbot.keyClick(shown.finder.field.edit, Qt.Key.Key_Escape)
    assert not shown.finder.isVisible()
    assert shown.finder.hits.rowCount() == 0


def test_locking_closes_it_with_all_it_found(qtbot, clinic, window):
    screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "7")
    shown.lock()
    assert not shown.finder.isVisible()
    assert shown.finder.hits.rowCount() == 0


def test_a_rater_finds_exams_only_and_no_participant_page(clinic):
    booked_today(clinic, 7, 1)
    session = clinic.session("RAT-02")
    among = known(session)
    assert {one.form for one in among} == {"edss", "t25fw", "nhpt", "sdmt"}
    assert look_up(session, among, "7 infusion") == []
    assert look_up(session, among, "7 demography") == []


def test_visits_are_found_by_their_name_in_the_readers_language(clinic):
    booked_today(clinic, 7, 1)
    session = clinic.session("NUR-04")
    set_language("pl")
    found = look_up(session, known(session), "007 miesiąc 3")
    assert [(one.kind, one.visit) for one in found][:1] == [("visit", "V2")]


def test_the_hits_are_a_sound_model(qtbot, clinic, window):
    screened(clinic, 7)
    clinic.close()
    shown = window("CRC-01")
    press_find(qtbot, shown, "7")
    ModelTester(None).check(shown.finder.hits)


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150), ("pl", 200)])
def test_nothing_of_it_is_cut(qtbot, qapp, clinic, window, language, scale):
    screened(clinic, 7)
    clinic.close()
    set_language(language)
    apply_theme(qapp, "light", scale)
    shown = window("CRC-01", Settings(language, "light", scale))
    press_find(qtbot, shown, "7")
    for _ in range(8):
        qapp.processEvents()
    finder: QWidget = shown.finder
    assert clipping_faults(finder, (1366, 768)) == []
