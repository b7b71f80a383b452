"""Accounts without a window: who holds which role, the printed matrix, incidents, recovery."""

import json
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.unit.cli.test_main import run, signed_in

from msclinic.cli.options import Exit
from msclinic.services.people.incidents import record_incident
from msclinic.services.sign_in import sign_in

NEW = "found again after a while"


@pytest.mark.requirement("R-USR-2", "R-USR-6")
def test_matrix_and_delegation_log_are_printed_by_a_command(clinic: Clinic, tmp_path: Path) -> None:
    out = tmp_path / "rights.pdf"
    who = signed_in(clinic, "MON-01", tmp_path)
    assert run("documents", "rights", "--out", str(out), "--language", "pl", *who) == Exit.DONE
    assert out.read_bytes().startswith(b"%PDF")


@pytest.mark.requirement("R-USR-4")
def test_roles_of_a_past_day_are_listed(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    who = signed_in(clinic, "PI-01", tmp_path)
    assert run("people", "list", "--at", "2026-11-23", "--json", *who) == Exit.DONE
    rows = json.loads(capsys.readouterr().out)["accounts"]
    assert {(row["account"], row["role"]) for row in rows} >= {("NUR-04", "NUR"), ("PI-01", "PI")}
    assert run("people", "list", "--at", "2026-11-22", "--json", *who) == Exit.DONE
    assert json.loads(capsys.readouterr().out)["accounts"] == []


@pytest.mark.parametrize(
    ("day", "code"), [("yesterday", "no_day"), ("2999-01-01", "moment_to_come")]
)
def test_a_day_that_is_none_or_to_come_is_bad_input(
    clinic: Clinic, tmp_path: Path, capsys: pytest.CaptureFixture[str], day: str, code: str
) -> None:
    who = signed_in(clinic, "PI-01", tmp_path)
    assert run("people", "list", "--at", day, "--json", *who) == Exit.BAD_INPUT
    assert json.loads(capsys.readouterr().out)["error"] == code


@pytest.mark.requirement("R-SEC-5")
def test_incidents_are_written_to_a_file(clinic: Clinic, tmp_path: Path) -> None:
    nurse = clinic.session("NUR-04")
    record_incident(nurse, "A laptop was lost.", nurse.now())
    clinic.close()
    out = tmp_path / "incidents.json"
    who = signed_in(clinic, "ADMIN-01", tmp_path)
    assert run("people", "incidents", "--out", str(out), *who) == Exit.DONE
    found = json.loads(out.read_text("utf-8"))["incidents"]
    assert ("reported", "A laptop was lost.") in [(one["kind"], one["words"]) for one in found]


def test_a_nurse_is_refused(clinic: Clinic, tmp_path: Path) -> None:
    who = signed_in(clinic, "NUR-04", tmp_path)
    assert run("people", "list", *who) == Exit.REFUSED
    assert run("documents", "rights", "--out", str(tmp_path / "x.pdf"), *who) == Exit.REFUSED


def recover(clinic: Clinic, tmp_path: Path, key: str) -> int:
    secret, sheet = tmp_path / "new", tmp_path / "sheet"
    secret.write_text(NEW + "\n", "utf-8")
    sheet.write_text(key + "\n", "utf-8")
    home = str(clinic.home.folder)
    options = ["--home", home, "--account", "ADMIN-01", "--password-file", str(secret)]
    return run("recover", "--recovery-file", str(sheet), *options)


def test_the_recovery_key_gives_an_admin_a_new_password(clinic: Clinic, tmp_path: Path) -> None:
    assert recover(clinic, tmp_path, clinic.recovery) == Exit.DONE
    assert sign_in(clinic.home, "ADMIN-01", NEW, clinic.clock).role == "ADMIN"


def test_another_key_is_refused_and_changes_nothing(clinic: Clinic, tmp_path: Path) -> None:
    assert recover(clinic, tmp_path, "AGE-SECRET-KEY-1 AAAA") == Exit.REFUSED
    assert sign_in(clinic.home, "ADMIN-01", PASSWORDS["ADMIN-01"], clinic.clock).role == "ADMIN"
