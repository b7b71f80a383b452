"""Signatures on what lies in the record: forms, gates, visits and casebooks.

A signature lists every head beneath it, so that a later change makes it void and what had been
signed stays readable. It says with which components it was given (21 CFR 11.200(a)).
"""

from collections.abc import Collection, Iterable
from typing import Any

from msclinic.domain.errors import UserError
from msclinic.record import in_a_visit
from msclinic.services.attempts import counted
from msclinic.services.entry_findings import entry_findings, kept_codes, late_limit
from msclinic.services.gateway import Act, random_key, recording
from msclinic.services.lab_results import LAB_REVIEWED, demand_judged
from msclinic.services.rating import EXAM
from msclinic.services.session import Refused, Session
from msclinic.services.sign_in import refused_keys
from msclinic.store import WHOLE, Head, Reader
from msclinic.vault import DocumentKey, VaultError, open_document_key

_FORM_SLASHES, _ITEM_SLASHES = 3, 6
# Items, what was kept or overridden below them, and whether a repeat is there at all.
_LEAST_PARTS = 6
FORM_MEANINGS = ("form_entered", "form_reviewed", "eligibility", LAB_REVIEWED)
PASSWORD = "password"
PIN = "pin"
"""What is typed for a signature: the person's password, or their PIN in a continuous session."""

__all__ = [
    "PASSWORD",
    "PIN",
    "add_signature",
    "document_key",
    "heads_beneath",
    "sign",
    "signature_value",
]


def document_key(session: Session, password: str) -> DocumentKey:
    """Open the person's document key by a second use of their password.

    Raises:
        Refused: The password is wrong, or the next try comes too soon after wrong ones.
    """
    with counted(session.home, session.account, session.now()):
        try:
            ring = session.home.ring(session.account).read_bytes()
            key = open_document_key(ring, password, account=session.account)
        except VaultError as error:
            raise refused_keys(error) from error
    session.ring.pin.begin()
    return key


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
        UserError: The form is not completed, or something in it still wants an answer or reason.
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
        _demand_settled(session, act.uow, participant, scope)
        if meaning == LAB_REVIEWED:
            demand_judged(session.study, act.uow, participant, scope)
        add_signature(act, participant, scope, meaning, extra)
    return act.stored[-1].hash


def _demand_settled(session: Session, reader: Reader, participant: str, scope: str) -> None:
    """Go on only where every change and every late entry has its reason.

    EMA guideline on computerised systems 2023, 6.2.1: before the form is completed or signed.

    Raises:
        UserError: A reason is missing, or two answers stand.
    """
    form, limit = session.study.form(scope.split("/")[2]), late_limit(session.study)
    heads: dict[str, list[Head]] = {}
    for head in reader.heads(participant=participant, prefix=scope):
        heads.setdefault(head.path, []).append(head)
    kept = kept_codes(heads)
    known = {item.oid: item for group in form.item_groups for item in group.items}
    missing = sum(
        len(entry_findings(path, known[oid], found, kept.get(path, set()), limit))
        for path, found in heads.items()
        if path.count("/") == _ITEM_SLASHES and (oid := path.rsplit("/", 1)[1]) in known
    )
    if missing:
        raise UserError(
            "reasons_missing",
            what="The form was not signed.",
            why="Reasons missing for changed or late answers: {count}.",
            what_to_do="Give each its reason, then sign.",
            parameters={"count": missing},
        )


def add_signature(
    act: Act,
    participant: str,
    scope: str,
    meaning: str,
    extra: Iterable[str] = (),
    *,
    without: Collection[str] = (),
    component: str = PASSWORD,
) -> None:
    """Put a signature into an act that a service has already checked.

    Args:
        act: The act.
        participant: Whose record.
        scope: Path under which everything is signed, ``WHOLE``, or empty.
        meaning: What the signature says.
        extra: Further item paths that belong to what is signed.
        without: Forms beneath the scope that the signer may not see.
        component: What was typed for it, beside the session's account.
    """
    act.set(
        "signed",
        f"signature/{random_key()}",
        signature_value(
            act.uow, participant, scope, meaning, extra, without=without, component=component
        ),
        participant=participant,
    )


def signature_value(
    reader: Reader,
    participant: str,
    scope: str,
    meaning: str,
    extra: Iterable[str] = (),
    *,
    without: Collection[str] = (),
    component: str = PASSWORD,
) -> dict[str, Any]:
    """What a signature over a scope says now; arguments as of ``add_signature``."""
    beneath = heads_beneath(reader, participant, scope, without)
    for path in extra:
        beneath.setdefault(path, []).extend(
            head.entry
            for head in reader.heads(participant=participant, prefix=path)
            if head.path == path
        )
    items = [[path, sorted(set(hashes))] for path, hashes in sorted(beneath.items())]
    value = {"type": "signature", "scope": scope, "meaning": meaning, "items": items}
    return {
        **value,
        **({"without": sorted(without)} if without else {}),
        # The session was opened with account and password; the PIN stands on that.
        "components": ["account" if component == PASSWORD else "session", component],
    }


def heads_beneath(
    reader: Reader, participant: str, scope: str, without: Collection[str] = ()
) -> dict[str, list[str]]:
    """The current heads of every item beneath a path, its kept findings and overrides too.

    Args:
        reader: The record.
        participant: Whose.
        scope: Path, or ``WHOLE``; nothing lies beneath an empty one.
        without: Forms to leave out.
    """
    found: dict[str, list[str]] = {}
    if not scope:
        return found
    for head in reader.heads(participant=participant, prefix=None if scope == WHOLE else scope):
        parts = head.path.split("/")
        below = len(parts) >= _LEAST_PARTS and in_a_visit(head.path)
        if below and parts[2] not in without:
            found.setdefault(head.path, []).append(head.entry)
    return found
