"""Forms outside the visits, read from the record: logs with their entries, and calls."""

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from msclinic.domain.values import Answer
from msclinic.services.context import answers_by_item, form_numbers
from msclinic.services.life_record import ACT_FORMS
from msclinic.services.session import Session
from msclinic.services.visits import COMMON_VISIT, FormState, VisitState
from msclinic.ui.participants.banner import short_day
from msclinic.ui.participants.state import Look, form_look
from msclinic.wording import current_language, tr

__all__ = ["Entry", "Log", "read_logs"]

_LONGEST = 60


@frozen
class Entry:
    """One form of a log: where it is, its state and what it is about."""

    visit: VisitState
    form: FormState
    look: Look
    title: str
    number: int


@frozen
class Log:
    """Forms of one kind outside the visits, and whether another can be added."""

    form: str
    title: str
    entries: tuple[Entry, ...]
    adds: bool


def read_logs(
    session: Session, participant: str, visits: Sequence[VisitState], today: date
) -> tuple[Log, ...]:
    """The calls, then every kind of form outside the visits that the role may see or begin.

    Args:
        session: Who looks.
        participant: Random id.
        visits: Every visit as the role sees it.
        today: The day at the site.
    """
    study, found = session.study, []
    calls = [visit for visit in visits if study.visit(visit.code).kind == "call"]
    made = [_call(session, visit, form, today) for visit in calls for form in visit.forms]
    if made:
        made.sort(key=lambda one: one.visit.day or date.max)
        found.append(Log("calls", tr("Calls"), tuple(made), adds=False))
    log = next((visit for visit in visits if visit.code == COMMON_VISIT), None)
    known = {visit.code for visit in study.visits}
    for one in study.visit(COMMON_VISIT).forms if COMMON_VISIT in known else ():
        entries = _entries(session, participant, log, one.form, today) if log is not None else []
        act = one.form in ACT_FORMS
        adds = session.may(f"enter:{one.form}") and not act
        # Acts are listed with the status; here only what was begun as a form and not signed.
        left = tuple(e for e in entries if not (act and e.form.signed))
        if adds or left or (session.may(f"read:{one.form}") and not act):
            title = study.form(one.form).title.text(current_language())
            found.append(Log(one.form, title, left, adds=adds))
    return tuple(found)


def _call(session: Session, visit: VisitState, form: FormState, today: date) -> Entry:
    title = session.study.visit(visit.code).title.text(current_language())
    if visit.day is not None:
        title = f"{title}, {short_day(visit.day, today)}"
    return Entry(visit, form, form_look(session, form, visit, today), title, 0)


def _entries(
    session: Session, participant: str, log: VisitState, oid: str, today: date
) -> list[Entry]:
    forms = [form for form in log.forms if form.form == oid]
    if not forms or not session.may(f"read:{oid}"):
        forms = [form for form in forms if form.status != "planned"]
    entries = []
    with session.store.read() as reader:
        numbers = form_numbers(reader, participant, oid) if forms else {}
        for form in forms:
            scope = f"{log.code}/{log.key}/{oid}/{form.key}"
            if form.status == "planned":
                continue
            heads = reader.heads(participant=participant, prefix=scope)
            words = _about(session, oid, answers_by_item(heads))
            look = form_look(session, form, log, today)
            number = numbers.get(scope, len(numbers) + 1)
            entries.append(Entry(log, form, look, f"{number} · {words}".strip(" ·"), number))
    return sorted(entries, key=lambda one: one.number)


def _about(session: Session, oid: str, answers: Mapping[str, Answer]) -> str:
    """The first words of an entry, such as the diagnosis of an adverse event."""
    for group in session.study.form(oid).item_groups:
        for item in group.items:
            said = answers.get(item.oid)
            if item.type == "text" and isinstance(said, str) and said:
                return said if len(said) <= _LONGEST else said[: _LONGEST - 2] + " …"
    return ""
