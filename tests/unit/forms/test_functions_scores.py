"""Functions of scores as expressions call them: codes in, missing ones as None."""

from decimal import Decimal

import pytest

from msclinic.domain.questionnaires import mfis_scores
from msclinic.forms.functions import FUNCTIONS
from msclinic.forms.functions_scores import SCORES
from msclinic.forms.host_function import Kind


def test_every_score_is_among_the_functions_of_expressions() -> None:
    assert {score.name for score in SCORES} <= set(FUNCTIONS)
    assert all(FUNCTIONS[score.name] is score for score in SCORES)


@pytest.mark.parametrize("name", ["physical", "cognitive", "psychosocial", "total"])
def test_mfis_sums_are_those_of_the_scale(name: str) -> None:
    answers = [number % 5 for number in range(21)]
    expected = getattr(mfis_scores(answers), name)
    assert FUNCTIONS[f"mfis_{name}"].call(*(str(answer) for answer in answers)) == expected


def test_a_skipped_question_has_no_value_and_no_failure() -> None:
    assert FUNCTIONS["fss_mean"].call(*["4"] * 8, None) is None
    assert FUNCTIONS["mfis_total"].call(*["4"] * 20, None) is None
    assert FUNCTIONS["eq5d_profile"].call("1", "2", "3", "4", None) is None
    assert FUNCTIONS["msis29_impact"].call(Decimal(4), *[None] * 9) is None


def test_msis_takes_the_highest_answer_first() -> None:
    impact = FUNCTIONS["msis29_impact"]
    assert impact.call(Decimal(4), "4", "1") == 50
    assert impact.call(Decimal(5), "4", "1") == Decimal("37.5")
    assert (impact.variadic, impact.lenient, impact.partial) == (True, True, True)


def test_a_health_state_is_a_text() -> None:
    assert FUNCTIONS["eq5d_profile"].call("2", "1", "3", "4", "5") == "21345"
    assert FUNCTIONS["eq5d_profile"].result is Kind.TEXT


def test_mean_of_two_trials_is_exact() -> None:
    assert FUNCTIONS["trial_mean"].call(Decimal("7.3"), Decimal("7.4")) == Decimal("7.35")
