"""One participant through the real windows, from enrolment to the end of the study.

Every step is a hand at the window, one person after another; only the infusion day itself is
played through the services, as the demo plays it through the run's screens.
"""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.clinic import PASSWORDS
from tests.infusion_day import BASELINE, CONDITIONS, KIT, play_day
from tests.lives import NUMBER, day_of

from msclinic.app.settings import Settings
from msclinic.domain.values import Answer, Code
from msclinic.services.entry import FormEntry
from msclinic.services.life import life
from msclinic.services.participants import find_participant
from msclinic.services.people.review import review_people
from msclinic.services.verifying import verify_home
from msclinic.services.visits import VisitState, participant_visits
from msclinic.ui.demo.day import play_exam
from msclinic.ui.demo.hands import Hands
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.participants.screen import ParticipantScreen
from msclinic.ui.window import Window

YES, NO = Code("Y"), Code("N")
VITALS: dict[str, Answer] = {**BASELINE, **CONDITIONS}


@pytest.fixture
def hands(qtbot, clinic):
    window = Window(clinic.home, clinic.clock, Settings())
    qtbot.addWidget(window)
    window.resize(1366, 768)
    window.show()
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    made = Hands(window, clinic.clock, PASSWORDS)
    made.settle()
    yield made
    window.close()
    made.settle()


def page_of(hands: Hands, participant: str) -> ParticipantScreen:
    """The participant's page, opened anew."""
    hands.window.show_participant(participant)
    hands.settle()
    page = hands.page
    assert isinstance(page, ParticipantScreen)
    return page


def complete_form(hands: Hands, answers: dict[str, Answer]) -> str:
    """Fill in the form in front and declare it complete; gives its path."""
    screen = hands.page
    assert isinstance(screen, FormScreen)
    hands.answer_all(answers)
    for _ in range(8):
        if screen.entry.status == "completed":
            return screen.entry.prefix
        hands.next()
        hands.answer_all(answers)
    raise AssertionError(f"{screen.entry.prefix}: {screen.entry.open_items()} are open")


def keys(hands: Hands, text: str, *more: Qt.Key) -> None:
    """Type where the focus is."""
    hands.window.activateWindow()
    hands.settle()
    QTest.keyClicks(QApplication.focusWidget(), text)
    for key in more:
        QTest.keyClick(QApplication.focusWidget(), key)


def turn_to(clinic, day: date) -> None:
    """The morning of another day; nobody is signed in."""
    clinic.clock.turn_to(datetime.combine(day, time(7, 30), tzinfo=UTC))


def visit_of(clinic, participant: str, code: str) -> VisitState:
    visits = participant_visits(clinic.session("CRC-01"), participant)
    return next(one for one in visits if one.code == code)


def state_of(clinic, participant: str) -> str:
    return life(clinic.session("CRC-01"), participant).life.state


def test_one_participant_from_enrolment_to_the_end(hands, clinic):
    participant = enrolled(hands, clinic)
    screened(hands, clinic, participant)
    examined(hands, participant, "V1")
    assert state_of(clinic, participant) == "screened"
    for visit in ("SCR", "V1"):
        eligible(hands, participant, visit)
    randomised(hands, participant)
    assert state_of(clinic, participant) == "randomised"
    booked_and_dosed(hands, clinic, participant)
    assert state_of(clinic, participant) == "on_product"
    last_visit(hands, clinic, participant)
    ended(hands, participant)
    assert state_of(clinic, participant) == "completed"
    clinic.close()
    assert verify_home(clinic.home, "MON-01", PASSWORDS["MON-01"]) == []


def enrolled(hands: Hands, clinic) -> str:
    """The coordinator enrols, opens the screening visit and enters demography."""
    hands.sign_in("CRC-01")
    hands.window.show_participants()
    hands.settle()
    hands.click("participants/enrol")
    keys(hands, "12", Qt.Key.Key_Return)
    hands.until(lambda: isinstance(hands.page, ParticipantScreen), "nobody is enrolled")
    participant = find_participant(clinic.session("CRC-01"), "PL01-012")
    hands.click("participant/start/SCR")
    hands.click("participant/next_form")
    hands.window.show_form(participant, "SCR", "1", "demography", "1")
    hands.settle()
    complete_form(
        hands,
        {
            "BRTHYY": 1979,
            "SEX": Code("F"),
            "COURSE": Code("SPMS"),
            "ALLERGY": Code("NONE"),
            "CONTACT_ALLERGY": Code("NONE"),
        },
    )
    hands.sign_out()
    return participant


def screened(hands: Hands, clinic, participant: str) -> None:
    """Consent and the exam of the screening visit."""
    hands.sign_in("PHY-01")
    version = str(clinic.session("PHY-01").study.setting("consent_version"))
    hands.window.show_form(participant, "SCR", "1", "consent", "1")
    hands.settle()
    complete_form(
        hands,
        {
            "CONSENT_STATUS": Code("SIGNED"),
            "CONSENT_VERSION": version,
            "DSSTDAT": day_of(clinic),
            "CONSENT_AGE": YES,
            "STILL_WILLING": YES,
        },
    )
    hands.sign_out()
    examined(hands, participant, "SCR")


def examined(hands: Hands, participant: str, visit: str) -> None:
    """The rater examines and signs."""
    hands.sign_in("RAT-02")
    play_exam(hands, participant, visit, lambda: None)
    hands.sign_out()


def eligible(hands: Hands, participant: str, visit: str) -> None:
    """The physician answers every criterion, the principal investigator signs."""
    hands.sign_in("PHY-01")
    hands.window.show_form(participant, visit, "1", "eligibility", "1")
    hands.settle()
    age = hands.clock.now().year - 1979
    complete_form(
        hands,
        {
            "AGE": age,
            "IN01": YES,
            "IN02": YES,
            "IN03": YES,
            "EX01": NO,
            "IEYN": YES,
            "IEDAT": hands.clock.now().astimezone(hands.zone).date(),
        },
    )
    page_of(hands, participant)
    # Not yet: the page says who has to do what, and offers no signature.
    assert hands.find("participant/randomise") is None
    hands.sign_out()
    hands.sign_in("PI-01")
    hands.window.show_form(participant, visit, "1", "eligibility", "1")
    hands.settle()
    hands.next()
    hands.click("sign#eligibility")
    hands.sign("PI-01")
    hands.sign_out()


def randomised(hands: Hands, participant: str) -> None:
    """The coordinator types both numbers twice, the physician signs."""
    hands.sign_in("CRC-01")
    day = hands.clock.now().astimezone(hands.zone).date()
    for form, answers in (
        (
            "randomisation",
            {"RANDDAT": day, "RANDNO": NUMBER, "RANDNO_AGAIN": NUMBER}
            | {"RAND_SOURCE": Code("ENVELOPE")},
        ),
        (
            "kit_assignment",
            {"RANDOMISATION_NUMBER": NUMBER, "KIT_NUMBER": KIT, "KIT_NUMBER_AGAIN": KIT}
            | {"KIT_ASSIGNED_AT": hands.clock.now().replace(second=0, microsecond=0)},
        ),
    ):
        page_of(hands, participant)
        hands.click(f"participant/before/{form}")
        complete_form(hands, answers)
    hands.sign_out()
    hands.sign_in("PHY-01")
    page = page_of(hands, participant)
    hands.click("participant/randomise")
    hands.click("participant/act/sign")
    hands.sign("PHY-01")
    assert page.strip.accessibleName() == "Randomised, no infusion yet"
    hands.sign_out()


def booked_and_dosed(hands: Hands, clinic, participant: str) -> None:
    """Infusion 1 is booked for its target; the day itself is played by the clinic's people."""
    target = day_of(clinic) + timedelta(days=28)
    hands.sign_in("CRC-01")
    page = page_of(hands, participant)
    hands.click("participant/plan/V1")
    box = page.visit_box
    assert box is not None
    assert box.day.answer() == target
    box.chairs.choose("2")
    hands.click("participant/book/V1")
    first = visit_of(clinic, participant, "V1")
    assert (first.status, first.day, first.chair) == ("booked", target, 2)
    hands.sign_out()
    turn_to(clinic, target)
    play_day(clinic, participant, "V1")


def last_visit(hands: Hands, clinic, participant: str) -> None:
    """A year on: the visits between were missed, the last one takes place."""
    window = visit_of(clinic, participant, "V5").window
    assert window is not None
    assert window.target is not None
    turn_to(clinic, window.target)
    # Sign-ins end where nobody reviews the accounts; in a year the PI has.
    review_people(clinic.session("PI-01"))
    hands.sign_in("NUR-04")
    page = page_of(hands, participant)
    hands.click("participant/plan/V5")
    assert page.visit_box is not None
    assert not page.visit_box.chairs.isVisible()
    hands.click("participant/start/V5")
    assert visit_of(clinic, participant, "V5").status == "open"
    hands.click("participant/next_form")
    screen = hands.page
    assert isinstance(screen, FormScreen)
    assert screen.entry.prefix == "V5/1/vital_signs/1"
    hands.answer_all(VITALS)
    entry = FormEntry(clinic.session("NUR-04"), participant, "V5", "vital_signs")
    assert entry.value("VSPOS") == CONDITIONS["VSPOS"]
    hands.sign_out()


def ended(hands: Hands, participant: str) -> None:
    """The physician sees what was missed and signs that the study is completed."""
    hands.sign_in("PHY-01")
    page = page_of(hands, participant)
    hands.until(lambda: page.side.proposals.isVisible(), "no deviation is proposed")
    hands.click("participant/acts")
    hands.click("participant/act/end_of_study/begin")
    day = hands.clock.now().astimezone(hands.zone).date()
    keys(hands, f"{day:%d%m%Y}", Qt.Key.Key_Return, Qt.Key.Key_Return, Qt.Key.Key_Return)
    hands.settle()
    hands.sign("PHY-01")
    assert page.strip.accessibleName().startswith("Study completed · No planned visit")
    # Nothing lies ahead, and what nobody planned can still be opened.
    assert hands.find("participant/plan/V4") is None
    assert hands.find("participant/add/UNS") is not None
    hands.sign_out()
