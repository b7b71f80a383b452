"""The history beside a value: who, when, what, why, after what, and what is in doubt."""

from datetime import timedelta

import pytest
from PySide6.QtWidgets import QLabel
from tests.clinic import NOW, Clinic
from tests.ui.forms_bench import Went, in_window, settle

from msclinic import __version__
from msclinic.domain.values import Code
from msclinic.services.blotting import blot
from msclinic.services.entry import CHANGED, FormEntry
from msclinic.services.gateway import note_clock, recording
from msclinic.services.journal_model import PROGRAM, Criteria
from msclinic.services.journal_reading import find, journal_lines
from msclinic.services.visits import open_visit
from msclinic.ui.forms.screen import FormScreen
from msclinic.ui.forms.trail import trail_of
from msclinic.ui.tasks import Tasks

pytestmark = pytest.mark.usefixtures("qapp")


@pytest.fixture
def participant(clinic: Clinic) -> str:
    return clinic.enrol(1)


def demography(clinic: Clinic, participant: str) -> FormEntry:
    return FormEntry(clinic.session("CRC-01"), participant, "SCR", "demography")


@pytest.mark.requirement("R-AUD-1", "R-AUD-2", "R-AUD-7")
def test_a_change_names_person_role_time_old_new_and_the_digit_in_words(
    clinic: Clinic, participant: str
) -> None:
    entry = demography(clinic, participant)
    ref = entry.ref("BRTHYY")
    clinic.clock.turn(timedelta(hours=1))
    entry.answer(ref, 1980, source="transcribed")
    entry.keep([ref], CHANGED, "1")
    kept, changed, completed, first = trail_of(entry, ref)
    assert (changed.when, changed.who) == ("23 Nov 2026 10:30:00", "CRC 01 · Coordinator")
    assert changed.what == "Changed 1975 → 1980"
    assert changed.notes == ("Source: transcribed from paper.",)
    assert (kept.what, kept.notes) == ("Reason given", ("Why changed: Mistyped",))
    assert completed.what == "Form completed"
    assert first.what == "Entered 1975"


@pytest.mark.requirement("R-AUD-12")
def test_when_it_happened_was_typed_and_was_stored_are_told_apart(
    clinic: Clinic, participant: str
) -> None:
    entry = demography(clinic, participant)
    ref = entry.ref("BRTHYY")
    happened = NOW - timedelta(hours=6)
    with recording(entry.session) as act:
        act._typed_at -= timedelta(hours=4)
        act.set(
            "answered",
            entry.path(ref),
            {"type": "integer", "value": "1980"},
            participant=participant,
            event_time=happened,
        )
    line = trail_of(entry, ref)[0]
    assert line.when == "23 Nov 2026 05:30:00"
    assert line.notes == (
        "Happened 23 Nov 2026 03:30, typed 2 h later.",
        "Stored 23 Nov 2026 09:30:00, 4 h later.",
    )


@pytest.mark.requirement("R-AUD-13")
def test_what_a_check_asked_stands_with_the_new_answer(clinic: Clinic, participant: str) -> None:
    open_visit(clinic.session("CRC-01"), participant, "V1", NOW.date())
    entry = FormEntry(clinic.session("NUR-04"), participant, "V1", "vital_signs")
    ref = entry.ref("SYSBP", entry.add_repeat("reading"))
    entry.answer(ref, 262)
    entry.answer(ref, 126)
    changed, first = trail_of(entry, ref)
    assert changed.what.startswith("Changed 262")
    assert changed.notes[0].startswith("A check asked: ")
    assert first.notes == ()


@pytest.mark.requirement("R-AUD-11")
def test_a_computed_value_is_the_programs_with_its_rule(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    session = clinic.session("PHY-01")
    whose = Criteria(participant=participant, person=PROGRAM)
    spot = journal_lines(session, find(session, whose))[0].spot
    place = (spot.visit, spot.form, spot.visit_key, spot.form_key)
    entry = FormEntry(session, participant, *place)
    line = trail_of(entry, (spot.group, spot.group_key, spot.item))[0]
    assert line.what.startswith("Computed ")
    assert line.who == f"msclinic {__version__}"
    assert line.notes[0].startswith(f"Rule {spot.form}.{spot.item}, version ")


@pytest.mark.requirement("R-TIM-3")
def test_a_clock_that_was_moved_that_day_is_said(clinic: Clinic, participant: str) -> None:
    clinic.clock.jump(timedelta(hours=-2))
    assert note_clock(clinic.session("CRC-01")) is not None
    entry = demography(clinic, participant)
    notes = trail_of(entry, entry.ref("BRTHYY"))[-1].notes
    assert notes == ("The computer's clock was set back by 2 h that day.",)


def test_an_override_stands_with_the_value_it_lets_pass(day: tuple[Clinic, str]) -> None:
    clinic, participant = day
    entry = FormEntry(clinic.session("PHY-01"), participant, "V1", "fit_to_dose")
    answered = [ref for ref in entry.refs() if entry.heads(ref)]
    ref = next(one for one in answered if isinstance(entry.state(one).answer, Code))
    entry.override(ref, "seen and accepted")
    line = trail_of(entry, ref)[0]
    assert (line.what, line.who) == ("Overridden", "PHY 01 · Physician")
    assert line.notes == ("Reason: seen and accepted.",)


@pytest.mark.requirement("R-AUD-4")
def test_an_answer_that_was_removed_says_so_in_the_form_and_in_its_history(
    qtbot, clinic: Clinic, participant: str
) -> None:
    entry = demography(clinic, participant)
    ref = entry.ref("ALLERGY_TEXT")
    (head,) = entry.heads(ref)
    crc, pi = clinic.session("CRC-01"), clinic.session("PI-01")
    blot(crc, pi, [(head.entry, "value")], "a name was typed")
    place = (participant, "SCR", "1", "demography", "1")
    page = in_window(qtbot, FormScreen(crc, Went().navigator(), Tasks(), *place))
    page.open_section(ref[0])
    settle()
    shown = [one.text() for one in page.findChildren(QLabel) if one.isVisible()]
    assert [one for one in shown if "removed: personal data" in one]
    assert page.panel.editors[ref].input.answer() is None
    told = [line.what for line in trail_of(page.entry, ref)]
    assert told == [
        "Personal data removed",
        "Personal data removed",
        "Form completed",
        "Entered removed: personal data",
    ]
