"""Entries of the journal in words: what was done, where, from what to what, and why.

For screens in the reader's language, for exports in English. Nothing is read from the record here.
"""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from typing import Any

from msclinic.domain.values import Answer, from_json
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.services.entry_findings import CHANGED, LATE
from msclinic.services.home import account_code
from msclinic.services.journal_model import JournalLine, Spot
from msclinic.services.reasons import reason_words
from msclinic.services.session import Session
from msclinic.services.visit_reading import Words
from msclinic.wording import current_language, plural, tr

__all__ = [
    "act_word",
    "asked_words",
    "duration_words",
    "group_word",
    "item_of",
    "old_words",
    "removed_words",
    "source_words",
    "value_words",
    "what_words",
    "where_words",
    "who_words",
    "why_words",
]

_HELD_BY_PROGRAM = ("certificate", "keys", "signature")
_PLAIN = ("type", "entry", "device", "beneath", "key", "public", "recipient", "document")


def removed_words(language: str | None = None) -> str:
    """What stands in the place of what two persons have blotted out."""
    return tr("removed: personal data", language=language)


def group_word(group: str, language: str | None = None) -> str:
    """The name of a group of acts."""
    return {
        "answers": tr("Answers", language=language),
        "reasons": tr("Reasons and overrides", language=language),
        "forms": tr("Forms opened, completed, reopened", language=language),
        "signatures": tr("Signatures", language=language),
        "visits": tr("Visits, runs, deviations", language=language),
        "queries": tr("Queries and source checks", language=language),
        "locks": tr("Locks", language=language),
        "outgoing": tr("Documents and exports", language=language),
        "people": tr("People and sign-ins", language=language),
        "study": tr("Study and mask", language=language),
        "journal": tr("Journal and checks", language=language),
        "devices": tr("Devices and clocks", language=language),
    }[group]


def act_word(action: str, language: str | None = None) -> str:
    """An act in a few words; its own name where the program has none for it."""
    return _act_words(language or current_language()).get(action, action)


def who_words(session: Session, line: JournalLine, language: str | None = None) -> str:
    """Who did it: the account, the role alone, the program, or the device."""
    if line.program:
        return line.program
    if line.account:
        return account_code(line.account)
    known = session.study.roles.get(line.role)
    if known is not None:
        return known.short.text(language or current_language())
    return line.role or tr("the device", language=language)


def where_words(session: Session, line: JournalLine, language: str) -> str:
    """Visit, form and item as their titles have it; empty for what lies nowhere."""
    study, spot = session.study, line.spot
    parts = [account_code(line.whom)] if line.whom else []
    if spot.visit:
        titles = {one.code: one.title.text(language) for one in study.visits}
        parts.append(titles.get(spot.visit, spot.visit))
    form = study.forms.get(spot.form)
    if spot.form:
        parts.append(form.title.text(language) if form else spot.form)
    if spot.item:
        item = item_of(session, spot)
        parts.append(item.label.text(language) if item else spot.item)
    return " · ".join(parts)


def what_words(session: Session, line: JournalLine, language: str) -> str:
    """What was done, with the old and the new value where there are any."""
    entry = line.row.entry
    if entry.action == "signed":
        code = str((line.value or {}).get("meaning", ""))
        meaning = session.study.meanings.get(code)
        said = meaning.title.text(language) if meaning else code
        return tr("Signed: {meaning}", meaning=said, language=language)
    if entry.action not in ("answered", "computed"):
        return act_word(entry.action, language)
    new = value_words(session, line, language)
    olds = list(dict.fromkeys(old_words(session, line, language)))
    if entry.action == "computed":
        return tr("Computed {value}", value=new, language=language)
    if not olds:
        return tr("Entered {value}", value=new, language=language)
    if olds == [new]:
        return tr("Confirmed {value}", value=new, language=language)
    return tr("Changed {old} → {new}", old=", ".join(olds), new=new, language=language)


def value_words(session: Session, line: JournalLine, language: str) -> str:
    """What was recorded, in words; of what is no answer, its plain members."""
    if "value" in line.row.removed:
        return removed_words(language)
    return _worded(session, line, line.value, language)


def why_words(line: JournalLine, language: str) -> str:
    """The reason in words, with the check for which it was given."""
    if "reason" in line.row.removed:
        return removed_words(language)
    code = line.spot.check if line.row.entry.action == "finding_kept" else CHANGED
    said = reason_words(line.reason, code or CHANGED, language)
    if line.row.entry.action != "finding_kept" or not said:
        return said
    if code == CHANGED:
        return tr("Why changed: {reason}", reason=said, language=language)
    if code == LATE:
        return tr("Why late: {reason}", reason=said, language=language)
    return tr("Why kept: {reason}", reason=said, language=language)


def asked_words(session: Session, line: JournalLine, language: str) -> str:
    """Which check or query asked for the entry; empty where none did."""
    prompted = line.row.entry.prompted_by or ""
    kind, _, name = prompted.partition("/")
    if kind == "query":
        if not line.asked:
            return tr("A query asked for it.", language=language)
        return tr("A query asked: {text}", text=line.asked, language=language)
    if not prompted:
        return ""
    item = item_of(session, line.spot)
    code = name if kind == "check" else prompted
    message = (
        next((c.message.text(language) for c in item.checks if c.code == code), "") if item else ""
    )
    if not message:
        return tr("A check asked: {text}", text=code, language=language)
    return tr("A check asked: {text}", text=message, language=language)


def source_words(source: str | None, language: str | None = None) -> str:
    """Where a value came from."""
    return {
        "direct": tr("typed directly", language=language),
        "transcribed": tr("transcribed from paper", language=language),
        "imported": tr("imported", language=language),
        "participant": tr("answered by the participant", language=language),
    }.get(source or "", source or "")


def duration_words(span: timedelta, language: str | None = None) -> str:
    """A span of time as people say it: ``2 d 3 h``, ``1 h 28 min``, ``12 s``."""
    seconds = int(abs(span).total_seconds())
    days, hours, minutes = seconds // 86400, seconds % 86400 // 3600, seconds % 3600 // 60
    if days:
        text = plural(days, one="{count} day", other="{count} days", language=language)
        return f"{text} {hours} h" if hours else text
    if hours:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{minutes} min" if minutes else f"{seconds} s"


def item_of(session: Session, spot: Spot) -> ItemDefinition | None:
    """The item of the active study at a place, or none."""
    form: FormDefinition | None = session.study.forms.get(spot.form)
    if form is None or not spot.item:
        return None
    items = {item.oid: item for group in form.item_groups for item in group.items}
    return items.get(spot.item)


def old_words(session: Session, line: JournalLine, language: str) -> list[str]:
    """Each value that the entry replaced, in words."""
    return [
        removed_words(language) if removed else _worded(session, line, value, language)
        for value, removed in line.old
    ]


def _worded(
    session: Session, line: JournalLine, value: Mapping[str, Any] | None, language: str
) -> str:
    if value is None:
        return ""
    item = item_of(session, line.spot)
    if line.row.entry.action in ("answered", "computed"):
        answer = _answer(value)
        if answer is not None and item is not None:
            return Words(session, language).answer(item, answer)
    if value.get("type") in _HELD_BY_PROGRAM:
        return ""
    return ", ".join(
        str(one)
        for name, one in value.items()
        if name not in _PLAIN and isinstance(one, str) and one
    )


def _answer(value: Mapping[str, Any]) -> Answer | None:
    try:
        return from_json(value)
    except ValueError:
        return None


@cache
def _act_words(language: str) -> Mapping[str, str]:
    return {
        "site_founded": tr("Clinic founded", language=language),
        "device_joined": tr("Device joined", language=language),
        "stream_started": tr("New stream begun", language=language),
        "account_opened": tr("Account opened", language=language),
        "keys_published": tr("Keys published", language=language),
        "certificate_issued": tr("Certificate issued", language=language),
        "certificate_witnessed": tr("Certificate witnessed", language=language),
        "role_granted": tr("Role granted", language=language),
        "role_ended": tr("Role ended", language=language),
        "delegation_recorded": tr("Delegation recorded", language=language),
        "account_disabled": tr("Account disabled", language=language),
        "training_recorded": tr("Training recorded", language=language),
        "sign_in_extended": tr("Sign-in extended", language=language),
        "people_reviewed": tr("Accounts reviewed", language=language),
        "signing_pin_set": tr("Signing PIN set", language=language),
        "signing_pin_refused": tr("Signing PIN refused", language=language),
        "signed_in": tr("Signed in", language=language),
        "signed_out": tr("Signed out", language=language),
        "sign_in_failed": tr("Sign-in failed", language=language),
        "locked": tr("Screen locked", language=language),
        "study_activated": tr("Study version put into force", language=language),
        "dosing_switched": tr("Dosing switched", language=language),
        "participant_enrolled": tr("Participant enrolled", language=language),
        "visit_opened": tr("Visit booked or opened", language=language),
        "visit_closed": tr("Visit closed", language=language),
        "form_opened": tr("Form begun", language=language),
        "form_completed": tr("Form completed", language=language),
        "form_reopened": tr("Form reopened", language=language),
        "repeat_added": tr("Line added", language=language),
        "repeat_removed": tr("Line removed", language=language),
        "answered": tr("Answered", language=language),
        "computed": tr("Computed", language=language),
        "finding_kept": tr("Reason given", language=language),
        "overridden": tr("Overridden", language=language),
        "signed": tr("Signed", language=language),
        "run_deferred": tr("Infusion deferred", language=language),
        "run_cancelled": tr("Infusion cancelled", language=language),
        "deviation_recorded": tr("Deviation recorded", language=language),
        "query_raised": tr("Query raised", language=language),
        "query_answered": tr("Query answered", language=language),
        "query_closed": tr("Query closed", language=language),
        "source_verified": tr("Source verified", language=language),
        "data_locked": tr("Data locked", language=language),
        "data_unlocked": tr("Data unlocked", language=language),
        "study_locked": tr("Study locked", language=language),
        "study_unlocked": tr("Study unlocked", language=language),
        "emergency_tapped": tr("Emergency button pressed", language=language),
        "emergency_claimed": tr("Emergency press claimed", language=language),
        "document_made": tr("Document made", language=language),
        "document_signed": tr("Document signed", language=language),
        "exported": tr("Exported", language=language),
        "printed": tr("Printed", language=language),
        "verified": tr("Record verified", language=language),
        "journal_reviewed": tr("Journal reviewed", language=language),
        "unmasked_viewed": tr("Unmasked data viewed", language=language),
        "incident_recorded": tr("Incident recorded", language=language),
        "backed_up": tr("Backed up", language=language),
        "restored": tr("Restored from a backup", language=language),
        "restore_rehearsed": tr("Restore rehearsed", language=language),
        "archived": tr("Archived", language=language),
        "inbox_opened": tr("Inbox opened", language=language),
        "clock_jumped": tr("Clock moved", language=language),
        "segment_received": tr("Entries received", language=language),
        "blotted": tr("Personal data removed", language=language),
    }
