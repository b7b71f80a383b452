"""Documents of visits: previewed, made from one journal position, signed by two people, checked.

Every file that was made or signed stays in the encrypted record with its hash in the journal. A
document whose visit was changed since says so and takes no further signature. The PDF modules are
imported late: they take half a second.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from msclinic.domain.errors import UserError
from msclinic.services.document_record import (
    DOCUMENT_ROOT,
    SEATS,
    SUMMARY,
    Document,
    DocumentSignature,
    read_document,
    unknown_document,
    visit_digest,
    visit_heads,
)
from msclinic.services.gateway import random_key, recording
from msclinic.services.outgoing import hand_out
from msclinic.services.participants import find_participant
from msclinic.services.people import account_code, certificate_of
from msclinic.services.session import Refused, Session
from msclinic.services.signing import document_key
from msclinic.services.summary import demand_documents, visit_summary
from msclinic.wording import date_text, time_text, tr

if TYPE_CHECKING:
    from msclinic.reports.checking import DocumentCheck
    from msclinic.reports.signing import SignatureText

__all__ = [
    "SEATS",
    "Document",
    "DocumentSignature",
    "check_file",
    "document_bytes",
    "document_check",
    "documents_of",
    "finish_summary",
    "preview_summary",
    "seat_of",
    "sign_document",
    "summary_file",
]


def preview_summary(
    session: Session, participant: str, visit: str, visit_key: str = "1", *, language: str = "en"
) -> bytes:
    """A summary as it would be now, marked as a draft on every page; nothing is recorded.

    Raises:
        Refused: The role may not read documents.
    """
    from msclinic.reports.summary import build_summary

    model = visit_summary(session, participant, visit, visit_key, language=language, draft=True)
    return build_summary(model, language).pdf


def finish_summary(
    session: Session, participant: str, visit: str, visit_key: str = "1", *, language: str = "en"
) -> Document:
    """Make a visit's summary with places for its signatures and keep it in the record.

    Args:
        session: Who makes it.
        participant: Random id.
        visit: Visit code.
        visit_key: Key of a repeated visit.
        language: Of the document.

    Raises:
        Refused: The role may not make documents.
        UserError: The visit has not begun.
    """
    from msclinic.reports.signing import FieldSpec, prepare_fields
    from msclinic.reports.summary import build_summary

    demand_documents(session)
    session.require("documents")
    with session.store.read() as reader:
        if not visit_heads(reader, participant, visit, visit_key):
            raise UserError(
                "nothing_recorded",
                what="The summary was not made.",
                why="Nothing is recorded for this visit yet.",
                what_to_do="Fill in the visit's forms first.",
            )
        position = reader.position()
        beneath = visit_digest(reader, participant, visit, visit_key)
        model = visit_summary(
            session,
            participant,
            visit,
            visit_key,
            language=language,
            draft=False,
            reader=reader,
        )
    built = build_summary(model, language)
    places = [FieldSpec(place.name, place.page, place.box) for place in built.fields]
    pdf = prepare_fields(built.pdf, places)
    document = random_key()
    value = {
        "type": "document",
        "kind": SUMMARY,
        "visit": visit,
        "visit_key": visit_key,
        "language": language,
        "position": str(position.entries),
        "head": position.head,
        "beneath": beneath,
    }
    with recording(session) as act:
        value["sha256"] = act.uow.put_document(pdf)
        act.set("document_made", f"{DOCUMENT_ROOT}/{document}", value, participant=participant)
    return _document(session, document)


def documents_of(session: Session, participant: str) -> list[Document]:
    """Every document of a participant, the newest first.

    Raises:
        Refused: The role may not read documents.
    """
    demand_documents(session)
    with session.store.read() as reader:
        ids = [
            head.path.split("/")[1]
            for head in reader.heads(participant=participant, prefix=DOCUMENT_ROOT)
            if (head.value or {}).get("type") == "document"
        ]
        found = [read_document(reader, one) for one in dict.fromkeys(ids)]
    return sorted(found, key=_made_at, reverse=True)


def document_bytes(session: Session, document: str) -> bytes:
    """A document's file as it was made or last signed.

    Raises:
        Refused: The role may not read documents.
        UserError: There is no such document.
    """
    demand_documents(session)
    with session.store.read() as reader:
        content = reader.document_content(read_document(reader, document).sha256)
    if content is None:
        raise unknown_document()
    return content


def document_check(session: Session, document: str) -> "DocumentCheck":
    """What is true of the signatures in a document's file, by the site's own authority."""
    from msclinic.reports.checking import check_document

    pdf = document_bytes(session, document)
    return check_document(pdf, [bytes.fromhex(session.place.authority)])


def seat_of(session: Session) -> str | None:
    """The place that the person's role signs in, or none."""
    for seat in SEATS:
        if session.may(f"sign:{SUMMARY}_{seat}"):
            return seat
    return None


def sign_document(session: Session, document: str, password: str) -> Document:
    """Sign a document in the place of one's role: the nurse first, then the physician.

    Args:
        session: Who signs, with their own document key.
        document: The document's id.
        password: Typed now.

    Raises:
        Refused: Not the person's turn or role, a wrong password, or no witnessed certificate.
        UserError: The document is out of date, signed already, or unknown.
    """
    from msclinic.reports.signing import SigningRefused, sign_field

    demand_documents(session)
    seat = seat_of(session)
    if seat is None:
        raise Refused(
            "not_your_signature",
            what="The document was not signed.",
            why="The infusion nurse and the physician sign it.",
            what_to_do="Ask a colleague with that role to sign in.",
        )
    with session.store.read() as reader:
        found = read_document(reader, document)
        pdf = reader.document_content(found.sha256)
        certificate = certificate_of(reader, session.account)
    _demand_turn(found, seat, session.account)
    if pdf is None:
        raise unknown_document()
    if certificate is None:
        raise Refused(
            "no_certificate",
            what="The document was not signed.",
            why="Your certificate has not been issued by one person and witnessed by another.",
            what_to_do="Ask the admin of this clinic to complete it.",
        )
    key = document_key(session, password)
    now = session.now()
    try:
        signed = sign_field(
            pdf,
            seat,
            key,
            certificate,
            [bytes.fromhex(session.place.authority)],
            _appearance(session, found, seat, key.public_der, now),
            now,
            certify=not found.signatures,
        )
    except SigningRefused as refusal:
        raise UserError(
            refusal.code,
            what="The document was not signed.",
            why="The program that signs refused the file.",
            what_to_do="Make the document anew; nothing was changed.",
        ) from refusal
    path = f"{DOCUMENT_ROOT}/{document}"
    with recording(session) as act:
        current = act.current(path, found.participant)
        if [head.entry for head in current] != [found.entry]:
            raise _changed_meanwhile()
        value = dict(current[0].value or {})
        value["sha256"] = act.uow.put_document(signed)
        value["seat"] = seat
        act.set("document_signed", path, value, participant=found.participant)
    return _document(session, document)


def check_file(path: Path, roots: Sequence[bytes]) -> "DocumentCheck":
    """Check the signatures of any PDF file against the given authorities.

    Args:
        path: The file.
        roots: Certificates to believe, DER.

    Raises:
        UserError: The file cannot be read.
    """
    from msclinic.reports.checking import check_document

    try:
        pdf = path.read_bytes()
    except OSError as error:
        raise UserError(
            "file_unreadable",
            what="The file cannot be read.",
            why="It is missing, locked or not a file.",
            what_to_do="Name a PDF file.",
        ) from error
    return check_document(pdf, roots)


def summary_file(
    session: Session, participant_code: str, visit_code: str, out: Path, language: str = "en"
) -> None:
    """Write the newest summary of a visit that still holds, or a draft where there is none.

    Args:
        session: Who asks.
        participant_code: Such as ``PL01-007``.
        visit_code: Such as ``V2``.
        out: The file to write; it is there whole or not at all.
        language: Of the document.

    Raises:
        Refused: The role may not read documents.
        UserError: There is no such participant or visit, or the target lies inside a clinic or
            is no file.
        KnownFault: The file cannot be written.
    """
    demand_documents(session)
    if visit_code not in {visit.code for visit in session.study.visits}:
        raise UserError(
            "no_visit",
            what="There is no such visit in this study.",
            why="The schedule does not name it.",
            what_to_do="Use a visit code of the study, such as V1.",
        )
    participant = find_participant(session, participant_code)
    holding = [
        one
        for one in documents_of(session, participant)
        if (one.visit, one.language) == (visit_code, language) and not one.superseded
    ]
    if holding:
        content = document_bytes(session, holding[0].id)
    else:
        content = preview_summary(session, participant, visit_code, language=language)
    hand_out(out, content, session.home)


def _appearance(
    session: Session, document: Document, seat: str, public_der: bytes, now: datetime
) -> "SignatureText":
    from msclinic.reports.signing import SignatureText

    language = document.language
    local = now.astimezone(session.zone)
    key_id = hashlib.sha256(public_der).hexdigest()
    return SignatureText(
        signer=tr(
            "{account}, key {key}",
            language,
            account=account_code(session.account),
            key=" ".join(key_id[at : at + 4] for at in range(0, 16, 4)),
        ),
        role=session.study.roles[session.role].title.text(language),
        meaning=session.study.meanings[f"{SUMMARY}_{seat}"].title.text(language),
        time=tr(
            "{date} {time} {zone}, by the signer's clock",
            language,
            date=date_text(local.date(), language),
            time=time_text(now, session.zone, seconds=True),
            zone=local.tzname() or "",
        ),
        level=tr("Advanced electronic signature intended; not qualified", language),
    )


def _demand_turn(document: Document, seat: str, account: str) -> None:
    if document.superseded:
        raise UserError(
            "document_superseded",
            what="The document was not signed.",
            why="The visit was changed after the document was made.",
            what_to_do="Make the document anew and sign that one.",
        )
    if seat in {one.seat for one in document.signatures}:
        raise UserError(
            "document_signed",
            what="The document was not signed again.",
            why="The place of your role is signed already.",
            what_to_do="Nothing is left to do for your role.",
        )
    if document.next_seat != seat:
        raise Refused(
            "nurse_first",
            what="The document was not signed.",
            why="The infusion nurse signs before the physician.",
            what_to_do="Ask the nurse to sign first.",
        )
    if account in {one.account for one in document.signatures}:
        raise Refused(
            "same_person",
            what="The document was not signed.",
            why="Two people sign it, and you are the first one.",
            what_to_do="Ask the physician to sign.",
        )


def _document(session: Session, document: str) -> Document:
    with session.store.read() as reader:
        return read_document(reader, document)


def _changed_meanwhile() -> UserError:
    return UserError(
        "document_changed",
        what="The document was not signed.",
        why="A colleague signed it at the same moment.",
        what_to_do="Look at the document again, then sign.",
    )


def _made_at(document: Document) -> datetime:
    return document.made_at
