"""What a function is that expressions may call: its name, kinds and where it has no value."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from attrs import field, frozen

__all__ = ["HostFunction", "Kind"]


class Kind(StrEnum):
    """What a value is, as far as expressions care."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    TEXT = "text"
    CODE = "code"
    CODES = "codes"
    DATE = "date"
    PARTIAL_DATE = "partial_date"
    DATETIME = "datetime"


@frozen
class HostFunction:
    """A function of this program that expressions may call.

    Attributes:
        parameters: Kinds accepted at each place.
        many: The one parameter takes an item of every repeat.
        variadic: The last parameter may come again.
        partial: It may have no value although all arguments are known.
        lenient: It is called also while arguments are missing, with None for them.
        bound: It takes the study's laboratories first, given when an expression is compiled.
        literals: Texts that may be written at a place; any may stand at another.
        explained: One line for the authors of studies.
    """

    name: str
    parameters: tuple[frozenset[Kind], ...]
    result: Kind
    call: Callable[..., Any]
    explained: str
    many: bool = False
    variadic: bool = False
    partial: bool = False
    lenient: bool = False
    bound: bool = False
    literals: Mapping[int, frozenset[str]] = field(factory=dict, hash=False)
