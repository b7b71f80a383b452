"""Expressions of a study: typed once, compiled once, evaluated over what is known.

CEL evaluates; here its fences are held. A missing answer is left out of the activation, so that
``&&`` and ``||`` decide where they can. Nothing but a missing part makes a result unknown: any
other failure is reported as a fault, never swallowed.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import cel
from attrs import evolve, field, frozen

from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.forms import syntax
from msclinic.forms.functions import FUNCTIONS, NOTHING, HostFunction, Kind, decode, encode
from msclinic.forms.syntax import ExpressionError

__all__ = [
    "UNKNOWN",
    "Expression",
    "ExpressionError",
    "Kind",
    "Lookup",
    "Outcome",
    "Scope",
    "ValueType",
    "compile_expression",
]

Known = Answer | bool


@frozen
class ValueType:
    """Type of an item or expression.

    Attributes:
        codes: The codes a coded value can have.
        group: The repeating group an item stands in, or None.
    """

    kind: Kind
    codes: frozenset[str] = frozenset()
    group: str | None = None


@frozen
class Scope:
    """What an expression may name.

    Attributes:
        names: Items by OID and context variables by ``context_<name>``.
        settings: Values that ``setting('key')`` stands for.
        group: The repeating group whose repeat the expression is evaluated in, or None.
    """

    names: Mapping[str, ValueType]
    settings: Mapping[str, Decimal | int | str | bool]
    group: str | None = None


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
            activation[_PLAIN] = _plain
        for name in self.functions:
            activation[name] = partial(_call, FUNCTIONS[name], faults, missing)
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
    function: HostFunction, faults: list[str], missing: list[str], *arguments: Any
) -> list[Any]:
    """Call a host function; an empty list stands for no value, which CEL cannot index."""
    try:
        result = function.call(*(decode(argument) for argument in arguments))
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
    writer = _Writer(scope)
    node = syntax.parse(source)
    result = writer.type_of(node)
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
    )


def _results(node: syntax.Node) -> list[str]:
    if isinstance(node, syntax.Choice):
        return _results(node.yes) + _results(node.no)
    return [node.value] if isinstance(node, syntax.Literal) and isinstance(node.value, str) else []


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


_PLAIN = "plain_"
_PREFIX = {
    "native": "n",
    "tagged": "t",
    "every": "l",
    "answered": "a",
    "reason": "r",
    "lenient": "m",
}
_COMPARABLE = {Kind.NUMBER, Kind.TEXT, Kind.CODE, Kind.BOOLEAN}


class _Writer:
    """Types a tree and writes it again for the CEL library, names and numbers made safe."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self.inputs: set[tuple[str, str, str]] = set()
        self.functions: set[str] = set()

    # Types

    def type_of(self, node: syntax.Node) -> ValueType:
        match node:
            case syntax.Literal(value=value):
                return ValueType(_literal_kind(value))
            case syntax.Name():
                return self._name(node)
            case syntax.Call():
                return self._call_type(node)
            case syntax.Not(operand=operand):
                self._need(operand, Kind.BOOLEAN)
            case syntax.Logic(left=left, right=right):
                self._need(left, Kind.BOOLEAN)
                self._need(right, Kind.BOOLEAN)
            case syntax.Compare():
                self._compare(node)
            case syntax.Member():
                self._member(node)
            case syntax.Choice():
                return self._choice_type(node)
            case syntax.ListOf():
                raise ExpressionError(
                    "FORBIDDEN_CONSTRUCT", "a list may stand only after 'in'", node.line
                )
        return ValueType(Kind.BOOLEAN)

    def _name(self, node: syntax.Name) -> ValueType:
        found = self._known(node)
        if found.group is not None and found.group != self._scope.group:
            raise ExpressionError(
                "REPEAT_FROM_OUTSIDE",
                f"{node.name} repeats; from outside its repeat only sum_of({node.name}) and the"
                " like can be used",
                node.line,
            )
        return found

    def _known(self, node: syntax.Name) -> ValueType:
        found = self._scope.names.get(node.name)
        if found is None:
            kind = "context variable" if node.name.startswith("context_") else "item"
            code = "UNKNOWN_CONTEXT" if kind != "item" else "UNKNOWN_ITEM"
            raise ExpressionError(code, f"there is no {kind} {node.name}", node.line)
        return found

    def _need(self, node: syntax.Node, kind: Kind) -> None:
        found = self.type_of(node)
        if found.kind is not kind:
            raise ExpressionError(
                "TYPE_MISMATCH", f"a {found.kind} stands where a {kind} is needed", node.line
            )

    def _call_type(self, node: syntax.Call) -> ValueType:
        if node.name == "setting":
            return ValueType(_literal_kind(self._setting(node)))
        if node.name in ("answered", "reason_given"):
            if len(node.arguments) != 1 or not isinstance(node.arguments[0], syntax.Name):
                raise ExpressionError(
                    "TYPE_MISMATCH", f"{node.name}() takes the name of one item", node.line
                )
            self._name(node.arguments[0])
            return ValueType(Kind.BOOLEAN)
        function = FUNCTIONS.get(node.name)
        if function is None:
            raise ExpressionError(
                "UNKNOWN_FUNCTION", f"there is no function {node.name}()", node.line
            )
        fewest = len(function.parameters)
        if len(node.arguments) < fewest or (len(node.arguments) > fewest and not function.variadic):
            raise ExpressionError(
                "TYPE_MISMATCH",
                f"{node.name}() takes {fewest} arguments, {len(node.arguments)} are given",
                node.line,
            )
        for place, argument in enumerate(node.arguments):
            self._argument(function, place, argument)
        return ValueType(function.result)

    def _argument(self, function: HostFunction, place: int, node: syntax.Node) -> None:
        if function.many:
            if not isinstance(node, syntax.Name):
                raise ExpressionError(
                    "TYPE_MISMATCH", f"{function.name}() takes the name of one item", node.line
                )
            found = self._known(node)
        else:
            found = self.type_of(node)
        accepted = function.parameters[min(place, len(function.parameters) - 1)]
        if found.kind not in accepted:
            raise ExpressionError(
                "TYPE_MISMATCH",
                f"{function.name}() needs a {' or '.join(sorted(accepted))}, not a {found.kind}",
                node.line,
            )

    def _setting(self, node: syntax.Call) -> Decimal | str | bool:
        key = node.arguments[0] if len(node.arguments) == 1 else None
        if not isinstance(key, syntax.Literal) or not isinstance(key.value, str):
            raise ExpressionError(
                "TYPE_MISMATCH", "setting() takes one key between quotes", node.line
            )
        if key.value not in self._scope.settings:
            raise ExpressionError(
                "UNKNOWN_SETTING", f"study.yaml has no setting {key.value}", node.line
            )
        value = self._scope.settings[key.value]
        if isinstance(value, int) and not isinstance(value, bool):
            return Decimal(value)
        return value

    def _compare(self, node: syntax.Compare) -> None:
        left, right = self.type_of(node.left), self.type_of(node.right)
        if node.operator not in ("==", "!="):
            for side in (left, right):
                if side.kind is not Kind.NUMBER:
                    raise ExpressionError(
                        "TYPE_MISMATCH",
                        f"{node.operator} is for numbers, not for a {side.kind}; dates and times"
                        " have functions",
                        node.line,
                    )
            return
        if left.kind not in _COMPARABLE or right.kind not in _COMPARABLE:
            raise ExpressionError(
                "TYPE_MISMATCH",
                f"a {left.kind} and a {right.kind} cannot be compared with {node.operator}",
                node.line,
            )
        if {left.kind, right.kind} == {Kind.CODE, Kind.TEXT}:
            coded, other = (left, node.right) if left.kind is Kind.CODE else (right, node.left)
            self._in_codelist(coded, other)
        elif left.kind is not right.kind:
            raise ExpressionError(
                "TYPE_MISMATCH",
                f"a {left.kind} is compared with a {right.kind}",
                node.line,
            )

    def _in_codelist(self, coded: ValueType, other: syntax.Node) -> None:
        literal = self._constant(other)
        if not isinstance(literal, str):
            raise ExpressionError(
                "TYPE_MISMATCH", "a code is compared with something that is no code", other.line
            )
        if coded.codes and literal not in coded.codes:
            raise ExpressionError(
                "NOT_IN_CODELIST", f"{literal!r} is not in the item's codelist", other.line
            )

    def _constant(self, node: syntax.Node) -> Decimal | str | bool | None:
        if isinstance(node, syntax.Literal):
            return node.value
        if isinstance(node, syntax.Call) and node.name == "setting":
            return self._setting(node)
        return None

    def _member(self, node: syntax.Member) -> None:
        if not isinstance(node.container, syntax.ListOf):
            container = self.type_of(node.container)
            if container.kind is not Kind.CODES:
                raise ExpressionError(
                    "TYPE_MISMATCH", "'in' needs a list or an item of type codes", node.line
                )
            self._in_codelist(container, node.element)
            return
        element = self.type_of(node.element)
        for literal in node.container.elements:
            kind = _literal_kind(literal.value)
            if element.kind is Kind.CODE and kind is Kind.TEXT:
                self._in_codelist(element, literal)
            elif element.kind is not kind:
                raise ExpressionError(
                    "TYPE_MISMATCH", f"a {element.kind} is looked for in a {kind} list", node.line
                )

    def _choice_type(self, node: syntax.Choice) -> ValueType:
        self._need(node.condition, Kind.BOOLEAN)
        yes, no = self.type_of(node.yes), self.type_of(node.no)
        if yes.kind is not no.kind and {yes.kind, no.kind} != {Kind.CODE, Kind.TEXT}:
            raise ExpressionError(
                "TYPE_MISMATCH",
                f"? : gives a {yes.kind} on one side and a {no.kind} on the other",
                node.line,
            )
        return ValueType(Kind.CODE if Kind.CODE in (yes.kind, no.kind) else yes.kind)

    # Writing

    def native(self, node: syntax.Node) -> str:
        """Write for comparing: numbers as doubles, codes and texts as texts."""
        match node:
            case syntax.Literal(value=value):
                return _native_literal(value)
            case syntax.Name(name=name):
                return self._variable("native", name)
            case syntax.Call():
                return self._native_call(node)
            case syntax.Not(operand=operand):
                return f"!({self.native(operand)})"
            case syntax.Logic() | syntax.Compare():
                return f"({self.native(node.left)}) {node.operator} ({self.native(node.right)})"
            case syntax.Member():
                return f"({self.native(node.element)}) in {self.native(node.container)}"
            case syntax.ListOf():
                return "[" + ", ".join(_native_literal(e.value) for e in node.elements) + "]"
            case syntax.Choice():
                return (
                    f"(({self.native(node.condition)}) ? ({self.native(node.yes)})"
                    f" : ({self.native(node.no)}))"
                )

    def _native_call(self, node: syntax.Call) -> str:
        if node.name == "setting":
            return _native_literal(self._setting(node))
        if node.name in ("answered", "reason_given"):
            name = node.arguments[0]
            form = "answered" if node.name == "answered" else "reason"
            return self._variable(form, name.name if isinstance(name, syntax.Name) else "")
        called = self.tagged(node)
        if FUNCTIONS[node.name].result is Kind.BOOLEAN:
            return called
        return f"{_PLAIN}({called})[0]"

    def tagged(self, node: syntax.Node) -> str:
        """Write for a host function or a calculation: everything exact, as tagged text."""
        match node:
            case syntax.Literal(value=value):
                encoded = encode(value)
                return _quoted(encoded) if isinstance(encoded, str) else _native_literal(value)
            case syntax.Name(name=name):
                return self._variable("tagged", name)
            case syntax.Call(name="setting"):
                return self.tagged(syntax.Literal(self._setting(node), node.line))
            case syntax.Call() if node.name in FUNCTIONS:
                return self._host_call(node)
            case syntax.Choice():
                return (
                    f"(({self.native(node.condition)}) ? ({self.tagged(node.yes)})"
                    f" : ({self.tagged(node.no)}))"
                )
            case _:
                return self.native(node)

    def _host_call(self, node: syntax.Call) -> str:
        function = FUNCTIONS[node.name]
        self.functions.add(function.name)
        if function.many:
            name = node.arguments[0]
            arguments = self._variable("every", name.name if isinstance(name, syntax.Name) else "")
        else:
            arguments = ", ".join(
                self._variable("lenient", argument.name)
                if function.lenient and isinstance(argument, syntax.Name)
                else self.tagged(argument)
                for argument in node.arguments
            )
        return f"{function.name}({arguments})[0]"

    def _variable(self, form: str, name: str) -> str:
        variable = f"{_PREFIX[form]}_{name}"
        self.inputs.add((variable, form, name))
        return variable


def _literal_kind(value: Decimal | int | str | bool) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER


def _native_literal(value: Decimal | int | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    text = format(Decimal(value), "f")
    return text if "." in text else f"{text}.0"
