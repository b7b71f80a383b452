"""Booking and starting one visit: a day, a chair where something is given, two buttons."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.domain.values import Code
from msclinic.services.session import Session
from msclinic.services.visits import VisitState
from msclinic.ui.enter_key import EnterKey
from msclinic.ui.participants.banner import short_day, visit_title, window_words
from msclinic.ui.participants.state import visit_look
from msclinic.ui.widgets import (
    Button,
    Chip,
    DateField,
    Segmented,
    column,
    keyed,
    label,
    row,
)
from msclinic.ui.widgets.chair import CHAIRS
from msclinic.wording import tr

__all__ = ["VisitBox"]

_CHIP_TONES = {"att": "attention", "ok": "ok", "accent": "accent", "stop": "stop"}


class VisitBox(QWidget):
    """One visit that has not begun.

    Signals:
        booked: The visit is to be booked: day and chair; 0 without a chair.
        started: The participant is here: chair; 0 without a chair.
    """

    booked = Signal(object, int)
    started = Signal(int)

    def __init__(self, session: Session, visit: VisitState, today: date, *, filled: bool) -> None:
        """Make the box.

        Args:
            session: Who looks.
            visit: The visit, planned or booked.
            today: The day at the site.
            filled: Whether starting is the next step of the whole page.
        """
        super().__init__()
        self._visit = visit
        self._chair = visit.chair or 0
        needs_chair = visit.infusion is not None
        may = session.may(f"open:{visit.code}")
        # Before its window a visit is booked rather than begun; both stay possible.
        due = visit.day == today or visit.window is None or visit.window.opens <= today
        self._start = Button(
            tr("Start the visit today"), "primary" if filled and due else "outlined", size=48
        )
        self._start.setObjectName(f"participant/start/{visit.code}")
        self._book = Button(tr("Book"), "primary" if filled and not due else "outlined", size=40)
        self._book.setObjectName(f"participant/book/{visit.code}")
        self.day = DateField(tr("Day of the visit"), session.now, session.zone)
        self.day.setObjectName(f"participant/day/{visit.code}")
        self.day.set_answer(visit.day)
        self.chairs = Segmented(
            tr("Chair"), keyed([(str(chair), str(chair)) for chair in CHAIRS]), size=40
        )
        self.chairs.setObjectName(f"participant/chair/{visit.code}")
        if self._chair:
            self.chairs.set_answer(Code(str(self._chair)))
        self._problem = label("", "secondary", "stop", wrap=True)
        self._problem.hide()
        look = visit_look(visit, today)
        lines = column(gap=8)
        lines.addWidget(label(visit_title(session, visit.code), "body_strong", wrap=True))
        words = [window_words(visit, today)]
        if visit.window is not None and visit.window.target is not None:
            words.append(tr("target {day}", day=short_day(visit.window.target, today)))
        said = " · ".join(word for word in words if word)
        lines.addWidget(
            label(
                said or tr("Its window is counted from infusion 1."),
                "secondary",
                "text2",
                wrap=True,
            )
        )
        state = row()
        state.addWidget(Chip(look.word, _CHIP_TONES.get(look.tone, "neutral"), look.icon))
        state.addStretch(1)
        lines.addLayout(state)
        self._more = Button(tr("Book or start it…"), size=40)
        self._more.setVisible(False)
        lines.addWidget(self._more)
        self._acts = QWidget()
        self._acts.setLayout(self._act_lines(needs_chair))
        self._acts.setVisible(may)
        lines.addWidget(self._acts)
        self.setLayout(lines)
        self._needs_chair, self._may = needs_chair, may
        self.chairs.answered.connect(self._chair_chosen)
        self.day.problem.connect(self._say)
        self._more.clicked.connect(self._unfold)
        self._book.clicked.connect(self._do_book)
        self._start.clicked.connect(self._do_start)
        self._enter = EnterKey(self.day)
        self._enter.pressed.connect(self._do_book)

    def _act_lines(self, needs_chair: bool) -> QVBoxLayout:
        lines = column(gap=8)
        if needs_chair:
            lines.addWidget(label(tr("Chair"), "label"))
            across = row()
            across.addWidget(self.chairs)
            across.addStretch(1)
            lines.addLayout(across)
        else:
            self.chairs.setParent(self)
            self.chairs.hide()
        lines.addWidget(label(tr("Day, to book it"), "label"))
        # One beneath the other: beside each other they are wider than the column in Polish.
        lines.addWidget(self.day)
        lines.addWidget(self._book)
        lines.addWidget(self._problem)
        lines.addWidget(self._start)
        return lines

    def fold(self, folded: bool) -> None:
        """Show only what the visit is while another one is at hand."""
        self._more.setVisible(folded and self._may)
        self._acts.setVisible(not folded and self._may)

    def _unfold(self) -> None:
        self.fold(False)
        self.begin()

    def begin(self) -> None:
        """Put the focus where the person goes on: the chair, or the start."""
        if self._needs_chair and not self._chair:
            self.chairs.setFocus()
        else:
            self._start.setFocus()

    def _chair_chosen(self, answer: object) -> None:
        if isinstance(answer, Code):
            self._chair = int(answer.value)
            self._say("")

    def _do_book(self) -> None:
        if not self.day.commit():
            return
        answer = self._typed_day()
        if answer is None:
            self._say(tr("Type the day: day, month, year."))
            self.day.edit.setFocus()
        elif self._complete():
            self.booked.emit(answer, self._chair)

    def _do_start(self) -> None:
        if self._complete():
            self.started.emit(self._chair)

    def _typed_day(self) -> date | None:
        text = self.day.edit.text().strip()
        if not text:
            return None
        shown = self.day.answer()
        if isinstance(shown, date) and text in (self.day.written(shown), self.day.typed(shown)):
            return shown
        read = self.day.read(text)
        return read if isinstance(read, date) else None

    def _complete(self) -> bool:
        if self._needs_chair and not self._chair:
            self._say(tr("Choose the chair first."))
            self.chairs.setFocus()
            return False
        return True

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
