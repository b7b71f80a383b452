"""A clinic that has lived through one infusion day, copied for each test."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.clinic import Clinic
from tests.visit_day import record_infusion_day

from msclinic.app.clock import TurnedClock
from msclinic.services.home import Home

__all__ = ["day", "lived"]

Day = tuple[Clinic, str]


@pytest.fixture(scope="session")
def lived(clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Day:
    folder = tmp_path_factory.mktemp("lived") / "home"
    shutil.copytree(clinic_template.home.folder, folder)
    clinic = Clinic(Home(folder), TurnedClock(clinic_template.clock.now()), "")
    participant = record_infusion_day(clinic)
    clinic.close()
    return clinic, participant


@pytest.fixture
def day(lived: Day, tmp_path: Path) -> Iterator[Day]:
    template, participant = lived
    folder = tmp_path / "lived"
    shutil.copytree(template.home.folder, folder)
    clinic = Clinic(Home(folder), TurnedClock(template.clock.now()), "")
    yield clinic, participant
    clinic.close()
