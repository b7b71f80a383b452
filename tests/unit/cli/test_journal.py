"""``msclinic journal``: filtered by names that people know, refused like everything else."""

import csv
import json
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.cli.main import Windows, main
from msclinic.cli.options import Exit

pytestmark = pytest.mark.requirement("R-AUD-7")


def no_window(*_: object) -> int:
    raise AssertionError


def run(clinic: Clinic, account: str, tmp_path: Path, *arguments: str) -> int:
    secret = tmp_path / "password"
    secret.write_text(PASSWORDS[account] + "\n", "utf-8")
    who = ["--home", str(clinic.home.folder), "--account", account, "--password-file", str(secret)]
    return main(["journal", *who, *arguments], Windows(open=no_window, demo=no_window))


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def enrolled(clinic: Clinic) -> Clinic:
    clinic.enrol(1)
    clinic.enrol(2)
    clinic.close()
    return clinic


def test_every_filter_narrows_by_the_names_of_study_and_people(
    enrolled: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "j.csv"
    options = ["--participant", "PL01-002", "--visit", "SCR", "--form", "demography"]
    options += ["--item", "BRTHYY", "--person", "CRC-01", "--action", "answers"]
    options += ["--from", "2026-11-23", "--to", "2026-11-23", "--out", str(out)]
    assert run(enrolled, "MON-01", tmp_path, *options) == Exit.DONE
    assert capsys.readouterr().out == "1 entry written.\n"
    (row,) = rows_of(out)
    assert (row["subject"], row["item"], row["value"]) == ("PL01-002", "BRTHYY", "1976")


def test_a_time_is_the_sites_and_an_earlier_day_holds_nothing(
    enrolled: Clinic, tmp_path: Path
) -> None:
    out = tmp_path / "j.csv"
    for span, some in (
        (["--to", "2026-11-22"], False),
        (["--from", "2026-11-23T09:30", "--to", "2026-11-23T09:31"], True),
        (["--from", "2026-11-23T09:31", "--to", "2026-11-23"], False),
    ):
        asked = ["--participant", "PL01-001", *span, "--out", str(out)]
        assert run(enrolled, "MON-01", tmp_path, *asked) == Exit.DONE
        assert bool(rows_of(out)) is some


def test_json_is_written_and_answered_where_asked(
    enrolled: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "j.json"
    asked = ["--participant", "site", "--format", "json", "--out", str(out), "--json"]
    assert run(enrolled, "DM-01", tmp_path, *asked) == Exit.DONE
    entries = json.loads(out.read_text("utf-8"))["entries"]
    assert json.loads(capsys.readouterr().out) == {"out": str(out), "entries": len(entries)}
    assert {one["participant"] for one in entries} == {""}


@pytest.mark.parametrize("account", ["NUR-04", "RAT-02", "ASSESSOR-01", "PREP-01", "ADMIN-01"])
def test_who_does_not_read_the_journal_is_refused_and_no_file_is_made(
    enrolled: Clinic, tmp_path: Path, account: str
) -> None:
    out = tmp_path / "j.csv"
    assert run(enrolled, account, tmp_path, "--out", str(out)) == Exit.REFUSED
    assert run(enrolled, account, tmp_path, "--form", "edss", "--out", str(out)) == Exit.REFUSED
    assert not out.exists()


@pytest.mark.parametrize(
    "mistake",
    [
        ["--form", "nowhere"],
        ["--participant", "PL01-999"],
        ["--from", "yesterday"],
        ["--action", "invented"],
        ["--format", "xml"],
    ],
)
def test_a_mistake_is_told_in_one_line_and_no_file_is_made(
    enrolled: Clinic, tmp_path: Path, mistake: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "j.csv"
    assert run(enrolled, "MON-01", tmp_path, *mistake, "--out", str(out)) == Exit.BAD_INPUT
    told = capsys.readouterr().err.splitlines()
    # The record of this test is a copy, which is said first.
    assert len([one for one in told if "copy of a clinic" not in one]) == 1
    assert all(one.startswith("msclinic: ") for one in told)
    assert not out.exists()
