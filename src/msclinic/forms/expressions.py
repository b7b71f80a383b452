"""Expressions of a study: typed once, compiled once, evaluated over what is known.

CEL evaluates; here its fences are held. A missing answer is left out of the activation, so that
``&&`` and ``||`` decide where they can. Nothing but a missing part makes a result unknown: any
other failure is reported as a fault, never swallowed.
"""

import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import cel
from attrs import evolve, field, frozen

from msclinic.domain.laboratory import Laboratories
from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.forms import syntax
from msclinic.forms.expression_types import Scope, TypeChecker
from msclinic.forms.expression_writer import PLAIN, Writer
from msclinic.forms.functions import FUNCTIONS, NOTHING, HostFunction, Kind, decode, encode
from msclinic.forms.syntax import ExpressionError

__all__ = [
    "UNKNOWN",
    "Expression",
    "Lookup",
    "Outcome",
    "compile_expression",
]

Known = Answer | bool


@frozen
class Outcome:
    """Result of an evaluation: a value, unknown (neither) or a fault."""

    value: Known | None = None
    fault: str | None = None

    @property
    def unknown(self) -> bool:
        """Whether a missing part left it undecided."""
        return self.value is None and self.fault is None


UNKNOWN = Outcome()


@frozen
class Lookup:
    """Where an evaluation finds its values.

    Attributes:
        one: Answer of an item or context variable here, None while it is unknown.
        every: Answers of a repeating item in all repeats.
        reason: Whether a missing reason stands at the item.
    """

    one: Callable[[str], Known | None]
    every: Callable[[str], Sequence[Known]]
    reason: Callable[[str], bool]


@frozen
class Expression:
    """A checked and compiled expression.

    Attributes:
        source: As the author wrote it.
        result: Kind of its value.
        names: Items and context variables it refers to.
        repeats: Items it takes from all repeats.
        functions: Host functions it calls.
        texts: Literal texts that can be its value.
    """

    source: str
    result: Kind
    names: frozenset[str]
    repeats: frozenset[str] = field(eq=False)
    functions: frozenset[str] = field(eq=False)
    texts: frozenset[str] = field(eq=False)
    _inputs: tuple[tuple[str, str, str], ...] = field(eq=False, repr=False)
    _program: Any = field(eq=False, repr=False)
    _laboratories: Laboratories = field(eq=False, repr=False)

    def as_code(self) -> "Expression":
        """The same expression with its literal texts taken as codes."""
        return evolve(self, result=Kind.CODE)

    def evaluate(self, lookup: Lookup) -> Outcome:
        """Evaluate over what is known now; never raises."""
        activation: dict[str, Any] = {}
        missing: list[str] = []
        for variable, form, name in self._inputs:
            value = _read(form, name, lookup)
            if value is None:
                missing.append(name)
            else:
                activation[variable] = value
        faults: list[str] = []
        if self.functions:
            activation[PLAIN] = _plain
        for name in self.functions:
            function = FUNCTIONS[name]
            given = (self._laboratories,) if function.bound else ()
            activation[name] = partial(_call, function, given, faults, missing)
        try:
            raw = self._program.execute(activation)
        except Exception as error:  # noqa: BLE001 - CEL reports every failure as some exception
            if faults:
                return Outcome(fault="; ".join(faults))
            return UNKNOWN if missing else Outcome(fault=type(error).__name__)
        if faults:
            return Outcome(fault="; ".join(faults))
        return self._result(raw)

    def _result(self, raw: Any) -> Outcome:
        if self.result is Kind.BOOLEAN:
            if isinstance(raw, bool):
                return Outcome(raw)
            return Outcome(fault=f"a {type(raw).__name__} is not true or false")
        try:
            value = decode(raw)
        except (TypeError, ValueError, ArithmeticError) as error:
            return Outcome(fault=type(error).__name__)
        if self.result is Kind.CODE:
            return Outcome(Code(value))
        if self.result is Kind.CODES:
            return Outcome(Codes(value))
        return Outcome(value)


def _read(form: str, name: str, lookup: Lookup) -> Any:
    if form == "every":
        return [encode(value) for value in lookup.every(name) if not isinstance(value, Missing)]
    if form == "reason":
        return lookup.reason(name)
    value = lookup.one(name)
    if isinstance(value, Missing):
        value = None
    if form == "answered":
        return value is not None
    if value is None and form == "lenient":
        return NOTHING
    if value is None or form in ("tagged", "lenient"):
        return encode(value)
    if isinstance(value, bool):
        return value
    if isinstance(value, Decimal | int):
        return float(value)
    if isinstance(value, Code):
        return value.value
    return list(value.values) if isinstance(value, Codes) else value


def _call(
    function: HostFunction,
    given: tuple[Laboratories, ...],
    faults: list[str],
    missing: list[str],
    *arguments: Any,
) -> list[Any]:
    """Call a host function; an empty list stands for no value, which CEL cannot index."""
    try:
        result = function.call(*given, *(decode(argument) for argument in arguments))
    except Exception as error:  # noqa: BLE001 - nothing may be raised into CEL
        faults.append(f"{function.name}: {type(error).__name__}")
        return []
    if result is None:
        if function.partial:
            missing.append(function.name)
        else:
            faults.append(f"{function.name}: no value")
        return []
    return [result if isinstance(result, bool) else encode(result)]


def _plain(tagged: str) -> list[float | str]:
    """Take the tag off where a value can only be compared: numbers become doubles."""
    value = decode(tagged)
    return [float(value) if isinstance(value, Decimal) else value]


def compile_expression(source: str, scope: Scope) -> Expression:
    """Check an expression against the fences and the names known, and compile it.

    Raises:
        ExpressionError: It is no CEL, uses something forbidden, or does not fit the types.
    """
    try:
        cel.compile(source)
    except ValueError as error:
        place = re.search(r"<input>:(\d+):(\d+): (.*)", str(error))
        line = int(place.group(1)) if place else 1
        detail = place.group(3).split(": mismatched")[0] if place else "not a CEL expression"
        column = f", column {place.group(2)}" if place else ""
        raise ExpressionError(
            "CEL_SYNTAX", f"this is no CEL expression{column}: {detail[:120]}", line
        ) from error
    types = TypeChecker(scope)
    node = syntax.parse(source)
    result = types.type_of(node)
    writer = Writer(types)
    tagged = result.kind is not Kind.BOOLEAN
    text = writer.tagged(node) if tagged else writer.native(node)
    program = cel.compile(text)
    return Expression(
        source=source,
        result=result.kind,
        names=frozenset(name for _, _, name in writer.inputs),
        repeats=frozenset(name for _, form, name in writer.inputs if form == "every"),
        functions=frozenset(writer.functions),
        texts=frozenset(_results(node)),
        inputs=tuple(sorted(writer.inputs)),
        program=program,
        laboratories=scope.laboratories,
    )


def _results(node: syntax.Node) -> list[str]:
    if isinstance(node, syntax.Choice):
        return _results(node.yes) + _results(node.no)
    return [node.value] if isinstance(node, syntax.Literal) and isinstance(node.value, str) else []
