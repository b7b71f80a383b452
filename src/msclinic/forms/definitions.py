"""What a form is: groups, items, checks, codelists, as the study's authors wrote them.

Definitions are values. They hold no answer, know no participant and never change after load.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import cached_property
from types import MappingProxyType

from attrs import field, frozen

from msclinic.domain.errors import NotInStudy
from msclinic.domain.values import MISSING_REASONS
from msclinic.forms.expressions import Expression

__all__ = [
    "GATES",
    "ITEM_TYPES",
    "MISSING_REASONS",
    "SINGLE_KEY",
    "CheckDefinition",
    "Codelist",
    "CodelistItem",
    "ContextVariable",
    "FormDefinition",
    "ItemDefinition",
    "ItemGroupDefinition",
    "Text",
    "Trend",
]

ITEM_TYPES = ("text", "integer", "decimal", "code", "codes", "date", "partial_date", "datetime")
GATES = ("G1", "G2", "G3", "G4", "G5", "G6", "G7")
SINGLE_KEY = "1"
"""The repeat key of everything that does not repeat."""


_OUTSIDE = "context_"
_PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def _names(rule: Expression | bool | None) -> frozenset[str]:
    return frozenset(rule.names) if isinstance(rule, Expression) else frozenset()


def _frozen_mapping(mapping: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType(dict(mapping))


@frozen
class Text:
    """One wording in every language of the study.

    Attributes:
        by_language: Wording by language code; English is always there.
    """

    by_language: Mapping[str, str] = field(converter=_frozen_mapping, hash=False)

    def text(self, language: str) -> str:
        """Wording in the language, or in English where the study has none."""
        found = self.by_language.get(language)
        return found if found is not None else self.by_language["en"]


@frozen
class CodelistItem:
    """One choice: its code, its label and its controlled-terminology term, if any."""

    code: str
    label: Text
    cdisc: str = ""


@frozen
class Codelist:
    """The choices of coded items, in their order on the screen.

    Attributes:
        cdisc: NCI code of the controlled terminology it maps to, or empty.
    """

    oid: str
    items: tuple[CodelistItem, ...]
    title: Text | None = None
    cdisc: str = ""

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes in their order."""
        return tuple(item.code for item in self.items)

    def label(self, code: str, language: str) -> str:
        """Label of a code, or the code itself where this codelist does not have it."""
        for item in self.items:
            if item.code == code:
                return item.label.text(language)
        return code


@frozen
class ContextVariable:
    """A fact from outside the form, seen by expressions as ``context_<name>``."""

    name: str
    type: str
    codelist: Codelist | None = None


@frozen
class CheckDefinition:
    """One check of an item.

    Attributes:
        kind: ``impossible`` refuses the value, ``gate`` stores it and keeps the gate shut,
            ``soft`` asks for a reason to keep it, ``info`` only says something.
        assertion: True where all is fine.
        gate: The gate kept shut, for a gate check.
        overridable: A physician's override may open the gate all the same.
    """

    code: str
    kind: str
    assertion: Expression
    message: Text
    gate: str | None = None
    overridable: bool = True


@frozen
class Trend:
    """That an item's values are drawn over time, and how.

    Attributes:
        panel: The study's panel it stands in.
        worse: ``higher`` or ``lower``, or empty where neither is worse as such.
        scale: Lowest and highest value of a fixed scale, or None for one that fits the values.
        by: Items whose answers part the values into series that must not be compared.
    """

    panel: str
    worse: str = ""
    scale: tuple[Decimal, Decimal] | None = None
    by: tuple[str, ...] = ()


@frozen
class ItemDefinition:
    """One thing that is asked, or computed from what was asked.

    Attributes:
        decimals: Decimal places that an answer may have; None where it is no decimal.
        who: Roles that may answer; empty where any role that may enter the form may.
        missing: Reasons that may stand for an answer.
        event: It states when something happened that is written down as it happens; typed long
            after, it asks for a reason.
        stopwatch: Its seconds can be measured where they are typed.
        trend: How it is drawn over time, or None where it is not.
    """

    oid: str
    label: Text
    type: str
    hint: Text | None = None
    unit: str | None = None
    decimals: int | None = None
    codelist: Codelist | None = None
    required: bool | Expression = False
    relevant: Expression | None = None
    calculation: Expression | None = None
    who: tuple[str, ...] = ()
    missing: tuple[str, ...] = ("NOT_DONE",)
    checks: tuple[CheckDefinition, ...] = ()
    cdisc: Mapping[str, str] = field(factory=dict, converter=_frozen_mapping, hash=False)
    event: bool = False
    stopwatch: bool = False
    trend: Trend | None = None

    @property
    def computed(self) -> bool:
        """Whether the value comes from a calculation and cannot be typed."""
        return self.calculation is not None


@frozen
class ItemGroupDefinition:
    """Items that stand together, once or in repeats."""

    oid: str
    title: Text
    items: tuple[ItemDefinition, ...]
    repeating: bool = False
    relevant: Expression | None = None
    hint: Text | None = None


@frozen
class FormDefinition:
    """One form.

    Attributes:
        zone: ``M`` for masked staff, ``U`` for the unmasked zone.
        rater_only: Only the masked raters may open it.
        own: Each person fills in one of their own, and nobody else opens it.
        reveals_arm: Its answers could reveal the arm; no masked role learns of them.
        signatures: Meanings it is signed with, in order.
        order: Item OIDs so that everything an item depends on stands before it.
        units: Display names of the units used, by UCUM code.
    """

    oid: str
    title: Text
    item_groups: tuple[ItemGroupDefinition, ...]
    repeating: bool = False
    zone: str = "M"
    rater_only: bool = False
    own: bool = False
    reveals_arm: bool = False
    domain: str = ""
    help: Text | None = None
    signatures: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    units: Mapping[str, Text] = field(factory=dict, hash=False)

    @cached_property
    def asking(self) -> Mapping[str, frozenset[str]]:
        """By name of a fact from outside, the items whose expressions or messages ask for it."""
        found: dict[str, set[str]] = {}
        for group in self.item_groups:
            for item in group.items:
                names = _names(group.relevant) | _names(item.relevant)
                names |= _names(item.calculation) | _names(item.required)
                for check in item.checks:
                    names |= _names(check.assertion)
                    for wording in check.message.by_language.values():
                        names |= set(_PLACEHOLDER.findall(wording))
                for name in names:
                    if name.startswith(_OUTSIDE):
                        found.setdefault(name.removeprefix(_OUTSIDE), set()).add(item.oid)
        return {name: frozenset(items) for name, items in found.items()}

    @property
    def context_names(self) -> frozenset[str]:
        """Names of the facts from outside that its expressions and messages ask for."""
        return frozenset(self.asking)

    @cached_property
    def _places(self) -> Mapping[str, tuple[ItemGroupDefinition, ItemDefinition]]:
        # A screen asks for its items some hundred times over.
        return {item.oid: (group, item) for group in self.item_groups for item in group.items}

    def item(self, oid: str) -> ItemDefinition:
        """The item with this OID.

        Raises:
            NotInStudy: The form has no such item.
        """
        return self._place(oid)[1]

    def item_group(self, oid: str) -> ItemGroupDefinition:
        """The item group with this OID.

        Raises:
            NotInStudy: The form has no such group.
        """
        for group in self.item_groups:
            if group.oid == oid:
                return group
        raise NotInStudy(oid)

    def group_of(self, item: str) -> ItemGroupDefinition:
        """The group an item stands in.

        Raises:
            NotInStudy: The form has no such item.
        """
        return self._place(item)[0]

    def _place(self, item: str) -> tuple[ItemGroupDefinition, ItemDefinition]:
        try:
            return self._places[item]
        except KeyError:
            raise NotInStudy(item) from None
