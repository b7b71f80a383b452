"""Geometry of a participant over time: inside its room, nothing over anything, shape first."""

import itertools
from datetime import timedelta
from decimal import Decimal

import pytest
from attrs import evolve
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.reports.over_time_examples import FIRST, WHOLE, bare, numbers, one_series

from msclinic.reports.fonts import text_width
from msclinic.reports.over_time_chart import EVENTS, Picture, over_time_chart
from msclinic.reports.over_time_model import (
    EventBar,
    OverTime,
    Series,
    Span,
    TimePoint,
    VisitMark,
)
from msclinic.reports.over_time_words import event_sentence, series_sentence
from msclinic.reports.primitives import Circle, Line, Polygon, Primitive, Rect, TextMark
from msclinic.reports.tokens import COLOURS

LETTERS = 12.0
WIDTHS = (560.0, 900.0)


def drawn(data: OverTime, width: float = 900.0, language: str = "en") -> Picture:
    codes = [panel.code for panel in data.panels]
    return over_time_chart(data, [*codes, EVENTS], width, LETTERS, language)


def box(mark: Primitive) -> tuple[float, float, float, float]:
    if isinstance(mark, Line):
        xs, ys = (mark.x1, mark.x2), (mark.y1, mark.y2)
        return min(xs), min(ys), max(xs), max(ys)
    if isinstance(mark, Rect):
        return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
    if isinstance(mark, Circle):
        r = mark.radius
        return mark.x - r, mark.y - r, mark.x + r, mark.y + r
    if isinstance(mark, Polygon):
        xs, ys = (tuple(c[n] for c in mark.points) for n in (0, 1))
        return min(xs), min(ys), max(xs), max(ys)
    wide = text_width(mark.text, mark.size, mark.weight)
    left = mark.x - {"start": 0.0, "middle": wide / 2, "end": wide}[mark.anchor]
    return left, mark.y - mark.size * 0.74, left + wide, mark.y + mark.size * 0.1


def words(picture: Picture) -> list[TextMark]:
    return [mark for mark in picture.marks if isinstance(mark, TextMark)]


def texts(picture: Picture) -> list[str]:
    return [mark.text for mark in words(picture)]


def overlapping(picture: Picture) -> list[tuple[str, str]]:
    """Texts that lie over each other or over a sign that says what a value is."""
    found = []
    boxes = [(mark.text, box(mark)) for mark in words(picture)]
    signs = [
        (type(mark).__name__, box(mark))
        for mark in picture.marks
        if isinstance(mark, Circle | Polygon)
    ]
    for (one, a), (other, b) in [
        *itertools.combinations(boxes, 2),
        *itertools.product(boxes, signs),
    ]:
        across = min(a[2], b[2]) - max(a[0], b[0])
        down = min(a[3], b[3]) - max(a[1], b[1])
        if across > 0.6 and down > 0.6:
            found.append((one, other))
    return found


def outside(picture: Picture, width: float) -> list[Primitive]:
    return [
        mark
        for mark in picture.marks
        for left, top, right, bottom in [box(mark)]
        if left < -0.5 or right > width + 0.5 or top < -0.5 or bottom > picture.height + 0.5
    ]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("language", ["en", "pl"])
def test_everything_lies_inside_and_nothing_over_anything(width: float, language: str) -> None:
    picture = drawn(WHOLE, width, language)
    assert outside(picture, width) == []
    assert overlapping(picture) == []


def test_only_known_colours_are_used() -> None:
    for mark in drawn(WHOLE).marks:
        names = {getattr(mark, name, None) for name in ("colour", "fill", "stroke")} - {None}
        assert names <= set(COLOURS)


def test_every_value_is_printed_as_it_was_typed() -> None:
    picture = drawn(WHOLE)
    assert picture.unprinted == 0
    printed = set(texts(picture))
    for panel in WHOLE.panels:
        for one in panel.series:
            for point in one.points:
                assert printed & {point.text, f"{point.text}*", f"{point.text}†"}


def test_what_is_out_of_range_differs_by_shape_and_not_by_colour_alone() -> None:
    def shapes(flag: str) -> list[tuple[str, float]]:
        point = evolve(numbers(V1="5")[0], flag=flag)
        marks = drawn(one_series(Series("s", "S", points=(point,)))).marks
        found = [m for m in marks if isinstance(m, Circle | Polygon)]
        # The first is the point itself, the legend comes later.
        first = found[0]
        tip = first.points[2][1] - first.points[0][1] if isinstance(first, Polygon) else 0.0
        return [(type(first).__name__, tip)]

    assert shapes("")[0][0] == "Circle"
    ((high, up),) = shapes("high")
    ((low, down),) = shapes("low")
    assert (high, low) == ("Polygon", "Polygon")
    assert up < 0 < down


def test_below_the_limit_is_hollow_at_the_limit() -> None:
    point = TimePoint(FIRST, "V1", "<0.5", "below", Decimal("0.5"))
    other = evolve(numbers(V3="0.5")[0])
    marks = drawn(one_series(Series("s", "S", points=(point, other)))).marks
    hollow, filled = [m for m in marks if isinstance(m, Circle)][:2]
    assert (hollow.fill, filled.fill) == ("surface", "text")
    assert hollow.y == pytest.approx(filled.y)
    assert "<0.5" in texts(drawn(one_series(Series("s", "S", points=(point, other)))))


def test_a_missing_value_leaves_a_gap_and_its_reason() -> None:
    before, after = numbers(SCR="6.2", V3="7.9")
    gap = TimePoint(FIRST + timedelta(days=119), "V2", "refused", "missing")
    with_gap = drawn(one_series(Series("s", "S", points=(before, gap, after))))
    without = drawn(one_series(Series("s", "S", points=(before, after))))

    def joins(picture: Picture) -> int:
        return sum(
            isinstance(m, Line) and (m.colour, m.width) == ("text2", 1) for m in picture.marks
        )

    assert (joins(with_gap), joins(without)) == (0, 1)
    assert "refused" in texts(with_gap)
    assert "0" not in texts(with_gap)


def test_two_values_are_no_point_and_both_are_printed() -> None:
    point = TimePoint(FIRST, "V1", "4.0 / 4.5", "conflict")
    picture = drawn(one_series(Series("s", "S", points=(point,))))
    assert not any(isinstance(mark, Circle) for mark in picture.marks)
    assert {"4.0 / 4.5", "two values on record"} <= set(texts(picture))


def test_the_threshold_is_dashed_and_explained() -> None:
    picture = drawn(WHOLE)
    dashed = [m for m in picture.marks if isinstance(m, Line) and m.colour == "att" and m.dash]
    assert dashed
    assert any("counts as worsening" in text for text in texts(picture))


def test_words_of_a_threshold_too_long_for_the_strip_stand_beside_it() -> None:
    narrow = drawn(WHOLE, 480.0)
    beside = [m for m in words(narrow) if m.colour == "att" and m.x == 0]
    assert " ".join(mark.text for mark in beside).endswith("it stays 12 weeks")
    assert outside(narrow, 480.0) == []
    assert overlapping(narrow) == []


def test_what_is_worse_than_at_baseline_has_an_arrow_and_a_word() -> None:
    at_first, later = numbers(V1="6.1", V3="7.9")
    words_of = {"reference": "at V1: 6.1 s", "worsening": "worse: 20 % longer than at V1"}
    worse = Series("s", "S", points=(at_first, evolve(later, worsened=True)), **words_of)
    same = Series("s", "S", points=(at_first, later), **words_of)

    def arrows(picture: Picture) -> int:
        return sum(isinstance(m, Polygon) and m.fill == "att" for m in picture.marks)

    marked, plain = drawn(one_series(worse)), drawn(one_series(same))
    # One at the value, one in the legend.
    assert (arrows(marked), arrows(plain)) == (2, 0)
    assert ("worse" in texts(marked), "worse" in texts(plain)) == (True, False)
    assert ("worse: 20 % longer than at V1" in texts(marked)) is True
    assert "worse: 20 % longer than at V1" not in texts(plain)
    for picture in (marked, plain):
        assert "at V1: 6.1 s" in texts(picture)


def test_the_legend_names_only_what_is_there() -> None:
    plain = drawn(one_series(Series("s", "S", points=numbers(V1="5"))))
    assert "two values on record" not in texts(plain)
    assert "above the range" not in texts(plain)
    assert "today" in texts(plain)


def test_nothing_on_record_still_gives_an_axis() -> None:
    picture = drawn(bare(events=()))
    assert outside(picture, 900.0) == []
    assert "No adverse event is on record." in texts(picture)


def test_forty_points_keep_apart_and_say_how_many_have_no_room() -> None:
    points = tuple(
        TimePoint(
            FIRST + timedelta(days=10 * n), "UNS", f"{n * 37 % 41}.25", value=Decimal(n * 37 % 41)
        )
        for n in range(40)
    )
    picture = drawn(one_series(Series("s", "S", points=points)), 560.0)
    assert sum(isinstance(m, Circle) for m in picture.marks) == 40
    printed = sum(text.endswith(".25") for text in texts(picture))
    assert printed + picture.unprinted == 40
    assert any("no room" in text for text in texts(picture))
    crowded = [pair for pair in overlapping(picture) if pair[1] not in ("Circle", "Polygon")]
    assert crowded == []


def test_a_partial_date_is_drawn_as_all_the_days_it_may_mean() -> None:
    month = Span(FIRST, FIRST + timedelta(days=30), "Feb 2026")
    end = Span(FIRST + timedelta(days=90), FIRST + timedelta(days=90), "x")
    event = EventBar(1, "Fall", month, end)
    last = FIRST + timedelta(days=399)
    marks = drawn(bare(end=last, today=last, events=(event,))).marks
    bars = [m for m in marks if isinstance(m, Rect) and (m.dash or m.fill == "text2")]
    sure, possible = bars[0], bars[1]
    assert (sure.fill, possible.fill, bool(possible.dash)) == ("text2", None, True)
    assert possible.x + possible.width == pytest.approx(sure.x)


def test_an_event_without_a_known_end_may_have_lasted_until_today() -> None:
    last = FIRST + timedelta(days=399)
    begun = Span(FIRST, FIRST, "x")
    marks = drawn(bare(end=last, today=last, events=(EventBar(1, "Fall", begun),))).marks
    possible = next(m for m in marks if isinstance(m, Rect) and m.dash)
    today = next(m.x1 for m in marks if isinstance(m, Line) and m.colour == "accent")
    assert possible.x + possible.width == pytest.approx(today)
    assert any(isinstance(m, TextMark) and m.text == "?" for m in marks)


def test_a_serious_event_has_a_sign_and_a_word() -> None:
    marks = drawn(WHOLE).marks
    assert any(isinstance(mark, Polygon) and len(mark.points) == 8 for mark in marks)
    assert "serious" in texts(drawn(WHOLE))


def test_sentences_say_every_value_with_its_day_and_state() -> None:
    alt = next(one for panel in WHOLE.panels for one in panel.series if one.key == "alt")
    said = series_sentence(alt, "en")
    assert said.startswith("ALT, U/L: 26 Jan 2026 SCR 21; ")
    assert "25 May 2026 V2 58 (above the range, a signature no longer holds)" in said
    assert WHOLE.events is not None
    assert event_sentence(WHOLE.events[2], "en") == (
        "Event 3, Pneumonia: serious, grade 3 severe · 2025 to Mar 2026."
    )


NAMES = st.text(
    st.characters(codec="latin-1", exclude_categories=("Cc",)), min_size=1, max_size=160
)
VALUES = st.decimals(0, 5000, places=2)
KINDS = ("value", "value", "below", "above", "words", "missing", "conflict")


@st.composite
def any_points(draw: st.DrawFn) -> tuple[TimePoint, ...]:
    days = draw(st.lists(st.integers(0, 399), max_size=40, unique=True))
    found = []
    for day in sorted(days):
        kind = draw(st.sampled_from(KINDS))
        number = draw(VALUES) if kind in ("value", "below", "above") else None
        text = str(number) if number is not None else draw(NAMES)
        low = draw(st.none() | st.decimals(0, 20, places=1))
        usual = None if number is None else (low, draw(st.decimals(20, 900, places=1)))
        found.append(
            TimePoint(
                FIRST + timedelta(days=day),
                "V1",
                text,
                kind,
                number,
                draw(st.sampled_from(["", "low", "high", "critical_high", "undecided"])),
                usual,
                unsigned=draw(st.booleans()),
                stale=draw(st.booleans()),
            )
        )
    return tuple(found)


@settings(max_examples=60, deadline=None)
@given(any_points(), NAMES, NAMES, st.sampled_from(WIDTHS), st.booleans())
def test_any_series_stays_inside_and_no_text_lies_over_another(
    points: tuple[TimePoint, ...], title: str, detail: str, width: float, threshold: bool
) -> None:
    level = Decimal(100) if threshold else None
    series = Series(
        "s", title, detail, points=points, threshold=level, threshold_words="100 = limit"
    )
    visits = tuple(VisitMark("V1", point.day) for point in points)
    picture = drawn(one_series(series, visits=visits), width)
    assert outside(picture, width) == []
    assert [p for p in overlapping(picture) if p[1] not in ("Circle", "Polygon")] == []


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            NAMES, st.integers(-400, 390), st.integers(0, 60), st.integers(0, 200), st.booleans()
        ),
        max_size=12,
    )
)
def test_any_events_stay_inside_and_apart(
    found: list[tuple[str, int, int, int, bool]],
) -> None:
    events = []
    for number, (term, start, loose, length, serious) in enumerate(found, start=1):
        first = FIRST + timedelta(days=start)
        begun = Span(first, first + timedelta(days=loose), "x")
        last = begun.last + timedelta(days=length)
        end = Span(last, last, "y") if length else None
        events.append(EventBar(number, term, begun, end, not length, term, serious))
    last_day = FIRST + timedelta(days=399)
    picture = drawn(bare(end=last_day, today=last_day, events=tuple(events)), 560.0)
    assert outside(picture, 560.0) == []
    assert overlapping(picture) == []
