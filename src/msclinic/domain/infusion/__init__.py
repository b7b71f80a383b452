"""The infusion run: items, states, gates, volumes, timers and stop rules as pure functions."""

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.closing import completion, discharge_blockers, vitals_schedule
from msclinic.domain.infusion.deviations import Deviation, deviations
from msclinic.domain.infusion.facts import (
    CheckerAnswers,
    GateSignature,
    LateEntry,
    LineCheck,
    Product,
    RunFacts,
    RunLimits,
)
from msclinic.domain.infusion.gates import GATES, GateStatus, compare_checks, gate
from msclinic.domain.infusion.items import ITEMS, ItemRule, items_of
from msclinic.domain.infusion.run import STATES, RunState, run_state
from msclinic.domain.infusion.stops import stop_rules, vitals_holds
from msclinic.domain.infusion.timers import Timer, call_timers, clock_jump, timers
from msclinic.domain.infusion.volume import (
    Interruption,
    PlannedStep,
    RateStep,
    dose_percent,
    expected_volume,
    pause_total,
    planned_duration,
    predicted_end,
    pump_differs,
)

__all__ = [
    "GATES",
    "ITEMS",
    "STATES",
    "Blocker",
    "CheckerAnswers",
    "Deviation",
    "GateSignature",
    "GateStatus",
    "Interruption",
    "ItemRule",
    "LateEntry",
    "LineCheck",
    "PlannedStep",
    "Product",
    "RateStep",
    "RunFacts",
    "RunLimits",
    "RunState",
    "Timer",
    "call_timers",
    "clock_jump",
    "compare_checks",
    "completion",
    "deviations",
    "discharge_blockers",
    "dose_percent",
    "expected_volume",
    "gate",
    "items_of",
    "pause_total",
    "planned_duration",
    "predicted_end",
    "pump_differs",
    "run_state",
    "stop_rules",
    "timers",
    "vitals_holds",
    "vitals_schedule",
]
