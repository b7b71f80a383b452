"""The bedside check by two persons: each an own instance, compared only after both have finished.

Nothing is copied from one to the other, and the first answers of both stay in the trail.
"""

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.gates import gate
from msclinic.domain.infusion.items import BEDSIDE_CHECK
from msclinic.domain.values import Answer
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key, recording
from msclinic.services.infusion.facts import BedsideCheck
from msclinic.services.infusion.gates import Run, check_expired, read_run
from msclinic.services.session import Refused, Session

__all__ = [
    "Comparison",
    "Difference",
    "compare",
    "finish_check",
    "open_bedside_check",
    "restart_bedside_check",
]


@frozen
class Difference:
    """One item that the two persons answered differently.

    Attributes:
        item: Item OID.
        answers: Answer by account, in the order of the checks.
    """

    item: str
    answers: tuple[tuple[str, Answer | None], ...]


@frozen
class Comparison:
    """The two checks side by side.

    Attributes:
        finished: Accounts that have finished.
        ready: Both have finished, so that differences may be shown.
        differences: What differs now; empty until ready.
    """

    finished: tuple[str, ...]
    ready: bool
    differences: tuple[Difference, ...]


def open_bedside_check(
    session: Session, participant: str, visit: str, visit_key: str = "1"
) -> FormEntry:
    """This person's own bedside check, begun if there is none that still counts.

    After the signatures of G3 have expired the check is done again in a new instance. The first
    two persons are the pair (see ``every_check``); a third is refused until the pair is begun
    again, so that no answers are ever put aside unseen.

    Raises:
        Refused: Not a checker, or two others have begun a check.
    """
    session.require(f"enter:{BEDSIDE_CHECK}")
    with session.store.read() as reader:
        run = read_run(session, reader, participant, visit, visit_key)
    own = _own(session, run)
    if own is not None and not check_expired(run, session.account):
        return FormEntry(session, participant, visit, BEDSIDE_CHECK, visit_key, own.key)
    if own is None and gate(run.facts, "G3").status == "passed":
        raise Refused(
            "two_checks",
            what="No third bedside check was begun.",
            why="Two persons have checked and signed.",
            what_to_do="Go on with the start.",
        )
    if own is None and len(run.checks) == 2:
        raise Refused(
            "two_checkers",
            what="No third bedside check was begun.",
            why="Two persons have begun the check: {first} and {second}.",
            what_to_do="Let them finish, or begin the check again with two persons.",
            parameters={"first": run.checks[0].account, "second": run.checks[1].account},
        )
    key = random_key()
    with recording(session) as act:
        act.set(
            "form_opened",
            f"{run.record.prefix}/{BEDSIDE_CHECK}/{key}",
            {"type": "code", "value": "in_progress"},
            participant=participant,
        )
    return FormEntry(session, participant, visit, BEDSIDE_CHECK, visit_key, key)


def restart_bedside_check(
    session: Session, participant: str, visit: str, why: str, visit_key: str = "1"
) -> None:
    """Give up every bedside check of this run, so that two persons begin anew.

    The answers stay in the record as entered in error; their signatures at G3 count no more.

    Args:
        session: One who may check.
        participant: Whose run.
        visit: Visit code.
        why: Why the pair begins again, in words.
        visit_key: Key of a repeated visit.

    Raises:
        Refused: Not a checker.
        UserError: No reason, no check to give up, or the infusion has started.
    """
    session.require(f"enter:{BEDSIDE_CHECK}")
    with recording(session) as act:
        run = read_run(session, act.uow, participant, visit, visit_key)
        given_up = [*run.checks, *run.further_checks]
        if not why.strip() or not given_up or run.facts.started_at is not None:
            raise UserError(
                "no_restart",
                what="The bedside check was not begun again.",
                why="There is none yet, the infusion has started, or the reason is missing.",
                what_to_do="Give a reason; after the start nothing is checked again.",
            )
        # What each person checked before the newest check is given up with it.
        for instance in run.record.instances(BEDSIDE_CHECK):
            if instance.register is not None and instance.status != "entered_in_error":
                act.set(
                    "form_reopened",
                    instance.prefix,
                    {"type": "code", "value": "entered_in_error"},
                    participant=participant,
                    reason={"code": "0", "text": why.strip()},
                )


def finish_check(
    session: Session, participant: str, visit: str, visit_key: str = "1"
) -> Comparison:
    """Declare the own check filled in; from then on a change needs a reason.

    Raises:
        Refused: Not a checker.
        UserError: There is no own check, or something in it is open.
    """
    session.require(f"enter:{BEDSIDE_CHECK}")
    with session.store.read() as reader:
        own = _own(session, read_run(session, reader, participant, visit, visit_key))
    if own is None:
        raise UserError(
            "no_check",
            what="No bedside check was finished.",
            why="You have not begun one.",
            what_to_do="Begin your own check.",
        )
    if not own.finished:
        FormEntry(session, participant, visit, BEDSIDE_CHECK, visit_key, own.key).complete()
    return compare(session, participant, visit, visit_key)


def compare(session: Session, participant: str, visit: str, visit_key: str = "1") -> Comparison:
    """Lay the two checks side by side, once both persons have finished.

    A difference is solved by whoever misread: that person changes the own answer with a reason.
    """
    session.require(f"read:{BEDSIDE_CHECK}")
    with session.store.read() as reader:
        run = read_run(session, reader, participant, visit, visit_key)
    finished = tuple(check.account for check in run.checks if check.finished)
    if not run.compared:
        return Comparison(finished, False, ())
    both = [(check.account, check.instance.answers()) for check in run.checks]
    items = (
        item.oid
        for group in session.study.form(BEDSIDE_CHECK).item_groups
        for item in group.items
        if not item.computed
    )
    differences = tuple(
        Difference(item, tuple((account, answers.get(item)) for account, answers in both))
        for item in items
        if both[0][1].get(item) != both[1][1].get(item)
    )
    return Comparison(finished, True, differences)


def _own(session: Session, run: Run) -> BedsideCheck | None:
    return next((check for check in run.checks if check.account == session.account), None)
