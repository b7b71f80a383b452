"""Laboratory results in words, for those who review them."""

from msclinic.domain.laboratory import Flag
from msclinic.domain.laboratory_flags import CRITICAL
from msclinic.domain.values import Code
from msclinic.services.lab_results import LabResult
from msclinic.services.session import Session
from msclinic.ui.signing import SignState
from msclinic.wording import current_language, tr

__all__ = ["result_states", "result_words", "telling"]


def result_words(session: Session, result: LabResult) -> str:
    """A result with its unit and where it lies: ``CRP 120 mg/L, critically high``."""
    language, item = current_language(), result.item
    answer = result.answer
    value = answer.value if isinstance(answer, Code) else str(answer)
    if isinstance(answer, Code) and item.codelist is not None:
        value = item.codelist.label(value, language)
    unit = session.study.units.get(result.unit)
    shown = f"{value} {unit.text(language) if unit is not None else result.unit}".strip()
    flag = {
        Flag.CRITICAL_LOW: tr("critically low"),
        Flag.CRITICAL_HIGH: tr("critically high"),
        Flag.CRITICAL_POSSIBLE: tr("may be critical"),
        Flag.ABNORMAL: tr("abnormal"),
        Flag.UNDECIDED: tr("cannot be decided"),
        Flag.LOW: tr("low"),
        Flag.HIGH: tr("high"),
        Flag.NO_RANGE: tr("cannot be judged: no range"),
    }.get(result.flag, tr("in range"))
    return f"{item.label.text(language)} {shown}, {flag}"


def telling(results: tuple[LabResult, ...]) -> list[LabResult]:
    """The results that a reviewer must have seen: all but the normal ones, in the order given."""
    return [one for one in results if one.flag is not Flag.NORMAL]


def result_states(results: tuple[LabResult, ...]) -> list[SignState]:
    """How many results a signature finds critical, and how many outside their range."""
    critical = sum(one.flag in CRITICAL for one in results)
    other = len(telling(results)) - critical
    states = []
    if critical:
        words = tr("Critical or possibly critical: {count}", count=critical)
        states.append(SignState(words, "stop", "stop"))
    if other:
        words = tr("Other results not in range: {count}", count=other)
        states.append(SignState(words, "attention", "att"))
    return states
