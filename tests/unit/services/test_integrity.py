"""The program's own files are held against what was installed; a change is said and recorded."""

import base64
import hashlib
import sys
from pathlib import Path

import pytest

from msclinic import __version__
from msclinic.services.integrity import (
    ProgramFiles,
    changed_program,
    check_program,
    record_incident,
    version_line,
)

pytestmark = pytest.mark.requirement("R-VAL-4")
FILES = {"madeup/__init__.py": b"one = 1\n", "madeup/rules.py": b"limit = 38\n"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed distribution as pip leaves it, in a folder of its own."""
    info = tmp_path / "madeup-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: madeup\nVersion: 1.0\n")
    rows = []
    for name, content in FILES.items():
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        rows.append(f"{name},sha256={digest},{len(content)}")
    rows += ["madeup/__pycache__/rules.cpython-311.pyc,,", "madeup-1.0.dist-info/RECORD,,"]
    (info / "RECORD").write_text("\n".join(rows) + "\n")
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    return tmp_path


def test_a_program_as_installed_has_nothing_changed(installed):
    assert check_program("madeup") == ProgramFiles(True, 2, ())
    assert changed_program(check_program("madeup")) is None
    assert version_line(check_program("madeup")).endswith("program files are as installed")


def test_a_changed_and_a_missing_file_are_named(installed):
    (installed / "madeup" / "rules.py").write_bytes(b"limit = 39\n")
    (installed / "madeup" / "__init__.py").unlink()
    found = check_program("madeup")
    assert found.changed == ("madeup/__init__.py", "madeup/rules.py")
    fault = changed_program(found)
    assert fault is not None
    assert "Changed or missing: 2, the first is madeup/__init__.py." in str(fault)
    assert version_line(found).endswith("program files were changed")


def test_a_checkout_or_no_program_at_all_is_not_checked_and_says_so(installed):
    info = installed / "madeup-1.0.dist-info"
    (info / "direct_url.json").write_text('{"url": "file:///x", "dir_info": {"editable": true}}')
    (installed / "madeup" / "rules.py").write_bytes(b"limit = 39\n")
    for found in (check_program("madeup"), check_program("never-installed")):
        assert found == ProgramFiles(installed=False)
        assert changed_program(found) is None
    assert version_line(found) == (
        f"msclinic {__version__} · not an installed program: files are not checked"
    )


def test_the_version_stands_there_before_the_check_is_over():
    assert version_line(None) == f"msclinic {__version__}"


def test_an_incident_is_recorded_once_until_it_is_another_one(clinic):
    session = clinic.session("NUR-04")
    assert record_incident(session, "program_changed", ["madeup/rules.py"])
    assert not record_incident(session, "program_changed", ["madeup/rules.py"])
    assert record_incident(session, "program_changed", ["madeup/rules.py", "madeup/more.py"])
    with session.store.read() as reader:
        assert len(list(reader.entries("incident_recorded"))) == 2
        (head,) = reader.at(None, "site/incident/program_changed")
    assert (head.value or {})["value"] == "madeup/more.py; madeup/rules.py"
    assert head.actor == "NUR-04"
