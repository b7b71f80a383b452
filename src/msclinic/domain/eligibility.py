"""Exclusion EX01 from the record: what is certain, and what it leaves open.

Open is what rests on a date known in part, or on a medicine of unknown group.

The rules show conflicts to the physician; they never answer for the physician.
"""

from collections.abc import Iterable
from datetime import date

from attrs import frozen

from msclinic.domain.dates import days_of, shift_months
from msclinic.domain.values import PartialDate

__all__ = ["Episode", "Recent", "recent_episodes"]

Day = date | PartialDate


@frozen
class Episode:
    """A relapse, or a course of a corticosteroid, as the record has it.

    Attributes:
        start: First day, or none while unknown.
        end: Last day that counts, or none while unknown; a relapse counts by its start alone.
        ongoing: It has not ended.
        certain: It is known to be one; a medicine of unknown group may be a corticosteroid.
    """

    start: Day | None
    end: Day | None
    ongoing: bool = False
    certain: bool = True


@frozen
class Recent:
    """What the record says.

    Attributes:
        found: Whether one is recent; None while that is open.
        last: The latest day that counts, as far as it is known, of those not ruled out.
    """

    found: bool | None
    last: PartialDate | None


def recent_episodes(episodes: Iterable[Episode], screening: date, months: int) -> Recent:
    """Whether a relapse or corticosteroid lies within so many calendar months before screening.

    The first day of that time counts, and so does everything after screening: a relapse between
    screening and the first infusion is never less of a conflict.

    Source: registry record NCT07146087, exclusion "relapse or corticosteroid treatment within 3
    months before screening", counted as calendar months before the day of screening.

    Args:
        episodes: Everything that is or may be one.
        screening: Day of the screening visit.
        months: Calendar months before it.
    """
    opens = shift_months(screening, -months) or date.min
    verdicts = [(_verdict(episode, opens), episode) for episode in episodes]
    counted = [day for verdict, one in verdicts if verdict is not False and (day := _last(one))]
    found: bool | None = False
    if any(verdict is True for verdict, _ in verdicts):
        found = True
    elif any(verdict is None for verdict, _ in verdicts):
        found = None
    return Recent(found, max(counted, key=_latest, default=None))


def _verdict(episode: Episode, opens: date) -> bool | None:
    since = _since(episode, opens)
    return since if episode.certain or not since else None


def _since(episode: Episode, opens: date) -> bool | None:
    if episode.ongoing or (episode.start is not None and days_of(episode.start)[0] >= opens):
        return True
    if episode.end is None:
        return None
    earliest, latest = days_of(episode.end)
    if earliest >= opens:
        return True
    return False if latest < opens else None


def _last(episode: Episode) -> PartialDate | None:
    day = episode.start if episode.end is None else episode.end
    return PartialDate(day.isoformat()) if isinstance(day, date) else day


def _latest(day: PartialDate) -> tuple[date, str]:
    return days_of(day)[1], day.text
