"""The worklist: filtered, walked by keys, opened at the field that asks."""

from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from tests.clinic import PASSWORDS
from tests.ui.screen_help import Visited, faults_of, screened

from msclinic.services.entry import FormEntry
from msclinic.services.signing import sign
from msclinic.services.worklist import KINDS
from msclinic.ui.tasks import Tasks
from msclinic.ui.worklist.model import kind_word
from msclinic.ui.worklist.screen import WorklistScreen

ROOM = (1366 - 120, 768 - 60)


@pytest.fixture
def visited() -> Visited:
    return Visited()


def ready(screen: WorklistScreen) -> bool:
    return not screen.reading.waiting


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str = "CRC-01") -> WorklistScreen:
        tasks = Tasks()
        screen = WorklistScreen(clinic.session(account), visited.navigator(), tasks)
        screen.tasks_of_test = tasks
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: ready(screen))
        return screen

    return make


def asking(clinic) -> str:
    participant = screened(clinic, 7)
    clinic.clock.turn(timedelta(minutes=1))
    entry = FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1980)
    return participant


def test_enter_on_a_question_opens_the_form_at_its_item(show, clinic, visited, qtbot):
    participant = asking(clinic)
    screen = show()
    screen.kinds.opened.emit("finding")
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    assert visited.places == [
        ("form", participant, "SCR", "1", "demography", "1", ("person", "1", "BRTHYY"))
    ]


def test_typing_a_code_leaves_that_participants_points(show, clinic, qtbot):
    asking(clinic)
    screened(clinic, 11)
    screen = show()
    both = screen.model.rowCount()
    qtbot.keyClicks(screen.search.edit, "011")
    assert 0 < screen.model.rowCount() < both
    codes = {screen.model.row(place).code for place in range(screen.model.rowCount())}
    assert codes == {"PL01-011"}


def test_the_chosen_point_is_explained_beside_the_list(show, clinic):
    asking(clinic)
    screen = show()
    screen.kinds.opened.emit("finding")
    assert "Why was this" in screen._detail._says.text()
    assert "PL01-007" in screen._detail._where.text()


def test_where_nothing_waits_the_screen_says_so(show):
    screen = show()
    assert screen.pane.isVisible()
    assert screen.model.rowCount() == 0


def test_the_list_is_a_sound_model(show, clinic, qtbot):
    asking(clinic)
    screen = show()
    ModelTester(None).check(screen.model)


@pytest.mark.parametrize(
    ("language", "scale"), [("en", 100), ("pl", 100), ("pl", 150), ("pl", 200)]
)
def test_nothing_is_cut(clinic, visited, qtbot, language, scale):
    asking(clinic)

    def make() -> WorklistScreen:
        tasks = Tasks()
        screen = WorklistScreen(clinic.session("CRC-01"), visited.navigator(), tasks)
        screen.tasks_of_test = tasks
        return screen

    assert faults_of(qtbot, make, ROOM, language, scale, ready) == []


def test_every_row_says_its_kind_in_a_word(show, clinic):
    asking(clinic)
    screen = show()
    model = screen.model
    said = {model.index(place, 1).data() for place in range(model.rowCount())}
    assert {"Answer to settle", "Missing form"} <= said
    assert said <= {kind_word(kind) for kind in KINDS}


@pytest.mark.requirement("R-SIG-6")
def test_what_waits_for_ones_own_signature_is_listed_by_itself(show, qtbot, clinic):
    participant = screened(clinic, 7)
    scope = "SCR/1/demography/1"
    sign(clinic.session("CRC-01"), participant, scope, "form_entered", PASSWORDS["CRC-01"])
    shown = {}
    for account in ("CRC-01", "PHY-01"):
        screen = show(account)
        qtbot.waitUntil(lambda screen=screen: screen.model.rowCount() > 0)
        screen.kinds.opened.emit("mine")
        rows = [screen.model.row(at) for at in range(screen.model.rowCount())]
        shown[account] = {(one.form.form, one.meanings) for one in rows}
    assert ("demography", ("form_reviewed",)) not in shown["CRC-01"]
    assert ("demography", ("form_reviewed",)) in shown["PHY-01"]
    assert ("consent", ("form_entered", "form_reviewed")) in shown["CRC-01"]
