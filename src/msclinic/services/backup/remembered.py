"""What the backups of a home know of it: how far its journal had come, and whether they are whole.

Only what carries the mark of this clinic's program counts; anybody can put a file into a folder.
"""

from collections.abc import Mapping

from attrs import field, frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import Fault
from msclinic.services.backup.file import read_whole
from msclinic.services.backup.places import demand_there, kept_in, places_of
from msclinic.services.home import Home
from msclinic.vault import MarkKey

__all__ = ["Remembered", "remembered"]

Head = tuple[int, str]


@frozen
class Remembered:
    """What the chosen folders say.

    Attributes:
        heads: By stream, the furthest place and its hash that any backup knows.
        faults: Backups that are not as they were written.
        missing: How many of the chosen folders are not there now.
        count: How many good backups were found.
    """

    heads: Mapping[str, Head] = field(factory=dict)
    faults: tuple[Fault, ...] = ()
    missing: int = 0
    count: int = 0


def remembered(home: Home, device: str, key: MarkKey) -> Remembered:
    """Ask every chosen folder that is there; the newest backup of each is read whole.

    Args:
        home: The clinic.
        device: The device that wrote them.
        key: Tells the clinic's own backups from others.
    """
    heads: dict[str, Head] = {}
    faults: list[Fault] = []
    missing = count = 0
    for place in places_of(home):
        try:
            demand_there(place)
        except KnownFault:
            missing += 1
            continue
        for index, one in enumerate(kept_in(place.folder, device)):
            try:
                manifest = read_whole(one.path, _heard if index == 0 else None)
                if not manifest.fits(key):
                    raise ValueError("no mark of this clinic")
            except (KnownFault, ValueError):
                sentence = "A backup is not as it was written."
                faults.append(Fault("backup_damaged", one.path.name, sentence))
                continue
            count += 1
            for stream, head in manifest.streams.items():
                if head[0] > heads.get(stream, (0, ""))[0]:
                    heads[stream] = head
    return Remembered(heads, tuple(faults), missing, count)


def _heard(_done: int, _whole: int) -> None:
    """Nobody watches the reading."""
