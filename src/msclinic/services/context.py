"""Facts from outside a form that its expressions may ask for, read from the record.

What is not known is left out, so that an expression over it is unknown and never wrong.
"""

import itertools
from collections.abc import Mapping, Set
from datetime import UTC, date, datetime
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
    "NUMBERED",
    "OF_OWN_ANSWERS",
    "ContextValue",
    "answers_by_item",
    "form_context",
    "form_numbers",
    "latest_answer",
    "next_number",
]

ContextValue = Answer | bool
OF_OWN_ANSWERS = frozenset({"KIT_TAKEN"})
"""What moves with the answers of the very form that asks for it."""

NUMBERED = {"adverse_event": "AESPID"}
"""Forms that others name by a number, and the item that holds it."""

# At an infusion visit these look at the day of the dose, which may follow that of the opening.
_OF_DOSE_DAY = frozenset(
    {"VISIT_DATE", "IN_WINDOW", "DAYS_FROM_INFUSION_1", "DAYS_FROM_PREVIOUS_INFUSION"}
)
_FORM_SLASHES = 3
_NEVER = datetime.max.replace(tzinfo=UTC)


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
    if session.study.visit(visit).infusion and asked(*_OF_DOSE_DAY):
        run = facts or run_facts(session, reader, participant, visit, visit_key)
        day, facts = run.visit_day, run
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
        found["FORM_NUMBER"] = numbers.get(prefix, max(numbers.values(), default=0) + 1)
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
    if session.study.visit(visit).infusion == 1:
        # Its dose is day 1 by definition, whatever day it was booked for.
        anchor = day
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
    """Numbers by which people call a participant's forms of one kind, from 1.

    Every device that holds the same entries gives the same numbers, in whatever order they came:
    a form is as old as the earliest entry of its register by the time written in it, then by path.
    Of an adverse event the number is on record from the moment it is opened (``NUMBERED``), and
    what is on record stays, so that an older event arriving from another device takes the next
    number instead of renaming one that was signed, reported or said on the telephone. Only where
    two devices gave the same number while apart must one be called otherwise: a signed number
    stands before one that is not, then the one that was on record earlier. A number typed into a
    report names no device, so people have to be asked about that report.
    """
    registers: dict[str, datetime] = {}
    claims: dict[str, tuple[datetime, int]] = {}
    item = NUMBERED.get(form)
    for head in reader.heads(participant=participant, form=form):
        prefix = "/".join(head.path.split("/")[: _FORM_SLASHES + 1])
        if head.path == prefix and prefix not in registers:
            trail = reader.trail(participant, prefix)
            registers[prefix] = min(row.entry.recorded_at for row in trail)
        elif item is not None and head.path.endswith(f"/{item}") and head.value:
            number = from_json(head.value)
            if isinstance(number, int):
                claim = (head.recorded_at, number)
                claims[prefix] = min(claim, claims.get(prefix, claim))
    stands = {prefix: one for prefix, one in claims.items() if prefix in registers}
    first = _first_signed(reader, participant, stands) if _disputed(stands) else {}
    found: dict[str, int] = {}
    for prefix in sorted(stands, key=lambda one: (first.get(one, _NEVER), stands[one][0], one)):
        if stands[prefix][1] not in found.values():
            found[prefix] = stands[prefix][1]
    taken = set(found.values())
    free = (number for number in itertools.count(1) if number not in taken)
    for prefix in sorted(registers, key=lambda one: (registers[one], one)):
        if prefix not in found:
            found[prefix] = next(free)
    return dict(sorted(found.items(), key=lambda one: one[1]))


def next_number(reader: Reader, participant: str, form: str) -> int:
    """The number of a form of a kind that is opened now."""
    return max(form_numbers(reader, participant, form).values(), default=0) + 1


def _disputed(claims: Mapping[str, tuple[datetime, int]]) -> bool:
    numbers = [number for _, number in claims.values()]
    return len(set(numbers)) < len(numbers)


def _first_signed(
    reader: Reader, participant: str, claims: Mapping[str, tuple[datetime, int]]
) -> dict[str, datetime]:
    """When each of some forms was first signed, whether or not the signature still holds."""
    found: dict[str, datetime] = {}
    for row in reader.signatures(participant=participant):
        for prefix in {"/".join(path.split("/")[: _FORM_SLASHES + 1]) for path, _ in row.items}:
            if prefix in claims:
                found[prefix] = min(row.typed_at, found.get(prefix, row.typed_at))
    return found


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
