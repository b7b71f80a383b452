"""Homes that earlier versions made, opened by the program of today.

What each must hold was written down by the program that made it, in ``kept.json`` beside it.
"""

import json
import os
import shutil
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from attrs import define

from msclinic.app.clock import TurnedClock
from msclinic.domain.errors import KnownFault, NotInStudy
from msclinic.services.backup.file import Manifest, file_name, pack
from msclinic.services.backup.making import back_up
from msclinic.services.backup.places import add_place
from msclinic.services.entry import FormEntry
from msclinic.services.home import Home
from msclinic.services.infusion.actions import switch_dosing
from msclinic.services.infusion.view import run_view
from msclinic.services.restore import restore
from msclinic.services.session import Session
from msclinic.services.sign_in import join, sign_in, unlock_record, unlock_ring
from msclinic.services.study_versions import activate, versions
from msclinic.services.upgrading import COPIES
from msclinic.services.verifying import prove_home
from msclinic.shipped import shipped_study
from msclinic.store import Store
from msclinic.store.schema import FOLD_VERSION, REVISIONS
from msclinic.study import load_study
from msclinic.vault import MarkKey

HOMES = Path(__file__).parent / "upgrades"
VERSIONS = sorted(folder.name for folder in HOMES.iterdir() if (folder / "kept.json").exists())
LATER = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
"""The day on which each was made: its infusion still runs."""


@define
class Old:
    """A copy of an old home and what is known of it."""

    home: Home
    kept: dict[str, Any]

    def sign_in(self, account: str = "NUR-04", role: str | None = None) -> Session:
        password = self.kept["passwords"][account]
        return sign_in(self.home, account, password, TurnedClock(LATER), role)

    def key(self, account: str = "NUR-04") -> bytes:
        ring = unlock_ring(self.home, account, self.kept["passwords"][account])
        try:
            return unlock_record(self.home, account, ring)
        finally:
            ring.close()

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.home.folder).as_posix(): path.read_bytes()
            for path in sorted(self.home.folder.rglob("*"))
            if path.is_file()
        }


def taken(version: str, folder: Path) -> Old:
    shutil.copytree(HOMES / version / "home", folder)
    kept = json.loads((HOMES / version / "kept.json").read_text("utf-8"))
    return Old(Home(folder), kept)


@pytest.fixture(params=VERSIONS)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Old:
    return taken(request.param, tmp_path / "home")


@pytest.fixture
def oldest(tmp_path: Path) -> Old:
    """A home whose read tables an earlier fold built."""
    return taken("0.1.0-fold1", tmp_path / "home")


def heads_of(session: Session) -> Iterator[list[Any]]:
    with session.store.read() as reader:
        for one in reader.heads():
            yield [one.participant or "", one.path, one.value]


def test_there_is_a_home_for_every_schema_and_fold_that_ever_was() -> None:
    found = {
        (kept["revision"], kept["fold"])
        for kept in (json.loads((HOMES / one / "kept.json").read_text()) for one in VERSIONS)
    }
    assert found == {(REVISIONS[0], fold) for fold in range(1, FOLD_VERSION + 1)}


@pytest.mark.requirement("R-DAT-10", "R-VAL-2")
def test_an_old_home_opens_and_holds_what_its_own_program_read(old: Old) -> None:
    session = old.sign_in()
    try:
        heads = list(heads_of(session))
        for kept in old.kept["heads"]:
            assert kept in heads
        with session.store.read() as reader:
            signatures = [
                [one.participant or "", one.scope, one.meaning, one.actor, one.status]
                for one in reader.signatures()
            ]
        assert sorted(signatures) == old.kept["signatures"]
        assert session.study.version == old.kept["study"]
    finally:
        session.close()
    # Rebuilt tables agree with the journal.
    assert prove_home(old.home, "MON-01", old.kept["passwords"]["MON-01"]).faults == ()


def test_people_go_on_working_in_an_old_home(old: Old) -> None:
    nurse = old.sign_in()
    try:
        vitals = FormEntry(nurse, old.kept["answered"], "SCR", "vital_signs")
        assert str(vitals.state(vitals.ref("WEIGHT")).answer) == "72.5"
        changed = {"code": "1", "text": ""}
        assert vitals.answer(vitals.ref("WEIGHT"), Decimal("73.5"), reason=changed).accepted
        assert run_view(nurse, old.kept["treated"], "V1").state.name == "RUNNING"
    finally:
        nurse.close()
    investigator = old.sign_in("PI-01")
    switch_dosing(investigator, False, old.kept["passwords"]["PI-01"])
    investigator.close()
    assert prove_home(old.home, "MON-01", old.kept["passwords"]["MON-01"]).faults == ()


def test_a_setting_that_rules_have_needed_since_is_the_shipped_one_and_says_so(oldest: Old) -> None:
    session = oldest.sign_in()
    session.close()
    assert session.study.setting("edss_rise_weeks") == 12
    assert session.study.settings["edss_rise_weeks"].source.startswith("msclinic ")
    assert not session.study.settings["age_min"].source.startswith("msclinic ")


def test_what_an_old_study_cannot_serve_is_refused_with_words(oldest: Old) -> None:
    session = oldest.sign_in()
    session.close()
    with pytest.raises(NotInStudy) as refused:
        session.study.form("adverse_event").item("AESPID")
    assert str(refused.value).startswith("This cannot be done under the version of the study")
    with pytest.raises(NotInStudy, match="activate a newer version"):
        session.study.form("no_form")


def test_a_copy_that_the_earlier_program_opens_is_kept_before_anything_is_rewritten(
    oldest: Old,
) -> None:
    before = oldest.home.database.read_bytes()
    key = oldest.key()
    oldest.sign_in().close()
    (copy,) = (oldest.home.folder / COPIES).iterdir()
    assert copy.name == "clinic-0001-fold1-20261123T120000Z.db"
    assert oldest.home.database.read_bytes() != before
    with Store.open(copy, key, as_found=True) as store, store.read() as reader:
        assert reader.position().entries == oldest.kept["entries"]
        assert reader.connection.exec_driver_sql("SELECT version FROM fold_state").scalar() == 1
    # Whoever opens it next rewrites nothing and keeps no copy of it.
    kept = copy.read_bytes()
    oldest.sign_in().close()
    assert [one.read_bytes() for one in (oldest.home.folder / COPIES).iterdir()] == [kept]


def test_a_home_of_today_is_not_copied(tmp_path: Path) -> None:
    newest = taken(VERSIONS[-1], tmp_path / "home")
    assert newest.kept["fold"] == FOLD_VERSION
    newest.sign_in().close()
    assert not (newest.home.folder / COPIES).exists()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills are played by fork")
@pytest.mark.requirement("R-BKP-3")
def test_an_upgrade_that_is_killed_begins_again(oldest: Old) -> None:
    for moment in (0.02, 0.05, 0.08, 0.12, 0.2):
        child = os.fork()
        if child == 0:
            try:
                oldest.sign_in()
            finally:
                os._exit(0)
        time.sleep(moment)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    session = oldest.sign_in()
    try:
        heads = list(heads_of(session))
        assert all(kept in heads for kept in oldest.kept["heads"])
    finally:
        session.close()
    (copy,) = (oldest.home.folder / COPIES).iterdir()
    assert copy.suffix == ".db"
    assert prove_home(oldest.home, "MON-01", oldest.kept["passwords"]["MON-01"]).faults == ()


@pytest.mark.requirement("R-BKP-1")
def test_a_backup_of_an_upgraded_home_leaves_the_old_copy_out_and_restores(
    oldest: Old, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    add_place(oldest.home, disk)
    session = oldest.sign_in()
    report = back_up(session, "hourly")
    session.close()
    assert not [name for name in report.manifest.files if name.startswith(COPIES)]
    # Its study was written before anybody was named to look after backups.
    new, password = Home(tmp_path / "new"), oldest.kept["passwords"]["ADMIN-01"]
    restore(report.kept[0], new, "ADMIN-01", password, TurnedClock(LATER))
    assert prove_home(new, "MON-01", oldest.kept["passwords"]["MON-01"]).faults == ()


def test_a_backup_that_an_earlier_fold_made_is_restored(oldest: Old, tmp_path: Path) -> None:
    key = oldest.key()
    with Store.open(oldest.home.database, key, as_found=True) as store, store.read() as reader:
        streams = dict(reader.position().streams)
    place = oldest.home.read()
    told = Manifest(
        device=place.device,
        site=place.site,
        made_at=LATER,
        program="0.1.0",
        entries=oldest.kept["entries"],
        streams=streams,
        files={},
        body=(0, ""),
    )
    sources = {name: oldest.home.folder / name for name in oldest.files() if "attempts" not in name}
    backup = tmp_path / file_name(told, "old")
    with backup.open("w+b") as file:
        pack(file, sources, told, MarkKey(key), lambda _done, _whole: None)
    new, password = Home(tmp_path / "new"), oldest.kept["passwords"]["ADMIN-01"]
    restore(backup, new, "ADMIN-01", password, TurnedClock(LATER))
    assert prove_home(new, "MON-01", oldest.kept["passwords"]["MON-01"]).faults == ()


def test_a_record_of_a_newer_version_is_refused_before_a_copy_is_made(old: Old) -> None:
    with Store.open(old.home.database, old.key()) as store, store.write() as uow:
        uow.connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    before = old.home.database.read_bytes()
    with pytest.raises(KnownFault) as told:
        old.sign_in()
    assert told.value.code == "newer_database"
    assert "Install the newest version of the program. Nothing was changed." in str(told.value)
    assert not (old.home.folder / COPIES).exists()
    assert old.home.database.read_bytes() == before


@pytest.mark.requirement("R-VAL-2")
def test_a_newer_study_is_put_into_force_in_an_old_home(old: Old) -> None:
    # Its infusion was never closed; after two days it hinders nobody.
    clock = TurnedClock(LATER + timedelta(days=3))
    passwords = old.kept["passwords"]
    admin = sign_in(old.home, "ADMIN-01", passwords["ADMIN-01"], clock)
    investigator = join(admin, "PI-01", passwords["PI-01"])
    study = load_study(shipped_study())
    activate(admin, investigator, study, (passwords["ADMIN-01"], passwords["PI-01"]))
    assert [one.version for one in versions(admin)] == [study.version, old.kept["study"]]
    assert investigator.study.form("adverse_event").item("AESPID").oid == "AESPID"
    investigator.close(keep_store=True)
    admin.close()
    assert prove_home(old.home, "MON-01", passwords["MON-01"]).faults == ()
