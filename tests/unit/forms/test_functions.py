"""Host functions on their own."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.values import Code, Codes, PartialDate
from msclinic.forms.functions import FUNCTIONS, decode, encode


@given(st.one_of(st.decimals(allow_nan=False, allow_infinity=False), st.dates(), st.text()))
def test_tagged_text_gives_back_what_went_in(value: Decimal | date | str) -> None:
    assert decode(encode(value)) == value


def test_codes_come_back_as_their_texts() -> None:
    assert decode(encode(Code("Y"))) == "Y"
    assert decode(encode(Codes(("A", "B")))) == ("A", "B")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert decode(encode(moment)) == moment
    assert decode(encode(PartialDate("2024-05"))) == PartialDate("2024-05")


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2024, 5, 31), 3, date(2024, 2, 29)),
        (date(2023, 5, 31), 3, date(2023, 2, 28)),
        (date(2024, 1, 15), 1, date(2023, 12, 15)),
        (date(2024, 12, 31), 12, date(2023, 12, 31)),
        (date(2024, 3, 31), -1, date(2024, 4, 30)),
        (date(1, 1, 1), 12, None),
    ],
)
def test_calendar_months_end_on_the_last_day_there_is(
    day: date, months: int, expected: date | None
) -> None:
    assert FUNCTIONS["months_before"].call(day, Decimal(months)) == expected


def test_full_years_count_from_birthday_to_birthday() -> None:
    years = FUNCTIONS["years_between"].call
    assert years(date(2000, 5, 2), date(2018, 5, 1)) == 17
    assert years(date(2000, 5, 2), date(2018, 5, 2)) == 18


@given(st.decimals(-(10**6), 10**6, places=2), st.decimals(-(10**6), 10**6, places=2))
def test_a_number_is_always_within_a_hundred_percent_of_itself(a: Decimal, b: Decimal) -> None:
    within = FUNCTIONS["within_percent"].call
    assert within(a, a, Decimal(0))
    assert within(a, b, Decimal(100)) == (abs(a - b) <= abs(b))


@given(st.dates(date(2, 1, 1), date(9990, 1, 1)), st.sampled_from([4, 7, 10]), st.dates())
def test_partial_date_is_after_only_if_every_day_of_it_is(
    day: date, length: int, other: date
) -> None:
    partial_day = PartialDate(day.isoformat()[:length])
    verdict = FUNCTIONS["date_after"].call(partial_day, other)
    if verdict is True:
        assert day > other
    if verdict is False:
        assert day <= other


_LATEST = datetime(2100, 1, 1, tzinfo=UTC).replace(tzinfo=None)


@given(
    st.datetimes(max_value=_LATEST, timezones=st.just(UTC)),
    st.integers(0, 10_000),
)
def test_hours_after_is_undone_by_the_minutes_between(moment: datetime, hours: int) -> None:
    later = FUNCTIONS["hours_after"].call(moment, Decimal(hours))
    assert FUNCTIONS["minutes_between"].call(moment, later) == hours * 60


def test_hours_beyond_the_calendar_have_no_value() -> None:
    moment = datetime(9999, 12, 31, 12, tzinfo=UTC)
    assert FUNCTIONS["hours_after"].call(moment, Decimal(24)) is None
