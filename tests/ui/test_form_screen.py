"""Any form on one page, over a real clinic: filled in by keyboard, completed, signed, read."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel
from tests.clinic import PASSWORDS
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import Went, in_window, press, settle, type_in

from msclinic.domain.values import Code, Codes, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

ENTER = Qt.Key.Key_Return
EVENT = "a" * 16


@pytest.fixture
def participant(clinic):
    return clinic.enrol(7)


def screen(qtbot, session, participant, form, visit="V1", key="1"):
    went, work = Went(), Tasks()
    page = FormScreen(session, went.navigator(), work, participant, visit, "1", form, key)
    page.went = went
    return in_window(qtbot, page)


def event(session, participant):
    return FormEntry(session, participant, "LOG", "adverse_event", "1", EVENT)


def filled_event(clinic, participant):
    """An adverse event with every answer, not declared complete."""
    entry = event(clinic.session("PHY-01"), participant)
    for item, answer in (
        ("AETERM", "Headache"),
        ("AESTDAT", PartialDate("2026-11-22")),
        ("AEONGO", Code("Y")),
        ("AETOXGR", Code("2")),
        ("AESER", Code("N")),
        ("AEREL", Code("NOT_RELATED")),
        ("AEACN", Code("DOSE_NOT_CHANGED")),
        ("AEACNOTH", Codes(("NONE",))),
        ("AEOUT", Code("RECOVERING")),
    ):
        assert entry.answer(entry.ref(item), answer).accepted
    return entry


def test_an_adverse_event_is_entered_with_the_keyboard_alone(qtbot, clinic, participant):
    nurse = clinic.session("NUR-04")
    page = screen(qtbot, nurse, participant, "adverse_event", "LOG", EVENT)
    assert page.panel.editors[page.entry.ref("AETERM")].input.edit is QApplication.focusWidget()
    type_in("Headache, both temples")
    press(ENTER)
    type_in("22112026")
    press(ENTER)
    press(ENTER)  # the minute is not known
    press(Qt.Key.Key_Y)
    press(ENTER)
    press(Qt.Key.Key_2)
    press(ENTER)
    assert page.next_act.kind == "section"
    press(ENTER)
    press(Qt.Key.Key_N)
    fresh = event(nurse, participant)
    assert fresh.value("AETERM") == "Headache, both temples"
    assert fresh.value("AESTDAT") == PartialDate("2026-11-22")
    assert fresh.value("AEONGO") == Code("Y")
    assert fresh.value("AETOXGR") == Code("2")
    assert fresh.value("AESER") == Code("N")
    assert "saved" in page._head.saved.accessibleName()


def test_what_was_stored_is_there_when_the_form_is_opened_again(qtbot, clinic, participant):
    filled_event(clinic, participant)
    session = clinic.session("NUR-04")
    page = screen(qtbot, session, participant, "adverse_event", "LOG", EVENT)
    page.open_section("event")
    assert page.panel.editors[page.entry.ref("AETERM")].input.edit.text() == "Headache"
    assert page._title == "Adverse event 1"


def test_a_filled_form_is_declared_complete_and_signed(qtbot, clinic, participant):
    filled_event(clinic, participant)
    page = screen(qtbot, clinic.session("PHY-01"), participant, "adverse_event", "LOG", EVENT)
    assert page.next_act.kind == "complete"
    page._foot.next_pressed.emit()
    assert event(clinic.session("PHY-01"), participant).status == "completed"
    assert page.next_act.kind == "sign"
    page.ask_signature()
    settle()
    press(Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    press(ENTER)  # the meaning before the password: reviewed
    press(Qt.Key.Key_Tab)
    type_in(PASSWORDS["PHY-01"])
    press(ENTER)
    qtbot.waitUntil(lambda: not page.sign_panel.isVisible(), timeout=10_000)
    assert page.way.standing.chip()[0] == "Signed"
    assert [row.meaning for row in page.way.standing.signatures] == ["form_reviewed"]


def test_a_wrong_password_signs_nothing(qtbot, clinic, participant):
    filled_event(clinic, participant).complete()
    page = screen(qtbot, clinic.session("PHY-01"), participant, "adverse_event", "LOG", EVENT)
    page.ask_signature()
    page.sign_panel.asked.emit("form_reviewed", "not the password")
    qtbot.waitUntil(lambda: not page.sign_panel.waiting, timeout=10_000)
    assert page.sign_panel.isVisible()
    page.refresh(frozenset())
    assert page.way.standing.signatures == ()


def test_the_history_says_who_changed_what_and_why(qtbot, clinic, participant):
    entry = filled_event(clinic, participant)
    grade = entry.ref("AETOXGR")
    entry.answer(grade, Code("3"))
    entry.keep([grade], "CHANGED", "4", "stayed home from work")
    page = screen(qtbot, clinic.session("PHY-01"), participant, "adverse_event", "LOG", EVENT)
    page.open_section("event")
    page.panel.focus_item(grade)
    settle()
    page._history_here()
    settle()
    words = [label.text() for label in page._trail.findChildren(QLabel)]
    assert any("2 moderate → 3 severe" in one for one in words)
    assert any("stayed home from work" in one for one in words)
    assert "PHY 01 · Physician" in words
    press(Qt.Key.Key_Escape)
    assert not page._trail.isVisible()


def test_a_form_of_another_role_can_only_be_read(qtbot, clinic, participant):
    page = screen(qtbot, clinic.session("NUR-04"), participant, "demography", "SCR")
    for editor in page.panel.editors.values():
        assert editor.input.focusPolicy() == Qt.FocusPolicy.NoFocus
    assert page.next_act.section == "allergies" or page.next_act.kind in ("section", "leave")
    assert all(page.way.mine(section.key) == [] for section in page.way.sections)


def test_the_first_reading_is_added_from_an_empty_section(qtbot, clinic, participant):
    page = screen(qtbot, clinic.session("NUR-04"), participant, "vital_signs")
    page.open_section("reading")
    page.add_repeat("reading")
    settle()
    assert page._current.startswith("reading/")
    assert len(page.entry.keys("reading")) == 1


def test_leaving_stores_what_is_still_being_typed(qtbot, clinic, participant):
    nurse = clinic.session("NUR-04")
    page = screen(qtbot, nurse, participant, "adverse_event", "LOG", EVENT)
    type_in("Fever")
    page.settle()
    assert event(nurse, participant).value("AETERM") == "Fever"


def test_gates_are_not_signed_on_the_form(qtbot, clinic, participant):
    page = screen(qtbot, clinic.session("PHY-01"), participant, "fit_to_dose")
    assert page.way.standing.to_sign(page.session, page.entry) == []


@pytest.mark.parametrize(
    ("form", "visit", "key"),
    [
        ("adverse_event", "LOG", EVENT),
        ("vital_signs", "V1", "1"),
        ("demography", "SCR", "1"),
        ("fit_to_dose", "V1", "1"),
    ],
)
def test_nothing_is_clipped_in_polish_at_150_percent(
    qtbot, qapp, clinic, participant, form, visit, key
):
    set_language("pl")
    apply_theme(qapp, "light", 150)
    page = screen(qtbot, clinic.session("NUR-04"), participant, form, visit, key)
    page.parentWidget().setFixedSize(1246, 612)
    for section in list(page.way.sections):
        page.open_section(section.key)
        settle()
        assert clipping_faults(page) == []


@pytest.mark.parametrize(
    ("language", "before", "after", "note"),
    [
        ("en", "{0} left:", "{0} left, 1 to settle:", "{0} left"),
        ("pl", "Brakuje {0}:", "Brakuje {0}, do wyjaśnienia 1:", "brak {0}"),
    ],
)
def test_an_answer_that_a_check_doubts_is_to_settle_and_not_missing(
    qtbot, clinic, participant, language, before, after, note
):
    set_language(language)
    session = clinic.session("NUR-04")
    entry = FormEntry(session, participant, "V1", "vital_signs")
    key = entry.add_repeat("reading")
    page = screen(qtbot, session, participant, "vital_signs")
    blank = len(page.entry.open_items())
    assert page.way.left_count() == before.format(blank)
    ref = page.entry.ref("SYSBP", key)
    page.entry.answer(ref, 78)
    page._count()
    assert page.way.left_count() == after.format(blank - 1)
    step = next(one for one in page.way.steps() if one.key == page.way.section_with(ref))
    here = page.way.progress[step.key]
    assert (step.state, step.note) == ("attention", note.format(here.blank))
    assert ref in here.asking
    assert here.blank == here.left - 1
    assert page.way.left_words()[0].endswith("…")
