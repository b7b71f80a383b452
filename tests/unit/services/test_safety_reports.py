"""What the sponsor must hear within a day is found, the most urgent first."""

from datetime import datetime, timedelta

import pytest
from tests.clinic import Clinic

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.safety_reports import DueReport, due_reports


def serious_event(clinic: Clinic, participant: str, key: str = "a" * 16) -> datetime:
    """A serious event; gives when the site became aware."""
    entry = FormEntry(clinic.session("NUR-04"), participant, "LOG", "adverse_event", form_key=key)
    entry.answer(entry.ref("AETERM"), "chest pain")
    entry.answer(entry.ref("AESER"), Code("Y"))
    aware = clinic.clock.now()
    entry.answer(entry.ref("AEAWARE"), aware)
    return aware


def seen(clinic: Clinic, account: str = "PHY-01") -> tuple[DueReport, ...]:
    return due_reports(clinic.session(account))


@pytest.mark.requirement("R-SAF-1")
def test_a_serious_event_is_due_until_its_report_was_sent(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    assert seen(clinic) == ()
    aware = serious_event(clinic, participant)
    (due,) = seen(clinic)
    assert (due.form, due.due) == ("adverse_event", aware + timedelta(hours=24))

    report = FormEntry(
        clinic.session("PHY-01"), participant, "LOG", "serious_adverse_event", form_key="b" * 16
    )
    report.answer(report.ref("AESPID"), 1)
    report.answer(report.ref("AEAWARE"), aware)
    (due,) = seen(clinic)
    assert (due.form, due.scope) == ("serious_adverse_event", report.prefix)

    clinic.clock.turn(timedelta(hours=2))
    report.answer(report.ref("AE_REPORTED"), clinic.clock.now())
    assert seen(clinic) == ()


def test_a_second_event_is_not_covered_by_the_report_of_the_first(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    serious_event(clinic, participant)
    clinic.clock.turn(timedelta(minutes=5))
    serious_event(clinic, participant, "c" * 16)
    report = FormEntry(
        clinic.session("PHY-01"), participant, "LOG", "serious_adverse_event", form_key="b" * 16
    )
    report.answer(report.ref("AESPID"), 1)
    assert [due.scope for due in seen(clinic)] == [f"LOG/1/adverse_event/{'c' * 16}"]


@pytest.mark.requirement("R-SAF-3")
def test_errors_and_pregnancies_go_the_same_way_and_the_oldest_comes_first(clinic: Clinic) -> None:
    participant, nurse = clinic.enrol(1), clinic.session("NUR-04")
    for form, item in (("pregnancy", "PREG_AWARE"), ("medication_error", "ME_AWARE")):
        entry = FormEntry(nurse, participant, "LOG", form, form_key="d" * 16)
        entry.answer(entry.ref(item), clinic.clock.now())
        clinic.clock.turn(timedelta(hours=1))
    assert [due.form for due in seen(clinic)] == ["pregnancy", "medication_error"]


@pytest.mark.parametrize("account", ["RAT-02", "PREP-01", "ADMIN-01"])
def test_who_must_not_know_is_told_of_no_report(clinic: Clinic, account: str) -> None:
    serious_event(clinic, clinic.enrol(1))
    assert seen(clinic, account) == ()
