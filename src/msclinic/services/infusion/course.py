"""The course of an infusion day at the bedside: arrival, start, rates, pauses, end, side exits.

Each checks right, gate and order here. A pause for a reaction is the physician's and not made here.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.values import Answer, Code, Missing
from msclinic.domain.visits import missed_dose, visit_window
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.gateway import recording
from msclinic.services.infusion.facts import MEASURES, side_exit_path
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.session import Refused, Session
from msclinic.services.visits import anchor_of, open_visit, plan_of

__all__ = [
    "arrive",
    "cancel_run",
    "change_rate",
    "close_visit",
    "defer_run",
    "end_infusion",
    "flush",
    "interrupt",
    "resume",
    "start_infusion",
]

_RIGHT = "infusion"


def arrive(
    session: Session, participant: str, visit: str, chair: int, visit_key: str = "1"
) -> None:
    """The participant is here: open the visit today, at a chair that is free.

    Raises:
        Refused: The role may not open visits.
        UserError: The visit is open already, has no infusion, or the chair is taken.
    """
    session.require(f"open:{visit}")
    with session.store.read() as reader:
        run = read_run(session, reader, participant, visit, visit_key)
        taken = any(
            head.action == "visit_opened"
            and (head.value or {}).get("status") == "open"
            and (head.value or {}).get("chair") == str(chair)
            for one in session.study.visits
            if one.infusion
            for head in reader.heads(visit=one.code)
            if head.path.count("/") == 1 and head.participant != participant
        )
    if chair < 1 or taken:
        raise UserError(
            "chair_taken",
            what="This chair cannot be given.",
            why="Another participant sits there, or there is no such chair.",
            what_to_do="Choose a free chair.",
        )
    today = session.now().astimezone(session.zone).date()
    open_visit(session, participant, visit, today, chair, visit_key)
    if run.facts.deferred or run.facts.cancelled:
        _side_exit(session, participant, run, "run_deferred", "N", "")


def start_infusion(
    session: Session, participant: str, visit: str, at: datetime | None = None, visit_key: str = "1"
) -> Stored:
    """The pump was started and fluid enters the vein (D01); the first ordered rate begins.

    Raises:
        Refused: Not the infusion nurse.
        GateShut: Gate G4 is not passed.
        UserError: It was started before, or the time lies in the future.
    """
    session.require(_RIGHT)
    run = _read(session, participant, visit, visit_key)
    if run.facts.started_at is not None:
        raise UserError(
            "already_started",
            what="The infusion was not started again.",
            why="It has a start already.",
            what_to_do="Correct the start in the form, with a reason.",
        )
    status = gate_of(session, run, "G4")
    if status.status != "passed":
        raise GateShut("G4", status.status, status.blockers)
    at = _not_future(session, at)
    return _together(
        session,
        participant,
        visit,
        visit_key,
        [("D01", at), ("D02_TIME", at), ("D02_RATE", run.facts.planned_rates[0].rate)],
        adding="rate_step",
        event_time=at,
    )


def change_rate(
    session: Session,
    participant: str,
    visit: str,
    rate: Decimal,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The pump was set to another rate (D02)."""
    session.require(_RIGHT)
    _running(_read(session, participant, visit, visit_key))
    at = _not_future(session, at)
    return _together(
        session,
        participant,
        visit,
        visit_key,
        [("D02_TIME", at), ("D02_RATE", rate)],
        adding="rate_step",
        event_time=at,
    )


def interrupt(
    session: Session,
    participant: str,
    visit: str,
    reason: str,
    volume: Decimal | None = None,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The infusion was paused (D05), for anything but a reaction.

    Args:
        session: The infusion nurse's.
        participant: Whose run.
        visit: Visit code.
        reason: ACCESS, PUMP, TOILET or OTHER.
        volume: Volume on the pump so far; none where it was not read.
        at: Since when; now if left out.
        visit_key: Key of a repeated visit.

    Raises:
        Refused: It is for a reaction: that is the physician's.
        UserError: It does not run, or is paused already.
    """
    session.require(_RIGHT)
    if reason == "REACTION":
        raise Refused(
            "reaction_is_physicians",
            what="A reaction is not recorded as an ordinary pause.",
            why="The physician decides on stop, treatment and restart.",
            what_to_do="Stop the pump, call the physician to the chair, record an adverse event.",
        )
    run = _read(session, participant, visit, visit_key)
    _running(run)
    if any(pause.end is None for pause in run.facts.interruptions):
        raise UserError(
            "already_paused",
            what="No new pause was begun.",
            why="The infusion is paused already.",
            what_to_do="End the pause first.",
        )
    at = _not_future(session, at)
    given: Answer = volume if volume is not None else Missing("NOT_DONE")
    return _together(
        session,
        participant,
        visit,
        visit_key,
        [("D05_START", at), ("D05_REASON", Code(reason)), ("D05_VOLUME", given)],
        adding="interruption",
        event_time=at,
    )


def resume(
    session: Session,
    participant: str,
    visit: str,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The infusion goes on after a pause (D05).

    Raises:
        Refused: The pause was for a reaction: gate G5 is the physician's.
        UserError: There is no pause, or its end is not later than its start.
    """
    session.require(_RIGHT)
    run = _read(session, participant, visit, visit_key)
    for key, row in run.record.form(INFUSION).rows("interruption"):
        if "D05_START" in row and "D05_END" not in row:
            if row.get("D05_REASON") == Code("REACTION"):
                raise Refused(
                    "restart_is_physicians",
                    what="The infusion was not restarted.",
                    why="After a reaction the physician orders restart and rate.",
                    what_to_do="Call the physician to the chair.",
                )
            entry = FormEntry(session, participant, visit, INFUSION, visit_key)
            at = _not_future(session, at)
            return entry.answer(entry.ref("D05_END", key), at, event_time=at)
    raise UserError(
        "not_paused",
        what="Nothing was resumed.",
        why="The infusion is not paused.",
        what_to_do="Look at the run again.",
    )


def end_infusion(
    session: Session,
    participant: str,
    visit: str,
    given: Decimal,
    left: Decimal,
    completed: bool,
    stop_reason: str | None = None,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The last product entered the vein (D07), with the volumes (D08) and how it ended (D10).

    Raises:
        UserError: It does not run, a pause is still open, or a reason for stopping is missing.
    """
    session.require(_RIGHT)
    run = _read(session, participant, visit, visit_key)
    _running(run)
    if any(pause.end is None for pause in run.facts.interruptions):
        raise UserError(
            "pause_open",
            what="The end was not recorded.",
            why="A pause has no end yet.",
            what_to_do="End the pause, then record the end.",
        )
    if not completed and stop_reason is None:
        raise UserError(
            "stop_reason_missing",
            what="The end was not recorded.",
            why="An infusion that was not completed needs a reason.",
            what_to_do="Choose why it was stopped.",
        )
    at = _not_future(session, at)
    answers: list[tuple[str, Answer]] = [
        ("D07", at),
        ("D08_GIVEN", given),
        ("D08_LEFT", left),
        ("D10", Code("Y" if completed else "N")),
    ]
    if not completed and stop_reason is not None:
        answers.append(("D10_REASON", Code(stop_reason)))
    return _together(session, participant, visit, visit_key, answers, event_time=at)


def flush(
    session: Session,
    participant: str,
    visit: str,
    volume: Decimal,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The line was flushed with saline after the product (D09); this is not the end.

    Raises:
        UserError: The infusion has not ended.
    """
    session.require(_RIGHT)
    run = _read(session, participant, visit, visit_key)
    if run.facts.ended_at is None:
        raise UserError(
            "not_ended",
            what="The flush was not recorded.",
            why="The infusion has not ended.",
            what_to_do="Record the end of the infusion first.",
        )
    at = _not_future(session, at)
    answers: list[tuple[str, Answer]] = [("D09_VOLUME", volume), ("D09_TIME", at)]
    return _together(session, participant, visit, visit_key, answers, event_time=at)


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
    _side_exit(session, participant, run, "run_deferred", "Y", why, until)


def cancel_run(
    session: Session, participant: str, visit: str, why: str, visit_key: str = "1"
) -> None:
    """Give up the infusion of this visit before its start.

    Raises:
        Refused: Neither the infusion nurse nor a physician.
        UserError: It has started, or no reason was given.
    """
    run = _before_start(session, participant, visit, visit_key, why)
    _side_exit(session, participant, run, "run_cancelled", "Y", why)


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


def mark_not_done(entry: FormEntry, key: str, reason: str) -> Stored:
    """Every measure of a reading carries the same reason instead of a value."""
    answers: list[tuple[Ref, Answer]] = [
        (entry.ref(item, key), Missing(reason)) for item in MEASURES
    ]
    return entry.answer_together(answers)


def _read(session: Session, participant: str, visit: str, visit_key: str) -> Run:
    with session.store.read() as reader:
        return read_run(session, reader, participant, visit, visit_key)


def _running(run: Run) -> None:
    if run.facts.started_at is None or run.facts.ended_at is not None:
        raise UserError(
            "not_running",
            what="Nothing was recorded.",
            why="The infusion is not running.",
            what_to_do="Look at the run again.",
        )


def _not_future(session: Session, at: datetime | None) -> datetime:
    now = session.now()
    if at is not None and at > now:
        raise UserError(
            "in_the_future",
            what="Nothing was recorded.",
            why="This time lies in the future.",
            what_to_do="Check date and time.",
        )
    return at or now


def _together(
    session: Session,
    participant: str,
    visit: str,
    visit_key: str,
    answers: Sequence[tuple[str, Answer]],
    *,
    adding: str | None = None,
    event_time: datetime | None = None,
) -> Stored:
    entry = FormEntry(session, participant, visit, INFUSION, visit_key)
    placed = [(entry.ref(item), answer) for item, answer in answers]
    return entry.answer_together(placed, adding=adding, event_time=event_time)


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


def _side_exit(
    session: Session,
    participant: str,
    run: Run,
    action: str,
    value: str,
    why: str,
    until: date | None = None,
) -> None:
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
