"""``msclinic verify`` as a person runs it, against someone who holds the record's own key.

The data key is taken from a person's ring, the file is changed behind the program's back, and the
real program must end with 1 and name what is not as written.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from sqlalchemy import StaticPool, create_engine
from tests.clinic import PASSWORDS, Clinic, copy_clinic
from tests.triggers import with_triggers, without_triggers

from msclinic.record import hash_of
from msclinic.services.entry import FormEntry
from msclinic.services.signing import sign
from msclinic.services.verifying import prove_home
from msclinic.store.rebuild import rebuild
from msclinic.store.schema import FOLD_VERSION, TRIGGERS

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


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer on which no clinic was ever opened."""
    folder = tmp_path / "state"
    monkeypatch.setenv("MSCLINIC_STATE", str(folder))
    return folder


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


AGREE = "Chain, signatures, triggers and tables agree.\n"


def verify(
    home: Path, tmp_path: Path, password: str = PASSWORDS["MON-01"], *more: str
) -> subprocess.CompletedProcess[str]:
    return msclinic(home, tmp_path, "MON-01", password, "verify", *more)


def work(home: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """Somebody signs in and does something: the export is in the record."""
    out = tmp_path / f"export of {home.name}.xml"
    command = ("export", "--format", "odm", "--out", str(out))
    ended = msclinic(home, tmp_path, "DM-01", PASSWORDS["DM-01"], *command)
    assert ended.returncode == 0, ended.stderr
    return ended


def msclinic(
    home: Path, tmp_path: Path, account: str, password: str, *command: str
) -> subprocess.CompletedProcess[str]:
    secret = tmp_path / "password"
    secret.write_text(password + "\n", "utf-8")
    return subprocess.run(
        [
            *(sys.executable, "-m", "msclinic", *command, "--home", str(home)),
            *("--account", account, "--password-file", str(secret)),
        ],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_good_home_ends_with_0(home: Clinic, tmp_path: Path) -> None:
    assert work(home.home.folder, tmp_path).stderr == ""
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, AGREE, "")


def test_without_a_marker_it_says_what_it_cannot_tell_and_writes_none(
    home: Clinic, state: Path, tmp_path: Path
) -> None:
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (0, "")
    first, second = ended.stdout.splitlines(keepends=True)
    assert first == AGREE
    assert "No marker of this clinic lies on this computer" in second
    assert not state.exists()


@pytest.mark.requirement("R-AUD-3")
def test_an_older_record_put_back_ends_with_1_and_is_named(home: Clinic, tmp_path: Path) -> None:
    folder = home.home.folder
    work(folder, tmp_path)
    shutil.copy(home.home.database, tmp_path / "older.db")
    work(folder, tmp_path)
    assert verify(folder, tmp_path).returncode == 0
    shutil.copy(tmp_path / "older.db", home.home.database)
    ended = verify(folder, tmp_path)
    assert (ended.returncode, ended.stderr) == (1, "")
    (line,) = ended.stdout.splitlines()
    assert line.startswith("cut_off stream ")
    assert "The record once reached entry " in line
    assert "an older copy was put back" in line
    # Whoever signs in is told, and going on does not cover it up.
    assert "An older copy of this clinic's record was put back." in work(folder, tmp_path).stderr
    assert work(folder, tmp_path).stderr == ""
    ended = verify(folder, tmp_path)
    assert (ended.returncode, ended.stdout.splitlines()) == (1, [line])


def test_a_copied_home_is_noticed_at_the_next_sign_in(home: Clinic, tmp_path: Path) -> None:
    work(home.home.folder, tmp_path)
    copy = copy_clinic(home, tmp_path / "copy").home
    said = work(copy.folder, tmp_path).stderr
    assert "This folder is a copy of a clinic." in said
    assert str(home.home.folder.resolve()) in said
    assert copy.read().stream != home.home.read().stream
    for folder in (home.home.folder, copy.folder):
        assert work(folder, tmp_path).stderr == ""
        ended = verify(folder, tmp_path)
        assert (ended.returncode, ended.stdout) == (0, AGREE)


def test_a_forged_marker_ends_with_1(home: Clinic, state: Path, tmp_path: Path) -> None:
    work(home.home.folder, tmp_path)
    (file,) = state.iterdir()
    file.write_text(file.read_text("utf-8").replace(home.home.folder.name, "other"), "utf-8")
    ended = verify(home.home.folder, tmp_path, PASSWORDS["MON-01"], "--json")
    assert ended.returncode == 1
    answer = json.loads(ended.stdout)
    assert [fault["code"] for fault in answer["faults"]] == ["marker_changed"]
    assert answer["marker"] == "marker_changed"


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


@pytest.mark.requirement("R-AUD-3")
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


def secretly(*statements: str) -> Tamper:
    """Statements run with the triggers gone; the triggers are put back."""

    def tamper(connection: driver.Connection) -> None:
        without_triggers(connection)
        for statement in statements:
            connection.execute(statement)
        with_triggers(connection)

    return tamper


def plainly(*statements: str) -> Tamper:
    def tamper(connection: driver.Connection) -> None:
        for statement in statements:
            connection.execute(statement)

    return tamper


TYPED_BYTES = secretly("UPDATE journal SET bytes = CAST(bytes AS TEXT) WHERE position = 5")
TYPED_SALT = secretly("UPDATE payload SET salt = 'abc' WHERE rowid = 3")
NO_STUDY = secretly("DELETE FROM study_content")
ANOTHER_REVISION = plainly("UPDATE alembic_version SET version_num = '9999'")
COLUMNS = "ALTER TABLE {} ADD COLUMN more TEXT"


@pytest.mark.parametrize(
    ("tamper", "names"),
    [
        (NO_STUDY, ["study_missing study ", "entry 1"]),
        (TYPED_BYTES, ["cell_changed table journal, entry ", "bytes"]),
        (TYPED_SALT, ["cell_changed table payload, ", "salt", "payload_altered"]),
        (plainly("DROP TABLE signature"), ["table_missing signature:"]),
        (plainly("DROP TABLE journal"), ["table_missing journal:", "trigger_missing"]),
        (ANOTHER_REVISION, ["version_changed table alembic_version"]),
    ],
)
def test_what_cannot_be_read_as_written_ends_with_1_and_is_named(
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


@pytest.mark.parametrize(
    ("tamper", "code", "where"),
    [
        (NO_STUDY, "study_missing", "study "),
        (secretly("UPDATE study_content SET content = x'00'"), "study_changed", "study "),
        (secretly("UPDATE study_content SET version = 'x'"), "study_missing", "study "),
        (TYPED_BYTES, "cell_changed", "table journal, entry "),
        (
            secretly("UPDATE journal SET signature = 'zz' WHERE signature IS NOT NULL"),
            *("cell_changed", "table journal"),
        ),
        (secretly("UPDATE journal SET hash = x'ff' WHERE position = 5"), "cell_changed", "hash"),
        (
            secretly("UPDATE journal SET hash = CAST(x'ff' AS TEXT) WHERE position = 5"),
            *("cell_changed", "hash"),
        ),
        (secretly("UPDATE journal SET position = position + 1000"), "place_changed", "journal"),
        (TYPED_SALT, "cell_changed", "table payload"),
        (secretly("UPDATE payload SET content = 5 WHERE rowid = 3"), "cell_changed", "content"),
        (
            secretly(
                "INSERT INTO payload SELECT entry, 'note', salt, content FROM payload LIMIT 1"
            ),
            *("payload_unknown", "note"),
        ),
        (plainly("DELETE FROM device_secret WHERE name = 'device'"), "secret_missing", "device"),
        (plainly("UPDATE device_secret SET content = x'00'"), "secret_changed", "device"),
        (plainly("UPDATE device_secret SET content = 5"), "cell_changed", "device_secret"),
        (plainly("DROP TABLE signature"), "table_missing", "signature"),
        (plainly("DROP TABLE head"), "table_missing", "head"),
        (plainly("DROP TABLE journal"), "table_missing", "journal"),
        (plainly("DROP TABLE payload"), "table_missing", "payload"),
        (plainly("DROP TABLE study_content"), "table_missing", "study_content"),
        (plainly("DROP TABLE fold_state"), "table_missing", "fold_state"),
        (plainly("DROP TABLE alembic_version"), "table_missing", "alembic_version"),
        (plainly("CREATE TABLE more (a)"), "table_unknown", "more"),
        (plainly(COLUMNS.format("journal")), "table_changed", "journal, column more added"),
        (plainly(COLUMNS.format("head")), "table_changed", "head, column more added"),
        (plainly("ALTER TABLE head DROP COLUMN role"), "table_changed", "column role removed"),
        (
            plainly("ALTER TABLE journal DROP COLUMN signature"),
            *("table_changed", "column signature"),
        ),
        (plainly("DROP INDEX head_item"), "index_missing", "head_item"),
        (plainly("CREATE INDEX more ON journal (seq)"), "index_unknown", "more"),
        (
            plainly("DROP INDEX head_path", "CREATE INDEX head_path ON head (path)"),
            *("index_changed", "head_path"),
        ),
        (plainly("CREATE VIEW more AS SELECT 1"), "view_unknown", "more"),
        (
            plainly(
                "DROP TABLE current", "CREATE VIEW current AS SELECT entry, entry head FROM head"
            ),
            *("view_unknown", "current"),
        ),
        (ANOTHER_REVISION, "version_changed", "alembic_version"),
        (plainly("DELETE FROM alembic_version"), "version_changed", "alembic_version"),
        (plainly("UPDATE fold_state SET version = 99"), "version_changed", "fold_state"),
        (plainly("UPDATE head SET value = '{{'"), "row_changed", "table head"),
        (plainly("UPDATE head SET recorded_at = x'ff'"), "row_changed", "table head"),
        (plainly("UPDATE head SET path = CAST(x'ff' AS TEXT)"), "row_changed", "table head"),
    ],
)
def test_every_tampering_is_named_with_its_table(
    home: Clinic, connection: driver.Connection, tamper: Tamper, code: str, where: str
) -> None:
    tamper(connection)
    connection.close()
    found = prove_home(home.home, "MON-01", PASSWORDS["MON-01"]).faults
    assert [one for one in found if one.code == code and where in one.where], found


def test_a_record_of_a_newer_program_is_no_fault(
    home: Clinic, connection: driver.Connection, tmp_path: Path
) -> None:
    """Its tables are other ones, and its revision is a later one than is known here."""
    ANOTHER_REVISION(connection)
    connection.execute(COLUMNS.format("journal"))
    connection.close()
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "newer version" in ended.stderr


def test_a_record_of_an_older_fold_must_be_signed_in_to_once(
    home: Clinic, connection: driver.Connection, tmp_path: Path
) -> None:
    connection.execute(f"UPDATE fold_state SET version = {FOLD_VERSION - 1}")
    connection.close()
    ended = verify(home.home.folder, tmp_path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "older version" in ended.stderr


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
