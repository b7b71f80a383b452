"""System calls of the real program: the disk has answered before ``saved`` is painted.

The program runs under ``strace`` while a nurse types. Between the words *stored* for one value and
for the one before, the record's log was written and ``fdatasync`` (or ``fsync``) returned for it;
no byte of the log is written after that and before the words.
"""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from attrs import Factory, define
from tests.deep.kills import Ground

__all__ = ["Calls", "read_calls", "traced"]

_CALL = re.compile(
    r"^(?P<pid>\d+) +(?:(?P<name>\w+)\((?P<args>.*?)(?P<cut> <unfinished \.\.\.>)?"
    r"|<\.\.\. (?P<again>\w+) resumed>(?P<rest>.*?))"
    r"(?:\) += (?P<result>-?\d+).*)?$"
)
_LOG = "-wal>"


@define
class Calls:
    """What a trace shows.

    Attributes:
        stored: How often a value was told to be stored.
        painted: How often a mark was about to be painted.
        synced: How often the log was synced.
        failed: How often a sync failed.
        wrong: Values that were told before the disk had answered, by line of the trace.
    """

    stored: int = 0
    painted: int = 0
    synced: int = 0
    failed: int = 0
    wrong: list[str] = Factory(list)


def traced(ground: Ground, trace: Path, times: int, *inject: str) -> str:
    """Run the program under strace; gives what it told.

    Args:
        ground: Where it types.
        trace: File of the trace.
        times: How many numbers it types.
        inject: Faults that strace puts in, such as ``fsync:error=EIO:when=20+9``.
    """
    command = ["strace", "-f", "-y", "-s", "256", "-o", str(trace)]
    command += ["-e", "trace=fdatasync,fsync,pwrite64,write"]
    for one in inject:
        command += ["-e", f"inject={one}"]
    command += [sys.executable, "-m", "tests.deep.typing", str(ground.home)]
    command += [ground.form_of, ground.run_of, "7", str(times)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"the program ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def read_calls(lines: Iterable[str]) -> Calls:
    """Hold every *stored* of a trace against the syncs before it."""
    found = Calls()
    # What the log still lacks: written and not synced, or nothing written since the last value.
    written = synced = False
    cut: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        call = _CALL.match(line.rstrip("\n"))
        if call is None:
            continue
        name = call["name"] or call["again"]
        args = (cut.pop(call["pid"], "") if call["again"] else "") + (
            call["args"] or call["rest"] or ""
        )
        if call["cut"]:
            cut[call["pid"]] = args
        if name == "pwrite64" and _LOG in args:
            # From the moment it begins.
            written, synced = True, False
        elif name in ("fdatasync", "fsync") and _LOG in args and call["result"] is not None:
            if int(call["result"]) == 0:
                synced = True
                found.synced += 1
            else:
                found.failed += 1
        elif name == "write" and not call["again"]:
            if '"stored ' in args:
                found.stored += 1
                if not (written and synced):
                    found.wrong.append(f"line {number}: {line.strip()[:120]}")
                written = synced = False
            elif '"painted' in args:
                found.painted += 1
                if written and not synced:
                    found.wrong.append(f"line {number}: painted before the log was synced")
    return found
