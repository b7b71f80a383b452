"""Letters, widths and lines."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.reports.fonts import (
    MissingGlyphs,
    checked_words,
    missing_glyphs,
    printable,
    text_width,
    wrapped,
)

LETTERS = "abc ĄąĘęŁłŻż ΑΩω ЖжЇ 0123456789 °±≥−₂\n"


def test_polish_greek_and_cyrillic_are_complete() -> None:
    greek = "".join(chr(c) for c in range(0x391, 0x3CA) if c != 0x3A2)
    cyrillic = "".join(chr(c) for c in range(0x410, 0x450)) + "ЄІЇҐєіїґ"
    assert missing_glyphs("ĄĆĘŁŃÓŚŹŻąćęłńóśźż" + greek + cyrillic) == ()


def test_our_own_words_with_a_letter_that_is_not_there_are_an_error_that_names_it() -> None:
    with pytest.raises(MissingGlyphs, match=r"U\+4E00"):
        checked_words("one 一")


def test_spaces_of_other_kinds_become_plain_and_line_ends_stay() -> None:
    assert printable("a\tb\u2003c\r\nd\re") == ("a b c\nd\ne", False)


def test_control_characters_are_printed_as_code_points() -> None:
    assert printable("a\x00b") == ("a[U+0000]b", True)


def test_figures_have_equal_width() -> None:
    assert len({text_width(figure, 9) for figure in "0123456789"}) == 1


@given(st.text(st.sampled_from(LETTERS), max_size=300), st.floats(20, 300))
def test_wrapping_keeps_every_letter_and_the_width(text: str, width: float) -> None:
    lines = wrapped(text, width, 9)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(text_width(line, 9) <= width for line in lines)


@given(st.text(max_size=60))
def test_what_is_printable_can_always_be_drawn(text: str) -> None:
    drawable, _replaced = printable(text)
    assert missing_glyphs(drawable) == ()
