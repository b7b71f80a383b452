"""Pauses of a running infusion, and a physician's decision to go on where a rule asks for one.

A pause for a reaction is the physician's; it is neither begun nor ended here.
"""

from datetime import datetime
from decimal import Decimal

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION, VITAL_SIGNS
from msclinic.domain.values import Answer, Code, Missing
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.infusion.at_the_chair import Given, not_future, read, running, together
from msclinic.services.infusion.gates import Run
from msclinic.services.infusion.readings import readings
from msclinic.services.infusion.stop_findings import asked_for, demand_going_on, run_findings
from msclinic.services.session import Refused, Session

__all__ = ["OpenPause", "decide_against_pause", "interrupt", "open_pause", "resume"]

_RIGHT = "infusion"
_REACTION = "REACTION"


@frozen
class OpenPause:
    """A pause that lasts.

    Attributes:
        key: Repeat key in ``infusion/interruption``.
        start: Since when.
        reason: Reason code, or empty.
    """

    key: str
    start: datetime
    reason: str


def open_pause(run: Run) -> OpenPause | None:
    """The pause that has no end yet, the first begun of several."""
    for key, row in run.record.form(INFUSION).rows("interruption"):
        start, reason = row.get("D05_START"), row.get("D05_REASON")
        if isinstance(start, datetime) and "D05_END" not in row:
            return OpenPause(key, start, reason.value if isinstance(reason, Code) else "")
    return None


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
    if reason == _REACTION:
        raise Refused(
            "reaction_is_physicians",
            what="A reaction is not recorded as an ordinary pause.",
            why="The physician decides on stop, treatment and restart.",
            what_to_do="Stop the pump, call the physician to the chair, record an adverse event.",
        )
    at = not_future(session, at)

    def may_pause(run: Run) -> None:
        if open_pause(running(run)) is not None:
            raise UserError(
                "already_paused",
                what="No new pause was begun.",
                why="The infusion is paused already.",
                what_to_do="End the pause first.",
            )

    told: Answer = volume if volume is not None else Missing("NOT_DONE")
    answers: list[Given] = [
        ("D05_START", None, at),
        ("D05_REASON", None, Code(reason)),
        ("D05_VOLUME", None, told),
    ]
    place = (participant, visit, visit_key)
    return together(session, place, answers, at, may_pause, adding="interruption")


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
        UserError: There is no pause, its end is not later than its start, or a rule asks to stop
            or to stay paused.
    """
    session.require(_RIGHT)
    paused = _still_paused(read(session, participant, visit, visit_key))
    at = not_future(session, at)

    def may_resume(run: Run) -> None:
        running(run)
        if _still_paused(run).reason == _REACTION:
            raise Refused(
                "restart_is_physicians",
                what="The infusion was not restarted.",
                why="After a reaction the physician orders restart and rate.",
                what_to_do="Call the physician to the chair.",
            )
        demand_going_on(run)

    answers: list[Given] = [("D05_END", paused.key, at)]
    return together(session, (participant, visit, visit_key), answers, at, may_resume)


def decide_against_pause(
    session: Session, participant: str, visit: str, why: str, visit_key: str = "1"
) -> None:
    """A physician at the chair decides that the infusion goes on though the values ask for a pause.

    Rule and source: infusion day, section 6, S05 (study default). It holds for the values measured
    so far: the next value that asks for a pause asks for a new decision.

    Args:
        session: The physician's.
        participant: Whose run.
        visit: Visit code.
        why: Why it goes on, in words.
        visit_key: Key of a repeated visit.

    Raises:
        Refused: Not a physician.
        UserError: Nothing asks for a pause, no reason was given, or the values are incomplete.
    """
    session.require("override")
    run = running(read(session, participant, visit, visit_key))
    asked = next((one for one in run_findings(run) if asked_for([one]) == "pause"), None)
    newest = next((one for one in reversed(readings(run.record)) if one.begun), None)
    if asked is None or newest is None:
        raise UserError(
            "no_pause_asked",
            what="Nothing was decided.",
            why="No rule asks for a pause now.",
            what_to_do="Look at the run again.",
        )
    entry = FormEntry(session, participant, visit, VITAL_SIGNS, visit_key)
    entry.store_computed()
    ref = entry.ref(asked.path, newest.key)
    if not isinstance(entry.value(asked.path, newest.key), int | Decimal):
        raise UserError(
            "values_incomplete",
            what="Nothing was decided.",
            why="The newest vital signs are not complete.",
            what_to_do="Measure what is missing, or pause the infusion.",
        )
    entry.override(ref, why)


def _still_paused(run: Run) -> OpenPause:
    paused = open_pause(run)
    if paused is None:
        raise UserError(
            "not_paused",
            what="Nothing was resumed.",
            why="The infusion is not paused.",
            what_to_do="Look at the run again.",
        )
    return paused
