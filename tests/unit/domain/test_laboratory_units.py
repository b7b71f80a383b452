"""Factors of the unit table against published vectors, and what has no standard value."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.laboratory_units import TABLE_VERSION, TESTS, igg_index, standard_value


@pytest.mark.parametrize(
    ("test", "unit", "text", "standard"),
    [
        ("WBC", "10*3/uL", "5,4", "5.4"),
        ("HGB", "g/L", "138", "13.8"),
        # 8.7 mmol/L is 14.0 g/dL (molar mass 16114 g/mol).
        ("HGB", "mmol/L", "8.7", "14.01918"),
        ("ALT", "ukat/L", "0.5", "30"),
        # 1 mg/dL of creatinine is 88.4 umol/L.
        ("CREAT", "mg/dL", "1.0", "88.4"),
        ("CRP", "mg/dL", "0.5", "5"),
        ("NFL", "ng/mL", "0.012", "12"),
        ("MMP9", "pg/mL", "31000", "31"),
        # 60 mg/dL of glucose is 3.33 mmol/L.
        ("CSFGLUC", "mg/dL", "60", "3.3306"),
        ("CSFPROT", "g/L", "0.38", "38"),
        ("CSFWBC", "10*6/L", "3", "3"),
        ("CSFALB", "mg/L", "220", "22"),
        ("IGG", "mg/dL", "1020", "10.2"),
        ("ALB", "mg/L", "42000", "42"),
    ],
)
def test_a_result_gets_its_standard_value(test: str, unit: str, text: str, standard: str) -> None:
    assert standard_value(test, unit, text) == Decimal(standard)


@given(st.sampled_from(sorted(TESTS)), st.decimals(0, 10000, places=3))
def test_the_standard_unit_changes_nothing(test: str, number: Decimal) -> None:
    assert standard_value(test, TESTS[test].standard, format(number, "f")) == number


@pytest.mark.parametrize(
    ("test", "unit", "text"),
    [
        ("CRP", "mg/L", "<0.5"),
        ("CRP", "mg/L", "clotted"),
        ("CRP", "MG/L", "5"),
        ("CRP", "mmol/L", "5"),
        ("XYZ", "mg/L", "5"),
    ],
)
def test_bounds_words_and_unknown_units_have_no_standard_value(
    test: str, unit: str, text: str
) -> None:
    assert standard_value(test, unit, text) is None


def test_every_factor_has_a_source_and_lies_above_nought() -> None:
    for units in TESTS.values():
        assert units.source
        assert units.factors[units.standard] == 1
        assert all(factor > 0 for factor in units.factors.values())


def test_a_changed_factor_or_unit_is_another_version_of_the_table() -> None:
    lines = sorted(
        f"{test} {unit} {factor} {units.standard}"
        for test, units in TESTS.items()
        for unit, factor in units.factors.items()
    )
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    assert (TABLE_VERSION, digest[:16]) == ("2", "d45047c71c02d5fe")


def test_the_igg_index_is_one_where_igg_passes_like_albumin_and_has_no_unit() -> None:
    one, thousand = Decimal(1), Decimal(1000)
    # Link and Tibbling 1977: (IgG CSF / IgG serum) / (albumin CSF / albumin serum).
    assert igg_index(Decimal(5), Decimal(10), Decimal(20), Decimal(40)) == one
    assert igg_index(Decimal("3.4"), Decimal(10), Decimal(20), Decimal(40)) == Decimal("0.68")
    in_mg = igg_index(5 * thousand, Decimal(10), 20 * thousand, Decimal(40))
    assert in_mg == one


def test_there_is_no_igg_index_without_igg_in_serum_or_albumin_in_the_fluid() -> None:
    zero, some = Decimal(0), Decimal(7)
    assert igg_index(some, zero, some, some) is None
    assert igg_index(some, some, zero, some) is None
    assert igg_index(zero, some, some, some) == zero
