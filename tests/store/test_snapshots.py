"""What a snapshot shows: all that was committed before it, nothing that came after."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.journal_writer import DATA_KEY, ITEM, PARTICIPANT, Writer, answer, signature_of

from msclinic.record import SealedAct
from msclinic.store import Store
from msclinic.store.reader import Reader

SYSBP = ITEM + "SYSBP"
SCOPE = SYSBP.rsplit("/", 1)[0]


@pytest.fixture
def other(store: Store) -> Iterator[Store]:
    """The same file, opened as a second program opens it."""
    with Store.open(store.path, DATA_KEY, wait_seconds=0.2) as opened:
        yield opened


def append(store: Store, *acts: SealedAct) -> None:
    with store.write() as uow:
        for act in acts:
            uow.append(act)


def shown(reader: Reader) -> list[str]:
    return [str((head.value or {})["value"]) for head in reader.heads(PARTICIPANT, prefix=SCOPE)]


def test_a_write_of_one_program_is_seen_by_the_other_at_once(store: Store, other: Store) -> None:
    writer = Writer()
    append(store, writer.found(), writer.act(answer(SYSBP, 120)))
    with other.read() as reader:
        assert shown(reader) == ["120"]
        assert len(reader.trail(PARTICIPANT, SYSBP)) == 1
        assert reader.signatures(PARTICIPANT) == []
        known = reader.heads(PARTICIPANT, prefix=SCOPE)[0].known
    append(store, writer.act(answer(SYSBP, 130, *known)))
    with other.read() as reader:
        assert shown(reader) == ["130"]
        (now,) = (head.entry for head in reader.heads(PARTICIPANT, prefix=SCOPE))
        assert len(reader.trail(PARTICIPANT, SYSBP)) == 2
    append(other, writer.act(signature_of({SYSBP: [now]}, SCOPE)))
    with store.read() as reader:
        assert [row.status for row in reader.signatures(PARTICIPANT)] == ["valid"]
    append(store, writer.act(answer(SYSBP, 140, now)))
    with other.read() as reader:
        assert shown(reader) == ["140"]
        assert [row.status for row in reader.signatures(PARTICIPANT)] == ["void"]


def test_an_open_snapshot_does_not_move_while_another_program_writes(
    store: Store, other: Store
) -> None:
    writer = Writer()
    append(store, writer.found(), writer.act(answer(SYSBP, 120)))
    with other.read() as reader:
        # Nothing was asked yet: the snapshot is of when it was opened all the same.
        append(store, writer.act(answer(ITEM + "PULSE", 70)))
        assert shown(reader) == ["120"]
        with other.read() as later:
            assert sorted(shown(later)) == ["120", "70"]
        assert shown(reader) == ["120"]


def test_a_unit_of_work_sees_its_own_writes_and_no_other_reader_does(store: Store) -> None:
    writer = Writer()
    append(store, writer.found())
    with store.write() as uow:
        assert shown(uow) == []
        uow.append(writer.act(answer(SYSBP, 120)))
        assert shown(uow) == ["120"]
        uow.append(writer.act(answer(ITEM + "PULSE", 70)))
        assert sorted(shown(uow)) == ["120", "70"]
        with store.read() as reader:
            assert shown(reader) == []


def test_what_was_rolled_back_is_never_shown(store: Store) -> None:
    writer = Writer()
    append(store, writer.found())

    def fail_half_way() -> None:
        with store.write() as uow:
            uow.append(writer.act(answer(SYSBP, 120)))
            assert shown(uow) == ["120"]
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_half_way()
    with store.read() as reader:
        assert shown(reader) == []


def test_a_rebuild_is_seen_at_the_same_place_in_the_journal(store: Store, other: Store) -> None:
    writer = Writer()
    append(store, writer.found(), writer.act(answer(SYSBP, 120)))
    with store.write() as uow:
        uow.connection.exec_driver_sql("DELETE FROM head WHERE item = 'SYSBP'")
    with other.read() as reader:
        assert shown(reader) == []
    store.rebuild()
    for one in (store, other):
        with one.read() as reader:
            assert shown(reader) == ["120"]


def test_threads_that_read_while_one_writes_never_see_an_older_record(store: Store) -> None:
    writer = Writer()
    append(store, writer.found())
    acts = [writer.act(answer(f"{ITEM}ITEM{number}", number)) for number in range(30)]

    def watch(_: int) -> list[int]:
        counts = []
        while not counts or counts[-1] < len(acts):
            with store.read() as reader:
                counts.append(len(shown(reader)))
                assert len(shown(reader)) == counts[-1]
        return counts

    with ThreadPoolExecutor(4) as pool:
        watching = [pool.submit(watch, number) for number in range(3)]
        for act in acts:
            append(store, act)
        for one in watching:
            counts = one.result(timeout=60)
            assert counts == sorted(counts)


def test_values_read_from_a_snapshot_belong_to_who_read_them(store: Store) -> None:
    writer = Writer()
    append(store, writer.found(), writer.act(answer(SYSBP, 120)))
    with store.read() as reader:
        value = reader.heads(PARTICIPANT, prefix=SCOPE)[0].value
        assert value is not None
        value["value"] = "1"
        assert shown(reader) == ["120"]


def test_a_store_opened_later_shows_the_same(store: Store, database: Path) -> None:
    writer = Writer()
    append(store, writer.found(), writer.act(answer(SYSBP, 120)))
    with Store.open(database, DATA_KEY, read_only=True) as opened, opened.read() as reader:
        assert shown(reader) == ["120"]
