"""The settings that the program itself reads: kind, unit, range, and the forms that need them.

What only an expression asks for is missed by that expression. Here stands what rules in Python
read, and the range in which any setting of that name makes sense.
"""

from collections.abc import Mapping
from decimal import Decimal

from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
)
from msclinic.forms.definitions import FormDefinition, ItemDefinition
from msclinic.study.model import Setting, Visit
from msclinic.study.reader import Reader
from msclinic.study.setting_kinds import KINDS, Need, is_number

__all__ = ["NEEDS", "WORDED", "Need", "needed_with", "settings_fit"]

_DAY = (FIT_TO_DOSE, PRODUCT_RELEASE, BEDSIDE_CHECK, INFUSION, AFTER_INFUSION)
_EXAM = ("edss",)
_REPORTS = ("serious_adverse_event", "medication_error", "pregnancy")
_EVENTS = ("<event>",)
"""Stands for any form with an item that states when something happened."""


def _switch(key: str, *forms: str) -> Need:
    return Need(key, "boolean", forms=forms)


def _text(key: str, *forms: str) -> Need:
    return Need(key, "text", forms=forms)


def _whole(key: str, unit: str, low: int, high: int, *forms: str) -> Need:
    return Need(key, "whole", unit, Decimal(low), Decimal(high), forms)


def _number(key: str, unit: str, low: str, high: str, *forms: str) -> Need:
    return Need(key, "number", unit, Decimal(low), Decimal(high), forms)


def _minutes(key: str, *forms: str) -> Need:
    return Need(key, "minutes", "min", Decimal(1), Decimal(1440), forms)


def _limits(name: str, unit: str, low: str, high: str, ends: str, held: str) -> tuple[Need, ...]:
    """Return the limits of one vital sign: what forms ask for, and what holds G1 in Python."""
    impossible = ("impossible_low", "impossible_high")
    return (
        *(_number(f"{name}_{end}", unit, low, high) for end in (*impossible, *ends.split())),
        *(_number(f"{name}_{end}", unit, low, high, *_DAY) for end in held.split()),
    )


_TABLE = (
    # The study as a whole
    _switch("dosing_permitted", *_DAY),
    _whole("age_min", "a", 18, 120),
    _whole("age_max", "a", 18, 120),
    _number("edss_min", "", "0", "10"),
    _number("edss_max", "", "0", "10"),
    _whole("infusions", "", 1, 4),
    _whole("enrolment", "", 1, 100000),
    _text("consent_version"),
    _text("ctcae_version"),
    _text("ambulation_coding", *_EXAM),
    _switch("edss_prior_visible"),
    _number("edss_worsening_limit", "", "0", "10", *_EXAM),
    _number("edss_rise", "", "0.5", "10", *_EXAM),
    _number("edss_rise_above", "", "0.5", "10", *_EXAM),
    _whole("edss_rise_weeks", "wk", 1, 104, *_EXAM),
    # Accounts
    _whole("idle_lock", "min", 1, 30),
    _whole("idle_lock_held", "min", 1, 60),
    _whole("sign_in_days", "d", 1, 365),
    _whole("sign_in_warning", "d", 0, 60),
    _whole("accounts_review", "d", 1, 400),
    _whole("lock_after", "", 2, 20),
    _whole("lock_minutes", "min", 1, 1440),
    Need("query_findings", "severities"),
    # Visits and intervals
    _whole("min_interval", "d", 1, 400, *_DAY),
    _whole("missed_after", "d", 0, 400, *_DAY),
    _switch("randomised_before_dose", *_DAY),
    _whole("late_entry", "min", 0, 1440, *_EVENTS, *_DAY),
    _whole("journal_gap", "h", 1, 720),
    _whole("late_entry_deviation", "h", 0, 720, *_DAY),
    # Gates and limits of time
    _number("g1_valid", "h", "0.25", "24", *_DAY),
    _whole("g3_valid", "min", 1, 240, *_DAY),
    _whole("clock_jump", "s", 1, 600, *_DAY),
    Need("signing_pin_meanings", "gates"),
    _number("tos_limit", "h", "0.25", "72"),
    _whole("min_release_delay", "min", 0, 1440, *_DAY),
    _whole("use_before_margin", "min", 0, 240, *_DAY),
    _whole("pause_limit", "min", 1, 480, *_DAY),
    _whole("observation_first", "min", 1, 1440, *_DAY),
    _whole("observation_later", "min", 1, 1440, *_DAY),
    _whole("observation_reaction", "min", 1, 1440, *_DAY),
    _number("observation_anaphylaxis", "h", "1", "72", *_DAY),
    _number("observation_anaphylaxis_long", "h", "1", "72"),
    _whole("sae_report", "h", 1, 24, *_REPORTS),
    # Product and infusion
    _number("volume", "mL", "1", "2000", *_DAY),
    _number("volume_label_percent", "%", "0", "50", *_DAY),
    _number("volume_balance_soft", "mL", "0", "100", *_DAY),
    _number("volume_balance_hard", "mL", "0", "100", *_DAY),
    _number("pump_difference", "mL", "0", "100", *_DAY),
    _number("rate_first", "mL/h", "1", "1000", *_DAY),
    _whole("rate_first_minutes", "min", 1, 1440, *_DAY),
    _number("rate_second", "mL/h", "1", "1000", *_DAY),
    _number("rate_max", "mL/h", "1", "1000"),
    _number("flush_volume", "mL", "0", "500"),
    _whole("cannula_gauge_low", "", 14, 26),
    _whole("cannula_gauge_high", "", 14, 26),
    _whole("prior_reaction_grade", "", 2, 3, *_DAY),
    # Rounds
    _minutes("vitals_points", *_DAY),
    _whole("vitals_every", "min", 1, 240, *_DAY),
    _minutes("vitals_after", *_DAY),
    _minutes("vitals_after_long", *_DAY),
    _whole("vitals_tolerance", "min", 1, 60, *_DAY),
    _whole("vitals_tolerance_after", "min", 1, 60, *_DAY),
    _whole("vitals_covered_by_end", "min", 0, 60, *_DAY),
    _whole("baseline_valid", "min", 1, 240, *_DAY),
    _whole("line_check_every", "min", 1, 240, *_DAY),
    _whole("round_join", "min", 0, 60, *_DAY),
    _whole("reaction_every", "min", 1, 60),
    _whole("reaction_after_every", "min", 1, 240),
    _whole("reaction_after_for", "min", 1, 1440),
    _whole("vip_stop", "", 1, 5, *_DAY),
    # NEWS2
    _whole("news2_recheck_rise", "", 1, 20, *_DAY),
    _whole("news2_recheck_after", "min", 1, 60),
    _whole("news2_pause", "", 1, 20, *_DAY),
    _whole("news2_stop", "", 1, 20, *_DAY),
    _whole("news2_discharge_rise", "", 0, 20, *_DAY),
    _number("systolic_change_pause", "mm[Hg]", "1", "200", *_DAY),
    _number("systolic_discharge_percent", "%", "1", "100", *_DAY),
    # Vital signs
    *_limits("systolic", "mm[Hg]", "0", "300", "low high", "hold_low hold_high"),
    *_limits("diastolic", "mm[Hg]", "0", "300", "low high", "hold_high"),
    *_limits("pulse", "/min", "0", "300", "low high", "hold_low hold_high"),
    *_limits("resp", "/min", "0", "100", "low high", "hold_high"),
    *_limits("temp", "Cel", "20", "50", "low high", "hold_high"),
    *_limits("spo2", "%", "0", "100", "low", "hold_low"),
    *_limits("oxygen", "L/min", "0", "100", "high hold_high", ""),
    # What only the forms' own expressions and words ask for
    _number("height_impossible_low", "cm", "50", "300"),
    _number("height_impossible_high", "cm", "50", "300"),
    _number("weight_impossible_low", "kg", "1", "500"),
    _number("weight_impossible_high", "kg", "1", "500"),
    _number("weight_low", "kg", "1", "500"),
    _number("weight_high", "kg", "1", "500"),
    _number("weight_change_percent", "%", "0", "100"),
    _whole("lab_age", "d", 0, 400),
    _whole("steroid_days", "d", 0, 400),
    _whole("vaccine_days", "d", 0, 400),
    _whole("vaccine_live_days", "d", 0, 400),
    _whole("antibiotic_days", "d", 0, 400),
    _whole("antihypertensive_hours", "h", 0, 168),
    _whole("rest_minutes", "min", 0, 60),
    _whole("vitals_repeat_after", "min", 1, 240),
    _whole("cannula_attempts", "", 1, 10),
    _switch("premedication"),
    _switch("escort_required", *_DAY),
    _number("sample_temp_impossible_low", "Cel", "-273", "100"),
    _number("sample_temp_impossible_high", "Cel", "-273", "100"),
    _number("sample_temp_frozen_high", "Cel", "-273", "0"),
    _whole("ex01_months", "mo", 1, 60, "eligibility"),
    *(_switch(f"exd{number:02d}") for number in range(1, 12)),
    # Tests of a visit
    _number("t25fw_limit", "s", "1", "3600"),
    _number("nhpt_limit", "s", "1", "3600"),
    _number("timed_worsening", "%", "1", "100"),
    _whole("sdmt_top", "", 1, 200),
    _number("igg_index_high", "", "0.1", "5"),
    _whole("lp_attempts", "", 1, 10),
    _number("lp_volume", "mL", "1", "50"),
    # Backup
    _whole("backup_every", "h", 1, 24),
    _whole("backup_warn_after", "h", 1, 168),
    _whole("backup_keep_hourly", "", 1, 1000),
    _whole("backup_keep_daily", "", 1, 1000),
    _whole("backup_keep_weekly", "", 1, 1000),
    _whole("restore_rehearsal_every", "d", 1, 400),
)

NEEDS: Mapping[str, Need] = {need.key: need for need in _TABLE}
"""What is known of each setting, by key."""

_RISING = (
    ("age_min", "age_max"),
    ("height_impossible_low", "height_impossible_high"),
    ("edss_min", "edss_max"),
    ("sign_in_warning", "sign_in_days"),
    ("news2_pause", "news2_stop"),
    ("volume_balance_soft", "volume_balance_hard"),
    ("cannula_gauge_low", "cannula_gauge_high"),
    ("observation_later", "observation_first"),
    ("rate_first", "rate_max"),
    ("rate_second", "rate_max"),
    *(
        (f"{name}_{low}", f"{name}_{high}")
        for name in ("systolic", "diastolic", "pulse", "resp", "temp", "spo2", "oxygen")
        for low, high in (
            ("impossible_low", "low"),
            ("impossible_low", "hold_low"),
            ("low", "high"),
            ("high", "impossible_high"),
            ("hold_high", "impossible_high"),
        )
    ),
)
"""Pairs of which the first is never the larger."""

WORDED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "antibiotic_days": (FIT_TO_DOSE, ("A07_ANTIBIOTIC",)),
    "antihypertensive_hours": (FIT_TO_DOSE, ("A12",)),
    "vaccine_days": (FIT_TO_DOSE, ("A13",)),
    "vaccine_live_days": (FIT_TO_DOSE, ("A13",)),
    "rest_minutes": (FIT_TO_DOSE, ("A21",)),
    "vitals_repeat_after": (
        VITAL_SIGNS,
        ("SYSBP", "DIABP", "PULSE", "RESP", "TEMP", "OXYSAT", "OXYGEN"),
    ),
}
"""Settings that only the words of items carry: those words say the number."""


def settings_fit(
    reader: Reader,
    settings: Mapping[str, Setting],
    lines: Mapping[str, int],
    forms: Mapping[str, FormDefinition],
    visits: tuple[Visit, ...],
) -> None:
    """Hold every setting against what the program and the forms' words make of it.

    Args:
        reader: Of study.yaml; mistakes go there.
        settings: As read.
        lines: Where each stands.
        forms: The study's forms.
        visits: Its schedule.
    """
    present = _present(forms)
    for need in NEEDS.values():
        setting = settings.get(need.key)
        if setting is None:
            for form in sorted(present & set(need.forms))[:1]:
                named = "an item marked as an event" if form in _EVENTS else f"the form {form}"
                sentence = f"{named} needs the setting {need.key}"
                reader.wrong(1, "SETTING_MISSING", sentence, need.key)
            continue
        wrong = KINDS[need.kind](need, setting.value)
        if not wrong and setting.unit != need.unit:
            wrong = f"has the unit {need.unit or 'none'}, not {setting.unit or 'none'}"
        if wrong:
            sentence = f"the setting {need.key} {wrong}"
            reader.wrong(lines[need.key], "SETTING_WRONG", sentence, need.key)
    _in_order(reader, settings, lines)
    _in_words(reader, settings, lines, forms)
    planned = sum(visit.infusion is not None for visit in visits)
    told = settings.get("infusions")
    if told is not None and told.value != planned:
        sentence = f"the schedule has {planned} infusions and the setting says {told.value}"
        reader.wrong(lines["infusions"], "SETTING_WRONG", sentence, "infusions")


def needed_with(forms: Mapping[str, FormDefinition]) -> list[str]:
    """Settings that have to be there with these forms."""
    present = _present(forms)
    return [need.key for need in NEEDS.values() if present & set(need.forms)]


def _present(forms: Mapping[str, FormDefinition]) -> set[str]:
    events = any(item.event for form in forms.values() for item in _items(form))
    return {*forms, *(_EVENTS if events else ())}


def _items(form: FormDefinition) -> tuple[ItemDefinition, ...]:
    return tuple(item for group in form.item_groups for item in group.items)


def _in_order(reader: Reader, settings: Mapping[str, Setting], lines: Mapping[str, int]) -> None:
    for first, second in _RISING:
        if first not in settings or second not in settings:
            continue
        low, high = settings[first].value, settings[second].value
        if is_number(low) and is_number(high) and Decimal(low) > Decimal(high):
            sentence = f"the setting {first} is larger than {second}"
            reader.wrong(lines[first], "SETTING_WRONG", sentence, first)


def _in_words(
    reader: Reader,
    settings: Mapping[str, Setting],
    lines: Mapping[str, int],
    forms: Mapping[str, FormDefinition],
) -> None:
    for key, (oid, names) in WORDED.items():
        form, setting = forms.get(oid), settings.get(key)
        if form is None or setting is None:
            continue
        for item in _items(form):
            if item.oid in names and not _says(item, str(setting.value), reader.languages):
                sentence = f"the words of {item.oid} in {oid} do not say {setting.value}"
                reader.wrong(lines[key], "SETTING_WRONG", sentence, key)


def _says(item: ItemDefinition, number: str, languages: tuple[str, ...]) -> bool:
    texts = [item.label, *([item.hint] if item.hint else []), *(c.message for c in item.checks)]
    for language in languages:
        words = " ".join(text.text(language) for text in texts)
        plain = "".join(sign if sign.isdigit() else " " for sign in words)
        if number not in plain.split():
            return False
    return True
