"""Anything slow runs off the window's thread and comes back as one success or one failure.

An operation returns what kinds of thing it changed; screens listen to ``Tasks.changed`` and refresh
only if concerned. A task never touches a widget.
"""

from collections.abc import Callable, Iterable
from enum import Enum
from threading import Event
from typing import Any, Generic, TypeVar

from attrs import field, frozen
from PySide6.QtCore import (
    QObject,
    QRunnable,
    QThreadPool,
    QTimer,
    Signal,
    Slot,
)

__all__ = ["Kind", "Operation", "Outcome", "Tasks"]

Value = TypeVar("Value")

_OPENERS = 4


class Kind(Enum):
    """What an operation may have changed."""

    ANSWERS = "answers"
    VISITS = "visits"
    PARTICIPANTS = "participants"
    RUNS = "runs"
    SIGNATURES = "signatures"
    DOCUMENTS = "documents"
    PEOPLE = "people"
    STUDY = "study"
    SESSION = "session"


def _kinds(kinds: Iterable[Kind]) -> frozenset[Kind]:
    return frozenset(kinds)


@frozen
class Outcome(Generic[Value]):
    """What an operation gives back.

    Attributes:
        value: The result.
        changed: Kinds of thing that are different now; empty after mere reading.
    """

    value: Value
    changed: frozenset[Kind] = field(default=frozenset(), converter=_kinds)


class Operation(QObject):
    """One piece of work under way. Signals arrive on the window's thread.

    Signals:
        succeeded: The value of the outcome.
        failed: The exception; whoever listens tells it to the person.
        slow: It has taken 300 ms: show that something is loading.
        finished: It is over, either way.
    """

    succeeded = Signal(object)
    failed = Signal(object)
    slow = Signal()
    finished = Signal()

    SLOW_MS = 300

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._abandoned = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(self.SLOW_MS)
        self._timer.timeout.connect(self.slow)
        self._timer.start()

    def abandon(self) -> None:
        """Forget the result: the page that asked is gone. The work itself runs to its end."""
        self._abandoned = True
        self._timer.stop()

    @property
    def abandoned(self) -> bool:
        """Whether nobody waits any more."""
        return self._abandoned


class _Messenger(QObject):
    """Carries a result from a worker thread to the window's thread."""

    done = Signal(object, object)


class _Answer:
    """What came of a piece of work, for a thread that waits for it."""

    def __init__(self) -> None:
        self.there = Event()
        self.outcome: Outcome[Any] | None = None
        self.error: Exception | None = None


class _Work(QRunnable):
    def __init__(self, work: Callable[[], Outcome[Any]], messenger: _Messenger, answer: _Answer):
        super().__init__()
        self._work, self._messenger, self._answer = work, messenger, answer

    def run(self) -> None:
        """Do the work; whatever it raises is handed over, not swallowed."""
        answer = self._answer
        try:
            answer.outcome = self._work()
        except Exception as error:  # noqa: BLE001
            answer.error = error
        self._messenger.done.emit(answer.outcome, answer.error)
        answer.there.set()


class Tasks(QObject):
    """Runs operations: reading side by side, writing one after the other.

    Signals:
        changed: A ``frozenset`` of ``Kind`` after an operation that changed something.
        failed: An exception that nobody else listens to.
    """

    changed = Signal(object)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None):
        super().__init__(parent)
        self._readers = QThreadPool(self)
        # What somebody waits for to see a screen does not stand in line behind other reading.
        self._openers = QThreadPool(self)
        self._openers.setMaxThreadCount(_OPENERS)
        self._writer = QThreadPool(self)
        self._writer.setMaxThreadCount(1)
        # Keeps messenger and operation alive until the worker has answered.
        self._under_way: dict[_Messenger, tuple[Operation, Callable[[object], None] | None]] = {}

    def read(
        self,
        work: Callable[[], Value],
        then: Callable[[Value], None],
        otherwise: Callable[[Exception], None] | None = None,
    ) -> Operation:
        """Read or compute something; others may read meanwhile.

        Args:
            work: Runs off the window's thread.
            then: Gets the value, on the window's thread.
            otherwise: Gets what was raised; without it ``failed`` does.
        """
        return self._start(self._readers, lambda: Outcome(work()), then, otherwise, _Answer())[0]

    def promptly(
        self,
        work: Callable[[], Value],
        then: Callable[[Value], None],
        otherwise: Callable[[Exception], None],
    ) -> Operation | None:
        """Read what the next screen needs, and go on at once unless it takes 300 ms.

        Args:
            work: Runs off the window's thread.
            then: Gets the value, on the window's thread.
            otherwise: Gets what was raised.

        Returns:
            None where all is done; else what is still under way, as by ``read``.
        """
        answer = _Answer()
        operation, messenger = self._start(
            self._openers, lambda: Outcome(work()), then, otherwise, answer
        )
        if not answer.there.wait(Operation.SLOW_MS / 1000):
            return operation
        # Only this one: what others have read comes when its screen is whole.
        self._finish(messenger, answer.outcome, answer.error)
        return None

    def write(
        self,
        work: Callable[[], Outcome[Value]],
        then: Callable[[Value], None],
        otherwise: Callable[[Exception], None] | None = None,
    ) -> Operation:
        """Change something; changes run one after the other in the order they were asked.

        Args:
            work: Runs off the window's thread; says what kinds of thing it changed.
            then: Gets the value, on the window's thread, before ``changed`` is sent.
            otherwise: Gets what was raised; without it ``failed`` does.
        """
        return self._start(self._writer, work, then, otherwise, _Answer())[0]

    def idle(self) -> bool:
        """Whether nothing is under way."""
        return not self._under_way

    def wait(self, milliseconds: int = 30_000) -> bool:
        """Block until all work is done, as before locking; results still come by signal."""
        done = self._writer.waitForDone(milliseconds)
        done = self._openers.waitForDone(milliseconds) and done
        return self._readers.waitForDone(milliseconds) and done

    def _start(
        self,
        pool: QThreadPool,
        work: Callable[[], Outcome[Any]],
        then: Callable[[Any], None],
        otherwise: Callable[[Exception], None] | None,
        answer: _Answer,
    ) -> tuple[Operation, _Messenger]:
        operation = Operation(self)
        operation.succeeded.connect(then)
        heard: Callable[[object], None] | None = None
        if otherwise is not None:
            operation.failed.connect(otherwise)
            heard = operation.failed.emit
        messenger = _Messenger()
        messenger.done.connect(self._done)
        self._under_way[messenger] = (operation, heard)
        pool.start(_Work(work, messenger, answer))
        return operation, messenger

    @Slot(object, object)
    def _done(self, outcome: Outcome[Any] | None, error: Exception | None) -> None:
        messenger = self.sender()
        if isinstance(messenger, _Messenger) and messenger in self._under_way:
            self._finish(messenger, outcome, error)

    def _finish(
        self, messenger: _Messenger, outcome: Outcome[Any] | None, error: Exception | None
    ) -> None:
        operation, heard = self._under_way.pop(messenger)
        operation.findChildren(QTimer)[0].stop()
        if error is not None and not operation.abandoned:
            (heard or self.failed.emit)(error)
        if outcome is not None:
            if not operation.abandoned:
                operation.succeeded.emit(outcome.value)
            if outcome.changed:
                self.changed.emit(outcome.changed)
        operation.finished.emit()
        operation.deleteLater()
