"""Who may rate a participant, and the signature under an exam.

Who treats a participant cannot rate that participant; who prepared the product knows the arm.
"""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from msclinic.domain.access import separation
from msclinic.services.session import Session
from msclinic.store import Reader, SignatureRow

__all__ = ["EXAM", "MEANING", "ExamSignature", "exam_signature", "latest_signature", "may_rate"]

EXAM = "edss"
MEANING = "exam"


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
