"""Every screen of the program, whole: nothing cut, nothing overlapping, one filled button."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from tests.clinic import NOW
from tests.infusion_day import STATES
from tests.ui.clipping import clipping_faults
from tests.ui.tour import (
    BEFORE,
    Moments,
    Strays,
    Tour,
    account_of,
    page_of,
    place_of_form,
    screens_of,
    wait,
)

from msclinic.app.clock import TurnedClock
from msclinic.app.settings import Settings
from msclinic.services.home import Home
from msclinic.shipped import shipped_study
from msclinic.study import load_study
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.widgets import Button
from msclinic.ui.window import Window

ROOM = (1366, 768)
LATER = timedelta(minutes=17)
POLISH = Settings("pl", "light", 150)
FORMS = tuple(load_study(shipped_study()).forms)
LOOKS = {
    "en light 100": Settings("en", "light", 100),
    "en contrast 100": Settings("en", "contrast", 100),
    "pl light 150": POLISH,
    "pl dark 200": Settings("pl", "dark", 200),
}
LARGE = ("pl light 150", "pl dark 200")
# Long labels, wide choices, and numbers that are typed twice.
WIDE_FORMS = (
    "demography",
    "adverse_event",
    "eligibility",
    "infusion",
    "randomisation",
    "kit_assignment",
)


@pytest.fixture
def tour(qtbot, qapp, moments: Moments) -> Iterator[Tour]:
    """Also: nothing may flash up as a window of its own."""
    made, strays = Tour(moments), Strays()
    qapp.installEventFilter(strays)
    yield made
    made.leave()
    qapp.removeEventFilter(strays)
    assert strays.seen == []


def faults_on(window) -> list[str]:
    """What is wrong with the screen in front."""
    wait(window)
    filled = [
        one.text()
        for one in window.findChildren(Button)
        if one.isVisible() and one.kind == "primary"
    ]
    faults = clipping_faults(window, ROOM)
    if len(filled) > 1:
        faults.append(f"{len(filled)} filled buttons: {', '.join(filled)}")
    return faults


def walk(tour: Tour, moment: str, look: Settings) -> dict[str, list[str]]:
    """What is wrong with the screens of a moment, by name."""
    found = {}
    for name, account, show in screens_of(tour.moments.places, moment):
        window = tour.enter(moment, account, look)
        show(window)
        assert not window.notice.isVisible(), (name, window.notice.accessibleName())
        if faults := faults_on(window):
            found[name] = faults
    return found


def sections(window) -> Iterator[str]:
    """Each section of the form in front, one after another."""
    page = page_of(window)
    assert isinstance(page, FormScreen)
    for section in list(page.way.sections):
        page.open_section(section.key)
        yield section.key


@pytest.mark.parametrize("look", LOOKS)
def test_every_screen_of_the_morning_is_whole(tour, look):
    assert walk(tour, BEFORE, LOOKS[look]) == {}


@pytest.mark.parametrize("look", LARGE)
@pytest.mark.parametrize("moment", STATES)
def test_every_phase_of_the_run_is_whole(tour, moment, look):
    assert walk(tour, moment, LOOKS[look]) == {}


@pytest.mark.parametrize("look", sorted(set(LOOKS) - set(LARGE)))
def test_the_running_infusion_is_whole(tour, look):
    assert walk(tour, "RUNNING", LOOKS[look]) == {}


@pytest.mark.parametrize("look", LARGE)
@pytest.mark.parametrize("oid", FORMS)
def test_every_form_is_whole(tour, oid, look):
    visit, key, role = place_of_form(tour.moments.study, oid)
    places = tour.moments.places
    found = {}
    for state, participant in (("new", places.fresh), ("half-filled", places.filled)):
        window = tour.enter(BEFORE, account_of(role), LOOKS[look])
        window.show_form(participant, visit, "1", oid, key)
        for section in sections(window):
            if faults := faults_on(window):
                found[f"{state} {section}"] = faults
    assert found == {}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("oid", ["vital_signs", "eligibility", "adverse_event"])
def test_a_form_is_whole_in_every_look(tour, oid, look):
    visit, key, role = place_of_form(tour.moments.study, oid)
    window = tour.enter(BEFORE, account_of(role), LOOKS[look])
    window.show_form(tour.moments.places.filled, visit, "1", oid, key)
    assert {key: faults for key in sections(window) if (faults := faults_on(window))} == {}


@pytest.mark.parametrize("look", LOOKS)
def test_sign_in_and_lock_are_whole(tour, look):
    window = tour.enter("RUNNING", "", LOOKS[look])
    assert faults_on(window) == []
    page_of(window).show_everyone()
    assert faults_on(window) == []
    page_of(window).refuse("Hasło i konto nie pasują do siebie.", "Nic nie zostało otwarte.")
    assert faults_on(window) == []
    window = tour.enter("RUNNING", "NUR-04", LOOKS[look])
    window.lock()
    assert faults_on(window) == []
    tour.clock.turn(LATER)
    window.tick()
    assert faults_on(window) == []


@pytest.mark.parametrize("look", LOOKS)
def test_the_steps_of_the_first_run_are_whole(qtbot, tmp_path, look):
    window = Window(Home(tmp_path / "new"), TurnedClock(NOW), LOOKS[look])
    qtbot.addWidget(window)
    window.resize(*ROOM)
    window.change_display(LOOKS[look])
    window.show()
    found = {}
    screen = page_of(window)
    for step in range(4):
        screen._step = step
        screen._show()
        if faults := faults_on(window):
            found[step] = faults
    assert found == {}


@pytest.mark.parametrize("look", LARGE)
def test_the_signature_is_whole(tour, look):
    window = tour.enter(BEFORE, "PI-01", LOOKS[look])
    window.show_study()
    page_of(window).ask_switch()
    assert faults_on(window) == []


@pytest.mark.parametrize("oid", WIDE_FORMS)
@pytest.mark.parametrize("scale", [125, 150, 200])
def test_a_form_opened_at_an_item_does_not_move_sideways(tour, oid, scale):
    visit, key, role = place_of_form(tour.moments.study, oid)
    window = tour.enter(BEFORE, account_of(role), Settings("pl", "light", scale))
    places = tour.moments.places
    window.show_form(places.filled, visit, "1", oid, key)
    page = page_of(window)
    assert isinstance(page, FormScreen)
    last = [ref for one in page.way.sections for ref in one.refs][-1]
    window.show_form(places.filled, visit, "1", oid, key, last)
    assert faults_on(window) == []
