"""Who may rate a participant, which exam is hidden from a rater, and the signature under an exam.

Who treats a participant cannot rate that participant; who prepared the product knows the arm.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from msclinic.domain.access import separation
from msclinic.services.session import Refused, Session
from msclinic.store import Reader, SignatureRow

__all__ = [
    "EXAM",
    "MEANING",
    "RATER",
    "ExamSignature",
    "demand_rating",
    "exam_signature",
    "latest_signature",
    "may_rate",
]

EXAM = "edss"
MEANING = "exam"
RATER = "RAT"
_FORM_PARTS = 4


@frozen
class ExamSignature:
    """The rater's signature under an exam.

    Attributes:
        account: Who signed.
        at: When.
        valid: Whether nothing beneath it has changed since.
    """

    account: str
    at: datetime
    valid: bool


def may_rate(session: Session, reader: Reader, participant: str) -> bool:
    """Whether this person has no other part in the participant's care.

    Who answered a form or signed a gate as nurse or physician treats the participant; who prepared
    the product knows the arm.
    """
    acted = reader.roles_acted(participant, session.account) | {session.role}
    return not separation((role, participant) for role in acted)


def demand_rating(session: Session, reader: Reader, participant: str, prefix: str) -> None:
    """Go on only if a masked rater may open or change this rating of a participant now.

    Args:
        session: The rater's.
        reader: The record as it is now.
        participant: Who is rated.
        prefix: Where the rating lies, such as ``V1/1/edss/1``.

    Raises:
        Refused: The rater treats the participant, or this is a signed exam and another one is
            under way.
    """
    if not may_rate(session, reader, participant):
        raise Refused(
            "treats_participant",
            what="You cannot rate this participant.",
            why="Who treats a participant cannot rate that participant.",
            what_to_do="Ask another rater to make the exam.",
        )
    rows = reader.signatures(participant=participant, meaning=MEANING)
    if latest_signature(rows, prefix) is None:
        return
    done = {row.scope for row in rows if row.status == "valid"}
    begun = {
        "/".join(head.path.split("/")[:_FORM_PARTS])
        for head in reader.heads(participant=participant, form=EXAM)
    }
    if begun - done - {prefix}:
        raise Refused(
            "earlier_exam",
            what="Earlier scores stay hidden for now.",
            why="Another exam of this participant is under way.",
            what_to_do="Complete and sign that exam first.",
        )


def exam_signature(reader: Reader, participant: str, prefix: str) -> ExamSignature | None:
    """The latest signature over one exam, or none."""
    return latest_signature(reader.signatures(participant=participant, meaning=MEANING), prefix)


def latest_signature(rows: Iterable[SignatureRow], prefix: str) -> ExamSignature | None:
    """The latest of these signatures over one exam, or none."""
    own = [row for row in rows if row.scope == prefix]
    if not own:
        return None
    last = own[-1]
    return ExamSignature(last.actor or "", last.typed_at, last.status == "valid")
