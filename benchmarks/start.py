"""From starting the program to the painted sign-in, against an empty PySide6 window.

Both run from compiled bytecode, as an installed program does, in an environment of the program's
own language and theme; the first start of each, which compiles, is not counted.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.clinic import build_clinic

from benchmarks.measure import Cost, Result, least, run

__all__ = ["measure"]


def measure(quick: bool) -> list[Result]:
    """Start both in turn, each as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MSCLINIC_STATE"] = str(Path(folder) / "state")
        build_clinic(Path(folder) / "home").close()
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        for warm in (["empty"], ["program", str(Path(folder) / "home")]):
            _start(*warm)
        floors, programs = [], []
        for _ in range(1 if quick else 12):
            floors.append(_start("empty"))
            programs.append(_start("program", str(Path(folder) / "home")))
    return [
        Result(
            "start to sign-in",
            "a process that shows an empty window of PySide6",
            least(floors),
            least(programs),
            1.5,
        )
    ]


def _start(*what: str) -> Cost:
    command = [sys.executable, "-m", "benchmarks.until_painted", *what]
    begun = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        line = child.stdout.readline()
        wall = time.perf_counter() - begun
    word, cpu, *shown = line.split() or ["", "0"]
    if word != "painted" or (what[0] == "program" and "SignInScreen" not in shown):
        raise RuntimeError(f"{what[0]} ended without painting: {line!r}")
    return Cost(wall, float(cpu))


if __name__ == "__main__":
    run(measure)
