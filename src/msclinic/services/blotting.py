"""Takes personal data typed by mistake out of the record for ever: two persons, one reason.

The entry, its hash and every signature above it stay; only the words go, from the payloads and
from every table (R-AUD-4). Copies made before (backups, documents, exports) still hold them.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.record import blot_path
from msclinic.services.gateway import recording
from msclinic.services.journal_sight import JournalSight, demand_journal
from msclinic.services.session import Refused, Session, not_allowed
from msclinic.store import Reader
from msclinic.store.journal_reading import JournalRow, journal_rows, place_of

__all__ = ["RIGHT", "Blotted", "blot", "blottable", "may_blot"]

RIGHT = "blot"
_CODED = ("code", "codes")


@frozen
class Blotted:
    """What became of a removal.

    Attributes:
        parts: How many values and reasons are gone.
        scrubbed: Whether the file's log was emptied too; where another program reads just now, it
            is when the program closes.
        documents: How many documents were made while the words stood there; they hold them still.
    """

    parts: int
    scrubbed: bool
    documents: int


def may_blot(session: Session) -> bool:
    """Whether the role may take part in a removal."""
    return session.may(RIGHT) and session.may("journal")


def blottable(row: JournalRow) -> tuple[str, ...]:
    """Parts of an entry that hold words a person typed: ``value``, ``reason``, both or none.

    What is chosen from a list holds no name, and what the program itself reads stays.
    """
    entry, parts = row.entry, []
    value = row.value or {}
    typed = entry.action == "answered" and value.get("type") not in _CODED
    worded = value and not (value.get("type") == "missing" and not value.get("detail"))
    commented = entry.action == "deviation_recorded" and str(value.get("comment", "")).strip()
    if (typed and worded) or commented:
        parts.append("value")
    if str((row.reason or {}).get("text", "")).strip() and entry.action != "blotted":
        parts.append("reason")
    return tuple(parts)


def blot(
    session: Session, second: Session, targets: Sequence[tuple[str, str]], reason: str
) -> Blotted:
    """Remove values or reasons of entries, as two persons.

    Args:
        session: Who found it.
        second: Who has looked at it too, signed in with their own keys.
        targets: Hash of the entry and part (``value`` or ``reason``) of each.
        reason: Why, without repeating what is removed.

    Raises:
        Refused: One of them may not, both are one, or one may not know of the entry.
        UserError: No reason, or nothing there that can be removed.
        KnownFault: The record could not be written; nothing was removed.
    """
    if second.account == session.account:
        raise Refused(
            "same_person",
            what="Nothing was removed.",
            why="Two persons remove personal data, each with their own account.",
            what_to_do="Ask a colleague with this right to sign in.",
        )
    if not reason.strip():
        raise UserError(
            "blot_reason",
            what="Nothing was removed.",
            why="The reason is missing.",
            what_to_do="Type why it has to go, without repeating it.",
        )
    for one in (session, second):
        if not may_blot(one):
            raise not_allowed()
        with one.store.read() as reader:
            rows = [_target(one, reader, entry, part) for entry, part in targets]
    if not rows:
        raise _nothing_there()
    with session.store.read() as reader:
        documents = _documents_since(reader, rows)
    words = {"code": "blot", "text": reason.strip()}
    for one in (session, second):
        with recording(one) as act:
            for row, (entry, part) in zip(rows, targets, strict=True):
                act.set(
                    "blotted",
                    blot_path(entry, part),
                    {"type": "blot", "entry": entry, "part": part},
                    participant=row.entry.participant,
                    reason=words,
                )
    return Blotted(len(targets), _scrubbed(session), documents)


def _scrubbed(session: Session) -> bool:
    try:
        return session.store.scrub()
    except KnownFault:
        # It is gone from every table and its cells are overwritten; the file is tidied later.
        return False


def _target(session: Session, reader: Reader, entry: str, part: str) -> JournalRow:
    demand_journal(session)
    place = place_of(reader, entry)
    if place is None or not JournalSight(session, reader).sees(place.participant, place.path):
        raise _nothing_there()
    rows = journal_rows(reader, [place.position])
    if not rows or part not in blottable(rows[0]):
        raise _nothing_there()
    return rows[0]


def _nothing_there() -> UserError:
    return UserError(
        "nothing_to_blot",
        what="Nothing was removed.",
        why="This entry holds no words that a person typed, or they are gone already.",
        what_to_do="Choose the entry that holds them.",
    )


def _documents_since(reader: Reader, rows: Sequence[JournalRow]) -> int:
    """Documents about the participants that were made after the words were typed."""
    first: dict[str | None, int] = {}
    for row in rows:
        whose = row.entry.participant
        first[whose] = min(row.position, first.get(whose, row.position))
    made: set[str] = set()
    for whose, position in first.items():
        if whose is None:
            continue
        for head in reader.heads(participant=whose, prefix="document"):
            places: dict[str, Any] = reader.order(
                one.stored.hash for one in reader.trail(whose, head.path)
            )
            if any(place > position for place in places.values()):
                made.add(head.path)
    return len(made)
