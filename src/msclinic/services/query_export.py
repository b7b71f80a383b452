"""Queries as an export writes them: each message with its words, by whom and when.

Only queries that the exporting person may see; what the program asks stands in English.
"""

from collections.abc import Callable, Mapping

from msclinic.domain.queries import ANSWERED, CLOSED, OPEN
from msclinic.exchange.odm_model import QueryMessage, QueryRecord
from msclinic.services.query_conversation import messages_of
from msclinic.services.query_model import Message
from msclinic.services.query_record import QueryRow, query_rows
from msclinic.services.query_sight import QuerySight
from msclinic.services.session import Session
from msclinic.store import Reader

__all__ = ["exported_queries"]

_SAID = {"ask": "ASKED", "answer": "ANSWERED", "close": "CLOSED"}
_STATUS = {OPEN: "OPEN", ANSWERED: "ANSWERED", CLOSED: "CLOSED"}


def exported_queries(
    session: Session,
    reader: Reader,
    participant: str,
    person: Callable[[str, str], tuple[str, str]],
    versions: Mapping[str, str],
) -> dict[str, tuple[QueryRecord, ...]]:
    """Queries about one participant by the path of the item or form.

    Args:
        session: Who exports.
        reader: The snapshot that is exported.
        participant: Random id.
        person: Account and role as the file may name them.
        versions: Program version by entry.
    """
    sight = QuerySight(session)
    found: dict[str, list[QueryRecord]] = {}
    for row in query_rows(reader, participant):
        if sight.sees(participant, row.form_prefix):
            record = _record(session, reader, row, person, versions)
            found.setdefault(row.scope, []).append(record)
    return {scope: tuple(queries) for scope, queries in found.items()}


def _record(
    session: Session,
    reader: Reader,
    row: QueryRow,
    person: Callable[[str, str], tuple[str, str]],
    versions: Mapping[str, str],
) -> QueryRecord:
    def written(message: Message) -> QueryMessage:
        account, role = person(message.by, message.role) if message.role else (None, None)
        known = session.study.roles.get(message.role)
        return QueryMessage(
            said=_SAID[message.kind],
            sponsor=known is not None and known.side == "sponsor",
            account=account,
            role=role,
            at=message.at.astimezone(session.zone),
            entry=message.entry,
            app_version=versions[message.entry],
            text=message.text or message.finding.get("en", ""),
        )

    return QueryRecord(
        key=row.key,
        scope=row.scope,
        status=_STATUS[row.status],
        messages=tuple(map(written, messages_of(session, reader, row))),
    )
