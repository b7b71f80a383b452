# ruff: noqa: F811
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.infusion_day import play_round
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    click,
    day,  # noqa: F401
    go,
    join,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    sign,
    template,  # noqa: F401
    typed,
)

from msclinic.domain.values import Code
from msclinic.services.visits import participant_visits
from msclinic.wording import set_language


def choose(page, name, code):
    """Press a choice of a row of segments that is shown."""
    group = next(one for one in page.findChildren(object, name) if one.isVisible())
    group.choose(code)
    settle(page)


def test_deferring_asks_why_and_until_when_and_books_the_visit_anew(qtbot, day, show):
    day.to("ARRIVED")
    page = show()
    click(page, "gate/defer")
    assert "2 left:" in seen(page)
    assert QApplication.focusWidget().accessibleName() == "Why? No names."
    assert page.act.words == "Next: why"
    keys(qtbot, page, "urinary infection", "\r")
    assert page.act.words == "Next: new day"
    keys(qtbot, page, "01122026", "\r")
    assert page.act.words == "Defer the infusion"
    assert day.state() == "ARRIVED"
    go(qtbot, page)
    assert not page.went.said
    assert day.state() == "DEFERRED"
    assert "The infusion is deferred" in seen(page)
    assert "items open" not in seen(page.frame.gate)


def test_cancelling_asks_why_and_leaves_nothing_to_start(qtbot, day, show):
    day.to("FIT")
    page = show()
    click(page, "gate/cancel")
    go(qtbot, page)
    assert day.state() == "FIT"
    keys(qtbot, page, "does not want it any more", "\r")
    assert page.isAncestorOf(QApplication.focusWidget())
    go(qtbot, page)
    assert day.state() == "CANCELLED"
    assert "Nothing is given at this visit." in seen(page)
    assert page.act.key == ""


def test_going_back_from_the_exit_changes_nothing(qtbot, day, show):
    day.to("FIT")
    page = show()
    click(page, "gate/cancel")
    assert page.frame.foot._other.text() == "Back"
    page.frame.foot._other.click()
    settle(page)
    assert "Cancel the infusion of this visit" not in seen(page)
    assert day.state() == "FIT"


def test_a_pause_asks_its_reason_and_going_on_ends_it(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(5 * MINUTE)
    page = show()
    click(page, "run/pause")
    assert day.state() == "RUNNING"
    choose(page, "run/reason", "TOILET")
    page.step.volume.setFocus()
    keys(qtbot, page, "4.2", "\r")
    click(page, "run/pause")
    assert not page.went.said
    assert day.state() == "PAUSED"
    assert "Paused since 09:35" in seen(page)
    assert page.view.paused_since is not None
    day.clinic.clock.turn(4 * MINUTE)
    page.tick(day.clinic.clock.now())
    settle(page)
    assert page.act.words == "Go on with the infusion"
    go(qtbot, page)
    assert day.state() == "RUNNING"
    assert page.view.paused_for == 4 * MINUTE


def test_a_pause_that_is_pressed_twice_is_one_pause(day, show):
    day.to("RUNNING")
    page = show()
    choose(page, "run/reason", "PUMP")
    page.step.pause.click()
    page.step.pause.click()
    settle(page)
    assert not page.went.said
    assert day.state() == "PAUSED"


def test_enter_pressed_twice_starts_one_infusion(qtbot, day, show):
    day.to("VERIFIED")
    page = show()
    keys(qtbot, page, *typed("P-12\r", "20022027\r"))
    sign(qtbot, page, "NUR-04")
    for _ in range(2):
        qtbot.keyClick(page, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    settle(page)
    assert not page.went.said
    assert day.state() == "RUNNING"


@pytest.mark.parametrize("reason", ["S11", "S10", "PUMP"])
def test_an_early_end_asks_its_reason_and_keeps_it(qtbot, day, show, reason):
    day.to("RUNNING")
    day.clinic.clock.turn(30 * MINUTE)
    page = show()
    click(page, "run/end")
    keys(qtbot, page, *typed("25\r", "75\r"), "n")
    assert page.act.words.startswith("Next:")
    codes = [choice.code for choice in page.step.inputs["D10_REASON"]._choices]
    assert reason in codes
    page.step.inputs["D10_REASON"].answered.emit(Code(reason))
    settle(page)
    go(qtbot, page)
    assert not page.went.said
    assert page.view.ended_at == day.clinic.clock.now()
    assert day.entry("infusion").value("D10_REASON") == Code(reason)
    assert day.entry("infusion").value("D08_GIVEN") == Decimal(25)


def test_a_round_that_falls_due_in_a_pause_can_be_taken_in_it(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(10 * MINUTE)
    page = show()
    choose(page, "run/reason", "TOILET")
    click(page, "run/pause")
    day.clinic.clock.turn(5 * MINUTE)
    page.reread()
    settle(page)
    assert page.act.words == "Begin the T15 round"
    assert clipping_faults(page.shell, (1366, 768)) == []
    click(page, "run/go_on")
    assert day.state() == "RUNNING"
    assert not page.went.said


def test_a_stop_rule_during_a_pause_leaves_only_the_end(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(10 * MINUTE)
    page = show()
    choose(page, "run/reason", "TOILET")
    click(page, "run/pause")
    day.clinic.clock.turn(5 * MINUTE)
    play_round(day.clinic, day.participant, VISIT, "T15", Decimal("8.3"), {"OXYSAT": 88})
    page.reread()
    settle(page)
    assert page.act.words == "Stopped: record the end"
    go(qtbot, page)
    keys(qtbot, page, *typed("8\r", "92\r"), "n")
    page.step.inputs["D10_REASON"].answered.emit(Code("S04"))
    settle(page)
    go(qtbot, page)
    assert not page.went.said
    assert page.view.ended_at == day.clinic.clock.now()
    assert page.view.paused_for == 5 * MINUTE


def test_a_finding_that_asks_for_a_pause_is_a_bar_with_its_rule(day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    play_round(day.clinic, day.participant, VISIT, "T15", Decimal("12.5"), {"SYSBP": 92})
    page = show()
    assert "Rule S05" in seen(page.frame.stops)
    assert page.step.isVisible()


def test_g6_is_signed_by_the_physician_at_the_nurses_device(qtbot, day, show):
    day.to("OBSERVING")
    page = show()
    now = day.clinic.clock.now()
    after = day.entry("after_infusion")
    answers = {
        "E04": Code("Y"),
        "E05_OUTCOME": Code("HOME"),
        "E03": Code("Y"),
        "E03_TIME": now,
        "E05_WALKING": Code("Y"),
        "E05_SITE_CLEAN": Code("Y"),
        "E06_SHEET": Code("Y"),
        "E06_PHONE": Code("Y"),
        "E05_TIME": now,
    }
    for item, answer in answers.items():
        if after.state(after.ref(item)).relevant:
            after.answer(after.ref(item), answer)
    page.reread()
    settle(page)
    assert "discharge" in seen(page.frame.gate)
    assert page.view.gates["G6"].status == "open", page.view.gates["G6"].blockers
    join(qtbot, page, "PHY-01")
    sign(qtbot, page, "PHY-01")
    assert day.state() == "DISCHARGED"
    assert page.actor.account == "NUR-04"
    assert page.act.words.startswith("Next:")


def test_g7_names_what_is_open_then_takes_the_nurse_and_the_physician(qtbot, day, show):
    day.to("DISCHARGED")
    page = show()
    assert "close of the visit" in seen(page.frame.gate)
    assert page.view.gates["G7"].status == "shut"
    after = day.entry("after_infusion")
    today = day.clinic.clock.now().date()
    for item, answer in {
        "E07_NEXT_VISIT": today + timedelta(days=91),
        "E07_CALL1": today + timedelta(days=1),
        "E07_CALL7": today + timedelta(days=7),
        "E08_BAG": Code("RETURNED"),
        "E08_BY": "PREP-01",
        "E09": Code("Y"),
    }.items():
        after.answer(after.ref(item), answer)
    page.refresh(frozenset())
    page.step.reread()
    page.reread()
    settle(page)
    sign(qtbot, page, "NUR-04")
    join(qtbot, page, "PHY-01")
    sign(qtbot, page, "PHY-01")
    assert day.state() == "SIGNED"
    assert "The visit is closed and signed" in seen(page)


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("key", ["defer", "cancel"])
def test_the_ways_out_are_not_cut(day, show, language, key):
    day.to("ARRIVED")
    set_language(language)
    page = show()
    click(page, f"gate/{key}")
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_the_visit_is_booked_for_the_day_it_was_put_off_to(qtbot, day, show):
    day.to("ARRIVED")
    page = show()
    click(page, "gate/defer")
    keys(qtbot, page, "fever", "\r", "01122026", "\r")
    go(qtbot, page)
    visits = participant_visits(page.session, day.participant)
    booked = next(one for one in visits if one.code == VISIT)
    assert booked.day.isoformat() == "2026-12-01"
