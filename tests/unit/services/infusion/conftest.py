"""Clinics with a run that has come so far; each test gets a copy of its own."""

from collections.abc import Callable, Iterator

import pytest
from tests.clinic import Clinic, copy_clinic
from tests.infusion_day import play_day


@pytest.fixture(scope="session")
def stages(
    clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], tuple[Clinic, str]]:
    made: dict[str, tuple[Clinic, str]] = {}

    def stage(state: str) -> tuple[Clinic, str]:
        if state not in made:
            played = copy_clinic(clinic_template, tmp_path_factory.mktemp(state) / "home")
            participant = played.enrol(7)
            play_day(played, participant, "V1", state)
            played.close()
            made[state] = (played, participant)
        return made[state]

    return stage


@pytest.fixture
def run_at(stages, tmp_path) -> Iterator[Callable[[str], tuple[Clinic, str]]]:
    """A clinic whose participant's run at V1 has reached a state."""
    opened: list[Clinic] = []

    def at(state: str) -> tuple[Clinic, str]:
        template, participant = stages(state)
        opened.append(copy_clinic(template, tmp_path / f"home{len(opened)}"))
        return opened[-1], participant

    yield at
    for clinic in opened:
        clinic.close()
