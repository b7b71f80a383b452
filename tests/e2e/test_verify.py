"""``msclinic verify`` as a person runs it, against someone who holds the record's own key.

The data key is taken from a person's ring, the file is changed behind the program's back, and the
real program must end with 1 and name what is not as written.
"""

import hashlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from sqlalchemy import StaticPool, create_engine
from tests.clinic import PASSWORDS, Clinic, copy_clinic

from msclinic.record import hash_of
from msclinic.services.entry import FormEntry
from msclinic.services.signing import sign
from msclinic.store.rebuild import rebuild
from msclinic.store.schema import TRIGGERS

Tamper = Callable[[driver.Connection], object]


@pytest.fixture(scope="module")
def template(clinic_template: Clinic, tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    """A clinic with one participant, a weight, its correction and a signature, closed again."""
    clinic = copy_clinic(clinic_template, tmp_path_factory.mktemp("verify") / "home")
    participant = clinic.enrol(1)
    vitals = FormEntry(clinic.session("NUR-04"), participant, "SCR", "vital_signs")
    vitals.answer(vitals.ref("WEIGHT"), Decimal("71.5"))
    vitals.answer(vitals.ref("WEIGHT"), Decimal("72.5"), reason={"code": "1", "text": ""})
    scope = "SCR/1/demography/1"
    sign(clinic.session("CRC-01"), participant, scope, "form_entered", PASSWORDS["CRC-01"])
    clinic.close()
    return clinic


@pytest.fixture
def home(template: Clinic, tmp_path: Path) -> Clinic:
    return copy_clinic(template, tmp_path / "home")


@pytest.fixture
def connection(home: Clinic) -> Iterator[driver.Connection]:
    """The record opened with its own key, past the program."""
    ring = home.session("NUR-04").ring
    key = ring.unwrap(home.home.data_key("NUR-04").read_bytes())
    home.close()
    opened = driver.connect(str(home.home.database), isolation_level=None)
    opened.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    yield opened
    opened.close()


def verify(
    home: Path, tmp_path: Path, password: str = PASSWORDS["MON-01"], account: str = "MON-01"
) -> subprocess.CompletedProcess[str]:
    secret = tmp_path / "password"
    secret.write_text(password + "\n", "utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "msclinic", "verify", "--home", str(home)),
            *("--account", account, "--password-file", str(secret)),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_good_home_ends_with_0(home: Clinic, tmp_path: Path) -> None:
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout == "Chain, signatures, triggers and tables agree.\n"


def test_a_wrong_password_ends_with_3(home: Clinic, tmp_path: Path) -> None:
    ended = verify(home.home.folder, tmp_path, password="not the long key")
    assert (ended.returncode, ended.stdout) == (3, "")
    assert ended.stderr.count("\n") == 1
    assert "Account and password do not match." in ended.stderr


def test_a_folder_without_a_clinic_ends_with_2(tmp_path: Path) -> None:
    ended = verify(tmp_path / "empty", tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "There is no clinic in this folder yet." in ended.stderr
    assert not (tmp_path / "empty").exists()


def without_triggers(connection: driver.Connection) -> None:
    for name in TRIGGERS:
        connection.execute(f"DROP TRIGGER {name}")


def with_triggers(connection: driver.Connection) -> None:
    for statement in TRIGGERS.values():
        connection.execute(statement)


def change_a_table_row(connection: driver.Connection) -> None:
    changed = connection.execute("UPDATE head SET actor = 'NUR-06' WHERE item = 'WEIGHT'")
    assert changed.rowcount == 1


def change_a_value(connection: driver.Connection) -> None:
    without_triggers(connection)
    _change_weight(connection)
    with_triggers(connection)


def change_a_value_and_its_table(connection: driver.Connection) -> None:
    """The tables are told to build themselves anew from the changed value."""
    change_a_value(connection)
    connection.execute("DELETE FROM fold_state")


def change_an_entry(connection: driver.Connection) -> None:
    without_triggers(connection)
    changed = connection.execute(
        "UPDATE journal SET bytes = CAST(replace(CAST(bytes AS TEXT), 'NUR-04', 'NUR-06') AS BLOB)"
        " WHERE path LIKE '%WEIGHT'"
    )
    assert changed.rowcount == 2
    with_triggers(connection)


def leave_the_triggers_out(connection: driver.Connection) -> None:
    without_triggers(connection)


def delete_an_entry(connection: driver.Connection) -> None:
    without_triggers(connection)
    connection.execute("DELETE FROM journal WHERE seq = 30")
    with_triggers(connection)


def recompute_every_later_hash(connection: driver.Connection) -> None:
    """A value is changed and everything that can be computed without a person's key is."""
    without_triggers(connection)
    entry, part_hash = _change_weight(connection)
    rows = connection.execute("SELECT position, hash, bytes FROM journal ORDER BY seq").fetchall()
    renamed: dict[bytes, bytes] = {}
    for position, old, data in rows:
        changed = data.replace(part_hash[0], part_hash[1]) if old == entry else data
        for before, after in renamed.items():
            changed = changed.replace(before, after)
        if changed == data:
            continue
        new = hash_of(changed)
        renamed[old.encode()] = new.encode()
        connection.execute(
            "UPDATE journal SET hash = ?, bytes = ? WHERE position = ?", (new, changed, position)
        )
        connection.execute("UPDATE payload SET entry = ? WHERE entry = ?", (new, old))
    assert len(renamed) >= 3
    with_triggers(connection)
    # The tables too are made anew from the journal, as the program makes them.
    engine = create_engine(
        "sqlite://", module=driver, creator=lambda: connection, poolclass=StaticPool
    )
    with engine.begin() as over:
        rebuild(over)


def _change_weight(connection: driver.Connection) -> tuple[str, tuple[bytes, bytes]]:
    """Turn 72.5 kg into 52.5; gives the entry, and the value's hash before and after."""
    entry, salt, content = connection.execute(
        "SELECT entry, salt, content FROM payload WHERE content LIKE '%72.5%'"
    ).fetchone()
    changed = bytes(content).replace(b"72.5", b"52.5")
    connection.execute(
        "UPDATE payload SET content = ? WHERE entry = ? AND part = 'value'", (changed, entry)
    )
    before, after = (hashlib.sha256(salt + one).hexdigest() for one in (content, changed))
    return entry, (before.encode(), after.encode())


@pytest.mark.parametrize(
    ("tamper", "names"),
    [
        (change_a_table_row, ["row_changed", "WEIGHT"]),
        (change_a_value, ["payload_altered", "WEIGHT"]),
        (change_a_value_and_its_table, ["payload_altered", "WEIGHT"]),
        (change_an_entry, ["wrong_hash", "WEIGHT"]),
        (leave_the_triggers_out, ["trigger_missing", *TRIGGERS]),
        (delete_an_entry, ["gap", "entry 30"]),
        (recompute_every_later_hash, ["wrong_signature"]),
    ],
)
def test_each_tampering_ends_with_1_and_is_named(
    home: Clinic,
    connection: driver.Connection,
    tmp_path: Path,
    tamper: Tamper,
    names: list[str],
) -> None:
    tamper(connection)
    connection.close()
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    for name in names:
        assert name in ended.stdout


def test_the_recomputed_record_is_found_by_its_signatures_alone(
    home: Clinic, connection: driver.Connection, tmp_path: Path
) -> None:
    recompute_every_later_hash(connection)
    connection.close()
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    faults = ended.stdout.splitlines()
    assert {line.split()[0] for line in faults} == {"wrong_signature"}
    assert "WEIGHT" in faults[0]
    assert len(faults) >= 3


def test_a_changed_byte_of_the_file_ends_with_1(home: Clinic, tmp_path: Path) -> None:
    content = bytearray(home.home.database.read_bytes())
    content[len(content) // 2] ^= 1
    home.home.database.write_bytes(bytes(content))
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    assert "damaged_file" in ended.stdout


def test_a_home_of_a_newer_program_ends_with_2(home: Clinic, tmp_path: Path) -> None:
    file = home.home.folder / "home.json"
    file.write_text(file.read_text("utf-8").replace('"format": 1', '"format": 2'), "utf-8")
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "newer msclinic" in ended.stderr
