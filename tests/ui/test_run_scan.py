# ruff: noqa: F811
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from tests.clinic import PASSWORDS
from tests.infusion_day import KIT, check_bedside
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
)

from msclinic.domain.values import Code
from msclinic.services.infusion.actions import open_bedside_check

NONE = Qt.KeyboardModifier.NoModifier


def key(page, letter, at, code=0):
    """One key press with its release, as a keyboard sends it at a time in milliseconds."""
    target = QApplication.focusWidget() or page.window()
    for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
        event = QKeyEvent(kind, code or ord(letter.upper()), NONE, letter)
        event.setTimestamp(at)
        QApplication.sendEvent(target, event)


def scan(page, text, pace=8, start=1000, enter=True):
    """A scanner types a code and Enter."""
    at = start
    for letter in text:
        key(page, letter, at)
        at += pace
    if enter:
        key(page, "\r", at, Qt.Key.Key_Return)
    QTest.qWait(80)
    settle(page)


@pytest.fixture
def check(qtbot, day, show):
    """The nurse has begun the own bedside check."""
    day.to("AT_BEDSIDE")
    page = show()
    go(qtbot, page)
    return page


def own(day):
    """The nurse's check as recorded."""
    return open_bedside_check(day.clinic.session("NUR-04"), day.participant, VISIT)


def test_a_scan_goes_into_the_kit_field_whatever_has_the_focus(day, check):
    page = check
    page.frame.foot.focus_next()
    scan(page, KIT)
    assert own(day).value("C01") == KIT
    assert not page.went.said


def test_a_scan_over_another_field_leaves_that_field_as_it_was(qtbot, day, check):
    page = check
    keys(qtbot, page, KIT, "\r")
    card = next(
        one for one in page.step.findChildren(QLineEdit) if one.accessibleName().endswith("card")
    )
    card.setFocus()
    qtbot.keyClicks(card, "PL")
    code = page.identity.code
    scan(page, code)
    assert own(day).value("C02_CARD") == code
    assert own(day).value("C02_BAG") is None
    scan(page, code, start=9000)
    assert own(day).value("C02_BAG") == code


def test_half_typed_words_stand_again_after_a_scan_for_another_field(qtbot, day, check):
    page = check
    labelled = page.step.findChildren(QLineEdit)
    bag = next(one for one in labelled if "bag" in one.accessibleName().lower())
    other = next(one for one in labelled if one is not bag and one.isVisible())
    other.setFocus()
    qtbot.keyClicks(other, "PL0")
    scan(page, KIT)
    assert other.text() == "PL0"
    assert own(day).value("C01") == KIT


@pytest.mark.parametrize("foreign", ["K-999999", "PL01-099", "5901234123457"])
def test_a_foreign_code_is_a_failed_scan_and_never_an_answer(day, check, foreign):
    page = check
    scan(page, foreign)
    assert [error.code for error in page.went.said] == ["foreign_scan"]
    assert page.went.said[0].parameters["scanned"] == foreign
    entry = own(day)
    assert [entry.value(item) for item in ("C01", "C02_BAG", "C02_CARD")] == [None, None, None]
    assert not any(foreign in one.text() for one in page.step.findChildren(QLineEdit))


def test_a_code_that_nothing_asks_for_is_said_and_not_stored(day, show):
    day.to("RUNNING")
    page = show()
    scan(page, page.identity.code)
    assert [error.code for error in page.went.said] == ["scan_not_asked"]


def test_a_scan_over_graded_choices_answers_none_of_them(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    before = page.step.left()
    group = next(one for one in page.step.panels[-1].editors.values()).input
    group.setFocus()
    scan(page, "123456789")
    assert page.step.left() == before
    assert [error.code for error in page.went.said] == ["foreign_scan"]


def test_a_digit_typed_on_a_choice_still_answers(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    before = page.step.left()
    group = next(one for one in page.step.panels[-1].editors.values()).input
    group.setFocus()
    key(page, "1", 1000)
    QTest.qWait(80)
    settle(page)
    assert page.step.left() < before
    assert not page.went.said


def test_a_person_who_types_fast_is_no_scanner(day, check):
    page = check
    scan(page, "K-111111", pace=60)
    assert own(day).value("C01") == "K-111111"
    assert not page.went.said


def test_a_short_burst_is_typing(day, show):
    day.to("ARRIVED")
    page = show()
    scan(page, "PL01")
    assert day.entry("fit_to_dose").value("A01") == "PL01"
    assert not page.went.said


def test_a_burst_without_enter_is_typing_too(day, show):
    day.to("ARRIVED")
    page = show()
    scan(page, "PL01-099", enter=False)
    assert QApplication.focusWidget().text() == "PL01-099"


def test_a_password_typed_by_a_machine_is_no_scan(qtbot, day, show):
    day.to("AT_BEDSIDE")
    check_bedside(day.clinic, "NUR-04", day.participant, VISIT)
    page = show()
    assert page.act.key == "join"
    go(qtbot, page)
    page.findChild(QWidget, "join/account").answered.emit(Code("NUR-06"))
    scan(page, PASSWORDS["NUR-06"])
    assert page.actor.account == "NUR-06"
    assert not page.went.said


def test_the_card_scanned_at_arrival_is_the_first_identity(day, show):
    day.to("ARRIVED")
    page = show()
    scan(page, page.identity.code)
    assert day.entry("fit_to_dose").value("A01") == page.identity.code
    assert "saved" in seen(page)
