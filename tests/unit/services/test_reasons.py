"""A digit means what the place says where it was pressed."""

import pytest

from msclinic.services.entry import CHANGED, LATE
from msclinic.services.reasons import (
    MISTYPED,
    change_reasons,
    keep_reasons,
    late_reasons,
    reason_words,
)
from msclinic.wording import LANGUAGES


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (CHANGED, "New information"),
        (LATE, "Written on paper first"),
        ("SYSBP_RANGE", "Rechecked, correct"),
    ],
)
@pytest.mark.requirement("R-AUD-2")
def test_the_same_digit_reads_as_what_it_was_given_for(code: str, words: str) -> None:
    assert reason_words({"code": "2", "text": ""}, code, "en") == words


def test_words_that_were_typed_stand_for_the_digit() -> None:
    assert reason_words({"code": "4", "text": "told by phone"}, CHANGED, "pl") == "told by phone"


def test_an_unknown_digit_is_shown_as_it_is_and_no_reason_as_nothing() -> None:
    assert reason_words({"code": "9", "text": ""}, CHANGED, "en") == "9"
    assert reason_words(None) == ""


def test_mistyped_is_the_first_choice_wherever_it_is_offered() -> None:
    for language in LANGUAGES:
        assert change_reasons(language)[0].code == keep_reasons(language)[0].code == MISTYPED
        for offered in (change_reasons, keep_reasons, late_reasons):
            codes = [one.code for one in offered(language)]
            assert codes == sorted(set(codes))
            assert offered(language)[-1].needs_text


def test_a_device_is_blamed_for_measurements_only_and_no_digit_moves() -> None:
    assert [one.code for one in keep_reasons("en")] == ["1", "2", "3", "4", "5"]
    others = keep_reasons("en", measured=False)
    assert [one.code for one in others] == ["1", "2", "4", "5"]
    assert "Device in doubt" not in [one.label for one in others]
