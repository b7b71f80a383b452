"""An infusion is judged by the day of its dose, however long before its visit was opened."""

from datetime import timedelta

import pytest
from tests.clinic import Clinic
from tests.lives import day_of, dose, randomised

from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.values import Answer
from msclinic.services.context import form_context
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import cancel_run
from msclinic.services.infusion.facts import run_facts
from msclinic.services.visits import book_visit, open_visit


def facts(clinic: Clinic, participant: str, visit: str) -> RunFacts:
    nurse = clinic.session("NUR-04")
    with nurse.store.read() as reader:
        return run_facts(nurse, reader, participant, visit)


def seen_by_forms(clinic: Clinic, participant: str, visit: str) -> dict[str, Answer | bool]:
    nurse = clinic.session("NUR-04")
    names = {"VISIT_DATE", "IN_WINDOW", "DAYS_FROM_INFUSION_1", "DAYS_FROM_PREVIOUS_INFUSION"}
    with nurse.store.read() as reader:
        return form_context(nurse, reader, participant, visit, names=names)


def start_now(clinic: Clinic, participant: str, visit: str) -> None:
    nurse = clinic.session("NUR-04")
    entry = FormEntry(nurse, participant, visit, "infusion")
    entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True)


@pytest.fixture
def participant(clinic: Clinic) -> str:
    found = randomised(clinic)
    dose(clinic, found, "V1")
    return found


def test_a_dose_ten_days_after_the_visit_opened_in_its_window_is_late(
    clinic: Clinic, participant: str
) -> None:
    clinic.clock.turn(timedelta(days=98))
    open_visit(clinic.session("NUR-04"), participant, "V2", day_of(clinic))
    assert facts(clinic, participant, "V2").in_window is True
    clinic.clock.turn(timedelta(days=10))
    assert facts(clinic, participant, "V2").in_window is False
    assert seen_by_forms(clinic, participant, "V2")["IN_WINDOW"] is False
    start_now(clinic, participant, "V2")
    dosed_on = day_of(clinic)
    clinic.clock.turn(timedelta(days=30))
    after = facts(clinic, participant, "V2")
    assert (after.visit_day, after.in_window, after.days_from_previous) == (dosed_on, False, 108)
    assert seen_by_forms(clinic, participant, "V2") | {"INFUSION_VISIT": True} == {
        **seen_by_forms(clinic, participant, "V2"),
        "VISIT_DATE": dosed_on,
        "IN_WINDOW": False,
        "DAYS_FROM_INFUSION_1": 108,
        "DAYS_FROM_PREVIOUS_INFUSION": 108,
    }


def test_the_shortest_interval_is_counted_to_the_dose_and_not_to_the_opening(
    clinic: Clinic, participant: str
) -> None:
    clinic.clock.turn(timedelta(days=60))
    open_visit(clinic.session("NUR-04"), participant, "V2", day_of(clinic))
    early = facts(clinic, participant, "V2")
    assert (early.days_from_previous, early.in_window) == (60, False)
    clinic.clock.turn(timedelta(days=31))
    due = facts(clinic, participant, "V2")
    assert (due.days_from_previous, due.in_window) == (91, True)
    assert seen_by_forms(clinic, participant, "V2")["DAYS_FROM_PREVIOUS_INFUSION"] == 91


def test_a_visit_that_went_without_its_dose_keeps_its_own_day(
    clinic: Clinic, participant: str
) -> None:
    clinic.clock.turn(timedelta(days=91))
    opened = day_of(clinic)
    open_visit(clinic.session("NUR-04"), participant, "V2", opened)
    cancel_run(clinic.session("PHY-01"), participant, "V2", "fever since the morning")
    clinic.clock.turn(timedelta(days=14))
    after = facts(clinic, participant, "V2")
    assert (after.visit_day, after.in_window) == (opened, True)


def test_infusion_1_is_day_1_whatever_day_it_was_booked_for(clinic: Clinic) -> None:
    one = randomised(clinic)
    nurse, today = clinic.session("NUR-04"), day_of(clinic)
    book_visit(nurse, one, "V1", today + timedelta(days=5), 2)
    open_visit(nurse, one, "V1", today)
    clinic.clock.turn(timedelta(days=9))
    assert facts(clinic, one, "V1").in_window is True
    assert seen_by_forms(clinic, one, "V1")["IN_WINDOW"] is True
