"""The list of items that forms and rules share is whole and consistent."""

import pytest

from msclinic.domain.infusion.items import (
    AFTER_INFUSION,
    BEDSIDE_CHECK,
    CODELISTS,
    FIT_TO_DOSE,
    INFUSION,
    ITEMS,
    ItemRule,
    items_of,
)

RULES = [pytest.param(rule, id=rule.item) for rule in ITEMS.values()]


@pytest.mark.parametrize("rule", RULES)
def test_an_item_has_known_codes_and_a_trigger_in_its_own_form(rule: ItemRule) -> None:
    assert rule.rule in (
        "yes",
        "no",
        "answered",
        "codes",
        "grade",
        "record",
        "computed",
        "optional",
    )
    if rule.type in ("code", "codes"):
        assert rule.codelist in CODELISTS
        assert set(rule.passing) <= set(CODELISTS[rule.codelist or ""])
    if rule.when is not None:
        trigger, codes = rule.when
        assert ITEMS[trigger].form == rule.form
        assert set(codes) <= set(CODELISTS[ITEMS[trigger].codelist or ""])
    assert rule.en
    assert rule.pl
    assert rule.hard or not rule.never


@pytest.mark.parametrize(
    ("form", "letter", "last"),
    [
        (FIT_TO_DOSE, "A", 28),
        (BEDSIDE_CHECK, "C", 9),
        (INFUSION, "D", 10),
        (AFTER_INFUSION, "E", 10),
    ],
)
def test_no_number_of_the_checklist_is_left_out(form: str, letter: str, last: int) -> None:
    numbers = {rule.item[:3] for rule in items_of(form)}
    assert numbers == {f"{letter}{number:02d}" for number in range(1, last + 1)}


def test_only_the_listed_items_may_never_be_overridden() -> None:
    assert {rule.item[:3] for rule in ITEMS.values() if rule.never} == {
        "A01", "A02", "A04", "A05", "A14", "A16", "A25", "A26",
    }  # fmt: skip
    assert {rule.item for rule in ITEMS.values() if rule.never and rule.item[:3] == "A25"} == {
        "A25_ADRENALINE",
        "A25_OXYGEN",
    }
