"""Participants of the site: enrolment, the list, and the identity that every banner shows.

Raters see code, year of birth, sex, course, planned visit and contact allergies, and nothing else.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes, from_json
from msclinic.services.gateway import random_id, recording
from msclinic.services.session import Session
from msclinic.store import WORD, Name, Reader
from msclinic.wording import current_language, tr

__all__ = [
    "CODE_PATH",
    "Identity",
    "enrol",
    "find_participant",
    "holders_of",
    "identities",
    "identity",
    "masked_rater",
    "participant_codes",
]

CODE_PATH = "participant/code"
_SHOWN = ("BRTHYY", "SEX", "COURSE", "ALLERGY", "ALLERGY_TEXT", "CONTACT_ALLERGY")


@frozen
class Identity:
    """What the banner says of a participant.

    Attributes:
        participant: Random id used in the record.
        code: Subject code such as ``PL01-007``.
        birth_year: Year of birth, or none while unknown.
        sex: ``F`` or ``M``, or none while unknown.
        course: ``PPMS`` or ``SPMS``, or none while unknown.
        allergies: Allergies in words; empty while unknown; for raters contact allergies only.
        allergies_known: Whether allergies were asked for at all.
        shown: Whether the role may know more than the code; where not, nothing above says that
            anything is unknown.
    """

    participant: str
    code: str
    birth_year: str | None = None
    sex: str | None = None
    course: str | None = None
    allergies: str = ""
    allergies_known: bool = False
    shown: bool = True


def enrol(session: Session, number: int) -> str:
    """Open a participant's record under the site's next code; gives the random id.

    Args:
        session: Who enrols.
        number: Running number at this site, 1 to 999.

    Raises:
        UserError: The number is taken or out of range.
    """
    session.require("enrol")
    code = f"{session.place.site}-{number:03d}"
    if not re.fullmatch(r"[A-Z0-9]{2,8}-[0-9]{3}", code) or number < 1:
        raise UserError(
            "participant_number",
            what="This is not a participant number.",
            why="Numbers run from 1 to 999.",
            what_to_do="Use the next free number of the screening log.",
        )
    with recording(session) as act:
        if holders_of(act.uow, code):
            raise UserError(
                "participant_exists",
                what="There is already a participant with this number.",
                why="A code is given once and never again.",
                what_to_do="Use the next free number of the screening log.",
            )
        participant = random_id()
        act.set("participant_enrolled", CODE_PATH, _text(code), participant=participant)
    return participant


def masked_rater(session: Session) -> bool:
    """Whether the person sees only their own forms of a participant."""
    return session.role in ("RAT", "ASSESSOR")


def identities(session: Session, among: Iterable[str] | None = None) -> list[Identity]:
    """Participants of the site in order of code.

    Args:
        session: Who looks.
        among: Random ids of those wanted; everyone if left out.
    """
    wanted = None if among is None else list(among)
    asked = _sees_demography(session)
    with session.store.read() as reader:
        names = reader.named(CODE_PATH) if wanted is None else reader.names_of(CODE_PATH, wanted)
        codes = {name.participant: _said(name) for name in names}
        known = reader.items_of("demography", _SHOWN, wanted) if asked else {}
    found = [_identity(session, one, code, known.get(one, {})) for one, code in codes.items()]
    return sorted(found, key=lambda one: one.code)


def participant_codes(session: Session) -> list[tuple[str, str]]:
    """Random id and code of everyone at the site, in order of code."""
    with session.store.read() as reader:
        codes = {name.participant: _said(name) for name in reader.named(CODE_PATH)}
    return sorted(codes.items(), key=lambda one: one[1])


def identity(session: Session, participant: str) -> Identity:
    """One participant's banner.

    Raises:
        UserError: There is no such participant.
    """
    for found in identities(session, [participant]):
        return found
    raise _unknown()


def find_participant(session: Session, code: str) -> str:
    """The random id behind a subject code.

    Raises:
        UserError: There is no such participant.
    """
    with session.store.read() as reader:
        for participant in holders_of(reader, code):
            return participant
    raise _unknown()


def holders_of(reader: Reader, code: str) -> list[str]:
    """Random ids of those who were given a subject code; one, unless two devices gave it."""
    small = code.casefold()[:WORD]
    return [
        name.participant
        for name in reader.named(CODE_PATH, small, small + "\0")
        if name.value == _text(code)
    ]


def _unknown() -> UserError:
    return UserError(
        "no_participant",
        what="There is no such participant at this site.",
        why="No record carries this code.",
        what_to_do="Look the code up in the list of participants.",
    )


def _said(name: Name) -> str:
    return str((name.value or {}).get("value", ""))


def _sees_demography(session: Session) -> bool:
    # Preparers and the admin know a participant by the code alone.
    return masked_rater(session) or session.may("read:demography")


def _identity(
    session: Session, participant: str, code: str, values: Mapping[str, Mapping[str, Any]]
) -> Identity:
    rater = masked_rater(session)
    if not _sees_demography(session):
        return Identity(participant=participant, code=code, shown=False)
    answers = {item: from_json(value) for item, value in values.items()}
    parts = []
    if not rater:
        told = _words(answers.get("ALLERGY_TEXT"))
        # An allergy whose substance is not there, or was removed, must never read as none.
        if not told and answers.get("ALLERGY") == Code("KNOWN"):
            told = tr("known allergy, substance not stated")
        parts.append(told)
    contact = answers.get("CONTACT_ALLERGY")
    if isinstance(contact, Codes):
        labels = session.study.form("demography").item("CONTACT_ALLERGY").codelist
        parts.extend(
            labels.label(one, current_language()).lower() if labels else one
            for one in contact.values
            if one != "NONE"
        )
    return Identity(
        participant=participant,
        code=code,
        birth_year=_words(answers.get("BRTHYY")) or None,
        sex=_words(answers.get("SEX")) or None,
        course=_words(answers.get("COURSE")) or None,
        allergies=", ".join(part for part in parts if part),
        allergies_known="CONTACT_ALLERGY" in answers if rater else "ALLERGY" in answers,
    )


def _words(answer: Answer | None) -> str:
    if isinstance(answer, Code):
        return answer.value
    return str(answer) if isinstance(answer, str | int) else ""


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "value": text}
