"""A backup made into a home again: into a new folder only, proved, in a stream of its own.

Nothing is ever written over an existing clinic. The folder takes its name when the record in it is
proved and has begun its new stream; until then, and after any fault, there is nothing under that
name. A rehearsal does all of it in a folder that is thrown away.
"""

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path

from attrs import evolve, frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.domain.values import Clock
from msclinic.services.backup.file import RECORD, Manifest, damaged_backup, unpack
from msclinic.services.backup.making import Heard, quiet, workplace
from msclinic.services.backup.places import Kept, demand_there, kept_in, places_of
from msclinic.services.backup.proving import Asked, Prove, prove_here
from msclinic.services.gateway import recording
from msclinic.services.home import Home
from msclinic.services.marker import Marker
from msclinic.services.outgoing import demand_outside
from msclinic.services.session import Session, active_study, not_allowed
from msclinic.services.sign_in import roles_of, sign_in, unlock_record, unlock_ring
from msclinic.services.upgrading import bring_up_to_date
from msclinic.store import Store
from msclinic.vault import MarkKey

__all__ = ["REHEARSAL_PATH", "Restored", "newest_backup", "rehearse", "restore"]

RESTORE_PATH = "site/restore"
REHEARSAL_PATH = "site/restore_rehearsal"


@frozen
class Restored:
    """A home that was made from a backup.

    Attributes:
        home: The new home.
        manifest: What the backup says of itself.
        stream: The stream that the new home writes.
    """

    home: Home
    manifest: Manifest
    stream: str


def restore(
    backup: Path,
    home: Home,
    account: str,
    password: str,
    clock: Clock,
    *,
    heard: Heard = quiet,
    prove: Prove = prove_here,
) -> Restored:
    """Make a new home from a backup.

    The people of the backup sign in with the passwords that they had when it was made. Where the
    old stream went on after the backup, the verify of the new home says so for as long as this
    computer, or a newer backup, remembers it.

    Args:
        backup: The file.
        home: A folder that does not exist or is empty, and where its state lies.
        account: Whose keys open it; their role looks after backups.
        password: Theirs, as it was when the backup was made.
        clock: Where every time comes from.
        heard: Is told how far it has come.
        prove: How the restored record is proved.

    Raises:
        Refused: Wrong password, or the role does not look after backups.
        UserError: There is something in the folder, or it lies inside a clinic.
        KnownFault: The backup is damaged, or the folder cannot be written to.
    """
    folder = Path(os.path.realpath(home.folder))
    _demand_new(folder, home)
    work = _beside(folder)
    try:
        manifest, session, left = _restored(backup, work, account, password, clock, heard, prove)
        place = session.place
        key = unlock_record(session.home, account, session.ring)
        session.close()
        if folder.exists():
            folder.rmdir()
        work.rename(folder)
    except OSError as error:
        raise _cannot_restore(error) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    marker = Marker.of(home, evolve(place, stream=left), key)
    if marker is not None:
        with Store.open(home.database, key) as store:
            marker.settle(store, place.stream, manifest.streams[left])
    return Restored(home, manifest, place.stream)


def rehearse(
    session: Session,
    backup: Path,
    password: str,
    *,
    heard: Heard = quiet,
    prove: Prove = prove_here,
) -> Manifest:
    """Restore a backup on trial, throw the home away, and record that it could be done.

    Args:
        session: Who rehearses.
        backup: The file.
        password: Theirs, typed now: the backup's own copy of their keys is opened with it.
        heard: Is told how far it has come.
        prove: How the restored record is proved.

    Raises:
        Refused: The role does not look after backups, or the password is wrong.
        KnownFault: The backup is damaged, or there is no room.
    """
    session.require("backup")
    with workplace(session.home) as work:
        folder = work / "home"
        folder.mkdir(mode=0o700)
        manifest, tried, _ = _restored(
            backup, folder, session.account, password, session.clock, heard, prove
        )
        tried.close()
    if manifest.device != session.place.device:
        raise damaged_backup(backup)
    value = {
        "type": "rehearsal",
        "entries": str(manifest.entries),
        "made_at": manifest.made_at.isoformat(),
        "sha256": manifest.body[1],
    }
    with recording(session) as act:
        act.set("restore_rehearsed", REHEARSAL_PATH, value)
    return manifest


def newest_backup(session: Session) -> Kept:
    """The backup with most entries in any chosen folder that is there.

    Raises:
        Refused: The role does not look after backups.
        KnownFault: No folder is there, or none holds a backup of this clinic.
    """
    session.require("backup")
    found: list[Kept] = []
    for place in places_of(session.home):
        try:
            demand_there(place)
        except KnownFault:
            continue
        found += kept_in(place.folder, session.place.device)
    if not found:
        raise KnownFault(
            "no_backup_found",
            what="There is no backup of this clinic here.",
            why="No chosen folder holds one, or no medium is connected.",
            what_to_do="Connect the medium, or make a backup first.",
        )
    return max(found, key=_extent)


def _restored(
    backup: Path,
    folder: Path,
    account: str,
    password: str,
    clock: Clock,
    heard: Heard,
    prove: Prove,
) -> tuple[Manifest, Session, str]:
    """Unpack, prove and begin a new stream in a folder that nobody knows; gives the one left."""
    manifest = unpack(backup, folder, lambda done, whole: heard("unpack", done, whole))
    home = Home(folder)
    ring = unlock_ring(home, account, password)
    try:
        key = unlock_record(home, account, ring)
        if not manifest.fits(MarkKey(key)):
            raise damaged_backup(backup)
        bring_up_to_date(folder / RECORD, key)
        asked = Asked(folder / RECORD, key, ring.founder_key, manifest.streams)
        left = home.read()
        known = left.device == manifest.device and left.stream in manifest.streams
        if not known or prove(asked, lambda: heard("prove", 0, 1)):
            raise damaged_backup(backup)
    finally:
        ring.close()
    role = _role(home, account, key)
    session = sign_in(home, account, password, clock, role, restored=True)
    try:
        _record(session, manifest)
        with session.store.read() as reader:
            there = all(
                reader.hash_at(stream, seq) == head
                for stream, (seq, head) in manifest.streams.items()
            )
        if not there:
            raise damaged_backup(backup)
    except BaseException:
        session.close()
        raise
    return manifest, session, left.stream


def _role(home: Home, account: str, key: bytes) -> str:
    """A role of the account that looks after backups.

    Raises:
        Refused: It holds none.
    """
    with Store.open(home.database, key) as store, store.read() as reader:
        study = active_study(reader)
        # A study from before there were backups names nobody: then who looks after accounts.
        named = any(study.may(role, "backup") for role in study.roles)
        right = "backup" if named else "people"
        for role in roles_of(reader, account):
            if study.may(role, right):
                return role
    raise not_allowed()


def _record(session: Session, manifest: Manifest) -> None:
    value = {
        "type": "restore",
        "made_at": manifest.made_at.isoformat(),
        "sha256": manifest.body[1],
        "entries": str(manifest.entries),
        "heads": [[one, str(seq), head] for one, (seq, head) in sorted(manifest.streams.items())],
    }
    with recording(session) as act:
        act.set("restored", RESTORE_PATH, value)


def _demand_new(folder: Path, home: Home) -> None:
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(
            "not_a_new_home",
            what="Nothing was restored.",
            why="There is something in this folder already; a backup never replaces anything.",
            what_to_do="Name a new folder with --home.",
        )
    demand_outside(folder, evolve(home, folder=folder / "clinic"))


def _beside(folder: Path) -> Path:
    """A new folder on the same disk, so that it can be renamed in one step."""
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        return Path(tempfile.mkdtemp(prefix=".msclinic-restoring-", dir=folder.parent))
    except OSError as error:
        raise _cannot_restore(error) from error


def _cannot_restore(error: OSError) -> KnownFault:
    return KnownFault(
        "cannot_restore",
        what="The new home could not be made.",
        why="The system said: {reason}.",
        what_to_do="Name another folder or make room; the backup was not changed.",
        parameters={"reason": error.strerror or type(error).__name__},
    )


def _extent(one: Kept) -> tuple[int, datetime]:
    return one.entries, one.made_at
