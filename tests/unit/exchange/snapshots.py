"""Made-up snapshots for the tests of the ODM writer."""

import io
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

from attrs import evolve

from msclinic.domain.values import Code, Codes, Missing, PartialDate
from msclinic.exchange.odm import write_odm
from msclinic.exchange.odm_model import (
    Audit,
    ClinicalSnapshot,
    FormData,
    GroupData,
    ItemData,
    ParticipantData,
    Recorded,
    SignatureMeaning,
    SignatureRecord,
    Site,
    UserRecord,
    VisitData,
)

WARSAW = timezone(timedelta(hours=1))
NOON = datetime(2026, 11, 22, 12, 0, 0, 345000, tzinfo=WARSAW)
CREATED = datetime(2026, 11, 22, 20, 0, tzinfo=UTC)


def entry(number):
    return f"{number:064x}"


def audit(number, *, account="7f3a", role="NUR", **more):
    return Audit(account, role, NOON + timedelta(seconds=number), entry(number), "0.1.0", **more)


def by_program(number):
    return Audit(None, None, NOON, entry(number), "0.1.0", rule="copy 1")


def signature(number, meaning="ENTERED", *, void=False):
    return SignatureRecord("7f3a", "NUR", NOON, meaning, entry(number), void)


def recorded(answer, number, unit=None, **more):
    return Recorded(answer, audit(number, **more), unit)


def item(oid, answer, number, unit=None, **more):
    return ItemData(oid, recorded(answer, number, unit), **more)


def everything(study):
    """One participant with every feature that the writer knows."""
    once = GroupData(
        "once",
        "1",
        (
            item("SEX", Code("F"), 1),
            item("SYMPTOMS", Codes(("FEVER", "COUGH")), 2),
            item("BRTHYY", 1975, 3),
            item("SEEN", datetime(2026, 11, 22, 9, 30, tzinfo=UTC), 4),
            item("DAY", date(2026, 11, 22), 5),
            item("ONSET", PartialDate("2024-05"), 6),
            item("NOTE", Missing("REFUSED", "nie chciała <&>"), 7),
        ),
    )
    temperature = ItemData(
        "TEMP",
        recorded(Decimal("38.2"), 12, "Cel", reason="mistyped", source="transcribed"),
        history=(
            recorded(Missing("NOT_DONE"), 10),
            recorded(Decimal("82.3"), 11, "Cel", reason="was done", edit_point="DataManagement"),
        ),
        conflicting=(recorded(Decimal("38.4"), 13, "Cel"),),
        kept_checks=("TEMP_HIGH",),
    )
    copy = ItemData("COPY", Recorded(Decimal("38.2"), by_program(14), "Cel"), stale=True)
    reading = GroupData("reading", "9f00aa11bb22cc33", (temperature, copy))
    removed = GroupData(
        "reading",
        "aaaaaaaaaaaaaaaa",
        (item("SYSBP", 120, 15, "mm[Hg]"),),
        removed=audit(16, reason="twice"),
    )
    vital_signs = FormData(
        "vital_signs",
        "1",
        (once, reading, removed),
        status="completed",
        audit=audit(17),
        signatures=(
            signature(20, void=True),
            signature(21),
            signature(22, "REVIEWED"),
        ),
    )
    event = FormData(
        "adverse_event", "77777777aaaaaaaa", (GroupData("event", "1", (item("AETERM", "x", 30),)),)
    )
    visits = (
        VisitData("V1", "1", (vital_signs,), audit=audit(31), signatures=(signature(32),)),
        VisitData("UNS", "55555555bbbbbbbb", (evolve(vital_signs, signatures=()),)),
        VisitData("LOG", "1", (event,)),
    )
    return snapshot(study, ParticipantData("W01-003", visits, audit(33), (signature(34),)))


def with_note(study, text):
    """A snapshot whose only answer is one text."""
    group = GroupData("once", "1", (item("NOTE", text, 1),))
    form = FormData("vital_signs", "1", (group,))
    return snapshot(study, ParticipantData("W01-001", (VisitData("V1", "1", (form,)),)))


def snapshot(study, *participants):
    return ClinicalSnapshot(
        participants=participants,
        users=(UserRecord("7f3a", "NUR", "Investigator"),),
        software=("0.1.0",),
        meanings=(
            SignatureMeaning("ENTERED", "Entered", "I entered this"),
            SignatureMeaning("REVIEWED", "Reviewed", "I have reviewed this"),
        ),
        site=Site("W01", "Klinika <Łódź>", date(2026, 1, 2)),
        journal_position=4711,
        study_version=study.version,
        app_version="0.1.0",
        created_at=NOON,
    )


def odm_bytes(study, found, **more):
    out = io.BytesIO()
    write_odm(study, found, out, file_oid="F1", created_at=CREATED, **more)
    return out.getvalue()
