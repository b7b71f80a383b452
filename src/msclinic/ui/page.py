"""What every screen in the window has in common: it can be refreshed, ticked and let go."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.ui.navigation import Navigator
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.widgets.banner import Identity

if TYPE_CHECKING:
    from msclinic.services.session import Session

__all__ = ["Page", "let_go_half_built"]


class Page(QWidget):
    """A screen of one signed-in person.

    Signals:
        identified: It is known now whom the banner shows.

    Attributes:
        session: Who is signed in.
        go: Where the screen can send them.
        tasks: Runs what is slow.
        identity: What the banner shows; none on screens about nobody in particular.
    """

    identified = Signal()

    identity: Identity | None = None

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__()
        self.session = session
        self.go = go
        self.tasks = tasks

    @property
    def holds(self) -> bool:
        """Whether a person may be busy away from the window, as in an exam: it locks later."""
        return False

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Something was changed elsewhere; read again what concerns this screen."""

    def tick(self, now: datetime) -> None:
        """A second has passed."""

    def settle(self) -> None:
        """Store what is still being typed; called before the screen is left or locked."""

    def release(self) -> None:
        """Drop what is shown; the screen is about to go."""


def let_go_half_built(error: BaseException) -> None:
    """Delete a screen whose construction was cut off by an error.

    Left to the collector it could be deleted by a worker's thread, which ends the program.
    """
    trace = error.__traceback__
    while trace is not None:
        made = trace.tb_frame.f_locals.get("self")
        if isinstance(made, Page) and made.parentWidget() is None:
            made.hide()
            made.deleteLater()
        trace = trace.tb_next
