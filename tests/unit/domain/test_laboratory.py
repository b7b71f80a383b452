"""Results as reported, what cannot be decided of them, ranges that overlap, certificates."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from attrs import evolve
from hypothesis import assume, given
from hypothesis import strategies as st

from msclinic.domain.laboratory import (
    CertificateState,
    Comparator,
    Laboratories,
    Laboratory,
    RangeLimits,
    ReferenceRange,
    Reported,
    certificate_state,
    is_above,
    is_below,
    is_undetected,
    overlap,
    read_reported,
)

DAY = date(2026, 11, 24)


def number(text: str) -> Decimal:
    return Decimal(text)


@pytest.mark.parametrize(
    ("text", "comparator", "value"),
    [
        ("12.4", Comparator.EXACT, "12.4"),
        (" 12,4 ", Comparator.EXACT, "12.4"),
        ("250", Comparator.EXACT, "250"),
        ("<0.5", Comparator.BELOW, "0.5"),
        ("< 0,5", Comparator.BELOW, "0.5"),
        ("> 1000", Comparator.ABOVE, "1000"),
        ("≤5", Comparator.AT_MOST, "5"),
        (">=5", Comparator.AT_LEAST, "5"),
        ("0,125", Comparator.EXACT, "0.125"),
        ("12,3456", Comparator.EXACT, "12.3456"),
        ("1.234", Comparator.EXACT, "1.234"),
    ],
)
def test_a_quantity_is_read_with_point_or_comma_and_its_sign(
    text: str, comparator: Comparator, value: str
) -> None:
    assert read_reported(text) == Reported(comparator, number(value))


@pytest.mark.parametrize(
    "text", ["NEG", "", "clotted", "250,000", "1 000", "-3", "1e5", "12.4.1", "<", "5 mg/L", "١٢"]
)
def test_words_and_what_can_be_read_two_ways_are_no_quantity(text: str) -> None:
    assert read_reported(text) is None


numbers = st.decimals(0, 200, places=2)
values = st.builds(Reported, st.sampled_from(Comparator), numbers)


def allows(value: Reported, truth: Decimal) -> bool:
    """Whether a true value fits what the report says; written apart from the program."""
    n = value.number
    fits = {
        Comparator.EXACT: truth == n,
        Comparator.BELOW: truth < n,
        Comparator.AT_MOST: truth <= n,
        Comparator.ABOVE: truth > n,
        Comparator.AT_LEAST: truth >= n,
    }
    return truth >= 0 and fits[value.comparator]


def truths(value: Reported, *marks: Decimal) -> list[Decimal]:
    """True values that a report allows: at, beside and between the numbers that matter."""
    ends = sorted({Decimal(0), value.number, *marks, Decimal(10**9)})
    between = [(low + high) / 2 for low, high in pairwise(ends)]
    return [truth for truth in (*ends, *between) if allows(value, truth)]


@given(values, numbers)
def test_a_comparison_is_decided_exactly_where_all_values_the_report_allows_agree(
    value: Reported, limit: Decimal
) -> None:
    possible = truths(value, limit)
    assume(possible)
    below = {truth < limit for truth in possible}
    above = {truth > limit for truth in possible}
    assert is_below(value, limit) is (below.pop() if len(below) == 1 else None)
    assert is_above(value, limit) is (above.pop() if len(above) == 1 else None)


# Ranges

WOMEN = RangeLimits(Decimal(12), Decimal(16))


def drawn(sex: str, ages: tuple[int, int], limits: RangeLimits) -> ReferenceRange:
    return ReferenceRange("SITE", "HGB", "g/dL", sex, ages, limits)


ages = st.tuples(st.integers(0, 130), st.integers(0, 130)).map(lambda pair: tuple(sorted(pair)))
days = st.none() | st.dates(date(2025, 1, 1), date(2025, 12, 31))
periods = st.tuples(days, days).filter(lambda p: not (p[0] and p[1]) or p[0] <= p[1])
some_range = st.builds(
    lambda sex, years, period: ReferenceRange(
        "SITE", "HGB", "g/dL", sex, years, WOMEN, period[0], period[1]
    ),
    st.sampled_from(["F", "M", "any"]),
    ages,
    periods,
)


@given(some_range, some_range, st.dates(date(2025, 1, 1), date(2025, 12, 31)))
def test_ranges_overlap_wherever_some_person_would_fit_both(
    one: ReferenceRange, other: ReferenceRange, day: date
) -> None:
    assert overlap(one, other) == overlap(other, one)
    both = [
        (sex, age)
        for sex in "FM"
        for age in range(131)
        if all(
            each.sex in ("any", sex) and each.ages[0] <= age <= each.ages[1] and each.covers(day)
            for each in (one, other)
        )
    ]
    if both:
        assert overlap(one, other)


def test_a_range_that_ends_the_day_before_the_next_begins_does_not_overlap_it() -> None:
    before = evolve(drawn("F", (18, 64), WOMEN), valid_to=date(2026, 6, 30))
    after = evolve(before, valid_from=date(2026, 7, 1), valid_to=None)
    assert not overlap(before, after)
    assert overlap(before, evolve(after, valid_from=date(2026, 6, 30)))


def test_ranges_of_different_tests_units_or_laboratories_never_overlap() -> None:
    one = drawn("F", (18, 64), WOMEN)
    assert overlap(one, one)
    others = (evolve(one, test="WBC"), evolve(one, unit="g/L"), evolve(one, laboratory="CENTRAL"))
    assert not any(overlap(one, other) for other in others)


# Certificates


@pytest.mark.parametrize(
    ("first", "last", "state"),
    [
        (date(2026, 1, 1), date(2026, 12, 31), CertificateState.VALID),
        (DAY, DAY, CertificateState.VALID),
        (None, DAY, CertificateState.VALID),
        (date(2026, 11, 25), None, CertificateState.EXPIRED),
        (None, date(2026, 11, 23), CertificateState.EXPIRED),
        (None, None, CertificateState.MISSING),
    ],
)
def test_a_certificate_covers_its_days_and_one_without_dates_covers_none(
    first: date | None, last: date | None, state: CertificateState
) -> None:
    held = Laboratories((Laboratory("SITE", "ISO 15189", "", first, last),))
    assert certificate_state(held, "SITE", DAY) is state


def test_a_laboratory_without_a_certificate_has_none() -> None:
    held = Laboratories((Laboratory("SITE"),))
    assert certificate_state(held, "SITE", DAY) is CertificateState.MISSING
    assert certificate_state(held, "OTHER", DAY) is CertificateState.MISSING


@pytest.mark.parametrize(
    "text",
    [
        "<LOD",
        "< LLOQ",
        " ≤lod ",
        "< limit of detection",
        "below the limit of quantification",
        "BLQ",
        "not detected",
        "Nie wykryto",
        "niewykrywalny",
        "ślad",
        "Śladowe",
        "poniżej granicy wykrywalności",
        "ponizej granicy wykrywalnosci",
        "Poniżej  progu oznaczalności.",
    ],
)
def test_too_little_to_measure_is_read_without_a_number(text: str) -> None:
    assert is_undetected(text)
    assert read_reported(text) is None


@pytest.mark.parametrize(
    "text", ["", "<", "<0.5", "0", "LOD", ">LOD", ">LOQ", "clotted", "ślad krwi", "NEG", "low"]
)
def test_numbers_and_other_words_are_not_too_little_to_measure(text: str) -> None:
    assert not is_undetected(text)
