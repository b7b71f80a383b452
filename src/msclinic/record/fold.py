"""The fold: from entries to heads and signatures.

It reads entries and their payloads only, never a clock, the running study or the order in which
entries came: the same set always gives the same tables. Adding entries never takes one out again.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from attrs import field, frozen

from msclinic.record.actions import ACTIONS, is_known
from msclinic.record.entry import ZEROS, Entry, EntryError, Payload, StoredEntry

__all__ = [
    "WHOLE",
    "HeadRow",
    "Register",
    "Signature",
    "SignatureRow",
    "Tables",
    "builds_on",
    "counts_while",
    "eligible",
    "fold",
    "fold_register",
    "in_a_visit",
    "is_register",
    "known_to_fold",
    "names_others",
    "signature_in",
    "signature_is_valid",
]

ITEM_DEPTH = 7
WHOLE = "*"
"""Scope of a signature over everything of one participant."""


@frozen
class Register:
    """What the entries of one path come to.

    Attributes:
        heads: Entries that none supersedes, one for each computed fact, sorted; two are a conflict.
        twins: By head, the other entries of the same computed fact; superseded together with it.
    """

    heads: tuple[str, ...]
    twins: Mapping[str, tuple[str, ...]]

    @property
    def conflict(self) -> bool:
        """Whether changes that did not know of each other wait for a person."""
        return len(self.heads) > 1


@frozen
class HeadRow:
    """One head of one register.

    Attributes:
        participant: Random id, none for the site's registers.
        path: The register.
        entry: Hash of the head.
        twins: Entries of the same computed fact.
        stale: What it was computed from, or kept for, is no longer current.
        conflict: The register has another head.
        value: Content of its value, none where there is none or it was blotted.
        reason: Content of its reason.
    """

    participant: str | None
    path: str
    entry: str
    twins: tuple[str, ...]
    stale: bool
    conflict: bool
    value: bytes | None = field(repr=False)
    reason: bytes | None = field(repr=False)


@frozen
class SignatureRow:
    """One signature.

    Attributes:
        entry: Hash of the entry that signed.
        participant: Random id, none for the site's own signatures.
        path: Its register, ``signature/<id>``.
        scope: Path prefix under which everything is signed; empty where only the items are.
        meaning: Code of the meaning.
        status: ``valid`` or ``void``.
        items: Paths and the heads they had, sorted.
    """

    entry: str
    participant: str | None
    path: str
    scope: str
    meaning: str
    status: str
    items: tuple[tuple[str, tuple[str, ...]], ...]


@frozen
class Tables:
    """Everything that screens read, from entries alone.

    Attributes:
        heads: One row a head, sorted by participant, path and entry.
        signatures: One row a signature, sorted by entry.
    """

    heads: tuple[HeadRow, ...]
    signatures: tuple[SignatureRow, ...]


@frozen
class Signature:
    """What a signature's value says.

    Attributes:
        scope: Path prefix, ``WHOLE``, or empty.
        meaning: Code of the meaning.
        items: Paths and the heads they had, sorted.
        without: Forms beneath the scope that are not signed: the signer may not see them.
    """

    scope: str
    meaning: str
    items: tuple[tuple[str, tuple[str, ...]], ...]
    without: frozenset[str] = frozenset()


def known_to_fold(stored: StoredEntry) -> bool:
    """Whether format and action are known; otherwise the whole act waits."""
    try:
        return is_known(stored.entry.action)
    except EntryError:
        return False


def is_register(entry: Entry) -> bool:
    """Whether the entry writes its path."""
    return entry.path is not None and entry.action in ACTIONS and ACTIONS[entry.action].register


def signature_in(entry: Entry, content: bytes | None) -> Signature | None:
    """What a signing entry signed, or none if it is no signature or cannot be read."""
    if entry.action not in ACTIONS or not ACTIONS[entry.action].signs:
        return None
    value = _object(content)
    if value.get("type") != "signature":
        return None
    try:
        items = sorted(
            (str(path), tuple(sorted(map(str, heads)))) for path, heads in value["items"]
        )
        without = frozenset(map(str, value.get("without", ())))
        return Signature(str(value["scope"]), str(value["meaning"]), tuple(items), without)
    except (KeyError, TypeError, ValueError):
        return None


def counts_while(entry: Entry, content: bytes | None) -> frozenset[str]:
    """Entries that must stay current for this one not to be stale.

    A computed value depends on its inputs; a kept finding on the value for which it was kept.
    """
    if entry.computed is not None:
        return frozenset(entry.computed.inputs)
    if entry.action == "finding_kept":
        kept = _object(content).get("entry")
        if isinstance(kept, str):
            return frozenset({kept})
    return frozenset()


def builds_on(entry: Entry, content: bytes | None) -> frozenset[str]:
    """Entries without which this one must wait: superseded, computed from, kept, signed."""
    signature = signature_in(entry, content)
    signed = () if signature is None else (one for _, heads in signature.items for one in heads)
    return frozenset(entry.supersedes) | counts_while(entry, content) | frozenset(signed)


def names_others(entry: Entry) -> bool:
    """Whether the value of an entry names what it builds on: what was signed, or kept."""
    return entry.action == "finding_kept" or ACTIONS[entry.action].signs


def eligible(entries: Iterable[StoredEntry], payloads: Iterable[Payload] = ()) -> frozenset[str]:
    """Hashes of the entries that count.

    An entry counts if its stream has come without a gap from its first entry, its act is whole,
    every format and action of the act is known, and all that the act builds on counts.

    Args:
        entries: Any entries, in any order and repetition.
        payloads: Their payloads; what a signature signed stands there.
    """
    by_hash = {stored.hash: stored for stored in entries}
    acts = _whole_acts(by_hash)
    contents = _values(payloads)
    counted: set[str] = set()
    missing: dict[int, set[str]] = {}
    waiting: dict[str, list[int]] = defaultdict(list)
    ready: list[int] = []
    for number, act in enumerate(acts):
        if not all(known_to_fold(by_hash[one]) for one in act):
            continue
        needs = {
            other
            for one in act
            for other in builds_on(by_hash[one].entry, contents.get(one))
            if other not in act
        }
        missing[number] = needs
        for one in needs:
            waiting[one].append(number)
        if not needs:
            ready.append(number)
    while ready:
        for one in acts[ready.pop()]:
            if one in counted:
                continue
            counted.add(one)
            for number in waiting.pop(one, ()):
                missing[number].discard(one)
                if not missing[number]:
                    ready.append(number)
    return frozenset(counted)


def fold_register(entries: Iterable[StoredEntry], contents: Mapping[str, bytes]) -> Register:
    """The heads of one register.

    Args:
        entries: The eligible entries of one participant and path.
        contents: Content of their values by entry hash.
    """
    by_hash = {stored.hash: stored.entry for stored in entries}
    superseded = {one for entry in by_hash.values() for one in entry.supersedes}
    facts: dict[tuple[str, bytes | None], list[str]] = defaultdict(list)
    for one in sorted(by_hash.keys() - superseded):
        computed = by_hash[one].computed
        facts[(one, None) if computed is None else (computed.fact, contents.get(one))].append(one)
    twins = {same[0]: tuple(same[1:]) for same in facts.values()}
    return Register(tuple(sorted(twins)), twins)


def signature_is_valid(
    signature: Signature,
    heads_of: Callable[[str], Iterable[HeadRow]],
    paths_under: Callable[[str], Iterable[str]],
) -> bool:
    """Whether all that was signed still stands as it was signed.

    Args:
        signature: What was signed.
        heads_of: The heads of a path of the same participant.
        paths_under: Paths with a head below a scope, the scope itself among them.
    """
    for path, listed in signature.items:
        rows = tuple(heads_of(path))
        shown = {one: row.entry for row in rows for one in (row.entry, *row.twins)}
        if {shown.get(one) for one in listed} != {row.entry for row in rows}:
            return False
    if not signature.scope:
        return True
    signed = {path for path, _ in signature.items}
    return all(
        path in signed or path.split("/")[2] in signature.without
        for path in paths_under(signature.scope)
        if path.count("/") + 1 >= ITEM_DEPTH and in_a_visit(path)
    )


def in_a_visit(path: str) -> bool:
    """Whether a path lies in a visit; what the program keeps beside them has a word in small."""
    return not path.partition("/")[0].islower()


def fold(entries: Iterable[StoredEntry], payloads: Iterable[Payload]) -> Tables:
    """Heads and signatures of everything that counts.

    Args:
        entries: Any entries, in any order and repetition.
        payloads: Their payloads.
    """
    stored = {one.hash: one for one in entries}
    contents: dict[tuple[str, str], bytes] = {(p.entry, p.part): p.content for p in payloads}
    values = {one: content for (one, part), content in contents.items() if part == "value"}
    counted = {one: stored[one] for one in _eligible(stored, values)}
    registers: dict[tuple[str | None, str], list[StoredEntry]] = defaultdict(list)
    for one in counted.values():
        if one.entry.path is not None and is_register(one.entry):
            registers[one.entry.participant, one.entry.path].append(one)
    folded = {place: fold_register(group, values) for place, group in registers.items()}
    stale = _stale(counted, values, folded.values(), registers)
    rows = sorted(
        (
            HeadRow(
                participant,
                path,
                head,
                register.twins[head],
                head in stale,
                register.conflict,
                contents.get((head, "value")),
                contents.get((head, "reason")),
            )
            for (participant, path), register in folded.items()
            for head in register.heads
        ),
        key=lambda row: (row.participant or "", row.path, row.entry),
    )
    return Tables(tuple(rows), _signatures(counted, values, rows))


def _eligible(stored: Mapping[str, StoredEntry], values: Mapping[str, bytes]) -> frozenset[str]:
    return eligible(stored.values(), (Payload(one, "value", b"", c) for one, c in values.items()))


def _values(payloads: Iterable[Payload]) -> dict[str, bytes]:
    return {one.entry: one.content for one in payloads if one.part == "value"}


def _object(content: bytes | None) -> Mapping[str, Any]:
    if content is None:
        return {}
    try:
        value = json.loads(content)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _whole_acts(by_hash: Mapping[str, StoredEntry]) -> list[frozenset[str]]:
    """Acts that came whole, on streams that came without a gap."""
    placed = {}
    for one, stored in by_hash.items():
        try:
            placed[one] = stored.envelope
        except EntryError:
            continue
    reached: set[str] = set()
    acts: list[frozenset[str]] = []
    for one in sorted(placed, key=lambda each: placed[each].seq):
        here = placed[one]
        before = placed.get(here.prev)
        if before is None:
            if here.prev != ZEROS:
                continue
        elif here.prev not in reached or (before.stream, before.seq + 1) != (here.stream, here.seq):
            continue
        reached.add(one)
        if here.act.index == here.act.size:
            act = _act_ending(one, placed)
            if act is not None:
                acts.append(act)
    return acts


def _act_ending(last: str, placed: Mapping[str, Any]) -> frozenset[str] | None:
    end = placed[last].act
    act, one = set(), last
    for index in range(end.size, 0, -1):
        here = placed.get(one)
        if here is None or (here.act.number, here.act.index, here.act.size) != (
            end.number,
            index,
            end.size,
        ):
            return None
        act.add(one)
        one = here.prev
    return frozenset(act)


def _stale(
    counted: Mapping[str, StoredEntry],
    values: Mapping[str, bytes],
    folded: Iterable[Register],
    registers: Mapping[tuple[str | None, str], list[StoredEntry]],
) -> frozenset[str]:
    """Current entries that no longer count, with all that was computed from them."""
    current = {one for each in folded for head in each.heads for one in (head, *each.twins[head])}
    superseded = {one.hash for group in registers.values() for one in group} - current
    dependents: dict[str, list[str]] = defaultdict(list)
    stale: set[str] = set()
    for one in current:
        needs = counts_while(counted[one].entry, values.get(one))
        for other in needs:
            dependents[other].append(one)
        if needs & superseded:
            stale.add(one)
    reach = list(stale)
    while reach:
        for one in dependents.get(reach.pop(), ()):
            if one not in stale:
                stale.add(one)
                reach.append(one)
    return frozenset(stale)


def _signatures(
    counted: Mapping[str, StoredEntry], values: Mapping[str, bytes], rows: Collection[HeadRow]
) -> tuple[SignatureRow, ...]:
    by_place: dict[tuple[str | None, str], list[HeadRow]] = defaultdict(list)
    below: dict[tuple[str | None, str], set[str]] = defaultdict(set)
    for row in rows:
        by_place[row.participant, row.path].append(row)
        below[row.participant, WHOLE].add(row.path)
        parts = row.path.split("/")
        for depth in range(1, len(parts) + 1):
            below[row.participant, "/".join(parts[:depth])].add(row.path)
    current = {one for row in rows for one in (row.entry, *row.twins)}
    found = []
    for one, stored in counted.items():
        entry = stored.entry
        if entry.path is None or not ACTIONS[entry.action].signs:
            continue
        signature = signature_in(entry, values.get(one))
        who = entry.participant
        valid = (
            signature is not None
            and one in current
            and signature_is_valid(
                signature,
                lambda path, who=who: by_place.get((who, path), ()),  # type: ignore[misc]
                lambda scope, who=who: below.get((who, scope), ()),  # type: ignore[misc]
            )
        )
        shown = signature or Signature("", "", ())
        found.append(
            SignatureRow(
                one,
                who,
                entry.path,
                shown.scope,
                shown.meaning,
                "valid" if valid else "void",
                shown.items,
            )
        )
    return tuple(sorted(found, key=lambda row: row.entry))
