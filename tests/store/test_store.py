"""The store over a real encrypted file."""

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from sqlalchemy import text
from tests.journal_writer import (
    DATA_KEY,
    ITEM,
    PARTICIPANT,
    TRUSTED,
    Writer,
    answer,
    integer,
    signature_of,
    verify_signature,
)

from msclinic.domain.errors import KnownFault
from msclinic.record import Draft, SealedAct
from msclinic.store import Store, verify
from msclinic.store.migrate import revision_of
from msclinic.store.schema import FOLD_VERSION, KEPT, REVISIONS, TRIGGERS

SYSBP = ITEM + "SYSBP"


@pytest.mark.requirement("R-AUD-1")
def test_an_appended_answer_is_read_back_with_who_and_when(store: Store) -> None:
    writer = Writer()
    with store.write() as uow:
        uow.append(writer.found())
        uow.append(writer.act(answer(SYSBP, 120)))
    with store.read() as reader:
        (head,) = reader.heads(PARTICIPANT, item="SYSBP", form="vital_signs", visit="V1")
        assert head.value == {"type": "integer", "value": "120"}
        assert (head.actor, head.role, head.source) == ("NUR-01", "NUR", "direct")
        assert head.typed_at.isoformat() == "2026-11-22T08:00:02.123000+00:00"
        assert head.known == (head.entry,)
        assert reader.position().entries == 4
        assert reader.position().streams == {writer.stream: (4, writer.entries[-1].hash)}
        assert reader.stream_head(writer.stream) == (4, writer.entries[-1].hash, 2)
        assert reader.stream_head("ff" * 16) == (0, "0" * 64, 0)
        assert reader.participants() == (PARTICIPANT,)
        assert [one.hash for one in reader.entries("answered")] == [head.entry]
        assert [one.path.split("/")[0] for one in reader.heads("")] == [
            "device",
            "people",
            "people",
        ]
    assert verify(store, verify_signature, TRUSTED) == []


def test_a_prefix_never_reaches_a_sibling_path(store: Store) -> None:
    writer = Writer()
    other = SYSBP.replace("V1/1/", "V1/10/")
    with store.write() as uow:
        uow.append(writer.act(answer(SYSBP, 120), answer(other, 121)))
    with store.read() as reader:
        assert [head.path for head in reader.heads(prefix="V1/1")] == [SYSBP]
        assert [head.path for head in reader.heads(prefix=SYSBP)] == [SYSBP]


@pytest.mark.requirement("R-AUD-1", "R-AUD-2")
def test_the_trail_shows_first_answer_reason_and_correction(store: Store) -> None:
    writer = Writer()
    first = writer.one(answer(SYSBP, 120))
    writer.one(answer(SYSBP, 125, first, prompted_by="SYSBP_UNUSUAL"))
    with store.write() as uow:
        for act in writer.acts:
            uow.append(act)
    with store.read() as reader:
        rows = reader.trail(PARTICIPANT, SYSBP)
    assert [row.value for row in rows] == [integer(120), integer(125)]
    assert [row.current for row in rows] == [False, True]
    assert rows[1].reason == {"code": "1", "text": ""}
    assert rows[1].entry.supersedes == (first,)
    assert rows[1].entry.prompted_by == "SYSBP_UNUSUAL"


@pytest.mark.requirement("R-DAT-5")
def test_a_conflict_shows_both_heads_and_one_entry_settles_it(store: Store) -> None:
    here, there = Writer(1), Writer(2)
    both = [here.act(answer(SYSBP, 120)), there.act(answer(SYSBP, 130))]
    with store.write() as uow:
        for act in both:
            uow.append(act)
        heads = uow.heads(PARTICIPANT, SYSBP)
        assert [head.conflict for head in heads] == [True, True]
        assert uow.conflicts() == [(PARTICIPANT, SYSBP)]
        known = [one for head in heads for one in head.known]
        uow.append(here.act(answer(SYSBP, 120, *known)))
        assert uow.conflicts() == []


def test_a_signature_is_void_after_a_signed_item_changes(store: Store) -> None:
    writer = Writer()
    first = writer.one(answer(SYSBP, 120))
    writer.one(signature_of({SYSBP: [first]}, scope="V1/1", meaning="data_correct"))
    with store.write() as uow:
        for act in writer.acts:
            uow.append(act)
        assert [row.status for row in uow.signatures(PARTICIPANT, "V1/1")] == ["valid"]
        uow.append(writer.act(answer(SYSBP, 125, first)))
        (row,) = uow.signatures(meaning="data_correct")
        assert (row.status, row.items) == ("void", ((SYSBP, (first,)),))


def test_an_act_that_waits_counts_once_what_it_needs_has_come(store: Store) -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    there.one(answer(SYSBP, 125, first))
    with store.write() as uow:
        uow.append(there.acts[0])
        assert uow.heads(PARTICIPANT) == []
        assert [row.waiting for row in uow.trail(PARTICIPANT, SYSBP)] == [True]
        uow.append(here.acts[0])
        assert [head.value for head in uow.heads(PARTICIPANT)] == [integer(125)]


@pytest.mark.requirement("R-BKP-3")
def test_nothing_of_a_failed_unit_of_work_is_stored(store: Store) -> None:
    writer = Writer()
    with pytest.raises(ZeroDivisionError), store.write() as uow:  # noqa: PT012 - both belong in it
        uow.append(writer.act(answer(SYSBP, 120)))
        raise ZeroDivisionError
    with store.read() as reader:
        assert (reader.position().entries, reader.heads()) == (0, [])


def test_an_act_that_does_not_continue_its_stream_is_refused(store: Store) -> None:
    writer = Writer()
    first, second = writer.act(answer(SYSBP, 120)), writer.act(answer(ITEM + "DIABP", 80))
    with store.write() as uow:
        with pytest.raises(ValueError, match="does not continue"):
            uow.append(second)
        uow.append(first)
        with pytest.raises(ValueError, match="does not continue"):
            uow.append(first)
        with pytest.raises(ValueError, match="payloads"):
            uow.append(SealedAct(second.entries, ()))
        uow.append(second)


def test_half_an_act_is_refused(store: Store) -> None:
    act = Writer().act(answer(SYSBP, 120), answer(ITEM + "DIABP", 80))
    with store.write() as uow, pytest.raises(ValueError, match="not whole"):
        uow.append(SealedAct(act.entries[:1], act.payloads[:1]))


def test_studies_are_kept_and_secrets_replaced(store: Store) -> None:
    with store.write() as uow:
        uow.put_study("5a" * 32, b"study")
        uow.put_study("5a" * 32, b"study")
        with pytest.raises(ValueError, match="another content"):
            uow.put_study("5a" * 32, b"other")
        uow.put_secret("device", b"old")
        uow.put_secret("device", b"new")
    with store.read() as reader:
        assert (reader.study_content("5a" * 32), reader.study_content("00")) == (b"study", None)
        assert (reader.secret("device"), reader.secret("none")) == (b"new", None)


def test_documents_are_kept_by_their_hash_and_once(store: Store) -> None:
    with store.write() as uow:
        first, again = uow.put_document(b"%PDF one"), uow.put_document(b"%PDF one")
        other = uow.put_document(b"%PDF two")
    assert first == again == hashlib.sha256(b"%PDF one").hexdigest()
    with store.read() as reader:
        assert reader.document_content(first) == b"%PDF one"
        assert reader.document_content("00" * 32) is None
        assert reader.document_content(other) == b"%PDF two"


@pytest.mark.requirement("R-AUD-4")
def test_a_payload_is_removed_only_after_two_persons_blotted_it(store: Store) -> None:
    writer = Writer()
    first = writer.one(Draft("answered", PARTICIPANT, SYSBP, {"type": "text", "value": "Jan"}))
    removal = text("DELETE FROM payload WHERE entry = :entry AND part = 'value'")
    blot = Draft("blotted", PARTICIPANT, f"blotted/{first}/value")
    with store.write() as uow:
        uow.append(writer.acts[0])
        uow.append(writer.act(blot))
        uow.append(writer.act(blot))
    with pytest.raises(Exception, match="two persons"), store.write() as uow:
        uow.connection.execute(removal, {"entry": first})
    with store.write() as uow:
        uow.append(writer.act(blot, actor="PHY-01"))
    store.rebuild()
    with store.read() as reader:
        assert [row.removed for row in reader.trail(PARTICIPANT, SYSBP)] == [True]
        assert [head.value for head in reader.heads(PARTICIPANT)] == [None]


@pytest.mark.requirement("R-SEC-3")
def test_no_code_or_value_is_found_in_the_bytes_of_the_files(store: Store) -> None:
    marker = "PL01-007-MARKER"
    writer = Writer()
    code = Draft("participant_enrolled", PARTICIPANT, "participant/code", {"value": marker})
    with store.write() as uow:
        uow.append(writer.act(code, answer(SYSBP, 120)))
        uow.put_secret("device", marker.encode())
    found = sorted(store.path.parent.glob("record.db*"))
    assert [one.suffix for one in found] == [".db", ".db-shm", ".db-wal"]
    for _ in range(2):
        for one in store.path.parent.glob("record.db*"):
            data = one.read_bytes()
            for secret in (marker, PARTICIPANT, "SYSBP", "NUR-01", "integer", "CREATE TABLE"):
                assert secret.encode() not in data
                assert secret.encode("utf-16-le") not in data
        store.close()


def test_many_threads_write_in_turn_and_read_beside(store: Store) -> None:
    writer = Writer()
    for number in range(40):
        writer.act(answer(f"{ITEM}P{number}", number))
    acts = iter(writer.acts)
    turn = threading.Lock()

    def write() -> None:
        while True:
            with turn:
                act = next(acts, None)
                if act is None:
                    return
                with store.write() as uow:
                    uow.append(act)

    def read() -> None:
        for _ in range(10):
            with store.read() as reader:
                assert reader.position().entries == len(reader.heads())

    with ThreadPoolExecutor(5) as pool:
        for done in [pool.submit(work) for work in (write, write, write, read, read)]:
            done.result()
    with store.read() as reader:
        assert reader.position().entries == 40


def test_a_snapshot_does_not_change_while_another_writes(store: Store) -> None:
    writer = Writer()
    with store.read() as reader:
        with store.write() as uow:
            uow.append(writer.act(answer(SYSBP, 120)))
        assert reader.heads() == []
    with store.read() as reader:
        assert len(reader.heads()) == 1


def test_a_second_unit_of_work_in_one_thread_is_a_bug(store: Store) -> None:
    with store.write(), pytest.raises(RuntimeError), store.write():
        pass


def code_of(path: Path, key: bytes = DATA_KEY, **more: bool) -> str:
    with pytest.raises(KnownFault) as caught:
        Store.open(path, key, wait_seconds=0.05, **more)
    assert len(caught.value.sentences) == 3
    return caught.value.code


def test_a_wrong_key_is_told(database: Path) -> None:
    assert code_of(database, bytes(32)) == "wrong_key"


def test_a_file_that_is_no_record_is_told(tmp_path: Path, database: Path) -> None:
    other = tmp_path / "other.db"
    assert code_of(other) == "no_database"
    other.write_text("hello")
    assert code_of(other) == "not_a_database"
    other.write_bytes(b"")
    assert code_of(other) == "not_a_database"
    other.write_bytes(database.read_bytes()[:-100])
    assert code_of(other) == "not_a_database"


def test_making_a_record_over_a_file_is_refused(database: Path, tmp_path: Path) -> None:
    with pytest.raises(KnownFault) as caught:
        Store.create(database, DATA_KEY)
    assert caught.value.code == "database_exists"
    with pytest.raises(KnownFault) as caught:
        Store.create(tmp_path / "none" / "record.db", DATA_KEY)
    assert caught.value.code == "cannot_create"


def test_a_record_of_a_newer_version_is_refused_untouched(database: Path) -> None:
    with Store.open(database, DATA_KEY) as store, store.write() as uow:
        uow.connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = database.read_bytes()
    assert code_of(database) == "newer_database"
    assert code_of(database, read_only=True) == "newer_database"
    assert database.read_bytes() == before


def test_a_locked_record_is_told_and_can_still_be_read(store: Store) -> None:
    other = driver.connect(str(store.path), isolation_level=None)
    other.execute(f"PRAGMA key=\"x'{DATA_KEY.hex()}'\"")
    other.execute("BEGIN IMMEDIATE")
    try:
        assert code_of(store.path) == "database_locked"
        with pytest.raises(KnownFault) as caught, store.write():
            pass
        assert caught.value.code == "database_locked"
        with Store.open(store.path, DATA_KEY, read_only=True) as beside, beside.read() as reader:
            assert reader.heads() == []
    finally:
        other.close()


def test_a_full_disk_is_told_and_nothing_saved_is_lost(store: Store) -> None:
    writer = Writer()
    with store.write() as uow:
        uow.append(writer.found())
        uow.append(writer.act(answer(SYSBP, 120)))
    with store.write() as uow:
        pages = uow.connection.execute(text("PRAGMA page_count")).scalar()
        uow.connection.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(KnownFault) as caught, store.write() as uow:
        uow.put_study("00" * 32, bytes(1_000_000))
    assert caught.value.code == "disk_full"
    assert verify(store, verify_signature, TRUSTED) == []
    with store.read() as reader:
        assert len(reader.heads(PARTICIPANT)) == 1


def test_a_record_opened_for_reading_refuses_to_write(database: Path) -> None:
    with Store.open(database, DATA_KEY, read_only=True) as store:
        with pytest.raises(KnownFault) as caught, store.write():
            pass
        assert caught.value.code == "read_only"
        with pytest.raises(KnownFault) as caught, store.read() as reader:
            reader.connection.execute(text("DELETE FROM head"))
        assert caught.value.code == "read_only"


def test_an_error_of_the_database_never_shows_values(store: Store) -> None:
    with pytest.raises(Exception, match="no such table") as caught, store.read() as reader:
        reader.connection.execute(text("SELECT * FROM nowhere WHERE a = :a"), {"a": "PL01-007"})
    assert "PL01-007" not in str(caught.value)


def test_read_tables_of_another_fold_are_rebuilt_at_opening(database: Path) -> None:
    writer = Writer()
    with Store.open(database, DATA_KEY) as store, store.write() as uow:
        uow.append(writer.act(answer(SYSBP, 120)))
        uow.connection.execute(text("DELETE FROM head"))
        uow.connection.execute(text(f"UPDATE fold_state SET version = {FOLD_VERSION + 1}"))
    with Store.open(database, DATA_KEY) as store, store.read() as reader:
        assert len(reader.heads()) == 1


def test_a_fresh_record_has_the_tables_and_triggers_that_the_program_expects(
    store: Store,
) -> None:
    with store.read() as reader:
        assert revision_of(reader.connection) == REVISIONS[-1]
        triggers = reader.connection.execute(
            text("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
        )
        assert {row[0]: row[1] for row in triggers} == dict(TRIGGERS)
        for table in KEPT.sorted_tables:
            info = reader.connection.execute(text(f"PRAGMA table_info({table.name})"))
            assert [(row[1], row[2], row[3], row[5] > 0) for row in info] == [
                (
                    column.name,
                    str(column.type),
                    int(not column.nullable),
                    column.primary_key,
                )
                for column in table.columns
            ]


def test_the_file_is_the_owners_alone(tmp_path: Path) -> None:
    path = tmp_path / "own.db"
    Store.create(path, DATA_KEY).close()
    assert path.stat().st_mode & 0o777 == 0o600


def test_durability_settings_of_the_writer(store: Store) -> None:
    with store.write() as uow:
        found = {
            name: uow.connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "recursive_triggers")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "recursive_triggers": 1}
