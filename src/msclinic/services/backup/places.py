"""Where a device keeps its backups: folders that people chose, on other disks than the record's.

A file left in each chosen folder tells it from an empty mount point: a medium that is not plugged
in is *not there*, and nothing is written onto the disk beneath. The list is a choice of the
device and lies in ``backup.json`` of the home.
"""

import errno
import hashlib
import json
import os
import re
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.home import Home, whole_file, write_whole
from msclinic.services.outgoing import demand_outside

__all__ = [
    "Kept",
    "Place",
    "add_place",
    "cannot_keep",
    "carry",
    "demand_there",
    "kept_in",
    "places_of",
    "remove_place",
    "thin_out",
]

_LIST = "backup.json"
_SIGN = "msclinic-backups.json"
_KEPT = re.compile(
    r"msclinic-[A-Za-z0-9]*-(?P<device>[0-9a-f]{8})-(?P<at>[0-9]{8}T[0-9]{6}Z)"
    r"-(?P<entries>[0-9]{9,})-[0-9a-f]{6}\.backup"
)
_STALE_SECONDS = 6 * 3600
_CHUNK = 1 << 20


@frozen
class Place:
    """A folder chosen for backups.

    Attributes:
        folder: Where.
        sign: Random words that the folder carries, so that it is known again.
    """

    folder: Path
    sign: str


@frozen
class Kept:
    """One backup as its name tells of it.

    Attributes:
        path: The file.
        made_at: When it was made, by its device's clock.
        entries: How many journal entries it holds.
    """

    path: Path
    made_at: datetime
    entries: int


def places_of(home: Home) -> tuple[Place, ...]:
    """The folders chosen for this home, in the order in which they were chosen."""
    try:
        found: Any = json.loads((home.folder / _LIST).read_text("utf-8"))
        return tuple(Place(Path(one["folder"]), str(one["sign"])) for one in found["places"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        # Like any choice of a device: what cannot be read was not chosen, and Today says so.
        return ()


def add_place(home: Home, folder: Path) -> Place:
    """Choose a folder for backups.

    Args:
        home: The clinic.
        folder: An existing folder outside every clinic.

    Raises:
        UserError: No such folder, it lies inside a clinic, or it was chosen already.
        KnownFault: It cannot be written to.
    """
    folder = Path(os.path.realpath(folder.expanduser()))
    known = places_of(home)
    if any(one.folder == folder for one in known):
        raise UserError(
            "backup_place_known",
            what="This folder keeps backups already.",
            why="Each folder is chosen once.",
            what_to_do="Choose another folder, best on another disk.",
        )
    _demand_folder(folder)
    demand_outside(folder, home)
    place = Place(folder, _sign_of(folder) or secrets.token_hex(16))
    if _sign_of(folder) is None:
        try:
            with whole_file(folder / _SIGN) as file:
                file.write(json.dumps({"format": 1, "sign": place.sign}).encode())
        except OSError as error:
            raise cannot_keep(folder, error) from error
    _store(home, (*known, place))
    return place


def remove_place(home: Home, folder: Path) -> None:
    """Choose a folder no longer; the backups in it stay."""
    _store(home, tuple(one for one in places_of(home) if one.folder != folder))


def demand_there(place: Place) -> None:
    """Go on only if the very folder that was chosen is there.

    Raises:
        KnownFault: The medium is not plugged in, or another one is.
    """
    if _sign_of(place.folder) != place.sign:
        raise KnownFault(
            "backup_place_missing",
            what="The backup could not be written to {folder}.",
            why="The medium is not there, or it is another one.",
            what_to_do="Connect the medium, then start the backup again.",
            parameters={"folder": place.folder},
        )


def kept_in(folder: Path, device: str) -> tuple[Kept, ...]:
    """The backups of a device in a folder, the one with most entries first.

    Entries are counted, not hours: a clock may be wrong, a journal only grows.
    """
    found = []
    try:
        names = sorted(path.name for path in folder.iterdir())
    except OSError:
        return ()
    for name in names:
        fits = _KEPT.fullmatch(name)
        if fits is None or fits["device"] != device[:8]:
            continue
        with suppress(ValueError):
            made_at = datetime.strptime(fits["at"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            found.append(Kept(folder / name, made_at, int(fits["entries"])))
    return tuple(sorted(found, key=_age, reverse=True))


def carry(
    source: Path, folder: Path, name: str, sha256: str, heard: Callable[[], None] | None = None
) -> Path:
    """Copy a finished backup into a folder: whole under its name, or not there at all.

    Args:
        source: The file.
        folder: Where to.
        name: What it is to be called.
        sha256: Of the file; what lies in the folder at the end is read again and compared.
        heard: Called now and then; what it raises ends the copying, and nothing of it stays.

    Raises:
        KnownFault: It is missing, full, read-only, or does not give back what was written.
    """
    target = folder / name
    _demand_folder(folder)
    _drop_stale(folder)
    try:
        with source.open("rb") as file, whole_file(target) as copy:
            while data := file.read(_CHUNK):
                copy.write(data)
                if heard is not None:
                    heard()
        _settle(folder)
        with target.open("rb") as written:
            same = hashlib.file_digest(written, "sha256").hexdigest() == sha256
        if not same:
            target.unlink()
    except OSError as error:
        raise cannot_keep(folder, error) from error
    if not same:
        raise KnownFault(
            "backup_not_as_written",
            what="The backup in {folder} is not what was written there.",
            why="The medium gives back other bytes; it may be failing.",
            what_to_do="Use another medium.",
            parameters={"folder": folder},
        )
    return target


def thin_out(
    kept: Sequence[Kept], just_made: Path, hours: int, days: int, weeks: int
) -> list[Kept]:
    """The backups that may go: all but the newest of the last hours, days and weeks.

    Args:
        kept: Backups of one device in one folder.
        just_made: Is kept in any case.
        hours: Of how many different hours one is kept.
        days: Of how many different days.
        weeks: Of how many different weeks.
    """
    staying = {just_made}
    ordered = sorted(kept, key=_age, reverse=True)
    staying.update(one.path for one in ordered[:1])
    for form, most in (("%Y-%m-%d %H", hours), ("%Y-%m-%d", days), ("%G-%V", weeks)):
        newest: dict[str, Path] = {}
        for one in ordered:
            newest.setdefault(one.made_at.strftime(form), one.path)
        staying.update(list(newest.values())[:most])
    return [one for one in ordered if one.path not in staying]


def cannot_keep(folder: Path, error: OSError) -> KnownFault:
    """Why nothing could be written into a folder, in words."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", None)):
        return KnownFault(
            "backup_place_full",
            what="The backup could not be written to {folder}.",
            why="There is no room left.",
            what_to_do="Make room there or choose another medium; the record itself is unharmed.",
            parameters={"folder": folder},
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        return KnownFault(
            "backup_place_read_only",
            what="The backup could not be written to {folder}.",
            why="You may only read there.",
            what_to_do="Allow writing or choose another medium; the record itself is unharmed.",
            parameters={"folder": folder},
        )
    return KnownFault(
        "backup_place_fault",
        what="The backup could not be written to {folder}.",
        why="The system said: {reason}.",
        what_to_do="Check the medium or choose another one; the record itself is unharmed.",
        parameters={"folder": folder, "reason": error.strerror or type(error).__name__},
    )


def _demand_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise KnownFault(
            "backup_no_folder",
            what="The backup could not be written to {folder}.",
            why="There is no such folder.",
            what_to_do="Connect the medium or make the folder, then start the backup again.",
            parameters={"folder": folder},
        )


def _store(home: Home, places: Sequence[Place]) -> None:
    rows = [{"folder": str(one.folder), "sign": one.sign} for one in places]
    write_whole(home.folder / _LIST, json.dumps({"format": 1, "places": rows}, indent=1).encode())


def _sign_of(folder: Path) -> str | None:
    try:
        return str(json.loads((folder / _SIGN).read_text("utf-8"))["sign"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _drop_stale(folder: Path) -> None:
    """Take away what a program that was cut off left half-written."""
    for path in folder.glob("msclinic-*.backup.*.new"):
        with suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_SECONDS:
                path.unlink()


def _settle(folder: Path) -> None:
    """The folder's own entry reaches the disk too, where the system can be asked for that."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _age(one: Kept) -> tuple[int, datetime, str]:
    return one.entries, one.made_at, one.path.name
