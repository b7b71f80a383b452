"""Marks that a picture is made of: drawn by reportlab on paper and by a painter on the screen.

Coordinates run from the top left corner, downwards, in points or pixels. Colours are token names,
never values, so that one picture fits every theme.
"""

from attrs import evolve, frozen

__all__ = ["Circle", "Line", "Polygon", "Primitive", "Rect", "TextMark", "shifted"]


@frozen
class Line:
    """A straight line.

    Attributes:
        x1: Start, from the left.
        y1: Start, from the top.
        x2: End, from the left.
        y2: End, from the top.
        colour: Token name.
        width: Thickness.
        dash: Lengths of ink and gap in turn; empty is a solid line.
    """

    x1: float
    y1: float
    x2: float
    y2: float
    colour: str = "text"
    width: float = 1.0
    dash: tuple[float, ...] = ()


@frozen
class Rect:
    """A rectangle, filled, outlined or both.

    Attributes:
        x: Left edge.
        y: Top edge.
        width: From left to right.
        height: From top to bottom.
        fill: Token name, or None for no filling.
        stroke: Token name, or None for no outline.
        line_width: Thickness of the outline.
        radius: Of the corners.
        dash: As of a line, for the outline.
    """

    x: float
    y: float
    width: float
    height: float
    fill: str | None = None
    stroke: str | None = None
    line_width: float = 1.0
    radius: float = 0.0
    dash: tuple[float, ...] = ()


@frozen
class Circle:
    """A circle around a centre.

    Attributes:
        x: Centre, from the left.
        y: Centre, from the top.
        radius: Of the circle.
        fill: Token name, or None for no filling.
        stroke: Token name, or None for no outline.
        line_width: Thickness of the outline.
        dash: As of a line, for the outline.
    """

    x: float
    y: float
    radius: float
    fill: str | None = None
    stroke: str | None = None
    line_width: float = 1.0
    dash: tuple[float, ...] = ()


@frozen
class Polygon:
    """A closed shape through its corners.

    Attributes:
        points: The corners in turn.
        fill: Token name, or None for no filling.
        stroke: Token name, or None for no outline.
        line_width: Thickness of the outline.
    """

    points: tuple[tuple[float, float], ...]
    fill: str | None = None
    stroke: str | None = None
    line_width: float = 1.0


@frozen
class TextMark:
    """One line of text.

    Attributes:
        x: Where the anchor lies, from the left.
        y: The baseline, from the top.
        text: What it says.
        size: Of the letters.
        colour: Token name.
        weight: 400, 500 or 600.
        anchor: ``start``, ``middle`` or ``end``: which part of the text stands at ``x``.
        angle: Degrees, turned against the clock around the anchor.
    """

    x: float
    y: float
    text: str
    size: float
    colour: str = "text"
    weight: int = 400
    anchor: str = "start"
    angle: float = 0.0


Primitive = Line | Rect | Circle | Polygon | TextMark


def shifted(mark: Primitive, dx: float, dy: float) -> Primitive:
    """The same mark, moved to the right by ``dx`` and down by ``dy``."""
    if isinstance(mark, Line):
        return evolve(mark, x1=mark.x1 + dx, y1=mark.y1 + dy, x2=mark.x2 + dx, y2=mark.y2 + dy)
    if isinstance(mark, Polygon):
        return evolve(mark, points=tuple((x + dx, y + dy) for x, y in mark.points))
    return evolve(mark, x=mark.x + dx, y=mark.y + dy)
