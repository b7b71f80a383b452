"""When a participant may leave and when a run may be closed (study defaults)."""

from datetime import timedelta
from decimal import Decimal

from attrs import asdict, evolve

from msclinic.domain.infusion.checklist import Blocker, block, form_blockers, item_blocker
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.items import AFTER_INFUSION, INFUSION, ITEMS
from msclinic.domain.news2 import score_news2
from msclinic.domain.vitals import DuePoint, VitalsReading, due_points

__all__ = ["close_blockers", "completion", "discharge_blockers", "vitals_schedule"]

_LEFT_OTHERWISE = ("TRANSFERRED", "AGAINST_ADVICE", "DIED")
_DISCHARGE_ITEMS = (
    "E03",
    "E05_WALKING",
    "E05_SITE_CLEAN",
    "E05_ESCORT",
    "E06_SHEET",
    "E06_PHONE",
)


def vitals_schedule(facts: RunFacts) -> tuple[DuePoint, ...]:
    """Return the points of this run's schedule with their status."""
    taken = {
        code: reading.taken_at
        for code, reading in facts.vitals.items()
        if reading.taken_at is not None
    }
    if "BASE" not in taken and facts.baseline is not None and facts.baseline.taken_at is not None:
        taken["BASE"] = facts.baseline.taken_at
    points = due_points(
        facts.vitals_plan,
        start=facts.started_at,
        end=facts.ended_at,
        now=facts.now,
        taken=taken,
        long_observation=facts.infusion_number == 1 or facts.reaction,
        not_done=facts.vitals_not_done,
        closed=facts.code("E05_OUTCOME") is not None,
    )
    left = facts.moment("E05_TIME")
    if left is None or facts.code("E05_OUTCOME") not in _LEFT_OTHERWISE:
        return points
    return tuple(point for point in points if point.due is None or point.due <= left)


def completion(facts: RunFacts) -> str | None:
    """Return COMPLETE or STOPPED_EARLY once the infusion has ended, else None.

    The nurse's answer (D10) decides; until it is there, a rest beyond the hard volume limit means
    stopped early.
    """
    if facts.ended_at is None:
        return None
    answer = facts.code("D10")
    if answer is not None:
        return "COMPLETE" if answer == "Y" else "STOPPED_EARLY"
    left = facts.number("D08_LEFT")
    if left is None:
        return None
    return "STOPPED_EARLY" if left > facts.limits.volume_hard else "COMPLETE"


def _last_reading(facts: RunFacts) -> VitalsReading | None:
    ended = facts.ended_at
    after = [
        reading
        for reading in facts.vitals.values()
        if reading.taken_at is not None and (ended is None or reading.taken_at >= ended)
    ]
    last = max(after, key=lambda reading: reading.taken_at or facts.now, default=None)
    if last is None:
        return None
    # A newer set that is not complete yet hides nothing and completes nothing.
    for newer in facts.unfinished:
        if (newer.taken_at or facts.now) > (last.taken_at or facts.now):
            known = {
                name: value
                for name, value in asdict(newer).items()
                if value is not None and getattr(last, name) is not None
            }
            last = evolve(last, **known)
    return last


def discharge_blockers(facts: RunFacts) -> tuple[Blocker, ...]:
    """Return what keeps the participant from going home.

    Leaving by transfer, against advice or by death skips the criteria: only the outcome is asked.
    """
    if facts.ended_at is None:
        return (block("NOT_ENDED", "The infusion has not ended.", "Infuzja się nie zakończyła."),)
    outcome = facts.code("E05_OUTCOME")
    found: list[Blocker] = []
    for item in ("E05_OUTCOME", "E05_TIME"):
        blocker = item_blocker(ITEMS[item], facts.answers, facts)
        if blocker is not None:
            found.append(blocker)
    if outcome in _LEFT_OTHERWISE:
        return tuple(found)
    if outcome == "HOME":
        found.extend(
            blocker
            for item in _DISCHARGE_ITEMS
            if (blocker := item_blocker(ITEMS[item], facts.answers, facts)) is not None
        )
    # A time of leaving that lies ahead has not come: nobody is observed by a number typed early.
    told = facts.moment("E05_TIME")
    left = min(told or facts.now, facts.now)
    # A physician decides on the minutes that a time of leaving makes final, not on running ones.
    final = told is not None and told <= facts.now
    decided = final and "E02" in facts.overrides
    if left < facts.ended_at + facts.observation and not decided:
        minutes = str(facts.observation // timedelta(minutes=1))
        found.append(
            block(
                "OBSERVATION_SHORT",
                f"The observation of {minutes} minutes is not over.",
                f"Obserwacja trwająca {minutes} minut jeszcze się nie skończyła.",
                item="E02",
                overridable=final,
                parameters={"minutes": minutes},
            )
        )
    graded_mild = facts.reaction_grade is not None and facts.reaction_grade < 2
    if facts.reaction and not facts.reaction_resolved and not graded_mild:
        found.append(
            block(
                "REACTION_OPEN",
                "A reaction of grade 2 or more, or of no known grade, is not resolved.",
                "Reakcja stopnia 2 lub wyższego albo o nieznanym stopniu nie ustąpiła.",
                item="E05_OUTCOME",
            )
        )
    found.extend(_vital_criteria(facts))
    return tuple(found)


def _vital_criteria(facts: RunFacts) -> list[Blocker]:
    last = _last_reading(facts)
    if last is None or not last.complete:
        return [
            block(
                "VITALS_INCOMPLETE",
                "A complete set of vital signs after the infusion is needed.",
                "Potrzebny jest pełny zestaw parametrów życiowych po infuzji.",
                item="NEWS2",
            )
        ]
    found = []
    score = score_news2(last)
    base = score_news2(facts.baseline) if facts.baseline is not None else None
    total, allowed = score.total or 0, facts.limits.discharge_news2_rise
    risen = base is not None and base.total is not None and total > base.total + allowed
    if risen or total >= facts.limits.news2.pause or score.any_three:
        found.append(
            block(
                "NEWS2_HIGH",
                f"NEWS2 is {total}: too high to leave.",
                f"NEWS2 wynosi {total}: za wysoki, by opuścić ośrodek.",
                item="NEWS2",
                parameters={"total": str(total)},
            )
        )
    if last.temp is not None and last.temp >= facts.limits.temperature_high:
        found.append(
            block(
                "FEVER",
                f"The temperature is not below {facts.limits.temperature_high} °C.",
                "Temperatura nie jest niższa niż"
                f" {str(facts.limits.temperature_high).replace('.', ',')} °C.",
                item="TEMP",
            )
        )
    before = facts.baseline.sysbp if facts.baseline is not None else None
    if last.sysbp is not None and before is not None:
        change = before * facts.limits.discharge_systolic_percent / 100
        if abs(last.sysbp - before) > change:
            found.append(
                block(
                    "SYSTOLIC_CHANGED",
                    f"Systolic {last.sysbp} is not within"
                    f" {facts.limits.discharge_systolic_percent} % of baseline {before}.",
                    f"Ciśnienie skurczowe {last.sysbp} różni się od wyjściowego {before}"
                    f" o ponad {facts.limits.discharge_systolic_percent} %.",
                    item="SYSBP",
                )
            )
    return found


def close_blockers(facts: RunFacts, unsigned: tuple[str, ...]) -> tuple[Blocker, ...]:
    """Return what keeps the run from being closed.

    Args:
        facts: The run.
        unsigned: Earlier gates that are not passed; those void or expired are signed again.
    """
    found = [
        block(
            "GATE_UNSIGNED",
            f"Gate {name} is not passed or has to be signed again.",
            f"Bramka {name} nie jest zaliczona lub wymaga ponownego podpisu.",
            parameters={"gate": name},
        )
        for name in unsigned
    ]
    answers = facts.answers
    # What was answered, good or bad, is a finding by now; only a blank still keeps a run open.
    found.extend(
        blocker
        for form in (INFUSION, AFTER_INFUSION)
        for blocker in form_blockers(form, answers, facts)
        if blocker.code == "UNANSWERED"
    )
    if any(pause.end is None for pause in facts.interruptions):
        found.append(
            block(
                "PAUSE_OPEN",
                "An interruption has no end.",
                "Przerwa nie ma końca.",
                item="D05_END",
            )
        )
    found.extend(
        block(
            "OPEN_ITEM",
            f"A required item is still open: {path}.",
            f"Wymagana pozycja jest nadal otwarta: {path}.",
            item=path,
        )
        for path in facts.open_items
    )
    found.extend(_volume_agreement(facts))
    found.extend(
        block(
            "POINT_UNREPORTED",
            f"Vital signs at {point.code} are missing without a reason.",
            f"Brak parametrów życiowych w punkcie {point.code} bez podania powodu.",
            item="SYSBP",
            parameters={"point": point.code},
        )
        for point in vitals_schedule(facts)
        if point.status in ("missed", "overdue", "due") and point.code not in facts.vitals_not_done
    )
    if not facts.deviations_classified:
        found.append(
            block(
                "DEVIATIONS_OPEN",
                "The deviations are not classified yet.",
                "Odstępstwa nie są jeszcze sklasyfikowane.",
            )
        )
    return tuple(found)


def _volume_agreement(facts: RunFacts) -> list[Blocker]:
    given, left = facts.number("D08_GIVEN"), facts.number("D08_LEFT")
    if given is None or left is None:
        return []
    label = facts.product.volume if facts.product is not None else None
    difference = given + left - (label if label is not None else facts.prescribed_volume)
    found = []
    if abs(difference) > facts.limits.volume_hard and "D08_GIVEN" not in facts.overrides:
        found.append(
            block(
                "VOLUME_OFF",
                f"Given and left differ from the label by {_signed(difference)} mL.",
                "Objętość podana i pozostała różni się od etykiety"
                f" o {_signed(difference).replace('.', ',')} mL.",
                item="D08_GIVEN",
                overridable=True,
                parameters={"difference": str(difference)},
            )
        )
    if facts.code("D10") == "Y" and left > facts.limits.volume_hard:
        found.append(
            block(
                "COMPLETED_WITH_REST",
                f"Completed as planned is answered, but {left} mL are left.",
                f"Zaznaczono zakończenie zgodnie z planem, a zostało"
                f" {str(left).replace('.', ',')} mL.",
                item="D10",
            )
        )
    return found


def _signed(number: Decimal) -> str:
    return f"{number:+f}"
