"""Whether the answers of a checklist let a gate open, item by item.

A blank is not an answer. 'Not applicable' comes only from a rule or where the item allows it.
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from attrs import field, frozen

from msclinic.domain.infusion.facts import RunFacts
from msclinic.domain.infusion.items import ITEMS, ItemRule, items_of
from msclinic.domain.values import Answer, Code, Missing

__all__ = [
    "Blocker",
    "applicable",
    "block",
    "form_blockers",
    "item_blocker",
    "passing_items",
]


@frozen
class Blocker:
    """One thing that keeps a gate shut.

    Attributes:
        code: Why, as a stable code.
        item: Item id it hangs on; '' if none.
        parameters: Values in the sentence.
        en: The sentence in English.
        pl: The sentence in Polish.
        overridable: Whether a physician may override it.
    """

    code: str
    item: str
    en: str
    pl: str
    overridable: bool = False
    parameters: Mapping[str, str] = field(factory=dict)


_SENTENCES: dict[str, tuple[str, str]] = {
    "UNANSWERED": ("{en}: not answered yet.", "{pl}: brak odpowiedzi."),
    "NOT_DONE": ("{en}: not done.", "{pl}: nie wykonano."),
    "UNKNOWN": ("{en}: not known.", "{pl}: nie wiadomo."),
    "NOT_APPLICABLE": (
        "{en}: 'not applicable' is no answer here.",
        "{pl}: „nie dotyczy” nie jest tu odpowiedzią.",
    ),
    "FAILED": (
        "{en}: the answer is stored and keeps the gate shut.",
        "{pl}: odpowiedź jest zapisana i nie pozwala otworzyć bramki.",
    ),
    "DIFFERS": (
        "{en}: differs from the open record or the order.",
        "{pl}: różni się od otwartego zapisu lub zlecenia.",
    ),
}


def block(
    code: str,
    en: str,
    pl: str,
    *,
    item: str = "",
    overridable: bool = False,
    parameters: Mapping[str, str] | None = None,
) -> Blocker:
    """Make a blocker."""
    return Blocker(code, item, en, pl, overridable, dict(parameters or {}))


def _item_block(rule: ItemRule, code: str, overridable: bool) -> Blocker:
    en, pl = _SENTENCES[code]
    return Blocker(
        code,
        rule.item,
        en.format(en=rule.en),
        pl.format(pl=rule.pl),
        overridable and not rule.never,
    )


def applicable(rule: ItemRule, answers: Mapping[str, Answer], facts: RunFacts) -> bool:
    """Tell whether an item is asked at all, by computed rule."""
    if facts.sex == "M" and rule.item.startswith(("A15", "A16", "A17")):
        return False
    if rule.item == "C06_RATE2" and len(facts.planned_rates) < 2:
        return False
    if rule.item == "E05_ESCORT" and not facts.escort_required:
        return False
    if rule.when is None:
        return True
    trigger, codes = rule.when
    answer = answers.get(trigger)
    if isinstance(answer, Code):
        return answer.value in codes
    # Childbearing potential not known is no proof that a test is not due.
    return rule.never and isinstance(answer, Missing)


def _matches_record(
    rule: ItemRule, answer: Answer, answers: Mapping[str, Answer], facts: RunFacts
) -> bool:
    if rule.item in ("A01", "C02_BAG", "C02_CARD"):
        return answer == facts.participant_code
    if rule.item in ("C01", "PR_KIT"):
        return facts.assigned_kit is not None and answer == facts.assigned_kit
    if not isinstance(answer, Decimal | int):
        return False
    number = Decimal(answer)
    if rule.item == "C06_LABEL":
        allowed = facts.prescribed_volume * facts.limits.label_percent / 100
        return abs(number - facts.prescribed_volume) <= allowed
    if rule.item == "C06_PUMP":
        return number in (facts.prescribed_volume, answers.get("C06_LABEL"))
    index = 0 if rule.item == "C06_RATE1" else 1
    return number == facts.planned_rates[index].rate


def item_blocker(rule: ItemRule, answers: Mapping[str, Answer], facts: RunFacts) -> Blocker | None:
    """Return what one item has against its gate, or None.

    Args:
        rule: The item.
        answers: Answers of the same form and, for checkers, of the same person.
        facts: The run.
    """
    if rule.rule in ("computed", "optional") or not applicable(rule, answers, facts):
        return None
    answer = answers.get(rule.item)
    if answer is None:
        return _item_block(rule, "UNANSWERED", False)
    if isinstance(answer, Missing):
        if answer.reason == "NA":
            return None if rule.na else _item_block(rule, "NOT_APPLICABLE", True)
        if not rule.hard:
            return None
        not_done = answer.reason in ("NOT_DONE", "NOT_ASKED", "UNABLE", "REFUSED")
        return _item_block(rule, "NOT_DONE" if not_done else "UNKNOWN", True)
    if not rule.hard:
        return None
    if rule.rule == "record":
        same = _matches_record(rule, answer, answers, facts)
        return None if same else _item_block(rule, "DIFFERS", True)
    value = answer.value if isinstance(answer, Code) else None
    wanted = {"yes": ("Y",), "no": ("N",), "codes": rule.passing}.get(rule.rule)
    if wanted is not None and value not in wanted:
        return _item_block(rule, "FAILED", True)
    if rule.rule == "grade" and (value is None or int(value) >= facts.limits.prior_grade):
        return _item_block(rule, "FAILED", True)
    if rule.item == "A16_READ" and _other_day(answer, facts):
        return block(
            "TEST_NOT_TODAY",
            "The pregnancy test was not read today.",
            "Test ciążowy nie został odczytany dzisiaj.",
            item="A16_READ",
        )
    return None


def _other_day(answer: Answer, facts: RunFacts) -> bool:
    return (
        not isinstance(answer, datetime) or answer.astimezone(facts.zone).date() != facts.visit_day
    )


def form_blockers(
    form: str, answers: Mapping[str, Answer], facts: RunFacts, group: str = "main"
) -> tuple[Blocker, ...]:
    """Return what the items of a form have against their gate, in checklist order."""
    found = (item_blocker(rule, answers, facts) for rule in items_of(form) if rule.group == group)
    return tuple(blocker for blocker in found if blocker is not None)


def passing_items(form: str, answers: Mapping[str, Answer], facts: RunFacts) -> tuple[str, ...]:
    """Return the item ids of a form that are asked, answered and have nothing against them."""
    return tuple(
        rule.item
        for rule in items_of(form)
        if answers.get(rule.item) is not None
        and applicable(rule, answers, facts)
        and item_blocker(ITEMS[rule.item], answers, facts) is None
    )
