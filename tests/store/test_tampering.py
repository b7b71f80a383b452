"""Somebody with the data key in hand changes the file: verify names it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from tests.journal_writer import (
    DATA_KEY,
    ITEM,
    PARTICIPANT,
    PEOPLE,
    STRANGER,
    TRUSTED,
    Writer,
    answer,
    published,
    signature_of,
    verify_signature,
)
from tests.triggers import with_triggers, without_triggers

from msclinic.record import ZEROS, Draft, StoredEntry, hash_of, signed_message
from msclinic.store import Store, verify

SYSBP = ITEM + "SYSBP"
Tamper = Callable[[driver.Connection], object]


@pytest.fixture
def filled(database: Path) -> Path:
    """A record of one participant: two answers, a correction and a signature."""
    writer = Writer()
    writer.found()
    first = writer.act(answer(SYSBP, 120), answer(ITEM + "DIABP", 80)).entries
    second = writer.one(answer(SYSBP, 125, first[0].hash))
    writer.one(signature_of({SYSBP: [second]}), actor="PHY-01")
    with Store.open(database, DATA_KEY) as store, store.write() as uow:
        for act in writer.acts:
            uow.append(act)
    return database


@pytest.fixture
def connection(filled: Path) -> Iterator[driver.Connection]:
    opened = driver.connect(str(filled), isolation_level=None)
    opened.execute(f"PRAGMA key=\"x'{DATA_KEY.hex()}'\"")
    opened.execute("PRAGMA recursive_triggers=ON")
    yield opened
    opened.close()


def faults(path: Path, at_least: dict[str, tuple[int, str]] | None = None) -> dict[str, str]:
    with Store.open(path, DATA_KEY) as store:
        found = verify(store, verify_signature, TRUSTED, at_least)
    return {fault.code: fault.where for fault in found}


def secretly(connection: driver.Connection, *statements: str) -> None:
    """Change rows with the triggers gone, and put the triggers back."""
    without_triggers(connection)
    for statement in statements:
        assert connection.execute(statement).rowcount > 0
    with_triggers(connection)


def test_an_untouched_record_has_no_fault(filled: Path) -> None:
    assert faults(filled) == {}


@pytest.mark.requirement("R-AUD-3")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE journal SET bytes = bytes",
        "UPDATE journal SET signature = NULL",
        "DELETE FROM journal",
        "INSERT OR REPLACE INTO journal SELECT * FROM journal",
        "REPLACE INTO journal SELECT * FROM journal WHERE position = 1",
        "UPDATE OR REPLACE journal SET hash = hash",
        "UPDATE payload SET content = content",
        "DELETE FROM payload",
        "INSERT OR REPLACE INTO payload SELECT * FROM payload",
    ],
)
def test_the_triggers_refuse(connection: driver.Connection, statement: str) -> None:
    with pytest.raises(driver.IntegrityError):
        connection.execute(statement)


def test_replacing_without_recursive_triggers_is_refused_too(
    connection: driver.Connection,
) -> None:
    connection.execute("PRAGMA recursive_triggers=OFF")
    with pytest.raises(driver.IntegrityError):
        connection.execute("REPLACE INTO journal SELECT * FROM journal WHERE position = 1")


def test_changed_bytes_are_named(filled: Path, connection: driver.Connection) -> None:
    secretly(
        connection,
        "UPDATE journal SET bytes = CAST(replace(CAST(bytes AS TEXT), 'NUR-01', 'NUR-02') AS BLOB) "
        "WHERE seq = 6",
    )
    found = faults(filled)
    assert "entry 6" in found["wrong_hash"]
    assert SYSBP in found["wrong_hash"]


def test_a_changed_value_is_named(filled: Path, connection: driver.Connection) -> None:
    secretly(
        connection,
        'UPDATE payload SET content = CAST(\'{"type":"integer","value":"99"}\' AS BLOB) '
        "WHERE part = 'value' AND entry = (SELECT hash FROM journal WHERE seq = 6)",
    )
    found = faults(filled)
    assert set(found) == {"payload_altered", "row_changed"}
    assert f"participant {PARTICIPANT[:8]}" in found["payload_altered"]
    assert SYSBP in found["payload_altered"]


def test_a_removed_value_is_named(filled: Path, connection: driver.Connection) -> None:
    secretly(
        connection,
        "DELETE FROM payload WHERE part = 'reason' "
        "AND entry = (SELECT hash FROM journal WHERE seq = 6)",
    )
    assert "entry 6" in faults(filled)["payload_missing"]


@pytest.mark.requirement("R-AUD-3")
def test_a_deleted_entry_is_named(filled: Path, connection: driver.Connection) -> None:
    secretly(connection, "DELETE FROM journal WHERE seq = 5")
    assert "entry 5" in faults(filled)["gap"]


def test_entries_cut_off_the_end_are_found_by_a_place_known_from_elsewhere(
    filled: Path, connection: driver.Connection
) -> None:
    stream, seq, one = connection.execute(
        "SELECT stream, seq, hash FROM journal ORDER BY seq DESC"
    ).fetchone()
    secretly(
        connection,
        "DELETE FROM payload WHERE entry = (SELECT hash FROM journal WHERE seq = 7)",
        "DELETE FROM journal WHERE seq = 7",
    )
    assert f"entry {seq}" in faults(filled, {stream: (seq, one)})["cut_off"]


def test_an_inserted_entry_is_named(filled: Path, connection: driver.Connection) -> None:
    connection.execute(
        "INSERT INTO journal SELECT NULL, '" + "ab" * 32 + "', stream, 8, 6, 1, 1, participant, "
        "path, action, actor, bytes, signature FROM journal WHERE seq = 7"
    )
    assert "wrong_hash" in faults(filled)


def test_swapped_entries_are_named(filled: Path, connection: driver.Connection) -> None:
    secretly(
        connection,
        "UPDATE journal SET seq = 100 WHERE seq = 5",
        "UPDATE journal SET seq = 5 WHERE seq = 4",
        "UPDATE journal SET seq = 4 WHERE seq = 100",
    )
    assert "column_changed" in faults(filled)


def test_a_removed_and_a_changed_trigger_are_named(
    filled: Path, connection: driver.Connection
) -> None:
    connection.execute("DROP TRIGGER journal_no_update")
    connection.execute("DROP TRIGGER payload_no_delete")
    connection.execute(
        "CREATE TRIGGER payload_no_delete BEFORE DELETE ON payload BEGIN SELECT 1; END"
    )
    connection.execute("CREATE TRIGGER more AFTER INSERT ON head BEGIN SELECT 1; END")
    assert faults(filled) == {
        "trigger_missing": "journal_no_update",
        "trigger_changed": "payload_no_delete",
        "trigger_unknown": "more",
    }


def rewrite(connection: driver.Connection, resign: bool) -> None:
    """Change one answer and recompute every later hash; sign anew with own keys if asked."""
    without_triggers(connection)
    rows = connection.execute(
        "SELECT position, hash, bytes, signature FROM journal ORDER BY seq"
    ).fetchall()
    renamed: dict[bytes, bytes] = {}
    prev = ZEROS
    for position, old, data, signature in rows:
        changed = data.replace(b'"role":"NUR"', b'"role":"PHY"')
        for before, after in renamed.items():
            changed = changed.replace(before, after)
        new = hash_of(changed)
        renamed[old.encode()] = new.encode()
        if signature is not None and resign:
            signature = STRANGER.sign(signed_message(new))
        connection.execute(
            "UPDATE journal SET hash = ?, bytes = ?, signature = ? WHERE position = ?",
            (new, changed, signature, position),
        )
        connection.execute("UPDATE payload SET entry = ? WHERE entry = ?", (new, old))
        assert StoredEntry(new, changed).envelope.prev == prev
        prev = new
    connection.execute("DELETE FROM fold_state")
    with_triggers(connection)


def test_every_later_hash_recomputed_is_found_by_the_signatures(
    filled: Path, connection: driver.Connection
) -> None:
    rewrite(connection, resign=False)
    found = faults(filled)
    assert "wrong_signature" in found
    assert not {"wrong_hash", "wrong_prev", "gap"} & found.keys()


@pytest.mark.requirement("R-AUD-3")
def test_signing_everything_anew_with_another_key_is_found(
    filled: Path, connection: driver.Connection
) -> None:
    rewrite(connection, resign=True)
    assert "unknown_key" in faults(filled) or "wrong_signature" in faults(filled)


def test_a_journal_rewritten_whole_with_other_keys_is_found(database: Path) -> None:
    writer = Writer()
    draft = published("people/NUR-01", STRANGER)
    writer.act(published(f"device/{1:032x}", STRANGER), draft, actor=None, signer=STRANGER)
    writer.act(answer(SYSBP, 110), actor="NUR-01", signer=STRANGER)
    with Store.open(database, DATA_KEY) as store, store.write() as uow:
        for act in writer.acts:
            uow.append(act)
    assert set(faults(database)) == {"unknown_key"}


def test_an_act_signed_with_another_persons_key_is_found(filled: Path) -> None:
    with Store.open(filled, DATA_KEY) as store:
        with store.read() as reader:
            entries, payloads = list(reader.entries()), list(reader.payloads())
        writer = Writer()
        writer.entries, writer.payloads = entries, payloads
        writer.acts = [None] * entries[-1].entry.act.number
        with store.write() as uow:
            uow.append(
                writer.act(answer(ITEM + "PULSE", 60), actor="PHY-01", signer=PEOPLE["NUR-01"])
            )
    assert set(faults(filled)) == {"foreign_key"}


@pytest.mark.parametrize(
    ("statement", "code", "names"),
    [
        ("UPDATE head SET value = CAST('{}' AS BLOB)", "row_changed", "value"),
        ("UPDATE head SET actor = 'PI-01'", "row_changed", "actor"),
        ("UPDATE head SET stale = 1", "row_changed", "stale"),
        ("UPDATE head SET word = 'x'", "row_changed", "word"),
        ("UPDATE head SET signed = 'G1'", "row_changed", "signed"),
        ("DELETE FROM head", "row_missing", "removed"),
        (
            "INSERT INTO head SELECT 'ab', participant, path, visit, form, item, action, actor, "
            "role, typed_at, recorded_at, event_time, study_version, source, value, reason, "
            "replaces, stale, conflict, word, signed FROM head",
            "row_unknown",
            "added",
        ),
    ],
)
def test_a_changed_table_row_is_named(
    filled: Path, connection: driver.Connection, statement: str, code: str, names: str
) -> None:
    connection.execute(f"{statement} WHERE path = '{SYSBP}'")
    with Store.open(filled, DATA_KEY) as store:
        (fault,) = verify(store, verify_signature, TRUSTED)
    assert fault.code == code
    assert f"participant {PARTICIPANT[:8]}" in fault.where
    assert SYSBP in fault.where
    assert names in fault.sentence


def test_a_signature_set_back_to_valid_is_named(
    filled: Path, connection: driver.Connection
) -> None:
    connection.execute("UPDATE signature SET status = 'void'")
    with Store.open(filled, DATA_KEY) as store:
        (fault,) = verify(store, verify_signature, TRUSTED)
    assert (fault.code, "status" in fault.sentence) == ("row_changed", True)


def test_a_changed_study_is_named(filled: Path) -> None:
    content = b"study"
    with Store.open(filled, DATA_KEY) as store:
        with store.write() as uow:
            uow.put_study(hash_of(content), content)
            uow.put_study("00" * 32, content)
        (fault,) = verify(store, verify_signature, TRUSTED)
    assert fault.code == "study_changed"


def test_a_changed_or_removed_document_is_named(
    filled: Path, connection: driver.Connection
) -> None:
    with Store.open(filled, DATA_KEY) as store, store.write() as uow:
        uow.put_document(b"%PDF kept")
    for statement in (
        "UPDATE document_content SET content = x'00'",
        "DELETE FROM document_content",
        "INSERT OR REPLACE INTO document_content SELECT sha256, x'00' FROM document_content",
    ):
        with pytest.raises(driver.IntegrityError, match="kept for ever"):
            connection.execute(statement)
    secretly(connection, "UPDATE document_content SET content = x'00'")
    assert "document_changed" in faults(filled)


def test_a_removed_document_that_an_entry_names_is_named(
    filled: Path, connection: driver.Connection
) -> None:
    writer = Writer(2)
    content = b"%PDF kept"
    value = {"type": "document", "sha256": hash_of(content)}
    with Store.open(filled, DATA_KEY) as store, store.write() as uow:
        uow.put_document(content)
        published_keys = writer.found()
        uow.append(published_keys)
        made = writer.act(Draft("document_made", PARTICIPANT, "document/1", value))
        uow.append(made)
        corrected = {**value, "sha256": hash_of(b"%PDF signed")}
        uow.put_document(b"%PDF signed")
        uow.append(
            writer.act(
                Draft(
                    "document_signed",
                    PARTICIPANT,
                    "document/1",
                    corrected,
                    supersedes=(made.entries[0].hash,),
                )
            )
        )
    assert faults(filled) == {}
    secretly(connection, f"DELETE FROM document_content WHERE sha256 = '{hash_of(content)}'")
    # Not the newest state of the document: what was replaced is kept too.
    found = faults(filled)
    assert found.keys() == {"document_missing"}
    assert "document/1" in found["document_missing"]


def test_a_flipped_byte_of_the_file_is_a_fault_and_no_trace(filled: Path) -> None:
    data = bytearray(filled.read_bytes())
    data[-2000] ^= 1
    filled.write_bytes(data)
    with Store.open(filled, DATA_KEY, read_only=True) as store:
        found = verify(store, verify_signature, TRUSTED)
    assert "damaged_file" in {fault.code for fault in found}
