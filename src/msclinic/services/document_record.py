"""A document as the record holds it: its file, who signed it, and whether its visit has changed.

It reads one snapshot. Whether a person may read it is decided by the services that call here.
"""

import hashlib
import json
from datetime import datetime
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.services.session import active_study
from msclinic.store import Reader, TrailRow

__all__ = [
    "DOCUMENT_ROOT",
    "SEATS",
    "SUMMARY",
    "Document",
    "DocumentSignature",
    "read_document",
    "unknown_document",
    "visit_digest",
    "visit_heads",
]

SUMMARY = "visit_summary"
SEATS = ("nurse", "physician")
"""Places of a visit summary's signatures, in the order of signing."""

DOCUMENT_ROOT = "document"
_ITEM_PARTS = 6
_LABORATORY = frozenset({"LB", "BE", "IS"})


@frozen
class DocumentSignature:
    """A signature on a document's file.

    Attributes:
        seat: The place it stands in, ``nurse`` or ``physician``.
        account: Who signed.
        role: In which role.
        at: When.
    """

    seat: str
    account: str
    role: str
    at: datetime


@frozen
class Document:
    """One document of the record.

    Attributes:
        id: 16 hex digits.
        participant: Random id.
        visit: Visit code.
        visit_key: Key of the visit.
        kind: ``visit_summary``.
        language: Of its words.
        sha256: Hash of the file as it is now.
        position: How many entries the journal had when it was made.
        made_at: When it was made.
        made_by: Account of who made it.
        signatures: In the order in which they were given.
        superseded: The visit was changed after it was made.
        entry: Hash of the entry that holds its newest file.
    """

    id: str
    participant: str
    visit: str
    visit_key: str
    kind: str
    language: str
    sha256: str
    position: int
    made_at: datetime
    made_by: str
    signatures: tuple[DocumentSignature, ...]
    superseded: bool
    entry: str

    @property
    def state(self) -> str:
        """``superseded``, ``made``, ``signed`` (in part) or ``complete``."""
        if self.superseded:
            return "superseded"
        if not self.signatures:
            return "made"
        return "complete" if self.next_seat is None else "signed"

    @property
    def next_seat(self) -> str | None:
        """The place to be signed next; none once all are."""
        signed = {one.seat for one in self.signatures}
        return next((seat for seat in SEATS if seat not in signed), None)


def read_document(reader: Reader, document: str) -> Document:
    """A document by its id.

    Raises:
        UserError: There is no such document.
    """
    path = f"{DOCUMENT_ROOT}/{document}"
    heads = [head for head in reader.heads(prefix=path) if head.path == path and head.participant]
    if not heads or heads[0].value is None:
        raise unknown_document()
    # Of two files signed without knowing of each other the first stands until one is made anew.
    newest, participant = heads[0], heads[0].participant or ""
    value: dict[str, Any] = dict(newest.value or {})
    lineage = _lineage(reader.trail(participant, path), newest.entry)
    visit, visit_key = str(value["visit"]), str(value["visit_key"])
    return Document(
        id=document,
        participant=participant,
        visit=visit,
        visit_key=visit_key,
        kind=str(value["kind"]),
        language=str(value["language"]),
        sha256=str(value["sha256"]),
        position=int(value["position"]),
        made_at=lineage[0].entry.recorded_at,
        made_by=lineage[0].entry.actor or "",
        signatures=tuple(
            DocumentSignature(
                seat=str((row.value or {}).get("seat", "")),
                account=row.entry.actor or "",
                role=row.entry.role or "",
                at=row.entry.recorded_at,
            )
            for row in lineage[1:]
        ),
        superseded=visit_digest(reader, participant, visit, visit_key) != value["beneath"],
        entry=newest.entry,
    )


def _lineage(trail: list[TrailRow], newest: str) -> list[TrailRow]:
    """The entries that lead to the newest file, the making first."""
    by_hash = {row.stored.hash: row for row in trail}
    found = [by_hash[newest]]
    while found[0].entry.supersedes and found[0].entry.supersedes[0] in by_hash:
        found.insert(0, by_hash[found[0].entry.supersedes[0]])
    return found


def visit_heads(reader: Reader, participant: str, visit: str, visit_key: str) -> list[list[str]]:
    """Path and hash of every head of the visit that a summary tells of.

    Answers, repeats, reasons and overrides count; that a form or visit is closed does not.
    Laboratory forms do not either: they come days later, have a review of their own, and some
    must not let anyone know that they came.
    """
    aside = {
        oid
        for oid, form in active_study(reader).forms.items()
        if form.reveals_arm or form.domain in _LABORATORY
    }
    return [
        [head.path, head.entry]
        for head in reader.heads(participant=participant, prefix=f"{visit}/{visit_key}")
        if head.path.count("/") >= _ITEM_PARTS - 1 and head.path.split("/")[2] not in aside
    ]


def visit_digest(reader: Reader, participant: str, visit: str, visit_key: str) -> str:
    """One hash over what a summary tells of; another one means the visit was changed."""
    listed = visit_heads(reader, participant, visit, visit_key)
    return hashlib.sha256(json.dumps(listed, separators=(",", ":")).encode()).hexdigest()


def unknown_document() -> UserError:
    """What is said where there is no such document."""
    return UserError(
        "no_document",
        what="There is no such document.",
        why="The record holds no file of this name for the participant.",
        what_to_do="Choose one from the list of documents.",
    )
