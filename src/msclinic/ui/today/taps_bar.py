"""A bar over the day while an emergency press at the lock screen waits for its person."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.infusion.emergency_taps import ANSWERS, Tap, claim_tap, unclaimed_taps
from msclinic.services.session import Session
from msclinic.ui.entrance.chair_timers import emergency_words
from msclinic.ui.tasks import Kind, Operation, Outcome, Tasks
from msclinic.ui.widgets import Button, ChairBadge, Panel, column, label, row
from msclinic.ui.widgets.base import empty
from msclinic.wording import time_text, tr

__all__ = ["TapsBar"]


class TapsBar(QWidget):
    """One line for each press; hidden while there is none.

    Signals:
        opened: Participant and visit of the run, once somebody has answered that it was meant.
    """

    opened = Signal(str, str)

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._shown: tuple[Tap, ...] = ()
        self._lines = column(gap=0)
        self._reading: Operation | None = None
        self.setLayout(self._lines)
        self.hide()
        self.read()

    def read(self) -> None:
        """Ask the record again, off the window's thread."""
        self.release()
        session = self._session
        # Where the record cannot be read the day below says so.
        self._reading = self._tasks.read(
            lambda: unclaimed_taps(session), self._show, lambda _error: self._show(())
        )

    def release(self) -> None:
        """Nobody waits for an answer any more."""
        if self._reading is not None:
            self._reading.abandon()
            self._reading = None

    def _show(self, taps: Sequence[Tap]) -> None:
        self._reading = None
        if tuple(taps) == self._shown:
            return
        self._shown = tuple(taps)
        empty(self._lines)
        for tap in taps:
            self._lines.addWidget(self._line(tap))
        self.setVisible(bool(taps))

    def _line(self, tap: Tap) -> QWidget:
        bar = Panel("stopbg", "bottom")
        said = tr(
            "{key} was pressed at {time} while the window was locked.",
            key=emergency_words(tap.key),
            time=time_text(tap.at, self._session.zone, seconds=True),
        )
        words = column(gap=0)
        words.addWidget(label(f"{tap.code}: {said}", "body_strong", "stop", wrap=True))
        asked = tr("Who pressed it? What was done is entered in the run.")
        words.addWidget(label(asked, "body", "text", wrap=True))
        line = row(gap=12, margins=(16, 8, 16, 8))
        line.addWidget(ChairBadge(tap.chair, 40), 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        spoken = {"MINE": tr("I did"), "SEEN": tr("I saw it"), "MISTAKE": tr("By mistake")}
        for answer in ANSWERS:
            button = Button(spoken[answer], "outlined", size=44)
            button.setObjectName(f"tap/{tap.id}/{answer}")
            button.clicked.connect(partial(self._answer, tap, answer))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        bar.setLayout(line)
        bar.setAccessibleName(f"{tap.code}: {said}")
        return bar

    def _answer(self, tap: Tap, answer: str) -> None:
        session = self._session

        def claimed() -> Outcome[None]:
            claim_tap(session, tap, answer)
            return Outcome(None, {Kind.RUNS})

        def then(_: None) -> None:
            self.read()
            if answer != "MISTAKE":
                self.opened.emit(tap.participant, tap.visit)

        self._tasks.write(claimed, then)
