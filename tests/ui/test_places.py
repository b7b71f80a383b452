"""Where each role begins, and what the lock screen may say of chairs."""

from datetime import timedelta

import pytest
from tests.infusion_day import play_day
from tests.ui.screen_help import Visited, booked_today

from msclinic.app.settings import Settings
from msclinic.ui import places
from msclinic.ui.tasks import Tasks


@pytest.mark.parametrize(
    ("account", "screen"),
    [
        ("NUR-04", "TodayScreen"),
        ("PHY-01", "TodayScreen"),
        ("PI-01", "TodayScreen"),
        ("CRC-01", "TodayScreen"),
        ("PREP-01", "TodayScreen"),
        ("RAT-02", "MyExamsScreen"),
        ("MON-01", "ParticipantsScreen"),
        ("DM-01", "ParticipantsScreen"),
        ("ADMIN-01", "PeopleScreen"),
    ],
)
def test_each_role_begins_with_its_own_screen(qtbot, clinic, account, screen):
    tasks = Tasks()
    made = places.first_screen(clinic.session(account), Visited().navigator(), tasks)
    qtbot.addWidget(made)
    assert type(made).__name__ == screen
    tasks.wait()
    qtbot.waitUntil(tasks.idle)


def test_the_lock_screen_gets_chairs_and_clock_times_only(clinic):
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "RUNNING")
    session = clinic.session("NUR-04")
    [due] = places.chairs_due(session)
    wait = places.chair_timer(due, clinic.clock.now(), session.zone)
    assert (wait.chair, wait.at, wait.minutes) == (2, "09:45", 15)
    later = places.chair_timer(due, clinic.clock.now() + timedelta(minutes=17), session.zone)
    assert later.minutes == -2


def test_the_lock_screen_learns_nothing_from_a_rater(clinic):
    participant = booked_today(clinic, 7, 2)
    play_day(clinic, participant, "V1", "RUNNING")
    assert places.chairs_due(clinic.session("RAT-02")) == []


def test_a_choice_of_the_display_is_told_whole(qtbot, clinic):
    screen = places.display_screen(
        clinic.session("NUR-04"), Visited().navigator(), Tasks(), Settings("en", "dark", 125)
    )
    qtbot.addWidget(screen)
    with qtbot.waitSignal(screen.chosen) as chosen:
        screen._rows["language"].choose("pl")
    assert chosen.args == [Settings("pl", "dark", 125)]
