"""Runs every benchmark as a process of its own and writes ``BENCHMARKS.md``."""

import argparse
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Result, machine, results_from

_SCRIPTS = ("start", "leave_field", "open_form", "growth")


def main() -> None:
    """Measure, print each line, and write the page."""
    options = argparse.ArgumentParser()
    options.add_argument("--quick", action="store_true", help="few rounds, few participants")
    options.add_argument("--out", type=Path, default=Path("BENCHMARKS.md"))
    given = options.parse_args()
    before = machine()
    results: list[Result] = []
    with TemporaryDirectory() as folder:
        for script in _SCRIPTS:
            path = Path(folder) / f"{script}.json"
            command = [sys.executable, "-m", f"benchmarks.{script}", "--json", str(path)]
            subprocess.run(command + ["--quick"] * given.quick, check=True)
            results += results_from(path)
    given.out.write_text(_page(results, before), "utf-8")


def _page(results: list[Result], on: list[str]) -> str:
    lines = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Each line sets the program against the bare floor in the same "
        "run; what each floor holds stands at the top of its script in `benchmarks/`. Times are "
        "the least of many alternate runs.",
        "",
        *(f"- {one}" for one in [datetime.now(UTC).date().isoformat(), *on] if one),
        "",
        "| What | Ratio | Goal | Program | Floor | Processor time |",
        "|---|---|---|---|---|---|",
    ]
    for one in results:
        lines.append(
            f"| {one.name} | {one.wall:.2f} | {one.verdict.removeprefix('goal ')} "
            f"| {1000 * one.cost.wall:.2f} ms | {1000 * one.floor_cost.wall:.2f} ms: {one.floor} "
            f"| {one.cpu:.2f} |"
        )
    missed = [one for one in results if one.missed and one.beyond]
    if missed:
        lines += ["", "What the program does beyond the floor, where a goal is missed:", ""]
        lines += [f"- **{one.name}**: {one.beyond}" for one in missed]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()
