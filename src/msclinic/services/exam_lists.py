"""A rater's list of exams, and for everyone else the steps of a participant over time.

A rater learns code, year of birth, sex, course, planned visit and contact allergies, and nothing
else; earlier steps are never shown to a rater.
"""

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.items import INFUSION
from msclinic.domain.participant_life import may_visit
from msclinic.domain.values import Code, from_json
from msclinic.domain.visits import visit_window
from msclinic.services.gateway import recording
from msclinic.services.life_record import read_life
from msclinic.services.participants import Identity, identities, masked_rater
from msclinic.services.rating import (
    EXAM,
    ExamSignature,
    exam_signature,
    latest_signature,
    may_rate,
)
from msclinic.services.session import Refused, Session
from msclinic.services.visit_calendar import START
from msclinic.services.visits import (
    ASKED,
    FormState,
    VisitState,
    participant_visits,
    plan_of,
    visit_day,
)
from msclinic.store import Reader
from msclinic.wording import current_language, tr

__all__ = [
    "ExamPoint",
    "MyExam",
    "ask_for_exam",
    "edss_trend",
    "exam_to_ask_for",
    "exams_of",
    "my_exams",
    "planned_visit",
]

_MONTH_DAYS = 30.4
_BEGUN = ("in_progress", "completed", "amended", "entered_in_error")


def planned_visit(session: Session, code: str) -> str:
    """What a rater reads of a visit: the month it is planned for, never why it takes place.

    Titles of the schedule tell of infusions, and a visit beside it tells of a relapse or a
    reaction.
    """
    visit = session.study.visit(code)
    if visit.kind != "scheduled":
        return tr("Additional exam")
    if visit.infusion is None or visit.target_day is None:
        words = visit.title.text(current_language()).split(",")[0]
    elif visit.target_day <= 1:
        words = tr("Baseline")
    else:
        words = tr("Month {number}", number=round((visit.target_day - 1) / _MONTH_DAYS))
    return f"{words} ({code})"


@frozen
class MyExam:
    """One line of a rater's or assessor's first screen: a form of theirs at one visit.

    It holds nothing that they may not see.

    Attributes:
        who: Code, year of birth, sex, course, contact allergies.
        visit: Code of the planned visit.
        visit_key: Key of a repeated visit.
        form: OID of the form: the exam, a timed test, a questionnaire.
        day: The day it is booked for, or none.
        state: planned, in_progress, completed, signed or void.
        treats: Whether the rater treats this participant and so cannot examine.
    """

    who: Identity
    visit: str
    visit_key: str
    form: str
    day: date | None
    state: str
    treats: bool


def my_exams(session: Session) -> list[MyExam]:
    """The exams and tests that wait for a masked rater, and those signed today; next day first.

    Raises:
        Refused: The role rates nobody.
    """
    if not masked_rater(session):
        session.require(f"enter:{EXAM}")
    today = session.now().astimezone(session.zone).date()
    found = [
        one
        for who in identities(session, _perhaps_waiting(session, today))
        for one in exams_of(session, who)
    ]
    far = date.max
    # Forms of one visit stay in the schedule's order.
    return sorted(found, key=lambda one: (one.day or far, one.who.code, one.visit))


def exams_of(session: Session, who: Identity) -> list[MyExam]:
    """The lines of one participant in the list of a rater, in the schedule's order."""
    today = session.now().astimezone(session.zone).date()
    found = []
    visits = participant_visits(session, who.participant)
    with session.store.read() as reader:
        treats = not may_rate(session, reader, who.participant)
        rows = reader.signatures(participant=who.participant)
        # What will not take place is not listed; why it will not stays unsaid.
        ended = not may_visit(read_life(session, reader, who.participant).life)
    for visit in visits:
        for form in visit.forms:
            if not session.may(f"enter:{form.form}"):
                continue
            scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
            signed = latest_signature(rows, scope)
            state = _state(form, signed)
            if state == "planned" and (ended or _over(visit, form, today)):
                continue
            if _listed(visit, state, signed, today, session):
                found.append(
                    MyExam(who, visit.code, visit.key, form.form, visit.day, state, treats)
                )
    return found


def exam_to_ask_for(session: Session, visit: VisitState) -> bool:
    """Whether raters learn of a visit only once somebody here asks for an exam, and nobody has."""
    return (
        session.study.visit(visit.code).kind == "unscheduled"
        and visit.status == "open"
        and not visit.exam_asked
        and session.may(f"open:{visit.code}")
        and any(form.form == EXAM and form.status == "planned" for form in visit.forms)
    )


def ask_for_exam(session: Session, participant: str, code: str, key: str = "1") -> None:
    """Ask the raters to examine at an unplanned visit; from then on they see it.

    Source: trial masking, leak 9 (study default): the mere existence of a visit or a form tells a
    rater of a relapse, a reaction or an early end.

    Raises:
        Refused: The role opens no visits.
        UserError: The visit is not open, or an exam was asked for before.
    """
    session.require(f"open:{code}")
    with recording(session) as act:
        head = next(iter(act.current(f"{code}/{key}", participant)), None)
        value = dict(head.value or {}) if head is not None else {}
        if value.get("status") != "open" or value.get(ASKED) == "Y":
            raise UserError(
                "exam_not_asked",
                what="No exam was asked for.",
                why="The visit is not open, or an exam was asked for before.",
                what_to_do="Open the visit first, or wait for the rater.",
            )
        act.set("visit_opened", f"{code}/{key}", {**value, ASKED: "Y"}, participant=participant)


def _perhaps_waiting(session: Session, today: date) -> set[str]:
    """Participants of whom something may be listed, found without reading anybody else.

    A form that was begun waits until it is signed; one that was not waits while its visit is
    booked or open, or its window is. What was signed today is shown until the day is over.
    """
    study, zone = session.study, session.zone
    begin = datetime.combine(today, time(), zone)
    with session.store.read() as reader:
        heads = [
            head
            for form in study.forms.values()
            if session.may(f"enter:{form.oid}")
            # A form that nobody signs waits for ever.
            for meaning in form.signatures or ("",)
            for head in reader.unsigned(form.oid, _BEGUN, meaning)
        ]
        for status in ("booked", "open"):
            heads += reader.between("", "", f"{status} ", f"{status}!")
        found = {head.participant for head in heads} | reader.signed_since(begin)
        found |= _in_a_window(session, reader, today)
    return {one for one in found if one}


def _in_a_window(session: Session, reader: Reader, today: date) -> set[str | None]:
    """Participants whose anchor puts the window of a planned visit around today."""
    found: set[str | None] = set()
    anchors = [visit.code for visit in session.study.visits if visit.infusion == 1]
    day = timedelta(days=1)
    for visit in session.study.visits:
        if visit.kind != "scheduled":
            continue
        # The anchor whose window would open today, and so every day that its window is long.
        window = visit_window(plan_of(session, visit.code), today)
        if window is None:
            continue
        first, last = today - (window.closes - today), today - (window.opens - today)
        # A day more on both sides: there is no study day 0, and zones differ from UTC.
        begin, end = first - 2 * day, last + 3 * day
        for code in anchors:
            started = reader.between(INFUSION, START, begin.isoformat(), end.isoformat())
            found |= {one.participant for one in started if one.path.startswith(f"{code}/")}
            # Without an infusion the day of its visit counts.
            for status in ("booked", "open", "closed"):
                said = reader.between("", "", f"{status} {begin}", f"{status} {end}")
                found |= {one.participant for one in said if one.path == f"{code}/1"}
    return found


@frozen
class ExamPoint:
    """One exam on the trend.

    Attributes:
        visit: Visit code.
        visit_key: Key of a repeated visit.
        day: Local day of the exam.
        step: The rater's step.
        computed: The computed step, or none where it was not stored.
        rater: Who gave the step.
        signed: Whether a valid signature stands under the exam.
    """

    visit: str
    visit_key: str
    day: date
    step: Decimal
    computed: Decimal | None
    rater: str
    signed: bool


def edss_trend(session: Session, participant: str) -> list[ExamPoint]:
    """Every completed exam of a participant in order of time; never for a rater.

    Raises:
        Refused: A rater, or a role that may not read exams.
    """
    session.require(f"read:{EXAM}")
    if masked_rater(session):
        raise Refused(
            "trend_hidden",
            what="Earlier scores are not shown to raters.",
            why="An exam is made without knowing the ones before.",
            what_to_do="Go on with the exam at hand.",
        )
    points = []
    with session.store.read() as reader:
        heads = {head.path: head for head in reader.heads(participant=participant, form=EXAM)}
        for path, head in heads.items():
            parts = path.split("/")
            if parts[-1] != "EDSS" or head.value is None:
                continue
            step = from_json(head.value)
            prefix = "/".join(parts[:4])
            status = heads.get(prefix)
            done = status is not None and (status.value or {}).get("value") != "in_progress"
            if not isinstance(step, Code) or not done:
                continue
            signed = exam_signature(reader, participant, prefix)
            computed = heads.get(f"{prefix}/step/1/EDSS_COMPUTED")
            number = from_json(computed.value) if computed and computed.value else None
            timed = heads.get(f"{prefix}/exam/1/RSDTC")
            at = from_json(timed.value) if timed and timed.value else None
            moment = at if isinstance(at, datetime) else head.recorded_at
            day = visit_day(reader, participant, parts[0], parts[1])
            points.append(
                ExamPoint(
                    visit=parts[0],
                    visit_key=parts[1],
                    day=day or moment.astimezone(session.zone).date(),
                    step=Decimal(step.value),
                    computed=number if isinstance(number, Decimal) else None,
                    rater=head.actor or "",
                    signed=signed is not None and signed.valid,
                )
            )
    return sorted(points, key=lambda point: (point.day, point.visit))


def _state(form: FormState, signed: ExamSignature | None) -> str:
    if signed is not None:
        return "signed" if signed.valid else "void"
    return "completed" if form.status in ("completed", "amended") else form.status


def _over(visit: VisitState, form: FormState, today: date) -> bool:
    """Whether the day of a form that nobody must fill in has passed without it."""
    return not form.required and visit.day is not None and visit.day < today


def _listed(
    visit: VisitState, state: str, signed: ExamSignature | None, today: date, session: Session
) -> bool:
    if state == "signed":
        return signed is not None and signed.at.astimezone(session.zone).date() == today
    if state != "planned" or visit.status in ("booked", "open"):
        return True
    window = visit.window
    return (
        visit.status == "planned" and window is not None and window.opens <= today <= window.closes
    )
