"""Every journal of every format folds for ever to the tables stored beside it."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.journal_writer import DEVICE, NURSE, PHYSICIAN, TRUSTED, verify_signature

from msclinic.record import (
    ACTIONS,
    Payload,
    StoredEntry,
    check_chain,
    encode,
    fold,
    hash_of,
    known_keys,
    parse,
)

FOLDER = Path(__file__).parent / "journal" / "format_1"


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines()]


@pytest.fixture(scope="module")
def entries() -> list[StoredEntry]:
    return [
        StoredEntry(
            row["hash"],
            row["bytes"].encode(),
            None if row["signature"] is None else bytes.fromhex(row["signature"]),
        )
        for row in lines("entries.jsonl")
    ]


@pytest.fixture(scope="module")
def payloads() -> list[Payload]:
    return [
        Payload(row["entry"], row["part"], bytes.fromhex(row["salt"]), row["content"].encode())
        for row in lines("payloads.jsonl")
    ]


def test_the_files_are_those_of_the_first_day() -> None:
    found = {
        path.name: hash_of(path.read_bytes().replace(b"\r\n", b"\n")) for path in FOLDER.iterdir()
    }
    assert found == {
        "entries.jsonl": "b952650d360872450f8f7eccac916cc72b77b6e1e5fdb903592ebce8b42dce0a",
        "payloads.jsonl": "c82aef18f0cdcd9eaa978757ecf9cdf4ea5f10334319e6a3c5eb34043dda1d65",
        "heads.jsonl": "552d2a1fc5faad4f0a60cc3448d1a8b0ff9223dd050caeb636be409230d8bc5f",
        "signatures.jsonl": "df6a137af40f681e72cf78086b26e5b80a494f701d7b944abb89a4c30044ff59",
    }


def test_every_golden_entry_is_read_and_written_to_the_same_bytes(
    entries: list[StoredEntry],
) -> None:
    for stored in entries:
        assert hash_of(stored.bytes) == stored.hash
        assert encode(parse(stored.bytes)) == stored.bytes


def test_every_action_of_the_format_occurs(entries: list[StoredEntry]) -> None:
    assert {stored.entry.action for stored in entries} <= ACTIONS.keys()
    assert len({stored.entry.action for stored in entries}) == 41


def test_the_golden_chain_is_whole_and_signed(
    entries: list[StoredEntry], payloads: list[Payload]
) -> None:
    assert check_chain(entries, payloads, verify_signature, TRUSTED) == []
    keys = known_keys(entries, payloads, verify_signature, TRUSTED)
    assert {one: known.owner for one, known in keys.items()} == {
        DEVICE.key: f"device/{1:032x}",
        NURSE.key: "people/NUR-01",
        PHYSICIAN.key: "people/PHY-01",
    }


def test_the_golden_journal_folds_to_the_stored_tables(
    entries: list[StoredEntry], payloads: list[Payload]
) -> None:
    tables = fold(entries, payloads)
    assert [
        {
            "participant": row.participant,
            "path": row.path,
            "entry": row.entry,
            "twins": list(row.twins),
            "stale": row.stale,
            "conflict": row.conflict,
            "value": None if row.value is None else row.value.decode(),
            "reason": None if row.reason is None else row.reason.decode(),
        }
        for row in tables.heads
    ] == lines("heads.jsonl")
    assert [
        {
            "entry": row.entry,
            "participant": row.participant,
            "path": row.path,
            "scope": row.scope,
            "meaning": row.meaning,
            "status": row.status,
            "items": [[path, list(heads)] for path, heads in row.items],
        }
        for row in tables.signatures
    ] == lines("signatures.jsonl")
