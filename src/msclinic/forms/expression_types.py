"""Which kind of value an expression has, and whether its parts fit together.

Every mistake of the author is said with a code, a line and one sentence; nothing is converted.
"""

from collections.abc import Mapping
from decimal import Decimal

from attrs import frozen

from msclinic.domain.laboratory import NO_LABORATORIES, Laboratories
from msclinic.forms import syntax
from msclinic.forms.functions import FUNCTIONS, HostFunction, Kind
from msclinic.forms.syntax import ExpressionError

__all__ = ["Scope", "TypeChecker", "ValueType"]

_COMPARABLE = {Kind.NUMBER, Kind.TEXT, Kind.CODE, Kind.BOOLEAN}


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
        laboratories: What functions on laboratory results look into.
    """

    names: Mapping[str, ValueType]
    settings: Mapping[str, Decimal | int | str | bool]
    group: str | None = None
    laboratories: Laboratories = NO_LABORATORIES


class TypeChecker:
    """Types the tree of an expression.

    Args:
        scope: What it may name.
    """

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def type_of(self, node: syntax.Node) -> ValueType:
        """The type of a tree.

        Raises:
            ExpressionError: It names something unknown, or its parts do not fit.
        """
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

    def setting(self, node: syntax.Call) -> Decimal | str | bool:
        """The value that a call of ``setting`` stands for.

        Raises:
            ExpressionError: The study has no such setting.
        """
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
            return ValueType(_literal_kind(self.setting(node)))
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
        allowed = function.literals.get(place)
        if allowed is not None and self._constant(node) not in allowed:
            names = ", ".join(sorted(allowed))
            raise ExpressionError(
                "TYPE_MISMATCH", f"{function.name}() needs one of {names} there", node.line
            )

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
            return self.setting(node)
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


def _literal_kind(value: Decimal | int | str | bool) -> Kind:
    if isinstance(value, bool):
        return Kind.BOOLEAN
    return Kind.TEXT if isinstance(value, str) else Kind.NUMBER
