"""Geometry of the EDSS over the visits."""

from datetime import date, timedelta
from decimal import Decimal

from tests.unit.reports.marks import texts

from msclinic.reports.edss_chart import edss_trend
from msclinic.reports.primitives import Circle, Line, TextMark
from msclinic.reports.summary_model import EdssTrend, TrendPoint


def trend_of(*steps: str, threshold: str | None = None) -> EdssTrend:
    first = date(2026, 5, 26)
    points = tuple(
        TrendPoint(f"V{n + 1}", first + timedelta(days=91 * n), Decimal(step))
        for n, step in enumerate(steps)
    )
    return EdssTrend(points, Decimal(threshold) if threshold else None)


def test_the_trend_prints_each_value_at_its_point() -> None:
    marks = edss_trend(trend_of("4.0", "4.5", "6.0"), (180, 120), "pl")
    assert {"4,0", "4,5", "6,0", "V1", "V2", "V3"} <= set(texts(marks))


def test_the_scale_of_the_trend_is_fixed() -> None:
    low, high = edss_trend(trend_of("1.0"), (180, 120)), edss_trend(trend_of("9.5"), (180, 120))
    heights = [
        [m.y1 for m in marks if isinstance(m, Line) and m.colour == "line"] for marks in (low, high)
    ]
    assert heights[0] == heights[1]
    assert {"0", "10"} <= set(texts(low))


def test_the_threshold_is_dashed_and_an_empty_trend_draws_its_scale() -> None:
    marks = edss_trend(trend_of("4.5", threshold="5.5"), (180, 120))
    assert sum(isinstance(m, Line) and bool(m.dash) for m in marks) == 1
    assert not any(isinstance(m, Circle) for m in edss_trend(EdssTrend(), (180, 120)))


def test_the_day_of_a_single_point_stands_under_it() -> None:
    marks = edss_trend(trend_of("4.0"), (480, 140), "en", 12.0)
    (point,) = (m for m in marks if isinstance(m, Circle))
    (day,) = (m for m in marks if isinstance(m, TextMark) and m.text == "26 May 2026")
    assert day.anchor == "start"
    assert abs(day.x - point.x) < 24
