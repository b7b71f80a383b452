"""Marks of review: who looked through which part of the journal, and how far it had come (R-AUD-8).

A mark is an entry like any other. It says what was asked for and where every stream ended, so that
what came since can be told on any device; it never says how many entries there were.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import evolve, field, frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import instant_text, parse_instant
from msclinic.services.gateway import random_key, recording
from msclinic.services.journal_model import Criteria
from msclinic.services.journal_reading import demand_criteria, find
from msclinic.services.journal_sight import REVIEW_ROOT, JournalSight, demand_journal
from msclinic.services.session import Session
from msclinic.store import Head

__all__ = ["Review", "mark_reviewed", "reviews", "since_review"]

_LONGEST = 500
_TEXTS = ("participant", "visit", "form", "item", "person")


@frozen
class Review:
    """One mark of review as this person may know it.

    Attributes:
        key: Its key.
        account: Who reviewed; empty where only the role may be known.
        role: In which role.
        at: When.
        criteria: What of the journal was looked through.
        streams: Where each stream ended then.
        note: What the person said about it.
        removed: The note was blotted out.
    """

    key: str
    account: str
    role: str
    at: datetime
    criteria: Criteria
    streams: Mapping[str, int]
    note: str = field(default="", repr=False)
    removed: bool = False


def mark_reviewed(session: Session, criteria: Criteria, note: str = "") -> str:
    """Record that a part of the journal was looked through, as it is now; gives the mark's key.

    Raises:
        Refused: The role does not read the journal.
        UserError: The filter names what there is not, or the note is too long.
    """
    demand_journal(session)
    if len(note) > _LONGEST:
        raise UserError(
            "note_too_long",
            what="The review was not recorded.",
            why="Its note is too long.",
            what_to_do="Say it in a few sentences.",
        )
    key = random_key()
    with recording(session) as act:
        demand_criteria(session, act.uow, criteria)
        ends = act.uow.position().streams
        value = {
            "type": "review",
            "criteria": _written(criteria),
            "streams": {stream: str(seq) for stream, (seq, _) in sorted(ends.items())},
        }
        # The words stand in the reason, so that a name typed by mistake can be blotted out.
        reason = {"code": "", "text": note.strip()} if note.strip() else None
        act.set("journal_reviewed", f"{REVIEW_ROOT}/{key}", value, reason=reason)
    return key


def reviews(session: Session) -> list[Review]:
    """Every mark of review that this person may know of, the newest first.

    Raises:
        Refused: The role does not read the journal.
    """
    demand_journal(session)
    with session.store.read() as reader:
        sight = JournalSight(session, reader)
        rows = [
            _review(sight, head, removed=_note_removed(reader.trail(None, head.path), head.entry))
            for head in reader.heads(participant="", prefix=REVIEW_ROOT)
            if head.value and sight.sees("", head.path)
        ]
    return sorted(rows, key=_newest_last, reverse=True)


def since_review(
    session: Session, review: Review, stop: Callable[[], bool] = lambda: False
) -> list[int]:
    """Places of what came since a review of the same part of the journal, newest first."""
    return find(session, evolve(review.criteria, after=review.streams), stop)


def _written(criteria: Criteria) -> dict[str, Any]:
    value: dict[str, Any] = {
        name: getattr(criteria, name) for name in _TEXTS if getattr(criteria, name)
    }
    if criteria.acts:
        value["acts"] = list(criteria.acts)
    for name, moment in (("since", criteria.since), ("until", criteria.until)):
        if moment is not None:
            value[name] = instant_text(moment)
    if criteria.late:
        value["late"] = "Y"
    return value


def _read(value: Mapping[str, Any]) -> Criteria:
    participant, visit, form, item, person = (str(value.get(name, "")) for name in _TEXTS)
    since, until = value.get("since"), value.get("until")
    return Criteria(
        participant=participant,
        visit=visit,
        form=form,
        item=item,
        person=person,
        acts=tuple(value.get("acts", ())),
        since=parse_instant(since) if since else None,
        until=parse_instant(until) if until else None,
        late=value.get("late") == "Y",
    )


def _review(sight: JournalSight, head: Head, *, removed: bool) -> Review:
    value = head.value or {}
    return Review(
        key=head.path.rsplit("/", 1)[1],
        account=sight.person(head.actor or "", head.role or ""),
        role=head.role or "",
        at=head.typed_at,
        criteria=_read(value.get("criteria", {})),
        streams={stream: int(seq) for stream, seq in value.get("streams", {}).items()},
        note=str((head.reason or {}).get("text", "")),
        removed=removed,
    )


def _note_removed(trail: Any, entry: str) -> bool:
    return any(
        row.stored.hash == entry and row.entry.reason is not None and row.reason is None
        for row in trail
    )


def _newest_last(review: Review) -> tuple[datetime, str]:
    return review.at, review.key
