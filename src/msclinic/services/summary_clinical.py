"""The rater's examination and the adverse events, as the summary prints them.

The rater's step stands; the computed one is only shown beside it, with its reason.
"""

from datetime import date, datetime
from decimal import Decimal

from msclinic.domain.edss import SYSTEM_ITEMS, FunctionalSystems, score_edss
from msclinic.domain.values import Answer, Code, Missing, from_json
from msclinic.reports.day_model import Absent, Reading
from msclinic.reports.summary_model import AdverseEvent, Edss, EdssTrend, FsGrade, TrendPoint
from msclinic.services.edss_history import worsening_rise
from msclinic.services.people import account_code
from msclinic.services.visit_reading import FormReading, VisitReading
from msclinic.wording import tr

__all__ = ["adverse_events", "edss", "edss_trend"]

_EXAM = "edss"


def edss(record: VisitReading) -> Edss | None:
    """The examination of the visit, or none where none was begun."""
    form = record.form(_EXAM)
    if form is None:
        return None
    language = record.words.language
    grades = {name: _whole(form.value(item)) for name, item in SYSTEM_ITEMS.items()}
    walk = _whole(form.value("AMBULATION"))
    score = score_edss(FunctionalSystems(**grades), walk)
    signed = [
        row
        for row in record.reader.signatures(participant=record.participant, meaning="exam")
        if row.status == "valid" and any(p.startswith(form.prefix + "/") for p, _ in row.items)
    ]
    points = _points(record)
    known_base = _baseline(record, points)
    return Edss(
        step=_step(record, form.value("EDSS")),
        computed=score.step,
        explanation=score.explanation[language] if form.value("AMBULATION") is not None else "",
        difference=_difference(record, form),
        grades=(
            *(
                _grade(record, form, item, score.converted.get(item))
                for item in SYSTEM_ITEMS.values()
            ),
            _walking(record, form),
        ),
        baseline=known_base,
        rated_by=account_code(signed[-1].actor or "" if signed else form.actor[0]),
        rated_at=signed[-1].typed_at if signed else None,
        coding=tr(
            "Ambulation score coded {coding}.",
            language,
            coding=record.session.study.setting("ambulation_coding"),
        ),
    )


def edss_trend(record: VisitReading) -> EdssTrend | None:
    """The rater's steps of every visit up to this one."""
    if record.form(_EXAM) is None:
        return None
    points = _points(record)
    base = _baseline(record, points)
    if base is None or len(points) < 2:
        return EdssTrend(points) if points else None
    rise = worsening_rise(record.session.study, base)
    return EdssTrend(points, base + rise, rise)


def adverse_events(log: VisitReading) -> tuple[AdverseEvent, ...]:
    """Every adverse event on record, counted in the order in which they were reported."""
    return tuple(
        _event(log, form, number)
        for number, form in enumerate(log.forms("adverse_event"), start=1)
        if form.value("AETERM") is not None
    )


def _event(log: VisitReading, form: FormReading, number: int) -> AdverseEvent:
    grade = form.value("AETOXGR")
    judged = form.heads(form.ref("AEREL"))
    return AdverseEvent(
        number=number,
        term=log.said(form, "AETERM"),
        grade=_grade_or_reason(log, grade),
        serious=form.value("AESER") == Code("Y"),
        onset=log.said(form, "AESTTIM") or log.said(form, "AESTDAT"),
        end=log.said(form, "AEENDAT"),
        outcome=log.said(form, "AEOUT"),
        relatedness=log.said(form, "AEREL"),
        assessed_by=account_code(judged[0].actor or "") if judged else "",
        action=log.said(form, "AEACN"),
        note="",
    )


def _points(record: VisitReading) -> tuple[TrendPoint, ...]:
    """Steps with their days, not later than this visit's own exam."""
    days: dict[str, date] = {}
    steps: dict[str, Decimal] = {}
    for head in record.reader.heads(participant=record.participant, form=_EXAM):
        parts = head.path.split("/")
        if len(parts) != 7 or head.value is None:
            continue
        place, answer = "/".join(parts[:2]), from_json(head.value)
        if parts[6] == "RSDTC" and isinstance(answer, datetime):
            days[place] = answer.astimezone(record.session.zone).date()
        elif parts[6] == "EDSS" and isinstance(answer, Code):
            steps[place] = Decimal(answer.value)
    own = days.get(f"{record.visit}/{record.visit_key}")
    found = [
        TrendPoint(place.split("/")[0], days[place], step)
        for place, step in steps.items()
        if place in days and (own is None or days[place] <= own)
    ]
    return tuple(sorted(found, key=_day))


def _baseline(record: VisitReading, points: tuple[TrendPoint, ...]) -> Decimal | None:
    """The step before the first dose: of the visit of infusion 1, otherwise the first known."""
    first = next((v.code for v in record.session.study.visits if v.infusion == 1), None)
    known = {point.visit: point.step for point in points}
    if first in known:
        return known[first]
    return points[0].step if points else None


def _grade(record: VisitReading, form: FormReading, item: str, counts: int | None) -> FsGrade:
    language = record.words.language
    label = form.definition.item(item).label.text(language)
    note = ""
    if item == "FS_CEREBELLAR" and form.value("FS_CEREBELLAR_X") == Code("Y"):
        note = tr("X: weakness or sensory loss interferes", language)
    return FsGrade(
        label,
        _grade_or_reason(record, form.value(item)),
        "" if counts is None else str(counts),
        note,
    )


def _walking(record: VisitReading, form: FormReading) -> FsGrade:
    label = form.definition.item("AMBULATION").label.text(record.words.language)
    answer = form.value("AMBULATION")
    return FsGrade(label, _grade_or_reason(record, answer), "", "")


def _grade_or_reason(record: VisitReading, answer: Answer | None) -> int | Absent:
    if isinstance(answer, Missing):
        return Absent(record.words.missing(answer))
    grade = _whole(answer)
    return Absent(tr("not recorded", record.words.language)) if grade is None else grade


def _difference(record: VisitReading, form: FormReading) -> str:
    said = [record.said(form, item) for item in ("EDSS_REASON", "EDSS_REASON_TEXT")]
    return ": ".join(text for text in said if text)


def _step(record: VisitReading, answer: Answer | None) -> Reading:
    if isinstance(answer, Code):
        return Decimal(answer.value)
    if isinstance(answer, Missing):
        return Absent(record.words.missing(answer))
    return Absent(tr("not recorded", record.words.language))


def _whole(answer: Answer | None) -> int | None:
    return int(answer.value) if isinstance(answer, Code) and answer.value.isdigit() else None


def _day(point: TrendPoint) -> date:
    return point.day
