"""What is not signed: forms, visits and casebooks, by the signatures that are missing.

Source: ICH E6(R3) 3.16.1(o): data that need the investigator's signature are listed until they have
it. A signature that became void is listed as one to give again.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from attrs import frozen

from msclinic.services.session import Session
from msclinic.services.sign_off import (
    CASEBOOK_MEANING,
    VISIT_MEANING,
    missing_meanings,
    sign_off_of,
)
from msclinic.services.visits import COMMON_VISIT, FormState, VisitState
from msclinic.store import WHOLE, SignatureRow

__all__ = ["Unsigned", "may_give", "unsigned_of"]

_FILLED = ("completed", "amended")
_BEGUN = ("open", "closed")
# Whoever reads how a participant's part ended knows of every visit.
_SEES_ALL = "read:end_of_study"


@frozen
class Unsigned:
    """Something over which a signature is missing.

    Attributes:
        visit: Where it is; the common visit for the casebook.
        form: The form, or none where it is the visit or the casebook.
        meanings: The signatures that are missing.
        void: Whether one of them was given and is void.
    """

    visit: VisitState
    form: FormState | None
    meanings: tuple[str, ...]
    void: bool


def may_give(session: Session, meanings: Iterable[str]) -> bool:
    """Whether the person who looks may give one of some signatures."""
    return any(session.may(f"sign:{meaning}") for meaning in meanings)


def unsigned_of(
    session: Session, participant: str, visits: Sequence[VisitState], today: date
) -> tuple[Unsigned, ...]:
    """Everything of one participant that lacks a signature, as far as the role sees it.

    Args:
        session: Who looks.
        participant: Random id.
        visits: The participant's visits as the role sees them.
        today: The site's day.
    """
    with session.store.read() as reader:
        rows = reader.signatures(participant=participant)
    found = [one for visit in visits for one in _forms(session, visit, rows)]
    if session.may(_SEES_ALL):
        found += _visits(session, visits, rows, today)
        found += _casebook(session, visits, rows)
    return tuple(found)


def _forms(session: Session, visit: VisitState, rows: Sequence[SignatureRow]) -> list[Unsigned]:
    found = []
    for form in visit.forms:
        if form.signed or form.status not in _FILLED:
            continue
        scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
        missing, void = missing_meanings(session.study, scope, form.form, rows)
        if missing:
            found.append(Unsigned(visit, form, missing, void))
    return found


def _visits(
    session: Session, visits: Sequence[VisitState], rows: Sequence[SignatureRow], today: date
) -> list[Unsigned]:
    found = []
    for visit in _took_place(visits):
        status = sign_off_of(rows, f"{visit.code}/{visit.key}").status
        over = visit.status == "closed" or (visit.day is not None and visit.day < today)
        if status == "void" or (status == "none" and over and _ready(session, visit)):
            found.append(Unsigned(visit, None, (VISIT_MEANING,), status == "void"))
    return found


def _casebook(
    session: Session, visits: Sequence[VisitState], rows: Sequence[SignatureRow]
) -> list[Unsigned]:
    common = next((visit for visit in visits if visit.code == COMMON_VISIT), None)
    status = sign_off_of(rows, WHOLE).status
    if common is None or status == "valid":
        return []
    coming = any(
        visit.expected and visit.status in ("planned", "booked")
        for visit in visits
        if session.study.visit(visit.code).kind == "scheduled"
    )
    took_place = list(_took_place(visits))
    signed = all(
        sign_off_of(rows, f"{visit.code}/{visit.key}").status == "valid" for visit in took_place
    )
    ended = bool(took_place) and not coming and signed and _ready(session, common)
    if status == "void" or ended:
        return [Unsigned(common, None, (CASEBOOK_MEANING,), status == "void")]
    return []


def _took_place(visits: Iterable[VisitState]) -> Iterable[VisitState]:
    return (
        visit
        for visit in visits
        if visit.code != COMMON_VISIT
        and (visit.status in _BEGUN or any(form.status != "planned" for form in visit.forms))
    )


def _ready(session: Session, visit: VisitState) -> bool:
    """Whether nothing that can be seen at once keeps it from being signed off."""
    return all(_form_ready(session, visit, form) for form in visit.forms)


def _form_ready(session: Session, visit: VisitState, form: FormState) -> bool:
    definition = session.study.form(form.form)
    if definition.own or form.status == "entered_in_error":
        return True
    if form.status == "planned":
        return not form.required or not visit.expected or visit.code == COMMON_VISIT
    done = form.status in _FILLED and not form.conflicts
    return done and (form.signed or not definition.signatures)
