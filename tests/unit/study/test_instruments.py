"""Items that the program is built on are there, and what is never overridden stays so."""

import re

import pytest
from tests.unit.study.spoiled import found_in, line_of

from msclinic.shipped import shipped_study
from msclinic.study import load_study
from msclinic.study.instruments import INSTRUMENT_ITEMS, NEVER_OVERRIDDEN

FIT, LAB = "forms/fit_to_dose.yaml", "forms/lab_safety.yaml"


def test_an_item_under_another_name_is_missed_by_the_program():
    found = found_in((FIT, "item: A25_OXYGEN\n", "item: A25_OXYGEN_TANK\n"))
    assert (FIT, 1, "A25_OXYGEN", "INSTRUMENT_ITEM") in found


def test_an_item_of_another_type_unit_or_without_its_codes_is_named_with_its_line():
    weight = 'unit: "kg"' if 'unit: "kg"' in _text(FIT) else "unit: kg"
    found = found_in(
        (FIT, weight, "unit: mL"),
        ("codelists.yaml", "code: POSTMENOPAUSAL", "code: PAST"),
    )
    assert (FIT, line_of(FIT, "item: A18\n"), "A18", "INSTRUMENT_ITEM") in found
    assert (FIT, line_of(FIT, "item: A15\n"), "A15", "INSTRUMENT_ITEM") in found


def _text(file: str) -> str:
    return (shipped_study() / file).read_text("utf-8")


def test_a_flag_of_a_result_needs_its_judgement_beside_it():
    found = found_in((LAB, "item: CRP_LBCLSIG", "item: CRP_JUDGED"))
    assert (LAB, line_of(LAB, "item: CRP_LBNRIND"), "CRP_LBCLSIG", "INSTRUMENT_ITEM") in found


@pytest.mark.parametrize("form", sorted(NEVER_OVERRIDDEN))
def test_what_is_never_overridden_is_a_mistake_once_a_physician_could(form: str):
    file = f"forms/{form}.yaml"
    text = _text(file)
    opened = text.replace("overridable: false", "overridable: true")
    found = found_in((file, text, opened))
    never = {item for _, _, item, code in found if code == "NEVER_OVERRIDABLE"}
    assert never == NEVER_OVERRIDDEN[form]
    lines = {line for _, line, _, code in found if code == "NEVER_OVERRIDABLE"}
    shown = opened.splitlines()
    assert all("overridable: true" in shown[line - 1] for line in lines)


def test_a_gate_check_that_says_nothing_of_overriding_could_be_overridden():
    text = _text(FIT)
    block = re.search(r"- code: A25_OXYGEN_GATE\n(?:.*\n){2}            overridable: false\n", text)
    assert block is not None
    silent = block.group(0).replace("            overridable: false\n", "")
    found = found_in((FIT, block.group(0), silent))
    line = line_of(FIT, "- code: A25_OXYGEN_GATE")
    assert found == {(FIT, line, "A25_OXYGEN", "NEVER_OVERRIDABLE")}


def test_every_form_the_program_is_built_on_is_shipped():
    study = load_study(shipped_study())
    assert {need.form for need in INSTRUMENT_ITEMS} <= set(study.forms)
