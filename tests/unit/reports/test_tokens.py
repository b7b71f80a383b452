"""The colour table holds the contrasts that it promises."""

import re

import pytest

from msclinic.reports.tokens import COLOURS, THEMES, colour


def luminance(value: str) -> float:
    channels = [int(value[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_colour_has_a_value_in_every_theme() -> None:
    for token in COLOURS:
        for theme in THEMES:
            assert re.fullmatch("#[0-9A-F]{6}", colour(token, theme))


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        ("text", "surface"),
        ("text", "bg"),
        ("text2", "surface"),
        ("text2", "sunken"),
        ("text3", "bg"),
        ("accent", "surface"),
        ("accenttext", "accent"),
        ("accent", "accentbg"),
        ("ok", "okbg"),
        ("att", "attbg"),
        ("stop", "stopbg"),
        ("stopsolidtext", "stopsolid"),
        *((f"chair{n}", f"chair{n}tint") for n in range(1, 5)),
        *(("chairnumber", f"chair{n}") for n in range(1, 5)),
        *((ink, f"chair{n}tint") for n in range(1, 5) for ink in ("text", "att", "stop")),
    ],
)
def test_text_is_readable_on_its_ground(ink: str, ground: str, theme: str) -> None:
    assert contrast(colour(ink, theme), colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["surface", "bg"])
def test_edges_of_what_can_be_pressed_are_visible(ground: str, theme: str) -> None:
    assert contrast(colour("edge", theme), colour(ground, theme)) >= 3.0
