"""The state of a run follows from its facts."""

from decimal import Decimal

import pytest
from attrs import evolve
from tests.unit.domain.infusion.a_run import (
    ARRIVED,
    ENDED,
    G1,
    G2,
    LEAVING,
    PAUSE,
    READY,
    RUNNING,
    at,
    signed,
)

from msclinic.domain.infusion import Interruption, RunFacts, RunState, completion, run_state
from msclinic.domain.values import Code

DISCHARGED = evolve(LEAVING, signatures=LEAVING.signatures + signed("G6", "NUR.anna"))
SIGNED = evolve(DISCHARGED, signatures=DISCHARGED.signatures + signed("G7", "NUR.anna", "PHY.ewa"))
FRESH_RELEASE = evolve(READY, signatures=G1 + G2)


@pytest.mark.parametrize(
    ("facts", "state"),
    [
        (evolve(ARRIVED, arrived_at=None), "PLANNED"),
        (ARRIVED, "ARRIVED"),
        (evolve(ARRIVED, signatures=G1), "FIT"),
        (evolve(ARRIVED, signatures=G1, requested_at=at("08:41")), "REQUESTED"),
        (FRESH_RELEASE, "AT_BEDSIDE"),
        (READY, "VERIFIED"),
        (RUNNING, "RUNNING"),
        (evolve(RUNNING, interruptions=(Interruption(at("09:18")),)), "PAUSED"),
        (evolve(RUNNING, interruptions=(PAUSE,)), "RUNNING"),
        (ENDED, "OBSERVING"),
        (LEAVING, "OBSERVING"),
        (DISCHARGED, "DISCHARGED"),
        (SIGNED, "SIGNED"),
        (evolve(ARRIVED, deferred=True), "DEFERRED"),
        (evolve(ARRIVED, cancelled=True), "CANCELLED"),
    ],
)
def test_each_state_is_reached_by_its_facts(facts: RunFacts, state: str) -> None:
    assert run_state(facts).name == state


def test_an_ended_infusion_is_observed_once_its_volumes_are_written_down() -> None:
    answers = {k: v for k, v in ENDED.answers.items() if k != "D08_LEFT"}
    assert run_state(evolve(ENDED, answers=answers)).name == "ENDED"


def test_an_expired_fit_to_dose_sets_the_run_back_before_the_start() -> None:
    assert run_state(evolve(READY, now=at("12:41"))).name == "ARRIVED"


def test_a_voided_gate_never_stops_a_running_infusion() -> None:
    void = tuple(evolve(signature, void=True) for signature in RUNNING.signatures)
    assert run_state(evolve(RUNNING, signatures=void)).name == "RUNNING"
    assert run_state(evolve(RUNNING, dosing_permitted=False, now=at("14:00"))).name == "RUNNING"


def test_all_given_as_planned_is_complete() -> None:
    assert run_state(SIGNED) == RunState("SIGNED", "COMPLETE", "HOME")


def test_sixty_two_and_a_half_of_a_hundred_is_stopped_early() -> None:
    volumes = {"D08_GIVEN": Decimal("62.5"), "D08_LEFT": Decimal("37.5")}
    without = {k: v for k, v in ENDED.answers.items() if k != "D10"}
    assert completion(evolve(ENDED, answers={**without, **volumes})) == "STOPPED_EARLY"
    said = {**ENDED.answers, **volumes, "D10": Code("N"), "D10_REASON": Code("S11")}
    assert completion(evolve(ENDED, answers=said)) == "STOPPED_EARLY"
    assert completion(RUNNING) is None
