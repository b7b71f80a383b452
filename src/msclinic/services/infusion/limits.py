"""The numbers of an infusion day, taken from the settings of the active study.

Nothing here has a value of its own: every limit is the study's.
"""

from decimal import Decimal

from msclinic.domain.infusion.facts import RunLimits
from msclinic.domain.infusion.volume import PlannedStep
from msclinic.domain.news2 import News2Limits
from msclinic.domain.vitals import VitalsPlan
from msclinic.study import Study

__all__ = ["line_check_minutes", "planned_rates", "run_limits", "vitals_plan"]


def run_limits(study: Study) -> RunLimits:
    """Limits of gates, stops and deviations."""

    def whole(key: str) -> int:
        return int(study.setting(key))

    def number(key: str) -> Decimal:
        return Decimal(str(study.setting(key)))

    return RunLimits(
        fit_minutes=int(number("g1_valid") * 60),
        check_minutes=whole("g3_valid"),
        spare_minutes=whole("use_before_margin"),
        release_delay=whole("min_release_delay"),
        minimum_interval=whole("min_interval"),
        label_percent=number("volume_label_percent"),
        volume_soft=number("volume_balance_soft"),
        volume_hard=number("volume_balance_hard"),
        pump_difference=number("pump_difference"),
        pause_minutes=whole("pause_limit"),
        observation_first=whole("observation_first"),
        observation_later=whole("observation_later"),
        observation_reaction=whole("observation_reaction"),
        observation_anaphylaxis=int(number("observation_anaphylaxis") * 60),
        baseline_minutes=whole("baseline_valid"),
        late_entry_hours=whole("late_entry_deviation"),
        systolic_low=number("systolic_hold_low"),
        systolic_high=number("systolic_hold_high"),
        diastolic_high=number("diastolic_hold_high"),
        pulse_low=number("pulse_hold_low"),
        pulse_high=number("pulse_hold_high"),
        resp_high=number("resp_hold_high"),
        temperature_high=number("temp_hold_high"),
        oxysat_low=number("spo2_hold_low"),
        systolic_change=number("systolic_change_pause"),
        discharge_systolic_percent=number("systolic_discharge_percent"),
        discharge_news2_rise=whole("news2_discharge_rise"),
        vip_stop=whole("vip_stop"),
        prior_grade=whole("prior_reaction_grade"),
        news2=News2Limits(
            rise=whole("news2_recheck_rise"),
            pause=whole("news2_pause"),
            stop=whole("news2_stop"),
        ),
    )


def vitals_plan(study: Study) -> VitalsPlan:
    """When vital signs are due."""

    def whole(key: str) -> int:
        return int(study.setting(key))

    def several(key: str) -> tuple[int, ...]:
        return tuple(int(part) for part in str(study.setting(key)).split(",") if part.strip())

    return VitalsPlan(
        first=several("vitals_points"),
        every=whole("vitals_every"),
        after_end=several("vitals_after"),
        after_end_long=several("vitals_after_long"),
        tolerance=whole("vitals_tolerance"),
        tolerance_after=whole("vitals_tolerance_after"),
        overdue=whole("vitals_tolerance"),
        end_satisfies=whole("vitals_covered_by_end"),
        base_age=whole("baseline_valid"),
        round=whole("round_join"),
    )


def planned_rates(study: Study) -> tuple[PlannedStep, ...]:
    """The rates as ordered."""
    first, second = (Decimal(str(study.setting(key))) for key in ("rate_first", "rate_second"))
    return (
        PlannedStep(first, int(study.setting("rate_first_minutes"))),
        PlannedStep(second),
    )


def line_check_minutes(study: Study) -> int:
    """Minutes between two looks at the line."""
    return int(study.setting("line_check_every"))
