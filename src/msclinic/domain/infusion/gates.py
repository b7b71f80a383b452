"""The gates of an infusion run (study defaults): what keeps each shut, who still signs, until when.

A gate voided after the start never stops a run; it is signed again before the run is closed (G7).
A gate that was not signed before the start is held by its blockers all the same.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from msclinic.domain.infusion.checklist import Blocker, block, form_blockers, passing_items
from msclinic.domain.infusion.closing import close_blockers, discharge_blockers
from msclinic.domain.infusion.facts import GateSignature, RunFacts
from msclinic.domain.infusion.items import (
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    ITEMS,
    items_of,
)
from msclinic.domain.infusion.stops import vitals_holds
from msclinic.domain.infusion.volume import planned_duration

__all__ = ["GATES", "GateStatus", "binding", "compare_checks", "gate"]

GATES = ("G1", "G2", "G3", "G4", "G6", "G7")


@frozen
class GateStatus:
    """How a gate stands.

    Attributes:
        gate: G1 to G7.
        status: passed, open (only signatures wanting), shut, void or expired.
        blockers: What keeps it shut.
        clear: Item ids that have nothing against it.
        signers: Seats still to sign, in order; NUR2 and PREP2 are second persons of a role.
        valid_until: When its signatures expire.
    """

    gate: str
    status: str
    blockers: tuple[Blocker, ...]
    clear: tuple[str, ...]
    signers: tuple[str, ...]
    valid_until: datetime | None


def compare_checks(facts: RunFacts) -> tuple[Blocker, ...]:
    """Compare the two bedside checks: every item answered alike, by two persons."""
    first, second = facts.first_check, facts.second_check
    if first is None or second is None:
        return ()
    if first.account == second.account:
        return (
            block(
                "SAME_PERSON",
                "Both bedside checks are by the same person.",
                "Obie kontrole przy łóżku wykonała ta sama osoba.",
            ),
        )
    return tuple(
        block(
            "MISMATCH",
            f"{rule.en}: the two checks differ.",
            f"{rule.pl}: wyniki dwóch kontroli się różnią.",
            item=rule.item,
        )
        for rule in items_of(BEDSIDE_CHECK)
        if rule.item in first.answers
        and rule.item in second.answers
        and first.answers[rule.item] != second.answers[rule.item]
    )


def gate(facts: RunFacts, name: str) -> GateStatus:
    """Return how a gate stands.

    Args:
        facts: The run.
        name: One of `GATES`.

    Raises:
        ValueError: There is no such gate.
    """
    if name not in _RULES:
        raise ValueError(f"There is no gate {name!r}.")
    blockers, clear = _RULES[name](facts)
    return _settle(facts, name, blockers, clear)


def binding(facts: RunFacts, name: str) -> bool:
    """Tell whether blockers can still shut a gate.

    After the start a lapse is a finding and not a stop, but only where every seat of the gate had
    signed by then; void signatures count, for they may have been voided since. The closing gates
    can always be shut.

    Args:
        facts: The run.
        name: One of `GATES`.
    """
    start = facts.started_at
    if start is None or name in ("G6", "G7"):
        return True
    before = [e for e in facts.signatures if e.gate == name and e.signed_at <= start]
    _, wanting = _seated(name, _seats(facts, name), sorted(before, key=lambda e: e.signed_at))
    return bool(wanting)


def _settle(
    facts: RunFacts, name: str, blockers: tuple[Blocker, ...], clear: tuple[str, ...]
) -> GateStatus:
    seats = _seats(facts, name)
    signed = [entry for entry in facts.signatures if entry.gate == name]
    valid = sorted((entry for entry in signed if not entry.void), key=lambda e: e.signed_at)
    kept, wanting = _seated(name, seats, valid)
    age = {"G1": facts.limits.fit_minutes, "G3": facts.limits.check_minutes}.get(name)
    until = None
    if age is not None and kept:
        until = min(entry.signed_at for entry in kept) + timedelta(minutes=age)
    reference = facts.started_at or facts.now
    if blockers and binding(facts, name):
        status = "shut"
    elif not wanting and until is not None and reference > until:
        status, wanting = "expired", seats
    elif not wanting:
        status = "passed"
    elif any(entry.void for entry in signed):
        status = "void"
    else:
        status = "open"
    return GateStatus(name, status, blockers, clear, wanting, until)


def _seats(facts: RunFacts, name: str) -> tuple[str, ...]:
    if name == "G6":
        doctor = facts.infusion_number == 1 or facts.reaction
        return ("PHY",) if doctor else ("NUR",)
    return {
        "G1": ("PHY",),
        "G2": ("PREP", "PREP2"),
        "G3": ("NUR", "NUR2"),
        "G4": ("NUR",),
        "G7": ("NUR", "PHY"),
    }[name]


def _seated(
    name: str, seats: tuple[str, ...], valid: list[GateSignature]
) -> tuple[list[GateSignature], tuple[str, ...]]:
    """Give signatures, newest first, to seats; two seats never to one account."""
    kept: list[GateSignature] = []
    wanting = []
    for seat in seats:
        role = seat.rstrip("2")
        accepted = {role, f"{role}2", *(("PI",) if role == "PHY" else ())}
        if name == "G6":
            accepted |= {"PHY", "PI"}
        found = next(
            (
                entry
                for entry in reversed(valid)
                if entry.role in accepted
                and entry.account not in {e.account for e in kept}
                # The run is closed by the nurse first and the physician after.
                and (name != "G7" or not kept or entry.signed_at >= kept[-1].signed_at)
            ),
            None,
        )
        if found is None:
            wanting.append(seat)
        else:
            kept.append(found)
    return kept, tuple(wanting)


_Rule = tuple[tuple[Blocker, ...], tuple[str, ...]]


def _dosing(facts: RunFacts) -> list[Blocker]:
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
    return found


def _interval(facts: RunFacts) -> list[Blocker]:
    if facts.infusion_number == 1:
        return []
    days, limit = facts.days_from_previous, facts.limits.minimum_interval
    if days is None:
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


def _fit(facts: RunFacts) -> _Rule:
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
    return (*left, *_dosing(facts)), tuple(clear)


def _release(facts: RunFacts) -> _Rule:
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


def _bedside(facts: RunFacts) -> _Rule:
    found: list[Blocker] = []
    passing: list[set[str]] = []
    for seat, check in (("NUR", facts.first_check), ("NUR2", facts.second_check)):
        if check is None:
            found.append(
                block(
                    "CHECK_MISSING",
                    f"The bedside check by {seat} is still to be done.",
                    f"Brak kontroli przy łóżku: {seat}.",
                    parameters={"checker": seat},
                )
            )
            continue
        found.extend(
            evolve(blocker, overridable=False, parameters={"checker": seat})
            for blocker in form_blockers(BEDSIDE_CHECK, check.answers, facts)
        )
        passing.append(set(passing_items(BEDSIDE_CHECK, check.answers, facts)))
    found.extend(compare_checks(facts))
    found.extend(_enough_time(facts))
    if gate(facts, "G1").status != "passed":
        found.append(
            block(
                "G1_NOT_PASSED",
                "The fit-to-dose signature (G1) is not valid.",
                "Podpis dopuszczenia do infuzji (G1) nie jest ważny.",
                item="C09",
            )
        )
    blocked = {b.item for b in found}
    both = set.intersection(*passing) if len(passing) == 2 else set[str]()
    clear = (rule.item for rule in items_of(BEDSIDE_CHECK) if rule.item in both - blocked)
    return tuple(found), tuple(clear)


def _volume_and_end(facts: RunFacts, at: datetime) -> datetime | None:
    length = planned_duration(facts.prescribed_volume, facts.planned_rates)
    return None if length is None else at + length


def _enough_time(facts: RunFacts) -> list[Blocker]:
    """Return the blocker of C04, asked at the time of the check and not again after it."""
    signed = [e.signed_at for e in facts.signatures if e.gate == "G3" and not e.void]
    end = _volume_and_end(facts, max(signed, default=facts.started_at or facts.now))
    use_before = facts.product.use_before if facts.product is not None else None
    spare = timedelta(minutes=facts.limits.spare_minutes)
    if use_before is not None and end is not None and use_before > end + spare:
        return []
    return [
        block(
            "USE_BEFORE_TOO_SOON",
            "The use-before leaves too little time for the planned infusion.",
            "Do terminu zużycia zostało za mało czasu na planowaną infuzję.",
            item="C04",
        )
    ]


def _start(facts: RunFacts) -> _Rule:
    found = _dosing(facts)
    for name, item in (("G1", "C09"), ("G2", "PR_RELEASED"), ("G3", "C01")):
        status = gate(facts, name).status
        if status != "passed":
            found.append(
                block(
                    f"{name}_NOT_PASSED",
                    f"Gate {name} is not passed ({status}).",
                    f"Bramka {name} nie jest zaliczona.",
                    item=item,
                    parameters={"status": status},
                )
            )
    end = _volume_and_end(facts, facts.started_at or facts.now)
    use_before = facts.product.use_before if facts.product is not None else None
    if use_before is None or end is None or use_before <= end:
        found.append(
            block(
                "USE_BEFORE_TOO_SOON",
                "The infusion would end after the use-before.",
                "Infuzja skończyłaby się po terminie zużycia.",
                item="PR_USE_BEFORE",
                parameters={} if end is None else {"predicted_end": end.isoformat()},
            )
        )
    if facts.cancelled or facts.deferred:
        found.append(
            block(
                "NOT_TODAY",
                "The infusion is deferred or cancelled.",
                "Infuzja jest odroczona lub odwołana.",
            )
        )
    return tuple(found), ()


def _discharge(facts: RunFacts) -> _Rule:
    return discharge_blockers(facts), ()


def _close(facts: RunFacts) -> _Rule:
    states = {name: gate(facts, name) for name in ("G1", "G2", "G3", "G4", "G6")}
    unsigned = tuple(name for name, state in states.items() if state.status != "passed")
    return close_blockers(facts, unsigned), ()


_RULES: dict[str, Callable[[RunFacts], _Rule]] = {
    "G1": _fit,
    "G2": _release,
    "G3": _bedside,
    "G4": _start,
    "G6": _discharge,
    "G7": _close,
}
