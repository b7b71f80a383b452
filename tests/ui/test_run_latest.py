# ruff: noqa: F811
import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from tests.infusion_day import check_bedside
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    day,  # noqa: F401
    go,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    template,  # noqa: F401
    typed,
)

from msclinic.domain.errors import UserError
from msclinic.ui.infusion.latest import LatestView
from msclinic.ui.tasks import Tasks


@pytest.fixture
def latest(qapp):
    parent = QObject()
    tasks = Tasks(parent)
    one = LatestView(tasks, parent)
    one.got, one.faults, one.parent_kept = [], [], parent
    one.arrived.connect(one.got.append)
    one.failed.connect(one.faults.append)
    yield one
    tasks.wait()


def test_of_three_readings_only_the_newest_arrives(qtbot, latest):
    held = threading.Event()
    latest.ask(lambda: (held.wait(5), "old")[1])
    latest.ask(lambda: "newer")
    latest.ask(lambda: "newest")
    held.set()
    qtbot.waitUntil(lambda: bool(latest.got))
    QApplication.processEvents()
    assert latest.got == ["newest"]
    assert not latest.waiting


def test_a_fault_of_an_old_reading_is_not_told(qtbot, latest):
    held = threading.Event()

    def fail():
        held.wait(5)
        raise UserError("gone", what="a", why="b", what_to_do="c")

    latest.ask(fail)
    latest.ask(lambda: "new")
    held.set()
    qtbot.waitUntil(lambda: bool(latest.got))
    assert latest.faults == []
    latest.ask(fail)
    qtbot.waitUntil(lambda: bool(latest.faults))
    assert latest.faults[0].code == "gone"


def test_what_was_dropped_never_arrives(qtbot, latest):
    held = threading.Event()
    latest.ask(lambda: (held.wait(5), "dropped")[1])
    latest.drop()
    latest.ask(lambda: "asked after it")
    held.set()
    qtbot.waitUntil(lambda: bool(latest.got))
    qtbot.wait(50)
    assert latest.got == ["asked after it"]


def test_the_run_is_read_beside_the_window(day, show):
    day.to("RUNNING")
    page = show()
    before = page.view
    page.reread()
    assert page.view is before
    settle(page)
    assert page.view is not before


def test_the_focus_stays_in_the_field_that_is_being_typed_in(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    keys(qtbot, page, *typed("122\r", "74\r"))
    pulse = QApplication.focusWidget()
    qtbot.keyClicks(pulse, "7")
    page.reread()
    settle(page)
    qtbot.keyClicks(QApplication.focusWidget(), "8")
    assert QApplication.focusWidget() is pulse
    assert pulse.text() == "78"


def test_what_the_first_person_saw_is_gone_at_once_when_another_signs_in(day, show):
    day.to("AT_BEDSIDE")
    check_bedside(day.clinic, "NUR-04", day.participant, VISIT, {"C01": "K-999999"})
    page = show()
    assert "Differs from the open record" in seen(page.frame.gate)
    page.reread()
    page.doing.joined = day.clinic.session("NUR-06")
    page.doing.other_hands.emit()
    # Not a single round of events has passed, and what is under way for the first is dropped.
    assert "Differs from the open record" not in seen(page)
    settle(page)
    assert "Differs from the open record" not in seen(page)
    page.doing.joined = None


def test_a_screen_that_was_left_reads_nothing_any_more(day, show):
    day.to("RUNNING")
    page = show()
    page.reread()
    page.release()
    page.reread()
    settle(page)
    assert page.jobs.idle()
