"""The command line: exit codes, one plain line, and JSON for programs whatever goes wrong."""

import json
from argparse import Namespace
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic

from msclinic.cli.main import Windows, main
from msclinic.cli.options import Exit
from msclinic.domain.errors import KnownFault


def no_window(options: Namespace) -> int:
    raise AssertionError(options)


def run(*arguments: str) -> int:
    return main(list(arguments), Windows(open=no_window, demo=no_window))


def signed_in(clinic: Clinic, account: str, tmp_path: Path) -> list[str]:
    secret = tmp_path / "password"
    secret.write_text(PASSWORDS[account] + "\n", "utf-8")
    home = str(clinic.home.folder)
    return ["--home", home, "--account", account, "--password-file", str(secret)]


@pytest.mark.parametrize(
    "arguments",
    [["bogus"], ["export"], ["export", "--format", "csv", "--out", "x"], ["study"], ["--nope"]],
)
def test_a_mistake_in_the_arguments_is_one_line_and_json_where_asked(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == Exit.BAD_INPUT
    plain = capsys.readouterr()
    assert plain.out == ""
    assert plain.err.startswith("msclinic: ")
    assert plain.err.count("\n") == 1
    assert "--help" in plain.err
    assert run(*arguments, "--json") == Exit.BAD_INPUT
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "bad_arguments"
    assert "--help" in answer["sentence"]


def test_help_says_what_happens_to_a_file_that_is_there(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for command in (["export"], ["documents", "summary"], ["documents", "over-time"]):
        assert run(*command, "--help") == Exit.DONE
        assert "is replaced" in capsys.readouterr().out


def test_an_export_over_the_record_ends_with_2_and_leaves_it(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = signed_in(clinic, "DM-01", tmp_path)
    target = str(clinic.home.database)
    assert run("export", "--format", "odm", "--out", target, "--json", *who) == Exit.BAD_INPUT
    answer = json.loads(capsys.readouterr().out)
    assert answer["error"] == "inside_a_clinic"
    assert run("verify", *who) == Exit.DONE


def test_a_folder_that_is_no_clinic_is_left_as_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, secret = tmp_path / "photographs", tmp_path / "password"
    folder.mkdir()
    secret.write_text("a long password", "utf-8")
    who = ["--home", str(folder), "--account", "DM-01", "--password-file", str(secret)]
    for command in (
        ["verify"],
        ["export", "--format", "odm", "--out", str(tmp_path / "x.xml")],
        ["documents", "check", str(secret)],
    ):
        assert run(*command, *who) == Exit.BAD_INPUT
        assert "There is no clinic in this folder yet." in capsys.readouterr().err
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("content", ["[]", "5", '{"format": "x"}', '{"format": 1}', None])
def test_a_damaged_home_file_is_one_plain_line_for_every_command(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None
) -> None:
    file = clinic.home.folder / "home.json"
    file.unlink()
    if content is not None:
        file.write_text(content, "utf-8")
    who = signed_in(clinic, "DM-01", tmp_path)
    out = str(tmp_path / "x")
    for command in (
        ["export", "--format", "odm", "--out", out],
        ["documents", "summary", "PL01-001", "V1", "--out", out],
        ["documents", "over-time", "--participant", "PL01-001", "--out", out],
        ["documents", "check", str(file)],
    ):
        assert run(*command, "--json", *who) == Exit.BAD_INPUT
        said = capsys.readouterr()
        assert json.loads(said.out)["error"] == "damaged_home"
        assert said.err.count("\n") == 1
        assert "home.json" in said.err
    assert run("verify", *who) == Exit.FOUND_WRONG
    assert "damaged_home home.json" in capsys.readouterr().out


def test_a_missing_key_file_is_named_for_every_command(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.home.data_key("DM-01").unlink()
    who = signed_in(clinic, "DM-01", tmp_path)
    for command in (["verify"], ["export", "--format", "odm", "--out", str(tmp_path / "x")]):
        assert run(*command, *who) == Exit.BAD_INPUT
        assert "keys/data-DM-01.age" in capsys.readouterr().err


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_a_password_file_with_a_mark_of_its_encoding_is_read(
    clinic: Clinic, tmp_path: Path, end: str
) -> None:
    who = signed_in(clinic, "MON-01", tmp_path)
    (tmp_path / "password").write_bytes(f"\ufeff{PASSWORDS['MON-01']}{end}".encode())
    assert run("verify", *who) == Exit.DONE


def test_a_rater_may_not_verify(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("verify", "--json", *signed_in(clinic, "RAT-02", tmp_path)) == Exit.REFUSED
    assert json.loads(capsys.readouterr().out)["error"] == "not_allowed"


def test_mistakes_of_a_study_are_json_for_every_study_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for command in ("check", "test"):
        assert run("study", command, str(tmp_path), "--json") == Exit.FOUND_WRONG
        rows = json.loads(capsys.readouterr().out)["mistakes"]
        assert {row["code"] for row in rows} == {"MISSING_FILE"}


def test_what_nobody_expected_is_said_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    def broken(_options: Namespace) -> int:
        raise RuntimeError("PL01-007 has a fever")

    assert main(["demo", "--json"], Windows(open=no_window, demo=broken)) == Exit.BAD_INPUT
    said = capsys.readouterr()
    assert json.loads(said.out)["error"] == "unexpected"
    assert "PL01-007" not in said.out + said.err


def test_a_fault_of_the_window_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def held(_options: Namespace) -> int:
        raise KnownFault("home_in_use", what="Held.")

    code = main(["--home", str(tmp_path)], Windows(open=held, demo=no_window))
    assert (code, capsys.readouterr().err) == (Exit.REFUSED, "msclinic: Held.\n")
