"""How entries and folded rows are written as rows of tables, and read back.

Every way that writes a table (append, rebuild, verify) builds its rows here, so that they can be
compared; nothing here touches a database.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msclinic.record.entry import EntryError, StoredEntry, time_to_text
from msclinic.record.fold import HeadRow, SignatureRow, counts_while

__all__ = [
    "Row",
    "current_rows",
    "dependence_rows",
    "head_row",
    "journal_row",
    "moment",
    "signature_item_rows",
    "signature_row",
    "signed_rows",
    "value_of",
    "word_of",
]

Row = dict[str, Any]
WORD = 64
"""A value's short text is cut to this many characters."""


def journal_row(stored: StoredEntry) -> Row:
    """The row of an entry; its columns are an index over the bytes."""
    envelope = stored.envelope
    try:
        entry = stored.entry
        about = (entry.participant or "", entry.path or "", entry.action, entry.actor or "")
    except EntryError:
        about = ("", "", "", "")
    return {
        "hash": stored.hash,
        "stream": envelope.stream,
        "seq": envelope.seq,
        "act_number": envelope.act.number,
        "act_index": envelope.act.index,
        "act_size": envelope.act.size,
        "participant": about[0],
        "path": about[1],
        "action": about[2],
        "actor": about[3],
        "bytes": stored.bytes,
        "signature": stored.signature,
    }


def head_row(row: HeadRow, stored: StoredEntry, signed: str = "") -> Row:
    """The row of a head.

    Args:
        row: What the fold gives.
        stored: Its entry.
        signed: Meanings of the signatures that stand over exactly this path.
    """
    entry = stored.entry
    parts = row.path.split("/")
    clinical = parts[0].isupper()
    return {
        "entry": row.entry,
        "participant": row.participant or "",
        "path": row.path,
        "visit": parts[0] if clinical else "",
        "form": parts[2] if clinical and len(parts) > 2 else "",
        "item": parts[6] if clinical and len(parts) == 7 else "",
        "action": entry.action,
        "actor": entry.actor,
        "role": entry.role,
        "typed_at": time_to_text(entry.typed_at),
        "recorded_at": time_to_text(entry.recorded_at),
        "event_time": None if entry.event_time is None else time_to_text(entry.event_time),
        "study_version": entry.study_version,
        "source": entry.source,
        "value": row.value,
        "reason": row.reason,
        "replaces": len(entry.supersedes),
        "stale": int(row.stale),
        "conflict": int(row.conflict),
        "word": word_of(row.value),
        "signed": signed,
    }


def word_of(content: bytes | None) -> str | None:
    """A value as one short text to find it by; none where there is none.

    A visit is its status and day, a text is folded to small letters, everything else with one
    value is as the record writes it.
    """
    if content is None:
        return None
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(value, dict):
        return None
    if value.get("type") == "visit":
        return f"{value.get('status', '')} {value.get('date', '')}"[:WORD]
    said = value.get("value")
    if not isinstance(said, str):
        return None
    return (said.casefold() if value.get("type") == "text" else said)[:WORD]


def signed_rows(rows: Iterable[SignatureRow]) -> dict[tuple[str | None, str], str]:
    """By participant and path, the meanings of the signatures that stand over exactly it."""
    found: dict[tuple[str | None, str], set[str]] = {}
    for row in rows:
        if row.scope and row.status == "valid":
            found.setdefault((row.participant, row.scope), set()).add(row.meaning)
    return {place: " ".join(sorted(meanings)) for place, meanings in found.items()}


def current_rows(row: HeadRow) -> list[Row]:
    """The rows naming a head and its twins as current."""
    return [{"entry": one, "head": row.entry} for one in (row.entry, *row.twins)]


def dependence_rows(row: HeadRow, stored: StoredEntry) -> list[Row]:
    """The rows naming what a head needs to stay current."""
    needed = counts_while(stored.entry, row.value)
    return [{"needed": one, "head": row.entry} for one in sorted(needed)]


def signature_row(row: SignatureRow, stored: StoredEntry) -> Row:
    """The row of a signature."""
    entry = stored.entry
    return {
        "entry": row.entry,
        "participant": row.participant or "",
        "path": row.path,
        "scope": row.scope,
        "meaning": row.meaning,
        "status": row.status,
        "actor": entry.actor,
        "role": entry.role,
        "typed_at": time_to_text(entry.typed_at),
        "study_version": entry.study_version,
    }


def signature_item_rows(row: SignatureRow) -> list[Row]:
    """The rows of what a signature signed, one a path."""
    listed: dict[str, set[str]] = {}
    for path, heads in row.items:
        listed.setdefault(path, set()).update(heads)
    return [
        {"signature": row.entry, "path": path, "heads": " ".join(sorted(heads))}
        for path, heads in sorted(listed.items())
    ]


def moment(text: str) -> datetime:
    """A time column as an aware datetime."""
    return datetime.fromisoformat(text)


def value_of(content: bytes | None) -> dict[str, Any] | None:
    """A payload's content as the JSON object that it is."""
    if content is None:
        return None
    value: dict[str, Any] = json.loads(content.decode())
    return value
