"""What happens to a made-up participant outside the chair: screening, exams, calls, events."""

from datetime import date, timedelta
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes, PartialDate
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.neuro import sign_exam
from msclinic.services.participants import enrol
from msclinic.services.signing import sign
from msclinic.services.visits import open_visit

__all__ = [
    "CONDITIONS",
    "call",
    "demography",
    "event",
    "exam",
    "give_consent",
    "last_visit",
    "measures",
    "screen",
]

YES, NO = Code("Y"), Code("N")
CONDITIONS: dict[str, Answer] = {
    "VSPOS": Code("SITTING"),
    "VSARM": Code("LEFT"),
    "VSTEMPLOC": Code("EAR"),
    "NEWS2_SCALE": Code("1"),
}
_SYSTEMS = (
    "FS_VISUAL",
    "FS_BRAINSTEM",
    "FS_PYRAMIDAL",
    "FS_CEREBELLAR",
    "FS_SENSORY",
    "FS_BOWEL_BLADDER",
    "FS_CEREBRAL",
)
# Grades in the order above, ambulation, metres alone, aid, metres with the aid: each row gives
# its step by Kurtzke 1983, so that the rater and the program agree.
_EXAMS: dict[str, tuple[str, str, str, str, str]] = {
    "3.0": ("0131101", "0", "900", "NONE", ""),
    "3.5": ("1232111", "1", "700", "NONE", ""),
    "4.0": ("1141111", "1", "550", "NONE", ""),
    "4.5": ("1232221", "2", "380", "NONE", ""),
    "5.0": ("2233221", "3", "240", "NONE", ""),
    "5.5": ("2243231", "4", "140", "NONE", ""),
    "6.0": ("2243332", "6", "40", "ONE", "120"),
    "6.5": ("2244342", "9", "0", "TWO", "60"),
}


def demography(floor: Floor, one: MadeUp) -> str:
    """Enrol, and fill in who this is; gives the participant's random id."""
    crc = floor.session("CRC-01")
    participant = enrol(crc, one.number)
    open_visit(crc, participant, "SCR", floor.today)
    entry = FormEntry(crc, participant, "SCR", "demography")
    answers: dict[str, Answer] = {
        "BRTHYY": one.birth_year,
        "SEX": Code(one.sex),
        "COURSE": Code(one.course),
        "ALLERGY": Code("KNOWN" if one.allergy else "NONE"),
        "CONTACT_ALLERGY": Codes(one.contact),
    }
    if one.allergy:
        answers["ALLERGY_TEXT"] = one.allergy
    floor.fill(entry, answers)
    entry.complete()
    return participant


def give_consent(floor: Floor, participant: str, visit: str, signed_on: date) -> None:
    """The physician records that the consent in force is signed and still stands."""
    physician = floor.session("PHY-01")
    entry = FormEntry(physician, participant, visit, "consent")
    floor.fill(
        entry,
        {
            "CONSENT_STATUS": Code("SIGNED"),
            "CONSENT_VERSION": str(physician.study.setting("consent_version")),
            "DSSTDAT": signed_on,
            "CONSENT_AGE": YES,
            "STILL_WILLING": YES,
        },
    )
    entry.complete()


def screen(floor: Floor, one: MadeUp, participant: str) -> None:
    """The rest of the screening visit: consent, exam, weight and vital signs, signatures."""
    give_consent(floor, participant, "SCR", floor.today)
    scope = "SCR/1/demography/1"
    sign(floor.session("CRC-01"), participant, scope, "form_entered", floor.passwords["CRC-01"])
    measures(floor, one, participant, "SCR")
    if one.note != "exam_wanted":
        exam(floor, one, participant, "SCR", one.steps[0])


def exam(floor: Floor, one: MadeUp, participant: str, visit: str, step: str) -> None:
    """The rater examines and signs."""
    rater = floor.session("RAT-02")
    grades, ambulation, alone, aid, aided = _EXAMS[step]
    answers: dict[str, Answer] = {"RSDTC": floor.clock.now()}
    answers.update({item: Code(grade) for item, grade in zip(_SYSTEMS, grades, strict=True)})
    answers |= {
        "FS_CEREBELLAR_X": YES if int(step[0]) >= 6 else NO,
        "WALK_DISTANCE": Decimal(alone),
        "WALK_SOURCE": Code("MEASURED"),
        "WALK_AID": Code(aid),
        "AMBULATION": Code(ambulation),
        "EDSS": Code(step),
    }
    if aided:
        answers["WALK_AID_DISTANCE"] = Decimal(aided)
    if one.note == "rated" and visit == "V1":
        # The rater may differ from the computed step, and says why.
        answers |= {"EDSS": Code("4.0"), "EDSS_REASON": Code("CLINICAL")}
    entry = FormEntry(rater, participant, visit, "edss")
    floor.fill(entry, answers)
    floor.keep_unusual(entry)
    sign_exam(rater, participant, visit, "1", floor.passwords["RAT-02"])


def measures(floor: Floor, one: MadeUp, participant: str, visit: str) -> None:
    """Weight and one set of vital signs at a visit without an infusion."""
    entry = FormEntry(floor.session("NUR-06"), participant, visit, "vital_signs")
    floor.fill(entry, CONDITIONS | {"WEIGHT": Decimal(one.weight) + floor.chance.randint(-2, 2)})
    reading = vitals(floor, one) | {"VSTPT": Code("VISIT"), "VSDTC": floor.clock.now()}
    entry.answer_together(
        [(("reading", "", item), answer) for item, answer in reading.items()], adding="reading"
    )
    floor.keep_unusual(entry)
    entry.complete()
    account, scope = "NUR-06", f"{visit}/1/vital_signs/1"
    sign(floor.session(account), participant, scope, "form_entered", floor.passwords[account])


def vitals(floor: Floor, one: MadeUp) -> dict[str, Answer]:
    """One set of vital signs near what is usual for this participant."""
    chance = floor.chance
    systolic, diastolic = one.pressure
    return {
        "SYSBP": systolic + chance.randint(-6, 6),
        "DIABP": diastolic + chance.randint(-4, 4),
        "PULSE": 72 + chance.randint(-8, 9),
        "RESP": chance.choice((14, 15, 16, 16, 17)),
        "TEMP": Decimal(363 + chance.randint(0, 6)) / 10,
        "OXYSAT": chance.choice((97, 97, 98, 98, 99)),
        "OXYGEN": Decimal(0),
        "CONSCIOUSNESS": Code("A"),
    }


def call(floor: Floor, participant: str, visit: str, *, symptoms: bool = False) -> None:
    """The safety call, one or seven days after an infusion."""
    nurse, key = floor.session("NUR-06"), random_key()
    open_visit(nurse, participant, visit, floor.today, key=key)
    entry = FormEntry(nurse, participant, visit, "call", visit_key=key)
    floor.fill(
        entry,
        {
            "E11_RESULT": Code("REACHED"),
            "E11_TIME": floor.clock.now(),
            "E11_SYMPTOMS": YES if symptoms else NO,
            "E11_AE": YES if symptoms else NO,
            "E11_CM": NO,
        },
    )
    entry.complete()


def event(floor: Floor, participant: str, term: str, grade: str, *, serious: bool = False) -> None:
    """An adverse event, told by the nurse and assessed by the physician."""
    key = random_key()
    began = floor.today - timedelta(days=1)
    nurse = FormEntry(floor.session("NUR-04"), participant, "LOG", "adverse_event", form_key=key)
    answers: dict[str, Answer] = {
        "AETERM": term,
        "AESTDAT": PartialDate(began.isoformat()),
        "AEONGO": YES if serious else NO,
        "AETOXGR": Code(grade),
        "AESER": YES if serious else NO,
        "AEACN": Code("DRUG_WITHDRAWN" if serious else "DOSE_NOT_CHANGED"),
        "AEACNOTH": Codes(("HOSPITAL",)) if serious else Codes(("MEDICINE",)),
        "AEOUT": Code("RECOVERING" if serious else "RECOVERED"),
    }
    if serious:
        answers |= dict.fromkeys(("AESDTH", "AESLIFE", "AESDISAB", "AESCONG", "AESMIE"), NO)
        answers |= {"AESHOSP": YES, "AEAWARE": floor.clock.now() - timedelta(hours=2)}
    else:
        answers["AEENDAT"] = PartialDate(floor.today.isoformat())
    floor.fill(nurse, answers)
    floor.wait(12)
    account = "PHY-01"
    physician = FormEntry(floor.session(account), participant, "LOG", "adverse_event", form_key=key)
    floor.fill(physician, {"AEREL": Code("RELATED" if serious else "NOT_RELATED")})
    floor.keep_unusual(physician)
    physician.complete()
    scope = f"LOG/1/adverse_event/{key}"
    sign(floor.session(account), participant, scope, "form_reviewed", floor.passwords[account])


def last_visit(floor: Floor, one: MadeUp, participant: str, signed_on: date) -> None:
    """End of study, or early termination."""
    open_visit(floor.session("NUR-06"), participant, one.ended, floor.today)
    give_consent(floor, participant, one.ended, signed_on)
    exam(floor, one, participant, one.ended, one.steps[-1])
    floor.wait(20)
    measures(floor, one, participant, one.ended)
