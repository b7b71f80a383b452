"""How an act at the chair is stored: what happened at one moment, all of it or nothing."""

from collections.abc import Callable, Sequence
from datetime import datetime

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.values import Answer
from msclinic.services.entry import FormEntry, Stored
from msclinic.services.infusion.gates import Run, read_run
from msclinic.services.session import Session
from msclinic.store import Reader

__all__ = ["Given", "not_future", "read", "running", "together"]

Given = tuple[str, str | None, Answer]
"""Item, repeat key or none, and answer."""


def read(session: Session, participant: str, visit: str, visit_key: str) -> Run:
    """The run as the record has it now."""
    with session.store.read() as reader:
        return read_run(session, reader, participant, visit, visit_key)


def running(run: Run) -> Run:
    """The run, if it has begun and not ended.

    Raises:
        UserError: It has not, or has ended.
    """
    if run.facts.started_at is None or run.facts.ended_at is not None:
        raise UserError(
            "not_running",
            what="Nothing was recorded.",
            why="The infusion is not running.",
            what_to_do="Look at the run again.",
        )
    return run


def not_future(session: Session, at: datetime | None) -> datetime:
    """The time given, or now.

    Raises:
        UserError: It lies in the future.
    """
    now = session.now()
    if at is not None and at > now:
        raise UserError(
            "in_the_future",
            what="Nothing was recorded.",
            why="This time lies in the future.",
            what_to_do="Check date and time.",
        )
    return at or now


def together(
    session: Session,
    place: tuple[str, str, str],
    answers: Sequence[Given],
    at: datetime,
    demand: Callable[[Run], object],
    *,
    adding: str | None = None,
    by_run: bool = False,
) -> Stored:
    """Store what happened at the chair at one moment, in a new row if one is added.

    Args:
        session: Who records it.
        place: Participant, visit and visit key.
        answers: What happened.
        at: When.
        demand: Refuses the act; asked of the run in the unit of work that writes, so that
            nothing comes between.
        adding: A repeating group that gets one more row.
        by_run: The act is one that only the run may record; see ``FormEntry.answer_together``.
    """
    participant, visit, visit_key = place

    def demanded(reader: Reader) -> None:
        demand(read_run(session, reader, participant, visit, visit_key))

    entry = FormEntry(session, participant, visit, INFUSION, visit_key)
    placed = [(entry.ref(item, key), answer) for item, key, answer in answers]
    return entry.answer_together(
        placed, adding=adding, event_time=at, starting=by_run, demand=demanded
    )
