"""Loaded by Python itself when a test starts the program: sees each file that is written.

Names of all files opened to be written, or renamed to, go into a list; what is removed from the
folder for temporary files is copied before, so that a test can search what is no longer there.
"""

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_SEEN = os.environ.get("WATCHED_SEEN", "")
_TEMPORARY = os.environ.get("TMPDIR", "")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT
_busy: list[str] = []


def _place(path: Any, folder: Any = None) -> Path:
    name = Path(os.fsdecode(path))
    if isinstance(folder, int) and folder >= 0 and not name.is_absolute():
        return Path(f"/proc/self/fd/{folder}").readlink() / name
    return name.absolute()


def _noted(path: Path) -> None:
    with (Path(_SEEN) / "names").open("a", encoding="utf-8") as names:
        names.write(f"{path}\n")


def _kept(path: Path) -> None:
    if path.is_file() and path.is_relative_to(_TEMPORARY):
        taken = len(list(Path(_SEEN).iterdir()))
        shutil.copyfile(path, Path(_SEEN) / f"removed-{os.getpid()}-{taken}")


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if _busy or event not in {"open", "os.remove", "os.rename"}:
        return
    _busy.append(event)
    try:
        with suppress(OSError, TypeError, ValueError):
            if event == "open":
                path, mode, flags = arguments
                writes = any(letter in (mode or "") for letter in "wax+") or (flags or 0) & _WRITING
                if writes and not isinstance(path, int):
                    _noted(_place(path))
            elif event == "os.remove":
                _kept(_place(*arguments))
            else:
                _kept(_place(arguments[1], arguments[3]))
                _noted(_place(arguments[1], arguments[3]))
    finally:
        _busy.pop()


if _SEEN:
    sys.addaudithook(_hook)
