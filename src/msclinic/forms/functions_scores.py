"""The functions of questionnaires and timed tests; what they compute is in the domain."""

from collections.abc import Callable
from decimal import Decimal

from msclinic.domain.questionnaires import (
    MfisScores,
    eq5d_profile,
    fss_mean,
    mfis_scores,
    msis29_impact,
)
from msclinic.domain.timed_tests import trial_mean
from msclinic.forms.host_function import HostFunction, Kind

__all__ = ["SCORES"]

_N = frozenset({Kind.NUMBER})
_C = frozenset({Kind.CODE})


def _chosen(codes: tuple[str | None, ...]) -> list[int | None]:
    return [None if code is None else int(code) for code in codes]


def _number(score: int | Decimal | None) -> Decimal | None:
    return None if score is None else Decimal(score)


def _mfis(codes: tuple[str | None, ...]) -> MfisScores:
    return mfis_scores(_chosen(codes))


def _mfis_physical(*codes: str | None) -> Decimal | None:
    return _number(_mfis(codes).physical)


def _mfis_cognitive(*codes: str | None) -> Decimal | None:
    return _number(_mfis(codes).cognitive)


def _mfis_psychosocial(*codes: str | None) -> Decimal | None:
    return _number(_mfis(codes).psychosocial)


def _mfis_total(*codes: str | None) -> Decimal | None:
    return _number(_mfis(codes).total)


def _fss_mean(*codes: str | None) -> Decimal | None:
    return fss_mean(_chosen(codes))


def _msis29_impact(top: Decimal, *codes: str | None) -> Decimal | None:
    return msis29_impact(_chosen(codes), int(top))


def _eq5d_profile(*codes: str | None) -> str | None:
    return eq5d_profile(_chosen(codes))


def _score(
    name: str,
    questions: int,
    call: Callable[..., Decimal | str | None],
    explained: str,
    result: Kind = Kind.NUMBER,
) -> HostFunction:
    return HostFunction(
        name, (_C,) * questions, result, call, explained, partial=True, lenient=True
    )


SCORES: list[HostFunction] = [
    _score("mfis_physical", 21, _mfis_physical, "MFIS physical sum, 0-36, of all 21 answers."),
    _score("mfis_cognitive", 21, _mfis_cognitive, "MFIS cognitive sum, 0-40, of all 21 answers."),
    _score(
        "mfis_psychosocial",
        21,
        _mfis_psychosocial,
        "MFIS psychosocial sum, 0-8, of all 21 answers.",
    ),
    _score("mfis_total", 21, _mfis_total, "MFIS total, 0-84; none while one was skipped."),
    _score("fss_mean", 9, _fss_mean, "FSS mean, 1-7; none while one was skipped."),
    HostFunction(
        "msis29_impact",
        (_N, _C),
        Kind.NUMBER,
        _msis29_impact,
        "MSIS-29 scale on 0-100: highest answer, then the scale's answers; half must be given.",
        variadic=True,
        partial=True,
        lenient=True,
    ),
    _score(
        "eq5d_profile",
        5,
        _eq5d_profile,
        "EQ-5D health state such as 21345; none while one was skipped.",
        Kind.TEXT,
    ),
    HostFunction(
        "trial_mean", (_N, _N), Kind.NUMBER, trial_mean, "Mean time of two completed trials."
    ),
]
"""Scores of questionnaires and timed tests."""
