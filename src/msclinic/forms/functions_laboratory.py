"""What an expression may ask of laboratory results.

The study's laboratories and ranges are handed to a function when its expression is compiled, as
its first argument; they are part of the study version and never change under an open form.
"""

import re
from datetime import date
from decimal import Decimal

from msclinic.domain.laboratory import (
    Laboratories,
    certificate_state,
    is_above,
    is_below,
    is_undetected,
    read_reported,
)
from msclinic.domain.laboratory_flags import CRITICAL, Sample, flag_result, ranges_for
from msclinic.domain.laboratory_units import TESTS, igg_index, standard_value
from msclinic.domain.values import Code
from msclinic.forms.host_function import HostFunction, Kind

__all__ = ["LABORATORY_FUNCTIONS"]


def _reported_number(text: str) -> Decimal | None:
    value = read_reported(text)
    return value.number if value is not None and value.exact else None


def _reported_readable(text: str) -> bool:
    return read_reported(text) is not None or is_undetected(text)


def _reported_below(text: str, limit: Decimal) -> bool | None:
    value = read_reported(text)
    return None if value is None else is_below(value, limit)


def _reported_above(text: str, limit: Decimal) -> bool | None:
    value = read_reported(text)
    return None if value is None else is_above(value, limit)


def _lab_flag(
    laboratories: Laboratories,
    laboratory: str | None,
    test: str | None,
    unit: str | None,
    text: str | None,
    sex: str | None,
    birth_year: Decimal | None,
    day: date | None,
) -> Code | None:
    if test is None or unit is None or text is None:
        return None
    born = None if birth_year is None else int(birth_year)
    ranges = ranges_for(laboratories, test, unit, Sample(laboratory, day, sex, born))
    flag = flag_result(test, unit, text, ranges)
    if flag not in CRITICAL and (laboratory is None or day is None):
        return None  # only what cannot wait is said before laboratory and day are there
    return Code(flag.value)


def _clock_time(text: str) -> bool:
    return re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text.strip(), re.ASCII) is not None


def _lab_certificate(laboratories: Laboratories, laboratory: str, day: date) -> Code:
    return Code(certificate_state(laboratories, laboratory, day).value)


_N = frozenset({Kind.NUMBER})
_D = frozenset({Kind.DATE})
_T = frozenset({Kind.TEXT})
_C = frozenset({Kind.CODE})
_TEST = {0: frozenset(TESTS)}

LABORATORY_FUNCTIONS = (
    HostFunction(
        "reported_number",
        (_T,),
        Kind.NUMBER,
        _reported_number,
        "The number of a result as reported; none for `<0.5` and for words.",
        partial=True,
    ),
    HostFunction(
        "reported_readable",
        (_T,),
        Kind.BOOLEAN,
        _reported_readable,
        "Whether a result as reported is a quantity, such as `12,4`, `<0.5` or `<LOD`.",
    ),
    HostFunction(
        "reported_below",
        (_T, _N),
        Kind.BOOLEAN,
        _reported_below,
        "Whether a result as reported lies below the number; undecided where `<` leaves it open.",
        partial=True,
    ),
    HostFunction(
        "reported_above",
        (_T, _N),
        Kind.BOOLEAN,
        _reported_above,
        "Whether a result as reported lies above the number; undecided where `>` leaves it open.",
        partial=True,
    ),
    HostFunction(
        "clock_time",
        (_T,),
        Kind.BOOLEAN,
        _clock_time,
        "Whether a text is a time of day such as `08:45`.",
    ),
    HostFunction(
        "lab_standard",
        (_T, _C, _T),
        Kind.NUMBER,
        standard_value,
        "Value in the standard unit of a test from its unit and result; none for `<0.5`.",
        partial=True,
        literals=_TEST,
    ),
    HostFunction(
        "igg_index",
        (_N, _N, _N, _N),
        Kind.NUMBER,
        igg_index,
        "IgG index of IgG in fluid and serum, albumin in fluid and serum, each pair in one unit.",
        partial=True,
    ),
    HostFunction(
        "lab_flag",
        (_C, _T, _C, _T, _C, _N, _D),
        Kind.CODE,
        _lab_flag,
        "Where a result lies in the range of laboratory, test, unit, result, sex, year of birth"
        " and day, converted where the range is in another unit; also while sex or year of birth is"
        " missing. Without laboratory or day only what is or may be critical.",
        partial=True,
        lenient=True,
        bound=True,
        literals={1: frozenset(TESTS)},
    ),
    HostFunction(
        "lab_certificate",
        (_C, _D),
        Kind.CODE,
        _lab_certificate,
        "`VALID`, `EXPIRED` or `MISSING` for a laboratory's certificate on a day.",
        bound=True,
    ),
)
"""Every host function on laboratory results."""
