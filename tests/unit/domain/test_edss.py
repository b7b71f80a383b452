"""The EDSS step over its whole space of inputs."""

from decimal import Decimal
from itertools import combinations_with_replacement, permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from msclinic.domain.edss import (
    STEPS,
    FunctionalSystems,
    convert_bowel_bladder,
    convert_visual,
    score_edss,
    step_from_systems,
)

NORMAL = FunctionalSystems(0, 0, 0, 0, 0, 0, 0)
MULTISETS = list(combinations_with_replacement(range(7), 7))
SYSTEMS = st.builds(
    FunctionalSystems,
    st.integers(0, 6),
    st.integers(0, 5),
    st.integers(0, 6),
    st.integers(0, 5),
    st.integers(0, 6),
    st.integers(0, 6),
    st.integers(0, 5),
)
HIGHEST = (6, 5, 6, 5, 6, 6, 5)


def test_there_are_twenty_steps_and_no_half() -> None:
    assert len(STEPS) == 20
    assert Decimal("0.5") not in STEPS
    assert STEPS[0] == 0
    assert STEPS[-1] == 10


@pytest.mark.requirement("R-VAL-3")
def test_visual_and_bowel_bladder_convert_as_printed() -> None:
    assert [convert_visual(grade) for grade in range(7)] == [0, 1, 2, 2, 3, 3, 4]
    assert [convert_bowel_bladder(grade) for grade in range(7)] == [0, 1, 2, 3, 3, 4, 5]


@pytest.mark.requirement("R-VAL-3")
@pytest.mark.parametrize(
    ("grades", "line", "step"),
    [
        ((5, 0, 0, 0, 0, 0, 0), 1, "5.0"),
        ((6, 4, 0, 0, 0, 0, 0), 1, "5.0"),
        ((4, 4, 0, 0, 0, 0, 0), 2, "5.0"),
        ((4, 3, 3, 3, 0, 0, 0), 3, "5.0"),
        ((4, 3, 0, 0, 0, 0, 0), 4, "4.5"),
        ((4, 3, 3, 2, 2, 2, 2), 4, "4.5"),
        ((4, 2, 0, 0, 0, 0, 0), 5, "4.5"),
        ((4, 1, 1, 1, 1, 1, 1), 6, "4.0"),
        ((3, 3, 3, 3, 3, 3, 0), 7, "5.0"),
        ((3, 3, 3, 3, 3, 3, 3), 7, "5.0"),
        ((3, 3, 3, 3, 3, 0, 0), 8, "4.5"),
        ((3, 3, 3, 0, 0, 0, 0), 9, "4.0"),
        ((3, 3, 3, 3, 2, 2, 2), 9, "4.0"),
        ((3, 3, 2, 0, 0, 0, 0), 10, "4.0"),
        ((3, 3, 1, 1, 1, 1, 1), 11, "3.5"),
        ((3, 2, 2, 2, 0, 0, 0), 12, "4.0"),
        ((3, 2, 0, 0, 0, 0, 0), 13, "3.5"),
        ((3, 2, 2, 1, 1, 1, 1), 13, "3.5"),
        ((3, 1, 1, 0, 0, 0, 0), 14, "3.0"),
        ((2, 2, 2, 2, 2, 2, 0), 15, "4.0"),
        ((2, 2, 2, 2, 2, 1, 1), 16, "3.5"),
        ((2, 2, 2, 0, 0, 0, 0), 17, "3.0"),
        ((2, 2, 2, 2, 1, 1, 1), 17, "3.0"),
        ((2, 2, 1, 1, 0, 0, 0), 18, "2.5"),
        ((2, 1, 1, 0, 0, 0, 0), 19, "2.0"),
        ((1, 1, 0, 0, 0, 0, 0), 20, "1.5"),
        ((1, 0, 0, 0, 0, 0, 0), 21, "1.0"),
        ((0, 0, 0, 0, 0, 0, 0), 22, "0"),
    ],
)
def test_each_line_of_the_table_gives_its_step(
    grades: tuple[int, ...], line: int, step: str
) -> None:
    assert step_from_systems(grades) == (Decimal(step), line)


@pytest.mark.parametrize(
    ("ambulation", "step"),
    [
        (0, "0"), (1, "2.0"), (2, "4.5"), (3, "5.0"), (4, "5.5"), (5, "6.0"), (6, "6.0"),
        (7, "6.0"), (8, "6.5"), (9, "6.5"), (10, "7.0"), (11, "7.5"), (12, "8.0"), (13, "8.5"),
        (14, "9.0"), (15, "9.5"), (16, "10"),
    ],
)  # fmt: skip
def test_walking_alone_gives_its_step(ambulation: int, step: str) -> None:
    result = score_edss(NORMAL, ambulation)
    assert result.step == Decimal(step)
    assert result.rule == (f"AS-{ambulation}" if ambulation else "S4-22")


def test_systems_alone_reach_every_line_and_never_pass_five() -> None:
    lines = set()
    for grades in MULTISETS:
        step, line = step_from_systems(grades)
        lines.add(line)
        assert step <= 5
        assert step in STEPS
    assert lines == set(range(1, 23))


def test_raising_one_grade_never_lowers_the_step_anywhere() -> None:
    for grades in MULTISETS:
        step = step_from_systems(grades)[0]
        for index in range(7):
            if grades[index] < 6:
                raised = (*grades[:index], grades[index] + 1, *grades[index + 1 :])
                assert step_from_systems(raised)[0] >= step, raised


def test_the_order_of_seven_different_grades_never_matters() -> None:
    assert {step_from_systems(order) for order in permutations((0, 1, 2, 3, 1, 2, 0))} == {
        (Decimal("3.5"), 13)
    }


@given(SYSTEMS, st.integers(0, 15))
def test_worse_walking_never_lowers_the_step(systems: FunctionalSystems, ambulation: int) -> None:
    now, worse = score_edss(systems, ambulation).step, score_edss(systems, ambulation + 1).step
    assert now is not None
    assert worse is not None
    assert worse >= now


@given(st.data(), st.integers(0, 16), st.integers(0, 6))
def test_a_worse_raw_grade_never_lowers_the_step(
    data: st.DataObject, ambulation: int, index: int
) -> None:
    grades = [data.draw(st.integers(0, top)) for top in HIGHEST]
    grades[index] = data.draw(st.integers(0, HIGHEST[index] - 1))
    before = score_edss(FunctionalSystems(*grades), ambulation).step
    grades[index] += 1
    after = score_edss(FunctionalSystems(*grades), ambulation).step
    assert before is not None
    assert after is not None
    assert after >= before


@given(SYSTEMS, st.integers(0, 16))
def test_below_four_and_a_half_implies_five_hundred_metres(
    systems: FunctionalSystems, ambulation: int
) -> None:
    result = score_edss(systems, ambulation)
    assert result.step in STEPS
    assert result.step is not None
    if result.step < Decimal("4.5"):
        assert ambulation <= 1
    if result.step > 5:
        assert ambulation >= 4


@given(SYSTEMS, st.integers(0, 16))
def test_every_step_says_why_in_both_languages(systems: FunctionalSystems, ambulation: int) -> None:
    result = score_edss(systems, ambulation)
    for language in ("en", "pl"):
        sentence = result.explanation[language]
        assert sentence.endswith(".")
        assert sentence[0].isupper()
    assert str(result.step) in result.explanation["en"]


@pytest.mark.parametrize("ambulation", [0, 1, 2, None])
def test_a_missing_system_leaves_the_step_undefined_and_is_not_zero(ambulation: int | None) -> None:
    result = score_edss(FunctionalSystems(0, 0, None, 0, 0, 0, 0), ambulation)
    assert result.step is None
    assert result.fs_step is None
    assert "FS_PYRAMIDAL" in result.missing
    assert "pyramidal" in result.explanation["en"]


def test_walking_from_three_decides_without_systems_but_the_record_is_incomplete() -> None:
    result = score_edss(FunctionalSystems(), 6)
    assert result.step == Decimal("6.0")
    assert len(result.missing) == 7
    assert "incomplete" in result.explanation["en"]


def test_missing_ambulation_leaves_the_step_undefined() -> None:
    result = score_edss(NORMAL, None)
    assert result.step is None
    assert result.fs_step == 0
    assert result.missing == ("AMBULATION",)


def test_a_combination_the_table_does_not_print_says_so() -> None:
    result = score_edss(FunctionalSystems(0, 4, 2, 0, 0, 0, 0), 0)
    assert (result.rule, result.printed_line) == ("S4-5", False)
    assert "does not print" in result.explanation["en"]


def test_two_grade_four_stay_five_when_walking_is_a_little_limited() -> None:
    systems = FunctionalSystems(0, 4, 4, 0, 0, 0, 0)
    assert score_edss(systems, 0).step == score_edss(systems, 1).step == Decimal("5.0")


def test_an_explanation_reads_as_a_sentence() -> None:
    result = score_edss(FunctionalSystems(0, 1, 3, 2, 2, 0, 0), 0)
    assert result.explanation == {
        "en": "Walking is unrestricted; after conversion, one system at grade 3 and two systems"
        " at grade 2 and one system at grade 1: step 3.5.",
        "pl": "Chód jest bez ograniczeń; po przeliczeniu jeden układ w stopniu 3 i dwa układy"
        " w stopniu 2 i jeden układ w stopniu 1: stopień 3,5.",
    }


def test_a_grade_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="brainstem has no grade 6"):
        FunctionalSystems(brainstem=6)
    with pytest.raises(ValueError, match="no ambulation score 17"):
        score_edss(NORMAL, 17)
    with pytest.raises(ValueError, match="seven grades"):
        step_from_systems((0, 0, 0))
