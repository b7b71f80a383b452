"""A clock set back revives no gate: what was signed before is signed again before the start."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import check_bedside

from msclinic.services.infusion.actions import (
    GateShut,
    sign_gate,
    start_infusion,
)
from msclinic.services.infusion.view import run_view


def status(clinic, participant, gate):
    return run_view(clinic.session("PHY-01"), participant, "V1").gates[gate].status


def refused(clinic, participant, account="NUR-04"):
    with pytest.raises(GateShut) as shut:
        start_infusion(clinic.session(account), participant, "V1")
    return shut.value.codes


def test_a_start_forty_minutes_after_g3_stays_refused_when_the_clock_is_set_back(run_at):
    clinic, participant = run_at("VERIFIED")
    sign_gate(clinic.session("NUR-04"), participant, "V1", "G4", PASSWORDS["NUR-04"])
    clinic.clock.turn(timedelta(minutes=40))
    assert status(clinic, participant, "G3") == "expired"
    clinic.clock.jump(timedelta(minutes=-38))
    # G3 hangs on G1, whose age is not known any more either.
    assert status(clinic, participant, "G1") == "expired"
    assert status(clinic, participant, "G3") == "shut"
    assert "G3_NOT_PASSED" in refused(clinic, participant)
    # Recorded by now, and no different.
    assert "G3_NOT_PASSED" in refused(clinic, participant)


def test_after_the_jump_the_physician_and_both_nurses_sign_again(run_at):
    clinic, participant = run_at("VERIFIED")
    clinic.session("PHY-01")
    clinic.clock.turn(timedelta(minutes=20))
    clinic.clock.jump(timedelta(minutes=-15))
    assert status(clinic, participant, "G1") == "expired"
    signed = sign_gate(clinic.session("PHY-01"), participant, "V1", "G1", PASSWORDS["PHY-01"])
    assert signed.status == "passed"
    for account in ("NUR-04", "NUR-06"):
        check_bedside(clinic, account, participant, "V1")
    for account in ("NUR-04", "NUR-06"):
        sign_gate(clinic.session(account), participant, "V1", "G3", PASSWORDS[account])
    assert status(clinic, participant, "G3") == "passed"


def test_a_clock_set_back_after_the_start_takes_nothing_from_the_gates(run_at):
    clinic, participant = run_at("RUNNING")
    before = {gate: status(clinic, participant, gate) for gate in ("G1", "G3")}
    clinic.clock.jump(timedelta(minutes=-5))
    assert {gate: status(clinic, participant, gate) for gate in ("G1", "G3")} == before
