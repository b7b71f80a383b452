from datetime import date
from decimal import Decimal

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtWidgets import QApplication
from tests.clinic import PASSWORDS
from tests.ui.clipping import clipping_faults
from tests.ui.screen_help import Visited

from msclinic.domain.values import Code, Missing
from msclinic.services.neuro import ExamEntry, sign_exam
from msclinic.services.session import Refused
from msclinic.services.visits import book_visit, open_visit
from msclinic.ui.neuro.my_exams import MyExamsScreen
from msclinic.ui.neuro.screen import ExamScreen
from msclinic.ui.neuro.typed_choices import TypedChoices, typed_forms
from msclinic.ui.shell import RailEntry, Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Tasks
from msclinic.ui.widgets import Choice
from msclinic.wording import set_language, tr

STEPS = ["0", *(f"{half / 2:.1f}" for half in range(2, 20)), "10"]


@pytest.fixture
def participant(clinic):
    found = clinic.enrol(12)
    open_visit(clinic.session("CRC-01"), found, "SCR", date(2026, 11, 23))
    return found


@pytest.fixture
def show(qtbot, clinic):
    """Put a page into the program's own frame, laid out and active."""
    went = Visited()
    shells = []

    def put(make, account="RAT-02"):
        shell = Shell()
        shells.append(shell)
        shell.set_who(Who(account, "EDSS rater"))
        shell.set_rail([RailEntry("today", tr("My exams"), "clipboard-check")], "today")
        tasks = Tasks(shell)
        page = make(clinic.session(account), went.navigator(), tasks)
        if page.identity is not None:
            shell.banner.set_identity(page.identity)
            shell.banner.show()
        shell.add_page("page", page)
        shell.show_page("page")
        shell.resize(1366, 768)
        shell.show()
        shell.activateWindow()
        qtbot.waitUntil(shell.isActiveWindow)
        qtbot.waitUntil(tasks.idle)
        QApplication.processEvents()
        page.shell, page.went = shell, went
        return page

    yield put
    # Qt lets the windows go now, before Python's collector could do it in any order.
    for shell in shells:
        shell.close()
        shell.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def exam_screen(show, participant):
    def open_it(account="RAT-02"):
        return show(lambda *given: ExamScreen(*given, participant, "SCR", "1"), account)

    return open_it


def press(qtbot, keys):
    """Type into whatever has the focus; Enter is ``\\r``."""
    for key in keys:
        focused = QApplication.focusWidget()
        assert focused is not None, f"nothing has the focus before {key!r}"
        if key == "\r":
            qtbot.keyClick(focused, Qt.Key.Key_Return)
        else:
            qtbot.keyClicks(focused, key)
        QApplication.processEvents()


def fill(session, participant, visit="SCR", **other):
    answers = {
        "RSDTC": session.now(),
        "FS_VISUAL": Code("1"),
        "FS_BRAINSTEM": Code("1"),
        "FS_PYRAMIDAL": Code("3"),
        "FS_CEREBELLAR": Code("2"),
        "FS_CEREBELLAR_X": Code("N"),
        "FS_SENSORY": Code("2"),
        "FS_BOWEL_BLADDER": Code("1"),
        "FS_CEREBRAL": Code("0"),
        "WALK_DISTANCE": Decimal("350"),
        "WALK_SOURCE": Code("MEASURED"),
        "WALK_AID": Code("NONE"),
        "AMBULATION": Code("2"),
        "EDSS": Code("4.5"),
    } | other
    exam = ExamEntry(session, participant, visit)
    for item, answer in answers.items():
        if answer is not None:
            assert exam.answer(item, answer).accepted
    return exam


WHOLE_EXAM = "0930\r" + "1132N210" + "350\r" + "11" + "2" + "45"


def test_a_whole_exam_is_made_and_signed_by_keys_alone(qtbot, exam_screen, clinic, participant):
    page = exam_screen()
    press(qtbot, WHOLE_EXAM)
    assert page.score.step.text() == "4.5"
    assert "at least 4.5" in page.score.sentence.text()
    assert QApplication.focusWidget() is page.frame.sign
    press(qtbot, "\r" + PASSWORDS["RAT-02"] + "\r")
    qtbot.waitUntil(page.tasks.idle)
    exam = ExamEntry(clinic.session("RAT-02"), participant, "SCR")
    assert exam.signature().valid
    assert exam.entered() == Decimal("4.5")
    assert exam.value("WALK_AID") == Code("NONE")
    assert not page.frame.sign.isVisible()
    assert page.went.errors == []


def test_enter_after_each_digit_skips_nothing(qtbot, exam_screen):
    page = exam_screen()
    press(qtbot, "0930\r" + "1\r1\r3\r2\rN\r2\r1\r0\r")
    grades = page.exam.systems().grades()
    assert tuple(grades.values()) == (1, 1, 3, 2, 2, 1, 0)
    assert page.exam.value("FS_CEREBELLAR_X") == Code("N")


def test_every_answer_is_stored_as_it_is_given(qtbot, exam_screen, clinic, participant):
    page = exam_screen()
    press(qtbot, "0930\r1")
    stored = ExamEntry(clinic.session("RAT-02"), participant, "SCR")
    assert stored.value("FS_VISUAL") == Code("1")
    assert page.frame.head.saved.isVisible()


def test_the_computed_step_is_outlined_and_never_chosen(qtbot, exam_screen):
    page = exam_screen()
    press(qtbot, "0930\r" + "1132N210" + "350\r" + "11" + "2")
    assert page.score.step.text() == "4.5"
    assert page.rows["EDSS"].input.answer() is None
    assert page.exam.entered() is None


def test_ctrl_d_says_why_a_grade_is_missing(qtbot, exam_screen):
    page = exam_screen()
    page.jump("FS_SENSORY")
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    press(qtbot, "2")
    assert page.exam.value("FS_SENSORY") == Missing("UNABLE")


def test_a_contradiction_is_shown_and_kept_with_a_reason_by_keys(
    qtbot, exam_screen, clinic, participant
):
    fill(clinic.session("RAT-02"), participant, WALK_DISTANCE=Decimal("285"), EDSS=None)
    page = exam_screen()
    (card,) = page.score.cards()
    assert card.finding.code == "C6"
    press(qtbot, "45")
    assert page.score.cards()[0].keep.hasFocus()
    assert not page.frame.sign.isEnabled()
    press(qtbot, "\r1")
    assert page.score.cards() == []
    assert page.frame.sign.isEnabled()


def test_a_changed_grade_asks_for_its_reason_beside_the_row(
    qtbot, exam_screen, clinic, participant
):
    fill(clinic.session("RAT-02"), participant)
    page = exam_screen()
    page.jump("FS_VISUAL")
    press(qtbot, "0")
    assert page.rows["FS_VISUAL"].panel.isVisible()
    assert not page.frame.sign.isEnabled()
    press(qtbot, "1")
    assert not page.rows["FS_VISUAL"].panel.isVisible()
    assert page.frame.sign.isEnabled()


def test_a_step_that_differs_opens_the_reason_and_the_finding(
    qtbot, exam_screen, clinic, participant
):
    fill(clinic.session("RAT-02"), participant, EDSS=None)
    page = exam_screen()
    press(qtbot, "50")
    assert [card.finding.code for card in page.score.cards()] == ["C4"]
    assert page.rows["EDSS_REASON"].isVisible()
    press(qtbot, "1")
    assert page.score.cards() == []
    assert page.frame.sign.isEnabled()


def test_a_wrong_password_is_said_in_the_panel_and_nothing_is_signed(
    qtbot, exam_screen, clinic, participant
):
    fill(clinic.session("RAT-02"), participant)
    page = exam_screen()
    page.frame.sign.click()
    press(qtbot, "not the right one at all\r")
    qtbot.waitUntil(page.tasks.idle)
    assert page.panel.isVisible()
    assert not page.panel.waiting
    assert page.exam.signature() is None


def test_a_signed_exam_is_read_only_until_it_is_corrected(qtbot, exam_screen, clinic, participant):
    rater = clinic.session("RAT-02")
    fill(rater, participant)
    sign_exam(rater, participant, "SCR", "1", PASSWORDS["RAT-02"])
    page = exam_screen()
    visual = page.rows["FS_VISUAL"].input
    visual.cells[0].click()
    assert page.exam.value("FS_VISUAL") == Code("1")
    page.frame.foot.other_pressed.emit()
    visual.cells[0].click()
    assert page.exam.value("FS_VISUAL") == Code("0")
    assert not page.exam.signature().valid


def test_a_physician_reads_the_exam_and_answers_nothing(exam_screen, clinic, participant):
    fill(clinic.session("RAT-02"), participant)
    page = exam_screen("PHY-01")
    page.rows["FS_VISUAL"].input.cells[0].click()
    assert page.exam.value("FS_VISUAL") == Code("1")
    assert not page.frame.sign.isVisible()


def test_the_banner_tells_a_rater_contact_allergies_only(exam_screen):
    identity = exam_screen().identity
    assert (identity.code, identity.visit) == ("PL01-012", "Screening (SCR)")
    assert identity.allergies == "Allergy: latex"
    assert identity.chair is None


def test_every_input_is_named_by_its_item_path(exam_screen):
    page = exam_screen()
    for item, made in page.rows.items():
        assert made.objectName().startswith("SCR/1/edss/1/")
        assert made.objectName().endswith(f"/{item}")
        assert made.typing.accessibleName()


@pytest.mark.parametrize(("language", "mode", "scale"), [("pl", "light", 150), ("en", "dark", 100)])
def test_nothing_of_the_exam_is_clipped(
    qtbot, exam_screen, clinic, participant, language, mode, scale
):
    fill(clinic.session("RAT-02"), participant, WALK_DISTANCE=Decimal("285"), EDSS=Code("5.0"))
    set_language(language)
    apply_theme(QApplication.instance(), mode, scale)
    page = exam_screen()
    for show_part in (
        lambda: page.jump("FS_VISUAL"),
        lambda: page.jump("EDSS"),
        page.frame.show_score,
    ):
        show_part()
        QApplication.processEvents()
        assert clipping_faults(page.shell, (1366, 768)) == []


def test_the_first_screen_leads_to_the_exam(show, clinic, participant):
    book_visit(clinic.session("CRC-01"), participant, "V1", date(2026, 12, 1))
    page = show(MyExamsScreen)
    exams = [one for one in page.exams if one.form == "edss"]
    assert [(one.visit, one.state) for one in exams] == [("SCR", "planned"), ("V1", "planned")]
    next(b for b in page.buttons if "EDSS" in b.accessibleName()).click()
    assert page.went.places == [("exam", participant, "SCR", "1")]


def test_the_first_screen_says_so_when_no_exam_waits(show):
    page = show(MyExamsScreen)
    assert page.exams == []
    assert page.pane.accessibleName() == "No exam waits for you"


@pytest.mark.parametrize("scale", [100, 150])
def test_nothing_of_the_first_screen_is_clipped_in_polish(show, clinic, participant, scale):
    other = clinic.enrol(13)
    book_visit(clinic.session("CRC-01"), other, "SCR", date(2026, 12, 1))
    fill(clinic.session("RAT-02"), participant)
    set_language("pl")
    apply_theme(QApplication.instance(), "light", scale)
    page = show(MyExamsScreen)
    assert clipping_faults(page.shell, (1366, 768)) == []


def test_an_exam_that_may_not_be_seen_makes_no_screen(qtbot, clinic, participant):
    with pytest.raises(Refused):
        ExamScreen(
            clinic.session("PREP-01"), Visited().navigator(), Tasks(), participant, "SCR", "1"
        )


@pytest.mark.parametrize("step", STEPS)
def test_every_step_of_the_scale_can_be_typed(qtbot, step):
    scale = TypedChoices("EDSS", [Choice(code, code) for code in STEPS], columns=10)
    qtbot.addWidget(scale)
    given = []
    scale.answered.connect(given.append)
    qtbot.keyClicks(scale, step)
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    assert given == [Code(step)]


@pytest.mark.parametrize("score", [str(number) for number in range(17)])
def test_every_ambulation_score_can_be_typed(qtbot, score):
    scale = TypedChoices("Ambulation", [Choice(str(n), f"{n} x") for n in range(17)], columns=2)
    qtbot.addWidget(scale)
    given = []
    scale.answered.connect(given.append)
    qtbot.keyClicks(scale, score)
    qtbot.keyClick(scale, Qt.Key.Key_Return)
    assert given == [Code(score)]


def test_ten_is_never_taken_for_one_without_being_confirmed(qtbot):
    scale = TypedChoices("EDSS", [Choice(code, code) for code in STEPS], columns=10)
    qtbot.addWidget(scale)
    qtbot.keyClicks(scale, "10")
    assert scale.answer() is None
    assert scale.pending


def test_a_step_may_be_typed_without_its_decimal_mark():
    forms = typed_forms(STEPS)
    assert forms["45"] == "4.5"
    assert forms["4"] == "4.0"
    assert forms["10"] == "10"
