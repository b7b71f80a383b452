"""One made-up infusion day that goes well, to be changed by the tests."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import evolve

from msclinic.domain.infusion import (
    CheckerAnswers,
    GateSignature,
    Interruption,
    Product,
    RateStep,
    RunFacts,
    RunLimits,
)
from msclinic.domain.infusion.items import BEDSIDE_CHECK, FIT_TO_DOSE, items_of
from msclinic.domain.infusion.volume import PlannedStep
from msclinic.domain.news2 import News2Limits
from msclinic.domain.values import Answer, Code
from msclinic.domain.vitals import VitalsPlan, VitalsReading

CODE, KIT = "WAW-007", "K-1042"


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-22T{text}").replace(tzinfo=UTC)


def vitals(taken_at: datetime | None = None, **changes: Any) -> VitalsReading:
    reading = VitalsReading(
        sysbp=Decimal(124),
        diabp=Decimal(78),
        pulse=Decimal(72),
        resp=Decimal(16),
        temp=Decimal("36.8"),
        oxysat=Decimal(97),
        oxygen=Decimal(0),
        consciousness="A",
        scale=1,
        taken_at=taken_at,
    )
    return evolve(reading, **changes)


LIMITS = RunLimits(
    fit_minutes=240,
    check_minutes=30,
    spare_minutes=15,
    release_delay=60,
    minimum_interval=70,
    label_percent=Decimal(5),
    volume_soft=Decimal(2),
    volume_hard=Decimal(10),
    pump_difference=Decimal(5),
    pause_minutes=60,
    observation_first=120,
    observation_later=60,
    observation_reaction=120,
    observation_anaphylaxis=360,
    baseline_minutes=30,
    late_entry_hours=24,
    systolic_low=Decimal(90),
    systolic_high=Decimal(180),
    diastolic_high=Decimal(110),
    pulse_low=Decimal(45),
    pulse_high=Decimal(120),
    resp_high=Decimal(24),
    temperature_high=Decimal("38.0"),
    oxysat_low=Decimal(92),
    systolic_change=Decimal(30),
    discharge_systolic_percent=Decimal(20),
    discharge_news2_rise=1,
    vip_stop=2,
    prior_grade=3,
    news2=News2Limits(rise=2, pause=5, stop=7),
)
PLAN = VitalsPlan(
    first=(15, 30, 45, 60),
    every=30,
    after_end=(30, 60),
    after_end_long=(90, 120),
    tolerance=5,
    tolerance_after=10,
    overdue=5,
    end_satisfies=10,
    base_age=30,
    round=5,
)

_SPECIAL: dict[str, Answer] = {
    "A01": CODE,
    "A14_GRADE": Code("1"),
    "A15": Code("POTENTIAL"),
    "A16": Code("NEG"),
    "A16_READ": at("08:00"),
    "A24_GAUGE": Code("G20"),
    "C01": KIT,
    "C02_BAG": CODE,
    "C02_CARD": CODE,
    "C06_LABEL": Decimal(100),
    "C06_PUMP": Decimal(100),
    "C06_RATE1": Decimal(50),
    "C06_RATE2": Decimal(100),
}
_BY_TYPE: dict[str, Answer] = {
    "text": "noted",
    "integer": 1,
    "decimal": Decimal(70),
    "date": date(2026, 11, 1),
    "partial_date": date(2026, 11, 1),
    "datetime": at("08:00"),
    "codes": Code("OTHER"),
}


def answers_of(form: str) -> dict[str, Answer]:
    """Answer every item of a form so that nothing stands against it."""
    found: dict[str, Answer] = {}
    for rule in items_of(form):
        if rule.item in _SPECIAL:
            found[rule.item] = _SPECIAL[rule.item]
        elif rule.codelist == "NY":
            asked = rule.item in ("A09", "A10", "A14_REACTION", "A20_ALCOHOL")
            found[rule.item] = Code("N" if rule.rule == "no" or asked else "Y")
        elif rule.type == "code":
            found[rule.item] = Code("1" if rule.codelist == "NEWS2_SCALE" else "OTHER")
        else:
            found[rule.item] = _BY_TYPE[rule.type]
    return found


def signed(gate: str, *people: str, at_time: str = "08:50", void: bool = False) -> tuple[Any, ...]:
    return tuple(
        GateSignature(gate, person.split(".")[0], person, at(at_time), void) for person in people
    )


G1 = signed("G1", "PHY.ewa", at_time="08:40")
G2 = signed("G2", "PREP.jan", "PREP.ola", at_time="08:45")
G3 = signed("G3", "NUR.anna", "NUR.piotr", at_time="08:55")
G4 = signed("G4", "NUR.anna", at_time="09:00")

ARRIVED = RunFacts(
    limits=LIMITS,
    vitals_plan=PLAN,
    prescribed_volume=Decimal(100),
    planned_rates=(PlannedStep(Decimal(50), 15), PlannedStep(Decimal(100))),
    now=at("08:30"),
    participant_code=CODE,
    assigned_kit=KIT,
    infusion_number=2,
    visit_day=date(2026, 11, 22),
    sex="F",
    in_window=True,
    days_from_previous=91,
    arrived_at=at("08:00"),
    dosing_permitted=True,
    answers=answers_of(FIT_TO_DOSE),
    baseline=vitals(at("08:35")),
)
READY = evolve(
    ARRIVED,
    now=at("09:00"),
    product=Product(KIT, Decimal(100), at("07:30"), at("12:20"), True),
    first_check=CheckerAnswers("NUR.anna", answers_of(BEDSIDE_CHECK)),
    second_check=CheckerAnswers("NUR.piotr", answers_of(BEDSIDE_CHECK)),
    signatures=G1 + G2 + G3,
)
STEPS = (
    RateStep(at("09:00"), Decimal(50)),
    RateStep(at("09:15"), Decimal(100)),
    RateStep(at("09:50"), Decimal(50)),
    RateStep(at("10:20"), Decimal(100)),
)
PAUSE = Interruption(at("09:30"), at("09:50"), "ACCESS")
RUNNING = evolve(
    READY,
    now=at("09:20"),
    answers={**READY.answers, "D01": at("09:00"), "D03_PUMP": "P-3"},
    rate_steps=STEPS[:2],
    signatures=READY.signatures + G4,
)
END = at("10:42:30")
TAKEN = ("T15", "T30", "T45", "T60", "T90", "EOI", "EOI+30", "EOI+60")


def readings() -> dict[str, VitalsReading]:
    times = [at("09:15"), at("09:30"), at("09:45"), at("10:00"), at("10:30")]
    times += [END, END + timedelta(minutes=30), END + timedelta(minutes=60)]
    return {code: vitals(time) for code, time in zip(TAKEN, times, strict=True)}


HOME: dict[str, Answer] = {
    "E03": Code("Y"),
    "E03_TIME": at("11:44"),
    "E04": Code("Y"),
    "E05_WALKING": Code("Y"),
    "E05_SITE_CLEAN": Code("Y"),
    "E05_OUTCOME": Code("HOME"),
    "E05_TIME": at("11:45"),
    "E06_SHEET": Code("Y"),
    "E06_PHONE": Code("Y"),
    "E07_NEXT_VISIT": date(2027, 2, 21),
    "E07_CALL1": date(2026, 11, 23),
    "E07_CALL7": date(2026, 11, 29),
    "E08_BAG": Code("RETURNED"),
    "E08_BY": "PREP.jan",
    "E09": Code("Y"),
}
ENDED = evolve(
    RUNNING,
    now=at("11:45"),
    answers={
        **RUNNING.answers,
        "D03_CALIBRATION": date(2027, 1, 1),
        "D07": END,
        "D08_GIVEN": Decimal(100),
        "D08_LEFT": Decimal(0),
        "D09_VOLUME": Decimal(20),
        "D09_TIME": at("10:50"),
        "D10": Code("Y"),
    },
    rate_steps=STEPS,
    interruptions=(PAUSE,),
    vitals=readings(),
)
LEAVING = evolve(ENDED, answers={**ENDED.answers, **HOME}, deviations_classified=True)
