"""A clinic that cannot be opened says so on screen, in both languages, and a key closes it."""

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from sqlalchemy import text
from tests.clinic import PASSWORDS, Clinic
from tests.ui.clipping import clipping_faults
from tests.ui.tour import wait

from msclinic.app.settings import Settings, store_settings
from msclinic.domain.errors import KnownFault
from msclinic.ui.fault_window import FaultWindow
from msclinic.ui.main import make_window, open_window
from msclinic.ui.style import apply_theme
from msclinic.wording import set_language


def missing_home_file(clinic: Clinic) -> None:
    (clinic.home.folder / "home.json").unlink()


def garbled_home_file(clinic: Clinic) -> None:
    (clinic.home.folder / "home.json").write_bytes(b"\xa5" * 300)


def newer_home_file(clinic: Clinic) -> None:
    file = clinic.home.folder / "home.json"
    file.write_text(file.read_text("utf-8").replace('"format": 1', '"format": 9'), "utf-8")


def missing_record(clinic: Clinic) -> None:
    clinic.home.database.unlink()


def truncated_record(clinic: Clinic) -> None:
    content = clinic.home.database.read_bytes()
    clinic.home.database.write_bytes(content[: len(content) // 3])


def empty_record(clinic: Clinic) -> None:
    clinic.home.database.write_bytes(b"")


def newer_record(clinic: Clinic) -> None:
    store = clinic.session("ADMIN-01").store
    with store.write() as uow:
        uow.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    clinic.close()


Damage = Callable[[Clinic], None]
AT_START: dict[Damage, tuple[str, str]] = {
    missing_home_file: ("home.json is damaged", "home.json"),
    garbled_home_file: ("home.json is damaged", "home.json"),
    newer_home_file: ("newer msclinic", "nowsz"),
    missing_record: ("record of this clinic is missing", "Brakuje zapisu"),
}
AT_SIGN_IN: dict[Damage, dict[str, tuple[str, ...]]] = {
    truncated_record: {
        "en": ("The record could not be", "estore the last backup."),
        "pl": ("Nie udało się", "rzywróć ostatnią kopię zapasową."),
    },
    empty_record: {
        "en": ("The record could not be opened.", "restore the last backup."),
        "pl": ("Nie udało się otworzyć zapisu.", "przywróć ostatnią kopię zapasową."),
    },
    newer_record: {"en": ("newer",), "pl": ("nowsz",)},
}


def files_of(clinic: Clinic) -> dict[str, bytes]:
    kept = ("log", "window.lock")
    return {
        str(one.relative_to(clinic.home.folder)): one.read_bytes()
        for one in sorted(clinic.home.folder.rglob("*"))
        if one.is_file() and one.relative_to(clinic.home.folder).parts[0] not in kept
    }


def words(window) -> str:
    return " ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())


@pytest.fixture
def no_hook():
    """``make_window`` takes over what nobody caught; here it is given back."""
    before = sys.excepthook
    yield
    sys.excepthook = before


@pytest.mark.parametrize("key", [Qt.Key.Key_Escape, Qt.Key.Key_Return])
@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("damage", AT_START)
def test_what_cannot_be_opened_is_said_in_a_window_and_closed_by_a_key(
    clinic, damage, language, key, no_hook
):
    damage(clinic)
    store_settings(clinic.home.folder, Settings(language, "light", 100))
    before, seen = files_of(clinic), []

    def look() -> None:
        (window,) = (
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, FaultWindow) and one.isVisible()
        )
        seen.append(words(window))
        assert window.pane.kind == "error"
        QTest.keyClick(QApplication.focusWidget() or window, key)

    QTimer.singleShot(300, look)
    with pytest.raises(KnownFault):
        open_window(Namespace(home=clinic.home.folder))
    (said,) = seen
    assert AT_START[damage][language == "pl"] in said
    safe = "changed nothing" if language == "en" else "niczego nie zmienił"
    assert safe in said
    assert files_of(clinic) == before


def test_the_fault_is_told_in_the_other_language_at_a_press(qtbot, clinic):
    missing_record(clinic)
    with pytest.raises(KnownFault) as fault:
        clinic.home.demand_whole()
    window = FaultWindow(fault.value)
    qtbot.addWidget(window)
    window.show()
    assert "record of this clinic is missing" in words(window)
    window.language.click()
    assert "Brakuje zapisu" in words(window)
    window.language.click()
    assert "record of this clinic is missing" in words(window)


@pytest.mark.parametrize(("language", "scale"), [("en", 100), ("pl", 150), ("pl", 200)])
@pytest.mark.parametrize("damage", AT_START)
def test_the_fault_is_whole_at_every_size(qtbot, clinic, damage, language, scale):
    damage(clinic)
    with pytest.raises(KnownFault) as fault:
        clinic.home.demand_whole()
    set_language(language)
    apply_theme(QApplication.instance(), "light", scale)
    window = FaultWindow(fault.value)
    qtbot.addWidget(window)
    window.show()
    for _ in range(4):
        QApplication.processEvents()
    assert clipping_faults(window, (1366, 768)) == []


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("damage", AT_SIGN_IN)
def test_a_record_that_cannot_be_read_is_told_at_the_sign_in(
    qtbot, clinic, damage, language, no_hook
):
    damage(clinic)
    store_settings(clinic.home.folder, Settings(language, "light", 100))
    before = clinic.home.database.read_bytes()
    window = make_window(clinic.home, clinic.clock)
    qtbot.addWidget(window)
    window.show()
    window.sign_in_as("PI-01", PASSWORDS["PI-01"])
    wait(window)
    assert window.session is None
    assert all(part in words(window) for part in AT_SIGN_IN[damage][language])
    other = AT_SIGN_IN[damage]["pl" if language == "en" else "en"]
    assert not any(part in words(window) for part in other)
    assert clinic.home.database.read_bytes() == before


def test_a_clinic_that_is_open_already_says_where_to_go(clinic, no_hook, tmp_path: Path):
    from msclinic.app.instance import HomeLock

    seen = []

    def look() -> None:
        (window,) = (
            one
            for one in QApplication.topLevelWidgets()
            if isinstance(one, FaultWindow) and one.isVisible()
        )
        seen.append(words(window))
        window.close()

    QTimer.singleShot(300, look)
    with HomeLock(clinic.home.folder), pytest.raises(KnownFault):
        open_window(Namespace(home=clinic.home.folder))
    assert "already open in another window" in seen[0]
