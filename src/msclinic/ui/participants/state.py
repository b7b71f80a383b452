"""What a participant's page says of visits and forms: icon, word and what is to settle.

It decides nothing clinical and draws nothing; windows and states come from the services.
"""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from msclinic.services.session import Session
from msclinic.services.visits import FormState, VisitState
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


def begun(visit: VisitState) -> bool:
    """Whether anybody has worked on the visit."""
    return visit.status in ("open", "closed") or any(f.status != "planned" for f in visit.forms)


def is_complete(visit: VisitState) -> bool:
    """Whether every form that the schedule asks for is filled in, as far as the role sees them."""
    wanted = [form for form in visit.forms if form.required]
    return bool(wanted) and all(form.status in ("completed", "amended") for form in wanted)


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
        scheduled = session.study.visit(visit.code).kind == "scheduled"
        if scheduled and visit.status in ("planned", "booked"):
            return visit
    return None


def visit_look(visit: VisitState, today: date) -> Look:
    """A visit's state."""
    if visit.status == "closed":
        return Look("ok", "ok", tr("closed"))
    if visit.status == "open" and is_complete(visit):
        return Look("ok", "ok", tr("complete"))
    if visit.status == "open":
        if visit.day == today:
            return Look("in_progress", "accent", tr("today"))
        return Look("attention", "att", tr("unfinished"))
    late_booking = visit.status == "booked" and visit.day is not None and visit.day < today
    if late_booking or (visit.window is not None and visit.window.closes < today):
        return Look("attention", "att", tr("overdue"))
    if visit.status == "booked" and visit.day is not None:
        return Look("calendar", "accent", tr("booked {day}", day=short_day(visit.day, today)))
    return Look("not_begun", "text2", tr("planned"))


def form_look(session: Session, form: FormState, visit: VisitState, today: date) -> Look:
    """A form's state within its visit."""
    if form.conflicts:
        return Look("conflict", "att", tr("conflict"))
    if form.signed:
        return Look("ok", "ok", tr("signed"))
    over = visit.status == "closed" or (
        visit.status == "open" and visit.day is not None and visit.day < today
    )
    if form.status in ("completed", "amended") and session.study.form(form.form).signatures:
        if over:
            return Look("attention", "att", tr("unsigned"))
        return Look("pen-line", "accent", tr("to sign"))
    if form.status == "amended":
        return Look("ok", "ok", tr("amended"))
    if form.status == "completed":
        return Look("ok", "ok", tr("complete"))
    if form.status == "in_progress":
        if over:
            return Look("attention", "att", tr("unfinished"))
        return Look("in_progress", "accent", tr("started"))
    if visit.status not in ("open", "closed"):
        return Look("not_begun", "text2", tr("planned"))
    if not form.required:
        return Look("not_begun", "text2", tr("optional"))
    return Look("attention", "att", tr("missing")) if over else Look("waits", "text", tr("to do"))


def unsettled(session: Session, visits: Sequence[VisitState], today: date) -> list[Unsettled]:
    """What is open from before: conflicts, missing or unfinished forms, visits overdue."""
    found = []
    for visit in visits:
        where = visit.code
        if visit.day is not None:
            where = tr("{visit}, {day}", visit=visit.code, day=short_day(visit.day, today))
        for form in visit.forms:
            look = form_look(session, form, visit, today)
            if look.tone != "att":
                continue
            title = session.study.form(form.form).title.text(current_language())
            sentence = tr("{form}: {state}", form=title, state=look.word)
            found.append(Unsettled(Look(look.icon, look.tone, sentence), where, visit, form))
        if not begun(visit) and visit_look(visit, today).tone == "att":
            look = visit_look(visit, today)
            name = session.study.visit(visit.code).title.text(current_language())
            sentence = tr("{form}: {state}", form=name, state=look.word)
            closed = ""
            if visit.window is not None and visit.window.closes < today:
                closed = tr("window closed {day}", day=short_day(visit.window.closes, today))
            elif visit.day is not None:
                closed = tr("booked {day}", day=short_day(visit.day, today))
            found.append(Unsettled(Look(look.icon, look.tone, sentence), closed, visit))
    # A conflict must be decided by a person; it comes before what is merely missing.
    return sorted(found, key=lambda one: one.look.icon != "conflict")
