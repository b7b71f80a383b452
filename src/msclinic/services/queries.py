"""Queries on items and forms: raised, answered by the site, closed, asked again.

A query is seen by whoever could open its form now, and by nobody else: neither its words nor
that it exists, in no count and no list (R-BLD-6). The sponsor asks and never changes (R-DAT-3).
"""

from collections.abc import Iterable
from datetime import datetime

from msclinic.domain.errors import UserError
from msclinic.domain.queries import (
    ANSWERED,
    CLOSED,
    LONGEST,
    OPEN,
    SAID,
    names_person,
)
from msclinic.forms.definitions import SINGLE_KEY, FormDefinition
from msclinic.services.gateway import random_id, recording
from msclinic.services.query_model import Query, finding_words
from msclinic.services.query_record import QueryRow, query_path, query_rows, rows_of
from msclinic.services.query_sight import ASKING, QuerySight, no_such_query, opened_form
from msclinic.services.session import Refused, Session

__all__ = [
    "all_queries",
    "form_queries",
    "participant_queries",
    "person_named",
    "raise_query",
    "say",
]

_ACTIONS = {"ask": "query_raised", "answer": "query_answered", "close": "query_closed"}
_FORM, _ITEM = 4, 7


def all_queries(session: Session, *statuses: str) -> list[Query]:
    """Queries of the whole site in some states, as far as the person may see them.

    Args:
        session: Who looks.
        statuses: States wanted; open and answered if left out.
    """
    wanted = statuses or (OPEN, ANSWERED)
    with session.store.read() as reader:
        found = reader.saying("", "", wanted)
        # The other head of a dispute may be in another state: all of the register count.
        whose = {head.participant for head in found if head.participant}
        rows = [row for one in sorted(whose) for row in query_rows(reader, one)]
    return _shown(session, (row for row in rows if row.status in wanted))


def participant_queries(session: Session, participant: str) -> list[Query]:
    """Every query of one participant that the person may see."""
    with session.store.read() as reader:
        rows = query_rows(reader, participant)
    return _shown(session, rows)


def form_queries(session: Session, participant: str, prefix: str) -> list[Query]:
    """Every query of one form, those that need most first; none where it may not be seen.

    Args:
        session: Who looks.
        participant: Whose form.
        prefix: Path of the form.
    """
    with session.store.read() as reader:
        rows = query_rows(reader, participant)
    return _shown(session, (row for row in rows if row.form_prefix == prefix))


def raise_query(session: Session, participant: str, scope: str, text: str) -> str:
    """Ask the site about an item or a whole form; gives the key of the query.

    Args:
        session: Who asks.
        participant: Whose data.
        scope: Path of the item or form.
        text: The question.

    Raises:
        Refused: The role may not ask, or may not see the form.
        UserError: There is no such item, or no words, or too many.
    """
    session.require(ASKING)
    _demand_place(session, participant, scope)
    words = _words(text)
    key = random_id()
    with recording(session) as act:
        act.set(
            _ACTIONS["ask"],
            query_path(key),
            {"type": "query", "value": OPEN, "scope": scope, "side": session.side},
            participant=participant,
            reason={"code": "0", "text": words},
        )
    return key


def say(session: Session, participant: str, key: str, kind: str, text: str) -> None:
    """Answer a query, close it, or ask further, which opens a closed one again.

    Args:
        session: Who says it.
        participant: Whose data.
        key: Key of the query.
        kind: ``ask``, ``answer`` or ``close``.
        text: The words; none are needed to close.

    Raises:
        Refused: Not this person's to say, or not now.
        UserError: There is no such query that this person may see, or no words, or too many.
    """
    words = _words(text) if kind != "close" or text.strip() else ""
    sight = QuerySight(session)
    with recording(session) as act:
        rows = rows_of(act.current(query_path(key), participant))
        row = next((one for one in rows if sight.sees(participant, one.form_prefix)), None)
        if row is None:
            raise no_such_query()
        if kind not in sight.may(row):
            raise _not_to_say(kind)
        act.set(
            _ACTIONS[kind],
            query_path(key),
            {"type": "query", "value": SAID[kind], "scope": row.scope, "side": row.side},
            participant=participant,
            reason={"code": "0", "text": words} if words else None,
        )


def person_named(text: str) -> str:
    """What in a message looks like a person's name or number; a warning, nothing is refused."""
    return names_person(text)


def _shown(session: Session, rows: Iterable[QueryRow]) -> list[Query]:
    sight = QuerySight(session)
    found = []
    for row in rows:
        if not sight.sees(row.participant, row.form_prefix):
            continue
        last = max(row.heads, key=lambda head: (head.recorded_at, head.entry))
        found.append(
            Query(
                key=row.key,
                participant=row.participant,
                scope=row.scope,
                status=row.status,
                side=row.side,
                since=last.recorded_at,
                text=str((last.reason or {}).get("text", "")),
                finding=finding_words(last.value),
                may=sight.may(row),
                disputed=len(row.heads) > 1,
            )
        )
    return sorted(found, key=_by_need)


def _by_need(query: Query) -> tuple[int, datetime, str]:
    return (OPEN, ANSWERED, CLOSED).index(query.status), query.since, query.key


def _demand_place(session: Session, participant: str, scope: str) -> None:
    parts = scope.split("/")
    if len(parts) not in (_FORM, _ITEM):
        raise _no_such_item()
    prefix = "/".join(parts[:_FORM])
    opened_form(session, participant, prefix)
    form = session.study.form(parts[2])
    with session.store.read() as reader:
        begun = bool(reader.heads(participant=participant, prefix=prefix))
        row = "/".join(parts[:6])
        there = len(parts) == _FORM or _has(form, parts[4], parts[6], parts[5] == SINGLE_KEY)
        if there and len(parts) == _ITEM and parts[5] != SINGLE_KEY:
            there = bool(reader.heads(participant=participant, prefix=row))
    if not there or (not begun and parts[3] != SINGLE_KEY):
        raise _no_such_item()


def _has(form: FormDefinition, group: str, item: str, single: bool) -> bool:
    return any(
        one.oid == group and one.repeating != single and any(each.oid == item for each in one.items)
        for one in form.item_groups
    )


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > LONGEST:
        raise UserError(
            "query_words",
            what="Nothing was sent.",
            why="A message has at least one word and at most {most} characters.",
            what_to_do="Write in a few words what is asked or answered.",
            parameters={"most": LONGEST},
        )
    return words


def _no_such_item() -> UserError:
    return UserError(
        "no_such_item",
        what="The query was not raised.",
        why="There is no such item or form.",
        what_to_do="Open the form and ask beside the item.",
    )


def _not_to_say(kind: str) -> Refused:
    why = {
        "answer": "The query is closed, or its form is filled in by another role.",
        "close": "It is closed, or the other side raised it: that side closes it.",
    }
    return Refused(
        "not_to_say",
        what="Nothing was sent.",
        why=why.get(kind, "The other side raised this query."),
        what_to_do="Raise a query of your own, or ask a colleague whose task it is.",
    )
