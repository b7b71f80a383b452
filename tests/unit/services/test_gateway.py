"""Several acts in one commit, and what remembers how far the record has come."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from attrs import evolve
from tests.clinic import PASSWORDS, Clinic

from msclinic.services.gateway import recording, together
from msclinic.services.participants import enrol, find_participant
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import prove_home

ACCOUNT = "CRC-01"


@pytest.fixture
def session(clinic: Clinic, tmp_path: Path) -> Iterator[Session]:
    """Somebody at a computer that keeps a marker."""
    home = evolve(clinic.home, state=tmp_path / "state")
    made = sign_in(home, ACCOUNT, PASSWORDS[ACCOUNT], clinic.clock)
    yield made
    made.close()


def ends(session: Session) -> tuple[int, str]:
    with session.store.read() as reader:
        return reader.stream_head(session.place.stream)[:2]


def incident(session: Session, number: int) -> None:
    with recording(session) as act:
        act.set("incident_recorded", f"site/incident/{number}", {"type": "text", "value": "x"})


def test_acts_in_one_commit_are_chained_and_each_sees_the_ones_before(session: Session) -> None:
    first, _ = ends(session)
    with together(session):
        one, other = enrol(session, 1), enrol(session, 2)
        assert find_participant(session, "PL01-001") == one
    assert find_participant(session, "PL01-002") == other
    assert ends(session)[0] == first + 2
    assert prove_home(session.home, ACCOUNT, PASSWORDS[ACCOUNT]).faults == ()


def test_the_marker_never_runs_ahead_of_what_was_given_up(session: Session) -> None:
    before = ends(session)
    # As many acts as make the marker be written.
    with suppress(ZeroDivisionError), together(session):
        for number in range(30):
            incident(session, number)
        raise ZeroDivisionError
    assert ends(session) == before
    assert prove_home(session.home, ACCOUNT, PASSWORDS[ACCOUNT]).faults == ()
    session.close()
    again = sign_in(session.home, ACCOUNT, PASSWORDS[ACCOUNT], session.clock)
    try:
        assert again.warning is None
    finally:
        again.close()


def test_a_clock_that_was_moved_is_on_record_though_the_acts_are_given_up(
    session: Session, clinic: Clinic
) -> None:
    clinic.clock.jump(timedelta(hours=3))
    before = ends(session)[0]
    with suppress(ZeroDivisionError), together(session):
        enrol(session, 1)
        raise ZeroDivisionError
    with session.store.read() as reader:
        (jumped,) = list(reader.entries("clock_jumped"))
    assert jumped.envelope.seq == before + 1
