"""What leaves a clinic never lands in one, and never on anything but a file."""

import os
from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.exporting import export_odm
from msclinic.services.home import Home
from msclinic.services.outgoing import hand_out, outgoing_file


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A folder that looks like a clinic, beside a folder for markers."""
    folder = tmp_path / "clinic"
    (folder / "keys").mkdir(parents=True)
    (folder / "home.json").write_text("{}", "utf-8")
    (folder / "clinic.db").write_bytes(b"the record")
    return Home(folder, tmp_path / "state")


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.mark.parametrize(
    "name",
    ["clinic.db", "home.json", "new.xml", "keys/data-PI-01.age", "keys/deep/new.xml", "../clinic"],
)
def test_no_path_inside_the_clinic_is_written(home: Home, name: str) -> None:
    before = contents(home.folder)
    with pytest.raises(UserError) as refusal:
        hand_out(home.folder / name, b"an export", home)
    assert refusal.value.code == "inside_a_clinic"
    assert not isinstance(refusal.value, KnownFault)
    assert len(refusal.value.sentences) == 3
    assert contents(home.folder) == before


def test_another_clinic_is_not_written_into_either(home: Home, tmp_path: Path) -> None:
    with pytest.raises(UserError) as refusal:
        hand_out(home.folder / "keys" / "x.pdf", b"a page", Home(tmp_path / "elsewhere"))
    assert refusal.value.code == "inside_a_clinic"


def test_a_record_whose_home_file_is_lost_is_still_a_clinic(home: Home, tmp_path: Path) -> None:
    (home.folder / "home.json").unlink()
    with pytest.raises(UserError) as refusal:
        hand_out(home.database, b"a page", Home(tmp_path / "elsewhere"))
    assert refusal.value.code == "inside_a_clinic"
    assert home.database.read_bytes() == b"the record"


def test_the_marker_outside_is_not_written_over(home: Home, tmp_path: Path) -> None:
    marker = tmp_path / "state" / "marker.json"
    marker.parent.mkdir()
    marker.write_bytes(b"a marker")
    with pytest.raises(UserError) as refusal:
        hand_out(marker, b"a page", home)
    assert refusal.value.code == "inside_a_clinic"
    assert marker.read_bytes() == b"a marker"


@pytest.mark.parametrize("name", ["clinic.db", "keys"])
def test_a_link_into_the_clinic_is_followed_and_refused(
    home: Home, tmp_path: Path, name: str
) -> None:
    link = tmp_path / "export.xml"
    link.symlink_to(home.folder / name)
    target = link / "new.xml" if name == "keys" else link
    before = contents(home.folder)
    with pytest.raises(UserError) as refusal:
        hand_out(target, b"an export", home)
    assert refusal.value.code == "inside_a_clinic"
    assert contents(home.folder) == before
    assert link.is_symlink()


def test_folder_device_and_endless_link_stay_what_they_are(home: Home, tmp_path: Path) -> None:
    pipe, link, ring = tmp_path / "pipe", tmp_path / "link", tmp_path / "ring"
    os.mkfifo(pipe)
    link.symlink_to(pipe)
    ring.symlink_to(ring)
    before = sorted(tmp_path.iterdir())
    for path in (pipe, link, ring, tmp_path):
        with pytest.raises(UserError) as refusal:
            hand_out(path, b"a page", home)
        assert refusal.value.code == "not_a_file", path.name
    assert sorted(tmp_path.iterdir()) == before
    assert pipe.is_fifo()
    assert (link.is_symlink(), ring.is_symlink()) == (True, True)


def test_a_file_outside_is_replaced_whole(home: Home, tmp_path: Path) -> None:
    path, link = tmp_path / "export.xml", tmp_path / "link.xml"
    path.write_bytes(b"an older and longer export")
    hand_out(path, b"new", home)
    assert path.read_bytes() == b"new"
    link.symlink_to(path)
    hand_out(link, b"newer", home)
    assert (path.read_bytes(), link.is_symlink()) == (b"newer", True)


def test_a_folder_that_is_not_there_is_said_and_not_made(home: Home, tmp_path: Path) -> None:
    with pytest.raises(KnownFault) as fault, outgoing_file(tmp_path / "x" / "y.xml", home) as file:
        file.write(b"an export")
    assert fault.value.code == "cannot_write"
    assert not (tmp_path / "x").exists()


def test_an_export_over_its_own_record_is_refused_and_recorded_nowhere(clinic: Clinic) -> None:
    session = clinic.session("DM-01")
    with session.store.read() as reader:
        before = reader.position()
    with pytest.raises(UserError) as refusal:
        export_odm(session, clinic.home.database)
    assert refusal.value.code == "inside_a_clinic"
    with session.store.read() as reader:
        assert reader.position() == before
