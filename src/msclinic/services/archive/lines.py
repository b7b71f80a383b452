"""The journal as lines of JSON, one an entry, and back again.

An entry is written with its very bytes, so that every hash and signature can be checked from the
line. One that the reader may not know of keeps its place in the chain and says nothing else.
"""

import json
from typing import Any

from attrs import frozen

from msclinic.record import Act, Payload, StoredEntry

__all__ = ["ArchivedEntry", "line_of", "read_line", "withheld_line"]


@frozen
class ArchivedEntry:
    """One line of an archived journal.

    Attributes:
        stored: The entry; its bytes are empty where they are withheld.
        payloads: Its values and reasons.
        stream: Its chain.
        seq: Its place in it.
        prev: Hash of the entry before it.
        act: Its place in its act.
        key: Id of the key that signs the act.
        withheld: Whether its content lies in a sealed package.
    """

    stored: StoredEntry
    payloads: tuple[Payload, ...]
    stream: str
    seq: int
    prev: str
    act: Act
    key: str
    withheld: bool


def line_of(stored: StoredEntry, payloads: tuple[Payload, ...]) -> bytes:
    """A whole entry as one line."""
    row: dict[str, Any] = {"hash": stored.hash, "bytes": stored.bytes.decode()}
    if stored.signature is not None:
        row["signature"] = stored.signature.hex()
    if payloads:
        row["payloads"] = {
            one.part: {"salt": one.salt.hex(), "content": one.content.decode()} for one in payloads
        }
    return _line(row)


def withheld_line(stored: StoredEntry) -> bytes:
    """The place of an entry in the chain, without anything of what it says."""
    here = stored.envelope
    row: dict[str, Any] = {
        "hash": stored.hash,
        "withheld": True,
        "stream": here.stream,
        "seq": here.seq,
        "prev": here.prev,
        "act": [here.act.number, here.act.index, here.act.size],
    }
    if stored.signature is not None:
        row["signature"] = stored.signature.hex()
    return _line(row)


def read_line(line: bytes) -> ArchivedEntry:
    """An entry from its line.

    Raises:
        ValueError: It is not what the program writes.
    """
    try:
        row: dict[str, Any] = json.loads(line)
        signature = bytes.fromhex(row["signature"]) if "signature" in row else None
        one = str(row["hash"])
        if row.get("withheld"):
            number, index, size = map(int, row["act"])
            stored = StoredEntry(one, b"", signature)
            place = (str(row["stream"]), int(row["seq"]), str(row["prev"]))
            return ArchivedEntry(stored, (), *place, Act(number, index, size), "", True)
        stored = StoredEntry(one, row["bytes"].encode(), signature)
        payloads = tuple(
            Payload(one, part, bytes.fromhex(found["salt"]), found["content"].encode())
            for part, found in row.get("payloads", {}).items()
        )
        here, key = stored.envelope, stored.entry.key
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a line of an archived journal") from error
    return ArchivedEntry(stored, payloads, here.stream, here.seq, here.prev, here.act, key, False)


def _line(row: dict[str, Any]) -> bytes:
    return json.dumps(row, ensure_ascii=False, sort_keys=True).encode() + b"\n"
