"""Factors of the unit table against published vectors, and what has no standard value."""

import hashlib
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.laboratory_units import TABLE_VERSION, TESTS, standard_value


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
    assert (TABLE_VERSION, digest[:16]) == ("1", "616e2bf7d19ff54e")
