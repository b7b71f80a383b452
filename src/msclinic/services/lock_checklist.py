"""What still hinders the lock of a form, a visit or the study.

Unfinished and missing forms, findings and queries that nobody has settled, answers in conflict,
laboratory results without a review, signatures and sign-offs that are missing (ICH E6(R3)
3.16.1(o): the investigator signs before the lock).
"""

from collections.abc import Iterable, Mapping, Sequence

from msclinic.domain.queries import CLOSED
from msclinic.services.laboratory import unreviewed_results
from msclinic.services.participants import identities
from msclinic.services.queries import participant_queries
from msclinic.services.session import Session
from msclinic.services.sign_off import CASEBOOK_MEANING, VISIT_MEANING, sign_off_of
from msclinic.services.visits import FormState, VisitState, participant_visits
from msclinic.services.worklist import Point, begun, finding_points, query_point
from msclinic.store import WHOLE, SignatureRow

__all__ = ["KINDS", "hindrances", "study_hindrances"]

KINDS = (
    "conflict",
    "critical",
    "review",
    "finding",
    "query",
    "answered",
    "missing",
    "unfinished",
    "unsigned",
    "sign_off",
    "expected",
)
"""What can hinder, in the order in which it is to be settled."""

_FILLED = ("completed", "amended")
_GONE = "entered_in_error"


def hindrances(session: Session, participant: str, scope: str) -> list[Point]:
    """What hinders the lock of one form or visit, as far as the person may see it.

    Args:
        session: Who wants to lock.
        participant: Whose data.
        scope: Path of the visit or form.
    """
    return _of(session, participant, "", _reviews(session), scope)


def study_hindrances(session: Session) -> list[Point]:
    """What hinders the lock of the study, participant by participant.

    Reads every participant's record; call it off the window's thread.
    """
    reviews = _reviews(session)
    return [
        point
        for who in identities(session)
        for point in _of(session, who.participant, who.code, reviews, "")
    ]


def _of(
    session: Session,
    participant: str,
    code: str,
    reviews: Mapping[tuple[str, str], str],
    scope: str,
) -> list[Point]:
    found: list[Point] = []
    places: dict[str, tuple[VisitState, FormState]] = {}
    visits = participant_visits(session, participant)
    with session.store.read() as reader:
        signed = reader.signatures(participant=participant)
    for visit in visits:
        whole = f"{visit.code}/{visit.key}"
        if scope and whole != "/".join(scope.split("/")[:2]):
            continue
        planned = session.study.visit(visit.code).kind == "scheduled"
        if not scope and planned and not begun(visit) and visit.expected:
            found.append(Point("expected", participant, code, visit, since=visit.day))
        found += _sign_offs(session, participant, code, visit, signed, scope)
        for form in visit.forms:
            prefix = f"{whole}/{form.form}/{form.key}"
            if form.status == _GONE or (scope and scope not in (whole, prefix)):
                continue
            places[prefix] = (visit, form)
            found += _of_form(session, participant, code, visit, form)
            kind = reviews.get((participant, prefix))
            if kind is not None:
                # Its signature is the review: one thing to do, not two.
                found = [one for one in found if one.form != form or one.kind != "unsigned"]
                found.append(Point(kind, participant, code, visit, form, since=visit.day))
    for query in participant_queries(session, participant):
        if query.status != CLOSED and query.prefix in places:
            found.append(query_point(session, query, code, *places[query.prefix]))
    return sorted(found, key=_order)


def _sign_offs(
    session: Session,
    participant: str,
    code: str,
    visit: VisitState,
    signed: Sequence[SignatureRow],
    scope: str,
) -> Iterable[Point]:
    """Visits that were not signed off before they are locked; before the study, the casebook."""
    if scope.count("/") > 1:
        return  # one form waits for its own signatures only
    common = session.study.visit(visit.code).kind == "common"
    over = WHOLE if common else f"{visit.code}/{visit.key}"
    meaning = CASEBOOK_MEANING if common else VISIT_MEANING
    if meaning not in session.study.meanings or not (common or begun(visit)):
        return
    if sign_off_of(signed, over).status != "valid":
        yield Point("sign_off", participant, code, visit, meanings=(meaning,))


def _of_form(
    session: Session, participant: str, code: str, visit: VisitState, form: FormState
) -> Iterable[Point]:
    def point(kind: str) -> Point:
        return Point(kind, participant, code, visit, form, since=visit.day or form.touched)

    if form.conflicts:
        yield point("conflict")
    if form.status == "planned":
        if form.required and begun(visit):
            yield point("missing")
        return
    if form.status not in _FILLED:
        yield point("unfinished")
    elif session.study.form(form.form).signatures and not form.signed:
        yield point("unsigned")
    yield from finding_points(session, participant, code, visit, form)


def _reviews(session: Session) -> Mapping[tuple[str, str], str]:
    return {
        (one.participant, one.scope): "critical" if one.critical else "review"
        for one in unreviewed_results(session)
    }


def _order(point: Point) -> tuple[int, str, str]:
    form = point.form.form if point.form is not None else ""
    return KINDS.index(point.kind), point.visit.code, form
