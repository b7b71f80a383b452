"""What befalls made-up participants: events, relapses, medicines, errors, a broken mask."""

from datetime import date, timedelta

from msclinic.domain.values import Answer, Code, Codes, PartialDate
from msclinic.services.demo.assessments import safety_review
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.laboratory import pregnancy_test, safety_results
from msclinic.services.demo.roster import MadeUp
from msclinic.services.demo.visits import exam, measures
from msclinic.services.entry import FormEntry
from msclinic.services.exam_lists import ask_for_exam
from msclinic.services.gateway import random_key
from msclinic.services.visit_deviations import (
    accept_deviation,
    dismiss_deviation,
    proposed_deviations,
)
from msclinic.services.visits import open_unscheduled

__all__ = [
    "adverse_event",
    "deviations",
    "guesses",
    "mask_break",
    "medication_error",
    "medicine",
    "partner_pregnancy",
    "relapse",
    "serious_event",
    "unscheduled",
]

YES, NO = Code("Y"), Code("N")
_NURSE, _PHYSICIAN = "NUR-06", "PHY-01"


def adverse_event(floor: Floor, participant: str, term: str, grade: str = "1") -> None:
    """An event that passed, told by the nurse and assessed by the physician."""
    began = floor.today - timedelta(days=1)
    _event(
        floor,
        participant,
        {
            "AETERM": term,
            "AESTDAT": PartialDate(began.isoformat()),
            "AEONGO": NO,
            "AEENDAT": PartialDate(floor.today.isoformat()),
            "AETOXGR": Code(grade),
            "AESER": NO,
            "AEACN": Code("DOSE_NOT_CHANGED"),
            "AEACNOTH": Codes(("MEDICINE",)),
            "AEOUT": Code("RECOVERED"),
        },
        {"AEREL": Code("NOT_RELATED"), "AERELPR": Code("NOT_RELATED")},
    )


def serious_event(floor: Floor, participant: str, *, fatal: bool) -> None:
    """A serious event and its report, sent to the sponsor within the hour."""
    now, began = floor.clock.now(), floor.today - timedelta(days=1)
    aware = now - timedelta(minutes=10)
    related = Code("NOT_RELATED" if fatal else "RELATED")
    outcome = Code("FATAL" if fatal else "RECOVERING")
    action = Code("NOT_APPLICABLE" if fatal else "DRUG_WITHDRAWN")
    told: dict[str, Answer] = {
        "AETERM": "Road traffic accident" if fatal else "Pneumonia",
        "AESTDAT": PartialDate(began.isoformat()),
        "AEONGO": NO if fatal else YES,
        "AETOXGR": Code("5" if fatal else "3"),
        "AESER": YES,
        "AESDTH": YES if fatal else NO,
        "AESHOSP": NO if fatal else YES,
        **dict.fromkeys(("AESLIFE", "AESDISAB", "AESCONG", "AESMIE"), NO),
        "AEAWARE": aware,
        "AEACN": action,
        "AEACNOTH": Codes(("NONE",) if fatal else ("HOSPITAL", "MEDICINE")),
        "AEOUT": outcome,
    }
    if fatal:
        told["AEENDAT"] = PartialDate(began.isoformat())
    _event(floor, participant, told, {"AEREL": related, "AERELPR": Code("NOT_RELATED")})
    report: dict[str, Answer] = {
        "AESPID": 1,
        "SAE_REPORT": Code("INITIAL"),
        "AEAWARE": aware,
        "AE_REPORTED": floor.clock.now(),
        "SAE_NARRATIVE": (
            "Knocked down by a car on the way home. Died at the scene."
            if fatal
            else "Fever and cough since yesterday, infiltrate on the X-ray. Admitted, antibiotics."
        ),
        "SAE_HISTORY": "No heart or lung disease known.",
        "AEREL": related,
        "AERELPR": Code("NOT_RELATED"),
        "AEREL_WHY": "No link in time."
        if fatal
        else "Days after the infusion; cannot be ruled out.",
        "AEACN": action,
        "AEOUT": outcome,
    }
    if not fatal:
        report["SAE_ADMITTED"] = began
    place = f"LOG/1/serious_adverse_event/{random_key()}"
    floor.paper(_PHYSICIAN, participant, place, report, reviewer=_PHYSICIAN)


def _event(
    floor: Floor, participant: str, told: dict[str, Answer], judged: dict[str, Answer]
) -> None:
    key = random_key()
    nurse = FormEntry(floor.session(_NURSE), participant, "LOG", "adverse_event", form_key=key)
    floor.fill(nurse, told)
    floor.wait(12)
    place = f"LOG/1/adverse_event/{key}"
    floor.paper(_PHYSICIAN, participant, place, judged, reviewer=_PHYSICIAN)
    floor.sign_form(_NURSE, participant, place, "form_entered")


def medicine(
    floor: Floor, participant: str, name: str, drug_class: str, why: str, since: str, dose: str
) -> None:
    """A medicine taken by mouth once a day, still going on."""
    amount, unit = dose.split()
    floor.paper(
        _NURSE,
        participant,
        f"LOG/1/concomitant_medication/{random_key()}",
        {
            "CMTRT": name,
            "CMCLASS": Code(drug_class),
            "CMINDC": why,
            "CMDSTXT": amount,
            "CMDOSU": Code(unit),
            "CMDOSFRQ": Code("QD"),
            "CMROUTE": Code("ORAL"),
            "CMSTDAT": PartialDate(since),
            "CMONGO": YES,
        },
    )


def relapse(floor: Floor, participant: str, began: date) -> None:
    """A relapse treated with a steroid that is over, in both logs."""
    first = (began + timedelta(days=2)).isoformat()
    last = (began + timedelta(days=4)).isoformat()
    over = min(began + timedelta(days=18), floor.today)
    floor.paper(
        _PHYSICIAN,
        participant,
        f"LOG/1/relapse/{random_key()}",
        {
            "CETERM": "Weakness of the left leg",
            "CEREPDAT": floor.today,
            "CESTDAT": PartialDate(began.isoformat()),
            "CEONGO": NO,
            "CEENDAT": PartialDate(over.isoformat()),
            "CESEV": Code("MODERATE"),
            "CECONFIRMED": YES,
            "CESTEROID": YES,
            "CESTEROID_START": PartialDate(first),
            "CESTEROID_END": PartialDate(last),
            "CEHOSP": NO,
        },
        reviewer=_PHYSICIAN,
    )
    floor.paper(
        _NURSE,
        participant,
        f"LOG/1/concomitant_medication/{random_key()}",
        {
            "CMTRT": "methylprednisolone",
            "CMCLASS": Code("STEROID"),
            "CMINDC": "relapse",
            "CMDSTXT": "1000",
            "CMDOSU": Code("MG"),
            "CMDOSFRQ": Code("QD"),
            "CMROUTE": Code("INTRAVENOUS"),
            "CMSTDAT": PartialDate(first),
            "CMONGO": NO,
            "CMENDAT": PartialDate(last),
        },
    )


def unscheduled(floor: Floor, one: MadeUp, participant: str, *, unwell: bool) -> None:
    """Someone comes between visits; who is unwell has a critical value nobody has reviewed."""
    key = open_unscheduled(floor.session(_NURSE), participant, "UNS", floor.today)
    ask_for_exam(floor.session(_NURSE), participant, "UNS", key)
    exam(floor, one, participant, "UNS", one.steps[-1], key)
    measures(floor, one, participant, "UNS", key)
    safety_review(floor, participant, "UNS", key, told=unwell)
    if unwell:
        changed = {"CRP": "118", "WBC": "15.6"}
        safety_results(floor, one, participant, "UNS", key, changed=changed, reviewed=False)
        pregnancy_test(floor, one, participant, "UNS", key)


def medication_error(floor: Floor, participant: str) -> None:
    """The pump was set to the second rate too early; nothing came of it."""
    now = floor.clock.now()
    floor.paper(
        _NURSE,
        participant,
        f"LOG/1/medication_error/{random_key()}",
        {
            "ME_KIND": Code("WRONG_RATE"),
            "ME_TEXT": "100 mL/h set two minutes early.",
            "ME_TIME": now - timedelta(hours=5),
            "ME_REACHED": YES,
            "ME_HARM": NO,
            "ME_ACTION": "Rate corrected, vital signs taken at once.",
            "ME_AWARE": now - timedelta(minutes=40),
            "ME_REPORTED": now,
        },
        reviewer=_PHYSICIAN,
    )


def partner_pregnancy(floor: Floor, participant: str) -> None:
    """The partner of a participant expects a child and agrees to be followed."""
    today = floor.today
    floor.paper(
        _PHYSICIAN,
        participant,
        f"LOG/1/pregnancy/{random_key()}",
        {
            "PREG_WHO": Code("PARTNER"),
            "PREG_CONSENT": YES,
            "PREG_TEST": today - timedelta(days=3),
            "PREG_LMP": PartialDate((today - timedelta(days=44)).isoformat()),
            "PREG_EDD": today + timedelta(days=236),
            "PREG_OUTCOME": Code("ONGOING"),
            "PREG_AWARE": floor.clock.now() - timedelta(minutes=30),
            "PREG_REPORTED": floor.clock.now(),
        },
        reviewer=_PHYSICIAN,
    )


def mask_break(floor: Floor, participant: str) -> None:
    """The hospital needed to know the arm in an emergency; nobody of the site learned it."""
    now = floor.clock.now()
    floor.paper(
        _PHYSICIAN,
        participant,
        f"LOG/1/mask_break/{random_key()}",
        {
            "MB_TIME": now - timedelta(minutes=5),
            "MB_PLANNED": NO,
            "MB_PERSON": "Intensive care, city hospital",
            "MB_REASON": Code("EMERGENCY"),
            "MB_TEXT": "Respiratory failure; the treatment depended on what had been given.",
            "MB_KNOWS": Codes(("HOSPITAL",)),
            "MB_SPONSOR": now,
            "MB_IMPACT": "None on ratings: the site was not told.",
        },
        reviewer=_PHYSICIAN,
    )


def guesses(floor: Floor, participant: str, visit: str) -> None:
    """At the end everyone guesses for themselves; the coordinator asks the participant."""
    for account, who, guess in (
        ("CRC-01", "PARTICIPANT", "ACTIVE"),
        ("NUR-06", "NURSE", "NO_IDEA"),
        ("PHY-01", "PHYSICIAN", "NO_IDEA"),
        ("RAT-02", "RATER", "PLACEBO"),
        ("ASSESSOR-01", "ASSESSOR", "NO_IDEA"),
    ):
        answers: dict[str, Answer] = {
            "MG_WHO": Code(who),
            "MG_DTC": floor.clock.now(),
            "MG_GUESS": Code(guess),
        }
        if guess != "NO_IDEA":
            answers |= {"MG_CONFIDENCE": Code("2"), "MG_REASON": Codes(("COURSE",))}
        place = f"{visit}/1/mask_guess/{random_key()}"
        floor.paper(account, participant, place, answers)


def deviations(floor: Floor, participant: str) -> None:
    """The coordinator judges what the program proposes; a form nobody could fill in is none."""
    coordinator = floor.session("CRC-01")
    for proposal in proposed_deviations(coordinator, participant):
        if proposal.code == "FORM_MISSED":
            why = "There was no fluid to examine, the puncture was refused."
            dismiss_deviation(coordinator, participant, proposal.key, why)
            continue
        key = accept_deviation(coordinator, participant, proposal.key)
        important = proposal.code in ("DOSE_MISSED", "INTERVAL_SHORT")
        floor.paper(
            "CRC-01",
            participant,
            f"LOG/1/deviation/{key}",
            {
                "DVIMPORTANCE": Code("IMPORTANT" if important else "MINOR"),
                "DVACTION": "Talked over with the participant; the next visits are booked.",
                "DVBREACH": NO,
            },
        )
