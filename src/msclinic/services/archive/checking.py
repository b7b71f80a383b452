"""Checks an archive without the home: files, their list's signature, the chain, every act's key.

What is withheld is checked as far as its place in the chain; its content lies sealed, and whoever
opens a package checks it the same way. An archive cannot vouch for its own authority: the
fingerprint has to be compared with the one that the site keeps on paper.
"""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.errors import UserError
from msclinic.record import (
    ZEROS,
    Fault,
    KnownKey,
    blot_path,
    hash_of,
    known_keys,
    signed_message,
)
from msclinic.services.archive.lines import ArchivedEntry, read_line
from msclinic.services.archive.making import ARCHIVE_FORMAT
from msclinic.vault import (
    fingerprint,
    holder_of,
    issued_by,
    verify_detached,
    verify_entry_signature,
)

__all__ = ["Checked", "check_archive"]

_MANIFEST, _SIGNATURE = "manifest.json", "manifest.sig"
_JOURNAL = "journal/journal.jsonl"
_SIGNER, _AUTHORITY = "certificates/signer.der", "certificates/authority.der"
_BLOT_PERSONS = 2


@frozen
class Checked:
    """What an archive's check found.

    Attributes:
        faults: What is not as it was made; empty if all agrees.
        signer: Account and role that the certificate names; empty where there is none.
        made_at: When it says it was made.
        authority: Fingerprint of the site authority's certificate, to be compared with paper.
        entries: Journal entries.
        withheld: Entries whose content lies sealed.
    """

    faults: tuple[Fault, ...]
    signer: str
    made_at: str
    authority: str
    entries: int
    withheld: int


def check_archive(folder: Path) -> Checked:
    """Check an archive by what lies in its folder alone.

    Raises:
        UserError: The folder holds no archive of this program, or of a newer version.
    """
    try:
        data = (folder / _MANIFEST).read_bytes()
        manifest: Any = json.loads(data)
        listed = {
            str(one["path"]): (int(one["size"]), str(one["sha256"])) for one in _rows(manifest)
        }
        made_at, founder = str(manifest["made_at"]), str(manifest["founder_key"])
        journal: Any = manifest["journal"]
        streams = {one: (int(seq), str(h)) for one, (seq, h) in journal["streams"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise UserError(
            "no_archive",
            what="This folder cannot be checked.",
            why="Its manifest.json is missing, damaged, or of another version of the program.",
            what_to_do="Name the folder that the archive was written to.",
        ) from error
    faults = [*_check_files(folder, listed), *_check_signer(folder, data)]
    entries, unreadable = _read_journal(folder / _JOURNAL)
    faults += unreadable
    faults += _check_entries(entries, streams, founder)
    signer = _content(folder / _SIGNER)
    return Checked(
        faults=tuple(faults),
        signer=holder_of(signer),
        made_at=made_at,
        authority=fingerprint(_content(folder / _AUTHORITY)),
        entries=len(entries),
        withheld=sum(one.withheld for one in entries),
    )


def _rows(manifest: Any) -> list[Any]:
    if manifest["format"] != ARCHIVE_FORMAT:
        raise ValueError("another format")
    rows: list[Any] = manifest["files"]
    return rows


def _check_files(folder: Path, listed: Mapping[str, tuple[int, str]]) -> Iterator[Fault]:
    there = {
        path.relative_to(folder).as_posix(): path
        for path in sorted(folder.rglob("*"))
        if path.is_file() or path.is_symlink()
    }
    for name, (size, digest) in sorted(listed.items()):
        path = there.get(name)
        if path is None:
            yield Fault("file_missing", name, "The file is not there.")
        elif path.is_symlink() or len(content := _content(path)) != size:
            yield Fault("file_changed", name, "The file is not as long as it was.")
        elif hashlib.sha256(content).hexdigest() != digest:
            yield Fault("file_changed", name, "The file was changed.")
    for name in sorted(there.keys() - listed.keys() - {_MANIFEST, _SIGNATURE}):
        yield Fault("file_unknown", name, "The file is not of this archive.")


def _check_signer(folder: Path, manifest: bytes) -> Iterator[Fault]:
    signer, authority = _content(folder / _SIGNER), _content(folder / _AUTHORITY)
    if not issued_by(authority, authority) or not issued_by(signer, authority):
        sentence = "The signer's certificate is not of the site's authority."
        yield Fault("wrong_certificate", _SIGNER, sentence)
    if not verify_detached(signer, manifest, _content(folder / _SIGNATURE)):
        sentence = "The signature does not fit the list of files."
        yield Fault("wrong_signature", _MANIFEST, sentence)


def _read_journal(path: Path) -> tuple[list[ArchivedEntry], list[Fault]]:
    entries: list[ArchivedEntry] = []
    faults: list[Fault] = []
    for number, line in enumerate(_content(path).splitlines(), start=1):
        try:
            entries.append(read_line(line))
        except ValueError:
            faults.append(Fault("malformed", f"{_JOURNAL} line {number}", "It cannot be read."))
    return entries, faults


def _check_entries(
    entries: Sequence[ArchivedEntry], streams: Mapping[str, tuple[int, str]], founder: str
) -> Iterator[Fault]:
    by_stream: dict[str, list[ArchivedEntry]] = defaultdict(list)
    for one in entries:
        by_stream[one.stream].append(one)
    for stream in sorted(by_stream.keys() | streams.keys()):
        yield from _check_stream(stream, by_stream[stream], streams.get(stream))
    open_ones = [one for one in entries if not one.withheld]
    keys = known_keys(
        [one.stored for one in open_ones],
        [payload for one in open_ones for payload in one.payloads],
        verify_entry_signature,
        frozenset({founder}),
    )
    blots = _blots(open_ones)
    for one in open_ones:
        yield from _check_entry(one, keys, blots)


def _check_stream(
    stream: str, entries: Iterable[ArchivedEntry], end: tuple[int, str] | None
) -> Iterator[Fault]:
    seq, prev = 0, ZEROS
    for one in sorted(entries, key=_place):
        where = f"stream {stream[:8]} entry {one.seq}"
        if one.seq != seq + 1:
            yield Fault("gap", where, "Entries before it are missing, or it stands there twice.")
        elif one.prev != prev:
            yield Fault("wrong_prev", where, "The entry does not follow the one before it.")
        seq, prev = one.seq, one.stored.hash
    if end != (seq, prev):
        where = f"stream {stream[:8]}"
        yield Fault("cut_off", where, "The stream does not end where the manifest says.")


def _check_entry(
    one: ArchivedEntry, keys: Mapping[str, KnownKey], blots: Mapping[str, set[str]]
) -> Iterator[Fault]:
    where = f"stream {one.stream[:8]} entry {one.seq}"
    if hash_of(one.stored.bytes) != one.stored.hash:
        yield Fault("wrong_hash", where, "The entry's bytes do not have its hash.")
    entry = one.stored.entry
    found = {payload.part: payload for payload in one.payloads}
    for part, wanted in (("value", entry.value), ("reason", entry.reason)):
        payload = found.get(part)
        if payload is not None and payload.hash != wanted:
            yield Fault("payload_altered", where, f"The entry's {part} was changed.")
        if payload is None and wanted is not None:
            removed = len(blots.get(blot_path(one.stored.hash, part), ())) >= _BLOT_PERSONS
            if not removed:
                yield Fault("payload_missing", where, f"The entry's {part} was removed.")
    if one.act.index != one.act.size:
        return
    known = keys.get(one.key)
    if known is None or one.stored.signature is None:
        yield Fault("unknown_key", where, "The act is signed by a key that nobody vouches for.")
        return
    public, message = bytes.fromhex(known.public), signed_message(one.stored.hash)
    if not verify_entry_signature(public, message, one.stored.signature):
        yield Fault("wrong_signature", where, "The signature does not fit the act.")
    owner = "device/" if entry.actor is None else f"people/{entry.actor}"
    if known.owner != owner and not (entry.actor is None and known.owner.startswith(owner)):
        yield Fault("foreign_key", where, "The act is signed with the key of somebody else.")


def _blots(entries: Iterable[ArchivedEntry]) -> Mapping[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for one in entries:
        entry = one.stored.entry
        if entry.action == "blotted" and entry.path and entry.actor:
            found[entry.path].add(entry.actor)
    return found


def _place(one: ArchivedEntry) -> int:
    return one.seq


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
