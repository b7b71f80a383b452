"""The journal as a sortable data file: CSV or JSON, one row an entry, in the order of the record.

It holds what the person may know of and nothing else; that it was taken out is itself an entry.
Columns: docs/formats/journal.md.
"""

import csv
import hashlib
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

from msclinic.domain.values import instant_text
from msclinic.services.gateway import recording
from msclinic.services.journal_model import SITE, Criteria, JournalLine
from msclinic.services.journal_reading import find, journal_lines
from msclinic.services.journal_sight import demand_journal, unmasked_role
from msclinic.services.journal_words import (
    act_word,
    asked_words,
    old_words,
    value_words,
    where_words,
    why_words,
)
from msclinic.services.outgoing import outgoing_file
from msclinic.services.session import Session
from msclinic.services.unmasked_views import note_unmasked_view
from msclinic.store import Reader

__all__ = ["COLUMNS", "FORMATS", "GivenUp", "export_journal", "harmless"]

FORMATS = ("csv", "json")
FORMAT = "msclinic-journal-1"

COLUMNS = (
    "number",
    "stream",
    "entry",
    "typed_at",
    "recorded_at",
    "gap_seconds",
    "utc_offset",
    "zone",
    "event_time",
    "account",
    "role",
    "program",
    "action",
    "action_words",
    "participant",
    "subject",
    "visit",
    "visit_key",
    "form",
    "form_key",
    "item_group",
    "group_key",
    "item",
    "check",
    "where",
    "path",
    "value",
    "value_type",
    "unit",
    "value_words",
    "old_value",
    "old_words",
    "reason_code",
    "reason_text",
    "reason_words",
    "prompted_by",
    "prompted_words",
    "source",
    "rule",
    "rule_version",
    "inputs",
    "standing",
    "removed",
    "clock_moved_seconds",
    "study_version",
    "app_version",
)
"""In this order for ever; a new one comes last."""

_AT_ONCE = 500
_FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r\n|%＝＋－＠]")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_LANGUAGE = "en"


class GivenUp(Exception):
    """Nobody wants the file any more; none was written."""


def export_journal(
    session: Session,
    criteria: Criteria,
    form: str,
    out: Path,
    stop: Callable[[], bool] = lambda: False,
) -> int:
    """Write the entries that are wanted, oldest first, and record that they were taken out.

    Args:
        session: Who exports.
        criteria: What is wanted.
        form: ``csv`` or ``json``.
        out: The file; it is there whole or not at all.
        stop: Asked now and then; true gives it up, and no file is written.

    Returns:
        How many entries were written.

    Raises:
        Refused: The role does not read the journal.
        UserError: The filter names what there is not, or the target lies inside a clinic.
        KnownFault: The file cannot be written.
        GivenUp: It was given up.
    """
    demand_journal(session)
    if form not in FORMATS:
        raise ValueError(f"no format {form!r}")
    with session.store.read() as reader:
        positions = sorted(find(session, criteria, stop, reader))
        _note_views(session, reader, positions)
        with outgoing_file(out, session.home) as file:
            write = _write_csv if form == "csv" else _write_json
            lines = _lines(session, reader, positions, stop)
            write(session, lines, file, session.now())
            file.seek(0)
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    value = {
        "type": "export",
        "format": f"journal-{form}",
        "sha256": digest,
        "criteria": _said(criteria),
    }
    with recording(session) as act:
        act.set("exported", "site/export", value)
    return len(positions)


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula; numbers stay numbers.

    What could be one gets an apostrophe in front (OWASP, CSV injection).
    """
    if cell[:1].isalnum() or not cell:
        return cell
    return f"'{cell}" if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell) else cell


def _note_views(session: Session, reader: Reader, positions: Sequence[int]) -> None:
    if not unmasked_role(session, session.role):
        return
    for line in (one for part in _parts(positions) for one in journal_lines(session, part, reader)):
        definition = session.study.forms.get(line.spot.form)
        if definition is not None:
            prefix = "/".join((line.row.entry.path or "").split("/")[:4])
            participant = line.row.entry.participant or ""
            note_unmasked_view(session, participant, prefix, definition, "export")


def _parts(positions: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(positions), _AT_ONCE):
        yield positions[start : start + _AT_ONCE]


def _lines(
    session: Session, reader: Reader, positions: Sequence[int], stop: Callable[[], bool]
) -> Iterator[JournalLine]:
    for part in _parts(positions):
        if stop():
            raise GivenUp
        yield from journal_lines(session, part, reader)


def _write_csv(
    session: Session, lines: Iterator[JournalLine], file: BinaryIO, _made: datetime
) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8", newline="", write_through=True)
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for number, line in enumerate(lines, start=1):
        cells = _row(session, number, line)
        rows.writerow([harmless(str(cells[name])) for name in COLUMNS])
    text.flush()
    text.detach()


def _write_json(
    session: Session, lines: Iterator[JournalLine], file: BinaryIO, made: datetime
) -> None:
    head = {"format": FORMAT, "site": session.place.site, "made_at": instant_text(made)}
    file.write(json.dumps(head, ensure_ascii=False)[:-1].encode() + b', "entries": [')
    for number, line in enumerate(lines, start=1):
        row = json.dumps(_row(session, number, line), ensure_ascii=False).encode()
        file.write((b",\n" if number > 1 else b"\n") + row)
    file.write(b"\n]}\n")


def _row(session: Session, number: int, line: JournalLine) -> dict[str, Any]:
    # No place in the chain: its gaps would tell how much there is that the person may not know of.
    entry, spot = line.row.entry, line.spot
    value, reason = line.value or {}, line.reason or {}
    computed = entry.computed
    masked_path = line.account or not entry.actor or entry.participant or line.program
    return {
        "number": number,
        "stream": entry.stream,
        "entry": line.row.stored.hash,
        "typed_at": instant_text(entry.typed_at),
        "recorded_at": instant_text(entry.recorded_at),
        "gap_seconds": f"{line.gap.total_seconds():.3f}",
        "utc_offset": entry.utc_offset,
        "zone": entry.tz,
        "event_time": "" if entry.event_time is None else instant_text(entry.event_time),
        "account": line.account,
        "role": line.role,
        "program": line.program,
        "action": entry.action,
        "action_words": act_word(entry.action, _LANGUAGE),
        "participant": entry.participant or "",
        "subject": line.code,
        "visit": spot.visit,
        "visit_key": spot.visit_key,
        "form": spot.form,
        "form_key": spot.form_key,
        "item_group": spot.group,
        "group_key": spot.group_key,
        "item": spot.item,
        "check": spot.check,
        "where": where_words(session, line, _LANGUAGE),
        "path": (entry.path or "") if masked_path else "",
        "value": _plain(value),
        "value_type": str(value.get("type", "")),
        "unit": str(value.get("unit", "")),
        "value_words": value_words(session, line, _LANGUAGE),
        "old_value": " | ".join(_plain(old or {}) for old, _ in line.old),
        "old_words": " | ".join(old_words(session, line, _LANGUAGE)),
        "reason_code": str(reason.get("code", "")),
        "reason_text": str(reason.get("text", "")),
        "reason_words": why_words(line, _LANGUAGE),
        "prompted_by": entry.prompted_by or "",
        "prompted_words": asked_words(session, line, _LANGUAGE),
        "source": entry.source or "",
        "rule": computed.rule if computed else "",
        "rule_version": computed.rule_version if computed else "",
        "inputs": " ".join(computed.inputs) if computed else "",
        "standing": _standing(line),
        "removed": " ".join(sorted(line.row.removed)),
        "clock_moved_seconds": "" if line.clock is None else f"{line.clock:f}",
        "study_version": entry.study_version or "",
        "app_version": entry.app_version,
    }


def _plain(value: dict[str, Any]) -> str:
    """A value as the record writes it: one text, or canonical JSON where it has several members."""
    said = value.get("value")
    if isinstance(said, str) and set(value) <= {"type", "value", "unit"}:
        return said
    members = {name: one for name, one in value.items() if name not in ("type", "unit")}
    return json.dumps(members, ensure_ascii=False, sort_keys=True) if members else ""


def _standing(line: JournalLine) -> str:
    if line.row.waiting:
        return "waiting"
    return "current" if line.row.current else "past"


def _said(criteria: Criteria) -> dict[str, str]:
    texts = {
        "participant": "" if criteria.participant == SITE else criteria.participant,
        "visit": criteria.visit,
        "form": criteria.form,
        "item": criteria.item,
        "person": criteria.person,
        "acts": " ".join(criteria.acts),
        "since": instant_text(criteria.since) if criteria.since else "",
        "until": instant_text(criteria.until) if criteria.until else "",
    }
    return {name: text for name, text in texts.items() if text}
