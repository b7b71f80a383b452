"""Times and answers as an author writes them, turned into the values the record holds.

Clock times are the site's own. What cannot be understood is none, and the loader says where.
"""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from msclinic.domain.values import MISSING_REASONS, Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.definitions import ItemDefinition
from msclinic.study.reader import Place

__all__ = ["answer_of", "day_of", "moment_of"]

_UNITS = {"min": "minutes", "h": "hours", "d": "days"}
_STEP = re.compile(r"([+-])\s*(\d{1,4})\s*(min|h|d)")
_MOMENT = re.compile(r"(\d{4}-\d{2}-\d{2})[ T](\d{2}:\d{2}(:\d{2})?)")
_TIME = re.compile(r"\d{2}:\d{2}(:\d{2})?")


def moment_of(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """A moment: ``2026-11-23 09:45``, ``09:45`` of the day, ``now``, ``now - 20 min`` or ``+1 h``.

    Args:
        text: As written.
        now: Where the scenario's clock stands, UTC.
        zone: The site's time zone.
    """
    text = text.strip()
    local = now.astimezone(zone)
    if text == "now":
        return now
    step = _STEP.fullmatch(text.removeprefix("now").strip())
    if step:
        return (local + _length(step)).astimezone(UTC) if step[3] == "d" else now + _length(step)
    try:
        if full := _MOMENT.fullmatch(text):
            day, hour = date.fromisoformat(full[1]), time.fromisoformat(full[2])
        elif _TIME.fullmatch(text):
            day, hour = local.date(), time.fromisoformat(text)
        else:
            return None
    except ValueError:
        return None
    return datetime.combine(day, hour, zone).astimezone(UTC)


def day_of(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """A day: ``2026-11-23``, ``today`` or ``today - 28 d``."""
    text = text.strip()
    today = now.astimezone(zone).date()
    if text == "today":
        return today
    step = _STEP.fullmatch(text.removeprefix("today").strip())
    if step and text.startswith("today") and step[3] == "d":
        return today + _length(step)
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def answer_of(item: ItemDefinition, place: Place, now: datetime, zone: ZoneInfo) -> Answer | None:
    """The answer that a value of the file stands for, or none where it fits the item in no way."""
    value = place.value
    if isinstance(value, dict):
        reason, detail = value.get("missing"), value.get("detail")
        known = set(value) <= {"missing", "detail"} and reason is not None
        if not known or reason is None or reason.value not in MISSING_REASONS:
            return None
        words = detail.value if detail is not None else ""
        return Missing(str(reason.value), words) if isinstance(words, str) else None
    if isinstance(value, list):
        chosen = [_code(one.value) for one in value]
        if item.type != "codes" or any(code is None for code in chosen):
            return None
        return Codes(tuple(code for code in chosen if code is not None))
    if value is None or isinstance(value, bool):
        return None
    match item.type:
        case "text":
            return value if isinstance(value, str) else None
        case "integer":
            return value if isinstance(value, int) else None
        case "decimal":
            return Decimal(value) if isinstance(value, int | Decimal) else None
        case "code":
            code = _code(value)
            return Code(code) if code is not None else None
        case "date":
            return day_of(value, now, zone) if isinstance(value, str) else None
        case "datetime":
            return moment_of(value, now, zone) if isinstance(value, str) else None
        case "partial_date":
            return _partial(value, now, zone)
    return None


def _partial(value: object, now: datetime, zone: ZoneInfo) -> PartialDate | None:
    text = str(value)
    if text.startswith("today"):
        day = day_of(text, now, zone)
        text = day.isoformat() if day is not None else ""
    try:
        return PartialDate(text)
    except ValueError:
        return None


def _code(value: object) -> str | None:
    # Codes such as 2 or 4.5 look like numbers to YAML and need no quotes here.
    known = isinstance(value, str | int | Decimal) and not isinstance(value, bool)
    return str(value) if known else None


def _length(step: re.Match[str]) -> timedelta:
    length = timedelta(**{_UNITS[step[3]]: int(step[2])})
    return -length if step[1] == "-" else length
