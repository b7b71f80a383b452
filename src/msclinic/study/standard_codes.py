"""The codes of standards that items carry: written as they must be, and each for one thing.

A wrong code is seen by nobody who types data; it comes to light years later, in the analysis.
"""

import re
from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from msclinic.study.reader import Place, Reader

__all__ = ["WrittenCode", "codes_agree", "loinc", "nci", "written_codes"]

_NCI = re.compile(r"C[0-9]{2,6}")
_LOINC = re.compile(r"[0-9]{1,7}-[0-9]")
_TEST = re.compile(r"[A-Z][A-Z0-9]{0,7}")
_VARIABLE = re.compile(
    # A domain of SDTM and what follows it, ..
    r"(?:AE|BE|BS|CE|CM|CO|DA|DM|DS|DV|EC|EG|EX|FA|FT|IE|IS|LB|MH|MI|ML|MO|NV|OE|PE|PR|QS|RE|RP|RS"
    r"|SC|SS|SU|SV|TA|TE|TI|TR|TS|TU|TV|VS)[A-Z0-9]{1,6}"
    # .. and the variables of subjects and visits, which name none.
    r"|AGEU?|SEX|RACE|ETHNIC|ARMCD|ARMNRS|BRTHDTC|DTHDTC|DTHFL|RFICDTC|RFSTDTC|RFXSTDTC"
    r"|EPOCH|SITEID|SUBJID|VISIT(?:NUM|DY)?|VISDAT"
)


@frozen
class WrittenCode:
    """One entry of an item's ``cdisc``.

    Attributes:
        reader: Of the form's file.
        line: Where it stands.
        item: Item OID.
        key: Such as ``loinc``.
        value: The code.
        test: Test code of the same item, or empty.
    """

    reader: Reader
    line: int
    item: str
    key: str
    value: str
    test: str


def nci(text: str) -> bool:
    """Whether a text is written like a code of the NCI Thesaurus."""
    return _NCI.fullmatch(text) is not None


def loinc(text: str) -> bool:
    """Whether a text is a LOINC code with its right check digit.

    Source: LOINC Users' Guide, appendix on calculating Mod 10 check digits.
    """
    if not _LOINC.fullmatch(text):
        return False
    number, _, check = text.partition("-")
    total = 0
    for place, digit in enumerate(reversed(number)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return (10 - total % 10) % 10 == int(check)


def _variable(text: str) -> bool:
    return _VARIABLE.fullmatch(text) is not None


def _test(text: str) -> bool:
    return _TEST.fullmatch(text) is not None


_NCI_KEYS = frozenset({"code", "codelist", "method", "specimen", "unit"})


def _rule(key: str) -> tuple[Callable[[str], bool], str] | None:
    if key == "loinc" or key.startswith("loinc_"):
        return loinc, "is no LOINC code with its check digit"
    if key in _NCI_KEYS or key.endswith("_codelist"):
        return nci, "is no code of the NCI Thesaurus such as C25298"
    if key == "variable" or key.endswith("_variable"):
        return _variable, "is no variable of a domain that SDTM has"
    if key == "test":
        return _test, "is no test code: capital letters and digits, eight at most"
    return None


def written_codes(reader: Reader, place: Place | None) -> list[WrittenCode]:
    """Read the codes of a form's items, and note those that are written wrong.

    Args:
        reader: Of the form's file; mistakes go there.
        place: The file as read.
    """
    found: list[WrittenCode] = []
    for group in _several(_of(place, "item_groups")):
        for item in _several(_of(group, "items")):
            codes = _of(item, "cdisc")
            entries = codes.value if codes is not None and isinstance(codes.value, dict) else {}
            test = _word(entries.get("test"))
            for key, value in entries.items():
                one = WrittenCode(
                    reader, value.line, _word(_of(item, "item")), key, _word(value), test
                )
                rule = _rule(key)
                if rule is not None and not rule[0](one.value):
                    sentence = f"{key} {one.value!r} {rule[1]}"
                    reader.wrong(one.line, "BAD_CODE", sentence, one.item)
                found.append(one)
    return found


def codes_agree(written: Iterable[WrittenCode]) -> None:
    """Note codes that stand for two tests, and tests with two codes."""
    of_test = [one for one in written if one.test and one.key in ("code", "loinc")]
    named: dict[tuple[str, str], set[str]] = {}
    coded: dict[str, set[str]] = {}
    for one in of_test:
        named.setdefault((one.key, one.value), set()).add(one.test)
        if one.key == "code":
            coded.setdefault(one.test, set()).add(one.value)
    for one in of_test:
        tests = named[one.key, one.value]
        if len(tests) > 1:
            sentence = f"{one.key} {one.value} stands for {' and '.join(sorted(tests))}"
            one.reader.wrong(one.line, "CODES_DISAGREE", sentence, one.item)
        elif one.key == "code" and len(coded[one.test]) > 1:
            sentence = f"{one.test} has the codes {' and '.join(sorted(coded[one.test]))}"
            one.reader.wrong(one.line, "CODES_DISAGREE", sentence, one.item)


def _of(place: Place | None, key: str) -> Place | None:
    held: Mapping[str, Place] = (
        place.value if place is not None and isinstance(place.value, dict) else {}
    )
    return held.get(key)


def _several(place: Place | None) -> list[Place]:
    return place.value if place is not None and isinstance(place.value, list) else []


def _word(place: Place | None) -> str:
    return str(place.value) if place is not None else ""
