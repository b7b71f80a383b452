"""How long a participant is watched, and what keeps one who had a reaction."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.unit.domain.infusion.a_run import END, LEAVING, at, vitals

from msclinic.domain.infusion import gate
from msclinic.domain.values import Code

MINUTE = timedelta(minutes=1)


def watched(**change: Any) -> int:
    return evolve(LEAVING, **change).observation // MINUTE


@pytest.mark.parametrize(
    ("change", "minutes"),
    [
        ({"infusion_number": 1}, 120),
        ({"infusion_number": 2}, 60),
        ({"reaction_grade": 1}, 120),
        ({"reaction_seen": True}, 120),
        ({"infusion_number": 1, "reaction_seen": True}, 120),
    ],
)
def test_an_ungraded_reaction_counts_as_the_longer_of_the_plain_times(
    change: dict[str, Any], minutes: int
) -> None:
    assert watched(**change) == minutes


def test_after_an_anaphylaxis_six_hours_count_from_its_resolution() -> None:
    over = END + 20 * MINUTE
    assert watched(reaction_grade=3, anaphylaxis=True, reaction_over_at=over) == 380
    # One that was over before the end is watched six hours from the end.
    assert watched(anaphylaxis=True, reaction_over_at=at("10:00"), reaction_grade=3) == 360
    unresolved = evolve(LEAVING, anaphylaxis=True, reaction_seen=True)
    assert unresolved.ended_at is not None
    assert unresolved.ended_at + unresolved.observation == unresolved.now + 360 * MINUTE


def reasons(**change: Any) -> list[str]:
    return [blocker.code for blocker in gate(evolve(LEAVING, **change), "G6").blockers]


@pytest.mark.parametrize(("grade", "kept"), [(1, False), (2, True), (None, True)])
def test_an_unresolved_reaction_keeps_the_participant_unless_it_is_graded_mild(
    grade: int | None, kept: bool
) -> None:
    found = reasons(reaction_seen=True, reaction_grade=grade, reaction_resolved=False)
    assert ("REACTION_OPEN" in found) is kept


def test_a_time_of_leaving_that_lies_ahead_shortens_no_observation() -> None:
    answers = {**LEAVING.answers, "E05_OUTCOME": Code("HOME"), "E05_TIME": at("11:45")}
    assert "OBSERVATION_SHORT" in reasons(answers=answers, now=at("11:00"))


def test_a_newer_reading_just_begun_is_not_hidden_by_an_older_complete_one() -> None:
    low = vitals(at("11:44"), sysbp=Decimal(62), resp=None, temp=None)
    assert {"NEWS2_HIGH", "SYSTOLIC_CHANGED"} <= set(reasons(unfinished=(low,)))
    older = evolve(low, taken_at=at("11:30"))
    assert reasons(unfinished=(older,)) == []
