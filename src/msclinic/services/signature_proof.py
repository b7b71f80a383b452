"""Whether a signature in the record is one that its signer could have given.

The chain proves that entries are as they were sealed. Here stands what it cannot know: that the
role may say this, that the account held the role, and that nothing was left out of the list or
put into it.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from attrs import frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import Entry, EntryError, Fault, StoredEntry, canonical, in_a_visit
from msclinic.record.fold import Signature, signature_in
from msclinic.services.sign_off import CASEBOOK_MEANING, VISIT_MEANING
from msclinic.services.signature_judge import Judge
from msclinic.services.signing import FORM_MEANINGS
from msclinic.store import WHOLE, Reader, Store
from msclinic.study import Study

__all__ = ["signature_faults"]

_ITEM_PARTS, _FORM_PARTS, _VISIT_PARTS = 7, 4, 2
_SENTENCES = {
    "signature_unreadable": "The signature does not say what was signed.",
    "signature_meaning": "The study has no such meaning of a signature.",
    "signature_role": "The study does not let this role say what the signature says.",
    "signature_stranger": "The signer was never given the role in which the signature was made.",
    "signature_scope": "The signature covers more or less than its meaning asks for.",
    "signature_cut": "Answers that stood beneath the signature are missing from its list.",
    "signature_item": "The list of the signature names an entry of another place.",
    "signature_old": "The list of the signature names an answer that had been replaced.",
}


def signature_faults(store: Store) -> list[Fault]:
    """Every signature that its signer could not have given, by stream and place.

    A record that cannot be read is a fault of its own, which others name.
    """
    judge = Judge()
    try:
        with store.read_doubted() as reader:
            known = _Known.of(reader)
            return [
                Fault(code, where, _SENTENCES[code])
                for stored in known.signatures
                for code, where in _faults_of(reader, judge, known, stored)
            ]
    except KnownFault:
        return []


@frozen
class _Known:
    """What the proof looks up, read once.

    Attributes:
        signatures: Entries that sign.
        places: Participant and path of every entry, by hash.
        replaced: By stream, the place at which each entry was replaced there.
        written: By stream and participant, each item path with the place of its first entry.
        roles: Account and role of every grant.
    """

    signatures: tuple[StoredEntry, ...]
    places: Mapping[str, tuple[str | None, str | None]]
    replaced: Mapping[str, Mapping[str, int]]
    written: Mapping[tuple[str, str | None], Mapping[str, int]]
    roles: frozenset[tuple[str, str]]

    @classmethod
    def of(cls, reader: Reader) -> "_Known":
        """Read the journal through."""
        signatures: list[StoredEntry] = []
        places: dict[str, tuple[str | None, str | None]] = {}
        replaced: dict[str, dict[str, int]] = defaultdict(dict)
        written: dict[tuple[str, str | None], dict[str, int]] = defaultdict(dict)
        roles = set()
        for stored in reader.entries():
            try:
                entry = stored.entry
            except EntryError:
                continue  # The chain has named it.
            places[stored.hash] = (entry.participant, entry.path)
            for other in entry.supersedes:
                replaced[entry.stream].setdefault(other, entry.seq)
            path = entry.path or ""
            if entry.action == "signed":
                signatures.append(stored)
            elif path.count("/") + 1 >= _ITEM_PARTS and in_a_visit(path):
                written[entry.stream, entry.participant].setdefault(path, entry.seq)
            elif entry.action == "role_granted":
                _, account, _, role = (*path.split("/"), "", "", "")[:4]
                roles.add((account, role))
        return cls(tuple(signatures), places, replaced, written, frozenset(roles))


def _faults_of(
    reader: Reader, judge: Judge, known: _Known, stored: StoredEntry
) -> Iterator[tuple[str, str]]:
    entry = stored.entry
    where = f"stream {entry.stream[:8]} entry {entry.seq}, {entry.path}"
    found = _signature(reader, stored)
    if found is None:
        yield "signature_unreadable", where
        return
    if (entry.actor or "", entry.role or "") not in known.roles:
        yield "signature_stranger", where
    study = judge.study(reader, entry.study_version) if entry.study_version else None
    if study is not None:
        meaning = study.meanings.get(found.meaning)
        if meaning is None:
            yield "signature_meaning", where
        elif entry.role not in meaning.roles:
            yield "signature_role", where
        if not _scope_fits(study, entry, found):
            yield "signature_scope", where
    for code in _list_faults(known, entry, found):
        yield code, where


def _scope_fits(study: Study, entry: Entry, found: Signature) -> bool:
    """Whether the scope is one that the meaning has, and leaves out only what is not seen."""
    sign_off = found.meaning in (VISIT_MEANING, CASEBOOK_MEANING)
    parts = found.scope.split("/")
    if found.meaning in FORM_MEANINGS and len(parts) != _FORM_PARTS:
        return False
    if found.meaning == VISIT_MEANING and len(parts) != _VISIT_PARTS:
        return False
    if (found.scope == WHOLE) != (found.meaning == CASEBOOK_MEANING):
        return False
    role = entry.role or ""
    seen = (
        form
        for form in found.without
        if form in study.forms
        and not study.forms[form].own
        and (study.may(role, "read", form) or study.may(role, "enter", form))
    )
    return not any(seen) if sign_off else not found.without


def _list_faults(known: _Known, entry: Entry, found: Signature) -> Iterator[str]:
    """What the signer's own stream shows: it knew everything that it had written before."""
    listed = {path for path, _ in found.items}
    before = known.written.get((entry.stream, entry.participant), {})
    if any(
        seq < entry.seq and path not in listed and _beneath(found, path)
        for path, seq in before.items()
    ):
        yield "signature_cut"
    hashes = [(path, one) for path, heads in found.items for one in heads]
    if any(
        one in known.places and known.places[one] != (entry.participant, path)
        for path, one in hashes
    ):
        yield "signature_item"
    replaced = known.replaced.get(entry.stream, {})
    if any(replaced.get(one, entry.seq) < entry.seq for _, one in hashes):
        yield "signature_old"


def _beneath(found: Signature, path: str) -> bool:
    if not found.scope or path.split("/")[2] in found.without:
        return False
    return found.scope == WHOLE or path.startswith(f"{found.scope}/")


def _signature(reader: Reader, stored: StoredEntry) -> Signature | None:
    entry = stored.entry
    for row in reader.trail(entry.participant, entry.path or ""):
        if row.stored.hash == stored.hash and row.value is not None:
            return signature_in(entry, canonical(row.value))
    return None
