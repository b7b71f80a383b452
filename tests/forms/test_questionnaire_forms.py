"""Questionnaires: neutral labels, nothing filled in, skipping recorded, scores computed."""

from decimal import Decimal

import pytest
from tests.forms.test_shipped_study import NO, NOW, YES, found, give, ref, session, study

from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.session import EntrySession

SKIPPED = Missing("REFUSED")
QUESTIONS = {"msis29": 29, "mfis": 21, "fss": 9, "eq5d5l": 6}
CONDUCT: dict[str, Answer] = {
    "QSPERF": YES,
    "QSDTC": NOW,
    "QSEVAL": Code("TABLET"),
    "QSVERSION": "2.0 pl",
}


def questions(form: str) -> list[str]:
    group = study().forms[form].item_group("questions")
    return [item.oid for item in group.items]


def conduct(form: str) -> dict[str, Answer]:
    """How it was filled in; the MSIS-29 is bound to the version that is scored."""
    return CONDUCT | ({"QSVERSION": Code("V2_PL")} if form == "msis29" else {})


def answered(form: str, choice: str) -> EntrySession:
    entry = session(form)
    give(entry, **conduct(form))
    for item in questions(form):
        kind = study().forms[form].item(item).type
        give(entry, **{item: Code(choice) if kind == "code" else int(choice)})
    return entry


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_a_questionnaire_has_its_questions_and_none_of_the_licensed_words(form: str) -> None:
    items = [study().forms[form].item(oid) for oid in questions(form)]
    assert len(items) == QUESTIONS[form]
    for number, item in enumerate(items, start=1):
        assert item.label.text("en").split(",")[0] == f"Question {number}"
        assert item.label.text("pl").split(",")[0] == f"Pytanie {number}"
        assert item.hint is None
        for choice in item.codelist.items if item.codelist else ():
            assert choice.label.text("en") == choice.label.text("pl") == choice.code


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_nothing_is_answered_beforehand_and_everything_is_asked(form: str) -> None:
    entry = session(form)
    give(entry, **conduct(form))
    assert {item for _, _, item in entry.open_items()} == set(questions(form))
    assert entry.computed() == {}


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_every_question_may_be_skipped_with_a_reason(form: str) -> None:
    entry = session(form)
    give(entry, **conduct(form))
    for item in questions(form):
        assert give(entry, **{item: SKIPPED}).accepted
    assert entry.open_items() == ()
    assert entry.computed() == {}


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_a_questionnaire_not_done_asks_for_the_reason_only(form: str) -> None:
    entry = session(form)
    give(entry, QSPERF=NO)
    assert {item for _, _, item in entry.open_items()} == {"QSREASND"}


@pytest.mark.parametrize("form", sorted(QUESTIONS))
def test_who_answered_and_how_is_recorded(form: str) -> None:
    modes = study().codelists["QS_MODE"].codes
    assert set(modes) >= {"TABLET", "PAPER"}
    assert study().forms[form].item("QSEVAL").cdisc["variable"] == "QSEVAL"


def test_msis_scales_run_from_nothing_to_a_hundred() -> None:
    low, high = answered("msis29", "1"), answered("msis29", "4")
    for scale in ("MSIS_PHYSICAL", "MSIS_PSYCHOLOGICAL"):
        assert low.value(ref("msis29", scale)) == Decimal("0.0")
        assert high.value(ref("msis29", scale)) == Decimal("100.0")


def test_msis_takes_the_twenty_physical_questions_apart_from_the_nine_others() -> None:
    entry = answered("msis29", "1")
    give(entry, MSIS20=Code("4"))
    assert entry.value(ref("msis29", "MSIS_PHYSICAL")) == Decimal("5.0")
    assert entry.value(ref("msis29", "MSIS_PSYCHOLOGICAL")) == Decimal("0.0")
    give(entry, MSIS21=Code("4"))
    assert entry.value(ref("msis29", "MSIS_PSYCHOLOGICAL")) == Decimal("11.1")


def test_msis_has_a_score_as_long_as_half_a_scale_is_answered() -> None:
    entry = answered("msis29", "2")
    for item in questions("msis29")[20:24]:
        give(entry, **{item: SKIPPED})
    assert entry.value(ref("msis29", "MSIS_PSYCHOLOGICAL")) == Decimal("33.3")
    give(entry, MSIS29=SKIPPED)
    assert entry.value(ref("msis29", "MSIS_PSYCHOLOGICAL")) is None
    assert entry.value(ref("msis29", "MSIS_PHYSICAL")) == Decimal("33.3")


def test_an_answer_that_the_version_in_use_does_not_have_is_neither_offered_nor_taken() -> None:
    entry = session("msis29")
    give(entry, **conduct("msis29"))
    for item in questions("msis29"):
        offered = study().forms["msis29"].item(item).codelist
        assert offered is not None
        assert offered.codes == ("1", "2", "3", "4")
    assert not give(entry, MSIS01=Code("5")).accepted
    assert give(entry, MSIS01=Code("4")).accepted


def test_mfis_shows_its_three_sums_and_the_total() -> None:
    entry = answered("mfis", "4")
    scores = {item[2]: value for item, value in entry.computed().items()}
    assert scores == {
        "MFIS_PHYSICAL": 36,
        "MFIS_COGNITIVE": 40,
        "MFIS_PSYCHOSOCIAL": 8,
        "MFIS_TOTAL": 84,
    }
    give(entry, MFIS0109=SKIPPED)
    assert {item[2] for item in entry.computed()} == {"MFIS_PHYSICAL", "MFIS_COGNITIVE"}


def test_fss_shows_its_mean() -> None:
    entry = answered("fss", "5")
    give(entry, FSS0109=Code("7"))
    assert entry.value(ref("fss", "FSS_MEAN")) == Decimal("5.22")


def test_health_state_is_shown_and_the_scale_ends_at_a_hundred() -> None:
    entry = answered("eq5d5l", "2")
    give(entry, EQ5D0205=Code("5"))
    assert entry.value(ref("eq5d5l", "EQ5D_PROFILE")) == "22225"
    assert not give(entry, EQ5D0206=101).accepted
    assert give(entry, EQ5D0206=0).accepted
    assert found(entry, "soft") == []


def test_codes_of_the_questions_are_those_of_their_lists() -> None:
    assert study().forms["mfis"].item("MFIS0101").cdisc["code"] == "C113967"
    assert study().forms["fss"].item("FSS0101").cdisc["code"] == "C113944"
    assert study().forms["eq5d5l"].item("EQ5D0201").cdisc["codelist"] == "C101817"
    # CDISC has no list for the MSIS-29: the study's own names, no code.
    assert "code" not in study().forms["msis29"].item("MSIS01").cdisc


def test_the_version_of_the_msis_is_a_choice_among_those_that_the_form_scores() -> None:
    version = study().forms["msis29"].item("QSVERSION")
    assert version.codelist is not None
    assert all(code.startswith("V2_") for code in version.codelist.codes)
    entry = session("msis29")
    give(entry, QSPERF=YES)
    assert not give(entry, QSVERSION=Code("V1_PL")).accepted
    assert not give(entry, QSVERSION="2.0 pl").accepted
