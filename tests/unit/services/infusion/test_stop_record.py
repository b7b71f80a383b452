"""What the record of other days and other participants holds against a dose."""

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.infusion.stop_record import stop_reasons, unassessed_grade


def event(clinic, participant, grade, related=True, term="chills"):
    entry = FormEntry(
        clinic.session("NUR-04"), participant, "LOG", "adverse_event", form_key=random_key()
    )
    entry.answer(entry.ref("AETERM"), term)
    entry.answer(entry.ref("AETOXGR"), Code(str(grade)))
    key = entry.prefix.rsplit("/", 1)[1]
    if related is not None:
        assess(clinic, participant, key, related)
    return key


def assess(clinic, participant, key, related):
    physician = FormEntry(
        clinic.session("PHY-01"), participant, "LOG", "adverse_event", form_key=key
    )
    physician.answer(physician.ref("AEREL"), Code("RELATED" if related else "NOT_RELATED"))


def reasons(clinic, participant):
    with clinic.session("PHY-01").store.read() as reader:
        return stop_reasons(reader, participant, "V2/1")


def test_mild_or_unrelated_events_hold_nothing(clinic):
    participant = clinic.enrol(7)
    event(clinic, participant, 2)
    event(clinic, participant, 4, related=False)
    assert reasons(clinic, participant) == frozenset()


def test_a_related_grade_3_stops_this_participant_only(clinic):
    participant, other = clinic.enrol(7), clinic.enrol(8)
    event(clinic, participant, 3)
    assert reasons(clinic, participant) == {"S07"}
    assert reasons(clinic, other) == frozenset()


def test_two_related_grade_3_of_one_kind_hold_everybody(clinic):
    participant, other, third = (clinic.enrol(number) for number in (7, 8, 9))
    event(clinic, participant, 3, term="Chills")
    event(clinic, other, 3, term="headache")
    assert reasons(clinic, third) == frozenset()
    event(clinic, other, 3, term="chills")
    assert reasons(clinic, third) == {"S12"}


def test_one_related_grade_4_holds_everybody(clinic):
    participant, other = clinic.enrol(7), clinic.enrol(8)
    event(clinic, participant, 4)
    assert reasons(clinic, other) == {"S12"}


def test_a_positive_pregnancy_test_stops_for_good(clinic):
    participant = clinic.enrol(7)
    fit = FormEntry(clinic.session("NUR-04"), participant, "V1", "fit_to_dose")
    fit.answer(fit.ref("A15"), Code("POTENTIAL"))
    fit.answer(fit.ref("A16"), Code("POS"))
    assert reasons(clinic, participant) == {"S02"}


def unassessed(clinic, participant):
    with clinic.session("PHY-01").store.read() as reader:
        return unassessed_grade(reader, participant)


def test_a_grade_3_of_unassessed_causality_holds_this_participant_until_the_physician_answers(
    clinic,
):
    participant, other = clinic.enrol(7), clinic.enrol(8)
    event(clinic, participant, 2, related=None)
    assert unassessed(clinic, participant) is None
    key = event(clinic, participant, 3, related=None)
    assert unassessed(clinic, participant) == 3
    assert unassessed(clinic, other) is None
    assert reasons(clinic, participant) == frozenset()
    assess(clinic, participant, key, related=False)
    assert unassessed(clinic, participant) is None
    assert reasons(clinic, participant) == frozenset()
