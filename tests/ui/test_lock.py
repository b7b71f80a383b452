"""Nobody at the window: it hides, it locks, and nothing of what was typed is lost."""

import contextlib
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QWidget
from tests.clinic import PASSWORDS
from tests.infusion_day import day_steps

from msclinic.app.settings import Settings
from msclinic.services.entry import FormEntry
from msclinic.ui.absence import Curtain
from msclinic.ui.demo.hands import Hands
from msclinic.ui.editors import ItemEditor
from msclinic.ui.entrance.chair_timers import ChairTimers
from msclinic.ui.infusion.screen import RunScreen
from msclinic.ui.today.taps_bar import TapsBar
from msclinic.ui.widgets import Button, ChairBadge
from msclinic.ui.window import Window

MINUTE = timedelta(minutes=1)


@pytest.fixture
def hands(qtbot, clinic):
    window = Window(clinic.home, clinic.clock, Settings())
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    assert QTest.qWaitForWindowActive(window)
    made = Hands(window, clinic.clock, PASSWORDS)
    made.settle()
    yield made
    window.close()
    made.settle()


@pytest.fixture
def running(clinic):
    """A participant whose infusion runs at chair 2."""
    participant = clinic.enrol(7)
    for state in day_steps(clinic, participant, "V1"):
        if state == "RUNNING":
            break
    clinic.close()
    return participant


def idle(hands, minutes):
    hands.clock.turn(minutes * MINUTE)
    hands.window.tick()
    hands.settle()


def curtain(hands):
    return next((one for one in hands.window.findChildren(Curtain) if one.isVisible()), None)


def shown_words(widget):
    return " ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def painted_words(widget):
    return " ".join(one.accessibleName() for one in widget.findChildren(QWidget))


def editor(hands, item):
    shown = hands.page.findChildren(ItemEditor)
    return next(one for one in shown if one.item.oid == item)


def weight_form(hands, clinic):
    participant = clinic.enrol(1)
    clinic.close()
    hands.sign_in("NUR-04")
    hands.window.show_form(participant, "SCR", "1", "vital_signs", "1")
    hands.settle()
    return participant


@pytest.mark.requirement("R-SEC-1")
def test_without_a_running_timer_the_window_locks_after_ten_minutes(hands):
    hands.sign_in("NUR-04")
    idle(hands, 10)
    assert hands.window.session is not None
    assert curtain(hands) is None
    idle(hands, 0.1)
    assert hands.window.session is None


@pytest.mark.requirement("R-SEC-1")
def test_while_an_infusion_runs_it_hides_after_ten_minutes_and_locks_after_thirty(hands, running):
    hands.sign_in("NUR-04")
    hands.window.show_run(running, "V1")
    hands.settle()
    idle(hands, 10.1)
    hidden = curtain(hands)
    assert hands.window.session is not None
    assert hidden.geometry() == hands.window.rect()
    in_front = hands.window.childAt(hands.window.rect().center())
    assert in_front is hidden or hidden.isAncestorOf(in_front)
    assert any(badge.isVisible() for badge in hidden.findChildren(ChairBadge))
    assert "PL01" not in shown_words(hidden)
    idle(hands, 19.8)
    assert hands.window.session is not None
    idle(hands, 0.2)
    assert hands.window.session is None
    assert curtain(hands) is None


def test_any_key_lifts_the_curtain_and_does_nothing_else(hands, running):
    hands.sign_in("NUR-04")
    hands.window.show_run(running, "V1")
    hands.settle()
    page = hands.page
    idle(hands, 10.1)
    QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    hands.settle()
    assert curtain(hands) is None
    assert hands.window.session is not None
    assert hands.page is page
    idle(hands, 10)
    assert curtain(hands) is None


def test_an_open_exam_hides_and_locks_after_thirty_minutes_only(hands, clinic):
    participant = clinic.enrol(3)
    clinic.close()
    hands.sign_in("RAT-02")
    hands.window.show_exam(participant, "SCR", "1")
    hands.settle()
    assert hands.page.holds
    idle(hands, 10.1)
    assert curtain(hands) is not None
    assert hands.window.session is not None
    idle(hands, 20)
    assert hands.window.session is None


@pytest.mark.requirement("R-SEC-1")
def test_a_machine_that_slept_is_locked_when_it_wakes(hands):
    hands.sign_in("NUR-04")
    hands.clock.sleep(timedelta(seconds=30))
    hands.window.tick()
    assert hands.window.session is None


def test_a_touch_before_the_first_tick_after_sleep_finds_it_locked(hands):
    hands.sign_in("NUR-04")
    hands.clock.sleep(timedelta(seconds=30))
    QTest.keyClick(hands.window, Qt.Key.Key_A)
    assert hands.window.session is None


def test_what_was_being_typed_is_stored_when_the_window_locks(hands, clinic):
    participant = weight_form(hands, clinic)
    field = editor(hands, "WEIGHT").input
    field.edit.setFocus()
    QTest.keyClicks(field.edit, "71.5")
    idle(hands, 10.1)
    assert hands.window.session is None
    entry = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    assert str(entry.state(entry.ref("WEIGHT")).answer) == "71.5"


def test_what_the_disk_refused_at_the_lock_is_said_to_the_same_person(hands, clinic):
    weight_form(hands, clinic)
    field = editor(hands, "WEIGHT").input
    field.edit.setFocus()
    QTest.keyClicks(field.edit, "71.5")
    store, ring = hands.window.session.store, hands.window.session.ring
    with store.write() as uow:
        uow.connection.exec_driver_sql("PRAGMA max_page_count=1")
    idle(hands, 10.1)
    assert hands.window.session is None
    assert ring.closed
    hands.sign_in("CRC-01")
    assert not hands.window.notice.isVisible()
    hands.sign_out()
    hands.sign_in("NUR-04")
    assert "could not be saved" in hands.window.notice.accessibleName()


def test_dialogs_are_closed_and_the_place_is_found_again(hands, clinic):
    participant = weight_form(hands, clinic)
    dialog = QDialog(hands.window)
    dialog.show()
    QApplication.clipboard().setText("PL01-001")
    hands.sign_out()
    assert not dialog.isVisible()
    assert QApplication.clipboard().text() == ""
    hands.sign_in("NUR-04")
    assert hands.page.entry.participant == participant


def test_timers_on_the_lock_screen_go_on(hands, running):
    hands.sign_in("NUR-04")
    hands.sign_out()
    shown = hands.window.findChildren(ChairTimers)[0]
    assert "15 min" in shown_words(shown)
    hands.clock.turn(2 * MINUTE)
    hands.window.tick()
    hands.settle()
    assert "13 min" in shown_words(shown)
    hands.clock.turn(20 * MINUTE)
    hands.window.tick()
    hands.settle()
    assert "7 min late: call a nurse" in painted_words(shown)


def test_a_fault_before_the_lock_never_keeps_the_keys(hands, clinic):
    hands.sign_in("NUR-04")
    ring = hands.window.session.ring
    hands.window.session.store.close()
    with contextlib.suppress(Exception):
        hands.window.lock()
    assert ring.closed
    assert hands.window.session is None


@pytest.mark.requirement("R-TIM-2")
def test_an_emergency_key_at_the_lock_screen_waits_for_its_person(hands, running):
    hands.sign_in("NUR-04")
    hands.sign_out()
    QTest.keyClick(hands.wanted("emergency/2/ADRENALINE"), Qt.Key.Key_Space)
    hands.settle()
    (timers,) = hands.window.findChildren(ChairTimers)
    assert "Adrenaline noted at" in shown_words(timers)
    hands.wait(2)
    hands.sign_in("NUR-06")
    (bar,) = hands.page.findChildren(TapsBar)
    hands.until(bar.isVisible, "nobody is asked for the press")
    assert "Adrenaline was pressed at" in shown_words(bar)
    mine = next(one for one in bar.findChildren(Button) if one.objectName().endswith("/MINE"))
    hands.press(mine)
    hands.until(lambda: isinstance(hands.page, RunScreen), "the run is not opened")


def test_a_rater_is_told_of_no_press(hands, running):
    hands.sign_in("NUR-04")
    hands.sign_out()
    hands.click("emergency/2/STOP")
    hands.sign_in("RAT-02")
    assert hands.page.findChildren(TapsBar) == []
    assert "STOP" not in shown_words(hands.window)
