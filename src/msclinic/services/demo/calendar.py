"""What happens on which day of the made-up clinic, for everyone together and in order of time."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.services.demo import visits
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.infusion_day import assign_kit, infusion_day
from msclinic.services.demo.roster import PLAYED, ROSTER, MadeUp
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import arrive
from msclinic.services.visits import book_visit

__all__ = ["Deed", "deeds"]

_BETWEEN = 91
Play = Callable[[Floor, dict[int, str]], None]


@frozen
class Deed:
    """One thing that is done.

    Attributes:
        day: On which day.
        at: At what local time, or as soon after as people are free.
        title: What it is, in words without a participant.
        do: Does it.
    """

    day: date
    at: str
    title: str
    do: Play

    def when(self) -> tuple[date, str]:
        """What to sort by."""
        return self.day, self.at


def deeds(today: date) -> Iterator[Deed]:
    """Everything that happens up to this morning, in no order."""
    for one in ROSTER:
        yield from _screening(one, today)
        for number in range(1, one.doses + 1):
            yield from _dose(one, number, today)
        yield from _aftermath(one, today)
        yield from _this_morning(one, today)


def _screening(one: MadeUp, today: date) -> Iterator[Deed]:
    day = today + timedelta(days=one.screened)

    def begin(floor: Floor, known: dict[int, str]) -> None:
        known[one.number] = visits.demography(floor, one)

    yield Deed(day, "09:00", "enrolment", begin)
    if one.note != "no_consent":
        yield Deed(
            day,
            "09:30",
            "screening",
            lambda floor, known: visits.screen(floor, one, known[one.number]),
        )
    if one.first_dose is not None:
        first = today + timedelta(days=one.first_dose)
        # The chair of a past infusion is given on the day; this is only the plan.
        chair = one.today if one.doses == 0 else None
        yield Deed(
            day,
            "11:00",
            "booking",
            lambda floor, known: book_visit(
                floor.session("CRC-01"), known[one.number], "V1", first, chair
            ),
        )


def _dose(one: MadeUp, number: int, today: date) -> Iterator[Deed]:
    day = _dose_day(one, number, today)
    yield Deed(
        day,
        "07:40",
        f"infusion {number}",
        lambda floor, known: infusion_day(floor, one, known[one.number], number),
    )
    later = _dose_day(one, number + 1, today)
    if number < 4 and not (one.ended == "ET" and number == one.doses):
        chair = one.today if number == one.doses else None
        yield Deed(
            day,
            "18:30",
            "booking",
            lambda floor, known: book_visit(
                floor.session("CRC-01"), known[one.number], f"V{number + 1}", later, chair
            ),
        )
    for days, code in ((1, "C1D"), (7, "C7D")):
        if day + timedelta(days=days) < today:
            told = one.note in ("ae", "sae") and number == one.doses and code == "C1D"
            yield Deed(
                day + timedelta(days=days),
                "19:10",
                "call",
                lambda floor, known, code=code, told=told: visits.call(  # type: ignore[misc]
                    floor, known[one.number], code, symptoms=told
                ),
            )


def _aftermath(one: MadeUp, today: date) -> Iterator[Deed]:
    last = _dose_day(one, one.doses, today) if one.doses else today
    if one.note == "ae":
        yield Deed(
            last + timedelta(days=1),
            "19:30",
            "adverse event",
            lambda floor, known: visits.event(floor, known[one.number], "Headache", "1"),
        )
    if one.note == "sae":
        yield Deed(
            last + timedelta(days=3),
            "19:30",
            "serious adverse event",
            lambda floor, known: visits.event(
                floor, known[one.number], "Pneumonia", "3", serious=True
            ),
        )
    if one.note == "late":
        yield Deed(
            last + timedelta(days=2),
            "19:20",
            "late entry",
            lambda floor, known: _late_weight(floor, known[one.number]),
        )
    if one.ended:
        day = today + timedelta(days=one.end_day)
        yield Deed(
            day,
            "19:00",
            "last visit",
            lambda floor, known: visits.last_visit(floor, one, known[one.number], day),
        )


def _late_weight(floor: Floor, participant: str) -> None:
    """A weight read wrong at screening is put right long after, with a reason."""
    entry = FormEntry(floor.session("NUR-06"), participant, "SCR", "vital_signs")
    weighed = entry.value("WEIGHT")
    if isinstance(weighed, Decimal):
        entry.answer(
            entry.ref("WEIGHT"),
            weighed + Decimal("0.6"),
            event_time=floor.clock.now() - timedelta(hours=30),
            reason={"code": "1", "text": ""},
        )
    entry.complete()


def _this_morning(one: MadeUp, today: date) -> Iterator[Deed]:
    if one.today is None:
        return
    number, chair = one.doses + 1, one.today

    def prepare(floor: Floor, known: dict[int, str]) -> None:
        participant, visit = known[one.number], f"V{number}"
        assign_kit(floor, one, participant, visit, number)
        if chair == 1:
            arrive(floor.session("NUR-06"), participant, visit, chair)
        if one.number != PLAYED and chair != 4:
            visits.exam(floor, one, participant, visit, one.steps[-1])

    yield Deed(today, f"07:{chair * 7:02d}", "this morning", prepare)


def _dose_day(one: MadeUp, number: int, today: date) -> date:
    return today + timedelta(days=(one.first_dose or 0) + _BETWEEN * (number - 1))
