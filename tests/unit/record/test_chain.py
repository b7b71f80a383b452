"""check_chain names every fault of a journal and trusts no key that the journal alone names."""

import pytest
from attrs import evolve
from tests.journal_writer import (
    DEVICE,
    ITEM,
    NURSE,
    PARTICIPANT,
    STRANGER,
    TRUSTED,
    Writer,
    answer,
    published,
    verify_signature,
)

from msclinic.record import Draft, Fault, Payload, StoredEntry, blot_path, check_chain, known_keys

SYSBP = ITEM + "SYSBP"


@pytest.fixture
def writer() -> Writer:
    made = Writer()
    made.found()
    first = made.act(answer(SYSBP, 120), answer(ITEM + "DIABP", 80)).entries[0].hash
    made.one(answer(SYSBP, 125, first))
    return made


def faults(writer: Writer, trusted: frozenset[str] = TRUSTED) -> list[Fault]:
    return check_chain(writer.entries, writer.payloads, verify_signature, trusted)


def codes(writer: Writer, trusted: frozenset[str] = TRUSTED) -> set[str]:
    return {fault.code for fault in faults(writer, trusted)}


def test_a_whole_journal_in_any_order_has_no_fault(writer: Writer) -> None:
    assert faults(writer) == []
    writer.entries.reverse()
    writer.payloads.reverse()
    assert faults(writer) == []


def test_a_gap_is_named_by_its_first_place(writer: Writer) -> None:
    del writer.entries[3]
    (gap,) = (fault for fault in faults(writer) if fault.code == "gap")
    assert gap.where == f"stream {writer.stream[:8]} entry 4"


def test_a_journal_cut_off_in_an_act_is_named(writer: Writer) -> None:
    del writer.entries[4:]
    assert "act_incomplete" in codes(writer)


def test_a_place_known_from_elsewhere_must_still_be_there(writer: Writer) -> None:
    last = writer.entries[-1]
    known = {writer.stream: (6, last.hash), "ee" * 16: (1, "ab" * 32)}
    found = check_chain(writer.entries, writer.payloads, verify_signature, TRUSTED, known)
    assert [fault.where for fault in found] == ["stream eeeeeeee entry 1"]


def test_wrong_prev_and_fork_are_named() -> None:
    one, two = Writer(), Writer()
    one.found(), two.found()
    one.one(answer(SYSBP, 1)), two.one(answer(SYSBP, 2))
    two.one(answer(SYSBP, 3))
    one.entries = one.entries + two.entries[3:]
    one.payloads += two.payloads[3:]
    assert "fork" in codes(one)
    one.entries = one.entries[:4] + two.entries[4:]
    assert "wrong_prev" in codes(one)


def test_bytes_that_are_no_entry_are_named(writer: Writer) -> None:
    last = writer.entries[-1]
    writer.entries[-1] = evolve(last, bytes=last.bytes + b" ")
    assert {"malformed", "wrong_hash"} <= codes(writer)


def test_a_missing_a_wrong_and_a_needless_signature_are_named(writer: Writer) -> None:
    first, last = writer.entries[3], writer.entries[-1]
    writer.entries[-1] = evolve(last, signature=None)
    assert codes(writer) == {"missing_signature"}
    writer.entries[-1] = evolve(last, signature=bytes(64))
    assert codes(writer) == {"wrong_signature"}
    writer.entries[-1] = last
    writer.entries[3] = evolve(first, signature=bytes(64))
    assert codes(writer) == {"needless_signature"}


def test_payloads_altered_missing_and_unknown_are_named(writer: Writer) -> None:
    last = writer.payloads[-1]
    writer.payloads[-1] = evolve(last, content=b"{}")
    assert codes(writer) == {"payload_altered"}
    del writer.payloads[-1]
    (missing,) = faults(writer)
    assert missing.code == "payload_missing"
    assert f"participant {PARTICIPANT[:8]}, {SYSBP}, reason" in missing.where
    writer.payloads += [last, evolve(last, entry="ab" * 32)]
    assert codes(writer) == {"payload_unknown"}


def test_a_payload_may_be_missing_after_two_persons_blotted_it(writer: Writer) -> None:
    removed = writer.payloads.pop()
    blot = Draft("blotted", PARTICIPANT, blot_path(removed.entry, removed.part))
    writer.act(blot)
    writer.act(blot)
    assert codes(writer) == {"payload_missing"}
    writer.act(blot, actor="PHY-01")
    assert codes(writer) == set()


def test_an_entry_that_replaces_another_registers_value_is_named(writer: Writer) -> None:
    writer.one(answer(ITEM + "PULSE", 60, writer.entries[-1].hash))
    assert codes(writer) == {"wrong_supersedes"}


def test_an_entry_that_builds_on_nothing_is_named(writer: Writer) -> None:
    writer.one(answer(SYSBP, 60, "ab" * 32))
    assert codes(writer) == {"reference_missing"}


def test_no_key_counts_without_one_pinned_outside(writer: Writer) -> None:
    assert known_keys(writer.entries, writer.payloads, verify_signature, frozenset()) == {}
    assert codes(writer, frozenset()) == {"unknown_key"}


def test_a_key_published_by_an_untrusted_key_does_not_count(writer: Writer) -> None:
    writer.act(published("people/PHY-01", STRANGER), actor="PHY-01", signer=STRANGER)
    assert codes(writer) == {"unknown_key"}


def test_a_key_published_by_a_trusted_key_counts_from_its_first_use(writer: Writer) -> None:
    writer.act(published("people/PHY-02", STRANGER), actor="NUR-01")
    writer.act(answer(ITEM + "PULSE", 60), actor="PHY-02", signer=STRANGER)
    assert codes(writer) == set()
    keys = known_keys(writer.entries, writer.payloads, verify_signature, TRUSTED)
    assert keys[STRANGER.key].owner == "people/PHY-02"


def test_a_published_key_whose_act_was_not_truly_signed_does_not_count(writer: Writer) -> None:
    writer.act(published("people/PHY-02", STRANGER), actor="NUR-01")
    writer.entries[-1] = evolve(writer.entries[-1], signature=bytes(64))
    assert STRANGER.key not in known_keys(
        writer.entries, writer.payloads, verify_signature, TRUSTED
    )


def test_a_published_key_whose_payload_was_exchanged_does_not_count(writer: Writer) -> None:
    act = writer.act(published("people/PHY-02", NURSE), actor="NUR-01")
    content = act.payloads[0].content.replace(
        NURSE.public.hex().encode(), STRANGER.public.hex().encode()
    )
    writer.payloads[-1] = evolve(act.payloads[0], content=content)
    assert STRANGER.key not in known_keys(
        writer.entries, writer.payloads, verify_signature, TRUSTED
    )


def test_an_act_signed_with_anothers_key_is_named(writer: Writer) -> None:
    writer.act(answer(ITEM + "PULSE", 60), actor="PHY-01", signer=NURSE)
    assert codes(writer) == {"foreign_key"}


def test_an_act_of_the_device_signed_by_a_person_is_named(writer: Writer) -> None:
    writer.act(Draft("clock_jumped"), actor=None, signer=NURSE)
    assert codes(writer) == {"foreign_key"}
    assert DEVICE.key in TRUSTED


def test_rubbish_in_the_place_of_entries_is_named_and_never_raises() -> None:
    rubbish = [StoredEntry("ab" * 32, b"\xff"), StoredEntry("cd" * 32, b'{"format":1}')]
    payloads = [Payload("ab" * 32, "value", b"", b"[")]
    found = check_chain(rubbish, payloads, verify_signature, TRUSTED)
    assert {fault.code for fault in found} == {"malformed", "wrong_hash", "payload_unknown"}
