"""Timed tests that are worse than at baseline by the study's threshold, for the picture over time.

A flag for those who see a participant over time, never for a rater or assessor; the analysis is the
statistician's.
"""

from collections.abc import Iterable
from decimal import Decimal

from attrs import evolve

from msclinic.domain.timed_tests import worsened
from msclinic.reports.over_time_model import Series, TimePoint
from msclinic.study import Study
from msclinic.wording import decimal_text, tr

__all__ = ["TIMED_MEANS", "baseline_visit", "flagged"]

TIMED_MEANS = frozenset({("t25fw", "T25FW_MEAN"), ("nhpt", "NHPT_MEAN_D"), ("nhpt", "NHPT_MEAN_N")})
"""Form and item of the means that the rule judges, each hand by itself."""


def baseline_visit(study: Study) -> str:
    """The visit of infusion 1, or empty where the study has none."""
    return next((visit.code for visit in study.visits if visit.infusion == 1), "")


def flagged(series: Series, study: Study, language: str) -> Series:
    """A series of a timed test with its reference in words and what is worse marked.

    The reference is fixed at the baseline visit; screening counts as practice and never is one.
    Where that visit has no settled value nothing is judged, and the series says so.

    Source of rule and reference: ASCEND trial, Kapoor et al., Lancet Neurol 2018;17:405-415; study
    default, to be confirmed by the protocol (setting ``timed_worsening``).

    Args:
        series: Of one of ``TIMED_MEANS``.
        study: Whose setting and schedule count.
        language: Of the words.
    """
    visit = baseline_visit(study)
    percent = Decimal(str(study.setting("timed_worsening")))
    reference = _settled(point for point in series.points if point.visit == visit)
    if reference is None:
        words = tr("No settled value at {visit}: worsening is not judged", language, visit=visit)
        return evolve(series, reference=words)
    text = f"{reference.text} {series.unit}".strip()
    return evolve(
        series,
        reference=tr("at {visit}: {value}", language, visit=visit, value=text),
        worsening=tr(
            "worse: at least {percent} % longer than at {visit}",
            language,
            percent=decimal_text(percent, language),
            visit=visit,
        ),
        points=tuple(
            evolve(point, worsened=_worse(reference, point, percent)) for point in series.points
        ),
    )


def _worse(reference: TimePoint, point: TimePoint, percent: Decimal) -> bool:
    """Whether a settled value after the reference is worse by so much."""
    later = point.day > reference.day and not point.stale
    return later and worsened(reference.value, point.value, percent) is True


def _settled(points: Iterable[TimePoint]) -> TimePoint | None:
    """The only value of a visit; none if it is missing, disputed or computed from older trials."""
    found = [point for point in points if point.value is not None and not point.stale]
    return found[0] if len(found) == 1 else None
