"""Units of the laboratory tests shipped, and the factors that give the standard value.

Units are UCUM codes, case sensitive. A factor is exact unless its source says otherwise; another
factor is another version of the table.
"""

from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType

from attrs import frozen

from msclinic.domain.laboratory import read_reported

__all__ = ["TABLE_VERSION", "TESTS", "TestUnits", "igg_index", "standard_value"]

TABLE_VERSION = "2"
"""Version of this table; it goes up with any change of a factor or standard unit."""

_UCUM = "UCUM 2.1: prefixes only, exact"
_COUNT = "UCUM 2.1: 10*9/L = 10*3/uL, 10*6/L = /uL, exact"
_KATAL = "SI: 1 kat = 1 mol/s; 1 U = 1 umol/min; so 1 ukat = 60 U, exact"
_HAEMOGLOBIN = "molar mass of the haemoglobin monomer 16114 g/mol, rounded to four digits"
_CREATININE = "molar mass of creatinine 113.12 g/mol: 1 mg/dL = 88.40 umol/L"
_GLUCOSE = "molar mass of glucose 180.16 g/mol: 1 mg/dL = 0.05551 mmol/L"


@frozen
class TestUnits:
    """The units a test may be reported in.

    Attributes:
        standard: UCUM code of the standard value.
        factors: By unit, what a reported number is multiplied with.
        source: Where the factors come from.
    """

    __test__ = False

    standard: str
    factors: Mapping[str, Decimal]
    source: str


def _units(standard: str, source: str, **others: str) -> TestUnits:
    factors = {standard: Decimal(1)} | {
        _NAMES[name]: Decimal(text) for name, text in others.items()
    }
    return TestUnits(standard, MappingProxyType(factors), source)


_NAMES = {
    "thousand_per_ul": "10*3/uL",
    "million_per_l": "10*6/L",
    "g_l": "g/L",
    "mg_l": "mg/L",
    "mg_dl": "mg/dL",
    "mmol_l": "mmol/L",
    "ukat_l": "ukat/L",
    "ng_l": "ng/L",
    "ng_ml": "ng/mL",
    "ug_l": "ug/L",
    "pg_ml": "pg/mL",
}
_PICOGRAMS = _units("pg/mL", _UCUM, ng_l="1", ng_ml="1000")

TESTS: Mapping[str, TestUnits] = MappingProxyType(
    {
        "WBC": _units("10*9/L", _COUNT, thousand_per_ul="1"),
        "HGB": _units("g/dL", _HAEMOGLOBIN, g_l="0.1", mmol_l="1.6114"),
        "PLAT": _units("10*9/L", _COUNT, thousand_per_ul="1"),
        "ALT": _units("U/L", _KATAL, ukat_l="60"),
        "AST": _units("U/L", _KATAL, ukat_l="60"),
        "CREAT": _units("umol/L", _CREATININE, mg_dl="88.40"),
        "CRP": _units("mg/L", _UCUM, mg_dl="10"),
        "NFL": _PICOGRAMS,
        "GFAP": _PICOGRAMS,
        "IL6": _PICOGRAMS,
        "TNF": _PICOGRAMS,
        "CCL2": _PICOGRAMS,
        "MMP9": _units("ng/mL", _UCUM, ug_l="1", pg_ml="0.001"),
        # Blood and cerebrospinal fluid share LBTESTCD; ranges and units do not.
        "CSFWBC": _units("/uL", _COUNT, million_per_l="1"),
        "CSFPROT": _units("mg/dL", _UCUM, mg_l="0.1", g_l="100"),
        "CSFGLUC": _units("mmol/L", _GLUCOSE, mg_dl="0.05551"),
        "CSFIGG": _units("mg/dL", _UCUM, mg_l="0.1", g_l="100"),
        # Albumin and serum beside it, for the IgG index.
        "CSFALB": _units("mg/dL", _UCUM, mg_l="0.1", g_l="100"),
        "IGG": _units("g/L", _UCUM, mg_dl="0.01", mg_l="0.001"),
        "ALB": _units("g/L", _UCUM, mg_dl="0.01", mg_l="0.001"),
    }
)
"""Every quantitative test: LBTESTCD, with ``CSF`` before it where the specimen is that fluid."""


def standard_value(test: str, unit: str, text: str) -> Decimal | None:
    """The value in the test's standard unit; none for ``<0.5``, words and unknown units."""
    known, value = TESTS.get(test), read_reported(text)
    if known is None or value is None or not value.exact or unit not in known.factors:
        return None
    return value.number * known.factors[unit]


def igg_index(
    fluid_igg: Decimal, serum_igg: Decimal, fluid_albumin: Decimal, serum_albumin: Decimal
) -> Decimal | None:
    """IgG index; none where serum IgG or albumin of the fluid is 0.

    The two values of the fluid share a unit, and so do the two of serum.

    Source: Link and Tibbling, Scand J Clin Lab Invest 1977; 37: 397-401.
    """
    below = serum_igg * fluid_albumin
    return fluid_igg * serum_albumin / below if below else None
