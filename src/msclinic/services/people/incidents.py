"""Security incidents: what the program noticed and what people wrote down, as a list and a file.

Nothing of a participant stands here. Personal data breaches are reported by the controller within
72 hours of noticing (GDPR art. 33); the list says until when.
"""

import csv
import io
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.domain.values import instant_text
from msclinic.services.gateway import random_key, recording
from msclinic.services.outgoing import hand_out
from msclinic.services.people.delegation import may_read_people
from msclinic.services.session import Session, not_allowed
from msclinic.store import Reader, TrailRow

__all__ = ["REPORT_WITHIN", "Incident", "export_incidents", "incidents", "record_incident"]

REPORT_WITHIN = timedelta(hours=72)
_STREAMS = frozenset({"older_copy", "copied", "from_elsewhere", "marker_changed"})
_FIELDS = ("at", "recorded_at", "kind", "account", "by", "words", "report_by")


@frozen
class Incident:
    """One incident.

    Attributes:
        at: When it happened, or was noticed.
        recorded_at: When it was written down.
        kind: sign_in_failed, account_locked, clock_jumped, recovery_used, account_left, lapse,
            reported, or the cause of a new stream.
        account: Whose account it is about, or empty.
        by: Who recorded it; none where the device did.
        words: What a person wrote, or empty.
        report_by: Until when the controller reports a breach; only where a person wrote it down.
    """

    at: datetime
    recorded_at: datetime
    kind: str
    account: str
    by: str | None
    words: str
    report_by: datetime | None


def incidents(session: Session) -> tuple[Incident, ...]:
    """Every incident, the newest first.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
    """
    if not may_read_people(session):
        raise not_allowed()
    found = []
    with session.store.read() as reader:
        for row in _rows(reader):
            one = _incident(row)
            if one is not None:
                found.append(one)
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def record_incident(session: Session, words: str, noticed: datetime) -> None:
    """Write down an incident that a person noticed, such as a lost computer.

    Args:
        session: Anybody at the site.
        words: What happened; no names, nothing of a participant.
        noticed: When it was noticed; not in the future.

    Raises:
        Refused: A role of the sponsor.
        UserError: Nothing was written, or the time is still to come.
    """
    if session.side != "site":
        raise not_allowed()
    if not words.strip() or noticed > session.now():
        raise UserError(
            "incident_words",
            what="The incident was not recorded.",
            why="The words are missing, or the time is still to come.",
            what_to_do="Say in a sentence what happened and when it was noticed.",
        )
    with recording(session) as act:
        told = {"type": "incident", "kind": "reported", "value": words.strip()}
        path = f"site/incident/{random_key()}"
        act.set("incident_recorded", path, told, event_time=noticed)


def export_incidents(session: Session, out: Path) -> None:
    """Write the list to a file: ``.json`` as JSON, anything else as CSV (R-SEC-5).

    Args:
        session: Who asks.
        out: The file.

    Raises:
        Refused: Neither looks after accounts nor reads the journal.
        UserError: The target lies inside a clinic or is no file.
        KnownFault: It cannot be written.
    """
    rows = [_as_row(one) for one in incidents(session)]
    if out.suffix.lower() == ".json":
        content = json.dumps({"incidents": rows}, ensure_ascii=False, indent=1)
    else:
        text = io.StringIO()
        writer = csv.DictWriter(text, _FIELDS, lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
        content = text.getvalue()
    hand_out(out, content.encode("utf-8"), session.home)
    with recording(session) as act:
        told = {"type": "text", "value": "incidents"}
        act.set("exported", f"export/{random_key()}", told)


def _rows(reader: Reader) -> list[TrailRow]:
    wanted = ("sign_in_failed", "clock_jumped", "incident_recorded", "stream_started")
    paths = dict.fromkeys(
        one.entry.path or "" for one in reader.entries(*wanted, "account_disabled")
    )
    return [row for path in paths for row in reader.trail(None, path)]


def _incident(row: TrailRow) -> Incident | None:
    entry, value = row.entry, row.value or {}
    kind, account, words = entry.action, str(value.get("account", "")), ""
    report_by = None
    at = entry.event_time or entry.recorded_at
    if entry.action == "sign_in_failed":
        kind = "account_locked" if value.get("locked") == "Y" else kind
    elif entry.action == "stream_started":
        kind = str(value.get("cause", ""))
        if kind not in _STREAMS:
            return None
    elif entry.action == "account_disabled":
        if value.get("value") != "left":
            return None
        kind, account = "account_left", (entry.path or "").split("/")[1]
    elif entry.action == "incident_recorded":
        kind, words = str(value.get("kind", "reported")), str(value.get("value", ""))
        if kind in ("recovery_used", "lapse"):
            account, words = words, ""
        elif kind == "reported":
            report_by = at + REPORT_WITHIN
    elif entry.action != "clock_jumped":
        return None
    return Incident(at, entry.recorded_at, kind, account, entry.actor, words, report_by)


def _as_row(one: Incident) -> Mapping[str, Any]:
    return {
        "at": instant_text(one.at),
        "recorded_at": instant_text(one.recorded_at),
        "kind": one.kind,
        "account": one.account,
        "by": one.by or "",
        "words": _harmless(one.words),
        "report_by": "" if one.report_by is None else instant_text(one.report_by),
    }


def _harmless(words: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return f"'{words}" if words[:1] in "=+-@\t\r" and words else words
