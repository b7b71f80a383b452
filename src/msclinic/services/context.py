"""Facts from outside a form that its expressions may ask for, read from the record.

What is not known is left out, so that an expression over it is unknown and never wrong.
"""

from collections.abc import Set
from datetime import date, datetime
from decimal import Decimal

from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.values import Answer, Code, from_json
from msclinic.domain.visits import visit_window, window_status
from msclinic.services.eligibility_context import ELIGIBILITY_NAMES, eligibility_context
from msclinic.services.given_numbers import kit_taken
from msclinic.services.infusion.facts import RUN_NAMES, infusion_context, run_facts
from msclinic.services.session import Session
from msclinic.services.visits import anchor_of, infusion_dates, plan_of, visit_day
from msclinic.store import Head, Reader

__all__ = [
    "OF_OWN_ANSWERS",
    "ContextValue",
    "answers_by_item",
    "form_context",
    "form_numbers",
    "latest_answer",
]

ContextValue = Answer | bool
OF_OWN_ANSWERS = frozenset({"KIT_TAKEN"})
"""What moves with the answers of the very form that asks for it."""

_FORM_SLASHES = 3


def form_context(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    visit_key: str = "1",
    facts: RunFacts | None = None,
    names: Set[str] | None = None,
    prefix: str = "",
) -> dict[str, ContextValue]:
    """The context of the forms of a visit, by name.

    Args:
        session: Who fills in the form.
        reader: The record as it is now.
        participant: Whose visit.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        facts: The infusion run's facts, where they were read already.
        names: What a form asks for; the rest is not read. Left out, everything is.
        prefix: Path of the form, for its number among the forms of its kind.
    """

    def asked(*some: str) -> bool:
        return names is None or not names.isdisjoint(some)

    today = session.now().astimezone(session.zone).date()
    day = visit_day(reader, participant, visit, visit_key) or today
    found: dict[str, ContextValue] = {
        "YEAR": today.year,
        "TODAY": today,
        "VISIT_DATE": day,
        "INFUSION_VISIT": bool(session.study.visit(visit).infusion),
    }
    if asked("PARTICIPANT_CODE"):
        for head in reader.heads(participant=participant, prefix="participant/code"):
            found["PARTICIPANT_CODE"] = str((head.value or {}).get("value", ""))
    if asked("SEX"):
        sex = latest_answer(reader, participant, "demography", "SEX")
        if sex is not None:
            found["SEX"] = sex
    if asked("ADVERSE_EVENTS"):
        events = form_numbers(reader, participant, "adverse_event")
        found["ADVERSE_EVENTS"] = max(events.values(), default=0)
    if prefix and asked("FORM_NUMBER"):
        numbers = form_numbers(reader, participant, prefix.split("/")[2])
        found["FORM_NUMBER"] = numbers.get(prefix, len(numbers) + 1)
    if asked("BIRTH_YEAR"):
        birth_year = latest_answer(reader, participant, "demography", "BRTHYY")
        if isinstance(birth_year, int):
            found["BIRTH_YEAR"] = birth_year
    if session.study.visit(visit).infusion:
        found["INFUSION_NUMBER"] = session.study.visit(visit).infusion or 0
    if asked("IN_WINDOW", "DAYS_FROM_INFUSION_1", "DAYS_FROM_PREVIOUS_INFUSION"):
        _schedule(session, reader, participant, visit, day, found)
    if asked("NEWS2_SCALE", "ASSIGNED_KIT", "LABEL_VOLUME", "PREVIOUS_WEIGHT"):
        _earlier_answers(reader, participant, visit, found)
    found |= eligibility_context(
        session,
        reader,
        participant,
        visit,
        visit_key,
        ELIGIBILITY_NAMES if names is None else names,
    )
    if session.study.visit(visit).infusion and asked("KIT_TAKEN"):
        found["KIT_TAKEN"] = kit_taken(reader, participant, visit, visit_key)
    if session.study.visit(visit).infusion and asked(*RUN_NAMES):
        run = facts or run_facts(session, reader, participant, visit, visit_key)
        found |= infusion_context(run)
    return found


def _schedule(
    session: Session,
    reader: Reader,
    participant: str,
    visit: str,
    day: date,
    found: dict[str, ContextValue],
) -> None:
    given = infusion_dates(session, reader, participant)
    anchor = anchor_of(session, reader, participant, given)
    window = visit_window(plan_of(session, visit), anchor)
    if window is not None:
        found["IN_WINDOW"] = window_status(window, day) == "inside"
    if 1 in given:
        found["DAYS_FROM_INFUSION_1"] = (day - given[1]).days
    own = session.study.visit(visit).infusion or 99
    earlier = [given[number] for number in given if number < own]
    if earlier:
        found["DAYS_FROM_PREVIOUS_INFUSION"] = (day - max(earlier)).days


def _earlier_answers(
    reader: Reader, participant: str, visit: str, found: dict[str, ContextValue]
) -> None:
    scale = latest_answer(reader, participant, "vital_signs", "NEWS2_SCALE", visit)
    if isinstance(scale, Code):
        found["NEWS2_SCALE"] = scale
    kit = latest_answer(reader, participant, "kit_assignment", "KIT_NUMBER", visit)
    if isinstance(kit, str):
        found["ASSIGNED_KIT"] = kit
    volume = latest_answer(reader, participant, "product_release", "PR_VOLUME", visit)
    if isinstance(volume, Decimal):
        found["LABEL_VOLUME"] = volume
    weights = [
        (head.recorded_at, from_json(head.value))
        for item in ("A18", "WEIGHT")
        for head in reader.heads(participant=participant, item=item)
        if head.value is not None and not head.path.startswith(f"{visit}/")
    ]
    measured = [(at, weight) for at, weight in weights if isinstance(weight, Decimal)]
    if measured:
        found["PREVIOUS_WEIGHT"] = max(measured, key=_moment)[1]


def form_numbers(reader: Reader, participant: str, form: str) -> dict[str, int]:
    """Numbers of a participant's forms of one kind, from 1 in the order they were opened."""
    opened = []
    for head in reader.heads(participant=participant, form=form):
        if head.path.count("/") == _FORM_SLASHES:
            first = reader.trail(participant, head.path)[0].entry
            opened.append((first.recorded_at, head.path))
    paths = dict.fromkeys(path for _, path in sorted(opened))
    return {path: number for number, path in enumerate(paths, start=1)}


def answers_by_item(heads: list[Head]) -> dict[str, Answer]:
    """Answers of a form's items that do not repeat, by OID."""
    return {
        head.path.rsplit("/", 1)[1]: from_json(head.value)
        for head in heads
        if head.value is not None and head.path.count("/") == 6
    }


def latest_answer(
    reader: Reader, participant: str, form: str, item: str, visit: str | None = None
) -> Answer | None:
    """The answer of an item that stands once, in one visit or anywhere."""
    for head in reader.heads(participant=participant, form=form, item=item, visit=visit):
        if head.value is not None:
            return from_json(head.value)
    return None


def _moment(pair: tuple[datetime, Decimal]) -> datetime:
    return pair[0]
