"""What happens on which day of the made-up clinic, for everyone together and in order of time."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.services.demo import assessments, events, laboratory, visits
from msclinic.services.demo.fates import fulfil, screened_again
from msclinic.services.demo.floor import Floor
from msclinic.services.demo.infusion_day import SAMPLED_BEFORE, infusion_day
from msclinic.services.demo.oversight import DEVIATIONS_JUDGED, oversight
from msclinic.services.demo.roster import PLAYED, MadeUp
from msclinic.services.demo.staff import staff_changes
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import arrive
from msclinic.services.visits import book_visit

__all__ = ["OPENING", "Deed", "deeds"]

_BETWEEN = 91
OPENING = "07:30"
"""When today's own work begins, which is not played here."""
_LAST_INFUSION = 4
_NO_PUNCTURE = 5
"""Number of the participant who wants no lumbar puncture."""
_RESTRICTED = (1, 2)
"""Numbers of those whose blood was looked at for vesicles."""
_NO_MORE_VISITS = ("withdrawn", "stopped")
Play = Callable[[Floor, str], None]


@frozen
class Deed:
    """One thing that is done.

    Attributes:
        day: On which day.
        at: At what local time, or as soon after as people are free.
        title: What it is, in words without a participant.
        do: Does it, told the random ids of everyone known so far by number.
    """

    day: date
    at: str
    title: str
    do: Callable[[Floor, dict[int, str]], None]

    def when(self) -> tuple[date, str]:
        """What to sort by."""
        return self.day, self.at


def deeds(today: date, people: Iterable[MadeUp]) -> Iterator[Deed]:
    """Everything that happens to people up to this morning, in no order."""
    for days, at, title, change in staff_changes():
        yield Deed(today + timedelta(days=days), at, title, _among_staff(change))
    for one in people:
        plans = (_screening, _baseline, _doses, _results, _log, _fate, _overseen, _this_morning)
        for plan in plans:
            for days, at, title, do in plan(one):
                if (days, at) < (0, OPENING):
                    yield Deed(today + timedelta(days=days), at, title, do)


Planned = tuple[int, str, str, Callable[[Floor, dict[int, str]], None]]
"""Days from today, local time, title and deed."""


def _of(one: MadeUp, play: Play) -> Callable[[Floor, dict[int, str]], None]:
    return lambda floor, known: play(floor, known[one.number])


def _among_staff(change: Callable[[Floor], None]) -> Callable[[Floor, dict[int, str]], None]:
    return lambda floor, _known: change(floor)


def _overseen(one: MadeUp) -> Iterator[Planned]:
    for days, at, title, do in oversight(one):
        yield days, at, title, _of(one, do)


def _screening(one: MadeUp) -> Iterator[Planned]:
    day = one.screened

    def begin(floor: Floor, known: dict[int, str]) -> None:
        again = screened_again(floor, one, known[one.earlier]) if one.earlier else ""
        known[one.number] = visits.demography(floor, one, again)

    yield day, "07:05" if one.note == "no_consent" else "09:00", "enrolment", begin
    if one.note == "no_consent":
        return
    yield day, "09:30", "screening", _of(one, lambda f, p: visits.screen(f, one, p))
    reviewed = one.note != "exam_wanted"
    yield (
        day + 1,
        "16:00",
        "laboratory",
        _of(
            one,
            lambda f, p: laboratory.safety_results(f, one, p, "SCR", reviewed=reviewed),
        ),
    )
    yield day + 1, "15:00", "imaging", _of(one, lambda f, p: assessments.image(f, one, p, "SCR"))
    failed = one.fate == "failed"
    yield (
        day + 4,
        "12:00",
        "eligibility",
        _of(one, lambda f, p: visits.eligibility(f, one, p, "SCR", excluded=failed)),
    )
    yield (
        day + 12,
        "16:10",
        "image reading",
        _of(one, lambda f, p: assessments.image_read(f, one, p, "SCR")),
    )
    if one.first_dose is not None:
        # The chair of a past infusion is given on the day; this is only the plan.
        yield day, "18:00", "booking", _booking(one, 1, one.today if one.doses == 0 else None)


def _baseline(one: MadeUp) -> Iterator[Planned]:
    """Everything of the first infusion's visit that may be done some days before."""
    if one.first_dose is None:
        return

    def baseline(floor: Floor, participant: str) -> None:
        visits.assessments(floor, one, participant, "V1", one.steps[1])
        laboratory.safety_results(floor, one, participant, "V1")
        laboratory.pregnancy_test(floor, one, participant, "V1")
        done = one.number != _NO_PUNCTURE
        assessments.puncture(floor, one, participant, "V1", done=done)
        floor.wait(20)
        visits.eligibility(floor, one, participant, "V1")
        floor.wait(10)
        visits.randomised(floor, one, participant)

    yield one.first_dose - SAMPLED_BEFORE.days, "16:00", "baseline", _of(one, baseline)


def _booking(one: MadeUp, number: int, chair: int | None) -> Callable[..., None]:
    """Book the visit of an infusion, or month 12 after the last one."""

    def book(floor: Floor, known: dict[int, str]) -> None:
        wait = _BETWEEN
        if number == 1:
            wait = (one.first_dose or 0) - one.screened
        elif one.today is not None and number == one.doses + 1:
            # Today, wherever that lies in the window.
            wait = -_dose_day(one, number - 1)
        day = floor.today + timedelta(days=wait)
        book_visit(floor.session("CRC-01"), known[one.number], f"V{number}", day, chair)

    return book


def _doses(one: MadeUp) -> Iterator[Planned]:
    for number in one.given:
        yield from _dose(one, number)
    coming = (one.doses + 1,) if one.today and one.doses else ()
    for number in (*one.given[1:], *coming):
        yield from _sample(one, number)


def _dose(one: MadeUp, number: int) -> Iterator[Planned]:
    day = _dose_day(one, number)
    infuse = _of(one, lambda f, p: infusion_day(f, one, p, number))
    yield day, "07:40", f"infusion {number}", infuse
    left = one.fate in _NO_MORE_VISITS and number == one.doses
    if not left and number + 1 not in one.missed:
        chair = one.today if number == one.doses else None
        yield day, "18:30", "booking", _booking(one, number + 1, chair)
    told = one.note == "ae" and number == one.doses
    first = _of(one, lambda f, p: visits.call(f, p, "C1D", symptoms=told))
    yield day + 1, "19:10", "call", first
    yield day + 7, "19:10", "call", _of(one, lambda f, p: visits.call(f, p, "C7D"))


def _sample(one: MadeUp, number: int) -> Iterator[Planned]:
    """What is known of an infusion's visit before its day."""

    def sample(floor: Floor, participant: str) -> None:
        visit = f"V{number}"
        laboratory.safety_results(floor, one, participant, visit)
        laboratory.pregnancy_test(floor, one, participant, visit)
        if number == 3:
            assessments.image(floor, one, participant, visit)

    day = _dose_day(one, number) - SAMPLED_BEFORE.days
    yield day, "16:30", "laboratory", _of(one, sample)


def _results(one: MadeUp) -> Iterator[Planned]:
    """What other laboratories and readers send weeks later."""
    if one.first_dose is not None and one.number != _NO_PUNCTURE:
        fluid = _of(one, lambda f, p: laboratory.csf_results(f, one, p, "V1"))
        yield one.first_dose + 2, "16:40", "cerebrospinal fluid", fluid
    if one.fate == "completed":
        fluid = _of(one, lambda f, p: laboratory.csf_results(f, one, p, "V5"))
        yield one.fate_day + 9, "16:40", "cerebrospinal fluid", fluid
    for number in one.given:
        yield from _results_of(one, number)


def _results_of(one: MadeUp, number: int) -> Iterator[Planned]:
    day, visit, step = _dose_day(one, number), f"V{number}", one.steps[number]
    markers = _of(one, lambda f, p: laboratory.biomarkers(f, one, p, visit, step))
    yield day + 21, "16:50", "biomarkers", markers
    if one.number in _RESTRICTED:
        hidden = _of(one, lambda f, p: laboratory.restricted(f, one, p, visit))
        yield day + 28, "17:00", "restricted results", hidden
    if number == 3:
        read = _of(one, lambda f, p: assessments.image_read(f, one, p, visit))
        yield day + 12, "16:20", "image reading", read


def _log(one: MadeUp) -> Iterator[Planned]:
    """Events, medicines and what else belongs to no planned visit."""
    last = _dose_day(one, one.doses)
    since = f"{one.birth_year + 38}"
    if one.number % 3 == 0 and one.note != "exam_wanted":
        yield (
            one.screened,
            "10:30",
            "medicine",
            _of(
                one,
                lambda f, p: events.medicine(
                    f, p, "ramipril", "ANTIHYPERTENSIVE", "hypertension", since, "5 MG"
                ),
            ),
        )
    if one.fate == "completed":
        judged = one.fate_day + DEVIATIONS_JUDGED
        yield judged, "12:10", "deviations", _of(one, events.deviations)
    elif one.doses:
        yield -1, f"21:{one.number:02d}", "deviations", _of(one, events.deviations)
    if one.fate == "failed":
        yield (
            one.screened,
            "10:40",
            "relapse",
            _of(one, lambda f, p: events.relapse(f, p, f.today - timedelta(days=40))),
        )
    if one.note == "ae":
        yield (
            last + 1,
            "19:30",
            "adverse event",
            _of(one, lambda f, p: events.adverse_event(f, p, "Headache")),
        )
    if one.note == "late":
        yield last + 2, "19:20", "late entry", _of(one, _late_weight)
    if one.note == "relapse":
        began = _dose_day(one, 2) + 41
        yield began + 19, "10:00", "relapse", _of(one, lambda f, p: _relapsed(f, one, p))
        yield began + 60, "17:20", "pregnancy", _of(one, events.partner_pregnancy)
    if one.note == "error":
        yield last, "18:50", "medication error", _of(one, events.medication_error)
    if one.note == "rated":
        yield (
            -1,
            "11:00",
            "unscheduled visit",
            _of(one, lambda f, p: events.unscheduled(f, one, p, unwell=True)),
        )
    if one.fate == "stopped":
        yield (
            one.fate_day - 1,
            "19:30",
            "serious adverse event",
            _of(one, lambda f, p: events.serious_event(f, p, fatal=False)),
        )
        yield one.fate_day, "08:20", "mask break", _of(one, events.mask_break)
        yield last + _BETWEEN, "09:00", "follow-up", _of(one, lambda f, p: _follow_up(f, one, p))


def _relapsed(floor: Floor, one: MadeUp, participant: str) -> None:
    events.relapse(floor, participant, floor.today - timedelta(days=19))
    events.unscheduled(floor, one, participant, unwell=False)


def _follow_up(floor: Floor, one: MadeUp, participant: str) -> None:
    """Month 3 off product, with a critical value that the physician has reviewed."""
    visits.plain_visit(floor, one, participant, "V2", changed={"CRP": "131"})


def _fate(one: MadeUp) -> Iterator[Planned]:
    if one.fate:
        yield one.fate_day, "17:30", one.fate, _of(one, lambda f, p: fulfil(f, one, p))


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
    floor.sign_form("NUR-06", participant, "SCR/1/vital_signs/1", "form_entered")


def _this_morning(one: MadeUp) -> Iterator[Planned]:
    if one.today is None:
        return
    number, chair = one.doses + 1, one.today

    def prepare(floor: Floor, participant: str) -> None:
        visit = f"V{number}"
        if number > 1:
            visits.assign_kit(floor, one, participant, visit, number)
        if chair == 1:
            arrive(floor.session("NUR-06"), participant, visit, chair)
            assessments.timed_tests(floor, one, participant, visit, one.steps[-1])
        if one.number == PLAYED:
            # The rest of this visit is played through the windows.
            assessments.questionnaires(floor, participant, visit, one.steps[-1])
            assessments.safety_review(floor, participant, visit)
            assessments.blood(floor, one, participant, visit)
        elif chair != 4:
            visits.exam(floor, one, participant, visit, one.steps[-1])

    yield 0, f"07:{chair * 7:02d}", "this morning", _of(one, prepare)


def _dose_day(one: MadeUp, number: int) -> int:
    return (one.first_dose or 0) + _BETWEEN * (number - 1)
