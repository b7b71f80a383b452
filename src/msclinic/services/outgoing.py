"""Files that leave the clinic: exports and copies of documents, written where a person says.

The target is never part of a clinic and never a device: a mistyped path must not cost the record.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedRandom
from pathlib import Path

from msclinic.domain.errors import KnownFault, UserError
from msclinic.services.home import Home, whole_file

__all__ = ["demand_outside", "hand_out", "outgoing_file"]

_OF_A_CLINIC = ("home.json", "clinic.db")


@contextmanager
def outgoing_file(path: Path, home: Home) -> Iterator[BufferedRandom]:
    """Open a file outside every clinic; it takes its place whole when everything is written.

    Args:
        path: Where; a regular file that is there is replaced.
        home: The clinic from which it comes.

    Raises:
        UserError: It lies inside a clinic, or something other than a file is there.
        KnownFault: It cannot be written; what was there before is unchanged.
    """
    # Judged and written as the same path: what a link names counts, not where the link lies.
    target = Path(os.path.realpath(path))
    demand_outside(target, home)
    if os.path.lexists(target) and not (target.is_file() and not target.is_symlink()):
        raise UserError(
            "not_a_file",
            what="Nothing was written.",
            why="What stands at this path is a folder or a device, not a file.",
            what_to_do="Name a file that may be replaced, or a new one.",
        )
    try:
        with whole_file(target) as file:
            yield file
    except OSError as error:
        raise KnownFault(
            "cannot_write",
            what="The file could not be written.",
            why="The system said: {reason}.",
            what_to_do="Choose another folder or make room on the disk; nothing was changed.",
            parameters={"reason": error.strerror or type(error).__name__},
        ) from error


def hand_out(path: Path, content: bytes, home: Home) -> None:
    """Write a small file that leaves the clinic.

    Args:
        path: Where; a regular file that is there is replaced.
        content: Everything it is to hold.
        home: The clinic from which it comes.

    Raises:
        UserError: It lies inside a clinic, or something other than a file is there.
        KnownFault: It cannot be written; what was there before is unchanged.
    """
    with outgoing_file(path, home) as file:
        file.write(content)


def demand_outside(target: Path, home: Home) -> None:
    """Go on only if a path lies outside every clinic's folder.

    Raises:
        UserError: It lies inside one.
    """
    own = {Path(os.path.realpath(one)) for one in (home.folder, home.state) if one is not None}
    for folder in (target, *target.parents):
        # Asked of the folder itself: another spelling of the same folder is found as well.
        if folder in own or any(os.path.lexists(folder / name) for name in _OF_A_CLINIC):
            raise UserError(
                "inside_a_clinic",
                what="Nothing was written.",
                why="This path lies inside the data folder of a clinic; the record could be lost.",
                what_to_do="Choose a folder outside it.",
            )
