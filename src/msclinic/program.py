"""Puts the house together: the commands, and the windows for those that need a screen."""

import sys
from argparse import Namespace

from msclinic.cli.main import Windows
from msclinic.cli.main import main as run_command

__all__ = ["main"]


def main() -> None:
    """Run ``msclinic``."""
    sys.exit(run_command(sys.argv[1:], Windows(open=_open_window, demo=_play_demo)))


def _open_window(options: Namespace) -> int:
    # Qt is loaded only where a window opens: commands stay fast and need no screen.
    from msclinic.ui.main import open_window

    return open_window(options)


def _play_demo(options: Namespace) -> int:
    from msclinic.ui.demo import play_demo

    return play_demo(options)
