"""What the journal is asked and what it answers: criteria, places, lines, and acts in groups.

Values only; ``journal_reading`` finds them.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from attrs import field, frozen

from msclinic.store.journal_reading import JournalRow

__all__ = [
    "ACT_GROUPS",
    "PROGRAM",
    "SITE",
    "Criteria",
    "JournalLine",
    "Offered",
    "Spot",
    "spot_of",
]

PROGRAM = "msclinic"
"""Whose entries those are that the program computes; no person's (R-AUD-11)."""
SITE = "site"
"""In place of a participant: the entries that are about none."""

ACT_GROUPS: Mapping[str, tuple[str, ...]] = {
    "answers": ("answered", "computed"),
    "reasons": ("finding_kept", "overridden"),
    "forms": ("form_opened", "form_completed", "form_reopened", "repeat_added", "repeat_removed"),
    "signatures": ("signed", "document_signed"),
    "visits": (
        "participant_enrolled",
        "visit_opened",
        "visit_closed",
        "run_deferred",
        "run_cancelled",
        "deviation_recorded",
        "emergency_tapped",
        "emergency_claimed",
    ),
    "queries": ("query_raised", "query_answered", "query_closed", "source_verified"),
    "locks": ("data_locked", "data_unlocked", "study_locked", "study_unlocked"),
    "outgoing": ("document_made", "exported", "printed", "backed_up", "archived"),
    "people": (
        "account_opened",
        "keys_published",
        "certificate_issued",
        "certificate_witnessed",
        "role_granted",
        "role_ended",
        "delegation_recorded",
        "account_disabled",
        "training_recorded",
        "sign_in_extended",
        "signing_pin_set",
        "signing_pin_refused",
        "people_reviewed",
        "signed_in",
        "signed_out",
        "sign_in_failed",
        "locked",
    ),
    "study": ("study_activated", "dosing_switched", "unmasked_viewed", "incident_recorded"),
    "journal": ("journal_reviewed", "blotted", "verified"),
    "devices": (
        "site_founded",
        "device_joined",
        "stream_started",
        "clock_jumped",
        "segment_received",
        "inbox_opened",
        "restored",
        "restore_rehearsed",
    ),
}
"""What is done, in groups of one interest."""

_CHECKED = 9


@frozen
class Criteria:
    """What of the journal is wanted; what is left out narrows nothing.

    Attributes:
        participant: Random id, or ``SITE``.
        visit: Visit code.
        form: Form OID.
        item: Item OID.
        person: Account id, or ``PROGRAM``.
        acts: Names of actions.
        since: Typed at or after this moment.
        until: Typed before this moment.
        late: Only what was stored long after it was typed.
        after: Only what came after these places of the streams.
    """

    participant: str = ""
    visit: str = ""
    form: str = ""
    item: str = ""
    person: str = ""
    acts: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    after: Mapping[str, int] | None = None


@frozen
class Spot:
    """Where in a participant's record an entry lies, as far as its path says so.

    Attributes:
        visit: Visit code, empty where it is about no visit; so with all that follow.
        visit_key: Key of the visit.
        form: Form OID.
        form_key: Key of the form.
        group: Item group.
        group_key: Its repeat.
        item: Item OID.
        beside: ``check`` or ``override`` where the entry is about a finding of the item.
        check: Code of the check.
    """

    visit: str = ""
    visit_key: str = ""
    form: str = ""
    form_key: str = ""
    group: str = ""
    group_key: str = ""
    item: str = ""
    beside: str = ""
    check: str = ""


@frozen
class JournalLine:
    """One entry as this person may know it.

    Attributes:
        row: The entry with what is beside it; screens and exports read the members below instead.
        code: Subject code, empty where it is about no participant.
        spot: Where lies what it is about.
        whom: Account that it is about, empty where it is about none or only the role may be known.
        account: Who; empty for the program, for a device and where only the role may be known.
        role: In which role.
        program: Name and version of the program where it computed the value.
        value: What was recorded, as far as this person may know it.
        reason: Why.
        old: What it replaced: value, and whether that was blotted out.
        asked: What a query asked in words, where one prompted the entry.
        clock: Seconds by which the device's clock was moved that day, where it was.
    """

    row: JournalRow = field(repr=False)
    code: str
    spot: Spot
    whom: str
    account: str
    role: str
    program: str
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    old: tuple[tuple[dict[str, Any] | None, bool], ...] = field(repr=False)
    asked: str = field(default="", repr=False)
    clock: Decimal | None = None

    @property
    def gap(self) -> timedelta:
        """How long after the typing it was stored (R-AUD-12)."""
        return self.row.entry.recorded_at - self.row.entry.typed_at

    @property
    def lateness(self) -> timedelta | None:
        """How long after it happened it was typed; none where it says no time of its own."""
        entry = self.row.entry
        return None if entry.event_time is None else entry.typed_at - entry.event_time


@frozen
class Offered:
    """What can be chosen among, as far as this person may know it.

    Attributes:
        participants: Random id and subject code, in order of code.
        forms: Form OIDs in the study's order.
        people: Account ids.
    """

    participants: tuple[tuple[str, str], ...]
    forms: tuple[str, ...]
    people: tuple[str, ...]


def spot_of(path: str) -> Spot:
    """What the path of an entry says of its place."""
    parts = path.split("/")
    if not parts[0].isupper():
        return Spot()
    named = dict(
        zip(
            ("visit", "visit_key", "form", "form_key", "group", "group_key", "item", "beside"),
            parts,
            strict=False,
        )
    )
    check = parts[_CHECKED - 1] if len(parts) == _CHECKED else ""
    return Spot(**named, check=check)
