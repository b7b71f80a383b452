"""Marks of review: what was looked through, by whom, when, and what came since."""

import pytest
from tests.clinic import NOW, Clinic

from msclinic.domain.errors import UserError
from msclinic.services.entry import FormEntry
from msclinic.services.journal_model import Criteria
from msclinic.services.journal_reading import find, journal_lines
from msclinic.services.journal_review import mark_reviewed, reviews, since_review

pytestmark = pytest.mark.requirement("R-AUD-8")


def test_a_mark_says_who_when_and_what_was_looked_through(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    monitor = clinic.session("MON-01")
    criteria = Criteria(participant=participant, form="demography", acts=("answered",), since=NOW)
    key = mark_reviewed(monitor, criteria, " no findings ")
    (found,) = reviews(clinic.session("PI-01"))
    assert (found.key, found.account, found.role, found.at) == (key, "MON-01", "MON", NOW)
    assert found.criteria == criteria
    assert found.note == "no findings"


def test_the_mark_is_an_entry_of_the_journal_itself(clinic: Clinic) -> None:
    monitor = clinic.session("MON-01")
    mark_reviewed(monitor, Criteria())
    (line,) = journal_lines(monitor, find(monitor, Criteria(acts=("journal_reviewed",))))
    assert line.account == "MON-01"


def test_what_came_since_is_what_was_not_there_then(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    monitor, crc = clinic.session("MON-01"), clinic.session("CRC-01")
    mark_reviewed(monitor, Criteria(participant=participant, form="demography"))
    (review,) = reviews(monitor)
    assert since_review(monitor, review) == []
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1981)
    clinic.enrol(2)
    lines = journal_lines(monitor, since_review(monitor, review))
    assert [one.row.entry.path for one in lines] == [entry.path(entry.ref("BRTHYY"))]


def test_a_later_mark_begins_anew_and_the_newest_stands_first(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    monitor, crc = clinic.session("MON-01"), clinic.session("CRC-01")
    whose = Criteria(participant=participant)
    mark_reviewed(monitor, whose, "first")
    entry = FormEntry(crc, participant, "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1981)
    clinic.clock.turn_to(NOW.replace(hour=11))
    mark_reviewed(monitor, whose, "second")
    newest, oldest = reviews(monitor)
    assert (newest.note, oldest.note) == ("second", "first")
    assert since_review(monitor, newest) == []
    assert len(since_review(monitor, oldest)) == 1


def test_a_mark_over_what_there_is_not_is_refused_and_nothing_is_recorded(clinic: Clinic) -> None:
    monitor = clinic.session("MON-01")
    with pytest.raises(UserError):
        mark_reviewed(monitor, Criteria(form="nowhere"))
    with pytest.raises(UserError):
        mark_reviewed(monitor, Criteria(), "x" * 501)
    assert reviews(monitor) == []
