"""Emergency keys pressed while nobody is signed in: kept sealed, entered later, answered once."""

from datetime import timedelta

import pytest
from tests.clinic import PASSWORDS
from tests.infusion_day import day_steps

from msclinic.domain.errors import UserError
from msclinic.services.infusion.emergency_taps import (
    claim_tap,
    press_while_locked,
    unclaimed_taps,
)
from msclinic.services.infusion.today import next_due
from msclinic.services.session import Refused
from msclinic.services.verifying import verify_home


@pytest.fixture
def chair(clinic):
    """The running chair as the window remembers it when it locks."""
    participant = clinic.enrol(7)
    for state in day_steps(clinic, participant, "V1"):
        if state == "RUNNING":
            break
    (due,) = next_due(clinic.session("NUR-04"))
    clinic.close()
    return due


def press(clinic, chair, key="STOP"):
    at = clinic.clock.now()
    assert press_while_locked(clinic.home, chair, key, at)
    clinic.clock.turn(timedelta(minutes=3))
    return at


def test_a_press_is_entered_at_the_next_sign_in_with_its_own_time(clinic, chair):
    at = press(clinic, chair)
    (tap,) = unclaimed_taps(clinic.session("NUR-04"))
    assert (tap.code, tap.visit, tap.chair, tap.key) == ("PL01-007", "V1", 2, "STOP")
    assert tap.at == at


def test_presses_come_in_their_order_whoever_signs_in_first(clinic, chair):
    press(clinic, chair, "STOP")
    press(clinic, chair, "ADRENALINE")
    clinic.session("CRC-01")
    taps = unclaimed_taps(clinic.session("PHY-01"))
    assert [one.key for one in taps] == ["STOP", "ADRENALINE"]


def test_no_press_can_be_read_in_the_files(clinic, chair):
    press(clinic, chair)
    kept = (clinic.home.folder / "inbox").read_bytes()
    for secret in (chair.participant, "STOP", "V1"):
        assert secret.encode() not in kept


@pytest.mark.requirement("R-AUD-1")
def test_a_person_answers_for_a_press_once(clinic, chair):
    press(clinic, chair)
    nurse = clinic.session("NUR-04")
    (tap,) = unclaimed_taps(nurse)
    claim_tap(nurse, tap, "MINE")
    assert unclaimed_taps(nurse) == ()
    with pytest.raises(UserError) as refused:
        claim_tap(clinic.session("PHY-01"), tap, "SEEN")
    assert refused.value.code == "tap_claimed"
    clinic.close()
    assert verify_home(clinic.home, "CRC-01", PASSWORDS["CRC-01"]) == []


@pytest.mark.parametrize("account", ["CRC-01", "RAT-02", "ASSESSOR-01", "MON-01", "PREP-01"])
@pytest.mark.requirement("R-BLD-3")
def test_who_does_not_work_at_the_chairs_learns_of_no_press(clinic, chair, account):
    press(clinic, chair)
    nurse = clinic.session("NUR-04")
    (tap,) = unclaimed_taps(nurse)
    other = clinic.session(account)
    assert unclaimed_taps(other) == ()
    with pytest.raises(Refused):
        claim_tap(other, tap, "MINE")


def test_a_chair_without_an_inbox_says_that_nothing_was_kept(clinic, chair, tmp_path):
    (clinic.home.folder / "keys" / "device.pub").unlink()
    assert not press_while_locked(clinic.home, chair, "CALL", clinic.clock.now())
