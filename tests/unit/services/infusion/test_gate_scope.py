"""What a gate's signature must cover before it counts for anything."""

from datetime import timedelta

import pytest
from tests.infusion_day import answer_fit, assign_kit

from msclinic.domain.infusion.gates import GATES
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.infusion.facts import run_facts
from msclinic.services.infusion.gate_scope import gate_forms, gate_scope
from msclinic.services.infusion.readings import baseline_paths
from msclinic.services.infusion.visit_record import read_visit
from msclinic.services.signing import add_signature


def facts(clinic, participant, visit="V1"):
    session = clinic.session("PHY-01")
    with session.store.read() as reader:
        return run_facts(session, reader, participant, visit)


def counted(clinic, participant, visit="V1"):
    return [one.gate for one in facts(clinic, participant, visit).signatures]


def record_of(clinic, participant, visit="V1"):
    with clinic.session("PHY-01").store.read() as reader:
        return read_visit(reader, participant, visit)


def forms_of(clinic):
    return gate_forms(clinic.session("PHY-01").study, "V1")


def put(clinic, participant, account, gate, scope, extra=()):
    """A signature as another program might have written it, past the service that checks."""
    with recording(clinic.session(account)) as act:
        add_signature(act, participant, scope, gate, extra)


@pytest.fixture
def answered(run_at):
    """Everything that G1 asks for is answered and nobody has signed."""
    clinic, participant = run_at("ARRIVED")
    assign_kit(clinic, participant, "V1")
    answer_fit(clinic, participant, "V1")
    clinic.clock.turn(timedelta(minutes=1))
    return clinic, participant


def test_every_signature_of_a_whole_day_covers_its_gate(run_at):
    clinic, participant = run_at("SIGNED")
    found = facts(clinic, participant).signatures
    assert sorted(one.gate for one in found) == sorted([*GATES, "G2", "G3", "G7"])
    assert not any(one.void for one in found)


@pytest.mark.parametrize(
    "scope",
    ["V1/1/kit_assignment/1", "V1/1/vital_signs/1", "V1/1/fit_to_dose/1/arrival", "V1/1", ""],
)
def test_a_signature_over_something_else_passes_no_gate(answered, scope):
    clinic, participant = answered
    record = record_of(clinic, participant)
    put(
        clinic,
        participant,
        "PHY-01",
        "G1",
        scope,
        gate_scope(record, "G1", (), forms_of(clinic))[1],
    )
    assert counted(clinic, participant) == []


def test_a_signature_without_the_baseline_and_the_kit_does_not_pass_g1(answered):
    clinic, participant = answered
    record = record_of(clinic, participant)
    scope, extra = gate_scope(record, "G1", baseline_paths(record), forms_of(clinic))
    for left_out in (extra, extra[:1], extra[-1:]):
        listed = [path for path in extra if path not in left_out]
        put(clinic, participant, "PHY-01", "G1", scope, listed)
    assert counted(clinic, participant) == []
    put(clinic, participant, "PHY-01", "G1", scope, extra)
    assert counted(clinic, participant) == ["G1"]


def test_a_signature_over_another_visit_passes_no_gate(run_at):
    clinic, participant = run_at("FIT")
    record = record_of(clinic, participant)
    scope, extra = gate_scope(record, "G1", baseline_paths(record), forms_of(clinic))
    put(clinic, participant, "PHY-01", "G1", scope, extra)
    assert counted(clinic, participant, "V2") == []


def test_a_signature_over_nothing_passes_no_gate(run_at):
    clinic, participant = run_at("ARRIVED")
    for account, gate, scope in (
        ("PREP-01", "G2", "V1/1/product_release/1"),
        ("NUR-04", "G4", ""),
        ("NUR-04", "G7", "V1/1/after_infusion/1"),
    ):
        put(clinic, participant, account, gate, scope)
    assert counted(clinic, participant) == []


def test_a_signature_at_the_start_that_leaves_the_release_out_passes_nothing(run_at):
    clinic, participant = run_at("VERIFIED")
    nurse = FormEntry(clinic.session("NUR-04"), participant, "V1", "infusion")
    nurse.answer(nurse.ref("D03_PUMP"), "P-12")
    clinic.clock.turn(timedelta(minutes=1))
    put(clinic, participant, "NUR-04", "G4", "", [nurse.path(nurse.ref("D03_PUMP"))])
    assert "G4" not in counted(clinic, participant)


def test_a_void_signature_counts_as_void_and_passes_nothing(run_at):
    clinic, participant = run_at("FIT")
    clinic.clock.turn(timedelta(minutes=1))
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    site = fit.ref("A24_ATTEMPTS")
    fit.answer(site, 3, reason={"code": "1", "text": ""})
    (signature,) = facts(clinic, participant).signatures
    assert (signature.gate, signature.void) == ("G1", True)
