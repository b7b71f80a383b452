"""What forms may ask for from outside: each form reads its own part of it, and the same values."""

from tests.clinic import Clinic
from tests.infusion_day import play_day

from msclinic.services.context import form_context


def test_a_form_is_given_all_it_asks_for_as_if_everything_had_been_read(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    play_day(clinic, participant, "V1", until="ENDED", chair=1)
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        for visit in ("SCR", "V1", "V2"):
            whole = form_context(nurse, reader, participant, visit)
            for form in nurse.study.forms.values():
                names = form.context_names
                own = form_context(nurse, reader, participant, visit, names=names)
                assert {name: own[name] for name in names & own.keys()} == {
                    name: whole[name] for name in names & whole.keys()
                }, (visit, form.oid)


def test_a_form_names_what_its_rules_and_messages_ask_for(clinic: Clinic) -> None:
    forms = clinic.session("NUR-04").study.forms
    assert forms["consent"].context_names == {"TODAY", "CONSENT_BEFORE"}
    assert forms["vital_signs"].context_names == {"INFUSION_VISIT", "NOW", "PREVIOUS_WEIGHT"}
