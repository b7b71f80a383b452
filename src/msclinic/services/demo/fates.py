"""How made-up participants leave, or stay otherwise than planned: each by its own signed act."""

from datetime import timedelta

from msclinic.domain.values import PartialDate
from msclinic.services.demo import events, visits
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.roster import MadeUp
from msclinic.services.life import (
    complete,
    lose,
    record_death,
    rescreen,
    screen_failure,
    stop_product,
    transfer,
    withdraw,
)

__all__ = ["fulfil", "screened_again"]

_PHYSICIAN = "PHY-01"


def fulfil(floor: Floor, one: MadeUp, participant: str) -> None:
    """What happens on the day of a participant's fate, with the act that says so."""
    session, password = floor.session(_PHYSICIAN), floor.passwords[_PHYSICIAN]
    today = floor.today
    match one.fate:
        case "failed":
            words = "A relapse treated with a steroid lies within three months."
            screen_failure(session, participant, today, "NOT_ELIGIBLE", password, "EX01", words)
        case "completed":
            visits.plain_visit(floor, one, participant, "V5")
            events.guesses(floor, participant, "V5")
            complete(session, participant, today, password)
        case "withdrawn":
            everything = frozenset({"product", "visits", "samples"})
            withdraw(session, participant, today, everything, password, "KEEP", "moves abroad")
            visits.plain_visit(floor, one, participant, "ET")
        case "samples":
            parts = frozenset({"samples"})
            withdraw(session, participant, today, parts, password, "KEEP", "no more needles")
        case "no_product":
            parts = frozenset({"product"})
            withdraw(session, participant, today, parts, password, reason="fear of infusions")
        case "stopped":
            stop_product(session, participant, today, "ADVERSE_EVENT", password, event=1)
        case "lost":
            seen = today - timedelta(days=125)
            lose(session, participant, today, seen, 5, True, password)
        case "died":
            events.serious_event(floor, participant, fatal=True)
            yesterday = PartialDate((today - timedelta(days=1)).isoformat())
            record_death(session, participant, yesterday, "Road traffic accident", password, False)
        case "transferred":
            transfer(session, participant, today, "PL02", password)


def screened_again(floor: Floor, one: MadeUp, earlier: str) -> str:
    """A failed screening is followed by another one under a new code; gives the new random id."""
    session, password = floor.session(_PHYSICIAN), floor.passwords[_PHYSICIAN]
    why = "Three months have passed without relapse or steroid."
    return rescreen(session, earlier, one.number, floor.today, why, password)
