# ruff: noqa: F811
from datetime import timedelta
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from tests.infusion_day import fill
from tests.ui.clipping import clipping_faults
from tests.ui.run_bench import (
    VISIT,
    day,  # noqa: F401
    go,
    keys,
    seen,
    settle,
    show,  # noqa: F401
    template,  # noqa: F401
    texts,
)

from msclinic.domain.values import Code
from msclinic.services.infusion.actions import change_rate
from msclinic.services.infusion.view import run_view
from msclinic.wording import set_language


@pytest.fixture
def closing(day):
    """A discharged day with two rates that nobody had ordered."""
    day.to("RUNNING")
    nurse = day.clinic.session("NUR-04")
    for rate in ("60", "70"):
        change_rate(nurse, day.participant, VISIT, Decimal(rate))
    day.to("DISCHARGED")
    return day


def classified(day):
    view = run_view(day.clinic.session("PHY-01"), day.participant, VISIT)
    return {one.key: (one.importance, one.comment) for one in view.deviations if one.classified}


def rows(page):
    return list(page.step.deviations.rows.values())


def test_a_choice_asks_for_the_comment_and_enter_records_both(qtbot, closing, show):
    page = show("PHY-01")
    first, second, *_ = rows(page)
    first.choice.setFocus()
    keys(qtbot, page, "1")
    assert QApplication.focusWidget() is first.comment.edit
    assert classified(closing) == {}
    keys(qtbot, page, "asked for by phone", "\r")
    assert classified(closing) == {first.state.key: ("minor", "asked for by phone")}
    assert QApplication.focusWidget() is second.choice
    assert "asked for by phone" in seen(page)


def test_a_comment_may_stay_empty(qtbot, closing, show):
    page = show("PHY-01")
    first = rows(page)[0]
    first.choice.choose("important")
    keys(qtbot, page, "\r")
    assert classified(closing) == {first.state.key: ("important", "")}


def test_leaving_a_comment_records_it_and_keeps_what_is_typed_in_the_next(qtbot, closing, show):
    page = show("PHY-01")
    first, second, *_ = rows(page)
    first.choice.choose("minor")
    keys(qtbot, page, "one")
    second.choice.choose("important")
    qtbot.keyClicks(QApplication.focusWidget(), "two")
    settle(page)
    assert classified(closing) == {first.state.key: ("minor", "one")}
    assert QApplication.focusWidget() is second.comment.edit
    assert second.comment.edit.text() == "two"


def test_looking_away_records_nothing_and_leaving_the_screen_records_it_once(qtbot, closing, show):
    page = show("PHY-01")
    first = rows(page)[0]
    first.choice.choose("minor")
    keys(qtbot, page, "half a")
    reason = Qt.FocusReason.ActiveWindowFocusReason
    first.comment.edit.clearFocus()
    first.comment.edit.setFocus(reason)
    settle(page)
    page.settle()
    page.settle()
    settle(page)
    assert classified(closing) == {first.state.key: ("minor", "half a")}
    assert not page.went.said


def test_the_button_leads_from_deviation_to_deviation(qtbot, closing, show):
    answers = {"E08_BAG": Code("RETURNED"), "E08_BY": "PREP-01", "E09": Code("Y")}
    today = closing.clinic.clock.now().date()
    dates = ("E07_NEXT_VISIT", "E07_CALL1", "E07_CALL7")
    answers |= {
        item: today + timedelta(days=days) for item, days in zip(dates, (91, 1, 7), strict=True)
    }
    fill(closing.entry("after_infusion"), answers)
    page = show("PHY-01")
    for _ in range(len(rows(page))):
        assert page.act.words == "Next: classify the deviations", page.act
        go(qtbot, page)
        keys(qtbot, page, "1", "seen")
    assert page.act.words == "Record the comment"
    go(qtbot, page)
    assert set(classified(closing).values()) == {("minor", "seen")}
    assert "All classified" in texts(page)


def test_a_nurse_sees_them_and_who_classifies(closing, show):
    page = show()
    assert "The physician or the coordinator classifies them." in seen(page)
    assert all(row.choice is None for row in rows(page))


@pytest.mark.parametrize("language", ["en", "pl"])
def test_the_comment_is_not_cut(closing, show, language):
    set_language(language)
    page = show("PHY-01")
    rows(page)[0].choice.choose("important")
    settle(page)
    assert clipping_faults(page.shell, (1366, 768)) == []
