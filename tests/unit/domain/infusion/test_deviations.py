"""Deviations the program finds by itself."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.unit.domain.infusion.a_run import (
    G1,
    G2,
    G3,
    G4,
    LEAVING,
    RUNNING,
    at,
    signed,
    vitals,
)

from msclinic.domain.infusion import (
    CheckerAnswers,
    Deviation,
    LateEntry,
    RateStep,
    RunFacts,
    deviations,
)
from msclinic.domain.values import Code, Missing


def answered(**answers: Any) -> RunFacts:
    return evolve(LEAVING, answers={**LEAVING.answers, **answers})


def codes(facts: RunFacts) -> list[str]:
    return [deviation.code for deviation in deviations(facts)]


def test_a_day_that_went_well_has_none() -> None:
    assert deviations(LEAVING) == ()


def same_person() -> RunFacts:
    assert LEAVING.first_check is not None
    return evolve(
        LEAVING,
        second_check=CheckerAnswers(LEAVING.first_check.account, LEAVING.first_check.answers),
    )


ADDED_RATE = RateStep(at("10:42:29"), Decimal(120))
WITHOUT_T30 = {code: reading for code, reading in LEAVING.vitals.items() if code != "T30"}


@pytest.mark.parametrize(
    ("facts", "code", "item"),
    [
        (evolve(LEAVING, in_window=False), "WINDOW", "A03_WINDOW"),
        (evolve(LEAVING, days_from_previous=69), "INTERVAL", "A03_DAYS"),
        (answered(A25_SUCTION=Missing("NOT_DONE")), "NOT_DONE", "A25_SUCTION"),
        (evolve(LEAVING, overrides=frozenset({"A08"})), "OVERRIDE", "A08"),
        (evolve(LEAVING, signatures=G2 + G3 + G4), "START_BEFORE_GATE", "D01"),
        (evolve(LEAVING, signatures=G1 + G2 + G3), "START_BEFORE_GATE", "D01"),
        (evolve(LEAVING, baseline=vitals(at("08:29"))), "BASELINE_OLD", "A21"),
        (evolve(LEAVING, vitals=WITHOUT_T30), "VITALS_MISSED", "SYSBP"),
        (answered(E05_TIME=at("11:42")), "OBSERVATION_SHORT", "E02"),
        (same_person(), "SAME_CHECKER", "C01"),
        (evolve(LEAVING, rate_steps=(*LEAVING.rate_steps, ADDED_RATE)), "RATE_OFF", "D02_RATE"),
        (answered(D08_LEFT=Decimal("2.1")), "VOLUME_OFF", "D08_GIVEN"),
        (
            answered(D08_GIVEN=Decimal("94.9"), D08_LEFT=Decimal("5.1")),
            "PUMP_DIFFERS",
            "D08_GIVEN",
        ),
    ],
)
def test_each_deviation_is_found_with_its_item(facts: RunFacts, code: str, item: str) -> None:
    (found,) = deviations(facts)
    assert (found.code, found.item) == (code, item)
    assert found.importance in ("minor", "important")
    assert found.en.endswith(".")
    assert found.pl.endswith(".")


def test_a_soft_item_not_done_is_no_deviation() -> None:
    assert codes(answered(A13=Missing("NOT_DONE"))) == []


def test_not_applicable_is_no_deviation() -> None:
    assert codes(answered(A28=Missing("NA"))) == []


def test_a_signature_voided_after_the_start_was_in_force_at_the_start() -> None:
    void = tuple(evolve(s, void=True) for s in LEAVING.signatures)
    assert codes(evolve(LEAVING, signatures=void)) == []


def test_a_signature_too_old_at_the_start_is_a_start_before_its_gate() -> None:
    old = signed("G3", "NUR.anna", "NUR.piotr", at_time="08:29")
    (found,) = deviations(evolve(LEAVING, signatures=G1 + G2 + old + G4))
    assert found.parameters == {"gate": "G3"}


def test_entry_more_than_a_day_late_is_a_deviation() -> None:
    late = LateEntry("A18", at("08:00"), at("08:00") + timedelta(hours=24, seconds=1))
    assert codes(evolve(LEAVING, late_entries=(late,))) == ["LATE_ENTRY"]
    in_time = evolve(late, typed_at=at("08:00") + timedelta(hours=24))
    assert codes(evolve(LEAVING, late_entries=(in_time,))) == []


def test_points_after_a_transfer_are_not_missed() -> None:
    facts = answered(E05_OUTCOME=Code("TRANSFERRED"), E05_TIME=at("10:50"))
    before = {c: r for c, r in LEAVING.vitals.items() if not c.startswith("EOI+")}
    assert codes(evolve(facts, vitals=before)) == []


def test_an_infusion_that_runs_shows_what_is_already_known() -> None:
    found = deviations(evolve(RUNNING, in_window=False))
    assert found == (
        Deviation(
            "WINDOW",
            "The visit lies outside its window.",
            "Wizyta odbyła się poza swoim oknem.",
            "minor",
            "A03_WINDOW",
        ),
    )


def test_a_fit_to_dose_that_a_newer_hold_made_void_was_not_in_force_at_the_start() -> None:
    facts = evolve(LEAVING, held_at=at("08:50"))
    (found,) = deviations(facts)
    assert (found.code, found.parameters) == ("START_BEFORE_GATE", {"gate": "G1"})
    assert codes(evolve(facts, held_at=at("08:30"))) == []
    # Typed after the start, it had not been known.
    assert codes(evolve(facts, held_at=at("09:10"))) == []
