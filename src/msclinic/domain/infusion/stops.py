"""Hold, pause and stop rules on a reading, a line check or a clock (study defaults).

A rule is a prompt and a blocked next step, never a treatment.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal

from msclinic.domain.infusion.checklist import Blocker, block
from msclinic.domain.infusion.facts import LineCheck, RunLimits
from msclinic.domain.news2 import score_news2
from msclinic.domain.values import Finding
from msclinic.domain.vitals import VitalsReading

__all__ = ["stop_rules", "vitals_holds"]


def vitals_holds(reading: VitalsReading | None, limits: RunLimits) -> tuple[Blocker, ...]:
    """Return what baseline vital signs have against a dose: incomplete, or over a hold limit.

    What was measured is compared with its limits also where something else is missing.
    """
    if reading is None:
        return (_incomplete(("A21",)),)
    found = [_incomplete(reading.missing)] if reading.missing else []
    found += [
        block(
            "VITALS_HOLD",
            f"{item} {value} is {en} {limit}.",
            f"{item} {_comma(value)} jest {pl} {_comma(limit)}.",
            item="A21",
            overridable=True,
            parameters={"measure": item, "value": str(value), "limit": str(limit)},
        )
        for item, value, limit, en, pl, holds in _hold_rows(reading, limits)
        if holds
    ]
    if reading.consciousness not in (None, "A"):
        found.append(
            block(
                "VITALS_HOLD",
                f"Consciousness is {reading.consciousness}, not alert.",
                f"Przytomność: {reading.consciousness}, nie w pełni przytomny.",
                item="A21",
                overridable=True,
                parameters={"measure": "CONSCIOUSNESS", "value": str(reading.consciousness)},
            )
        )
    score = score_news2(reading)
    known = sum(score.parts.values())
    if known >= limits.news2.pause or score.any_three:
        least = score.total is None
        found.append(
            block(
                "NEWS2_HOLD",
                f"The baseline NEWS2 is {'at least ' * least}{known}: 5 or more, or a single 3.",
                f"Wyjściowy NEWS2 wynosi {'co najmniej ' * least}{known}:"
                " 5 lub więcej albo pojedyncze 3.",
                item="A22",
                overridable=True,
                parameters={"total": str(known)},
            )
        )
    return tuple(found)


def _incomplete(missing: tuple[str, ...]) -> Blocker:
    names = ", ".join(missing)
    return block(
        "VITALS_INCOMPLETE",
        f"The baseline vital signs are incomplete: {names}.",
        f"Wyjściowe parametry życiowe są niekompletne: {names}.",
        item="A21",
        parameters={"missing": names},
    )


_HoldRow = tuple[str, Decimal, Decimal, str, str, bool]


def _hold_rows(reading: VitalsReading, limits: RunLimits) -> list[_HoldRow]:
    rows: list[_HoldRow] = []

    def add(item: str, value: Decimal | None, limit: Decimal, sign: str) -> None:
        if value is None:
            return
        below, above = ("below", "poniżej"), ("above", "powyżej")
        words = {"<": below, ">": above, ">=": ("not below", "nie mniejsze niż")}[sign]
        holds = {"<": value < limit, ">": value > limit, ">=": value >= limit}[sign]
        rows.append((item, value, limit, *words, holds))

    add("SYSBP", reading.sysbp, limits.systolic_low, "<")
    add("SYSBP", reading.sysbp, limits.systolic_high, ">")
    add("DIABP", reading.diabp, limits.diastolic_high, ">")
    add("PULSE", reading.pulse, limits.pulse_low, "<")
    add("PULSE", reading.pulse, limits.pulse_high, ">")
    add("RESP", reading.resp, limits.resp_high, ">")
    add("TEMP", reading.temp, limits.temperature_high, ">=")
    add("OXYSAT", reading.oxysat, limits.oxysat_low, "<")
    add("OXYGEN", reading.oxygen, Decimal(0), ">")
    return rows


def _comma(number: Decimal) -> str:
    return str(number).replace(".", ",")


def stop_rules(
    reading: VitalsReading | None,
    base: VitalsReading | None,
    limits: RunLimits,
    *,
    started: bool,
    symptoms: Iterable[str] = (),
    infection: bool = False,
    pregnancy_positive: bool = False,
    line_check: LineCheck | None = None,
    use_before: datetime | None = None,
    pause: timedelta = timedelta(0),
    now: datetime | None = None,
) -> tuple[Finding, ...]:
    """Return the rules S02, S03, S04, S05, S09 and S10 that hold now.

    Args:
        reading: The newest vital signs.
        base: Baseline vital signs.
        limits: Numbers to compare with.
        started: The infusion has started and not ended.
        symptoms: Symptom codes asked at the reading.
        infection: Infection now.
        pregnancy_positive: A positive pregnancy test.
        line_check: The newest look at the line.
        use_before: Use-before of the product.
        pause: Pause in total.
        now: The time asked at.

    Returns:
        Findings of severity gate; parameter `action` is defer, pause, stop or stop_for_good.
    """
    found: list[Finding] = []

    def add(code: str, item: str, action: str, en: str, pl: str) -> None:
        found.append(Finding(item, "gate", code, {"action": action}, {"en": en, "pl": pl}))

    if pregnancy_positive:
        add(
            "S02",
            "A16",
            "stop_for_good",
            "Pregnancy test positive: no product any more, follow-up stays.",
            "Test ciążowy dodatni: koniec podawania produktu, obserwacja trwa.",
        )
    hot = (
        reading is not None and reading.temp is not None and reading.temp >= limits.temperature_high
    )
    if not started and (hot or infection):
        add(
            "S03",
            "TEMP" if hot else "A07",
            "defer",
            "Fever or infection before the start: defer the infusion.",
            "Gorączka lub zakażenie przed początkiem: odroczyć infuzję.",
        )
    if reading is not None and started:
        _vitals_rules(reading, base, limits, tuple(symptoms), add)
    if started and use_before is not None and now is not None and now >= use_before:
        add(
            "S09",
            "PR_USE_BEFORE",
            "stop",
            "The use-before has passed: stop and discard the rest.",
            "Minął termin zużycia: zatrzymać i wyrzucić resztę.",
        )
    if pause > timedelta(minutes=limits.pause_minutes):
        add(
            "S09",
            "D05_START",
            "stop",
            f"Paused for more than {limits.pause_minutes} minutes in total: stop.",
            f"Łączna przerwa ponad {limits.pause_minutes} minut: zatrzymać.",
        )
    if line_check is not None and (
        line_check.extravasation
        or (line_check.vip is not None and line_check.vip >= limits.vip_stop)
    ):
        add(
            "S10",
            "D04_VIP",
            "stop",
            "Extravasation or an inflamed site: stop, resite in the other arm, continue once.",
            "Wynaczynienie lub zapalenie miejsca: zatrzymać, założyć kaniulę w drugiej ręce,"
            " kontynuować jeden raz.",
        )
    return tuple(found)


_Add = Callable[[str, str, str, str, str], None]


def _vitals_rules(
    reading: VitalsReading,
    base: VitalsReading | None,
    limits: RunLimits,
    symptoms: tuple[str, ...],
    add: _Add,
) -> None:
    score = score_news2(reading)
    known = sum(score.parts.values())
    unwell = any(symptom != "NONE" for symptom in symptoms)
    low = reading.sysbp is not None and reading.sysbp < limits.systolic_low
    reasons = (
        known >= limits.news2.stop,
        low and unwell,
        reading.oxysat is not None and reading.oxysat < limits.oxysat_low,
        reading.consciousness not in (None, "A"),
    )
    if any(reasons):
        add(
            "S04",
            ("NEWS2", "SYSBP", "OXYSAT", "CONSCIOUSNESS")[reasons.index(True)],
            "stop",
            "The vital signs ask to stop the infusion and call the emergency team.",
            "Parametry życiowe wymagają zatrzymania infuzji i wezwania zespołu ratunkowego.",
        )
        return
    changed = (
        base is not None
        and base.sysbp is not None
        and reading.sysbp is not None
        and abs(reading.sysbp - base.sysbp) >= limits.systolic_change
    )
    if known >= limits.news2.pause or score.any_three or changed:
        add(
            "S05",
            "SYSBP" if changed else "NEWS2",
            "pause",
            "The vital signs ask to pause the infusion; the physician comes to the bedside.",
            "Parametry życiowe wymagają przerwania infuzji; lekarz przychodzi do chorego.",
        )
