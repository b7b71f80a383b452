"""Checks a journal: chain, acts, hashes, signatures, payloads; every fault is named.

It believes nothing that the journal says of itself: keys count only from a pinned one on. It
finds; it never repairs.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from msclinic.record.entry import (
    PARTS,
    SALT_LENGTH,
    ZEROS,
    Act,
    Entry,
    EntryError,
    Envelope,
    Payload,
    StoredEntry,
    hash_of,
    parse,
    parse_envelope,
    signed_message,
)
from msclinic.record.fold import builds_on
from msclinic.record.keys import KnownKey, Verify, known_keys

__all__ = ["BLOT_PERSONS", "Fault", "blot_path", "check_chain"]

BLOT_PERSONS = 2


@frozen
class Fault:
    """One thing that is wrong.

    Attributes:
        code: Stable name of the kind of fault.
        where: Stream and place, or participant (shortened) and path.
        sentence: One plain English sentence without any value.
    """

    code: str
    where: str
    sentence: str


def blot_path(entry: str, part: str) -> str:
    """Path of the ``blotted`` entries with which two persons remove one payload."""
    return f"blotted/{entry}/{part}"


def check_chain(
    stored: Iterable[StoredEntry],
    payloads: Iterable[Payload],
    verify: Verify,
    trusted: frozenset[str],
    at_least: Mapping[str, tuple[int, str]] | None = None,
) -> list[Fault]:
    """Every fault of a journal.

    Args:
        stored: The journal, in any order.
        payloads: Its payloads.
        verify: Checks one signature: raw public key, message, signature.
        trusted: Ids of the keys pinned outside the journal.
        at_least: By stream, a place and its hash known from elsewhere (a signed document, a
            peer, the marker outside the home): a journal cut off before it is a fault.

    Returns:
        Faults by stream and place; empty if all is as it was written.
    """
    everything = list(stored)
    kept = list(payloads)
    faults: list[Fault] = []
    placed: dict[str, Envelope] = {}
    entries: dict[str, Entry] = {}
    for one in everything:
        faults += _check_bytes(one, placed, entries)
    streams: dict[str, list[str]] = defaultdict(list)
    for one_hash, envelope in placed.items():
        streams[envelope.stream].append(one_hash)
    for stream in sorted(streams):
        streams[stream].sort(key=lambda each: (placed[each].seq, each))
        faults += _check_stream(stream, streams[stream], placed)
    faults += _check_reach(streams, placed, at_least or {})
    by_hash = {one.hash: one for one in everything}
    keys = known_keys(everything, kept, verify, trusted)
    for stream in sorted(streams):
        for one_hash in streams[stream]:
            faults += _check_signature(by_hash[one_hash], placed, entries, keys, verify)
    faults += _check_payloads(kept, placed, entries)
    faults += _check_references(streams, kept, placed, entries)
    return faults


def _where(envelope: Envelope, entry: Entry | None = None) -> str:
    where = f"stream {envelope.stream[:8]} entry {envelope.seq}"
    if entry is not None and entry.participant is not None:
        where += f", participant {entry.participant[:8]}"
    if entry is not None and entry.path is not None:
        where += f", {entry.path}"
    return where


def _check_bytes(
    stored: StoredEntry, placed: dict[str, Envelope], entries: dict[str, Entry]
) -> Iterator[Fault]:
    where = f"entry {stored.hash[:12]}"
    try:
        envelope = placed[stored.hash] = parse_envelope(stored.bytes)
        where = _where(envelope)
        entry = entries[stored.hash] = parse(stored.bytes)
        where = _where(envelope, entry)
    except EntryError as fault:
        if fault.code != "unknown_format":
            yield Fault("malformed", where, f"The entry cannot be read: {fault}.")
    if hash_of(stored.bytes) != stored.hash:
        yield Fault("wrong_hash", where, "The entry's bytes do not have the hash stored for them.")


def _check_stream(
    stream: str, ordered: Sequence[str], placed: Mapping[str, Envelope]
) -> Iterator[Fault]:
    last_hash, last_seq, last_act = ZEROS, 0, Act(0, 1, 1)
    for one in ordered:
        here = placed[one]
        where = _where(here)
        if here.seq == last_seq:
            yield Fault("fork", where, "Two entries stand at the same place of the stream.")
            continue
        if here.seq != last_seq + 1:
            missing = f"Entries {last_seq + 1} to {here.seq - 1} of the stream are missing."
            yield Fault("gap", f"stream {stream[:8]} entry {last_seq + 1}", missing)
        else:
            if here.prev != last_hash:
                yield Fault("wrong_prev", where, "The entry does not follow the one before it.")
            if not _follows(last_act, here.act):
                yield Fault("wrong_act", where, "The entry does not fit the act before it.")
        last_hash, last_seq, last_act = one, here.seq, here.act
    if last_act.index != last_act.size:
        where = f"stream {stream[:8]} entry {last_seq}"
        yield Fault("act_incomplete", where, "The stream ends in the middle of an act.")


def _follows(before: Act, here: Act) -> bool:
    if before.index < before.size:
        return here == Act(before.number, before.index + 1, before.size)
    return (here.number, here.index) == (before.number + 1, 1)


def _check_reach(
    streams: Mapping[str, Sequence[str]],
    placed: Mapping[str, Envelope],
    at_least: Mapping[str, tuple[int, str]],
) -> Iterator[Fault]:
    for stream, (seq, known) in sorted(at_least.items()):
        there = streams.get(stream, ())
        if any(one == known and placed[one].seq == seq for one in there):
            continue
        ends = max((placed[one].seq for one in there), default=0)
        found = (
            f"it now ends at entry {ends}: an older copy was put back, or its end was cut off."
            if ends < seq
            else f"another entry {seq} stands there now: it was written on from an older copy."
        )
        where = f"stream {stream[:8]} entry {seq}"
        yield Fault("cut_off", where, f"The record once reached entry {seq}; {found}")


def _check_signature(
    stored: StoredEntry,
    placed: Mapping[str, Envelope],
    entries: Mapping[str, Entry],
    keys: Mapping[str, KnownKey],
    verify: Verify,
) -> Iterator[Fault]:
    envelope, entry = placed[stored.hash], entries.get(stored.hash)
    where = _where(envelope, entry)
    if envelope.act.index != envelope.act.size:
        if stored.signature is not None:
            yield Fault("needless_signature", where, "Only the last entry of an act is signed.")
        return
    if stored.signature is None:
        yield Fault("missing_signature", where, "The act is not signed.")
        return
    if entry is None:
        return
    known = keys.get(entry.key)
    if known is None:
        yield Fault("unknown_key", where, "The act is signed by a key that nobody vouches for.")
        return
    public, message = bytes.fromhex(known.public), signed_message(hash_of(stored.bytes))
    if not verify(public, message, stored.signature):
        yield Fault("wrong_signature", where, "The signature does not fit the act.")
    owner = "device/" if entry.actor is None else f"people/{entry.actor}"
    if not (known.owner == owner or (entry.actor is None and known.owner.startswith(owner))):
        yield Fault("foreign_key", where, "The act is signed with the key of somebody else.")


def _check_payloads(
    payloads: Sequence[Payload],
    placed: Mapping[str, Envelope],
    entries: Mapping[str, Entry],
) -> Iterator[Fault]:
    found = {(one.entry, one.part): one for one in payloads}
    blots: dict[str, set[str]] = defaultdict(set)
    for entry in entries.values():
        if entry.action == "blotted" and entry.path is not None and entry.actor is not None:
            blots[entry.path].add(entry.actor)
    for one, entry in entries.items():
        for part in PARTS:
            wanted = entry.value if part == "value" else entry.reason
            payload = found.pop((one, part), None)
            where = f"{_where(placed[one], entry)}, {part}"
            if payload is None:
                if wanted is not None and len(blots[blot_path(one, part)]) < BLOT_PERSONS:
                    yield Fault("payload_missing", where, f"The entry's {part} was removed.")
            elif wanted is None:
                yield Fault("payload_unknown", where, f"The entry never had a {part}.")
            elif payload.hash != wanted or len(payload.salt) != SALT_LENGTH:
                yield Fault("payload_altered", where, f"The entry's {part} was changed.")
    for one, part in sorted(found):
        # What an entry of a newer format holds beside value and reason is not known here.
        if one in entries:
            where = f"{_where(placed[one], entries[one])}, {part}"
            yield Fault("payload_unknown", where, "An entry has no such part.")
        elif one not in placed:
            where = f"entry {one[:12]} {part}"
            yield Fault("payload_unknown", where, f"A {part} belongs to no entry.")


def _check_references(
    streams: Mapping[str, Sequence[str]],
    payloads: Sequence[Payload],
    placed: Mapping[str, Envelope],
    entries: Mapping[str, Entry],
) -> Iterator[Fault]:
    values = {one.entry: one.content for one in payloads if one.part == "value"}
    for stream in sorted(streams):
        for one in streams[stream]:
            entry = entries.get(one)
            if entry is None:
                continue
            where = _where(placed[one], entry)
            if not builds_on(entry, values.get(one)) <= placed.keys():
                yield Fault("reference_missing", where, "What the entry builds on is not there.")
            for other in entry.supersedes:
                replaced = entries.get(other)
                if replaced is not None and (replaced.participant, replaced.path) != (
                    entry.participant,
                    entry.path,
                ):
                    yield Fault("wrong_supersedes", where, "The entry replaces another's value.")
