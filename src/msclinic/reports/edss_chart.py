"""The EDSS over the visits as pure geometry: the same marks on paper and on the screen."""

import itertools

from msclinic.reports.chart import LABEL_EM, Panel
from msclinic.reports.primitives import Circle, Line, Primitive, Rect, TextMark
from msclinic.reports.summary_model import EdssTrend
from msclinic.wording import date_text, decimal_text

__all__ = ["edss_trend"]


def edss_trend(
    trend: EdssTrend, size: tuple[float, float], language: str = "en", letters: float = 8.0
) -> tuple[Primitive, ...]:
    """EDSS over the visits on a fixed scale of 0 to 10, the value printed at each point.

    Args:
        trend: Points and the threshold, which is dashed.
        size: Width and height that the marks keep within.
        language: ``en`` or ``pl``.
        letters: Size of the letters.

    Returns:
        Marks from the top left corner. ``threshold_words`` of the summary explains the dashes.
    """
    width, height = size
    left, right = letters * 2.4, width - letters * 1.6
    panel = Panel(letters * 0.6, height - letters * 4.0, 0.0, 10.0)
    marks: list[Primitive] = [Rect(left, panel.top, width - left, panel.height, fill="bg")]
    for step in range(0, 11, 2):
        y = panel.y(step)
        marks.append(Line(left, y, width, y, colour="line", width=0.6))
        marks.append(
            TextMark(left - 4, y + letters * 0.34, str(step), letters, "text2", anchor="end")
        )
    if trend.threshold is not None:
        y = panel.y(float(trend.threshold))
        marks.append(Line(left, y, width, y, colour="att", width=1.1, dash=(4.0, 2.6)))
        text = decimal_text(trend.threshold, language)
        wide = len(text) * letters * LABEL_EM + 4
        marks.append(Rect(width - wide, y - letters * 1.15, wide, letters * 1.0, fill="bg"))
        marks.append(
            TextMark(width - 2, y - letters * 0.3, text, letters, "att", 500, anchor="end")
        )
    if not trend.points:
        return tuple(marks)
    days = [(point.day - trend.points[0].day).days for point in trend.points]
    inset = left + letters * 1.6
    span = max(days[-1], 1)
    places = [inset + (right - letters * 1.6 - inset) * day / span for day in days]
    heights = [panel.y(float(point.step)) for point in trend.points]
    corners = list(zip(places, heights, strict=True))
    for here, there in itertools.pairwise(corners):
        marks.append(Line(*here, *there, colour="text2", width=1))
    busy = float("-inf")
    for point, (x, y) in zip(trend.points, corners, strict=True):
        marks.append(Circle(x, y, letters * 0.32, fill="text"))
        text = decimal_text(point.step, language)
        base = y - letters * 0.75
        line = panel.y(float(trend.threshold)) if trend.threshold is not None else float("-inf")
        crossed = base - letters < line < base + letters * 0.3
        if crossed or base - letters < panel.top:
            base = y + letters * 1.5
        marks.append(TextMark(x, base, text, letters, "text", 600, anchor="middle"))
        half = len(point.visit) * letters * LABEL_EM / 2
        if x - half >= busy:
            foot = panel.top + panel.height
            marks.append(
                TextMark(x, foot + letters * 1.3, point.visit, letters, "text2", anchor="middle")
            )
            busy = x + half + letters * 0.3
    ends = {0: ("start", left)}
    if len(corners) > 1:
        ends[len(corners) - 1] = ("end", width)
    for index, (anchor, at) in ends.items():
        text = date_text(trend.points[index].day, language)
        marks.append(TextMark(at, height - letters * 0.5, text, letters, "text2", anchor=anchor))
    return tuple(marks)
