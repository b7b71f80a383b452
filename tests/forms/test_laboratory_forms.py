"""The shipped laboratory forms: who fills them in, when they are due, how they hang together."""

import re

import pytest
from tests.forms.test_shipped_study import items, study

from msclinic.domain.laboratory import Flag
from msclinic.domain.laboratory_units import TESTS

LAB_FORMS = (
    "lab_safety",
    "pregnancy_test",
    "biomarker_blood",
    "biomarker_csf",
    "biomarker_results",
    "csf_results",
)
RESULT_FORMS = ("lab_safety", "pregnancy_test", "csf_results", "biomarker_results")


def required(visit: str) -> set[str]:
    return {one.form for one in study().visit(visit).forms if one.required}


def test_laboratory_forms_are_due_at_the_visits_of_the_schedule() -> None:
    # Schedule of assessments: safety and pregnancy tests at every visit, blood from the first
    # infusion on, cerebrospinal fluid at the first and the last.
    every = {"SCR", "V1", "V2", "V3", "V4", "V5", "ET"}
    due = {form: {code for code in every if form in required(code)} for form in LAB_FORMS}
    assert due["lab_safety"] == due["pregnancy_test"] == every
    assert due["biomarker_blood"] == every - {"SCR"}
    assert due["biomarker_csf"] == {"V1", "V5", "ET"}
    # Results come after the visit, which does not wait for them.
    assert due["csf_results"] == due["biomarker_results"] == set()
    for code in ("V1", "V5", "ET"):
        assert "csf_results" in {one.form for one in study().visit(code).forms}
    offered = {one.form for one in study().visit("UNS").forms}
    assert {"lab_safety", "pregnancy_test"} <= offered - required("UNS")


def test_blood_is_drawn_before_the_infusion_is_prepared() -> None:
    order = [one.form for one in study().visit("V1").forms]
    for form in ("lab_safety", "pregnancy_test", "biomarker_blood"):
        assert order.index("vital_signs") < order.index(form) < order.index("fit_to_dose")


def test_the_same_restricted_form_waits_at_every_infusion_visit_and_after() -> None:
    asked = {
        visit.code
        for visit in study().visits
        if "restricted_results" in {one.form for one in visit.forms}
    }
    assert asked == {"V1", "V2", "V3", "V4", "V5", "ET"}


@pytest.mark.parametrize("form", LAB_FORMS)
def test_the_laboratory_enters_each_form_and_raters_know_none(form: str) -> None:
    assert study().may("LAB", "enter", form)
    for role in ("RAT", "ASSESSOR", "ADMIN", "PREP", "LABU"):
        assert not study().may(role, "read", form)
        assert not study().may(role, "enter", form)


def test_results_are_typed_by_the_laboratory_and_judged_by_physicians() -> None:
    for form, item in items():
        variable = item.cdisc.get("variable")
        if form in ("lab_safety", "csf_results", "biomarker_results") and variable == "LBORRES":
            assert item.who == ("LAB",), (form, item.oid)
        if variable == "LBCLSIG":
            assert item.who == ("PHY", "PI"), (form, item.oid)


@pytest.mark.parametrize("form", RESULT_FORMS)
def test_every_flag_can_be_judged_and_the_form_waits_for_the_review(form: str) -> None:
    definition = study().form(form)
    assert definition.signatures == ("lab_reviewed",)
    names = {item.oid for group in definition.item_groups for item in group.items}
    tests = {name.removesuffix("_LBNRIND") for name in names if name.endswith("_LBNRIND")}
    assert tests
    for test in tests:
        assert {f"{test}_LBORRES", f"{test}_LBCLSIG"} <= names
    assert "LBDAT" in names


def test_the_codelist_of_flags_is_the_programs() -> None:
    assert set(study().codelists["NRIND"].codes) == {flag.value for flag in Flag}


def test_units_offered_for_a_test_are_those_the_program_converts_the_standard_one_first() -> None:
    seen = set()
    for form in ("lab_safety", "csf_results", "biomarker_results"):
        definition = study().form(form)
        for _, item in ((one, item) for one, item in items() if one == form):
            if item.calculation is None or "lab_standard" not in item.calculation.functions:
                continue
            (test,) = re.findall(r"lab_standard\('(\w+)'", item.calculation.source)
            (unit,) = (n for n in item.calculation.names if n.endswith("_LBORRESU"))
            codelist = definition.item(unit).codelist
            assert codelist is not None
            assert set(codelist.codes) == set(TESTS[test].factors), test
            assert codelist.codes[0] == item.unit == TESTS[test].standard, test
            seen.add(test)
    assert seen == set(TESTS)


def test_every_flagged_test_has_a_range_for_adults_of_both_sexes_at_the_site() -> None:
    source = {
        test
        for form, item in items()
        # Values of an assay are compared with ranges of that assay, which none is shipped of.
        if item.calculation is not None
        and "lab_flag" in item.calculation.functions
        and form != "biomarker_results"
        for test in re.findall(r"lab_flag\(LBNAM, '(\w+)'", item.calculation.source)
    }
    text = study().content.decode()
    for test in source:
        assert f"laboratory: SITE, test: {test}," in text, test
