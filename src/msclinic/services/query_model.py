"""A query as a person may see it, what was said, and how the item was answered meanwhile."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from msclinic.domain.values import Answer
from msclinic.forms.session import Ref

__all__ = ["Changed", "Message", "Query", "finding_words"]

_FORM, _ITEM = 4, 7


@frozen
class Query:
    """One query as a person may see it.

    Attributes:
        key: Its key.
        participant: Random id.
        scope: Path of the item or form that it is about.
        status: ``query_open``, ``query_answered`` or ``query_closed``.
        side: Who raised it: ``site``, ``sponsor`` or ``program``.
        since: When the last message was recorded.
        text: The last message; empty where the program asks.
        finding: What the program asks, by language; empty where a person does.
        may: What this person may say now: of ``ask``, ``answer``, ``close``.
        disputed: Two messages did not know of each other.
    """

    key: str
    participant: str
    scope: str
    status: str
    side: str
    since: datetime
    text: str = field(repr=False)
    finding: Mapping[str, str] = field(repr=False)
    may: frozenset[str]
    disputed: bool

    @property
    def place(self) -> tuple[str, str, str, str]:
        """Visit, its key, form, its key."""
        visit, visit_key, form, form_key = self.scope.split("/")[:_FORM]
        return visit, visit_key, form, form_key

    @property
    def prefix(self) -> str:
        """Path of the form."""
        return "/".join(self.place)

    @property
    def ref(self) -> Ref | None:
        """The item, or none where it is about the whole form."""
        parts = self.scope.split("/")
        return (parts[4], parts[5], parts[6]) if len(parts) == _ITEM else None


@frozen
class Message:
    """One thing that was said.

    Attributes:
        entry: Hash of its entry.
        kind: ``ask``, ``answer`` or ``close``.
        account: Account id; empty where the program asks, or where the reader must not know it.
        role: Role code; empty where the program asks.
        at: When it was recorded.
        text: The words; empty where there are none.
        finding: What the program asks, or the reason that was chosen, by language.
        removed: The words were blotted out.
        by: Account id as the record has it; for services that decide themselves what is shown.
    """

    entry: str
    kind: str
    account: str
    role: str
    at: datetime
    text: str = field(default="", repr=False)
    finding: Mapping[str, str] = field(factory=dict, repr=False)
    removed: bool = False
    by: str = field(default="", repr=False)


@frozen
class Changed:
    """The item's answer when the query was raised, or one that came later.

    Attributes:
        entry: Hash of its entry.
        account: Who gave it; empty where the reader must not know it or the program computed it.
        role: In which role.
        at: When it was recorded.
        answer: What it says; none where it was blotted out.
        prompted: Whether the answer names this query as what asked for it.
        first: Whether it is the answer that the query was raised about.
    """

    entry: str
    account: str
    role: str
    at: datetime
    answer: Answer | None = field(repr=False)
    prompted: bool
    first: bool = False


def finding_words(value: Mapping[str, Any] | None) -> dict[str, str]:
    """What the program asks, by language, from the value of its message."""
    words = (value or {}).get("words")
    return {str(k): str(v) for k, v in words.items()} if isinstance(words, dict) else {}
