"""The list of participants: found, opened, enrolled; and which role comes to it at all."""

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from tests.ui.screen_help import Visited, cut_cells, faults_of, screened

from msclinic.services.participants import enrol, find_participant
from msclinic.services.session import Refused
from msclinic.ui import places
from msclinic.ui.participants.list_model import AT_ONCE
from msclinic.ui.participants.list_screen import ParticipantsScreen
from msclinic.ui.tasks import Tasks

ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str) -> ParticipantsScreen:
        tasks = Tasks()
        screen = ParticipantsScreen(clinic.session(account), visited.navigator(), tasks)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: not screen.reading.waiting)
        return screen

    return make


def test_typing_a_part_of_the_code_and_enter_opens_the_participant(show, clinic, visited, qtbot):
    screened(clinic, 3)
    wanted = screened(clinic, 11)
    screen = show("NUR-04")
    qtbot.keyClicks(screen.search.edit, "011")
    qtbot.keyClick(screen.search.edit, Qt.Key.Key_Return)
    assert visited.places == [("participant", wanted)]


def test_down_and_enter_open_from_the_list(show, clinic, visited, qtbot):
    first = screened(clinic, 3)
    screen = show("NUR-04")
    qtbot.keyClick(screen.search.edit, Qt.Key.Key_Down)
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert visited.places == [("participant", first)]


def test_a_coordinator_enrols_with_a_number_and_enter(show, clinic, visited, qtbot):
    screen = show("CRC-01")
    screen._enrol.click()
    qtbot.keyClicks(screen.number.edit, "7")
    qtbot.keyClick(screen.number.edit, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: bool(visited.places))
    participant = find_participant(clinic.session("CRC-01"), "PL01-007")
    assert visited.places == [("participant", participant)]


def test_a_number_given_before_is_refused_beside_the_field(show, clinic, visited, qtbot):
    screened(clinic, 7)
    screen = show("CRC-01")
    screen._enrol.click()
    screen.number.edit.setText("7")
    screen._confirm.click()
    qtbot.waitUntil(screen._problem.isVisible)
    assert "already a participant" in screen._problem.text()
    assert visited.places == []


def test_leaving_the_number_enrols_nobody(show, clinic, visited, qtbot):
    screen = show("CRC-01")
    screen._enrol.click()
    qtbot.keyClicks(screen.number.edit, "7")
    screen._cancel.setFocus()
    screen._cancel.click()
    assert visited.places == []
    assert not screen._card.isVisible()


def test_a_nurse_is_not_offered_enrolment(show):
    assert not show("NUR-04")._enrol.isVisible()


def test_an_empty_list_says_what_to_do_first(show):
    screen = show("CRC-01")
    assert screen.pane.isVisible()
    screen.pane.acted.emit()
    assert screen._card.isVisible()


@pytest.mark.parametrize("account", ["RAT-02", "ADMIN-01"])
def test_who_may_not_see_participants_is_refused_and_has_no_such_place(clinic, visited, account):
    session = clinic.session(account)
    participant = screened(clinic, 7)
    keys = [entry.key for entry in places.rail_entries(session)]
    assert "participants" not in keys
    for ask in (
        lambda: places.participants_screen(session, visited.navigator(), Tasks()),
        lambda: places.participant_screen(session, visited.navigator(), Tasks(), participant),
        lambda: places.run_screen(session, visited.navigator(), Tasks(), participant, "V1"),
        lambda: places.documents_screen(session, visited.navigator(), Tasks(), participant, "V1"),
    ):
        with pytest.raises(Refused):
            ask()


def test_each_role_has_only_its_places(clinic):
    def keys(account: str) -> list[str]:
        return [entry.key for entry in places.rail_entries(clinic.session(account))]

    assert keys("NUR-04") == ["today", "participants", "worklist", "study", "display"]
    assert keys("MON-01") == [
        "participants",
        "worklist",
        "review",
        "journal",
        "study",
        "people",
        "display",
    ]
    assert keys("PI-01") == [
        "today",
        "participants",
        "worklist",
        "review",
        "journal",
        "study",
        "people",
        "display",
    ]
    assert keys("CRC-01") == [
        "today",
        "participants",
        "worklist",
        "journal",
        "study",
        "backup",
        "display",
    ]
    assert keys("RAT-02") == ["today", "display"]
    assert keys("ADMIN-01") == ["study", "people", "backup", "display"]


def test_the_list_is_a_sound_model(show, clinic, qtmodeltester: ModelTester):
    screened(clinic, 3)
    screened(clinic, 7)
    qtmodeltester.check(show("NUR-04")._model)


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_of_the_list_is_cut(qtbot, clinic, visited, language, scale):
    screened(clinic, 3)
    shown = []

    def make() -> ParticipantsScreen:
        screen = ParticipantsScreen(clinic.session("CRC-01"), visited.navigator(), tasks)
        shown.append(screen)
        screen._offer_enrolment()
        return screen

    tasks = Tasks()
    faults = faults_of(
        qtbot, make, ROOM, language, scale, lambda screen: screen._model.rowCount() == 1
    )
    assert faults + cut_cells(shown[0].table) == []


def test_rows_further_down_are_read_as_they_come_into_view(show, clinic, qtbot):
    coordinator = clinic.session("CRC-01")
    for number in range(1, AT_ONCE + 12):
        enrol(coordinator, number)
    screen = show("CRC-01")
    model = screen._model
    assert model.rowCount() == AT_ONCE + 11
    assert model.row(0).read
    assert model.row(0).visit
    assert not model.row(AT_ONCE + 10).read
    screen.table.scrollToBottom()
    qtbot.waitUntil(lambda: model.row(AT_ONCE + 10).read)
    assert model.row(AT_ONCE + 10).visit == model.row(0).visit
    assert model.row(AT_ONCE + 10).code == f"PL01-{AT_ONCE + 11:03d}"


def test_typing_a_code_from_further_down_reads_that_row(show, clinic, qtbot):
    coordinator = clinic.session("CRC-01")
    for number in range(1, AT_ONCE + 12):
        enrol(coordinator, number)
    screen = show("CRC-01")
    qtbot.keyClicks(screen.search.edit, f"{AT_ONCE + 9:03d}")
    qtbot.waitUntil(lambda: screen._model.row(AT_ONCE + 8).read)
    # 060 never came into view: typing 059 passes by 05x only.
    assert not screen._model.row(AT_ONCE + 9).read
