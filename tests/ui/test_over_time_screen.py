"""One participant over time on the screen: panels by key, the picture, words, the document."""

from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QLabel, QPushButton
from tests.clinic import Clinic
from tests.course import course
from tests.ui.clipping import clipping_faults
from tests.ui.screen_help import Visited, screened

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.session import Refused
from msclinic.ui import places
from msclinic.ui.participants.over_time import ALL, OverTimeScreen
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Kind, Tasks
from msclinic.wording import set_language

ROOM = (1366 - 80, 768 - 40 - 64)


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    made: list[OverTimeScreen] = []

    def opening(account: str, participant: str) -> OverTimeScreen:
        tasks = Tasks()
        screen = OverTimeScreen(clinic.session(account), visited.navigator(), tasks, participant)
        qtbot.addWidget(screen)
        screen.resize(*ROOM)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(tasks.idle, timeout=20_000)
        qtbot.waitUntil(screen.isActiveWindow)
        made.append(screen)
        return screen

    yield opening
    for screen in made:
        screen.tasks.wait()


def keys(screen: OverTimeScreen) -> list[str]:
    return [button.step.key for button in screen.steps._buttons]


def words(screen) -> str:
    return " | ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def test_everything_is_shown_first_and_the_keys_walk_the_panels(show, clinic, qtbot):
    screen = show("CRC-01", course(clinic))
    assert keys(screen) == [
        ALL,
        "edss",
        "timed_tests",
        "questionnaires",
        "laboratory",
        "biomarkers",
        "events",
    ]
    assert screen.current == ALL
    first = screen.steps._buttons[0]
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    qtbot.keyClick(first, Qt.Key.Key_Down)
    second = screen.steps._buttons[1]
    qtbot.waitUntil(second.hasFocus)
    qtbot.keyClick(second, Qt.Key.Key_Return)
    assert screen.current == "edss"
    qtbot.waitUntil(lambda: "EDSS, rater" in words(screen))
    assert "Pneumonia" not in words(screen)


def test_the_picture_says_each_series_as_a_sentence(show, clinic):
    screen = show("CRC-01", course(clinic))
    spoken = QAccessible.queryAccessibleInterface(screen.chart)
    said = spoken.text(QAccessible.Text.Description)
    assert "Timed 25-foot walk, Mean of both trials, s (at V1: 6.25 s): " in said
    assert "V2 Unable because of MS (no value, a signature is missing, day of the visit)" in said
    assert "Event 3, Pneumonia: serious, grade 3 severe" in said
    assert spoken.text(QAccessible.Text.Name) == "Participant over time"


def test_the_picture_is_as_high_as_its_strips_and_scrolls(show, clinic, qtbot):
    screen = show("CRC-01", course(clinic))
    everything = screen.chart.height()
    assert everything > ROOM[1]
    screen.choose("edss")
    qtbot.waitUntil(lambda: screen.chart.height() < everything)
    screen.choose(ALL)
    bar = screen._area.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 0)
    screen._area.setFocus()
    qtbot.keyClick(screen._area, Qt.Key.Key_PageDown)
    assert bar.value() > 0


def test_the_laboratory_sees_its_own_panels_and_no_others(show, clinic):
    participant = course(clinic)
    screen = show("LAB-01", participant)
    assert keys(screen) == [ALL, "laboratory", "biomarkers"]
    assert "Pneumonia" not in screen.chart.accessibleDescription()


@pytest.mark.parametrize("account", ["RAT-02", "ADMIN-01", "PREP-01"])
def test_roles_without_any_of_it_get_no_screen(clinic, visited, account):
    participant = clinic.enrol(7)
    with pytest.raises(Refused):
        places.over_time_screen(clinic.session(account), visited.navigator(), Tasks(), participant)


def test_a_participant_without_values_says_what_to_do_first(show, clinic, visited):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    assert "Nothing to draw yet" in words(screen)
    button = next(b for b in screen.pane.findChildren(QPushButton) if b.isVisible())
    button.click()
    assert visited.places == [("participant", participant)]


def test_a_fault_while_reading_is_said_and_can_be_tried_again(show, clinic, qtbot, visited):
    screen = show("CRC-01", course(clinic))
    known, screen.participant = screen.participant, "nobody"
    screen.reload()
    qtbot.waitUntil(screen.tasks.idle)
    assert "There is no such participant at this site." in words(screen)
    screen.participant = known
    button = next(b for b in screen.pane.findChildren(QPushButton) if b.isVisible())
    button.click()
    qtbot.waitUntil(screen.tasks.idle)
    assert "In words" in words(screen)


def test_the_document_is_shown_and_a_copy_is_whole(show, clinic, qtbot, tmp_path: Path):
    screen = show("CRC-01", course(clinic))
    with qtbot.waitSignal(screen.preview.shown, timeout=20_000):
        screen._document.click()
    assert screen.preview.isVisible()
    qtbot.waitUntil(screen._save.isEnabled)
    copy = tmp_path / "copy.pdf"
    screen.save_copy(copy)
    qtbot.waitUntil(copy.exists)
    qtbot.waitUntil(screen.tasks.idle)
    with pypdfium2.PdfDocument(copy) as pdf:
        assert "Participant over time" in pdf[0].get_textpage().get_text_bounded()
    screen._document.click()
    assert screen.chart.isVisible()
    assert not screen._save.isVisible()


def test_what_changes_elsewhere_is_read_again(show, clinic, qtbot):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    assert not screen.chart.isVisible()
    entry = FormEntry(clinic.session("RAT-02"), participant, "SCR", "edss")
    entry.answer(entry.ref("EDSS"), Code("4.5"))
    screen.refresh(frozenset({Kind.ANSWERS}))
    qtbot.waitUntil(screen.tasks.idle)
    qtbot.waitUntil(screen.chart.isVisible)
    assert "4.5" in screen.chart.accessibleDescription()


def test_leaving_drops_what_was_shown(show, clinic):
    screen = show("CRC-01", course(clinic))
    screen.release()
    assert screen.chart.accessibleDescription() == ""
    assert keys(screen) == []


def test_the_participant_page_leads_here_for_roles_that_may(qtbot, clinic, visited):
    participant = screened(clinic, 7)
    found, pages = {}, []
    for account in ("CRC-01", "PREP-01"):
        page = ParticipantScreen(clinic.session(account), visited.navigator(), Tasks(), participant)
        qtbot.addWidget(page)
        pages.append(page)
        found[account] = page.findChild(QPushButton, "participant/over_time")
    assert found["PREP-01"] is None
    found["CRC-01"].click()
    assert visited.places == [("over_time", participant)]


@pytest.mark.parametrize("scale", [100, 150, 200])
@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_is_clipped(qtbot, clinic: Clinic, visited, tmp_path, language, scale):
    application = QApplication.instance()
    participant = course(clinic)
    set_language(language)
    apply_theme(application, "light", scale)
    tasks = Tasks()
    screen = OverTimeScreen(clinic.session("CRC-01"), visited.navigator(), tasks, participant)
    qtbot.addWidget(screen)
    room = (1366 - 80 * scale // 100, 768 - 104 * scale // 100)
    screen.resize(*room)
    screen.show()
    qtbot.waitUntil(tasks.idle, timeout=20_000)
    for _ in range(8):
        application.processEvents()
    assert clipping_faults(screen, room) == []
    screen._document.click()
    qtbot.waitUntil(tasks.idle, timeout=20_000)
    assert clipping_faults(screen, room) == []
