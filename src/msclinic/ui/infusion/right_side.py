"""Fills the clock's panel and the list of phases from a run that was read.

Words and figures only; what counts as late, open or shut was decided below.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from msclinic.reports.chart import VitalsChart
from msclinic.reports.day_model import Absent, DuePoint, VitalsRow
from msclinic.services.infusion.view import ReadingView, RunView
from msclinic.services.summary_infusion import limits
from msclinic.ui.infusion.clock_panel import ClockPanel, RunClock
from msclinic.ui.infusion.gate_words import gate_row
from msclinic.ui.infusion.meters import RateLine, VolumeShown, minutes_text
from msclinic.ui.infusion.sight import Sight, point_name
from msclinic.ui.widgets import Step
from msclinic.wording import current_language, decimal_text, plural, time_text, tr

__all__ = ["fill_clock", "next_lines", "phase_steps", "run_clock"]

_STATES: dict[str, Literal["done", "missed", "now", "to_come"]] = {
    "done": "done",
    "missed": "missed",
    "due": "now",
    "overdue": "now",
    "to_come": "to_come",
}
_MOST_TIMERS = 3


def phase_steps(sight: Sight, current: str) -> list[Step]:
    """The phases with their counts and gates."""
    view, zone = sight.view, sight.actor.zone
    steps = []
    for phase in view.phases:
        if phase.phase == current and not phase.done:
            state = "in_progress"
        elif phase.done or (phase.total and not phase.left and view.started_at is not None):
            state = "done"
        else:
            state = "not_begun"
        done = tr("{done} of {total}", done=phase.total - phase.left, total=phase.total)
        note = tr("{count} left", count=phase.left) if phase.left else done
        if phase.phase == "bedside" and phase.done and not any(one.mine for one in view.checks):
            note = ""  # the check is other people's; nothing of it waits for this person
        here = phase.done or phase.phase in (current, view.phase)
        gates = tuple(
            gate_row(view.gates[name], zone, reached=here and _reached(view, name))
            for name in phase.gates
        )
        steps.append(Step(phase.phase, tr(phase.title), state, note, gates=gates))
    return steps


def _reached(view: RunView, name: str) -> bool:
    """Whether the gate before was passed, so that this one is the matter at hand."""
    before = view.gates.get({"G2": "G1", "G3": "G2", "G4": "G3", "G7": "G6"}.get(name, ""))
    return before is None or before.status == "passed" or view.started_at is not None


def next_lines(sight: Sight) -> list[tuple[str, str, str, bool]]:
    """What comes next at this chair: clock time, words, in how long, whether it is late."""
    view, zone = sight.view, sight.actor.zone
    lines: list[tuple[str, str, str, bool]] = []
    for timer in view.timers:
        if timer.deadline is None or len(lines) == _MOST_TIMERS:
            continue
        text = timer.label.get(current_language()) or timer.label["en"]
        if timer.code.startswith("TM4:"):
            text = tr("{point} round", point=point_name(timer.code.removeprefix("TM4:")))
        late = timer.deadline < view.now
        span = minutes_text(abs(timer.deadline - view.now))
        words = tr("{span} late", span=span) if late else span
        if abs(timer.deadline - view.now) < timedelta(minutes=1):
            words = tr("now")
        lines.append((time_text(timer.deadline, zone), text, words, late))
    return lines


def run_clock(sight: Sight, now: datetime) -> RunClock:
    """What the clock says at a moment."""
    view, zone = sight.view, sight.actor.zone
    if view.started_at is None:
        return RunClock(tr("Not started"), None)
    until = view.ended_at or now
    started = time_text(view.started_at, zone, seconds=True)
    paused = minutes_text(view.paused_for)
    note = (
        tr("Started {time}, paused for {span}", time=started, span=paused)
        if view.paused_for
        else tr("Started {time}, no interruption", time=started)
    )
    seconds = max(0, (until - view.started_at) // timedelta(seconds=1))
    if view.ended_at is not None:
        return _after(sight, now, note)
    end = view.planned_end
    title = tr("Paused, started before") if view.paused_since is not None else tr("Running for")
    return RunClock(
        title=title,
        seconds=seconds,
        note=note,
        end_title=tr("Planned end"),
        end=time_text(end, zone) if end is not None else "",
        left=minutes_text(end - now) if end is not None else "",
        tone="att" if view.paused_since is not None else "text",
    )


def _after(sight: Sight, now: datetime, note: str) -> RunClock:
    view, zone = sight.view, sight.actor.zone
    ended = view.ended_at or now
    end = view.observation_until
    watched = view.state.name in ("ENDED", "OBSERVING")
    seconds = (now - ended) // timedelta(seconds=1) if watched else None
    over = end is not None and now >= end
    return RunClock(
        title=tr("Observed for") if watched else tr("Observation over"),
        seconds=seconds,
        note=f"{note}. " + tr("Ended {time}", time=time_text(ended, zone)),
        end_title=tr("Observation until"),
        end=time_text(end, zone) if end is not None and watched else "",
        left=tr("over") if over else minutes_text(end - now) if end is not None else "",
    )


def fill_clock(panel: ClockPanel, sight: Sight, now: datetime) -> None:
    """Show a run on the clock's panel."""
    view, actor = sight.view, sight.actor
    panel.set_clock(run_clock(sight, now))
    total = view.label_volume
    if total is None:
        total = Decimal(str(actor.study.setting("volume")))
    panel.set_volume(
        VolumeShown(
            total=total,
            expected=min(view.expected, total),
            pump=view.pump,
            pump_at=sight.time(view.pump_at),
            difference=view.difference,
            differs=view.pump_agrees is False,
        )
        if view.started_at is not None
        else None
    )
    rates = [RateLine(decimal_text(rate.rate), sight.time(rate.at)) for rate in view.rates]
    running = view.state.name == "RUNNING" and actor.may("infusion")
    panel.set_rates(rates, changeable=running)
    panel.set_vitals(_chart(sight, now), _news2_words(view.readings))


def _news2_words(readings: Sequence[ReadingView]) -> str:
    scored = [one for one in readings if one.news2.parts]
    if not scored:
        return ""
    last = scored[-1]
    name = point_name(last.point)
    if last.news2.total is None:
        missing = plural(
            len(last.vitals.missing), one="{count} part missing", other="{count} parts missing"
        )
        return tr("NEWS2 of {point}: incomplete, {missing}", point=name, missing=missing)
    return tr("NEWS2 of {point}: {total}", point=name, total=last.news2.total)


def _chart(sight: Sight, now: datetime) -> VitalsChart:
    view = sight.view
    rows = tuple(row for one in view.readings if (row := _row(one)) is not None)
    points = tuple(
        DuePoint(_short(one.point), one.due, _STATES[one.status])
        for one in view.rounds
        if one.vitals and one.due is not None
    )
    last = [point.due for point in points]
    return VitalsChart(
        rows=tuple(sorted(rows, key=lambda row: row.at)),
        due_points=points,
        limits=limits(sight.actor.study),
        zone=sight.actor.zone,
        language=current_language(),
        now=now if last and now <= max(last) else None,
    )


def _short(point: str) -> str:
    return tr("End") if point == "EOI" else point.removeprefix("EOI")


def _row(one: ReadingView) -> VitalsRow | None:
    vitals = one.vitals
    if vitals.taken_at is None or not one.news2.parts:
        return None
    none = Absent(tr("not recorded"))
    return VitalsRow(
        label=point_name(one.point),
        at=vitals.taken_at,
        systolic=_or(vitals.sysbp, none),
        diastolic=_or(vitals.diabp, none),
        pulse=_or(vitals.pulse, none),
        respiration=_or(vitals.resp, none),
        spo2=_or(vitals.oxysat, none),
        temperature=_or(vitals.temp, none),
        oxygen=_or(vitals.oxygen, none),
        consciousness=vitals.consciousness or none,
        news2=one.news2.total,
        any_three=one.news2.any_three,
    )


def _or(value: Decimal | None, none: Absent) -> Decimal | Absent:
    return value if value is not None else none
