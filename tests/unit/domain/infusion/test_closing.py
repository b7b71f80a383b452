"""What still keeps a finished run open, and what is a deviation by then."""

from attrs import evolve
from tests.unit.domain.infusion.a_run import G1, G2, G3, G4, LEAVING, signed

from msclinic.domain.infusion import GateStatus, deviations, gate

CLOSING = evolve(LEAVING, signatures=G1 + G2 + G3 + G4 + signed("G6", "NUR.anna", at_time="11:45"))


def why(status: GateStatus) -> list[tuple[str, str]]:
    return [(blocker.code, blocker.item) for blocker in status.blockers]


def test_a_run_begun_without_a_gate_that_nobody_can_sign_any_more_can_be_closed() -> None:
    facts = evolve(
        CLOSING,
        stop_reasons=frozenset({"S12"}),
        signatures=G2 + signed("G6", "NUR.anna", at_time="11:45"),
    )
    assert [gate(facts, name).status for name in ("G1", "G3", "G4")] == ["shut"] * 3
    assert why(gate(facts, "G7")) == []
    begun = [d.parameters for d in deviations(facts) if d.code == "START_BEFORE_GATE"]
    assert begun == [{"gate": "G1"}, {"gate": "G3"}, {"gate": "G4"}]
    left_open = evolve(facts, deviations_classified=False)
    assert why(gate(left_open, "G7")) == [("DEVIATIONS_OPEN", "")]


def test_a_forgotten_gate_that_can_still_be_signed_is_signed_before_closing() -> None:
    facts = evolve(CLOSING, signatures=G2 + G3 + G4 + signed("G6", "NUR.anna", at_time="11:45"))
    assert gate(facts, "G1").status == "open"
    assert [b.parameters for b in gate(facts, "G7").blockers] == [{"gate": "G1"}]
    # Shut by a form's own rule it can no longer be signed.
    assert why(gate(evolve(facts, passed_over=frozenset({"G1"})), "G7")) == []


def test_a_run_closed_by_both_is_reopened_by_a_blank_and_not_by_what_is_found_later() -> None:
    both = signed("G7", "NUR.anna", at_time="11:50") + signed("G7", "PHY.ewa", at_time="11:55")
    closed = evolve(CLOSING, signatures=CLOSING.signatures + both)
    later = evolve(closed, reaction_seen=True, deviations_classified=False)
    assert gate(later, "G6").status == "shut"
    assert gate(later, "G7").status == "passed"
    left = {item: answer for item, answer in later.answers.items() if item != "E08_BAG"}
    blank = evolve(later, answers=left)
    assert gate(blank, "G7").status == "shut"
    once = evolve(later, signatures=CLOSING.signatures + both[:1])
    assert gate(once, "G7").status == "shut"
