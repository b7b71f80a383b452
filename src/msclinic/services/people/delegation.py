"""The delegation log and training: who may do which task, from when to when, and who said so.

A task is a role of the study. The investigator delegates (ICH E6(R3) 2.3); nobody delegates to
themselves, and the log only grows: a change is a further line.
"""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic import __version__
from msclinic.domain.errors import UserError
from msclinic.services.gateway import recording
from msclinic.services.people.certificates import Collects
from msclinic.services.session import Refused, Session, not_allowed
from msclinic.services.standing import lapse, standing_of, standings
from msclinic.store import Reader

__all__ = [
    "LogLine",
    "delegate",
    "delegation_log",
    "demand_keeper",
    "local_day",
    "may_delegate",
    "may_read_people",
    "record_delegation",
    "record_training",
    "train",
]


@frozen
class LogLine:
    """One line of the log as it was written.

    Attributes:
        account: Whose.
        task: The role.
        start: First day.
        end: Last day, or none.
        by: Who delegated; none at the founding of the clinic.
        at: When it was written.
        counts: Whether it is the line that holds now.
        trained: Day of the training, or none.
    """

    account: str
    task: str
    start: date
    end: date | None
    by: str | None
    at: datetime
    counts: bool
    trained: date | None


def may_delegate(session: Session, task: str) -> bool:
    """Whether this person may delegate a task.

    The investigator may. An investigator is named by the sponsor, which an admin writes down; so
    it is where the study gives the right to nobody.
    """
    if session.may("delegate"):
        return True
    roles = session.study.roles
    nobody = not any(session.study.may(code, "delegate") for code in roles)
    return session.may("people") and (nobody or session.study.may(task, "delegate"))


def delegate(
    session: Session, account: str, task: str, start: date, end: date | None = None
) -> None:
    """Delegate a task to an account, or change from when to when it is theirs.

    Args:
        session: Who delegates.
        account: To whom.
        task: A role that they hold.
        start: First day.
        end: Last day, or none while it is open.

    Raises:
        Refused: Not the investigator, their own account, or nobody would be left who can.
        UserError: The account does not hold the role, or the days are the wrong way round.
    """
    if not may_delegate(session, task):
        raise not_allowed()
    if account == session.account:
        raise Refused(
            "own_delegation",
            what="Nobody delegates to themselves.",
            why="The log says who answers for whom.",
            what_to_do="Ask another investigator or the admin.",
        )
    if end is not None and end < start:
        raise UserError(
            "delegation_days",
            what="The delegation was not recorded.",
            why="Its last day lies before its first.",
            what_to_do="Correct the days.",
        )
    with recording(session) as act:
        _demand_role(act.uow, account, task)
        if end is not None and end <= local_day(session):
            demand_keeper(session, act.uow, account)
        record_delegation(act, account, task, start, end)


def train(session: Session, account: str, task: str, day: date) -> None:
    """Write down that a person was trained for a task.

    Args:
        session: Who looks after accounts.
        account: Whose training.
        task: A role that they hold.
        day: When; not in the future.

    Raises:
        Refused: The role does not look after accounts.
        UserError: The account does not hold the role, or the day is still to come.
    """
    session.require("people")
    if day > local_day(session):
        raise UserError(
            "training_day",
            what="The training was not recorded.",
            why="The day is still to come.",
            what_to_do="Type the day on which it was held.",
        )
    with recording(session) as act:
        _demand_role(act.uow, account, task)
        record_training(act, account, task, day)


def record_delegation(
    act: Collects, account: str, task: str, start: date, end: date | None = None
) -> None:
    """Write one line of the log into an act."""
    value: dict[str, Any] = {
        "type": "delegation",
        "task": task,
        "from": start.isoformat(),
        "to": "" if end is None else end.isoformat(),
    }
    act.set("delegation_recorded", f"people/{account}/delegation/{task}", value)


def record_training(act: Collects, account: str, task: str, day: date) -> None:
    """Write a training date into an act, with the version of the program it was for (R-VAL-5)."""
    value = {"type": "training", "value": day.isoformat(), "program": __version__}
    act.set("training_recorded", f"people/{account}/training/{task}", value)


def delegation_log(session: Session) -> list[LogLine]:
    """Every line of the log, those of one account and task together, the oldest first.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
    """
    if not may_read_people(session):
        raise not_allowed()
    lines: list[LogLine] = []
    with session.store.read() as reader:
        for standing in standings(reader):
            for task in standing.delegations:
                trained = standing.trained.get(task)
                day = None if trained is None else trained.day
                lines += _lines(reader, standing.account, task, day)
    return lines


def may_read_people(session: Session) -> bool:
    """Whether somebody sees who may do what: keepers of accounts, monitors, inspectors."""
    return session.may("people") or session.may("journal")


def demand_keeper(session: Session, reader: Reader, leaving: str) -> None:
    """Go on only if somebody else is left who looks after accounts and may act today.

    Raises:
        Refused: Nobody would be left.
    """
    today = local_day(session)
    own = standing_of(reader, leaving)
    if not any(session.study.may(role, "people") for role in own.roles):
        return
    for other in standings(reader):
        if other.account == leaving or other.disabled:
            continue
        for role in other.roles:
            if session.study.may(role, "people") and not lapse(other, role, today):
                return
    raise Refused(
        "last_keeper",
        what="This cannot be ended.",
        why="Nobody else would be left to look after the accounts.",
        what_to_do="First give the task to another person.",
    )


def local_day(session: Session) -> date:
    """Today at the site."""
    return session.now().astimezone(ZoneInfo(session.place.zone)).date()


def _lines(reader: Reader, account: str, task: str, trained: date | None) -> list[LogLine]:
    found = []
    for row in reader.trail(None, f"people/{account}/delegation/{task}"):
        value = row.value or {}
        end = str(value.get("to", ""))
        found.append(
            LogLine(
                account=account,
                task=task,
                start=date.fromisoformat(str(value["from"])),
                end=date.fromisoformat(end) if end else None,
                by=row.entry.actor,
                at=row.entry.recorded_at,
                counts=row.current,
                trained=trained,
            )
        )
    return found


def _demand_role(reader: Reader, account: str, task: str) -> None:
    if task not in standing_of(reader, account).roles:
        raise UserError(
            "role_not_held",
            what="Nothing was recorded.",
            why="The account does not hold this role.",
            what_to_do="Grant the role first.",
        )
