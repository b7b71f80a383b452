"""What an answer still asks of a person beside the form's own rules: why changed, why late, which.

A reason explains the entry it was given for and no later one; it never opens a gate.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msclinic.domain.values import Finding, from_json
from msclinic.forms.definitions import ItemDefinition
from msclinic.store import Head
from msclinic.study import Study

__all__ = [
    "CHANGED",
    "CONFLICT",
    "LATE",
    "OVERRIDE",
    "asking_check",
    "entry_findings",
    "happened_at",
    "kept_codes",
    "late_limit",
    "settled",
    "typed_late",
]

CHANGED = "CHANGED"
LATE = "LATE"
CONFLICT = "CONFLICT"
OVERRIDE = "OVERRIDE"

_SENTENCES = {
    CHANGED: ("Why was this answer changed?", "Dlaczego zmieniono tę odpowiedź?"),
    LATE: (
        "This was typed later than it happened. Say why.",
        "Wpisano z opóźnieniem. Podaj powód.",
    ),
    CONFLICT: (
        "Two answers were given without knowing of each other. Choose one.",
        "Podano dwie odpowiedzi niezależnie od siebie. Wybierz jedną.",
    ),
}


def late_limit(study: Study) -> timedelta:
    """How long after it happened a thing may be typed without a reason (setting `late_entry`)."""
    return timedelta(minutes=int(study.setting("late_entry")))


def happened_at(item: ItemDefinition, head: Head) -> list[datetime]:
    """When what an answer tells of happened, as far as it says so.

    That is the time given beside the answer; what an item marked as an event states is the time
    itself.
    """
    moments = [head.event_time]
    if item.event and head.value is not None:
        answer = from_json(head.value)
        moments.append(answer if isinstance(answer, datetime) else None)
    return [at for at in moments if at is not None]


def typed_late(item: ItemDefinition, head: Head, limit: timedelta) -> bool:
    """Whether an answer was typed later than it happened, by more than the limit."""
    return any(head.typed_at - at > limit for at in happened_at(item, head))


def entry_findings(
    path: str, item: ItemDefinition, heads: Sequence[Head], kept: set[str], limit: timedelta
) -> list[Finding]:
    """What the current entries of an item ask for: a choice between two, a reason for one."""
    found = []
    if len(heads) > 1:
        found.append(_finding(path, CONFLICT))
    for head in heads[:1]:
        if head.reason is not None or head.action == "computed":
            continue  # nobody typed what is computed; it follows from answers that have reasons
        if head.replaces and CHANGED not in kept:
            found.append(_finding(path, CHANGED))
        if LATE not in kept and typed_late(item, head, limit):
            found.append(_finding(path, LATE))
    return found


def kept_codes(heads: Mapping[str, Sequence[Head]]) -> dict[str, set[str]]:
    """By path of the item, the findings kept with a reason for the answer that stands now.

    Args:
        heads: Current entries of the form by path.
    """
    kept: dict[str, set[str]] = {}
    for child, found in heads.items():
        path, _, code = child.rpartition("/")
        if path.endswith("/check"):
            path = path.removesuffix("/check")
        elif code == "override":
            code = OVERRIDE
        else:
            continue
        value: Mapping[str, Any] = found[0].value or {}
        if value.get("entry") in {head.entry for head in heads.get(path, ())}:
            kept.setdefault(path, set()).add(code)
    return kept


def asking_check(findings: Iterable[Finding]) -> str | None:
    """The check that asked for another answer, as the record names it; none where none did.

    Reasons that are still to be given ask for words, not for another answer.
    """
    own = (CHANGED, LATE, CONFLICT, OVERRIDE)
    return next((f"check/{one.code}" for one in findings if one.code not in own), None)


def settled(finding: Finding, kept: set[str]) -> bool:
    """Whether a finding of the form's rules needs nothing more from a person."""
    # A reason explains a value; it never opens a gate. A physician's override does both.
    if finding.severity == "gate":
        return OVERRIDE in kept
    return finding.code in kept or (finding.severity == "soft" and OVERRIDE in kept)


def _finding(path: str, code: str) -> Finding:
    english, polish = _SENTENCES[code]
    return Finding(path, "soft", code, {}, {"en": english, "pl": polish})
