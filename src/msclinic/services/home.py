"""The files of one home: where each lies and how it is written so that no half file remains.

Holds key rings, wrapped keys and the database. Nothing in a file name or in ``home.json`` tells
who a participant is.
"""

import json
import os
from pathlib import Path
from typing import Any

from attrs import frozen

from msclinic.domain.errors import KnownFault

__all__ = ["Home", "HomeFile", "write_whole"]

FORMAT = 1


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
    """A data folder and the places in it."""

    folder: Path

    @property
    def exists(self) -> bool:
        """Whether a clinic was founded here."""
        return (self.folder / "home.json").exists()

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
            found: dict[str, Any] = json.loads((self.folder / "home.json").read_text("utf-8"))
        except FileNotFoundError:
            raise KnownFault(
                "no_home",
                what="There is no clinic in this folder yet.",
                why="Its home.json is missing.",
                what_to_do="Start msclinic to set one up, or name another folder with --home.",
            ) from None
        except (OSError, ValueError) as error:
            raise _damaged() from error
        if found.get("format", 0) > FORMAT:
            raise KnownFault(
                "home_newer",
                what="This clinic was written by a newer msclinic.",
                why="This version does not know all that the newer one stored.",
                what_to_do="Install the newer version; nothing was changed.",
            )
        try:
            return HomeFile(**{key: str(found[key]) for key in HomeFile.__annotations__})
        except KeyError as error:
            raise _damaged() from error

    def write(self, content: HomeFile) -> None:
        """Store what the home says of itself."""
        data = {"format": FORMAT}
        data.update({key: getattr(content, key) for key in HomeFile.__annotations__})
        write_whole(
            self.folder / "home.json", json.dumps(data, indent=1, ensure_ascii=False).encode()
        )


def write_whole(path: Path, content: bytes) -> None:
    """Write a small file so that a power cut leaves the old one or the new one, never half.

    Raises:
        KnownFault: The disk is full or the folder cannot be written to.
    """
    temporary = path.with_name(path.name + ".new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        raise KnownFault(
            "cannot_write",
            what="A file of this clinic could not be written.",
            why="The system said: {reason}.",
            what_to_do="Make room on the disk or ask who looks after this computer; "
            "nothing that was shown as stored is lost.",
            parameters={"reason": error.strerror or type(error).__name__},
        ) from error


def _damaged() -> KnownFault:
    return KnownFault(
        "home_damaged",
        what="This clinic's home.json cannot be read.",
        why="The file is damaged.",
        what_to_do="Restore it from the last backup; the record itself was not touched.",
    )
