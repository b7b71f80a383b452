"""Open queries on the participant's page, and a rater's own on the rater's first screen."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import press, settle, type_in
from tests.ui.screen_help import Visited, screened

from msclinic.domain.queries import ANSWERED
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.queries import participant_queries, raise_query, say
from msclinic.ui.neuro.my_exams import MyExamsScreen
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets import Button, TextField
from msclinic.wording import set_language

SEX = "Is the sex as in the source?"
SHOES = "Which shoes?"
SIZE = (1280, 700)


@pytest.fixture
def participant(clinic):
    return screened(clinic, 7)


@pytest.fixture
def visited():
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(kind, account, *more):
        screen = kind(clinic.session(account), visited.navigator(), Tasks(), *more)
        qtbot.addWidget(screen)
        screen.resize(*SIZE)
        screen.show()
        screen.activateWindow()
        qtbot.waitUntil(screen.tasks.idle)
        settle()
        return screen

    return make


def words(widget):
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def asked(clinic, participant):
    """A query on demography and one on a timed test; gives both keys."""
    monitor = clinic.session("MON-01")
    demography = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    walk = FormEntry(clinic.session("RAT-02"), participant, "SCR", "t25fw")
    walk.answer(walk.ref("T25FW_NOTE"), "calm")
    first = raise_query(monitor, participant, demography.path(demography.ref("SEX")), SEX)
    second = raise_query(monitor, participant, walk.path(walk.ref("T25FW_NOTE")), SHOES)
    return first, second


def test_the_participants_page_counts_open_queries_and_goes_to_the_field(
    clinic, participant, show, visited
):
    first, _ = asked(clinic, participant)
    page = show(ParticipantScreen, "CRC-01", participant)
    said = words(page.side)
    assert "2 open queries" in said
    page.findChild(Button, f"participant/query/{first}").click()
    ref = ("person", "1", "SEX")
    assert visited.places == [("form", participant, "SCR", "1", "demography", "1", ref)]


def test_answered_queries_are_not_counted_as_open(clinic, participant, show):
    first, _ = asked(clinic, participant)
    say(clinic.session("CRC-01"), participant, first, "answer", "Yes.")
    page = show(ParticipantScreen, "CRC-01", participant)
    assert "1 open query" in words(page.side)


@pytest.mark.requirement("R-BLD-6", "R-BLD-3")
def test_a_rater_answers_an_own_query_on_the_first_screen_and_sees_no_other(
    qtbot, clinic, participant, show, visited
):
    _, second = asked(clinic, participant)
    screen = show(MyExamsScreen, "RAT-02")
    said = words(screen)
    assert SHOES in said
    assert SEX not in said
    assert "MON" not in said
    screen.findChild(TextField, f"query/{second}").setFocus()
    settle()
    type_in("Flat ones.")
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(screen.tasks.idle)
    settle()
    queries = {one.key: one for one in participant_queries(clinic.session("MON-01"), participant)}
    assert (queries[second].status, queries[second].text) == (ANSWERED, "Flat ones.")
    assert SHOES not in words(screen)


def test_a_rater_opens_the_form_of_a_query_even_of_an_exam(clinic, participant, show, visited):
    exam = FormEntry(clinic.session("RAT-02"), participant, "SCR", "edss")
    exam.answer(exam.ref("FS_PYRAMIDAL"), Code("3"))
    scope = exam.path(exam.ref("FS_PYRAMIDAL"))
    key = raise_query(clinic.session("MON-01"), participant, scope, "Both legs?")
    screen = show(MyExamsScreen, "RAT-02")
    screen.findChild(Button, f"query/{key}/open").click()
    assert visited.places == [("exam", participant, "SCR", "1")]


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize(
    ("kind", "account"), [(MyExamsScreen, "RAT-02"), (ParticipantScreen, "CRC-01")]
)
def test_nothing_is_clipped_in_polish(clinic, participant, show, kind, account, scale):
    asked(clinic, participant)
    set_language("pl")
    apply_theme(QApplication.instance(), "light", scale)
    more = (participant,) if kind is ParticipantScreen else ()
    page = show(kind, account, *more)
    for _ in range(8):
        settle()
    assert clipping_faults(page, SIZE) == []
