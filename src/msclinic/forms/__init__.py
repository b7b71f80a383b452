"""Form definitions, expressions and the entry session: never a screen, never a store."""

from msclinic.forms.definitions import (
    CheckDefinition,
    Codelist,
    CodelistItem,
    FormDefinition,
    ItemDefinition,
    ItemGroupDefinition,
    Text,
)
from msclinic.forms.session import EntrySession, Outcome, Ref

__all__ = [
    "CheckDefinition",
    "Codelist",
    "CodelistItem",
    "EntrySession",
    "FormDefinition",
    "ItemDefinition",
    "ItemGroupDefinition",
    "Outcome",
    "Ref",
    "Text",
]
