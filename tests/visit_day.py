"""A whole infusion visit typed into a real clinic, for tests of documents and exports."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from tests.clinic import Clinic

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording
from msclinic.services.infusion.gate_scope import gate_forms, gate_scope
from msclinic.services.infusion.readings import baseline_paths
from msclinic.services.infusion.visit_record import read_visit
from msclinic.services.session import Session
from msclinic.services.signing import add_signature
from msclinic.services.visits import open_visit

__all__ = ["VISIT", "record_infusion_day"]

VISIT = "V1"
KIT = "K-203391"
YES = Code("Y")
NO = Code("N")


def record_infusion_day(clinic: Clinic, number: int = 7) -> str:
    """Screening exam, infusion 1 with its gates, an event; gives the participant.

    Consciousness of one reading is missing, one item of the checklist failed and was overridden.
    """
    participant = clinic.enrol(number)
    start = clinic.clock.now() + timedelta(hours=1)
    day = start.date()
    crc, nurse = clinic.session("CRC-01"), clinic.session("NUR-04")
    _exam(clinic, participant, "SCR", day - timedelta(days=28), "4.0")
    open_visit(crc, participant, VISIT, day)
    _exam(clinic, participant, VISIT, day, "4.5")
    assigned = FormEntry(crc, participant, VISIT, "kit_assignment")
    _answer(assigned, RANDOMISATION_NUMBER="R-17", KIT_NUMBER=KIT, KIT_NUMBER_AGAIN=KIT)
    _vitals(clinic, participant, start)
    _fit_to_dose(clinic, participant, start)
    _release(clinic, participant, start)
    for account in ("NUR-04", "NUR-06"):
        _bedside(clinic.session(account), participant)
    clinic.clock.turn(timedelta(hours=4))
    _infusion(nurse, participant, start)
    _sign_gate(nurse, participant, "G4")
    _after(nurse, participant, start)
    _event(nurse, clinic.session("PHY-01"), participant, day)
    return participant


def _sign(session: Session, participant: str, scope: str, meaning: str) -> None:
    # What a summary says of a day is tested here, not who may sign when.
    with recording(session) as act:
        add_signature(act, participant, scope, meaning)


def _sign_gate(session: Session, participant: str, gate: str, check: str = "") -> None:
    with recording(session) as act:
        record = read_visit(act.uow, participant, VISIT)
        forms = gate_forms(session.study, VISIT)
        scope, extra = gate_scope(record, gate, baseline_paths(record), forms, check)
        add_signature(act, participant, scope, gate, extra)


def _answer(entry: FormEntry, key: str | None = None, /, **answers: Answer) -> None:
    for item, answer in answers.items():
        stored = entry.answer(entry.ref(item, key), answer)
        assert stored.accepted, (item, stored.findings)


def _exam(clinic: Clinic, participant: str, visit: str, day: date, step: str) -> None:
    rater = clinic.session("RAT-02")
    entry = FormEntry(rater, participant, visit, "edss")
    at = datetime.combine(day, clinic.clock.now().timetz()) - timedelta(hours=1)
    _answer(entry, RSDTC=at)
    for item, grade in {
        "FS_VISUAL": 3,
        "FS_BRAINSTEM": 1,
        "FS_PYRAMIDAL": 3,
        "FS_CEREBELLAR": 2,
        "FS_SENSORY": 2,
        "FS_BOWEL_BLADDER": 3,
        "FS_CEREBRAL": 2,
    }.items():
        _answer(entry, **{item: Code(str(grade))})
    _answer(
        entry,
        FS_CEREBELLAR_X=YES,
        WALK_DISTANCE=Decimal("350.0"),
        WALK_SOURCE=Code("MEASURED"),
        WALK_AID=Code("NONE"),
        AMBULATION=Code("2"),
        EDSS=Code(step),
    )
    if visit == VISIT:
        _sign(rater, participant, entry.prefix, "exam")


def _vitals(clinic: Clinic, participant: str, start: datetime) -> None:
    entry = FormEntry(clinic.session("NUR-04"), participant, VISIT, "vital_signs")
    _answer(
        entry,
        VSPOS=Code("SITTING"),
        VSARM=Code("LEFT"),
        VSTEMPLOC=Code("EAR"),
        NEWS2_SCALE=Code("1"),
    )
    for point, minutes, values in (
        ("BASE", -20, "126 80 74 14 98 36.6"),
        ("T15", 15, "124 78 76 14 98 36.7"),
        ("T30", 31, "122 76 78 15 97 36.7"),
        ("T45", 45, "120 76 80 16 97 38.6"),
        ("T60", 61, "118 74 84 16 96 37.0"),
        ("EOI", 72, "121 75 79 15 97 36.8"),
        ("EOI+30", 102, "124 78 76 14 98 36.7"),
    ):
        key = entry.add_repeat("reading")
        systolic, diastolic, pulse, breaths, spo2, warm = values.split()
        _answer(
            entry,
            key,
            VSTPT=Code(point),
            VSDTC=start + timedelta(minutes=minutes),
            SYSBP=int(systolic),
            DIABP=int(diastolic),
            PULSE=int(pulse),
            RESP=int(breaths),
            TEMP=Decimal(warm),
            OXYSAT=int(spo2),
            OXYGEN=Decimal("0.0"),
            CONSCIOUSNESS=Missing("NOT_DONE") if point == "T60" else Code("A"),
        )


def _fit_to_dose(clinic: Clinic, participant: str, start: datetime) -> None:
    nurse, doctor = clinic.session("NUR-04"), clinic.session("PHY-01")
    entry = FormEntry(nurse, participant, VISIT, "fit_to_dose")
    bad = {
        "A07": NO,
        "A07_ANTIBIOTIC": NO,
        "A08": NO,
        "A09": NO,
        "A10": NO,
        "A12": NO,
        "A13": NO,
        "A14_REACTION": NO,
    }
    special: dict[str, Answer] = {
        "A01": "PL01-007",
        "A04_VERSION": "1.0",
        "A15": Code("STERILE"),
        "A18": Decimal("72.4"),
        "A19_SAMPLE_DATE": start.date() - timedelta(days=3),
        "A20_ALCOHOL": NO,
        "A22_SCALE": Code("1"),
        "A24_SITE": Code("FOREARM"),
        "A24_SIDE": Code("LEFT"),
        "A24_GAUGE": Code("G22"),
        "A24_TIME": start - timedelta(minutes=45),
        "A24_ATTEMPTS": 1,
        "A25_SUCTION": NO,
        "A26_PHONE": "4411",
        "A27": Missing("NA"),
        "A28_TIME": start - timedelta(minutes=40),
        "A28_SIDE": Code("RIGHT"),
        **bad,
    }
    for ref in entry.refs():
        entry.reload()  # the physician's answers decide what else is asked
        state = entry.state(ref)
        item = entry.form.item(ref[2])
        if not state.relevant or item.computed:
            continue
        by = (
            entry
            if entry.may_answer(item)
            else FormEntry(doctor, participant, VISIT, "fit_to_dose")
        )
        if item.oid in special:
            _answer(by, **{item.oid: special[item.oid]})
        elif item.type == "code" and item.codelist is not None and item.codelist.oid == "NY":
            _answer(by, **{item.oid: YES})
    physician = FormEntry(doctor, participant, VISIT, "fit_to_dose")
    physician.override(physician.ref("A25_SUCTION"), "Suction stands in the next room, 5 m away.")
    _sign_gate(doctor, participant, "G1")


def _release(clinic: Clinic, participant: str, start: datetime) -> None:
    first, second = clinic.session("PREP-01"), clinic.session("PREP-02")
    entry = FormEntry(first, participant, VISIT, "product_release")
    _answer(
        entry,
        PR_KIT=KIT,
        PR_VOLUME=Decimal("100.0"),
        PR_PREPARED_AT=start - timedelta(minutes=75),
        PR_USE_BEFORE=start + timedelta(minutes=150),
        PR_RELEASED=YES,
    )
    for session in (first, second):
        _sign_gate(session, participant, "G2")


def _bedside(session: Session, participant: str) -> None:
    entry = FormEntry(session, participant, VISIT, "bedside_check", form_key=random_key())
    _answer(
        entry,
        C01=KIT,
        C02_BAG="PL01-007",
        C02_CARD="PL01-007",
        C03=YES,
        C05_COVER=YES,
        C05_NO_LEAK=YES,
        C05_SEAL=YES,
        C06_LABEL=Decimal("100.0"),
        C06_PUMP=Decimal("100.0"),
        C06_RATE1=Decimal("50.0"),
        C06_RATE2=Decimal("100.0"),
        C07_TYPE=Code("STANDARD"),
        C07_FILTER=Code("NONE"),
        C07_PRIMED=YES,
        C07_LABELLED=YES,
        C08=YES,
    )
    _sign_gate(session, participant, "G3", entry.prefix)


def _infusion(nurse: Session, participant: str, start: datetime) -> None:
    entry = FormEntry(nurse, participant, VISIT, "infusion")
    entry.answer_together([(entry.ref("D01"), start)], starting=True)
    _answer(entry, D03_PUMP="P-12", D03_CALIBRATION=start.date() + timedelta(days=90))
    for minutes, rate in ((0, "50.0"), (15, "100.0")):
        key = entry.add_repeat("rate_step")
        _answer(entry, key, D02_TIME=start + timedelta(minutes=minutes), D02_RATE=Decimal(rate))
    for minutes in (15, 30, 45, 60):
        key = entry.add_repeat("line_check")
        _answer(entry, key, D04_TIME=start + timedelta(minutes=minutes), D04_VIP=0)
        _answer(entry, key, D04_EXTRAVASATION=NO)
        key = entry.add_repeat("symptoms")
        _answer(entry, key, D06_TIME=start + timedelta(minutes=minutes))
        _answer(entry, key, D06_SYMPTOMS=Codes(("FLUSH",) if minutes == 45 else ("NONE",)))
    key = entry.add_repeat("interruption")
    _answer(
        entry,
        key,
        D05_START=start + timedelta(minutes=34),
        D05_END=start + timedelta(minutes=38),
        D05_REASON=Code("TOILET"),
        D05_VOLUME=Decimal("44.2"),
    )
    _answer(
        entry,
        D07=start + timedelta(minutes=71, seconds=30),
        D08_GIVEN=Decimal("100.0"),
        D08_LEFT=Decimal("0.0"),
        D09_VOLUME=Decimal("20.0"),
        D09_TIME=start + timedelta(minutes=83),
        D10=YES,
    )


def _after(nurse: Session, participant: str, start: datetime) -> None:
    entry = FormEntry(nurse, participant, VISIT, "after_infusion")
    _answer(
        entry,
        E04=YES,
        E05_OUTCOME=Code("HOME"),
        E03=YES,
        E03_TIME=start + timedelta(hours=2, minutes=40),
        E05_WALKING=YES,
        E05_SITE_CLEAN=YES,
        E06_SHEET=YES,
        E06_PHONE=Missing("NOT_DONE", "will be told at the call"),
        E05_TIME=start + timedelta(hours=2, minutes=55),
        E07_NEXT_VISIT=start.date() + timedelta(days=91),
        E07_CALL1=start.date() + timedelta(days=1),
        E07_CALL7=start.date() + timedelta(days=7),
        E08_BAG=Code("RETURNED"),
        E08_BY="PREP",
        E09=YES,
        E10="Spokojny przebieg. Zażółć gęślą jaźń.",
    )


def _event(nurse: Session, doctor: Session, participant: str, day: date) -> None:
    key = random_key()
    entry = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=key)
    _answer(
        entry,
        AETERM="Urinary tract infection",
        AESTDAT=PartialDate(day.isoformat()[:7]),
        AEONGO=YES,
        AETOXGR=Code("2"),
        AESER=NO,
    )
    judged = FormEntry(doctor, participant, "LOG", "adverse_event", form_key=key)
    _answer(judged, AEREL=Code("NOT_RELATED"), AEACN=Code("DOSE_NOT_CHANGED"))
    _answer(judged, AEOUT=Code("RECOVERING"))
