"""What happens to a made-up participant at visits and calls, outside the chair."""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes
from msclinic.services.demo.assessments import (
    blood,
    histories,
    image,
    puncture,
    questionnaires,
    safety_review,
    timed_tests,
)
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.laboratory import pregnancy_test, safety_results
from msclinic.services.demo.roster import MadeUp
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.neuro import sign_exam
from msclinic.services.participants import enrol
from msclinic.services.randomising import randomise
from msclinic.services.visits import open_visit, visit_day

__all__ = [
    "CONDITIONS",
    "assessments",
    "assign_kit",
    "call",
    "demography",
    "eligibility",
    "exam",
    "give_consent",
    "kit_number",
    "measures",
    "plain_visit",
    "randomised",
    "screen",
    "vitals",
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


def demography(floor: Floor, one: MadeUp, participant: str = "") -> str:
    """Enrol, and fill in who this is; gives the participant's random id.

    Args:
        floor: The clinic.
        one: Who comes.
        participant: Random id of who is enrolled already, as after re-screening.
    """
    crc = floor.session("CRC-01")
    participant = participant or enrol(crc, one.number)
    open_visit(crc, participant, "SCR", floor.today)
    answers: dict[str, Answer] = {
        "BRTHYY": one.birth_year,
        "SEX": Code(one.sex),
        "COURSE": Code(one.course),
        "ALLERGY": Code("KNOWN" if one.allergy else "NONE"),
        "CONTACT_ALLERGY": Codes(one.contact),
    }
    if one.allergy:
        answers["ALLERGY_TEXT"] = one.allergy
    floor.paper("CRC-01", participant, "SCR/1/demography/1", answers, reviewer="PHY-01")
    return participant


def give_consent(floor: Floor, participant: str, visit: str) -> None:
    """The physician records that the consent in force is signed and still stands."""
    physician = floor.session("PHY-01")
    with physician.store.read() as reader:
        signed_on = visit_day(reader, participant, "SCR") or floor.today
    floor.paper(
        "PHY-01",
        participant,
        f"{visit}/1/consent/1",
        {
            "CONSENT_STATUS": Code("SIGNED"),
            "CONSENT_VERSION": str(physician.study.setting("consent_version")),
            "DSSTDAT": signed_on,
            "CONSENT_AGE": YES,
            "STILL_WILLING": YES,
        },
        reviewer="PHY-01",
    )


def screen(floor: Floor, one: MadeUp, participant: str) -> None:
    """The rest of the screening visit: consent, histories, exam, tests, vital signs."""
    give_consent(floor, participant, "SCR")
    histories(floor, one, participant)
    measures(floor, one, participant, "SCR")
    pregnancy_test(floor, one, participant, "SCR")
    safety_review(floor, participant, "SCR")
    if one.note != "exam_wanted":
        timed_tests(floor, one, participant, "SCR", one.steps[0])
        exam(floor, one, participant, "SCR", one.steps[0])


def exam(
    floor: Floor, one: MadeUp, participant: str, visit: str, step: str, key: str = "1"
) -> None:
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
    entry = FormEntry(rater, participant, visit, "edss", key)
    floor.fill(entry, answers)
    floor.keep_unusual(entry)
    sign_exam(rater, participant, visit, key, floor.passwords["RAT-02"])


def measures(floor: Floor, one: MadeUp, participant: str, visit: str, key: str = "1") -> None:
    """Weight and one set of vital signs at a visit without an infusion."""
    answers = dict(CONDITIONS)
    if not floor.session("NUR-06").study.visit(visit).infusion:
        answers["WEIGHT"] = Decimal(one.weight) + floor.chance.randint(-2, 2)
    reading = vitals(floor, one) | {"VSTPT": Code("VISIT"), "VSDTC": floor.clock.now()}
    place = f"{visit}/{key}/vital_signs/1"
    floor.paper("NUR-06", participant, place, answers, {"reading": [reading]})


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
    floor.paper(
        "NUR-06",
        participant,
        f"{visit}/{key}/call/1",
        {
            "E11_RESULT": Code("REACHED"),
            "E11_TIME": floor.clock.now(),
            "E11_SYMPTOMS": YES if symptoms else NO,
            "E11_AE": YES if symptoms else NO,
            "E11_CM": NO,
        },
    )


def eligibility(
    floor: Floor, one: MadeUp, participant: str, visit: str, *, excluded: bool = False
) -> None:
    """The physician answers the criteria; the principal investigator confirms them by signature."""
    place = f"{visit}/1/eligibility/1"
    floor.paper(
        "PHY-01",
        participant,
        place,
        {
            "AGE": floor.today.year - one.birth_year,
            "IN01": YES,
            "IN02": YES,
            "IN03": YES,
            "EX01": YES if excluded else NO,
            "IEYN": NO if excluded else YES,
            "IEDAT": floor.today,
        },
    )
    floor.sign_form("PI-01", participant, place, "eligibility")


def randomised(floor: Floor, one: MadeUp, participant: str) -> None:
    """Number and kit are typed twice by the coordinator; the physician signs the act."""
    number = f"R-{1_040 + one.number}"
    floor.paper(
        "CRC-01",
        participant,
        "V1/1/randomisation/1",
        {
            "RANDDAT": floor.today,
            "RANDNO": number,
            "RANDNO_AGAIN": number,
            "RAND_SOURCE": Code("SERVICE"),
        },
    )
    assign_kit(floor, one, participant, "V1", 1)
    randomise(floor.session("PHY-01"), participant, floor.passwords["PHY-01"])


def kit_number(one: MadeUp, number: int) -> str:
    """The kit of a participant's infusion: nothing in it tells the arm."""
    return f"K-{200_000 + one.number * 1_371 + number * 97}"


def assign_kit(floor: Floor, one: MadeUp, participant: str, visit: str, number: int) -> None:
    """The coordinator enters the kit that the randomisation service gave."""
    kit = kit_number(one, number)
    again = kit
    if one.note == "kit" and number > 1:
        # Two digits change places: the program asks about it and keeps the gate shut.
        again = f"{kit[:-2]}{kit[-1]}{kit[-2]}"
    answers: dict[str, Answer] = {
        "KIT_NUMBER": kit,
        "KIT_NUMBER_AGAIN": again,
        "KIT_ASSIGNED_AT": floor.clock.now(),
    }
    if number == 1:
        answers["RANDOMISATION_NUMBER"] = f"R-{1_040 + one.number}"
    floor.paper("CRC-01", participant, f"{visit}/1/kit_assignment/1", answers)


def assessments(floor: Floor, one: MadeUp, participant: str, visit: str, step: str) -> None:
    """Everything that a visit asks for beside the infusion and the laboratory."""
    planned = {form.form for form in floor.session("CRC-01").study.visit(visit).forms}
    if "msis29" in planned:
        questionnaires(floor, participant, visit, step)
    timed_tests(floor, one, participant, visit, step)
    exam(floor, one, participant, visit, step)
    safety_review(floor, participant, visit)
    if "biomarker_blood" in planned:
        blood(floor, one, participant, visit)


def plain_visit(
    floor: Floor,
    one: MadeUp,
    participant: str,
    visit: str,
    changed: Mapping[str, str] | None = None,
) -> None:
    """A visit without an infusion: end of study, early termination, or follow-up off product.

    Args:
        floor: The clinic.
        one: Who comes.
        participant: Random id.
        visit: Visit code.
        changed: Laboratory results in words that differ from the usual ones.
    """
    open_visit(floor.session("NUR-06"), participant, visit, floor.today)
    give_consent(floor, participant, visit)
    assessments(floor, one, participant, visit, one.steps[-1])
    floor.wait(20)
    measures(floor, one, participant, visit)
    safety_results(floor, one, participant, visit, changed=changed)
    pregnancy_test(floor, one, participant, visit)
    planned = {form.form for form in floor.session("CRC-01").study.visit(visit).forms}
    if "mri" in planned:
        image(floor, one, participant, visit)
        puncture(floor, one, participant, visit, done=one.number == 1)
