"""The fonts of every document: IBM Plex Sans, embedded, and a check that they hold each letter.

A letter that the fonts lack is never left out in silence: in our own words it is an error, in
people's text its code point is printed in its place.
"""

import unicodedata
from collections.abc import Iterable
from functools import cache

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from msclinic.shipped import resource

__all__ = [
    "MissingGlyphs",
    "checked_words",
    "font_name",
    "missing_glyphs",
    "printable",
    "register_fonts",
    "text_width",
    "wrapped",
]

_FILES = {
    400: ("PlexSans", "fonts/IBMPlexSans-Regular.ttf"),
    500: ("PlexSans-Medium", "fonts/IBMPlexSans-Medium.ttf"),
    600: ("PlexSans-SemiBold", "fonts/IBMPlexSans-SemiBold.ttf"),
}


class MissingGlyphs(ValueError):
    """Our own words hold letters that the shipped fonts lack.

    Attributes:
        characters: The letters, each once.
    """

    def __init__(self, text: str, characters: Iterable[str]) -> None:
        self.characters = tuple(dict.fromkeys(characters))
        named = ", ".join(f"{c} (U+{ord(c):04X})" for c in self.characters)
        super().__init__(f"the document's fonts lack {named}, needed by {text!r}")


@cache
def register_fonts() -> None:
    """Make the three weights known to reportlab; a second call does nothing.

    Raises:
        FileNotFoundError: A font file is missing from the program's resources.
    """
    for name, path in _FILES.values():
        pdfmetrics.registerFont(TTFont(name, str(resource(path))))


def font_name(weight: int) -> str:
    """Name of the registered font of a weight (400, 500 or 600)."""
    register_fonts()
    return _FILES[weight][0]


@cache
def _glyphs() -> frozenset[int]:
    """Code points that every weight can draw."""
    register_fonts()
    per_weight = [set(pdfmetrics.getFont(name).face.charToGlyph) for name, _path in _FILES.values()]
    return frozenset(set.intersection(*per_weight))


def missing_glyphs(text: str) -> tuple[str, ...]:
    """Characters of a text that the fonts cannot draw, each once, in order."""
    known = _glyphs()
    return tuple(
        c
        for c in dict.fromkeys(text)
        # The fonts map control characters to an empty glyph, which would hide them.
        if c != "\n" and (ord(c) not in known or unicodedata.category(c) == "Cc")
    )


def checked_words(text: str) -> str:
    """Our own words, unchanged, after a look at every letter.

    Raises:
        MissingGlyphs: The fonts lack some of its letters.
    """
    lacking = missing_glyphs(text)
    if lacking:
        raise MissingGlyphs(text, lacking)
    return text


def printable(text: str) -> tuple[str, bool]:
    """People's text as it can be drawn, and whether a letter had to be replaced.

    Letters are composed first (NFC), so that an accent typed apart is not lost; tabs and other
    kinds of space become plain ones, line ends stay. A letter without a glyph becomes its code
    point, such as ``[U+1F600]``: visible, and nothing is lost.
    """
    composed = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    spaced = "".join(
        " " if c == "\t" or (unicodedata.category(c) == "Zs" and ord(c) != 0xA0) else c
        for c in composed
    )
    lacking = missing_glyphs(spaced)
    for character in lacking:
        spaced = spaced.replace(character, f"[U+{ord(character):04X}]")
    return spaced, bool(lacking)


def text_width(text: str, size: float, weight: int = 400) -> float:
    """Width of one line of text in points."""
    return float(pdfmetrics.stringWidth(text, font_name(weight), size))


def wrapped(text: str, width: float, size: float, weight: int = 400) -> tuple[str, ...]:
    """Lines of a text no wider than ``width``.

    Breaks at spaces and at the text's own line ends; a word wider than the line is cut between
    letters, and no letter is dropped.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if text_width(longer, size, weight) <= width:
                line = longer
                continue
            if line:
                lines.append(line)
            line = word
            while text_width(line, size, weight) > width and len(line) > 1:
                fit = _letters_that_fit(line, width, size, weight)
                lines.append(line[:fit])
                line = line[fit:]
        lines.append(line)
    return tuple(lines)


def _letters_that_fit(word: str, width: float, size: float, weight: int) -> int:
    fit = 1
    while fit < len(word) and text_width(word[: fit + 1], size, weight) <= width:
        fit += 1
    return fit
