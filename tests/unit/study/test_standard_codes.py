"""Codes of standards: how they are written, and that each stands for one thing."""

import pytest

from msclinic.study.mistakes import Mistake
from msclinic.study.reader import Reader
from msclinic.study.standard_codes import WrittenCode, codes_agree, loinc, nci


@pytest.mark.parametrize("code", ["8480-6", "8462-4", "2106-3", "2118-8", "85354-9", "59408-5"])
def test_a_loinc_code_carries_its_check_digit(code: str) -> None:
    assert loinc(code)
    number, _, check = code.partition("-")
    assert [digit for digit in "0123456789" if loinc(f"{number}-{digit}")] == [check]


@pytest.mark.parametrize(
    "code", ["8408-6", "8480", "8480-", "-6", "abc", "", "8480-66", "12345678-9"]
)
def test_swapped_digits_and_other_texts_are_no_loinc_code(code: str) -> None:
    assert not loinc(code)


def test_a_code_of_the_thesaurus_begins_with_its_letter() -> None:
    assert nci("C25298")
    assert not any(nci(code) for code in ("25298", "c25298", "C", "C25298 ", "CX5298"))


def agreed(*written: tuple[str, str, str]) -> set[tuple[int, str]]:
    """Line and item of every disagreement among test, key and code, one to a line."""
    mistakes: list[Mistake] = []
    reader = Reader("forms/x.yaml", mistakes)
    codes_agree(
        [
            WrittenCode(reader, line, f"ITEM{line}", key, value, test)
            for line, (test, key, value) in enumerate(written, start=1)
        ]
    )
    assert {one.code for one in mistakes} <= {"CODES_DISAGREE"}
    return {(one.line, one.item) for one in mistakes}


def test_one_code_for_two_tests_is_named_at_both() -> None:
    found = agreed(
        ("SYSBP", "code", "C25299"), ("TEMP", "code", "C25206"), ("DIABP", "code", "C25299")
    )
    assert found == {(1, "ITEM1"), (3, "ITEM3")}
    assert agreed(("SYSBP", "loinc", "8480-6"), ("DIABP", "loinc", "8480-6"))


def test_one_test_has_one_code_but_may_have_a_loinc_code_for_each_specimen() -> None:
    assert agreed(("IGG", "code", "C81971"), ("IGG", "code", "C64431")) == {
        (1, "ITEM1"),
        (2, "ITEM2"),
    }
    assert agreed(("IGG", "code", "C81971"), ("IGG", "code", "C81971")) == set()
    assert agreed(("IGG", "loinc", "2465-3"), ("IGG", "loinc", "2464-6")) == set()
