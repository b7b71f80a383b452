"""A clinic is founded whole, or nothing stands that could be taken for one."""

import shutil
import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest
from tests.clinic import COST, NOW, PASSWORDS, SITE, Clinic

from msclinic.app.clock import TurnedClock
from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.founding import Founding, activate_study, found_clinic
from msclinic.services.session import Refused
from msclinic.services.verifying import verify_home
from msclinic.shipped import shipped_study
from msclinic.study import StudyMistakes
from msclinic.vault import unwrap_with_recovery


def found(
    folder: Path,
    *,
    admin: str = PASSWORDS["ADMIN-01"],
    investigator: str = PASSWORDS["PI-01"],
    study: Path | None = None,
) -> Founding:
    return found_clinic(
        folder, SITE, admin, investigator, study or shipped_study(), TurnedClock(NOW), COST
    )


def test_a_founded_clinic_proves_itself(clinic: Clinic) -> None:
    assert verify_home(clinic.home, "PI-01", PASSWORDS["PI-01"]) == []


def test_dosing_is_switched_off_at_first(clinic: Clinic) -> None:
    with clinic.session("PI-01").store.read() as reader:
        assert reader.heads(prefix="study/dosing") == []


def test_the_study_is_active_by_two_people(clinic: Clinic) -> None:
    session = clinic.session("PI-01")
    with session.store.read() as reader:
        trail = reader.trail(None, "study/active")
    actors = [row.entry.actor for row in trail]
    assert actors == [None, "ADMIN-01", "PI-01"]
    assert [row.current for row in trail] == [False, False, True]


def test_one_person_cannot_activate_a_study_alone(clinic: Clinic) -> None:
    admin = clinic.session("ADMIN-01")
    with pytest.raises(Refused) as refusal:
        activate_study(admin, admin, admin.study)
    assert refusal.value.code == "same_person"


def test_a_nurse_cannot_be_the_second_to_activate(clinic: Clinic) -> None:
    admin, nurse = clinic.session("ADMIN-01"), clinic.session("NUR-04")
    with pytest.raises(Refused) as refusal:
        activate_study(admin, nurse, admin.study)
    assert refusal.value.code == "not_allowed"


def test_a_second_activation_is_taken_up_by_both(clinic: Clinic) -> None:
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    clinic.clock.turn(timedelta(minutes=5))
    activate_study(admin, pi, admin.study)
    assert pi.study.version == admin.study.version


def test_the_recovery_key_opens_the_record_key(clinic: Clinic) -> None:
    wrapped = clinic.home.data_key("recovery").read_bytes()
    own = clinic.session("PI-01").ring.unwrap(clinic.home.data_key("PI-01").read_bytes())
    assert unwrap_with_recovery(clinic.recovery, wrapped) == own


def test_a_folder_with_a_clinic_is_not_founded_again(clinic: Clinic) -> None:
    before = clinic.home.database.read_bytes()
    with pytest.raises(UserError) as refusal:
        found(clinic.home.folder)
    assert refusal.value.code == "home_exists"
    assert clinic.home.database.read_bytes() == before


def test_a_weak_password_founds_nothing(tmp_path: Path) -> None:
    with pytest.raises(UserError) as refusal:
        found(tmp_path / "home", admin="short")
    assert refusal.value.code == "password_weak"
    assert not (tmp_path / "home").exists()


def test_a_study_with_a_mistake_founds_nothing(tmp_path: Path) -> None:
    study = tmp_path / "study"
    shutil.copytree(shipped_study(), study)
    file = study / "forms" / "demography.yaml"
    text = file.read_text("utf-8")
    file.write_text(text.replace("codelist: SEX", "codelist: NOT_THERE", 1), "utf-8")
    with pytest.raises(StudyMistakes) as mistakes:
        found(tmp_path / "home", study=study)
    first = mistakes.value.mistakes[0]
    assert first.file.endswith("demography.yaml")
    assert first.line > 0
    assert not (tmp_path / "home").exists()


def test_a_place_that_cannot_be_written_to_is_told_plainly(tmp_path: Path) -> None:
    # A file stands where the folder should be: it fails for root as well.
    (tmp_path / "home").write_text("in the way", "utf-8")
    with pytest.raises(KnownFault) as fault:
        found(tmp_path / "home")
    assert fault.value.code == "cannot_write"


def test_the_database_is_not_a_plain_one(clinic: Clinic) -> None:
    connection = sqlite3.connect(clinic.home.database)
    with pytest.raises(sqlite3.DatabaseError):
        connection.execute("SELECT * FROM journal")
    connection.close()


def test_nothing_readable_of_the_people_lies_in_the_database(clinic: Clinic) -> None:
    content = clinic.home.database.read_bytes()
    assert b"NUR-04" not in content
    assert b"Katowice" not in content
