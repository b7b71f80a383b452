"""The infusion and the vital signs of a visit, as the summary prints them.

Times and volumes are what people recorded; nothing is filled in, and a score that lacks a measure
has no total.
"""

from datetime import datetime
from decimal import Decimal

from msclinic.domain.infusion.closing import vitals_schedule
from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.news2 import score_news2
from msclinic.domain.values import Answer, Code, Codes, Missing
from msclinic.domain.vitals import reading_from_answers
from msclinic.reports.day_model import (
    Absent,
    DuePoint,
    Fact,
    Infusion,
    Interruption,
    RateStep,
    Reading,
    VitalLimits,
    VitalsRow,
)
from msclinic.services.infusion.own_check import check_hidden
from msclinic.services.visit_reading import FormReading, VisitReading, Words
from msclinic.study import Study
from msclinic.wording import plural, tr

__all__ = ["due_points", "infusion", "limits", "vitals", "vitals_note"]

_READING = "reading"
_STATES = {"due": "now", "overdue": "now", "missed": "missed", "to_come": "to_come"}


def infusion(record: VisitReading, facts: RunFacts) -> Infusion:
    """The infusion as it was given."""
    form, check = record.form("infusion"), _bedside(record)
    release = record.form("product_release")
    kit = record.said(release, "PR_KIT") or record.said(check, "C01")
    return Infusion(
        kit=kit or facts.assigned_kit or "",
        use_before=_moment(release, "PR_USE_BEFORE"),
        start=_moment(form, "D01"),
        end=_moment(form, "D07"),
        prescribed=facts.prescribed_volume,
        given=_measure(record, form, "D08_GIVEN"),
        left=_measure(record, form, "D08_LEFT"),
        rate_steps=_rate_steps(form),
        interruptions=_interruptions(record, form),
        flush=_measure(record, form, "D09_VOLUME"),
        flush_at=_moment(form, "D09_TIME"),
        line=_line(record, form),
        reaction=_symptoms(record, form),
        completion=_completion(record, form),
        facts=_more(record, release, form),
    )


def _bedside(record: VisitReading) -> FormReading | None:
    """The first bedside check, if the reader may see it by now."""
    check = record.form("bedside_check")
    place = (record.participant, record.visit, record.visit_key)
    if check is None or check_hidden(record.session, record.reader, *place, check.key):
        return None
    return check


def due_points(record: VisitReading, facts: RunFacts) -> tuple[DuePoint, ...]:
    """When vital signs were due, and what became of each point."""
    if facts.started_at is None:
        return ()
    language = record.words.language
    found = []
    for point in vitals_schedule(facts):
        if point.due is None:
            continue
        state, note = _STATES.get(point.status, "done"), ""
        if point.status == "done" and point.satisfied_by:
            state = "covered"
            note = tr("by {point}", language, point=_point(point.satisfied_by, language))
        elif point.status == "done" and point.on_time is False:
            note = tr("outside its tolerance", language)
        found.append(DuePoint(_point(point.code, language), point.due, state, note))  # type: ignore[arg-type]
    return tuple(found)


def vitals(record: VisitReading) -> tuple[VitalsRow, ...]:
    """Every reading in order of time, scored by NEWS2."""
    form = record.form("vital_signs")
    if form is None:
        return ()
    scale = form.value("NEWS2_SCALE")
    rows = [_row(record, form, key, scale) for key in form.keys(_READING)]
    return tuple(sorted((row for row in rows if row is not None), key=_taken_at))


def vitals_note(record: VisitReading) -> str:
    """How temperature and pressure were taken, in one line."""
    form = record.form("vital_signs")
    if form is None:
        return ""
    parts = []
    for item in ("VSPOS", "VSARM", "VSTEMPLOC"):
        said = record.said(form, item)
        if said:
            label = form.definition.item(item).label.text(record.words.language)
            parts.append(f"{label}: {said}")
    return ". ".join([*parts, ""]).strip()


def limits(study: Study) -> VitalLimits:
    """The usual ranges, from the study's settings."""

    def number(key: str) -> Decimal:
        return Decimal(str(study.setting(key)))

    def pair(name: str) -> tuple[Decimal, Decimal]:
        return number(f"{name}_low"), number(f"{name}_high")

    return VitalLimits(
        systolic=pair("systolic"),
        diastolic=pair("diastolic"),
        pulse=pair("pulse"),
        respiration=pair("resp"),
        spo2=number("spo2_low"),
        temperature=pair("temp"),
    )


def _row(
    record: VisitReading, form: FormReading, key: str, scale: Answer | None
) -> VitalsRow | None:
    words = record.words
    items = [item.oid for item in form.definition.item_group(_READING).items]
    answers = {item: form.value(item, key) for item in items}
    measures = [answers[item] for item in items if item not in ("VSTPT", "VSDTC", "NEWS2")]
    heads = form.register(f"{form.prefix}/{_READING}/{key}")
    at = answers["VSDTC"]
    if not isinstance(at, datetime):
        at = heads[0].recorded_at if heads else form.begun_at
    if all(value is None for value in measures):
        return None
    given = {item: value for item, value in answers.items() if value is not None}
    if scale is not None:
        given["NEWS2_SCALE"] = scale
    score = score_news2(reading_from_answers(given, at))

    def measure(item: str) -> Reading:
        found = _number(words, answers[item])
        return Absent(tr("not recorded", words.language)) if found is None else found

    level = answers["CONSCIOUSNESS"]
    point = answers["VSTPT"]
    consciousness: str | Absent = Absent(tr("not recorded", words.language))
    if isinstance(level, Code):
        consciousness = level.value
    elif isinstance(level, Missing):
        consciousness = Absent(words.missing(level))
    return VitalsRow(
        label=_point(point.value, words.language) if isinstance(point, Code) else "",
        at=at,
        systolic=measure("SYSBP"),
        diastolic=measure("DIABP"),
        pulse=measure("PULSE"),
        respiration=measure("RESP"),
        spo2=measure("OXYSAT"),
        temperature=measure("TEMP"),
        oxygen=measure("OXYGEN"),
        consciousness=consciousness,
        news2=score.total,
        any_three=score.any_three,
        note=_kept(form, key, items),
    )


def _kept(form: FormReading, key: str, items: list[str]) -> str:
    """Reasons in words with which unusual values were kept."""
    found = []
    for item in items:
        ref = (_READING, key, item)
        for check in form.definition.item(item).checks:
            head = form.kept(ref, check.code)
            text = str((head.reason or {}).get("text", "")) if head is not None else ""
            if text and text not in found:
                found.append(text)
    return "; ".join(found)


def _point(code: str, language: str) -> str:
    """A point of the schedule as the chart writes it."""
    named = {"BASE": "Base", "EOI": "End", "REACTION": "Reaction", "EXTRA": "Extra"}
    if code in named:
        return tr(named[code], language)
    if code == "VISIT":
        return tr("Visit", language)
    return code.removeprefix("EOI")


def _rate_steps(form: FormReading | None) -> tuple[RateStep, ...]:
    if form is None:
        return ()
    steps = []
    for key in form.keys("rate_step"):
        at, rate = form.value("D02_TIME", key), form.value("D02_RATE", key)
        if isinstance(at, datetime) and isinstance(rate, Decimal | int):
            steps.append((at, Decimal(rate)))
    steps.sort()
    end = _moment(form, "D07")
    ends = [at for at, _ in steps[1:]] + [end]
    return tuple(RateStep(rate, at, until) for (at, rate), until in zip(steps, ends, strict=True))


def _interruptions(record: VisitReading, form: FormReading | None) -> tuple[Interruption, ...]:
    if form is None:
        return ()
    found = []
    for key in form.keys("interruption"):
        start, end = form.value("D05_START", key), form.value("D05_END", key)
        if isinstance(start, datetime):
            found.append(
                Interruption(
                    start=start,
                    end=end if isinstance(end, datetime) else None,
                    reason=record.said(form, "D05_REASON", key),
                    volume=_number(record.words, form.value("D05_VOLUME", key)),
                )
            )
    return tuple(sorted(found, key=_begun))


def _line(record: VisitReading, form: FormReading | None) -> str:
    fit = record.form("fit_to_dose")
    words = [record.said(fit, item) for item in ("A24_SITE", "A24_SIDE", "A24_GAUGE")]
    if form is not None:
        scores = [form.value("D04_VIP", key) for key in form.keys("line_check")]
        seen = [score for score in scores if isinstance(score, int)]
        if seen:
            words.append(tr("highest VIP {score}", record.words.language, score=max(seen)))
        leaks = [form.value("D04_EXTRAVASATION", key) for key in form.keys("line_check")]
        if Code("Y") in leaks:
            item = form.definition.item("D04_EXTRAVASATION")
            words.append(item.label.text(record.words.language))
    return ", ".join(word for word in words if word)


def _symptoms(record: VisitReading, form: FormReading | None) -> str:
    """What was reported, round by round; that nothing was, only where it was asked."""
    if form is None:
        return ""
    language, asked = record.words.language, 0
    reported = []
    for key in form.keys("symptoms"):
        answer = form.value("D06_SYMPTOMS", key)
        if not isinstance(answer, Codes):
            continue
        asked += 1
        if answer.values != ("NONE",):
            said = record.said(form, "D06_SYMPTOMS", key)
            at = form.value("D06_TIME", key)
            clock = f"{record.words.moment(at)} " if isinstance(at, datetime) else ""
            reported.append(f"{clock}{said}")
    if reported:
        return "; ".join(reported)
    if not asked:
        return tr("not asked", language)
    return plural(
        asked,
        language,
        one="none reported at {count} round",
        other="none reported at {count} rounds",
    )


def _completion(record: VisitReading, form: FormReading | None) -> str:
    done = form.value("D10") if form is not None else None
    if done == Code("Y"):
        return tr("completed as planned", record.words.language)
    if done == Code("N"):
        early = tr("stopped early", record.words.language)
        reason = record.said(form, "D10_REASON")
        return f"{early}: {reason}" if reason else early
    return record.said(form, "D10")


def _more(
    record: VisitReading, release: FormReading | None, form: FormReading | None
) -> tuple[Fact, ...]:
    found = []
    for source, items in (
        (release, ("PR_VOLUME", "PR_PREPARED_AT")),
        (form, ("D03_PUMP", "D03_CALIBRATION")),
    ):
        for item in items:
            said = record.said(source, item)
            if said and source is not None:
                label = source.definition.item(item).label.text(record.words.language)
                found.append(Fact(label, said))
    return tuple(found)


def _measure(record: VisitReading, form: FormReading | None, item: str) -> Reading | None:
    return _number(record.words, form.value(item)) if form is not None else None


def _number(words: Words, answer: Answer | None) -> Reading | None:
    if isinstance(answer, Missing):
        return Absent(words.missing(answer))
    return Decimal(answer) if isinstance(answer, Decimal | int) else None


def _moment(form: FormReading | None, item: str) -> datetime | None:
    answer = form.value(item) if form is not None else None
    return answer if isinstance(answer, datetime) else None


def _taken_at(row: VitalsRow) -> datetime:
    return row.at


def _begun(pause: Interruption) -> datetime:
    return pause.start
