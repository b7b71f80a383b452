"""What two persons have blotted out is gone: from the tables, the pages of the file and its log."""

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from tests.decrypted import pages_with
from tests.journal_writer import (
    DATA_KEY,
    ITEM,
    PARTICIPANT,
    TRUSTED,
    Writer,
    signature_of,
    verify_signature,
)

from msclinic.record import Draft, blot_path
from msclinic.store import Store, verify

NAME = "Kowalska-Zamiejska Bronislawa"
NOTE = ITEM + "NOTE"
PAD = "the patient said " * 60


def told(value: str, *supersedes: str) -> Draft:
    reason = {"code": "4", "text": f"said by {value}"} if supersedes else None
    content = {"type": "text", "value": value}
    return Draft("answered", PARTICIPANT, NOTE, content, reason, supersedes=supersedes)


def blot(entry: str, part: str = "value") -> Draft:
    return Draft("blotted", PARTICIPANT, blot_path(entry, part), {"type": "blot"})


@pytest.fixture
def writer() -> Writer:
    made = Writer()
    made.found()
    return made


def appended(store: Store, writer: Writer, begin: int = 0) -> None:
    for act in writer.acts[begin:]:
        with store.write() as uow:
            uow.append(act)


@pytest.mark.requirement("R-AUD-4")
def test_the_entry_of_a_second_person_removes_the_value_in_the_same_commit(
    store: Store, writer: Writer
) -> None:
    one = writer.one(told(NAME))
    writer.one(blot(one))
    appended(store, writer)
    with store.read() as reader:
        assert [row.value for row in reader.trail(PARTICIPANT, NOTE)] != [None]
    done = len(writer.acts)
    writer.one(blot(one), actor="PHY-01")
    appended(store, writer, done)
    with store.read() as reader:
        assert [row.removed for row in reader.trail(PARTICIPANT, NOTE)] == [True]
        assert [head.value for head in reader.heads(PARTICIPANT)] == [None]
        assert reader.named(NOTE) == []
    assert verify(store, verify_signature, TRUSTED) == []


def test_one_person_twice_removes_nothing(store: Store, writer: Writer) -> None:
    one = writer.one(told(NAME))
    writer.one(blot(one))
    writer.one(blot(one))
    appended(store, writer)
    with store.read() as reader:
        assert [row.removed for row in reader.trail(PARTICIPANT, NOTE)] == [False]


def test_a_signature_above_what_was_removed_stands(store: Store, writer: Writer) -> None:
    one = writer.one(told(NAME))
    writer.one(signature_of({NOTE: [one]}, scope="V1/1/vital_signs/1"), actor="PHY-01")
    writer.one(blot(one))
    writer.one(blot(one), actor="PHY-01")
    appended(store, writer)
    with store.read() as reader:
        assert [row.status for row in reader.signatures(PARTICIPANT)] == ["valid"]
    assert verify(store, verify_signature, TRUSTED) == []


@pytest.mark.requirement("R-AUD-4")
def test_nothing_of_what_was_removed_is_left_in_any_page_of_the_file_or_its_log(
    database: Path, writer: Writer
) -> None:
    first = writer.one(told(PAD + NAME))
    second = writer.one(told(PAD + "corrected", first))
    for number in range(40):
        content = {"type": "text", "value": f"{number} {PAD}"}
        writer.one(Draft("answered", PARTICIPANT, f"{ITEM}N{number:02}", content))
    done = len(writer.acts)
    with Store.open(database, DATA_KEY) as store:
        appended(store, writer)
        assert pages_with(database, DATA_KEY, NAME) > 0, "the search would find it"
        for entry, part in ((first, "value"), (second, "reason")):
            for actor in ("NUR-01", "PHY-01"):
                writer.one(blot(entry, part), actor=actor)
        appended(store, writer, done)
        assert store.scrub()
        assert pages_with(database, DATA_KEY, NAME) == 0
        assert verify(store, verify_signature, TRUSTED) == []
    assert pages_with(database, DATA_KEY, NAME) == 0


def test_while_another_reads_the_log_is_left_for_later_and_emptied_at_the_end(
    database: Path, writer: Writer
) -> None:
    one = writer.one(told(NAME))
    with Store.open(database, DATA_KEY, wait_seconds=0.05) as store:
        appended(store, writer)
        done = len(writer.acts)
        for actor in ("NUR-01", "PHY-01"):
            writer.one(blot(one), actor=actor)
        with store.read() as reader:
            reader.heads(PARTICIPANT)
            appended(store, writer, done)
            assert not store.scrub()
        assert store.scrub()
    assert pages_with(database, DATA_KEY, NAME) == 0


def test_the_file_overwrites_what_it_deletes(store: Store) -> None:
    with store.write() as uow:
        held: driver.Connection = uow.connection.connection.driver_connection
        assert held.execute("PRAGMA secure_delete").fetchone() == (1,)
