"""Data review: the monitor marks, the investigator sees what hinders, locks and unlocks."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.modeltest import ModelTester
from tests.called import KEY, VISIT, called, sign_call
from tests.clinic import PASSWORDS
from tests.ui.forms_bench import press, settle
from tests.ui.screen_help import Visited, faults_of

from msclinic.services.data_locks import lock, lock_state
from msclinic.services.entry import FormEntry
from msclinic.services.session import Refused
from msclinic.services.sign_off import sign_visit
from msclinic.services.source_verification import form_marks
from msclinic.ui.data_review.screen import DataReviewScreen
from msclinic.ui.places import rail_entries, review_screen
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets import Button

ROOM = (1366 - 120, 768 - 60)
PREFIX = f"{VISIT}/{KEY}/call/1"


@pytest.fixture
def participant(clinic):
    return clinic.enrol(1)


@pytest.fixture
def visited():
    return Visited()


def ready(screen):
    return not screen.reading.waiting and screen.tasks.idle()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account):
        screen = DataReviewScreen(clinic.session(account), visited.navigator(), Tasks())
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: ready(screen))
        settle()
        return screen

    return make


def choose(screen, prefix):
    rows = [screen.model.row(place).prefix for place in range(screen.model.rowCount())]
    screen.table.selectRow(rows.index(prefix))
    settle()


def click(qtbot, screen, name):
    button = screen.findChild(Button, f"review/{name}")
    button.setFocus()
    press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: ready(screen))
    settle()


def words(widget):
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def test_the_monitor_marks_a_form_and_it_leaves_the_list_of_what_is_left(
    qtbot, clinic, participant, show
):
    called(clinic, participant)
    screen = show("MON-01")
    assert screen._filter == "unverified"
    choose(screen, PREFIX)
    click(qtbot, screen, "verify")
    marks = form_marks(clinic.session("MON-01"), participant, PREFIX)
    assert len(marks.verified) == marks.total == 5
    rows = [screen.model.row(place).prefix for place in range(screen.model.rowCount())]
    assert PREFIX not in rows


@pytest.mark.requirement("R-DAT-8")
def test_the_investigator_sees_what_hinders_and_goes_there(
    qtbot, clinic, participant, show, visited
):
    called(clinic, participant)
    screen = show("PI-01")
    choose(screen, PREFIX)
    click(qtbot, screen, "lock_form")
    assert "1 point still hinders" in words(screen.detail)
    assert screen.findChild(Button, "review/lock") is None
    click(qtbot, screen, "point_0")
    assert visited.places == [("form", participant, VISIT, KEY, "call", "1", None)]


@pytest.mark.requirement("R-DAT-8")
def test_a_finished_form_is_locked_and_unlocked_with_reason_and_password(
    qtbot, clinic, participant, show
):
    sign_call(clinic, called(clinic, participant))
    pi = clinic.session("PI-01")
    screen = show("PI-01")
    choose(screen, PREFIX)
    click(qtbot, screen, "lock_form")
    click(qtbot, screen, "lock")
    assert lock_state(pi, participant, PREFIX).scope == PREFIX
    choose(screen, PREFIX)
    assert "Form locked" in words(screen.detail)
    screen.detail._password.edit.setText(PASSWORDS["PI-01"])
    click(qtbot, screen, "unlock")
    assert "The reason is missing." in words(screen.detail)
    screen.detail._reason.edit.setText("A corrected report came.")
    screen.detail._password.edit.setText(PASSWORDS["PI-01"])
    click(qtbot, screen, "unlock")
    state = lock_state(pi, participant, PREFIX)
    assert (state.locked, state.reason) == (False, "A corrected report came.")


def test_a_visit_is_locked_from_any_of_its_forms(qtbot, clinic, participant, show):
    sign_call(clinic, called(clinic, participant))
    pi = clinic.session("PI-01")
    sign_visit(pi, participant, VISIT, KEY, PASSWORDS["PI-01"])
    screen = show("PI-01")
    choose(screen, PREFIX)
    click(qtbot, screen, "lock_visit")
    click(qtbot, screen, "lock")
    assert lock_state(pi, participant, PREFIX).scope == f"{VISIT}/{KEY}"


def test_forms_outside_the_visits_offer_no_lock_of_their_visit(clinic, participant, show):
    event = FormEntry(clinic.session("PHY-01"), participant, "LOG", "adverse_event", "1", "e" * 16)
    event.answer(event.ref("AETERM"), "headache")
    screen = show("PI-01")
    choose(screen, event.prefix)
    assert screen.findChild(Button, "review/lock_form") is not None
    assert screen.findChild(Button, "review/lock_visit") is None


def test_only_who_compares_or_locks_has_the_place(clinic):
    for account in ("PI-01", "MON-01"):
        assert "review" in [one.key for one in rail_entries(clinic.session(account))]
    for account in ("NUR-04", "CRC-01", "DM-01", "RAT-02", "ADMIN-01"):
        assert "review" not in [one.key for one in rail_entries(clinic.session(account))]
        with pytest.raises(Refused):
            review_screen(clinic.session(account), Visited().navigator(), Tasks())


def test_the_model_keeps_its_promises(clinic, participant, show):
    called(clinic, participant)
    ModelTester(show("PI-01").model)


def test_escape_leads_back_to_the_list(qtbot, clinic, participant, show):
    called(clinic, participant)
    screen = show("PI-01")
    qtbot.keyClick(screen.table, Qt.Key.Key_Return)
    settle()
    assert screen.detail.isAncestorOf(QApplication.focusWidget())
    press(Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is screen.table


@pytest.mark.parametrize("scale", [100, 150])
@pytest.mark.parametrize("account", ["MON-01", "PI-01"])
def test_nothing_is_clipped_in_polish(qtbot, clinic, participant, account, scale):
    entry = called(clinic, participant)
    sign_call(clinic, entry)
    lock(clinic.session("PI-01"), participant, PREFIX)

    def make():
        return DataReviewScreen(clinic.session(account), Visited().navigator(), Tasks())

    assert faults_of(qtbot, make, ROOM, "pl", scale, ready) == []
