"""Where a laboratory result lies: which ranges may be meant for it, and what they give.

Result and range are compared in the test's standard unit, each multiplied with its exact factor and
never rounded. What may be critical is said to be so, whatever else is open.
"""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from attrs import frozen

from msclinic.domain.laboratory import (
    ANY_SEX,
    Flag,
    Laboratories,
    RangeLimits,
    ReferenceRange,
    Reported,
    is_above,
    is_below,
    is_undetected,
    read_reported,
)
from msclinic.domain.laboratory_units import TESTS

__all__ = ["CRITICAL", "Sample", "flag_result", "judge", "ranges_for"]

CRITICAL = frozenset({Flag.CRITICAL_LOW, Flag.CRITICAL_HIGH, Flag.CRITICAL_POSSIBLE, Flag.ABNORMAL})
"""Flags with which a physician is called at once; ABNORMAL is a positive qualitative test."""

_SEXES = ("F", "M")
_OLDEST = 130


@frozen
class Sample:
    """What a range depends on; what is not known yet leaves every range open that may be meant.

    Attributes:
        laboratory: Code of the laboratory, or none.
        day: Day of sampling, or none.
        sex: ``F`` or ``M``; anything else is unknown.
        birth_year: Or none.
    """

    laboratory: str | None
    day: date | None
    sex: str | None
    birth_year: int | None


def ranges_for(
    laboratories: Laboratories, test: str, unit: str, sample: Sample
) -> frozenset[RangeLimits | None]:
    """Every range that may be meant, in the test's standard unit; None for no range.

    Only the year of birth is stored, so a person has two ages in one year. A range in the unit of
    the result goes before ranges that have to be converted.

    Args:
        laboratories: Of the study.
        test: LBTESTCD in the table of units.
        unit: UCUM code of the result as reported.
        sample: Whose it is, from where and when.
    """
    if test not in TESTS or unit not in TESTS[test].factors:
        return frozenset({None})
    fitting = [
        one
        for one in laboratories.ranges
        if one.test == test
        and sample.laboratory in (None, one.laboratory)
        and (sample.day is None or one.covers(sample.day))
    ]
    found: set[RangeLimits | None] = set()
    for age in _ages(sample):
        for kind in (sample.sex,) if sample.sex in _SEXES else _SEXES:
            meant = [
                one
                for one in fitting
                if one.sex in (ANY_SEX, kind) and one.ages[0] <= age <= one.ages[1]
            ]
            same = [one for one in meant if one.unit == unit]
            found.update(_standard(one) for one in same or meant)
            if not meant:
                found.add(None)
    return frozenset(found)


def _ages(sample: Sample) -> Iterable[int]:
    if sample.birth_year is None or sample.day is None:
        return range(_OLDEST + 1)
    oldest = sample.day.year - sample.birth_year
    return {max(oldest - 1, 0), max(oldest, 0)}


def _standard(drawn: ReferenceRange) -> RangeLimits:
    factor = TESTS[drawn.test].factors[drawn.unit]

    def converted(limit: Decimal | None) -> Decimal | None:
        return None if limit is None else limit * factor

    limits = drawn.limits
    return RangeLimits(
        converted(limits.low),
        converted(limits.high),
        converted(limits.critical_low),
        converted(limits.critical_high),
    )


def judge(value: Reported, limits: RangeLimits) -> Flag:
    """Hold a result against one range in the same unit."""
    below = _compared(value, limits.low, low=True)
    above = _compared(value, limits.high, low=False)
    far_below = _compared(value, limits.critical_low, low=True)
    far_above = _compared(value, limits.critical_high, low=False)
    if far_below:
        return Flag.CRITICAL_LOW
    if far_above:
        return Flag.CRITICAL_HIGH
    if far_below is None or far_above is None:
        return Flag.CRITICAL_POSSIBLE
    if below is None or above is None:
        return Flag.UNDECIDED
    if below:
        return Flag.LOW
    return Flag.HIGH if above else Flag.NORMAL


def _compared(value: Reported, limit: Decimal | None, *, low: bool) -> bool | None:
    if limit is None:
        return False
    return is_below(value, limit) if low else is_above(value, limit)


def flag_result(test: str, unit: str, text: str, ranges: frozenset[RangeLimits | None]) -> Flag:
    """Flag a result as reported against every range that may be meant, in the standard unit.

    Too little to measure (``<LOD``) is never critically high: it may be critically low where the
    range has such a limit, and is otherwise undecided, as nobody named the limit it lies below.
    A person for whom there is no range never makes a critical value less: where every range there
    is calls it critical, it is; where one of them may, it may be.

    Returns:
        The flag that all of them give; CRITICAL_POSSIBLE where they differ, or the result is no
        number, and one may be critical; UNDECIDED for other doubt; NO_RANGE where there is none.
    """
    drawn = [one for one in ranges if one is not None]
    if not drawn:
        return Flag.NO_RANGE
    if is_undetected(text):
        depleted = any(one.critical_low is not None and one.critical_low > 0 for one in drawn)
        return Flag.CRITICAL_POSSIBLE if depleted else Flag.UNDECIDED
    value = read_reported(text)
    if value is None:
        grave = any(
            limit is not None for one in drawn for limit in (one.critical_low, one.critical_high)
        )
        return Flag.CRITICAL_POSSIBLE if grave else Flag.UNDECIDED
    standard = Reported(value.comparator, value.number * TESTS[test].factors[unit])
    flags = {judge(standard, one) for one in drawn}
    if flags & CRITICAL:
        return flags.pop() if len(flags) == 1 else Flag.CRITICAL_POSSIBLE
    if len(flags) > 1 or None in ranges:
        return Flag.UNDECIDED
    return flags.pop()
