"""Participants of the site: enrolment, the list, and the identity that every banner shows.

Raters see code, year of birth, sex, course, planned visit and contact allergies, and nothing else.
"""

import re

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Code, Codes, from_json
from msclinic.services.gateway import random_id, recording
from msclinic.services.session import Session
from msclinic.store import Reader
from msclinic.wording import current_language

__all__ = ["Identity", "enrol", "find_participant", "identities", "identity", "masked_rater"]

CODE_PATH = "participant/code"


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
    """

    participant: str
    code: str
    birth_year: str | None = None
    sex: str | None = None
    course: str | None = None
    allergies: str = ""
    allergies_known: bool = False


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
        if any(head.value == _text(code) for head in act.uow.heads(prefix=CODE_PATH)):
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


def identities(session: Session) -> list[Identity]:
    """Every participant of the site in order of code."""
    with session.store.read() as reader:
        codes = {
            str(head.participant): str((head.value or {}).get("value", ""))
            for head in reader.heads(prefix=CODE_PATH)
        }
        found = [_identity(session, reader, one, code) for one, code in codes.items()]
    return sorted(found, key=lambda one: one.code)


def identity(session: Session, participant: str) -> Identity:
    """One participant's banner.

    Raises:
        UserError: There is no such participant.
    """
    with session.store.read() as reader:
        for head in reader.heads(participant=participant, prefix=CODE_PATH):
            code = str((head.value or {}).get("value", ""))
            return _identity(session, reader, participant, code)
    raise _unknown()


def find_participant(session: Session, code: str) -> str:
    """The random id behind a subject code.

    Raises:
        UserError: There is no such participant.
    """
    with session.store.read() as reader:
        for head in reader.heads(prefix=CODE_PATH):
            if head.value == _text(code) and head.participant:
                return head.participant
    raise _unknown()


def _unknown() -> UserError:
    return UserError(
        "no_participant",
        what="There is no such participant at this site.",
        why="No record carries this code.",
        what_to_do="Look the code up in the list of participants.",
    )


def _identity(session: Session, reader: Reader, participant: str, code: str) -> Identity:
    rater = masked_rater(session)
    if not rater and not session.may("read:demography"):
        # Preparers and the admin know a participant by the code alone.
        return Identity(participant=participant, code=code)
    answers: dict[str, Answer] = {}
    for head in reader.heads(participant=participant, form="demography"):
        if head.value is not None and head.path.count("/") == 6:
            answers[head.path.rsplit("/", 1)[1]] = from_json(head.value)
    parts = []
    if not rater and "ALLERGY_TEXT" in answers:
        parts.append(_words(answers["ALLERGY_TEXT"]))
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
