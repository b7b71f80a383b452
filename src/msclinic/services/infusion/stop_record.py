"""Stop rules that the record itself carries from an earlier day or another participant.

It finds what forbids a dose (study defaults S02, S07, S12) and what a physician has to assess
before one; it never lifts anything.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

from msclinic.domain.values import Answer, Code, from_json
from msclinic.store import Head, Reader

__all__ = ["stop_reasons", "unassessed_grade"]

_SEVERE, _LIFE_THREATENING = 3, 4
_GRADES = ("3", "4", "5")
_FORM = "adverse_event"
_STOPPED_FOR_GOOD = ("S02", "S07")
_PREGNANT = {
    "A16": Code("POS"),
    "HCG_LBORRES": Code("POS"),
    "PREG_WHO": Code("PARTICIPANT"),
}
"""Answers that say that the participant is pregnant: at a visit, by a laboratory, in a report."""


def stop_reasons(reader: Reader, participant: str, prefix: str) -> frozenset[str]:
    """Codes of the stop rules that forbid a dose.

    S02: a pregnancy test was positive at any visit, or a pregnancy was reported. S07: an adverse
    event that is related and of grade 3 or more, or an infusion stopped for one. S12: anywhere at
    the site a related death or grade 4, or two related grade 3 of one kind.

    Args:
        reader: The record as it is now.
        participant: Whose run.
        prefix: The run's visit; its own reason for stopping is no bar to itself.
    """
    found = set()
    for item, answer in _PREGNANT.items():
        for head in reader.heads(participant=participant, item=item):
            if head.value is not None and from_json(head.value) == answer:
                found.add("S02")
    for head in reader.heads(participant=participant, item="D10_REASON"):
        reason = from_json(head.value) if head.value is not None else None
        elsewhere = not head.path.startswith(f"{prefix}/")
        if elsewhere and isinstance(reason, Code) and reason.value in _STOPPED_FOR_GOOD:
            found.add(reason.value)
    severe: Counter[str] = Counter()
    for who, event in _severe_events(reader):
        grade = _grade(event)
        if event.get("AEREL") != Code("RELATED") or grade < _SEVERE:
            continue
        if who == participant:
            found.add("S07")
        severe[str(event.get("AETERM", "")).casefold()] += grade == _SEVERE
        if grade >= _LIFE_THREATENING or event.get("AESDTH") == Code("Y"):
            found.add("S12")
    if any(count > 1 for count in severe.values()):
        found.add("S12")
    return frozenset(found)


def unassessed_grade(reader: Reader, participant: str) -> int | None:
    """Worst grade, from 3 on, of a participant's events whose causality nobody has assessed.

    Until then it is not known whether such an event stops the product, so it holds this
    participant's dose and nobody else's.
    """
    grades = [
        grade
        for _, event in _events(reader.heads(participant=participant, form=_FORM))
        if (grade := _grade(event)) >= _SEVERE and not isinstance(event.get("AEREL"), Code)
    ]
    return max(grades, default=None)


def _severe_events(reader: Reader) -> list[tuple[str, Mapping[str, Answer]]]:
    """Events of everyone at the site that may be of grade 3 or more."""
    places = {
        (head.participant, "/".join(head.path.split("/")[:4]))
        for head in reader.saying(_FORM, "AETOXGR", _GRADES)
    }
    return [
        event
        for participant, scope in sorted(places, key=str)
        for event in _events(reader.heads(participant=participant, prefix=scope))
    ]


def _events(heads: Iterable[Head]) -> list[tuple[str, Mapping[str, Answer]]]:
    events: dict[tuple[str, str], dict[str, Answer]] = {}
    for head in heads:
        parts = head.path.split("/")
        if len(parts) == 7 and head.value is not None:
            place = (head.participant or "", "/".join(parts[:4]))
            events.setdefault(place, {})[parts[6]] = from_json(head.value)
    return [(who, event) for (who, _), event in events.items()]


def _grade(event: Mapping[str, Answer]) -> int:
    grade = event.get("AETOXGR")
    return int(grade.value) if isinstance(grade, Code) and grade.value.isdigit() else 0
