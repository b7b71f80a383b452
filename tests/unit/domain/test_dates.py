"""Calendar months, and what a date known in part can mean."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.dates import date_after, days_of, shift_months
from msclinic.domain.values import PartialDate

DAYS = st.dates(date(2, 1, 1), date(9990, 1, 1))


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", date(2024, 1, 1), date(2024, 12, 31)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2024-12", date(2024, 12, 1), date(2024, 12, 31)),
        ("2024-02-03", date(2024, 2, 3), date(2024, 2, 3)),
        ("9999", date(9999, 1, 1), date(9999, 12, 31)),
    ],
)
def test_a_date_known_in_part_means_every_day_of_it(text: str, first: date, last: date) -> None:
    assert days_of(PartialDate(text)) == (first, last)


@given(DAYS, st.sampled_from([4, 7, 10]))
def test_the_day_itself_is_among_the_days_it_can_mean(day: date, length: int) -> None:
    first, last = days_of(PartialDate(day.isoformat()[:length]))
    assert first <= day <= last


@given(DAYS, st.integers(-60, 60))
def test_months_forth_and_back_end_within_three_days(day: date, months: int) -> None:
    there = shift_months(day, months)
    if there is None:
        return
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    back = shift_months(there, -months)
    assert back is not None
    assert timedelta(0) <= day - back <= timedelta(days=3)


@given(DAYS, DAYS, st.sampled_from([4, 7, 10]))
def test_an_order_that_is_told_holds_for_the_days_themselves(
    one: date, two: date, length: int
) -> None:
    told = date_after(PartialDate(one.isoformat()[:length]), two)
    assert told is None or told == (one > two) or (not told and one == two)
