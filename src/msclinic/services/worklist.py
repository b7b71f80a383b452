"""What waits in the records: the state of forms and visits, and what a person should settle.

Everything follows from the record and the schedule as far as the role may see them; a rater has
no worklist. Words are for the screen to choose.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.queries import ANSWERED
from msclinic.domain.values import Finding
from msclinic.forms.session import Ref
from msclinic.services.at_rest import come_to_rest, perhaps_waiting
from msclinic.services.entry import FormEntry
from msclinic.services.lab_results import LAB_REVIEWED
from msclinic.services.laboratory import unreviewed_results
from msclinic.services.participants import Identity, identities, masked_rater
from msclinic.services.queries import all_queries
from msclinic.services.query_model import Query
from msclinic.services.safety_reports import due_reports
from msclinic.services.session import Refused, Session
from msclinic.services.unsigned import Unsigned, unsigned_of
from msclinic.services.visits import FormState, VisitState, participant_visits

__all__ = [
    "KINDS",
    "Point",
    "begun",
    "finding_points",
    "form_matter",
    "is_complete",
    "points_of",
    "query_point",
    "visit_matter",
    "worklist",
]

# In the order in which they are to be settled: the law's clock first, then what may harm, what only
# a person can decide, and a visit that slips away.
KINDS = (
    "report",
    "critical",
    "conflict",
    "overdue",
    "review",
    "finding",
    "query",
    "answered",
    "missing",
    "unfinished",
    "void",
    "unsigned",
    "sign_off",
)
_FILLED = ("completed", "amended")
_NEVER = datetime.max.replace(tzinfo=UTC)
_UNDER_WAY = frozenset({"today", "unfinished", "overdue", "booked", "to_sign", "started", "to_do"})
_BEFORE_SIGNING = ("report", "critical", "review")
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
        due: By when it must be done, where a clock runs.
        meanings: Signatures that are missing, where it is one.
        query: The query that waits for its answer or for being closed, or none.
    """

    kind: str
    participant: str
    code: str
    visit: VisitState
    form: FormState | None = None
    item: Ref | None = None
    finding: Finding | None = None
    since: date | None = None
    due: datetime | None = None
    meanings: tuple[str, ...] = ()
    query: Query | None = None


def begun(visit: VisitState) -> bool:
    """Whether anybody has worked on the visit."""
    return visit.status in ("open", "closed") or any(f.status != "planned" for f in visit.forms)


def is_complete(visit: VisitState) -> bool:
    """Whether every form that the schedule asks for is filled in, as far as the role sees them."""
    return all(form.status in _FILLED for form in visit.forms if form.required)


def visit_matter(visit: VisitState, today: date) -> str:
    """A visit's state: closed, complete, today, unfinished, dropped, overdue, booked or planned."""
    if visit.status == "closed":
        return "closed"
    if visit.status == "open":
        if is_complete(visit):
            return "complete"
        return "today" if visit.day == today else "unfinished"
    if not visit.expected:
        return "dropped"
    late_booking = visit.status == "booked" and visit.day is not None and visit.day < today
    if late_booking or (visit.window is not None and visit.window.closes < today):
        return "overdue"
    return "booked" if visit.status == "booked" and visit.day is not None else "planned"


def form_matter(session: Session, form: FormState, visit: VisitState, today: date) -> str:
    """A form's state within its visit.

    Returns:
        conflict, signed, unsigned, to_sign, amended, complete, unfinished, started, planned,
        dropped, optional, missing or to_do.
    """
    if form.conflicts:
        return "conflict"
    if form.signed:
        return "signed"
    over = _over(session, form, visit, today)
    if form.status in _FILLED and session.study.form(form.form).signatures:
        return "unsigned" if over else "to_sign"
    if form.status in _FILLED:
        return "amended" if form.status == "amended" else "complete"
    if form.status == "in_progress":
        return "unfinished" if over else "started"
    if visit.status not in ("open", "closed"):
        return "planned" if visit.expected else "dropped"
    if not form.required:
        return "optional"
    return "missing" if over else "to_do"


def _over(session: Session, form: FormState, visit: VisitState, today: date) -> bool:
    """Whether the day is over on which a form should have been finished and signed."""
    if session.study.visit(visit.code).kind == "common":
        return form.touched is not None and form.touched < today
    if visit.status == "open":
        return visit.day is not None and visit.day < today
    return visit.status == "closed"


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
                since = visit.day or form.touched
                found.append(Point(matter, participant, code, visit, form, since=since))
        if not begun(visit) and visit_matter(visit, today) == "overdue":
            closes = visit.window.closes if visit.window is not None else None
            missed = closes if closes is not None and closes < today else visit.day
            found.append(Point("overdue", participant, code, visit, since=missed))
    return sorted(found, key=_urgency)


def worklist(session: Session) -> list[Point]:
    """Everything that waits at the site, as far as the role may see it, most pressing first.

    Reads everybody's record when it is first asked for, and from then on the records of those
    alone of whom something waits or has been written; call it off the window's thread.

    A further kind of row: name it in ``KINDS``, find whose it is by an index, and add it in
    ``_rows``. What it needs only once its day is over is seen to by ``_at_rest``.

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
    waiting = {**_reviews(session), **_reports(session)}
    asked: dict[str, list[Query]] = {}
    for query in all_queries(session):
        asked.setdefault(query.participant, []).append(query)
    place, among = perhaps_waiting(session)
    if among is not None:
        among |= {person for person, _scope in waiting} | set(asked)
    found: list[Point] = []
    looked_at, resting = set(), set()
    for who in identities(session, among):
        visits = participant_visits(session, who.participant)
        rows = _rows(session, who, visits, today, asked.get(who.participant, ()), waiting)
        found += rows
        looked_at.add(who.participant)
        if not rows and _at_rest(session, visits, today):
            resting.add(who.participant)
    come_to_rest(session, place, looked_at, resting)
    return sorted(_once_a_form(found), key=_urgency)


def _rows(
    session: Session,
    who: Identity,
    visits: Sequence[VisitState],
    today: date,
    asked: Iterable[Query],
    waiting: Mapping[tuple[str, str], tuple[str, datetime | None]],
) -> list[Point]:
    """Everything of one participant, each kind of row by its own."""
    person = who.participant
    own = points_of(session, person, visits, today, who.code)
    found = _with_signatures(own, unsigned_of(session, person, visits, today), who)
    found += _queries(session, asked, visits, who.code)
    for visit in visits:
        for form in visit.forms:
            if form.status == "in_progress" or form.changed:
                found += finding_points(session, person, who.code, visit, form)
            scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
            if (person, scope) in waiting:
                kind, due = waiting[person, scope]
                since = visit.day
                found.append(Point(kind, person, who.code, visit, form, since=since, due=due))
    return found


def _at_rest(session: Session, visits: Sequence[VisitState], today: date) -> bool:
    """Whether nothing can come to wait by the mere passing of time.

    No visit is still to come or under way, no form is half filled in or was changed since, and
    nothing happened today: whatever waits only once its day is over would wait by now.
    """
    for visit in visits:
        matter = visit_matter(visit, today)
        to_come = matter == "planned" and visit.window is not None
        if to_come or matter in _UNDER_WAY:
            return False
        if begun(visit) and visit.day is not None and visit.day >= today:
            return False
        for form in visit.forms:
            lately = form.touched is not None and form.touched >= today
            if lately or form.changed or form_matter(session, form, visit, today) in _UNDER_WAY:
                return False
    return True


def _once_a_form(points: Sequence[Point]) -> list[Point]:
    """Without the missing signature where the same form already waits for its review or report.

    Settling the one settles the other, and two rows would look like two things to do.
    """
    pressing = {_place(one) for one in points if one.kind in _BEFORE_SIGNING}
    signing = ("unsigned", "void")
    return [one for one in points if one.kind not in signing or _place(one) not in pressing]


def _with_signatures(
    points: Sequence[Point], missing: Sequence[Unsigned], who: Identity
) -> list[Point]:
    """Points with the signatures that they lack, and those that are only about a signature.

    What became void is listed at once; what was never signed, once its day is over.
    """
    lacking = {(one.visit.code, one.visit.key, one.form): one for one in missing}
    kept = [one for one in points if one.kind != "unsigned"]
    waiting = [
        lacking.pop((one.visit.code, one.visit.key, one.form), None)
        for one in points
        if one.kind == "unsigned"
    ]
    rest = [one for one in lacking.values() if one.void or one.form is None]
    for one in [*(each for each in waiting if each is not None), *rest]:
        kind = "void" if one.void else "unsigned" if one.form is not None else "sign_off"
        day = one.visit.day or (one.form.touched if one.form is not None else None)
        place = (who.participant, who.code, one.visit, one.form)
        kept.append(Point(kind, *place, since=day, meanings=one.meanings))
    return kept


def _place(point: Point) -> tuple[str, ...]:
    form = point.form
    asked = (form.form, form.key) if form is not None else ()
    return (point.participant, point.visit.code, point.visit.key, *asked)


def _reports(session: Session) -> dict[tuple[str, str], tuple[str, datetime | None]]:
    return {(one.participant, one.scope): ("report", one.due) for one in due_reports(session)}


def _reviews(session: Session) -> dict[tuple[str, str], tuple[str, datetime | None]]:
    if not session.may(f"sign:{LAB_REVIEWED}"):
        return {}
    return {
        (one.participant, one.scope): ("critical" if one.critical else "review", None)
        for one in unreviewed_results(session)
    }


def query_point(
    session: Session, query: Query, code: str, visit: VisitState, form: FormState
) -> Point:
    """A query as a point: it waits for the site's answer, or for being closed."""
    kind = "answered" if query.status == ANSWERED else "query"
    since = query.since.astimezone(session.zone).date()
    who = query.participant
    return Point(kind, who, code, visit, form, query.ref, since=since, query=query)


def _queries(
    session: Session, queries: Iterable[Query], visits: Sequence[VisitState], code: str
) -> list[Point]:
    """Queries that wait for the site, and answered ones for whoever may close them."""
    places = {
        (visit.code, visit.key, form.form, form.key): (visit, form)
        for visit in visits
        for form in visit.forms
    }
    return [
        query_point(session, query, code, *places[query.place])
        for query in queries
        if query.place in places and (query.status != ANSWERED or "close" in query.may)
    ]


def finding_points(
    session: Session, participant: str, code: str, visit: VisitState, form: FormState
) -> list[Point]:
    """Findings of a form that nobody has settled; none where this person may not open it."""
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


def _urgency(point: Point) -> tuple[int, datetime, date, str, int]:
    order = point.visit.window.opens.toordinal() if point.visit.window else 0
    kind = KINDS.index(point.kind)
    return (kind, point.due or _NEVER, point.since or date.max, point.code, order)
