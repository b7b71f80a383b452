"""The ways out of a run: put off, given up, or closed after both have signed.

Before the start a run may be deferred or cancelled with a reason; a run that was started is ended.
"""

from datetime import date

from msclinic.domain.errors import UserError
from msclinic.domain.visits import missed_dose, visit_window
from msclinic.services.gateway import recording
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.session import Session
from msclinic.services.visit_calendar import anchor_of, plan_of, side_exit_path

__all__ = ["cancel_run", "close_visit", "defer_run", "side_exit"]

_RIGHT = "infusion"


def defer_run(
    session: Session, participant: str, visit: str, until: date, why: str, visit_key: str = "1"
) -> None:
    """Put the infusion off before its start; the visit is booked for another day.

    Raises:
        Refused: Neither the infusion nurse nor a physician.
        UserError: It has started, no reason was given, or the day is past what the study allows.
    """
    run = _before_start(session, participant, visit, visit_key, why)
    today = session.now().astimezone(session.zone).date()
    with session.store.read() as reader:
        window = visit_window(plan_of(session, visit), anchor_of(session, reader, participant))
    limit = int(session.study.setting("missed_after"))
    target = window.target if window is not None else None
    if until <= today or (target is not None and missed_dose(target, until, limit)):
        raise UserError(
            "defer_day",
            what="The infusion was not deferred to that day.",
            why="It is not later than today, or past the last day the study allows.",
            what_to_do="Choose an earlier day, or cancel the infusion.",
        )
    side_exit(session, participant, run, "run_deferred", "Y", why, until)


def cancel_run(
    session: Session, participant: str, visit: str, why: str, visit_key: str = "1"
) -> None:
    """Give up the infusion of this visit before its start.

    Raises:
        Refused: Neither the infusion nurse nor a physician.
        UserError: It has started, or no reason was given.
    """
    run = _before_start(session, participant, visit, visit_key, why)
    side_exit(session, participant, run, "run_cancelled", "Y", why)


def close_visit(session: Session, participant: str, visit: str, visit_key: str = "1") -> None:
    """Close the visit after nurse and physician have signed G7.

    Raises:
        GateShut: G7 is not passed.
    """
    session.require("sign:G7")
    run = _read(session, participant, visit, visit_key)
    status = gate_of(session, run, "G7")
    if status.status != "passed":
        raise GateShut("G7", status.status, status.blockers)
    with recording(session) as act:
        for head in act.current(run.record.prefix, participant):
            value = {**(head.value or {}), "status": "closed"}
            act.set("visit_closed", run.record.prefix, value, participant=participant)
            break


def _before_start(session: Session, participant: str, visit: str, visit_key: str, why: str) -> Run:
    if not session.may("sign:G1"):
        session.require(_RIGHT)
    run = _read(session, participant, visit, visit_key)
    if run.facts.started_at is not None or not why.strip():
        raise UserError(
            "no_side_exit",
            what="The infusion was neither deferred nor cancelled.",
            why="It has started, or the reason is missing.",
            what_to_do="Give a reason; an infusion that runs is ended instead.",
        )
    return run


def side_exit(
    session: Session,
    participant: str,
    run: Run,
    action: str,
    value: str,
    why: str,
    until: date | None = None,
) -> None:
    """Write that a run is deferred or cancelled, or that it is so no longer."""
    prefix = run.record.prefix
    written = {"type": "run", "value": value}
    if until is not None:
        written["until"] = until.isoformat()
    with recording(session) as act:
        act.set(
            action,
            side_exit_path(prefix),
            written,
            participant=participant,
            reason={"code": "0", "text": why.strip()} if why else None,
        )
        if until is not None:
            visit = {"type": "visit", "status": "booked", "date": until.isoformat()}
            act.set("visit_opened", prefix, visit, participant=participant)


def _read(session: Session, participant: str, visit: str, visit_key: str) -> Run:
    with session.store.read() as reader:
        return read_run(session, reader, participant, visit, visit_key)
