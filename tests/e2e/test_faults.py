"""Faults of the surroundings, each really there: what the person reads, what is safe, how to go on.

``docs/faults.md`` has one row for each test; the sentences that a test expects are read from there.
"""

import ast
import json
import os
import random
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as driver
from attrs import evolve, frozen
from tests.clinic import PASSWORDS, build_clinic
from tests.deep.full_disk import in_own_space
from tests.deep.kills import Ground, Killed, look, prepare
from tests.deep.typist import NURSE, Typist

from msclinic.services.backup.file import read_whole
from msclinic.services.home import Home
from msclinic.services.sign_in import unlock_record, unlock_ring
from msclinic.services.upgrading import COPIES
from msclinic.wording import catalogue

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"
OLD_HOME = Path(__file__).parents[1] / "store" / "upgrades" / "0.1.0-fold1" / "home"
DB_PAGE = 4096


@frozen
class Row:
    """One row of the page."""

    fault: str
    english: tuple[str, ...]
    polish: tuple[str, ...]
    test: str


def rows() -> list[Row]:
    found = []
    for line in PAGE.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and cells[0] != "Fault":
            english, polish = re.findall("“([^”]+)”", cells[1]), re.findall("„([^”]+)”", cells[2])
            found.append(Row(cells[0], tuple(english), tuple(polish), cells[-1].strip("`")))
    return found


def expected(test: str) -> tuple[str, ...]:
    (row,) = (one for one in rows() if one.test == test)
    return row.english


def test_every_row_has_its_test_and_every_test_its_row() -> None:
    tree = ast.parse(Path(__file__).read_text("utf-8"))
    tests = {
        one.name
        for one in tree.body
        if isinstance(one, ast.FunctionDef)
        and one.name.startswith("test_")
        and any(isinstance(node, ast.Constant) and node.value == one.name for node in ast.walk(one))
    }
    assert {row.test for row in rows()} == tests


def test_every_sentence_of_the_page_is_one_that_the_program_says_in_both_languages() -> None:
    polish = catalogue("pl")
    for row in rows():
        assert tuple(polish[sentence] for sentence in row.english) == row.polish


# The real program


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A clinic with one participant to type for and one whose infusion runs."""
    return prepare(tmp_path_factory.mktemp("faults"))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer on which no clinic was ever opened."""
    monkeypatch.setenv("MSCLINIC_STATE", str(tmp_path / "state"))


@pytest.fixture
def ground(template: Ground, tmp_path: Path) -> Ground:
    home = tmp_path / "home"
    shutil.copytree(template.home, home)
    return evolve(template, home=home)


def command(home: Path, account: str, *words: str) -> list[str]:
    secret = home.parent / f"{account}.password"
    secret.write_text(PASSWORDS[account], "utf-8")
    program = [sys.executable, "-m", "msclinic", *words, "--home", str(home)]
    return [*program, "--account", account, "--password-file", str(secret)]


def ran(home: Path, account: str, *words: str) -> tuple[int, str]:
    """Exit code and what the terminal says."""
    done = subprocess.run(
        command(home, account, *words), capture_output=True, text=True, timeout=300, check=False
    )
    return done.returncode, shown(home, done.stdout + done.stderr)


def export(home: Path) -> tuple[int, str]:
    return ran(home, "DM-01", "export", "--format", "odm", "--out", f"{home.parent / 'out.xml'}")


def verify(home: Path) -> tuple[int, str]:
    return ran(home, "MON-01", "verify")


def entering(home: Path, account: str = NURSE, *more: str) -> list[str]:
    """The real window, and somebody who wants in."""
    return [sys.executable, "-m", "tests.deep.entering", str(home), account, *more]


def entered(home: Path, account: str = NURSE, *more: str) -> tuple[bool, str]:
    """Whether the real window lets a person in, and what it says."""
    asked = entering(home, account, *more)
    done = subprocess.run(asked, capture_output=True, text=True, timeout=300, check=False)
    assert done.stderr == ""
    found = json.loads(done.stdout)
    return found["in"], shown(home, found["said"])


def shown(home: Path, words: str) -> str:
    """Words as a person reads them: no trace, no participant, no folder of keys."""
    for never in ("Traceback", "Error", r"PL01-\d{3}\b", "sqlite", "Errno"):
        assert re.search(never, words) is None
    return words


def has_all(words: str, test: str, **filled: str) -> None:
    for sentence in expected(test):
        assert sentence.format(**filled) in words


def whole(ground: Ground, lines: list[str] | None = None) -> None:
    """The record proves itself, and every value that was told as stored is there."""
    found = Killed()
    look(ground, lines or [], found, 0)
    assert found.wrong == []


def key_of(home: Path, account: str = "DM-01") -> bytes:
    ring = unlock_ring(Home(home), account, PASSWORDS[account])
    try:
        return unlock_record(Home(home), account, ring)
    finally:
        ring.close()


@contextmanager
def held(home: Path) -> Iterator[driver.Connection]:
    """Another program has the record's write lock."""
    other = driver.connect(str(home / "clinic.db"), isolation_level=None)
    other.execute(f"PRAGMA key=\"x'{key_of(home).hex()}'\"")
    other.execute("BEGIN IMMEDIATE")
    try:
        yield other
    finally:
        other.close()


def backed_up(home: Path) -> Path:
    """The newest backup, made by the program."""
    disk = home.parent / "disk"
    disk.mkdir(exist_ok=True)
    code, words = ran(home, "CRC-01", "backup", "--to", str(disk))
    assert code == 0, words
    return max(disk.glob("*.backup"), key=lambda one: one.stat().st_mtime)


def restored(ground: Ground, backup: Path) -> None:
    """The backup becomes a home in which everything is."""
    new = ground.home.parent / "new"
    code, words = ran(new, "CRC-01", "restore", str(backup))
    assert code == 0, words
    whole(evolve(ground, home=new))
    assert entered(new)[0]


def without_leave() -> bool:
    unshare = shutil.which("unshare")
    return unshare is None or subprocess.run([unshare, "-rm", "true"], check=False).returncode != 0


own_space = pytest.mark.skipif(without_leave(), reason="no leave to mount in a name space")


def mounted(how: str, asked: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program in a name space of its own, where something else is mounted."""
    inside = ["unshare", "-rm", "sh", "-c", f'{how} && exec "$@"', "sh", *asked]
    return subprocess.run(inside, capture_output=True, text=True, timeout=300, check=False)


def where_read_only(home: Path, asked: list[str]) -> subprocess.CompletedProcess[str]:
    """Run a program to which a folder is read-only; rights alone do not stop root."""
    if not without_leave():
        return mounted(f"mount --bind {home} {home} && mount -o remount,ro,bind {home}", asked)
    if os.geteuid() == 0:
        pytest.skip("root may write everywhere, and there is no leave to mount")
    home.chmod(0o555)
    try:
        return subprocess.run(asked, capture_output=True, text=True, timeout=300, check=False)
    finally:
        home.chmod(0o755)


# Disk and folder


@own_space
@pytest.mark.requirement("R-BKP-3")
def test_a_full_disk() -> None:
    words = expected("test_a_full_disk")
    done = in_own_space()
    found = json.loads(done.stdout)
    assert found["wrong"] == []
    assert found["shown"] > 0
    assert {line.removeprefix("said ") for line in found["said"]} == {" ".join(words)}


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="rights of folders are another matter there")
def test_a_read_only_folder(ground: Ground) -> None:
    words = expected("test_a_read_only_folder")
    home = ground.home
    before = {one: one.read_bytes() for one in home.rglob("*") if one.is_file()}
    out = str(home.parent / "out.xml")
    for asked in (
        command(home, "MON-01", "verify"),
        command(home, "DM-01", "export", "--format", "odm", "--out", out),
    ):
        done = where_read_only(home, asked)
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.strip() == f"msclinic: {' '.join(words)}"
    done = where_read_only(home, entering(home))
    assert done.stderr == ""
    has_all(json.loads(done.stdout)["said"], "test_a_read_only_folder")
    assert {one: one.read_bytes() for one in home.rglob("*") if one.is_file()} == before
    assert entered(home)[0]
    whole(ground)


@own_space
@pytest.mark.requirement("R-BKP-1")
def test_no_room_for_an_upgrade(tmp_path: Path) -> None:
    disk, home = tmp_path / "small", tmp_path / "small" / "home"
    disk.mkdir()
    size = (OLD_HOME / "clinic.db").stat().st_size * 2
    small = f"mount -t tmpfs -o size={size} none {disk} && cp -r {OLD_HOME} {home}"
    enter = shlex.join(entering(home))
    done = mounted(small, ["sh", "-c", f"{enter} && find {home} >&2"])
    found = json.loads(done.stdout)
    assert not found["in"]
    has_all(found["said"], "test_no_room_for_an_upgrade")
    assert "clinic-0001" not in done.stderr
    roomy = small.replace(f"size={size}", f"size={size * 10}")
    done = mounted(roomy, ["sh", "-c", f"{enter} && ls {home / COPIES} >&2"])
    assert json.loads(done.stdout)["in"]
    assert done.stderr.startswith("clinic-0001-fold1-")


# The database


@pytest.mark.requirement("R-BKP-3")
def test_a_database_locked_by_another_process(ground: Ground, qapp: object) -> None:
    words = " ".join(expected("test_a_database_locked_by_another_process"))
    with held(ground.home):
        code, said = export(ground.home)
        assert (code, said) == (3, f"msclinic: {words}\n")
        inside, said = entered(ground.home)
        assert not inside
        assert said.endswith(words)
        assert verify(ground.home)[0] == 0
    told, mouth = os.pipe()
    os.set_blocking(told, False)
    typist = Typist(ground.home, ground.form_of, ground.run_of, 5, mouth)
    typist.type(1)
    with held(ground.home):
        typist.type(1)
    typist.type(3)
    typist.leave()
    lines = os.read(told, 1 << 16).decode().splitlines()
    during, after = _parts(lines)
    assert f"said {words}" in during
    assert not any(line.startswith("stored ") for line in during)
    assert any(line.startswith("stored ") for line in after)
    assert not any(line.startswith("said ") for line in after)
    whole(ground, lines)


def _parts(lines: list[str]) -> tuple[list[str], list[str]]:
    starts = [number for number, line in enumerate(lines) if line == "ready"]
    return lines[starts[1] : starts[2]], lines[starts[2] :]


@pytest.mark.requirement("R-BKP-1")
@pytest.mark.parametrize("beside", [0, 100], ids=["at a page", "within a page"])
def test_a_truncated_file(ground: Ground, beside: int) -> None:
    words = expected("test_a_truncated_file")
    backup, database = backed_up(ground.home), ground.home / "clinic.db"
    os.truncate(database, database.stat().st_size // 2 // DB_PAGE * DB_PAGE + beside)
    damaged = database.read_bytes()
    for code, said in (export(ground.home), (2, entered(ground.home)[1])):
        assert code == 2
        assert "restore the last backup." in said.lower()
        assert beside or " ".join(words) in said
    code, said = verify(ground.home)
    assert (code, said) == (1, "damaged_file clinic.db: The file is not as written.\n")
    assert database.read_bytes() == damaged
    if not beside:
        restored(ground, backup)


@pytest.mark.requirement("R-BKP-1", "R-AUD-3")
def test_an_overwritten_page(ground: Ground) -> None:
    words = expected("test_an_overwritten_page")
    backup, database = backed_up(ground.home), ground.home / "clinic.db"
    good = database.read_bytes()
    chance = random.Random(4)
    for number in (1, chance.randrange(2, len(good) // DB_PAGE)):
        start = number * DB_PAGE
        database.write_bytes(good[:start] + chance.randbytes(DB_PAGE) + good[start + DB_PAGE :])
        code, said = verify(ground.home)
        assert code == 1
        assert said.startswith("damaged_file database: The file is damaged.")
        code, said = export(ground.home)
        assert (code, said) == (2, f"msclinic: {' '.join(words)}\n")
        inside, said = entered(ground.home)
        assert inside or " ".join(words) in said
    restored(ground, backup)


def test_a_record_of_another_clinic(ground: Ground, tmp_path: Path) -> None:
    words = " ".join(expected("test_a_record_of_another_clinic"))
    other, database = build_clinic(tmp_path / "other"), ground.home / "clinic.db"
    own = database.read_bytes()
    shutil.copy(other.home.database, database)
    foreign = database.read_bytes()
    assert export(ground.home) == (2, f"msclinic: {words}\n")
    inside, said = entered(ground.home)
    assert not inside
    assert said.endswith(words)
    assert verify(ground.home)[0] == 1
    assert database.read_bytes() == foreign
    database.write_bytes(own)
    assert entered(ground.home)[0]
    whole(ground)


def test_a_key_of_another_clinic(ground: Ground, tmp_path: Path) -> None:
    other = build_clinic(tmp_path / "other").home.data_key(NURSE).read_bytes()
    file = Home(ground.home).data_key(NURSE)
    own = file.read_bytes()
    file.write_bytes(other)
    inside, said = entered(ground.home)
    assert not inside
    assert said.endswith(" ".join(expected("test_a_key_of_another_clinic")))
    assert export(ground.home)[0] == 0
    file.write_bytes(own)
    assert entered(ground.home)[0]
    whole(ground)


def test_a_newer_database(ground: Ground) -> None:
    words = " ".join(expected("test_a_newer_database"))
    with held(ground.home) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
        connection.execute("COMMIT")
    before = (ground.home / "clinic.db").read_bytes()
    assert export(ground.home) == (2, f"msclinic: {words}\n")
    inside, said = entered(ground.home)
    assert not inside
    assert said.endswith(words)
    assert (ground.home / "clinic.db").read_bytes() == before
    with held(ground.home) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '0001'")
        connection.execute("COMMIT")
    assert entered(ground.home)[0]
    whole(ground)


@pytest.mark.requirement("R-BKP-3")
def test_a_half_written_backup(ground: Ground, tmp_path: Path) -> None:
    good, disk = backed_up(ground.home), tmp_path / "cut off"
    disk.mkdir()
    chance, ended = random.Random(3), 0
    for _ in range(6):
        asked = command(ground.home, "CRC-01", "backup", "--to", str(disk))
        making = subprocess.Popen(asked, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.5, 3.0))
        making.kill()
        ended += making.wait() == -signal.SIGKILL
    assert ended
    new = tmp_path / "tried"
    for one in disk.glob("*.backup"):
        assert read_whole(one).entries  # whatever has its final name is whole
    half = tmp_path / good.name
    half.write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    code, said = ran(new, "CRC-01", "restore", str(half))
    assert code == 2
    has_all(said, "test_a_half_written_backup", file=half.name)
    assert not new.exists()
    whole(ground)
    restored(ground, good)


# Clock and sleep


@pytest.mark.requirement("R-TIM-3")
def test_a_clock_turned_back(ground: Ground) -> None:
    assert export(ground.home)[0] == 0
    earlier = datetime.now(UTC) - timedelta(hours=2)
    inside, said = entered(ground.home, NURSE, "--at", earlier.isoformat())
    assert inside
    has_all(said, "test_a_clock_turned_back")
    inside, said = entered(ground.home)
    assert inside
    assert "set back" not in said
    whole(ground)


@pytest.mark.requirement("R-USR-8")
def test_a_clock_at_2099(ground: Ground) -> None:
    far = datetime(2099, 1, 1, 8, tzinfo=UTC).isoformat()
    inside, said = entered(ground.home, NURSE, "--at", far)
    assert not inside
    has_all(said, "test_a_clock_at_2099")
    assert entered(ground.home)[0]
    whole(ground)
    # Who looks after accounts enters; the way back to today is told and recorded.
    assert entered(ground.home, "PI-01", "--at", far)[0]
    inside, said = entered(ground.home)
    assert inside
    has_all(said, "test_a_clock_turned_back")
    assert verify(ground.home)[0] == 0


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="the system has no SIGSTOP")
@pytest.mark.requirement("R-DAT-1")
def test_a_sleep_in_the_middle_of_a_commit(ground: Ground) -> None:
    assert expected("test_a_sleep_in_the_middle_of_a_commit") == ()
    asked = [sys.executable, "-m", "tests.deep.typing", str(ground.home), ground.form_of]
    typing = subprocess.Popen([*asked, ground.run_of, "7", "16"], stdout=subprocess.PIPE, text=True)
    assert typing.stdout is not None
    lines = [typing.stdout.readline().strip()]
    chance, stops = random.Random(8), 0
    while typing.poll() is None:
        time.sleep(chance.uniform(0.02, 0.2))
        typing.send_signal(signal.SIGSTOP)
        time.sleep(0.02)
        typing.send_signal(signal.SIGCONT)
        stops += 1
    lines += typing.communicate()[0].splitlines()
    assert typing.returncode == 0
    assert lines[0] == "ready"
    assert stops > 10
    assert sum(line.startswith("stored ") for line in lines) > 5
    assert not any(line.startswith("said ") for line in lines)
    whole(ground, lines)


def test_two_windows_of_one_home(ground: Ground) -> None:
    words = " ".join(expected("test_two_windows_of_one_home"))
    asked = entering(ground.home, NURSE, "--stay")
    first = subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert first.stdout is not None
    assert json.loads(first.stdout.readline())["in"]
    inside, said = entered(ground.home, "PHY-01")
    assert not inside
    assert said.startswith(words.split(".", 1)[0])
    has_all(said, "test_two_windows_of_one_home")
    # What only reads runs beside it.
    assert verify(ground.home)[0] == 0
    first.communicate()
    assert first.returncode == 0
    assert entered(ground.home, "PHY-01")[0]
    whole(ground)
