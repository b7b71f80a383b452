"""A laboratory form as the laboratory completes it and as a physician reviews and signs it."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from tests.clinic import PASSWORDS
from tests.laboratory_report import laboratory, report
from tests.ui.clipping import clipping_faults
from tests.ui.forms_bench import Went, in_window, settle

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.forms.sections import step_of
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.wording import set_language

CHANGED = {"CRP": ("118", "mg/L"), "WBC": ("12", "10*9/L")}


@pytest.fixture
def participant(clinic):
    return clinic.enrol(7)


@pytest.fixture
def lab(clinic, participant):
    session = laboratory(clinic)
    report(session, participant, **CHANGED)
    return session


def opened(qtbot, session, participant):
    went = Went()
    page = FormScreen(
        session, went.navigator(), Tasks(), participant, "SCR", "1", "lab_safety", "1"
    )
    page.went = went
    return in_window(qtbot, page)


def results_step(page):
    section = next(one for one in page.way.sections if one.key == "results")
    return step_of(section, page.way.progress["results"])


def judge(page, **answers):
    for item, answer in answers.items():
        assert page.entry.answer(page.entry.ref(item), Code(answer)).accepted
    page._count()


def test_the_review_is_not_done_while_a_judgement_is_open(qtbot, clinic, participant, lab):
    page = opened(qtbot, clinic.session("PHY-01"), participant)
    step = results_step(page)
    assert (step.state, step.note) == ("stop", "2 left")
    assert page.next_act.kind == "item"
    assert "clinically significant" in page.way.left_words()[0]
    assert not page._sign_button.isEnabled()
    judge(page, WBC_LBCLSIG="N")
    assert (results_step(page).state, results_step(page).note) == ("stop", "1 left")
    judge(page, CRP_LBCLSIG="Y")
    assert (results_step(page).state, results_step(page).note) == ("done", "")
    page.complete()
    assert page.next_act.kind == "sign"


def test_the_signature_is_refused_before_the_password_is_typed(qtbot, clinic, participant, lab):
    page = opened(qtbot, clinic.session("PHY-01"), participant)
    page.ask_signature()
    assert not page.sign_panel.isVisible()
    assert [error.code for error in page.went.errors] == ["results_not_judged"]


def test_the_sign_panel_lists_the_critical_results_first(qtbot, clinic, participant, lab):
    page = opened(qtbot, clinic.session("PI-01"), participant)
    judge(page, WBC_LBCLSIG="N", CRP_LBCLSIG="Y")
    page.complete()
    page.ask_signature()
    settle()
    words = [one.text() for one in page.sign_panel.findChildren(QLabel)]
    at = words.index("Safety laboratory")
    assert words[at + 1] == "CRP 118 mg/L, critically high"
    assert words[at + 2] == "Leukocytes 12 ×10⁹/L, high"
    assert "Critical or possibly critical: 1" in words
    assert "Other results not in range: 1" in words
    page.sign_panel.asked.emit("lab_reviewed", PASSWORDS["PI-01"])
    qtbot.waitUntil(lambda: not page.sign_panel.isVisible(), timeout=10_000)
    assert [row.meaning for row in page.way.standing.signatures] == ["lab_reviewed"]


def test_the_laboratory_completes_and_sees_what_to_call_about(qtbot, clinic, participant, lab):
    page = opened(qtbot, lab, participant)
    assert (results_step(page).state, results_step(page).note) == ("stop", "")
    assert page.way.standing.complete
    assert page.way.left_words()[0] == "Complete. A critical value waits for the physician."
    page.open_section("results")
    settle()
    panel = page.panel.editors[page.entry.ref("CRP_LBNRIND")].panel
    assert panel.isVisibleTo(page)
    assert panel.accessibleName().startswith("Critical: CRP 118 mg/L. Laboratory: call")
    assert FormEntry(lab, participant, "SCR", "lab_safety").open_items() == []


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150)])
def test_nothing_is_cut_where_a_value_is_critical(qtbot, clinic, participant, lab, language, scale):
    set_language(language)
    apply_theme(QApplication.instance(), "light", scale)
    page = opened(qtbot, clinic.session("PHY-01"), participant)
    page.open_section("results")
    settle()
    assert clipping_faults(page, (1286, 664)) == []
