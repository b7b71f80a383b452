"""Entry sessions over a real form: skips, checks, repeats, computed values."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.study.small_study import FILES

from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms import EntrySession, FormDefinition, Ref
from msclinic.forms.expression_types import Scope, ValueType
from msclinic.forms.expressions import compile_expression
from msclinic.forms.functions import Kind
from msclinic.shipped import shipped_study
from msclinic.study import Study, load_study
from msclinic.study.content import pack
from msclinic.study.loader import study_from_content

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
TEMP = ("main", "1", "TEMP")
DUE = ("main", "1", "PREG_DUE")
PREG = ("main", "1", "PREG")
WHY = ("main", "1", "WHY")
TOTAL = ("main", "1", "TOTAL")


def volume(key: str) -> Ref:
    return ("bag", key, "VOLUME")


@cache
def vitals() -> FormDefinition:
    return study_from_content(pack(FILES)).form("vitals")


@cache
def shipped() -> Study:
    return load_study(shipped_study())


def session(answers: dict[Ref, Answer] | None = None, sex: str | None = "F") -> EntrySession:
    context: dict[str, Answer | bool | None] = {"SEX": Code(sex) if sex else None}
    return EntrySession(vitals(), context, answers or {}, NOW, {"bag": ["a", "b"]})


def codes(entry: EntrySession) -> list[str]:
    return [finding.code for finding in entry.findings()]


def state(entry: EntrySession) -> Any:
    return (
        {r: (entry.value(r), entry.relevant(r), entry.required(r)) for r in entry.refs()},
        entry.findings(),
        entry.open_items(),
        entry.computed(),
    )


def test_impossible_value_is_refused_and_changes_nothing() -> None:
    entry = session({TEMP: Decimal("37.0")})
    before = state(entry)
    outcome = entry.set(TEMP, Decimal("400.0"))
    assert not outcome.accepted
    assert [f.code for f in outcome.findings] == ["TEMP_IMPOSSIBLE"]
    assert outcome.findings[0].message["pl"] == "400,0 nie może być."
    assert outcome.changed == frozenset()
    assert state(entry) == before


def test_value_that_shuts_a_gate_is_stored() -> None:
    entry = session()
    outcome = entry.set(TEMP, Decimal("38.0"))
    assert outcome.accepted
    (finding,) = outcome.findings
    assert (finding.path, finding.severity, finding.code) == ("main/1/TEMP", "gate", "TEMP_HOLD")
    assert finding.parameters["gate"] == "G1"
    assert finding.message["en"] == "38.0 °C is too high."
    assert entry.value(TEMP) == Decimal("38.0")


def test_answer_that_becomes_not_relevant_is_kept_and_not_applicable() -> None:
    entry = session({DUE: Code("Y"), PREG: Code("Y")})
    assert "PREG_GATE" in codes(entry)
    outcome = entry.set(DUE, Code("N"))
    assert PREG in outcome.changed
    assert entry.value(PREG) == Code("Y")
    assert not entry.relevant(PREG)
    assert "PREG_GATE" not in codes(entry)
    assert not entry.relevant(WHY)


def test_unknown_relevance_is_not_shown() -> None:
    assert not session(sex=None).relevant(DUE)
    assert session().relevant(DUE)


def test_missing_answer_satisfies_required_but_enters_no_expression() -> None:
    entry = session()
    assert TEMP in entry.open_items()
    assert entry.set(TEMP, Missing("REFUSED")).accepted
    assert TEMP not in entry.open_items()
    assert not entry.relevant(WHY)
    assert codes(entry) == []


def test_missing_reason_can_shut_a_gate_when_the_check_says_so() -> None:
    entry = session({DUE: Code("Y"), PREG: Missing("NOT_DONE")})
    (finding,) = entry.findings(PREG)
    assert finding.parameters["overridable"] == "false"
    assert finding.message["en"] == "Test: –."


@pytest.mark.parametrize(
    ("ref", "answer", "code"),
    [
        (TEMP, "38", "WRONG_TYPE"),
        (TEMP, 38, "WRONG_TYPE"),
        (TEMP, Decimal("37.55"), "TOO_MANY_DECIMALS"),
        (TEMP, Decimal("NaN"), "WRONG_TYPE"),
        (TEMP, Missing("NOT_ASKED"), "REASON_NOT_ALLOWED"),
        (DUE, Code("MAYBE"), "NOT_IN_CODELIST"),
        (TOTAL, Decimal(1), "READ_ONLY"),
        (TOTAL, None, "READ_ONLY"),
        (("main", "2", "TEMP"), Decimal(37), "UNKNOWN_ITEM"),
        (("bag", "c", "VOLUME"), Decimal(1), "UNKNOWN_ITEM"),
        (("main", "1", "NOBODY"), Decimal(1), "UNKNOWN_ITEM"),
    ],
)
def test_unfit_answer_is_refused(ref: Ref, answer: Answer | None, code: str) -> None:
    entry = session()
    before = state(entry)
    outcome = entry.set(ref, answer)
    assert not outcome.accepted
    assert outcome.findings[0].code == code
    assert set(outcome.findings[0].message) == {"en", "pl"}
    assert state(entry) == before


def test_computed_sum_is_exact_and_follows_repeats() -> None:
    entry = session({TEMP: Decimal("37.0")})
    entry.set(volume("a"), Decimal("0.10"))
    entry.set(volume("b"), Decimal("0.20"))
    assert entry.value(TOTAL) == Decimal("0.3")
    entry.add_repeat("bag", "c")
    assert entry.repeats("bag") == ("a", "b", "c")
    entry.set(volume("c"), Decimal("99.70"))
    assert entry.value(TOTAL) == Decimal("100.0")
    assert entry.value(("bag", "c", "HALF")) == Decimal("49.85")
    assert entry.relevant(("bag", "c", "LEFT"))
    assert entry.inputs(TOTAL) == (volume("a"), volume("b"), volume("c"))


def test_value_that_makes_a_computed_one_impossible_is_refused() -> None:
    entry = session({TEMP: Decimal("37.0"), volume("a"): Decimal("999.00")})
    outcome = entry.set(volume("b"), Decimal("2.00"))
    assert not outcome.accepted
    assert [f.path for f in outcome.findings] == ["main/1/TOTAL"]
    assert entry.value(TOTAL) == Decimal("999.0")
    assert entry.value(volume("b")) is None


def test_stored_impossible_value_does_not_block_other_answers() -> None:
    entry = session({TEMP: Decimal("400.0")})
    assert "TEMP_IMPOSSIBLE" in codes(entry)
    assert entry.set(DUE, Code("N")).accepted
    assert entry.set(TEMP, Decimal("37.0")).accepted
    assert codes(entry) == []


def test_group_that_is_not_relevant_hides_its_items() -> None:
    entry = session({volume("a"): Decimal("5.00")})
    assert entry.relevant(volume("a")) is False  # unknown relevance: nothing is shown yet
    entry.set(TEMP, Decimal("37.0"))
    assert entry.relevant(volume("a"))
    assert codes(entry) == ["VOLUME_SMALL"]
    entry.set(TEMP, Decimal("39.5"))
    assert not entry.relevant(volume("a"))
    assert entry.value(TOTAL) == Decimal("0.0")


def test_answer_taken_back_leaves_the_item_open() -> None:
    entry = session({TEMP: Decimal("37.0")})
    assert entry.set(TEMP, None).accepted
    assert TEMP in entry.open_items()


def test_answers_of_items_the_form_does_not_have_are_left_alone() -> None:
    entry = session({("main", "1", "OLD"): "x", ("main", "9", "TEMP"): Decimal(37)})
    assert entry.value(TEMP) is None


def test_another_context_is_seen_after_refresh() -> None:
    entry = session(sex=None)
    outcome = entry.refresh({"SEX": Code("F")}, NOW)
    assert DUE in outcome.changed
    assert entry.relevant(DUE)


def test_group_that_does_not_repeat_takes_no_repeat() -> None:
    with pytest.raises(ValueError, match="does not repeat"):
        session().add_repeat("main", "2")


def faulty(kind: str) -> FormDefinition:
    """The form with a check that fails for a reason other than a missing answer."""
    from attrs import evolve

    scope = Scope({"TEMP": ValueType(Kind.NUMBER)}, {})
    broken = compile_expression("round_half_up(TEMP, 99) > 1", scope)
    form = vitals()
    main = form.item_groups[0]
    temp = main.items[0]
    check = evolve(temp.checks[1], kind=kind, assertion=broken)
    temp = evolve(temp, checks=(check,))
    groups = (evolve(main, items=(temp, *main.items[1:])), form.item_groups[1])
    return evolve(form, item_groups=groups)


@pytest.mark.parametrize(
    ("kind", "accepted", "severity"),
    [("impossible", False, "impossible"), ("gate", True, "gate"), ("soft", True, "soft")],
)
def test_rule_that_fails_is_shown_and_blocks_where_it_is_hard(
    kind: str, accepted: bool, severity: str
) -> None:
    entry = EntrySession(faulty(kind), {}, {}, NOW)
    outcome = entry.set(TEMP, Decimal("37.5"))
    assert outcome.accepted is accepted
    (finding,) = [f for f in outcome.findings if f.path == "main/1/TEMP"]
    assert (finding.code, finding.severity) == ("EXPRESSION_FAULT", severity)


TEMPS = st.one_of(
    st.decimals(Decimal(30), Decimal(42), places=1), st.just(Missing("NOT_DONE")), st.none()
)
VOLUMES = st.one_of(st.none(), st.decimals(0, 200, places=2))
YESNO = st.sampled_from([None, Code("Y"), Code("N"), Missing("NOT_DONE")])


@settings(max_examples=80, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            TEMP: TEMPS,
            DUE: YESNO,
            PREG: YESNO,
            WHY: st.sampled_from([None, "because"]),
            volume("a"): VOLUMES,
            volume("b"): VOLUMES,
            ("bag", "a", "LEFT"): VOLUMES,
        }
    ),
    st.randoms(use_true_random=False),
)
def test_order_of_answering_never_changes_the_final_state(
    given_answers: dict[Ref, Answer | None], order: random.Random
) -> None:
    answers = {ref: answer for ref, answer in given_answers.items() if answer is not None}
    expected = state(session(answers))
    entry = session()
    refs = list(answers)
    for _ in range(2):  # the second round answers everything once more, in another order
        order.shuffle(refs)
        for ref in refs:
            assert entry.set(ref, answers[ref]).accepted
    assert state(entry) == expected


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.tuples(st.just(TEMP), st.sampled_from([Decimal("37.0"), Decimal("90.0"), None])),
            st.tuples(st.just(DUE), YESNO),
            st.tuples(st.just(PREG), YESNO),
            st.tuples(st.sampled_from([volume("a"), volume("b")]), st.decimals(0, 900, places=2)),
            st.tuples(st.just("add"), st.sampled_from("abcd")),
        ),
        max_size=12,
    )
)
def test_state_after_any_history_equals_a_fresh_session(history: list[Any]) -> None:
    entry = session()
    for what, value in history:
        if what == "add":
            entry.add_repeat("bag", value)
        else:
            before = state(entry)
            outcome = entry.set(what, value)
            if not outcome.accepted:
                assert state(entry) == before
    kept = {
        ref: entry.value(ref)
        for ref in entry.refs()
        if entry.value(ref) is not None and not vitals().item(ref[2]).computed
    }
    context: dict[str, Answer | bool | None] = {"SEX": Code("F")}
    fresh = EntrySession(vitals(), context, kept, NOW, {"bag": entry.repeats("bag")})
    assert state(entry) == state(fresh)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_looking_again_at_what_has_moved_gives_what_a_fresh_look_gives(data: st.DataObject) -> None:
    form = data.draw(st.sampled_from([one for one in shipped().forms.values() if one.asking]))
    dates = st.dates(date(2020, 1, 1), date(2030, 1, 1))
    facts: st.SearchStrategy[Any] = st.one_of(
        st.none(), st.booleans(), st.integers(0, 9), st.sampled_from([Code("Y"), Code("F")]), dates
    )
    names = sorted(form.context_names - {"NOW"})
    contexts = st.fixed_dictionaries(dict.fromkeys(names, facts))
    before, after = data.draw(contexts), data.draw(contexts)
    later = NOW + timedelta(minutes=data.draw(st.integers(0, 100_000)))
    answers: dict[Ref, Answer] = {
        (group.oid, "1", item.oid): Missing("NOT_DONE")
        for group in form.item_groups
        for item in group.items
        if not item.computed and data.draw(st.booleans())
    }
    repeats = {group.oid: ["1"] for group in form.item_groups if group.repeating}
    moved = EntrySession(form, before, answers, NOW, repeats)
    moved.refresh(after, later)
    fresh = EntrySession(form, after, answers, later, repeats)
    for ref in fresh.refs():
        assert moved.value(ref) == fresh.value(ref)
        assert moved.relevant(ref) == fresh.relevant(ref)
        assert moved.required(ref) == fresh.required(ref)
        assert moved.findings(ref) == fresh.findings(ref)
