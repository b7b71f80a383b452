"""Backup, restore and archive from the command line: what they print and how they end."""

import json
import shutil
from argparse import Namespace
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.cli.main import Windows, main
from msclinic.cli.options import Exit

pytestmark = pytest.mark.requirement("R-BKP-1")


def no_window(options: Namespace) -> int:
    raise AssertionError(options)


class Line:
    """A clinic's command line."""

    def __init__(self, clinic: Clinic, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.clinic, self.folder, self.capsys = clinic, folder, capsys
        self.medium = folder / "medium"
        self.medium.mkdir()

    def run(self, *arguments: str, account: str = "CRC-01", home: Path | None = None) -> int:
        secret = self.folder / "password"
        secret.write_text(PASSWORDS[account], "utf-8")
        where = str(home or self.clinic.home.folder)
        who = ["--home", where, "--account", account, "--password-file", str(secret)]
        windows = Windows(open=no_window, demo=no_window)
        return main([*arguments, *who], windows)

    def said(self) -> str:
        return self.capsys.readouterr().out

    def answer(self) -> dict[str, object]:
        found: dict[str, object] = json.loads(self.said())
        return found

    def backup(self) -> Path:
        assert self.run("backup", "--to", str(self.medium), "--json") == Exit.DONE
        (kept,) = self.answer()["kept"]  # type: ignore[misc]
        return Path(str(kept))


@pytest.fixture
def line(clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(clinic, tmp_path, capsys)


def test_a_backup_goes_to_a_named_folder_and_says_what_it_remembers(line):
    assert line.run("backup", "--to", str(line.medium)) == Exit.DONE
    assert line.said().startswith("Backed up and proved: ")
    assert line.run("backup", "--to", str(line.medium), "--json") == Exit.DONE
    told = line.answer()
    assert line.clinic.home.read().stream in told["heads"]
    assert told["failed"] == []


def test_a_chosen_folder_is_used_until_it_is_gone_and_then_it_ends_with_1_or_2(line, tmp_path):
    assert line.run("backup", "--json") == Exit.BAD_INPUT
    assert line.answer()["error"] == "no_backup_place"
    other = tmp_path / "other"
    other.mkdir()
    for folder in (line.medium, other):
        assert line.run("backup", "--add", str(folder)) == Exit.DONE
    assert line.run("backup") == Exit.DONE
    shutil.rmtree(other)
    assert line.run("backup") == Exit.FOUND_WRONG
    assert "The medium is not there" in line.said()
    shutil.rmtree(line.medium)
    assert line.run("backup", "--json") == Exit.BAD_INPUT
    assert line.answer()["error"] == "backup_place_missing"


def test_who_does_not_look_after_backups_is_refused(line):
    for account in ("NUR-04", "RAT-02", "DM-01"):
        for command in (
            ["backup", "--to", str(line.medium)],
            ["backup", "--add", str(line.medium)],
            ["restore", "--rehearse"],
        ):
            assert line.run(*command, account=account) == Exit.REFUSED
    assert list(line.medium.iterdir()) == []


def test_a_restore_makes_a_new_home_that_verify_agrees_with(line, tmp_path):
    line.clinic.enrol(7)
    line.clinic.close()
    new = tmp_path / "new"
    backup = line.backup()
    assert line.run("restore", str(backup), home=new) == Exit.DONE
    said = line.said()
    assert "compared with the backup" in said
    assert f"Stream {line.clinic.home.read().stream} ends at entry" in said
    assert line.run("verify", home=new) == Exit.DONE
    assert line.run("restore", str(backup), home=new) == Exit.BAD_INPUT


def test_a_damaged_backup_or_none_at_all_is_refused_in_one_line(line, tmp_path):
    backup = line.backup()
    backup.write_bytes(backup.read_bytes()[:-1])
    new = tmp_path / "new"
    assert line.run("restore", str(backup), "--json", home=new) == Exit.BAD_INPUT
    assert line.answer()["error"] == "backup_damaged"
    assert line.run("restore", "--json", home=new) == Exit.BAD_INPUT
    assert line.answer()["error"] == "no_backup_named"
    assert not new.exists()


def test_a_rehearsal_takes_the_newest_backup_and_says_so(line):
    assert line.run("backup", "--add", str(line.medium)) == Exit.DONE
    assert line.run("backup") == Exit.DONE
    line.said()
    assert line.run("restore", "--rehearse") == Exit.DONE
    assert "was restored on trial, proved, and thrown away again" in line.said()


@pytest.mark.requirement("R-DAT-10")
def test_an_archive_is_written_and_checked_without_home_or_person(line, tmp_path):
    line.clinic.enrol(7)
    line.clinic.close()
    out = tmp_path / "archive"
    assert line.run("archive", "--out", str(out), account="PI-01") == Exit.DONE
    assert line.said().startswith(f"Archive written: {out}")
    windows = Windows(open=no_window, demo=no_window)
    assert main(["archive", "--check", str(out)], windows) == Exit.DONE
    assert "Files, signature and chain agree." in line.said()
    (out / "index.html").write_text("other")
    assert main(["archive", "--check", str(out), "--json"], windows) == Exit.FOUND_WRONG
    assert [one["code"] for one in line.answer()["faults"]] == ["file_changed"]
    assert line.run("archive", "--out", str(tmp_path / "b"), account="NUR-04") == Exit.REFUSED
    assert line.run("archive", "--out", str(out), account="PI-01") == Exit.BAD_INPUT


def test_verify_asks_the_backups_and_says_how_many(line):
    assert line.run("backup", "--add", str(line.medium)) == Exit.DONE
    assert line.run("backup") == Exit.DONE
    line.said()
    assert line.run("verify", account="MON-01") == Exit.DONE
    assert "1 backup remembers no later entry." in line.said()
    shutil.rmtree(line.medium)
    assert line.run("verify", "--json", account="MON-01") == Exit.DONE
    assert line.answer()["backups"] == {"asked": 0, "missing": 1}
