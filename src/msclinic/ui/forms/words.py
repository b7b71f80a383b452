"""Answers, reasons and people in words, as forms, histories and signatures show them.

Everything is worded from the definition; no value is changed or rounded on the way.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.definitions import ItemDefinition, Text
from msclinic.services import reasons
from msclinic.services.reasons import MISTYPED, reason_words
from msclinic.ui.widgets.dates import partial_date_text
from msclinic.ui.widgets.fields import missing_text
from msclinic.ui.widgets.reasons import ReasonChoice
from msclinic.wording import date_text, decimal_text, time_text

__all__ = [
    "MISTYPED",
    "answer_words",
    "change_reasons",
    "keep_reasons",
    "late_reasons",
    "moment_words",
    "reason_words",
]


def keep_reasons(*, measured: bool = True) -> tuple[ReasonChoice, ...]:
    """Why a value that a check doubts stands; the first one goes back to the field.

    Args:
        measured: Whether a device gave the value.
    """
    return _choices(reasons.keep_reasons(measured=measured))


def change_reasons() -> tuple[ReasonChoice, ...]:
    """Why an answer was changed."""
    return _choices(reasons.change_reasons())


def late_reasons() -> tuple[ReasonChoice, ...]:
    """Why something was typed later than it happened."""
    return _choices(reasons.late_reasons())


def _choices(coded: Iterable[reasons.CodedReason]) -> tuple[ReasonChoice, ...]:
    return tuple(ReasonChoice(one.code, one.label, needs_text=one.needs_text) for one in coded)


def answer_words(
    answer: Answer | None,
    item: ItemDefinition,
    language: str,
    zone: tzinfo,
    units: Mapping[str, Text] | None = None,
) -> str:
    """An answer as people read it, with its unit; empty for none."""
    if answer is None:
        return ""
    if isinstance(answer, Missing):
        return missing_text(answer.reason)
    if isinstance(answer, Code):
        return _label(item, answer.value, language)
    if isinstance(answer, Codes):
        return ", ".join(_label(item, code, language) for code in answer.values)
    if isinstance(answer, PartialDate):
        return partial_date_text(answer)
    if isinstance(answer, datetime):
        return moment_words(answer, zone)
    if isinstance(answer, date):
        return date_text(answer)
    if isinstance(answer, Decimal | int):
        number = decimal_text(answer if isinstance(answer, Decimal) else Decimal(answer))
        unit = item.unit or ""
        if units and unit in units:
            unit = units[unit].text(language)
        return f"{number} {unit}".strip()
    return answer


def moment_words(moment: datetime, zone: tzinfo, *, seconds: bool = False) -> str:
    """Day and time at the site: ``24 Nov 2026 10:02``."""
    here = moment.astimezone(zone)
    return f"{date_text(here.date())} {time_text(moment, zone, seconds=seconds)}"


def _label(item: ItemDefinition, code: str, language: str) -> str:
    return item.codelist.label(code, language) if item.codelist else code
