"""How the backups of a clinic stand, and what people are warned of.

The record says when the last proved backup was made; the folders say what lies in them. Raters and
the sponsor's people are told nothing: they can do nothing about it.
"""

from collections import deque
from datetime import datetime, timedelta
from pathlib import Path

from attrs import frozen

from msclinic.domain.errors import KnownFault
from msclinic.services.backup.numbers import backup_numbers
from msclinic.services.backup.places import Place, demand_there, kept_in, places_of
from msclinic.services.participants import masked_rater
from msclinic.services.restore import REHEARSAL_PATH
from msclinic.services.session import Session
from msclinic.store import Reader
from msclinic.wording import date_text, time_text

__all__ = ["BackupState", "PlaceState", "backup_state", "backup_warnings", "is_due", "last_backup"]

# A clock that ran ahead leaves a last backup in the future: beyond this it tells nothing.
_AHEAD = timedelta(hours=1)


@frozen
class PlaceState:
    """One chosen folder as it is now.

    Attributes:
        folder: Where.
        problem: Why it cannot take a backup now; none if it can.
        same_disk: Whether it lies on the disk of the record itself.
        backups: How many backups of this clinic lie there.
        newest: When the newest of them was made.
    """

    folder: Path
    problem: KnownFault | None
    same_disk: bool
    backups: int
    newest: datetime | None


@frozen
class BackupState:
    """How the backups stand.

    Attributes:
        places: The chosen folders.
        last: When the last proved backup was recorded.
        rehearsed: When a restore was last rehearsed.
        warnings: What somebody has to see to.
    """

    places: tuple[PlaceState, ...]
    last: datetime | None
    rehearsed: datetime | None
    warnings: tuple[KnownFault, ...]


def backup_state(session: Session) -> BackupState:
    """How the backups stand.

    Raises:
        Refused: The role does not look after backups.
    """
    session.require("backup")
    with session.store.read() as reader:
        last, rehearsed = last_backup(reader), _rehearsed(reader)
    return BackupState(
        tuple(_place(session, one) for one in places_of(session.home)),
        last,
        rehearsed,
        backup_warnings(session),
    )


def backup_warnings(session: Session) -> tuple[KnownFault, ...]:
    """What the person is told on the first screen; empty for raters and the sponsor's people."""
    if session.side != "site" or masked_rater(session):
        return ()
    if not places_of(session.home):
        return (
            KnownFault(
                "no_backup_place",
                what="No backups are made.",
                why="No folder for them was chosen on this computer.",
                what_to_do="The coordinator or the admin chooses one under Backup.",
            ),
        )
    numbers, now = backup_numbers(session.study), session.now()
    with session.store.read() as reader:
        last, rehearsed, began = last_backup(reader), _rehearsed(reader), _began(reader)
    found = []
    if last is None or not -_AHEAD < now - last <= timedelta(hours=numbers.warn_after):
        found.append(_too_old(session, last))
    if session.may("backup"):
        since = rehearsed or began
        if since is not None and now - since > timedelta(days=numbers.rehearsal):
            found.append(
                KnownFault(
                    "rehearsal_due",
                    what="A restore has to be rehearsed.",
                    why="The last rehearsal is longer ago than {days} days, or there was none.",
                    what_to_do="Open Backup and rehearse it; the clinic goes on meanwhile.",
                    parameters={"days": numbers.rehearsal},
                )
            )
    return tuple(found)


def is_due(session: Session) -> bool:
    """Whether the next backup of the hour is to be made."""
    with session.store.read() as reader:
        last = last_backup(reader)
    every = timedelta(hours=backup_numbers(session.study).every)
    return last is None or not timedelta(0) <= session.now() - last < every


def last_backup(reader: Reader) -> datetime | None:
    """When the last proved backup was recorded, by the clock of its device."""
    newest = deque(reader.entries("backed_up"), maxlen=1)
    return newest[0].entry.recorded_at if newest else None


def _rehearsed(reader: Reader) -> datetime | None:
    times = [head.recorded_at for head in reader.at(None, REHEARSAL_PATH)]
    return max(times, default=None)


def _began(reader: Reader) -> datetime | None:
    """When the first backup was recorded: from then on rehearsals fall due."""
    first = next(reader.entries("backed_up"), None)
    return None if first is None else first.entry.recorded_at


def _place(session: Session, place: Place) -> PlaceState:
    problem = None
    try:
        demand_there(place)
    except KnownFault as fault:
        problem = fault
    kept = kept_in(place.folder, session.place.device) if problem is None else ()
    return PlaceState(
        place.folder,
        problem,
        problem is None and _same_disk(place.folder, session.home.folder),
        len(kept),
        kept[0].made_at if kept else None,
    )


def _same_disk(folder: Path, home: Path) -> bool:
    try:
        return folder.stat().st_dev == home.stat().st_dev
    except OSError:
        return False


def _too_old(session: Session, last: datetime | None) -> KnownFault:
    if last is None:
        return KnownFault(
            "no_backup_yet",
            what="No good backup was made yet.",
            why="A folder is chosen, and no backup has reached it.",
            what_to_do="Connect the medium for backups, or tell the coordinator or the admin.",
        )
    local = last.astimezone(session.zone)
    return KnownFault(
        "backup_too_old",
        what="The last good backup was made on {day} at {time}.",
        why="No later one has reached a folder for backups.",
        what_to_do="Connect the medium for backups, or tell the coordinator or the admin.",
        parameters={"day": date_text(local.date()), "time": time_text(last, session.zone)},
    )
