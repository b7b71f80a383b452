"""A kit goes to one participant at one visit: a second assignment keeps every gate shut."""

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.clinic import Clinic
from tests.infusion_day import play_day
from tests.journal_writer import DATA_KEY, STUDY, STUDY_VERSION, Writer
from tests.lives import KIT

from msclinic.domain.errors import UserError
from msclinic.domain.printed_numbers import bare_number
from msclinic.domain.values import Code
from msclinic.record import Draft
from msclinic.services.context import form_context
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.given_numbers import KIT as KIT_FORM
from msclinic.services.given_numbers import given_elsewhere
from msclinic.services.infusion.gates import gate_of, read_run
from msclinic.store import Store

WHY = {"code": "1", "text": ""}


def assign(clinic: Clinic, participant: str, visit: str, kit: str) -> FormEntry:
    """The coordinator types the kit twice."""
    entry = FormEntry(clinic.session("CRC-01"), participant, visit, "kit_assignment")
    for item in ("KIT_NUMBER", "KIT_NUMBER_AGAIN"):
        reason = WHY if entry.value(item) is not None else None
        assert entry.answer(entry.ref(item), kit, reason=reason).accepted
    return entry


def said(entry: FormEntry) -> set[str]:
    return {finding.code for finding in entry.state(entry.ref("KIT_NUMBER")).findings}


def taken(clinic: Clinic, participant: str, visit: str) -> bool:
    session = clinic.session("NUR-04")
    with session.store.read() as reader:
        found = form_context(session, reader, participant, visit, names={"KIT_TAKEN"})
    return found["KIT_TAKEN"] is True


def blockers(clinic: Clinic, participant: str, visit: str, gate: str) -> set[str]:
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        run = read_run(nurse, reader, participant, visit)
        return {blocker.code for blocker in gate_of(nurse, run, gate).blockers}


@pytest.mark.parametrize("kit", [KIT, KIT.lower(), f" {KIT.replace('-', ' ')} "])
def test_a_kit_of_another_participant_is_found_as_it_is_typed(clinic: Clinic, kit: str) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    assert "KIT_TAKEN" not in said(assign(clinic, first, "V1", KIT))
    entry = assign(clinic, second, "V3", kit)
    assert "KIT_TAKEN" in said(entry)
    assert "KIT_TAKEN" in blockers(clinic, second, "V3", "G1")
    # Corrected, it is free, and so is the first one again.
    assert taken(clinic, first, "V1")
    assert "KIT_TAKEN" not in said(assign(clinic, second, "V3", "K-999001"))
    assert not taken(clinic, first, "V1")


def test_a_kit_of_an_earlier_visit_is_taken_too(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    assign(clinic, participant, "V1", KIT)
    assert "KIT_TAKEN" in said(assign(clinic, participant, "V2", KIT))


def test_the_finding_does_not_say_whose_kit_it_is_and_nobody_overrides_it(clinic: Clinic) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    assign(clinic, first, "V1", KIT)
    entry = assign(clinic, second, "V2", KIT)
    (finding,) = [
        one for one in entry.state(entry.ref("KIT_NUMBER")).findings if one.code == "KIT_TAKEN"
    ]
    assert all("PL01" not in text for text in finding.message.values())
    assert finding.parameters["overridable"] == "false"
    physician = FormEntry(clinic.session("PHY-01"), second, "V2", "kit_assignment")
    with pytest.raises(UserError) as refusal:
        physician.override(physician.ref("KIT_NUMBER"), "it is the right one")
    assert refusal.value.code == "never_overridable"


def test_a_kit_whose_assignment_was_entered_in_error_is_free(clinic: Clinic) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    wrong = assign(clinic, first, "V1", KIT)
    with recording(clinic.session("CRC-01")) as act:
        act.set(
            "form_reopened",
            wrong.prefix,
            {"type": "code", "value": "entered_in_error"},
            participant=first,
            reason=WHY,
        )
    assert "KIT_TAKEN" not in said(assign(clinic, second, "V2", KIT))


def test_a_slip_at_another_chair_says_nothing_of_a_dose_already_begun(clinic: Clinic) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    play_day(clinic, first, "V1", until="RUNNING")
    entry = assign(clinic, second, "V2", KIT)
    assert "KIT_TAKEN" in said(entry)
    assert not taken(clinic, first, "V1")
    assert "KIT_TAKEN" not in blockers(clinic, first, "V1", "G1")


def test_a_kit_assigned_twice_after_the_check_keeps_verification_and_start_shut(
    clinic: Clinic,
) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    play_day(clinic, first, "V1", until="VERIFIED")
    assert "GATE_NOT_PASSED" not in blockers(clinic, first, "V1", "G4")
    assign(clinic, second, "V2", KIT)
    for gate in ("G3", "G4"):
        assert blockers(clinic, first, "V1", gate), gate
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        run = read_run(nurse, reader, first, "V1")
        assert {name: gate_of(nurse, run, name).status for name in ("G1", "G3", "G4")} == (
            dict.fromkeys(("G1", "G3", "G4"), "shut")
        )


def test_a_missing_number_is_nobodys(clinic: Clinic) -> None:
    first, second = clinic.enrol(1), clinic.enrol(2)
    for participant in (first, second):
        entry = FormEntry(clinic.session("CRC-01"), participant, "V2", "kit_assignment")
        entry.answer(entry.ref("KIT_ASSIGNED_AT"), clinic.clock.now())
        assert not taken(clinic, participant, "V2")
        assert said(entry) == set()
        assert entry.value("KIT_NUMBER") != Code("Y")


SIGNS = st.text(alphabet="kK1 2-/é１ſﬁ", max_size=6)


@settings(max_examples=25, deadline=None)
@given(given_before=st.lists(SIGNS, max_size=8), number=SIGNS)
def test_what_is_found_in_the_index_is_what_is_found_among_all_numbers(given_before, number):
    said = [one for one in (text.strip() for text in given_before) if one]
    with TemporaryDirectory() as folder, Store.create(Path(folder) / "x.db", DATA_KEY) as store:
        writer = Writer()
        with store.write() as uow:
            uow.put_study(STUDY_VERSION, STUDY)
            for place, text in enumerate(said):
                path = f"V1/1/{KIT_FORM}/1/kit/1/KIT_NUMBER"
                value = {"type": "text", "value": text}
                uow.append(writer.act(Draft("answered", f"{place:032x}", path, value)))
        with store.read() as reader:
            found = given_elsewhere(reader, "f" * 32, f"V2/1/{KIT_FORM}/1", "KIT_NUMBER", number)
    assert found == (bare_number(number) in map(bare_number, said))
