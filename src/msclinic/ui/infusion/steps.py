"""Which step stands in the middle of a run, and how it is built for the person who acts.

The key of a step says when it has to be built anew; nothing here is remembered between two reads.
"""

from datetime import timedelta
from decimal import Decimal

from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    FIT_TO_DOSE,
    INFUSION,
    PRODUCT_RELEASE,
    VITAL_SIGNS,
)
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.actions import (
    compare,
    measure_baseline_again,
    open_bedside_check,
    round_readings,
)
from msclinic.services.infusion.stop_findings import asked_for
from msclinic.services.infusion.view import ReadingView
from msclinic.ui.editors import EditorSetting
from msclinic.ui.infusion.bedside_step import CheckStep
from msclinic.ui.infusion.closing_step import ClosingStep
from msclinic.ui.infusion.end_step import EndStep
from msclinic.ui.infusion.meters import minutes_text
from msclinic.ui.infusion.round_step import RoundStep
from msclinic.ui.infusion.running_step import RunningShown, RunningStep
from msclinic.ui.infusion.section_step import Section, SectionStep
from msclinic.ui.infusion.sight import Sight, point_name, round_name
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.infusion.words_step import WordsStep
from msclinic.wording import current_language, decimal_text, tr

__all__ = [
    "make_step",
    "running_shown",
]

_PAUSES = ("ACCESS", "PUMP", "TOILET", "OTHER")
_SHOWN = {
    "SYSBP": "sysbp",
    "DIABP": "diabp",
    "PULSE": "pulse",
    "RESP": "resp",
    "TEMP": "temp",
    "OXYSAT": "oxysat",
    "OXYGEN": "oxygen",
    "CONSCIOUSNESS": "consciousness",
}


def make_step(sight: Sight, what: str, point: str, *, anew: bool = False) -> StepPage:
    """Build a step.

    Args:
        sight: Who acts and what the run is like.
        what: A stage of ``stage``, or ``round``.
        point: The round's point where it is one.
        anew: Whether the round is measured anew, though there is one of that point.
    """
    if what == "round":
        return _round(sight, point, anew=anew)
    made = {
        "fit": _fit,
        "release": _release,
        "check": _check,
        "start": _start,
        "running": _running,
        "ending": _ending,
        "ended": _ended,
        "course": _course,
        "watching": _watching,
        "leaving": _leaving,
        "closing": _closing,
    }.get(what)
    return made(sight) if made is not None else WordsStep(*_words(sight, what))


def _words(sight: Sight, what: str) -> tuple[str, str, tuple[str, ...]]:
    view = sight.view
    if what == "release_wait":
        g1 = view.gates["G1"].signed
        since = max((at for _, at in g1), default=None)
        line = tr(
            "Waits for the preparer since {time}, for {span}.",
            time=sight.time(since),
            span=minutes_text(view.now - since) if since else "",
        )
        return (
            "empty",
            tr("The product is not released yet"),
            (
                line,
                tr("Two preparers sign the release from their own sign-in, or here beside you."),
            ),
        )
    if what == "check_early":
        return (
            "read_only",
            tr("The bedside check comes after gate G1"),
            (tr("Fit to dose is not signed, or no longer valid."),),
        )
    if what == "check_begin":
        return (
            "empty",
            tr("Two nurses check here, each alone"),
            (tr("Your own answers begin with you; the other person's stay hidden."),),
        )
    if what == "not_started":
        return "empty", tr("Nothing to do here yet"), (tr("This comes later in the day."),)
    if what == "signed":
        done = tr(
            "Started {start}, ended {end}.",
            start=sight.time(view.started_at),
            end=sight.time(view.ended_at),
        )
        return (
            "read_only",
            tr("The visit is closed and signed"),
            (
                done,
                tr("Answers can still be corrected with a reason; signatures above become void."),
            ),
        )
    words = {
        "PLANNED": (tr("The participant has not arrived yet"), tr("Say that they are here.")),
        "DEFERRED": (tr("The infusion is deferred"), tr("The visit is booked for another day.")),
        "CANCELLED": (tr("The infusion is cancelled"), tr("Nothing is given at this visit.")),
    }
    title, line = words.get(view.state.name, (tr("Nothing to do here yet"), ""))
    return "empty", title, (line,)


def _fit(sight: Sight) -> StepPage:
    language = current_language()
    fit, vitals = sight.entry(FIT_TO_DOSE), sight.entry(VITAL_SIGNS)
    sections = [
        Section(group.oid, group.title.text(language), fit, (group.oid,))
        for group in fit.form.item_groups
    ]
    place = next((n for n, one in enumerate(sections) if one.key == "measures"), len(sections))
    sections[place:place] = _baseline(sight, vitals)
    return SectionStep(sections)


def _baseline(sight: Sight, vitals: FormEntry) -> list[Section]:
    language = current_language()
    group = vitals.form.item_group("conditions")
    chosen: tuple[Ref, ...] = tuple(
        ("conditions", "1", item.oid) for item in group.items if item.oid != "WEIGHT"
    )
    base = [one for one in sight.view.readings if one.point == "BASE"]
    known = _reading_refs(vitals, base[-1].key) if base else ()

    def prepare() -> tuple[str | Ref, ...]:
        if known:
            return known
        view = sight.view
        opened = round_readings(sight.actor, view.participant, view.visit, "BASE", view.visit_key)
        vitals.reload()
        return opened.reading

    def again() -> tuple[str | Ref, ...]:
        view = sight.view
        opened = measure_baseline_again(sight.actor, view.participant, view.visit, view.visit_key)
        vitals.reload()
        return opened.reading

    before = sight.view.started_at is None
    anew = (tr("Measure baseline again"), again) if before else None
    title = tr("Baseline vital signs")
    return [
        Section("conditions", group.title.text(language), vitals, chosen),
        Section("base", title, vitals, known, 3, prepare, anew),
    ]


def _reading_refs(vitals: FormEntry, key: str) -> tuple[Ref, ...]:
    return tuple(
        ("reading", key, item.oid)
        for item in vitals.form.item_group("reading").items
        if not item.computed and item.oid not in ("VSTPT", "VSDTC")
    )


def _release(sight: Sight) -> StepPage:
    entry = sight.entry(PRODUCT_RELEASE)
    return _groups(entry, *[group.oid for group in entry.form.item_groups], fold=False)


def _groups(entry: FormEntry, *groups: str, fold: bool = False) -> SectionStep:
    language = current_language()
    return SectionStep(
        [
            Section(oid, entry.form.item_group(oid).title.text(language), entry, (oid,))
            for oid in groups
        ],
        fold=fold,
    )


def _check(sight: Sight) -> StepPage:
    actor, view = sight.actor, sight.view
    if not actor.may("enter:bedside_check"):
        title = tr("Two nurses check here, each alone")
        return WordsStep("read_only", title, (tr("Your role has no answers here."),))
    entry = open_bedside_check(actor, view.participant, view.visit, view.visit_key)
    comparison = compare(actor, view.participant, view.visit, view.visit_key)
    others = [check.account for check in view.checks if not check.mine]
    return CheckStep(entry, others, comparison)


def _start(sight: Sight) -> StepPage:
    entry = sight.entry(INFUSION)
    title = tr("Pump")
    chosen: tuple[Ref, ...] = (entry.ref("D03_PUMP"), entry.ref("D03_CALIBRATION"))
    return SectionStep([Section("pump", title, entry, chosen)], fold=False)


def _round(sight: Sight, point: str, *, anew: bool) -> StepPage:
    view = sight.view
    entry = round_readings(
        sight.actor, view.participant, view.visit, point, view.visit_key, again=anew
    )
    last = _last(view.readings, point)
    note = ""
    if view.ended_at is None and view.started_at is not None:
        volume = decimal_text(view.expected.quantize(Decimal("0.1")))
        note = tr("expected {volume} mL now", volume=volume)
    return RoundStep(entry, last, note)


def _last(readings: tuple[ReadingView, ...], point: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for one in readings:
        if one.point == point and point != "EXTRA":
            continue
        for item, name in _SHOWN.items():
            value = getattr(one.vitals, name)
            if value is not None:
                shown = value if isinstance(value, str) else decimal_text(value)
                found[item] = f"{point_name(one.point)} {shown}"
    return found


def _setting(sight: Sight, entry: FormEntry) -> EditorSetting:
    return EditorSetting(
        language=current_language(),
        zone=sight.actor.zone,
        now=sight.actor.now,
        units=entry.form.units,
        chair=True,
        room=600,
    )


def _running(sight: Sight) -> StepPage:
    entry = sight.entry(INFUSION)
    reasons = entry.form.item("D05_REASON").codelist
    language = current_language()
    pairs = [(code, reasons.label(code, language)) for code in _PAUSES] if reasons else []
    rate, volume = entry.form.item("D02_RATE"), entry.form.item("D05_VOLUME")
    step = RunningStep(rate, volume, pairs, _setting(sight, entry))
    step.set_shown(running_shown(sight))
    return step


def running_shown(sight: Sight) -> RunningShown:
    """What stands between two rounds now."""
    view = sight.view
    rule = asked_for(view.findings)
    if view.paused_since is not None:
        span = minutes_text(view.now - view.paused_since)
        detail = tr("For {span}. Vital signs go on by the clock.", span=span)
        if rule == "pause":
            detail = tr("For {span}. It goes on when the values are well again.", span=span)
        title = tr("Paused since {time}", time=sight.time(view.paused_since))
        return RunningShown(title, detail, paused=True, rule=rule)
    if rule == "pause":
        detail = tr("Stop the pump and record the pause; the physician comes to the chair.")
        return RunningShown(tr("Pause the infusion"), detail, rule=rule)
    ordered = _ordered_rate(sight)
    one = view.next_round
    if one is None or one.due is None:
        return RunningShown(tr("No further round"), "", rule=rule, ordered_rate=ordered)
    headline = tr("{round} at {time}", round=round_name(one.point), time=sight.time(one.due))
    if abs(one.due - view.now) < timedelta(minutes=1):
        detail = tr("now")
    elif one.due > view.now:
        detail = tr("in {span}", span=minutes_text(one.due - view.now))
    else:
        detail = tr("{span} late", span=minutes_text(view.now - one.due))
    return RunningShown(headline, detail, rule=rule, ordered_rate=ordered)


def _ordered_rate(sight: Sight) -> Decimal | None:
    """The ordered rate whose time has come, unless a stop rule speaks."""
    view = sight.view
    if asked_for(view.findings) or len(view.rates) != 1 or view.started_at is None:
        return None
    study = sight.actor.study
    minutes = int(study.setting("rate_first_minutes"))
    if view.now - view.started_at - view.paused_for < timedelta(minutes=minutes):
        return None
    return Decimal(str(study.setting("rate_second")))


def _ending(sight: Sight) -> StepPage:
    entry = sight.entry(INFUSION)
    return EndStep(entry.form, _setting(sight, entry))


def _ended(sight: Sight) -> StepPage:
    return _groups(sight.entry(INFUSION), "end")


def _course(sight: Sight) -> StepPage:
    entry = sight.entry(INFUSION)
    return _groups(entry, "start", "rate_step", "interruption", "line_check", fold=True)


def _watching(sight: Sight) -> StepPage:
    return _groups(sight.entry(AFTER_INFUSION), "observation")


def _leaving(sight: Sight) -> StepPage:
    return _groups(sight.entry(AFTER_INFUSION), "discharge")


def _closing(sight: Sight) -> StepPage:
    return ClosingStep(sight)
