"""The screen in front of one that is still being read: what is read, and a way to stop it."""

from collections.abc import Callable

from msclinic.services.session import Session
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.widgets import Panel, column
from msclinic.wording import tr

__all__ = ["WaitingScreen"]


class WaitingScreen(Page):
    """Stands in for a screen until what it needs was read."""

    def __init__(
        self,
        session: Session,
        go: Navigator,
        tasks: Tasks,
        under_way: Operation,
        again: Callable[[], None],
    ) -> None:
        """Show that something is being read.

        Args:
            session: Who is signed in.
            go: Where the screen can send them.
            tasks: Runs what is slow.
            under_way: The reading.
            again: Asks for the screen once more.
        """
        super().__init__(session, go, tasks)
        self.reading = Reading(tasks, Panel("bg"), tr("Reading the record…"))
        lines = column(gap=0)
        lines.addWidget(self.reading)
        self.setLayout(lines)
        self.reading.again.connect(again)
        self.reading.follow(under_way)

    def release(self) -> None:
        """Nobody waits for it any more."""
        self.reading.drop()
