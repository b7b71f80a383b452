"""Writes a checked expression again for the CEL library, names and numbers made safe.

Numbers are compared as doubles, and go into host functions and calculations exact, as tagged text.
"""

from decimal import Decimal

from msclinic.forms import syntax
from msclinic.forms.expression_types import TypeChecker
from msclinic.forms.functions import FUNCTIONS, Kind, encode

__all__ = ["PLAIN", "Writer"]

PLAIN = "plain_"
"""The function that takes the tag off where a value can only be compared."""

_PREFIX = {
    "native": "n",
    "tagged": "t",
    "every": "l",
    "answered": "a",
    "reason": "r",
    "lenient": "m",
}


class Writer:
    """Writes one tree.

    Args:
        types: What its settings stand for.

    Attributes:
        inputs: Variable, form and name of everything it reads.
        functions: Host functions it calls.
    """

    def __init__(self, types: TypeChecker) -> None:
        self._types = types
        self.inputs: set[tuple[str, str, str]] = set()
        self.functions: set[str] = set()

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
            return _native_literal(self._types.setting(node))
        if node.name in ("answered", "reason_given"):
            name = node.arguments[0]
            form = "answered" if node.name == "answered" else "reason"
            return self._variable(form, name.name if isinstance(name, syntax.Name) else "")
        called = self.tagged(node)
        if FUNCTIONS[node.name].result is Kind.BOOLEAN:
            return called
        return f"{PLAIN}({called})[0]"

    def tagged(self, node: syntax.Node) -> str:
        """Write for a host function or a calculation: everything exact, as tagged text."""
        match node:
            case syntax.Literal(value=value):
                encoded = encode(value)
                return _quoted(encoded) if isinstance(encoded, str) else _native_literal(value)
            case syntax.Name(name=name):
                return self._variable("tagged", name)
            case syntax.Call(name="setting"):
                return self.tagged(syntax.Literal(self._types.setting(node), node.line))
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


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{escaped}'"


def _native_literal(value: Decimal | int | str | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quoted(value)
    text = format(Decimal(value), "f")
    return text if "." in text else f"{text}.0"
