"""Kinds of settings: what each may hold, and what is said of one that does not."""

from collections.abc import Callable, Mapping
from decimal import Decimal

from attrs import field, frozen

__all__ = ["KINDS", "Need", "Value", "is_number"]

Value = Decimal | int | str | bool

_BY_PIN = ("G2", "G3", "G4", "G6", "G7")
"""Gates that a person signs and at which a PIN may be allowed."""


@frozen
class Need:
    """What a setting has to be.

    Attributes:
        key: The setting.
        kind: boolean, whole, number, text, minutes (rising whole numbers with commas between) or
            severities (gate, soft, both, or none), or gates (those at which a PIN may stand for
            the password, or none).
        unit: UCUM unit, or empty.
        low: Smallest value, or smallest of several.
        high: Largest.
        forms: With one of them the setting has to be there.
    """

    key: str
    kind: str
    unit: str = ""
    low: Decimal = Decimal(0)
    high: Decimal = Decimal(0)
    forms: tuple[str, ...] = field(default=())


def is_number(value: Value) -> bool:
    """Whether a setting holds a number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


def _boolean(_: Need, value: Value) -> str:
    return "" if isinstance(value, bool) else f"is true or false, not {value!r}"


def _written(_: Need, value: Value) -> str:
    return "" if isinstance(value, str) and value.strip() else "is a text between quotes"


def _whole_number(need: Need, value: Value) -> str:
    if not is_number(value) or Decimal(value) % 1:
        return f"is a whole number, not {value}"
    return _any_number(need, value)


def _any_number(need: Need, value: Value) -> str:
    if not is_number(value):
        return f"is a number, not {value!r}"
    inside = need.low <= Decimal(value) <= need.high
    return "" if inside else f"lies between {need.low} and {need.high}, not at {value}"


def _list_of_minutes(need: Need, value: Value) -> str:
    parts = [part.strip() for part in str(value).split(",")]
    if isinstance(value, bool) or not all(part.isascii() and part.isdigit() for part in parts):
        return f"holds whole minutes with commas between, not {value!r}"
    numbers = [int(part) for part in parts]
    if numbers != sorted(set(numbers)) or not need.low <= numbers[0] <= numbers[-1] <= need.high:
        return f"holds rising minutes from {need.low} to {need.high}"
    return ""


def _list_of_severities(_: Need, value: Value) -> str:
    parts = [part.strip() for part in str(value).split(",")]
    fits = parts == ["none"] or (set(parts) <= {"gate", "soft"} and len(parts) == len(set(parts)))
    return "" if fits else f"is gate, soft, both with a comma between, or none, not {value!r}"


def _gates_by_pin(_: Need, value: Value) -> str:
    # Design, "Signatures": documents and G1 always ask for the password.
    parts = [part.strip() for part in str(value).split(",")]
    fits = parts == ["none"] or (set(parts) <= set(_BY_PIN) and len(parts) == len(set(parts)))
    return "" if fits else f"holds some of {', '.join(_BY_PIN)} with commas between, or none"


KINDS: Mapping[str, Callable[[Need, Value], str]] = {
    "boolean": _boolean,
    "text": _written,
    "whole": _whole_number,
    "number": _any_number,
    "minutes": _list_of_minutes,
    "severities": _list_of_severities,
    "gates": _gates_by_pin,
}
"""By kind, what is wrong with a value; empty if nothing is."""
