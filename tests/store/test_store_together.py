"""Several acts in one unit of work: all of them are on the disk, or none."""

import threading
from contextlib import suppress

import pytest
from tests.journal_writer import ITEM, PARTICIPANT, Writer, answer

from msclinic.store import Store

SYSBP, DIABP = ITEM + "SYSBP", ITEM + "DIABP"


def positions(store: Store) -> list[int]:
    """How many entries another thread sees."""
    found: list[int] = []

    def look() -> None:
        with store.read() as reader:
            found.append(reader.position().entries)

    other = threading.Thread(target=look)
    other.start()
    other.join()
    return found


def put(store: Store, writer: Writer, path: str, value: int) -> None:
    with store.write() as uow:
        uow.append(writer.act(answer(path, value)))


def test_what_was_written_is_read_within_and_by_others_only_at_the_end(store: Store) -> None:
    writer, kept = Writer(), list[int]()
    with store.together():
        put(store, writer, SYSBP, 120)
        with store.read() as reader:
            assert reader.position().entries == 1
        put(store, writer, DIABP, 80)
        store.when_kept(lambda: kept.append(1))
        assert store.joined
        assert (positions(store), kept) == ([0], [])
    assert (positions(store), kept) == ([2], [1])
    assert not store.joined
    store.when_kept(lambda: kept.append(2))
    assert kept == [1, 2]


def test_an_exception_leaves_nothing_of_any_act_and_the_record_goes_on(store: Store) -> None:
    lost, writer, kept = Writer(), Writer(), list[int]()
    with suppress(ZeroDivisionError), store.together():
        put(store, lost, SYSBP, 120)
        store.when_kept(lambda: kept.append(1))
        raise ZeroDivisionError
    assert (positions(store), kept) == ([0], [])
    put(store, writer, SYSBP, 121)
    with store.read() as reader:
        assert [head.value for head in reader.heads(PARTICIPANT)] == [
            {"type": "integer", "value": "121"}
        ]


def test_a_part_that_failed_and_was_passed_over_is_never_half_kept(store: Store) -> None:
    writer = Writer()

    def pass_over() -> None:
        with store.together():
            put(store, writer, SYSBP, 120)
            with suppress(ZeroDivisionError), store.write():
                raise ZeroDivisionError

    with pytest.raises(RuntimeError, match="passed over"):
        pass_over()
    assert positions(store) == [0]


def test_one_within_another_is_a_part_of_it(store: Store) -> None:
    writer = Writer()
    with suppress(ZeroDivisionError), store.together():
        with store.together():
            put(store, writer, SYSBP, 120)
        assert positions(store) == [0]
        put(store, writer, DIABP, 80)
        raise ZeroDivisionError
    assert positions(store) == [0]


def test_no_other_thread_is_part_of_it(store: Store) -> None:
    first, second = Writer(1), Writer(2)
    waiting = threading.Thread(target=put, args=(store, second, DIABP, 80))
    with store.together():
        put(store, first, SYSBP, 120)
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        with store.read() as reader:
            assert reader.position().entries == 1
    waiting.join()
    assert positions(store) == [2]
