from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.values import PartialDate
from msclinic.ui.typed import (
    Unreadable,
    other_reading,
    read_date,
    read_datetime,
    read_number,
    read_partial_date,
    read_time,
)

WARSAW = ZoneInfo("Europe/Warsaw")
NOW = datetime(2026, 11, 22, 9, 42, tzinfo=UTC)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "number"),
    [("36,8", "36.8"), ("36.8", "36.8"), (" 122 ", "122"), ("−0,4", "-0.4"), (".5", "0.5")],
)
def test_number_is_read_with_comma_and_point(text, number):
    assert read_number(text, 1) == Decimal(number)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-999, max_value=999))
def test_number_written_with_either_mark_reads_back_exactly(number):
    assert read_number(str(number), 2) == number
    assert read_number(str(number).replace(".", ","), 2) == number


@pytest.mark.parametrize("text", ["", "abc", "1.2.3", "1e5", "NaN", "1,2,3", "--1"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Unreadable):
        read_number(text, None)


def test_number_with_too_many_decimals_is_refused_not_rounded():
    with pytest.raises(Unreadable, match="at most 1"):
        read_number("36.85", 1)
    with pytest.raises(Unreadable, match="whole number"):
        read_number("7.5", 0)


@pytest.mark.parametrize(
    "text", ["22112026", "221126", "22.11.2026", "22/11/26", "22 11 2026", "2026-11-22", "22-11-26"]
)
def test_date_is_read_from_quick_digits(text):
    assert read_date(text, TODAY) == TODAY


def test_year_of_two_digits_is_never_more_than_a_year_ahead():
    assert read_date("010227", TODAY) == date(2027, 2, 1)
    assert read_date("010274", TODAY) == date(1974, 2, 1)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_every_day_typed_as_eight_digits_reads_back(day):
    assert read_date(day.strftime("%d%m%Y"), TODAY) == day


@pytest.mark.parametrize("text", ["31022026", "00112026", "22132026", "2211", "22110026", "today"])
def test_what_is_no_date_is_refused(text):
    with pytest.raises(Unreadable):
        read_date(text, TODAY)


@pytest.mark.parametrize(
    ("text", "clock"),
    [("1042", time(10, 42)), ("9:05", time(9, 5)), ("104207", time(10, 42, 7))],
)
def test_time_is_read_from_four_digits(text, clock):
    assert read_time(text) == clock


def test_time_of_hour_24_is_refused():
    with pytest.raises(Unreadable):
        read_time("2400")


@pytest.mark.parametrize(
    "text", ["221120261042", "2211261042", "22.11.2026 10:42", "2026-11-22 1042", "1042", "10:42"]
)
def test_moment_of_the_site_is_answered_in_utc(text):
    assert read_datetime(text, NOW, WARSAW) == datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


def test_hour_that_the_clock_jumped_over_is_refused():
    with pytest.raises(Unreadable, match="did not exist"):
        read_datetime("290320260230", NOW, WARSAW)


# 25 October 2026 in Warsaw: 02:30 CEST is 00:30 UTC, 02:30 CET is 01:30 UTC.
FIRST = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
SECOND = datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "meant"),
    [
        (datetime(2026, 10, 25, 0, 45, tzinfo=UTC), FIRST),
        (datetime(2026, 10, 25, 1, 45, tzinfo=UTC), SECOND),
        (datetime(2026, 10, 26, 9, 0, tzinfo=UTC), SECOND),
        (datetime(2026, 10, 24, 9, 0, tzinfo=UTC), FIRST),
    ],
)
@pytest.mark.requirement("R-TIM-1")
def test_the_hour_that_comes_twice_is_the_one_nearest_before_now(now, meant):
    assert read_datetime("251020260230", now, WARSAW) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("0230 CEST", FIRST),
        ("0230 CET", SECOND),
        ("0230cest", FIRST),
        ("0230 A", FIRST),
        ("02:30 b", SECOND),
        ("25.10.2026 02:30 CEST", FIRST),
        ("251020260230 CET", SECOND),
    ],
)
@pytest.mark.requirement("R-TIM-1")
def test_either_pass_of_the_doubled_hour_can_be_typed(text, meant):
    now = datetime(2026, 10, 25, 1, 45, tzinfo=UTC)
    assert read_datetime(text, now, WARSAW) == meant


@pytest.mark.requirement("R-TIM-1")
def test_how_the_other_pass_is_typed_is_told_in_the_doubled_hour_only():
    assert other_reading(SECOND, WARSAW) == "0230 CEST"
    assert other_reading(FIRST, WARSAW) == "0230 CET"
    assert other_reading(NOW, WARSAW) == ""


def test_a_zone_that_an_hour_never_had_is_refused():
    with pytest.raises(Unreadable, match="only once"):
        read_datetime("1042 CEST", NOW, WARSAW)
    with pytest.raises(Unreadable, match="type CEST or CET"):
        read_datetime("251020260230 EST", NOW, WARSAW)
    assert read_datetime("1042 CET", NOW, WARSAW) == datetime(2026, 11, 22, 9, 42, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "partial"),
    [
        ("2024", "2024"),
        ("052024", "2024-05"),
        ("05.2024", "2024-05"),
        ("2024-5", "2024-05"),
        ("17052024", "2024-05-17"),
    ],
)
def test_partial_date_is_kept_as_far_as_it_is_known(text, partial):
    assert read_partial_date(text, TODAY) == PartialDate(partial)


def test_partial_date_with_a_month_that_is_none_is_refused():
    with pytest.raises(Unreadable):
        read_partial_date("132024", TODAY)
