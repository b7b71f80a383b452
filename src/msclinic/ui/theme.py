"""How the program looks: colours by meaning, sizes of type, the chosen theme and text scale.

Widgets ask here for a colour or a font by its name; none of them holds a literal. The theme is one
per process, because the screen is one.
"""

from functools import lru_cache

from attrs import frozen
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from msclinic.reports.tokens import THEMES, colour
from msclinic.ui.fonts import FAMILY

__all__ = ["THEMES", "TYPES", "Theme", "TypeStyle", "current_theme", "set_theme"]


@frozen
class TypeStyle:
    """One style of text.

    Attributes:
        size: Pixels at 100 %.
        line: Height of a line in pixels at 100 %.
        weight: 400, 500 or 600.
    """

    size: int
    line: int
    weight: int


TYPES: dict[str, TypeStyle] = {
    "caption": TypeStyle(12, 16, 400),
    "caption_strong": TypeStyle(12, 16, 600),
    "secondary": TypeStyle(13, 20, 400),
    "label": TypeStyle(13, 20, 500),
    "label_strong": TypeStyle(13, 20, 600),
    "body": TypeStyle(14, 20, 400),
    "body_medium": TypeStyle(14, 20, 500),
    "body_strong": TypeStyle(14, 20, 600),
    "entry": TypeStyle(16, 24, 400),
    "section": TypeStyle(16, 24, 600),
    "value": TypeStyle(20, 28, 500),
    "title": TypeStyle(20, 28, 600),
    "timer": TypeStyle(28, 32, 600),
    "clock": TypeStyle(40, 48, 600),
}


@frozen
class Theme:
    """A theme at a text scale.

    Attributes:
        mode: One of ``THEMES``.
        scale: Text scale in percent, 100 to 200.
    """

    mode: str = "light"
    scale: int = 100

    def color(self, token: str) -> QColor:
        """The colour of a meaning, such as ``accent``."""
        return QColor(colour(token, self.mode))

    def px(self, pixels: int) -> int:
        """A height or width that grows with the text."""
        return (pixels * self.scale + 50) // 100

    def font(self, kind: str) -> QFont:
        """The font of a style of text, such as ``label``."""
        style = TYPES[kind]
        return QFont(_font(self.px(style.size), style.weight))

    def words(self, kind: str, text: str) -> int:
        """How wide a line of text is in a style."""
        style = TYPES[kind]
        return _advance(self.px(style.size), style.weight, text)

    def wrapped(self, kind: str, text: str, room: int) -> int:
        """How high text is in a style when its words are wrapped to a width."""
        style = TYPES[kind]
        return _wrapped(self.px(style.size), style.weight, text, room)

    def line(self, kind: str) -> int:
        """Height of a line of a style of text."""
        return self.px(TYPES[kind].line)


_current = [Theme()]


def current_theme() -> Theme:
    """The theme that was applied last."""
    return _current[0]


def set_theme(theme: Theme) -> None:
    """Make a theme the one that widgets ask for; ``style.apply_theme`` does the rest."""
    _current[0] = theme
    # Measured with whatever fonts there were before.
    for measured in (_font, _advance, _wrapped):
        measured.cache_clear()


# Layouts ask for the same sizes many times over, and measuring takes longer than the rest.
@lru_cache(maxsize=64)
def _font(pixels: int, weight: int) -> QFont:
    font = QFont(FAMILY)
    font.setPixelSize(pixels)
    font.setWeight(QFont.Weight(weight))
    return font


@lru_cache(maxsize=4096)
def _advance(pixels: int, weight: int, text: str) -> int:
    return QFontMetrics(_font(pixels, weight)).horizontalAdvance(text)


@lru_cache(maxsize=4096)
def _wrapped(pixels: int, weight: int, text: str, room: int) -> int:
    box = QRect(0, 0, room, 10_000)
    metrics = QFontMetrics(_font(pixels, weight))
    return metrics.boundingRect(box, Qt.TextFlag.TextWordWrap, text).height()
