"""A small file outside the home that remembers how far its record had come.

An older record that was put back, and a home that was copied, look whole by themselves; only
something outside can tell. The marker holds random ids, hashes and the home's folder, nothing of
a participant, and is authenticated with a key that only the record's own people can unlock.
What it can and cannot know: ``docs/decisions/0007-a-marker-outside-the-home.md``.
"""

import json
import logging
import re
import threading
from collections.abc import Mapping
from enum import Enum
from pathlib import Path
from typing import Any

from attrs import evolve, field, frozen

from msclinic.domain.errors import KnownFault
from msclinic.record import StoredEntry
from msclinic.services.home import Home, HomeFile, write_whole
from msclinic.store import Reader, Store
from msclinic.vault import MarkKey

__all__ = ["Marker", "Verdict"]

_LOG = logging.getLogger("msclinic.marker")
_FORMAT = 1
_ACTS_BETWEEN = 20
_AT_ONCE = frozenset({"signed", "document_signed"})
_MARKED = "marked"
_DEVICE = re.compile(r"[0-9a-f]{32}")

Head = tuple[int, str]


class Verdict(Enum):
    """What the marker says of a home; the value is written into the record.

    ``RESTORED`` is said by whoever made a home from a backup, never by the marker.
    """

    GOES_ON = "goes_on"
    FIRST = "first"
    OLDER = "older_copy"
    COPY = "copied"
    ELSEWHERE = "from_elsewhere"
    CHANGED = "marker_changed"
    RESTORED = "restored"

    @property
    def new_stream(self) -> bool:
        """Whether the home may not write on in its stream: others may know it further on."""
        return self not in (Verdict.GOES_ON, Verdict.FIRST)


@frozen
class _Mark:
    """What is known of one folder: the stream written there last, and heads by stream."""

    stream: str
    heads: Mapping[str, Head] = field(factory=dict)

    def reached(self, stream: str, head: Head) -> "_Mark":
        """The same with a head, unless a later one is known."""
        known = self.heads.get(stream, (0, ""))
        return self if head[0] <= known[0] else evolve(self, heads={**self.heads, stream: head})


class Marker:
    """The marker of one home as it was read, and where its next state is written.

    Attributes:
        stream: The stream that the home writes now.
    """

    def __init__(self, file: Path, folder: Path, device: str, stream: str, key: MarkKey) -> None:
        """Use ``Marker.of``, which knows where the file lies."""
        self.stream = stream
        self._file = file
        self._folder = str(folder.resolve())
        self._device = device
        self._key = key
        self._turn = threading.Lock()
        self._waiting = 0
        self._homes: dict[str, _Mark] = {}
        self._left: str | None = None
        self._there = self._changed = False
        try:
            self._homes = _read(file, device, key)
            self._there = True
        except ValueError:
            self._there = self._changed = True
        except OSError:
            # Not there, or not readable: both are said, and neither is a fault of the record.
            pass
        self._mine = self._find()

    @classmethod
    def of(cls, home: Home, place: HomeFile, data_key: bytes) -> "Marker | None":
        """The marker of a home; none where the home keeps none.

        Args:
            home: The data folder and where its state lies.
            place: What ``home.json`` says.
            data_key: The record's key.
        """
        if home.state is None or _DEVICE.fullmatch(place.device) is None:
            return None
        file = home.state / f"{place.device}.json"
        return cls(file, home.folder, place.device, place.stream, MarkKey(data_key))

    @property
    def heads(self) -> Mapping[str, Head]:
        """By stream, how far the record in this folder is known to have come."""
        return dict(self._mine.heads)

    @property
    def original(self) -> str | None:
        """The other folder in which the home's stream is being written, if there is one."""
        return self._user_of(self.stream)

    def judge(self, reader: Reader) -> Verdict:
        """Whether the home may write on where its record ends.

        Args:
            reader: The record.
        """
        if self._changed:
            return Verdict.CHANGED
        if not self._there:
            marked = reader.secret(_MARKED) == self.stream.encode()
            return Verdict.ELSEWHERE if marked else Verdict.FIRST
        if self.stream not in self._mine.heads and self._user_of(self.stream) is not None:
            return Verdict.COPY
        if not self._mine.heads:
            return Verdict.ELSEWHERE
        seq, known = self._mine.heads.get(self.stream, (0, None))
        if seq and (self._mine.stream != self.stream or reader.hash_at(self.stream, seq) != known):
            return Verdict.OLDER
        return Verdict.GOES_ON

    def note(self, stored: tuple[StoredEntry, ...]) -> None:
        """An act was stored: remember it, and write the file now and then.

        A signature is written at once; otherwise every so many acts, so that no answer waits for
        a second file.
        """
        last = stored[-1].envelope
        with self._turn:
            self._mine = self._mine.reached(last.stream, (last.seq, stored[-1].hash))
            self._waiting += 1
        if self._waiting >= _ACTS_BETWEEN or any(one.entry.action in _AT_ONCE for one in stored):
            self.write()

    def settle(self, store: Store, stream: str, before: Head | None = None) -> None:
        """Write where the record ends, and let the record know that it is marked.

        Args:
            store: The open record.
            stream: The stream that is written from now on.
            before: Where the stream before ended, if a new one was started.
        """
        with store.read() as reader:
            end = reader.stream_head(stream)
            marked = reader.secret(_MARKED)
        with self._turn:
            if before is not None:
                self._mine = self._mine.reached(self.stream, before)
            self.stream = stream
            self._mine = evolve(self._mine, stream=stream).reached(stream, (end.seq, end.hash))
        if self.write() and marked != stream.encode():
            with store.write() as uow:
                uow.put_secret(_MARKED, stream.encode())

    def renew_key(self, data_key: bytes) -> None:
        """Go on with the record's new key; a mark of the old one is worth nothing from now on."""
        with self._turn:
            self._key = MarkKey(data_key)
        self.write()

    def write(self) -> bool:
        """Write the file whole; a folder that cannot be written to never stops the clinic."""
        with self._turn:
            try:
                homes = _read(self._file, self._device, self._key)
            except (OSError, ValueError):
                homes = dict(self._homes)
            for stream, head in homes.get(self._folder, self._mine).heads.items():
                self._mine = self._mine.reached(stream, head)
            homes.pop(self._left or "", None)
            homes[self._folder] = self._mine
            content = _content(self._device, homes)
            data = json.dumps({"mark": self._key.mark(_canonical(content)), **content}, indent=1)
            try:
                write_whole(self._file, data.encode())
            except KnownFault as fault:
                _LOG.warning("the marker could not be written", exc_info=fault)
                return False
            self._homes, self._waiting = homes, 0
            return True

    def _find(self) -> _Mark:
        """This folder's mark, or that of the folder from which the home was moved here."""
        if self._folder in self._homes:
            return self._homes[self._folder]
        gone = [
            (mark.heads[self.stream][0], folder)
            for folder, mark in self._homes.items()
            if self.stream in mark.heads and not self._still_there(folder)
        ]
        if gone and self._user_of(self.stream) is None:
            self._left = max(gone)[1]
            return self._homes[self._left]
        return _Mark(self.stream)

    def _user_of(self, stream: str) -> str | None:
        for folder, mark in sorted(self._homes.items()):
            if folder != self._folder and mark.stream == stream and self._still_there(folder):
                return folder
        return None

    def _still_there(self, folder: str) -> bool:
        """Whether another folder than this one still holds a home of this device."""
        try:
            if Path(folder).samefile(self._folder):
                return False
            return Home(Path(folder)).read().device == self._device
        except KnownFault as fault:
            return fault.code != "no_home"
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError:
            # It cannot be looked into: a new stream too many harms nobody, one too few does.
            return True


def _read(file: Path, device: str, key: MarkKey) -> dict[str, _Mark]:
    """The marks by folder.

    Raises:
        OSError: No such file, or it cannot be read.
        ValueError: It is not what this clinic's program wrote for this device.
    """
    data = file.read_bytes()
    try:
        content: dict[str, Any] = json.loads(data)
        mark = str(content.pop("mark"))
        if content["device"] != device or not key.fits(_canonical(content), mark):
            raise ValueError("the mark does not fit")
        return {
            folder: _Mark(
                one["stream"],
                {stream: (int(seq), str(known)) for stream, (seq, known) in one["heads"].items()},
            )
            for folder, one in content["homes"].items()
        }
    except (KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ValueError("not a marker") from error


def _content(device: str, homes: Mapping[str, _Mark]) -> dict[str, Any]:
    marks = {
        folder: {"stream": mark.stream, "heads": {s: [*head] for s, head in mark.heads.items()}}
        for folder, mark in homes.items()
    }
    return {"format": _FORMAT, "device": device, "homes": marks}


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
