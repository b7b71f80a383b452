"""Locking and unlocking of forms, visits and the study by the principal investigator.

A lock is refused while anything hinders it, and nothing overrides that. Unlocking needs a reason
and the password; what is changed after it stays marked (ICH E6(R3) 3.16.1(r), 3.16.2(e)).
"""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.forms.definitions import SINGLE_KEY
from msclinic.services.entry_guards import demand_known
from msclinic.services.gateway import Act, recording
from msclinic.services.lock_checklist import hindrances, study_hindrances
from msclinic.services.lock_guard import (
    STUDY_LOCK,
    is_locked,
    lock_over,
    lock_path,
    study_locked,
)
from msclinic.services.session import Refused, Session
from msclinic.services.signing import document_key
from msclinic.store import Head, Reader, TrailRow

__all__ = [
    "STUDY",
    "LockState",
    "changed_after_lock",
    "lock",
    "lock_state",
    "lock_study",
    "unlock",
    "unlock_study",
]

STUDY = "study"
_RIGHT = "lock_data"
_FORM, _VISIT, _ITEM = 4, 2, 7


@frozen
class LockState:
    """Whether a form, a visit or the study is locked, and since when.

    Attributes:
        scope: What is locked: ``study``, or the path of a visit or form; empty while nothing is.
        account: Who locked or unlocked last; empty where nobody ever did.
        at: When.
        reason: Why it was unlocked, where it was.
    """

    scope: str = ""
    account: str = ""
    at: datetime | None = None
    reason: str = ""

    @property
    def locked(self) -> bool:
        """Whether it is closed now."""
        return bool(self.scope)


def lock_state(session: Session, participant: str | None, scope: str) -> LockState:
    """How a form, a visit or the study stands.

    Args:
        session: Who looks.
        participant: Whose data; none for the study.
        scope: Path of a visit or form, or ``study``.
    """
    with session.store.read() as reader:
        if participant is None:
            whole = study_locked(reader)
            over = (STUDY, whole) if whole is not None else None
            heads = reader.at(None, STUDY_LOCK)
        else:
            over = lock_over(reader, participant, scope)
            heads = reader.at(participant, lock_path(scope))
    if over is not None:
        return LockState(over[0], over[1].actor or "", over[1].recorded_at)
    last = max(heads, key=_when, default=None)
    if last is None:
        return LockState()
    return LockState("", last.actor or "", last.recorded_at, str((last.reason or {}).get("text")))


def lock(session: Session, participant: str, scope: str) -> None:
    """Close a form or a visit: nothing in it changes until it is unlocked.

    Args:
        session: The principal investigator's.
        participant: Whose data.
        scope: Path of a visit or form.

    Raises:
        Refused: The role may not lock.
        UserError: It is locked already, there is nothing to lock, or something still hinders.
    """
    session.require(_RIGHT)
    _demand_scope(session, participant, scope)
    with recording(session) as act:
        if lock_over(act.uow, participant, scope) is not None:
            raise _already_locked()
        if not act.uow.heads(participant=participant, prefix=scope):
            raise UserError(
                "nothing_to_lock",
                what="Nothing was locked.",
                why="Nothing is recorded there yet.",
                what_to_do="Lock what is complete.",
            )
        # Nobody writes while this act is open, so what is looked at is what is locked.
        _demand_clear(len(hindrances(session, participant, scope)))
        act.set(
            "data_locked",
            lock_path(scope),
            _value(act, scope),
            participant=participant,
        )


def unlock(session: Session, participant: str, scope: str, why: str, password: str) -> None:
    """Open a locked form or visit again; what changes then stays marked.

    Args:
        session: The principal investigator's.
        participant: Whose data.
        scope: Path of the visit or form that was locked.
        why: In words.
        password: Typed now.

    Raises:
        Refused: The role may not unlock, or the password is wrong.
        UserError: It is not locked itself, or the reason is missing.
    """
    session.require(_RIGHT)
    document_key(session, password)
    reason = _reason(why)
    with recording(session) as act:
        if not is_locked(act.current(lock_path(scope), participant)):
            raise _not_locked()
        act.set(
            "data_unlocked",
            lock_path(scope),
            {"type": "lock", "value": "unlocked", "scope": scope},
            participant=participant,
            reason=reason,
        )


def lock_study(session: Session, password: str) -> None:
    """Close the whole study at this site: no data of any participant change.

    Args:
        session: The principal investigator's.
        password: Typed now.

    Raises:
        Refused: The role may not lock, or the password is wrong.
        UserError: It is locked already, or something still hinders.
    """
    session.require(_RIGHT)
    document_key(session, password)
    with recording(session) as act:
        if study_locked(act.uow) is not None:
            raise _already_locked()
        _demand_clear(len(study_hindrances(session)))
        act.set("study_locked", STUDY_LOCK, _value(act, STUDY))


def unlock_study(session: Session, why: str, password: str) -> None:
    """Open the study again; what changes then stays marked.

    Args:
        session: The principal investigator's.
        why: In words.
        password: Typed now.

    Raises:
        Refused: The role may not unlock, or the password is wrong.
        UserError: It is not locked, or the reason is missing.
    """
    session.require(_RIGHT)
    document_key(session, password)
    reason = _reason(why)
    with recording(session) as act:
        if study_locked(act.uow) is None:
            raise _not_locked()
        act.set(
            "study_unlocked",
            STUDY_LOCK,
            {"type": "lock", "value": "unlocked", "scope": STUDY},
            reason=reason,
        )


def changed_after_lock(reader: Reader, participant: str, prefix: str) -> frozenset[str]:
    """Items beneath a form whose present answer came after the form was locked once.

    A lock names how far each device's journal had come, so that no clock decides what came later
    and every device says the same.

    Args:
        reader: The record.
        participant: Whose data.
        prefix: Path of the form.
    """
    known = [_streams(row) for row in _locks(reader, participant, prefix) if row.value is not None]
    if not known:
        return frozenset()
    found = set()
    for head in reader.heads(participant=participant, prefix=prefix):
        if head.path.count("/") + 1 == _ITEM and _came_later(reader, head, known):
            found.add(head.path)
    return frozenset(found)


def _locks(reader: Reader, participant: str, prefix: str) -> list[TrailRow]:
    visit = "/".join(prefix.split("/")[:_VISIT])
    rows = [
        *reader.trail(None, STUDY_LOCK),
        *reader.trail(participant, lock_path(visit)),
        *reader.trail(participant, lock_path(prefix)),
    ]
    return [row for row in rows if row.entry.action in ("data_locked", "study_locked")]


def _streams(row: TrailRow) -> dict[str, int]:
    listed = (row.value or {}).get("streams", {})
    return {str(stream): int(seq) for stream, seq in listed.items()}


def _came_later(reader: Reader, head: Head, locks: list[dict[str, int]]) -> bool:
    for row in reader.trail(head.participant, head.path):
        if row.stored.hash == head.entry:
            entry = row.entry
            return any(entry.seq > known.get(entry.stream, 0) for known in locks)
    return False


def _value(act: Act, scope: str) -> Mapping[str, object]:
    streams = act.uow.position().streams
    return {
        "type": "lock",
        "value": "locked",
        "scope": scope,
        "streams": {stream: str(seq) for stream, (seq, _) in sorted(streams.items())},
    }


def _demand_scope(session: Session, participant: str, scope: str) -> None:
    parts = scope.split("/")
    if len(parts) == _FORM:
        demand_known(session, participant, parts[0], parts[2])
        session.require(f"read:{parts[2]}")
        return
    known = {visit.code: visit.kind for visit in session.study.visits}
    if len(parts) != _VISIT or parts[0] not in known:
        raise UserError(
            "nothing_to_lock",
            what="Nothing was locked.",
            why="A form, a visit or the study can be locked.",
            what_to_do="Lock what is complete.",
        )
    if known[parts[0]] == "common" and parts[1] == SINGLE_KEY:
        # An event must always be recordable: a lock here would refuse every new one.
        raise UserError(
            "lock_forms_alone",
            what="Nothing was locked.",
            why="Forms outside the visits are locked one by one: a new event must find its place.",
            what_to_do="Lock each of these forms, or the whole study.",
        )


def _demand_clear(left: int) -> None:
    if left:
        raise UserError(
            "lock_hindered",
            what="Nothing was locked.",
            why="{count} points still hinder the lock.",
            what_to_do="Settle each point of the list, then lock.",
            parameters={"count": left},
        )


def _reason(why: str) -> dict[str, str]:
    if not why.strip():
        raise UserError(
            "unlock_reason",
            what="Nothing was unlocked.",
            why="The reason is missing.",
            what_to_do="Type why these data must change after they were locked.",
        )
    return {"code": "0", "text": why.strip()}


def _already_locked() -> UserError:
    return UserError(
        "locked_already",
        what="Nothing was locked.",
        why="It is locked already, or lies in what is locked.",
        what_to_do="Go on.",
    )


def _not_locked() -> Refused:
    return Refused(
        "not_locked",
        what="Nothing was unlocked.",
        why="It is not locked itself; perhaps what it lies in is.",
        what_to_do="Unlock the visit or the study that was locked.",
    )


def _when(head: Head) -> tuple[datetime, str]:
    return head.recorded_at, head.entry
