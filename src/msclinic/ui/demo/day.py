"""The played infusion day: exam, tests, consent and run, every answer by keys or mouse.

The answers are made up; what the screens and gates make of them is the program's own doing.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes
from msclinic.services.infusion.view import RunView
from msclinic.ui.demo.hands import CannotPlay, Hands
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.infusion.bedside_step import CheckStep
from msclinic.ui.infusion.closing_step import ClosingStep
from msclinic.ui.infusion.end_step import EndStep
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.round_step import RoundStep
from msclinic.ui.infusion.running_step import RunningStep
from msclinic.ui.infusion.screen import RunScreen
from msclinic.ui.infusion.section_step import SectionStep
from msclinic.ui.infusion.words_step import WordsStep

__all__ = ["EXAM", "TESTS", "play_consent", "play_exam", "play_run", "play_tests"]

YES, NO = Code("Y"), Code("N")
EXAM: Mapping[str, Answer] = {
    "FS_VISUAL": Code("1"),
    "FS_BRAINSTEM": Code("2"),
    "FS_PYRAMIDAL": Code("3"),
    "FS_CEREBELLAR": Code("2"),
    "FS_SENSORY": Code("2"),
    "FS_BOWEL_BLADDER": Code("2"),
    "FS_CEREBRAL": Code("1"),
    "FS_CEREBELLAR_X": NO,
    "WALK_DISTANCE": Decimal(380),
    "WALK_SOURCE": Code("MEASURED"),
    "WALK_AID": Code("NONE"),
    "AMBULATION": Code("2"),
    "EDSS": Code("4.5"),
}
TESTS: Mapping[str, Mapping[str, Answer]] = {
    "t25fw": {
        "FTPERF": YES,
        "T25FW_DEVICE": Codes(("NONE",)),
        "T25FW101_2": Decimal("7.6"),
        "T25FW102": NO,
    },
    "nhpt": {
        "FTPERF": YES,
        "NHPT_DOMINANT": Code("RIGHT"),
        "NHPT0101_D1": Decimal("25.1"),
        "NHPT0101_D2": Decimal("24.6"),
        "NHPT0102_D": NO,
        "NHPT0101_N1": Decimal("27.4"),
        "NHPT0101_N2": Decimal("27.0"),
        "NHPT0102_N": NO,
    },
    "sdmt": {
        "FTPERF": YES,
        "SDMT_MODE": Code("ORAL"),
        "SDMT_SHEET": "A2",
        "SDMT0101": 46,
        "SDMT_WRONG": 1,
    },
}
_MEASURED = "T25FW101_1"
_WALKED = 7.4
"""Seconds of the first trial, really measured."""

_STEP_NAMES: dict[type[object], str] = {
    SectionStep: "checklist",
    WordsStep: "waiting",
    CheckStep: "check",
    RunningStep: "running",
    RoundStep: "round",
    EndStep: "end",
    ClosingStep: "closing",
    ExitStep: "exit",
}
_FLUSHED = timedelta(minutes=2)
_MOST_STEPS = 600
_MOST_SECTIONS = 8
_NURSES = ("NUR-04", "NUR-06")


def play_consent(
    hands: Hands,
    participant: str,
    visit: str,
    version: str,
    signed: date,
    looked: Callable[[str], None],
) -> None:
    """The physician asks whether the participant is still willing; completes and signs the form.

    Args:
        hands: The physician is signed in.
        participant: Random id.
        visit: Visit code.
        version: Version of the consent in force.
        signed: The day it was signed.
        looked: Told the meaning of each signature while the panel asks for it.

    Raises:
        CannotPlay: The form is not completed or not signed.
    """
    hands.window.show_form(participant, visit, "1", "consent", "1")
    hands.settle()
    screen = hands.page
    if not isinstance(screen, FormScreen):
        raise CannotPlay("the consent form does not open")
    hands.answer_all(
        {
            "CONSENT_STATUS": Code("SIGNED"),
            "CONSENT_VERSION": version,
            "DSSTDAT": signed,
            "CONSENT_AGE": YES,
            "STILL_WILLING": YES,
        }
    )
    hands.next()
    if screen.entry.status not in ("completed", "amended"):
        raise CannotPlay("the consent form is not completed")
    for meaning in ("form_entered", "form_reviewed"):
        hands.next()
        if (choice := hands.find(f"sign#{meaning}")) is not None:
            hands.press(choice)
        looked(meaning)
        hands.sign("PHY-01")


def play_exam(hands: Hands, participant: str, visit: str, looked: Callable[[], None]) -> None:
    """The rater examines, sees the computed step beside the own one, and signs."""
    hands.window.show_exam(participant, visit, "1")
    hands.settle()
    hands.answer_all({"RSDTC": _moment(hands), **EXAM})
    looked()
    hands.click("sign")
    hands.sign("RAT-02")


def play_tests(hands: Hands, participant: str, visit: str, looked: Callable[[str], None]) -> None:
    """The assessor tests walk, hands and symbols; the first walk is measured on the screen.

    Args:
        hands: The assessor is signed in.
        participant: Random id.
        visit: Visit code.
        looked: Told when a form is filled in and not signed yet.

    Raises:
        CannotPlay: A form is not completed.
    """
    for form, answers in TESTS.items():
        hands.window.show_form(participant, visit, "1", form, "1")
        hands.settle()
        screen = hands.page
        if not isinstance(screen, FormScreen):
            raise CannotPlay(f"the form {form} does not open")
        _walk_through(hands, {**answers, "FTDTC": _moment(hands)})
        looked(form)
        # Pictures in another language or theme put a fresh screen in front.
        _complete(hands, form)
        hands.next()
        hands.sign("ASSESSOR-01")


def _walk_through(hands: Hands, answers: Mapping[str, Answer]) -> None:
    """Answer section after section, as the button at the foot leads."""
    for _ in range(_MOST_SECTIONS):
        if hands.measurable(_MEASURED):
            hands.measure(_MEASURED, _WALKED)
        hands.answer_all(answers)
        screen = hands.page
        if not isinstance(screen, FormScreen) or not screen.entry.open_items():
            return
        hands.next()


def _complete(hands: Hands, form: str) -> None:
    for _ in range(_MOST_SECTIONS):
        screen = hands.page
        if isinstance(screen, FormScreen) and screen.entry.status == "completed":
            return
        hands.next()
    raise CannotPlay(f"the form {form} is not completed")


def play_run(
    hands: Hands,
    participant: str,
    visit: str,
    kit: str,
    code: str,
    looked: Callable[[str], None],
) -> None:
    """The whole run as the infusion nurse, others signing in beside.

    Args:
        hands: The nurse is signed in.
        participant: Random id.
        visit: Visit code.
        kit: Number on the bag.
        code: Subject code on bag and card.
        looked: Told when a stage is on the screen that was not seen before.

    Raises:
        CannotPlay: A screen does not let the day go on.
    """
    hands.window.show_run(participant, visit)
    hands.settle()
    seen: set[str] = set()
    stuck = 0
    for _ in range(_MOST_STEPS):
        screen = hands.page
        if not isinstance(screen, RunScreen):
            return
        state = screen.view.state.name.lower().replace("_", "-")
        stage = f"{state}-{_STEP_NAMES[type(screen.step)]}"
        if stage not in seen:
            seen.add(stage)
            looked(stage)
            # Pictures in another language or theme put a fresh screen in front.
            screen = hands.page
            if not isinstance(screen, RunScreen):
                return
        if screen.view.state.name == "SIGNED":
            return
        before = _where(screen)
        _step(hands, screen, _answers(hands, screen.view, kit, code), looked)
        if _where(hands.page) == before:
            stuck += 1
            hands.wait(1)
        else:
            stuck = 0
        if stuck > 45:
            raise CannotPlay(f"the run stands still at {stage}, {screen.act}")
    raise CannotPlay("the run does not end")


def _step(
    hands: Hands, screen: RunScreen, answers: Mapping[str, Answer], looked: Callable[[str], None]
) -> None:
    watch = [one.deadline for one in screen.view.timers if one.code == "TM6" and one.deadline]
    left = (watch[0] - screen.view.now) / timedelta(minutes=1) if watch else -1.0
    if screen.view.next_round is None and left > -1:
        # Nobody leaves before the observation is over, to the whole minute.
        hands.wait(left + 2)
        return
    ended = screen.view.ended_at
    if ended is not None and screen.view.now - ended < _FLUSHED:
        # The flush comes after the end, also when its time is typed to the minute.
        hands.wait(_FLUSHED / timedelta(minutes=1))
        return
    if hands.answer_all(answers):
        screen.reread()
        hands.settle()
        return
    if isinstance(screen.step, EndStep):
        for oid, field in screen.step.inputs.items():
            if field.isVisible() and field.answer() is None and oid in answers:
                hands.give(field, answers[oid])
    if isinstance(screen.step, ClosingStep):
        choice = screen.step.deviations.first_open()
        if choice is not None:
            hands.give(choice, Code("minor"))
            return
    act = screen.act
    if act.key == "join":
        _join(hands, screen, act.gate, act.roles)
    elif act.key == "sign":
        hands.next()
        if hands.asks_pin:
            looked("pin")
        hands.sign(screen.actor.account)
    elif act.key and not act.why_not:
        hands.next()
    else:
        _let_time_pass(hands, screen.view)


def _join(hands: Hands, screen: RunScreen, gate: str, roles: tuple[str, ...]) -> None:
    view = screen.view
    signed = {account for account, _ in view.gates[gate].signed} if gate in view.gates else set()
    if "PREP" in roles:
        account = next(one for one in ("PREP-01", "PREP-02") if one not in signed)
    elif "PHY" in roles:
        account = "PHY-01"
    else:
        account = next(one for one in _NURSES if one != screen.session.account)
    hands.next()
    field = hands.wanted("join/account")
    hands.give(field, Code(account))
    hands.type_secret("join/password", account)
    hands.until(lambda: screen.actor.account == account, f"{account} cannot join")


def _let_time_pass(hands: Hands, view: RunView) -> None:
    """Wait for the next round, or for whatever else keeps a gate shut."""
    one = view.next_round
    if one is not None and one.due is not None and one.due > view.now:
        hands.wait((one.due - view.now) / timedelta(minutes=1))
    else:
        hands.wait(2)


def _where(screen: object) -> tuple[object, ...]:
    if not isinstance(screen, RunScreen):
        return ()
    return (screen.view.state.name, type(screen.step), screen.act, screen.step.left())


def _answers(hands: Hands, view: RunView, kit: str, code: str) -> dict[str, Answer]:
    now = _moment(hands)
    today = now.astimezone(hands.zone).date()
    started = view.started_at
    minutes = (now - started) / timedelta(minutes=1) if started is not None else 0.0
    given = min(Decimal(100), _given(Decimal(round(minutes, 1))))
    yes = (
        "A02 A04 A04_WILLING A05 A11 A14 A19 A20_MEAL A20_ESCORT A23_BLADDER A23_COMFORT "
        "A23_TRANSFER A24_PATENT A26 A28 A25_ADRENALINE A25_OXYGEN A25_AIRWAY A25_SUCTION "
        "A25_DEFIBRILLATOR A25_ANTIHISTAMINE A25_STEROID A25_FLUIDS A25_EXPIRY "
        "A17_CONTRACEPTION C03 C05_COVER C05_NO_LEAK C05_SEAL C07_PRIMED C07_LABELLED C08 "
        "PR_RELEASED D10 E03 E04 E05_WALKING E05_SITE_CLEAN E06_SHEET E06_PHONE E09"
    )
    no = "A07 A07_ANTIBIOTIC A08 A09 A10 A12 A13 A14_REACTION A17_BREASTFEEDING A20_ALCOHOL A27"
    prepared = now - timedelta(minutes=65)
    answers: dict[str, Answer] = dict.fromkeys(yes.split(), YES)
    answers |= dict.fromkeys([*no.split(), "D04_EXTRAVASATION"], NO)
    answers |= {
        "A01": code,
        "A04_VERSION": "1.0",
        "A15": Code("POTENTIAL"),
        "A16": Code("NEG"),
        "A16_SPECIMEN": Code("URINE"),
        "A16_LOT": "UH2207",
        "A16_EXPIRY": today + timedelta(days=300),
        "A16_READ": now,
        "A18": Decimal("71.5"),
        "A19_SAMPLE_DATE": today - timedelta(days=5),
        "A22_SCALE": Code("1"),
        "A24_SITE": Code("FOREARM"),
        "A24_SIDE": Code("RIGHT"),
        "A24_GAUGE": Code("G20"),
        "A24_TIME": now,
        "A24_ATTEMPTS": 1,
        "A26_PHONE": "214",
        "A28_TIME": now,
        "A28_SIDE": Code("LEFT"),
        "C01": kit,
        "C02_BAG": code,
        "C02_CARD": code,
        "C06_LABEL": Decimal(100),
        "C06_PUMP": Decimal(100),
        "C06_RATE1": Decimal(50),
        "C06_RATE2": Decimal(100),
        "C07_TYPE": Code("COLOURED"),
        "C07_FILTER": Code("NONE"),
        "PR_KIT": kit,
        "PR_VOLUME": Decimal(100),
        "PR_PREPARED_AT": prepared,
        "PR_USE_BEFORE": prepared + timedelta(hours=4),
        "D03_PUMP": "P-12",
        "D03_CALIBRATION": today + timedelta(days=120),
        "D04_VIP": 0,
        "D04_VOLUME": given,
        "D06_SYMPTOMS": Codes(("NONE",)),
        "D08_GIVEN": Decimal(100),
        "D08_LEFT": Decimal(0),
        "D09_VOLUME": Decimal(20),
        "D09_TIME": now,
        "E03_TIME": now,
        "E05_OUTCOME": Code("HOME"),
        "E05_TIME": now,
        "E07_NEXT_VISIT": today + timedelta(days=91),
        "E07_CALL1": today + timedelta(days=1),
        "E07_CALL7": today + timedelta(days=7),
        "E08_BAG": Code("RETURNED"),
        "E08_BY": "PREP 01",
        "VSPOS": Code("SITTING"),
        "VSARM": Code("LEFT"),
        "VSTEMPLOC": Code("EAR"),
        "NEWS2_SCALE": Code("1"),
        "VSDTC": now,
    }
    return answers | _vitals(minutes)


def _vitals(minutes: float) -> dict[str, Answer]:
    """Vital signs that move a little, as they do."""
    place = int(minutes // 15) % 5
    return {
        "SYSBP": (124, 126, 122, 127, 121)[place],
        "DIABP": (76, 78, 75, 77, 74)[place],
        "PULSE": (72, 75, 74, 71, 70)[place],
        "RESP": (15, 16, 15, 16, 15)[place],
        "TEMP": (Decimal("36.6"), Decimal("36.7"), Decimal("36.8"))[place % 3],
        "OXYSAT": (98, 98, 97, 98, 99)[place],
        "OXYGEN": Decimal(0),
        "CONSCIOUSNESS": Code("A"),
    }


def _given(minutes: Decimal) -> Decimal:
    """Volume on the pump at the ordered rates: 50 mL/h for 15 minutes, then 100 mL/h."""
    first = min(minutes, Decimal(15)) * 50 / 60
    later = max(minutes - 15, Decimal(0)) * 100 / 60
    return (first + later).quantize(Decimal("0.1"))


def _moment(hands: Hands) -> datetime:
    """The clock's whole minute, as people type times."""
    return hands.clock.now().astimezone(UTC).replace(second=0, microsecond=0)
