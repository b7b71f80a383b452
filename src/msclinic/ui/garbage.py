"""Garbage is collected in the window's thread alone.

Python's collector runs in whichever thread happens to allocate. In a thread that reads the record
it would delete widgets, which only the window's thread may touch, and the process would end.
"""

import gc

from PySide6.QtCore import QObject, QTimer

__all__ = ["Collector", "collect_here"]

_EVERY_MS = 1000


def collect_here() -> None:
    """Collect as far as Python's own thresholds ask for it, in the thread that calls."""
    counts, thresholds = gc.get_count(), gc.get_threshold()
    for generation in (2, 1, 0):
        if counts[generation] > thresholds[generation]:
            gc.collect(generation)
            return


class Collector(QObject):
    """Collects once a second while its window lives; nothing else does."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self)
        timer.setInterval(_EVERY_MS)
        timer.timeout.connect(collect_here)
        timer.start()
