"""Geometry of the charts."""

from datetime import timedelta

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.reports.marks import colours, corners, texts
from tests.unit.reports.summary_examples import LIMITS, WARSAW, at, infusion_visit, vitals_row

from msclinic.reports.chart import VitalsChart, news2_tone, vitals_chart
from msclinic.reports.day_model import Absent, DuePoint
from msclinic.reports.primitives import Circle, Line, Polygon, Rect, TextMark, shifted
from msclinic.reports.tokens import COLOURS

SIZE = (260.0, 200.0)


def chart_of(*rows: object, due: tuple[DuePoint, ...] = ()) -> VitalsChart:
    return VitalsChart(rows, due, LIMITS, WARSAW)  # type: ignore[arg-type]


def test_all_marks_lie_inside_and_use_known_colours() -> None:
    visit = infusion_visit()
    marks = vitals_chart(VitalsChart(visit.vitals, visit.due_points, LIMITS, WARSAW), SIZE)
    for mark in marks:
        assert colours(mark) <= set(COLOURS)
        for x, y in corners(mark):
            assert -0.01 <= x <= SIZE[0] + 0.01
            assert -0.01 <= y <= SIZE[1] + 0.01


def test_limits_are_dotted_and_named() -> None:
    marks = vitals_chart(chart_of(vitals_row("Base", at(10, 0), "120 70 70 14 98 36.6")), SIZE)
    dotted = [mark for mark in marks if isinstance(mark, Line) and mark.dash]
    assert len(dotted) == 5
    assert {"160", "90", "94 %", "37.7°", "35.5°"} <= set(texts(marks))


def test_only_what_is_out_of_range_is_coloured() -> None:
    calm = vitals_chart(chart_of(vitals_row("Base", at(10, 0), "120 70 70 14 98 36.6")), SIZE)
    assert not any("stop" in colours(mark) for mark in calm)
    fever = vitals_chart(chart_of(vitals_row("Base", at(10, 0), "120 70 70 14 98 38.4")), SIZE)
    assert [type(mark) for mark in fever if "stop" in colours(mark)] == [Rect]


def test_incomplete_news2_is_a_question_mark_in_a_dashed_box() -> None:
    row = vitals_row("Base", at(10, 0), "120 70 70 14 98 36.6", news2=None)
    marks = vitals_chart(chart_of(row), SIZE)
    assert "?" in texts(marks)
    assert "0" not in texts(marks)
    assert any(isinstance(mark, Rect) and mark.dash for mark in marks)


def test_a_missing_value_is_not_drawn() -> None:
    row = vitals_row("Base", at(10, 0), "120 70 70 14 98 36.6")
    whole = vitals_chart(chart_of(row), SIZE)
    without = vitals_chart(chart_of(evolve(row, spo2=Absent("not done"))), SIZE)
    assert sum(isinstance(m, Polygon) for m in whole) == 1
    assert sum(isinstance(m, Polygon) for m in without) == 0


def test_the_pulse_line_has_a_gap_where_no_pulse_was_taken() -> None:
    rows = [vitals_row("P", at(10, n * 10), "120 70 70 14 98 36.6") for n in range(3)]
    rows[1] = evolve(rows[1], pulse=Absent("not done"))
    marks = vitals_chart(chart_of(*rows), SIZE)
    sloped = [m for m in marks if isinstance(m, Line) and m.colour == "text2" and m.width == 0.9]
    assert sloped == []


def test_due_points_show_their_state_by_shape() -> None:
    due = tuple(
        DuePoint(label, at(10, 0) + timedelta(minutes=30 * n), state)  # type: ignore[arg-type]
        for n, (label, state) in enumerate(
            [("A", "done"), ("B", "now"), ("C", "to_come"), ("D", "missed")]
        )
    )
    marks = vitals_chart(chart_of(due=due), SIZE)
    circles = [m for m in marks if isinstance(m, Circle) and m.y < 25]
    assert {(m.fill, m.stroke) for m in circles} == {("ok", None), ("surface", "edge")}
    assert [m.fill for m in marks if isinstance(m, Polygon)] == ["att"]
    assert sum(isinstance(m, Line) and m.colour == "stop" for m in marks) == 2


@pytest.mark.parametrize(
    ("total", "any_three", "tone"),
    [
        (None, False, "text2"),
        (0, False, "ok"),
        (4, False, "ok"),
        (3, True, "att"),
        (5, False, "att"),
        (6, True, "att"),
        (7, False, "stop"),
        (20, True, "stop"),
    ],
)
def test_news2_colours_follow_the_bands(total: int | None, any_three: bool, tone: str) -> None:
    assert news2_tone(total, any_three) == tone


@given(
    st.lists(
        st.tuples(
            st.integers(0, 600), st.integers(0, 300), st.integers(0, 300), st.integers(0, 100)
        ),
        max_size=40,
        unique_by=lambda t: t[0],
    )
)
def test_any_values_stay_inside_their_panels(values: list[tuple[int, int, int, int]]) -> None:
    rows = [
        vitals_row("P", at(8, 0) + timedelta(minutes=m), f"{s} 60 {p} 14 {o} 36.6")
        for m, s, p, o in sorted(values)
    ]
    for mark in vitals_chart(chart_of(*rows), SIZE):
        if not isinstance(mark, TextMark):
            for x, y in corners(mark):
                assert -1 <= x <= SIZE[0] + 1
                assert -1 <= y <= SIZE[1] + 1


def test_a_shifted_mark_keeps_all_but_its_place() -> None:
    for mark in (
        Line(1, 2, 3, 4, "stop", 2, (1,)),
        Rect(1, 2, 3, 4, "ok"),
        Circle(1, 2, 3, "ok"),
        Polygon(((1, 2), (3, 4)), "ok"),
        TextMark(1, 2, "x", 8, angle=30),
    ):
        moved = shifted(mark, 10, 20)
        assert [(x - 10, y - 20) for x, y in corners(moved)][:1] == corners(mark)[:1]
        assert shifted(moved, -10, -20) == mark
