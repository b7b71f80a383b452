"""What stood in an answer of the run before, and what is asked of it, from the item at hand."""

# ruff: noqa: F811
from decimal import Decimal

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication
from tests.infusion_day import check_bedside
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
    template,  # noqa: F401
    typed,
)

from msclinic.domain.queries import ANSWERED
from msclinic.services.queries import participant_queries, raise_query
from msclinic.ui.queries.strip import QueryStrip
from msclinic.ui.style import apply_theme
from msclinic.wording import set_language

ASKED = "Is 132 read from the cuff?"
CONTROL = Qt.KeyboardModifier.ControlModifier


def with_control(qtbot, page, key):
    qtbot.keyClick(QApplication.focusWidget(), key, CONTROL)
    settle(page)


def in_round(day, show):
    """The first round of a running infusion; the cursor stands in its first field."""
    day.to("RUNNING")
    day.clinic.clock.turn(15 * MINUTE)
    page = show()
    page.open_round(page.view.next_round.point)
    settle(page)
    return page


def editor_at_hand(page):
    assert page.near.editor is not None
    return page.near.editor


@pytest.mark.requirement("R-AUD-4")
def test_both_values_of_a_reading_are_in_its_history(qtbot, day, show):
    page = in_round(day, show)
    editor = editor_at_hand(page)
    keys(qtbot, page, "132", "\r")
    editor.setFocus()
    editor.input.edit.selectAll()
    keys(qtbot, page, "123", "\r")
    editor.setFocus()
    with_control(qtbot, page, Qt.Key.Key_H)
    said = seen(page.near.aside.trail)
    assert page.near.aside.trail.isVisible()
    assert "132" in said
    assert "123" in said
    assert "NUR 04" in said
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    settle(page)
    assert not page.near.aside.trail.isVisible()
    assert editor.isAncestorOf(QApplication.focusWidget())


def test_a_gloved_finger_opens_the_history_from_the_head_and_keeps_the_field(qtbot, day, show):
    page = in_round(day, show)
    keys(qtbot, page, "132", "\r")
    editor = editor_at_hand(page)
    click(page, "run/history")
    assert page.near.aside.trail.isVisible()
    assert page.near.editor is editor
    page.near.aside.close()
    page.go_on()
    settle(page)
    shown = [one for one in page.findChildren(QAbstractButton, "run/history") if one.isVisible()]
    assert shown == []


@pytest.mark.requirement("R-DAT-2")
def test_a_query_stands_beneath_its_field_and_is_answered_at_the_chair(qtbot, day, show):
    page = in_round(day, show)
    entry, ref = page.near._place()
    keys(qtbot, page, "132", "\r")
    monitor = day.clinic.session("MON-01")
    raise_query(monitor, day.participant, entry.path(ref), ASKED)
    page.step.reread()
    settle(page)
    strip = page.findChild(QueryStrip, f"{entry.path(ref)}#queries")
    assert ASKED in seen(strip)
    assert clipping_faults(page.shell, (1366, 768)) == []
    page.step.editor_of(ref).setFocus()
    with_control(qtbot, page, Qt.Key.Key_M)
    assert ASKED in seen(page.near.aside.queries.card)
    keys(qtbot, page, "Yes.", "\r")
    assert participant_queries(monitor, day.participant)[0].status == ANSWERED


@pytest.mark.requirement("R-BLD-6")
def test_the_second_checker_finds_nothing_of_the_first_in_the_history(qtbot, day, show):
    day.to("AT_BEDSIDE")
    check_bedside(day.clinic, "NUR-04", day.participant, VISIT, {"C06_LABEL": Decimal("101.5")})
    page = show()
    join(qtbot, page, "NUR-06")
    go(qtbot, page)
    keys(qtbot, page, *typed("K-204817\r"))
    for panel in page.step.panels.values():
        for ref in panel.editors:
            page.near.aside.open_history(panel.entry, ref)
            said = seen(page.near.aside.trail)
            assert "NUR 04" not in said
            assert "101.5" not in said


def test_what_is_open_beside_goes_with_the_person_who_read_it(qtbot, day, show):
    day.to("ARRIVED")
    page = show()
    with_control(qtbot, page, Qt.Key.Key_H)
    assert page.near.aside.trail.isVisible()
    page._other_hands()
    settle(page)
    page.open_phase("check")
    settle(page)
    assert not page.near.aside.trail.isVisible()


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_of_a_round_with_a_query_is_cut_in_polish(qapp, qtbot, day, show, scale):
    set_language("pl")
    apply_theme(qapp, "light", scale)
    page = in_round(day, show)
    entry, ref = page.near._place()
    keys(qtbot, page, "132", "\r")
    raise_query(day.clinic.session("MON-01"), day.participant, entry.path(ref), ASKED)
    page.step.reread()
    settle(page)
    assert clipping_faults(page.shell, (1366, 768)) == []
    with_control(qtbot, page, Qt.Key.Key_H)
    trail = page.near.aside.trail.geometry()
    assert page.rect().contains(trail)
