"""How backups stand, and who is warned of what."""

import shutil
from datetime import timedelta

import pytest
from tests.backups import chosen
from tests.clinic import PASSWORDS

from msclinic.services.backup.making import back_up
from msclinic.services.backup.numbers import backup_numbers
from msclinic.services.backup.state import backup_state, backup_warnings, is_due
from msclinic.services.restore import rehearse
from msclinic.services.session import Refused

pytestmark = pytest.mark.requirement("R-BKP-1")
TOLD = ("NUR-04", "PHY-01", "PI-01", "CRC-01", "PREP-01", "ADMIN-01")
NOT_TOLD = ("RAT-02", "ASSESSOR-01", "MON-01", "DM-01")


def codes(session) -> list[str]:
    return [one.code for one in backup_warnings(session)]


def test_without_a_folder_the_site_is_warned_and_raters_and_sponsor_are_not(clinic):
    for account in TOLD:
        assert codes(clinic.session(account)) == ["no_backup_place"]
    for account in NOT_TOLD:
        assert codes(clinic.session(account)) == []


def test_a_backup_that_is_too_old_is_a_warning_until_the_next_one(clinic, tmp_path):
    session = clinic.session("NUR-04")
    chosen(clinic, tmp_path / "medium")
    assert codes(session) == ["no_backup_yet"]
    back_up(session, "hourly")
    assert codes(session) == []
    clinic.clock.turn(timedelta(hours=backup_numbers(session.study).warn_after, minutes=1))
    (warning,) = backup_warnings(session)
    assert str(warning).startswith("The last good backup was made on 23 Nov 2026 at 09:30.")
    back_up(session, "hourly")
    assert codes(session) == []


def test_a_last_backup_in_the_future_tells_nothing(clinic, tmp_path):
    session = clinic.session("NUR-04")
    chosen(clinic, tmp_path / "medium")
    clinic.clock.jump(timedelta(days=365))
    back_up(session, "hourly")
    clinic.clock.jump(timedelta(days=-365))
    assert codes(session) == ["backup_too_old"]
    assert is_due(session)


def test_the_next_backup_is_due_after_an_hour(clinic, tmp_path):
    session = clinic.session("NUR-04")
    chosen(clinic, tmp_path / "medium")
    assert is_due(session)
    back_up(session, "hourly")
    assert not is_due(session)
    clinic.clock.turn(timedelta(minutes=59))
    assert not is_due(session)
    clinic.clock.turn(timedelta(minutes=1))
    assert is_due(session)


def test_a_rehearsal_falls_due_a_quarter_after_the_first_backup(clinic, tmp_path):
    session = clinic.session("ADMIN-01")
    chosen(clinic, tmp_path / "medium")
    kept = back_up(session, "asked").kept[0]
    clinic.clock.turn(timedelta(days=backup_numbers(session.study).rehearsal, hours=1))
    assert codes(session) == ["backup_too_old", "rehearsal_due"]
    assert codes(clinic.session("NUR-04")) == ["backup_too_old"]
    rehearse(session, kept, PASSWORDS["ADMIN-01"])
    assert codes(session) == ["backup_too_old"]
    assert backup_state(session).rehearsed == clinic.clock.now()


def test_folders_are_told_with_what_lies_in_them(clinic, tmp_path):
    session = clinic.session("ADMIN-01")
    chosen(clinic, tmp_path / "here")
    gone = chosen(clinic, tmp_path / "gone")
    back_up(session, "asked")
    shutil.rmtree(gone.folder)
    here, missing = backup_state(session).places
    assert (here.backups, here.problem, here.same_disk) == (1, None, True)
    assert here.newest is not None
    assert clinic.clock.now() - here.newest < timedelta(seconds=1)
    assert missing.problem is not None
    assert missing.backups == 0


def test_only_who_looks_after_backups_sees_how_they_stand(clinic):
    for account in set(PASSWORDS) - {"CRC-01", "ADMIN-01"}:
        with pytest.raises(Refused):
            backup_state(clinic.session(account))
