"""Deviations of a run: found by the program, recorded once, classified by a person.

A recorded deviation is never taken back, also when the answer beneath it is corrected later.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.deviations import Deviation, deviations
from msclinic.domain.infusion.facts import RunFacts
from msclinic.services.gateway import recording
from msclinic.services.infusion.facts import deviation_key, deviation_root, run_facts
from msclinic.services.session import Session, not_allowed
from msclinic.store import Reader

__all__ = [
    "DeviationState",
    "classify_deviation",
    "deviation_states",
    "record_deviations",
    "write_deviations",
]

# Who works at the chair, and who judges deviations.
_WRITERS = ("infusion", "deviations")


@frozen
class DeviationState:
    """One deviation of a run.

    Attributes:
        key: Its key below the visit.
        code: Kind of deviation.
        text: What happened, by language.
        importance: minor or important; as proposed until classified.
        item: Item it hangs on, or empty.
        recorded: Whether it is in the record.
        classified: Whether a person has classified it.
        comment: The person's words.
        classified_by: Account, or empty.
    """

    key: str
    code: str
    text: Mapping[str, str]
    importance: str
    item: str = ""
    recorded: bool = False
    classified: bool = False
    comment: str = ""
    classified_by: str = ""


def record_deviations(
    session: Session, participant: str, visit: str, visit_key: str = "1"
) -> list[DeviationState]:
    """Write every deviation the facts show now that is not in the record yet; gives them all."""
    write_deviations(session, participant, visit, visit_key)
    with session.store.read() as reader:
        return deviation_states(session, reader, participant, visit, visit_key)


def write_deviations(session: Session, participant: str, visit: str, visit_key: str = "1") -> None:
    """Write every deviation the facts show now that is not in the record yet.

    Raises:
        Refused: The role takes no part in the visit; the sponsor's people write nothing.
    """
    if not any(session.may(right) for right in _WRITERS):
        raise not_allowed()
    prefix = f"{visit}/{visit_key}"
    with recording(session) as act:
        for state in deviation_states(session, act.uow, participant, visit, visit_key):
            if not state.recorded:
                value = _value(state, "proposed")
                act.set(
                    "deviation_recorded",
                    f"{deviation_root(prefix)}/{state.key}",
                    value,
                    participant=participant,
                )


def classify_deviation(
    session: Session,
    participant: str,
    visit: str,
    key: str,
    importance: str,
    comment: str,
    visit_key: str = "1",
) -> None:
    """A person says how important a deviation is, and comments on it.

    Raises:
        Refused: The role holds no right to it.
        UserError: There is no such deviation, or the importance is neither minor nor important.
    """
    session.require("deviations")
    with recording(session) as act:
        states = deviation_states(session, act.uow, participant, visit, visit_key)
        state = next((one for one in states if one.key == key), None)
        if state is None or importance not in ("minor", "important"):
            raise UserError(
                "no_deviation",
                what="The deviation was not classified.",
                why="There is no such deviation, or no such importance.",
                what_to_do="Choose minor or important.",
            )
        value = _value(state, "classified") | {"importance": importance, "comment": comment.strip()}
        path = f"{deviation_root(f'{visit}/{visit_key}')}/{key}"
        act.set("deviation_recorded", path, value, participant=participant)


def deviation_states(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    visit_key: str = "1",
    facts: RunFacts | None = None,
) -> list[DeviationState]:
    """Every deviation of a run, recorded or only found so far, in order of key."""
    facts = facts or run_facts(session, reader, participant, visit, visit_key)
    found = {state.key: state for state in map(_found, deviations(facts))}
    prefix = deviation_root(f"{visit}/{visit_key}")
    for head in reader.heads(participant=participant, prefix=prefix):
        # Where a comment was taken out as personal data, what was recorded before it stands.
        value = head.value or _last_known(reader, participant, head.path)
        key = head.path.rsplit("/", 1)[1]
        done = value.get("status") == "classified" and head.value is not None
        found[key] = DeviationState(
            key=key,
            code=str(value.get("code", "")),
            text={"en": str(value.get("en", "")), "pl": str(value.get("pl", ""))},
            importance=str(value.get("importance", "")),
            item=str(value.get("item", "")),
            recorded=True,
            classified=done,
            comment=str(value.get("comment", "")),
            classified_by=(head.actor or "") if done else "",
        )
    return [found[key] for key in sorted(found)]


def _last_known(reader: Reader, participant: str, path: str) -> Mapping[str, Any]:
    values = [row.value for row in reader.trail(participant, path) if row.value]
    return {**values[-1], "comment": ""} if values else {}


def _found(deviation: Deviation) -> DeviationState:
    return DeviationState(
        key=deviation_key(deviation.code, deviation.item, deviation.parameters),
        code=deviation.code,
        text={"en": deviation.en, "pl": deviation.pl},
        importance=deviation.importance,
        item=deviation.item,
    )


def _value(state: DeviationState, status: str) -> dict[str, Any]:
    return {
        "type": "deviation",
        "code": state.code,
        "item": state.item,
        "en": state.text["en"],
        "pl": state.text["pl"],
        "importance": state.importance,
        "status": status,
        "comment": state.comment,
    }
