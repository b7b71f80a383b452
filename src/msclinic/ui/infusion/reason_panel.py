"""Asks for a reason in words beside a step, and does what it is asked for once it is given."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from attrs import frozen
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.ui.enter_key import EnterKey
from msclinic.ui.messages import words_of
from msclinic.ui.tasks import Kind, Outcome
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Card, TextField, label, row
from msclinic.wording import tr

if TYPE_CHECKING:
    from msclinic.ui.infusion.screen import RunScreen

__all__ = ["RUN_CHANGED", "ReasonAsked", "ReasonPanel", "Reasons"]

RUN_CHANGED = frozenset({Kind.RUNS, Kind.ANSWERS, Kind.SIGNATURES})


@frozen
class ReasonAsked:
    """What a reason is asked for.

    Attributes:
        title: What is about to be done.
        place: Where, such as a gate with its plain name.
        sentence: What stands against it.
        question: What is asked.
        note: What becomes of it.
        give: What the button says.
    """

    title: str
    place: str
    sentence: str
    question: str
    note: str
    give: str


class ReasonPanel(Card):
    """Asks for a reason in words.

    Signals:
        asked: The reason.
        dismissed: Nothing is done after all.
    """

    asked = Signal(str)
    dismissed = Signal()

    def __init__(self, shown: ReasonAsked):
        super().__init__(margin=12, gap=8)
        self.body.addWidget(label(shown.title, "section", wrap=True))
        self.body.addWidget(label(shown.place, "secondary", "text2", wrap=True))
        self.body.addWidget(label(shown.sentence, "body_strong", "stop", wrap=True))
        self.body.addWidget(label(shown.question, "label", wrap=True))
        self.reason = TextField(shown.question, size=48)
        self.reason.setObjectName("override/reason")
        self.body.addWidget(self.reason)
        self._problem = label("", "label", "stop", wrap=True)
        self._problem.hide()
        self.body.addWidget(self._problem)
        self.body.addWidget(label(shown.note, "secondary", "text2", wrap=True))
        self.give = Button(shown.give, "primary", size=48)
        self.give.setObjectName("override/give")
        self.give.clicked.connect(self.submit)
        back = Button(tr("Not now"), "plain", size=44)
        back.setObjectName("override/back")
        back.clicked.connect(self.dismissed)
        foot = row(gap=8)
        foot.addWidget(back)
        foot.addStretch(1)
        foot.addWidget(self.give)
        self.body.addLayout(foot)
        self.setMinimumWidth(current_theme().px(300))

    def begin(self) -> None:
        """Go to the reason."""
        self.reason.setFocus()

    def refuse(self, sentence: str) -> None:
        """Say why nothing was done; the reason stands."""
        self.give.setEnabled(True)
        self._problem.setText(sentence)
        self._problem.show()
        self.begin()

    def submit(self) -> None:
        """Hand the reason on."""
        text = self.reason.edit.text().strip()
        if not text:
            self.refuse(tr("Type why, then press Enter."))
            return
        self._problem.hide()
        self.give.setEnabled(False)
        self.asked.emit(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)


class Reasons(QObject):
    """Puts the question beside a run's step; only one at a time.

    Signals:
        done: The reason was given and what it is for was done.
    """

    done = Signal()

    def __init__(self, screen: "RunScreen") -> None:
        super().__init__(screen)
        self._screen = screen
        self._panel: ReasonPanel | None = None

    @property
    def asking(self) -> bool:
        """Whether a reason is being asked for."""
        return self._panel is not None

    def ask(self, shown: ReasonAsked, act: Callable[[str], None]) -> None:
        """Ask for a reason.

        Args:
            shown: What is asked.
            act: What is done with the reason; runs beside the window.
        """
        if self._panel is not None:
            return
        panel = ReasonPanel(shown)
        panel.dismissed.connect(self.drop)
        panel.asked.connect(lambda reason: self._given(act, reason))
        EnterKey(panel.reason).pressed.connect(panel.submit)
        self._panel = panel
        self._screen.frame.ask_beside(panel)
        panel.begin()

    def drop(self) -> None:
        """Ask no more."""
        if self._panel is not None:
            self._screen.frame.ask_beside(None)
            self._panel = None

    def _given(self, act: Callable[[str], None], reason: str) -> None:
        def work() -> Outcome[None]:
            act(reason)
            return Outcome(None, RUN_CHANGED)

        self._screen.tasks.write(work, self._done, self._not_done)

    def _done(self, _none: object) -> None:
        self.drop()
        self.done.emit()

    def _not_done(self, error: Exception) -> None:
        if self._panel is not None:
            self._panel.refuse(" ".join(words_of(error)))
