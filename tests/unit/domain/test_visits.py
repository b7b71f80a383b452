"""Visit windows, study days and the interval between infusions."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.visits import (
    VisitPlan,
    VisitWindow,
    anchor_window,
    dose_day,
    infusion_interval,
    missed_dose,
    next_infusion,
    study_day,
    target_date,
    visit_window,
    window_status,
)

ANCHOR = date(2026, 3, 2)
PLANS = (
    VisitPlan("SCR", "scheduled", -28, (-42, -1)),
    VisitPlan("V1", "scheduled", 1, (-7, 1), 1),
    VisitPlan("C1D", "call", 1, (1, 2)),
    VisitPlan("V2", "scheduled", 92, (85, 99), 2),
    VisitPlan("V3", "scheduled", 183, (176, 190), 3),
    VisitPlan("V4", "scheduled", 274, (267, 281), 4),
    VisitPlan("V5", "scheduled", 365, (351, 379)),
)
DAYS = st.dates(min_value=date(1950, 1, 1), max_value=date(2150, 1, 1))


@given(DAYS, DAYS)
def test_a_study_day_names_exactly_one_date(day: date, anchor: date) -> None:
    number = study_day(day, anchor)
    assert number != 0
    assert target_date(number, anchor) == day


def test_the_anchor_is_day_one_and_the_day_before_is_minus_one() -> None:
    assert study_day(ANCHOR, ANCHOR) == 1
    assert study_day(ANCHOR - timedelta(days=1), ANCHOR) == -1


def test_study_day_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="no study day 0"):
        target_date(0, ANCHOR)


def test_month_three_is_ninety_one_days_after_the_anchor() -> None:
    window = visit_window(PLANS[3], ANCHOR)
    assert window == VisitWindow(date(2026, 6, 1), date(2026, 5, 25), date(2026, 6, 8))


def test_a_late_visit_does_not_move_the_next_target() -> None:
    before = visit_window(PLANS[4], ANCHOR, None)
    after = visit_window(PLANS[4], ANCHOR, date(2026, 6, 12))
    assert before == after


def test_a_call_is_counted_from_its_dose() -> None:
    window = visit_window(PLANS[2], ANCHOR, date(2026, 6, 4))
    assert window == VisitWindow(date(2026, 6, 5), date(2026, 6, 5), date(2026, 6, 6))


def test_without_anchor_or_dose_there_is_no_window() -> None:
    assert visit_window(PLANS[3], None) is None
    assert visit_window(PLANS[2], ANCHOR, None) is None
    assert visit_window(VisitPlan("UNS", "unscheduled"), ANCHOR, ANCHOR) is None


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2026, 5, 24), "early"),
        (date(2026, 5, 25), "inside"),
        (date(2026, 6, 8), "inside"),
        (date(2026, 6, 9), "late"),
    ],
)
def test_both_edges_of_a_window_are_inside(day: date, status: str) -> None:
    window = visit_window(PLANS[3], ANCHOR)
    assert window is not None
    assert window_status(window, day) == status


def test_sixty_nine_days_are_too_few_and_seventy_are_enough() -> None:
    assert not infusion_interval(ANCHOR, ANCHOR + timedelta(days=69), 70).allowed
    enough = infusion_interval(ANCHOR, ANCHOR + timedelta(days=70), 70)
    assert enough.allowed
    assert enough.earliest == ANCHOR + timedelta(days=70)


def test_a_dose_is_skipped_only_after_more_than_the_limit() -> None:
    assert not missed_dose(ANCHOR, ANCHOR + timedelta(days=21), 21)
    assert missed_dose(ANCHOR, ANCHOR + timedelta(days=22), 21)


def test_a_skipped_dose_is_never_doubled() -> None:
    late = target_date(92, ANCHOR) + timedelta(days=22)
    assert next_infusion(PLANS, ANCHOR, {1: ANCHOR}, late, 21) == 3
    assert next_infusion(PLANS, ANCHOR, {1: ANCHOR, 3: late}, late, 21) == 4


def test_nothing_comes_after_the_last_infusion() -> None:
    assert next_infusion(PLANS, None, {}, ANCHOR, 21) == 1
    assert next_infusion(PLANS, ANCHOR, {4: ANCHOR}, ANCHOR, 21) is None


def test_an_unknown_kind_of_visit_is_refused() -> None:
    with pytest.raises(ValueError, match="kind of visit"):
        VisitPlan("V1", "party")


def test_a_visit_before_the_anchor_leaves_days_for_it() -> None:
    screening = VisitPlan("SCR", "scheduled", -28, (-42, -1))
    day = date(2026, 11, 2)
    window = anchor_window(screening, day)
    assert window is not None
    for anchor in (window.opens, window.target, window.closes):
        assert anchor is not None
        planned = visit_window(screening, anchor)
        assert planned is not None
        assert window_status(planned, day) == "inside"
    for anchor, position in (
        (window.closes + timedelta(days=1), "early"),
        (window.opens - timedelta(days=1), "late"),
    ):
        planned = visit_window(screening, anchor)
        assert planned is not None
        assert window_status(planned, day) == position


def test_a_visit_after_the_anchor_leaves_no_days_for_it() -> None:
    assert anchor_window(VisitPlan("V2", "scheduled", 92, (85, 99)), date(2026, 11, 2)) is None
    assert anchor_window(VisitPlan("ET", "unscheduled", None, (0, 14)), date(2026, 11, 2)) is None


@pytest.mark.parametrize(
    ("given", "opened", "awaited", "judged"),
    [
        (date(2027, 3, 1), date(2027, 2, 20), False, date(2027, 3, 1)),
        (None, date(2027, 2, 20), True, date(2027, 3, 5)),
        (None, date(2027, 3, 9), True, date(2027, 3, 9)),
        (None, date(2027, 2, 20), False, date(2027, 2, 20)),
        (None, None, True, date(2027, 3, 5)),
    ],
    ids=["given", "open", "booked ahead", "went without", "planned"],
)
def test_an_infusion_visit_is_judged_by_the_day_of_its_dose(
    given: date | None, opened: date | None, awaited: bool, judged: date
) -> None:
    assert dose_day(given, opened, date(2027, 3, 5), awaited=awaited) == judged
