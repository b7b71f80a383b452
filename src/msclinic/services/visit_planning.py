"""What is known of a visit before it is booked: its window, the earliest day, what speaks against.

Nothing here refuses a day: a visit outside its window can be booked and is a deviation.
"""

from collections.abc import Mapping
from datetime import date

from attrs import frozen

from msclinic.domain.visits import (
    VisitWindow,
    anchor_window,
    infusion_interval,
    missed_dose,
    visit_window,
    window_status,
)
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.services.visit_calendar import anchor_of, infusion_dates, plan_of, visit_day
from msclinic.store import Reader
from msclinic.wording import date_text, plural, tr

__all__ = ["BookingNote", "PlannedVisit", "booking_notes", "planned_visits"]


@frozen
class PlannedVisit:
    """A scheduled visit as it can be planned today.

    Attributes:
        code: Visit code.
        window: Days it is meant for; for infusion 1 the days that screening leaves; none while
            the day it is counted from is not known.
        earliest: First day that the shortest interval between infusions allows, or none.
        infusion: Number of the infusion, or none; none for raters.
        skipped: Whether the dose was missed by more than the study allows.
    """

    code: str
    window: VisitWindow | None
    earliest: date | None = None
    infusion: int | None = None
    skipped: bool = False


@frozen
class BookingNote:
    """Something to know before a visit is booked for a day.

    Attributes:
        code: WINDOW_EARLY, WINDOW_LATE, INTERVAL_SHORT or DOSE_SKIPPED.
        text: The sentence, in the reader's language.
    """

    code: str
    text: str


def planned_visits(session: Session, participant: str) -> tuple[PlannedVisit, ...]:
    """Every scheduled visit with its window, before anything is booked.

    Args:
        session: Who plans; raters learn of windows and of no infusion.
        participant: Whose visits.
    """
    today = session.now().astimezone(session.zone).date()
    with session.store.read() as reader:
        given = infusion_dates(session, reader, participant)
        found = [
            _planned(session, reader, participant, visit.code, given, today)
            for visit in sorted(session.study.visits, key=lambda one: one.order)
            if visit.kind == "scheduled"
        ]
    if masked_rater(session):
        return tuple(PlannedVisit(one.code, one.window) for one in found)
    return tuple(found)


def booking_notes(
    session: Session, participant: str, code: str, day: date
) -> tuple[BookingNote, ...]:
    """What speaks against booking a scheduled visit for a day; empty where nothing does.

    Args:
        session: Who books.
        participant: Whose visit.
        code: Visit code.
        day: The day asked about.

    Raises:
        Refused: The role books no such visit.
    """
    session.require(f"open:{code}")
    with session.store.read() as reader:
        given = infusion_dates(session, reader, participant)
        visit = _planned(session, reader, participant, code, given, day)
    notes = []
    window = visit.window
    if window is not None and (position := window_status(window, day)) != "inside":
        opens, closes = date_text(window.opens), date_text(window.closes)
        notes.append(
            BookingNote(
                f"WINDOW_{position.upper()}",
                tr(
                    "The day lies outside the window, {opens} to {closes}.",
                    opens=opens,
                    closes=closes,
                ),
            )
        )
    if visit.earliest is not None and day < visit.earliest:
        limit = int(session.study.setting("min_interval"))
        notes.append(
            BookingNote(
                "INTERVAL_SHORT",
                plural(
                    limit,
                    one="Fewer than {count} day since the infusion before.",
                    other="Fewer than {count} days since the infusion before.",
                ),
            )
        )
    if visit.skipped:
        notes.append(
            BookingNote(
                "DOSE_SKIPPED",
                tr("By that day the dose is skipped. The visit takes place without an infusion."),
            )
        )
    return tuple(notes)


def _planned(
    session: Session,
    reader: Reader,
    participant: str,
    code: str,
    given: Mapping[int, date],
    day: date,
) -> PlannedVisit:
    plan = plan_of(session, code)
    anchor = given.get(1) or anchor_of(session, reader, participant, given)
    window = visit_window(plan, anchor)
    if plan.infusion == 1 and 1 not in given:
        window = _first_infusion(session, reader, participant)
    number = plan.infusion
    if number is None or number in given:
        return PlannedVisit(code, window, infusion=number)
    before = [one for other, one in given.items() if other < number]
    minimum = int(session.study.setting("min_interval"))
    earliest = infusion_interval(max(before), day, minimum).earliest if before else None
    limit = int(session.study.setting("missed_after"))
    target = window.target if window is not None and 1 in given else None
    skipped = target is not None and missed_dose(target, day, limit)
    return PlannedVisit(code, window, earliest, number, skipped)


def _first_infusion(session: Session, reader: Reader, participant: str) -> VisitWindow | None:
    for visit in session.study.visits:
        screened = visit_day(reader, participant, visit.code)
        if screened is not None:
            window = anchor_window(plan_of(session, visit.code), screened)
            if window is not None:
                return window
    return None
