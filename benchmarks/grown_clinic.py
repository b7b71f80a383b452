"""A clinic with as many participants as wanted, with real entries: sealed, chained and signed.

The acts are sealed as the program seals them and put into the journal in one transaction; the read
tables are then built by the program's own rebuild. ``msclinic verify`` finds nothing wrong in it.
"""

import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import repeat
from typing import Any

from sqlalchemy import Connection, insert

from msclinic import __version__
from msclinic.domain.values import instant_text
from msclinic.record import Draft, Here, SealedAct, Stamp, seal_act
from msclinic.services.session import Session
from msclinic.store.rebuild import rebuild
from msclinic.store.rows import journal_row
from msclinic.store.schema import journal, payload
from msclinic.store.unit_of_work import UnitOfWork

__all__ = ["grow"]

_BATCH = 200
_LAB = "SCR/1/lab_safety/1"
_PERSON = "SCR/1/demography/1"


def grow(session: Session, first: int, last: int) -> None:
    """Add participants numbered ``first`` to ``last``: screened, treated once, nothing due.

    Args:
        session: Whose keys sign.
        first: Number of the first participant.
        last: Number of the last one.
    """
    today = session.now().astimezone(session.zone).date()
    with session.store.write() as uow:
        for begin in range(first, last + 1, _BATCH):
            numbers = range(begin, min(begin + _BATCH, last + 1))
            _append(uow.connection, list(_acts(session, uow, numbers, today)))
        rebuild(uow.connection)


def _acts(session: Session, uow: UnitOfWork, numbers: range, today: date) -> Iterator[SealedAct]:
    seq, head, act = uow.stream_head(session.place.stream)
    for number in numbers:
        stamp = _stamp(session, seq + 1, head, act + 1)
        drafts = list(_drafts(session, number, today))
        sealed = seal_act(drafts, stamp, _salts(), session.ring.sign_entry)
        seq, head, act = seq + len(sealed.entries), sealed.entries[-1].hash, act + 1
        yield sealed


def _salts() -> Iterator[bytes]:
    return (secrets.token_bytes(16) for _ in repeat(None))


def _stamp(session: Session, seq: int, prev: str, act: int) -> Stamp:
    now = session.now()
    return Stamp(
        stream=session.place.stream,
        seq=seq,
        prev=prev,
        act_number=act,
        typed_at=now,
        recorded_at=now,
        utc_offset=60,
        tz=session.place.zone,
        actor=session.account,
        role=session.role,
        study_version=session.study.version,
        app_version=__version__,
        key=session.ring.key_id,
    )


def _drafts(session: Session, number: int, today: date) -> Iterator[Draft]:
    participant = secrets.token_hex(16)
    # Treated between three months and four years ago, so that nothing of theirs is due today.
    treated = today - timedelta(days=100 + number * 37 % 1400)
    screened = treated - timedelta(days=28)

    def said(action: str, path: str, value: dict[str, Any]) -> Draft:
        return Draft(action, participant, path, value, source="direct")

    def answer(path: str, kind: str, value: str) -> Draft:
        return said("answered", path, {"type": kind, "value": value})

    def visit(code: str, day: date, status: str) -> Draft:
        value = {"type": "visit", "status": status, "date": day.isoformat()}
        return said("visit_opened", f"{code}/1", value)

    def done(path: str) -> Draft:
        return said("form_completed", path, {"type": "code", "value": "completed"})

    code = f"{session.place.site}-{number:03d}"
    sex, course = "FM"[number % 2], ("PPMS", "SPMS")[number % 3 == 0]
    began = datetime.combine(treated, time(9), UTC)
    yield said("participant_enrolled", "participant/code", {"type": "text", "value": code})
    yield visit("SCR", screened, "closed")
    yield answer(f"{_PERSON}/person/1/BRTHYY", "integer", str(1960 + number % 35))
    yield answer(f"{_PERSON}/person/1/SEX", "code", sex)
    yield answer(f"{_PERSON}/person/1/COURSE", "code", course)
    yield answer(f"{_PERSON}/allergy/1/ALLERGY", "code", "NONE")
    yield done(_PERSON)
    yield answer(f"{_LAB}/sample/1/LBDAT", "date", screened.isoformat())
    yield answer(f"{_LAB}/results/1/WBC_LBORRES", "text", "5.6")
    yield answer(f"{_LAB}/results/1/WBC_LBNRIND", "code", "NORMAL")
    yield done(_LAB)
    listed = [
        [f"{_LAB}/sample/1/LBDAT", [Here(8)]],
        [f"{_LAB}/results/1/WBC_LBORRES", [Here(9)]],
        [f"{_LAB}/results/1/WBC_LBNRIND", [Here(10)]],
    ]
    yield Draft(
        "signed",
        participant,
        f"signature/{secrets.token_hex(8)}",
        {"type": "signature", "scope": _LAB, "meaning": "lab_reviewed", "items": listed},
    )
    yield visit("V1", treated, "closed")
    yield answer("V1/1/infusion/1/start/1/D01", "datetime", instant_text(began))
    yield visit("V2", treated + timedelta(days=91), "booked")


def _append(connection: Connection, acts: list[SealedAct]) -> None:
    entries = [journal_row(stored) for act in acts for stored in act.entries]
    payloads = [
        {"entry": one.entry, "part": one.part, "salt": one.salt, "content": one.content}
        for act in acts
        for one in act.payloads
    ]
    connection.execute(insert(journal), entries)
    connection.execute(insert(payload), payloads)
