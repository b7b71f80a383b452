"""The course of an infusion day at the bedside: arrival, start, rates, pauses and the end.

Each checks right, gate and order here. A pause for a reaction is the physician's and not made here.
"""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.infusion.facts import MEASURES
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.infusion.side_exits import side_exit
from msclinic.services.session import Refused, Session
from msclinic.services.visits import open_visit

__all__ = [
    "arrive",
    "change_rate",
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
        side_exit(session, participant, run, "run_deferred", "N", "")


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
        starting=True,
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
    starting: bool = False,
) -> Stored:
    entry = FormEntry(session, participant, visit, INFUSION, visit_key)
    placed = [(entry.ref(item), answer) for item, answer in answers]
    return entry.answer_together(placed, adding=adding, event_time=event_time, starting=starting)
