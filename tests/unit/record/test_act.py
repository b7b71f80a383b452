"""Drafts become one chained, signed act."""

import pytest
from attrs import evolve
from tests.journal_writer import (
    DEVICE,
    ITEM,
    NURSE,
    PARTICIPANT,
    Writer,
    answer,
    integer,
    verify_signature,
)

from msclinic.record import ZEROS, Computation, Draft, Here, SealedAct, Stamp, seal_act
from msclinic.record.act import canonical

SYSBP = ITEM + "SYSBP"


def stamp_of(act: SealedAct) -> Stamp:
    entry = act.entries[0].entry
    return Stamp(
        entry.stream,
        entry.seq,
        entry.prev,
        entry.act.number,
        entry.typed_at,
        entry.recorded_at,
        entry.utc_offset,
        entry.tz,
        entry.actor,
        entry.role,
        entry.study_version,
        entry.app_version,
        entry.key,
    )


STAMP = stamp_of(Writer().act(answer(SYSBP, 120)))


def seal(*drafts: Draft, salts: int = 9) -> SealedAct:
    return seal_act(drafts, STAMP, [bytes([n]) * 16 for n in range(salts)], NURSE.sign)


def test_entries_of_an_act_follow_each_other_and_only_the_last_is_signed() -> None:
    act = seal(answer(SYSBP, 120), answer(ITEM + "DIABP", 80), answer(ITEM + "PULSE", 60))
    assert [one.entry.prev for one in act.entries] == [ZEROS, *[o.hash for o in act.entries[:2]]]
    assert [one.entry.seq for one in act.entries] == [1, 2, 3]
    assert [(o.entry.act.number, o.entry.act.index, o.entry.act.size) for o in act.entries] == [
        (1, 1, 3),
        (1, 2, 3),
        (1, 3, 3),
    ]
    assert [one.signature is None for one in act.entries] == [True, True, False]
    last = act.entries[-1]
    message = b"msclinic entry 1\n" + bytes.fromhex(last.hash)
    assert verify_signature(NURSE.public, message, last.signature or b"")
    assert not verify_signature(DEVICE.public, message, last.signature or b"")


def test_value_and_reason_lie_beside_the_entry_which_holds_their_hashes() -> None:
    act = seal(answer(SYSBP, 120, "ab" * 32))
    value, reason = act.payloads
    assert (value.part, value.content) == ("value", b'{"type":"integer","value":"120"}')
    assert (reason.part, reason.content) == ("reason", b'{"code":"1","text":""}')
    assert (act.entries[0].entry.value, act.entries[0].entry.reason) == (value.hash, reason.hash)
    assert value.salt != reason.salt


def test_an_entry_may_build_on_an_earlier_one_of_its_act() -> None:
    computed = Draft(
        "computed",
        PARTICIPANT,
        ITEM + "MAP",
        {"type": "list", "of": [Here(1), {"deep": Here(1)}], "text": "#1"},
        supersedes=(Here(1),),
        computed=Computation("map", "1", (Here(1),)),
    )
    act = seal(answer(SYSBP, 120), computed)
    first = act.entries[0].hash
    assert act.entries[1].entry.supersedes == (first,)
    assert act.entries[1].entry.computed is not None
    assert act.entries[1].entry.computed.inputs == (first,)
    assert act.payloads[1].content == canonical(
        {"type": "list", "of": [first, {"deep": first}], "text": "#1"}
    )


def test_the_same_fact_has_one_id_on_every_stream() -> None:
    draft = Draft(
        "computed", PARTICIPANT, ITEM + "MAP", integer(1), computed=Computation("map", "1", ())
    )
    facts = {
        computed.fact
        for writer in (Writer(1), Writer(2))
        if (computed := writer.act(draft).entries[0].entry.computed) is not None
    }
    assert len(facts) == 1


@pytest.mark.parametrize(
    "draft",
    [
        Draft("dreamt", PARTICIPANT, SYSBP),
        Draft("answered", PARTICIPANT, None),
        Draft("answered", "PL01-001", SYSBP),
        Draft("answered", PARTICIPANT, "with space"),
        Draft("answered", PARTICIPANT, SYSBP, {"value": 38.2}),
        Draft("answered", PARTICIPANT, SYSBP, {"value": [{"deep": 0.5}]}),
        Draft("answered", PARTICIPANT, SYSBP, {"value": b"bytes"}),
        Draft("answered", PARTICIPANT, SYSBP, {"value": 2**53}),
        Draft("answered", PARTICIPANT, SYSBP, {"value": "\ud800"}),
        Draft("answered", PARTICIPANT, SYSBP, supersedes=(Here(1),)),
        Draft("answered", PARTICIPANT, SYSBP, supersedes=("no hash",)),
    ],
)
def test_a_draft_that_cannot_be_an_entry_is_refused(draft: Draft) -> None:
    with pytest.raises(ValueError):
        seal(draft)


def test_an_act_without_drafts_or_with_too_few_salts_is_refused() -> None:
    with pytest.raises(ValueError):
        seal()
    with pytest.raises(ValueError):
        seal(answer(SYSBP, 120), answer(SYSBP, 121), salts=1)
    with pytest.raises(ValueError):
        seal_act([answer(SYSBP, 120)], STAMP, [b"short"], NURSE.sign)
    with pytest.raises(ValueError):
        seal_act([answer(SYSBP, 120)], STAMP, [bytes(16)], lambda _: b"short")
    with pytest.raises(ValueError):
        seal_act([answer(SYSBP, 120)], evolve(STAMP, seq=2), [bytes(16)], NURSE.sign)
