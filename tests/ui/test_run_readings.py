# ruff: noqa: F811
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from tests.infusion_day import answer_fit, assign_kit
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    click,
    day,  # noqa: F401
    go,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    template,  # noqa: F401
    typed,
)

from msclinic.wording import set_language

VITALS = typed("122\r", "74\r", "78\r", "15\r", "36.8\r", "97\r", "0\r")


def readings(page, point):
    return [one for one in page.view.readings if one.point == point]


def test_measuring_the_baseline_again_is_a_new_reading_and_opens_the_gate(qtbot, day, show):
    day.to("ARRIVED")
    assign_kit(day.clinic, day.participant, VISIT)
    answer_fit(day.clinic, day.participant, VISIT, {"TEMP": Decimal("38.2")})
    today = day.clinic.clock.now().date()
    day.clinic.consent(day.clinic.session("PHY-01"), day.participant, VISIT, today)
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    assert page.view.gates["G1"].status == "shut"
    click(page, "gate/again")
    assert QApplication.focusWidget().accessibleName() == "Systolic"
    keys(qtbot, page, *VITALS, "Alert", "\r")
    first, second = readings(page, "BASE")
    assert first.vitals.temp == Decimal("38.2")
    assert second.vitals.temp == Decimal("36.8")
    assert page.view.gates["G1"].status == "open", page.view.gates["G1"].blockers


def test_the_baseline_can_be_measured_again_from_its_own_section(qtbot, day, show):
    day.to("FIT")
    day.clinic.clock.turn(MINUTE)
    page = show()
    page.open_phase("fit")
    settle(page)
    page.step.open("base")
    settle(page)
    click(page, "section/base#again")
    assert len(readings(page, "BASE")) == 2
    assert page.step.left() == 8
    keys(qtbot, page, "126", "\r")
    day.clinic.clock.turn(MINUTE)
    click(page, "section/base#again")
    assert len(readings(page, "BASE")) == 3
    assert readings(page, "BASE")[1].vitals.sysbp == 126


def test_an_empty_baseline_is_not_begun_twice(qtbot, day, show):
    day.to("FIT")
    day.clinic.clock.turn(MINUTE)
    page = show()
    page.open_phase("fit")
    settle(page)
    page.step.open("base")
    settle(page)
    click(page, "section/base#again")
    click(page, "section/base#again")
    assert len(readings(page, "BASE")) == 2


def test_after_the_start_the_baseline_stays_as_it_is(day, show):
    day.to("RUNNING")
    page = show()
    page.open_phase("fit")
    settle(page)
    assert page.findChild(object, "section/base#again") is None


def test_each_extra_reading_is_one_of_its_own(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(5 * MINUTE)
    page = show()
    for systolic in ("118", "121"):
        click(page, "run/extra")
        assert "Extra round" in seen(page)
        keys(qtbot, page, systolic, "\r", *VITALS[2:], "Alert", "\r")
        go(qtbot, page)
        keys(qtbot, page, *typed("0\r", "4.2\r"), "n")
        go(qtbot, page)
        keys(qtbot, page, "1")
        assert page.act.words == "Finish the round", (page.act, page.step.left_words())
        go(qtbot, page)
        day.clinic.clock.turn(2 * MINUTE)
    assert [one.vitals.sysbp for one in readings(page, "EXTRA")] == [118, 121]


def test_a_second_extra_shows_the_values_of_the_first_beside_its_fields(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(MINUTE)
    page = show()
    click(page, "run/extra")
    keys(qtbot, page, "131", "\r")
    page.go_on()
    settle(page)
    day.clinic.clock.turn(MINUTE)
    click(page, "run/extra")
    assert "Extra 131" in seen(page)


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_second_baseline_is_not_cut(day, show, language):
    day.to("FIT")
    set_language(language)
    page = show()
    page.open_phase("fit")
    settle(page)
    page.step.open("base")
    settle(page)
    click(page, "section/base#again")
    assert clipping_faults(page.shell, (1366, 768)) == []
