"""A whole made-up clinic, played day by day through the services with a turned clock.

The same seed gives the same people and values; keys and ids are random as in any clinic.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from attrs import frozen

from msclinic.services.demo.calendar import OPENING, Deed, deeds
from msclinic.services.demo.floor import ROLES, SITE, Floor, TurnableClock, open_floor
from msclinic.services.demo.roster import PLAYED, ROSTER, MadeUp
from msclinic.services.home import Home
from msclinic.services.infusion.actions import switch_dosing

__all__ = ["FOUNDED_BEFORE", "SITE", "DemoClinic", "TurnableClock", "build_demo"]

FOUNDED_BEFORE = timedelta(days=430)
"""How long before today the made-up clinic is founded; the clock must stand no later."""

_SEED = 20_261_122
Progress = Callable[[str, int, int], None]


@frozen
class DemoClinic:
    """What was built; nobody is left signed in.

    Attributes:
        home: The data folder.
        accounts: Account, role and password of everyone.
        played: Code of the participant whose infusion is left to be played.
        visit: The visit of that infusion.
        unwell: Code of who has a critical value that nobody has reviewed.
        randomised: Code of who is randomised and not dosed yet.
        signed: Code of whose casebook is signed and locked; empty where they take no part.
        queried: Code of who has an answered query on the weight; empty where they take no part.
        chair: Chair of the infusion to be played.
        participants: Random ids by code.
    """

    home: Home
    accounts: tuple[tuple[str, str, str], ...]
    played: str
    visit: str
    unwell: str
    randomised: str
    signed: str
    queried: str
    chair: int
    participants: dict[str, str]


def build_demo(
    folder: Path,
    clock: TurnableClock,
    today: date,
    progress: Progress | None = None,
    people: Sequence[MadeUp] = ROSTER,
) -> DemoClinic:
    """Found a clinic and live through its past up to this morning.

    Args:
        folder: Where; must hold no clinic.
        clock: Stands at least ``FOUNDED_BEFORE`` before today; stands at 07:30 today afterwards.
        today: The clinic's last day.
        progress: Told what happens: a sentence's key, the step and the number of steps.
        people: Who takes part; the one to be played, one unwell and one screened again at least.
    """
    floor = open_floor(folder, clock, random.Random(_SEED))
    try:
        participants = _live(floor, today, progress, people)
    finally:
        floor.close()
    played = next(one for one in people if one.number == PLAYED)
    return DemoClinic(
        home=floor.home,
        accounts=tuple((name, role, floor.passwords[name]) for name, role in ROLES.items()),
        played=_code(PLAYED),
        visit=f"V{played.doses + 1}",
        unwell=_code(next(one.number for one in people if one.note == "rated")),
        randomised=_code(next(one.number for one in people if one.earlier)),
        signed=next((_code(one.number) for one in people if one.fate == "completed"), ""),
        queried=next((_code(one.number) for one in people if one.note == "ae"), ""),
        chair=played.today or 0,
        participants={_code(number): one for number, one in participants.items()},
    )


def _live(
    floor: Floor, today: date, progress: Progress | None, people: Sequence[MadeUp]
) -> dict[int, str]:
    participants: dict[int, str] = {}
    planned: list[Deed] = sorted(deeds(today, people), key=Deed.when)
    floor.wait_until(planned[0].day - timedelta(days=3), "09:00")
    switch_dosing(floor.session(SITE.investigator), True, floor.passwords[SITE.investigator])
    for step, deed in enumerate(planned, start=1):
        floor.wait_until(deed.day, deed.at)
        deed.do(floor, participants)
        if progress is not None:
            progress(deed.title, step, len(planned))
    floor.review()
    floor.wait_until(today, OPENING)
    return participants


def _code(number: int) -> str:
    return f"{SITE.code}-{number:03d}"
