"""From starting the program to the painted sign-in, against an empty PySide6 window.

All run from compiled bytecode, as an installed program does; the first start of each, which
compiles, is not counted.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.clinic import build_clinic

from benchmarks.measure import Cost, Result, least, run
from msclinic.app.settings import Settings, store_settings

__all__ = ["measure"]


_LANGUAGES = {"en": "English", "pl": "Polish"}
_BEYOND = (
    "The floor touches three classes of Qt. A program that draws anything makes Python's "
    "enumerations of Qt's constants (some 10 ms alone), loads attrs and argparse, "
    "three fonts and the icons, and some twenty modules of its own, builds the frame and the "
    "sign-in, and paints them. Nothing else is loaded before the sign-in: no record, no study, no "
    "cipher, no other screen."
)


def measure(quick: bool) -> list[Result]:
    """Start the floor and the program in each language in turn, each as a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MSCLINIC_STATE"] = str(Path(folder) / "state")
        for language in _LANGUAGES:
            home = Path(folder) / language
            build_clinic(home).close()
            store_settings(home, Settings(language=language))
        os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
        os.environ["PYTHONPYCACHEPREFIX"] = str(Path(folder) / "bytecode")
        floors: list[Cost] = []
        programs: dict[str, list[Cost]] = {language: [] for language in _LANGUAGES}
        for counted in [False] + [True] * (1 if quick else 12):
            floor = _start("empty")
            costs = {one: _start("program", str(Path(folder) / one)) for one in _LANGUAGES}
            if counted:
                floors.append(floor)
                for language, cost in costs.items():
                    programs[language].append(cost)
    return [
        Result(
            f"start to sign-in in {name}",
            "a process that shows an empty window of PySide6",
            least(floors),
            least(programs[language]),
            1.5,
            _BEYOND,
        )
        for language, name in _LANGUAGES.items()
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
