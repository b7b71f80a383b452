"""Laboratory results: what a report says, and the ranges and certificates of laboratories.

A result such as ``<0.5`` is no number but all numbers below 0.5; comparing it has three outcomes.
Whatever cannot be decided is said to be undecided, never taken for normal.
"""

import re
from datetime import date
from decimal import Decimal
from enum import StrEnum

from attrs import frozen

__all__ = [
    "ANY_SEX",
    "NO_LABORATORIES",
    "CertificateState",
    "Comparator",
    "Flag",
    "Laboratories",
    "Laboratory",
    "RangeLimits",
    "ReferenceRange",
    "Reported",
    "certificate_state",
    "is_above",
    "is_below",
    "is_undetected",
    "overlap",
    "read_reported",
]

ANY_SEX = "any"


class Comparator(StrEnum):
    """How a reported number bounds the true one."""

    EXACT = "="
    BELOW = "<"
    AT_MOST = "<="
    ABOVE = ">"
    AT_LEAST = ">="


class Flag(StrEnum):
    """Where a result lies; after CDISC NRIND (C78736), critical values and doubt kept apart.

    CRITICAL_POSSIBLE is doubt that may be a critical value, UNDECIDED any other doubt.
    """

    NORMAL = "NORMAL"
    LOW = "LOW"
    HIGH = "HIGH"
    CRITICAL_LOW = "CRITICAL_LOW"
    CRITICAL_HIGH = "CRITICAL_HIGH"
    CRITICAL_POSSIBLE = "CRITICAL_POSSIBLE"
    ABNORMAL = "ABNORMAL"
    UNDECIDED = "UNDECIDED"
    NO_RANGE = "NO_RANGE"


class CertificateState(StrEnum):
    """Whether a laboratory's certificate covers a day."""

    VALID = "VALID"
    EXPIRED = "EXPIRED"
    MISSING = "MISSING"


@frozen
class Reported:
    """A quantity as a report gives it; never negative."""

    comparator: Comparator
    number: Decimal

    @property
    def exact(self) -> bool:
        """Whether the number itself was measured."""
        return self.comparator is Comparator.EXACT


_REPORTED = re.compile(r"(<=|>=|≤|≥|<|>)?\s*([0-9]{1,12})(?:([.,])([0-9]{1,9}))?")
_SIGNS = {
    "": Comparator.EXACT,
    "<": Comparator.BELOW,
    "<=": Comparator.AT_MOST,
    "≤": Comparator.AT_MOST,
    ">": Comparator.ABOVE,
    ">=": Comparator.AT_LEAST,
    "≥": Comparator.AT_LEAST,
}


def read_reported(text: str) -> Reported | None:
    """Read a result as it stands on a report, with a decimal point or comma.

    A comma before exactly three digits may group thousands (``250,000``) and is not guessed at,
    unless a nought stands before it (``0,125``).

    Returns:
        The quantity, or None for words (``NEG``, ``clotted``) and for what can be read two ways.
    """
    match = _REPORTED.fullmatch(text.strip())
    if match is None:
        return None
    sign, whole, mark, places = match.groups()
    if mark == "," and len(places) == 3 and not whole.startswith("0"):
        return None
    number = Decimal(f"{whole}.{places}" if mark else whole)
    return Reported(_SIGNS[sign or ""], number)


_UNNAMED_LIMIT = r"(?:ll?o[dq]|ld|lq|dl|bloq|blod|mdl|mql|lob)"
_A_LIMIT = (
    rf"(?:(?:the )?(?:lower )?limit of (?:detection|quantification|quantitation)"
    rf"|(?:the )?(?:detection|quantification) limit"
    rf"|(?:dolnej )?(?:granicy|granic|progu) (?:wykrywalnosci|oznaczalnosci|wykrywania|detekcji)"
    rf"|{_UNNAMED_LIMIT})"
)
_UNDETECTED = re.compile(
    rf"(?:[<≤]=? ?{_A_LIMIT}|(?:below|under|less than|ponizej|pon\.) {_A_LIMIT}"
    r"|bl[oq]?[dq]|bdl|bql|undetectable|undetected|not detect(?:ed|able)|nie ?wykryt[oaey]"
    r"|nie ?wykrywaln[aey]|trace|traces|slad|slady|sladow[aey])"
)
_PLAIN_LETTERS = str.maketrans("ąćęłńóśźż", "acelnoszz")


def is_undetected(text: str) -> bool:
    """Whether a report says only that there was too little to measure, such as ``<LOD``.

    It is a quantity below a limit that the report does not name: neither a number nor a word that
    nobody can read.
    """
    plain = " ".join(text.casefold().translate(_PLAIN_LETTERS).split()).rstrip(".")
    return _UNDETECTED.fullmatch(plain) is not None


def is_below(value: Reported, limit: Decimal) -> bool | None:
    """Whether the true value lies below the limit; None where the report leaves it open."""
    number = value.number
    match value.comparator:
        case Comparator.EXACT:
            return number < limit
        case Comparator.BELOW | Comparator.AT_MOST:
            if number < limit or (number == limit and value.comparator is Comparator.BELOW):
                return True
            return False if limit <= 0 else None
        case Comparator.ABOVE | Comparator.AT_LEAST:
            return False if number >= limit else None


def is_above(value: Reported, limit: Decimal) -> bool | None:
    """Whether the true value lies above the limit; None where the report leaves it open."""
    number = value.number
    match value.comparator:
        case Comparator.EXACT:
            return number > limit
        case Comparator.BELOW | Comparator.AT_MOST:
            return False if number <= limit else None
        case Comparator.ABOVE | Comparator.AT_LEAST:
            if number > limit or (number == limit and value.comparator is Comparator.ABOVE):
                return True
            return None


@frozen
class RangeLimits:
    """Limits of one range; a value on a limit lies inside.

    Attributes:
        critical_low: Below it a physician is called at once.
        critical_high: Above it a physician is called at once.
    """

    low: Decimal | None = None
    high: Decimal | None = None
    critical_low: Decimal | None = None
    critical_high: Decimal | None = None


@frozen
class ReferenceRange:
    """A laboratory's range for one test, unit and kind of person in a period.

    Attributes:
        sex: ``F``, ``M`` or ``any``.
        ages: First and last age in full years, both inside.
        valid_from: First day it holds, or none where it always did.
        valid_to: Last day it holds, or none where it still does.
        source: Where it comes from.
    """

    laboratory: str
    test: str
    unit: str
    sex: str
    ages: tuple[int, int]
    limits: RangeLimits
    valid_from: date | None = None
    valid_to: date | None = None
    source: str = ""

    def covers(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@frozen
class Laboratory:
    """A laboratory and its certificate.

    Attributes:
        certificate: Kind, such as an accreditation; empty while none is on file.
        valid_from: First day of the certificate, or none while unknown.
        valid_to: Last day of the certificate, or none while unknown.
    """

    code: str
    certificate: str = ""
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None


@frozen
class Laboratories:
    """Every laboratory of a study with its ranges."""

    laboratories: tuple[Laboratory, ...] = ()
    ranges: tuple[ReferenceRange, ...] = ()


NO_LABORATORIES = Laboratories()
"""What a study without ``laboratories.yaml`` has."""


def overlap(one: ReferenceRange, other: ReferenceRange) -> bool:
    """Whether both ranges could be meant for the same result."""
    same = (one.laboratory, one.test, one.unit) == (other.laboratory, other.test, other.unit)
    sexes = one.sex == other.sex or ANY_SEX in (one.sex, other.sex)
    ages = one.ages[0] <= other.ages[1] and other.ages[0] <= one.ages[1]
    return same and sexes and ages and _begins_in_time(one, other) and _begins_in_time(other, one)


def _begins_in_time(one: ReferenceRange, other: ReferenceRange) -> bool:
    return one.valid_from is None or other.valid_to is None or one.valid_from <= other.valid_to


def certificate_state(laboratories: Laboratories, code: str, day: date) -> CertificateState:
    """Whether the laboratory's certificate covers the day of sampling.

    Source: ICH E6(R3) Appendix C, essential records (laboratory certification).
    """
    for laboratory in laboratories.laboratories:
        if laboratory.code != code or not laboratory.certificate:
            continue
        first, last = laboratory.valid_from, laboratory.valid_to
        if first is None and last is None:
            break
        covered = (first is None or first <= day) and (last is None or day <= last)
        return CertificateState.VALID if covered else CertificateState.EXPIRED
    return CertificateState.MISSING
