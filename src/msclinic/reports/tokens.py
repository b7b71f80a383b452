"""The colour table: what a colour means, and its value in each theme.

Paper, charts and windows all read it; no colour is written as a literal anywhere else. Chair
colours never mean a state, and state colours never mean a chair.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COLOURS", "THEMES", "colour"]

THEMES = ("light", "dark", "contrast")

# Each pair was measured for contrast: text at least 4.5 to 1 on what it may stand on, edges of
# what can be pressed at least 3 to 1 (WCAG 2.2 AA).
_TABLE: dict[str, tuple[str, str, str]] = {
    "bg": ("#F3F5F8", "#11161C", "#000000"),
    "surface": ("#FFFFFF", "#1A212A", "#000000"),
    "sunken": ("#E9EDF2", "#0C1015", "#000000"),
    "line": ("#D4DBE3", "#313C48", "#FFFFFF"),
    "edge": ("#76828F", "#7D8B99", "#FFFFFF"),
    "text": ("#17202B", "#E9EEF3", "#FFFFFF"),
    "text2": ("#46525F", "#B7C2CD", "#FFFFFF"),
    "text3": ("#5B6773", "#9CA8B4", "#E6E6E6"),
    "accent": ("#1D5FB4", "#7FB4F5", "#5CE1FF"),
    "accenttext": ("#FFFFFF", "#0B1A2D", "#000000"),
    "accentbg": ("#E6EFFA", "#1B2F48", "#00323D"),
    "ok": ("#1A6B41", "#74CF9C", "#6BFF9E"),
    "okbg": ("#E5F3EA", "#16301F", "#000000"),
    "att": ("#7A4A00", "#F5C563", "#FFD84D"),
    "attbg": ("#FFF2D6", "#36290D", "#000000"),
    "stop": ("#B3201A", "#FF9A92", "#FF8A80"),
    "stopbg": ("#FDEBE9", "#431A17", "#000000"),
    "stopsolid": ("#C2261E", "#D6362D", "#FF8A80"),
    "stopsolidtext": ("#FFFFFF", "#FFFFFF", "#000000"),
    "chair1": ("#6A3FA3", "#BFA3EA", "#D2B8FF"),
    "chair1tint": ("#F1ECF9", "#2A2139", "#000000"),
    "chair2": ("#006C85", "#5CC3DA", "#6FE3FA"),
    "chair2tint": ("#E0F0F4", "#12313A", "#000000"),
    "chair3": ("#A3246B", "#F090C4", "#FF9ED2"),
    "chair3tint": ("#FAEAF2", "#3A1D2E", "#000000"),
    "chair4": ("#7A4A1E", "#DDB184", "#FFC890"),
    "chair4tint": ("#F4ECE3", "#33271A", "#000000"),
    "chairnumber": ("#FFFFFF", "#11161C", "#000000"),
}

COLOURS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        token: MappingProxyType(dict(zip(THEMES, values, strict=True)))
        for token, values in _TABLE.items()
    }
)


def colour(token: str, theme: str = "light") -> str:
    """The value of a colour, as ``#RRGGBB``.

    Args:
        token: What the colour means, such as ``text`` or ``stop``.
        theme: One of ``THEMES``; paper is always light.

    Raises:
        KeyError: There is no such token or theme.
    """
    return COLOURS[token][theme]
