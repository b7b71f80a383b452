"""What stands against a dose before the bedside: fitness (G1) and the release (G2); study defaults.

Signatures, and what follows from another gate, are `gates`' to judge.
"""

from datetime import timedelta

from msclinic.domain.infusion.checklist import Blocker, block, form_blockers, passing_items
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.items import FIT_TO_DOSE, ITEMS
from msclinic.domain.infusion.stops import vitals_holds

__all__ = ["Rule", "dosing_blockers", "fit_rule", "release_rule"]

Rule = tuple[tuple[Blocker, ...], tuple[str, ...]]
"""What keeps a gate shut, and the items that have nothing against it."""


_LIFE_BARS = {
    "NOT_RANDOMISED": (
        "The participant is not randomised.",
        "Uczestnik nie został zrandomizowany.",
    ),
    "SCREEN_FAILED": ("Screening failed.", "Uczestnika nie zakwalifikowano do badania."),
    "RESCREENED": (
        "Screened again: the later record counts.",
        "Ponowna wizyta przesiewowa: obowiązuje późniejszy zapis.",
    ),
    "WITHDRAWN": (
        "The participant has withdrawn from the visits.",
        "Uczestnik zrezygnował z wizyt.",
    ),
    "LOST": ("Contact with the participant was lost.", "Utracono kontakt z uczestnikiem."),
    "COMPLETED": ("The study is completed.", "Uczestnik ukończył badanie."),
    "DIED": ("The participant has died.", "Uczestnik zmarł."),
    "TRANSFERRED": (
        "The participant was transferred to another site.",
        "Uczestnika przeniesiono do innego ośrodka.",
    ),
    "PRODUCT_STOPPED": ("The product was stopped.", "Produkt odstawiono."),
    "WITHDREW_PRODUCT": (
        "The participant has withdrawn from the product.",
        "Uczestnik zrezygnował z produktu.",
    ),
    "DOSE_SKIPPED": (
        "The dose was missed by more than the study allows. It is skipped and not made up for.",
        "Dawka jest opóźniona bardziej, niż pozwala badanie. Pomija się ją i nie nadrabia.",
    ),
}


def dosing_blockers(facts: RunFacts) -> list[Blocker]:
    """Return what forbids any dose: the switch, stop rules on record, the way through the study."""
    found = []
    if not facts.dosing_permitted:
        found.append(
            block(
                "DOSING_OFF",
                "The study's dosing switch is off.",
                "Podawanie produktu w badaniu jest wyłączone.",
            )
        )
    found.extend(
        block(
            "STOP_ON_RECORD",
            f"Stop rule {code} is on record.",
            f"W zapisie jest reguła zatrzymania {code}.",
            parameters={"rule": code},
        )
        for code in sorted(facts.stop_reasons)
    )
    found.extend(block(code, *_LIFE_BARS[code]) for code in facts.life_bars)
    return found


def _interval(facts: RunFacts) -> list[Blocker]:
    days, limit = facts.days_from_previous, facts.limits.minimum_interval
    if days is None:
        if facts.infusion_number == 1:
            return []
        return [
            block(
                "INTERVAL_UNKNOWN",
                "The day of the previous infusion is not known.",
                "Nie wiadomo, kiedy była poprzednia infuzja.",
                item="A03_DAYS",
                overridable=True,
            )
        ]
    if days >= limit:
        return []
    return [
        block(
            "INTERVAL_SHORT",
            f"Only {days} days since the previous infusion; at least {limit} are needed.",
            f"Od poprzedniej infuzji minęło {days} dni; potrzeba co najmniej {limit}.",
            item="A03_DAYS",
            overridable=True,
            parameters={"days": str(days), "minimum": str(limit)},
        )
    ]


def _unassessed(facts: RunFacts) -> list[Blocker]:
    grade = facts.unassessed_grade
    if grade is None:
        return []
    return [
        block(
            "CAUSALITY_OPEN",
            f"An adverse event of grade {grade} is on record and its causality is not assessed"
            " yet.",
            f"W zapisie jest zdarzenie niepożądane stopnia {grade}, a jego związku z produktem"
            " jeszcze nie oceniono.",
            parameters={"grade": str(grade)},
        )
    ]


def _later_holds(facts: RunFacts) -> list[Blocker]:
    """Return what readings newer than the baseline hold; no override of the baseline lifts it."""
    found: list[Blocker] = []
    for reading in facts.later_readings:
        blockers = vitals_holds(reading, facts.limits)
        if any(blocker.code != "VITALS_INCOMPLETE" for blocker in blockers):
            found.extend(blockers)
    return found


def fit_rule(facts: RunFacts) -> Rule:
    """Return what stands against G1; what may not be overridden stays in spite of an override."""
    found = [
        *form_blockers(FIT_TO_DOSE, facts.answers, facts),
        *_interval(facts),
        *vitals_holds(facts.baseline, facts.limits),
        *_unassessed(facts),
    ]
    left = [b for b in found if not (b.overridable and b.item in facts.overrides)]
    left += _later_holds(facts)
    blocked = {b.item for b in left}
    clear = [
        item for item in passing_items(FIT_TO_DOSE, facts.answers, facts) if item not in blocked
    ]
    clear += sorted({b.item for b in found} - blocked)
    return (*left, *dosing_blockers(facts)), tuple(clear)


def release_rule(facts: RunFacts) -> Rule:
    """Return what stands against G2."""
    product = facts.product
    if product is None:
        return (
            block(
                "NO_PRODUCT", "No product is released yet.", "Produkt nie został jeszcze zwolniony."
            ),
        ), ()
    values = {
        "PR_KIT": product.kit,
        "PR_VOLUME": product.volume,
        "PR_PREPARED_AT": product.prepared_at,
        "PR_USE_BEFORE": product.use_before,
        "PR_RELEASED": product.released or None,
    }
    found = [
        block(
            "UNANSWERED",
            f"{ITEMS[item].en}: not answered yet.",
            f"{ITEMS[item].pl}: brak odpowiedzi.",
            item=item,
        )
        for item, value in values.items()
        if value is None
    ]
    if product.kit is not None and product.kit != facts.assigned_kit:
        found.append(
            block(
                "WRONG_KIT",
                "The kit is not the one assigned for this participant and visit.",
                "Zestaw nie jest przydzielony temu uczestnikowi na tę wizytę.",
                item="PR_KIT",
            )
        )
    signed = any(entry.gate == "G2" and not entry.void for entry in facts.signatures)
    if product.prepared_at is not None and not signed:
        earliest = product.prepared_at + timedelta(minutes=facts.limits.release_delay)
        if facts.now < earliest:
            found.append(
                block(
                    "RELEASE_TOO_EARLY",
                    f"The product may be released {facts.limits.release_delay} minutes"
                    " after its preparation.",
                    f"Produkt można zwolnić {facts.limits.release_delay} minut po przygotowaniu.",
                    item="PR_PREPARED_AT",
                )
            )
    # A release signed late is judged by the start, or nobody could ever sign it.
    if product.use_before is not None and (facts.started_at or facts.now) >= product.use_before:
        found.append(
            block(
                "USE_BEFORE_PASSED",
                "The use-before has passed.",
                "Minął termin zużycia.",
                item="PR_USE_BEFORE",
            )
        )
    blocked = {b.item for b in found}
    return tuple(found), tuple(item for item in values if item not in blocked)
