"""Eligibility: the program shows what contradicts an answer, and answers nothing itself."""

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from tests.forms.test_shipped_study import (
    CONTEXT,
    NO,
    NOW,
    YES,
    found,
    give,
    ref,
    session,
    study,
)

from msclinic.domain.values import Answer, PartialDate
from msclinic.forms.definitions import FormDefinition
from msclinic.forms.session import EntrySession
from msclinic.shipped import shipped_study
from msclinic.study import load_study

FITS: dict[str, Answer | bool | None] = {
    "BIRTH_YEAR": 1980,
    "CONSENT_DATE": date(2026, 10, 27),
    "EDSS_SIGNED": True,
    "SIGNED_EDSS": Decimal("4.5"),
    "RECENT_RELAPSE_OR_STEROID": False,
    "EX01_UNDECIDED": False,
}
MET: dict[str, Answer] = {"AGE": 46, "IN01": YES, "IN02": YES, "IN03": YES, "EX01": NO}
PROPOSED = [f"EXD{number:02d}" for number in range(1, 12)]


def eligibility(**context: Answer | bool | None) -> EntrySession:
    return session("eligibility", **{**FITS, **context})


def soft(entry: EntrySession) -> list[str]:
    return [finding.code for finding in found(entry, "soft")]


def form() -> FormDefinition:
    return study().forms["eligibility"]


def test_answers_that_fit_the_record_are_not_questioned() -> None:
    entry = eligibility()
    give(entry, **MET, IEYN=YES, IEDAT=date(2026, 11, 24))
    assert entry.findings() == ()
    assert entry.open_items() == ()


def test_nothing_is_answered_before_the_physician_does() -> None:
    entry = eligibility()
    assert entry.computed() == {}
    assert all(not item.computed for group in form().item_groups for item in group.items)
    assert all(set(item.who) == {"PHY", "PI"} for g in form().item_groups for item in g.items)


@pytest.mark.parametrize(("age", "fits"), [(44, False), (45, True), (46, True), (47, False)])
def test_age_is_held_against_the_year_of_birth(age: int, fits: bool) -> None:
    entry = eligibility()
    give(entry, AGE=age)
    assert ("AGE_BIRTH_YEAR" not in soft(entry)) is fits


@pytest.mark.parametrize(
    ("born", "age", "inside"), [(2008, 18, True), (2009, 17, False), (1961, 65, True)]
)
def test_age_is_held_against_the_limits(born: int, age: int, inside: bool) -> None:
    entry = eligibility(BIRTH_YEAR=born)
    give(entry, AGE=age, IN01=YES)
    assert soft(entry) == ([] if inside else ["AGE_OUTSIDE", "IN01_CONFLICT"])
    give(entry, IN01=NO)
    assert soft(entry) == (["IN01_WITHIN"] if inside else ["AGE_OUTSIDE"])


def test_age_without_a_known_year_of_birth_is_not_questioned() -> None:
    entry = eligibility(BIRTH_YEAR=None)
    give(entry, AGE=30)
    assert soft(entry) == []


@pytest.mark.parametrize(
    ("step", "inside"),
    [("2.5", False), ("3.0", True), ("6.5", True), ("7.0", False)],
)
def test_edss_is_held_against_the_signed_exam(step: str, inside: bool) -> None:
    entry = eligibility(SIGNED_EDSS=Decimal(step))
    give(entry, IN03=YES)
    assert soft(entry) == ([] if inside else ["IN03_CONFLICT"])
    give(entry, IN03=NO)
    assert soft(entry) == (["IN03_WITHIN"] if inside else [])


def test_edss_of_an_exam_that_nobody_signed_is_unknown() -> None:
    entry = eligibility(EDSS_SIGNED=False, SIGNED_EDSS=None)
    assert soft(entry) == []
    give(entry, IN03=YES)
    assert soft(entry) == ["IN03_UNSIGNED"]


def test_a_recent_relapse_in_the_log_contradicts_no() -> None:
    entry = eligibility(
        RECENT_RELAPSE_OR_STEROID=True, LAST_RELAPSE_OR_STEROID=PartialDate("2026-09")
    )
    give(entry, EX01=NO)
    (finding,) = found(entry, "soft")
    assert finding.code == "EX01_CONFLICT"
    assert "2026-09" in finding.message["en"]
    assert "2026-09" in finding.message["pl"]
    give(entry, EX01=YES)
    assert soft(entry) == []


def test_empty_logs_contradict_yes() -> None:
    entry = eligibility()
    give(entry, EX01=YES)
    assert soft(entry) == ["EX01_NOT_IN_LOGS"]


@pytest.mark.parametrize("answer", [YES, NO])
def test_a_date_that_leaves_it_open_is_said_and_contradicts_nothing(answer: Answer) -> None:
    entry = eligibility(RECENT_RELAPSE_OR_STEROID=None, EX01_UNDECIDED=True)
    give(entry, EX01=answer)
    assert soft(entry) == []
    assert [finding.code for finding in found(entry, "info")] == ["EX01_UNDECIDED"]


def test_the_proposed_exclusions_are_shipped_switched_off() -> None:
    entry = eligibility()
    for item in PROPOSED:
        assert study().setting(item.lower()) is False
        assert study().settings[item.lower()].tag == "DEFAULT"
        assert not entry.relevant(ref("eligibility", item))


def test_an_exclusion_that_is_switched_on_is_asked_and_counts(tmp_path: Path) -> None:
    folder = tmp_path / "study"
    shutil.copytree(shipped_study(), folder)
    settings = (folder / "study.yaml").read_text("utf-8")
    off = "{key: exd04, value: false,"
    assert off in settings
    settings = settings.replace(off, off.replace("false", "true"))
    (folder / "study.yaml").write_text(settings, encoding="utf-8")
    switched = load_study(folder)
    context = {**CONTEXT, **FITS}
    entry = EntrySession(switched.forms["eligibility"], context, {}, NOW)
    assert [item for item in PROPOSED if entry.relevant(ref("eligibility", item))] == ["EXD04"]
    give(entry, **MET, IEYN=YES)
    assert entry.required(ref("eligibility", "EXD04"))
    give(entry, EXD04=YES)
    assert soft(entry) == ["IEYN_CONFLICT"]
    give(entry, IEYN=NO)
    assert soft(entry) == []
    give(entry, EXD04=NO)
    assert soft(entry) == ["IEYN_NO_CRITERION"]


@pytest.mark.parametrize("criterion", ["IN01", "IN02", "IN03", "EX01"])
def test_a_criterion_not_met_contradicts_eligible(criterion: str) -> None:
    entry = eligibility(RECENT_RELAPSE_OR_STEROID=None)
    give(entry, **MET, IEYN=YES)
    assert "IEYN_CONFLICT" not in soft(entry)
    give(entry, **{criterion: YES if criterion == "EX01" else NO})
    assert "IEYN_CONFLICT" in soft(entry)
    give(entry, IEYN=NO)
    assert not {"IEYN_CONFLICT", "IEYN_NO_CRITERION"} & set(soft(entry))


def test_not_eligible_without_a_criterion_is_questioned() -> None:
    entry = eligibility()
    give(entry, **MET, IEYN=NO)
    assert soft(entry) == ["IEYN_NO_CRITERION"]


def test_no_check_of_eligibility_holds_a_gate() -> None:
    kinds = {c.kind for g in form().item_groups for item in g.items for c in item.checks}
    assert kinds == {"impossible", "soft", "info"}
