"""Answers, reasons and people in words, as forms, histories and signatures show them.

Everything is worded from the definition; no value is changed or rounded on the way.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from typing import Any

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms.definitions import ItemDefinition, Text
from msclinic.services.entry import CHANGED, LATE
from msclinic.ui.widgets.dates import partial_date_text
from msclinic.ui.widgets.fields import missing_text
from msclinic.ui.widgets.reasons import ReasonChoice
from msclinic.wording import date_text, decimal_text, time_text, tr

__all__ = [
    "MISTYPED",
    "answer_words",
    "change_reasons",
    "keep_reasons",
    "late_reasons",
    "moment_words",
    "reason_words",
]

MISTYPED = "1"
# Reasons that the program gives itself; they have no digit.
_OWN = ("when", "conflict")


def keep_reasons() -> tuple[ReasonChoice, ...]:
    """Why a value that a check doubts stands; the first one goes back to the field."""
    return (
        ReasonChoice(MISTYPED, tr("Mistyped")),
        ReasonChoice("2", tr("Rechecked, correct")),
        ReasonChoice("3", tr("Device in doubt")),
        ReasonChoice("4", tr("Known before")),
        ReasonChoice("5", tr("Other…"), needs_text=True),
    )


def change_reasons() -> tuple[ReasonChoice, ...]:
    """Why an answer was changed."""
    return (
        ReasonChoice(MISTYPED, tr("Mistyped")),
        ReasonChoice("2", tr("New information")),
        ReasonChoice("3", tr("Source says otherwise")),
        ReasonChoice("4", tr("Other…"), needs_text=True),
    )


def late_reasons() -> tuple[ReasonChoice, ...]:
    """Why something was typed later than it happened."""
    return (
        ReasonChoice("1", tr("Caring for the participant")),
        ReasonChoice("2", tr("Written on paper first")),
        ReasonChoice("3", tr("Told later")),
        ReasonChoice("4", tr("Computer not at hand")),
        ReasonChoice("5", tr("Other…"), needs_text=True),
    )


def reason_words(reason: Mapping[str, Any] | None, code: str = CHANGED) -> str:
    """A stored reason in words; empty where there is none.

    Args:
        reason: Code and text as in the record.
        code: What it was given for: ``CHANGED``, ``LATE`` or the code of a check.
    """
    if not reason:
        return ""
    choice, text = str(reason.get("code", "")), str(reason.get("text", ""))
    if choice in _OWN:
        own = {
            "when": tr("the time it happened was added"),
            "conflict": tr("chosen between two answers"),
        }
        return own[choice]
    offered = {CHANGED: change_reasons, LATE: late_reasons}.get(code, keep_reasons)()
    found = next((one for one in offered if one.code == choice), None)
    if text:
        return text
    return found.label if found is not None else choice


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
