"""The controls of the house: each takes its data by one setter and says one thing by one signal."""

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
from msclinic.ui.widgets.choices import Choice, MultiChoice, Segmented, keyed
from msclinic.ui.widgets.combobox import CodeCombo
from msclinic.ui.widgets.dates import DateField, DateTimeField, PartialDateField
from msclinic.ui.widgets.dock import DockSlot
from msclinic.ui.widgets.fields import FieldState, NumberField, PasswordField, TextField
from msclinic.ui.widgets.progress import Gate, GateRow, PhaseBar, Reasoned, Step, StepList
from msclinic.ui.widgets.reasons import FindingPanel, Reason, ReasonBar, ReasonChoice
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
