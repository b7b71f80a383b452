"""Deviations from the protocol that the program finds by itself (study defaults).

It proposes an importance; a physician comments, the principal investigator signs.
"""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal

from attrs import field, frozen

from msclinic.domain.infusion.checklist import applicable
from msclinic.domain.infusion.closing import vitals_schedule
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.items import ITEMS
from msclinic.domain.infusion.volume import expected_volume, pump_differs
from msclinic.domain.values import Missing

__all__ = ["Deviation", "deviations"]

_NOT_DONE = ("NOT_DONE", "NOT_ASKED", "UNABLE", "REFUSED")


@frozen
class Deviation:
    """One deviation.

    Attributes:
        code: Stable code of the kind.
        en: What happened, in English.
        pl: The same in Polish.
        importance: minor or important, as proposed.
        item: Item id it hangs on; '' if none.
        parameters: Values in the sentence.
    """

    code: str
    en: str
    pl: str
    importance: str
    item: str = ""
    parameters: Mapping[str, str] = field(factory=dict)


def deviations(facts: RunFacts) -> tuple[Deviation, ...]:
    """Return every deviation the facts show, each once."""
    return (
        *_calendar(facts),
        *_answers(facts),
        *_gates(facts),
        *_course(facts),
        *_late(facts),
    )


def _calendar(facts: RunFacts) -> list[Deviation]:
    found = []
    if facts.in_window is False:
        found.append(
            Deviation(
                "WINDOW",
                "The visit lies outside its window.",
                "Wizyta odbyła się poza swoim oknem.",
                "minor",
                "A03_WINDOW",
            )
        )
    days, limit = facts.days_from_previous, facts.limits.minimum_interval
    if days is not None and days < limit and facts.started_at is not None:
        found.append(
            Deviation(
                "INTERVAL",
                f"Only {days} days since the previous infusion; at least {limit} are needed.",
                f"Od poprzedniej infuzji minęło {days} dni; potrzeba co najmniej {limit}.",
                "important",
                "A03_DAYS",
                {"days": str(days), "minimum": str(limit)},
            )
        )
    return found


def _answers(facts: RunFacts) -> list[Deviation]:
    checks = [check.answers for check in (facts.first_check, facts.second_check) if check]
    found: dict[str, Deviation] = {}
    for answers in (facts.answers, *checks):
        for item, answer in answers.items():
            rule = ITEMS.get(item)
            if rule is None or not rule.hard or not isinstance(answer, Missing):
                continue
            if answer.reason not in _NOT_DONE or not applicable(rule, answers, facts):
                continue
            found[item] = Deviation(
                "NOT_DONE",
                f"Not done: {rule.en}.",
                f"Nie wykonano: {rule.pl}.",
                "important" if rule.never else "minor",
                item,
            )
    overridden = [
        Deviation(
            "OVERRIDE",
            f"Overridden by a physician: {ITEMS[item].en if item in ITEMS else item}.",
            f"Decyzja lekarza mimo reguły: {ITEMS[item].pl if item in ITEMS else item}.",
            "important",
            item,
        )
        for item in sorted(facts.overrides)
    ]
    return [*found.values(), *overridden]


def _gates(facts: RunFacts) -> list[Deviation]:
    found = []
    start = facts.started_at
    if start is not None:
        ages = {
            "G1": facts.limits.fit_minutes,
            "G2": None,
            "G3": facts.limits.check_minutes,
            "G4": None,
        }
        needed = {"G1": 1, "G2": 2, "G3": 2, "G4": 1}
        held = facts.held_at if facts.held_at is not None and facts.held_at <= start else None
        for name, age in ages.items():
            # A signature voided later was in force at the start; the void is settled before G7.
            before = {
                entry.account: entry.signed_at
                for entry in facts.signatures
                if entry.gate == name
                and entry.signed_at <= start
                and (age is None or start - entry.signed_at <= timedelta(minutes=age))
                and (name != "G1" or held is None or entry.signed_at >= held)
            }
            if len(before) < needed[name]:
                found.append(
                    Deviation(
                        "START_BEFORE_GATE",
                        f"The infusion was started without a valid gate {name}.",
                        f"Infuzję rozpoczęto bez ważnej bramki {name}.",
                        "important",
                        "D01",
                        {"gate": name},
                    )
                )
    first, second = facts.first_check, facts.second_check
    if first is not None and second is not None and first.account == second.account:
        found.append(
            Deviation(
                "SAME_CHECKER",
                "Both bedside checks are by the same person.",
                "Obie kontrole przy łóżku wykonała ta sama osoba.",
                "important",
                "C01",
            )
        )
    return found


def _course(facts: RunFacts) -> list[Deviation]:
    found = [
        Deviation(
            "VITALS_MISSED",
            f"Vital signs at {point.code} were missed.",
            f"Pominięto parametry życiowe w punkcie {point.code}.",
            "minor",
            "SYSBP",
            {"point": point.code},
        )
        for point in vitals_schedule(facts)
        if point.status == "missed"
    ]
    start = facts.started_at
    taken = facts.baseline.taken_at if facts.baseline is not None else None
    oldest = timedelta(minutes=facts.limits.baseline_minutes)
    if start is not None and taken is not None and start - taken > oldest:
        minutes = facts.limits.baseline_minutes
        found.append(
            Deviation(
                "BASELINE_OLD",
                f"The baseline vital signs were older than {minutes} minutes at the start.",
                f"Wyjściowe parametry życiowe miały na początku ponad {minutes} minut.",
                "minor",
                "A21",
                {"minutes": str(minutes)},
            )
        )
    left_at, ended = facts.moment("E05_TIME"), facts.ended_at
    outcome = facts.code("E05_OUTCOME")
    home = outcome in (None, "HOME", "AGAINST_ADVICE")
    if left_at is not None and ended is not None and home and left_at < ended + facts.observation:
        minutes = (left_at - ended) // timedelta(minutes=1)
        needed = facts.observation // timedelta(minutes=1)
        found.append(
            Deviation(
                "OBSERVATION_SHORT",
                f"Observed for {minutes} of {needed} minutes.",
                f"Obserwacja trwała {minutes} z {needed} minut.",
                "important",
                "E02",
                {"minutes": str(minutes), "needed": str(needed)},
            )
        )
    return [*found, *_rates_and_volumes(facts)]


def _rates_and_volumes(facts: RunFacts) -> list[Deviation]:
    found = []
    ordered = {step.rate for step in facts.planned_rates}
    for step in facts.rate_steps:
        if step.rate not in ordered:
            found.append(
                Deviation(
                    "RATE_OFF",
                    f"A rate of {step.rate} mL/h was not ordered.",
                    f"Prędkość {_comma(step.rate)} ml/h nie była zlecona.",
                    "minor",
                    "D02_RATE",
                    {"rate": str(step.rate)},
                )
            )
    given, left = facts.number("D08_GIVEN"), facts.number("D08_LEFT")
    label = facts.product.volume if facts.product is not None else None
    if given is None:
        return found
    if left is not None and label is not None:
        difference = given + left - label
        if abs(difference) > facts.limits.volume_soft:
            hard = abs(difference) > facts.limits.volume_hard
            found.append(
                Deviation(
                    "VOLUME_OFF",
                    f"Given and left differ from the label by {abs(difference)} mL.",
                    "Objętość podana i pozostała różni się od etykiety"
                    f" o {_comma(abs(difference))} ml.",
                    "important" if hard else "minor",
                    "D08_GIVEN",
                    {"difference": str(difference)},
                )
            )
    if facts.ended_at is not None and facts.rate_steps:
        expected = expected_volume(facts.rate_steps, facts.interruptions, facts.ended_at)
        if pump_differs(expected, given, facts.limits.pump_difference):
            shown = expected.quantize(Decimal("0.1"))
            found.append(
                Deviation(
                    "PUMP_DIFFERS",
                    f"The pump gave {given} mL; the rates give {shown} mL.",
                    f"Pompa podała {_comma(given)} ml; z prędkości wynika {_comma(shown)} ml.",
                    "minor",
                    "D08_GIVEN",
                    {"given": str(given), "expected": str(shown)},
                )
            )
    return found


def _late(facts: RunFacts) -> list[Deviation]:
    limit = timedelta(hours=facts.limits.late_entry_hours)
    late = [one.item for one in facts.late_entries if one.typed_at - one.event_time > limit]
    return [
        Deviation(
            "LATE_ENTRY",
            f"Entered more than {facts.limits.late_entry_hours} hours late:"
            f" {ITEMS[item].en if item in ITEMS else item}.",
            f"Wpisano z opóźnieniem ponad {facts.limits.late_entry_hours} godzin:"
            f" {ITEMS[item].pl if item in ITEMS else item}.",
            "minor",
            item,
        )
        for item in dict.fromkeys(late)
    ]


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")
