"""Before a visit is booked it is known when it belongs and what speaks against a day."""

from datetime import date, timedelta

import pytest
from tests.clinic import Clinic
from tests.lives import day_of, dose

from msclinic.services.session import Refused
from msclinic.services.visit_planning import PlannedVisit, booking_notes, planned_visits
from msclinic.services.visits import book_visit, open_visit


def planned(clinic: Clinic, participant: str, code: str, account: str = "CRC-01") -> PlannedVisit:
    found = planned_visits(clinic.session(account), participant)
    return next(one for one in found if one.code == code)


def notes(clinic: Clinic, participant: str, code: str, day: date) -> list[str]:
    return [one.code for one in booking_notes(clinic.session("CRC-01"), participant, code, day)]


def test_screening_leaves_the_days_on_which_infusion_1_may_lie(clinic: Clinic) -> None:
    participant, day = clinic.enrol(1), day_of(clinic)
    assert planned(clinic, participant, "V1").window is None
    open_visit(clinic.session("CRC-01"), participant, "SCR", day)
    window = planned(clinic, participant, "V1").window
    assert window is not None
    assert window.target == day + timedelta(days=28)
    assert (window.opens, window.closes) == (day + timedelta(days=1), day + timedelta(days=42))
    assert notes(clinic, participant, "V1", window.closes) == []
    assert notes(clinic, participant, "V1", window.closes + timedelta(days=1)) == ["WINDOW_LATE"]
    assert planned(clinic, participant, "V2").window is None


def test_a_late_visit_moves_no_target_after_it(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    anchor = day_of(clinic)
    dose(clinic, participant, "V1")
    before = planned(clinic, participant, "V3").window
    clinic.clock.turn(timedelta(days=105))
    dose(clinic, participant, "V2")
    assert planned(clinic, participant, "V3").window == before
    assert before is not None
    assert before.target == anchor + timedelta(days=182)


def test_the_shortest_interval_gives_the_earliest_day(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=110))
    late = day_of(clinic)
    dose(clinic, participant, "V2")
    assert planned(clinic, participant, "V3").earliest == late + timedelta(days=70)
    window = planned(clinic, participant, "V3").window
    assert window is not None
    assert notes(clinic, participant, "V3", late + timedelta(days=69)) == ["INTERVAL_SHORT"]
    assert window.opens <= late + timedelta(days=70) <= window.closes
    assert notes(clinic, participant, "V3", late + timedelta(days=70)) == []
    assert notes(clinic, participant, "V5", late + timedelta(days=69)) == ["WINDOW_EARLY"]


@pytest.mark.parametrize(("past", "skipped"), [(21, False), (22, True)])
def test_a_dose_later_than_allowed_is_skipped(clinic: Clinic, past: int, skipped: bool) -> None:
    participant, anchor = clinic.enrol(1), day_of(clinic)
    dose(clinic, participant, "V1")
    day = anchor + timedelta(days=91 + past)
    assert ("DOSE_SKIPPED" in notes(clinic, participant, "V2", day)) is skipped
    assert planned(clinic, participant, "V2").skipped is False
    clinic.clock.turn(timedelta(days=91 + past))
    assert planned(clinic, participant, "V2").skipped is skipped
    # What was missed is not made up for: the next dose keeps its own day.
    third = planned(clinic, participant, "V3").window
    assert third is not None
    assert third.target == anchor + timedelta(days=182)


def test_a_window_is_known_and_booking_outside_it_is_possible(clinic: Clinic) -> None:
    participant, anchor = clinic.enrol(1), day_of(clinic)
    dose(clinic, participant, "V1")
    day = anchor + timedelta(days=99)
    assert notes(clinic, participant, "V2", day) == ["WINDOW_LATE"]
    book_visit(clinic.session("CRC-01"), participant, "V2", day)


def test_a_rater_plans_windows_and_learns_of_no_infusion(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=120))
    seen = planned_visits(clinic.session("RAT-02"), participant)
    assert all(one == PlannedVisit(one.code, one.window) for one in seen)
    with pytest.raises(Refused):
        booking_notes(clinic.session("RAT-02"), participant, "V2", day_of(clinic))
