"""What the screen of an infusion run is given: plain frozen values, made by ``view``.

Nothing here reads or decides anything.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from attrs import frozen

from msclinic.domain.infusion.checklist import Blocker
from msclinic.domain.infusion.run import RunState
from msclinic.domain.infusion.timers import Timer
from msclinic.domain.infusion.volume import RateStep
from msclinic.domain.news2 import News2
from msclinic.domain.values import Finding
from msclinic.domain.visits import VisitWindow
from msclinic.domain.vitals import VitalsReading
from msclinic.services.infusion.deviation_record import DeviationState
from msclinic.services.infusion.schedule import RoundView
from msclinic.services.participants import Identity

__all__ = ["PHASES", "CheckView", "GateView", "PhaseView", "ReadingView", "RunView"]

PHASES = ("fit", "bedside", "running", "end", "observation", "discharge")


@frozen
class PhaseView:
    """One phase of the day.

    Attributes:
        phase: A name of ``PHASES``.
        title: English title; the key of its translation.
        left: What is still to be answered or done.
        total: All of it.
        done: The phase is behind.
        gates: Gates shown below it.
    """

    phase: str
    title: str
    left: int
    total: int
    done: bool
    gates: tuple[str, ...] = ()


@frozen
class GateView:
    """One gate.

    Attributes:
        gate: G1 to G7.
        status: passed, open, shut, void or expired.
        blockers: What keeps it shut, in the languages of the study.
        clear: Items that have nothing against it.
        signers: Seats still to sign, in order.
        valid_until: When its signatures expire.
        signed: Account and time of the signatures that stand.
        may_sign: Whether this person's role may sign it at all.
    """

    gate: str
    status: str
    blockers: tuple[Blocker, ...]
    clear: tuple[str, ...]
    signers: tuple[str, ...]
    valid_until: datetime | None
    signed: tuple[tuple[str, datetime], ...]
    may_sign: bool


@frozen
class CheckView:
    """One bedside check, without its answers.

    Attributes:
        account: Whose.
        key: Form key.
        mine: It is this person's own.
        finished: Its owner declared it filled in.
        left: Answers still to give; none for the other person's.
        total: Answers asked for.
    """

    account: str
    key: str
    mine: bool
    finished: bool
    left: int | None
    total: int


@frozen
class ReadingView:
    """One set of vital signs with its score.

    Attributes:
        key: Repeat key in ``vital_signs/reading``.
        point: Point code.
        vitals: The measures; none is a measure without a value.
        news2: The score; without a total while a part is missing.
        action: What the score asks for: none, recheck, pause or stop.
    """

    key: str
    point: str
    vitals: VitalsReading
    news2: News2
    action: str


@frozen
class RunView:
    """An infusion run at one moment, as one role may see it.

    Attributes:
        participant: Random id.
        identity: The banner.
        visit: Visit code.
        visit_key: Key of the visit.
        now: The moment.
        infusion: Number of the infusion.
        chair: Chair, once given.
        window: Days the visit is meant for.
        state: State of the run.
        phase: Name of the phase the run is in.
        phases: The six phases.
        gates: Gates G1 to G7 by name; only G2 for preparers.
        timers: Timers that matter now, the most urgent first.
        rounds: Every round of the schedule.
        next_round: The round to do now or next.
        checks: The bedside checks.
        further_checks: Checks by further persons; they keep G3 shut until a pair begins again.
        compared: Both checks are finished and may be compared.
        label_volume: Volume to give, mL.
        expected: Volume the rates have given by now, mL.
        pump: Volume the pump showed last, mL.
        pump_at: When it was read.
        difference: Pump less expected at that moment, mL.
        pump_agrees: Whether the difference is inside the limit; none without a reading.
        started_at: Start of the infusion.
        ended_at: End of the infusion.
        planned_end: When it will have run in, or has.
        running_for: Time since the start, pauses included; until the end.
        paused_since: Start of the pause that lasts, or none.
        paused_for: Pauses in total.
        rates: Rates set so far.
        readings: Vital signs in the order in which they were begun.
        findings: Stop and hold rules that apply now.
        deviations: Deviations, recorded or found.
        observation_until: End of the observation, once it runs.
    """

    participant: str
    identity: Identity
    visit: str
    visit_key: str
    now: datetime
    infusion: int
    chair: int | None
    window: VisitWindow | None
    state: RunState
    phase: str
    phases: tuple[PhaseView, ...]
    gates: Mapping[str, GateView]
    timers: tuple[Timer, ...] = ()
    rounds: tuple[RoundView, ...] = ()
    next_round: RoundView | None = None
    checks: tuple[CheckView, ...] = ()
    further_checks: tuple[CheckView, ...] = ()
    compared: bool = False
    label_volume: Decimal | None = None
    expected: Decimal = Decimal(0)
    pump: Decimal | None = None
    pump_at: datetime | None = None
    difference: Decimal | None = None
    pump_agrees: bool | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    planned_end: datetime | None = None
    running_for: timedelta = timedelta(0)
    paused_since: datetime | None = None
    paused_for: timedelta = timedelta(0)
    rates: tuple[RateStep, ...] = ()
    readings: tuple[ReadingView, ...] = ()
    findings: tuple[Finding, ...] = ()
    deviations: tuple[DeviationState, ...] = ()
    observation_until: datetime | None = None
