"""Which signing keys the journal itself makes known, starting from a key pinned outside it.

A key counts only if the act that publishes it is signed by a pinned key or by one that already
counts. Nothing here may trust a key because the journal alone names it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping

from attrs import frozen

from msclinic.record.entry import (
    EntryError,
    Payload,
    StoredEntry,
    hash_of,
    signed_message,
)

__all__ = ["KnownKey", "Verify", "key_id", "known_keys"]

Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether a raw Ed25519 public key signed a message: called with key, message, signature."""


@frozen
class KnownKey:
    """A signing key that counts.

    Attributes:
        public: Raw Ed25519 public key, hexadecimal.
        owner: ``people/<account>`` or ``device/<id>``.
    """

    public: str
    owner: str


@frozen
class _Published:
    key: str
    known: KnownKey
    last: str


def key_id(public: bytes) -> str:
    """Id of a signing key: the first half of the SHA-256 of the raw public key, hexadecimal."""
    return hashlib.sha256(public).hexdigest()[:32]


def known_keys(
    entries: Iterable[StoredEntry],
    payloads: Iterable[Payload],
    verify: Verify,
    trusted: frozenset[str],
) -> Mapping[str, KnownKey]:
    """Every key that counts, by its id.

    Publishing entries have the action ``keys_published``, a path ``people/<account>/...`` or
    ``device/<id>/...`` and a value ``{"type": "keys", "public": "<64 hex>", ...}``.

    Args:
        entries: The journal.
        payloads: Its payloads.
        verify: Checks one signature.
        trusted: Ids of keys pinned outside the journal: the founding device's.
    """
    by_hash = {one.hash: one for one in entries if one.hash == hash_of(one.bytes)}
    publishing = {
        one: stored
        for one, stored in by_hash.items()
        if b'"action":"keys_published"' in stored.bytes
    }
    values = {one.entry: one for one in payloads if one.part == "value" and one.entry in publishing}
    following = {}
    if publishing:
        for one, stored in by_hash.items():
            try:
                following[stored.envelope.prev] = one
            except EntryError:
                continue
    waiting = []
    for one, stored in publishing.items():
        found = _published(stored, values.get(one), by_hash, following)
        if found is not None:
            waiting.append(found)
    known: dict[str, KnownKey] = {}
    for found in waiting:
        if found.key in trusted:
            known.setdefault(found.key, found.known)
    while True:
        fresh = [
            found
            for found in waiting
            if found.key not in known and _signed_by_known(by_hash[found.last], known, verify)
        ]
        if not fresh:
            return known
        for found in fresh:
            known.setdefault(found.key, found.known)


def _published(
    stored: StoredEntry,
    payload: Payload | None,
    by_hash: Mapping[str, StoredEntry],
    following: Mapping[str, str],
) -> _Published | None:
    try:
        entry = stored.entry
        last = stored
        while last.envelope.act.index < last.envelope.act.size:
            last = by_hash[following[last.hash]]
        if last.envelope.act.number != entry.act.number:
            return None
    except (EntryError, KeyError):
        return None
    if payload is None or payload.hash != entry.value or entry.action != "keys_published":
        return None
    parts = (entry.path or "").split("/")
    if entry.participant is not None or parts[0] not in ("people", "device") or len(parts) < 3:
        return None
    try:
        public = bytes.fromhex(json.loads(payload.content)["public"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    known = KnownKey(public.hex(), "/".join(parts[:2]))
    return _Published(key_id(public), known, last.hash)


def _signed_by_known(last: StoredEntry, known: Mapping[str, KnownKey], verify: Verify) -> bool:
    try:
        signer = known.get(last.entry.key)
    except EntryError:
        return False
    if signer is None or last.signature is None:
        return False
    return verify(bytes.fromhex(signer.public), signed_message(last.hash), last.signature)
