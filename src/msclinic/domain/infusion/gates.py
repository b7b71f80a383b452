"""The gates of an infusion run (study defaults): what keeps each shut, who still signs, until when.

A gate voided after the start never stops a run; it is signed again before the run is closed (G7).
A gate that was not signed before the start is held by its blockers all the same; what can never
be signed any more is a deviation that a person classifies, and does not keep the run open.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from attrs import evolve, frozen

from msclinic.domain.infusion.checklist import Blocker, block, form_blockers, passing_items
from msclinic.domain.infusion.closing import close_blockers, discharge_blockers
from msclinic.domain.infusion.dose_rules import Rule, dosing_blockers, fit_rule, release_rule
from msclinic.domain.infusion.facts import GateSignature, RunFacts
from msclinic.domain.infusion.items import BEDSIDE_CHECK, items_of
from msclinic.domain.infusion.volume import planned_duration

__all__ = [
    "BEFORE_START",
    "GATES",
    "GateStatus",
    "binding",
    "compare_checks",
    "gate",
    "gate_not_passed",
    "void_by_hold",
]

GATES = ("G1", "G2", "G3", "G4", "G6", "G7")
BEFORE_START = ("G1", "G2", "G3", "G4")

_NAMED_BY = {"G1": "C09", "G2": "PR_RELEASED", "G3": "C01"}


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


def gate_not_passed(name: str, status: str) -> Blocker:
    """Return the blocker of a gate that waits for an earlier one.

    Args:
        name: The earlier gate: G1, G2 or G3.
        status: How it stands.
    """
    return block(
        f"{name}_NOT_PASSED",
        f"Gate {name} is not passed ({status}).",
        f"Bramka {name} nie jest zaliczona.",
        item=_NAMED_BY[name],
        parameters={"status": status},
    )


def void_by_hold(
    signatures: tuple[GateSignature, ...], held_at: datetime | None
) -> tuple[GateSignature, ...]:
    """Return the signatures with every G1 void that a newer hold was not before.

    Infusion day, section 4, BASE (study default): a repeat of the baseline voids G1 if it meets a
    hold limit. It stays void when a still newer reading is well, and when the hold is let pass:
    the physician who signed has not seen it.

    Args:
        signatures: Gate signatures.
        held_at: When a value over a hold limit was last typed; None without one.
    """
    return tuple(
        evolve(entry, void=True)
        if entry.gate == "G1" and held_at is not None and entry.signed_at < held_at
        else entry
        for entry in signatures
    )


def _settle(
    facts: RunFacts, name: str, blockers: tuple[Blocker, ...], clear: tuple[str, ...]
) -> GateStatus:
    seats = _seats(facts, name)
    signed = [entry for entry in facts.signatures if entry.gate == name]
    # What was signed after the clock went back is the newer, whatever time it says.
    valid = sorted(
        (entry for entry in signed if not entry.void),
        key=lambda e: (not e.clock_set_back, e.signed_at),
    )
    kept, wanting = _seated(name, seats, valid)
    age = {"G1": facts.limits.fit_minutes, "G3": facts.limits.check_minutes}.get(name)
    until = None
    if age is not None and kept:
        until = min(entry.signed_at for entry in kept) + timedelta(minutes=age)
    reference = facts.started_at or facts.now
    if blockers and binding(facts, name):
        status = "shut"
    elif not wanting and until is not None and (reference > until or _age_unknown(facts, kept)):
        status, wanting = "expired", seats
    elif not wanting:
        status = "passed"
    elif any(entry.void for entry in signed):
        status = "void"
    else:
        status = "open"
    return GateStatus(name, status, blockers, clear, wanting, until)


def _age_unknown(facts: RunFacts, kept: list[GateSignature]) -> bool:
    """Tell whether the clock went back before the start, so that no age can be trusted.

    Infusion day, section 7 (study default): elapsed time by a monotonic clock; a gate never gains
    from a clock set back.
    """
    return facts.started_at is None and any(entry.clock_set_back for entry in kept)


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


def _bedside(facts: RunFacts) -> Rule:
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
    if facts.further_checkers:
        found.append(
            block(
                "THIRD_CHECK",
                "A third person has made a bedside check: two persons begin again together.",
                "Kontrolę przy łóżku wykonała trzecia osoba: dwie osoby zaczynają od nowa.",
                item="C01",
            )
        )
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


def _baseline_old(facts: RunFacts) -> list[Blocker]:
    """Return the blocker of section 4, BASE: a complete set at most so old at the start."""
    taken = facts.baseline.taken_at if facts.baseline is not None else None
    minutes = facts.limits.baseline_minutes
    reference = facts.started_at or facts.now
    if taken is not None and reference - taken <= timedelta(minutes=minutes):
        return []
    return [
        block(
            "BASELINE_OLD",
            f"The baseline vital signs are older than {minutes} minutes: measure again.",
            f"Wyjściowe parametry życiowe są starsze niż {minutes} minut: zmierz ponownie.",
            item="A21",
            parameters={"minutes": str(minutes)},
        )
    ]


def _start(facts: RunFacts) -> Rule:
    found = [*dosing_blockers(facts), *_baseline_old(facts)]
    if facts.started_at is None and facts.arrived_at is None:
        found.append(
            block(
                "NOT_ARRIVED",
                "The participant has not arrived.",
                "Uczestnik jeszcze nie przybył.",
            )
        )
    states = {name: gate(facts, name).status for name in _NAMED_BY}
    found += [
        gate_not_passed(name, status) for name, status in states.items() if status != "passed"
    ]
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


def _discharge(facts: RunFacts) -> Rule:
    return discharge_blockers(facts), ()


def _close(facts: RunFacts) -> Rule:
    states = {name: gate(facts, name).status for name in ("G1", "G2", "G3", "G4", "G6")}
    unsigned = tuple(
        name
        for name, status in states.items()
        if status != "passed" and not _passed_over(facts, name, status)
    )
    found = close_blockers(facts, unsigned)
    if not _closed(facts):
        return found, ()
    # Both have signed: what is found later is shown as a deviation, and only a blank reopens.
    return tuple(b for b in found if b.code in ("UNANSWERED", "OPEN_ITEM", "PAUSE_OPEN")), ()


def _passed_over(facts: RunFacts, name: str, status: str) -> bool:
    """Tell whether the infusion began without a gate that now nobody can sign any more.

    That it began so is a deviation (infusion day, section 10: start before G1 or G3), which has to
    be classified before G7; the gate itself stays shut and visible.
    """
    if facts.started_at is None or name == "G6" or not binding(facts, name):
        return False
    return status == "shut" or name in facts.passed_over


def _closed(facts: RunFacts) -> bool:
    signed = [entry for entry in facts.signatures if entry.gate == "G7" and not entry.void]
    seats = _seats(facts, "G7")
    return not _seated("G7", seats, sorted(signed, key=lambda e: e.signed_at))[1]


_RULES: dict[str, Callable[[RunFacts], Rule]] = {
    "G1": fit_rule,
    "G2": release_rule,
    "G3": _bedside,
    "G4": _start,
    "G6": _discharge,
    "G7": _close,
}
