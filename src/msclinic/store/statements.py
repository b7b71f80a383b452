"""Statements of reading, built once: building one takes longer than running it."""

from functools import cache

from sqlalchemy import and_, bindparam, func, literal_column, or_, select, table
from sqlalchemy.sql.elements import ColumnElement

from msclinic.store.prepared import Prepared, among
from msclinic.store.schema import (
    current,
    head,
    journal,
    payload,
    signature,
    signature_item,
    waiting,
)

__all__ = [
    "AT",
    "BETWEEN",
    "CHANGED",
    "FIRST_SIGNED",
    "ITEMS_OF",
    "ITEMS_OF_SOME",
    "LAST_POSITION",
    "NAMED",
    "NAMES_OF",
    "NEXT_SIGNED",
    "NEXT_STREAM",
    "NEXT_WORD",
    "PAYLOADS",
    "SAYING",
    "SIGNED",
    "SIGNED_BACKWARDS",
    "SIGNED_SO",
    "SNAPSHOT",
    "STORED",
    "STREAM_HEAD",
    "TRAIL",
    "heads_statement",
    "signatures_statement",
]

_PAGE = 32
# Built once: building a statement takes longer than running it.
_HEAD = (
    select(
        head.c.participant,
        head.c.path,
        head.c.entry,
        head.c.action,
        head.c.value,
        head.c.reason,
        head.c.actor,
        head.c.role,
        head.c.typed_at,
        head.c.recorded_at,
        head.c.event_time,
        head.c.study_version,
        head.c.source,
        head.c.replaces,
        head.c.stale,
        head.c.conflict,
        current.c.entry,
    )
    .join(current, current.c.head == head.c.entry)
    .order_by(head.c.participant, head.c.path, head.c.entry, current.c.entry)
)
_HERE: tuple[ColumnElement[bool], ...] = (
    head.c.form == bindparam("form"),
    head.c.item == bindparam("item"),
)
_IN_RANGE: tuple[ColumnElement[bool], ...] = (
    head.c.word >= bindparam("first"),
    head.c.word < bindparam("end"),
)
SAYING = Prepared(_HEAD.where(*_HERE, among(head.c.word, "many")))
BETWEEN = Prepared(_HEAD.where(*_HERE, *_IN_RANGE))
_FORM_SAYS: tuple[ColumnElement[bool], ...] = (
    head.c.form == bindparam("form"),
    head.c.item == "",
    head.c.word == bindparam("word"),
)
_FIRST_SIGNED = select(func.min(head.c.signed)).where(*_FORM_SAYS)
FIRST_SIGNED = Prepared(_FIRST_SIGNED)
NEXT_SIGNED = Prepared(_FIRST_SIGNED.where(head.c.signed > bindparam("signed")))
SIGNED_SO = Prepared(_HEAD.where(*_FORM_SAYS, head.c.signed == bindparam("signed")))
NEXT_WORD = Prepared(select(func.min(head.c.word)).where(*_HERE, head.c.word >= bindparam("first")))
NAMED = Prepared(
    select(head.c.participant, head.c.entry, head.c.word, head.c.value)
    .where(head.c.path == bindparam("where"), head.c.participant != "", *_IN_RANGE)
    .order_by(head.c.word, head.c.entry)
    .limit(bindparam("most"))
)
ITEMS_OF = Prepared(
    select(head.c.participant, head.c.item, head.c.value)
    .where(head.c.form == bindparam("form"), among(head.c.item, "many"))
    .order_by(head.c.participant, head.c.path, head.c.entry)
)
_WHOSE = among(head.c.participant, "whose")
ITEMS_OF_SOME = Prepared(
    select(head.c.participant, head.c.item, head.c.value)
    .where(
        _WHOSE,
        literal_column("+head.form") == bindparam("form"),
        among(literal_column("+head.item"), "many"),
    )
    .order_by(head.c.participant, head.c.path, head.c.entry)
)
NAMES_OF = Prepared(
    select(head.c.participant, head.c.entry, head.c.word, head.c.value)
    .where(_WHOSE, literal_column("+head.path") == bindparam("where"))
    .order_by(head.c.word, head.c.entry)
)
AT = Prepared(
    _HEAD.where(head.c.participant == bindparam("who"), head.c.path == bindparam("where"))
)
STORED = Prepared(
    select(journal.c.hash, journal.c.bytes, journal.c.signature).where(
        journal.c.hash == bindparam("one")
    )
)
STREAM_HEAD = Prepared(
    select(journal.c.seq, journal.c.hash, journal.c.act_number)
    .where(journal.c.stream == bindparam("which"))
    .order_by(journal.c.seq.desc())
    .limit(1)
)
NEXT_STREAM = Prepared(
    select(func.min(journal.c.stream)).where(journal.c.stream > bindparam("after"))
)
SIGNED_BACKWARDS = Prepared(
    select(journal.c.seq, journal.c.hash, journal.c.bytes, journal.c.signature)
    .where(
        journal.c.stream == bindparam("which"),
        literal_column("+journal.action") == "signed",
        journal.c.seq < bindparam("before"),
    )
    .order_by(journal.c.seq.desc())
    .limit(_PAGE)
)
LAST_POSITION = Prepared(select(func.max(journal.c.position)))
CHANGED = Prepared(
    select(journal.c.participant, journal.c.path)
    .where(journal.c.position > bindparam("after"))
    .order_by(journal.c.position)
)
TRAIL = Prepared(
    select(
        journal.c.hash,
        journal.c.bytes,
        journal.c.signature,
        current.c.entry,
        waiting.c.entry,
    )
    .outerjoin(current, current.c.entry == journal.c.hash)
    .outerjoin(waiting, waiting.c.entry == journal.c.hash)
    .where(journal.c.participant == bindparam("who"), journal.c.path == bindparam("where"))
    .order_by(journal.c.position)
)
PAYLOADS = Prepared(
    select(payload.c.entry, payload.c.part, payload.c.content).where(among(payload.c.entry, "many"))
)
SIGNED = Prepared(
    select(signature_item.c.signature, signature_item.c.path, signature_item.c.heads)
    .where(among(signature_item.c.signature, "many"))
    .order_by(signature_item.c.path)
)


# It must not need a table: ``verify`` reads records from which one was removed.
SNAPSHOT = Prepared(select(literal_column("1")).select_from(table("sqlite_schema")).limit(1))


@cache
def heads_statement(columns: tuple[str, ...], *, below: bool) -> Prepared:
    """Heads by columns of theirs, and those at or below a path."""
    of_one = "participant" in columns
    conditions: list[ColumnElement[bool]] = [
        # One participant's heads are few; without the sign SQLite might walk a form of everyone's.
        (literal_column(f"+head.{one}") if of_one and one != "participant" else head.c[one])
        == bindparam(one)
        for one in columns
    ]
    if below:
        # The path itself and what is below it; ``0`` is what sorts after ``/``.
        path = head.c.path
        inside = and_(path >= bindparam("above"), path < bindparam("end"))
        conditions.append(or_(path == bindparam("at"), inside))
    return Prepared(_HEAD.where(*conditions))


@cache
def signatures_statement(columns: tuple[str, ...]) -> Prepared:
    """Signatures by columns of theirs, in the order in which they came."""
    return Prepared(
        select(
            signature.c.entry,
            signature.c.participant,
            signature.c.path,
            signature.c.scope,
            signature.c.meaning,
            signature.c.status,
            signature.c.actor,
            signature.c.role,
            signature.c.typed_at,
            signature.c.study_version,
        )
        .join(journal, journal.c.hash == signature.c.entry)
        .where(*(signature.c[one] == bindparam(one) for one in columns))
        .order_by(journal.c.position)
    )
