"""Timed tests: the result of two trials, and when it counts as worse than baseline."""

from decimal import Decimal

__all__ = ["trial_mean", "worsened"]


def trial_mean(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    """Mean time of two completed trials; None while one of them has no time.

    Source: Fischer et al., Administration and Scoring Manual for the Multiple Sclerosis Functional
    Composite (National MS Society, revised October 2001): the score of the timed 25-foot walk, and
    of each hand in the nine-hole peg test, is the average of the two completed trials.
    """
    if first is None or second is None:
        return None
    return (first + second) / 2


def worsened(baseline: Decimal | None, now: Decimal | None, percent: Decimal) -> bool | None:
    """Whether a time is longer than baseline by so many percent or more.

    A flag for those who see a participant over time, never for a rater or assessor; analysis is
    the statistician's. Source of the rule: ASCEND trial, Kapoor et al., Lancet Neurol
    2018;17:405-415, for the timed 25-foot walk and the nine-hole peg test; the percentage is the
    study's setting ``timed_worsening``.

    Returns:
        None where one of the times is unknown or the baseline is no time.
    """
    if baseline is None or now is None or baseline <= 0:
        return None
    return (now - baseline) * 100 >= percent * baseline
