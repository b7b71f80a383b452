"""STOP, ADRENALINE, CALL and O2 pressed at a running chair while nobody was signed in.

Source: infusion day, section 2: they work from the lock screen and stay unclaimed until a person
signs for them. A press stamps its time and asks nothing; what was done is entered in the run.
"""

from datetime import datetime

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services import inbox
from msclinic.services.gateway import recording
from msclinic.services.home import Home
from msclinic.services.infusion.today import ChairDue
from msclinic.services.participants import identity
from msclinic.services.session import Session, not_allowed

__all__ = ["ANSWERS", "TAPS", "Tap", "claim_tap", "press_while_locked", "unclaimed_taps"]

TAPS = ("STOP", "ADRENALINE", "CALL", "O2")
ANSWERS = ("MINE", "SEEN", "MISTAKE")
"""Who answers for a press: I pressed it, I saw it pressed, nobody meant it."""

_ROOT = "emergency"
_CLAIMED = "claimed"


@frozen
class Tap:
    """One press that nobody has answered for.

    Attributes:
        id: Its id in the record.
        participant: Whose chair it was, random id.
        code: Subject code.
        visit: Visit of the run.
        chair: 1 to 4.
        key: One of ``TAPS``.
        at: When it was pressed, UTC.
    """

    id: str
    participant: str
    code: str
    visit: str
    chair: int
    key: str
    at: datetime


def press_while_locked(home: Home, chair: ChairDue, key: str, at: datetime) -> bool:
    """Keep a press until somebody signs in; it is on the disk when this returns.

    Args:
        home: The data folder.
        chair: Whose chair it was when the window locked.
        key: One of ``TAPS``.
        at: When, aware.

    Returns:
        Whether it could be kept.
    """
    if key not in TAPS:
        raise ValueError(f"there is no emergency key {key}")
    payload = {"participant": chair.participant, "visit": chair.visit}
    return inbox.append(home, "tap", at, payload | {"chair": str(chair.chair), "key": key})


def may_claim(session: Session) -> bool:
    """Whether the role works at the chairs: nurses and physicians."""
    return session.may("infusion") or session.may("override")


def unclaimed_taps(session: Session) -> tuple[Tap, ...]:
    """Every press that waits for an answer, the first one first; none for other roles."""
    if not may_claim(session):
        return ()
    found = []
    with session.store.read() as reader:
        heads = reader.heads(prefix=_ROOT)
        done = {head.path.split("/")[1] for head in heads if head.path.endswith(f"/{_CLAIMED}")}
        for head in heads:
            value = head.value or {}
            tap = head.path.split("/")[1]
            if head.path.count("/") == 1 and tap not in done and head.participant is not None:
                found.append((head.participant, tap, value, head.event_time))
    return tuple(
        sorted(
            (
                Tap(
                    id=tap,
                    participant=participant,
                    code=identity(session, participant).code,
                    visit=str(value.get("visit", "")),
                    chair=int(value.get("chair", "0")),
                    key=str(value.get("key", "")),
                    at=at,
                )
                for participant, tap, value, at in found
                if at is not None
            ),
            key=lambda tap: (tap.at, tap.id),
        )
    )


def claim_tap(session: Session, tap: Tap, answer: str) -> None:
    """Answer for a press with one's own account.

    Args:
        session: A nurse or a physician.
        tap: Which.
        answer: One of ``ANSWERS``.

    Raises:
        Refused: The role does not work at the chairs.
        UserError: Somebody has answered already.
    """
    if not may_claim(session):
        raise not_allowed()
    if answer not in ANSWERS:
        raise ValueError(f"there is no answer {answer}")
    path = f"{_ROOT}/{tap.id}/{_CLAIMED}"
    with recording(session) as act:
        if act.current(path, tap.participant):
            raise UserError(
                "tap_claimed",
                what="Somebody has answered for this press already.",
                why="A press is answered for once.",
                what_to_do="Nothing is left to do here.",
            )
        value = {"type": "code", "value": answer}
        act.set("emergency_claimed", path, value, participant=tap.participant, event_time=tap.at)
