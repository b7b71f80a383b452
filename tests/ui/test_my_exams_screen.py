"""The first screen of a rater and of an assessor: their own forms, visit by visit."""

from datetime import date

import pytest
from PySide6.QtWidgets import QLabel
from tests.ui.screen_help import Visited, booked_today, faults_of

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.participants import find_participant
from msclinic.services.visits import book_visit
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.forms.standing import sign_request
from msclinic.ui.neuro.my_exams import MyExamsScreen
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

ROOM = (1366 - 120, 768 - 60)
TESTS = {"t25fw", "nhpt", "sdmt"}


@pytest.fixture
def visited() -> Visited:
    return Visited()


def made(clinic, visited, account: str) -> MyExamsScreen:
    tasks = Tasks()
    screen = MyExamsScreen(clinic.session(account), visited.navigator(), tasks)
    screen.tasks_of_test = tasks
    return screen


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str) -> MyExamsScreen:
        screen = made(clinic, visited, account)
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: bool(screen.exams))
        return screen

    return make


def button_of(screen: MyExamsScreen, visit: str, form: str):
    place = next(
        at for at, one in enumerate(screen.exams) if (one.visit, one.form) == (visit, form)
    )
    return next(one for one in screen.buttons if one.property("place") == place)


def test_an_assessor_finds_the_tests_of_todays_visit_in_the_schedules_order(show, clinic):
    booked_today(clinic, 7, 1)
    screen = show("ASSESSOR-01")
    order = [planned.form for planned in clinic.session("NUR-04").study.visit("V1").forms]
    todays = [one.form for one in screen.exams if one.visit == "V1"]
    assert set(todays) >= TESTS
    assert todays == [form for form in order if form in todays]


def test_a_test_opens_as_its_form(show, clinic, visited):
    participant = booked_today(clinic, 7, 1)
    screen = show("ASSESSOR-01")
    button_of(screen, "V1", "t25fw").click()
    assert visited.places == [("form", participant, "V1", "1", "t25fw", "1")]


def test_a_rater_finds_the_exam_and_it_opens_as_the_exam(show, clinic, visited):
    participant = booked_today(clinic, 7, 1)
    screen = show("RAT-02")
    button_of(screen, "V1", "edss").click()
    assert visited.places == [("exam", participant, "V1", "1")]


@pytest.mark.parametrize("account", ["RAT-02", "ASSESSOR-01"])
def test_the_screen_tells_nothing_of_infusions_chairs_or_other_forms(show, clinic, account):
    booked_today(clinic, 7, 1)
    screen = show(account)
    words = " ".join(one.text() for one in screen.findChildren(QLabel)).casefold()
    study = clinic.session("NUR-04").study
    hidden = [
        form.title.text("en").casefold()
        for form in study.forms.values()
        if not clinic.session(account).may(f"enter:{form.oid}")
    ]
    assert "infusion" not in words
    assert "chair" not in words
    assert [title for title in hidden if title in words] == []


@pytest.mark.parametrize("language", ["en", "pl"])
def test_a_form_of_a_rater_names_its_month_and_never_an_infusion(qtbot, clinic, visited, language):
    participant = booked_today(clinic, 7, 1)
    book_visit(clinic.session("CRC-01"), participant, "V2", date(2027, 2, 24), 1)
    set_language(language)
    session, go = clinic.session("ASSESSOR-01"), visited.navigator()
    screen = FormScreen(session, go, Tasks(), participant, "V2", "1", "t25fw", "1")
    qtbot.addWidget(screen)
    asked = sign_request(screen.entry, screen.way.standing, "", screen.identity)
    said = [one.text() for one in screen.findChildren(QLabel)]
    said += [str(screen.identity), asked.title, asked.subtitle, *asked.lines]
    assert "V2" in " ".join(said)
    assert not [words for words in said if "infu" in words.casefold()]


def test_a_test_begun_says_so(show, clinic):
    participant = booked_today(clinic, 7, 1)
    assert participant == find_participant(clinic.session("CRC-01"), "PL01-007")
    entry = FormEntry(clinic.session("ASSESSOR-01"), participant, "V1", "t25fw")
    entry.answer(entry.ref("FTPERF"), Code("Y"))
    screen = show("ASSESSOR-01")
    state = {(one.visit, one.form): one.state for one in screen.exams}
    assert state["V1", "t25fw"] == "in_progress"


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 100), ("pl", 150)])
@pytest.mark.parametrize("account", ["RAT-02", "ASSESSOR-01"])
def test_nothing_is_cut(clinic, visited, qtbot, account, language, scale):
    booked_today(clinic, 7, 1)

    def ready(screen: MyExamsScreen) -> bool:
        return bool(screen.exams)

    faults = faults_of(qtbot, lambda: made(clinic, visited, account), ROOM, language, scale, ready)
    assert faults == []
