"""EX01 from the logs: within three calendar months before screening, or open."""

from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.eligibility import Episode, recent_episodes
from msclinic.domain.values import PartialDate

SCREENING = date(2026, 5, 31)


def relapse(text: str | None) -> Episode:
    day = PartialDate(text) if text else None
    return Episode(day, day)


def steroid(start: str | None, end: str | None, ongoing: bool = False) -> Episode:
    return Episode(
        PartialDate(start) if start else None, PartialDate(end) if end else None, ongoing
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-02-28", True),  # three months before 31 May: February ends on the 28th
        ("2026-02-27", False),
        ("2026-05-30", True),
        ("2026-06-15", True),
        ("2026-03", True),
        ("2026-02", None),
        ("2026-01", False),
        ("2026", None),
        ("2025", False),
        (None, None),
    ],
)
def test_a_relapse_counts_by_its_start(text: str | None, found: bool | None) -> None:
    assert recent_episodes([relapse(text)], SCREENING, 3).found is found


@pytest.mark.parametrize(
    ("episode", "found"),
    [
        (steroid("2025-11-01", "2026-02-27"), False),
        (steroid("2025-11-01", "2026-02-28"), True),
        (steroid("2025-11-01", None, ongoing=True), True),
        (steroid(None, None, ongoing=True), True),
        (steroid("2025-11-01", None), None),
        (steroid("2026-03-01", None), True),
        (steroid(None, "2026-02"), None),
        (steroid(None, "2026-01"), False),
        (steroid("2025", "2026"), None),
    ],
)
def test_a_corticosteroid_counts_by_its_last_day(episode: Episode, found: bool | None) -> None:
    assert recent_episodes([episode], SCREENING, 3).found is found


def test_one_that_is_certain_decides_beside_one_that_is_open() -> None:
    both = [relapse("2026"), relapse("2026-04-01")]
    assert recent_episodes(both, SCREENING, 3).found is True
    assert recent_episodes([relapse("2026"), relapse("2020")], SCREENING, 3).found is None


@pytest.mark.parametrize(
    ("start", "end", "ongoing", "found"),
    [
        ("2026-05-17", None, False, None),
        ("2025-11-01", None, True, None),
        ("2025-11-01", "2026-03-05", False, None),
        (None, None, False, None),
        ("2025-11-01", "2026-02-27", False, False),
    ],
)
def test_a_medicine_of_unknown_group_is_open_unless_it_ended_before(
    start: str | None, end: str | None, ongoing: bool, found: bool | None
) -> None:
    unknown = evolve(steroid(start, end, ongoing), certain=False)
    assert recent_episodes([unknown], SCREENING, 3).found is found
    assert recent_episodes([unknown, relapse("2026-04-01")], SCREENING, 3).found is True


def test_empty_logs_hold_nothing_recent() -> None:
    recent = recent_episodes([], SCREENING, 3)
    assert (recent.found, recent.last) == (False, None)


def test_the_latest_that_counts_is_named_and_never_completed() -> None:
    episodes = [relapse("2020"), relapse("2026-03-05"), steroid(None, "2026-04")]
    assert recent_episodes(episodes, SCREENING, 3).last == PartialDate("2026-04")
    assert recent_episodes([relapse("2020")], SCREENING, 3).last is None


@given(
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
    st.sampled_from([4, 7, 10]),
    st.dates(date(2020, 1, 1), date(2026, 12, 31)),
)
def test_what_is_told_of_a_part_is_true_of_the_day(day: date, length: int, screening: date) -> None:
    told = recent_episodes([relapse(day.isoformat()[:length])], screening, 3).found
    known = recent_episodes([relapse(day.isoformat())], screening, 3).found
    assert told is None or told is known
    if day >= screening - timedelta(days=89):
        assert known is True
