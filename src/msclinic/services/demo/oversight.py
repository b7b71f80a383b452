"""What is looked after beside the visits: comparison with the source, queries, sign-offs, locks.

Each is done by the role whose task it is, as at the screens for it.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta

from attrs import frozen

from msclinic.services.data_locks import lock
from msclinic.services.demo.floor import SITE, Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.entry import FormEntry
from msclinic.services.queries import raise_query, say
from msclinic.services.sign_off import NotReady, sign_casebook, sign_visit
from msclinic.services.source_verification import mark_verified
from msclinic.services.visits import COMMON_VISIT, VisitState, participant_visits

__all__ = ["DEVIATIONS_JUDGED", "oversight"]

_MONITOR, _COORDINATOR, _PHYSICIAN = "MON-01", "CRC-01", "PHY-01"
_MONITORED = -40
"""Day of the monitor's last visit."""
_SIGNED_OFF = -2
"""Day on which the physician signs off what is complete."""
_FRESH = 12
"""Days; visits younger than this are left for another time."""
DEVIATIONS_JUDGED = 11
"""Days from the end of the study to the judgement of its deviations, before anything is signed."""


@frozen
class _Asked:
    """A query and what became of it.

    Attributes:
        by: Who asks.
        place: Path of the form.
        item: About which item; empty for the whole form.
        text: The question.
        answered_by: Who answers; empty while nobody has.
        answer: What they say.
        closed: Whether who asked has closed it.
    """

    by: str
    place: str
    item: str
    text: str
    answered_by: str = ""
    answer: str = ""
    closed: bool = False


_QUERIES = {
    "ae": _Asked(
        _MONITOR,
        "SCR/1/vital_signs/1",
        "WEIGHT",
        "The scale's printout is not in the source folder. Please file it.",
        "NUR-06",
        "Printout found and filed; the weight is as entered.",
    ),
    "late": _Asked(
        _MONITOR,
        "SCR/1/vital_signs/1",
        "WEIGHT",
        "Why was the weight changed weeks after the visit?",
        "NUR-06",
        "One digit was misread from the printout; a copy lies in the source folder.",
        closed=True,
    ),
    "relapse": _Asked(
        _MONITOR,
        "SCR/1/ms_history/1",
        "MSDIAGDAT",
        "The referral letter names a month as well. Please add it.",
    ),
    "error": _Asked(
        _COORDINATOR,
        "SCR/1/medical_history/1",
        "",
        "Is the letter of the family doctor here already?",
        _PHYSICIAN,
        "It came today; nothing in it changes the history.",
        closed=True,
    ),
    "unusual": _Asked(
        _COORDINATOR,
        "V1/1/eligibility/1",
        "IEDAT",
        "Is this the day of the decision or of the form?",
    ),
}
"""By what is noted of a participant."""

Planned = tuple[int, str, str, Callable[[Floor, str], None]]
"""Days from today, local time, title and deed."""


def oversight(one: MadeUp) -> Iterator[Planned]:
    """What monitor, coordinator and investigator do about one participant."""
    asked = _QUERIES.get(one.note)
    if asked is not None:
        yield _MONITORED, "10:15", "source comparison", lambda f, p: _compare(f, p, ("SCR",))
        yield _MONITORED, "11:30", "query", lambda f, p: _ask(f, p, asked)
    if one.fate == "completed":
        day = one.fate_day + DEVIATIONS_JUDGED
        yield day + 1, "09:10", "source comparison", _compare_all
        yield day + 2, "10:10", "visits signed off", _sign_visits
        yield day + 3, "11:10", "casebook signed", _sign_casebook
        yield day + 4, "11:20", "casebook locked", _lock_casebook
    elif one.screened < _SIGNED_OFF - _FRESH:
        yield _SIGNED_OFF, f"14:{one.number:02d}", "visits signed off", _sign_what_is_complete


def _compare(floor: Floor, participant: str, visits: tuple[str, ...]) -> None:
    monitor = floor.session(_MONITOR)
    for visit in _begun(floor, _MONITOR, participant):
        if visit.code in visits:
            mark_verified(monitor, participant, f"{visit.code}/{visit.key}")


def _compare_all(floor: Floor, participant: str) -> None:
    """Every answer of the participant is compared before the casebook is signed."""
    codes = tuple(visit.code for visit in floor.session(_MONITOR).study.visits)
    _compare(floor, participant, codes)


def _ask(floor: Floor, participant: str, asked: _Asked) -> None:
    asking = floor.session(asked.by)
    scope = asked.place
    if asked.item:
        visit, key, form, form_key = scope.split("/")
        entry = FormEntry(asking, participant, visit, form, key, form_key)
        scope = entry.path(entry.ref(asked.item))
    query = raise_query(asking, participant, scope, asked.text)
    if asked.answer:
        floor.wait(25)
        say(floor.session(asked.answered_by), participant, query, "answer", asked.answer)
    if asked.closed:
        floor.wait(10)
        say(asking, participant, query, "close", "")


def _sign_visits(floor: Floor, participant: str) -> None:
    """The physician signs off visit after visit."""
    for visit in _begun(floor, _PHYSICIAN, participant):
        if visit.code != COMMON_VISIT:
            _sign_visit(floor, participant, visit)


def _sign_what_is_complete(floor: Floor, participant: str) -> None:
    """The physician signs off earlier visits, as far as nothing in them waits any more."""
    for visit in _begun(floor, _PHYSICIAN, participant):
        past = visit.day is not None and visit.day < floor.today - timedelta(days=_FRESH)
        if visit.code != COMMON_VISIT and past:
            with suppress(NotReady):
                _sign_visit(floor, participant, visit)


def _sign_visit(floor: Floor, participant: str, visit: VisitState) -> None:
    physician, password = floor.session(_PHYSICIAN), floor.passwords[_PHYSICIAN]
    sign_visit(physician, participant, visit.code, visit.key, password)


def _sign_casebook(floor: Floor, participant: str) -> None:
    investigator = SITE.investigator
    sign_casebook(floor.session(investigator), participant, floor.passwords[investigator])


def _lock_casebook(floor: Floor, participant: str) -> None:
    """Every visit is locked, and each form that belongs to none."""
    investigator = floor.session(SITE.investigator)
    for visit in _begun(floor, SITE.investigator, participant):
        whole = f"{visit.code}/{visit.key}"
        scopes = [whole]
        if visit.code == COMMON_VISIT:
            forms = [form for form in visit.forms if form.status != "planned"]
            scopes = [f"{whole}/{form.form}/{form.key}" for form in forms]
        for scope in scopes:
            lock(investigator, participant, scope)


def _begun(floor: Floor, account: str, participant: str) -> list[VisitState]:
    return [
        visit
        for visit in participant_visits(floor.session(account), participant)
        if any(form.status != "planned" for form in visit.forms)
    ]
