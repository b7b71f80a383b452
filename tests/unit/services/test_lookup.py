"""Finding participants by what is typed: asking the record gives what a look at all would."""

import pytest
from tests.clinic import Clinic

from msclinic.services.gateway import random_id, recording
from msclinic.services.lookup import known, look_up, matches
from msclinic.services.participants import CODE_PATH, enrol, identities

NUMBERS = (*range(1, 16), 70, 71, 100, 107, 170, 700, 777)
ELSEWHERE = "PL02-007"


@pytest.fixture
def crowded(clinic: Clinic) -> Clinic:
    session = clinic.session("CRC-01")
    for number in NUMBERS:
        enrol(session, number)
    with recording(session) as act:
        value = {"type": "text", "value": ELSEWHERE}
        act.set("participant_enrolled", CODE_PATH, value, participant=random_id())
    return clinic


@pytest.mark.parametrize(
    "typed",
    [
        "7",
        "07",
        "007",
        "0",
        "00",
        "1",
        "10",
        "pl01",
        "PL01-0",
        "pl01 7",
        "7 pl02",
        "pl",
        "x",
        "777",
    ],
)
def test_what_is_found_by_typing_is_what_fits_among_everyone(crowded: Clinic, typed: str) -> None:
    session = crowded.session("CRC-01")
    words = typed.casefold().split()
    wanted = [one.code for one in identities(session) if matches(one.code, words)]
    found = look_up(session, known(session), typed, most=12)
    assert [one.title for one in found if one.kind == "participant"] == wanted[:12]


def test_a_number_typed_without_its_zeros_finds_the_participant_of_another_site_too(
    crowded: Clinic,
) -> None:
    session = crowded.session("CRC-01")
    found = look_up(session, known(session), "7", most=100)
    assert {"PL01-007", "PL01-070", "PL01-777", ELSEWHERE} <= {one.title for one in found}
    assert "PL01-107" not in {one.title for one in found}


def test_everyone_is_found_where_all_are_asked_for(crowded: Clinic) -> None:
    session = crowded.session("CRC-01")
    found = look_up(session, known(session), "pl", most=500)
    assert len(found) == len(NUMBERS) + 1
