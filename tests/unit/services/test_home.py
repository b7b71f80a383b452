"""Files of a home that are there whole or not at all."""

import json
from pathlib import Path

import pytest
from tests.clinic import Clinic

from msclinic.domain.errors import KnownFault
from msclinic.services.home import Home, HomeFile, whole_file, write_whole


def test_a_file_that_was_written_is_whole_and_its_owners_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "deep" / "ring.json", b"new")
    assert (tmp_path / "deep" / "ring.json").read_bytes() == b"new"
    assert (tmp_path / "deep" / "ring.json").stat().st_mode & 0o777 == 0o600


def test_what_breaks_off_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "export.xml"
    path.write_bytes(b"old")

    def break_off() -> None:
        with whole_file(path) as file:
            file.write(b"half of the n")
            raise ValueError("broke off")

    with pytest.raises(ValueError, match="broke off"):
        break_off()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(KnownFault) as fault:
        write_whole(tmp_path / "file" / "ring.json", b"new")
    assert fault.value.code == "cannot_write"


AS_WRITTEN = HomeFile("a" * 32, "b" * 32, "PL01", "Kraków", "Europe/Warsaw", "3082")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = Home(tmp_path / "home")
    made.write(AS_WRITTEN)
    return made


def test_what_a_home_says_is_read_as_it_was_written(home: Home) -> None:
    assert home.read() == AS_WRITTEN


@pytest.mark.parametrize(
    "content",
    ["", "[]", "5", "null", "{}", '{"format": 1}', "\x00", "[" * 100_000, '{"format": 1, "device"'],
)
def test_what_is_no_home_file_is_said_with_its_name(home: Home, content: str) -> None:
    (home.folder / "home.json").write_text(content, "utf-8")
    with pytest.raises(KnownFault) as fault:
        home.read()
    assert fault.value.code == "damaged_home"
    assert "home.json" in str(fault.value)
    assert len(fault.value.sentences) == 3


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("format", "x"),
        ("format", True),
        ("format", 0),
        ("format", None),
        ("device", "../../device"),
        ("device", 5),
        ("stream", ""),
        ("site", []),
        ("city", None),
        ("zone", "Mars/Olympus"),
        ("zone", "../UTC"),
        ("authority", "zz"),
    ],
)
def test_a_value_that_the_program_never_wrote_is_damage(
    home: Home, key: str, value: object
) -> None:
    file = home.folder / "home.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | {key: value}), "utf-8")
    with pytest.raises(KnownFault) as fault:
        home.read()
    assert fault.value.code == "damaged_home"
    assert key == "format" or key in str(fault.value)


def test_a_record_without_its_home_file_is_damaged_not_new(home: Home) -> None:
    home.database.write_bytes(b"")
    (home.folder / "home.json").unlink()
    with pytest.raises(KnownFault) as fault:
        home.read()
    assert fault.value.code == "damaged_home"


def test_what_is_no_certificate_is_not_handed_out_as_one(home: Home) -> None:
    with pytest.raises(KnownFault) as fault:
        home.certificate()
    assert fault.value.code == "damaged_home"
    assert "authority" in str(fault.value)


def test_the_certificate_of_a_founded_home_is_its_authoritys(clinic: Clinic) -> None:
    assert clinic.home.certificate().hex() == clinic.home.read().authority
