"""Steps of a backup and states of its folders in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from msclinic.domain.errors import UserError
from msclinic.services.backup.state import PlaceState
from msclinic.wording import date_text, filled, plural, time_text, tr

__all__ = ["moment_words", "place_words", "step_words", "warning_words"]


def step_words(step: str, percent: int) -> str:
    """What is being done now."""
    words = {
        "copy": tr("Copying the record"),
        "prove": tr("Proving the copy"),
        "pack": tr("Packing"),
        "carry": tr("Writing to the folders"),
        "unpack": tr("Unpacking"),
    }.get(step)
    if words is None:
        return ""
    return f"{words}…" if step in ("prove", "carry") else f"{words} {percent} %"


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """A moment with its day, at the site."""
    return f"{date_text(at.astimezone(zone).date())} {time_text(at, zone)}"


def place_words(place: PlaceState, zone: ZoneInfo) -> tuple[str, str]:
    """How a folder stands: its own words, and a doubt about it or nothing."""
    if place.problem is not None:
        return tr("not there now"), filled(place.problem.why, place.problem.parameters)
    count = plural(place.backups, one="{count} backup", other="{count} backups")
    if place.newest is not None:
        newest = moment_words(place.newest, zone)
        count = tr("{count}, the newest of {moment}", count=count, moment=newest)
    doubt = ""
    if place.same_disk:
        doubt = tr("On the same disk as the record: lost with it if the disk fails.")
    return count, doubt


def warning_words(warning: UserError) -> tuple[str, str]:
    """What is said of a warning: its title, and the rest."""
    said = [filled(part, warning.parameters) for part in warning.sentences]
    return said[0], " ".join(said[1:])
