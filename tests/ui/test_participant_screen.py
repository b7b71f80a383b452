"""One participant's page: forms by visit, the timeline, EDSS, booking and starting."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from tests.ui.screen_help import (
    Visited,
    been_read,
    booked_today,
    cut_cells,
    faults_of,
    screened,
)

from msclinic.domain.values import Code
from msclinic.services.edss_history import edss_history
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.signing import add_signature
from msclinic.services.visits import participant_visits
from msclinic.ui.participants.forms_grid import FormsGrid, FormsModel
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.tasks import Tasks

ROOM = (1366 - 120, 768 - 60 - 96)


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str, participant: str) -> ParticipantScreen:
        tasks = Tasks()
        screen = ParticipantScreen(clinic.session(account), visited.navigator(), tasks, participant)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        been_read(qtbot, screen)
        return screen

    return make


def rated(clinic, participant: str, visit: str, step: str, *, signed: bool = True) -> None:
    rater = clinic.session("RAT-02")
    entry = FormEntry(rater, participant, visit, "edss")
    entry.answer(entry.ref("RSDTC"), clinic.clock.now())
    entry.answer(entry.ref("EDSS"), Code(step))
    if signed:
        with recording(rater) as act:
            add_signature(act, participant, f"{visit}/1/edss/1", "exam")


def cell(screen: ParticipantScreen, title: str, visit: str):
    model = screen.grid.model()
    assert isinstance(model, FormsModel)
    for at in range(model.rowCount()):
        if model.index(at, 0).data() == title:
            for place in range(1, model.columnCount()):
                found = model.cell(model.index(at, place))
                if found is not None and found.visit == visit:
                    return model.index(at, place), found
    raise AssertionError(f"no {title} at {visit}")


def words(screen) -> str:
    return " | ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def test_enter_on_a_form_opens_it(show, clinic, visited, qtbot):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    index, _ = cell(screen, "Consent", "SCR")
    screen.grid.setCurrentIndex(index)
    qtbot.keyClick(screen.grid, Qt.Key.Key_Return)
    assert visited.places == [("form", participant, "SCR", "1", "consent", "1")]


def test_states_of_forms_are_words(show, clinic):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    assert cell(screen, "Vital signs", "SCR")[1].look.word == "missing"
    assert cell(screen, "Consent", "SCR")[1].look.word == "unsigned"
    assert cell(screen, "Consent", "V1")[1].look.word == "planned"


def test_a_form_of_a_visit_not_begun_offers_that_visit(show, clinic, visited):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    screen.grid.chosen.emit(cell(screen, "Consent", "V2")[1])
    assert visited.places == []
    assert screen.visit_box is not None
    assert screen.visit_box.visit.code == "V2"


def test_booking_takes_a_day_and_a_chair(show, clinic, visited, qtbot):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    box = screen.visit_box
    assert box is not None
    box.fold(False)
    box.day.edit.selectAll()
    qtbot.keyClicks(box.day.edit, "25112026")
    qtbot.keyClick(box.day.edit, Qt.Key.Key_Return)
    assert "Choose the chair first." in words(screen)
    box.chairs.choose("3")
    box._book.click()

    def booked() -> bool:
        visits = participant_visits(clinic.session("CRC-01"), participant)
        found = next(visit for visit in visits if visit.code == "V1")
        return (found.status, found.chair) == ("booked", 3)

    qtbot.waitUntil(booked)


def test_leaving_the_day_books_nothing(show, clinic, qtbot):
    participant = screened(clinic, 7)
    screen = show("CRC-01", participant)
    box = screen.visit_box
    assert box is not None
    box.fold(False)
    box.chairs.choose("3")
    qtbot.keyClicks(box.day.edit, "25112026")
    box.chairs.setFocus()
    visits = participant_visits(clinic.session("CRC-01"), participant)
    assert next(visit for visit in visits if visit.code == "V1").status == "planned"


def test_starting_a_booked_visit_puts_the_run_first(show, clinic, visited, qtbot):
    participant = booked_today(clinic, 7, 2)
    screen = show("NUR-04", participant)
    box = screen.visit_box
    assert box is not None
    box._start.click()
    qtbot.waitUntil(lambda: screen.findChild(QPushButton, "participant/run") is not None)
    assert screen.identity is not None
    assert screen.identity.chair == 2
    screen.findChild(QPushButton, "participant/run").click()
    assert visited.places == [("run", participant, "V1")]


def test_a_monitor_reads_and_is_offered_nothing_to_start(show, clinic):
    participant = booked_today(clinic, 7, 2)
    screen = show("MON-01", participant)
    box = screen.visit_box
    assert box is not None
    assert not box._start.isVisible()
    assert not box._book.isVisible()


def test_only_signed_steps_are_in_the_edss_trend(clinic):
    participant = screened(clinic, 7)
    rated(clinic, participant, "SCR", "4.5")
    clinic.clock.turn(timedelta(days=1))
    rated(clinic, participant, "V1", "5.0", signed=False)
    trend = edss_history(clinic.session("PHY-01"), participant)
    assert [(point.visit, str(point.step)) for point in trend.points] == [("SCR", "4.5")]
    assert str(trend.threshold) == "5.5"


def test_above_the_limit_half_a_step_counts_as_worsening(clinic):
    participant = screened(clinic, 7)
    rated(clinic, participant, "SCR", "6.0")
    assert str(edss_history(clinic.session("PHY-01"), participant).threshold) == "6.5"


@pytest.mark.parametrize("account", ["RAT-02", "PREP-01", "ADMIN-01"])
def test_who_may_not_read_exams_gets_no_trend(clinic, account):
    participant = screened(clinic, 7)
    rated(clinic, participant, "SCR", "4.5")
    assert edss_history(clinic.session(account), participant).points == ()


def test_a_preparer_sees_the_release_and_no_outcome(show, clinic):
    participant = booked_today(clinic, 7, 2)
    rated(clinic, participant, "SCR", "4.5")
    screen = show("PREP-01", participant)
    model = screen.grid.model()
    assert [model.index(at, 0).data() for at in range(model.rowCount())] == ["Product release"]
    assert not screen.course.chart.isVisible()


def test_the_grid_is_a_sound_model(show, clinic, qtmodeltester):
    screen = show("CRC-01", screened(clinic, 7))
    qtmodeltester.check(screen.grid.model())


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 100), ("pl", 150)])
def test_nothing_of_the_page_is_cut(qtbot, clinic, visited, language, scale):
    participant = booked_today(clinic, 7, 2)
    rated(clinic, participant, "SCR", "4.5")
    shown = []

    def make() -> ParticipantScreen:
        screen = ParticipantScreen(
            clinic.session("CRC-01"), visited.navigator(), tasks, participant
        )
        shown.append(screen)
        return screen

    tasks = Tasks()
    faults = faults_of(
        qtbot, make, ROOM, language, scale, lambda screen: not screen.reading.waiting
    )
    assert (
        faults + [one for grid in shown[0].findChildren(FormsGrid) for one in cut_cells(grid)] == []
    )
