"""What stood in an item of the exam before, and what is asked of it: beside the row, by keys."""

from datetime import date, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import Went, in_window, press, settle, type_in

from msclinic.domain.queries import ANSWERED
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.neuro import ExamEntry
from msclinic.services.queries import participant_queries, raise_query
from msclinic.services.visits import open_visit
from msclinic.ui.neuro.screen import ExamScreen
from msclinic.ui.queries.strip import QueryStrip
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

SIZE = (1286, 664)
ASKED = "Was the visual grade taken without glasses?"
CONTROL = Qt.KeyboardModifier.ControlModifier
ITEM = "FS_VISUAL"


@pytest.fixture
def participant(clinic):
    found = clinic.enrol(12)
    open_visit(clinic.session("CRC-01"), found, "SCR", date(2026, 11, 23))
    return found


@pytest.fixture
def exam(clinic, participant):
    """The visual grade was 1, and is 2 now."""
    made = ExamEntry(clinic.session("RAT-02"), participant, "SCR", "1")
    made.answer(ITEM, Code("1"))
    clinic.clock.turn(timedelta(hours=3))
    made.answer(ITEM, Code("2"))
    return made


@pytest.fixture
def show(qtbot, clinic, participant):
    kept = []

    def make(account="RAT-02"):
        session, tasks = clinic.session(account), Tasks()
        page = ExamScreen(session, Went().navigator(), tasks, participant, "SCR", "1")
        tasks.changed.connect(page.refresh)
        in_window(qtbot, page, SIZE)
        kept.append((tasks, page))
        return page

    yield make
    for tasks, page in kept:
        tasks.wait()
        page.release()


def words(widget):
    return " | ".join(one.text() for one in widget.findChildren(QLabel) if one.isVisible())


def strip_of(page, item):
    path = page.exam.form.path(page.exam.form.ref(item))
    return page.findChild(QueryStrip, f"{path}#queries")


def done(qtbot, page):
    qtbot.waitUntil(page.tasks.idle)
    settle()


@pytest.mark.requirement("R-AUD-4")
def test_the_rater_reads_what_stood_in_an_item_and_goes_on_at_its_row(exam, show):
    page = show()
    page.jump(ITEM)
    settle()
    press(Qt.Key.Key_H, CONTROL)
    said = words(page.aside.trail)
    assert page.aside.trail.isVisible()
    assert "Visual" in said
    assert "RAT 02" in said
    assert "1" in said
    assert "→" in said
    press(Qt.Key.Key_Escape)
    assert not page.aside.trail.isVisible()
    assert page.rows[ITEM].typing.hasFocus()


def test_the_button_of_the_history_comes_with_the_answer_and_the_focus(exam, show):
    page = show()
    row = page.rows[ITEM]
    assert not row._history.isVisible()
    page.jump(ITEM)
    settle()
    assert row._history.isVisible()
    row._history.click()
    assert page.aside.trail.isVisible()
    page.jump("FS_BRAINSTEM")
    settle()
    assert not row._history.isVisible()
    assert not page.rows["FS_BRAINSTEM"]._history.isVisible()


@pytest.mark.requirement("R-DAT-2")
def test_the_rater_reads_the_query_beneath_the_row_and_answers_it_by_keys(
    qtbot, clinic, participant, exam, show
):
    ref = exam.form.ref(ITEM)
    raise_query(clinic.session("MON-01"), participant, exam.form.path(ref), ASKED)
    page = show()
    assert ASKED in words(strip_of(page, ITEM))
    page.jump(ITEM)
    settle()
    press(Qt.Key.Key_M, CONTROL)
    assert ASKED in words(page.aside.queries.card)
    type_in("Without glasses.")
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    (query,) = participant_queries(clinic.session("MON-01"), participant)
    assert query.status == ANSWERED


@pytest.mark.requirement("R-BLD-6")
def test_the_rater_is_told_of_no_query_and_no_history_of_another_form(
    clinic, participant, exam, show
):
    vitals = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    vitals.answer(vitals.ref("VSPOS"), Code("SITTING"))
    raise_query(
        clinic.session("MON-01"), participant, vitals.path(vitals.ref("VSPOS")), "Which chair?"
    )
    page = show()
    assert page.marks.queries == []
    assert all(strip_of(page, item) is None for item in page.rows)
    for item in page.rows:
        page.aside.open_history(*page._place(page.rows[item]))
        assert "NUR 04" not in words(page.aside.trail)


def test_a_monitor_reaches_history_and_question_by_tab_and_asks(
    qtbot, clinic, participant, exam, show
):
    page = show("MON-01")
    row = page.rows[ITEM]
    assert row._history.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert row._history.isVisible()
    row._query.setFocus(Qt.FocusReason.TabFocusReason)
    press(Qt.Key.Key_Return)
    type_in(ASKED)
    press(Qt.Key.Key_Return)
    done(qtbot, page)
    assert ASKED in words(strip_of(page, ITEM))


@pytest.mark.parametrize("scale", [100, 150, 200])
def test_nothing_of_an_exam_with_a_query_is_cut_in_polish(
    qapp, clinic, participant, exam, show, scale
):
    ref = exam.form.ref(ITEM)
    raise_query(clinic.session("MON-01"), participant, exam.form.path(ref), ASKED)
    set_language("pl")
    apply_theme(qapp, "light", scale)
    page = show()
    page.jump(ITEM)
    settle()
    assert clipping_faults(page.window(), SIZE) == []
    press(Qt.Key.Key_H, CONTROL)
    settle()
    assert page.aside.trail.geometry().right() <= page.width()
    assert page.aside.trail.geometry().bottom() <= page.frame.foot.y()
