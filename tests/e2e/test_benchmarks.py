"""Each benchmark runs in its tiny form and says a ratio; no time is asserted."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", ["start", "leave_field", "open_form", "growth"])
def test_a_benchmark_says_a_ratio_and_whether_its_goal_is_met(script: str, tmp_path: Path) -> None:
    written = tmp_path / "results.json"
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{script}", "--quick", "--json", str(written)],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert lines
    for line in lines:
        assert re.search(r"ratio \d+\.\d\d \((goal \d\.\d: (met|missed)|no goal)\)", line)
    assert written.exists()
