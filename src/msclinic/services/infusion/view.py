"""What the screen of an infusion run shows, read from one snapshot.

It decides nothing: gates, timers and rules come from the domain. A role sees no more than it may;
a checker learns nothing of the other person's check before the own one is finished.
"""

from collections.abc import Iterable
from datetime import timedelta

from attrs import evolve

from msclinic.domain.infusion.gates import GATES, GateStatus
from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    FIT_TO_DOSE,
    INFUSION,
    VITAL_SIGNS,
)
from msclinic.domain.infusion.run import RunState, run_state
from msclinic.domain.infusion.timers import timers
from msclinic.domain.infusion.volume import expected_volume, pause_total
from msclinic.domain.news2 import news2_action, score_news2
from msclinic.domain.visits import visit_window
from msclinic.services.infusion.deviation_record import deviation_states
from msclinic.services.infusion.facts import BedsideCheck
from msclinic.services.infusion.gates import Run, gate_of, read_run
from msclinic.services.infusion.readings import readings
from msclinic.services.infusion.schedule import RoundView, all_rounds, next_round, planned_end
from msclinic.services.infusion.stop_findings import run_findings
from msclinic.services.infusion.view_model import (
    PHASES,
    CheckView,
    GateView,
    PhaseView,
    ReadingView,
    RunView,
)
from msclinic.services.participants import identity
from msclinic.services.session import Session
from msclinic.services.visits import anchor_of, plan_of

__all__ = [
    "PHASES",
    "CheckView",
    "GateView",
    "PhaseView",
    "ReadingView",
    "RunView",
    "phase_of",
    "run_findings",
    "run_view",
]

_TITLES = {
    "fit": "Fit to dose",
    "bedside": "Bedside check",
    "running": "Infusion",
    "end": "End and flush",
    "observation": "Observation",
    "discharge": "Discharge",
}
_GATES_OF = {"fit": ("G1", "G2"), "bedside": ("G3", "G4"), "observation": ("G6",)}


def run_view(session: Session, participant: str, visit: str, visit_key: str = "1") -> RunView:
    """Read a run for the screen.

    Raises:
        Refused: The role sees nothing of an infusion day.
        UserError: No infusion is planned at this visit, or there is no such participant.
    """
    if not session.may("sign:G2"):
        session.require(f"read:{FIT_TO_DOSE}")
    who = identity(session, participant)
    with session.store.read() as reader:
        run = read_run(session, reader, participant, visit, visit_key)
        window = visit_window(plan_of(session, visit), anchor_of(session, reader, participant))
        found = (
            deviation_states(session, reader, participant, visit, visit_key, run.facts)
            if session.may(f"read:{FIT_TO_DOSE}")
            else []
        )
    facts, state = run.facts, run_state(run.facts)
    base = RunView(
        participant=participant,
        identity=who,
        visit=visit,
        visit_key=visit_key,
        now=facts.now,
        infusion=facts.infusion_number,
        chair=run.record.chair(),
        window=window,
        state=state,
        phase=phase_of(run, state.name),
        phases=(),
        gates={},
        label_volume=facts.product.volume if facts.product is not None else None,
    )
    if not session.may(f"read:{FIT_TO_DOSE}"):
        # Preparers see no outcome: neither answers nor how the run goes on.
        hidden = RunState("PLANNED" if state.name == "PLANNED" else "ARRIVED")
        shown = evolve(base, state=hidden, phase="fit")
        return evolve(shown, gates={"G2": _gate(session, run, "G2")})
    schedule = all_rounds(session, run)
    pump = next((c for c in reversed(facts.line_checks) if c.volume is not None), None)
    gap = None
    if pump is not None and pump.volume is not None:
        gap = pump.volume - expected_volume(facts.rate_steps, facts.interruptions, pump.at)
    until = facts.ended_at or facts.now
    return evolve(
        base,
        phases=_phases(session, run, state.name, schedule),
        gates={name: _gate(session, run, name) for name in GATES},
        timers=timers(facts),
        rounds=schedule,
        next_round=next_round(run, schedule),
        checks=tuple(_checks(session, run, run.checks)),
        further_checks=tuple(_checks(session, run, run.further_checks)),
        compared=run.compared,
        expected=expected_volume(facts.rate_steps, facts.interruptions, until),
        pump=pump.volume if pump is not None else None,
        pump_at=pump.at if pump is not None else None,
        difference=gap,
        pump_agrees=None if gap is None else abs(gap) <= facts.limits.pump_difference,
        started_at=facts.started_at,
        ended_at=facts.ended_at,
        planned_end=planned_end(facts),
        running_for=until - facts.started_at if facts.started_at else timedelta(0),
        paused_since=next((p.start for p in facts.interruptions if p.end is None), None),
        paused_for=pause_total(facts.interruptions, until),
        rates=facts.rate_steps,
        readings=tuple(_readings(run)),
        findings=run_findings(run),
        deviations=tuple(found),
        observation_until=facts.ended_at + facts.observation if facts.ended_at else None,
    )


def phase_of(run: Run, state: str) -> str:
    """The phase a run is in; the flush still belongs to the end."""
    if state == "OBSERVING" and run.facts.answers.get("D09_TIME") is None:
        return "end"
    return {
        "REQUESTED": "bedside",
        "FIT": "bedside",
        "AT_BEDSIDE": "bedside",
        "VERIFIED": "bedside",
        "RUNNING": "running",
        "PAUSED": "running",
        "ENDED": "end",
        "OBSERVING": "observation",
        "DISCHARGED": "discharge",
        "SIGNED": "discharge",
    }.get(state, "fit")


def _gate(session: Session, run: Run, name: str) -> GateView:
    status = gate_of(session, run, name)
    if name == "G3" and not run.compared and session.may(f"enter:{BEDSIDE_CHECK}"):
        status = _own_view(session, run, status)
    return GateView(
        gate=name,
        status=status.status,
        blockers=status.blockers,
        clear=status.clear,
        signers=status.signers,
        valid_until=status.valid_until,
        signed=tuple(
            (entry.account, entry.signed_at)
            for entry in run.facts.signatures
            if entry.gate == name and not entry.void
        ),
        may_sign=session.may(f"sign:{name}"),
    )


def _own_view(session: Session, run: Run, status: GateStatus) -> GateStatus:
    """A checker sees what the own answers hold against the gate, and not the other's."""
    seats = {check.account: seat for check, seat in zip(run.checks, ("NUR", "NUR2"), strict=False)}
    own = seats.get(session.account)
    shown = tuple(
        blocker
        for blocker in status.blockers
        if blocker.code in ("CHECK_MISSING", "CHECK_NOT_FINISHED")
        or (blocker.code != "MISMATCH" and blocker.parameters.get("checker") in (None, own))
    )
    return evolve(status, blockers=shown, clear=())


def _checks(session: Session, run: Run, checks: Iterable[BedsideCheck]) -> list[CheckView]:
    found = []
    for check in checks:
        left, total = run.rules_of(session, check.instance).counts()
        mine = check.account == session.account
        shown = left if mine or run.compared else None
        found.append(CheckView(check.account, check.key, mine, check.finished, shown, total))
    return found


def _phases(
    session: Session, run: Run, state: str, schedule: tuple[RoundView, ...]
) -> tuple[PhaseView, ...]:
    fit, infusion = run.rules(session, FIT_TO_DOSE), run.rules(session, INFUSION)
    after = run.rules(session, AFTER_INFUSION)
    own = next((c for c in run.checks if c.account == session.account), None)
    check = (
        run.rules_of(session, own.instance)
        if own is not None
        else run.rules(session, BEDSIDE_CHECK)
    )
    during = [one for one in schedule if one.line]
    watched = [one for one in schedule if one.point.startswith("EOI")]
    base = run.rules(session, VITAL_SIGNS).counts(("conditions",))
    measured = run.facts.baseline is not None and run.facts.baseline.complete
    counts = {
        "fit": _sum(fit.counts(), base, (0 if measured else 1, 1)),
        "bedside": check.counts(),
        "running": _sum(infusion.counts(("start",)), _rounds_left(during)),
        "end": infusion.counts(("end",)),
        "observation": _sum(after.counts(("observation",)), _rounds_left(watched)),
        "discharge": after.counts(("discharge", "closure")),
    }
    reached = PHASES.index(phase_of(run, state))
    finished = state == "SIGNED"
    return tuple(
        PhaseView(
            phase=phase,
            title=_TITLES[phase],
            left=counts[phase][0],
            total=counts[phase][1],
            done=finished or place < reached,
            gates=_GATES_OF.get(phase, ("G7",) if phase == "discharge" else ()),
        )
        for place, phase in enumerate(PHASES)
    )


def _rounds_left(found: list[RoundView]) -> tuple[int, int]:
    return sum(one.status not in ("done", "missed") for one in found), len(found)


def _sum(*counts: tuple[int, int]) -> tuple[int, int]:
    return sum(left for left, _ in counts), sum(total for _, total in counts)


def _readings(run: Run) -> list[ReadingView]:
    base = score_news2(run.facts.baseline) if run.facts.baseline is not None else None
    found = []
    for one in readings(run.record):
        score = score_news2(one.vitals)
        asked = news2_action(score, None if one.point == "BASE" else base, run.facts.limits.news2)
        found.append(
            ReadingView(one.key, one.point, one.vitals, score, asked if score.parts else "none")
        )
    return found
