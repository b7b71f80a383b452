"""One infusion day of a made-up participant, from the first scan to the closing signatures.

Every step goes through the same services as the screens, gates and second persons included.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.demo.visits import (
    CONDITIONS,
    assessments,
    assign_kit,
    give_consent,
    kit_number,
    vitals,
)
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    arrive,
    change_rate,
    classify_deviation,
    close_visit,
    end_infusion,
    finish_check,
    flush,
    interrupt,
    open_bedside_check,
    record_deviations,
    resume,
    round_not_done,
    round_readings,
    sign_gate,
    start_infusion,
)
from msclinic.services.signing import sign

__all__ = ["SAMPLED_BEFORE", "infusion_day"]

YES, NO, NOT_APPLICABLE = Code("Y"), Code("N"), Missing("NA")
_NURSE, _SECOND, _PHYSICIAN = "NUR-04", "NUR-06", "PHY-01"
SAMPLED_BEFORE = timedelta(days=3)
"""How long before an infusion the safety laboratory has its sample, and infusion 1 its baseline."""

_READY = (
    "ADRENALINE",
    "OXYGEN",
    "AIRWAY",
    "SUCTION",
    "DEFIBRILLATOR",
    "ANTIHISTAMINE",
    "STEROID",
    "FLUIDS",
    "EXPIRY",
)


def infusion_day(floor: Floor, one: MadeUp, participant: str, number: int) -> None:
    """Play the whole day of infusion ``number``; the clock stands at its evening afterwards."""
    visit, day = f"V{number}", floor.today
    floor.wait_until(day, "07:50")
    if number > 1:
        assign_kit(floor, one, participant, visit, number)
    arrive(floor.session(_NURSE), participant, visit, 1 + one.number % 4)
    if number > 1:
        # Those of infusion 1 were made at the baseline, some days before.
        assessments(floor, one, participant, visit, one.steps[number])
    floor.wait_until(day, "08:20")
    give_consent(floor, participant, visit)
    _fit_to_dose(floor, one, participant, visit)
    _release(floor, one, participant, visit, number)
    _verify(floor, one, participant, visit, number)
    _infuse(floor, one, participant, visit, number)
    _observe(floor, one, participant, visit, number)
    _discharge(floor, participant, visit)
    _close(floor, participant, visit)


def _sign(floor: Floor, account: str, participant: str, visit: str, gate: str) -> None:
    sign_gate(floor.session(account), participant, visit, gate, floor.passwords[account])


def _fit_to_dose(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    nurse, physician, now = floor.session(_NURSE), floor.session(_PHYSICIAN), floor.clock.now()
    sheet = FormEntry(nurse, participant, visit, "vital_signs")
    floor.fill(sheet, CONDITIONS)
    form = FormEntry(nurse, participant, visit, "fit_to_dose")
    answers: dict[str, Answer] = {
        "A01": f"PL01-{one.number:03d}",
        "A04_VERSION": str(nurse.study.setting("consent_version")),
        "A12": NO,
        "A18": Decimal(one.weight) + Decimal(floor.chance.randint(-8, 8)) / 10,
        "A20_ESCORT": NOT_APPLICABLE,
        "A22_SCALE": Code("1"),
        "A24_SITE": Code("FOREARM"),
        "A24_SIDE": Code(floor.chance.choice(("RIGHT", "LEFT"))),
        "A24_GAUGE": Code("G20"),
        "A24_TIME": now,
        "A24_ATTEMPTS": 3 if one.note == "unusual" else 1,
        "A26_PHONE": "214",
        "A28": NOT_APPLICABLE,
    }
    answers |= dict.fromkeys(
        ("A02", "A04", "A04_WILLING", "A11", "A14", "A20_MEAL", "A23_BLADDER", "A23_COMFORT"), YES
    )
    answers |= dict.fromkeys(("A23_TRANSFER", "A24_PATENT", "A26"), YES)
    answers |= {f"A25_{one_thing}": YES for one_thing in _READY}
    answers |= dict.fromkeys(
        ("A07", "A07_ANTIBIOTIC", "A08", "A09", "A10", "A13", "A14_REACTION", "A20_ALCOHOL"), NO
    )
    answers["A27"] = NO
    if one.sex == "F":
        answers |= _pregnancy(floor, one)
    floor.fill(form, answers)
    form = FormEntry(physician, participant, visit, "fit_to_dose")
    sampled = floor.today - SAMPLED_BEFORE
    floor.fill(form, {"A05": YES, "A19": YES, "A19_SAMPLE_DATE": sampled})
    # The baseline is at most 30 minutes old at the start, so it comes last before the signature.
    floor.wait_until(floor.today, "09:40")
    base = round_readings(nurse, participant, visit, "BASE")
    if base.vitals is not None:
        floor.fill(base.vitals, vitals(floor, one), base.reading[0][1])
        floor.keep_unusual(base.vitals)
    floor.keep_unusual(FormEntry(nurse, participant, visit, "fit_to_dose"))
    _sign(floor, _PHYSICIAN, participant, visit, "G1")


def _pregnancy(floor: Floor, one: MadeUp) -> dict[str, Answer]:
    if one.birth_year < 1974:
        return {"A15": Code("POSTMENOPAUSAL")}
    return {
        "A15": Code("POTENTIAL"),
        "A16": Code("NEG"),
        "A16_SPECIMEN": Code("URINE"),
        "A16_LOT": "UH2207",
        "A16_EXPIRY": floor.today + timedelta(days=300),
        "A16_READ": floor.clock.now(),
        "A17_CONTRACEPTION": YES,
        "A17_BREASTFEEDING": NO,
    }


def _release(floor: Floor, one: MadeUp, participant: str, visit: str, number: int) -> None:
    prepared = floor.moment(floor.today, "08:40")
    entry = FormEntry(floor.session("PREP-01"), participant, visit, "product_release")
    floor.fill(
        entry,
        {
            "PR_KIT": kit_number(one, number),
            "PR_VOLUME": Decimal(100),
            "PR_PREPARED_AT": prepared,
            "PR_USE_BEFORE": prepared + timedelta(hours=4),
            "PR_RELEASED": YES,
        },
    )
    floor.keep_unusual(entry)
    for account in ("PREP-01", "PREP-02"):
        _sign(floor, account, participant, visit, "G2")


def _verify(floor: Floor, one: MadeUp, participant: str, visit: str, number: int) -> None:
    code = f"PL01-{one.number:03d}"
    answers: Mapping[str, Answer] = {
        "C01": kit_number(one, number),
        "C02_BAG": code,
        "C02_CARD": code,
        "C06_LABEL": Decimal(100),
        "C06_PUMP": Decimal(100),
        "C06_RATE1": Decimal(50),
        "C06_RATE2": Decimal(100),
        "C07_TYPE": Code("COLOURED"),
        "C07_FILTER": Code("NONE"),
        **dict.fromkeys(("C03", "C05_COVER", "C05_NO_LEAK", "C05_SEAL"), YES),
        **dict.fromkeys(("C07_PRIMED", "C07_LABELLED", "C08"), YES),
    }
    floor.wait(5)
    for account in (_NURSE, _SECOND):
        check = open_bedside_check(floor.session(account), participant, visit)
        floor.fill(check, answers)
        floor.keep_unusual(check)
        finish_check(floor.session(account), participant, visit)
    for account in (_NURSE, _SECOND):
        _sign(floor, account, participant, visit, "G3")


def _infuse(floor: Floor, one: MadeUp, participant: str, visit: str, number: int) -> None:
    nurse = floor.session(_NURSE)
    floor.fill(
        FormEntry(nurse, participant, visit, "infusion"),
        {
            "D03_PUMP": f"P-{10 + one.number % 4}",
            "D03_CALIBRATION": floor.today.replace(day=28) + timedelta(days=90),
        },
    )
    _sign(floor, _NURSE, participant, visit, "G4")
    floor.wait(4)
    start_infusion(nurse, participant, visit)
    floor.wait(15)
    _round(floor, one, participant, visit, "T15", "12.5")
    change_rate(nurse, participant, visit, Decimal(100))
    floor.wait(15)
    _round(floor, one, participant, visit, "T30", "37.5")
    if one.note == "ae" and number == 2:
        interrupt(nurse, participant, visit, "TOILET", Decimal("37.5"))
        floor.wait(9)
        resume(nurse, participant, visit)
        floor.wait(6)
    else:
        floor.wait(15)
    if one.note == "unusual" and number == 1:
        round_not_done(nurse, participant, visit, "T45")
    else:
        _round(floor, one, participant, visit, "T45", "62.5")
    floor.wait(15)
    _round(floor, one, participant, visit, "T60", "87.5")
    floor.wait(8)
    end_infusion(nurse, participant, visit, Decimal(100), Decimal(0), completed=True)


def _round(
    floor: Floor, one: MadeUp, participant: str, visit: str, point: str, volume: str = ""
) -> None:
    opened = round_readings(floor.session(_NURSE), participant, visit, point)
    if opened.vitals is not None:
        floor.fill(opened.vitals, vitals(floor, one), opened.reading[0][1])
    if opened.infusion is None:
        return
    if opened.line:
        line: dict[str, Answer] = {"D04_VIP": 0, "D04_EXTRAVASATION": NO}
        if volume:
            line["D04_VOLUME"] = Decimal(volume)
        floor.fill(opened.infusion, line, opened.line[0][1])
    if opened.symptoms:
        symptoms = Codes(("NONE",))
        if one.note == "ae" and point == "T30":
            symptoms = Codes(("HEADACHE",))
        floor.fill(opened.infusion, {"D06_SYMPTOMS": symptoms}, opened.symptoms[0][1])


def _observe(floor: Floor, one: MadeUp, participant: str, visit: str, number: int) -> None:
    _round(floor, one, participant, visit, "EOI")
    flush(floor.session(_NURSE), participant, visit, Decimal(20))
    # Whoever told of a symptom is watched as long as after the first infusion.
    long = number == 1 or one.note == "ae"
    points = ["EOI+30", "EOI+60"] + (["EOI+90", "EOI+120"] if long else [])
    for point in points:
        floor.wait(30)
        _round(floor, one, participant, visit, point)
    floor.wait(3)


def _discharge(floor: Floor, participant: str, visit: str) -> None:
    entry = FormEntry(floor.session(_NURSE), participant, visit, "after_infusion")
    now = floor.clock.now()
    floor.fill(
        entry,
        {
            "E04": NOT_APPLICABLE,
            "E05_OUTCOME": Code("HOME"),
            "E03_TIME": now,
            "E05_TIME": now,
            **dict.fromkeys(("E03", "E05_WALKING", "E05_SITE_CLEAN", "E06_SHEET"), YES),
            "E06_PHONE": YES,
        },
    )
    _sign(floor, _PHYSICIAN, participant, visit, "G6")


def _close(floor: Floor, participant: str, visit: str) -> None:
    nurse, physician, day = floor.session(_NURSE), floor.session(_PHYSICIAN), floor.today
    floor.fill(
        FormEntry(nurse, participant, visit, "after_infusion"),
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
        floor.keep_unusual(FormEntry(nurse, participant, visit, form))
    for state in record_deviations(nurse, participant, visit):
        classify_deviation(
            physician, participant, visit, state.key, state.importance, "seen, no consequence"
        )
    for account in (_NURSE, _PHYSICIAN):
        _sign(floor, account, participant, visit, "G7")
    sign(nurse, participant, f"{visit}/1/vital_signs/1", "form_entered", floor.passwords[_NURSE])
    close_visit(nurse, participant, visit)
