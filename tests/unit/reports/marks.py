"""What tests look at in the marks of a chart."""

from msclinic.reports.primitives import Line, Polygon, Primitive, Rect, TextMark

__all__ = ["colours", "corners", "texts"]


def corners(mark: Primitive) -> list[tuple[float, float]]:
    if isinstance(mark, Line):
        return [(mark.x1, mark.y1), (mark.x2, mark.y2)]
    if isinstance(mark, Rect):
        return [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
    if isinstance(mark, Polygon):
        return list(mark.points)
    return [(mark.x, mark.y)]


def colours(mark: Primitive) -> set[str]:
    names = {getattr(mark, name, None) for name in ("colour", "fill", "stroke")}
    return {name for name in names if name is not None}


def texts(marks: tuple[Primitive, ...]) -> list[str]:
    return [mark.text for mark in marks if isinstance(mark, TextMark)]
