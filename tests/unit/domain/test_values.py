"""Answers are written down and read back without loss."""

from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.values import (
    MISSING_REASONS,
    Answer,
    Code,
    Codes,
    Missing,
    PartialDate,
    from_json,
    is_missing,
    to_json,
)

ANSWERS = st.one_of(
    st.decimals(min_value=-(10**6), max_value=10**6, places=4),
    st.integers(),
    st.text(),
    st.text(min_size=1).map(Code),
    st.lists(st.text(min_size=1)).map(lambda values: Codes(tuple(values))),
    st.dates(),
    st.dates(min_value=date(1900, 1, 1)).map(lambda d: PartialDate(d.isoformat())),
    st.integers(1900, 2100).map(lambda year: PartialDate(str(year))),
    st.datetimes(timezones=st.just(UTC)).map(
        lambda d: d.replace(microsecond=d.microsecond // 1000 * 1000)
    ),
    st.builds(Missing, st.sampled_from(MISSING_REASONS), st.text()),
)


@given(ANSWERS)
def test_every_answer_comes_back_as_it_was_written(answer: Answer) -> None:
    back = from_json(to_json(answer))
    assert back == answer
    assert type(back) is type(answer)


def test_a_decimal_keeps_its_trailing_zero_and_its_unit() -> None:
    written = to_json(Decimal("38.20"), "Cel")
    assert written == {"type": "decimal", "value": "38.20", "unit": "Cel"}


def test_a_large_exponent_is_written_in_plain_digits() -> None:
    assert to_json(Decimal("1E+3"))["value"] == "1000"


def test_an_instant_is_written_in_utc_with_milliseconds() -> None:
    warsaw = timezone(timedelta(hours=1))
    moment = datetime(2026, 11, 22, 11, 42, 12, 345678, tzinfo=warsaw)
    assert to_json(moment) == {"type": "datetime", "value": "2026-11-22T10:42:12.345Z"}


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_json(datetime(2026, 11, 22, 11, 42))  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2024-13", "2024-02-30", "24", "2024-5", "2024-05-17T00:00"])
def test_a_partial_date_that_cannot_be_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"date|calendar"):
        PartialDate(text)


def test_a_missing_answer_is_not_zero_and_needs_a_known_reason() -> None:
    assert to_json(Missing("NOT_DONE", "pump alarm")) == {
        "type": "missing",
        "reason": "NOT_DONE",
        "detail": "pump alarm",
    }
    with pytest.raises(ValueError, match="reason"):
        Missing("LATER")


def test_blank_and_reason_for_none_are_missing_but_zero_is_not() -> None:
    assert is_missing(None)
    assert is_missing(Missing("UNKNOWN"))
    assert not is_missing(0)


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"type": "float", "value": "1.0"},
        {"type": "decimal", "value": "1e3"},
        {"type": "decimal", "value": "NaN"},
        {"type": "decimal", "value": 1.5},
        {"type": "integer", "value": "07"},
        {"type": "date", "value": "2026-2-1"},
        {"type": "date", "value": "20260201"},
        {"type": "date", "value": "2026-W01-1"},
        {"type": "datetime", "value": "2026-11-22T10:42:12"},
        {"type": "codes", "value": "A"},
        {"type": "missing"},
    ],
)
def test_a_damaged_value_is_refused_with_a_sentence(data: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        from_json(data)


def test_a_bool_or_a_nan_is_no_answer() -> None:
    with pytest.raises(TypeError):
        to_json(True)
    with pytest.raises(ValueError, match="finite"):
        to_json(Decimal("NaN"))
