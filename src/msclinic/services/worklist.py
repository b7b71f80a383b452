"""What waits in the records: what state a form or visit is in, and what a person should settle.

Everything follows from the record and the schedule as far as the role may see them; a rater has
no worklist. Words are for the screen to choose.
"""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import Finding
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.participants import identities, masked_rater
from msclinic.services.session import Refused, Session
from msclinic.services.visits import FormState, VisitState, participant_visits

__all__ = [
    "KINDS",
    "Point",
    "begun",
    "form_matter",
    "is_complete",
    "points_of",
    "visit_matter",
    "worklist",
]

# In the order in which they are to be settled: only a person can decide between two answers, and
# a visit that slips away cannot be made up for.
KINDS = ("conflict", "overdue", "finding", "missing", "unfinished", "unsigned")
_FILLED = ("completed", "amended")
_HOLDING = ("soft", "impossible")


@frozen
class Point:
    """One thing that somebody should settle.

    Attributes:
        kind: One of ``KINDS``.
        participant: Random id.
        code: Subject code; empty where the caller has it already.
        visit: Its visit.
        form: Its form, or none where it is the visit itself.
        item: The item that asks, or none where it is the whole form.
        finding: What the rules say of the item, or none.
        since: The day since which it waits, or none.
    """

    kind: str
    participant: str
    code: str
    visit: VisitState
    form: FormState | None = None
    item: Ref | None = None
    finding: Finding | None = None
    since: date | None = None


def begun(visit: VisitState) -> bool:
    """Whether anybody has worked on the visit."""
    return visit.status in ("open", "closed") or any(f.status != "planned" for f in visit.forms)


def is_complete(visit: VisitState) -> bool:
    """Whether every form that the schedule asks for is filled in, as far as the role sees them."""
    wanted = [form for form in visit.forms if form.required]
    return bool(wanted) and all(form.status in _FILLED for form in wanted)


def visit_matter(visit: VisitState, today: date) -> str:
    """A visit's state: closed, complete, today, unfinished, overdue, booked or planned."""
    if visit.status == "closed":
        return "closed"
    if visit.status == "open":
        if is_complete(visit):
            return "complete"
        return "today" if visit.day == today else "unfinished"
    late_booking = visit.status == "booked" and visit.day is not None and visit.day < today
    if late_booking or (visit.window is not None and visit.window.closes < today):
        return "overdue"
    return "booked" if visit.status == "booked" and visit.day is not None else "planned"


def form_matter(session: Session, form: FormState, visit: VisitState, today: date) -> str:
    """A form's state within its visit.

    Returns:
        conflict, signed, unsigned, to_sign, amended, complete, unfinished, started, planned,
        optional, missing or to_do.
    """
    if form.conflicts:
        return "conflict"
    if form.signed:
        return "signed"
    over = visit.status == "closed" or (
        visit.status == "open" and visit.day is not None and visit.day < today
    )
    if form.status in _FILLED and session.study.form(form.form).signatures:
        return "unsigned" if over else "to_sign"
    if form.status in _FILLED:
        return "amended" if form.status == "amended" else "complete"
    if form.status == "in_progress":
        return "unfinished" if over else "started"
    if visit.status not in ("open", "closed"):
        return "planned"
    if not form.required:
        return "optional"
    return "missing" if over else "to_do"


def points_of(
    session: Session,
    participant: str,
    visits: Sequence[VisitState],
    today: date,
    code: str = "",
) -> list[Point]:
    """What is open from before in one participant's visits: forms and whole visits.

    Args:
        session: Who looks.
        participant: Random id.
        visits: Their visits as the role sees them.
        today: The site's day.
        code: Subject code to put into each point.
    """
    found = []
    for visit in visits:
        for form in visit.forms:
            matter = form_matter(session, form, visit, today)
            if matter in KINDS:
                found.append(Point(matter, participant, code, visit, form, since=visit.day))
        if not begun(visit) and visit_matter(visit, today) == "overdue":
            closes = visit.window.closes if visit.window is not None else None
            missed = closes if closes is not None and closes < today else visit.day
            found.append(Point("overdue", participant, code, visit, since=missed))
    return sorted(found, key=_urgency)


def worklist(session: Session) -> list[Point]:
    """Everything that waits at the site, as far as the role may see it, most pressing first.

    Reads every participant's record; call it off the window's thread.

    Raises:
        Refused: A rater, who must not learn what exists.
    """
    if masked_rater(session):
        raise Refused(
            "not_allowed",
            what="Your role may not do this.",
            why="The study gives this task to another role.",
            what_to_do="Ask a colleague with that role to sign in.",
        )
    today = session.now().astimezone(session.zone).date()
    found: list[Point] = []
    for who in identities(session):
        visits = participant_visits(session, who.participant)
        found += points_of(session, who.participant, visits, today, who.code)
        for visit in visits:
            for form in visit.forms:
                if form.status == "in_progress" or form.changed:
                    found += _open_findings(session, who.participant, who.code, visit, form)
    return sorted(found, key=_urgency)


def _open_findings(
    session: Session, participant: str, code: str, visit: VisitState, form: FormState
) -> list[Point]:
    try:
        entry = FormEntry(session, participant, visit.code, form.form, visit.key, form.key)
    except (Refused, UserError):
        # A bedside check of somebody else, or an exam that this person may not see.
        return []
    return [
        Point("finding", participant, code, visit, form, state.ref, finding, visit.day)
        for state in map(entry.state, entry.refs())
        for finding in state.findings
        if finding.severity in _HOLDING
    ]


def _urgency(point: Point) -> tuple[int, date, str, int]:
    order = point.visit.window.opens.toordinal() if point.visit.window else 0
    return (KINDS.index(point.kind), point.since or date.max, point.code, order)
