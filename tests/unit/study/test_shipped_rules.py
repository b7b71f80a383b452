"""The shipped study's rules never fail, whatever is answered."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from msclinic.domain.values import Answer, Code, Codes, Missing, PartialDate
from msclinic.forms import Codelist, EntrySession
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


@cache
def study() -> Study:
    return load_study(shipped_study())


def any_answer(
    kind: str, decimals: int | None, codelist: Codelist | None, dice: random.Random
) -> Answer:
    codes = codelist.codes if codelist else ("",)
    day = date(1960, 1, 1) + timedelta(days=dice.randrange(30000))
    match kind:
        case "integer":
            return dice.choice((0, 1, 7, 16, 36, 70, 98, 120, 2026, dice.randrange(300)))
        case "decimal":
            return Decimal(dice.randrange(5000)).scaleb(-(decimals or 0))
        case "code":
            return Code(dice.choice(codes))
        case "codes":
            return Codes(tuple(code for code in codes if dice.random() < 0.4))
        case "date":
            return day
        case "partial_date":
            return PartialDate(day.isoformat()[: dice.choice((4, 7, 10))])
        case "datetime":
            return NOW + timedelta(minutes=dice.randrange(-5000, 5000))
        case _:
            return dice.choice(("", "MSC-001", "it's"))


@pytest.mark.parametrize("oid", sorted(path.stem for path in shipped_study().glob("forms/*.yaml")))
@pytest.mark.parametrize("seed", range(3))
def test_no_rule_of_a_shipped_form_ever_fails(oid: str, seed: int) -> None:
    dice = random.Random(seed)
    form = study().form(oid)
    context: dict[str, Answer | bool | None] = {
        variable.name: dice.random() < 0.5
        if variable.type == "boolean"
        else any_answer(variable.type, 1, variable.codelist, dice)
        for variable in study().context
        if dice.random() < 0.8
    }
    repeats = {group.oid: ("a", "b") for group in form.item_groups if group.repeating}
    entry = EntrySession(form, context, {}, NOW, repeats)
    for _ in range(4):
        for ref in entry.refs():
            item = form.item(ref[2])
            answer = any_answer(item.type, item.decimals, item.codelist, dice)
            if item.missing and dice.random() < 0.2:
                answer = Missing(dice.choice(item.missing))
            outcome = entry.set(ref, answer)
            faults = [f for f in outcome.findings if f.code == "EXPRESSION_FAULT"]
            assert faults == []
        assert "EXPRESSION_FAULT" not in {finding.code for finding in entry.findings()}


def test_times_of_the_infusion_day_are_events_and_the_history_is_not() -> None:
    forms = study().forms
    marked = {
        oid: {i.oid for group in form.item_groups for i in group.items if i.event}
        for oid, form in forms.items()
    }
    assert marked["infusion"] == {
        *("D01", "D02_TIME", "D04_TIME", "D05_START", "D05_END", "D06_TIME", "D07", "D09_TIME")
    }
    assert marked["fit_to_dose"] == {"A16_READ", "A24_TIME", "A27_TIME", "A28_TIME"}
    assert marked["after_infusion"] == {"E03_TIME", "E05_TIME"}
    assert marked["vital_signs"] == {"VSDTC"}
    # A kit is released an hour after its preparation at the earliest: no time here is typed late.
    assert not marked["product_release"] | marked["adverse_event"] | marked["demography"]
