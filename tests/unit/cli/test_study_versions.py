"""``msclinic study activate|versions``: another version of the study by two people's passwords."""

import json
import shutil
from pathlib import Path

import pytest
from tests.clinic import PASSWORDS, Clinic
from tests.unit.cli.test_main import run, signed_in

from msclinic.app.instance import HomeLock
from msclinic.cli.options import Exit
from msclinic.shipped import shipped_study
from msclinic.study import load_study


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The shipped study under another label."""
    made = tmp_path / "forms"
    shutil.copytree(shipped_study(), made)
    file, label = made / "study.yaml", load_study(made).version_label
    file.write_text(file.read_text("utf-8").replace(f'"{label}"', '"next"', 1), "utf-8")
    return made


def both(clinic: Clinic, tmp_path: Path, second: str = PASSWORDS["PI-01"]) -> list[str]:
    file = tmp_path / "second"
    file.write_text(second, "utf-8")
    beside = ["--second", "PI-01", "--second-password-file", str(file)]
    return [*signed_in(clinic, "ADMIN-01", tmp_path), *beside]


@pytest.mark.requirement("R-VAL-2")
def test_a_version_is_put_into_force_and_the_history_is_printed(
    clinic: Clinic, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    version = load_study(folder).version
    assert run("study", "activate", str(folder), *both(clinic, tmp_path)) == Exit.DONE
    assert capsys.readouterr().out == f"In force: version next, {version}\n"
    who = signed_in(clinic, "MON-01", tmp_path)
    assert run("study", "versions", "--json", *who) == Exit.DONE
    now, before = json.loads(capsys.readouterr().out)["versions"]
    assert (now["version"], now["label"], now["until"]) == (version, "next", None)
    assert [one["account"] for one in now["signed"]] == ["ADMIN-01", "PI-01"]
    assert before["until"] == now["since"]
    assert run("study", "versions", *who) == Exit.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"{version[:12]}  next")
    assert lines[0].endswith("ADMIN-01, PI-01")
    assert len(lines) == 2


def test_a_study_with_a_mistake_is_not_put_into_force(
    clinic: Clinic, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = folder / "study.yaml"
    text = file.read_text("utf-8")
    lines = [line for line in text.splitlines() if "key: edss_rise_weeks" not in line]
    file.write_text("\n".join(lines), "utf-8")
    asked = ["study", "activate", str(folder), *both(clinic, tmp_path)]
    assert run(*asked) == Exit.FOUND_WRONG
    assert "SETTING_MISSING" in capsys.readouterr().err


def test_a_wrong_second_password_or_an_open_window_is_refused(
    clinic: Clinic, folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["study", "activate", str(folder), *both(clinic, tmp_path, "not this one at all")]
    assert run(*asked) == Exit.REFUSED
    with HomeLock(clinic.home.folder):
        asked = ["study", "activate", str(folder), *both(clinic, tmp_path)]
        assert run(*asked) == Exit.REFUSED
    assert "already open in another window" in capsys.readouterr().err
