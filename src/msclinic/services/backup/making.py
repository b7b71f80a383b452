"""A backup from the open record to its places: copied, proved, packed, carried, journalled.

The copy is made in the home by the database's own online backup while people go on working; what
leaves the home is finished and proved. Nothing here touches the record but one entry at the end.
"""

import hashlib
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from attrs import frozen

from msclinic import __version__
from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.backup.file import RECORD, Manifest, file_name, pack
from msclinic.services.backup.numbers import BackupNumbers, backup_numbers
from msclinic.services.backup.places import (
    Kept,
    Place,
    cannot_keep,
    carry,
    demand_there,
    kept_in,
    places_of,
    thin_out,
)
from msclinic.services.backup.proving import Asked, Prove, prove_here
from msclinic.services.gateway import recording
from msclinic.services.home import Home
from msclinic.services.outgoing import demand_outside
from msclinic.services.session import Session
from msclinic.services.sign_in import unlock_record
from msclinic.services.upgrading import COPIES
from msclinic.store.backup import copy_record
from msclinic.vault import MarkKey

__all__ = [
    "BACKUP_PATH",
    "Heard",
    "Report",
    "Staged",
    "back_up",
    "carry_staged",
    "one_backup",
    "quiet",
    "stage",
    "workplace",
]

BACKUP_PATH = "site/backup"
_WORK = "backup-work."
_STALE_SECONDS = 6 * 3600
# What a home holds beside the record and does not need to live again; the record itself is copied
# by the database.
_NOT_TAKEN = frozenset(
    {"log", "window.lock", COPIES, RECORD, f"{RECORD}-wal", f"{RECORD}-shm", f"{RECORD}-journal"}
)

Heard = Callable[[str, int, int], None]
"""Called with the step (``copy``, ``prove``, ``pack``, ``carry``), how much is done and how much
there is; what it raises ends the backup."""


@frozen
class Staged:
    """A finished backup that still lies in the home.

    Attributes:
        file: Where.
        name: What it will be called.
        manifest: What it says of itself.
        sha256: Of the whole file.
    """

    file: Path
    name: str
    manifest: Manifest
    sha256: str


@frozen
class Report:
    """What became of a backup.

    Attributes:
        manifest: What it holds and remembers.
        kept: Files that now lie in a place.
        failed: Places that could not take it, and why.
        removed: How many old backups made room.
    """

    manifest: Manifest
    kept: tuple[Path, ...]
    failed: tuple[KnownFault, ...]
    removed: int


def quiet(_step: str, _done: int, _whole: int) -> None:
    """Nobody watches."""


def back_up(
    session: Session, cause: str, *, heard: Heard = quiet, prove: Prove = prove_here
) -> Report:
    """Back the clinic up to every chosen folder, and record it.

    Everyone's session may do this by itself; whoever starts it by hand needs the right ``backup``,
    which is asked for where they do.

    Args:
        session: Whose keys open the record.
        cause: ``hourly``, ``signature`` or ``asked``.
        heard: Is told how far it has come.
        prove: How the copy is proved.

    Raises:
        UserError: No folder was chosen.
        KnownFault: No folder could take it, or the copy is not as the record was written.
    """
    places = places_of(session.home)
    if not places:
        raise UserError(
            "no_backup_place",
            what="No backup was made.",
            why="No folder for backups was chosen on this computer.",
            what_to_do="Choose one under Backup, on another disk than the clinic's.",
        )
    with workplace(session.home) as work:
        staged = stage(session, work, heard=heard, prove=prove)
        report = carry_staged(staged, places, backup_numbers(session.study), heard)
    _record(session, staged, report, cause)
    return report


def one_backup(
    session: Session, folder: Path, *, heard: Heard = quiet, prove: Prove = prove_here
) -> Report:
    """Write one backup into a folder of the person's choice, and record it.

    Args:
        session: Who asks.
        folder: An existing folder outside every clinic.
        heard: Is told how far it has come.
        prove: How the copy is proved.

    Raises:
        Refused: The role does not look after backups.
        UserError: The folder lies inside a clinic.
        KnownFault: The folder cannot take it, or the copy is not as the record was written.
    """
    session.require("backup")
    demand_outside(folder.resolve(), session.home)
    with workplace(session.home) as work:
        staged = stage(session, work, heard=heard, prove=prove)
        now = partial(heard, "carry", 0, 1)
        now()
        kept = carry(staged.file, folder, staged.name, staged.sha256, now)
    report = Report(staged.manifest, (kept,), (), 0)
    _record(session, staged, report, "asked")
    return report


def stage(
    session: Session, work: Path, *, heard: Heard = quiet, prove: Prove | None = prove_here
) -> Staged:
    """Make the finished file inside the home.

    Args:
        session: Whose keys open the record.
        work: An empty folder in the home.
        heard: Is told how far it has come.
        prove: How the copy is proved; none where the keys are about to be dropped.

    Raises:
        KnownFault: No room, or the copy is not as the record was written.
    """
    home, place = session.home, session.place
    key = unlock_record(home, session.account, session.ring)
    copy = work / RECORD
    position = copy_record(session.store, copy, key, lambda done, all_: heard("copy", done, all_))
    if prove is not None:
        asked = Asked(copy, key, session.ring.founder_key, dict(position.streams))
        faults = prove(asked, lambda: heard("prove", 0, 1))
        if faults:
            raise _not_as_written(len(faults))
    told = Manifest(
        device=place.device,
        site=place.site,
        made_at=session.now().replace(microsecond=0),
        program=__version__,
        entries=position.entries,
        streams=dict(position.streams),
        files={},
        body=(0, ""),
    )
    name = file_name(told, secrets.token_hex(3))
    target = work / name
    try:
        with target.open("x+b") as file:
            manifest = pack(
                file,
                {**_home_files(home), RECORD: copy},
                told,
                MarkKey(key),
                lambda done, all_: heard("pack", done, all_),
            )
        copy.unlink()
        with target.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise cannot_keep(home.folder, error) from error
    return Staged(target, name, manifest, sha256)


def carry_staged(
    staged: Staged, places: Sequence[Place], numbers: BackupNumbers, heard: Heard = quiet
) -> Report:
    """Bring a finished backup to its places and let old ones go; needs no key.

    Args:
        staged: The finished backup.
        places: Where to.
        numbers: How many are kept.
        heard: Is told how far it has come.

    Raises:
        KnownFault: No place could take it.
    """
    kept: list[Path] = []
    failed: list[KnownFault] = []
    removed = 0
    for done, place in enumerate(places):
        now = partial(heard, "carry", done, len(places))
        now()
        try:
            demand_there(place)
            target = carry(staged.file, place.folder, staged.name, staged.sha256, now)
        except KnownFault as fault:
            failed.append(fault)
            continue
        kept.append(target)
        removed += _let_go(numbers, kept_in(place.folder, staged.manifest.device), target)
    if not kept:
        raise failed[0]
    return Report(staged.manifest, tuple(kept), tuple(failed), removed)


@contextmanager
def workplace(home: Home) -> Iterator[Path]:
    """An empty folder in the home that is gone afterwards, with whatever is in it."""
    for old in home.folder.glob(f"{_WORK}*"):
        with suppress(OSError):
            if old.is_dir() and time.time() - old.stat().st_mtime > _STALE_SECONDS:
                shutil.rmtree(old, ignore_errors=True)
    try:
        work = Path(tempfile.mkdtemp(prefix=_WORK, dir=home.folder))
    except OSError as error:
        raise cannot_keep(home.folder, error) from error
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _home_files(home: Home) -> dict[str, Path]:
    """Everything in the home that a restore needs beside the record: keys, rings, home.json."""
    found: dict[str, Path] = {}
    for path in sorted(home.folder.iterdir()):
        if path.name in _NOT_TAKEN or path.name.startswith(_WORK):
            continue
        below = sorted(path.iterdir()) if path.is_dir() else [path]
        for one in below:
            if one.is_file() and not one.name.endswith(".new"):
                found[one.relative_to(home.folder).as_posix()] = one
    return found


def _let_go(numbers: BackupNumbers, kept: Sequence[Kept], just_made: Path) -> int:
    going = thin_out(kept, just_made, numbers.hourly, numbers.daily, numbers.weekly)
    for one in going:
        # One that cannot be taken away today goes tomorrow; the new backup is there.
        with suppress(OSError):
            one.path.unlink()
    return len(going)


def _record(session: Session, staged: Staged, report: Report, cause: str) -> None:
    # No folder's name: a folder may be called after a person.
    value = {
        "type": "backup",
        "cause": cause,
        "sha256": staged.sha256,
        "entries": str(staged.manifest.entries),
        "kept": str(len(report.kept)),
        "failed": str(len(report.failed)),
    }
    with recording(session) as act:
        act.set("backed_up", BACKUP_PATH, value)


def _not_as_written(faults: int) -> KnownFault:
    return KnownFault(
        "record_not_proved",
        what="No backup was made: the record is not as it was written.",
        why="Faults found: {count}. A backup of a damaged record would replace good ones.",
        what_to_do="Tell the admin now; msclinic verify names each fault. Older backups were not "
        "touched.",
        parameters={"count": faults},
    )
