"""Where a result lies: units, ranges that may be meant, and what may be critical."""

from datetime import date
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.domain.test_laboratory import DAY, numbers, truths, values

from msclinic.domain.laboratory import (
    Comparator,
    Flag,
    Laboratories,
    RangeLimits,
    ReferenceRange,
    Reported,
)
from msclinic.domain.laboratory_flags import CRITICAL, Sample, flag_result, judge, ranges_for
from msclinic.domain.laboratory_units import TESTS

LIMITS = RangeLimits(Decimal(4), Decimal(10), Decimal(1), Decimal(50))
UNIT = "10*9/L"
SITE = Sample("SITE", DAY, "F", 1980)


def flagged(text: str, *ranges: RangeLimits | None) -> Flag:
    return flag_result("WBC", UNIT, text, frozenset(ranges))


limits = (
    st.lists(numbers, min_size=4, max_size=4)
    .map(sorted)
    .map(lambda four: RangeLimits(four[1], four[2], four[0], four[3]))
)


@given(values, limits)
def test_a_flag_given_is_the_flag_of_every_value_the_report_allows(
    value: Reported, given_limits: RangeLimits
) -> None:
    flag = judge(value, given_limits)
    if flag not in (Flag.UNDECIDED, Flag.CRITICAL_POSSIBLE):
        marks = (given_limits.low, given_limits.high)
        for truth in truths(value, *(mark for mark in marks if mark is not None)):
            assert judge(Reported(Comparator.EXACT, truth), given_limits) is flag


@given(numbers, limits)
def test_an_exact_value_is_always_decided(value: Decimal, given_limits: RangeLimits) -> None:
    flag = judge(Reported(Comparator.EXACT, value), given_limits)
    assert flag not in (Flag.UNDECIDED, Flag.CRITICAL_POSSIBLE)


@given(values, limits)
def test_a_flag_calls_the_physician_exactly_where_a_value_the_report_allows_is_critical(
    value: Reported, given_limits: RangeLimits
) -> None:
    ends = (given_limits.critical_low, given_limits.critical_high)
    possible = truths(value, *(end for end in ends if end is not None))
    worst = any(
        judge(Reported(Comparator.EXACT, one), given_limits) in CRITICAL for one in possible
    )
    if possible:
        assert (judge(value, given_limits) in CRITICAL) is worst


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("0.9", Flag.CRITICAL_LOW),
        ("1", Flag.LOW),
        ("3.9", Flag.LOW),
        ("4", Flag.NORMAL),
        ("10", Flag.NORMAL),
        ("10.1", Flag.HIGH),
        ("50.1", Flag.CRITICAL_HIGH),
        (">50", Flag.CRITICAL_HIGH),
        (">=50", Flag.CRITICAL_POSSIBLE),
        ("<1", Flag.CRITICAL_LOW),
        ("<4", Flag.CRITICAL_POSSIBLE),
        ("<10", Flag.CRITICAL_POSSIBLE),
        ("clotted", Flag.CRITICAL_POSSIBLE),
        ("250,000", Flag.CRITICAL_POSSIBLE),
        (">3", Flag.CRITICAL_POSSIBLE),
    ],
)
def test_a_value_on_a_limit_lies_inside_and_doubt_is_never_normal(text: str, flag: Flag) -> None:
    assert flagged(text, LIMITS) is flag


def test_below_the_detection_limit_is_normal_where_no_lower_limit_can_be_missed() -> None:
    crp = RangeLimits(high=Decimal(5), critical_high=Decimal(100))
    assert flagged("<0.5", crp) is Flag.NORMAL
    assert flagged("<8", crp) is Flag.UNDECIDED
    assert flagged("<0.5", evolve(crp, low=Decimal(0))) is Flag.NORMAL
    assert flagged("clotted", evolve(crp, critical_high=None)) is Flag.UNDECIDED


def test_without_a_range_and_between_two_ranges_nothing_is_called_normal() -> None:
    other = evolve(LIMITS, low=Decimal(6))
    assert flagged("5", None) is Flag.NO_RANGE
    assert flagged("5") is Flag.NO_RANGE
    assert flagged("5", LIMITS, other) is Flag.UNDECIDED
    assert flagged("5", LIMITS, None) is Flag.UNDECIDED
    assert flagged("8", LIMITS, other) is Flag.NORMAL


def test_an_age_without_a_range_never_outvotes_a_critical_value() -> None:
    assert flagged("0.4", LIMITS, None) is Flag.CRITICAL_LOW
    assert flagged("60", LIMITS, None) is Flag.CRITICAL_HIGH
    assert flagged("<4", LIMITS, None) is Flag.CRITICAL_POSSIBLE


def test_what_one_possible_range_calls_critical_may_be_critical() -> None:
    milder = evolve(LIMITS, critical_high=Decimal(70))
    assert flagged("60", LIMITS, milder) is Flag.CRITICAL_POSSIBLE
    assert flagged("80", LIMITS, milder) is Flag.CRITICAL_HIGH
    assert flagged("40", LIMITS, milder) is Flag.HIGH


# Which range

WOMEN = RangeLimits(Decimal(12), Decimal(16))
MEN = RangeLimits(Decimal(14), Decimal(18))
OLD = RangeLimits(Decimal(11), Decimal(15))


def drawn(sex: str, ages: tuple[int, int], limits: RangeLimits) -> ReferenceRange:
    return ReferenceRange("SITE", "HGB", "g/dL", sex, ages, limits)


HGB = Laboratories(
    ranges=(
        drawn("F", (18, 64), WOMEN),
        drawn("M", (18, 64), MEN),
        drawn("any", (65, 130), OLD),
    )
)


def found(
    laboratories: Laboratories = HGB, *, unit: str = "g/dL", sample: Sample = SITE
) -> frozenset[RangeLimits | None]:
    return ranges_for(laboratories, "HGB", unit, sample)


def test_the_range_is_chosen_by_sex_and_age() -> None:
    assert found() == {WOMEN}
    assert found(sample=evolve(SITE, sex="M")) == {MEN}
    assert found(sample=evolve(SITE, sex="M", birth_year=1950)) == {OLD}


def test_a_year_of_birth_leaves_two_ages_and_both_count() -> None:
    # Born in 1961: 64 or 65 years old in November 2026.
    assert found(sample=evolve(SITE, birth_year=1961)) == {WOMEN, OLD}
    assert found(sample=evolve(SITE, birth_year=2008)) == {WOMEN, None}


def test_what_is_unknown_leaves_every_range_open() -> None:
    assert found(sample=evolve(SITE, sex=None)) == {WOMEN, MEN}
    assert found(sample=evolve(SITE, birth_year=None)) == {WOMEN, OLD, None}
    assert found(sample=evolve(SITE, day=None)) == {WOMEN, OLD, None}
    assert found(sample=evolve(SITE, laboratory=None)) == {WOMEN}


def test_another_laboratory_or_period_and_a_unit_nobody_can_convert_have_no_range() -> None:
    assert found(sample=evolve(SITE, laboratory="CENTRAL")) == {None}
    assert found(unit="mg/L") == {None}
    dated = Laboratories(
        ranges=tuple(evolve(one, valid_from=date(2026, 1, 1)) for one in HGB.ranges)
    )
    assert found(dated, sample=evolve(SITE, day=date(2025, 12, 31))) == {None}
    assert found(dated, sample=evolve(SITE, day=date(2026, 1, 1))) == {WOMEN}


def test_a_new_range_takes_over_on_its_first_day() -> None:
    before = evolve(HGB.ranges[0], valid_to=date(2026, 6, 30))
    after = evolve(HGB.ranges[0], limits=OLD, valid_from=date(2026, 7, 1))
    both = Laboratories(ranges=(before, after))
    assert found(both, sample=evolve(SITE, day=date(2026, 6, 30))) == {WOMEN}
    assert found(both, sample=evolve(SITE, day=date(2026, 7, 1))) == {OLD}


# Units


def test_a_range_in_another_unit_is_converted_and_one_in_the_same_unit_goes_before_it() -> None:
    assert found(unit="g/L") == found(unit="mmol/L") == {WOMEN}
    litres = RangeLimits(Decimal(110), Decimal(150))
    own = evolve(HGB.ranges[0], unit="g/L", limits=litres)
    both = Laboratories(ranges=(*HGB.ranges, own))
    assert found(both, unit="g/L") == {RangeLimits(Decimal("11.0"), Decimal("15.0"))}
    assert found(both) == {WOMEN}
    assert found(both, unit="mmol/L") == {WOMEN, RangeLimits(Decimal("11.0"), Decimal("15.0"))}


def judged(test: str, unit: str, text: str, range_unit: str, limits: RangeLimits) -> Flag:
    one = ReferenceRange("SITE", test, range_unit, "any", (18, 130), limits)
    return flag_result(test, unit, text, ranges_for(Laboratories(ranges=(one,)), test, unit, SITE))


@pytest.mark.parametrize(
    ("test", "unit", "text", "range_unit", "limits", "flag"),
    [
        ("HGB", "g/L", "40", "g/dL", ("12", "16", "7", "20"), Flag.CRITICAL_LOW),
        ("HGB", "g/L", "<40", "g/dL", ("12", "16", "7", "20"), Flag.CRITICAL_LOW),
        ("HGB", "g/L", "70", "g/dL", ("12", "16", "7", "20"), Flag.LOW),
        ("HGB", "g/L", "<75", "g/dL", ("12", "16", "7", "20"), Flag.CRITICAL_POSSIBLE),
        ("HGB", "g/dL", "13", "g/L", ("120", "160", "70", "200"), Flag.NORMAL),
        ("CREAT", "mg/dL", "9,5", "umol/L", ("44", "80", "0", "442"), Flag.CRITICAL_HIGH),
        ("CREAT", "mg/dL", "5", "umol/L", ("44", "80", "0", "442"), Flag.HIGH),
        # 442.00884, shown as 442.0: what is shown does not decide.
        ("CREAT", "mg/dL", "5.0001", "umol/L", ("44", "80", "0", "442"), Flag.CRITICAL_HIGH),
        ("PLAT", "10*3/uL", "5", "10*9/L", ("150", "400", "20", "1000"), Flag.CRITICAL_LOW),
        ("ALT", "ukat/L", ">11.7", "U/L", ("0", "35", "0", "700"), Flag.CRITICAL_HIGH),
    ],
)
def test_a_result_is_judged_whatever_unit_it_is_reported_in(
    test: str, unit: str, text: str, range_unit: str, limits: tuple[str, ...], flag: Flag
) -> None:
    low, high, far_low, far_high = map(Decimal, limits)
    given_limits = RangeLimits(low, high, far_low, far_high)
    assert judged(test, unit, text, range_unit, given_limits) is flag


some_test = st.sampled_from(sorted(TESTS)).flatmap(
    lambda test: st.tuples(
        st.just(test),
        st.sampled_from(sorted(TESTS[test].factors)),
        st.sampled_from(sorted(TESTS[test].factors)),
    )
)


@given(some_test, st.decimals(0, 10**12 - 1, places=9), st.decimals(0, 10**9, places=4))
def test_a_value_is_never_called_normal_or_critical_by_a_rounding(
    named: tuple[str, str, str], value: Decimal, limit: Decimal
) -> None:
    test, unit, range_unit = named
    factors = TESTS[test].factors
    # In integers, so that nothing is rounded on either side.
    scale = 10**20
    reported = int(value * 10**9) * int(factors[unit] * scale) * 10**4
    end = int(limit * 10**4) * int(factors[range_unit] * scale) * 10**9
    limits = RangeLimits(critical_high=limit)
    flag = judged(test, unit, f"{value:f}", range_unit, limits)
    assert flag is (Flag.CRITICAL_HIGH if reported > end else Flag.NORMAL)


@pytest.mark.parametrize("text", ["<LOD", "ślad", "poniżej granicy wykrywalności"])
def test_too_little_to_measure_is_never_critically_high_and_never_said_to_be_normal(
    text: str,
) -> None:
    crp = RangeLimits(high=Decimal(5), critical_high=Decimal(100))
    assert flagged(text, crp) is Flag.UNDECIDED
    assert flagged(text, crp, evolve(crp, high=Decimal(8)), None) is Flag.UNDECIDED
    assert flagged(text, evolve(crp, low=Decimal(1))) is Flag.UNDECIDED
    assert flagged(text, evolve(crp, critical_low=Decimal(0))) is Flag.UNDECIDED


def test_too_little_to_measure_may_be_critically_low_where_a_range_has_such_a_limit() -> None:
    assert flagged("<LOD", LIMITS) is Flag.CRITICAL_POSSIBLE
    assert flagged("<LOD", evolve(LIMITS, critical_low=None), LIMITS) is Flag.CRITICAL_POSSIBLE
    assert flagged("<LOD", None) is Flag.NO_RANGE
