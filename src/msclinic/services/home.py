"""The files of one home: where each lies and how it is written so that no half file remains.

Holds key rings, wrapped keys and the database. Nothing in a file name or in ``home.json`` tells
who a participant is.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedRandom
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from attrs import frozen

from msclinic.domain.errors import KnownFault

__all__ = ["Home", "HomeFile", "account_code", "read_only_home", "whole_file", "write_whole"]

FORMAT = 1
_ID = re.compile(r"[0-9a-f]{32}")


@frozen
class HomeFile:
    """What ``home.json`` says of a device.

    Attributes:
        device: Random id of this device, 32 hex digits.
        stream: Random id of the journal stream this device writes.
        site: The site's code, such as ``PL01``.
        city: Where the site is, for the top line.
        zone: IANA name of the site's time zone.
        authority: Certificate of the site's own authority, DER as hex.
    """

    device: str
    stream: str
    site: str
    city: str
    zone: str
    authority: str


@frozen
class Home:
    """A data folder and the places in it.

    Attributes:
        folder: The data folder.
        state: Folder outside it for the marker that tells an older copy; none keeps no marker.
    """

    folder: Path
    state: Path | None = None

    @property
    def exists(self) -> bool:
        """Whether a clinic was founded here; one that lost its ``home.json`` still was."""
        return (self.folder / "home.json").exists() or self.database.exists()

    @property
    def database(self) -> Path:
        """The encrypted record."""
        return self.folder / "clinic.db"

    def ring(self, account: str) -> Path:
        """A person's key ring."""
        return self.folder / "rings" / f"{account}.json"

    def data_key(self, holder: str) -> Path:
        """The record's key, wrapped for one account or for ``recovery``."""
        return self.folder / "keys" / f"data-{holder}.age"

    def authority_key(self, holder: str) -> Path:
        """The site authority's key, wrapped for one admin or for ``recovery``."""
        return self.folder / "keys" / f"authority-{holder}.age"

    def accounts(self) -> list[str]:
        """Everyone with a key ring here, in order of name."""
        return sorted(path.stem for path in (self.folder / "rings").glob("*.json"))

    def read(self) -> HomeFile:
        """What the home says of itself.

        Raises:
            KnownFault: There is no clinic here, or its file is damaged or from a newer program.
        """
        try:
            found: Any = json.loads((self.folder / "home.json").read_text("utf-8"))
        except FileNotFoundError:
            if self.database.exists():
                raise _damaged("It is missing.") from None
            raise KnownFault(
                "no_home",
                what="There is no clinic in this folder yet.",
                why="Its home.json is missing.",
                what_to_do="Start msclinic to set one up, or name another folder with --home.",
            ) from None
        except (OSError, ValueError, RecursionError) as error:
            raise _damaged("It is not the text that the program wrote.") from error
        version = found.get("format") if isinstance(found, dict) else None
        if not isinstance(version, int) or isinstance(version, bool) or version < 1:
            raise _damaged("It is not the text that the program wrote.")
        if version > FORMAT:
            raise KnownFault(
                "home_newer",
                what="This clinic was written by a newer msclinic.",
                why="This version does not know all that the newer one stored.",
                what_to_do="Install the newer version; nothing was changed.",
            )
        for key in HomeFile.__annotations__:
            if not _fits(key, found.get(key)):
                raise _damaged("What it says under {key} is missing or wrong.", key=key)
        return HomeFile(**{key: found[key] for key in HomeFile.__annotations__})

    def demand_whole(self) -> None:
        """Demand that the files are there without which nobody can sign in.

        Raises:
            KnownFault: As ``read``, or the record itself is gone.
        """
        self.read()
        if not self.database.exists():
            raise KnownFault(
                "no_record",
                what="The record of this clinic is missing.",
                why="The file clinic.db is not in its folder.",
                what_to_do="If the folder lies on another disk or computer, connect it and start "
                "again. Otherwise restore the last backup.",
            )

    def demand_writable(self) -> None:
        """Demand that the folder can be written to: even whoever only reads needs its locks.

        Raises:
            KnownFault: It cannot.
        """
        if self.folder.is_dir() and not os.access(self.folder, os.W_OK):
            raise read_only_home()

    def certificate(self) -> bytes:
        """The certificate of the site's own authority, DER.

        Raises:
            KnownFault: As ``read``, or it is no certificate of an authority.
        """
        # Loaded only here: whoever shows the sign-in needs no certificates.
        from msclinic.vault import issued_by

        found = bytes.fromhex(self.read().authority)
        if not issued_by(found, found):
            raise _damaged("What it says under {key} is missing or wrong.", key="authority")
        return found

    def write(self, content: HomeFile) -> None:
        """Store what the home says of itself."""
        data = {"format": FORMAT}
        data.update({key: getattr(content, key) for key in HomeFile.__annotations__})
        write_whole(
            self.folder / "home.json", json.dumps(data, indent=1, ensure_ascii=False).encode()
        )


@contextmanager
def whole_file(path: Path) -> Iterator[BufferedRandom]:
    """Open a file to be written so that a power cut leaves the old one or the new one, never half.

    It takes its place when everything is on the disk; on any exception nothing of it stays.
    """
    # A command may run beside the window: each process writes a file of its own.
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(handle, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        raise


def account_code(account: str) -> str:
    """An account as people read it: ``NUR 04``."""
    return account.replace("-", " ")


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that a power cut leaves the old one or the new one, never half.

    Raises:
        KnownFault: The disk is full or the folder cannot be written to.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as file:
            file.write(content)
    except OSError as error:
        raise KnownFault(
            "cannot_write",
            what="A file of this clinic could not be written.",
            why="The system said: {reason}.",
            what_to_do="Make room on the disk or ask who looks after this computer; "
            "nothing that was shown as stored is lost.",
            parameters={"reason": error.strerror or type(error).__name__},
        ) from error


def read_only_home() -> KnownFault:
    """What is said where nothing can be written into the folder of a clinic."""
    return KnownFault(
        "home_read_only",
        what="This clinic was not opened: nothing can be written into its folder.",
        why="The folder or its disk is read-only, or this computer's user may not write there.",
        what_to_do="Make the folder writable, or ask who looks after this computer, then start "
        "again. Nothing stored is lost.",
    )


def _fits(key: str, value: object) -> bool:
    """Whether a value can be what the program wrote under a key of ``home.json``."""
    if not isinstance(value, str) or not value:
        return False
    if key in ("device", "stream"):
        return _ID.fullmatch(value) is not None
    try:
        if key == "zone":
            ZoneInfo(value)
        if key == "authority":
            bytes.fromhex(value)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _damaged(why: str, **parameters: object) -> KnownFault:
    return KnownFault(
        "damaged_home",
        what="This clinic's home.json is damaged.",
        why=why,
        what_to_do="Put home.json back from the last backup; the record itself was not touched.",
        parameters=parameters,
    )
