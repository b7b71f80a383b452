"""A field whose seconds are measured, by keys as by a press."""

from decimal import Decimal

import pytest
from PySide6.QtCore import Qt

from msclinic.ui.widgets.stopwatch import StopwatchField


@pytest.fixture
def field(qtbot) -> StopwatchField:
    made = StopwatchField("Trial 1", decimals=1, unit="s")
    qtbot.addWidget(made)
    made.resize(360, 48)
    made.show()
    made.edit.setFocus()
    made.given = []
    made.answered.connect(made.given.append)
    return made


def test_space_starts_and_space_stops_with_the_time_as_the_answer(field, qtbot):
    qtbot.keyClick(field.edit, Qt.Key.Key_Space)
    assert field.running
    qtbot.wait(350)
    qtbot.keyClick(field.edit, Qt.Key.Key_Space)
    assert not field.running
    [seconds] = field.given
    assert Decimal("0.3") <= seconds <= Decimal("5")
    assert seconds == seconds.quantize(Decimal("0.1"))


def test_a_press_on_the_button_does_the_same(field, qtbot):
    field.button.click()
    qtbot.wait(150)
    field.button.click()
    assert len(field.given) == 1


def test_the_running_time_is_shown_and_answers_nothing(field, qtbot):
    qtbot.keyClick(field.edit, Qt.Key.Key_Space)
    qtbot.wait(250)
    assert field.edit.text() not in ("", "0.0")
    field.commit()
    assert field.given == []


def test_escape_drops_a_running_measurement(field, qtbot):
    field.set_answer(Decimal("7.4"))
    qtbot.keyClick(field.edit, Qt.Key.Key_Space)
    qtbot.wait(150)
    qtbot.keyClick(field.edit, Qt.Key.Key_Escape)
    assert field.edit.text() == "7.4"
    assert field.given == []


def test_a_time_from_another_watch_can_be_typed(field, qtbot):
    qtbot.keyClicks(field.edit, "6.8")
    qtbot.keyClick(field.edit, Qt.Key.Key_Return)
    assert field.given == [Decimal("6.8")]


def test_a_read_only_field_has_no_watch(field, qtbot):
    field.set_read_only(True)
    field.toggle()
    assert not field.running
    assert not field.button.isVisible()
