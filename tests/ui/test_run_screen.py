# ruff: noqa: F811
from decimal import Decimal

import pytest
from PySide6.QtWidgets import QApplication
from tests.infusion_day import (
    answer_fit,
    assign_kit,
    check_bedside,
    play_round,
    release,
)
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    MINUTE,
    VISIT,
    day,  # noqa: F401
    go,
    join,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    sign,
    template,  # noqa: F401
    texts,
    typed,
)

from msclinic.ui.style import apply_theme
from msclinic.wording import set_language


def test_arrived_opens_at_the_first_item_and_says_what_is_left(day, show):
    day.to("ARRIVED")
    page = show()
    assert page.act.words.startswith("Next: Participant code on the trial")
    assert "items open" in seen(page.frame.gate)
    assert QApplication.focusWidget().accessibleName() == "Participant code on the trial card"


def test_wrong_code_is_stored_and_the_gate_says_so(qtbot, day, show):
    day.to("ARRIVED")
    page = show()
    keys(qtbot, page, "PL01-099", "\r")
    stored = day.entry("fit_to_dose")
    assert stored.value("A01") == "PL01-099"
    assert "Shut" in texts(page.frame.gate)
    assert page.view.gates["G1"].status == "shut"


def test_the_physician_signs_g1_at_the_nurses_device(qtbot, day, show):
    day.to("ARRIVED")
    assign_kit(day.clinic, day.participant, VISIT)
    answer_fit(day.clinic, day.participant, VISIT)
    day.clinic.consent(
        day.clinic.session("PHY-01"), day.participant, VISIT, day.clinic.clock.now().date()
    )
    page = show()
    assert day.state() == "ARRIVED"
    join(qtbot, page, "PHY-01")
    assert "beside NUR 04" in seen(page)
    sign(qtbot, page, "PHY-01")
    assert day.state() == "FIT"
    assert page.actor.account == "NUR-04"
    assert not page.went.said
    assert "Waits for the preparer since" in seen(page)


def test_a_preparer_sees_the_release_only_and_signs_it(qtbot, day, show):
    day.to("FIT")
    now = day.clinic.clock.now()
    release(
        day.clinic,
        day.participant,
        VISIT,
        prepared_at=now - 65 * MINUTE,
        use_before=now + 175 * MINUTE,
    )
    page = show("PREP-01")
    assert set(page.view.gates) == {"G2"}
    assert "Fit to dose" not in seen(page)
    sign(qtbot, page, "PREP-01")
    assert [who for who, _ in page.view.gates["G2"].signed] == ["PREP-01"]
    assert page.act.key == "join"


def test_second_checker_sees_nothing_of_the_first_answers_until_both_are_done(qtbot, day, show):
    day.to("AT_BEDSIDE")
    secret = "K-999999"
    check_bedside(
        day.clinic, "NUR-04", day.participant, VISIT, {"C01": secret, "C06_LABEL": Decimal("101.5")}
    )
    page = show()
    join(qtbot, page, "NUR-06")
    assert page.act.words == "Begin my check"
    go(qtbot, page)
    for text in (texts(page), seen(page)):
        assert secret not in text
        assert "101.5" not in text
    assert "are hidden until you have finished" in seen(page)
    code = page.identity.code
    keys(qtbot, page, *typed("K-204817\r", f"{code}\r", f"{code}\r"))
    assert secret not in texts(page)
    assert page.session.account == "NUR-04"


def test_wrong_kit_is_stored_and_g3_stays_shut_with_words(qtbot, day, show):
    day.to("AT_BEDSIDE")
    page = show()
    assert page.view.checks == ()
    go(qtbot, page)
    keys(qtbot, page, *typed("K-111111\r"))
    assert "K-111111" in seen(page)
    assert page.view.gates["G3"].status == "shut"
    assert "not the kit assigned" in seen(page)
    assert "Shut" in texts(page.frame.gate)


def test_start_is_signed_and_then_stamped(qtbot, day, show):
    day.to("VERIFIED")
    page = show()
    keys(qtbot, page, *typed("P-12\r", "20022027\r"))
    sign(qtbot, page, "NUR-04")
    assert page.act.words == "Start infusion"
    go(qtbot, page)
    assert day.state() == "RUNNING"
    assert "Running for" in seen(page)


def test_a_round_by_keyboard_with_the_last_values_above(qtbot, day, show):
    day.to("RUNNING")
    page = show()
    assert page.act.why_not == "from 09:40"
    day.clinic.clock.turn(15 * MINUTE)
    page.tick(day.clinic.clock.now())
    settle(page)
    go(qtbot, page)
    assert page.view.rates[-1].rate == 100
    assert page.act.words == "Begin the T15 round"
    go(qtbot, page)
    assert "Base 124" in seen(page)
    keys(qtbot, page, *typed("122\r", "74\r", "78\r", "15\r", "36.8\r", "97\r", "0\r"))
    keys(qtbot, page, "Alert", "\r")
    go(qtbot, page)
    keys(qtbot, page, *typed("0\r", "12.4\r"), "n")
    go(qtbot, page)
    keys(qtbot, page, "1")
    assert page.act.words == "Finish the round", (page.act, page.step.left_words())
    go(qtbot, page)
    done = [one for one in page.view.rounds if one.point == "T15"]
    assert done[0].status == "done"
    assert page.view.readings[-1].news2.total == 0
    assert page.view.pump == Decimal("12.4")


def test_a_restart_in_a_round_opens_the_round(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    keys(qtbot, page, *typed("122\r", "74\r"))
    page.settle()
    again = show()
    assert "T15 round" in seen(again)
    assert again.act.words == "Next: Pulse"


def test_an_overdue_round_says_so(day, show):
    day.to("RUNNING")
    page = show()
    day.clinic.clock.turn(21 * MINUTE)
    page.tick(day.clinic.clock.now())
    settle(page)
    assert page.frame.chip.text() == "Due 09:45, 6 min late"


def test_a_stop_rule_is_a_red_bar_and_blocks_the_next_step_only(qtbot, day, show):
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    play_round(day.clinic, day.participant, VISIT, "T15", Decimal("12.5"), {"OXYSAT": 88})
    page = show()
    assert "ask to stop the infusion" in seen(page.frame.stops)
    assert page.act.words == "Stopped: record the end"
    assert page.step.isVisible()


def test_the_end_is_typed_and_stamped(qtbot, day, show):
    day.to("RUNNING")
    page = show()
    day.clinic.clock.turn(68 * MINUTE)
    page.open_end()
    settle(page)
    keys(qtbot, page, *typed("100\r", "0\r"), "y")
    assert page.act.words == "Infusion has ended now"
    go(qtbot, page)
    assert page.view.ended_at == day.clinic.clock.now()
    assert page.view.state.name == "OBSERVING"


def test_a_signed_run_is_read_only_and_leads_to_the_documents(qtbot, day, show):
    day.to("SIGNED")
    page = show()
    assert "The visit is closed and signed" in seen(page)
    go(qtbot, page)
    assert page.went.places == [("documents", day.participant, VISIT)]


@pytest.mark.parametrize("state", ["ARRIVED", "AT_BEDSIDE", "RUNNING", "OBSERVING", "DISCHARGED"])
def test_nothing_is_cut_in_polish_at_150_percent(qapp, day, show, state):
    day.to(state)
    set_language("pl")
    apply_theme(qapp, scale=150)
    page = show()
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_the_clock_and_a_round_fit_in_polish(qtbot, day, show):
    day.to("RUNNING")
    set_language("pl")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    go(qtbot, page)
    go(qtbot, page)
    assert page.frame.chip.isVisible()
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_both_checkers_sign_g3_at_one_device(qtbot, day, show):
    day.to("AT_BEDSIDE")
    for account in ("NUR-04", "NUR-06"):
        check_bedside(day.clinic, account, day.participant, VISIT)
    page = show()
    assert "Both checks agree" in seen(page)
    sign(qtbot, page, "NUR-04")
    join(qtbot, page, "NUR-06")
    sign(qtbot, page, "NUR-06")
    assert page.view.gates["G3"].status == "passed"
    assert page.actor.account == "NUR-04"
    assert page.act.words.startswith("Next: Pump number")


def test_a_mismatch_is_shown_to_both_only_after_both_have_finished(day, show):
    day.to("AT_BEDSIDE")
    check_bedside(day.clinic, "NUR-04", day.participant, VISIT, {"C06_LABEL": Decimal("101.5")})
    check_bedside(day.clinic, "NUR-06", day.participant, VISIT)
    page = show()
    assert "The two checks differ" in seen(page)
    assert "101.5" in seen(page)
    assert page.view.gates["G3"].status == "shut"
