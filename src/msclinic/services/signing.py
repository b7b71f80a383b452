"""Signatures on what lies in the record: forms, gates and visits.

A signature lists every head beneath it, so that a later change makes it void and what had been
signed stays readable. The password is asked for each time.
"""

from collections.abc import Iterable
from typing import Any

from msclinic.domain.errors import UserError
from msclinic.services.gateway import Act, random_key, recording
from msclinic.services.lab_results import LAB_REVIEWED, demand_judged
from msclinic.services.rating import EXAM
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys
from msclinic.store import Reader
from msclinic.vault import DocumentKey, VaultError, open_document_key

ITEM_SLASHES = 6
_FORM_SLASHES = 3
FORM_MEANINGS = ("form_entered", "form_reviewed", "eligibility", LAB_REVIEWED)

__all__ = ["document_key", "heads_beneath", "sign", "signature_value"]


def document_key(session: Session, password: str) -> DocumentKey:
    """Open the person's document key by a second use of their password.

    Raises:
        Refused: The password is wrong.
    """
    try:
        ring = session.home.ring(session.account).read_bytes()
        return open_document_key(ring, password, account=session.account)
    except VaultError as error:
        raise refused_keys(error) from error


def sign(
    session: Session,
    participant: str,
    scope: str,
    meaning: str,
    password: str,
    extra: Iterable[str] = (),
) -> str:
    """Sign a completed form; gives the entry's hash.

    Gates, exams, dosing and the study have acts of their own, which look at more than a form.

    Args:
        session: Who signs, with their own keys.
        participant: Whose record.
        scope: Path of the form, such as ``V1/1/demography/1``.
        meaning: A meaning of the study, such as ``form_entered``.
        password: Typed now.
        extra: Further item paths that belong to what is signed.

    Raises:
        Refused: The role may not sign this, or the password is wrong.
        UserError: The form is not completed, or the meaning is not a form's.
    """
    session.require(f"sign:{meaning}")
    form = scope.split("/")[2] if scope.count("/") == _FORM_SLASHES else ""
    known = session.study.forms.get(form)
    reviewed = known is not None and LAB_REVIEWED in known.signatures
    fits = meaning in FORM_MEANINGS and (reviewed or meaning != LAB_REVIEWED)
    if not fits or form == EXAM:
        raise Refused(
            "not_a_forms_meaning",
            what="This is not signed on a form.",
            why="Gates, exams and switches are signed where they are decided.",
            what_to_do="Open the run or the exam and sign there.",
        )
    if not session.may(f"enter:{form}"):
        session.require(f"read:{form}")
    document_key(session, password)
    with recording(session) as act:
        state = [str((head.value or {}).get("value")) for head in act.current(scope, participant)]
        if state not in (["completed"], ["amended"]) or not heads_beneath(
            act.uow, participant, scope
        ):
            raise UserError(
                "form_not_completed",
                what="The form was not signed.",
                why="It is not completed yet, or there is no such form.",
                what_to_do="Complete the form, then sign it.",
            )
        if meaning == LAB_REVIEWED:
            demand_judged(session.study, act.uow, participant, scope)
        add_signature(act, participant, scope, meaning, extra)
    return act.stored[-1].hash


def add_signature(
    act: Act, participant: str, scope: str, meaning: str, extra: Iterable[str] = ()
) -> None:
    """Put a signature into an act that a service has already checked."""
    act.set(
        "signed",
        f"signature/{random_key()}",
        signature_value(act.uow, participant, scope, meaning, extra),
        participant=participant,
    )


def signature_value(
    reader: Reader, participant: str, scope: str, meaning: str, extra: Iterable[str] = ()
) -> dict[str, Any]:
    """What a signature over a scope says now."""
    beneath = heads_beneath(reader, participant, scope)
    for path in extra:
        beneath.setdefault(path, []).extend(
            head.entry
            for head in reader.heads(participant=participant, prefix=path)
            if head.path == path
        )
    items = [[path, sorted(set(hashes))] for path, hashes in sorted(beneath.items())]
    return {"type": "signature", "scope": scope, "meaning": meaning, "items": items}


def heads_beneath(reader: Reader, participant: str, scope: str) -> dict[str, list[str]]:
    """The current heads of every item beneath a path, its kept findings and overrides too."""
    found: dict[str, list[str]] = {}
    for head in reader.heads(participant=participant, prefix=scope):
        if head.path.count("/") >= ITEM_SLASHES:
            found.setdefault(head.path, []).append(head.entry)
    return found
