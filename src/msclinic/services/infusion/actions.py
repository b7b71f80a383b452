"""What people do on an infusion day, in one place for screens and scenarios.

Every function takes the session of who acts and checks right, order and gate itself.
"""

from msclinic.services.infusion.bedside import (
    Comparison,
    Difference,
    compare,
    finish_check,
    open_bedside_check,
    restart_bedside_check,
)
from msclinic.services.infusion.course import (
    arrive,
    change_rate,
    end_infusion,
    flush,
    start_infusion,
)
from msclinic.services.infusion.deviation_record import (
    DeviationState,
    classify_deviation,
    deviation_states,
    record_deviations,
)
from msclinic.services.infusion.dosing import dosing_permitted, switch_dosing
from msclinic.services.infusion.pausing import decide_against_pause, interrupt, resume
from msclinic.services.infusion.refusals import GateShut
from msclinic.services.infusion.rounds import (
    RoundEntry,
    measure_baseline_again,
    round_not_done,
    round_readings,
)
from msclinic.services.infusion.side_exits import cancel_run, close_visit, defer_run
from msclinic.services.infusion.signing_gates import sign_gate

__all__ = [
    "Comparison",
    "DeviationState",
    "Difference",
    "GateShut",
    "RoundEntry",
    "arrive",
    "cancel_run",
    "change_rate",
    "classify_deviation",
    "close_visit",
    "compare",
    "decide_against_pause",
    "defer_run",
    "deviation_states",
    "dosing_permitted",
    "end_infusion",
    "finish_check",
    "flush",
    "interrupt",
    "measure_baseline_again",
    "open_bedside_check",
    "record_deviations",
    "restart_bedside_check",
    "resume",
    "round_not_done",
    "round_readings",
    "sign_gate",
    "start_infusion",
    "switch_dosing",
]
