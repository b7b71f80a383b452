"""When readings are due around an infusion."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.domain.infusion.a_run import PLAN

from msclinic.domain.values import Code, Missing
from msclinic.domain.vitals import (
    DuePoint,
    assign_readings,
    due_points,
    reading_from_answers,
    rounds,
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-22T{text}").replace(tzinfo=UTC)


START, END = at("09:00"), at("10:42:30")


def points(
    now: datetime,
    end: datetime | None = None,
    taken: dict[str, datetime] | None = None,
    long_observation: bool = False,
    predicted_end: datetime | None = None,
    not_done: frozenset[str] = frozenset(),
    closed: bool = False,
) -> dict[str, DuePoint]:
    listed = due_points(
        PLAN,
        start=START,
        end=end,
        now=now,
        taken=taken or {},
        long_observation=long_observation,
        predicted_end=predicted_end,
        not_done=not_done,
        closed=closed,
    )
    return {point.code: point for point in listed}


def test_running_points_count_through_a_pause_and_t90_stands_before_the_end() -> None:
    listed = points(at("11:50"), END)
    assert list(listed) == ["BASE", "T15", "T30", "T45", "T60", "T90", "EOI", "EOI+30", "EOI+60"]
    assert listed["T60"].due == at("10:00")
    assert listed["T90"].due == at("10:30")
    assert listed["T90"].satisfied_by is None
    assert listed["EOI+60"].due == at("11:42:30")


def test_the_first_infusion_is_watched_two_hours() -> None:
    assert points(at("11:50"), END, long_observation=True)["EOI+120"].due == at("12:42:30")


def test_a_point_due_ten_minutes_before_the_end_is_taken_with_the_end() -> None:
    listed = points(at("10:40"), at("10:40"), {"EOI": at("10:41")})
    assert listed["T90"].satisfied_by == "EOI"
    assert listed["T90"].status == "done"
    untaken = points(at("10:40"), at("10:40"))["T90"]
    assert (untaken.status, untaken.satisfied_by) == ("due", "EOI")


def test_a_point_due_earlier_than_that_before_the_end_stands_for_itself() -> None:
    assert points(at("10:41"), at("10:40:01"))["T90"].status == "missed"


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("09:09:59", "to_come"),
        ("09:10", "due"),
        ("09:19:59", "due"),
        ("09:20", "overdue"),
        ("09:29:59", "overdue"),
        ("09:30", "missed"),
    ],
)
def test_a_point_goes_from_to_come_over_due_and_overdue_to_missed(now: str, status: str) -> None:
    assert points(at(now))["T15"].status == status


def test_a_reading_counts_as_on_time_to_the_edge_of_the_tolerance() -> None:
    listed = points(at("09:40"), taken={"T15": at("09:20"), "T30": at("09:35:01")})
    assert listed["T15"].on_time is True
    assert listed["T30"].on_time is False
    assert listed["T30"].status == "done"


def test_points_after_the_end_tolerate_ten_minutes() -> None:
    listed = points(at("11:40"), END, {"EOI+30": at("11:22:30")})
    assert listed["EOI+30"].on_time is True


def test_without_an_end_the_next_running_point_is_shown() -> None:
    assert list(points(at("10:05")))[-1] == "T90"
    assert list(points(at("10:30")))[-1] == "T120"


def test_a_predicted_end_gives_estimated_points() -> None:
    eoi = points(at("09:05"), predicted_end=at("10:07:30"))["EOI"]
    assert eoi.estimated
    assert eoi.status == "to_come"


def test_a_point_recorded_as_not_done_is_missed_at_once() -> None:
    assert points(at("09:12"), not_done=frozenset({"T15"}))["T15"].status == "missed"


def test_what_was_not_taken_when_the_participant_left_is_missed() -> None:
    assert points(at("10:50"), END, closed=True)["EOI+60"].status == "missed"


def test_the_baseline_grows_too_old_after_thirty_minutes() -> None:
    def base(start: datetime | None, now: datetime, taken: dict[str, datetime]) -> DuePoint:
        return due_points(
            PLAN, start=start, end=None, now=now, taken=taken, long_observation=False
        )[0]

    fresh = {"BASE": at("08:30")}
    assert base(None, at("08:00"), {}).status == "due"
    assert base(None, at("09:00"), fresh).status == "done"
    assert base(None, at("09:00:01"), fresh).status == "overdue"
    assert base(START, at("11:00"), fresh).on_time is True
    assert base(START, at("11:00"), {"BASE": at("08:29")}).on_time is False
    assert base(START, at("11:00"), {}).status == "missed"


def test_a_reading_goes_to_the_nearest_point_and_far_ones_to_none() -> None:
    listed = due_points(PLAN, start=START, end=END, now=END, taken={}, long_observation=False)
    times = [at("09:14"), at("09:16"), at("09:22"), at("10:44")]
    assert assign_readings(PLAN, listed, times) == {"T15": at("09:14"), "EOI": at("10:44")}


def test_tasks_within_five_minutes_are_one_round() -> None:
    due = [("T30", at("09:30")), ("D04", at("09:26")), ("D06", at("09:31")), ("T45", at("09:45"))]
    assert rounds(due, 5) == (("D04", "T30", "D06"), ("T45",))


def test_a_coded_reason_is_no_measure() -> None:
    reading = reading_from_answers(
        {
            "SYSBP": 120,
            "TEMP": Decimal("36.6"),
            "PULSE": Missing("NOT_DONE"),
            "CONSCIOUSNESS": Code("A"),
            "NEWS2_SCALE": Code("2"),
        }
    )
    assert (reading.sysbp, reading.temp, reading.scale) == (Decimal(120), Decimal("36.6"), 2)
    assert reading.missing == ("DIABP", "PULSE", "RESP", "OXYSAT", "OXYGEN")


@given(st.integers(1, 400), st.integers(0, 600))
def test_points_are_in_order_and_each_appears_once(length: int, later: int) -> None:
    end = START + timedelta(minutes=length)
    listed = list(points(START + timedelta(minutes=later), end).values())
    times = [point.due for point in listed if point.due is not None]
    assert times == sorted(times)
    assert sum(point.code == "EOI" for point in listed) == 1
