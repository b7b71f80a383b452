"""A backup is one plain tar in which not one byte can change unseen."""

import tarfile
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path

import pytest
from attrs import evolve

from msclinic.domain.errors import KnownFault
from msclinic.services.backup.file import Manifest, file_name, pack, read_whole, unpack
from msclinic.vault import MarkKey

KEY = MarkKey(b"k" * 32)
TOLD = Manifest(
    device="ab" * 16,
    site="PL01",
    made_at=datetime(2026, 11, 23, 8, 30, tzinfo=UTC),
    program="0.1.0",
    entries=409,
    streams={"cd" * 16: (409, "ef" * 32)},
    files={},
    body=(0, ""),
)


def nothing(_done: int, _whole: int) -> None: ...


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "keys").mkdir(parents=True)
    (source / "clinic.db").write_bytes(bytes(range(256)) * 8)
    (source / "home.json").write_bytes(b"{}")
    (source / "keys" / "data-CRC-01.age").write_bytes(b"wrapped")
    names = ("clinic.db", "home.json", "keys/data-CRC-01.age")
    target = tmp_path / "one.backup"
    with target.open("w+b") as raw:
        file: BufferedRandom = raw
        pack(file, {name: source / name for name in names}, TOLD, KEY, nothing)
    return target


def test_what_goes_in_comes_out(backup, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    manifest = unpack(backup, out, nothing)
    assert (out / "clinic.db").read_bytes() == bytes(range(256)) * 8
    assert (out / "keys" / "data-CRC-01.age").read_bytes() == b"wrapped"
    assert (out / "home.json").stat().st_mode & 0o777 == 0o600
    assert (manifest.entries, manifest.streams) == (409, TOLD.streams)
    assert manifest.fits(KEY)


def test_any_tar_program_opens_it(backup):
    with tarfile.open(backup) as tar:
        assert tar.getnames() == ["clinic.db", "home.json", "keys/data-CRC-01.age", "manifest.json"]


def told(backup: Path) -> str:
    """What is said of a backup when it is read whole and held against the key."""
    try:
        return "good" if read_whole(backup, nothing).fits(KEY) else "another mark"
    except KnownFault as fault:
        return fault.code


def test_a_flip_of_any_byte_is_refused_with_words(backup):
    whole = bytearray(backup.read_bytes())
    assert len(whole) > 6000
    left_to_the_mark = 0
    for place in range(len(whole)):
        whole[place] ^= 1
        backup.write_bytes(whole)
        said = told(backup)
        assert said in ("backup_damaged", "another mark")
        # What the manifest says of itself, only the mark can tell.
        left_to_the_mark += said == "another mark"
        whole[place] ^= 1
    assert left_to_the_mark < 600
    backup.write_bytes(whole)
    assert read_whole(backup, nothing).fits(KEY)


def test_a_backup_cut_off_anywhere_or_grown_is_refused(backup):
    whole = backup.read_bytes()
    for length in [*range(0, len(whole), 97), len(whole) - 1]:
        backup.write_bytes(whole[:length])
        with pytest.raises(KnownFault, match="cannot be used"):
            read_whole(backup, nothing)
    backup.write_bytes(whole + b"\0" * 512)
    with pytest.raises(KnownFault, match="cannot be used"):
        read_whole(backup, nothing)


def test_a_manifest_of_another_key_does_not_fit(backup):
    manifest = read_whole(backup, nothing)
    assert manifest.fits(KEY)
    assert not manifest.fits(MarkKey(b"o" * 32))
    assert not evolve(manifest, entries=410).fits(KEY)


@pytest.mark.parametrize("name", ["../outside", "/root", "a/b/c", ".hidden", "manifest.json"])
def test_no_file_of_a_strange_name_goes_in(backup, tmp_path, name):
    with (tmp_path / "two.backup").open("w+b") as file, pytest.raises(ValueError, match="holds no"):
        pack(file, {name: backup, "clinic.db": backup}, TOLD, KEY, nothing)


def test_a_tar_with_links_or_strange_names_is_no_backup(tmp_path):
    path = tmp_path / "evil.backup"
    with tarfile.open(path, "w") as tar:
        link = tarfile.TarInfo("clinic.db")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    with pytest.raises(KnownFault, match="cannot be used"):
        unpack(path, tmp_path, nothing)


def test_a_file_that_is_not_there_is_said_so(tmp_path):
    with pytest.raises(KnownFault, match="could not be read"):
        read_whole(tmp_path / "none.backup")


def test_a_name_says_site_device_time_and_extent_and_nothing_of_a_participant():
    name = file_name(TOLD, "0a1b2c")
    assert name == "msclinic-PL01-abababab-20261123T083000Z-000000409-0a1b2c.backup"
