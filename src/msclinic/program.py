"""Puts the house together: the commands, and the windows for those that need a screen."""

import gc
import sys
from argparse import Namespace

from msclinic.cli.main import Windows
from msclinic.cli.main import main as run_command

__all__ = ["main"]


def main() -> None:
    """Run ``msclinic``."""
    if getattr(sys, "frozen", False):
        # A packaged program proves its backups in a second process of itself.
        from multiprocessing import freeze_support

        freeze_support()
    sys.exit(run_command(sys.argv[1:], Windows(open=_open_window, demo=_play_demo)))


def _open_window(options: Namespace) -> int:
    # Qt is loaded only where a window opens: commands stay fast and need no screen.
    from msclinic.ui.plain_imports import keep_plain

    keep_plain()
    # From here on garbage is collected in the window's thread alone (``ui/garbage.py``).
    gc.disable()
    try:
        from msclinic.ui.main import open_window

        return open_window(options)
    finally:
        gc.enable()


def _play_demo(options: Namespace) -> int:
    from msclinic.ui.demo import play_demo

    return play_demo(options)
