"""Days on which visits and infusions happened; windows are counted from them."""

from collections.abc import Mapping
from datetime import date, datetime

from msclinic.domain.values import from_json
from msclinic.domain.visits import VisitPlan
from msclinic.services.session import Session
from msclinic.store import Head, Reader

__all__ = [
    "START",
    "anchor_of",
    "day_of",
    "infusion_dates",
    "plan_of",
    "side_exit_path",
    "visit_day",
]

START = "D01"
"""The item that says when an infusion began."""


def plan_of(session: Session, code: str) -> VisitPlan:
    """The schedule's line of a visit, for the window rules.

    Raises:
        UserError: The study has no such visit.
    """
    visit = session.study.visit(code)
    return VisitPlan(visit.code, visit.kind, visit.target_day, visit.window, visit.infusion)


def anchor_of(
    session: Session,
    reader: Reader,
    participant: str,
    given: Mapping[int, date] | None = None,
) -> date | None:
    """The local day of infusion 1, or the booked day of its visit, or none.

    Its assessments may begin days before the dose (trial schedule, study default): opening the
    visit for them does not move the anchor. Of a visit that was not booked its own day counts.

    Args:
        session: Whose study and zone count.
        reader: The record as it is now.
        participant: Whose visits.
        given: The infusions that began, where they were read already.
    """
    given = infusion_dates(session, reader, participant) if given is None else given
    if 1 in given:
        return given[1]
    first = next((v.code for v in session.study.visits if v.infusion == 1), None)
    head = next(iter(reader.at(participant, f"{first}/1")), None)
    if head is None:
        return None
    days = [day_of(head)]
    if (head.value or {}).get("status") == "open":
        days.append(_booked(reader, participant, head))
    return max((day for day in days if day is not None), default=None)


def _booked(reader: Reader, participant: str, head: Head) -> date | None:
    """The last day that an open visit was booked for, or none."""
    days = [
        str(value["date"])
        for row in reader.trail(participant, head.path)
        if (value := row.value or {}).get("status") == "booked" and value.get("date")
    ]
    return date.fromisoformat(days[-1]) if days else None


def infusion_dates(session: Session, reader: Reader, participant: str) -> dict[int, date]:
    """Local days of the infusions that began, by number."""
    numbers = {v.code: v.infusion for v in session.study.visits if v.infusion}
    found: dict[int, date] = {}
    for head in reader.heads(participant=participant, form="infusion", item=START):
        visit = head.path.split("/", 1)[0]
        moment = from_json(head.value) if head.value else None
        if visit in numbers and isinstance(moment, datetime):
            found[numbers[visit]] = moment.astimezone(session.zone).date()
    return found


def visit_day(reader: Reader, participant: str, code: str, key: str = "1") -> date | None:
    """The day a visit is booked for or happened on, or none."""
    return next((day_of(head) for head in reader.at(participant, f"{code}/{key}")), None)


def side_exit_path(prefix: str) -> str:
    """Where the deferral or cancellation of an infusion run stands."""
    return f"participant/run/{prefix}"


def day_of(head: Head) -> date | None:
    """The day that a visit's entry names."""
    text = (head.value or {}).get("date")
    return date.fromisoformat(str(text)) if text else None
