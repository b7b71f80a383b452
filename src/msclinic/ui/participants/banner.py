"""Who a screen is about, in the words of the banner."""

from datetime import date

from msclinic.services.exam_lists import planned_visit
from msclinic.services.participants import Identity, identity, masked_rater
from msclinic.services.session import Session
from msclinic.services.visits import VisitState
from msclinic.ui.widgets.banner import Identity as Banner
from msclinic.wording import current_language, date_text, tr

__all__ = ["banner_for", "banner_of", "facts_of", "short_day", "visit_title", "window_words"]


def facts_of(one: Identity) -> str:
    """Year of birth, sex and course: ``b. 1981 · F · SPMS``; empty for whom they are hidden."""
    if not one.shown:
        return ""
    parts = [tr("b. {year}", year=one.birth_year) if one.birth_year else ""]
    if one.sex:
        parts.append({"F": tr("F"), "M": tr("M")}.get(one.sex, one.sex))
    parts.append(one.course or "")
    return " · ".join(part for part in parts if part) or tr("demography not entered yet")


def visit_title(session: Session, code: str) -> str:
    """A visit's name with its code: ``Month 6, infusion 3 (V3)``; for a rater the month alone."""
    if masked_rater(session):
        return planned_visit(session, code)
    return f"{session.study.visit(code).title.text(current_language())} ({code})"


def short_day(day: date, today: date) -> str:
    """A day without its year while that is this year: ``24 Nov``, ``24 Feb 2027``."""
    return date_text(day, year=day.year != today.year)


def window_words(visit: VisitState, today: date) -> str:
    """The window of a visit in words, empty where it is not known yet."""
    if visit.window is None:
        return ""
    return tr(
        "window {first} to {last}",
        first=short_day(visit.window.opens, today),
        last=short_day(visit.window.closes, today),
    )


def banner_of(session: Session, participant: str, visit: VisitState | None = None) -> Banner:
    """The banner of a participant's page, with the visit at hand if there is one.

    Raises:
        UserError: There is no such participant.
    """
    one = identity(session, participant)
    return banner_for(session, one, visit.code if visit else "", visit.chair if visit else None)


def banner_for(session: Session, one: Identity, visit: str, chair: int | None) -> Banner:
    """The banner of somebody whose identity was read already."""
    return Banner(
        code=one.code,
        facts=facts_of(one),
        visit=visit_title(session, visit) if visit else "",
        allergies=one.allergies,
        allergy_known=one.allergies_known,
        told=one.shown,
        chair=chair,
    )
