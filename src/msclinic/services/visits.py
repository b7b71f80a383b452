"""Visits of a participant: planned by windows from the anchor, booked, opened and closed.

The anchor is the day of infusion 1; targets never move with the visit before.
"""

from collections.abc import Mapping
from datetime import date, datetime

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import from_json
from msclinic.domain.visits import VisitPlan, VisitWindow, visit_window, window_status
from msclinic.services.gateway import recording
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.store import Head, Reader

__all__ = [
    "COMMON_VISIT",
    "FormState",
    "VisitState",
    "anchor_of",
    "book_visit",
    "infusion_dates",
    "open_visit",
    "participant_visits",
    "plan_of",
    "visit_day",
]

COMMON_VISIT = "LOG"


@frozen
class FormState:
    """One form of a visit on the participant's page.

    Attributes:
        form: OID.
        key: ``1``, or the random key of a repeating form.
        status: planned, in_progress, completed or amended.
        signed: Whether every signature the form asks for stands.
        required: Whether the schedule asks for it.
        conflicts: Paths with more than one head.
        changed: Whether something was recorded after it was last completed.
    """

    form: str
    key: str
    status: str
    signed: bool
    required: bool
    conflicts: int = 0
    changed: bool = False


@frozen
class VisitState:
    """One visit, planned or real.

    Attributes:
        code: Visit code such as ``V3``.
        key: ``1``, or the random key of a repeated visit.
        window: Days it is meant for, or none while no anchor is known.
        day: The day it is booked for or happened on.
        status: planned, booked, open or closed.
        position: early, inside or late of the window; empty without one.
        chair: Chair number of an infusion visit, or none.
        infusion: Number of the infusion, or none.
        forms: Its forms in the schedule's order.
    """

    code: str
    key: str
    window: VisitWindow | None
    day: date | None
    status: str
    position: str
    chair: int | None
    infusion: int | None
    forms: tuple[FormState, ...]


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
    return next((_day(head) for head in reader.at(participant, f"{first}/1")), None)


def infusion_dates(session: Session, reader: Reader, participant: str) -> dict[int, date]:
    """Local days of the infusions that began, by number."""
    numbers = {v.code: v.infusion for v in session.study.visits if v.infusion}
    found: dict[int, date] = {}
    for head in reader.heads(participant=participant, form="infusion", item="D01"):
        visit = head.path.split("/", 1)[0]
        moment = from_json(head.value) if head.value else None
        if visit in numbers and isinstance(moment, datetime):
            found[numbers[visit]] = moment.astimezone(session.zone).date()
    return found


def participant_visits(session: Session, participant: str) -> list[VisitState]:
    """Every visit of a participant in the schedule's order, as far as the role may see it."""
    rater = masked_rater(session)
    with session.store.read() as reader:
        given = infusion_dates(session, reader, participant)
        anchor = anchor_of(session, reader, participant, given)
        last_dose = max(given.values(), default=None)
        heads = reader.heads(participant=participant)
        signed = {
            row.scope
            for row in reader.signatures(participant=participant)
            if row.status == "valid" and row.scope
        }
    opened: dict[str, list[Head]] = {}
    by_form: dict[str, list[Head]] = {}
    for head in heads:
        parts = head.path.split("/", 3)
        if len(parts) == 2:
            opened.setdefault(parts[0], []).append(head)
        elif len(parts) == 4:
            by_form.setdefault("/".join(parts[:3]), []).append(head)
    states = []
    for visit in sorted(session.study.visits, key=lambda one: one.order):
        instances = opened.get(visit.code, [])
        keys = [h.path.split("/")[1] for h in instances] or (
            ["1"] if visit.kind in ("scheduled", "common") else []
        )
        for key in keys:
            booked = next((h for h in instances if h.path.endswith("/" + key)), None)
            dose = last_dose if visit.kind == "call" else None
            window = visit_window(plan_of(session, visit.code), anchor, dose)
            day = _day(booked) if booked else None
            forms = tuple(_forms(session, visit.code, key, by_form, signed))
            if rater and not forms:
                continue
            states.append(
                VisitState(
                    code=visit.code,
                    key=key,
                    window=window,
                    day=day,
                    status=_status(booked),
                    position=window_status(window, day) if window and day else "",
                    chair=_chair(booked) if not rater else None,
                    infusion=visit.infusion if not rater else None,
                    forms=forms,
                )
            )
    return states


def visit_day(reader: Reader, participant: str, code: str, key: str = "1") -> date | None:
    """The day a visit is booked for or happened on, or none."""
    return next((_day(head) for head in reader.at(participant, f"{code}/{key}")), None)


def book_visit(
    session: Session, participant: str, code: str, day: date, chair: int | None = None
) -> None:
    """Plan a visit for a day, at a chair if it is an infusion."""
    session.require(f"open:{code}")
    plan_of(session, code)
    with recording(session) as act:
        if any(_status(head) == "open" for head in act.current(f"{code}/1", participant)):
            raise _already_open()
        act.set("visit_opened", f"{code}/1", _value("booked", day, chair), participant=participant)


def open_visit(
    session: Session,
    participant: str,
    code: str,
    day: date,
    chair: int | None = None,
    key: str = "1",
) -> None:
    """The participant is here: the visit begins today.

    Raises:
        UserError: It is open already, or the study has no such visit.
    """
    session.require(f"open:{code}")
    plan_of(session, code)
    with recording(session) as act:
        current = act.current(f"{code}/{key}", participant)
        if any(_status(head) in ("open", "closed") for head in current):
            raise _already_open()
        booked = next((_chair(head) for head in current), None)
        act.set(
            "visit_opened",
            f"{code}/{key}",
            _value("open", day, chair or booked),
            participant=participant,
        )


def _already_open() -> UserError:
    return UserError(
        "visit_open",
        what="This visit is already open.",
        why="A visit is opened once.",
        what_to_do="Go on with the open visit.",
    )


def _forms(
    session: Session,
    visit: str,
    key: str,
    by_form: Mapping[str, list[Head]],
    signed: set[str],
) -> list[FormState]:
    found = []
    for planned in session.study.visit(visit).forms:
        form = session.study.form(planned.form)
        if not session.may(f"read:{form.oid}") and not session.may(f"enter:{form.oid}"):
            continue
        prefix = f"{visit}/{key}/{form.oid}/"
        below = by_form.get(prefix[:-1], [])
        keys = sorted({h.path.split("/")[3] for h in below}) or ([] if form.repeating else ["1"])
        for form_key in keys:
            own = f"{prefix}{form_key}"
            state = next((h for h in below if h.path == own), None)
            status = str((state.value or {}).get("value")) if state is not None else ""
            status = status or ("in_progress" if below else "planned")
            found.append(
                FormState(
                    form=form.oid,
                    key=form_key,
                    status=status,
                    signed=own in signed,
                    required=planned.required is True,
                    conflicts=sum(h.conflict for h in below if h.path.startswith(own + "/")),
                    changed=state is not None
                    and any(h.recorded_at > state.recorded_at for h in below),
                )
            )
    return found


def _value(status: str, day: date, chair: int | None) -> dict[str, str]:
    value = {"type": "visit", "status": status, "date": day.isoformat()}
    return value | ({"chair": str(chair)} if chair is not None else {})


def _status(head: Head | None) -> str:
    return str((head.value or {}).get("status", "planned")) if head else "planned"


def _day(head: Head) -> date | None:
    text = (head.value or {}).get("date")
    return date.fromisoformat(str(text)) if text else None


def _chair(head: Head | None) -> int | None:
    chair = (head.value or {}).get("chair") if head else None
    return int(str(chair)) if chair else None
