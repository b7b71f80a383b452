"""Every test of the window starts in the light theme, at 100 %, in English."""

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from tests.clinic import Clinic, copy_clinic
from tests.ui.tour import Moments

from msclinic.ui.style import apply_theme
from msclinic.wording import set_language


@pytest.fixture(autouse=True)
def look(qapp):
    set_language("en")
    apply_theme(qapp)
    yield
    set_language("en")
    # What was let go is deleted now, while its Python side is still whole.
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture(scope="session")
def moments(clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    """One clinic at the moments of an infusion day, for tests that walk through all screens."""
    folder = tmp_path_factory.mktemp("moments")
    return Moments.played(copy_clinic(clinic_template, folder / "played"), folder)
