"""The study on screen, and the one switch that is thrown there."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.modeltest import ModelTester
from tests.clinic import PASSWORDS
from tests.ui.screen_help import Visited, been_read, faults_of

from msclinic.services.infusion.dosing import dosing_permitted
from msclinic.services.session import Refused
from msclinic.ui import places
from msclinic.ui.study.rows import TABLES
from msclinic.ui.study.screen import StudyScreen
from msclinic.ui.tasks import Tasks

ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def show(qtbot, clinic):
    def make(account: str) -> StudyScreen:
        tasks = Tasks()
        screen = StudyScreen(clinic.session(account), Visited().navigator(), tasks)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        been_read(qtbot, screen)
        return screen

    return make


def permitted(clinic) -> bool:
    session = clinic.session("PI-01")
    with session.store.read() as reader:
        return dosing_permitted(session, reader)


def test_the_pi_permits_new_infusions_with_a_signature(show, clinic, qtbot):
    screen = show("PI-01")
    assert "not permitted" in screen._state.text()
    screen.switch.click()
    qtbot.keyClicks(screen.sign_panel._card.password.edit, PASSWORDS["PI-01"])
    qtbot.keyClick(screen.sign_panel._card.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not screen.sign_panel.isVisible(), timeout=10_000)
    been_read(qtbot, screen)
    assert permitted(clinic)
    assert screen._state.text() == "New infusions are permitted."


def test_a_wrong_password_switches_nothing(show, clinic, qtbot):
    screen = show("PI-01")
    screen.switch.click()
    qtbot.keyClicks(screen.sign_panel._card.password.edit, "not the password at all")
    qtbot.keyClick(screen.sign_panel._card.password.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not screen.sign_panel.waiting, timeout=10_000)
    assert screen.sign_panel.isVisible()
    assert not permitted(clinic)


def test_others_read_who_may_switch_and_have_no_button(show):
    screen = show("NUR-04")
    assert not screen.switch.isVisible()
    assert "principal investigator" in screen._why.text()


@pytest.mark.parametrize("key", list(TABLES))
def test_each_list_of_the_study_is_a_sound_model_with_rows(clinic, key):
    model = TABLES[key](clinic.session("NUR-04").study)
    ModelTester(None).check(model)
    assert model.rowCount() > 3


def test_every_limit_is_shown_with_its_source(clinic):
    study = clinic.session("NUR-04").study
    model = TABLES["limits"](study)
    assert model.rowCount() == len(study.settings)
    assert all(model.row(place)[3] for place in range(model.rowCount()))


def test_a_rater_has_no_such_place(clinic):
    session = clinic.session("RAT-02")
    assert "study" not in [entry.key for entry in places.rail_entries(session)]
    with pytest.raises(Refused):
        places.study_screen(session, Visited().navigator(), Tasks())


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 100), ("pl", 150)])
@pytest.mark.parametrize("section", ["overview", *TABLES])
def test_nothing_is_cut(clinic, qtbot, section, language, scale):
    def make() -> StudyScreen:
        tasks = Tasks()
        screen = StudyScreen(clinic.session("PI-01"), Visited().navigator(), tasks)
        screen.tasks_of_test = tasks
        screen.open_section(section)
        return screen

    assert faults_of(qtbot, make, ROOM, language, scale, lambda _screen: True) == []


@pytest.mark.requirement("R-VAL-2")
def test_the_versions_that_were_in_force_and_who_signed_them_are_shown(show, clinic, qtbot):
    screen = show("MON-01")
    card = screen.findChild(QWidget, "study/versions")
    told = [one.text() for one in card.findChildren(QLabel)]
    study = clinic.session("MON-01").study
    assert f"{study.version_label} · {study.version[:12]}" in told
    assert "Since Monday 23 November 2026, 09:30. Signed by ADMIN 01, PI 01." in told
