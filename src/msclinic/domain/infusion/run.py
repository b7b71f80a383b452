"""Where an infusion run stands, from PLANNED to SIGNED, as a function of its facts."""

from attrs import frozen

from msclinic.domain.infusion.closing import completion
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.gates import gate
from msclinic.domain.values import Missing

__all__ = ["STATES", "RunState", "run_state"]

STATES = (
    "PLANNED",
    "ARRIVED",
    "FIT",
    "REQUESTED",
    "AT_BEDSIDE",
    "VERIFIED",
    "RUNNING",
    "PAUSED",
    "ENDED",
    "OBSERVING",
    "DISCHARGED",
    "SIGNED",
    "DEFERRED",
    "CANCELLED",
)


@frozen
class RunState:
    """The state of a run.

    Attributes:
        name: One of `STATES`.
        completion: COMPLETE or STOPPED_EARLY once ended and known.
        outcome: HOME, TRANSFERRED, AGAINST_ADVICE or DIED once discharged.
    """

    name: str
    completion: str | None = None
    outcome: str | None = None


def run_state(facts: RunFacts) -> RunState:
    """Return the state of a run.

    Before the start the state falls back when a gate expires or is voided; after the start it
    only follows what happened at the bedside.
    """
    if facts.started_at is None:
        return RunState(_before_start(facts))
    if facts.ended_at is None:
        paused = any(pause.end is None for pause in facts.interruptions)
        return RunState("PAUSED" if paused else "RUNNING")
    done = completion(facts)
    outcome = facts.code("E05_OUTCOME")
    if gate(facts, "G7").status == "passed":
        return RunState("SIGNED", done, outcome)
    if gate(facts, "G6").status == "passed":
        return RunState("DISCHARGED", done, outcome)
    answered = [facts.answers.get(item) for item in ("D08_GIVEN", "D08_LEFT", "D10")]
    settled = all(a is not None for a in answered) and not isinstance(answered[-1], Missing)
    return RunState("OBSERVING" if settled else "ENDED", done)


def _before_start(facts: RunFacts) -> str:
    if facts.cancelled:
        return "CANCELLED"
    if facts.deferred:
        return "DEFERRED"
    if facts.arrived_at is None:
        return "PLANNED"
    if gate(facts, "G1").status != "passed":
        return "ARRIVED"
    if gate(facts, "G2").status == "passed":
        return "VERIFIED" if gate(facts, "G3").status == "passed" else "AT_BEDSIDE"
    return "REQUESTED" if facts.requested_at is not None else "FIT"
