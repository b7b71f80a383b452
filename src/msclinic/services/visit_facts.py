"""Days and judgements that a participant's visits hang on, read from the heads of the record."""

from collections.abc import Iterable, Mapping
from datetime import date

from msclinic.domain.values import from_json
from msclinic.services.life_record import LifeRecord
from msclinic.services.visit_calendar import side_exit_path
from msclinic.store import Head

__all__ = [
    "COMMON_VISIT",
    "MISSED",
    "cancelled_infusions",
    "decision_days",
    "judged_missed",
    "latest_day",
    "report_days",
]

COMMON_VISIT = "LOG"
MISSED = "VISIT_MISSED"
"""Code of the deviation that a visit did not take place; its keys begin with it."""


def decision_days(record: LifeRecord) -> list[date]:
    """Days on which it was decided that the participant's course ends early."""
    kinds = ("product_stop", "withdrawal", "transfer", "lost_to_follow_up")
    return [
        act.day for act in record.acts if act.stands and act.kind in kinds and act.day is not None
    ]


def latest_day(days: Iterable[date], until: date | None) -> date | None:
    """The last of some days that is not later than another, where that is known."""
    return max((day for day in days if until is None or day <= until), default=None)


def report_days(by_form: Mapping[str, list[Head]]) -> list[date]:
    """Days on which relapses were reported."""
    found = []
    for head in by_form.get(f"{COMMON_VISIT}/1/relapse", []):
        answer = from_json(head.value) if head.value and head.path.endswith("/CEREPDAT") else None
        if isinstance(answer, date):
            found.append(answer)
    return found


def judged_missed(heads: Iterable[Head]) -> set[str]:
    """Code and key of visits of which somebody has accepted or dismissed that they were missed."""
    judged = set()
    for head in heads:
        last = head.path.rsplit("/", 1)[1]
        key = str(from_json(head.value)) if last == "DVREFID" and head.value else last
        if key.startswith(f"{MISSED}-"):
            judged.add(key.removeprefix(f"{MISSED}-"))
    return judged


def cancelled_infusions(heads: Iterable[Head]) -> set[str]:
    """Code and key of visits whose infusion was given up."""
    root = side_exit_path("")
    return {
        head.path.removeprefix(root)
        for head in heads
        if head.action == "run_cancelled"
        and head.path.startswith(root)
        and (head.value or {}).get("value") == "Y"
    }
