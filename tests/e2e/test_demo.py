"""``msclinic demo`` as a stranger runs it: the program, its folder, what others say of it."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import odmlib
import pytest
from lxml import etree

from msclinic.reports.checking import check_document
from msclinic.services.home import Home

ODM = "{http://www.cdisc.org/ns/odm/v1.3}"


def msclinic(*arguments: str, **options) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "msclinic", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=1500, **options)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What one run of the demo left; it is made once for all these tests."""
    folder = tmp_path_factory.mktemp("demo") / "out"
    ran = msclinic("demo", "--out", str(folder))
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "Made in" in ran.stdout
    assert "Traceback" not in ran.stderr
    return folder


@pytest.fixture(scope="module")
def accounts(out: Path) -> list[dict[str, str]]:
    with (out / "accounts.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def password_file(tmp_path: Path, accounts, account: str) -> str:
    word = next(row["password"] for row in accounts if row["account"] == account)
    path = tmp_path / "password"
    path.write_text(word + "\n", "utf-8")
    return str(path)


def pdfsig(path: Path) -> str:
    return subprocess.run(["pdfsig", str(path)], capture_output=True, text=True, check=False).stdout


def roots(out: Path) -> list[bytes]:
    return [bytes.fromhex(Home(out / "workspace").read().authority)]


def test_the_accounts_are_listed_one_role_a_line(out, accounts):
    assert (out / "accounts.csv").read_bytes().startswith(b"account,role,password\n")
    roles = [row["role"] for row in accounts]
    assert roles.count("NUR") >= 2
    assert roles.count("PREP") >= 2
    assert {"ADMIN", "PI", "PHY", "RAT", "CRC"} <= set(roles)


def test_both_signatures_of_the_summary_are_valid_and_the_document_unchanged(out):
    said = pdfsig(out / "summary.pdf")
    assert said.count("Signature is Valid") == 2
    assert "Total document signed" in said
    checked = check_document((out / "summary.pdf").read_bytes(), roots(out))
    assert checked.verdict == "valid"
    assert [one.role for one in checked.signatures] == ["NUR", "PHY"]


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_one_changed_byte_of_the_summary_is_found_by_both(out, tmp_path, share):
    content = bytearray((out / "summary.pdf").read_bytes())
    signed = content.index(b"/ByteRange")
    content[int(signed * share)] ^= 1
    changed = tmp_path / "changed.pdf"
    changed.write_bytes(content)
    assert "Signature is Valid" not in pdfsig(changed) or "Digest Mismatch" in pdfsig(changed)
    assert check_document(bytes(content), roots(out)).verdict in ("changed", "unreadable")


def test_the_document_is_checked_from_the_command_line(out):
    home = ("--home", str(out / "workspace"))
    good = msclinic("documents", "check", str(out / "summary.pdf"), *home, "--json")
    assert good.returncode == 0
    assert json.loads(good.stdout)["verdict"] == "valid"


def test_the_export_is_valid_by_cdiscs_schema_and_holds_twenty_participants(out):
    folder = Path(odmlib.__file__).parent / "schemas" / "odm" / "1.3.2"
    schema = etree.XMLSchema(etree.parse(folder / "ODM1-3-2.xsd"))
    document = etree.parse(out / "export.xml")
    schema.assertValid(document)
    assert len(document.findall(f".//{ODM}SubjectData")) == 20
    assert document.find(f".//{ODM}AuditRecord") is not None
    assert document.find(f".//{ODM}Signature") is not None


def test_the_record_proves_itself(out, accounts, tmp_path):
    asked = ("--home", str(out / "workspace"), "--account", "MON-01")
    word = password_file(tmp_path, accounts, "MON-01")
    ran = msclinic("verify", *asked, "--password-file", word)
    assert ran.returncode == 0, ran.stdout
    assert (out / "verify.txt").read_text("utf-8").strip() == ran.stdout.strip()


def test_no_participant_can_be_read_in_the_files_of_the_clinic(out):
    workspace = out / "workspace"
    for path in workspace.rglob("*"):
        assert "PL01-0" not in path.name
        if path.is_file():
            assert b"PL01-0" not in path.read_bytes(), path.name


def test_there_is_a_picture_of_each_screen_in_both_languages_light_and_dark(out):
    names = sorted(path.name for path in (out / "screens").glob("*.png"))
    for screen in ("sign-in", "today", "participant", "form", "exam", "run", "documents", "lock"):
        for look in ("en-light", "en-dark", "pl-light", "pl-dark"):
            assert any(name.endswith(f"-{screen}-{look}.png") for name in names), (screen, look)
    header = (out / "screens" / names[0]).read_bytes()[16:24]
    assert (int.from_bytes(header[:4]), int.from_bytes(header[4:])) == (1366, 768)


def test_an_export_and_a_summary_come_from_the_command_line(out, accounts, tmp_path):
    home = ("--home", str(out / "workspace"))
    word = password_file(tmp_path, accounts, "CRC-01")
    who = (*home, "--account", "CRC-01", "--password-file", word)
    made = tmp_path / "study.xml"
    assert msclinic("export", "--format", "odm", "--out", str(made), *who).returncode == 0
    assert etree.parse(made).getroot().tag == f"{ODM}ODM"
    summary = tmp_path / "summary.pdf"
    ran = msclinic("documents", "summary", "PL01-007", "V3", "--out", str(summary), *who)
    assert ran.returncode == 0, ran.stderr
    assert summary.read_bytes() == (out / "summary.pdf").read_bytes()


def test_a_rater_gets_no_export(out, accounts, tmp_path):
    word = password_file(tmp_path, accounts, "RAT-02")
    who = ("--home", str(out / "workspace"), "--account", "RAT-02", "--password-file", word)
    ran = msclinic("export", "--format", "odm", "--out", str(tmp_path / "x.xml"), *who)
    assert ran.returncode == 3
    assert len(ran.stderr.strip().splitlines()) == 1
    assert not (tmp_path / "x.xml").exists()


def test_a_folder_that_no_demo_made_is_never_replaced(tmp_path):
    (tmp_path / "thesis.txt").write_text("years of work", "utf-8")
    ran = msclinic("demo", "--out", str(tmp_path))
    assert ran.returncode == 2
    assert "no demo made" in ran.stderr
    assert (tmp_path / "thesis.txt").read_text("utf-8") == "years of work"
