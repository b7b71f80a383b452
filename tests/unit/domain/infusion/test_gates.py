"""What keeps each gate of the infusion run shut, and what opens it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from attrs import evolve
from tests.unit.domain.infusion.a_run import (
    ARRIVED,
    END,
    G1,
    G2,
    G3,
    G4,
    HOME,
    KIT,
    LEAVING,
    READY,
    RUNNING,
    at,
    signed,
    vitals,
)

from msclinic.domain.infusion import (
    CheckerAnswers,
    GateStatus,
    Interruption,
    Product,
    RunFacts,
    compare_checks,
    gate,
)
from msclinic.domain.infusion.gates import void_by_hold
from msclinic.domain.values import Answer, Code, Missing

Y, N = Code("Y"), Code("N")


def answered(facts: RunFacts, **answers: Any) -> RunFacts:
    return evolve(facts, answers={**facts.answers, **answers})


def without(facts: RunFacts, item: str) -> RunFacts:
    return evolve(facts, answers={k: v for k, v in facts.answers.items() if k != item})


def why(status: GateStatus) -> list[tuple[str, str]]:
    return [(blocker.code, blocker.item) for blocker in status.blockers]


def test_a_clean_checklist_waits_for_the_physician_only() -> None:
    status = gate(ARRIVED, "G1")
    assert why(status) == []
    assert (status.status, status.signers) == ("open", ("PHY",))
    assert "A25_ADRENALINE" in status.clear


@pytest.mark.parametrize("person", ["PHY.ewa", "PI.adam"])
def test_the_physician_or_the_investigator_passes_fit_to_dose(person: str) -> None:
    facts = evolve(ARRIVED, signatures=signed("G1", person, at_time="08:30"))
    status = gate(facts, "G1")
    assert status.status == "passed"
    assert status.valid_until == at("12:30")


def test_a_nurse_cannot_pass_fit_to_dose() -> None:
    assert gate(evolve(ARRIVED, signatures=signed("G1", "NUR.anna")), "G1").status == "open"


@pytest.mark.parametrize("item", ["A01", "A10", "A18", "A20_MEAL", "A25_SUCTION", "A26"])
def test_a_blank_is_not_an_answer_and_no_override_makes_it_one(item: str) -> None:
    facts = evolve(without(ARRIVED, item), overrides=frozenset({item}))
    status = gate(facts, "G1")
    assert why(status) == [("UNANSWERED", item)]
    assert status.status == "shut"


NEVER = [
    ("A01", "WAW-008"),
    ("A02", N),
    ("A04", N),
    ("A04_WILLING", N),
    ("A05", N),
    ("A16", Code("POS")),
    ("A16", Code("INVALID")),
    ("A16", Missing("NOT_DONE")),
    ("A25_ADRENALINE", N),
    ("A25_OXYGEN", N),
    ("A26", N),
]


@pytest.mark.parametrize(("item", "answer"), NEVER)
def test_what_may_never_be_overridden_stays_shut_with_an_override(
    item: str, answer: Answer
) -> None:
    facts = evolve(answered(ARRIVED, **{item: answer}), overrides=frozenset({item}))
    (blocker,) = gate(facts, "G1").blockers
    assert blocker.item == item
    assert not blocker.overridable


@pytest.mark.parametrize(
    ("item", "answer", "code"),
    [
        ("A08", Y, "FAILED"),
        ("A07_ANTIBIOTIC", Y, "FAILED"),
        ("A17_BREASTFEEDING", Y, "FAILED"),
        ("A25_SUCTION", N, "FAILED"),
        ("A25_SUCTION", Missing("NOT_DONE"), "NOT_DONE"),
        ("A18", Missing("UNABLE"), "NOT_DONE"),
        ("A11", Missing("UNKNOWN"), "UNKNOWN"),
        ("A11", Missing("NA"), "NOT_APPLICABLE"),
    ],
)
def test_other_hard_items_shut_the_gate_until_a_physician_overrides(
    item: str, answer: Answer, code: str
) -> None:
    facts = answered(ARRIVED, **{item: answer}, A08_DATE=at("08:00").date())
    (blocker,) = gate(facts, "G1").blockers
    assert (blocker.code, blocker.item, blocker.overridable) == (code, item, True)
    assert gate(evolve(facts, overrides=frozenset({item})), "G1").blockers == ()


@pytest.mark.parametrize("item", ["A06", "A12", "A13", "A17_CONTRACEPTION", "A24_PATENT"])
def test_a_soft_item_never_shuts_the_gate(item: str) -> None:
    soft = {"A12_TIME": at("07:00"), "A13_DATE": at("07:00").date()}
    for answer in (Y, N, Missing("NOT_DONE")):
        assert gate(answered(ARRIVED, **{item: answer}, **soft), "G1").blockers == ()


def test_a_man_is_not_asked_about_pregnancy() -> None:
    facts = evolve(ARRIVED, sex="M")
    for item in ("A15", "A16", "A16_READ", "A17_BREASTFEEDING"):
        facts = without(facts, item)
    assert gate(facts, "G1").blockers == ()


def test_after_the_menopause_no_test_is_due() -> None:
    facts = answered(without(ARRIVED, "A16"), A15=Code("POSTMENOPAUSAL"))
    assert gate(facts, "G1").blockers == ()


def test_childbearing_potential_unknown_leaves_the_test_due() -> None:
    facts = answered(without(ARRIVED, "A16"), A15=Missing("UNKNOWN"))
    assert ("UNANSWERED", "A16") in why(gate(facts, "G1"))


def test_a_pregnancy_test_of_yesterday_does_not_count() -> None:
    facts = answered(ARRIVED, A16_READ=at("08:00") - timedelta(days=1))
    (blocker,) = gate(facts, "G1").blockers
    assert (blocker.code, blocker.overridable) == ("TEST_NOT_TODAY", False)


def test_a_severe_reaction_before_forbids_the_dose() -> None:
    facts = answered(ARRIVED, A14_REACTION=Y, A14_GRADE=Code("3"))
    (blocker,) = gate(facts, "G1").blockers
    assert (blocker.item, blocker.overridable) == ("A14_GRADE", False)


def test_sixty_nine_days_need_an_override() -> None:
    facts = evolve(ARRIVED, days_from_previous=69)
    (blocker,) = gate(facts, "G1").blockers
    assert (blocker.code, blocker.overridable) == ("INTERVAL_SHORT", True)
    assert gate(evolve(facts, overrides=frozenset({"A03_DAYS"})), "G1").blockers == ()
    assert gate(evolve(facts, infusion_number=1, days_from_previous=None), "G1").blockers == ()


def test_the_first_infusion_too_keeps_its_distance_where_a_later_one_was_given_before_it() -> None:
    facts = evolve(ARRIVED, infusion_number=1, days_from_previous=10)
    assert why(gate(facts, "G1")) == [("INTERVAL_SHORT", "A03_DAYS")]


@pytest.mark.parametrize(
    ("change", "measure"),
    [
        ({"sysbp": Decimal(89)}, "SYSBP"),
        ({"sysbp": Decimal(181)}, "SYSBP"),
        ({"diabp": Decimal(111)}, "DIABP"),
        ({"pulse": Decimal(44)}, "PULSE"),
        ({"pulse": Decimal(121)}, "PULSE"),
        ({"resp": Decimal(25)}, "RESP"),
        ({"temp": Decimal("38.0")}, "TEMP"),
        ({"oxysat": Decimal(91)}, "OXYSAT"),
        ({"oxygen": Decimal(2)}, "OXYGEN"),
        ({"consciousness": "C"}, "CONSCIOUSNESS"),
    ],
)
def test_baseline_vital_signs_over_a_hold_limit_shut_the_gate(
    change: dict[str, Any], measure: str
) -> None:
    facts = evolve(ARRIVED, baseline=vitals(at("08:35"), **change))
    measures = {b.parameters.get("measure") for b in gate(facts, "G1").blockers}
    assert measure in measures


@pytest.mark.parametrize(
    "change",
    [
        {"sysbp": Decimal(91)},
        {"sysbp": Decimal(180)},
        {"diabp": Decimal(110)},
        {"pulse": Decimal(45)},
        {"pulse": Decimal(120)},
        {"resp": Decimal(24)},
        {"temp": Decimal("37.9")},
        {"oxysat": Decimal(92)},
    ],
)
def test_baseline_vital_signs_at_a_hold_limit_pass(change: dict[str, Any]) -> None:
    facts = evolve(ARRIVED, baseline=vitals(at("08:35"), **change))
    assert gate(facts, "G1").blockers == ()


def test_incomplete_baseline_vital_signs_cannot_be_overridden() -> None:
    for baseline in (None, vitals(at("08:35"), temp=None)):
        facts = evolve(ARRIVED, baseline=baseline, overrides=frozenset({"A21"}))
        assert why(gate(facts, "G1")) == [("VITALS_INCOMPLETE", "A21")]


def test_a_baseline_score_of_five_shuts_the_gate() -> None:
    baseline = vitals(at("08:35"), resp=Decimal(21), oxysat=Decimal(95), sysbp=Decimal(100))
    facts = evolve(ARRIVED, baseline=baseline)
    assert why(gate(facts, "G1")) == [("NEWS2_HOLD", "A22")]


def test_the_dosing_switch_and_stops_on_record_cannot_be_overridden() -> None:
    off = evolve(ARRIVED, dosing_permitted=False)
    assert why(gate(off, "G1")) == [("DOSING_OFF", "")]
    stopped = evolve(ARRIVED, stop_reasons=frozenset({"S07", "S12"}))
    assert [b.parameters["rule"] for b in gate(stopped, "G1").blockers] == ["S07", "S12"]
    assert not any(b.overridable for b in gate(stopped, "G1").blockers)


def test_fit_to_dose_expires_after_four_hours() -> None:
    facts = evolve(ARRIVED, signatures=G1)
    assert gate(evolve(facts, now=at("12:40")), "G1").status == "passed"
    late = gate(evolve(facts, now=at("12:40:01")), "G1")
    assert (late.status, late.signers) == ("expired", ("PHY",))


def test_a_changed_item_voids_fit_to_dose_visibly() -> None:
    facts = evolve(ARRIVED, signatures=signed("G1", "PHY.ewa", void=True))
    assert gate(facts, "G1").status == "void"
    again = evolve(facts, signatures=facts.signatures + signed("G1", "PHY.ewa", at_time="08:55"))
    assert gate(again, "G1").status == "passed"


def test_a_release_needs_two_preparers() -> None:
    waiting = gate(evolve(READY, signatures=G1), "G2")
    assert (waiting.status, waiting.signers) == ("open", ("PREP", "PREP2"))
    once = gate(evolve(READY, signatures=G2[:1]), "G2")
    assert (once.status, once.signers) == ("open", ("PREP2",))
    twice_same = evolve(READY, signatures=G2[:1] + G2[:1])
    assert gate(twice_same, "G2").signers == ("PREP2",)
    assert gate(READY, "G2").status == "passed"


def test_a_wrong_kit_is_recorded_and_not_released() -> None:
    product = Product("K-9999", Decimal(100), at("07:30"), at("12:20"), True)
    assert why(gate(evolve(READY, product=product), "G2")) == [("WRONG_KIT", "PR_KIT")]


def test_a_release_waits_its_delay_in_both_arms() -> None:
    product = Product(KIT, Decimal(100), at("08:01"), at("12:20"), True)
    facts = evolve(READY, product=product, signatures=G1)
    assert why(gate(facts, "G2")) == [("RELEASE_TOO_EARLY", "PR_PREPARED_AT")]
    assert gate(evolve(facts, now=at("09:01")), "G2").status == "open"


def test_nothing_released_and_missing_facts_keep_the_release_shut() -> None:
    assert why(gate(evolve(READY, product=None), "G2")) == [("NO_PRODUCT", "")]
    facts = evolve(READY, product=Product(KIT))
    assert [item for _, item in why(gate(facts, "G2"))] == [
        "PR_VOLUME",
        "PR_PREPARED_AT",
        "PR_USE_BEFORE",
        "PR_RELEASED",
    ]


def test_two_equal_checks_by_two_persons_pass_the_bedside_gate() -> None:
    status = gate(READY, "G3")
    assert status.status == "passed"
    assert status.valid_until == at("09:25")
    assert "C01" in status.clear


def test_the_bedside_check_expires_after_thirty_minutes() -> None:
    assert gate(evolve(READY, now=at("09:25")), "G3").status == "passed"
    assert gate(evolve(READY, now=at("09:25:01")), "G3").status == "expired"


def second(facts: RunFacts, account: str = "NUR.piotr", **answers: Answer) -> RunFacts:
    assert facts.first_check is not None
    return evolve(
        facts, second_check=CheckerAnswers(account, {**facts.first_check.answers, **answers})
    )


def test_a_mismatch_between_the_checkers_shuts_the_bedside_gate() -> None:
    facts = second(READY, C06_LABEL=Decimal(101), C01="K-1024")
    assert {(b.code, b.item) for b in compare_checks(facts)} == {
        ("MISMATCH", "C01"),
        ("MISMATCH", "C06_LABEL"),
    }
    assert ("DIFFERS", "C01") in why(gate(facts, "G3"))


def test_the_same_account_is_refused_as_second_checker() -> None:
    facts = second(READY, account="NUR.anna")
    assert [b.code for b in compare_checks(facts)] == ["SAME_PERSON"]
    assert gate(facts, "G3").status == "shut"
    one = evolve(READY, signatures=G1 + G2 + G3[:1] + G3[:1])
    assert gate(one, "G3").signers == ("NUR2",)


@pytest.mark.parametrize(
    ("item", "answer"),
    [
        ("C01", "K-1"),
        ("C02_BAG", "WAW-008"),
        ("C06_LABEL", Decimal("94.9")),
        ("C06_LABEL", Decimal("105.1")),
        ("C06_PUMP", Decimal(90)),
        ("C06_RATE1", Decimal(60)),
        ("C06_RATE2", Decimal(50)),
    ],
)
def test_a_check_that_differs_from_the_order_shuts_the_gate(item: str, answer: Answer) -> None:
    assert ("DIFFERS", item) in why(gate(second(READY, **{item: answer}), "G3"))


def test_a_label_five_percent_off_is_within_the_prescription() -> None:
    for volume in (Decimal(95), Decimal(105)):
        facts = second(READY, C06_LABEL=volume)
        assert ("DIFFERS", "C06_LABEL") not in why(gate(facts, "G3"))


def test_a_check_without_valid_fit_to_dose_is_shut() -> None:
    facts = evolve(READY, signatures=G2 + G3)
    assert ("G1_NOT_PASSED", "C09") in why(gate(facts, "G3"))


def test_the_use_before_must_leave_the_planned_time_and_a_quarter_hour() -> None:
    # 09:00 + 67.5 min + 15 min = 10:22:30
    for use_before, shut in [("10:22:30", True), ("10:22:31", False)]:
        product = Product(KIT, Decimal(100), at("07:30"), at(use_before), True)
        facts = evolve(READY, product=product, signatures=G1 + G2)
        assert (("USE_BEFORE_TOO_SOON", "C04") in why(gate(facts, "G3"))) is shut


def test_the_start_is_open_when_all_before_it_is_passed() -> None:
    assert why(gate(READY, "G4")) == []
    assert gate(READY, "G4").status == "open"
    assert gate(RUNNING, "G4").status == "passed"


def test_a_start_that_would_end_after_the_use_before_is_refused() -> None:
    # 11:20 + 67.5 min = 12:27:30, use before 12:20.
    late = evolve(
        READY,
        now=at("11:20"),
        baseline=vitals(at("11:00")),
        signatures=G1 + G2 + signed("G3", "NUR.anna", "NUR.piotr", at_time="10:55"),
    )
    assert why(gate(late, "G4")) == [("USE_BEFORE_TOO_SOON", "PR_USE_BEFORE")]
    assert gate(late, "G4").status == "shut"
    assert why(gate(evolve(late, now=at("11:12:29")), "G4")) == []
    assert why(gate(evolve(late, now=at("11:12:30")), "G4")) != []


@pytest.mark.parametrize(
    ("signatures", "code"),
    [(G2 + G3, "G1_NOT_PASSED"), (G1 + G3, "G2_NOT_PASSED"), (G1 + G2, "G3_NOT_PASSED")],
)
def test_a_start_without_an_earlier_gate_is_shut(signatures: Any, code: str) -> None:
    codes = [blocker.code for blocker in gate(evolve(READY, signatures=signatures), "G4").blockers]
    assert code in codes


def test_a_physician_alone_does_not_start() -> None:
    facts = evolve(READY, signatures=READY.signatures + signed("G4", "PHY.ewa"))
    assert gate(facts, "G4").status == "open"


def test_a_deferred_run_does_not_start() -> None:
    assert ("NOT_TODAY", "") in why(gate(evolve(READY, deferred=True), "G4"))


def test_a_gate_voided_after_the_start_is_signed_again_before_closing() -> None:
    void = signed("G1", "PHY.ewa", at_time="08:40", void=True)
    facts = evolve(
        LEAVING,
        signatures=void + G2 + G3 + G4 + signed("G6", "NUR.anna", at_time="11:45"),
    )
    assert gate(facts, "G1").status == "void"
    assert [b.parameters for b in gate(facts, "G7").blockers] == [{"gate": "G1"}]
    again = evolve(facts, signatures=facts.signatures + signed("G1", "PHY.ewa", at_time="11:50"))
    assert gate(again, "G7").blockers == ()


def test_a_well_participant_goes_home_with_the_nurse() -> None:
    status = gate(LEAVING, "G6")
    assert why(status) == []
    assert status.signers == ("NUR",)


def test_the_first_infusion_and_any_reaction_need_the_physician_to_leave() -> None:
    late = answered(evolve(LEAVING, now=at("12:50")), E05_TIME=at("12:45"))
    assert gate(evolve(late, infusion_number=1), "G6").signers == ("PHY",)
    assert gate(evolve(late, reaction_grade=1), "G6").signers == ("PHY",)


def test_leaving_a_minute_early_is_shut_and_two_hours_count_after_a_reaction() -> None:
    early = answered(LEAVING, E05_TIME=at("11:42:29"))
    assert why(gate(early, "G6")) == [("OBSERVATION_SHORT", "E02")]
    reaction = evolve(LEAVING, reaction_grade=1)
    assert why(gate(reaction, "G6")) == [("OBSERVATION_SHORT", "E02")]


def last(**change: Any) -> RunFacts:
    readings = {**LEAVING.vitals, "EOI+60": vitals(END + timedelta(minutes=60), **change)}
    return evolve(LEAVING, vitals=readings)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (last(temp=Decimal("38.0")), "FEVER"),
        (last(sysbp=Decimal(149)), "SYSTOLIC_CHANGED"),
        (last(pulse=Decimal(112)), "NEWS2_HIGH"),
        (last(consciousness="C"), "NEWS2_HIGH"),
        (last(temp=None), "VITALS_INCOMPLETE"),
        (evolve(LEAVING, vitals={}), "VITALS_INCOMPLETE"),
        (answered(LEAVING, E03=N), "FAILED"),
        (answered(LEAVING, E05_WALKING=N), "FAILED"),
        (without(LEAVING, "E06_SHEET"), "UNANSWERED"),
        (evolve(LEAVING, escort_required=True), "UNANSWERED"),
        (evolve(LEAVING, reaction_grade=2, reaction_resolved=False), "REACTION_OPEN"),
        (RUNNING, "NOT_ENDED"),
    ],
)
def test_an_unmet_criterion_keeps_the_participant(facts: RunFacts, code: str) -> None:
    assert code in [blocker.code for blocker in gate(facts, "G6").blockers]


@pytest.mark.parametrize("outcome", ["TRANSFERRED", "AGAINST_ADVICE", "DIED"])
def test_leaving_otherwise_skips_the_criteria(outcome: str) -> None:
    facts = answered(LEAVING, E05_OUTCOME=Code(outcome), E05_TIME=at("10:50"), E03=N)
    assert why(gate(evolve(facts, vitals={}), "G6")) == []


CLOSING = evolve(LEAVING, signatures=G1 + G2 + G3 + G4 + signed("G6", "NUR.anna"))


def test_the_nurse_then_the_physician_close_the_run() -> None:
    assert why(gate(CLOSING, "G7")) == []
    assert gate(CLOSING, "G7").signers == ("NUR", "PHY")
    half = evolve(CLOSING, signatures=CLOSING.signatures + signed("G7", "NUR.anna"))
    assert gate(half, "G7").signers == ("PHY",)
    both = evolve(half, signatures=half.signatures + signed("G7", "PHY.ewa"))
    assert gate(both, "G7").status == "passed"
    early = signed("G7", "PHY.ewa", at_time="08:49")
    assert gate(evolve(half, signatures=half.signatures + early), "G7").signers == ("PHY",)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (without(CLOSING, "E08_BAG"), "UNANSWERED"),
        (without(CLOSING, "D08_GIVEN"), "UNANSWERED"),
        (evolve(CLOSING, interruptions=(Interruption(at("09:30")),)), "PAUSE_OPEN"),
        (evolve(CLOSING, open_items=("V2/1/infusion/1/main/1/D03_PUMP",)), "OPEN_ITEM"),
        (evolve(CLOSING, deviations_classified=False), "DEVIATIONS_OPEN"),
        (answered(CLOSING, D08_LEFT=Decimal("10.1")), "VOLUME_OFF"),
        (answered(CLOSING, D08_GIVEN=Decimal(60), D08_LEFT=Decimal(40)), "COMPLETED_WITH_REST"),
        (evolve(CLOSING, vitals={**CLOSING.vitals, "T30": vitals()}), "POINT_UNREPORTED"),
    ],
)
def test_a_run_with_something_open_is_not_closed(facts: RunFacts, code: str) -> None:
    assert code in [blocker.code for blocker in gate(facts, "G7").blockers]


def test_a_missed_point_with_a_reason_does_not_hold_the_run() -> None:
    readings = {code: r for code, r in CLOSING.vitals.items() if code != "T30"}
    facts = evolve(CLOSING, vitals=readings, vitals_not_done=frozenset({"T30"}))
    assert why(gate(facts, "G7")) == []


def test_an_answer_that_would_have_failed_no_longer_holds_a_finished_run() -> None:
    assert why(gate(answered(CLOSING, E09=N, E09_EVENT="bag seen"), "G7")) == []
    assert HOME["E09"] == Y


def test_every_blocker_speaks_both_languages() -> None:
    empty = evolve(ARRIVED, answers={}, baseline=None, dosing_permitted=False)
    for name in ("G1", "G2", "G3", "G4", "G6", "G7"):
        for blocker in gate(empty, name).blockers:
            assert blocker.en.endswith(".")
            assert blocker.pl.endswith(".")
            assert blocker.en != blocker.pl


def test_a_gate_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="no gate"):
        gate(ARRIVED, "G9")


def test_a_gate_never_signed_before_the_start_stays_shut_with_its_blockers() -> None:
    facts = answered(evolve(RUNNING, signatures=G2 + G3 + G4), A08=Y)
    assert gate(facts, "G1").status == "shut"
    assert ("FAILED", "A08") in why(gate(facts, "G1"))
    late = evolve(facts, signatures=facts.signatures + signed("G1", "PHY.ewa", at_time="09:10"))
    assert gate(late, "G1").status == "shut"


def test_a_gate_only_half_signed_before_the_start_keeps_its_blockers() -> None:
    facts = second(evolve(RUNNING, signatures=G1 + G2 + G3[:1] + G4), C06_PUMP=Decimal(90))
    assert gate(facts, "G3").status == "shut"
    assert gate(evolve(facts, signatures=G1 + G2 + G3 + G4), "G3").status == "passed"


@pytest.mark.parametrize("void", [False, True])
def test_a_gate_signed_before_the_start_is_never_shut_by_a_later_lapse(void: bool) -> None:
    first = signed("G1", "PHY.ewa", at_time="08:40", void=void)
    facts = answered(evolve(RUNNING, signatures=first + G2 + G3 + G4), A08=Y)
    assert gate(facts, "G1").status == ("void" if void else "passed")
    # Nothing expires during an open run either.
    assert gate(evolve(RUNNING, now=at("13:30")), "G1").status == "passed"


def test_a_gate_forgotten_before_the_start_can_still_be_signed_after_the_use_before() -> None:
    facts = evolve(RUNNING, now=at("13:00"), signatures=G1 + G4)
    assert why(gate(facts, "G2")) == []
    assert gate(facts, "G2").status == "open"
    assert gate(facts, "G3").status == "open"


def test_an_incomplete_baseline_over_a_hold_limit_says_both() -> None:
    crisis = vitals(at("08:35"), sysbp=Decimal(62), oxysat=Decimal(84), resp=None, temp=None)
    found = gate(evolve(ARRIVED, baseline=crisis), "G1").blockers
    assert [b.code for b in found] == [
        "VITALS_INCOMPLETE",
        "VITALS_HOLD",
        "VITALS_HOLD",
        "NEWS2_HOLD",
    ]
    assert "at least 6" in found[-1].en
    assert "co najmniej 6" in found[-1].pl


def test_a_newer_incomplete_reading_over_a_hold_limit_shuts_the_gate_in_spite_of_overrides() -> (
    None
):
    crisis = vitals(at("08:50"), sysbp=Decimal(62), oxysat=Decimal(84), resp=None, temp=None)
    facts = evolve(
        ARRIVED,
        signatures=G1,
        later_readings=(crisis,),
        overrides=frozenset({"A21", "A22"}),
    )
    status = gate(facts, "G1")
    assert status.status == "shut"
    assert {b.code for b in status.blockers} == {"VITALS_INCOMPLETE", "VITALS_HOLD", "NEWS2_HOLD"}
    assert "A21" not in status.clear


def test_a_newer_incomplete_reading_without_a_hold_keeps_the_complete_baseline() -> None:
    facts = evolve(ARRIVED, later_readings=(vitals(at("08:50"), resp=None, temp=None),))
    assert gate(facts, "G1").blockers == ()


def test_a_severe_event_of_unassessed_causality_shuts_fit_to_dose_and_no_override_opens_it() -> (
    None
):
    facts = evolve(ARRIVED, unassessed_grade=4, signatures=G1, overrides=frozenset({""}))
    (blocker,) = gate(facts, "G1").blockers
    assert (blocker.code, blocker.overridable) == ("CAUSALITY_OPEN", False)
    assert "causality is not assessed yet" in blocker.en
    assert "jeszcze nie oceniono" in blocker.pl
    assert gate(facts, "G1").status == "shut"


def test_a_reading_over_a_hold_limit_voids_every_fit_to_dose_signed_before_it() -> None:
    before, after = G1, signed("G1", "PHY.ewa", at_time="08:52")
    found = void_by_hold(before + after + G2, at("08:51"))
    assert [entry.void for entry in found] == [True, False, False, False]
    assert void_by_hold(before, None) == before
    facts = evolve(ARRIVED, signatures=void_by_hold(before, at("08:51")))
    assert (gate(facts, "G1").status, gate(facts, "G1").signers) == ("void", ("PHY",))


@pytest.mark.parametrize(("taken", "shut"), [("08:30", False), ("08:29:59", True)])
def test_a_baseline_older_than_half_an_hour_shuts_the_start(taken: str, shut: bool) -> None:
    facts = evolve(READY, baseline=vitals(at(taken)))
    assert (("BASELINE_OLD", "A21") in why(gate(facts, "G4"))) is shut


def test_a_baseline_of_unknown_time_shuts_the_start() -> None:
    assert ("BASELINE_OLD", "A21") in why(gate(evolve(READY, baseline=vitals()), "G4"))


def test_nothing_starts_before_the_participant_has_arrived() -> None:
    assert why(gate(evolve(READY, arrived_at=None), "G4")) == [("NOT_ARRIVED", "")]
    # What was started is not stopped by it.
    assert gate(evolve(RUNNING, arrived_at=None), "G4").status == "passed"


def test_a_third_checker_keeps_the_bedside_gate_shut_until_the_start() -> None:
    facts = evolve(READY, further_checkers=("NUR.ola",))
    assert why(gate(facts, "G3")) == [("THIRD_CHECK", "C01")]
    assert gate(evolve(RUNNING, further_checkers=("NUR.ola",)), "G3").status == "passed"


def test_a_gate_signed_before_the_clock_went_back_is_expired_until_signed_anew() -> None:
    old = tuple(evolve(entry, clock_set_back=True) for entry in signed("G1", "PHY.ewa"))
    facts = evolve(ARRIVED, signatures=old)
    status = gate(facts, "G1")
    assert (status.status, status.signers) == ("expired", ("PHY",))
    # Signed anew by a clock that shows an earlier time than the old signature.
    anew = gate(evolve(facts, signatures=old + signed("G1", "PHY.ewa", at_time="08:20")), "G1")
    assert (anew.status, anew.valid_until) == ("passed", at("12:20"))


def test_the_grade_of_an_earlier_reaction_is_held_against_the_study() -> None:
    facts = answered(ARRIVED, A14_REACTION=Y, A14_GRADE=Code("2"))
    assert gate(facts, "G1").blockers == ()
    stricter = evolve(facts, limits=evolve(facts.limits, prior_grade=2))
    assert why(gate(stricter, "G1")) == [("FAILED", "A14_GRADE")]


def test_the_rise_over_baseline_at_discharge_is_the_study_s() -> None:
    risen = last(pulse=Decimal(112))
    assert why(gate(risen, "G6")) == [("NEWS2_HIGH", "NEWS2")]
    wider = evolve(risen, limits=evolve(risen.limits, discharge_news2_rise=2))
    assert why(gate(wider, "G6")) == []
