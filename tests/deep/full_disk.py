"""A small disk that becomes full while a nurse types, and has room again later.

``python -m tests.deep.full_disk`` needs Linux and leave to mount: it calls itself in a name space
of its own (``unshare -rm``), mounts a small tmpfs there, and prints one JSON object.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from attrs import asdict
from tests.deep.kills import Killed, look, prepare
from tests.deep.typist import Typist

__all__ = ["filled_up", "in_own_space"]

_SIZE = "32m"
_BLOCK = 65536
_TIMES = 12


def in_own_space() -> subprocess.CompletedProcess[str]:
    """Play it in a name space of its own; its output is one JSON object."""
    with tempfile.TemporaryDirectory() as folder:
        inside = f"mount -t tmpfs -o size={_SIZE} none {folder} && exec {sys.executable} -m "
        command = ["unshare", "-rm", "sh", "-c", f"{inside} tests.deep.full_disk {folder}"]
        return subprocess.run(command, capture_output=True, text=True, check=False)


def filled_up(disk: Path) -> Killed:
    """Type, fill the disk, type on, make room, type again; gives what was found wrong."""
    os.environ["MSCLINIC_STATE"] = str(disk / "state")
    ground = prepare(disk)
    told, mouth = os.pipe()
    os.set_blocking(told, False)
    typist = Typist(ground.home, ground.form_of, ground.run_of, 5, mouth)
    typist.type(_TIMES)
    before = list(_lines(told))
    ballast = disk / "ballast"
    _fill(ballast)
    typist.type(_TIMES)
    during = list(_lines(told))
    ballast.unlink()
    typist.type(_TIMES)
    typist.leave()
    after = list(_lines(told))
    found = Killed()
    look(ground, before + during + after, found, 0)
    said = [line for line in during if line.startswith("said ")]
    found.said = said
    if not said:
        found.wrong.append("the full disk was not told")
    if any("Traceback" in line or "Error" in line for line in said):
        found.wrong.append(f"the words are not for people: {said}")
    for name, lines in (("before", before), ("after", after)):
        if not any(line.startswith("stored ") for line in lines):
            found.wrong.append(f"nothing was stored {name} the disk was full")
    if any(line.startswith("said ") for line in after[-_TIMES:]):
        found.wrong.append("the window still complains when there is room again")
    return found


def _fill(ballast: Path) -> None:
    with ballast.open("wb", buffering=0) as file:
        for size in (_BLOCK, 512, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


def _lines(told: int) -> Iterator[str]:
    some = b""
    while True:
        try:
            some += os.read(told, _BLOCK)
        except BlockingIOError:
            break
    yield from some.decode().splitlines()


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if len(sys.argv) == 1:
        done = in_own_space()
        print(done.stdout, done.stderr, sep="\n")
        sys.exit(done.returncode)
    found_there = filled_up(Path(sys.argv[1]))
    print(json.dumps(asdict(found_there)))
    sys.exit(1 if found_there.wrong else 0)
