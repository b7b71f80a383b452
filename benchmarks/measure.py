"""What every benchmark shares: alternate runs, the least of them, and a line that says the truth.

The least of many runs is what the work takes; the rest is what else the machine was doing. Floor
and program are run in turn, so that both meet the same machine.
"""

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from attrs import asdict, frozen

__all__ = ["Cost", "Result", "alternately", "cost_of", "run"]

Work = Callable[[], object]


@frozen
class Cost:
    """What one run took.

    Attributes:
        wall: Seconds that passed.
        cpu: Seconds of processor time; waiting for the disk is not in it.
    """

    wall: float
    cpu: float


@frozen
class Result:
    """One comparison.

    Attributes:
        name: What was compared.
        floor: What the floor is, in words.
        floor_cost: The least that the floor took.
        cost: The least that the program took.
        goal: Ratio that is not to be exceeded; none where it is shown beside another.
        beyond: What the program does that the floor does not; said where the goal is missed.
    """

    name: str
    floor: str
    floor_cost: Cost
    cost: Cost
    goal: float | None = None
    beyond: str = ""

    @property
    def missed(self) -> bool:
        """Whether there is a goal that is not reached."""
        return self.goal is not None and self.wall > self.goal

    @property
    def wall(self) -> float:
        """How many times as long."""
        return self.cost.wall / self.floor_cost.wall

    @property
    def cpu(self) -> float:
        """How many times the processor time."""
        return self.cost.cpu / max(self.floor_cost.cpu, 1e-9)

    @property
    def verdict(self) -> str:
        """Whether the goal is met, in words."""
        if self.goal is None:
            return "no goal"
        return f"goal {self.goal}: {'missed' if self.missed else 'met'}"

    def line(self) -> str:
        """One line for a terminal."""
        return (
            f"{self.name}: ratio {self.wall:.2f} ({self.verdict}); "
            f"{1000 * self.cost.wall:.2f} ms against {1000 * self.floor_cost.wall:.2f} ms; "
            f"processor time {self.cpu:.2f} times"
        )


def cost_of(work: Work) -> Cost:
    """Run something once."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Cost(time.perf_counter() - wall, time.process_time() - cpu)


def alternately(floor: Work, program: Work, rounds: int) -> tuple[Cost, Cost]:
    """Run floor and program in turn; gives the least of each.

    Args:
        floor: The bare work.
        program: The same through the program.
        rounds: How often each is run.
    """
    floors, programs = [], []
    for _ in range(rounds):
        floors.append(cost_of(floor))
        programs.append(cost_of(program))
    return least(floors), least(programs)


def least(costs: list[Cost]) -> Cost:
    """The least time passed and the least processor time, each for itself."""
    return Cost(min(one.wall for one in costs), min(one.cpu for one in costs))


def run(measure: Callable[[bool], list[Result]]) -> None:
    """The command line of one script: ``--quick`` for a tiny run, ``--json`` for a file."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="few rounds, few participants")
    options.add_argument("--json", type=Path, help="write the results to this file too")
    given = options.parse_args()
    results = measure(given.quick)
    for one in results:
        print(one.line(), flush=True)
    if given.json is not None:
        given.json.write_text(json.dumps([asdict(one) for one in results]), "utf-8")


def results_from(path: Path) -> list[Result]:
    """Results that a script has written."""
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return [
        Result(**one | {part: Cost(**one[part]) for part in ("floor_cost", "cost")})
        for one in found
    ]


def machine() -> list[str]:
    """On what it was measured; never the name of a machine."""
    import PySide6
    import sqlcipher3

    return [
        f"{platform.system()}, {platform.machine()}, {os.cpu_count()} cores",
        f"Python {platform.python_version()}, Qt {PySide6.__version__}, "
        f"SQLite {sqlcipher3.sqlite_version}",
        f"load at the start {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "",
    ]
