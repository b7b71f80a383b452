"""Today, the chairs on the lock screen and search, with 20 participants and with 10,000.

The same three people are here today in both clinics; the rest were treated before. What is asked
is the same, and so is the answer: the only difference is how many others are in the record.
"""

import shutil
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from tests.clinic import Clinic

from benchmarks.clinics import again, founded
from benchmarks.grown_clinic import grow
from benchmarks.measure import Result, alternately, run
from msclinic.services.infusion.today import next_due, today_view
from msclinic.services.laboratory import unreviewed_results
from msclinic.services.lookup import known, look_up
from msclinic.services.participants import find_participant
from msclinic.services.session import Session
from msclinic.services.visits import book_visit, open_visit

__all__ = ["measure"]

_FEW, _MANY, _QUICK = 20, 10_000, 60
_HERE = 3
_GOAL = 1.2


def measure(quick: bool) -> list[Result]:
    """Ask both clinics in turn."""
    many = _QUICK if quick else _MANY
    with founded() as (folder, small):
        grow(small.session("CRC-01"), 1, _FEW)
        _today(small)
        small.close()
        shutil.copytree(small.home.folder, folder / "large")
        large = again(small, folder / "large")
        grow(large.session("CRC-01"), _FEW + 1, many)
        try:
            return list(_compared(small, large, many, 1 if quick else 15))
        finally:
            large.close()


def _today(clinic: Clinic) -> None:
    nurse = clinic.session("NUR-04")
    today = nurse.now().astimezone(nurse.zone).date()
    for number in range(1, _HERE + 1):
        participant = find_participant(nurse, f"PL01-{number:03d}")
        book_visit(nurse, participant, "V3", today, number)
        if number < _HERE:
            open_visit(nurse, participant, "V3", today)
    clinic.clock.turn(timedelta(minutes=5))


def _compared(small: Clinic, large: Clinic, many: int, rounds: int) -> list[Result]:
    asked: dict[str, Callable[[Session], object]] = {
        "Today of a physician": lambda s: (today_view(s), unreviewed_results(s)),
        "chairs on the lock screen": next_due,
        "search for 007": lambda s: look_up(s, known(s), "007"),
        "search for 007 v2": lambda s: look_up(s, known(s), "007 v2"),
        "search for pl01-01": lambda s: look_up(s, known(s), "pl01-01"),
    }
    few, more = small.session("PHY-01"), large.session("PHY-01")
    found = []
    for name, ask in asked.items():
        floor, cost = alternately(partial(ask, few), partial(ask, more), rounds)
        found.append(
            Result(
                f"{name}, {many} participants",
                f"the same with {_FEW} participants",
                floor,
                cost,
                _GOAL,
            )
        )
    return found


if __name__ == "__main__":
    run(measure)
