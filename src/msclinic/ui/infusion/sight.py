"""What a person sees of a run: who acts, how it stands, at which stage, and the names of rounds."""

from datetime import datetime

from msclinic.services.entry import FormEntry
from msclinic.services.infusion.schedule import RoundView
from msclinic.services.infusion.view import RunView
from msclinic.services.session import Session
from msclinic.wording import time_text, tr

__all__ = ["Sight", "phase_at_hand", "point_name", "round_name", "round_open", "stage"]


class Sight:
    """What a step is built from.

    Attributes:
        actor: Who acts: the person signed in, or the one who joined.
        view: The run as that person may see it.
    """

    def __init__(self, actor: Session, view: RunView) -> None:
        self.actor, self.view = actor, view

    def entry(self, form: str, key: str = "1") -> FormEntry:
        """A form of the visit, opened by the person who acts."""
        view = self.view
        return FormEntry(self.actor, view.participant, view.visit, form, view.visit_key, key)

    def time(self, moment: datetime | None) -> str:
        """A clock time of the site; empty for none."""
        return time_text(moment, self.actor.zone) if moment is not None else ""


def phase_at_hand(view: RunView) -> str:
    """The phase in which the next thing is to be done."""
    left = {phase.phase: phase.left for phase in view.phases}
    if view.state.name == "OBSERVING":
        if left.get("end", 0):
            return "end"
        over = view.observation_until is not None and view.now >= view.observation_until
        if over and not left.get("observation", 0):
            return "discharge"
    return view.phase


def stage(view: RunView, phase: str) -> str:
    """What is done in a phase now."""
    name = view.state.name
    if name in ("PLANNED", "DEFERRED", "CANCELLED"):
        return "away"
    gates = view.gates
    if "G1" not in gates:
        return "release"
    if phase == "bedside" and view.started_at is None:
        if gates["G1"].status != "passed":
            return "check_early"
        if gates["G2"].status != "passed":
            return "release_wait"
        return "start" if gates["G3"].status == "passed" else "check"
    if phase == "running":
        if view.started_at is None:
            return "not_started"
        return "running" if view.ended_at is None else "course"
    if phase == "end":
        if view.started_at is None:
            return "not_started"
        return "ending" if view.ended_at is None else "ended"
    if phase == "observation":
        return "watching" if view.ended_at is not None else "not_started"
    if phase == "discharge":
        if view.ended_at is None:
            return "not_started"
        if name == "SIGNED":
            return "signed"
        return "closing" if gates["G6"].status == "passed" else "leaving"
    return phase


def round_open(view: RunView) -> RoundView | None:
    """The round that was begun and is not finished."""
    one = view.next_round
    begun = one is not None and (one.reading_key or one.line_key or one.symptoms_key)
    return one if begun and one is not None and one.answered < one.asked else None


def point_name(point: str) -> str:
    """A point as people call it: ``T15``, ``End``, ``End +30``, ``Line 75``."""
    if point == "BASE":
        return tr("Base")
    if point == "EXTRA":
        return tr("Extra")
    if point.startswith("EOI"):
        return (tr("End") + " " + point.removeprefix("EOI")).strip()
    if point.startswith("L") and point[1:].isdigit():
        return tr("Line at {minutes} min", minutes=point[1:])
    return point


def round_name(point: str) -> str:
    """A round as people call it."""
    return tr("{point} round", point=point_name(point))
