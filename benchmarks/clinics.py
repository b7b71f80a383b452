"""Clinics to measure on: founded and staffed as tests do it, with an application beside."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from PySide6.QtWidgets import QApplication
from tests.clinic import Clinic, build_clinic

from msclinic.app.clock import TurnedClock
from msclinic.services.home import Home
from msclinic.services.infusion.course import arrive
from msclinic.ui.main import application
from msclinic.ui.navigation import Navigator
from msclinic.ui.style import apply_theme

__all__ = ["again", "founded", "no_navigation", "ready_application", "treated_today"]


@contextmanager
def founded() -> Iterator[tuple[Path, Clinic]]:
    """A folder of its own and a clinic in it; both are gone afterwards."""
    with TemporaryDirectory() as folder:
        os.environ["MSCLINIC_STATE"] = str(Path(folder) / "state")
        clinic = build_clinic(Path(folder) / "home")
        try:
            yield Path(folder), clinic
        finally:
            clinic.close()


def again(clinic: Clinic, folder: Path) -> Clinic:
    """A clinic copied to another folder, nobody signed in."""
    return Clinic(Home(folder), TurnedClock(clinic.clock.now()), clinic.recovery)


def treated_today(clinic: Clinic, number: int, chair: int) -> str:
    """A participant who is here for the first infusion; gives the random id."""
    participant = clinic.enrol(number)
    arrive(clinic.session("NUR-04"), participant, "V1", chair)
    return participant


def ready_application() -> QApplication:
    """Qt with the program's fonts and colours."""
    made = application()
    apply_theme(made, "light", 100)
    return made


def nowhere(*_: object, **__: object) -> None:
    """Stands for a place to go to."""


def no_navigation() -> Navigator:
    """A navigator that goes nowhere."""
    return Navigator(
        today=nowhere,
        participants=nowhere,
        participant=nowhere,
        form=nowhere,
        run=nowhere,
        exam=nowhere,
        documents=nowhere,
        over_time=nowhere,
        say=nowhere,
    )
