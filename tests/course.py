"""A made-up participant with half a year of results, for tests of what is drawn over time."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.clinic import COST, Clinic
from tests.laboratory_report import KEY, laboratory, report

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording
from msclinic.services.people import open_account
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.services.signing import add_signature
from msclinic.services.visits import open_visit

__all__ = ["SECRET", "course", "day_of", "restricted"]

SECRET = "1.2e9 per mL"
"""A result that could reveal the arm, in words that stand nowhere else."""

_DAYS = {"SCR": -210, "V1": -182, "V2": -91, "V3": 0}
YES, NO = Code("Y"), Code("N")


def day_of(clinic: Clinic, visit: str) -> date:
    """The day of a visit of the course; infusion 3 is today."""
    zone = clinic.session("CRC-01").zone
    return clinic.clock.now().astimezone(zone).date() + timedelta(days=_DAYS[visit])


def course(clinic: Clinic, number: int = 7) -> str:
    """Four visits with exams, tests, questionnaires, laboratory, biomarkers and three events.

    The exam of V3 is not signed; the walk at V2 was not possible; ALT of V2 is high; CRP at V1 is
    below the limit of detection; the second event began in a month whose day nobody knows.
    """
    participant = clinic.enrol(number)
    crc, lab = clinic.session("CRC-01"), laboratory(clinic)
    clinic.sessions["LAB-01"] = lab
    for visit in _DAYS:
        open_visit(crc, participant, visit, day_of(clinic, visit))
    for visit, step in {"SCR": "4.5", "V1": "4.5", "V2": "5.0", "V3": "5.5"}.items():
        _exam(clinic, participant, visit, step)
        _walk(clinic, participant, visit)
    for visit in ("V1", "V2"):
        _infusion(clinic, participant, visit)
    report(lab, participant, "SCR", day=day_of(clinic, "SCR"))
    changed = {"ALT": ("58", "U/L"), "CREAT": ("0.9", "mg/dL"), "CRP": ("12", "mg/L")}
    report(lab, participant, "V2", day=day_of(clinic, "V2"), **changed)
    for visit, value in {"V1": "14,2", "V2": "<2.0"}.items():
        _biomarker(lab, participant, visit, day_of(clinic, visit), value)
    _events(clinic, participant)
    return participant


def restricted(clinic: Clinic, participant: str) -> Session:
    """A result that could reveal the arm, at V2; gives the session of who typed it."""
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "LABU-01", "LABU", KEY, pi, COST)
    session = clinic.sessions["LABU-01"] = join(pi, "LABU-01", KEY)
    entry = FormEntry(session, participant, "V2", "restricted_results")
    _give(entry, ISREFID="R-1", ISDAT=day_of(clinic, "V2"), ISMETHOD="NTA", VESCOUNT=SECRET)
    return session


def _give(entry: FormEntry, **answers: Answer) -> None:
    for item, answer in answers.items():
        stored = entry.answer(entry.ref(item), answer)
        assert stored.accepted, (item, stored.findings)


def _at(clinic: Clinic, visit: str) -> datetime:
    return clinic.clock.now() + timedelta(days=_DAYS[visit], hours=-1)


def _exam(clinic: Clinic, participant: str, visit: str, step: str) -> None:
    rater = clinic.session("RAT-02")
    entry = FormEntry(rater, participant, visit, "edss")
    _give(entry, RSDTC=_at(clinic, visit), EDSS=Code(step))
    if visit != "V3":
        # Whether an exam is whole is tested where exams are.
        with recording(rater) as act:
            add_signature(act, participant, entry.prefix, "exam")


def _walk(clinic: Clinic, participant: str, visit: str) -> None:
    entry = FormEntry(clinic.session("RAT-02"), participant, visit, "t25fw")
    if visit == "V2":
        _give(entry, FTPERF=NO, FTREASND=Code("MS"))
        return
    _give(entry, FTPERF=YES, FTDTC=_at(clinic, visit), T25FW_DEVICE=Codes(("NONE",)))
    _give(entry, T25FW101_1=Decimal("6.2"))
    if visit == "V3":
        _give(entry, T25FW101_2=Missing("UNABLE"), T25FW_REASON_2=Code("TIME_LIMIT"))
    else:
        _give(entry, T25FW101_2=Decimal("6.3"))
    _give(entry, T25FW102=NO)
    entry.complete()


def _infusion(clinic: Clinic, participant: str, visit: str) -> None:
    nurse = clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, visit, "infusion")
    entry.answer_together([(entry.ref("D01"), _at(clinic, visit))], starting=True)


def _biomarker(lab: Session, participant: str, visit: str, day: date, value: str) -> None:
    entry = FormEntry(lab, participant, visit, "biomarker_results", form_key=random_key())
    _give(entry, LBNAM=Code("CENTRAL"), LBREFID="B-1", LBDAT=day, LBTIM="08:45")
    _give(entry, LBMETHOD="Simoa HD-X", LBSPEC=Code("SERUM"), NFL_LBORRES=value)
    _give(entry, NFL_LBORRESU=Code("pg/mL"), NFL_LBLLOD=Decimal("2.0"))


def _events(clinic: Clinic, participant: str) -> None:
    nurse, first = clinic.session("NUR-04"), day_of(clinic, "V1")
    known: list[dict[str, Answer]] = [
        {
            "AETERM": "Infusion-site bruise",
            "AESTDAT": PartialDate(first.isoformat()),
            "AEONGO": NO,
            "AEENDAT": PartialDate((first + timedelta(days=4)).isoformat()),
            "AETOXGR": Code("1"),
            "AESER": NO,
        },
        {
            "AETERM": "Urinary tract infection",
            "AESTDAT": PartialDate(day_of(clinic, "V2").isoformat()[:7]),
            "AEONGO": YES,
            "AETOXGR": Code("2"),
            "AESER": NO,
        },
        {
            "AETERM": "Pneumonia",
            "AESTDAT": PartialDate("2025"),
            "AEONGO": NO,
            "AEENDAT": Missing("UNKNOWN"),
            "AETOXGR": Code("3"),
            "AESER": YES,
        },
    ]
    for answers in known:
        entry = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=random_key())
        _give(entry, **answers)
        clinic.clock.turn(timedelta(minutes=1))
