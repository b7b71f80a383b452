"""The periodic review of accounts: who may do what, what changed since the last one, and the mark.

A review confirms every account that is left standing; it is also what keeps sign-ins at this device
from ending (R-USR-5, R-USR-8).
"""

from datetime import datetime, timedelta

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.people.delegation import may_read_people
from msclinic.services.session import Refused, Session, not_allowed
from msclinic.services.standing import EXTENSION, REVIEW, run_open, setting_of
from msclinic.store import Reader

__all__ = ["CHANGES", "Change", "Review", "extend_sign_ins", "review_people", "review_state"]

CHANGES = (
    "account_opened",
    "role_granted",
    "role_ended",
    "delegation_recorded",
    "training_recorded",
    "certificate_issued",
    "account_disabled",
    "sign_in_extended",
)
"""What a review looks back on."""


@frozen
class Change:
    """One change of who may do what.

    Attributes:
        at: When it was recorded.
        by: Who did it; none where the device did, at the founding or with the recovery key.
        action: One of ``CHANGES``.
        account: Whose account; empty where it is about all.
        task: The role, or empty.
    """

    at: datetime
    by: str | None
    action: str
    account: str
    task: str


@frozen
class Review:
    """How the review of accounts stands.

    Attributes:
        last: When the last one was, or none.
        by: Who made it.
        due: By when the next one is to be made.
        sign_ins_end: Until when everyone may sign in at this device without one.
        changes: What changed since, the oldest first.
    """

    last: datetime | None
    by: str | None
    due: datetime
    sign_ins_end: datetime
    changes: tuple[Change, ...]


def review_state(session: Session) -> Review:
    """How the review stands now.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
    """
    if not may_read_people(session):
        raise not_allowed()
    with session.store.read() as reader:
        heads = reader.at(None, REVIEW)
        last = max(heads, key=lambda one: one.recorded_at) if heads else None
        founded = min((head.recorded_at for head in reader.at(None, "site/founding")), default=None)
        since = last.recorded_at if last is not None else founded or session.now()
        confirmed = [since, *(head.recorded_at for head in reader.at(None, EXTENSION))]
        return Review(
            last=None if last is None else last.recorded_at,
            by=None if last is None else last.actor,
            due=since + timedelta(days=setting_of(session.study, "accounts_review")),
            sign_ins_end=max(confirmed) + timedelta(days=setting_of(session.study, "sign_in_days")),
            changes=_changes(reader, None if last is None else last.entry),
        )


def review_people(session: Session, note: str = "") -> None:
    """Confirm that the accounts, roles and delegations are as they should be.

    Args:
        session: Who looked them through.
        note: What they found, in words; no names.

    Raises:
        Refused: The role does not look after accounts.
    """
    session.require("people")
    with recording(session) as act:
        told = {"type": "text", "value": note.strip()}
        act.set("people_reviewed", REVIEW, told)


def extend_sign_ins(session: Session, reason: str) -> None:
    """Let everyone go on signing in at this device for another period, without a review.

    Raises:
        Refused: Not the investigator, or an infusion is open: nothing ends then.
        UserError: No reason was given.
    """
    session.require("delegate")
    if not reason.strip():
        raise UserError(
            "reason_wanted",
            what="The sign-ins were not extended.",
            why="The reason is missing.",
            what_to_do="Type why the accounts cannot be reviewed now.",
        )
    with recording(session) as act:
        if run_open(act.uow, session.now()):
            raise Refused(
                "run_open",
                what="The sign-ins were not extended.",
                why="An infusion is open, and nothing ends while it is.",
                what_to_do="Extend them when the visit is closed.",
            )
        days = str(setting_of(session.study, "sign_in_days"))
        told = {"type": "text", "value": days}
        why = {"code": "", "text": reason.strip()}
        act.set("sign_in_extended", EXTENSION, told, reason=why)


def _changes(reader: Reader, since: str | None) -> tuple[Change, ...]:
    entries = list(reader.entries(*CHANGES))
    order = reader.order([*(one.hash for one in entries), *([] if since is None else [since])])
    floor = 0 if since is None else order[since]
    found = []
    for one in entries:
        if order[one.hash] <= floor:
            continue
        parts = (one.entry.path or "").split("/")
        found.append(
            Change(
                at=one.entry.recorded_at,
                by=one.entry.actor,
                action=one.entry.action,
                account=parts[1] if parts[0] == "people" else "",
                task=parts[3] if len(parts) > 3 else "",
            )
        )
    return tuple(found)
