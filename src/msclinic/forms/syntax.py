"""The part of CEL that studies may use, as a tree that can be typed.

The CEL library evaluates; this parser only lets the loader see what an expression is made of
and refuse what the fences forbid. It never evaluates anything.
"""

import re
from decimal import Decimal
from typing import NoReturn

from attrs import frozen

__all__ = [
    "Call",
    "Choice",
    "Compare",
    "ExpressionError",
    "ListOf",
    "Literal",
    "Logic",
    "Member",
    "Name",
    "Node",
    "Not",
    "parse",
]


class ExpressionError(Exception):
    """An author's mistake in an expression.

    Attributes:
        code: Which kind of mistake, for programs and tests.
        sentence: What is wrong, in one plain sentence.
        line: Line inside the expression, from 1.
    """

    def __init__(self, code: str, sentence: str, line: int = 1) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence
        self.line = line


@frozen
class Literal:
    """A number, text or truth value written in the expression."""

    value: Decimal | str | bool
    line: int


@frozen
class Name:
    """An item or a context variable."""

    name: str
    line: int


@frozen
class Call:
    """A function called by name."""

    name: str
    arguments: "tuple[Node, ...]"
    line: int


@frozen
class Not:
    """Logical negation."""

    operand: "Node"
    line: int


@frozen
class Logic:
    """``&&`` or ``||``."""

    operator: str
    left: "Node"
    right: "Node"
    line: int


@frozen
class Compare:
    """One of ``== != < <= > >=``."""

    operator: str
    left: "Node"
    right: "Node"
    line: int


@frozen
class Member:
    """``element in container``."""

    element: "Node"
    container: "Node"
    line: int


@frozen
class ListOf:
    """A list of literals."""

    elements: "tuple[Literal, ...]"
    line: int


@frozen
class Choice:
    """``condition ? yes : no``."""

    condition: "Node"
    yes: "Node"
    no: "Node"
    line: int


Node = Literal | Name | Call | Not | Logic | Compare | Member | ListOf | Choice

_TOKEN = re.compile(
    r"""(?P<space>\s+|//[^\n]*)
    |(?P<number>\d+\.\d+|\d+)(?![\w.])
    |(?P<string>'(?!'')(?:[^'\\\n]|\\['"\\])*'|"(?!"")(?:[^"\\\n]|\\['"\\])*")
    |(?P<name>[A-Za-z_][A-Za-z0-9_]*)(?!['"])
    |(?P<op>\|\||&&|==|!=|<=|>=|[<>!?:(),\[\]\-+*/%.{}])""",
    re.VERBOSE,
)
_MACROS = {"has", "all", "exists", "exists_one", "map", "filter", "size", "type", "dyn"}


class _Tokens:
    def __init__(self, source: str) -> None:
        self._items: list[tuple[str, str, int]] = []
        position = 0
        line = 1
        while position < len(source):
            match = _TOKEN.match(source, position)
            if match is None:
                raise ExpressionError(
                    "FORBIDDEN_CONSTRUCT",
                    f"{source[position : position + 12]!r} is not allowed",
                    line,
                )
            kind = str(match.lastgroup)
            if kind != "space":
                self._items.append((kind, match.group(), line))
            line += match.group().count("\n")
            position = match.end()
        self._items.append(("end", "", line))
        self._next = 0

    @property
    def kind(self) -> str:
        return self._items[self._next][0]

    @property
    def text(self) -> str:
        return self._items[self._next][1]

    @property
    def line(self) -> int:
        return self._items[self._next][2]

    def take(self) -> str:
        text = self.text
        self._next += 1
        return text

    def at(self, *texts: str) -> bool:
        return self.kind in ("op", "name") and self.text in texts

    def expect(self, text: str) -> None:
        if not self.at(text):
            self.refuse()
        self.take()

    def refuse(self) -> NoReturn:
        what = f"{self.text!r} is not allowed here"
        if self.text in ("+", "-", "*", "/", "%"):
            what = f"arithmetic ({self.text}) is not allowed on values; use a host function"
        elif self.text in (".", "[", "{"):
            what = f"{self.text!r} (fields, indexes, maps) is not allowed"
        raise ExpressionError("FORBIDDEN_CONSTRUCT", what, self.line)


def parse(source: str) -> Node:
    """Read an expression that the CEL library has already accepted.

    Raises:
        ExpressionError: It uses something outside the fences.
    """
    tokens = _Tokens(source)
    node = _choice(tokens)
    if tokens.kind != "end":
        tokens.refuse()
    return node


def _choice(tokens: _Tokens) -> Node:
    line = tokens.line
    condition = _or(tokens)
    if not tokens.at("?"):
        return condition
    tokens.take()
    yes = _or(tokens)
    tokens.expect(":")
    return Choice(condition, yes, _choice(tokens), line)


def _or(tokens: _Tokens) -> Node:
    left = _and(tokens)
    while tokens.at("||"):
        line = tokens.line
        tokens.take()
        left = Logic("||", left, _and(tokens), line)
    return left


def _and(tokens: _Tokens) -> Node:
    left = _relation(tokens)
    while tokens.at("&&"):
        line = tokens.line
        tokens.take()
        left = Logic("&&", left, _relation(tokens), line)
    return left


def _relation(tokens: _Tokens) -> Node:
    left = _unary(tokens)
    while tokens.at("==", "!=", "<", "<=", ">", ">=", "in"):
        line = tokens.line
        operator = tokens.take()
        right = _unary(tokens)
        if operator == "in":
            left = Member(left, right, line)
        else:
            left = Compare(operator, left, right, line)
    return left


def _unary(tokens: _Tokens) -> Node:
    line = tokens.line
    if tokens.at("!"):
        tokens.take()
        return Not(_unary(tokens), line)
    return _primary(tokens)


def _primary(tokens: _Tokens) -> Node:
    line = tokens.line
    if tokens.at("("):
        tokens.take()
        inner = _choice(tokens)
        tokens.expect(")")
        return inner
    if tokens.at("["):
        tokens.take()
        return _list(tokens, line)
    if tokens.kind == "name":
        return _named(tokens, line)
    literal = _literal(tokens)
    if literal is None:
        tokens.refuse()
    return literal


def _named(tokens: _Tokens, line: int) -> Node:
    name = tokens.take()
    if name in ("true", "false"):
        return Literal(name == "true", line)
    if name == "null":
        raise ExpressionError(
            "FORBIDDEN_CONSTRUCT", "null is not allowed: a missing answer is unknown", line
        )
    if not tokens.at("("):
        return Name(name, line)
    if name in _MACROS:
        raise ExpressionError("FORBIDDEN_CONSTRUCT", f"{name}() is not allowed", line)
    tokens.take()
    arguments: list[Node] = []
    while not tokens.at(")"):
        arguments.append(_choice(tokens))
        if not tokens.at(")"):
            tokens.expect(",")
    tokens.take()
    return Call(name, tuple(arguments), line)


def _list(tokens: _Tokens, line: int) -> Node:
    elements: list[Literal] = []
    while not tokens.at("]"):
        literal = _literal(tokens)
        if literal is None:
            raise ExpressionError(
                "FORBIDDEN_CONSTRUCT", "a list may hold only literal numbers or texts", line
            )
        elements.append(literal)
        if not tokens.at("]"):
            tokens.expect(",")
    tokens.take()
    return ListOf(tuple(elements), line)


def _literal(tokens: _Tokens) -> Literal | None:
    line = tokens.line
    if tokens.kind == "number":
        return Literal(Decimal(tokens.take()), line)
    if tokens.kind == "string":
        return Literal(re.sub(r"\\(.)", r"\1", tokens.take()[1:-1]), line)
    if tokens.at("-"):
        tokens.take()
        if tokens.kind != "number":
            raise ExpressionError(
                "FORBIDDEN_CONSTRUCT", "arithmetic (-) is not allowed on values", line
            )
        return Literal(-Decimal(tokens.take()), line)
    return None
