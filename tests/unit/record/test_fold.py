"""The fold is a function of the set of entries and of nothing else."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journal_strategies import acts_of, journals
from tests.journal_writer import ITEM, PARTICIPANT, Writer, answer, integer, signature_of

from msclinic.record import (
    Computation,
    Draft,
    Here,
    StoredEntry,
    Tables,
    conflicts,
    eligible,
    fold,
    hash_of,
    known_heads,
)

SYSBP, DIABP, MEAN = ITEM + "SYSBP", ITEM + "DIABP", ITEM + "MAP"


def folded(*writers: Writer) -> Tables:
    return fold(
        [one for writer in writers for one in writer.entries],
        [one for writer in writers for one in writer.payloads],
    )


def heads(tables: Tables, path: str) -> list[str]:
    return [row.entry for row in tables.heads if row.path == path]


@pytest.mark.requirement("R-DAT-5")
@given(journals, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_any_order_and_repetition_folds_to_equal_tables(plan: list, chooser: random.Random) -> None:
    acts = acts_of(plan)
    entries = [one for act in acts for one in act.entries]
    payloads = [one for act in acts for one in act.payloads]
    whole = fold(entries, payloads)
    mixed = entries + chooser.choices(entries, k=5)
    chooser.shuffle(mixed)
    chooser.shuffle(payloads)
    assert fold(mixed, payloads) == whole


@given(journals, st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_dropping_one_entry_takes_its_act_and_all_that_builds_on_it(
    plan: list, chooser: random.Random
) -> None:
    acts = acts_of(plan)
    entries = [one for act in acts for one in act.entries]
    payloads = [one for act in acts for one in act.payloads]
    dropped = chooser.choice(entries)
    counted = eligible([one for one in entries if one != dropped], payloads)
    assert counted < eligible(entries, payloads)
    for act in acts:
        hashes = {one.hash for one in act.entries}
        assert hashes <= counted or not hashes & counted
        if dropped.hash in hashes:
            assert not hashes & counted
    for one in entries:
        if one.hash in counted:
            assert set(one.entry.supersedes) <= counted
            assert one.entry.computed is None or set(one.entry.computed.inputs) <= counted


@given(journals)
@settings(max_examples=40, deadline=None)
def test_more_entries_never_take_one_out(plan: list) -> None:
    acts = acts_of(plan)
    payloads = [one for act in acts for one in act.payloads]
    before: frozenset[str] = frozenset()
    for count in range(len(acts) + 1):
        now = eligible([one for act in acts[:count] for one in act.entries], payloads)
        assert before <= now
        before = now


@pytest.mark.requirement("R-DAT-5")
def test_two_changes_that_did_not_know_of_each_other_are_a_conflict_until_one_settles_it() -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    one = here.one(answer(SYSBP, 121, first))
    other = there.one(answer(SYSBP, 122, first))
    tables = folded(here, there)
    assert heads(tables, SYSBP) == sorted([one, other])
    assert all(row.conflict for row in tables.heads)
    assert [each.heads for each in conflicts(tables.heads)] == [tuple(sorted([one, other]))]
    settled = there.one(answer(SYSBP, 121, one, other))
    tables = folded(here, there)
    assert heads(tables, SYSBP) == [settled]
    assert conflicts(tables.heads) == ()


def test_an_entry_waits_for_what_it_replaces() -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    there.one(answer(SYSBP, 122, first))
    assert folded(there).heads == ()
    assert len(folded(here, there).heads) == 1


def test_an_unknown_action_waits_with_its_whole_act_and_what_builds_on_it() -> None:
    writer = Writer()
    act = writer.act(answer(SYSBP, 120), answer(DIABP, 80))
    data = act.entries[1].bytes.replace(b'"action":"answered"', b'"action":"dreamt"')
    strange = StoredEntry(hash_of(data), data, act.entries[1].signature)
    assert eligible([act.entries[0], strange], act.payloads) == frozenset()
    assert len(eligible(act.entries, act.payloads)) == 2


def test_an_unknown_format_waits_and_later_acts_of_the_stream_count() -> None:
    writer = Writer()
    first = writer.act(answer(SYSBP, 120)).entries[0]
    data = first.bytes.replace(b'"format":1', b'"format":2')
    strange = StoredEntry(hash_of(data), data, first.signature)
    follower = writer.act(answer(DIABP, 80)).entries[0]
    later = follower.bytes.replace(first.hash.encode(), strange.hash.encode())
    after = StoredEntry(hash_of(later), later, follower.signature)
    assert eligible([strange, after]) == {after.hash}


def test_a_computed_value_is_stale_once_an_input_is_replaced() -> None:
    writer = Writer()
    act = writer.act(
        answer(SYSBP, 120),
        answer(DIABP, 80),
        Draft(
            "computed",
            PARTICIPANT,
            MEAN,
            integer(93),
            computed=Computation("map", "1", (Here(1), Here(2))),
        ),
        Draft(
            "computed",
            PARTICIPANT,
            MEAN + "_2",
            integer(186),
            computed=Computation("twice", "1", (Here(3),)),
        ),
    )
    assert not any(row.stale for row in folded(writer).heads)
    writer.one(answer(SYSBP, 130, act.entries[0].hash))
    stale = [row.path for row in folded(writer).heads if row.stale]
    assert stale == [MEAN, MEAN + "_2"]


def test_the_same_fact_computed_on_two_devices_is_one_head() -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    draft = Draft(
        "computed", PARTICIPANT, MEAN, integer(93), computed=Computation("map", "1", (first,))
    )
    facts = sorted([here.one(draft), there.one(draft)])
    row = next(row for row in folded(here, there).heads if row.path == MEAN)
    assert (row.entry, row.twins, row.conflict) == (facts[0], (facts[1],), False)
    assert known_heads([row]) == tuple(facts)


def test_the_same_fact_with_two_results_is_a_conflict() -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    for writer, result in ((here, 93), (there, 94)):
        writer.one(
            Draft(
                "computed",
                PARTICIPANT,
                MEAN,
                integer(result),
                computed=Computation("map", "1", (first,)),
            )
        )
    assert len(heads(folded(here, there), MEAN)) == 2


def test_a_kept_finding_is_stale_once_the_value_changes() -> None:
    writer = Writer()
    kept = {"type": "kept", "entry": Here(1), "choice": "1"}
    act = writer.act(
        answer(SYSBP, 190),
        Draft("finding_kept", PARTICIPANT, f"{SYSBP}/check/HIGH", kept),
    )
    assert not any(row.stale for row in folded(writer).heads)
    writer.one(answer(SYSBP, 120, act.entries[0].hash))
    assert [row.path for row in folded(writer).heads if row.stale] == [f"{SYSBP}/check/HIGH"]


@pytest.mark.requirement("R-SIG-2")
def test_a_signature_is_void_after_a_signed_item_changes_and_keeps_what_was_signed() -> None:
    writer = Writer()
    first = writer.one(answer(SYSBP, 120))
    writer.one(signature_of({SYSBP: [first]}))
    assert folded(writer).signatures[0].status == "valid"
    writer.one(answer(SYSBP, 130, first))
    (signature,) = folded(writer).signatures
    assert (signature.status, signature.items) == ("void", ((SYSBP, (first,)),))


def test_a_signature_over_a_scope_is_void_after_a_new_item_below_it() -> None:
    writer = Writer()
    first = writer.one(answer(SYSBP, 120))
    writer.one(signature_of({SYSBP: [first]}, scope="V1/1"))
    writer.one(Draft("form_completed", PARTICIPANT, "V1/1/vital_signs/1", integer(1)))
    writer.one(answer("V1/10/vital_signs/1/reading/1/SYSBP", 120))
    assert folded(writer).signatures[0].status == "valid"
    writer.one(answer(DIABP, 80))
    assert folded(writer).signatures[0].status == "void"


def test_a_signature_of_one_participant_ignores_another() -> None:
    writer = Writer()
    first = writer.one(answer(SYSBP, 120))
    writer.one(signature_of({SYSBP: [first]}, scope="V1/1"))
    writer.one(answer(DIABP, 80, participant="cd" * 16))
    assert folded(writer).signatures[0].status == "valid"


def test_a_signature_survives_a_twin_of_a_signed_fact() -> None:
    here, there = Writer(1), Writer(2)
    first = here.one(answer(SYSBP, 120))
    draft = Draft(
        "computed", PARTICIPANT, MEAN, integer(93), computed=Computation("map", "1", (first,))
    )
    here.one(signature_of({MEAN: [here.one(draft)]}))
    there.one(signature_of({MEAN: [there.one(draft)]}))
    assert [row.status for row in folded(here, there).signatures] == ["valid", "valid"]


def test_a_missing_payload_leaves_the_head_without_a_value() -> None:
    writer = Writer()
    writer.one(answer(SYSBP, 120))
    (row,) = fold(writer.entries, []).heads
    assert row.value is None
