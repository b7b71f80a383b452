"""One journal entry of format 1: its members, its bytes, its hash.

The entry is its bytes (RFC 8785 JSON): they are written once, hashed as they are and never encoded
again. Nothing here may ever read format 1 differently or accept what is not exactly it.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, NoReturn

import rfc8785
from attrs import field, fields, frozen

from msclinic.record.plain_json import plain_json

__all__ = [
    "FORMAT",
    "ZEROS",
    "Act",
    "Computed",
    "Entry",
    "EntryError",
    "Envelope",
    "Payload",
    "StoredEntry",
    "demand_canonical",
    "encode",
    "fact_of",
    "hash_of",
    "parse",
    "parse_envelope",
    "payload_hash",
    "signed_message",
    "time_to_text",
    "whole_milliseconds",
    "written",
]

FORMAT = 1
ZEROS = "0" * 64
SALT_LENGTH = 16
PARTS = ("value", "reason")

_HEX32 = re.compile(r"[0-9a-f]{32}")
_HEX64 = re.compile(r"[0-9a-f]{64}")
_NAME = re.compile(r"[A-Za-z0-9_.+-]+")
_PATH = re.compile(r"[A-Za-z0-9_.+-]+(/[A-Za-z0-9_.+-]+)*")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_Bytes = bytes  # a class attribute named bytes hides the type
_LARGEST = 2**53 - 1
_DAY_MINUTES = 24 * 60


class EntryError(ValueError):
    """Bytes that are not an entry.

    Attributes:
        code: ``not_json``, ``not_canonical``, ``members``, ``bad_member`` or ``unknown_format``.
        member: The member at fault, empty where it is the whole.
    """

    def __init__(self, code: str, sentence: str, member: str = "") -> None:
        """Say what is wrong without quoting any value."""
        super().__init__(sentence)
        self.code = code
        self.member = member


@frozen
class Act:
    """The place of an entry in its act.

    Attributes:
        number: Number of the act in its stream, from 1.
        index: Number of the entry in the act, from 1.
        size: How many entries the act has.
    """

    number: int
    index: int
    size: int


@frozen
class Envelope:
    """What every format of the entry has in common: its place in the chain.

    Attributes:
        format: Number of the format.
        stream: Random id of the chain, one device's.
        seq: Place in the stream, from 1.
        prev: Hash of the entry before it, zeros for the first.
        act: Its place in its act.
    """

    format: int
    stream: str
    seq: int
    prev: str
    act: Act


@frozen
class Computed:
    """How a computed value came to be.

    Attributes:
        rule: Name of the rule.
        rule_version: Version of the rule.
        inputs: Hashes of the entries it was computed from, sorted.
        fact: Id of the fact, equal on every device that computes it.
    """

    rule: str
    rule_version: str
    inputs: tuple[str, ...]
    fact: str


@frozen
class Entry:
    """An entry of format 1.

    Attributes:
        stream: Random id of the chain, one device's.
        seq: Place in the stream, from 1.
        prev: Hash of the entry before it, zeros for the first.
        act: Its place in its act.
        typed_at: The device's clock when it was typed, UTC.
        recorded_at: The device's clock when it was sealed, UTC.
        utc_offset: Minutes that local time was ahead of UTC.
        tz: IANA name of the device's time zone.
        event_time: When it happened, UTC, where that is another fact.
        actor: Account id of the person, none where the device acts.
        role: Role in which the person acted.
        action: What was done, a name in ``record.actions``.
        participant: Random id of the participant, none for the site's own entries.
        path: The register written, or what the action is about.
        value: Hash over salt and content of the value payload.
        reason: Hash over salt and content of the reason payload.
        supersedes: Every head of the path that was known, sorted.
        prompted_by: The check or query that led to it.
        source: Where the value came from: ``direct``, ``transcribed`` and so on.
        computed: How a computed value came to be.
        study_version: Hash of the study's content under which it was made.
        app_version: Version of the program that wrote it.
        key: Id of the key that signs the act.
        format: Number of the format.
    """

    stream: str
    seq: int
    prev: str
    act: Act
    typed_at: datetime
    recorded_at: datetime
    utc_offset: int
    tz: str
    event_time: datetime | None
    actor: str | None
    role: str | None
    action: str
    participant: str | None
    path: str | None
    value: str | None
    reason: str | None
    supersedes: tuple[str, ...]
    prompted_by: str | None
    source: str | None
    computed: Computed | None
    study_version: str | None
    app_version: str
    key: str
    format: int = FORMAT


@frozen
class Payload:
    """A value or a reason, beside the entry that holds its hash.

    Attributes:
        entry: Hash of the entry.
        part: ``value`` or ``reason``.
        salt: 16 random bytes.
        content: RFC 8785 JSON.
    """

    entry: str
    part: str
    salt: bytes = field(repr=False)
    content: bytes = field(repr=False)

    @property
    def hash(self) -> str:
        """What the entry holds in its place."""
        return payload_hash(self.salt, self.content)


@frozen
class StoredEntry:
    """An entry as it is kept: the bytes, the hash claimed for them, the signature.

    Attributes:
        hash: SHA-256 of the bytes, as it was stored.
        bytes: The entry itself.
        signature: Ed25519 signature, only beside the last entry of an act.
    """

    hash: str
    bytes: _Bytes = field(repr=False)
    signature: _Bytes | None = field(default=None, repr=False)

    @cached_property
    def envelope(self) -> Envelope:
        """Its place in the chain, in whatever format.

        Raises:
            EntryError: The bytes are no entry of any format.
        """
        try:
            # Who asks for one mostly asks for the other: the bytes are read once.
            entry = self.entry
        except EntryError:
            return _envelope(_load(self.bytes))
        return Envelope(entry.format, entry.stream, entry.seq, entry.prev, entry.act)

    @cached_property
    def entry(self) -> Entry:
        """The entry read from the bytes, their canonical form taken on trust.

        Raises:
            EntryError: The bytes are no entry of a format that this program knows.
        """
        return _entry(_load(self.bytes))


def encode(entry: Entry) -> bytes:
    """The bytes of an entry.

    Raises:
        EntryError: A member does not fit format 1.
    """
    data = written(entry)
    _entry(_load(data))
    return data


def written(entry: Entry) -> bytes:
    """The bytes of an entry, not yet read back: the only place where they are made.

    Raises:
        EntryError: A member cannot be written.
    """
    content: dict[str, Any] = {
        "format": entry.format,
        "stream": entry.stream,
        "seq": entry.seq,
        "prev": entry.prev,
        "act": {
            "number": entry.act.number,
            "index": entry.act.index,
            "size": entry.act.size,
        },
        "typed_at": time_to_text(entry.typed_at),
        "recorded_at": time_to_text(entry.recorded_at),
        "utc_offset": entry.utc_offset,
        "tz": entry.tz,
        "event_time": None if entry.event_time is None else time_to_text(entry.event_time),
        "actor": entry.actor,
        "role": entry.role,
        "action": entry.action,
        "participant": entry.participant,
        "path": entry.path,
        "value": entry.value,
        "reason": entry.reason,
        "supersedes": list(entry.supersedes),
        "prompted_by": entry.prompted_by,
        "source": entry.source,
        "computed": None
        if entry.computed is None
        else {
            "rule": entry.computed.rule,
            "rule_version": entry.computed.rule_version,
            "inputs": list(entry.computed.inputs),
            "fact": entry.computed.fact,
        },
        "study_version": entry.study_version,
        "app_version": entry.app_version,
        "key": entry.key,
    }
    try:
        return plain_json(content)
    except rfc8785.CanonicalizationError:
        raise EntryError("bad_member", "a member cannot be written as canonical JSON") from None


def parse(data: bytes) -> Entry:
    """Read the bytes of an entry, refusing everything that is not exactly format 1.

    Raises:
        EntryError: With a code; see its class.
    """
    content = _load(data)
    entry = _entry(content)
    _demand_canonical(content, data)
    return entry


def demand_canonical(stored: StoredEntry) -> None:
    """What ``parse`` demands of the bytes, of an entry that is read once and used further.

    Raises:
        EntryError: With a code; see its class.
    """
    if written(stored.entry) != stored.bytes:
        raise _not_canonical()


def parse_envelope(data: bytes) -> Envelope:
    """Read the place in the chain from an entry of any format, canonical bytes demanded.

    Raises:
        EntryError: With a code; see its class.
    """
    content = _load(data)
    envelope = _envelope(content)
    _demand_canonical(content, data)
    return envelope


def hash_of(data: bytes) -> str:
    """SHA-256 of an entry's bytes, hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def payload_hash(salt: bytes, content: bytes) -> str:
    """SHA-256 over salt and content, hexadecimal: what an entry holds of a payload."""
    return hashlib.sha256(salt + content).hexdigest()


def fact_of(
    path: str | None,
    participant: str | None,
    rule: str,
    rule_version: str,
    inputs: tuple[str, ...],
) -> str:
    """Id of a computed fact, the same wherever it is computed."""
    data = plain_json([path, participant, rule, rule_version, sorted(inputs)])
    return hashlib.sha256(data).hexdigest()


def signed_message(entry_hash: str) -> bytes:
    """What a key signs to seal the act that ends with this entry."""
    return b"msclinic entry 1\n" + bytes.fromhex(entry_hash)


def time_to_text(moment: datetime) -> str:
    """A moment as entries write it: UTC, milliseconds, ``Z``.

    Raises:
        EntryError: The moment has no time zone.
    """
    moment = whole_milliseconds(moment)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _load(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data.decode("utf-8"))
    except (ValueError, RecursionError):
        raise EntryError("not_json", "the bytes are no UTF-8 JSON") from None
    if not isinstance(content, dict):
        raise EntryError("not_json", "the bytes are no JSON object")
    return content


def _demand_canonical(content: dict[str, Any], data: bytes) -> None:
    try:
        canonical = plain_json(content)
    except (rfc8785.CanonicalizationError, RecursionError):
        canonical = b""
    if canonical != data:
        raise _not_canonical()


def _not_canonical() -> EntryError:
    return EntryError("not_canonical", "the bytes are not canonical JSON")


def _refuse(member: str) -> NoReturn:
    raise EntryError("bad_member", f"member {member} is not as format {FORMAT} has it", member)


def _integer(content: Mapping[str, Any], member: str, low: int, high: int, where: str = "") -> int:
    number = content.get(member)
    if type(number) is not int or not low <= number <= high:
        _refuse(where + member)
    return number


def _text(content: Mapping[str, Any], member: str, pattern: re.Pattern[str]) -> str:
    text = content.get(member)
    if not isinstance(text, str) or not pattern.fullmatch(text):
        _refuse(member)
    return text


def _optional(content: Mapping[str, Any], member: str, pattern: re.Pattern[str]) -> str | None:
    return None if content.get(member) is None else _text(content, member, pattern)


def _plain(content: Mapping[str, Any], member: str, where: str = "") -> str:
    text = content.get(member)
    if not isinstance(text, str) or not text:
        _refuse(where + member)
    return text


def _time(content: Mapping[str, Any], member: str) -> datetime:
    text = content.get(member)
    if not isinstance(text, str) or not _TIME.fullmatch(text):
        _refuse(member)
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        _refuse(member)


def _hashes(content: Mapping[str, Any], member: str, where: str = "") -> tuple[str, ...]:
    listed = content.get(member)
    if not isinstance(listed, list) or not all(
        isinstance(one, str) and _HEX64.fullmatch(one) for one in listed
    ):
        _refuse(where + member)
    if listed != sorted(set(listed)):
        _refuse(where + member)
    return tuple(listed)


def _envelope(content: Mapping[str, Any]) -> Envelope:
    format_number = _integer(content, "format", 1, _LARGEST)
    stream = _text(content, "stream", _HEX32)
    seq = _integer(content, "seq", 1, _LARGEST)
    prev = _text(content, "prev", _HEX64)
    if (seq == 1) != (prev == ZEROS):
        _refuse("prev")
    act = content.get("act")
    if not isinstance(act, dict) or set(act) != {"number", "index", "size"}:
        _refuse("act")
    number = _integer(act, "number", 1, _LARGEST, "act.")
    size = _integer(act, "size", 1, _LARGEST, "act.")
    index = _integer(act, "index", 1, size, "act.")
    return Envelope(format_number, stream, seq, prev, Act(number, index, size))


def _computed(content: Mapping[str, Any], path: str | None, who: str | None) -> Computed | None:
    computed = content.get("computed")
    if computed is None:
        return None
    if not isinstance(computed, dict) or set(computed) != {
        "rule",
        "rule_version",
        "inputs",
        "fact",
    }:
        _refuse("computed")
    rule = _plain(computed, "rule", "computed.")
    rule_version = _plain(computed, "rule_version", "computed.")
    inputs = _hashes(computed, "inputs", "computed.")
    fact = computed["fact"]
    if fact != fact_of(path, who, rule, rule_version, inputs):
        _refuse("computed.fact")
    return Computed(rule, rule_version, inputs, fact)


_MEMBERS = {one.name for one in fields(Entry)}


def _entry(content: Mapping[str, Any]) -> Entry:
    envelope = _envelope(content)
    if envelope.format != FORMAT:
        raise EntryError("unknown_format", f"format {envelope.format} is not known", "format")
    if content.keys() != _MEMBERS:
        raise EntryError("members", "the members are not those of the format")
    participant = _optional(content, "participant", _HEX32)
    path = _optional(content, "path", _PATH)
    return Entry(
        stream=envelope.stream,
        seq=envelope.seq,
        prev=envelope.prev,
        act=envelope.act,
        typed_at=_time(content, "typed_at"),
        recorded_at=_time(content, "recorded_at"),
        utc_offset=_integer(content, "utc_offset", -_DAY_MINUTES, _DAY_MINUTES),
        tz=_plain(content, "tz"),
        event_time=None if content["event_time"] is None else _time(content, "event_time"),
        actor=_optional(content, "actor", _NAME),
        role=_optional(content, "role", _NAME),
        action=_text(content, "action", _NAME),
        participant=participant,
        path=path,
        value=_optional(content, "value", _HEX64),
        reason=_optional(content, "reason", _HEX64),
        supersedes=_hashes(content, "supersedes"),
        prompted_by=None if content["prompted_by"] is None else _plain(content, "prompted_by"),
        source=_optional(content, "source", _NAME),
        computed=_computed(content, path, participant),
        study_version=_optional(content, "study_version", _HEX64),
        app_version=_plain(content, "app_version"),
        key=_text(content, "key", _HEX32),
    )


def whole_milliseconds(moment: datetime) -> datetime:
    """The moment as an entry can hold it: UTC, cut to milliseconds.

    Raises:
        EntryError: The moment has no time zone.
    """
    if moment.tzinfo is None:
        raise EntryError("bad_member", "a time has no time zone")
    moment = moment.astimezone(UTC)
    return moment - timedelta(microseconds=moment.microsecond % 1000)
