"""Who joins, trains, stands in and leaves at the made-up clinic."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from msclinic.services.demo.floor import LEAVER, SITE, Floor
from msclinic.services.people.delegation import delegate, train
from msclinic.services.people.leavers import new_epoch, strike_off

__all__ = ["staff_changes"]

_FIRST, _LEFT = -430, -392
_TRAINED_AGAIN = -205
_STANDS_IN = -188
_FOR_DAYS = 240


def staff_changes() -> Iterator[tuple[int, str, str, Callable[[Floor], None]]]:
    """Days from today, local time, title and deed of what changes among the people."""
    yield _LEFT, "08:10", "a nurse leaves", _leave
    yield _TRAINED_AGAIN, "12:30", "training", _train_again
    yield _STANDS_IN, "12:40", "delegation", _stand_in


def _leave(floor: Floor) -> None:
    """The delegation ends, the account is struck off, and the record gets a new key."""
    start = floor.today + timedelta(days=_FIRST - _LEFT)
    investigator = floor.session(SITE.investigator)
    delegate(investigator, LEAVER, "NUR", start, floor.today)
    floor.session(SITE.admin)
    # The key is changed while nobody else is signed in.
    floor.close()
    admin = floor.session(SITE.admin)
    strike_off(admin, LEAVER)
    new_epoch(admin)
    floor.close()


def _train_again(floor: Floor) -> None:
    """A new pump: both nurses are trained once more."""
    for account in ("NUR-04", "NUR-06"):
        train(floor.session(SITE.admin), account, "NUR", floor.today)


def _stand_in(floor: Floor) -> None:
    """The second physician stands in until a day that is known."""
    end = floor.today + timedelta(days=_FOR_DAYS)
    delegate(floor.session(SITE.investigator), "PHY-02", "PHY", floor.today, end)
