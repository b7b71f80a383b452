"""The course of an infusion day at the bedside: arrival, start, rates and the end.

Each checks right, gate and order in the unit of work that writes.
"""

from datetime import datetime
from decimal import Decimal

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.infusion.at_the_chair import Given, not_future, read, running, together
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.limits import planned_rates
from msclinic.services.infusion.pausing import open_pause
from msclinic.services.infusion.readings import MEASURES
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.infusion.side_exits import side_exit
from msclinic.services.infusion.stop_findings import asked_for, demand_going_on, run_findings
from msclinic.services.session import Session
from msclinic.services.visits import open_visit

__all__ = [
    "arrive",
    "change_rate",
    "end_infusion",
    "flush",
    "mark_not_done",
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
    infusions = {one.code for one in session.study.visits if one.infusion}
    with session.store.read() as reader:
        run = read_run(session, reader, participant, visit, visit_key)
        taken = any(
            head.action == "visit_opened"
            and (head.value or {}).get("chair") == str(chair)
            and head.participant != participant
            and head.path.split("/", 1)[0] in infusions
            for head in reader.between("", "", "open ", "open!")
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
        UserError: It was started before, or the time lies in the future or before the arrival
            or a signature at gates G1 to G4.
    """
    session.require(_RIGHT)
    at = not_future(session, at)

    def may_start(run: Run) -> None:
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
        earliest = run.facts.earliest_start
        if earliest is not None and at < earliest:
            raise UserError(
                "start_before_gate",
                what="The start was not recorded.",
                why="This time lies before the arrival or before a signature at gates G1 to G4.",
                what_to_do="Check the time. If this device's clock is wrong, set it first.",
            )

    first = planned_rates(session.study)[0].rate
    answers: list[Given] = [
        ("D01", None, at),
        ("D02_TIME", None, at),
        ("D02_RATE", None, first),
    ]
    place = (participant, visit, visit_key)
    return together(session, place, answers, at, may_start, adding="rate_step", by_run=True)


def change_rate(
    session: Session,
    participant: str,
    visit: str,
    rate: Decimal,
    at: datetime | None = None,
    visit_key: str = "1",
) -> Stored:
    """The pump was set to another rate (D02); while a rule asks for a pause only to a lower one.

    Raises:
        Refused: Not the infusion nurse.
        UserError: It does not run, or a rule does not let it go on at that rate.
    """
    session.require(_RIGHT)
    at = not_future(session, at)

    def may_change(run: Run) -> None:
        running(run)
        steps = run.facts.rate_steps
        slower = bool(steps) and rate < steps[-1].rate
        if not (slower and asked_for(run_findings(run)) == "pause"):
            demand_going_on(run)

    answers: list[Given] = [("D02_TIME", None, at), ("D02_RATE", None, rate)]
    place = (participant, visit, visit_key)
    return together(session, place, answers, at, may_change, adding="rate_step")


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

    A pause that lasts, whatever it is for, ends with the infusion, in the same act.

    Raises:
        Refused: Not the infusion nurse.
        UserError: It does not run, the pause began later than this, or a reason is missing.
    """
    session.require(_RIGHT)
    if not completed and stop_reason is None:
        raise UserError(
            "stop_reason_missing",
            what="The end was not recorded.",
            why="An infusion that was not completed needs a reason.",
            what_to_do="Choose why it was stopped.",
        )
    at = not_future(session, at)
    answers: list[Given] = [
        ("D07", None, at),
        ("D08_GIVEN", None, given),
        ("D08_LEFT", None, left),
        ("D10", None, Code("Y" if completed else "N")),
    ]
    if not completed and stop_reason is not None:
        answers.append(("D10_REASON", None, Code(stop_reason)))
    paused = open_pause(running(read(session, participant, visit, visit_key)))
    if paused is not None:
        if paused.start >= at:
            raise UserError(
                "pause_later",
                what="The end was not recorded.",
                why="A pause began at this time or later.",
                what_to_do="Check the times of the pause and of the end.",
            )
        answers.append(("D05_END", paused.key, at))

    def may_end(run: Run) -> None:
        running(run)
        if open_pause(run) != paused:
            raise UserError(
                "pause_open",
                what="The end was not recorded.",
                why="A pause was begun or ended at the same time.",
                what_to_do="Look at the run again.",
            )

    place = (participant, visit, visit_key)
    return together(session, place, answers, at, may_end, by_run=True)


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
    at = not_future(session, at)

    def may_flush(run: Run) -> None:
        if run.facts.ended_at is None:
            raise UserError(
                "not_ended",
                what="The flush was not recorded.",
                why="The infusion has not ended.",
                what_to_do="Record the end of the infusion first.",
            )

    answers: list[Given] = [("D09_VOLUME", None, volume), ("D09_TIME", None, at)]
    return together(session, (participant, visit, visit_key), answers, at, may_flush)


def mark_not_done(entry: FormEntry, key: str, reason: str) -> Stored:
    """Every measure of a reading carries the same reason instead of a value."""
    answers: list[tuple[Ref, Answer]] = [
        (entry.ref(item, key), Missing(reason)) for item in MEASURES
    ]
    return entry.answer_together(answers)
