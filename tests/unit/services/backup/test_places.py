"""Folders for backups: known again, thinned out, and honest about being full or gone."""

import hashlib
import itertools
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.backups import chosen, disk, read_only

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.backup.places import (
    Kept,
    add_place,
    carry,
    demand_there,
    kept_in,
    places_of,
    remove_place,
    thin_out,
)

pytestmark = pytest.mark.requirement("R-BKP-1")
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NAME = "msclinic-PL01-abababab-20261123T083000Z-000000409-0a1b2c.backup"


def source(tmp_path: Path, size: int = 1000) -> tuple[Path, str]:
    file = tmp_path / "staged"
    file.write_bytes(b"x" * size)
    return file, hashlib.sha256(b"x" * size).hexdigest()


def test_a_chosen_folder_is_kept_and_let_go(clinic, tmp_path):
    place = chosen(clinic, tmp_path / "medium")
    assert places_of(clinic.home) == (place,)
    demand_there(place)
    with pytest.raises(UserError, match="keeps backups already"):
        add_place(clinic.home, tmp_path / "medium")
    remove_place(clinic.home, place.folder)
    assert places_of(clinic.home) == ()
    assert add_place(clinic.home, tmp_path / "medium") == place


def test_no_folder_inside_a_clinic_is_chosen(clinic):
    inside = clinic.home.folder / "backups"
    inside.mkdir()
    with pytest.raises(UserError, match="inside the data folder"):
        add_place(clinic.home, inside)


def test_an_empty_mount_point_is_not_taken_for_the_medium(clinic, tmp_path):
    place = chosen(clinic, tmp_path / "medium")
    shutil.rmtree(place.folder)
    place.folder.mkdir()
    with pytest.raises(KnownFault, match="medium is not there"):
        demand_there(place)
    assert list(place.folder.iterdir()) == []


def test_a_backup_arrives_whole_under_its_name(tmp_path):
    file, sha256 = source(tmp_path)
    medium = tmp_path / "medium"
    medium.mkdir()
    kept = carry(file, medium, NAME, sha256)
    assert kept.read_bytes() == file.read_bytes()
    assert [one.name for one in medium.iterdir()] == [NAME]
    assert kept_in(medium, "ab" * 16) == (
        Kept(kept, datetime(2026, 11, 23, 8, 30, tzinfo=UTC), 409),
    )
    assert kept_in(medium, "cd" * 16) == ()


def test_a_full_disk_is_said_in_words_and_keeps_no_half_file(tmp_path):
    file, sha256 = source(tmp_path, 3_000_000)
    with disk(tmp_path / "small", "1m") as medium:
        with pytest.raises(KnownFault, match="no room left") as full:
            carry(file, medium, NAME, sha256)
        assert full.value.code == "backup_place_full"
        assert list(medium.iterdir()) == []


def test_a_read_only_folder_is_said_in_words(tmp_path):
    file, sha256 = source(tmp_path)
    medium = tmp_path / "medium"
    medium.mkdir()
    with read_only(medium), pytest.raises(KnownFault, match="only read there") as refused:
        carry(file, medium, NAME, sha256)
    assert refused.value.code == "backup_place_read_only"
    assert list(medium.iterdir()) == []


def test_a_medium_that_gives_back_other_bytes_is_not_trusted(tmp_path):
    file, _ = source(tmp_path)
    medium = tmp_path / "medium"
    medium.mkdir()
    with pytest.raises(KnownFault, match="not what was written"):
        carry(file, medium, NAME, "0" * 64)
    assert list(medium.iterdir()) == []


def made(*hours_ago: float) -> list[Kept]:
    """Backups of some hours before now, each with more entries than those before."""
    ordered = sorted(hours_ago, reverse=True)
    return [
        Kept(Path(f"{ago}"), NOW - timedelta(hours=ago), 100 + place)
        for place, ago in enumerate(ordered)
    ]


def test_of_old_backups_the_newest_of_hours_days_and_weeks_stay():
    kept = made(*(hour + 0.25 for hour in range(24 * 40)), 0.5)
    going = thin_out(kept, kept[-1].path, hours=24, days=14, weeks=8)
    staying = [one for one in kept if one not in going]
    last_day = [one for one in staying if NOW - one.made_at < timedelta(hours=24)]
    assert len(last_day) == 24
    days = {one.made_at.date() for one in staying}
    assert {(NOW - timedelta(days=back)).date() for back in range(14)} <= days
    weeks = {one.made_at.strftime("%G-%V") for one in staying}
    assert len(weeks) == len({one.made_at.strftime("%G-%V") for one in kept})
    assert len(staying) < 24 + 14 + 8


def test_within_an_hour_only_the_newest_stays():
    kept = made(0.1, 0.3, 0.5)
    going = thin_out(kept, kept[-1].path, 24, 14, 8)
    assert [one.path.name for one in going] == ["0.3", "0.5"]


def test_a_clock_that_ran_to_2099_costs_no_good_backup():
    true = made(*(float(hour) for hour in range(1, 30)))
    mad = Kept(Path("2099"), datetime(2099, 1, 1, tzinfo=UTC), 50)
    fresh = Kept(Path("fresh"), NOW, 500)
    going = thin_out([mad, *true, fresh], fresh.path, 24, 14, 8)
    assert fresh not in going
    newest = [one for one in sorted(true, key=lambda one: -one.entries)[:20] if one in going]
    assert newest == []


def test_what_was_just_made_and_what_holds_most_never_go():
    kept = made(1, 2, 3)
    for just in kept:
        for hours, days, weeks in itertools.product((1, 2), repeat=3):
            going = thin_out(kept, just.path, hours, days, weeks)
            assert just not in going
            assert kept[-1] not in going
