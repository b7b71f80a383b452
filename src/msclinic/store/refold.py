"""Keeps the read tables equal to the fold while entries are appended.

Only registers, computed values and signatures that an act can have touched are folded again; the
result must be what a rebuild of everything gives. Runs inside the transaction of the append.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.sql.elements import BindParameter, ColumnElement

from msclinic.record.actions import ACTIONS
from msclinic.record.entry import Entry, StoredEntry
from msclinic.record.fold import (
    WHOLE,
    HeadRow,
    Signature,
    SignatureRow,
    builds_on,
    fold_register,
    is_register,
    known_to_fold,
    names_others,
    signature_in,
    signature_is_valid,
)
from msclinic.store.prepared import Prepared, PreparedInsert, among
from msclinic.store.rows import (
    current_rows,
    dependence_rows,
    head_row,
    signature_item_rows,
    signature_row,
)
from msclinic.store.schema import (
    current,
    dependence,
    head,
    journal,
    payload,
    signature,
    signature_item,
    waiting,
    waiting_for,
)

__all__ = [
    "NEWER",
    "at_or_below",
    "count_act",
    "is_signing",
    "refold_registers",
    "stored_entries",
]

NEWER = "newer"
"""What an act waits for that holds a format or action of a newer program."""

_Place = tuple[str, str]

_ONE: BindParameter[Any] = bindparam("one")
_WHOSE: BindParameter[Any] = bindparam("whose")
_WHERE: BindParameter[Any] = bindparam("where")
_WAITS_FOR = Prepared(
    select(waiting_for.c.act).distinct().where(among(waiting_for.c.needed, "many"))
)
_KNOWN = Prepared(
    select(journal.c.hash)
    .outerjoin(waiting, waiting.c.entry == journal.c.hash)
    .where(among(journal.c.hash, "many"), waiting.c.entry.is_(None))
)
_CONTENTS = Prepared(
    select(payload.c.entry, payload.c.content).where(
        among(payload.c.entry, "many"), payload.c.part == bindparam("which")
    )
)
_REGISTER = Prepared(
    select(journal.c.hash, journal.c.bytes, journal.c.signature)
    .where(
        journal.c.participant == _WHOSE,
        journal.c.path == _WHERE,
        journal.c.hash.not_in(select(waiting.c.entry)),
    )
    .order_by(journal.c.position)
)
_HEADS_HERE = Prepared(
    select(head.c.entry).where(head.c.participant == _WHOSE, head.c.path == _WHERE)
)
_SAME = Prepared(select(current.c.entry).where(among(current.c.head, "many")))
_DROP = tuple(
    Prepared(delete(table).where(among(column, "many")))
    for table, column in (
        (current, current.c.head),
        (dependence, dependence.c.head),
        (head, head.c.entry),
    )
)
_ADD = {
    table: PreparedInsert(table) for table in (head, current, dependence, signature, signature_item)
}
_NEEDED = Prepared(select(dependence.c.needed).where(dependence.c.head == _ONE))
_DEPENDENTS = Prepared(select(dependence.c.head).where(among(dependence.c.needed, "many")))
_SET_STALE = Prepared(
    update(head)
    .where(head.c.entry == _ONE, head.c.stale != bindparam("flag"))
    .values(stale=bindparam("flag"))
)
_HEAD_STALE = Prepared(
    select(head.c.stale)
    .join(current, current.c.head == head.c.entry)
    .where(current.c.entry == _ONE)
)
_IS_CURRENT = Prepared(select(current.c.entry).where(current.c.entry == _ONE))
_LISTED = Prepared(
    select(signature_item.c.heads).where(
        signature_item.c.signature == _ONE, signature_item.c.path == _WHERE
    )
)
_SET_STATUS = Prepared(
    update(signature).where(signature.c.entry == _ONE).values(status=bindparam("said"))
)
_STANDING = Prepared(
    select(signature.c.meaning)
    .distinct()
    .where(
        signature.c.participant == _WHOSE,
        signature.c.scope == _WHERE,
        signature.c.status == "valid",
    )
)
_SHOW_SIGNED = Prepared(
    update(head)
    .where(head.c.participant == _WHOSE, head.c.path == _WHERE)
    .values(signed=bindparam("meanings"))
)
_SIGNATURES = Prepared(
    select(signature.c.entry, signature.c.participant, signature.c.path, signature.c.scope).where(
        signature.c.participant == _WHOSE,
        or_(
            signature.c.path == _WHERE,
            among(signature.c.scope, "many"),
            signature.c.entry.in_(
                select(signature_item.c.signature).where(signature_item.c.path == _WHERE)
            ),
        ),
    )
)


def at_or_below(path: str) -> ColumnElement[bool]:
    """Heads of this path and of every path below it; ``0`` is what sorts after ``/``."""
    return or_(head.c.path == path, and_(head.c.path >= f"{path}/", head.c.path < f"{path}0"))


def stored_entries(connection: Connection, *conditions: ColumnElement[bool]) -> list[StoredEntry]:
    """Entries of the journal in the order in which they came."""
    statement = select(journal.c.hash, journal.c.bytes, journal.c.signature)
    rows = connection.execute(statement.where(*conditions).order_by(journal.c.position))
    return [StoredEntry(*row) for row in rows]


def count_act(connection: Connection, act: Sequence[StoredEntry]) -> None:
    """Take a whole act, already in the journal, into the read tables.

    Args:
        connection: In the transaction of the append.
        act: Its entries in order.
    """
    fresh = list(_admit(connection, act))
    if not fresh:
        return
    places = {
        (one.entry.participant or "", one.entry.path or "")
        for one in fresh
        if is_register(one.entry)
    }
    # What was read once is not read out of the journal again.
    known = {one.hash: one for one in fresh}
    _refresh_stale(connection, [_refold(connection, place, known) for place in sorted(places)])
    _add_signatures(connection, fresh)
    _refresh_signatures(connection, places)


def refold_registers(connection: Connection, places: set[_Place]) -> None:
    """Fold some registers again, of which nothing but a payload has gone."""
    _refresh_stale(connection, [_refold(connection, place, {}) for place in sorted(places)])
    _refresh_signatures(connection, places)


def _admit(connection: Connection, act: Sequence[StoredEntry]) -> list[StoredEntry]:
    """Entries that begin to count: the act's, and those of acts that waited for it."""
    last = act[-1].hash
    missing = _missing(connection, act)
    if missing:
        connection.execute(insert(waiting), [{"entry": one.hash, "act": last} for one in act])
        connection.execute(
            insert(waiting_for), [{"act": last, "needed": one} for one in sorted(missing)]
        )
        return []
    admitted: list[StoredEntry] = []
    ready = [list(act)]
    while ready:
        group = ready.pop()
        admitted += group
        hashes = [one.hash for one in group]
        acts = _WAITS_FOR.column(connection, many=hashes)
        if not acts:
            continue
        connection.execute(delete(waiting_for).where(waiting_for.c.needed.in_(hashes)))
        for one in acts:
            left = select(waiting_for.c.act).where(waiting_for.c.act == one).limit(1)
            if connection.execute(left).first() is not None:
                continue
            entries = select(waiting.c.entry).where(waiting.c.act == one)
            ready.append(stored_entries(connection, journal.c.hash.in_(entries)))
            connection.execute(delete(waiting).where(waiting.c.act == one))
    return admitted


def _missing(connection: Connection, act: Sequence[StoredEntry]) -> set[str]:
    if not all(known_to_fold(one) for one in act):
        return {NEWER}
    telling = [one.hash for one in act if names_others(one.entry)]
    contents = _contents(connection, telling, "value")
    needed = {other for one in act for other in builds_on(one.entry, contents.get(one.hash))} - {
        one.hash for one in act
    }
    if not needed:
        return set()
    return needed - set(_KNOWN.column(connection, many=list(needed)))


def _contents(connection: Connection, hashes: Iterable[str], part: str) -> dict[str, bytes]:
    wanted = list(hashes)
    if not wanted:
        return {}
    return dict(_CONTENTS(connection, many=wanted, which=part))


def _refold(
    connection: Connection, place: _Place, known: Mapping[str, StoredEntry]
) -> tuple[set[str], set[str]]:
    """Fold one register again.

    Returns:
        Its heads that count only while others do, and the entries that became or ceased current.
    """
    participant, path = place
    here = {"whose": participant, "where": path}
    counted = [
        one
        for one in (known.get(row[0]) or StoredEntry(*row) for row in _REGISTER(connection, **here))
        if is_register(one.entry)
    ]
    superseded = {other for one in counted for other in one.entry.supersedes}
    candidates = [one.hash for one in counted if one.hash not in superseded]
    values = _contents(connection, candidates, "value")
    reasons = _contents(
        connection, [one.hash for one in counted if one.entry.reason is not None], "reason"
    )
    register = fold_register(counted, values)
    old_heads = _HEADS_HERE.column(connection, **here)
    before: set[str] = set()
    if old_heads:
        before = set(_SAME.column(connection, many=old_heads))
        for statement in _DROP:
            statement.count(connection, many=old_heads)
    by_hash = {one.hash: one for one in counted}
    needy: set[str] = set()
    for one in register.heads:
        row = HeadRow(
            participant or None,
            path,
            one,
            register.twins[one],
            False,
            register.conflict,
            values.get(one),
            reasons.get(one),
        )
        _ADD[head](connection, [head_row(row, by_hash[one])])
        _ADD[current](connection, current_rows(row))
        needs = dependence_rows(row, by_hash[one])
        if needs:
            _ADD[dependence](connection, needs)
            needy.add(one)
    after = {each for one in register.heads for each in (one, *register.twins[one])}
    return needy, before | after


def _refresh_stale(connection: Connection, refolded: Sequence[tuple[set[str], set[str]]]) -> None:
    """Mark what no longer counts; inputs come before what builds on them, so this ends."""
    queue = {one for needy, _ in refolded for one in needy}
    queue |= _dependents(connection, {one for _, touched in refolded for one in touched})
    while queue:
        one = queue.pop()
        hashes = _NEEDED.column(connection, one=one)
        if not hashes:
            continue
        stale = int(any(_no_longer_counts(connection, other) for other in hashes))
        if _SET_STALE.count(connection, one=one, flag=stale):
            queue |= _dependents(connection, set(_SAME.column(connection, many=[one])))


def _dependents(connection: Connection, hashes: set[str]) -> set[str]:
    return set(_DEPENDENTS.column(connection, many=list(hashes))) if hashes else set()


def _no_longer_counts(connection: Connection, one: str) -> bool:
    row = _HEAD_STALE.first(connection, one=one)
    if row is not None:
        return bool(row[0])
    found = stored_entries(connection, journal.c.hash == one)
    return bool(found) and is_register(found[0].entry)


def _add_signatures(connection: Connection, fresh: Sequence[StoredEntry]) -> None:
    contents = _contents(connection, [one.hash for one in fresh if is_signing(one.entry)], "value")
    for one in fresh:
        if not is_signing(one.entry):
            continue
        found = signature_in(one.entry, contents.get(one.hash)) or Signature("", "", ())
        row = SignatureRow(
            one.hash,
            one.entry.participant,
            one.entry.path or "",
            found.scope,
            found.meaning,
            "void",
            found.items,
        )
        _ADD[signature](connection, [signature_row(row, one)])
        _ADD[signature_item](connection, signature_item_rows(row))


def is_signing(entry: Entry) -> bool:
    """Whether the entry has a row among the signatures."""
    return entry.path is not None and ACTIONS[entry.action].signs


def _refresh_signatures(connection: Connection, places: set[_Place]) -> None:
    affected: dict[str, tuple[str, str, str]] = {}
    touched: dict[str, list[str]] = {}
    for participant, path in sorted(places):
        parts = path.split("/")
        scopes = [WHOLE, *("/".join(parts[:depth]) for depth in range(1, len(parts) + 1))]
        about = {"whose": participant, "where": path, "many": scopes}
        for entry, whose, own, scope in _SIGNATURES(connection, **about):
            affected[entry] = (whose, own, scope)
            touched.setdefault(entry, []).append(path)
    for entry, (participant, _, _) in sorted(affected.items()):
        fallen = any(_fallen_at(connection, entry, path) for path in touched[entry])
        status = "void" if fallen or not _stands(connection, entry, participant) else "valid"
        _SET_STATUS.count(connection, one=entry, said=status)
    for participant, scope in sorted({(whose, scope) for whose, _, scope in affected.values()}):
        _show_signed(connection, participant, scope)


def _show_signed(connection: Connection, participant: str, scope: str) -> None:
    if not scope:
        return
    here = {"whose": participant, "where": scope}
    meanings = " ".join(sorted(_STANDING.column(connection, **here)))
    _SHOW_SIGNED.count(connection, **here, meanings=meanings)


def _fallen_at(connection: Connection, entry: str, path: str) -> bool:
    """Whether a signature is void by one path alone, so that the rest need not be read.

    A head that was replaced never comes back, so what has fallen once stays so: an answer beneath a
    signed visit costs no more than any other.
    """
    listed = _LISTED.first(connection, one=entry, where=path)
    if listed is None:
        return False
    return any(_IS_CURRENT.first(connection, one=one) is None for one in listed[0].split())


def _stands(connection: Connection, entry: str, participant: str) -> bool:
    if _IS_CURRENT.first(connection, one=entry) is None:
        return False
    stored = stored_entries(connection, journal.c.hash == entry)[0]
    content = _contents(connection, [entry], "value").get(entry)
    found = signature_in(stored.entry, content)
    if found is None:
        return False
    statement = (
        select(head.c.path, head.c.entry, current.c.entry)
        .join(current, current.c.head == head.c.entry)
        .where(head.c.participant == participant)
    )
    shown: dict[str, dict[str, list[str]]] = {}
    for path, shown_head, each in connection.execute(_what_was_signed(statement, found)):
        shown.setdefault(path, {}).setdefault(shown_head, []).append(each)

    def heads_of(path: str) -> list[HeadRow]:
        return [
            HeadRow(None, path, one, tuple(same), False, False, None, None)
            for one, same in shown.get(path, {}).items()
        ]

    def paths_under(scope: str) -> list[str]:
        return [path for path in shown if _beneath(path, scope)]

    return signature_is_valid(found, heads_of, paths_under)


def _beneath(path: str, scope: str) -> bool:
    return scope == WHOLE or path == scope or path.startswith(f"{scope}/")


def _what_was_signed(statement: Select[Any], found: Signature) -> Select[Any]:
    """Heads of everything beneath the scope, and of the paths listed beside it."""
    if found.scope == WHOLE:
        return statement
    beside = [path for path, _ in found.items if not found.scope or not _beneath(path, found.scope)]
    wanted: ColumnElement[bool] = head.c.path.in_(beside)
    return statement.where(or_(wanted, at_or_below(found.scope)) if found.scope else wanted)
