"""The day: cards, timers, what blocks, and one button to go on."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from tests.infusion_day import play_day
from tests.ui.screen_help import Visited, booked_today, faults_of

from msclinic.services.visits import participant_visits
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.today.screen import TodayScreen

ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str) -> TodayScreen:
        tasks = Tasks()
        screen = TodayScreen(clinic.session(account), visited.navigator(), tasks)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: not screen.reading.waiting)
        QApplication.processEvents()
        return screen

    return make


def texts(screen) -> str:
    return " | ".join(one.text() for one in screen.findChildren(QLabel) if one.isVisible())


def test_an_empty_day_says_what_to_do_first(show, visited):
    screen = show("NUR-04")
    assert "Nobody is expected today" in texts(screen)
    screen.pane.acted.emit()
    assert visited.places == [("participants",)]


def test_a_booked_infusion_starts_in_one_press_and_its_run_is_shown(show, clinic, visited, qtbot):
    participant = booked_today(clinic, 7, 2)
    screen = show("NUR-04")
    [card] = screen.cards
    assert card.button.objectName() == f"today/start/{participant}"
    card.button.click()
    qtbot.waitUntil(lambda: visited.places == [("run", participant, "V1")])
    visit = next(
        one for one in participant_visits(clinic.session("NUR-04"), participant) if one.code == "V1"
    )
    assert (visit.status, visit.chair) == ("open", 2)


def test_a_booked_infusion_without_a_chair_asks_for_one_first(show, clinic, visited):
    participant = booked_today(clinic, 7, None)
    screen = show("NUR-04")
    screen.cards[0].button.click()
    assert visited.places == [("participant", participant)]


def test_a_taken_chair_is_refused_in_words(show, clinic, visited, qtbot):
    first, second = booked_today(clinic, 7, 2), booked_today(clinic, 9, 2)
    screen = show("NUR-04")
    buttons = {card.card.identity.participant: card.button for card in screen.cards}
    buttons[first].click()
    qtbot.waitUntil(lambda: len(visited.places) == 1)
    buttons[second].click()
    qtbot.waitUntil(lambda: len(visited.errors) == 1)
    assert visited.errors[0].code == "chair_taken"


def test_a_running_infusion_counts_down_as_the_clock_ticks(show, clinic):
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "RUNNING")
    screen = show("NUR-04")
    card = next(one for one in screen.cards if one.card.identity.participant == participant)
    before = card._big.text()
    clinic.clock.turn(timedelta(minutes=3))
    screen.tick(clinic.clock.now())
    assert card._big.text() != before
    assert "min" in card._big.text()


def test_what_is_late_says_so(show, clinic):
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "RUNNING")
    clinic.clock.turn(timedelta(minutes=24))
    screen = show("NUR-04")
    said = texts(screen)
    assert "late" in said
    assert "now" in said


def test_a_block_is_said_in_words_on_its_card(show, clinic):
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "ARRIVED")
    screen = show("NUR-04")
    blocked = [one for one in screen.cards if one.card.blocked_by]
    assert [one.card.blocked_by for one in blocked] in (["G1"], [])
    if blocked:
        assert "Blocked: Fit to dose (G1)." in texts(screen)


def test_a_visit_booked_elsewhere_appears(show, clinic, qtbot):
    booked_today(clinic, 7, 2)
    screen = show("NUR-04")
    booked_today(clinic, 9, 1)
    screen.refresh(frozenset({Kind.VISITS}))
    qtbot.waitUntil(lambda: len(screen.cards) == 2)


def test_only_one_button_of_the_day_is_filled(show, clinic):
    for number, chair in ((7, 2), (9, 1), (11, 3)):
        booked_today(clinic, number, chair)
    screen = show("NUR-04")
    assert [card.button._kind for card in screen.cards].count("primary") == 1


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_of_the_day_is_cut(qtbot, clinic, visited, language, scale):
    booked_today(clinic, 9, 1)
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "RUNNING")
    clinic.clock.turn(timedelta(minutes=20))
    tasks = Tasks()
    faults = faults_of(
        qtbot,
        lambda: TodayScreen(clinic.session("NUR-04"), visited.navigator(), tasks),
        ROOM,
        language,
        scale,
        lambda screen: bool(screen.cards),
    )
    assert faults == []
