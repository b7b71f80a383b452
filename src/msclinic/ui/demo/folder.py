"""The folder a demo leaves behind: only one that a demo itself made is ever replaced."""

import csv
import shutil
from collections.abc import Iterable
from pathlib import Path

from msclinic.domain.errors import KnownFault, UserError

__all__ = ["MARKER", "prepare_folder", "write_accounts"]

MARKER = ".msclinic-demo"


def prepare_folder(out: Path) -> None:
    """Make the folder, or empty the one that an earlier demo made.

    Raises:
        UserError: There is something in it that no demo made.
        KnownFault: It cannot be written to.
    """
    try:
        if out.exists() and (not out.is_dir() or any(out.iterdir())):
            if not (out / MARKER).is_file():
                raise UserError(
                    "demo_folder",
                    what="The demo was not started.",
                    why="The folder holds something that no demo made.",
                    what_to_do="Name another folder with --out.",
                )
            shutil.rmtree(out)
        for name in ("screens", "backups"):
            (out / name).mkdir(parents=True)
        (out / MARKER).write_text("made by msclinic demo; replaced by the next one\n", "utf-8")
    except OSError as error:
        raise KnownFault(
            "demo_folder_fault",
            what="The demo's folder could not be made.",
            why="The system said: {reason}.",
            what_to_do="Check the folder and its permissions, or name another with --out.",
            parameters={"reason": error.strerror or type(error).__name__},
        ) from error


def write_accounts(path: Path, accounts: Iterable[tuple[str, str, str]]) -> None:
    """Write who can sign in: one line each, with a header."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("account", "role", "password"))
        writer.writerows(accounts)
