"""Any one cell changed and any one row removed, with the record's own key: verify finds it.

The changes are drawn from a fixed seed, over every table of the file.
"""

import random
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlcipher3.dbapi2 as driver
from tests.journal_writer import (
    DATA_KEY,
    ITEM,
    PARTICIPANT,
    STUDY_VERSION,
    TRUSTED,
    Writer,
    answer,
    signature_of,
    verify_signature,
)
from tests.triggers import with_triggers, without_triggers

from msclinic.domain.errors import KnownFault
from msclinic.record import Draft
from msclinic.store import Store, verify
from msclinic.store.schema import KEPT, READ

SYSBP = ITEM + "SYSBP"
TABLES = ("alembic_version", *KEPT.tables, *READ.tables)
CHANGES = 150
SECRET = b"a device's keys"
# What a cell is changed into: other kinds of value, and values that look like the right ones.
CELLS: tuple[Any, ...] = (
    None,
    0,
    1,
    -7,
    2**62,
    1.5,
    "",
    "garbage",
    "a/b",
    "0" * 64,
    "{{",
    b"",
    b"\x00",
    b"\xff\xfe",
    b"[" * 100_000,
    b"{}",
    b'{"type":"signature","items":5}',
    b'{"type":"study","version":7}',
)


@pytest.fixture(scope="module")
def whole(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A record with rows in every table; one act waits for another stream."""
    path = tmp_path_factory.mktemp("any") / "record.db"
    shutil.copyfile(template, path)
    here, lost = Writer(1), Writer(2)
    here.found()
    first = here.act(answer(SYSBP, 120), answer(ITEM + "DIABP", 80)).entries
    second = here.one(answer(SYSBP, 125, first[0].hash))
    kept = {"type": "finding", "entry": second, "state": "kept"}
    here.act(Draft("finding_kept", PARTICIPANT, f"finding/SYSBP/{SYSBP}", kept))
    here.one(signature_of({SYSBP: [second]}), actor="PHY-01")
    here.act(
        Draft(
            "study_activated",
            None,
            "study/active",
            {"type": "study", "version": STUDY_VERSION, "step": "1"},
        )
    )
    elsewhere = lost.one(answer(ITEM + "TEMP", 37))
    here.act(answer(ITEM + "TEMP", 38, elsewhere))
    with Store.open(path, DATA_KEY) as store, store.write() as uow:
        sha256 = uow.put_document(b"%PDF kept")
        uow.put_secret("device", SECRET)
        here.act(
            Draft("document_made", None, "document/1", {"type": "document", "sha256": sha256}),
        )
        for act in here.acts:
            uow.append(act)
    return path


@contextmanager
def opened(path: Path) -> Iterator[driver.Connection]:
    connection = driver.connect(str(path), isolation_level=None)
    connection.execute(f"PRAGMA key=\"x'{DATA_KEY.hex()}'\"")
    without_triggers(connection)
    yield connection
    with_triggers(connection)
    connection.close()


def codes(path: Path) -> set[str]:
    """What verify finds; a plain refusal of a record of another version counts as found."""
    with Store.open(path, DATA_KEY, as_found=True) as store:
        try:
            found = verify(store, verify_signature, TRUSTED, secrets={"device": SECRET.__eq__})
        except KnownFault as fault:
            return {fault.code}
    assert all(one.where.isascii() and one.where.isprintable() for one in found)
    return {one.code for one in found}


def contents(connection: driver.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Every cell, with its kind of value: 1, 1.0 and '1' are not the same."""
    return {
        table: sorted(
            tuple((type(cell).__name__, repr(cell)) for cell in row)
            for row in connection.execute(f'SELECT * FROM "{table}"')
        )
        for table in TABLES
    }


def test_before_the_change_only_the_act_that_waits_is_named_and_no_table_is_empty(
    whole: Path,
) -> None:
    found = codes(whole)
    assert found == {"reference_missing"}
    with opened(whole) as connection:
        assert all(contents(connection).values())


def change_something(connection: driver.Connection, drawn: random.Random) -> str | None:
    """One cell or row of one table; gives what was done, none where nothing could be changed."""
    table = drawn.choice(TABLES)
    columns = [str(row[1]) for row in connection.execute(f'PRAGMA table_info("{table}")')]
    (rowid,) = drawn.choice(connection.execute(f'SELECT rowid FROM "{table}"').fetchall())
    before = contents(connection)
    if drawn.random() < 0.2:
        connection.execute(f'DELETE FROM "{table}" WHERE rowid = ?', (rowid,))
        return f"row {rowid} of {table} deleted"
    column, cell = drawn.choice(columns), drawn.choice(CELLS)
    value = "CAST(? AS TEXT)" if isinstance(cell, bytes) and drawn.random() < 0.3 else "?"
    try:
        connection.execute(
            f'UPDATE "{table}" SET "{column}" = {value} WHERE rowid = ?', (cell, rowid)
        )
    except driver.IntegrityError:
        return None
    try:
        if contents(connection) == before:
            return None
    except driver.OperationalError:
        pass  # A text that is no text any more cannot be read back here either.
    return f"{column} of row {rowid} of {table} set to {cell!r:.40}"


@pytest.mark.requirement("R-AUD-3")
def test_any_one_change_is_found_and_never_stops_verify(whole: Path, tmp_path: Path) -> None:
    drawn = random.Random(20261126)
    path = tmp_path / "changed.db"
    missed, done = [], 0
    while done < CHANGES:
        shutil.copyfile(whole, path)
        with opened(path) as connection:
            what = change_something(connection, drawn)
        if what is None:
            continue
        done += 1
        if codes(path) <= {"reference_missing"}:
            missed.append(what)
    assert missed == []
