"""Expressions against a small reference evaluator of three-valued logic, and their fences."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from msclinic.domain.values import Code, Codes, Missing, PartialDate
from msclinic.forms.expression_types import Scope, ValueType
from msclinic.forms.expressions import Lookup, Outcome, compile_expression
from msclinic.forms.functions import Kind
from msclinic.forms.syntax import ExpressionError

NAMES = {
    "A": ValueType(Kind.NUMBER),
    "B": ValueType(Kind.NUMBER),
    "C": ValueType(Kind.CODE, frozenset({"Y", "N"})),
    "M": ValueType(Kind.CODES, frozenset({"X", "Z"})),
    "T": ValueType(Kind.TEXT),
    "D": ValueType(Kind.DATE),
    "P": ValueType(Kind.PARTIAL_DATE),
    "W": ValueType(Kind.DATETIME),
    "V": ValueType(Kind.DATETIME),
    "R": ValueType(Kind.NUMBER, group="rows"),
    "context_ON": ValueType(Kind.BOOLEAN),
    "context_SEX": ValueType(Kind.CODE, frozenset({"F", "M"})),
}
SCOPE = Scope(NAMES, {"limit": Decimal("38.0"), "name": "kit", "on": True, "days": 70})


def evaluate(source: str, **values: Any) -> Outcome:
    def every(name: str) -> list[Any]:
        return [v for v in values.get(name, []) if not isinstance(v, Missing)]

    lookup = Lookup(values.get, every, lambda name: isinstance(values.get(name), Missing))
    return compile_expression(source, SCOPE).evaluate(lookup)


def refused(source: str, group: str | None = None) -> str:
    with pytest.raises(ExpressionError) as caught:
        compile_expression(source, Scope(NAMES, SCOPE.settings, group))
    return caught.value.code


# Three-valued logic: trees over numbers, codes and flags, some of them missing.

LEAVES = st.one_of(
    st.tuples(
        st.just("cmp"),
        st.sampled_from(["A", "B"]),
        st.sampled_from(["<", "<=", ">", ">=", "==", "!="]),
        st.sampled_from(["0", "1.5", "2"]),
    ),
    st.tuples(st.just("code"), st.sampled_from(["==", "!="]), st.sampled_from(["Y", "N"])),
    st.tuples(st.just("flag")),
    st.tuples(st.just("answered"), st.sampled_from(["A", "B", "C"])),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["&&", "||"]), inner, inner),
        st.tuples(st.just("?"), inner, inner, inner),
    ),
    max_leaves=8,
)
NUMBERS = st.sampled_from([None, Decimal("0"), Decimal("1.5"), Decimal("2.0"), Missing("NOT_DONE")])


def written(tree: tuple[Any, ...]) -> str:
    match tree:
        case ("cmp", name, operator, number):
            return f"{name} {operator} {number}"
        case ("code", operator, code):
            return f"C {operator} '{code}'"
        case ("flag",):
            return "context_ON"
        case ("answered", name):
            return f"answered({name})"
        case ("not", inner):
            return f"!({written(inner)})"
        case ("?", a, b, c):
            return f"(({written(a)}) ? ({written(b)}) : ({written(c)}))"
        case (operator, left, right):
            return f"({written(left)}) {operator} ({written(right)})"
    raise AssertionError(tree)


def reference(tree: tuple[Any, ...], values: Mapping[str, Any]) -> bool | None:
    def known(name: str) -> Any:
        value = values[name]
        return None if isinstance(value, Missing) else value

    match tree:
        case ("cmp", name, operator, number):
            left, right = known(name), Decimal(number)
            if left is None:
                return None
            table = {
                "<": left < right,
                "<=": left <= right,
                ">": left > right,
                ">=": left >= right,
                "==": left == right,
                "!=": left != right,
            }
            return table[operator]
        case ("code", operator, code):
            value = known("C")
            return None if value is None else (value.value == code) is (operator == "==")
        case ("flag",):
            return known("context_ON")
        case ("answered", name):
            return known(name) is not None
        case ("not", inner):
            value = reference(inner, values)
            return None if value is None else not value
        case ("?", a, b, c):
            condition = reference(a, values)
            return None if condition is None else reference(b if condition else c, values)
        case (operator, left, right):
            sides = (reference(left, values), reference(right, values))
            decisive = operator == "||"
            if decisive in sides:
                return decisive
            return None if None in sides else not decisive
    raise AssertionError(tree)


@settings(max_examples=200, deadline=None)
@given(
    TREES,
    NUMBERS,
    NUMBERS,
    st.sampled_from([None, Code("Y"), Code("N"), Missing("UNKNOWN")]),
    st.sampled_from([None, True, False]),
)
def test_logic_over_gaps_is_three_valued(tree: Any, a: Any, b: Any, c: Any, on: Any) -> None:
    values = {"A": a, "B": b, "C": c, "context_ON": on}
    outcome = evaluate(written(tree), **values)
    assert outcome.fault is None
    assert outcome.value == reference(tree, values)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.decimals(-9999, 9999, places=3), min_size=1, max_size=2),
    st.decimals(-9999, 9999, places=2),
)
def test_sums_and_comparisons_agree_with_decimal_arithmetic(
    terms: list[Decimal], limit: Decimal
) -> None:
    a, b = terms[0], terms[-1]
    assert evaluate("decimal_sum(A, B)", A=a, B=b).value == a + b
    assert evaluate("A < B", A=a, B=limit).value is (a < limit)
    assert evaluate("A == B", A=a, B=limit).value is (a == limit)


def test_a_tenth_is_compared_exactly() -> None:
    assert evaluate("A >= 38.0", A=Decimal("38.0")).value is True
    assert evaluate("A >= setting('limit')", A=Decimal("37.9")).value is False
    difference = "decimal_difference(A, B) <= 0.2"
    assert evaluate(difference, A=Decimal("38.2"), B=Decimal("38.0")).value is True


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("days_between(D, D)", Decimal(0)),
        ("year_of(P)", Decimal(2024)),
        ("minutes_between(W, V)", Decimal("90.5")),
        ("percent_change(A, B)", Decimal(25)),
        ("round_half_up(A, 0)", Decimal(2)),
        ("decimal_product(A, B)", Decimal("4.0")),
        ("sum_of(R)", Decimal("3.3")),
        ("count_of(R)", Decimal(2)),
        ("max_of(R)", Decimal("2.2")),
        ("min_of(R)", Decimal("1.1")),
        ("months_before(D, 3)", date(2024, 2, 29)),
        ("C == 'Y' ? 'Y' : 'N'", "Y"),
        ("C", Code("Y")),
        ("M", Codes(("X",))),
        ("after(V, W) && not_after(W, V)", True),
        ("within_percent(B, A, 25)", True),
        ("'X' in M && !('Z' in M)", True),
        ("C in ['Y'] && A in [1.6, 2]", True),
        ("date_after(D, P)", True),
        ('T == "it\'s"', True),
        ("setting('on') && T != setting('name')", True),
        ("years_between(D, D) == 0.0", True),
        ("number_of_code(C) == 1.0 || true", True),
        ("A > -1", True),
    ],
)
def test_functions_give_exact_values(source: str, expected: Any) -> None:
    outcome = evaluate(
        source,
        A=Decimal("1.6"),
        B=Decimal("2.0") if "product" not in source else Decimal("2.5"),
        C=Code("Y"),
        M=Codes(("X",)),
        T="it's",
        D=date(2024, 5, 31),
        P=PartialDate("2024-04" if "after" in source else "2024"),
        W=datetime(2024, 5, 1, 10, 0, tzinfo=UTC),
        V=datetime(2024, 5, 1, 11, 30, 30, tzinfo=UTC),
        R=[Decimal("1.1"), Missing("NOT_DONE"), Decimal("2.2")],
    )
    assert outcome == Outcome(expected)


def test_partial_dates_that_leave_the_order_open_are_unknown() -> None:
    assert evaluate("date_after(D, P)", D=date(2024, 5, 31), P=PartialDate("2024-05")).unknown
    earlier = evaluate("date_after(D, P)", D=date(2024, 4, 30), P=PartialDate("2024-05"))
    assert earlier.value is False
    assert evaluate("date_after(D, P)", D=date(2024, 5, 2), P=PartialDate("2024")).unknown
    assert (
        evaluate(
            "date_after(D, P) || A > 1", D=date(2024, 5, 2), P=PartialDate("2024"), A=Decimal(2)
        ).value
        is True
    )


def test_change_from_zero_is_unknown_not_a_fault() -> None:
    assert evaluate("percent_change(A, B)", A=Decimal(0), B=Decimal(2)).unknown
    assert evaluate("percent_change(A, B) > 20", A=Decimal(0), B=Decimal(2)).unknown


def test_failing_function_is_a_fault_even_where_logic_absorbs_it() -> None:
    source = "round_half_up(A, 99) > 1 || true"
    assert evaluate(source, A=Decimal("1e20")).fault is not None


def test_edss_step_is_decided_by_walking_while_a_system_is_missing() -> None:
    source = "edss_step(A, A, A, A, A, A, A, B)"
    assert evaluate(source, B=Decimal(15)).value == Decimal("9.5")
    assert evaluate(source, B=Decimal(0)).unknown


def test_news2_is_unknown_while_one_part_is_missing() -> None:
    source = "news2_total(A, B, 0, 120, 70, C, 37.0, 1)"
    scope = Scope({**NAMES, "C": ValueType(Kind.CODE, frozenset("ACVPU"))}, {})
    expression = compile_expression(source, scope)

    def total(**values: Any) -> Any:
        return expression.evaluate(Lookup(values.get, lambda _: [], lambda _: False))

    assert total(A=Decimal(16), B=Decimal(98), C=Code("A")).value == 0
    assert total(A=Decimal(16), B=Decimal(98), C=Code("C")).value == 3
    assert total(A=Decimal(16), C=Code("A")).unknown


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("A >", "CEL_SYNTAX"),
        ("A B", "CEL_SYNTAX"),
        ("A + B > 3.0", "FORBIDDEN_CONSTRUCT"),
        ("A - B > 3.0", "FORBIDDEN_CONSTRUCT"),
        ("A * 2.0 > 3.0", "FORBIDDEN_CONSTRUCT"),
        ("-A > 3.0", "FORBIDDEN_CONSTRUCT"),
        ("[1, 2].exists(x, x == 1)", "FORBIDDEN_CONSTRUCT"),
        ("has(A.x)", "FORBIDDEN_CONSTRUCT"),
        ("A == null", "FORBIDDEN_CONSTRUCT"),
        ("size(T) == 4", "FORBIDDEN_CONSTRUCT"),
        ("T.startsWith('x')", "FORBIDDEN_CONSTRUCT"),
        ("M[0] == 'X'", "FORBIDDEN_CONSTRUCT"),
        ("T == r'x'", "FORBIDDEN_CONSTRUCT"),
        ("A in [B]", "FORBIDDEN_CONSTRUCT"),
        ("{'a': 1} == {'a': 1}", "FORBIDDEN_CONSTRUCT"),
        ("X > 1", "UNKNOWN_ITEM"),
        ("context_X", "UNKNOWN_CONTEXT"),
        ("nothing(A)", "UNKNOWN_FUNCTION"),
        ("A > setting('x')", "UNKNOWN_SETTING"),
        ("A > 'x'", "TYPE_MISMATCH"),
        ("A && true", "TYPE_MISMATCH"),
        ("D > '2024-05-01'", "TYPE_MISMATCH"),
        ("D == '2024-05-01'", "TYPE_MISMATCH"),
        ("W < V", "TYPE_MISMATCH"),
        ("days_between(D, W)", "TYPE_MISMATCH"),
        ("days_between(D)", "TYPE_MISMATCH"),
        ("C == 1", "TYPE_MISMATCH"),
        ("C == T", "TYPE_MISMATCH"),
        ("M == 'X'", "TYPE_MISMATCH"),
        ("context_ON ? A : C", "TYPE_MISMATCH"),
        ("sum_of(A > 1)", "TYPE_MISMATCH"),
        ("answered(1)", "TYPE_MISMATCH"),
        ("C == 'Q'", "NOT_IN_CODELIST"),
        ("C in ['Y', 'Q']", "NOT_IN_CODELIST"),
        ("'Q' in M", "NOT_IN_CODELIST"),
        ("R > 1.0", "REPEAT_FROM_OUTSIDE"),
    ],
)
def test_fences_refuse(source: str, code: str) -> None:
    assert refused(source) == code


def test_item_of_the_same_repeat_may_be_named_inside_it() -> None:
    expression = compile_expression("R > 1.0", Scope(NAMES, {}, "rows"))
    assert expression.names == {"R"}


def test_mistake_in_a_later_line_names_that_line() -> None:
    with pytest.raises(ExpressionError) as caught:
        compile_expression("A > 1.0 &&\n  NOBODY > 2.0", SCOPE)
    assert caught.value.line == 2
