"""The panel that asks for a signature: meaning, password, refusal, and the focus that stays in."""

import pytest
from attrs import evolve
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import in_window, press, settle, type_in

from msclinic.services.signing_pin import Pin
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.style import apply_theme
from msclinic.wording import set_language

ENTER = Qt.Key.Key_Return
REVIEWED = SignMeaning("form_reviewed", "I reviewed these data", "content is complete")
ENTERED = SignMeaning("form_entered", "I entered these data")


def request(*meanings):
    return SignRequest(
        title="Sign adverse event 4, PL01-003",
        subtitle="Month 9 · PHY 01, treating physician",
        signer="PHY 01",
        meanings=meanings,
        heading="Headache",
        lines=("Grade: 2 moderate", "Serious: No"),
        states=(SignState("17 answers, all stored"), SignState("1 late", "attention", "att")),
        chair=1,
    )


@pytest.fixture
def panel(qtbot):
    page = in_window(qtbot, QWidget())
    made = SignPanel(page)
    made.heard = []
    made.asked.connect(lambda meaning, secret: made.heard.append((meaning, secret)))
    return made


def test_one_meaning_and_the_password_are_enough(panel):
    panel.ask(request(REVIEWED))
    settle()
    type_in("four words of mine")
    press(ENTER)
    assert panel.heard == [("form_reviewed", "four words of mine")]
    assert panel.waiting


def test_among_several_meanings_one_must_be_chosen(panel):
    panel.ask(request(REVIEWED, ENTERED))
    settle()
    type_in("four words of mine")
    press(ENTER)
    assert panel.heard == []
    press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    press(Qt.Key.Key_Space)
    press(Qt.Key.Key_Tab)
    press(ENTER)
    assert panel.heard == [("form_entered", "four words of mine")]


def test_a_refusal_is_said_and_the_password_asked_again(panel):
    panel.ask(request(REVIEWED))
    settle()
    type_in("wrong")
    press(ENTER)
    panel.refuse("The password is wrong.", "Type it again.")
    settle()
    assert not panel.waiting
    assert panel.isVisible()
    assert panel._card.password.edit.text() == ""
    assert QApplication.focusWidget() is panel._card.password.edit


def test_the_focus_stays_inside(panel):
    panel.ask(request(REVIEWED, ENTERED))
    settle()
    for _ in range(12):
        press(Qt.Key.Key_Tab)
        assert panel.isAncestorOf(QApplication.focusWidget())


def test_escape_goes_back_but_not_while_it_is_being_signed(qtbot, panel):
    panel.ask(request(REVIEWED))
    settle()
    panel.busy()
    panel.dismiss()
    assert panel.isVisible()
    panel.refuse("No.")
    settle()
    with qtbot.waitSignal(panel.dismissed):
        press(Qt.Key.Key_Escape)
    assert not panel.isVisible()


def test_nothing_is_kept_once_it_is_done(panel):
    panel.ask(request(REVIEWED))
    settle()
    type_in("four words of mine")
    panel.done()
    assert not panel.isVisible()
    assert panel._card is None


@pytest.mark.requirement("R-SIG-4")
def test_where_the_pin_stands_it_is_handed_over_as_one(panel):
    panel.ask(evolve(request(REVIEWED), pin=True))
    settle()
    type_in("417309")
    press(ENTER)
    assert panel.heard == [("form_reviewed", Pin("417309"))]


@pytest.mark.requirement("R-SIG-4")
def test_the_password_can_be_typed_in_place_of_the_pin(panel):
    panel.ask(evolve(request(REVIEWED), pin=True))
    settle()
    type_in("4173")
    panel._card.other.click()
    settle()
    assert panel._card.password.edit.text() == ""
    type_in("four words of mine")
    press(ENTER)
    assert panel.heard == [("form_reviewed", "four words of mine")]


@pytest.mark.requirement("R-SIG-4")
def test_once_the_pin_is_spent_the_panel_asks_for_the_password(panel):
    panel.ask(evolve(request(REVIEWED), pin=True))
    settle()
    type_in("902174")
    press(ENTER)
    panel.refuse("It was not signed.", "The PIN was wrong too often.", pin=False)
    settle()
    assert not panel._card.other.isVisible()
    type_in("four words of mine")
    press(ENTER)
    assert panel.heard[-1] == ("form_reviewed", "four words of mine")


def test_what_hinders_stands_there_and_nothing_can_be_signed(panel):
    panel.ask(evolve(request(REVIEWED), hindrances=(SignState("A form is missing", "attention"),)))
    settle()
    assert not panel._card.sign.isVisible()
    assert not panel._card.password.isVisible()
    assert QApplication.focusWidget() is panel._card.back
    press(Qt.Key.Key_Tab)
    assert panel.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize("language", ["en", "pl"])
def test_nothing_is_clipped_at_150_percent(qapp, panel, language):
    set_language(language)
    apply_theme(qapp, "light", 150)
    panel.ask(evolve(request(REVIEWED, ENTERED), pin=True))
    settle()
    assert clipping_faults(panel) == []
