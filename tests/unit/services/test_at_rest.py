"""The worklist of somebody who stays signed in is that of somebody who has just signed in."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from attrs import evolve
from tests.clinic import Clinic
from tests.infusion_day import play_day
from tests.lives import day_of, password

from msclinic.domain.values import Code, PartialDate
from msclinic.services.at_rest import come_to_rest, perhaps_waiting
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.life import rescreen, screen_failure, undo
from msclinic.services.participants import enrol
from msclinic.services.session import Session
from msclinic.services.sign_in import unlock_record
from msclinic.services.visits import book_visit, open_unscheduled, open_visit
from msclinic.services.worklist import Point, worklist
from msclinic.store import Store

PHY = "PHY-01"


def steps(clinic: Clinic) -> Iterator[str]:
    """A year at a site: after each step the lists are compared."""
    crc, phy, nurse = (clinic.session(one) for one in ("CRC-01", PHY, "NUR-04"))
    people = [enrol(crc, number) for number in range(1, 6)]
    yield "enrolled"
    demography = FormEntry(crc, people[0], "SCR", "demography")
    demography.answer(demography.ref("BRTHYY"), 1980)
    yield "a form is begun"
    clinic.clock.turn(timedelta(days=1))
    yield "and left over night"
    book_visit(crc, people[1], "SCR", day_of(clinic) + timedelta(days=2))
    yield "a visit is booked"
    open_visit(crc, people[2], "SCR", day_of(clinic))
    yield "a visit is open"
    clinic.clock.turn(timedelta(days=3))
    yield "the booked day has passed"
    scope = screen_failure(phy, people[1], day_of(clinic), "WINDOW", password(PHY))
    yield "screening failed"
    clinic.clock.turn(timedelta(days=5))
    yield "days go by"
    rescreen(phy, people[1], 6, day_of(clinic), "once more", password(PHY))
    yield "screened again"
    play_day(clinic, people[3], "V1", until="ENDED", chair=1)
    yield "an infusion"
    event = FormEntry(nurse, people[4], "LOG", "adverse_event", form_key="a" * 16)
    event.answer(event.ref("AESTDAT"), PartialDate("2026"))
    event.answer(event.ref("AESER"), Code("Y"))
    yield "a serious event"
    screen_failure(phy, people[0], day_of(clinic), "WINDOW", password(PHY))
    for days in (1, 60, 40, 3, 120, 200):
        clinic.clock.turn(timedelta(days=days))
        yield f"{days} days later"
    visit = open_unscheduled(crc, people[0], "UNS", day_of(clinic))
    yield f"somebody at rest comes back: {visit}"
    clinic.clock.turn(timedelta(days=2))
    yield "and the day is over"
    failed = screen_failure(phy, people[2], day_of(clinic), "WINDOW", password(PHY))
    clinic.clock.turn(timedelta(days=2))
    yield "another one fails"
    undo(phy, people[2], failed, "wrong person", password(PHY))
    yield f"which is taken back, but not {scope}"


def told(points: list[Point]) -> list[str]:
    return sorted(map(repr, points))


def afresh(session: Session) -> list[Point]:
    """What the same person reads on a record that was opened just now."""
    key = unlock_record(session.home, session.account, session.ring)
    with Store.open(session.store.path, key, read_only=True) as opened:
        return worklist(evolve(session, store=opened))


@pytest.mark.parametrize("account", [PHY, "CRC-01", "MON-01"])
def test_through_a_year_nothing_is_missed_and_nothing_stays_too_long(
    clinic: Clinic, account: str
) -> None:
    session = clinic.session(account)
    seen: set[str] = set()
    for step in steps(clinic):
        listed = worklist(session)
        assert told(listed) == told(afresh(session)), step
        seen |= {one.kind for one in listed}
    assert {"missing", "overdue", "unfinished"} <= seen


def awake(clinic: Clinic, account: str) -> set[str] | None:
    return perhaps_waiting(clinic.session(account))[1]


def test_who_has_come_to_rest_is_not_read_until_something_of_theirs_is_recorded(
    clinic: Clinic,
) -> None:
    crc = clinic.session("CRC-01")
    people = [enrol(crc, number) for number in (1, 2)]
    assert awake(clinic, "CRC-01") is None
    assert worklist(crc) == []
    assert awake(clinic, "CRC-01") == set()
    entry = FormEntry(crc, people[1], "SCR", "demography")
    entry.answer(entry.ref("BRTHYY"), 1980)
    assert awake(clinic, "CRC-01") == {people[1]}
    # Nobody else's memory is used: what waits differs by person.
    assert awake(clinic, PHY) is None


def test_what_was_written_while_the_list_was_read_stays_awake(clinic: Clinic) -> None:
    crc = clinic.session("CRC-01")
    person = enrol(crc, 1)
    worklist(crc)
    place, _among = perhaps_waiting(crc)
    open_visit(crc, person, "SCR", day_of(clinic))
    assert awake(clinic, "CRC-01") == {person}
    come_to_rest(crc, place, {person}, {person})
    assert awake(clinic, "CRC-01") == {person}


def test_a_change_of_the_study_wakes_everybody_and_a_sign_in_does_not(clinic: Clinic) -> None:
    crc = clinic.session("CRC-01")
    enrol(crc, 1)
    worklist(crc)
    clinic.session("NUR-06")
    assert awake(clinic, "CRC-01") == set()
    with recording(crc) as act:
        act.set("study_activated", "study/active", {"type": "code", "value": "again"})
    assert awake(clinic, "CRC-01") is None
