"""The program proposes deviations of the schedule; a person accepts or dismisses each."""

from datetime import timedelta

import pytest
from tests.clinic import Clinic
from tests.infusion_day import play_day
from tests.lives import day_of, dose, password, randomised

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.life import lose, stop_product
from msclinic.services.session import Refused
from msclinic.services.visit_deviations import (
    ProposedDeviation,
    accept_deviation,
    dismiss_deviation,
    proposed_deviations,
)
from msclinic.services.visits import open_unscheduled, open_visit

PHY = "PHY-01"


def proposals(clinic: Clinic, participant: str) -> dict[str, ProposedDeviation]:
    found = proposed_deviations(clinic.session("CRC-01"), participant)
    return {one.key: one for one in found}


def keys(clinic: Clinic, participant: str, *codes: str) -> set[str]:
    """Keys of proposals of some kinds."""
    return {key for key, one in proposals(clinic, participant).items() if one.code in codes}


def called(clinic: Clinic, participant: str) -> None:
    """Both calls after a dose, made in time."""
    nurse = clinic.session("NUR-04")
    clinic.clock.turn(timedelta(days=1))
    open_visit(nurse, participant, "C1D", day_of(clinic), key="c" * 16)
    clinic.clock.turn(timedelta(days=6))
    open_visit(nurse, participant, "C7D", day_of(clinic), key="d" * 16)


def test_nothing_is_proposed_while_every_window_still_moves(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    clinic.clock.turn(timedelta(days=100))
    assert proposals(clinic, participant) == {}


def test_a_visit_in_its_window_is_no_deviation(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    called(clinic, participant)
    clinic.clock.turn(timedelta(days=84 + 7))
    dose(clinic, participant, "V2")
    assert keys(clinic, participant, "VISIT_WINDOW", "DOSE_MISSED", "INTERVAL_SHORT") == set()
    assert keys(clinic, participant, "VISIT_MISSED") == {"VISIT_MISSED-SCR-1"}


def test_a_visit_outside_its_window_is_proposed(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    called(clinic, participant)
    clinic.clock.turn(timedelta(days=84 + 8))
    dose(clinic, participant, "V2")
    found = proposals(clinic, participant)["VISIT_WINDOW-V2-1"]
    assert (found.day, found.visit) == (day_of(clinic), "V2")
    assert found.text.startswith("Month 3, infusion 2: outside its window, ")


def test_a_dose_after_the_window_is_proposed_though_the_visit_was_opened_in_it(
    clinic: Clinic,
) -> None:
    participant, nurse = randomised(clinic), clinic.session("NUR-04")
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=98))
    open_visit(nurse, participant, "V2", day_of(clinic))
    clinic.clock.turn(timedelta(days=10))
    # The dose may still begin; until then there is no day to judge by.
    assert "VISIT_WINDOW-V2-1" not in proposals(clinic, participant)
    entry = FormEntry(nurse, participant, "V2", "infusion")
    entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True)
    dosed_on = day_of(clinic)
    clinic.clock.turn(timedelta(days=1))
    assert proposals(clinic, participant)["VISIT_WINDOW-V2-1"].day == dosed_on


def test_a_visit_opened_early_for_a_dose_in_its_window_is_no_deviation(clinic: Clinic) -> None:
    participant, nurse = randomised(clinic), clinic.session("NUR-04")
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=83))
    open_visit(nurse, participant, "V2", day_of(clinic))
    clinic.clock.turn(timedelta(days=4))
    entry = FormEntry(nurse, participant, "V2", "infusion")
    entry.answer_together([(entry.ref("D01"), nurse.now())], starting=True)
    assert "VISIT_WINDOW-V2-1" not in proposals(clinic, participant)


@pytest.mark.parametrize(("past", "missed"), [(21, False), (22, True)])
def test_a_dose_missed_by_more_than_allowed_is_proposed(
    clinic: Clinic, past: int, missed: bool
) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=91 + past))
    assert ("DOSE_MISSED-V2" in proposals(clinic, participant)) is missed
    assert "VISIT_MISSED-V2-1" in proposals(clinic, participant)
    assert "DOSE_MISSED-V3" not in proposals(clinic, participant)


def test_a_stopped_dose_was_not_missed(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=30))
    day = day_of(clinic)
    session = clinic.session(PHY)
    stop_product(session, participant, day, "PHYSICIAN_DECISION", password(PHY))
    clinic.clock.turn(timedelta(days=100))
    assert keys(clinic, participant, "DOSE_MISSED") == set()
    assert "VISIT_MISSED-V2-1" in proposals(clinic, participant)


def test_visits_after_a_loss_were_not_missed(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=60))
    lose(clinic.session(PHY), participant, day_of(clinic), None, 3, True, password(PHY))
    clinic.clock.turn(timedelta(days=200))
    found = keys(clinic, participant, "VISIT_MISSED", "DOSE_MISSED")
    assert not any("V2" in key or "V3" in key for key in found)


def test_an_interval_too_short_is_proposed_once(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=112))
    dose(clinic, participant, "V2")
    clinic.clock.turn(timedelta(days=69))
    dose(clinic, participant, "V3")
    assert keys(clinic, participant, "INTERVAL_SHORT") == {"INTERVAL_SHORT-V3"}


def test_calls_are_counted_from_their_own_dose(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    called(clinic, participant)
    clinic.clock.turn(timedelta(days=84))
    dose(clinic, participant, "V2")
    clinic.clock.turn(timedelta(days=4))
    open_visit(clinic.session("NUR-04"), participant, "C1D", day_of(clinic), key="e" * 16)
    clinic.clock.turn(timedelta(days=6))
    found = keys(clinic, participant, "VISIT_WINDOW", "VISIT_MISSED")
    assert found == {"VISIT_MISSED-SCR-1", "VISIT_WINDOW-C1D-2", "VISIT_MISSED-C7D-2"}


def test_a_form_that_stayed_open_is_proposed_after_the_window(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=91))
    nurse = clinic.session("NUR-04")
    open_visit(nurse, participant, "V2", day_of(clinic))
    assert "FORM_MISSED-V2-1-vital_signs" not in proposals(clinic, participant)
    clinic.clock.turn(timedelta(days=8))
    found = keys(clinic, participant, "FORM_MISSED")
    assert "FORM_MISSED-V2-1-vital_signs" in found
    # No infusion was given, so its own forms are not asked for.
    assert "FORM_MISSED-V2-1-after_infusion" not in found
    assert "FORM_MISSED-V1-1-after_infusion" in found


def test_what_the_infusion_run_recorded_is_not_proposed_again(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=100))
    play_day(clinic, participant, "V2")
    assert "VISIT_WINDOW-V2-1" not in proposals(clinic, participant)


def test_an_early_termination_long_after_the_decision_is_proposed(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    session = clinic.session(PHY)
    stop_product(session, participant, day_of(clinic), "PHYSICIAN_DECISION", password(PHY))
    clinic.clock.turn(timedelta(days=15))
    open_unscheduled(session, participant, "ET", day_of(clinic))
    assert "VISIT_WINDOW-ET-1" in proposals(clinic, participant)


def test_a_decision_taken_later_does_not_move_an_early_termination(clinic: Clinic) -> None:
    participant = randomised(clinic)
    dose(clinic, participant, "V1")
    session = clinic.session(PHY)
    stop_product(session, participant, day_of(clinic), "PHYSICIAN_DECISION", password(PHY))
    clinic.clock.turn(timedelta(days=3))
    open_unscheduled(session, participant, "ET", day_of(clinic))
    clinic.clock.turn(timedelta(days=40))
    lose(session, participant, day_of(clinic), None, 3, True, password(PHY))
    assert "VISIT_WINDOW-ET-1" not in proposals(clinic, participant)


def test_accepting_begins_the_deviation_form(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=92 + 21))
    crc = clinic.session("CRC-01")
    form_key = accept_deviation(crc, participant, "DOSE_MISSED-V2")
    entry = FormEntry(crc, participant, "LOG", "deviation", form_key=form_key)
    assert entry.value("DVDECOD") == Code("DOSE_MISSED")
    assert entry.value("DVTERM") == "Infusion 2 was missed and is skipped."
    assert {ref[2] for ref in entry.open_items()} == {"DVIMPORTANCE", "DVACTION", "DVBREACH"}
    assert "DOSE_MISSED-V2" not in proposals(clinic, participant)
    with pytest.raises(UserError) as refusal:
        accept_deviation(crc, participant, "DOSE_MISSED-V2")
    assert refusal.value.code == "no_proposal"


def test_dismissing_needs_a_reason_and_lasts(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=92 + 21))
    crc = clinic.session("CRC-01")
    with pytest.raises(UserError) as refusal:
        dismiss_deviation(crc, participant, "DOSE_MISSED-V2", "  ")
    assert refusal.value.code == "dismissal_reason"
    dismiss_deviation(crc, participant, "DOSE_MISSED-V2", "sponsor agreed in writing")
    clinic.clock.turn(timedelta(days=10))
    assert "DOSE_MISSED-V2" not in proposals(clinic, participant)


@pytest.mark.parametrize("account", ["NUR-04", "RAT-02", "MON-01", "PREP-01"])
def test_only_who_judges_deviations_sees_proposals(clinic: Clinic, account: str) -> None:
    participant = clinic.enrol(1)
    with pytest.raises(Refused):
        proposed_deviations(clinic.session(account), participant)
