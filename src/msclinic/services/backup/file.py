"""One backup as one file: a plain tar of the home's files, its manifest last.

Everything before the manifest is hashed into it, the manifest carries a mark made with a key that
only the record's own people can unlock, and what follows it is fixed: no byte can change unseen.
The record inside is encrypted as ever; names and manifest hold nothing of a participant.
"""

import hashlib
import json
import re
import tarfile
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from io import BufferedRandom
from pathlib import Path
from typing import IO, Any

from attrs import evolve, frozen

from msclinic.domain.errors import KnownFault
from msclinic.vault import MarkKey

__all__ = ["RECORD", "Manifest", "damaged_backup", "file_name", "pack", "read_whole", "unpack"]

RECORD = "clinic.db"
_FORMAT = 1
_MANIFEST = "manifest.json"
_MANIFEST_MOST = 4_000_000
_CHUNK = 1 << 20
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?")
_HASH = re.compile(r"[0-9a-f]{64}")
_NO_SIGN = re.compile(r"[^A-Za-z0-9]")

Head = tuple[int, str]
Heard = Callable[[int, int], None]
"""Called with bytes done and bytes in all; what it raises ends the work."""


@frozen
class Manifest:
    """What a backup says of itself.

    Attributes:
        device: The device whose home it is.
        site: Site code.
        made_at: When it was made, by that device's clock.
        program: Version of the program.
        entries: How many journal entries the record holds.
        streams: By stream, place and hash of the last entry: the heads that it remembers.
        files: By name, size and SHA-256 of what is in it.
        body: Size and SHA-256 of all bytes before the manifest.
        mark: Made over all of the above with a key derived from the record's key.
    """

    device: str
    site: str
    made_at: datetime
    program: str
    entries: int
    streams: Mapping[str, Head]
    files: Mapping[str, Head]
    body: Head
    mark: str = ""

    def marked(self, key: MarkKey) -> "Manifest":
        """The same with its mark."""
        return evolve(self, mark=key.mark(self._content()))

    def fits(self, key: MarkKey) -> bool:
        """Whether the mark was made of exactly this with this key."""
        return key.fits(self._content(), self.mark)

    def to_bytes(self) -> bytes:
        """The manifest as it lies in the file."""
        return json.dumps({**self._plain(), "mark": self.mark}, indent=1, sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> "Manifest":
        """Read a manifest.

        Raises:
            ValueError: It is not what the program writes.
        """
        try:
            plain: dict[str, Any] = json.loads(data)
            if plain["format"] != _FORMAT or plain["kind"] != "backup":
                raise ValueError("another format")
            made_at = datetime.fromisoformat(plain["made_at"])
            if made_at.tzinfo is None:
                raise ValueError("a time without its zone")
            return cls(
                device=str(plain["device"]),
                site=str(plain["site"]),
                made_at=made_at,
                program=str(plain["program"]),
                entries=int(plain["entries"]),
                streams={one: _head(head) for one, head in plain["streams"].items()},
                files={one: _head(head) for one, head in plain["files"].items()},
                body=_head(plain["body"]),
                mark=str(plain["mark"]),
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a manifest") from error

    def _content(self) -> bytes:
        return json.dumps(self._plain(), sort_keys=True, separators=(",", ":")).encode()

    def _plain(self) -> dict[str, Any]:
        return {
            "format": _FORMAT,
            "kind": "backup",
            "device": self.device,
            "site": self.site,
            "made_at": self.made_at.isoformat(),
            "program": self.program,
            "entries": self.entries,
            "streams": {one: [*head] for one, head in self.streams.items()},
            "files": {one: [*head] for one, head in self.files.items()},
            "body": [*self.body],
        }


def file_name(manifest: Manifest, tail: str) -> str:
    """The name of a backup: site, device, when, how many entries, and a random end."""
    moment = manifest.made_at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    site = _NO_SIGN.sub("", manifest.site)
    return f"msclinic-{site}-{manifest.device[:8]}-{moment}-{manifest.entries:09d}-{tail}.backup"


def pack(
    file: BufferedRandom, sources: Mapping[str, Path], told: Manifest, key: MarkKey, heard: Heard
) -> Manifest:
    """Write a backup; gives its manifest with hashes and mark.

    Args:
        file: Open for reading and writing, empty.
        sources: By name in the backup, the files; the record is among them.
        told: Everything but files, body and mark.
        key: Marks it.
        heard: Is told how far the writing has come.
    """
    whole = sum(path.stat().st_size for path in sources.values())
    done = 0
    files: dict[str, Head] = {}
    for name, path in sorted(sources.items()):
        if not _NAME.fullmatch(name) or name == _MANIFEST:
            raise ValueError(f"a backup holds no {name!r}")
        size = path.stat().st_size
        file.write(_header(name, size))
        digest = hashlib.sha256()
        left = size
        with path.open("rb") as source:
            while left:
                data = source.read(min(_CHUNK, left))
                if not data:
                    raise KnownFault(
                        "changed_meanwhile",
                        what="The backup was not made.",
                        why="A file of this clinic became shorter while it was read.",
                        what_to_do="Start the backup again.",
                    )
                file.write(data)
                digest.update(data)
                left -= len(data)
                done += len(data)
                heard(done, whole)
        file.write(b"\0" * (-size % tarfile.BLOCKSIZE))
        files[name] = (size, digest.hexdigest())
    end = file.tell()
    manifest = evolve(told, files=files, body=(end, _digest(file, 0, end))).marked(key)
    file.seek(end)
    file.write(_tail(end, manifest.to_bytes()))
    return manifest


def read_whole(path: Path, heard: Heard | None = None) -> Manifest:
    """The manifest of a backup in which not one byte is other than it was written.

    Whether this clinic's program wrote it is told by the mark, with the record's key.

    Args:
        path: The file.
        heard: Is told how far the reading has come; without it only the manifest's own bytes and
            the size are judged, as lists of many backups need it.

    Raises:
        KnownFault: It cannot be read, or is no backup as it was written.
    """
    try:
        with path.open("rb") as file:
            manifest, _ = _members(file, heard)
            return manifest
    except (ValueError, tarfile.TarError, EOFError, OverflowError) as error:
        raise damaged_backup(path) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def unpack(path: Path, folder: Path, heard: Heard) -> Manifest:
    """Write what a backup holds into an empty folder, every file as its hash says.

    Args:
        path: The backup.
        folder: An empty folder.
        heard: Is told how far the reading has come.

    Raises:
        KnownFault: It is no backup as it was written, or the folder cannot be written to.
    """
    try:
        with path.open("rb") as file:
            manifest, places = _members(file, heard)
            for name, (start, size) in places.items():
                target = folder / name
                target.parent.mkdir(mode=0o700, exist_ok=True)
                digest = hashlib.sha256()
                with target.open("xb") as made:
                    target.chmod(0o600)
                    for data in _read(file, start, start + size):
                        made.write(data)
                        digest.update(data)
                if digest.hexdigest() != manifest.files[name][1]:
                    raise ValueError("a file is not as its hash says")
            return manifest
    except (ValueError, tarfile.TarError, EOFError, OverflowError) as error:
        raise damaged_backup(path) from error
    except OSError as error:
        raise _unreadable(path, error) from error


def damaged_backup(path: Path) -> KnownFault:
    """What is said of a file that is no backup as the program wrote it."""
    return KnownFault(
        "backup_damaged",
        what="The backup {file} cannot be used.",
        why="It is damaged, or no backup of this program.",
        what_to_do="Use another backup; this one was not changed.",
        parameters={"file": path.name},
    )


def _members(file: IO[bytes], heard: Heard | None) -> tuple[Manifest, dict[str, tuple[int, int]]]:
    """The manifest, and by name where each file lies and how long it is."""
    places: dict[str, tuple[int, int]] = {}
    last: tarfile.TarInfo | None = None
    with tarfile.open(fileobj=file, mode="r:", format=tarfile.USTAR_FORMAT) as tar:
        for member in tar:
            if last is not None or not member.isreg() or member.name in places:
                raise ValueError("not the files of a backup")
            if member.name == _MANIFEST:
                last = member
            else:
                places[member.name] = (member.offset_data, member.size)
    if last is None or last.size > _MANIFEST_MOST:
        raise ValueError("no manifest")
    file.seek(last.offset_data)
    data = file.read(last.size)
    manifest = Manifest.from_bytes(data)
    file.seek(last.offset)
    written = manifest.to_bytes() == data and file.read() == _tail(last.offset, data)
    if not written or manifest.body[0] != last.offset:
        raise ValueError("the end is not as it was written")
    if not all(_NAME.fullmatch(name) for name in manifest.files) or RECORD not in manifest.files:
        raise ValueError("not the files of a backup")
    if {name: size for name, (_, size) in places.items()} != {
        name: size for name, (size, _) in manifest.files.items()
    }:
        raise ValueError("other files than the manifest says")
    if heard is not None and _digest(file, 0, last.offset, heard) != manifest.body[1]:
        raise ValueError("the files are not as they were written")
    return manifest, places


def _header(name: str, size: int) -> bytes:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, 0o600
    return info.tobuf(tarfile.USTAR_FORMAT)


def _tail(start: int, manifest: bytes) -> bytes:
    end = _header(_MANIFEST, len(manifest)) + manifest
    end += b"\0" * (-len(end) % tarfile.BLOCKSIZE) + b"\0" * (2 * tarfile.BLOCKSIZE)
    return end + b"\0" * (-(start + len(end)) % tarfile.RECORDSIZE)


def _digest(file: IO[bytes], start: int, end: int, heard: Heard | None = None) -> str:
    digest = hashlib.sha256()
    done = 0
    for data in _read(file, start, end):
        digest.update(data)
        done += len(data)
        if heard is not None:
            heard(done, end - start)
    return digest.hexdigest()


def _read(file: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    file.seek(start)
    while start < end:
        data = file.read(min(_CHUNK, end - start))
        if not data:
            raise ValueError("the file ends too soon")
        start += len(data)
        yield data


def _head(pair: Any) -> Head:
    number, digest = pair
    if not _HASH.fullmatch(digest) or isinstance(number, bool) or not isinstance(number, int):
        raise ValueError("not a number and a hash")
    return number, digest


def _unreadable(path: Path, error: OSError) -> KnownFault:
    return KnownFault(
        "backup_unreadable",
        what="The backup {file} could not be read or unpacked.",
        why="The system said: {reason}.",
        what_to_do="Check the medium and the free space, then try again.",
        parameters={"file": path.name, "reason": error.strerror or type(error).__name__},
    )
