"""``laboratories.yaml``: the laboratories of a study, their certificates and reference ranges.

It reports mistakes and goes on. Two ranges that could both be meant for one result are a mistake:
which one counts must never depend on their order in the file.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise

from attrs import frozen

from msclinic.domain.laboratory import (
    ANY_SEX,
    Laboratories,
    Laboratory,
    RangeLimits,
    ReferenceRange,
    overlap,
)
from msclinic.domain.laboratory_units import TESTS
from msclinic.forms.definitions import Codelist, CodelistItem, Text
from msclinic.study.model import Setting
from msclinic.study.reader import CODE, Place, Reader, unique

__all__ = ["CODELIST", "FILE", "LoadedLaboratories", "load_laboratories", "ranges_whole"]

FILE = "laboratories.yaml"
CODELIST = "LABORATORY"
"""Codelist of the laboratories by their names, made from this file."""

_SEXES = ("F", "M", ANY_SEX)
_LIMITS = ("critical_low", "low", "high", "critical_high")
_OLDEST = 130
_AGES = ("age_min", "age_max")


@frozen
class LoadedLaboratories:
    """What the file gives.

    Attributes:
        laboratories: Laboratories and ranges for functions on results.
        codelist: The laboratories as choices of a coded item.
        lines: Where the first range of a laboratory and test stands.
    """

    laboratories: Laboratories
    codelist: Codelist
    lines: Mapping[tuple[str, str], int]


def load_laboratories(
    reader: Reader, place: Place, units: Mapping[str, Text]
) -> LoadedLaboratories:
    """Read the file.

    Args:
        reader: Where mistakes go.
        place: The file's content.
        units: Units that the study can show.
    """
    keys = reader.mapping(place, FILE, ("laboratories",), ("ranges",))
    names = unique(reader, "the laboratory")
    found: list[Laboratory] = []
    choices: list[CodelistItem] = []
    for one in reader.sequence(keys.get("laboratories"), "laboratories"):
        parts = reader.mapping(one, "a laboratory", ("code", "name"), ("certificate",))
        code = reader.oid(parts.get("code"), "the laboratory's code", CODE)
        names.take(code, one.line)
        choices.append(CodelistItem(code, reader.wording(parts.get("name"), "name", code)))
        found.append(_laboratory(reader, code, parts.get("certificate")))
    known = frozenset(laboratory.code for laboratory in found)
    ranges: list[tuple[int, ReferenceRange]] = []
    for one in reader.sequence(keys.get("ranges"), "ranges"):
        drawn = _range(reader, one, known, units)
        if drawn is not None:
            _demand_alone(reader, one.line, drawn, ranges)
            ranges.append((one.line, drawn))
    laboratories = Laboratories(tuple(found), tuple(drawn for _, drawn in ranges))
    lines: dict[tuple[str, str], int] = {}
    for line, drawn in ranges:
        lines.setdefault((drawn.laboratory, drawn.test), line)
    return LoadedLaboratories(laboratories, Codelist(CODELIST, tuple(choices)), lines)


def ranges_whole(
    reader: Reader,
    laboratories: Laboratories,
    lines: Mapping[tuple[str, str], int],
    settings: Mapping[str, Setting],
) -> None:
    """Where a laboratory has a range of a test, every participant finds one.

    A result that falls between ranges would be judged by none, and nothing would say so before
    it is there. Ages are those of participants: settings ``age_min`` and ``age_max``.

    Args:
        reader: Of the file; mistakes go there.
        laboratories: As read.
        lines: Where the first range of a laboratory and test stands.
        settings: Of the study; without the two ages nothing is held.
    """
    youngest, oldest = (settings[key].value if key in settings else None for key in _AGES)
    if not isinstance(youngest, int) or not isinstance(oldest, int):
        return
    for (laboratory, test), line in lines.items():
        meant = [r for r in laboratories.ranges if (r.laboratory, r.test) == (laboratory, test)]
        for sex in ("F", "M"):
            ages = [r.ages for r in meant if r.sex in (sex, ANY_SEX)]
            bare = [
                age
                for age in range(youngest, oldest + 1)
                if not any(first <= age <= last for first, last in ages)
            ]
            if bare:
                sentence = f"{laboratory} has ranges of {test}, but none for {sex} aged {bare[0]}"
                reader.wrong(line, "RANGE_MISSING", sentence, test)


def _laboratory(reader: Reader, code: str, place: Place | None) -> Laboratory:
    if place is None:
        return Laboratory(code)
    keys = reader.mapping(place, "a certificate", ("kind",), ("number", "valid_from", "valid_to"))
    first, last = _period(reader, keys, place.line, code)
    return Laboratory(
        code=code,
        certificate=reader.text(keys.get("kind"), "kind", code),
        number=reader.text(keys.get("number"), "number", code),
        valid_from=first,
        valid_to=last,
    )


def _range(
    reader: Reader, place: Place, laboratories: frozenset[str], units: Mapping[str, Text]
) -> ReferenceRange | None:
    before = len(reader.mistakes)
    keys = reader.mapping(
        place,
        "a range",
        ("laboratory", "test", "unit", "sex", "ages", "tag", "source"),
        (*_LIMITS, "valid_from", "valid_to"),
    )
    test = reader.text(keys.get("test"), "test")
    laboratory = reader.text(keys.get("laboratory"), "laboratory", test)
    if "laboratory" in keys and laboratory not in laboratories:
        sentence = f"there is no laboratory {laboratory}"
        reader.wrong(keys["laboratory"].line, "UNKNOWN_LABORATORY", sentence, test)
    unit = reader.text(keys.get("unit"), "unit", test)
    _known_unit(reader, keys, test, unit, units)
    reader.one_of(keys.get("tag"), "tag", ("FACT", "DEFAULT"), test)
    source = reader.text(keys.get("source"), "source", test)
    if "source" in keys and not source.strip():
        sentence = "a range says where it comes from"
        reader.wrong(keys["source"].line, "WRONG_VALUE", sentence, test)
    sex = reader.one_of(keys.get("sex"), "sex", _SEXES, test)
    ages = _ages(reader, keys.get("ages"), test)
    limits = _limits(reader, keys, place.line, test)
    first, last = _period(reader, keys, place.line, test)
    if len(reader.mistakes) > before:
        return None
    return ReferenceRange(laboratory, test, unit, sex, ages, limits, first, last, source)


def _known_unit(
    reader: Reader, keys: Mapping[str, Place], test: str, unit: str, units: Mapping[str, Text]
) -> None:
    if "test" in keys and test not in TESTS:
        sentence = f"the program has no units for the test {test!r}"
        reader.wrong(keys["test"].line, "UNKNOWN_TEST", sentence, test)
        return
    if "unit" not in keys or "test" not in keys:
        return
    if unit not in TESTS[test].factors or unit not in units:
        known = ", ".join(TESTS[test].factors)
        sentence = f"{test} is reported in {known}, shown by units.yaml; not in {unit!r}"
        reader.wrong(keys["unit"].line, "UNKNOWN_UNIT", sentence, test)


def _ages(reader: Reader, place: Place | None, test: str) -> tuple[int, int]:
    if place is None:
        return 0, _OLDEST
    years = [reader.number(one, "an age", 0, _OLDEST) for one in reader.sequence(place, "ages")]
    if len(years) != 2 or years[0] is None or years[1] is None:
        reader.wrong(place.line, "WRONG_VALUE", "ages are [from, to] in full years", test)
        return 0, _OLDEST
    if years[0] > years[1]:
        sentence = f"the range of {test} ends at a younger age than it starts"
        reader.wrong(place.line, "RANGE_REVERSED", sentence, test)
    return years[0], years[1]


def _limits(reader: Reader, keys: Mapping[str, Place], line: int, test: str) -> RangeLimits:
    values: dict[str, Decimal] = {}
    for name in _LIMITS:
        place = keys.get(name)
        if place is None or place.value is None:
            continue
        if isinstance(place.value, bool) or not isinstance(place.value, int | Decimal):
            reader.wrong(place.line, "WRONG_VALUE", f"{name} must be a number", test)
            continue
        values[name] = Decimal(place.value)
    if "low" not in values and "high" not in values:
        reader.wrong(line, "WRONG_VALUE", "a range needs low, high or both", test)
    given = [name for name in _LIMITS if name in values]
    for lower, upper in pairwise(given):
        if values[lower] > values[upper]:
            sentence = f"{lower} of {test} is above {upper}"
            reader.wrong(keys[lower].line, "RANGE_REVERSED", sentence, test)
    return RangeLimits(**values)


def _period(
    reader: Reader, keys: Mapping[str, Place], line: int, about: str
) -> tuple[date | None, date | None]:
    first = _day(reader, keys.get("valid_from"), "valid_from", about)
    last = _day(reader, keys.get("valid_to"), "valid_to", about)
    if first is not None and last is not None and first > last:
        sentence = "valid_to lies before valid_from"
        reader.wrong(line, "RANGE_REVERSED", sentence, about)
    return first, last


def _day(reader: Reader, place: Place | None, what: str, about: str) -> date | None:
    if place is None or place.value is None:
        return None
    text = reader.text(place, what, about)
    try:
        return date.fromisoformat(text)
    except ValueError:
        reader.wrong(place.line, "WRONG_VALUE", f"{what} must be a day like 2026-01-31", about)
        return None


def _demand_alone(
    reader: Reader, line: int, drawn: ReferenceRange, others: list[tuple[int, ReferenceRange]]
) -> None:
    for other_line, other in others:
        if overlap(drawn, other):
            sentence = f"the range of {drawn.test} overlaps the one in line {other_line}"
            reader.wrong(line, "RANGES_OVERLAP", sentence, drawn.test)
            return
