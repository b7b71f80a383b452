"""How the program looks: colours by meaning, sizes of type, the chosen theme and text scale.

Widgets ask here for a colour or a font by its name; none of them holds a literal. The theme is one
per process, because the screen is one.
"""

from attrs import frozen
from PySide6.QtGui import QColor, QFont

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
        font = QFont(FAMILY)
        font.setPixelSize(self.px(style.size))
        font.setWeight(QFont.Weight(style.weight))
        return font

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
