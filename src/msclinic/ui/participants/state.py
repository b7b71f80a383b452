"""What a participant's page says of visits and forms: icon, word and what is to settle.

It decides nothing clinical and draws nothing; windows and states come from the services.
"""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from msclinic.services.session import Session
from msclinic.services.visits import FormState, VisitState
from msclinic.services.worklist import (
    Point,
    begun,
    form_matter,
    is_complete,
    points_of,
    visit_matter,
)
from msclinic.ui.participants.banner import short_day
from msclinic.wording import current_language, tr

__all__ = [
    "Look",
    "Unsettled",
    "at_hand",
    "begun",
    "form_look",
    "is_complete",
    "next_visit",
    "unsettled",
    "visit_look",
]


@frozen
class Look:
    """A state as it is shown.

    Attributes:
        icon: Name of the icon.
        tone: Its tone.
        word: The same in a word.
    """

    icon: str
    tone: str
    word: str


@frozen
class Unsettled:
    """Something a person should look at.

    Attributes:
        look: Icon and tone; its word says what is the matter.
        detail: Where and since when.
        visit: The visit.
        form: The form to open, or none where it is the visit itself.
    """

    look: Look
    detail: str
    visit: VisitState
    form: FormState | None = None


def at_hand(visits: Sequence[VisitState], today: date) -> VisitState | None:
    """The visit under way: opened today, or earlier and not complete unless one is due today."""
    opened = [visit for visit in visits if visit.status == "open"]
    for visit in opened:
        if visit.day == today:
            return visit
    if any(visit.status == "booked" and visit.day == today for visit in visits):
        return None
    unfinished = [visit for visit in opened if not is_complete(visit)]
    return unfinished[-1] if unfinished else None


def next_visit(session: Session, visits: Sequence[VisitState]) -> VisitState | None:
    """The first scheduled visit that was not opened yet."""
    for visit in visits:
        scheduled = session.study.visit(visit.code).kind == "scheduled" and visit.expected
        if scheduled and visit.status in ("planned", "booked"):
            return visit
    return None


def visit_look(visit: VisitState, today: date) -> Look:
    """A visit's state."""
    matter = visit_matter(visit, today)
    if matter == "booked" and visit.day is not None:
        return Look("calendar", "accent", tr("booked {day}", day=short_day(visit.day, today)))
    return {
        "closed": Look("ok", "ok", tr("closed")),
        "complete": Look("ok", "ok", tr("complete")),
        "today": Look("in_progress", "accent", tr("today")),
        "unfinished": Look("attention", "att", tr("unfinished")),
        "overdue": Look("attention", "att", tr("overdue")),
        "dropped": Look("minus", "text2", tr("no longer planned")),
    }.get(matter, Look("not_begun", "text2", tr("planned")))


def form_look(session: Session, form: FormState, visit: VisitState, today: date) -> Look:
    """A form's state within its visit."""
    return {
        "conflict": Look("conflict", "att", tr("conflict")),
        "signed": Look("ok", "ok", tr("signed")),
        "unsigned": Look("attention", "att", tr("unsigned")),
        "to_sign": Look("pen-line", "accent", tr("to sign")),
        "amended": Look("ok", "ok", tr("amended")),
        "complete": Look("ok", "ok", tr("complete")),
        "unfinished": Look("attention", "att", tr("unfinished")),
        "started": Look("in_progress", "accent", tr("started")),
        "planned": Look("not_begun", "text2", tr("planned")),
        "dropped": Look("minus", "text2", tr("dropped")),
        "optional": Look("not_begun", "text2", tr("optional")),
        "missing": Look("attention", "att", tr("missing")),
        "to_do": Look("waits", "text", tr("to do")),
    }[form_matter(session, form, visit, today)]


def unsettled(session: Session, visits: Sequence[VisitState], today: date) -> list[Unsettled]:
    """What is open from before: conflicts, missing or unfinished forms, visits overdue."""
    return [_unsettled(session, point, today) for point in points_of(session, "", visits, today)]


def _unsettled(session: Session, point: Point, today: date) -> Unsettled:
    visit, form = point.visit, point.form
    if form is not None:
        look = form_look(session, form, visit, today)
        name = session.study.form(form.form).title.text(current_language())
        where = visit.code
        if visit.day is not None:
            where = tr("{visit}, {day}", visit=visit.code, day=short_day(visit.day, today))
    else:
        look = visit_look(visit, today)
        name = session.study.visit(visit.code).title.text(current_language())
        where = ""
        if visit.window is not None and visit.window.closes < today:
            where = tr("window closed {day}", day=short_day(visit.window.closes, today))
        elif visit.day is not None:
            where = tr("booked {day}", day=short_day(visit.day, today))
    sentence = tr("{form}: {state}", form=name, state=look.word)
    return Unsettled(Look(look.icon, look.tone, sentence), where, visit, form)
