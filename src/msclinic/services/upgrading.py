"""Opens a record that an earlier version of the program wrote, after a copy of it was kept.

The copy is made before a byte of the record changes, checked to be the same, and stays in the home
until the next upgrade. It is encrypted like the record. A record of a newer version is refused by
the store; the journal itself is never migrated.
"""

import os
import shutil
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from msclinic.domain.errors import KnownFault
from msclinic.services.home import Home
from msclinic.store import Store
from msclinic.store.backup import copy_record
from msclinic.store.upgrade import Age, age_of, is_intact

__all__ = ["COPIES", "bring_up_to_date", "open_record"]

COPIES = "before_upgrade"
_ROOM = 3
"""The copy, the tables built anew and the write-ahead log, each as large as the record at most."""
_DAMAGE = frozenset({"damaged", "wrong_key", "not_a_database", "disk_fault"})


def open_record(home: Home, key: bytes, now: datetime) -> Store:
    """Open the record for writing; where that would rewrite it, a copy of it is kept first.

    Args:
        home: The data folder.
        key: The record's key.
        now: The clock, for the name of the copy.

    Raises:
        KnownFault: The record cannot be opened, is from a newer version, or there is no room for
            the copy.
    """
    home.demand_writable()
    with Store.open(home.database, key, as_found=True) as found:
        with found.read() as reader:
            age = age_of(reader.connection)
        if age is not None:
            _keep_copy(home.folder / COPIES, found, key, age, now)
    return Store.open(home.database, key)


def bring_up_to_date(record: Path, key: bytes) -> None:
    """Upgrade a record that is itself a copy, such as one out of a backup; damage is left to proof.

    Raises:
        KnownFault: It is from a newer version, or the disk is full.
    """
    try:
        Store.open(record, key).close()
    except KnownFault as fault:
        if fault.code not in _DAMAGE:
            raise


def _keep_copy(folder: Path, found: Store, key: bytes, age: Age, now: datetime) -> None:
    moment = now.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    target = folder / f"clinic-{age.revision}-fold{age.fold}-{moment}.db"
    unfinished = target.with_name(f"{target.name}.new")
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        unfinished.unlink(missing_ok=True)
        if shutil.disk_usage(folder).free < _ROOM * found.path.stat().st_size:
            raise _not_upgraded("There is too little room on the disk.")
        position = copy_record(found, unfinished, key, lambda _done, _whole: None)
        with Store.open(unfinished, key, as_found=True) as copy, copy.read() as reader:
            same = is_intact(reader.connection) and reader.position() == position
        if not same:
            raise _not_upgraded("The copy is not the same as the record.")
        unfinished.chmod(0o600)
        _synced(unfinished)
        unfinished.replace(target)
        _synced(folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise _not_upgraded("The system said: {reason}.", reason=reason) from error
    except KnownFault as fault:
        if fault.code in ("disk_full", "read_only", "cannot_open"):
            raise _not_upgraded(fault.why) from fault
        raise
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    for old in folder.glob("clinic-*.db"):
        # An earlier upgrade was outlived: its copy would only hold what was blotted out since.
        if old != target:
            with suppress(OSError):
                old.unlink()


def _synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):  # a folder cannot be synced everywhere
            os.fsync(handle)
    finally:
        os.close(handle)


def _not_upgraded(why: str, **parameters: object) -> KnownFault:
    return KnownFault(
        "not_upgraded",
        what="This clinic was last opened by an earlier version; before it is brought up to date "
        "a copy of its record is kept, and that copy could not be made.",
        why=why,
        what_to_do="Make room in the clinic's folder, then sign in again. Nothing was changed; the "
        "earlier version still opens it.",
        parameters=parameters,
    )
