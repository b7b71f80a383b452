"""The real program, killed at random moments while a nurse types: what must hold afterwards.

``python -m tests.deep.kills --kills 2000 --seed 1`` plays it and prints one JSON object. Each kill
forks a process that opens the window on one and the same home, types, and gets SIGKILL. Then the
home is opened anew: every value that had been shown as stored must be there, the whole record must
prove itself, and the deadlines of the running infusion must be what was shown.
"""

import argparse
import json
import os
import random
import select
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from attrs import Factory, define, frozen
from tests.clinic import PASSWORDS, build_clinic
from tests.deep.typist import NURSE, RUN_VISIT, VISIT, type_for_ever
from tests.infusion_day import day_steps

from msclinic.app.clock import SystemClock
from msclinic.services.home import Home
from msclinic.services.infusion.view import run_view
from msclinic.services.sign_in import sign_in
from msclinic.services.verifying import prove_home
from msclinic.services.visits import open_visit

__all__ = ["Ground", "Killed", "kill_and_look", "look", "prepare"]

_PROVER = "CRC-01"
_BEFORE = timedelta(minutes=9)
_LONGEST_START = 60.0
_TYPING = 1.5
_EARLY = 0.1
_EVER = datetime(2000, 1, 1, tzinfo=UTC)
_TICK = timedelta(milliseconds=1)


@frozen
class Ground:
    """A clinic with one participant to type for and one whose infusion runs."""

    home: Path
    form_of: str
    run_of: str


@define
class Killed:
    """What so many kills showed.

    Attributes:
        kills: How often the process was killed.
        early: Kills before the window was ready to type.
        shown: Values that had been shown as stored.
        timers: Deadlines that were compared.
        wrong: What did not hold, in words.
        said: What the window said of a fault.
    """

    kills: int = 0
    early: int = 0
    shown: int = 0
    timers: int = 0
    wrong: list[str] = Factory(list)
    said: list[str] = Factory(list)


def prepare(folder: Path) -> Ground:
    """Found a clinic in which an infusion began some minutes ago by the real clock."""
    clinic = build_clinic(folder / "home", datetime.now(UTC) - _BEFORE)
    run_of = clinic.enrol(1)
    for state in day_steps(clinic, run_of, RUN_VISIT):
        if state == "RUNNING":
            break
    form_of = clinic.enrol(2)
    crc = clinic.session("CRC-01")
    open_visit(crc, form_of, VISIT, crc.now().astimezone(crc.zone).date())
    clinic.close()
    return Ground(clinic.home.folder, form_of, run_of)


def kill_and_look(ground: Ground, kills: int, seed: int) -> Killed:
    """Kill the program so often; gives what was found wrong."""
    chance = random.Random(seed)
    found = Killed()
    for number in range(kills):
        began = datetime.now(UTC)
        lines = list(_one_life(ground, chance, number))
        found.kills += 1
        found.early += "ready" not in lines
        look(ground, lines, found, number, began)
    return found


def _one_life(ground: Ground, chance: random.Random, number: int) -> Iterator[str]:
    """Start the program, let it type, kill it; gives every line that it told."""
    early = chance.random() < _EARLY
    moment = chance.uniform(0, _TYPING)
    seed = chance.getrandbits(32)
    ear, mouth = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ear)
        try:
            type_for_ever(ground.home, ground.form_of, ground.run_of, seed, mouth)
        except BaseException as error:  # noqa: BLE001
            os.write(mouth, f"failed {type(error).__name__} {error}\n".encode())
        finally:
            os._exit(9)
    os.close(mouth)
    told = b""
    until = time.monotonic() + (moment if early else _LONGEST_START)
    waiting = not early
    while (left := until - time.monotonic()) > 0:
        if not select.select([ear], [], [], left)[0]:
            break
        some = os.read(ear, 65536)
        if not some:
            break
        told += some
        if waiting and b"ready\n" in told:
            waiting, until = False, time.monotonic() + moment
    os.kill(child, signal.SIGKILL)
    while some := os.read(ear, 65536):
        told += some
    os.close(ear)
    os.waitpid(child, 0)
    if waiting:
        told += f"failed {number}: the window never became ready\n".encode()
    # A line cut in two was not told.
    yield from (line.decode() for line in told.split(b"\n")[:-1])


def look(
    ground: Ground,
    lines: list[str],
    found: Killed,
    number: int,
    since: datetime = _EVER,
) -> None:
    """Open the home anew and hold it against what one life told; adds to ``found``.

    Args:
        ground: The clinic.
        lines: What the program told.
        found: Where it is counted.
        number: Which life, for the words.
        since: When that life began: an equal value of an earlier one proves nothing.
    """

    def wrong(words: str) -> None:
        found.wrong.append(f"kill {number}: {words}")

    for line in lines:
        if line.startswith("failed "):
            wrong(line)
    home = Home(ground.home)
    for fault in prove_home(home, _PROVER, PASSWORDS[_PROVER]).faults:
        wrong(f"{fault.code} {fault.where} {fault.sentence}")
    stored = [json.loads(line.split(" ", 1)[1]) for line in lines if line.startswith("stored ")]
    timers = [json.loads(line.split(" ", 1)[1]) for line in lines if line.startswith("timers ")]
    session = sign_in(home, NURSE, PASSWORDS[NURSE], SystemClock())
    try:
        if session.warning is not None:
            wrong(f"sign-in warns: {session.warning.code}")
        by_path: dict[tuple[str, str], list[Any]] = {}
        for participant, path, value in stored:
            by_path.setdefault((participant, path), []).append(value)
        with session.store.read() as reader:
            for (participant, path), shown in by_path.items():
                trail = reader.trail(participant, path)
                # The record keeps milliseconds.
                own = [one for one in trail if one.entry.recorded_at >= since - _TICK]
                kept = [(one.value or {}).get("value") for one in own]
                found.shown += len(shown)
                if not _within(shown, kept):
                    wrong(f"{path}: shown {shown}, kept {kept[-len(shown) - 2 :]}")
        if timers:
            view = run_view(session, ground.run_of, RUN_VISIT)
            now = {one.code: one.deadline.isoformat() for one in view.timers if one.deadline}
            for code, deadline in timers[-1].items():
                found.timers += 1
                if now.get(code) != deadline:
                    wrong(f"timer {code}: shown {deadline}, now {now.get(code)}")
    finally:
        session.close()


def _within(shown: list[Any], kept: list[Any]) -> bool:
    """Whether everything shown was kept, in its order."""
    rest = iter(kept)
    return all(value in rest for value in shown)


def main() -> int:
    """Play it; 1 if anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--homes", type=int, default=1, help="begin a new home so often")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    total: dict[str, Any] = {}
    folder = Path(tempfile.mkdtemp(prefix="kills-"))
    os.environ["MSCLINIC_STATE"] = str(folder / "state")
    try:
        for one in range(options.homes):
            ground = prepare(folder / str(one))
            share = options.kills // options.homes
            found = kill_and_look(ground, share, options.seed + one)
            for name in ("kills", "early", "shown", "timers"):
                total[name] = total.get(name, 0) + getattr(found, name)
            total.setdefault("wrong", []).extend(found.wrong)
    finally:
        shutil.rmtree(folder)
    print(json.dumps(total, indent=1))
    return 1 if total["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
