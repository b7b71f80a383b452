"""A bar over a first screen while backups want somebody's care; it blocks nothing."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from msclinic.domain.errors import KnownFault
from msclinic.services.backup.state import backup_warnings
from msclinic.services.session import Session
from msclinic.ui.backup.words import warning_words
from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.widgets import IconMark, Panel, column, label, row
from msclinic.ui.widgets.base import empty

__all__ = ["BackupBar"]

_AGAIN = timedelta(minutes=5)


class BackupBar(QWidget):
    """One line for each warning; hidden while there is none."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._shown: tuple[tuple[str, str], ...] = ()
        self._lines = column(gap=0)
        self._reading: Operation | None = None
        self._read_at = session.now()
        self.setLayout(self._lines)
        self.hide()
        self.read()

    def read(self) -> None:
        """Ask the record and the folders again, off the window's thread."""
        self.release()
        session = self._session
        self._read_at = session.now()
        self._reading = self._tasks.read(
            lambda: backup_warnings(session), self._show, lambda _error: self._show(())
        )

    def tick(self, now: datetime) -> None:
        """Look again now and then: a medium may have been plugged in."""
        if now - self._read_at >= _AGAIN and self._reading is None:
            self.read()

    def release(self) -> None:
        """Nobody waits for an answer any more."""
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None

    @property
    def sentences(self) -> tuple[str, ...]:
        """What it says now."""
        return tuple(f"{title} {rest}" for title, rest in self._shown)

    def _show(self, warnings: Sequence[KnownFault]) -> None:
        self._reading = None
        shown = tuple(warning_words(one) for one in warnings)
        if shown == self._shown:
            return
        self._shown = shown
        empty(self._lines)
        for title, rest in shown:
            bar = Panel("attbg", "bottom")
            words = column(gap=0)
            words.addWidget(label(title, "body_strong", "att", wrap=True))
            words.addWidget(label(rest, "body", "text", wrap=True))
            line = row(gap=12, margins=(16, 8, 16, 8))
            line.addWidget(IconMark("attention", "att", 20), 0, Qt.AlignmentFlag.AlignTop)
            line.addLayout(words, 1)
            bar.setLayout(line)
            bar.setAccessibleName(f"{title} {rest}")
            self._lines.addWidget(bar)
        self.setVisible(bool(shown))
