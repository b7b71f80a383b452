"""Contradictions among the grades of an exam are named, never mended."""

from decimal import Decimal

import pytest
from attrs import evolve

from msclinic.domain.edss import FunctionalSystems
from msclinic.domain.edss_checks import WalkRecord, edss_checks, matching_ambulation

EXAM = FunctionalSystems(0, 1, 3, 2, 2, 0, 0)


def codes(
    systems: FunctionalSystems = EXAM,
    ambulation: int | None = 1,
    entered: str | None = None,
    walk: WalkRecord | None = None,
) -> list[str]:
    step = None if entered is None else Decimal(entered)
    return [finding.code for finding in edss_checks(systems, ambulation, step, walk)]


def test_an_exam_in_agreement_has_no_findings() -> None:
    assert codes(entered="3.5", walk=WalkRecord(Decimal(500), "NONE")) == []


def test_an_entered_step_other_than_the_computed_one_is_a_contradiction() -> None:
    (finding,) = edss_checks(EXAM, 1, Decimal("4.0"))
    assert (finding.code, finding.path, finding.parameters["level"]) == ("C4", "EDSS", "E")
    assert finding.parameters["computed"] == "3.5"
    assert "3,5" in finding.message["pl"]


def test_a_low_step_with_a_short_walk_is_a_contradiction() -> None:
    assert "C5" in codes(entered="4.0", walk=WalkRecord(Decimal("499.9")))
    assert "C5" not in codes(entered="4.0", walk=WalkRecord(Decimal(500)))


def test_a_high_step_with_a_long_walk_is_a_contradiction() -> None:
    assert "C5" in codes(ambulation=4, entered="5.5", walk=WalkRecord(Decimal(200)))
    assert "C5" not in codes(ambulation=4, entered="5.5", walk=WalkRecord(Decimal("199.9")))


@pytest.mark.parametrize(
    ("walk", "scores"),
    [
        (WalkRecord(Decimal("500.0")), {0, 1}),
        (WalkRecord(Decimal("499.9")), {2}),
        (WalkRecord(Decimal(300)), {2}),
        (WalkRecord(Decimal("299.9")), {3}),
        (WalkRecord(Decimal(200)), {3}),
        (WalkRecord(Decimal("199.9")), {4}),
        (WalkRecord(Decimal(100)), {4}),
        (WalkRecord(Decimal("99.9"), "NONE"), {5}),
        (WalkRecord(None, "ONE", Decimal(50)), {6}),
        (WalkRecord(None, "ONE", Decimal("49.9")), {8}),
        (WalkRecord(Decimal(10), "ONE", Decimal(60)), {5, 6}),
        (WalkRecord(None, "TWO", Decimal(120)), {7}),
        (WalkRecord(None, "TWO", Decimal("119.9")), {9}),
        (WalkRecord(None, "TWO", Decimal(5)), {9}),
        (WalkRecord(Decimal(0), "WHEELCHAIR"), {10, 11, 12, 13, 14, 15}),
    ],
)
def test_distance_and_aid_allow_their_ambulation_scores(walk: WalkRecord, scores: set[int]) -> None:
    assert matching_ambulation(walk) == scores


@pytest.mark.parametrize("walk", [WalkRecord(), WalkRecord(None, "ONE"), WalkRecord(None, "NONE")])
def test_too_little_recorded_matches_nothing_and_raises_nothing(walk: WalkRecord) -> None:
    assert matching_ambulation(walk) is None
    assert codes(walk=walk) == []


def test_ambulation_against_the_recorded_distance_is_a_contradiction() -> None:
    assert codes(ambulation=4, walk=WalkRecord(Decimal(250))) == ["C5", "C6"]


def test_unrestricted_walking_with_an_aid_is_a_contradiction() -> None:
    assert "C7" in codes(ambulation=0, walk=WalkRecord(None, "ONE"))
    assert "C7" in codes(ambulation=1, walk=WalkRecord(Decimal(499)))
    assert "C7" not in codes(ambulation=1, walk=WalkRecord(Decimal(500)))


def test_limited_walking_without_weakness_or_ataxia_is_unusual() -> None:
    (finding,) = edss_checks(evolve(EXAM, pyramidal=1, cerebellar=1), 1)
    assert (finding.code, finding.parameters["level"]) == ("C8", "W")
    assert codes(evolve(EXAM, pyramidal=2, cerebellar=1)) == []


def test_a_grade_six_with_good_walking_is_named_twice() -> None:
    assert codes(evolve(EXAM, pyramidal=6), ambulation=1) == ["C9", "C10"]


def test_cerebellar_five_that_walks_is_a_contradiction() -> None:
    assert "C10" in codes(evolve(EXAM, cerebellar=5), ambulation=4)
    assert "C10" not in codes(evolve(EXAM, cerebellar=5), ambulation=5)


def test_item_ids_of_the_caller_are_used() -> None:
    items = {"edss": "MY_EDSS"}
    (finding,) = edss_checks(EXAM, 1, Decimal("4.0"), None, items)
    assert finding.path == "MY_EDSS"
