"""Laboratory results on Today: a physician sees what waits, and one press opens it."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from tests.clinic import PASSWORDS
from tests.laboratory_report import give, laboratory, report
from tests.ui.screen_help import Visited, faults_of

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.laboratory import review
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.today.screen import TodayScreen
from msclinic.ui.widgets import Button


@pytest.fixture
def visited() -> Visited:
    return Visited()


@pytest.fixture
def show(qtbot, clinic, visited):
    def make(account: str) -> TodayScreen:
        screen = TodayScreen(clinic.session(account), visited.navigator(), Tasks())
        qtbot.addWidget(screen)
        screen.resize(1280, 700)
        screen.show()
        qtbot.waitUntil(lambda: not screen.reading.waiting)
        QApplication.processEvents()
        return screen

    return make


def words(screen: TodayScreen) -> list[str]:
    return [one.text() for one in screen.due.results.findChildren(QLabel) if one.isVisible()]


def buttons(screen: TodayScreen) -> list[Button]:
    return [one for one in screen.due.results.findChildren(Button) if one.isVisible()]


def test_what_waits_stands_on_an_empty_day_too_with_the_critical_first(show, clinic):
    lab = laboratory(clinic)
    report(lab, clinic.enrol(1), CRP=("9", "mg/L"), ALT=("<50", "U/L"))
    report(lab, clinic.enrol(3), PLAT=("12", "10*9/L"))
    shown = words(show("PHY-01"))
    assert shown[:3] == [
        "Laboratory results to review",
        "PL01-003, Safety laboratory, SCR",
        "Platelets 12 ×10⁹/L, critically low",
    ]
    assert "CRP 9 mg/L, high" in shown
    assert "ALT <50 U/L, cannot be decided" in shown


def test_a_critical_value_stands_there_while_the_laboratory_still_types(show, clinic):
    entry = FormEntry(laboratory(clinic), clinic.enrol(1), "SCR", "lab_safety")
    give(entry, HGB_LBORRES="40")
    give(entry, HGB_LBORRESU=Code("g/L"))
    shown = words(show("PHY-01"))
    assert "The laboratory is still typing." in shown
    assert "Haemoglobin 40 g/L, critically low" in shown


def test_no_critical_value_is_left_out_however_many_there_are(show, clinic):
    lab = laboratory(clinic)
    bad = {"CRP": ("120", "mg/L"), "WBC": ("0,9", "10*9/L"), "HGB": ("6,1", "g/dL")}
    worse = {"AST": ("900", "U/L"), "ALT": ("950", "U/L"), "PLAT": ("5", "10*3/uL")}
    for number in range(1, 8):
        report(lab, clinic.enrol(number), **bad, **worse)
    shown = [one for one in words(show("PHY-01")) if "critically" in one]
    assert len(shown) == 7 * 6


def test_one_press_opens_the_form_at_the_judgement_that_is_missing(show, clinic, visited):
    participant = clinic.enrol(1)
    report(laboratory(clinic), participant, CRP=("9", "mg/L"))
    screen = show("PI-01")
    [button] = buttons(screen)
    assert button.accessibleName() == "Review: PL01-001, Safety laboratory, SCR"
    button.click()
    place = ("form", participant, "SCR", "1", "lab_safety", "1", ("results", "1", "CRP_LBCLSIG"))
    assert visited.places == [place]


def test_a_signed_review_takes_the_form_from_the_list(show, clinic, qtbot):
    participant = clinic.enrol(1)
    entry = report(laboratory(clinic), participant)
    screen = show("PHY-01")
    assert "All in range." in words(screen)
    review(clinic.session("PHY-01"), participant, entry.prefix, PASSWORDS["PHY-01"])
    screen.refresh(frozenset({Kind.SIGNATURES}))
    qtbot.waitUntil(lambda: not screen.due.results.isVisible())
    assert "Nobody is expected today" in " ".join(
        one.text() for one in screen.pane.findChildren(QLabel)
    )


@pytest.mark.parametrize("account", ["NUR-04", "CRC-01"])
def test_who_does_not_review_sees_no_result(show, clinic, account):
    report(laboratory(clinic), clinic.enrol(1), CRP=("120", "mg/L"))
    screen = show(account)
    assert not screen.due.results.isVisible()
    assert words(screen) == []


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150), ("pl", 200)])
def test_nothing_is_cut(qtbot, clinic, visited, language, scale):
    lab = laboratory(clinic)
    many = {"CRP": ("120", "mg/L"), "ALT": ("<50", "U/L"), "WBC": ("0,9", "10*9/L")}
    for number in range(1, 8):
        report(lab, clinic.enrol(number), **many, HGB=("6,1", "g/dL"), AST=("900", "U/L"))
    faults = faults_of(
        qtbot,
        lambda: TodayScreen(clinic.session("PHY-01"), visited.navigator(), Tasks()),
        (1366 - 120, 768 - 60),
        language,
        scale,
        lambda screen: not screen.reading.waiting,
    )
    assert faults == []
