"""Two trials and their mean; when a time counts as worse."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.timed_tests import trial_mean, worsened

SECONDS = st.decimals("0.1", "300", places=1)


@given(SECONDS, SECONDS)
def test_mean_lies_between_the_trials_whatever_their_order(one: Decimal, two: Decimal) -> None:
    mean = trial_mean(one, two)
    assert mean is not None
    assert min(one, two) <= mean <= max(one, two)
    assert mean == trial_mean(two, one)
    assert mean * 2 == one + two


def test_a_trial_without_a_time_leaves_no_mean() -> None:
    assert trial_mean(Decimal("6.2"), None) is None
    assert trial_mean(None, Decimal("6.2")) is None


@pytest.mark.parametrize(
    ("baseline", "now", "worse"),
    [
        ("10.0", "12.0", True),
        ("10.0", "11.9", False),
        ("6.5", "7.8", True),
        ("6.5", "7.79", False),
        ("10.0", "8.0", False),
    ],
)
def test_a_fifth_longer_than_baseline_is_worse(baseline: str, now: str, worse: bool) -> None:
    assert worsened(Decimal(baseline), Decimal(now), Decimal(20)) is worse


@given(SECONDS, SECONDS)
def test_what_is_worse_is_longer(baseline: Decimal, now: Decimal) -> None:
    if worsened(baseline, now, Decimal(20)):
        assert now > baseline


def test_an_unknown_time_is_neither_worse_nor_better() -> None:
    assert worsened(None, Decimal(9), Decimal(20)) is None
    assert worsened(Decimal(9), None, Decimal(20)) is None
    assert worsened(Decimal(0), Decimal(9), Decimal(20)) is None
