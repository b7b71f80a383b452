"""What a reader gives back: heads, trails, signatures, and where the journal has come to."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

import rfc8785
from attrs import field, frozen

from msclinic.record.entry import Entry, StoredEntry

__all__ = ["LAST", "Head", "Name", "Position", "SignatureRow", "StreamHead", "TrailRow"]

LAST = "\U0010ffff"
"""Sorts after every short text that a person can type."""


class Name(NamedTuple):
    """What one participant's register says.

    Attributes:
        participant: Random id.
        entry: Hash of the head.
        word: The value as one short text.
        value: The value as written.
    """

    participant: str
    entry: str
    word: str
    value: dict[str, Any] | None


class StreamHead(NamedTuple):
    """Where a stream ends; what the next act's stamp is made from.

    Attributes:
        seq: Place of the last entry, 0 where the stream has none.
        hash: Its hash, zeros where the stream has none.
        act_number: Number of the last act, 0 where the stream has none.
    """

    seq: int
    hash: str
    act_number: int


@frozen
class Position:
    """A place in the journal, as a document carries it.

    Attributes:
        entries: How many entries there are.
        streams: By stream, the place and hash of its last entry.
    """

    entries: int
    streams: Mapping[str, tuple[int, str]]

    @property
    def head(self) -> str:
        """One hash over the heads of all streams, hexadecimal."""
        heads: Any = [[stream, seq, one] for stream, (seq, one) in sorted(self.streams.items())]
        return hashlib.sha256(rfc8785.dumps(heads)).hexdigest()


@frozen
class Head:
    """A current value of one register.

    Attributes:
        participant: Random id, none for the site's registers.
        path: The register.
        entry: Hash of the entry.
        action: What was done.
        value: The value as written, none where there is none.
        reason: The reason for change.
        actor: Account id.
        role: Role of the actor.
        typed_at: When it was typed.
        recorded_at: When it was sealed.
        event_time: When it happened.
        study_version: The study under which it was made.
        source: Where the value came from.
        replaces: How many earlier heads it replaced; 0 for a first answer.
        stale: What it was computed from, or kept for, has changed since.
        conflict: The register has another head.
        known: What an entry replacing this head must supersede: the head and its twins.
    """

    participant: str | None
    path: str
    entry: str
    action: str
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    actor: str | None
    role: str | None
    typed_at: datetime
    recorded_at: datetime
    event_time: datetime | None
    study_version: str | None
    source: str | None
    replaces: int
    stale: bool
    conflict: bool
    known: tuple[str, ...]


@frozen
class TrailRow:
    """One entry of a register's history.

    Attributes:
        stored: The entry as it is kept.
        value: The value as written, none where there is none or it was blotted.
        reason: The reason for change.
        current: It is a head.
        waiting: It does not count yet.
        removed: Its value was blotted.
    """

    stored: StoredEntry = field(repr=False)
    value: dict[str, Any] | None = field(repr=False)
    reason: dict[str, Any] | None = field(repr=False)
    current: bool
    waiting: bool
    removed: bool

    @property
    def entry(self) -> Entry:
        """The entry's members: who, when, what, replacing what."""
        return self.stored.entry


@frozen
class SignatureRow:
    """One signature.

    Attributes:
        entry: Hash of the entry that signed.
        participant: Random id, none for the site's own.
        path: ``signature/<id>``.
        scope: Path prefix, or empty.
        meaning: Code of the meaning.
        status: ``valid`` or ``void``.
        actor: Account id of the signer.
        role: Role of the signer.
        typed_at: When it was signed.
        study_version: The study under which it was signed.
        items: Paths and the heads they had.
    """

    entry: str
    participant: str | None
    path: str
    scope: str
    meaning: str
    status: str
    actor: str | None
    role: str | None
    typed_at: datetime
    study_version: str | None
    items: tuple[tuple[str, tuple[str, ...]], ...]
