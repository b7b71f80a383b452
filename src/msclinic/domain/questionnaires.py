"""Scores of questionnaires that participants answer themselves.

Answers are the numbers chosen; None is a question that was skipped. A score that the skipped
questions leave undecided has no value; nothing is guessed beyond what its source allows.
"""

from collections.abc import Sequence
from decimal import Decimal

from attrs import frozen

__all__ = [
    "MFIS_COGNITIVE",
    "MFIS_PHYSICAL",
    "MFIS_PSYCHOSOCIAL",
    "MfisScores",
    "eq5d_profile",
    "fss_mean",
    "mfis_scores",
    "msis29_impact",
]

MFIS_PHYSICAL = (4, 6, 7, 10, 13, 14, 17, 20, 21)
MFIS_COGNITIVE = (1, 2, 3, 5, 11, 12, 15, 16, 18, 19)
MFIS_PSYCHOSOCIAL = (8, 9)


@frozen
class MfisScores:
    """Sums of the Modified Fatigue Impact Scale; None where a question was skipped.

    Attributes:
        physical: 0-36.
        cognitive: 0-40.
        psychosocial: 0-8.
        total: 0-84.
    """

    physical: int | None
    cognitive: int | None
    psychosocial: int | None
    total: int | None


def mfis_scores(answers: Sequence[int | None]) -> MfisScores:
    """Sums of the 21 answers of 0-4, by subscale and in all.

    Source: Modified Fatigue Impact Scale, Multiple Sclerosis Quality of Life Inventory User's
    Manual (National MS Society, 1997), scoring of the full-length version. It has no rule for
    skipped questions, so a sum with one has no value.

    Raises:
        ValueError: There are not 21 answers.
    """
    if len(answers) != 21:
        raise ValueError("The MFIS has 21 questions.")

    def total(numbers: Sequence[int]) -> int | None:
        return _sum([answers[number - 1] for number in numbers])

    return MfisScores(
        physical=total(MFIS_PHYSICAL),
        cognitive=total(MFIS_COGNITIVE),
        psychosocial=total(MFIS_PSYCHOSOCIAL),
        total=_sum(answers),
    )


def fss_mean(answers: Sequence[int | None]) -> Decimal | None:
    """Mean of the nine answers of 1-7.

    Source: Krupp et al., The Fatigue Severity Scale, Arch Neurol 1989;46:1121-1123. It has no rule
    for skipped questions, so a mean with one has no value.

    Raises:
        ValueError: There are not nine answers.
    """
    if len(answers) != 9:
        raise ValueError("The FSS has nine questions.")
    total = _sum(answers)
    return None if total is None else Decimal(total) / 9


def msis29_impact(answers: Sequence[int | None], top: int) -> Decimal | None:
    """Impact on a scale of 0-100 from the answers of one MSIS-29 scale.

    Source: Hobart et al., The Multiple Sclerosis Impact Scale (MSIS-29), Brain 2001;124:962-973:
    the sum is carried over to 0-100; where at least half of a scale's questions are answered, the
    person's own mean stands for the skipped ones, otherwise there is no score.

    Args:
        answers: The 20 questions of the physical or the nine of the psychological scale.
        top: Highest answer: 5 in version 1, 4 in version 2; the lowest is 1.

    Raises:
        ValueError: No questions, no scale, or an answer that the version does not have.
    """
    if not answers or top < 2:
        raise ValueError("A scale has questions, and answers from 1 to its top.")
    given = [answer for answer in answers if answer is not None]
    if any(not 1 <= answer <= top for answer in given):
        raise ValueError("An answer lies outside the scale of its version.")
    if not given or 2 * len(given) < len(answers):
        return None
    return Decimal(100 * (sum(given) - len(given))) / (len(given) * (top - 1))


def eq5d_profile(levels: Sequence[int | None]) -> str | None:
    """Health state as the five levels in the order of the dimensions, such as ``21345``.

    Source: EuroQol Research Foundation, EQ-5D-5L User Guide (version 3.0, 2019), section on
    scoring the descriptive system. A state with a skipped dimension has no profile here.

    Raises:
        ValueError: There are not five levels.
    """
    if len(levels) != 5:
        raise ValueError("The EQ-5D has five dimensions.")
    if any(level is None for level in levels):
        return None
    return "".join(str(level) for level in levels)


def _sum(answers: Sequence[int | None]) -> int | None:
    given = [answer for answer in answers if answer is not None]
    return sum(given) if len(given) == len(answers) else None
