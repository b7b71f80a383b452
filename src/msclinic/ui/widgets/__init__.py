"""The controls of the house: each takes its data by one setter and says one thing by one signal.

A control is loaded when it is first asked for, so that the sign-in does not wait for all of them.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from msclinic.ui.widgets.banner import Banner, ChairTab, Identity
    from msclinic.ui.widgets.base import (
        FlowLayout,
        IconMark,
        Panel,
        column,
        label,
        rich,
        row,
        rule,
    )
    from msclinic.ui.widgets.buttons import Button
    from msclinic.ui.widgets.chair import ChairBadge
    from msclinic.ui.widgets.chips import Chip, CountBadge, KeyHint
    from msclinic.ui.widgets.choices import Choice, keyed
    from msclinic.ui.widgets.combobox import CodeCombo
    from msclinic.ui.widgets.dates import DateField, DateTimeField, PartialDateField
    from msclinic.ui.widgets.dock import DockSlot
    from msclinic.ui.widgets.fields import FieldState, NumberField, PasswordField, TextField
    from msclinic.ui.widgets.multi_choice import MultiChoice
    from msclinic.ui.widgets.progress import Gate, GateRow, PhaseBar, Reasoned, Step, StepList
    from msclinic.ui.widgets.reasons import FindingPanel, Reason, ReasonBar, ReasonChoice
    from msclinic.ui.widgets.segmented import Segmented
    from msclinic.ui.widgets.surfaces import (
        Card,
        PageHead,
        SavedMark,
        SectionHeading,
        StatePane,
        StepFoot,
        scrolled,
    )

__all__ = [
    "Banner",
    "Button",
    "Card",
    "ChairBadge",
    "ChairTab",
    "Chip",
    "Choice",
    "CodeCombo",
    "CountBadge",
    "DateField",
    "DateTimeField",
    "DockSlot",
    "FieldState",
    "FindingPanel",
    "FlowLayout",
    "Gate",
    "GateRow",
    "IconMark",
    "Identity",
    "KeyHint",
    "MultiChoice",
    "NumberField",
    "PageHead",
    "Panel",
    "PartialDateField",
    "PasswordField",
    "PhaseBar",
    "Reason",
    "ReasonBar",
    "ReasonChoice",
    "Reasoned",
    "SavedMark",
    "SectionHeading",
    "Segmented",
    "StatePane",
    "Step",
    "StepFoot",
    "StepList",
    "TextField",
    "column",
    "keyed",
    "label",
    "rich",
    "row",
    "rule",
    "scrolled",
]

_MODULES: dict[str, tuple[str, ...]] = {
    "banner": ("Banner", "ChairTab", "Identity"),
    "base": ("FlowLayout", "IconMark", "Panel", "column", "label", "rich", "row", "rule"),
    "buttons": ("Button",),
    "chair": ("ChairBadge",),
    "chips": ("Chip", "CountBadge", "KeyHint"),
    "choices": ("Choice", "keyed"),
    "combobox": ("CodeCombo",),
    "dates": ("DateField", "DateTimeField", "PartialDateField"),
    "dock": ("DockSlot",),
    "fields": ("FieldState", "NumberField", "PasswordField", "TextField"),
    "multi_choice": ("MultiChoice",),
    "progress": ("Gate", "GateRow", "PhaseBar", "Reasoned", "Step", "StepList"),
    "reasons": ("FindingPanel", "Reason", "ReasonBar", "ReasonChoice"),
    "segmented": ("Segmented",),
    "surfaces": (
        "Card",
        "PageHead",
        "SavedMark",
        "SectionHeading",
        "StatePane",
        "StepFoot",
        "scrolled",
    ),
}
_HOMES = {name: module for module, names in _MODULES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
    globals()[name] = found
    return found
