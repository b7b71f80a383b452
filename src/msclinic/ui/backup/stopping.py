"""A backup under way in another thread: it tells how far it is, and can be stopped."""

from threading import Event

__all__ = ["Course", "Stopped"]


class Stopped(Exception):
    """The work was asked to end before it was done; nothing of it stays."""


class Course:
    """Where a piece of work has come to; the window looks now and then, the work never waits.

    Attributes:
        now: The step, and how much of it is done in percent.
    """

    def __init__(self) -> None:
        self.now = ("", 0)
        self._stop = Event()

    def stop(self) -> None:
        """End the work at its next step."""
        self._stop.set()

    def heard(self, step: str, done: int, whole: int) -> None:
        """Called by the work, in its thread.

        Raises:
            Stopped: Somebody asked for it.
        """
        if self._stop.is_set():
            raise Stopped
        self.now = (step, 100 * done // whole if whole else 0)
