"""Scores of questionnaires: worked examples, and what holds for any answers."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.questionnaires import (
    MFIS_COGNITIVE,
    MFIS_PHYSICAL,
    MFIS_PSYCHOSOCIAL,
    MfisScores,
    eq5d_profile,
    fss_mean,
    mfis_scores,
    msis29_impact,
)


def test_the_three_subscales_of_the_mfis_hold_every_question_once() -> None:
    numbers = sorted(MFIS_PHYSICAL + MFIS_COGNITIVE + MFIS_PSYCHOSOCIAL)
    assert numbers == list(range(1, 22))
    assert (len(MFIS_PHYSICAL), len(MFIS_COGNITIVE), len(MFIS_PSYCHOSOCIAL)) == (9, 10, 2)


def test_highest_mfis_is_36_40_8_and_84() -> None:
    assert mfis_scores([4] * 21) == MfisScores(36, 40, 8, 84)
    assert mfis_scores([0] * 21) == MfisScores(0, 0, 0, 0)


def test_a_skipped_question_leaves_out_its_own_subscale_and_the_total_only() -> None:
    answers: list[int | None] = [2] * 21
    answers[8 - 1] = None
    assert mfis_scores(answers) == MfisScores(18, 20, None, None)


@given(st.lists(st.integers(0, 4), min_size=21, max_size=21))
def test_mfis_total_is_the_sum_of_its_subscales(answers: list[int]) -> None:
    scores = mfis_scores(answers)
    assert scores.total == sum(answers)
    parts = (scores.physical, scores.cognitive, scores.psychosocial)
    assert scores.total == sum(part for part in parts if part is not None)


@given(st.lists(st.integers(1, 7), min_size=9, max_size=9))
def test_fss_lies_between_the_lowest_and_the_highest_answer(answers: list[int]) -> None:
    mean = fss_mean(answers)
    assert mean is not None
    assert min(answers) <= mean <= max(answers)
    assert round(mean * 9) == sum(answers)


def test_fss_with_a_skipped_question_has_no_mean() -> None:
    assert fss_mean([4, 4, 4, 4, None, 4, 4, 4, 4]) is None
    assert fss_mean([5, 5, 5, 5, 5, 5, 5, 5, 4]) == Decimal(44) / 9


@pytest.mark.parametrize("top", [4, 5])
@pytest.mark.parametrize("questions", [20, 9])
def test_msis_runs_from_nothing_to_a_hundred(questions: int, top: int) -> None:
    assert msis29_impact([1] * questions, top) == 0
    assert msis29_impact([top] * questions, top) == 100


def test_msis_sum_is_carried_over_to_a_hundred() -> None:
    # Version 1: 20 questions, sum 60 of 20-100.
    assert msis29_impact([3] * 20, 5) == 50
    # Version 2: nine questions, sum 18 of 9-36.
    answers: list[int | None] = [2] * 9
    assert msis29_impact(answers, 4) == Decimal(100) * (18 - 9) / 27


@pytest.mark.parametrize(("given_answers", "scored"), [(10, True), (9, False), (0, False)])
def test_msis_needs_half_of_the_physical_questions(given_answers: int, scored: bool) -> None:
    answers: list[int | None] = [2] * given_answers + [None] * (20 - given_answers)
    assert (msis29_impact(answers, 4) is not None) is scored


@pytest.mark.parametrize(("given_answers", "scored"), [(5, True), (4, False)])
def test_msis_needs_half_of_the_psychological_questions(given_answers: int, scored: bool) -> None:
    answers: list[int | None] = [2] * given_answers + [None] * (9 - given_answers)
    assert (msis29_impact(answers, 4) is not None) is scored


@given(
    st.lists(st.one_of(st.none(), st.integers(1, 5)), min_size=9, max_size=20),
    st.integers(0, 19),
)
def test_msis_stands_between_its_ends_and_a_worse_answer_never_lowers_it(
    answers: list[int | None], place: int
) -> None:
    score = msis29_impact(answers, 5)
    given_answers = [answer for answer in answers if answer is not None]
    assert (score is None) == (2 * len(given_answers) < len(answers))
    if score is None:
        return
    assert 0 <= score <= 100
    answer = answers[place % len(answers)]
    if answer is not None and answer < 5:
        worse = [*answers]
        worse[place % len(answers)] = answer + 1
        higher = msis29_impact(worse, 5)
        assert higher is not None
        assert higher > score


@given(st.lists(st.integers(1, 4), min_size=20, max_size=20), st.sets(st.integers(0, 19)))
def test_the_own_mean_stands_for_what_was_skipped(answers: list[int], skipped: set[int]) -> None:
    if 2 * (20 - len(skipped)) < 20:
        return
    kept = [None if place in skipped else answer for place, answer in enumerate(answers)]
    given_answers = [answer for answer in kept if answer is not None]
    mean = Decimal(sum(given_answers)) / len(given_answers)
    filled = sum((mean if a is None else Decimal(a) for a in kept), Decimal(0))
    expected = 100 * (filled - 20) / 60
    score = msis29_impact(kept, 4)
    assert score is not None
    assert abs(score - expected) < Decimal("0.0000001")


def test_health_state_is_the_levels_in_their_order() -> None:
    assert eq5d_profile([2, 1, 3, 4, 5]) == "21345"
    assert eq5d_profile([1, 1, 1, 1, 1]) == "11111"
    assert eq5d_profile([2, None, 3, 4, 5]) is None


@pytest.mark.parametrize("count", [0, 4, 6, 8, 10, 20, 22])
def test_another_number_of_questions_is_refused(count: int) -> None:
    for score in (mfis_scores, fss_mean, eq5d_profile):
        with pytest.raises(ValueError):
            score([1] * count)


def test_msis_without_questions_or_scale_is_refused() -> None:
    with pytest.raises(ValueError):
        msis29_impact([], 4)
    with pytest.raises(ValueError):
        msis29_impact([1, 1], 1)


@pytest.mark.parametrize(("answer", "top"), [(5, 4), (6, 5), (0, 4)])
def test_msis_refuses_an_answer_that_its_version_does_not_have(answer: int, top: int) -> None:
    with pytest.raises(ValueError, match="outside the scale"):
        msis29_impact([answer] + [2] * 8, top)
