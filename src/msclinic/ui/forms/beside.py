"""What is said beside an item: its note, the finding that comes first, and the reasons it offers.

Rules over the open form only; the panel shows what they give and stores what is chosen.
"""

from collections.abc import Callable, Iterable
from datetime import datetime

from attrs import frozen

from msclinic.domain.values import Finding, Missing, from_json
from msclinic.forms.definitions import ItemDefinition
from msclinic.forms.session import Ref
from msclinic.services.entry import CHANGED, LATE, FormEntry, ItemState, Stored
from msclinic.services.journal_words import removed_words
from msclinic.services.people import account_code
from msclinic.ui.editors import EditorSetting
from msclinic.ui.forms.words import answer_words, change_reasons, keep_reasons, late_reasons
from msclinic.ui.typed import other_reading
from msclinic.ui.widgets.fields import missing_text
from msclinic.ui.widgets.reasons import ReasonChoice
from msclinic.wording import time_text, tr

__all__ = ["CONFLICT", "Beside", "Said", "choose_contender", "contenders", "holds_open"]

CONFLICT = "CONFLICT"
# Findings that ask for a digit; a gate asks too, until it has its reason.
_ASKING = ("soft", "gate")
_NUMBERS = ("decimal", "integer")
# Units that a calendar counts.
_CALENDAR = ("a", "mo", "wk", "d")


@frozen
class Said:
    """A finding as it stands beside an item.

    Attributes:
        finding: The one that comes first.
        reasons: What can be chosen for it; none where it only tells.
        advice: What to do; None for the editor's own words.
    """

    finding: Finding
    reasons: tuple[ReasonChoice, ...]
    advice: str | None


def holds_open(state: ItemState) -> bool:
    """Whether a finding keeps the item from being done."""
    return bool(state.findings) and any(
        found.severity in ("soft", "impossible") for found in state.findings
    )


class Beside:
    """What is said beside the items of one panel."""

    def __init__(
        self, entry: FormEntry, setting: EditorSetting, shown: Callable[[], Iterable[Ref]]
    ) -> None:
        """Take what is asked about.

        Args:
            entry: The open form.
            setting: Language and units of the panel.
            shown: The items of the panel, as it stands.
        """
        self._entry, self._setting, self._shown = entry, setting, shown

    def note(
        self,
        ref: Ref,
        state: ItemState,
        *,
        happened: datetime | None,
        choices: bool,
        explain: bool,
    ) -> str:
        """The quiet words under an item.

        Args:
            ref: Which item.
            state: How it stands.
            happened: A time that was typed and is not stored yet.
            choices: Whether the editor shows choices, which cannot show why there is no answer.
            explain: Whether to say why it cannot be answered.
        """
        item, parts = self._entry.form.item(ref[2]), []
        if state.removed:
            parts.append(removed_words())
        if isinstance(state.answer, Missing) and choices:
            parts.append(missing_text(state.answer.reason))
        if isinstance(state.answer, datetime):
            other = other_reading(state.answer, self._entry.session.zone)
            if other:
                parts.append(tr("this hour came twice; the other: {typed}", typed=other))
        heads = self._entry.heads(ref)
        happened = happened or (heads[0].event_time if heads else None)
        if happened is not None:
            zone = self._entry.session.zone
            parts.append(tr("happened {time}", time=time_text(happened, zone)))
        if state.read_only and not item.computed and explain:
            parts.append(self.read_only_words(item))
        return " · ".join(parts)

    def read_only_words(self, item: ItemDefinition) -> str:
        """Why an item cannot be answered here."""
        study, language = self._entry.session.study, self._setting.language
        if self._entry.may_enter and item.who:
            roles = [study.roles[code].short.text(language) for code in item.who]
            return tr("For: {roles}", roles=", ".join(roles))
        return tr("You may only read this.")

    def said(self, ref: Ref, state: ItemState) -> Said | None:
        """The finding to show; None for none."""
        if not state.findings:
            return None
        together = len(self.late()) > 1
        found = [f for f in state.findings if not (f.code == LATE and together)]
        if not found:
            return None
        # What asks for a reason comes before a gate that has its reason already.
        found.sort(key=lambda one: (one.severity != "impossible", not _asks(one, state)))
        return Said(found[0], *self._offered(ref, found[0], state))

    def asks_here(self, ref: Ref, state: ItemState) -> bool:
        """Whether this person can settle a finding beside the item."""
        if not state.findings:
            return False
        together = len(self.late()) > 1
        return any(
            _asks(found, state)
            and not (found.code == LATE and together)
            and self._offered(ref, found, state)[0]
            for found in state.findings
        )

    def late(self) -> list[Ref]:
        """The items that were typed later than they happened."""
        state = self._entry.state
        return [
            ref
            for ref in self._shown()
            if (findings := state(ref).findings) and any(one.code == LATE for one in findings)
        ]

    def _offered(
        self, ref: Ref, finding: Finding, state: ItemState
    ) -> tuple[tuple[ReasonChoice, ...], str | None]:
        if not self._entry.may_enter or not _asks(finding, state):
            return (), ""
        if finding.code == CHANGED:
            return change_reasons(), tr("One digit:")
        if finding.code == LATE:
            return late_reasons(), tr("One digit:")
        if finding.code == CONFLICT:
            return () if state.read_only else contenders(self._entry, ref, self._setting), ""
        item = self._entry.form.item(ref[2])
        measured = _measured(item)
        never = finding.parameters.get("overridable") == "false"
        if finding.severity == "gate" and never and not measured:
            # Somebody else's code, or a consent not given: no reason lets that stand.
            return (), ""
        advice = None
        if not measured:
            advice = tr("Check it again. Or say why it stands, with one digit:")
        if item.computed:
            return keep_reasons(measured=measured)[1:], advice  # nobody typed it
        return ((), "") if state.read_only else (keep_reasons(measured=measured), advice)


def contenders(entry: FormEntry, ref: Ref, setting: EditorSetting) -> tuple[ReasonChoice, ...]:
    """The answers of two people who did not know of each other, each with its digit."""
    zone, item = entry.session.zone, entry.form.item(ref[2])
    found = []
    for place, head in enumerate(entry.heads(ref), start=1):
        answer = from_json(head.value) if head.value else None
        words = answer_words(answer, item, setting.language, zone, setting.units)
        who = account_code(head.actor or "")
        at = time_text(head.typed_at, zone)
        found.append(ReasonChoice(str(place), f"{words} · {who}, {at}"))
    return tuple(found)


def choose_contender(entry: FormEntry, ref: Ref, digit: str) -> Stored | None:
    """Let one of two answers stand; None where it says nothing.

    Args:
        entry: The open form.
        ref: The item.
        digit: Which of the ``contenders``.
    """
    value = entry.heads(ref)[int(digit) - 1].value
    if value is None:
        return None
    return entry.answer(ref, from_json(value), reason={"code": "conflict", "text": ""})


def _measured(item: ItemDefinition) -> bool:
    """Whether a device, or a hand with one, gave the value; an age is read from a document."""
    return item.type in _NUMBERS and item.unit is not None and item.unit not in _CALENDAR


def _asks(finding: Finding, state: ItemState) -> bool:
    return finding.severity in _ASKING and finding.code not in state.kept
