"""Answers as values: what a participant's record can hold, and how it is written down.

A missing answer is a value with a reason. Nothing here completes a partial date, turns a
missing answer into zero or a decimal into a float.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from attrs import field, frozen

__all__ = [
    "MISSING_REASONS",
    "SEVERITIES",
    "Answer",
    "Clock",
    "Code",
    "Codes",
    "Finding",
    "Missing",
    "PartialDate",
    "from_json",
    "instant_text",
    "is_missing",
    "parse_instant",
    "to_json",
]

MISSING_REASONS = ("NOT_DONE", "NA", "UNKNOWN", "NOT_ASKED", "UNABLE", "REFUSED")
SEVERITIES = ("impossible", "gate", "alert", "soft", "info")

_PARTIAL = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_INTEGER = re.compile(r"-?(0|[1-9]\d*)")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_DECIMAL = re.compile(r"-?\d+(\.\d+)?")


@frozen
class Code:
    """One choice of a codelist.

    Attributes:
        value: The submission value, never the label.
    """

    value: str


def _as_tuple(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(values)


@frozen
class Codes:
    """Several choices of a codelist.

    Attributes:
        values: The chosen codes in the order of the codelist.
    """

    values: tuple[str, ...] = field(converter=_as_tuple)


def _check_partial(_instance: object, _attribute: object, text: str) -> None:
    if not _PARTIAL.fullmatch(text):
        raise ValueError(f"{text!r} is not a date of the form 2024, 2024-05 or 2024-05-17.")
    padded = text + "-01-01"[len(text) - 4 :] if len(text) < 10 else text
    try:
        date.fromisoformat(padded)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar.") from error


@frozen
class PartialDate:
    """A date known to the year, the month or the day; it is never completed.

    Attributes:
        text: '2024', '2024-05' or '2024-05-17'.
    """

    text: str = field(validator=_check_partial)


def _check_reason(_instance: object, _attribute: object, reason: str) -> None:
    if reason not in MISSING_REASONS:
        raise ValueError(f"{reason!r} is not a reason for a missing answer.")


@frozen
class Missing:
    """No value, and why there is none.

    Attributes:
        reason: One of `MISSING_REASONS`.
        detail: What the person wrote about it.
    """

    reason: str = field(validator=_check_reason)
    detail: str = ""


Answer = Decimal | int | str | Code | Codes | date | PartialDate | datetime | Missing


@frozen
class Finding:
    """What a check has to say about an answer.

    Attributes:
        path: Item id or path the finding is about.
        severity: One of `SEVERITIES`.
        code: Stable code of the check.
        parameters: Values that stand in the message.
        message: The sentence by language code.
    """

    path: str
    severity: str
    code: str
    parameters: Mapping[str, str] = field(factory=dict)
    message: Mapping[str, str] = field(factory=dict)


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """Return the wall clock, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds that only ever grow, sleep of the machine included."""
        ...

    def awake(self) -> float:
        """Return seconds that grow only while the machine is awake, where it can tell."""
        ...


def is_missing(answer: Answer | None) -> bool:
    """Tell whether there is no value: blank, or a reason for none."""
    return answer is None or isinstance(answer, Missing)


def instant_text(moment: datetime) -> str:
    """Write an instant as UTC with milliseconds and Z.

    Raises:
        ValueError: The moment has no time zone.
    """
    if moment.utcoffset() is None:
        raise ValueError("A time without a time zone cannot be recorded.")
    utc = moment.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="milliseconds") + "Z"


def parse_instant(text: str) -> datetime:
    """Read what `instant_text` wrote.

    Raises:
        ValueError: The text is not such an instant.
    """
    if not _INSTANT.fullmatch(text):
        raise ValueError(f"{text!r} is not a UTC time like 2026-11-22T10:42:12.345Z.")
    return datetime.fromisoformat(text)


def to_json(answer: Answer, unit: str | None = None) -> dict[str, Any]:
    """Write an answer as the value dictionary that is kept in the record.

    Args:
        answer: The answer.
        unit: UCUM unit of a number; left out where there is none.

    Returns:
        A dictionary of strings with a `type`.

    Raises:
        ValueError: The answer cannot be recorded (not finite, no time zone).
        TypeError: The object is no answer at all.
    """
    data = _plain(answer)
    if unit is not None and data["type"] in ("decimal", "integer"):
        data["unit"] = unit
    return data


def _plain(answer: Answer) -> dict[str, Any]:
    match answer:
        case bool():
            raise TypeError("A yes or no is a Code, not a bool.")
        case Decimal():
            if not answer.is_finite():
                raise ValueError("Only a finite number can be recorded.")
            return {"type": "decimal", "value": format(answer, "f")}
        case int():
            return {"type": "integer", "value": str(answer)}
        case str():
            return {"type": "text", "value": answer}
        case Code():
            return {"type": "code", "value": answer.value}
        case Codes():
            return {"type": "codes", "value": list(answer.values)}
        case datetime():
            return {"type": "datetime", "value": instant_text(answer)}
        case date():
            return {"type": "date", "value": answer.isoformat()}
        case PartialDate():
            return {"type": "partial_date", "value": answer.text}
        case Missing():
            return {"type": "missing", "reason": answer.reason, "detail": answer.detail}
    raise TypeError(f"{type(answer).__name__} is not an answer.")


def from_json(data: Mapping[str, Any]) -> Answer:
    """Read a value dictionary back into the answer it was written from.

    Raises:
        ValueError: The dictionary holds no answer; the message says why in plain words.
    """
    kind = data.get("type")
    if kind == "missing":
        return Missing(_text(data, "reason"), _text(data, "detail", ""))
    if kind == "codes":
        values = data.get("value")
        if not isinstance(values, list) or not all(isinstance(v, str) for v in values):
            raise ValueError("The value of several codes must be a list of texts.")
        return Codes(tuple(values))
    if kind not in ("decimal", "integer", "text", "code", "date", "partial_date", "datetime"):
        raise ValueError(f"{kind!r} is not a type of answer.")
    return _single(str(kind), _text(data, "value"))


def _single(kind: str, text: str) -> Answer:
    match kind:
        case "decimal":
            if not _DECIMAL.fullmatch(text):
                raise ValueError(f"{text!r} is not a decimal number.")
            try:
                return Decimal(text)
            except InvalidOperation as error:  # more digits than a Decimal can hold
                raise ValueError(f"{text!r} is not a decimal number.") from error
        case "integer":
            if not _INTEGER.fullmatch(text):
                raise ValueError(f"{text!r} is not a whole number.")
            return int(text)
        case "code":
            return Code(text)
        case "date":
            if len(text) != 10:
                raise ValueError(f"{text!r} is not a day like 2026-11-22.")
            return date.fromisoformat(PartialDate(text).text)
        case "partial_date":
            return PartialDate(text)
        case "datetime":
            return parse_instant(text)
        case _:
            return text


def _text(data: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = data.get(name, default)
    if not isinstance(value, str):
        raise ValueError(f"The answer has no text named {name!r}.")
    return value
