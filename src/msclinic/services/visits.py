"""Visits of a participant: planned by windows from the anchor, booked, opened and closed.

The anchor is the day of infusion 1; targets never move with the visit before. What is unplanned
opens at any time and in any state; planned visits and calls end with the participant's part.
"""

from collections.abc import Mapping
from datetime import date

from attrs import evolve, frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
)
from msclinic.domain.participant_life import dose_bars, may_visit
from msclinic.domain.visits import VisitWindow, dose_day, missed_dose, visit_window, window_status
from msclinic.services.gateway import random_key, recording
from msclinic.services.life_record import read_life
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.services.visit_calendar import (
    anchor_of,
    day_of,
    infusion_dates,
    plan_of,
    visit_day,
)
from msclinic.services.visit_facts import (
    COMMON_VISIT,
    MISSED,
    cancelled_infusions,
    decision_days,
    judged_missed,
    latest_day,
    report_days,
)
from msclinic.store import Head, Reader

__all__ = [
    "ASKED",
    "BEGUN",
    "COMMON_VISIT",
    "DOSE_FORMS",
    "MISSED",
    "FormState",
    "VisitState",
    "anchor_of",
    "book_visit",
    "infusion_dates",
    "open_unscheduled",
    "open_visit",
    "participant_visits",
    "plan_of",
    "visit_day",
]

DOSE_FORMS = frozenset(
    {
        "kit_assignment",
        FIT_TO_DOSE,
        PRODUCT_RELEASE,
        BEDSIDE_CHECK,
        INFUSION,
        AFTER_INFUSION,
    }
)
"""Forms that only an infusion asks for."""
# Not a reason why no infusion will follow.
_BEFORE_DOSES = frozenset({"NOT_RANDOMISED"})
BEGUN = frozenset({"open", "closed"})
"""Statuses of a visit that takes or took place."""
EARLY_TERMINATION = "ET"
ASKED = "exam"
"""In a visit's entry: ``Y`` once an exam was asked for."""


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
        touched: The site's day of its last entry, or none while there is none.
    """

    form: str
    key: str
    status: str
    signed: bool
    required: bool
    conflicts: int = 0
    changed: bool = False
    touched: date | None = None


@frozen
class VisitState:
    """One visit, planned or real.

    Attributes:
        code: Visit code such as ``V3``.
        key: ``1``, or the random key of a repeated visit.
        window: Days it is meant for, or none while no anchor is known.
        day: The day it is booked for or happened on.
        status: planned, booked, open or closed.
        position: early, inside or late of the window; empty without one. That of an infusion
            visit is judged by the dose; see ``domain.visits.dose_day``.
        chair: Chair number of an infusion visit, or none.
        infusion: Number of the infusion, or none.
        forms: Its forms in the schedule's order.
        skipped: Whether its dose was missed by more than the study allows; hidden, as chair and
            infusion are, from who may not read the infusion.
        dose_day: The day by which an infusion visit is judged, or none; hidden like the infusion.
        awaits_dose: Whether it is open and its dose may still begin; hidden like the infusion.
        exam_asked: Whether somebody asked the raters to examine at this visit.
        expected: Whether it still takes place: the participant's part goes on, and nobody has
            judged that it was missed. Raters learn of no end.
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
    skipped: bool = False
    dose_day: date | None = None
    awaits_dose: bool = False
    exam_asked: bool = False
    expected: bool = True


def participant_visits(session: Session, participant: str) -> list[VisitState]:
    """Every visit of a participant in the schedule's order, as far as the role may see it."""
    rater = masked_rater(session)
    # Who may not read the infusion learns of visits by their own forms alone.
    apart = rater or not session.may(f"read:{INFUSION}")
    with session.store.read() as reader:
        given = infusion_dates(session, reader, participant)
        anchor = anchor_of(session, reader, participant, given)
        heads = reader.heads(participant=participant)
        # Raters learn of no acts.
        record = None if rater else read_life(session, reader, participant)
        decided = decision_days(record) if record is not None else []
        signed = _signed_forms(reader, participant)
    opened: dict[str, list[Head]] = {}
    by_form: dict[str, list[Head]] = {}
    for head in heads:
        parts = head.path.split("/", 3)
        if len(parts) == 2:
            opened.setdefault(parts[0], []).append(head)
        elif len(parts) == 4:
            by_form.setdefault("/".join(parts[:3]), []).append(head)
    reported = [] if rater else report_days(by_form)
    today = session.now().astimezone(session.zone).date()
    limit = int(session.study.setting("missed_after"))
    expected = record is None or may_visit(record.life)
    missed = set[str]() if rater else judged_missed(heads)
    cancelled = set[str]() if apart else cancelled_infusions(heads)
    barred = record is not None and bool(set(dose_bars(record.life)) - _BEFORE_DOSES)
    states = []
    for visit in sorted(session.study.visits, key=lambda one: one.order):
        instances = opened.get(visit.code, [])
        keys = [h.path.split("/")[1] for h in instances] or (
            ["1"] if visit.kind in ("scheduled", "common") else []
        )
        for key in keys:
            booked = next((h for h in instances if h.path.endswith("/" + key)), None)
            day = day_of(booked) if booked else None
            counted = {
                "call": latest_day(given.values(), day),
                "unscheduled": latest_day(
                    decided if visit.code == EARLY_TERMINATION else reported, day
                ),
            }.get(visit.kind)
            window = visit_window(plan_of(session, visit.code), anchor, counted)
            target = window.target if window is not None and visit.infusion else None
            skipped = (
                not apart
                and target is not None
                and 1 in given
                and visit.infusion not in given
                and missed_dose(target, today, limit)
            )
            status = _status(booked)
            awaits = (
                not apart
                and visit.infusion is not None
                and status == "open"
                and not (visit.infusion in given or barred or skipped)
                and f"{visit.code}/{key}" not in cancelled
            )
            dosed = None
            # Infusion 1 is day 1 by definition: of its visit the assessments are judged, which
            # begin as it is opened (trial schedule, study default: days -7 to 1).
            if not apart and visit.infusion not in (None, 1) and day is not None:
                dosed = dose_day(given.get(visit.infusion or 0), day, today, awaited=awaits)
            judged = dosed or day
            forms = tuple(_forms(session, visit.code, key, by_form, signed))
            asked = (booked.value or {}).get(ASKED) == "Y" if booked is not None else False
            if rater and visit.kind == "unscheduled" and not asked:
                # That such a visit takes place tells of a relapse, a reaction or an early end
                # (trial masking, leak 9): a rater learns of it once an exam is asked for.
                forms = tuple(form for form in forms if form.status != "planned")
            if visit.infusion not in given and (barred or skipped):
                forms = tuple(_without_dose(form) for form in forms)
            if apart and not forms:
                continue
            states.append(
                VisitState(
                    code=visit.code,
                    key=key,
                    window=window,
                    day=day,
                    status=status,
                    position=window_status(window, judged) if window and judged else "",
                    chair=_chair(booked) if not apart else None,
                    infusion=visit.infusion if not apart else None,
                    forms=forms,
                    skipped=skipped,
                    dose_day=dosed,
                    awaits_dose=awaits,
                    exam_asked=asked,
                    expected=visit.kind not in ("scheduled", "call")
                    or (expected and f"{visit.code}-{key}" not in missed),
                )
            )
    return states


def book_visit(
    session: Session, participant: str, code: str, day: date, chair: int | None = None
) -> None:
    """Plan a visit for a day, at a chair if it is an infusion.

    Raises:
        UserError: It is open already, or the participant's part in the study has ended.
    """
    session.require(f"open:{code}")
    with recording(session) as act:
        _demand_expected(session, act.uow, participant, code)
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
        UserError: It is open already, the study has no such visit, or it is a planned one and the
            participant's part in the study has ended.
    """
    session.require(f"open:{code}")
    with recording(session) as act:
        _demand_expected(session, act.uow, participant, code)
        current = act.current(f"{code}/{key}", participant)
        if any(_status(head) in BEGUN for head in current):
            raise _already_open()
        booked = next((_chair(head) for head in current), None)
        act.set(
            "visit_opened",
            f"{code}/{key}",
            _value("open", day, chair or booked),
            participant=participant,
        )


def open_unscheduled(session: Session, participant: str, code: str, day: date) -> str:
    """Open an unplanned visit, whatever the participant's state; gives its key.

    Raises:
        UserError: There is no such participant or visit, or it happens once and has begun.
    """
    key = random_key() if session.study.visit(code).repeating else "1"
    open_visit(session, participant, code, day, key=key)
    return key


def _demand_expected(session: Session, reader: Reader, participant: str, code: str) -> None:
    """Go on only with a visit that may begin: anything unplanned, planned ones while in the study.

    Regulation (EU) 536/2014, article 28(3): withdrawal ends what is done from then on.
    """
    if not reader.at(participant, "participant/code"):
        raise UserError(
            "no_participant",
            what="There is no such participant at this site.",
            why="No record carries this code.",
            what_to_do="Look the code up in the list of participants.",
        )
    unplanned = plan_of(session, code).kind == "unscheduled"
    if not unplanned and not may_visit(read_life(session, reader, participant).life):
        raise UserError(
            "no_more_visits",
            what="The visit was neither booked nor opened.",
            why="No planned visits follow for this participant.",
            what_to_do="If the participant comes all the same, open an unscheduled visit.",
        )


def _already_open() -> UserError:
    return UserError(
        "visit_open",
        what="This visit is already open.",
        why="A visit is opened once.",
        what_to_do="Go on with the open visit.",
    )


def _without_dose(form: FormState) -> FormState:
    """A form of a visit at which nothing is infused: what only an infusion asks for is optional."""
    return evolve(form, required=False) if form.form in DOSE_FORMS else form


def _signed_forms(reader: Reader, participant: str) -> set[tuple[str, str]]:
    """Form and meaning of every signature that stands; a gate's lists items of several forms."""
    found = set()
    for row in reader.signatures(participant=participant):
        if row.status == "valid":
            found.add((row.scope, row.meaning))
            found |= {("/".join(path.split("/")[:4]), row.meaning) for path, _ in row.items}
    return found


def _forms(
    session: Session,
    visit: str,
    key: str,
    by_form: Mapping[str, list[Head]],
    signed: set[tuple[str, str]],
) -> list[FormState]:
    found = []
    for planned in session.study.visit(visit).forms:
        form = session.study.form(planned.form)
        if not session.may(f"read:{form.oid}") and not session.may(f"enter:{form.oid}"):
            continue
        prefix = f"{visit}/{key}/{form.oid}/"
        below = by_form.get(prefix[:-1], [])
        if form.own:
            below = [head for head in below if head.actor == session.account]
        keys = sorted({h.path.split("/")[3] for h in below}) or ([] if form.repeating else ["1"])
        for form_key in keys:
            own = f"{prefix}{form_key}"
            mine = [h for h in below if h.path == own or h.path.startswith(f"{own}/")]
            state = next((h for h in mine if h.path == own), None)
            status = str((state.value or {}).get("value")) if state is not None else ""
            status = status or ("in_progress" if mine else "planned")
            found.append(
                FormState(
                    form=form.oid,
                    key=form_key,
                    status=status,
                    signed=bool(form.signatures)
                    and all((own, meaning) in signed for meaning in form.signatures),
                    required=planned.required is True,
                    conflicts=sum(h.conflict for h in mine if h.path != own),
                    changed=state is not None
                    and any(h.recorded_at > state.recorded_at for h in mine),
                    touched=max(h.recorded_at for h in mine).astimezone(session.zone).date()
                    if mine
                    else None,
                )
            )
    return found


def _value(status: str, day: date, chair: int | None) -> dict[str, str]:
    value = {"type": "visit", "status": status, "date": day.isoformat()}
    return value | ({"chair": str(chair)} if chair is not None else {})


def _status(head: Head | None) -> str:
    return str((head.value or {}).get("status", "planned")) if head else "planned"


def _chair(head: Head | None) -> int | None:
    chair = (head.value or {}).get("chair") if head else None
    return int(str(chair)) if chair else None
