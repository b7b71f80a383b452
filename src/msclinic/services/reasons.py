"""The coded reasons that one digit chooses, in words.

What a digit means depends on what it was given for: a change, a late entry, a finding kept.
"""

from collections.abc import Mapping
from typing import Any

from attrs import frozen

from msclinic.services.entry_findings import CHANGED, LATE
from msclinic.wording import tr

__all__ = [
    "MISTYPED",
    "CodedReason",
    "change_reasons",
    "keep_reasons",
    "late_reasons",
    "reason_words",
]

MISTYPED = "1"
_DEVICE = "3"


@frozen
class CodedReason:
    """One reason to choose.

    Attributes:
        code: The digit.
        label: What it means.
        needs_text: Whether it asks for words.
    """

    code: str
    label: str
    needs_text: bool = False


def keep_reasons(language: str | None = None, *, measured: bool = True) -> tuple[CodedReason, ...]:
    """Why a value that a check doubts stands; the first one goes back to the field.

    Args:
        language: Another language than the chosen one.
        measured: Whether a device gave the value; no other can be blamed on one. The digits of the
            rest stay what they are.
    """
    offered = (
        CodedReason(MISTYPED, tr("Mistyped", language=language)),
        CodedReason("2", tr("Rechecked, correct", language=language)),
        CodedReason(_DEVICE, tr("Device in doubt", language=language)),
        CodedReason("4", tr("Known before", language=language)),
        CodedReason("5", tr("Other…", language=language), needs_text=True),
    )
    return tuple(one for one in offered if measured or one.code != _DEVICE)


def change_reasons(language: str | None = None) -> tuple[CodedReason, ...]:
    """Why an answer was changed."""
    return (
        CodedReason(MISTYPED, tr("Mistyped", language=language)),
        CodedReason("2", tr("New information", language=language)),
        CodedReason("3", tr("Source says otherwise", language=language)),
        CodedReason("4", tr("Other…", language=language), needs_text=True),
    )


def late_reasons(language: str | None = None) -> tuple[CodedReason, ...]:
    """Why something was typed later than it happened."""
    return (
        CodedReason("1", tr("Caring for the participant", language=language)),
        CodedReason("2", tr("Written on paper first", language=language)),
        CodedReason("3", tr("Told later", language=language)),
        CodedReason("4", tr("Computer not at hand", language=language)),
        CodedReason("5", tr("Other…", language=language), needs_text=True),
    )


def reason_words(
    reason: Mapping[str, Any] | None, code: str = CHANGED, language: str | None = None
) -> str:
    """A stored reason in words; empty where there is none.

    Args:
        reason: Code and text as in the record.
        code: What it was given for: ``CHANGED``, ``LATE`` or the code of a check.
        language: Another language than the chosen one.
    """
    if not reason:
        return ""
    choice, text = str(reason.get("code", "")), str(reason.get("text", ""))
    # Reasons that the program gives itself have no digit.
    if choice == "when":
        return tr("the time it happened was added", language=language)
    if choice == "conflict":
        return tr("chosen between two answers", language=language)
    if text:
        return text
    offered = {CHANGED: change_reasons, LATE: late_reasons}.get(code, keep_reasons)(language)
    return next((one.label for one in offered if one.code == choice), choice)
