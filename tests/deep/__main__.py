"""``make deep``: what takes too long for every change; the result is kept in ``docs/validation/``.

Needs Linux, ``strace`` and leave to make name spaces; whatever is missing is said, and counts as
not shown.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from attrs import asdict, frozen
from tests.deep.full_disk import in_own_space
from tests.deep.kills import Ground, Killed, look, prepare
from tests.deep.trace import read_calls, traced

from msclinic import __version__

_OUT = Path(__file__).parents[2] / "docs" / "validation" / "nothing_lost.md"
_KILLS, _HOMES, _TYPED, _SEED = 2000, 20, 120, 20
_FAULTS = {
    "every fifth sync fails with EIO": "fsync:error=EIO:when=12+5",
    "every 31st write fails with EIO": "pwrite64:error=EIO:when=60+31",
    "every 31st write fails with ENOSPC": "pwrite64:error=ENOSPC:when=60+31",
}


@frozen
class Shown:
    """One thing that was tried.

    Attributes:
        what: In words.
        numbers: What was counted.
        wrong: What did not hold.
    """

    what: str
    numbers: str
    wrong: list[str]


@contextmanager
def _ground() -> Iterator[tuple[Ground, Path]]:
    # Not in memory: syncs are to be real.
    with tempfile.TemporaryDirectory(dir="/var/tmp") as name:
        os.environ["MSCLINIC_STATE"] = f"{name}/state"
        yield prepare(Path(name)), Path(name)


def kills(number: int) -> Shown:
    """SIGKILL at random moments, every home for a part of them."""
    command = [sys.executable, "-m", "tests.deep.kills", "--seed", str(_SEED)]
    homes = max(1, _HOMES * number // _KILLS)
    command += ["--kills", str(number), "--homes", str(homes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    found = json.loads(done.stdout)
    wrong = found.pop("wrong")
    return Shown("SIGKILL at random moments", _counted(found), wrong)


def synced() -> Shown:
    """The disk has answered before anything is called stored."""
    with _ground() as (ground, folder):
        trace = folder / "trace"
        traced(ground, trace, _TYPED)
        with trace.open() as lines:
            calls = read_calls(lines)
    numbers = asdict(calls)
    wrong = numbers.pop("wrong")
    if not calls.stored or not calls.painted:
        wrong.append("nothing was stored or painted")
    return Shown("sync before saved, by strace", _counted(numbers), wrong)


def faulty(what: str, fault: str) -> Shown:
    """Nothing that was called stored is lost when the disk fails; the window says so."""
    with _ground() as (ground, folder):
        trace = folder / "trace"
        told = traced(ground, trace, _TYPED // 4, fault).splitlines()
        with trace.open() as lines:
            calls = read_calls(lines)
        found = Killed()
        look(ground, told, found, 0)
    wrong = calls.wrong + found.wrong
    said = sum(line.startswith("said ") for line in told)
    if not said:
        wrong.append("the window said nothing")
    return Shown(what, f"shown {found.shown}, refusals said {said}", wrong)


def full_disk() -> Shown:
    """A small tmpfs becomes full and has room again."""
    done = in_own_space()
    if not done.stdout.strip():
        return Shown("a full disk", "not played", [done.stderr.strip()[-500:]])
    found = json.loads(done.stdout)
    return Shown("a full disk", f"shown {found['shown']}", found["wrong"])


def _counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in numbers.items())


def main() -> int:
    """Play everything and write the page; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=_KILLS)
    parser.add_argument("--out", type=Path, default=_OUT)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    if platform.system() != "Linux" or shutil.which("strace") is None:
        print("Needs Linux and strace.", file=sys.stderr)
        return 2
    shown = [synced(), full_disk(), *(faulty(what, fault) for what, fault in _FAULTS.items())]
    shown.append(kills(options.kills))
    lines = [
        "# Nothing lost",
        "",
        "Written by `make deep`: the real window, typed at by a script, and what the record held",
        "afterwards. How each is played stands at the top of its module in `tests/deep/`.",
        "",
        f"- {datetime.now(UTC):%Y-%m-%d}, msclinic {__version__}",
        f"- {platform.system()}, {platform.machine()}, Python {platform.python_version()}",
        "",
        "| What | Counted | Wrong |",
        "|---|---|---|",
        *(f"| {one.what} | {one.numbers} | {len(one.wrong) or 'nothing'} |" for one in shown),
        "",
    ]
    for one in shown:
        lines += [f"- {one.what}: {fault}" for fault in one.wrong]
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text("\n".join(lines).rstrip() + "\n", "utf-8")
    print(options.out.read_text("utf-8"))
    return 1 if any(one.wrong for one in shown) else 0


if __name__ == "__main__":
    sys.exit(main())
