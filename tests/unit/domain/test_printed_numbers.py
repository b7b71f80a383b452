"""Two ways of typing one printed number are one number."""

import pytest

from msclinic.domain.printed_numbers import bare_number


@pytest.mark.parametrize(
    "typed", ["K-1042", "k-1042 ", " K 1042", "K1042", "K\u20131042", "k_10.42", "\uff2b-1042"]
)
def test_case_spaces_and_dashes_make_no_other_number(typed: str) -> None:
    assert bare_number(typed) == "K1042"


@pytest.mark.parametrize("typed", ["K-1024", "K-10420", "R-1042", "K-01042"])
def test_another_number_stays_another(typed: str) -> None:
    assert bare_number(typed) != bare_number("K-1042")


def test_signs_alone_are_not_nothing() -> None:
    assert bare_number(" -- ") != bare_number("")
