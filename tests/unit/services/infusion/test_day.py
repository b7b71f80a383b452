"""A whole infusion day through the services, and what the gates refuse on the way."""

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import day_steps

from msclinic.domain.errors import UserError
from msclinic.domain.infusion.run import run_state
from msclinic.services.infusion.actions import GateShut, sign_gate, start_infusion
from msclinic.services.infusion.facts import run_facts
from msclinic.services.infusion.today import next_due, today_view
from msclinic.services.infusion.view import run_view

# What keeps the gates shut once a state is reached, by the first codes named.
REFUSED = {
    "PLANNED": {"G1": "UNANSWERED", "G2": "NO_PRODUCT", "G3": "CHECK_MISSING", "G7": None},
    "ARRIVED": {"G1": "UNANSWERED", "G2": "NO_PRODUCT", "G4": "G1_NOT_PASSED"},
    "FIT": {"G2": "NO_PRODUCT", "G3": "CHECK_MISSING", "G4": "G2_NOT_PASSED"},
    "AT_BEDSIDE": {"G3": "CHECK_MISSING", "G4": "G3_NOT_PASSED", "G6": "NOT_ENDED"},
    "VERIFIED": {"G6": "NOT_ENDED", "G7": "GATE_UNSIGNED"},
    "RUNNING": {"G6": "NOT_ENDED", "G7": "GATE_UNSIGNED"},
    "ENDED": {"G6": "OBSERVATION_SHORT", "G7": "GATE_UNSIGNED"},
    "OBSERVING": {"G6": "UNANSWERED", "G7": "GATE_UNSIGNED"},
    "DISCHARGED": {"G7": "UNANSWERED"},
    "SIGNED": {},
}
SIGNERS = {
    "G1": "PHY-01",
    "G2": "PREP-01",
    "G3": "NUR-04",
    "G4": "NUR-04",
    "G6": "PHY-01",
    "G7": "NUR-04",
}
SHOWN = {
    "FIT": "FIT",
    "ENDED": "OBSERVING",
}


def test_a_day_from_arrival_to_signed_with_every_gate_refused_before_its_time(clinic):
    participant = clinic.enrol(7)
    nurse = clinic.session("NUR-04")
    for state in day_steps(clinic, participant, "V1"):
        with nurse.store.read() as reader:
            reached = run_state(run_facts(nurse, reader, participant, "V1")).name
        assert reached == SHOWN.get(state, state)
        for gate, code in REFUSED[state].items():
            account = SIGNERS[gate]
            with pytest.raises(GateShut) as refused:
                sign_gate(clinic.session(account), participant, "V1", gate, PASSWORDS[account])
            assert code is None or code in refused.value.codes
        if state in ("PLANNED", "ARRIVED", "FIT", "AT_BEDSIDE", "VERIFIED"):
            with pytest.raises(GateShut):
                start_infusion(nurse, participant, "V1")
        if state == "RUNNING":
            _running(clinic, participant)
    view = run_view(nurse, participant, "V1")
    assert {gate.status for gate in view.gates.values()} == {"passed"}
    assert all(phase.done and not phase.left for phase in view.phases)
    assert not view.deviations
    with pytest.raises(UserError) as again:
        sign_gate(nurse, participant, "V1", "G7", PASSWORDS["NUR-04"])
    assert again.value.code == "already_signed"
    (card,) = today_view(nurse).cards
    assert card.status == "closed"
    assert set(card.segments) == {"done"}


def _running(clinic, participant):
    nurse = clinic.session("NUR-04")
    view = run_view(nurse, participant, "V1")
    assert view.phase == "running"
    assert view.next_round is not None
    assert (view.next_round.point, view.next_round.status) == ("T15", "to_come")
    assert view.next_round.line
    assert view.next_round.symptoms
    minutes = (view.planned_end - view.now).total_seconds() / 60
    assert minutes == 67.5
    today = today_view(nurse)
    assert (today.running, today.expected, today.blocked) == (1, 1, 0)
    assert today.cards[0].segments[:3] == ("done", "done", "now")
    assert [due.chair for due in next_due(nurse)] == [2]
    assert next_due(nurse)[0].minutes == 15
