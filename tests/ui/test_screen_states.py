"""A record that cannot be read, and another look while a screen is open: nothing is lost."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from tests.ui.tour import BEFORE, Moments, Tour, page_of, wait

from msclinic.app.settings import Settings
from msclinic.services.entry import FormEntry
from msclinic.ui.theme import current_theme
from msclinic.ui.window import Window
from msclinic.wording import current_language

LOOK = Settings("en", "light", 100)


@pytest.fixture
def tour(qtbot, moments: Moments, tmp_path: Path) -> Iterator[Tour]:
    """A clinic of its own: these tests write, and damage it."""
    shutil.copytree(moments.folder / BEFORE, tmp_path / BEFORE)
    own = Moments(tmp_path, moments.at, moments.places, moments.study)
    made = Tour(own)
    yield made
    made.leave()


@contextmanager
def damaged(tour: Tour) -> Iterator[None]:
    """The disk gives back rubbish for a while."""
    folder = tour.moments.folder / BEFORE
    kept = {one: one.read_bytes() for one in folder.glob("clinic.db*") if "shm" not in one.name}
    try:
        for one, content in kept.items():
            with one.open("r+b") as file:
                file.write(b"\xa5" * len(content))
        yield
    finally:
        for one, content in kept.items():
            with one.open("r+b") as file:
                file.write(content)


def words(window: Window) -> str:
    return " | ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())


@pytest.mark.parametrize("show", [Window.show_participants, Window.show_worklist])
def test_a_list_that_cannot_be_read_says_so_and_loses_nothing(tour, show):
    window = tour.enter(BEFORE, "CRC-01", LOOK)
    window.show_display()
    wait(window)
    with damaged(tour):
        show(window)
        wait(window)
        for _ in range(2):
            page = page_of(window)
            assert page.pane.isVisible()
            assert "The record could not be read." in words(window)
            assert page.pane.button.text() == "Try again"
            page.pane.button.click()
            wait(window)
    tour.leave()
    window = tour.enter(BEFORE, "CRC-01", LOOK)
    show(window)
    wait(window)
    assert not page_of(window).pane.isVisible()
    assert page_of(window).table.model().rowCount() > 0


@pytest.mark.parametrize(
    "look",
    [Settings("pl", "light", 100), Settings("en", "contrast", 100), Settings("en", "light", 150)],
)
def test_another_look_keeps_the_form_and_what_was_typed(tour, look):
    places = tour.moments.places
    window = tour.enter(BEFORE, "CRC-01", LOOK)
    window.show_form(places.fresh, "LOG", "1", "concomitant_medication", "b" * 16)
    wait(window)
    page = page_of(window)
    edit = QApplication.focusWidget()
    ref = next(ref for ref, one in page.panel.editors.items() if one.isAncestorOf(edit))
    QTest.keyClicks(edit, "ibuprofen")
    window.change_display(look)
    wait(window)
    again = page_of(window)
    assert again is not page
    assert again.entry.prefix == page.entry.prefix
    assert (
        FormEntry(
            window.session, places.fresh, "LOG", "concomitant_medication", form_key="b" * 16
        ).value(ref[2])
        == "ibuprofen"
    )
    assert (current_language(), current_theme().mode, current_theme().scale) == (
        look.language,
        look.theme,
        look.scale,
    )
    assert again.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize(
    ("account", "show"),
    [
        ("NUR-04", Window.show_today),
        ("CRC-01", Window.show_participants),
        ("CRC-01", Window.show_worklist),
        ("CRC-01", Window.show_study),
        ("CRC-01", Window.show_display),
        ("RAT-02", Window.show_today),
        ("ADMIN-01", Window.show_people),
    ],
)
def test_another_language_keeps_the_screen_and_a_place_for_the_focus(tour, account, show):
    window = tour.enter(BEFORE, account, LOOK)
    show(window)
    wait(window)
    before = type(page_of(window))
    window.change_display(Settings("pl", "dark", 125))
    wait(window)
    assert type(page_of(window)) is before
    assert page_of(window).isAncestorOf(QApplication.focusWidget())
