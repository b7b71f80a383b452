"""Sealing an act: drafts become chained entries with their payloads, signed at the last.

Clock, salts and the signing key come in as arguments; nothing here draws a random number, reads a
clock or decides who may act.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen

from msclinic.record.actions import ACTIONS
from msclinic.record.entry import (
    SALT_LENGTH,
    Act,
    Computed,
    Entry,
    Payload,
    StoredEntry,
    fact_of,
    hash_of,
    payload_hash,
    signed_message,
    whole_milliseconds,
    written,
)
from msclinic.record.plain_json import plain_json

__all__ = ["Computation", "Draft", "Here", "SealedAct", "Stamp", "canonical", "seal_act"]


@frozen
class Here:
    """Stands for the hash of an earlier entry of the same act, which is not yet known.

    Attributes:
        index: Number of that entry in the act, from 1.
    """

    index: int


@frozen
class Computation:
    """How a drafted value was computed.

    Attributes:
        rule: Name of the rule.
        rule_version: Version of the rule.
        inputs: Entries it was computed from.
    """

    rule: str
    rule_version: str
    inputs: tuple[str | Here, ...]


@frozen
class Draft:
    """One entry to be, as a service words it.

    Attributes:
        action: A name in ``record.actions``.
        participant: Random id of the participant, or none.
        path: The register written.
        value: JSON object of the value; may hold ``Here``; no floats.
        reason: JSON object of the reason for change.
        event_time: When it happened, where that is another fact than the typing.
        supersedes: Every head of the path that is known.
        prompted_by: The check or query that led to it.
        source: Where the value came from.
        computed: How the value was computed.
    """

    action: str
    participant: str | None = None
    path: str | None = None
    value: Mapping[str, Any] | None = field(default=None, repr=False)
    reason: Mapping[str, Any] | None = field(default=None, repr=False)
    event_time: datetime | None = None
    supersedes: tuple[str | Here, ...] = ()
    prompted_by: str | None = None
    source: str | None = None
    computed: Computation | None = None


@frozen
class Stamp:
    """What all entries of one act share, and where the act goes in its stream.

    Attributes:
        stream: The stream it is appended to.
        seq: Place of its first entry.
        prev: Hash of the stream's last entry, zeros where it has none.
        act_number: Number of the act in the stream, from 1.
        typed_at: The device's clock when it was typed.
        recorded_at: The device's clock at sealing.
        utc_offset: Minutes that local time is ahead of UTC.
        tz: IANA name of the time zone.
        actor: Account id, none where the device acts.
        role: Role of the actor.
        study_version: Hash of the active study's content.
        app_version: Version of the program.
        key: Id of the key that signs.
    """

    stream: str
    seq: int
    prev: str
    act_number: int
    typed_at: datetime
    recorded_at: datetime
    utc_offset: int
    tz: str
    actor: str | None
    role: str | None
    study_version: str | None
    app_version: str
    key: str


@frozen
class SealedAct:
    """An act ready to be appended.

    Attributes:
        entries: Its entries in order, the last one signed.
        payloads: Their values and reasons.
    """

    entries: tuple[StoredEntry, ...]
    payloads: tuple[Payload, ...] = field(repr=False)


def seal_act(
    drafts: Iterable[Draft],
    stamp: Stamp,
    salts: Iterable[bytes],
    sign: Callable[[bytes], bytes],
) -> SealedAct:
    """Chain, hash and sign the drafts of one use case.

    Args:
        drafts: At least one, in order.
        stamp: What they share.
        salts: One of 16 random bytes for each value and reason, taken in order; may be endless.
        sign: Signs a message with the key that the stamp names; gives 64 bytes.

    Raises:
        ValueError: A draft cannot become an entry, or the salts do not suffice.
    """
    wanted = tuple(drafts)
    if not wanted:
        raise ValueError("an act needs at least one draft")
    supply = iter(salts)
    entries: list[StoredEntry] = []
    payloads: list[Payload] = []
    prev = stamp.prev
    for index, draft in enumerate(wanted, start=1):
        done = tuple(stored.hash for stored in entries)
        value = _content(draft.value, done, supply)
        reason = _content(draft.reason, done, supply)
        act = Act(stamp.act_number, index, len(wanted))
        data = written(_entry(draft, stamp, act, prev, done, value, reason))
        prev = hash_of(data)
        signature = None
        if index == len(wanted):
            signature = sign(signed_message(prev))
            if len(signature) != 64:
                raise ValueError("a signature has 64 bytes")
        stored = StoredEntry(prev, data, signature)
        _ = stored.entry  # raises where the bytes, read back, are no entry
        entries.append(stored)
        for part, made in (("value", value), ("reason", reason)):
            if made is not None:
                payloads.append(Payload(prev, part, *made))
    return SealedAct(tuple(entries), tuple(payloads))


def canonical(value: Any) -> bytes:
    """RFC 8785 JSON of a value without floats.

    Raises:
        ValueError: It holds a float or something that JSON has not.
    """
    _refuse_floats(value)
    return plain_json(value)


def _entry(
    draft: Draft,
    stamp: Stamp,
    act: Act,
    prev: str,
    done: tuple[str, ...],
    value: tuple[bytes, bytes] | None,
    reason: tuple[bytes, bytes] | None,
) -> Entry:
    kind = ACTIONS.get(draft.action)
    if kind is None:
        raise ValueError(f"no action {draft.action!r} is known")
    if kind.register and draft.path is None:
        raise ValueError(f"action {draft.action} needs a path")
    return Entry(
        stream=stamp.stream,
        seq=stamp.seq + act.index - 1,
        prev=prev,
        act=act,
        typed_at=whole_milliseconds(stamp.typed_at),
        recorded_at=whole_milliseconds(stamp.recorded_at),
        utc_offset=stamp.utc_offset,
        tz=stamp.tz,
        event_time=None if draft.event_time is None else whole_milliseconds(draft.event_time),
        actor=stamp.actor,
        role=stamp.role,
        action=draft.action,
        participant=draft.participant,
        path=draft.path,
        value=None if value is None else payload_hash(*value),
        reason=None if reason is None else payload_hash(*reason),
        supersedes=_hashes(draft.supersedes, done),
        prompted_by=draft.prompted_by,
        source=draft.source,
        computed=_computed(draft, done),
        study_version=stamp.study_version,
        app_version=stamp.app_version,
        key=stamp.key,
    )


def _computed(draft: Draft, done: tuple[str, ...]) -> Computed | None:
    if draft.computed is None:
        return None
    rule, rule_version = draft.computed.rule, draft.computed.rule_version
    inputs = _hashes(draft.computed.inputs, done)
    fact = fact_of(draft.path, draft.participant, rule, rule_version, inputs)
    return Computed(rule, rule_version, inputs, fact)


def _hashes(listed: Iterable[str | Here], done: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted({_resolved(one, done) for one in listed}))


def _content(
    value: Mapping[str, Any] | None, done: tuple[str, ...], supply: Iterator[bytes]
) -> tuple[bytes, bytes] | None:
    if value is None:
        return None
    salt = next(supply, b"")
    if len(salt) != SALT_LENGTH:
        raise ValueError(f"each value and reason needs a salt of {SALT_LENGTH} bytes")
    return salt, canonical(_resolved(value, done))


def _resolved(value: Any, done: tuple[str, ...]) -> Any:
    if isinstance(value, Here):
        if not 1 <= value.index <= len(done):
            raise ValueError("an entry can only build on earlier entries of its act")
        return done[value.index - 1]
    if isinstance(value, Mapping):
        return {name: _resolved(one, done) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_resolved(one, done) for one in value]
    return value


def _refuse_floats(value: Any) -> None:
    if isinstance(value, float):
        raise ValueError("a float never enters the record")
    if isinstance(value, Mapping):
        for one in value.values():
            _refuse_floats(one)
    elif isinstance(value, list | tuple):
        for one in value:
            _refuse_floats(one)
    elif not (value is None or isinstance(value, str | int)):
        raise ValueError(f"a {type(value).__name__} has no place in JSON")
