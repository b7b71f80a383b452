"""Words planted by real entry are searched for wherever the program leaves something (R-SEC-6).

A participant's code, a value, a free text and a word of the arm lie in the record. The real
windows and commands are used, each in a process that is watched, and what they leave is searched:
log, temporary files that are gone again, names of files, titles, clipboard, exports, PDFs, backups,
the home itself, and what is said on the terminal. Each search is shown to find what is there.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from attrs import frozen
from tests.clinic import COST, PASSWORDS, Clinic, copy_clinic

from msclinic.domain.values import Code
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import random_key
from msclinic.services.people import open_account
from msclinic.services.sign_in import join

CODE, VALUE, TEXT, ARM = "PL01-007", "173.4", "Quetzalmigräne", "exosome-not-placebo"
WORDS = (CODE, VALUE, TEXT, ARM)
LABORATORY = "LABU-01 has the long key"
ROOT = Path(__file__).parents[2]


@frozen
class Left:
    """What was done, and what it left.

    Attributes:
        folder: Everything that was written lies below it.
        window: What the window's process said of titles and clipboard.
        said: Terminal of each command: what went to its errors, and to its output.
    """

    folder: Path
    window: dict[str, object]
    said: dict[str, tuple[str, str]]


def watched(folder: Path) -> dict[str, str]:
    """The surroundings of a process whose files are seen."""
    for name in ("tmp", "seen", "state"):
        (folder / name).mkdir(exist_ok=True)
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent / "watched"), str(ROOT)]),
        "QT_QPA_PLATFORM": "offscreen",
        "TMPDIR": str(folder / "tmp"),
        "WATCHED_SEEN": str(folder / "seen"),
        "MSCLINIC_STATE": str(folder / "state"),
    }


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command],
        env=watched(folder),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def planted(clinic: Clinic, participant: str) -> None:
    nurse = clinic.session("NUR-04")
    event = FormEntry(nurse, participant, "LOG", "adverse_event", form_key=random_key())
    assert event.answer(event.ref("AETERM"), TEXT).accepted
    weight = FormEntry(nurse, participant, "SCR", "vital_signs")
    assert weight.answer(weight.ref("WEIGHT"), Decimal(VALUE)).accepted
    admin, pi = clinic.session("ADMIN-01"), clinic.session("PI-01")
    open_account(admin, "LABU-01", "LABU", LABORATORY, pi, COST)
    arm = FormEntry(join(pi, "LABU-01", LABORATORY), participant, "V2", "restricted_results")
    for item, answer in (
        ("ISREFID", "R-1"),
        ("DONOR_HLA", Code("DETECTED")),
        ("DONOR_HLA_TEXT", ARM),
    ):
        assert arm.answer(arm.ref(item), answer).accepted


@pytest.fixture(scope="module")
def left(lived: tuple[Clinic, str], tmp_path_factory: pytest.TempPathFactory) -> Left:
    folder = tmp_path_factory.mktemp("planted")
    clinic = copy_clinic(lived[0], folder / "home")
    planted(clinic, lived[1])
    clinic.close()
    home, out = folder / "home", folder / "out"
    out.mkdir()
    now = clinic.clock.now().isoformat()
    day = run(folder, "-m", "tests.e2e.at_the_window", str(home), lived[1], now, TEXT)
    assert day.returncode == 0, day.stderr
    said = {"window": (day.stderr, "")}
    window = json.loads(day.stdout.splitlines()[-1])
    secret = folder / "password"
    for name, account, *command in (
        ("verify", "MON-01", "verify"),
        ("odm", "CRC-01", "export", "--format", "odm", "--out", f"{out}/export.xml"),
        ("journal", "MON-01", "journal", "--format", "json", "--out", f"{out}/journal.json"),
        ("summary", "CRC-01", "documents", "summary", CODE, "V1", "--out", f"{out}/day.pdf"),
        (
            *("over time", "CRC-01", "documents", "over-time", "--participant", CODE),
            *("--out", f"{out}/course.pdf"),
        ),
        ("backup", "CRC-01", "backup", "--to", f"{folder}/backups"),
        ("archive", "PI-01", "archive", "--out", f"{out}/archive"),
        ("refused", "RAT-02", "journal", "--participant", CODE, "--out", f"{out}/no.csv"),
        ("wrong", "CRC-01", "documents", "summary", "PL01-099", "V1", "--out", f"{out}/no.pdf"),
    ):
        secret.write_text(PASSWORDS[account] + "\n", "utf-8")
        (folder / "backups").mkdir(exist_ok=True)
        who = ("--home", str(home), "--account", account, "--password-file", str(secret))
        ended = run(folder, "-m", "msclinic", *command, *who)
        assert (ended.returncode == 0) == (name not in ("refused", "wrong")), ended.stderr
        said[name] = (ended.stderr, ended.stdout)
    secret.write_text(PASSWORDS["CRC-01"] + "\n", "utf-8")
    (kept,) = [path for path in (folder / "backups").rglob("*") if path.is_file()]
    restored = (
        "--home",
        str(folder / "new"),
        "--account",
        "CRC-01",
        "--password-file",
        str(secret),
    )
    ended = run(folder, "-m", "msclinic", "restore", str(kept), *restored)
    assert ended.returncode == 0, ended.stderr
    said["restore"] = (ended.stderr, ended.stdout)
    return Left(folder, window, said)


def files(*places: Path) -> Iterator[Path]:
    for place in places:
        yield from (path for path in sorted(place.rglob("*")) if path.is_file())


def holds(content: bytes | str, words: Iterable[str] = WORDS) -> set[str]:
    """The words that stand in something, as any program would have written them."""
    data = content.encode() if isinstance(content, str) else content
    return {word for word in words if word.encode() in data or word.encode("utf-16-le") in data}


def found(*places: Path) -> dict[str, set[str]]:
    """Files in which a word stands."""
    looked = {str(path): holds(path.read_bytes()) for path in files(*places)}
    return {name: words for name, words in looked.items() if words}


def pdf(path: Path, tool: str) -> str:
    more = ["-"] if tool == "pdftotext" else []
    told = subprocess.run([tool, str(path), *more], capture_output=True, text=True, check=True)
    return told.stdout


@pytest.mark.requirement("R-SEC-3", "R-SEC-6")
def test_home_log_backup_and_restored_home_hold_none_of_the_words(left: Left) -> None:
    places = [left.folder / name for name in ("home", "backups", "new", "state")]
    assert all(list(files(place)) for place in places)
    assert found(*places) == {}
    log = (left.folder / "home" / "log" / "msclinic.log").read_text("utf-8")
    assert log.count("ValueError at ") >= 2, "the crashes of screen and worker were logged"
    (left.folder / "tmp" / "control").write_text(f"{log} {TEXT}", "utf-8")
    assert found(left.folder / "tmp") == {str(left.folder / "tmp" / "control"): {TEXT}}
    (left.folder / "tmp" / "control").unlink()


@pytest.mark.requirement("R-SEC-6")
def test_temporary_files_hold_none_also_those_that_are_gone(left: Left, tmp_path: Path) -> None:
    removed = [path for path in files(left.folder / "seen") if path.name != "names"]
    assert {str(path): words for path in removed if (words := holds(path.read_bytes()))} == {}
    assert found(left.folder / "tmp") == {}
    script = (
        "import tempfile, sys\n"
        "from pathlib import Path\n"
        "with tempfile.TemporaryDirectory() as folder:\n"
        "    Path(folder, sys.argv[1]).write_text(sys.argv[2], 'utf-8')\n"
    )
    assert run(tmp_path, "-c", script, CODE, TEXT).returncode == 0
    control = {word for words in found(tmp_path / "seen").values() for word in words}
    assert control == {CODE, TEXT}
    assert list(files(tmp_path / "tmp")) == []


@pytest.mark.requirement("R-SEC-6")
def test_no_file_that_was_ever_written_is_named_after_a_participant_or_a_word(left: Left) -> None:
    names = (left.folder / "seen" / "names").read_text("utf-8")
    assert {"msclinic.log", "export.xml"} <= {Path(one).name for one in names.splitlines()}
    everything = "\n".join([names, *map(str, left.folder.rglob("*"))])
    assert holds(everything) == set()
    assert holds(f"{everything}\n/tmp/{CODE}.pdf") == {CODE}


@pytest.mark.requirement("R-SEC-6")
def test_titles_and_the_clipboard_after_the_lock_hold_none(left: Left) -> None:
    titles = json.dumps(left.window["titles"], ensure_ascii=False)
    assert "msclinic" in titles
    assert holds(titles) == set()
    assert left.window["copied"] == TEXT
    assert left.window["left"] == ["", "", ""]


@pytest.mark.requirement("R-SEC-6")
def test_no_command_says_a_word_on_the_terminal(left: Left) -> None:
    for name, (errors, output) in left.said.items():
        assert (name, holds(errors), holds(output)) == (name, set(), set())
    assert left.said["refused"][0] != ""
    assert "PL01-099" not in left.said["wrong"][0]


@pytest.mark.requirement("R-BLD-1", "R-BLD-6", "R-EXP-2")
def test_exports_and_archive_hold_what_the_role_may_see_and_no_word_of_the_arm(left: Left) -> None:
    out = left.folder / "out"
    assert holds((out / "export.xml").read_bytes()) == {CODE, VALUE, TEXT}
    journal = json.loads((out / "journal.json").read_text("utf-8"))
    assert holds(json.dumps(journal, ensure_ascii=False)) == {CODE, VALUE, TEXT}
    assert ARM not in str(found(out / "archive"))
    read = {word for words in found(out / "archive").values() for word in words}
    assert read == {CODE, VALUE, TEXT}
    sealed = [path for path in files(out / "archive") if "sealed" in path.parts]
    assert sealed
    assert all(holds(path.read_bytes()) == set() for path in sealed)


@pytest.mark.requirement("R-BLD-1", "R-SEC-6")
@pytest.mark.parametrize("name", ["day.pdf", "course.pdf"])
def test_pdfs_say_whose_they_are_and_nothing_of_the_arm(left: Left, name: str) -> None:
    path = left.folder / "out" / name
    assert CODE in holds(pdf(path, "pdftotext"))
    assert ARM not in holds(pdf(path, "pdftotext"))
    assert "Producer" in pdf(path, "pdfinfo")
    assert holds(pdf(path, "pdfinfo")) == set()
    assert holds(path.read_bytes(), [TEXT, VALUE, ARM]) == set(), "nothing beside its pages"
