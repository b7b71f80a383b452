"""No dose without consent: every form of the visit with a check of a gate keeps that gate shut."""

import shutil
from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import answer_fit, assign_kit, release

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.actions import (
    GateShut,
    sign_gate,
    start_infusion,
)
from msclinic.services.infusion.gate_scope import gate_forms
from msclinic.services.infusion.gates import gate_of, read_run
from msclinic.shipped import shipped_study
from msclinic.study import load_study

REASON = {"code": "1", "text": ""}


def gate(clinic, participant, name, account="PHY-01"):
    session = clinic.session(account)
    with session.store.read() as reader:
        return gate_of(session, read_run(session, reader, participant, "V1"), name)


def sign(clinic, participant, account, name):
    return sign_gate(clinic.session(account), participant, "V1", name, PASSWORDS[account])


def consent(clinic, participant):
    return FormEntry(clinic.session("PHY-01"), participant, "V1", "consent")


def change(entry, item, answer):
    assert entry.answer(entry.ref(item), answer, reason=REASON).accepted


def codes(status):
    return {blocker.code for blocker in status.blockers}


@pytest.fixture
def fit_without_consent(run_at):
    """A participant who has arrived and has a kit; consent was not asked again today."""
    clinic, participant = run_at("ARRIVED")
    assign_kit(clinic, participant, "V1")
    return clinic, participant


def test_g1_asks_for_the_consent_of_the_day(fit_without_consent):
    clinic, participant = fit_without_consent
    found = [b for b in gate(clinic, participant, "G1").blockers if b.code == "NOT_CONFIRMED"]
    assert [(b.en, b.pl) for b in found] == [
        ("Consent: not confirmed today.", "Zgoda: dziś nie potwierdzono.")
    ]
    answer_fit(clinic, participant, "V1")
    assert gate(clinic, participant, "G1").blockers == ()


def test_a_consent_begun_and_left_blank_keeps_g1_shut(fit_without_consent):
    clinic, participant = fit_without_consent
    change(consent(clinic, participant), "CONSENT_STATUS", Code("SIGNED"))
    blank = {b.item for b in gate(clinic, participant, "G1").blockers if b.code == "UNANSWERED"}
    assert {"CONSENT_VERSION", "STILL_WILLING"} <= blank


@pytest.mark.parametrize(
    ("item", "answer", "code"),
    [
        ("CONSENT_STATUS", Code("WITHDRAWN"), "CONSENT_NOT_SIGNED"),
        ("CONSENT_STATUS", Code("NOT_SIGNED"), "CONSENT_NOT_SIGNED"),
        ("CONSENT_VERSION", "0.9", "CONSENT_VERSION_OLD"),
        ("STILL_WILLING", Code("N"), "NOT_WILLING"),
    ],
)
def test_nobody_signs_g1_over_a_consent_that_does_not_hold(run_at, item, answer, code):
    clinic, participant = run_at("ARRIVED")
    assign_kit(clinic, participant, "V1")
    answer_fit(clinic, participant, "V1")
    change(consent(clinic, participant), item, answer)
    with pytest.raises(GateShut) as shut:
        sign(clinic, participant, "PHY-01", "G1")
    assert code in shut.value.codes
    assert not any(b.overridable for b in shut.value.blockers if b.code == code)


def test_the_signature_at_g1_covers_the_consent_and_a_change_voids_it(run_at):
    clinic, participant = run_at("FIT")
    assert gate(clinic, participant, "G1").status == "passed"
    clinic.clock.turn(timedelta(minutes=1))
    change(consent(clinic, participant), "CONSENT_VERSION", "0.9")
    assert gate(clinic, participant, "G1").status == "shut"
    change(consent(clinic, participant), "CONSENT_VERSION", "1.0")
    assert gate(clinic, participant, "G1").status == "void"


@pytest.mark.parametrize("signed_g4", [False, True])
def test_consent_withdrawn_after_the_bedside_check_stops_the_start(run_at, signed_g4):
    clinic, participant = run_at("VERIFIED")
    if signed_g4:
        sign(clinic, participant, "NUR-04", "G4")
    clinic.clock.turn(timedelta(minutes=1))
    change(consent(clinic, participant), "CONSENT_STATUS", Code("WITHDRAWN"))
    for name in ("G1", "G3", "G4"):
        assert gate(clinic, participant, name).status == "shut", name
    with pytest.raises(GateShut):
        start_infusion(clinic.session("NUR-04"), participant, "V1")
    if not signed_g4:
        with pytest.raises(GateShut) as shut:
            sign(clinic, participant, "NUR-04", "G4")
        assert "G1_NOT_PASSED" in shut.value.codes


def test_consent_withdrawn_while_it_runs_never_stops_the_run(run_at):
    clinic, participant = run_at("RUNNING")
    clinic.clock.turn(timedelta(minutes=1))
    change(consent(clinic, participant), "CONSENT_STATUS", Code("WITHDRAWN"))
    assert gate(clinic, participant, "G1").status == "void"
    assert gate(clinic, participant, "G4").status == "passed"


@pytest.fixture
def other_study(tmp_path):
    """The shipped study with gate checks in a form of the visit and in one of the log."""
    folder = tmp_path / "study"
    shutil.copytree(shipped_study(), folder)
    check = """
        checks:
          - code: {code}
            kind: gate
            gate: {gate}
            overridable: false
            assert: "{condition}"
            message: {{en: Not so., pl: Nie tak.}}
"""
    for form, item, code, at, condition in (
        ("pregnancy_test", "HCG_LBORRES", "HCG_GATE", "G2", "HCG_LBORRES == 'NEG'"),
        ("concomitant_medication", "CMTRT", "CM_GATE", "G1", "CMTRT != 'forbidden'"),
    ):
        file = folder / "forms" / f"{form}.yaml"
        text = file.read_text(encoding="utf-8")
        start = text.index(f"- item: {item}\n")
        end = text.index("      - item:", start + 1)
        block = text[start:end]
        assert "checks:" not in block
        added = check.format(code=code, gate=at, condition=condition)
        text = text[:start] + block.rstrip("\n") + added + text[end:]
        file.write_text(text, encoding="utf-8")
    return load_study(folder)


def test_the_forms_of_a_gate_are_those_whose_checks_name_it(other_study):
    shipped = gate_forms(load_study(shipped_study()), "V1")
    assert shipped["G1"] == ("consent", "vital_signs", "kit_assignment", "fit_to_dose")
    assert shipped["G2"] == ("product_release",)
    assert gate_forms(other_study, "V1")["G2"] == ("pregnancy_test", "product_release")
    assert gate_forms(other_study, "LOG") == {"G1": ("concomitant_medication",)}


def test_a_check_of_any_form_of_the_visit_keeps_its_gate_shut(run_at, other_study):
    clinic, participant = run_at("FIT")
    prepared = clinic.clock.now() - timedelta(minutes=65)
    later = prepared + timedelta(hours=4)
    release(clinic, participant, "V1", prepared_at=prepared, use_before=later)
    assert gate(clinic, participant, "G2").status == "open"
    clinic.session("PHY-01").study = other_study
    assert codes(gate(clinic, participant, "G2")) == {"NOT_CONFIRMED"}
    test = FormEntry(clinic.session("NUR-04"), participant, "V1", "pregnancy_test")
    change(test, "HCG_LBORRES", Code("POS"))
    assert codes(gate(clinic, participant, "G2")) == {"HCG_GATE"}
    change(test, "HCG_LBORRES", Code("NEG"))
    assert "HCG_GATE" not in codes(gate(clinic, participant, "G2"))


def test_a_check_of_a_form_of_the_log_shuts_a_gate_that_was_signed(run_at, other_study):
    clinic, participant = run_at("VERIFIED")
    clinic.session("PHY-01").study = other_study
    assert gate(clinic, participant, "G1").status == "passed"
    nurse = clinic.session("NUR-04")
    drug = FormEntry(nurse, participant, "LOG", "concomitant_medication", form_key=random_key())
    change(drug, "CMTRT", "forbidden")
    assert codes(gate(clinic, participant, "G1")) == {"CM_GATE"}
    assert "G1_NOT_PASSED" in codes(gate(clinic, participant, "G4"))
