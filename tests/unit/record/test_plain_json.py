"""The quick way to canonical JSON gives what the library of RFC 8785 gives."""

from enum import IntEnum, StrEnum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from msclinic.record.plain_json import plain_json

_CHARACTERS = st.characters(codec="utf-8")
_TEXTS = st.text(_CHARACTERS, max_size=12)
_SINGLE = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | _TEXTS
)
_VALUES = st.recursive(
    _SINGLE,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXTS, inner, max_size=4),
    max_leaves=20,
)


class Word(StrEnum):
    YES = "yes"


class Number(IntEnum):
    ONE = 1


@given(_VALUES)
def test_any_value_is_written_as_the_library_writes_it(value: Any) -> None:
    assert plain_json(value) == rfc8785.dumps(value)


@given(st.dictionaries(_TEXTS, _TEXTS, max_size=6))
def test_any_texts_by_any_names_are_written_as_the_library_writes_them(value: Any) -> None:
    assert plain_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value",
    [
        "".join(map(chr, range(0x80))),
        "\x7f\x80\u2028\u2029\ufeff",
        {"\ue000": 1, "\U0001f600": 2, "a": 3},
        {"b": [1, 2.5, {"a": ()}], "a": (None, True)},
        Word.YES,
        {"n": Number.ONE},
        2**53 - 1,
    ],
)
def test_what_python_might_write_otherwise_is_written_as_the_library_does(value: Any) -> None:
    assert plain_json(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), [float("nan")], "\ud800", {"a": {1: 2}}, {1: 2}, b"x", {"a": {1}}]
)
def test_what_has_no_canonical_form_is_refused_as_the_library_refuses_it(value: Any) -> None:
    with pytest.raises(rfc8785.CanonicalizationError):
        rfc8785.dumps(value)
    with pytest.raises(rfc8785.CanonicalizationError):
        plain_json(value)
