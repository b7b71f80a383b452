# ruff: noqa: F811
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QAbstractButton, QApplication
from tests.answers import fill as answer
from tests.answers import keep_all
from tests.clinic import PASSWORDS
from tests.infusion_day import BASELINE, YES, answer_fit, assign_kit, play_round
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    VISIT,
    click,
    day,  # noqa: F401
    go,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    sign,
    template,  # noqa: F401
)

from msclinic.domain.values import Code
from msclinic.services.infusion.actions import measure_baseline_again
from msclinic.wording import set_language


@pytest.fixture
def fit(day):
    """Everything of gate G1 is answered, with what a test wants otherwise."""

    def answered(changes):
        day.to("ARRIVED")
        assign_kit(day.clinic, day.participant, VISIT)
        answer_fit(day.clinic, day.participant, VISIT, changes)
        physician = day.clinic.session("PHY-01")
        today = day.clinic.clock.now().date()
        day.clinic.consent(physician, day.participant, VISIT, today)

    return answered


def offered(page):
    """Names of the buttons that stand in the gate's panel."""
    buttons = page.frame.gate.findChildren(QAbstractButton)
    return [one.objectName() for one in buttons if one.isVisible()]


def lines(page):
    return seen(page.frame.gate)


def test_a_physician_overrides_with_a_reason_and_then_signs(qtbot, day, show, fit):
    fit({"A07_ANTIBIOTIC": Code("Y")})
    page = show("PHY-01")
    assert page.view.gates["G1"].status == "shut"
    click(page, "gate/override/FAILED/A07_ANTIBIOTIC/")
    assert QApplication.focusWidget().accessibleName().startswith("Why may this participant")
    keys(qtbot, page, "prophylaxis, no infection", "\r")
    assert not page.went.said
    assert page.view.gates["G1"].status == "open"
    assert [one.code for one in page.view.deviations] == ["OVERRIDE"]
    sign(qtbot, page, "PHY-01")
    assert day.state() == "FIT"


def test_an_override_without_a_reason_is_asked_for_again(qtbot, day, show, fit):
    fit({"A07_ANTIBIOTIC": Code("Y")})
    page = show("PHY-01")
    click(page, "gate/override/FAILED/A07_ANTIBIOTIC/")
    click(page, "override/give")
    assert "Type why, then press Enter." in seen(page)
    click(page, "override/back")
    assert "Type why" not in seen(page)
    assert page.view.gates["G1"].status == "shut"
    assert page.view.deviations == ()


def test_a_nurse_is_offered_the_physician_and_no_override(qtbot, day, show, fit):
    fit({"A07_ANTIBIOTIC": Code("Y")})
    page = show()
    assert "Override with a reason…" not in lines(page)
    assert "the physician overrides it with a reason" in lines(page)
    click(page, "gate/physician")
    panel = page.findChild(object, "join/password").parentWidget()
    panel.who.answered.emit(Code("PHY-01"))
    keys(qtbot, page, PASSWORDS["PHY-01"], "\r")
    assert page.actor.account == "PHY-01"
    click(page, "gate/override/FAILED/A07_ANTIBIOTIC/")
    keys(qtbot, page, "prophylaxis only", "\r")
    sign(qtbot, page, "PHY-01")
    assert day.state() == "FIT"
    assert page.actor.account == "NUR-04"


def test_a_hold_of_the_baseline_is_overridden_on_the_reading(qtbot, day, show, fit):
    fit({"DIABP": 114})
    page = show("PHY-01")
    click(page, "gate/override/VITALS_HOLD/A21/DIABP")
    keys(qtbot, page, "known, stable for years", "\r")
    assert page.view.gates["G1"].status == "open", page.view.gates["G1"].blockers
    entry = day.entry("vital_signs")
    key = page.view.readings[-1].key
    assert "OVERRIDE" in entry.state(entry.ref("DIABP", key)).kept


def test_a_high_news2_is_overridden_beside_its_own_line(qtbot, day, show, fit):
    fit({"RESP": 22, "PULSE": 112, "TEMP": Decimal("37.9"), "SYSBP": 108})
    page = show("PHY-01")
    names = [one for one in offered(page) if one.startswith("gate/override/NEWS2_HOLD")]
    assert names, lines(page)
    click(page, names[0])
    keys(qtbot, page, "anxious, seen at the chair", "\r")
    assert page.view.gates["G1"].status == "open", page.view.gates["G1"].blockers


def test_an_override_is_of_the_newest_score_and_holds_when_it_is_signed(qtbot, day, show, fit):
    high = {"RESP": 22, "PULSE": 112, "TEMP": Decimal("37.9"), "SYSBP": 108}
    fit(high)
    day.entry("fit_to_dose").store_computed()
    day.clinic.clock.turn(timedelta(minutes=5))
    again = measure_baseline_again(day.clinic.session("NUR-04"), day.participant, VISIT)
    answer(again.vitals, {**BASELINE, **high, "OXYSAT": 95}, again.key)
    keep_all(day.entry("vital_signs"))
    page = show("PHY-01")
    (name,) = [one for one in offered(page) if one.startswith("gate/override/NEWS2_HOLD")]
    click(page, name)
    keys(qtbot, page, "anxious, seen at the chair", "\r")
    sign(qtbot, page, "PHY-01")
    assert not page.went.said
    assert day.state() == "FIT"


@pytest.mark.parametrize("item", ["A16", "A26", "A25_OXYGEN"])
def test_what_can_never_be_overridden_says_so_and_offers_nothing(day, show, fit, item):
    fit({item: Code("POS" if item == "A16" else "N")})
    page = show("PHY-01")
    assert "It can never be overridden." in lines(page)
    assert not [one for one in offered(page) if item in one]


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_override_is_not_cut(day, show, fit, language):
    fit({"A07_ANTIBIOTIC": Code("Y"), "DIABP": 114})
    set_language(language)
    page = show("PHY-01")
    assert clipping_faults(page.shell, (1366, 768)) == []
    click(page, "gate/override/FAILED/A07_ANTIBIOTIC/")
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_enter_elsewhere_does_not_override(qtbot, day, show, fit):
    fit({"A07_ANTIBIOTIC": Code("Y")})
    page = show("PHY-01")
    click(page, "gate/override/FAILED/A07_ANTIBIOTIC/")
    go(qtbot, page)
    settle(page)
    assert page.view.gates["G1"].status == "shut"


def test_a_short_observation_is_let_pass_beside_its_line(qtbot, day, show):
    day.to("ENDED")
    day.clinic.clock.turn(timedelta(minutes=30))
    play_round(day.clinic, day.participant, VISIT, "EOI+30")
    now = day.clinic.clock.now()
    home = ("E04", "E03", "E05_WALKING", "E05_SITE_CLEAN", "E06_SHEET", "E06_PHONE")
    told = {"E05_OUTCOME": Code("HOME"), **dict.fromkeys(home, YES), "E05_TIME": now}
    answer(day.entry("after_infusion"), {**told, "E03_TIME": now})
    answer(day.entry("infusion"), {"D09_VOLUME": Decimal(20), "D09_TIME": now})
    page = show("PHY-01")
    page.open_phase("discharge")
    settle(page)
    click(page, "gate/override/OBSERVATION_SHORT/E02/")
    assert QApplication.focusWidget().accessibleName().startswith("Why may this participant leave")
    keys(qtbot, page, "lives next door", "\r")
    assert not page.went.said
    assert page.view.gates["G6"].status == "open", page.view.gates["G6"].blockers
