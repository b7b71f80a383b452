"""A rater's list is the same whether everybody is read or only those of whom something may wait."""

from datetime import date, timedelta

import pytest
from tests.clinic import Clinic
from tests.infusion_day import play_day
from tests.lives import day_of, dose, password, randomised

from msclinic.domain.errors import UserError
from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.exam_lists import (
    MyExam,
    ask_for_exam,
    exam_to_ask_for,
    exams_of,
    my_exams,
)
from msclinic.services.life import screen_failure
from msclinic.services.participants import identities
from msclinic.services.session import Refused
from msclinic.services.signing import sign
from msclinic.services.visits import (
    book_visit,
    open_unscheduled,
    open_visit,
    participant_visits,
)

ASSESSOR = "ASSESSOR-01"
RATERS = ("RAT-02", ASSESSOR)


def among_all(clinic: Clinic, account: str) -> list[MyExam]:
    session = clinic.session(account)
    found = [one for who in identities(session) for one in exams_of(session, who)]
    return sorted(found, key=lambda one: (one.day or date.max, one.who.code, one.visit))


def not_possible(clinic: Clinic, participant: str, visit: str, signed: bool) -> None:
    """A walk that could not be made, completed and perhaps signed."""
    session = clinic.session(ASSESSOR)
    entry = FormEntry(session, participant, visit, "t25fw")
    entry.answer(entry.ref("FTPERF"), Code("N"))
    entry.answer(entry.ref("FTREASND"), Code("MS"))
    entry.complete()
    if signed:
        sign(session, participant, entry.prefix, "form_entered", password(ASSESSOR))


@pytest.fixture
def busy(clinic: Clinic) -> Clinic:
    """One dosed, one booked, one open, one signed today, one begun and left, one who failed."""
    crc = clinic.session("CRC-01")
    people = [clinic.enrol(number) for number in range(1, 8)]
    play_day(clinic, people[0], "V1", until="ENDED", chair=1)
    book_visit(crc, people[1], "V1", day_of(clinic) + timedelta(days=3))
    open_visit(crc, people[2], "SCR", day_of(clinic))
    not_possible(clinic, people[3], "SCR", signed=True)
    not_possible(clinic, people[4], "SCR", signed=False)
    book_visit(crc, people[5], "SCR", day_of(clinic) + timedelta(days=1))
    phy = clinic.session("PHY-01")
    screen_failure(phy, people[5], day_of(clinic), "WINDOW", password("PHY-01"))
    return clinic


@pytest.mark.parametrize("account", RATERS)
def test_on_every_day_of_a_year_the_list_is_that_of_all_participants(busy, account: str) -> None:
    lengths = set()
    for step in (0, 1, 2, 5, 60, 17, 7, 7, 77, 7, 7, 84, 91, 14, 14, 60):
        busy.clock.turn(timedelta(days=step))
        listed = my_exams(busy.session(account))
        assert listed == among_all(busy, account)
        lengths.add(len(listed))
    assert len(lengths) > 3


def test_who_waits_for_nothing_is_not_read(busy) -> None:
    codes = {one.who.code for one in my_exams(busy.session(ASSESSOR))}
    assert "PL01-007" not in codes
    assert {"PL01-002", "PL01-003", "PL01-004", "PL01-005"} <= codes


def test_what_was_signed_today_is_shown_until_midnight(busy) -> None:
    def states() -> list[str]:
        listed = my_exams(busy.session(ASSESSOR))
        return [one.state for one in listed if one.who.code == "PL01-004" and one.form == "t25fw"]

    assert states() == ["signed"]
    busy.clock.turn(timedelta(hours=24))
    assert states() == []


@pytest.mark.parametrize("code", ["UNS", "ET"])
def test_a_rater_learns_of_an_unplanned_visit_once_an_exam_is_asked_for(
    clinic: Clinic, code: str
) -> None:
    participant, crc = randomised(clinic), clinic.session("CRC-01")
    dose(clinic, participant, "V1")
    clinic.clock.turn(timedelta(days=1))
    key = open_unscheduled(crc, participant, code, day_of(clinic))

    def known(account: str) -> tuple[bool, bool]:
        session = clinic.session(account)
        visits = participant_visits(session, participant)
        listed = {one.visit for one in my_exams(session)}
        return code in {one.code for one in visits}, code in listed

    assert [known(account) for account in RATERS] == [(False, False)] * 2
    (visit,) = (one for one in participant_visits(crc, participant) if one.code == code)
    assert exam_to_ask_for(crc, visit)
    ask_for_exam(crc, participant, code, key)
    assert known("RAT-02") == (True, True)
    # The timed tests are asked for at an early termination only.
    assert known(ASSESSOR) == (code == "ET", code == "ET")
    (visit,) = (one for one in participant_visits(crc, participant) if one.code == code)
    assert (visit.status, visit.exam_asked, exam_to_ask_for(crc, visit)) == ("open", True, False)
    with pytest.raises(UserError) as refusal:
        ask_for_exam(crc, participant, code, key)
    assert refusal.value.code == "exam_not_asked"


def test_an_exam_once_begun_at_an_unplanned_visit_stays_with_its_rater(clinic: Clinic) -> None:
    participant, rater = clinic.enrol(1), clinic.session("RAT-02")
    key = open_unscheduled(clinic.session("CRC-01"), participant, "UNS", day_of(clinic))
    entry = FormEntry(rater, participant, "UNS", "edss", key)
    entry.answer(entry.ref("FS_VISUAL"), Code("1"))
    assert "UNS" in {one.visit for one in my_exams(rater)}


def test_raters_do_not_ask_themselves_to_examine(clinic: Clinic) -> None:
    participant = clinic.enrol(1)
    key = open_unscheduled(clinic.session("CRC-01"), participant, "UNS", day_of(clinic))
    with pytest.raises(Refused):
        ask_for_exam(clinic.session("RAT-02"), participant, "UNS", key)
