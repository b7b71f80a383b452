"""Words that some roles must never read, typed into a clinic, and a search for them in answers."""

import subprocess
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
from tests.integration.rights_walk import Walk

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.services.documents import finish_summary
from msclinic.services.entry import FormEntry
from msclinic.services.entry_record import OpenForm
from msclinic.services.gateway import random_key
from msclinic.services.neuro import ExamEntry
from msclinic.services.queries import raise_query
from msclinic.services.session import Session
from msclinic.services.visit_reading import VisitReading
from msclinic.study.model import Role, Study, Visit
from msclinic.wording import filled

__all__ = [
    "ARM",
    "EVENT",
    "GUESS",
    "KIT",
    "QUERY",
    "QUERY_OF_EVENT",
    "WALK",
    "WEIGHT",
    "Planted",
    "hidden_from",
    "planted",
    "said",
]

EVENT = "Quetzalfieber"
WEIGHT = "173.4"
ARM = "exosome-not-placebo-DRB1"
GUESS = "smell-of-the-bag"
QUERY = "whence-this-weight"
QUERY_OF_EVENT = "which-fever-was-it"
WALK = "hurried-in-red-shoes"
ALLERGY = "penicillin"
KIT = "K-203391"
_OWN_OF_RATERS = ("RAT", "ASSESSOR")
_STUDY_OR_PERSON = (Session, Study, Visit, Role, FormDefinition, ItemDefinition)


@attrs.frozen
class Planted:
    """Where the words lie.

    Attributes:
        event: Place of the adverse event's form.
        weight: Place of the vital signs.
        arm: Place of the results that reveal the arm.
        guess: Place of the nurse's guess.
        queries: Keys of the queries on weight and event.
        document: The summary of the infusion visit.
        signatures: Entries of every signature of the participant.
    """

    event: str
    weight: str
    arm: str
    guess: str
    queries: tuple[str, str]
    document: str
    signatures: tuple[str, ...]


def planted(walk: Walk) -> Planted:
    """Type every word where a person of the clinic would."""
    participant, nurse = walk.participant, walk.session("NUR")
    event = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=random_key())
    _answer(event, "AETERM", EVENT)
    weight = FormEntry(nurse, participant, "SCR", "vital_signs")
    _answer(weight, "WEIGHT", Decimal(WEIGHT))
    guess = FormEntry(nurse, participant, "V1", "mask_guess", form_key=random_key())
    _answer(guess, "MG_GUESS", Code("ACTIVE"))
    why = {"code": "4", "text": GUESS}
    guess.answer(guess.ref("MG_GUESS"), Code("PLACEBO"), reason=why)
    arm = FormEntry(walk.session("LABU"), participant, "V2", "restricted_results")
    _answer(arm, "ISREFID", "R-1")
    _answer(arm, "DONOR_HLA", Code("DETECTED"))
    _answer(arm, "DONOR_HLA_TEXT", ARM)
    timed = FormEntry(walk.session("ASSESSOR"), participant, "V1", "t25fw")
    _answer(timed, "T25FW_NOTE", WALK)
    monitor = walk.session("MON")
    queries = (
        raise_query(monitor, participant, weight.path(weight.ref("WEIGHT")), QUERY),
        raise_query(monitor, participant, event.path(event.ref("AETERM")), QUERY_OF_EVENT),
    )
    document = finish_summary(walk.session("CRC"), participant, "V1").id
    with monitor.store.read() as reader:
        signatures = tuple(row.entry for row in reader.signatures(participant=participant))
    places = (event.prefix, weight.prefix, arm.prefix, guess.prefix)
    return Planted(*places, queries, document, signatures)


def _answer(entry: FormEntry, item: str, answer: Any) -> None:
    assert entry.answer(entry.ref(item), answer).accepted


def hidden_from(session: Session) -> frozenset[str]:
    """Words that a role must find nowhere: what was typed, and names of forms."""
    role, study = session.role, session.study
    if role in _OWN_OF_RATERS:
        others = {
            form
            for form in study.forms
            if not session.may(f"read:{form}") and not session.may(f"enter:{form}")
        }
        typed = {EVENT, WEIGHT, ARM, GUESS, QUERY, QUERY_OF_EVENT, ALLERGY, KIT}
        return frozenset(typed | others)
    if role == "ADMIN":
        return frozenset({EVENT, WEIGHT, ARM, GUESS, QUERY, QUERY_OF_EVENT, WALK, ALLERGY, KIT})
    if role == "PREP":
        return frozenset({EVENT, WEIGHT, ARM, GUESS, QUERY, QUERY_OF_EVENT, WALK, ALLERGY})
    if role in ("LAB", "LABU"):
        mine = {ARM} if role == "LABU" else {ALLERGY}
        typed = {EVENT, WEIGHT, ARM, GUESS, QUERY, QUERY_OF_EVENT, WALK, ALLERGY, KIT}
        return frozenset(typed - mine | ({"restricted_results"} if role == "LAB" else set()))
    guesses = set() if role in ("NUR", "DM") else {GUESS}
    return frozenset({ARM, "restricted_results"} | guesses)


def said(answer: object) -> str:
    """Everything that an answer of a service says, in words."""
    return "\n".join(_words(answer, set()))


def _words(one: object, seen: set[int]) -> Iterable[str]:
    if one is None or isinstance(one, (bool, *_STUDY_OR_PERSON)) or id(one) in seen:
        return
    seen.add(id(one))
    kind = type(one)
    if isinstance(one, UserError):
        yield one.code
        yield from (filled(sentence, one.parameters) for sentence in one.sentences)
    elif isinstance(one, bytes):
        yield _read(one)
    elif isinstance(one, Path):
        yield str(one)
    elif isinstance(one, Mapping):
        for key, value in one.items():
            yield from _words(key, seen)
            yield from _words(value, seen)
    elif attrs.has(kind):
        for each in attrs.fields(kind):
            yield from _words(getattr(one, each.name), seen)
    elif isinstance(one, (OpenForm, ExamEntry, VisitReading)):
        form = one if isinstance(one, OpenForm) else getattr(one, "form", None)
        if isinstance(form, OpenForm):
            yield from (repr(form.state(ref)) for ref in form.refs())
    elif isinstance(one, (list, tuple, set, frozenset)):
        for value in one:
            yield from _words(value, seen)
    else:
        yield str(one)


def _read(content: bytes) -> str:
    if content.startswith(b"%PDF"):
        told = subprocess.run(
            ["pdftotext", "-", "-"], input=content, capture_output=True, check=True
        )
        return told.stdout.decode()
    return content.decode("utf-8", "replace")
