"""Asks when something happened that is typed later; it stores nothing itself."""

from collections.abc import Callable
from datetime import datetime, tzinfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.ui.widgets.base import IconMark, Panel, label, let_go, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.dates import DateTimeField
from msclinic.wording import tr

__all__ = ["WhenBar"]


class WhenBar(Panel):
    """One line beneath an item: when did it happen?

    Signals:
        chosen: The moment, aware; never in the future.
        dismissed: The person went back.
    """

    chosen = Signal(object)
    dismissed = Signal()

    def __init__(self, now: Callable[[], datetime], zone: tzinfo) -> None:
        super().__init__("accentbg")
        self._now, self._zone = now, zone
        self._words = label("", "body_medium", wrap=True)
        self._field = self._new_field()
        self._fault = label("", "secondary", "stop", wrap=True)
        self._fault.hide()
        close = Button(tr("Back"), "plain", size=36)
        close.clicked.connect(self.dismissed)
        self._line = row(gap=12, margins=(24, 8, 16, 8))
        self._line.addWidget(IconMark("clock", "accent", 20))
        self._line.addWidget(self._words, 1)
        self._line.addWidget(self._field)
        self._line.addWidget(self._fault, 1)
        self._line.addWidget(close)
        self.setLayout(self._line)

    def ask(self, title: str, known: datetime | None) -> None:
        """Ask for the time of one item.

        Args:
            title: What the item is called.
            known: The time that is stored, if any.
        """
        self._words.setText(tr("{title}: when did it happen?", title=title))
        self._fault.hide()
        fresh = self._new_field()
        self._line.replaceWidget(self._field, fresh)
        let_go(self._field)
        self._field = fresh
        fresh.set_answer(known)

    def focus(self) -> None:
        """Put the focus into the field."""
        self._field.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)

    def _new_field(self) -> DateTimeField:
        made = DateTimeField(tr("When it happened"), self._now, self._zone, now_button=False)
        made.setObjectName("when")
        made.setFixedWidth(made.sizeHint().width())
        made.answered.connect(self._answered)
        made.problem.connect(self._say)
        return made

    def _answered(self, moment: datetime) -> None:
        if moment > self._now():
            self._say(tr("That lies in the future. Type when it happened."))
            return
        self.chosen.emit(moment)

    def _say(self, sentence: str) -> None:
        self._fault.setText(sentence)
        self._fault.setVisible(bool(sentence))
