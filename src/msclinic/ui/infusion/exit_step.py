"""Deferring or cancelling an infusion before its start: a reason, and the day it is put off to."""

from datetime import date

from PySide6.QtCore import Signal

from msclinic.domain.values import Answer
from msclinic.services.session import Session
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.widgets import Card, DateField, TextField, column, label
from msclinic.wording import plural, tr

__all__ = ["ExitStep"]


class ExitStep(StepPage):
    """Asks why, and until when.

    Signals:
        deferred: Reason and day.
        cancelled: Reason.
    """

    deferred = Signal(str, object)
    cancelled = Signal(str)

    def __init__(self, session: Session, *, defer: bool) -> None:
        super().__init__()
        self._defer = defer
        self._why, self._until = "", None
        body = column(gap=8, margins=(16, 8, 16, 8))
        card = Card()
        title = tr("Defer the infusion") if defer else tr("Cancel the infusion of this visit")
        card.body.addWidget(label(title, "section", wrap=True))
        card.body.addWidget(label(tr("Why? No names."), "label"))
        self.why = TextField(tr("Why? No names."), size=48)
        self.why.setObjectName("exit/why")
        self.why.answered.connect(self._why_given)
        card.body.addWidget(self.why)
        self.until = DateField(tr("New day"), session.now, session.zone, size=48)
        self.until.setObjectName("exit/until")
        self.until.answered.connect(self._until_given)
        if defer:
            card.body.addWidget(label(tr("New day"), "label"))
            card.body.addWidget(self.until)
        else:
            self.until.hide()
        body.addWidget(card)
        body.addStretch(1)
        self.setLayout(body)

    _until: date | None

    def left(self) -> int:
        """Answers left."""
        return int(not self._why) + int(self._defer and self._until is None)

    def left_words(self) -> tuple[str, str]:
        """How many are left and which."""
        left = [] if self._why else [tr("why")]
        if self._defer and self._until is None:
            left.append(tr("new day"))
        if not left:
            return "", ""
        return plural(len(left), one="{count} left:", other="{count} left:"), ", ".join(left)

    def next_words(self) -> str:
        """The next answer, then the act."""
        if not self._why:
            return tr("Next: {item}", item=tr("why"))
        if self._defer and self._until is None:
            return tr("Next: {item}", item=tr("new day"))
        return tr("Defer the infusion") if self._defer else tr("Cancel the infusion")

    def begin(self) -> bool:
        """Go to the reason."""
        self.why.setFocus()
        return True

    def go_next(self) -> bool:
        """Go to the next answer, or do it."""
        self.settle()
        if not self._why:
            self.why.setFocus()
        elif self._defer and self._until is None:
            self.until.setFocus()
        elif self._defer:
            self.deferred.emit(self._why, self._until)
        else:
            self.cancelled.emit(self._why)
        return True

    def settle(self) -> None:
        """Take what is still being typed."""
        self.why.commit()
        self.until.commit()

    def _why_given(self, answer: Answer) -> None:
        self._why = str(answer)
        self.why.set_answer(self._why)
        self.moved.emit()

    def _until_given(self, answer: Answer) -> None:
        if isinstance(answer, date):
            self._until = answer
            self.until.set_answer(answer)
            self.moved.emit()
