"""Reads a run off the window's thread; of several readings asked for only the newest is shown.

One reading is under way at a time, so that an old one can never arrive behind a newer one.
"""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from msclinic.services.infusion.view import RunView
from msclinic.ui.tasks import Operation, Tasks

__all__ = ["LatestView"]


class LatestView(QObject):
    """The newest view of a run.

    Signals:
        arrived: The ``RunView`` that was asked for last.
        failed: What kept it from being read.
    """

    arrived = Signal(object)
    failed = Signal(object)

    def __init__(self, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._under_way: Operation | None = None
        self._next: Callable[[], RunView] | None = None

    @property
    def waiting(self) -> bool:
        """Whether a reading is under way."""
        return self._under_way is not None

    def ask(self, work: Callable[[], RunView]) -> None:
        """Read; what is under way for an earlier question is not shown any more."""
        self._next = work
        if self._under_way is None:
            self._begin()

    def drop(self) -> None:
        """Show nothing of what was asked for so far."""
        self._next = None
        if self._under_way is not None:
            self._under_way.abandon()
            self._under_way = None

    def _begin(self) -> None:
        work, self._next = self._next, None
        if work is not None:
            self._under_way = self._tasks.read(work, self._read, self._not_read)

    def _read(self, view: RunView) -> None:
        self._under_way = None
        if self._next is not None:
            self._begin()
        else:
            self.arrived.emit(view)

    def _not_read(self, error: Exception) -> None:
        self._under_way = None
        if self._next is not None:
            self._begin()
        else:
            self.failed.emit(error)
