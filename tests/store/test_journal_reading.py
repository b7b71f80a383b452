"""Looking through a long journal reads an index, and whole entries only where asked for."""

import pytest
from tests.journal_writer import ITEM, OTHER, PARTICIPANT, Writer, answer

from msclinic.store import Store
from msclinic.store import journal_reading as reading
from msclinic.store.prepared import Prepared

SYSBP = ITEM + "SYSBP"


@pytest.fixture
def filled(store: Store) -> Store:
    writer = Writer()
    writer.found()
    first = writer.one(answer(SYSBP, 120))
    writer.one(answer(SYSBP, 125, first), actor="PHY-01")
    writer.one(answer(SYSBP, 99, participant=OTHER))
    for act in writer.acts:
        with store.write() as uow:
            uow.append(act)
    return store


def plan(store: Store, statement: Prepared, **given: object) -> str:
    with store.read() as reader:
        values = [given.get(name, "[]") for name in statement._names]
        driver = reader.connection.connection.driver_connection
        assert driver is not None
        rows = driver.execute(f"EXPLAIN QUERY PLAN {statement._text}", values).fetchall()
    return "\n".join(row[3] for row in rows)


def test_places_are_walked_in_an_index_alone(filled: Store) -> None:
    assert "COVERING INDEX" in plan(filled, reading._ALL)
    assert "COVERING INDEX" in plan(filled, reading._OF_ONE)
    assert "COVERING INDEX" in plan(filled, reading._BELOW)
    assert "COVERING INDEX" in plan(filled, reading._OF_ACTIONS)
    assert "COVERING INDEX" in plan(filled, reading._AFTER)
    assert "INTEGER PRIMARY KEY" in plan(filled, reading._ROWS)
    assert "INTEGER PRIMARY KEY" in plan(filled, reading._TIMES)


def test_places_are_those_of_one_participant_or_of_the_site_or_all(filled: Store) -> None:
    with filled.read() as reader:
        everything = list(reading.journal_places(reader))
        one = list(reading.journal_places(reader, PARTICIPANT))
        site = list(reading.journal_places(reader, ""))
        other = list(reading.journal_places(reader, OTHER))
    assert {place.path for place in one} == {SYSBP}
    assert len(everything) == len(one) + len(site) + len(other) == 3 + 2 + 1
    with filled.read() as reader:
        assert list(reading.journal_places(reader, stop=lambda: True)) == []


def test_a_row_tells_what_it_replaced_and_whether_it_stands(filled: Store) -> None:
    with filled.read() as reader:
        places = sorted(one.position for one in reading.journal_places(reader, PARTICIPANT))
        first, second = reading.journal_rows(reader, places)
        backwards = reading.journal_rows(reader, places[::-1])
    assert [row.position for row in backwards] == places[::-1]
    assert (first.current, second.current) == (False, True)
    assert second.value == {"type": "integer", "value": "125"}
    (before,) = second.before
    assert (before.entry, before.value) == (first.stored.hash, first.value)
    assert not before.removed


def test_what_came_after_a_place_of_a_stream_is_found(filled: Store) -> None:
    with filled.read() as reader:
        ends = {stream: seq for stream, (seq, _) in reader.position().streams.items()}
        assert reading.positions_after(reader, ends) == set()
        earlier = {stream: seq - 2 for stream, seq in ends.items()}
        assert len(reading.positions_after(reader, earlier)) == 2
        assert len(reading.positions_after(reader, {})) == 6
