"""The sealed inbox: what happens while nobody is signed in, kept until somebody is.

Nobody's keys are at hand then, so each happening is sealed to the device's public key and added to
a file of the home; the next sign-in turns it into entries. The file is sealed against reading, not
against removal: whoever may write into the folder can take lines away or add some of their own, and
a person has to claim what it tells of a participant. No line is readable without the record.
"""

import base64
import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.values import instant_text
from msclinic.services.clock_watch import CLOCK_PATH
from msclinic.services.gateway import Act, random_id, recording
from msclinic.services.home import Home, write_whole
from msclinic.services.session import Session
from msclinic.vault import DeviceKeys, VaultError, wrap

__all__ = ["KINDS", "Happening", "append", "claim", "prepare"]

_LOG = logging.getLogger("msclinic.inbox")
_ROOT = "inbox"
_LONGEST_LINE = 8192
_MOST_LINES = 10_000
_LONGEST_PAYLOAD = 500
_YEARS = range(2020, 2120)
_ID = re.compile(r"[0-9a-f]{32}")


@frozen
class Happening:
    """One thing that happened while nobody was signed in.

    Attributes:
        id: Random id, so that it is never entered twice.
        kind: One of ``KINDS``.
        at: When, by the clock of the device.
        payload: What the kind needs, texts by name.
    """

    id: str
    kind: str
    at: datetime
    payload: Mapping[str, str]


def prepare(session: Session) -> None:
    """Lay the device's public key beside the record, where a locked program finds it."""
    keys = _keys(session)
    if keys is None:
        return
    file = _key_file(session.home)
    try:
        there = file.read_text("ascii", "replace")
    except OSError:
        there = ""
    if there != keys.recipient:
        write_whole(file, keys.recipient.encode("ascii"))


def append(home: Home, kind: str, at: datetime, payload: Mapping[str, str]) -> bool:
    """Add one happening; it is on the disk when this returns.

    Args:
        home: The data folder.
        kind: One of ``KINDS``.
        at: When, aware.
        payload: Texts by name; nothing of it can be read again without the record.

    Returns:
        Whether it could be kept: not before the first sign-in of a device, nor on a full disk.
    """
    if kind not in KINDS:
        raise ValueError(f"the inbox takes no {kind}")
    told = {"id": random_id(), "kind": kind, "at": instant_text(at), "payload": dict(payload)}
    try:
        recipient = _key_file(home).read_text("ascii")
        sealed = wrap(json.dumps(told, sort_keys=True).encode(), [recipient])
        line = base64.b64encode(sealed) + b"\n"
        handle = os.open(_file(home), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, line)
            os.fsync(handle)
        finally:
            os.close(handle)
    except (OSError, ValueError) as error:
        _LOG.warning("the inbox took nothing", exc_info=error)
        return False
    return True


def claim(session: Session) -> tuple[Happening, ...]:
    """Turn everything that waits into entries; called at each sign-in.

    What was entered before, because the program ended in between, is not entered again.

    Args:
        session: Who has signed in; the entries are theirs, the time is that of the happening.

    Returns:
        What was new, in the order in which it happened.
    """
    keys, aside = _keys(session), _aside(session.home)
    if keys is None:
        return ()
    if not aside.exists():
        try:
            # From now on a locked program begins a new file.
            _file(session.home).replace(aside)
        except FileNotFoundError:
            return ()
    found: list[Happening] = []
    unreadable = 0
    for line in _lines(aside):
        one = _opened(keys, line)
        if one is None or not _of_ours(session, one):
            unreadable += 1
        else:
            found.append(one)
    new = []
    for one in found:
        try:
            if _enter(session, one):
                new.append(one)
        except (ValueError, OverflowError, KeyError) as error:
            # What no entry can say must not keep everybody out.
            _LOG.warning("a line of the inbox could not be entered", exc_info=error)
            unreadable += 1
    if new or unreadable:
        told = {"type": "inbox", "entered": str(len(new)), "unreadable": str(unreadable)}
        with recording(session) as act:
            act.set("inbox_opened", f"{_ROOT}/{random_id()}", told)
    aside.unlink(missing_ok=True)
    return tuple(new)


def _sign_in_failed(act: Act, one: Happening) -> None:
    account = one.payload.get("account", "")
    value = {
        "type": "attempt",
        "account": account,
        "count": one.payload.get("count", "1"),
        "locked": one.payload.get("locked", "N"),
    }
    act.set("sign_in_failed", f"{_ROOT}/{one.id}", value, event_time=one.at)


def _clock_jumped(act: Act, one: Happening) -> None:
    value = {"type": "clock", **one.payload}
    act.set("clock_jumped", CLOCK_PATH, value, event_time=one.at)


def _tap(act: Act, one: Happening) -> None:
    value = {name: text for name, text in one.payload.items() if name != "participant"}
    act.set(
        "emergency_tapped",
        f"emergency/{one.id}",
        {"type": "tap", **value},
        participant=one.payload["participant"],
        event_time=one.at,
    )


KINDS: Mapping[str, Callable[[Act, Happening], None]] = {
    "sign_in_failed": _sign_in_failed,
    "clock_jumped": _clock_jumped,
    "tap": _tap,
}
"""What the inbox takes, and how it becomes an entry.

``clock_jumped`` carries what ``clock_watch.jump_value`` gives, without its type; ``tap`` carries
participant (random id), chair, and which key was tapped."""


def _enter(session: Session, one: Happening) -> bool:
    """Enter one happening; not a second time."""
    with recording(session) as act:
        told = f"{_ROOT}/{one.id}/entered"
        if act.uow.trail(None, told):
            return False
        KINDS[one.kind](act, one)
        act.set("inbox_opened", told, {"type": "text", "value": one.kind}, event_time=one.at)
    return True


def _of_ours(session: Session, one: Happening) -> bool:
    """Whether what it tells of a participant tells of one of ours: anybody can seal a line."""
    if one.kind != "tap":
        return True
    with session.store.read() as reader:
        return bool(reader.heads(participant=one.payload["participant"], prefix="participant"))


def _opened(keys: DeviceKeys, line: bytes) -> Happening | None:
    try:
        told: Any = json.loads(keys.unwrap(base64.b64decode(line, validate=True)))
        at = datetime.fromisoformat(told["at"])
        payload = {str(name): str(text) for name, text in told["payload"].items()}
        wanted = told["kind"] in KINDS and at.tzinfo is not None and at.year in _YEARS
        wanted = wanted and _ID.fullmatch(str(told["id"])) is not None and _writable(payload)
        if not wanted or (told["kind"] == "tap" and "participant" not in payload):
            return None
        return Happening(str(told["id"]), str(told["kind"]), at, payload)
    except (VaultError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _writable(payload: Mapping[str, str]) -> bool:
    """Whether an entry can hold it: anybody can seal a line, and none may keep people out."""
    try:
        size = sum(len(f"{name}{text}".encode()) for name, text in payload.items())
    except UnicodeEncodeError:
        return False
    return size <= _LONGEST_PAYLOAD and all(map(str.isidentifier, payload))


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as content:
        for number, line in enumerate(iter(lambda: content.readline(_LONGEST_LINE), b"")):
            if number >= _MOST_LINES:
                return
            if line.strip():
                yield line.strip()


def _keys(session: Session) -> DeviceKeys | None:
    with session.store.read() as reader:
        secret = reader.secret("device")
    try:
        return None if secret is None else DeviceKeys.from_secret(secret)
    except VaultError:
        return None  # ``verify`` names it.


def _file(home: Home) -> Path:
    return home.folder / "inbox"


def _aside(home: Home) -> Path:
    return home.folder / "inbox.opened"


def _key_file(home: Home) -> Path:
    return home.folder / "keys" / "device.pub"
