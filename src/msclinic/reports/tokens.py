"""The colour table: what a colour means, and its value in each theme.

Paper, charts and windows all read it; no colour is written as a literal anywhere else. Chair
colours never mean a state, and state colours never mean a chair.
"""

from collections.abc import Mapping
from types import MappingProxyType

__all__ = ["COLOURS", "THEMES", "colour"]

THEMES = ("light", "dark")

# Each pair was measured for contrast: text at least 4.5 to 1 on what it may stand on, edges of
# what can be pressed at least 3 to 1 (WCAG 2.2 AA).
_TABLE: dict[str, tuple[str, str]] = {
    "bg": ("#F3F5F8", "#11161C"),
    "surface": ("#FFFFFF", "#1A212A"),
    "sunken": ("#E9EDF2", "#0C1015"),
    "line": ("#D4DBE3", "#313C48"),
    "edge": ("#76828F", "#7D8B99"),
    "text": ("#17202B", "#E9EEF3"),
    "text2": ("#46525F", "#B7C2CD"),
    "text3": ("#5B6773", "#9CA8B4"),
    "accent": ("#1D5FB4", "#7FB4F5"),
    "accenttext": ("#FFFFFF", "#0B1A2D"),
    "accentbg": ("#E6EFFA", "#1B2F48"),
    "ok": ("#1A6B41", "#74CF9C"),
    "okbg": ("#E5F3EA", "#16301F"),
    "att": ("#7A4A00", "#F5C563"),
    "attbg": ("#FFF2D6", "#36290D"),
    "stop": ("#B3201A", "#FF9A92"),
    "stopbg": ("#FDEBE9", "#431A17"),
    "stopsolid": ("#C2261E", "#D6362D"),
    "stopsolidtext": ("#FFFFFF", "#FFFFFF"),
    "chair1": ("#6A3FA3", "#BFA3EA"),
    "chair1tint": ("#F1ECF9", "#2A2139"),
    "chair2": ("#006C85", "#5CC3DA"),
    "chair2tint": ("#E0F0F4", "#12313A"),
    "chair3": ("#A3246B", "#F090C4"),
    "chair3tint": ("#FAEAF2", "#3A1D2E"),
    "chair4": ("#7A4A1E", "#DDB184"),
    "chair4tint": ("#F4ECE3", "#33271A"),
    "chairnumber": ("#FFFFFF", "#11161C"),
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
