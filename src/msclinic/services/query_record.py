"""Queries as the record holds them, without asking who may see them.

A query is one register ``query/<key>`` of its participant: each message replaces the one before,
and the trail is the conversation. The value says where and what state; the words stand in the
reason, so that a name typed by mistake can be blotted out and the query stays.
"""

from collections.abc import Iterable, Mapping

from attrs import frozen

from msclinic.domain.queries import CLOSED, STATUSES, query_status
from msclinic.store import Head, Reader

__all__ = ["QUERY_ROOT", "QueryRow", "open_query_marks", "query_path", "query_rows", "rows_of"]

QUERY_ROOT = "query"


@frozen
class QueryRow:
    """One query as it stands.

    Attributes:
        key: Its key; the register is ``query/<key>``.
        participant: Random id.
        scope: Path of the item or form that it is about.
        status: What it needs now.
        side: ``site``, ``sponsor`` or ``program``: who raised it.
        heads: Its last messages; two that did not know of each other are a conflict.
    """

    key: str
    participant: str
    scope: str
    status: str
    side: str
    heads: tuple[Head, ...]

    @property
    def form_prefix(self) -> str:
        """Path of the form that it is about."""
        return "/".join(self.scope.split("/")[:4])


def query_path(key: str) -> str:
    """The register of a query."""
    return f"{QUERY_ROOT}/{key}"


def rows_of(heads: Iterable[Head]) -> list[QueryRow]:
    """Queries among some heads, in the order of their keys.

    A message that cannot be read, or whose value was removed, belongs to no query here.
    """
    found: dict[tuple[str, str], list[Head]] = {}
    for head in heads:
        root, _, key = head.path.partition("/")
        value = head.value or {}
        if root == QUERY_ROOT and value.get("value") in STATUSES and head.participant:
            found.setdefault((head.participant, key), []).append(head)
    return [_row(*place, tuple(one)) for place, one in found.items()]


def query_rows(reader: Reader, participant: str) -> list[QueryRow]:
    """Every query about one participant."""
    return rows_of(reader.heads(participant=participant, prefix=QUERY_ROOT))


def open_query_marks(reader: Reader, participant: str, prefix: str) -> Mapping[str, str]:
    """Register of a query that is not closed, by the item of a form that it is about.

    Of several the one that needs most; a change of the item names it (R-AUD-13).
    """
    found: dict[str, QueryRow] = {}
    for row in query_rows(reader, participant):
        if row.form_prefix != prefix or row.status == CLOSED:
            continue
        before = found.get(row.scope)
        if before is None or _need(row) < _need(before):
            found[row.scope] = row
    return {scope: query_path(row.key) for scope, row in found.items()}


def _row(participant: str, key: str, heads: tuple[Head, ...]) -> QueryRow:
    values = [head.value or {} for head in heads]
    return QueryRow(
        key=key,
        participant=participant,
        scope=str(values[0].get("scope", "")),
        status=query_status(str(value["value"]) for value in values),
        side=str(values[0].get("side", "")),
        heads=heads,
    )


def _need(row: QueryRow) -> tuple[int, str]:
    return STATUSES.index(row.status), row.key
