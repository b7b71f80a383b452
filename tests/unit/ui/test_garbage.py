"""What nobody holds any more is deleted in the window's thread, however busy the others are."""

import gc
import threading

from PySide6.QtCore import QObject

from msclinic.ui.garbage import Collector, collect_here


class Ring:
    """Garbage that only the collector finds; it tells in which thread it went."""

    gone: list[int]

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        Ring.gone.append(threading.get_ident())


def busy() -> None:
    """Allocate far past the collector's thresholds."""
    kept = [[number] for number in range(200_000)]
    assert kept


def test_a_busy_thread_collects_nothing_and_the_windows_thread_does(qapp):
    Ring.gone = []
    owner = QObject()
    Collector(owner)
    assert not gc.isenabled()
    for _ in range(1000):
        Ring()
    worker = threading.Thread(target=busy)
    worker.start()
    worker.join()
    assert Ring.gone == []
    collect_here()
    assert len(Ring.gone) == 1000
    assert set(Ring.gone) == {threading.get_ident()}
