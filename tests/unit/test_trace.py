"""Every requirement that is called met has a test, and the page says what the markers say."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_trace_of_requirements_is_up_to_date():
    command = [sys.executable, str(ROOT / "packaging" / "trace.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.returncode == 0
