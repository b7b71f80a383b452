"""At start the end of the journal is checked, and the whole of it now and then in the background.

How far it was proved last lies beside the marker outside the home and is authenticated as that
is. What follows it is a few entries: their bytes, chain and signatures are looked at right after
the sign-in. The whole proof takes longer and runs in a process of its own once a day.
"""

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import Fault, hash_of, signed_message
from msclinic.services.backup.proving import Asked, Prove, prove_apart
from msclinic.services.home import write_whole
from msclinic.services.session import Session
from msclinic.services.sign_in import unlock_record
from msclinic.store import Reader
from msclinic.store.journal_reading import JournalRow, journal_rows, positions_after
from msclinic.vault import MarkKey, verify_entry_signature

__all__ = ["Proved", "broken_record", "check_end", "check_whole", "proved_so_far"]

_LOG = logging.getLogger("msclinic.integrity")
_FORMAT = 1
_EVERY = timedelta(hours=20)
_BATCH = 500
_AHEAD = timedelta(hours=1)

Head = tuple[int, str]


@frozen
class Proved:
    """How far a record was proved.

    Attributes:
        at: When, by this device's clock.
        heads: By stream, place and hash of the last entry then.
    """

    at: datetime
    heads: Mapping[str, Head]

    def is_old(self, now: datetime) -> bool:
        """Whether the whole is to be proved again."""
        return not -_AHEAD < now - self.at <= _EVERY


def proved_so_far(session: Session) -> Proved | None:
    """How far the record was proved last; none if never here, or if the note was changed."""
    file = _file(session)
    if file is None:
        return None
    try:
        content: dict[str, Any] = json.loads(file.read_bytes())
        mark = str(content.pop("mark"))
        if not _key(session).fits(_canonical(content), mark):
            return None
        one = content["homes"][_folder(session)]
        heads = {stream: (int(seq), str(known)) for stream, (seq, known) in one["heads"].items()}
        return Proved(datetime.fromisoformat(one["at"]), heads)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def check_end(session: Session) -> tuple[Fault, ...]:
    """Check what came after the last proof: bytes, chain and signatures.

    Without an earlier proof there is no end to check; the whole is proved then.
    """
    proved = proved_so_far(session)
    if proved is None:
        return ()
    with session.store.read() as reader:
        faults = [
            Fault("cut_off", f"stream {stream[:8]} entry {seq}", "What was proved is not there.")
            for stream, (seq, known) in sorted(proved.heads.items())
            if reader.hash_at(stream, seq) != known
        ]
        ends = dict(proved.heads)
        keys = _keys(reader)
        after = sorted(positions_after(reader, {one: seq for one, (seq, _) in ends.items()}))
        for start in range(0, len(after), _BATCH):
            for row in journal_rows(reader, after[start : start + _BATCH]):
                stored, here = row.stored, row.stored.envelope
                where = f"stream {here.stream[:8]} entry {here.seq}"
                seq, known = ends.get(here.stream, (0, "0" * 64))
                if hash_of(stored.bytes) != stored.hash:
                    faults.append(Fault("wrong_hash", where, "The entry was changed."))
                if (here.seq, here.prev) != (seq + 1, known):
                    faults.append(
                        Fault("wrong_prev", where, "The entry does not follow the one before it.")
                    )
                if here.act.index == here.act.size and not _signed(row, keys):
                    faults.append(
                        Fault("wrong_signature", where, "The signature does not fit the act.")
                    )
                ends[here.stream] = (here.seq, stored.hash)
    return tuple(faults)


def check_whole(
    session: Session, heard: Callable[[], None], prove: Prove = prove_apart
) -> tuple[Fault, ...]:
    """Prove the whole record if that was long ago, and note how far it came.

    Args:
        session: Whose keys open it.
        heard: Called now and then; what it raises ends the proof.
        prove: How it is proved.

    Raises:
        KnownFault: Another program holds the record.
    """
    proved = proved_so_far(session)
    if _file(session) is None or (proved is not None and not proved.is_old(session.now())):
        return ()
    with session.store.read() as reader:
        heads = dict(reader.position().streams)
    key = unlock_record(session.home, session.account, session.ring)
    asked = Asked(session.home.database, key, session.ring.founder_key, heads, exact=False)
    faults = prove(asked, heard)
    if not faults:
        _note(session, heads)
    return faults


def broken_record(faults: tuple[Fault, ...]) -> KnownFault:
    """What a person is told of a record that is not as it was written."""
    return KnownFault(
        "record_faults",
        what="The record is not as it was written.",
        why="Faults found: {count}; the first: {code}, {where}.",
        what_to_do="Do not rely on values you have not seen yourself. Tell the admin and the PI "
        "now; msclinic verify names each fault.",
        parameters={"count": len(faults), "code": faults[0].code, "where": faults[0].where},
    )


def _note(session: Session, heads: Mapping[str, Head]) -> None:
    file = _file(session)
    if file is None:
        return
    one = {"at": session.now().isoformat(), "heads": {s: [*head] for s, head in heads.items()}}
    content = {"format": _FORMAT, "kind": "proved", "homes": {_folder(session): one}}
    data = {"mark": _key(session).mark(_canonical(content)), **content}
    try:
        write_whole(file, json.dumps(data, indent=1).encode())
    except KnownFault as fault:
        _LOG.warning("how far the record was proved could not be noted", exc_info=fault)


def _keys(reader: Reader) -> dict[str, bytes]:
    """Public signing keys by id, as the record lists them; the whole proof doubts them anew."""
    found: dict[str, bytes] = {}
    for path in {one.entry.path or "" for one in reader.entries("keys_published")}:
        for row in reader.trail(None, path):
            value = row.value or {}
            if "key" in value and "public" in value:
                found[str(value["key"])] = bytes.fromhex(str(value["public"]))
    return found


def _signed(row: JournalRow, keys: Mapping[str, bytes]) -> bool:
    public, signature = keys.get(row.entry.key), row.stored.signature
    if public is None or signature is None:
        return False
    return verify_entry_signature(public, signed_message(row.stored.hash), signature)


def _file(session: Session) -> Path | None:
    state = session.home.state
    return None if state is None else state / f"{session.place.device}.proved.json"


def _folder(session: Session) -> str:
    return str(session.home.folder.resolve())


def _key(session: Session) -> MarkKey:
    return MarkKey(unlock_record(session.home, session.account, session.ring))


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
