"""What was said to a query, and how the item was answered before and since (R-AUD-13)."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msclinic.domain.values import from_json
from msclinic.services.query_model import Changed, Message, finding_words
from msclinic.services.query_record import QueryRow, query_path, rows_of
from msclinic.services.query_sight import QuerySight, no_such_query
from msclinic.services.reasons import reason_words
from msclinic.services.session import Session
from msclinic.services.visit_reading import shown_account
from msclinic.store import Reader, TrailRow
from msclinic.wording import LANGUAGES

__all__ = ["conversation", "messages_of"]

_KINDS = {"query_raised": "ask", "query_answered": "answer", "query_closed": "close"}
_ITEM = 7


def conversation(session: Session, participant: str, key: str) -> list[Message | Changed]:
    """What was said, and how the item was answered before and since (R-AUD-13).

    In the order in which this device's record took it in.

    Args:
        session: Who looks.
        participant: Whose data.
        key: Key of the query.

    Raises:
        UserError: There is no such query that this person may see.
    """
    with session.store.read() as reader:
        rows = rows_of(reader.at(participant, query_path(key)))
        row = rows[0] if rows else None
        if row is None or not QuerySight(session).sees(participant, row.form_prefix):
            raise no_such_query()
        said = [one for one in reader.trail(participant, query_path(key)) if not one.waiting]
        item = row.scope.count("/") + 1 == _ITEM
        given = reader.trail(participant, row.scope) if item else []
        order = reader.order(one.stored.hash for one in (*said, *given))
        found: list[Message | Changed] = [*messages_of(session, reader, row)]
    raised = order[said[0].stored.hash]
    before = [one for one in given if order[one.stored.hash] < raised and not one.waiting]
    after = [one for one in given if order[one.stored.hash] > raised and not one.waiting]
    found += [_changed(session, one, key, first=True) for one in before[-1:]]
    found += [_changed(session, one, key) for one in after]
    place = {one.entry: order.get(one.entry, raised) for one in found}
    # What the program found and the reason that was given for it stand in this order.
    return sorted(found, key=lambda one: place[one.entry])


def messages_of(session: Session, reader: Reader, row: QueryRow) -> list[Message]:
    """What was said to a query, in the order in which this record took it in.

    Whether the person may see it is the caller's to ask; see ``QuerySight``.
    """
    trail = reader.trail(row.participant, query_path(row.key))
    return [
        message
        for one in trail
        if not one.waiting
        for message in _messages(session, reader, row.participant, row.scope, one)
    ]


def _messages(
    session: Session, reader: Reader, participant: str, scope: str, one: TrailRow
) -> Sequence[Message]:
    entry, value = one.entry, one.value or {}
    program = entry.computed is not None
    shown = "" if program else shown_account(session, entry.actor or "", entry.role or "")
    asked = Message(
        entry=one.stored.hash,
        kind=_KINDS[entry.action],
        account=shown,
        role="" if program else entry.role or "",
        at=entry.recorded_at,
        text=str((one.reason or {}).get("text", "")),
        finding=finding_words(value),
        removed=one.reason is None and entry.reason is not None,
        by="" if program else entry.actor or "",
    )
    kept = value.get("kept")
    return [asked, *(_reason(session, reader, participant, scope, str(kept)) if kept else ())]


def _reason(
    session: Session, reader: Reader, participant: str, scope: str, kept: str
) -> Iterable[Message]:
    """The reason with which a finding was kept: the site's answer to what the program asks."""
    beneath = {
        head.path
        for head in reader.heads(participant=participant, prefix=scope)
        if head.path != scope
    }
    for path in sorted(beneath):
        for one in reader.trail(participant, path):
            if one.stored.hash == kept:
                entry = one.entry
                yield Message(
                    entry=kept,
                    kind="answer",
                    account=shown_account(session, entry.actor or "", entry.role or ""),
                    role=entry.role or "",
                    at=entry.recorded_at,
                    text=str((one.reason or {}).get("text", "")),
                    finding=_chosen(one.reason, path.rsplit("/", 1)[1]),
                    removed=one.reason is None and entry.reason is not None,
                    by=entry.actor or "",
                )


def _chosen(reason: Mapping[str, Any] | None, check: str) -> dict[str, str]:
    """A reason that was chosen by its digit, in every language."""
    return {language: reason_words(reason, check, language) for language in LANGUAGES}


def _changed(session: Session, one: TrailRow, key: str, *, first: bool = False) -> Changed:
    entry = one.entry
    computed = entry.computed is not None
    return Changed(
        entry=one.stored.hash,
        account="" if computed else shown_account(session, entry.actor or "", entry.role or ""),
        role="" if computed else entry.role or "",
        at=entry.recorded_at,
        answer=from_json(one.value) if one.value is not None else None,
        prompted=entry.prompted_by == query_path(key),
        first=first,
    )
