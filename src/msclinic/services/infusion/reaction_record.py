"""What the record tells of a reaction to today's infusion; it diagnoses nothing and grades nothing.

What was typed after the discharge was signed lengthens nothing: nobody is there to be watched.
"""

from collections.abc import Mapping
from datetime import datetime, tzinfo

from attrs import frozen

from msclinic.domain.infusion.items import AFTER_INFUSION, INFUSION
from msclinic.domain.values import Answer, Code, Codes, PartialDate, from_json
from msclinic.services.infusion.visit_record import FormInstance, VisitRecord
from msclinic.store import Head, Reader

__all__ = ["ReactionRecord", "reaction_record"]

_STOPS = {"S05": None, "S06": 2, "S07": 3, "S08": None}
"""Stop rules that tell of a reaction, and the least grade they mean (infusion day, section 6)."""
_ANAPHYLAXIS = ("anaphyla", "anafila")


@frozen
class ReactionRecord:
    """What tells of a reaction today.

    Attributes:
        seen: Something does.
        grade: Worst grade known; none while nobody graded it.
        resolved: No symptom and no event of it goes on that is graded 2 or more, or not graded.
        anaphylaxis: One of the events is called so.
        over_at: When the last anaphylaxis was recorded as over; none while one goes on.
    """

    seen: bool = False
    grade: int | None = None
    resolved: bool = True
    anaphylaxis: bool = False
    over_at: datetime | None = None


def reaction_record(
    reader: Reader, participant: str, record: VisitRecord, zone: tzinfo
) -> ReactionRecord:
    """Gather what tells of a reaction to this visit's infusion.

    Rule and source: infusion day, items D05, D06 and E02 and sections 5 and 6 (study defaults). A
    symptom other than none at a round, a pause for a reaction, a stop by S05 to S08, and an
    adverse event that began on the day of the infusion and not before it, unless a physician
    found it not related. An anaphylaxis is known by the event's term (CTCAE: a term of its own).

    Args:
        reader: The record as it is now.
        participant: Whose run.
        record: The visit.
        zone: Local time zone of the clinic.
    """
    infusion = record.form(INFUSION)
    start = infusion.answers().get("D01")
    if not isinstance(start, datetime):
        return ReactionRecord()
    left = _discharged(reader, participant, record)
    symptoms = _symptoms(infusion, left)
    grades: list[int | None] = [None] if any(symptoms) else []
    for head in infusion.items.values():
        reason = _code(head)
        if _late(head, left):
            continue
        if head.path.endswith("/D05_REASON") and reason == "REACTION":
            grades.append(None)
        if head.path.endswith("/D10_REASON") and reason in _STOPS:
            grades.append(_STOPS[reason])
    events = _events(reader, participant, start, zone, left)
    graded = [grade for event in events if (grade := _grade(event)) is not None]
    severe = [event for event in events if "anaphyla" in _term(event)]
    going_on = any(
        _code(event.get("AEONGO")) != "N" and (_grade(event) or 2) >= 2 for event in events
    )
    still = bool(symptoms and symptoms[-1]) and not graded
    over = [event["AEONGO"].typed_at for event in severe if _code(event.get("AEONGO")) == "N"]
    known = [grade for grade in (*grades, *graded) if grade is not None]
    return ReactionRecord(
        seen=bool(grades or events),
        grade=max(known, default=None),
        resolved=not (going_on or still),
        anaphylaxis=bool(severe),
        over_at=max(over) if severe and len(over) == len(severe) else None,
    )


def _discharged(reader: Reader, participant: str, record: VisitRecord) -> datetime | None:
    """When the discharge was signed first; a signature that is void since counts as well."""
    scope = f"{record.prefix}/{AFTER_INFUSION}/"
    times = [
        row.typed_at
        for row in reader.signatures(participant=participant, meaning="G6")
        if row.scope.startswith(scope)
    ]
    return min(times, default=None)


def _symptoms(infusion: FormInstance, left: datetime | None) -> list[tuple[str, ...]]:
    """Symptoms told at each round, in order of time; empty where none was."""
    told = []
    for key, row in infusion.rows("symptoms"):
        head = infusion.items.get(("symptoms", key, "D06_SYMPTOMS"))
        answer, at = row.get("D06_SYMPTOMS"), row.get("D06_TIME")
        if head is None or not isinstance(answer, Codes) or _late(head, left):
            continue
        when = at if isinstance(at, datetime) else head.typed_at
        told.append((when, tuple(one for one in answer.values if one != "NONE")))
    return [found for _, found in sorted(told)]


_Event = Mapping[str, Head]


def _events(
    reader: Reader, participant: str, start: datetime, zone: tzinfo, left: datetime | None
) -> list[_Event]:
    events: dict[str, dict[str, Head]] = {}
    for head in reader.heads(participant=participant, form="adverse_event"):
        parts = head.path.split("/")
        if len(parts) == 7 and head.value is not None:
            events.setdefault("/".join(parts[:4]), {})[parts[6]] = head
    return [
        event
        for event in events.values()
        if _code(event.get("AEREL")) != "NOT_RELATED"
        and _began_with(event, start, zone)
        and not all(_late(head, left) for head in event.values())
    ]


def _began_with(event: _Event, start: datetime, zone: tzinfo) -> bool:
    """Whether an event began on the day of the infusion, and not before it.

    Where nobody has said when it began, the day on which it was first typed stands for it.
    """
    day = start.astimezone(zone).date()
    exact, told = _answer(event.get("AESTTIM")), _answer(event.get("AESTDAT"))
    if isinstance(exact, datetime):
        return exact >= start and exact.astimezone(zone).date() == day
    if isinstance(told, PartialDate) and len(told.text) == len("2026-11-22"):
        return told.text == day.isoformat()
    first = min(head.typed_at for head in event.values())
    return first >= start and first.astimezone(zone).date() == day


def _late(head: Head, left: datetime | None) -> bool:
    # A correction typed later does not undo what had been told in time.
    return left is not None and head.typed_at > left and not head.replaces


def _answer(head: Head | None) -> Answer | None:
    return from_json(head.value) if head is not None and head.value is not None else None


def _code(head: Head | None) -> str | None:
    answer = _answer(head)
    return answer.value if isinstance(answer, Code) else None


def _grade(event: _Event) -> int | None:
    grade = _code(event.get("AETOXGR"))
    return int(grade) if grade is not None and grade.isdigit() else None


def _term(event: _Event) -> str:
    """The event's term; both languages' word for anaphylaxis reads the same."""
    term = str(_answer(event.get("AETERM")) or "").casefold()
    return term.replace(_ANAPHYLAXIS[1], _ANAPHYLAXIS[0])
