"""EDSS steps of a participant over the visits, for those who may read the exam.

Only signed exams count. A rater never gets them: earlier scores would lead the hand (study default
``edss_prior_visible``).
"""

from datetime import datetime
from decimal import Decimal

from msclinic.domain.values import Code, from_json
from msclinic.reports.summary_model import EdssTrend, TrendPoint
from msclinic.services.over_time_worsening import baseline_visit
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.store import Head
from msclinic.study import Study

__all__ = ["edss_history", "worsening_rise"]

_FORM, _STEP, _DAY = "edss", "EDSS", "RSDTC"
_HIGHEST = Decimal(10)


def edss_history(session: Session, participant: str) -> EdssTrend:
    """The signed steps in order of time, with the step from which worsening would count.

    Args:
        session: Who looks.
        participant: Whose exams.

    Returns:
        No point at all for a role that may not read the exam.
    """
    if masked_rater(session) or not session.may(f"read:{_FORM}"):
        return EdssTrend()
    with session.store.read() as reader:
        signed = {
            row.scope
            for row in reader.signatures(participant=participant, meaning="exam")
            if row.status == "valid"
        }
        heads = reader.heads(participant=participant, form=_FORM)
    points: list[TrendPoint] = []
    steps: dict[str, Decimal] = {}
    for head in heads:
        if head.value is None or not head.path.endswith(f"/{_STEP}") or head.conflict:
            continue
        prefix = "/".join(head.path.split("/")[:4])
        step = from_json(head.value)
        if prefix not in signed or not isinstance(step, Code):
            continue
        visit = head.path.split("/", 1)[0]
        moment = _moment_of(heads, prefix) or head.recorded_at
        day = moment.astimezone(session.zone).date()
        points.append(TrendPoint(visit, day, Decimal(step.value)))
        steps[visit] = points[-1].step
    points.sort(key=lambda point: (point.day, point.visit))
    base = steps.get(baseline_visit(session.study), points[0].step if points else None)
    if base is None:
        return EdssTrend()
    rise = worsening_rise(session.study, base)
    threshold = base + rise
    return EdssTrend(
        points=tuple(points),
        threshold=threshold if threshold <= _HIGHEST else None,
        rise=rise,
        weeks=int(session.study.setting("edss_rise_weeks")),
    )


def worsening_rise(study: Study, base: Decimal) -> Decimal:
    """The rise of the EDSS over a baseline that counts as worsening.

    Source: ORATORIO, Montalban 2017; a smaller rise counts above the study's limit.
    """
    limit = Decimal(str(study.setting("edss_worsening_limit")))
    return Decimal(str(study.setting("edss_rise" if base <= limit else "edss_rise_above")))


def _moment_of(heads: list[Head], prefix: str) -> datetime | None:
    for head in heads:
        if head.path.startswith(f"{prefix}/") and head.path.endswith(f"/{_DAY}") and head.value:
            found = from_json(head.value)
            return found if isinstance(found, datetime) else None
    return None
