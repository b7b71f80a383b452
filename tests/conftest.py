"""Shared by all tests: Qt draws offscreen, nothing reaches a network, and a clinic is at hand."""

import gc
import os
from collections.abc import Iterator

import pytest
from tests.clinic import Clinic, build_clinic, copy_clinic
from tests.lived_clinic import day, lived

from msclinic.wording import set_language

__all__ = ["clinic", "clinic_template", "collected", "day", "english", "lived", "state_outside"]

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
_LONGEST = (
    "tests/e2e/test_demo.py",
    "tests/ui/test_every_screen.py",
    "tests/e2e/test_faults.py",
    "tests/e2e/test_kills.py",
    "tests/integration/",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files begin first: no process is left alone with one of them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


@pytest.fixture(scope="session", autouse=True)
def state_outside(tmp_path_factory: pytest.TempPathFactory) -> None:
    """No test, and no program that a test starts, writes a marker beside the person's own."""
    os.environ["MSCLINIC_STATE"] = str(tmp_path_factory.mktemp("state"))


@pytest.fixture(autouse=True)
def collected() -> None:
    """A window of an earlier test may have left Python's collector off."""
    gc.enable()


@pytest.fixture(autouse=True)
def english() -> None:
    """Whatever language an earlier test ended in."""
    set_language("en")


@pytest.fixture(scope="session")
def clinic_template(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A founded clinic that no test may open: copy it."""
    return build_clinic(tmp_path_factory.mktemp("template") / "home")


@pytest.fixture
def clinic(clinic_template: Clinic, tmp_path) -> Iterator[Clinic]:
    """A clinic of this test alone, with every role and no participant."""
    made = copy_clinic(clinic_template, tmp_path / "home")
    yield made
    made.close()
