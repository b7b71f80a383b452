"""A made-up infusion day, played step by step through the services, as far as a test wants it.

Every answer is data here, so that a test or a scenario may play the same day with one thing wrong.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tests.answers import fill, keep_all
from tests.clinic import PASSWORDS
from tests.lives import KIT, kit_for, randomise_once

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    arrive,
    change_rate,
    classify_deviation,
    close_visit,
    end_infusion,
    finish_check,
    flush,
    open_bedside_check,
    record_deviations,
    round_readings,
    sign_gate,
    start_infusion,
    switch_dosing,
)

__all__ = [
    "BASELINE",
    "CONDITIONS",
    "KIT",
    "STATES",
    "answer_fit",
    "assign_kit",
    "bedside_answers",
    "check_bedside",
    "close_day",
    "day_steps",
    "fill",
    "keep_all",
    "play_day",
    "play_round",
    "release",
]

YES, NO, NA = Code("Y"), Code("N"), Missing("NA")
STATES = (
    "PLANNED",
    "ARRIVED",
    "FIT",
    "AT_BEDSIDE",
    "VERIFIED",
    "RUNNING",
    "ENDED",
    "OBSERVING",
    "DISCHARGED",
    "SIGNED",
)

BASELINE: dict[str, Answer] = {
    "SYSBP": 124,
    "DIABP": 76,
    "PULSE": 72,
    "RESP": 15,
    "TEMP": Decimal("36.7"),
    "OXYSAT": 98,
    "OXYGEN": Decimal("0"),
    "CONSCIOUSNESS": Code("A"),
}
CONDITIONS: dict[str, Answer] = {
    "VSPOS": Code("SITTING"),
    "VSARM": Code("LEFT"),
    "VSTEMPLOC": Code("EAR"),
    "NEWS2_SCALE": Code("1"),
}
FIT: dict[str, Answer] = {
    "A02": YES,
    "A04": YES,
    "A04_WILLING": YES,
    "A07": NO,
    "A07_ANTIBIOTIC": NO,
    "A08": NO,
    "A09": NO,
    "A10": NO,
    "A11": YES,
    "A12": NA,
    "A13": NO,
    "A14": YES,
    "A14_REACTION": NO,
    "A18": Decimal("71.5"),
    "A20_MEAL": YES,
    "A20_ALCOHOL": NO,
    "A20_ESCORT": NA,
    "A22_SCALE": Code("1"),
    "A23_BLADDER": YES,
    "A23_COMFORT": YES,
    "A23_TRANSFER": YES,
    "A24_SITE": Code("FOREARM"),
    "A24_SIDE": Code("RIGHT"),
    "A24_GAUGE": Code("G20"),
    "A24_ATTEMPTS": 1,
    "A24_PATENT": YES,
    "A25_ADRENALINE": YES,
    "A25_OXYGEN": YES,
    "A25_AIRWAY": YES,
    "A25_SUCTION": YES,
    "A25_DEFIBRILLATOR": YES,
    "A25_ANTIHISTAMINE": YES,
    "A25_STEROID": YES,
    "A25_FLUIDS": YES,
    "A25_EXPIRY": YES,
    "A26": YES,
    "A26_PHONE": "214",
    "A27": NO,
    "A28": NA,
}


def bedside_answers(code: str) -> dict[str, Answer]:
    """What a checker reads from bag, card and pump."""
    return {
        "C01": KIT,
        "C02_BAG": code,
        "C02_CARD": code,
        "C03": YES,
        "C05_COVER": YES,
        "C05_NO_LEAK": YES,
        "C05_SEAL": YES,
        "C06_LABEL": Decimal("100"),
        "C06_PUMP": Decimal("100"),
        "C06_RATE1": Decimal("50"),
        "C06_RATE2": Decimal("100"),
        "C07_TYPE": Code("COLOURED"),
        "C07_FILTER": Code("NONE"),
        "C07_PRIMED": YES,
        "C07_LABELLED": YES,
        "C08": YES,
    }


def assign_kit(clinic: Any, participant: str, visit: str, kit: str = "") -> None:
    """The coordinator enters the kit that the randomisation service gave, unless it is there."""
    session = clinic.session("CRC-01")
    entry = FormEntry(session, participant, visit, "kit_assignment")
    if entry.status == "completed":
        return
    kit = kit or kit_for(clinic, participant, visit)
    fill(
        entry,
        {
            "RANDOMISATION_NUMBER": "R-1042",
            "KIT_NUMBER": kit,
            "KIT_NUMBER_AGAIN": kit,
            "KIT_ASSIGNED_AT": session.now(),
        },
    )
    entry.complete()


def answer_fit(
    clinic: Any, participant: str, visit: str, changes: Mapping[str, Answer] | None = None
) -> None:
    """Consent is confirmed, section A answered by nurse and physician, the baseline measured."""
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    if FormEntry(physician, participant, visit, "consent").status != "completed":
        clinic.consent(physician, participant, visit, _day(physician))
    vitals = FormEntry(nurse, participant, visit, "vital_signs")
    fill(vitals, CONDITIONS)
    base = round_readings(nurse, participant, visit, "BASE")
    assert base.vitals is not None
    fill(base.vitals, {**BASELINE, **_of(changes, BASELINE)}, base.reading[0][1])
    fit = FormEntry(nurse, participant, visit, "fit_to_dose")
    today = nurse.now().astimezone(nurse.zone).date()
    fill(
        fit,
        {
            "A01": code_of(nurse, participant),
            **FIT,
            "A04_VERSION": str(nurse.study.setting("consent_version")),
            "A24_TIME": nurse.now(),
            "A15": Code("POTENTIAL"),
            "A16": Code("NEG"),
            "A16_SPECIMEN": Code("URINE"),
            "A16_LOT": "UH2207",
            "A16_EXPIRY": today + timedelta(days=300),
            "A16_READ": nurse.now(),
            "A17_CONTRACEPTION": YES,
            "A17_BREASTFEEDING": NO,
            **{item: answer for item, answer in (changes or {}).items() if item not in BASELINE},
        },
    )
    fill(
        FormEntry(physician, participant, visit, "fit_to_dose"),
        {"A05": YES, "A19": YES, "A19_SAMPLE_DATE": today - timedelta(days=5)},
    )
    keep_all(FormEntry(nurse, participant, visit, "fit_to_dose"))


def code_of(session: Any, participant: str) -> str:
    """The participant's code."""
    with session.store.read() as reader:
        (head,) = reader.heads(participant=participant, prefix="participant/code")
    return str((head.value or {})["value"])


def release(
    clinic: Any,
    participant: str,
    visit: str,
    *,
    prepared_at: datetime,
    use_before: datetime,
    kit: str = "",
) -> None:
    """The preparer releases the product; nobody has signed yet."""
    entry = FormEntry(clinic.session("PREP-01"), participant, visit, "product_release")
    fill(
        entry,
        {
            "PR_KIT": kit or kit_for(clinic, participant, visit),
            "PR_VOLUME": Decimal("100"),
            "PR_PREPARED_AT": prepared_at,
            "PR_USE_BEFORE": use_before,
            "PR_RELEASED": YES,
        },
    )
    keep_all(entry)


def check_bedside(
    clinic: Any,
    account: str,
    participant: str,
    visit: str,
    changes: Mapping[str, Answer] | None = None,
) -> None:
    """One person makes the own bedside check and finishes it."""
    session = clinic.session(account)
    entry = open_bedside_check(session, participant, visit)
    seen = bedside_answers(code_of(session, participant))
    seen |= {"C01": kit_for(clinic, participant, visit), **(changes or {})}
    fill(entry, seen)
    keep_all(entry)
    finish_check(session, participant, visit)


def play_round(
    clinic: Any,
    participant: str,
    visit: str,
    point: str,
    volume: Decimal | None = None,
    changes: Mapping[str, Answer] | None = None,
) -> None:
    """A whole round: vital signs, line and symptoms."""
    opened = round_readings(clinic.session("NUR-04"), participant, visit, point)
    if opened.vitals is not None:
        fill(opened.vitals, {**BASELINE, **(changes or {})}, opened.reading[0][1])
    if opened.infusion is not None and opened.line:
        line: dict[str, Answer] = {"D04_VIP": 0, "D04_EXTRAVASATION": NO}
        if volume is not None:
            line["D04_VOLUME"] = volume
        fill(opened.infusion, line, opened.line[0][1])
    if opened.infusion is not None and opened.symptoms:
        fill(opened.infusion, {"D06_SYMPTOMS": Codes(("NONE",))}, opened.symptoms[0][1])


def play_day(
    clinic: Any, participant: str, visit: str, until: str = "SIGNED", chair: int = 2
) -> None:
    """Play an infusion day up to a state.

    Args:
        clinic: With ``session(account)``, ``clock`` and the accounts of ``tests.clinic``.
        participant: Random id.
        visit: An infusion visit.
        until: A name of ``STATES``.
        chair: A free chair.
    """
    assert until in STATES
    for state in day_steps(clinic, participant, visit, chair):
        if state == until:
            return


def day_steps(clinic: Any, participant: str, visit: str, chair: int = 2) -> Iterator[str]:
    """Play an infusion day; gives the name of each state of ``STATES`` once it is reached.

    The participant is randomised and dosing switched on first. The last product has run in at
    ENDED; the flush, the observation and its rounds lie before OBSERVING, which ends with the last
    round.
    """
    nurse, clock = clinic.session("NUR-04"), clinic.clock

    def sign(account: str, gate: str) -> None:
        sign_gate(clinic.session(account), participant, visit, gate, PASSWORDS[account])

    randomise_once(clinic, participant)
    switch_dosing(clinic.session("PI-01"), True, PASSWORDS["PI-01"])
    yield "PLANNED"
    arrive(nurse, participant, visit, chair)
    yield "ARRIVED"
    assign_kit(clinic, participant, visit)
    answer_fit(clinic, participant, visit)
    sign("PHY-01", "G1")
    yield "FIT"
    prepared = clock.now() - timedelta(minutes=65)
    before = prepared + timedelta(hours=4)
    release(clinic, participant, visit, prepared_at=prepared, use_before=before)
    sign("PREP-01", "G2")
    sign("PREP-02", "G2")
    yield "AT_BEDSIDE"
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, visit)
    sign("NUR-04", "G3")
    sign("NUR-06", "G3")
    yield "VERIFIED"
    pump = FormEntry(nurse, participant, visit, "infusion")
    later = _day(nurse) + timedelta(days=90)
    fill(pump, {"D03_PUMP": "P-12", "D03_CALIBRATION": later})
    sign("NUR-04", "G4")
    start_infusion(nurse, participant, visit)
    yield "RUNNING"
    clock.turn(timedelta(minutes=15))
    play_round(clinic, participant, visit, "T15", Decimal("12.5"))
    change_rate(nurse, participant, visit, Decimal("100"))
    for point, volume in (("T30", "37.5"), ("T45", "62.5"), ("T60", "87.5")):
        clock.turn(timedelta(minutes=15))
        play_round(clinic, participant, visit, point, Decimal(volume))
    clock.turn(timedelta(minutes=7, seconds=30))
    end_infusion(nurse, participant, visit, Decimal("100"), Decimal("0"), completed=True)
    yield "ENDED"
    play_round(clinic, participant, visit, "EOI")
    flush(nurse, participant, visit, Decimal("20"))
    long = nurse.study.visit(visit).infusion == 1
    for point in ("EOI+30", "EOI+60", *(("EOI+90", "EOI+120") if long else ())):
        clock.turn(timedelta(minutes=30))
        play_round(clinic, participant, visit, point)
    yield "OBSERVING"
    after = FormEntry(nurse, participant, visit, "after_infusion")
    fill(
        after,
        {
            "E04": NA,
            "E05_OUTCOME": Code("HOME"),
            "E03": YES,
            "E03_TIME": clock.now(),
            "E05_WALKING": YES,
            "E05_SITE_CLEAN": YES,
            "E06_SHEET": YES,
            "E06_PHONE": YES,
            "E05_TIME": clock.now(),
        },
    )
    sign("PHY-01", "G6")
    yield "DISCHARGED"
    close_day(clinic, participant, visit)
    yield "SIGNED"


def close_day(clinic: Any, participant: str, visit: str) -> None:
    """The last items, the deviations and both signatures of G7."""
    nurse, physician = clinic.session("NUR-04"), clinic.session("PHY-01")
    day = _day(nurse)
    after = FormEntry(nurse, participant, visit, "after_infusion")
    fill(
        after,
        {
            "E07_NEXT_VISIT": day + timedelta(days=91),
            "E07_CALL1": day + timedelta(days=1),
            "E07_CALL7": day + timedelta(days=7),
            "E08_BAG": Code("RETURNED"),
            "E08_BY": "PREP-01",
            "E09": YES,
        },
    )
    for form in ("fit_to_dose", "vital_signs", "infusion", "after_infusion"):
        keep_all(FormEntry(nurse, participant, visit, form))
    for state in record_deviations(nurse, participant, visit):
        classify_deviation(
            physician, participant, visit, state.key, state.importance, "seen and accepted"
        )
    for session in (nurse, physician):
        sign_gate(session, participant, visit, "G7", PASSWORDS[session.account])
    close_visit(nurse, participant, visit)


def _of(changes: Mapping[str, Answer] | None, known: Mapping[str, Answer]) -> dict[str, Answer]:
    return {item: answer for item, answer in (changes or {}).items() if item in known}


def _day(session: Any) -> date:
    today: date = session.now().astimezone(session.zone).date()
    return today
