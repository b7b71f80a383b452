"""Whether an account may act in a role now, and what whoever enters has to be told.

A role counts with a delegation in force and a training date (R-USR-6); sign-ins at a device end
where nobody confirmed the accounts for too long (R-USR-8). Nothing expires during an open run: the
person goes in, and what lapsed stands in the record (design, "Who may do what").
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.domain.access import ASSESSING_ROLES
from msclinic.domain.errors import KnownFault
from msclinic.services.home import HomeFile
from msclinic.services.session import Refused, Session
from msclinic.services.standing import (
    REVIEW,
    Standing,
    lapse,
    record_day,
    run_open,
    setting_of,
    sign_in_limit,
    standing_of,
)
from msclinic.store import Reader
from msclinic.study import Study

__all__ = ["EXPIRED", "Entrance", "alerts_of", "choose_role"]

EXPIRED = "sign_in_expired"
_LOOKED_AT = timedelta(days=30)


@frozen
class Entrance:
    """In which role somebody goes in, and what had lapsed.

    Attributes:
        role: The role.
        lapses: Codes of ``standing.lapse`` and ``EXPIRED``; empty unless an infusion is open.
    """

    role: str
    lapses: tuple[str, ...] = ()


def choose_role(
    reader: Reader,
    study: Study,
    standing: Standing,
    role: str | None,
    now: datetime,
    place: HomeFile,
) -> Entrance:
    """The role in which an account goes in.

    Args:
        reader: The record as it is now.
        study: The active study.
        standing: Of the account.
        role: The role that is asked for, or none for the first that may be acted in.
        now: The clock.
        place: The device and its zone.

    Raises:
        Refused: The account is disabled, the role is not theirs or not delegated to them now, or
            the sign-ins at this device have ended.
    """
    if standing.disabled or not standing.roles:
        raise Refused(
            "account_disabled",
            what="This account may not sign in.",
            why="It was disabled or holds no role.",
            what_to_do="Ask the admin of this clinic.",
        )
    if role is not None and role not in standing.roles:
        raise Refused(
            "not_your_role",
            what="This account does not hold that role.",
            why="Roles are granted by the admin.",
            what_to_do="Sign in with a role of yours.",
        )
    asked = standing.roles if role is None else (role,)
    day = record_day(reader, place.stream, now).astimezone(ZoneInfo(place.zone)).date()
    reasons = {one: lapse(standing, one, day) for one in asked}
    chosen = next((one for one, why in reasons.items() if not why), asked[0])
    lapses = [reasons[chosen]] if reasons[chosen] else []
    if not study.may(chosen, "people"):
        limit = sign_in_limit(reader, study, standing)
        if limit is not None and limit < now:
            lapses.append(EXPIRED)
    # An open run keeps in who works at it. A rater does not, and must not learn of it.
    kept_in = chosen not in ASSESSING_ROLES and run_open(reader, now)
    if lapses and not kept_in and not _before_the_log(reader, lapses):
        raise _refusal(lapses[0])
    return Entrance(chosen, tuple(lapses))


def alerts_of(session: Session, entrance: Entrance) -> tuple[KnownFault, ...]:
    """What whoever has signed in must know of the accounts, the gravest first."""
    found = [_lapsed(one) for one in entrance.lapses]
    with session.store.read() as reader:
        found += _locked_accounts(session, reader)
        standing = standing_of(reader, session.account)
        limit = sign_in_limit(reader, session.study, standing)
        ahead = timedelta(days=setting_of(session.study, "sign_in_warning"))
        if limit is not None and limit - session.now() <= ahead and EXPIRED not in entrance.lapses:
            found.append(_ending(limit.astimezone(session.zone)))
        if session.may("people"):
            found += _review_due(session, reader)
    return tuple(found)


def _before_the_log(reader: Reader, lapses: list[str]) -> bool:
    """Whether this clinic was founded before there was a delegation log, and has not begun it."""
    return EXPIRED not in lapses and next(reader.entries("delegation_recorded"), None) is None


def _refusal(code: str) -> Refused:
    if code == EXPIRED:
        return Refused(
            EXPIRED,
            what="Sign-ins at this computer have ended.",
            why="Nobody has confirmed the accounts of this clinic for too long, or the date of "
            "this computer is wrong.",
            what_to_do="Check the date. The PI or the admin can sign in and confirm the accounts.",
        )
    why = {
        "not_delegated": "The task was not delegated to this account.",
        "not_yet": "The delegation begins on a later day.",
        "delegation_ended": "The delegation of the task has ended.",
        "not_trained": "No training for the task is recorded.",
    }[code]
    return Refused(
        code,
        what="This account may not act in this role now.",
        why=why,
        what_to_do="Ask the PI to look at the delegation log.",
    )


def _lapsed(code: str) -> KnownFault:
    refusal = _refusal(code)
    return KnownFault(
        code,
        what="You may work because an infusion is open.",
        why=refusal.why,
        what_to_do="It is recorded. Tell the PI today.",
    )


def _ending(limit: datetime) -> KnownFault:
    return KnownFault(
        "sign_in_ending",
        what="Sign-ins at this computer end on {day}.",
        why="Until then the accounts of this clinic have to be confirmed.",
        what_to_do="Ask the PI or the admin to review the accounts under People.",
        parameters={"day": limit.date().isoformat()},
    )


def _locked_accounts(session: Session, reader: Reader) -> list[KnownFault]:
    """Accounts that were locked by wrong passwords since this person was here last."""
    since = session.now() - _LOOKED_AT
    failed = [one for one in reader.entries("sign_in_failed") if one.entry.recorded_at > since]
    if not failed:
        return []
    rows = reader.trail(None, f"people/{session.account}/sign_in")
    own = [one.stored.hash for one in rows if one.entry.action == "signed_in"][-2:]
    order = reader.order([*own, *(one.hash for one in failed)])
    before, now = (order[own[0]] if len(own) > 1 else 0), order[own[-1]]
    locked = set()
    for one in failed:
        # What this person's own last sign-in took out of the inbox was told then.
        told_then = one.entry.actor == session.account and order[one.hash] < now
        if order[one.hash] <= before or told_then:
            continue
        told = reader.trail(None, one.entry.path or "")[-1].value or {}
        mine = told.get("account") == session.account
        if told.get("locked") == "Y" and (mine or session.may("people")):
            locked.add(str(told.get("account", "")))
    return [
        KnownFault(
            "account_was_locked",
            what="Somebody typed wrong passwords until an account was locked: {account}.",
            why="Each try is in the record.",
            what_to_do="If nobody of the clinic did it, record a security incident under People.",
            parameters={"account": account or "?"},
        )
        for account in sorted(locked)
    ]


def _review_due(session: Session, reader: Reader) -> list[KnownFault]:
    last = [head.recorded_at for head in reader.at(None, REVIEW)]
    founded = [head.recorded_at for head in reader.at(None, "site/founding")]
    period = timedelta(days=setting_of(session.study, "accounts_review"))
    if session.now() - max(last or founded, default=session.now()) <= period:
        return []
    return [
        KnownFault(
            "review_due",
            what="The accounts of this clinic are to be reviewed.",
            why="The last review is longer ago than the study allows.",
            what_to_do="Open People, then Review of accounts.",
        )
    ]
