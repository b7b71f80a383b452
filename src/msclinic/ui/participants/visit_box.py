"""Booking and starting one visit: a day, a chair where something is given, two buttons."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.domain.values import Code
from msclinic.services.session import Session
from msclinic.services.visit_planning import PlannedVisit, booking_notes
from msclinic.services.visits import VisitState
from msclinic.ui.enter_key import EnterKey
from msclinic.ui.participants.banner import short_day, visit_title
from msclinic.ui.participants.plan import proposed_day
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

    def __init__(
        self,
        session: Session,
        participant: str,
        visit: VisitState,
        plan: PlannedVisit | None,
        today: date,
        *,
        filled: bool,
        dosing: bool,
    ) -> None:
        """Make the box.

        Args:
            session: Who looks.
            participant: Whose visit.
            visit: The visit, planned or booked.
            plan: Its window and what else is known before it is booked.
            today: The day at the site.
            filled: Whether starting is the next step of the whole page.
            dosing: Whether an infusion is given at it, which asks for a chair.
        """
        super().__init__()
        self._session, self._participant = session, participant
        self.visit = visit
        self._chair = visit.chair or 0
        needs_chair = visit.infusion is not None and dosing
        may = session.may(f"open:{visit.code}")
        window = plan.window if plan is not None else visit.window
        # Before its window a visit is booked rather than begun; both stay possible.
        due = visit.day == today or window is None or window.opens <= today
        self._start = Button(
            tr("Start the visit today"), "primary" if filled and due else "outlined", size=48
        )
        self._start.setObjectName(f"participant/start/{visit.code}")
        self._book = Button(tr("Book"), "primary" if filled and not due else "outlined", size=40)
        self._book.setObjectName(f"participant/book/{visit.code}")
        self.day = DateField(tr("Day of the visit"), session.now, session.zone)
        self.day.setObjectName(f"participant/day/{visit.code}")
        self.day.set_answer(proposed_day(visit, plan, today))
        if visit.day is None:
            self.day.set_unstored()
        self.chairs = Segmented(
            tr("Chair"), keyed([(str(chair), str(chair)) for chair in CHAIRS]), size=40
        )
        self.chairs.setObjectName(f"participant/chair/{visit.code}")
        if self._chair:
            self.chairs.set_answer(Code(str(self._chair)))
        self._notes = label("", "secondary", "att", wrap=True)
        self._notes.hide()
        self._problem = label("", "secondary", "stop", wrap=True)
        self._problem.hide()
        look = visit_look(visit, today)
        lines = column(gap=8)
        lines.addWidget(label(visit_title(session, visit.code), "body_strong", wrap=True))
        words = []
        if window is not None:
            first, last = short_day(window.opens, today), short_day(window.closes, today)
            words.append(tr("window {first} to {last}", first=first, last=last))
            if window.target is not None:
                words.append(tr("target {day}", day=short_day(window.target, today)))
        said = " · ".join(words)
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
        lines.addWidget(self._acts)
        self.setLayout(lines)
        self._acts.setVisible(may)
        self._needs_chair, self._may = needs_chair, may
        self.chairs.answered.connect(self._chair_chosen)
        self.day.problem.connect(self._say)
        self._more.clicked.connect(self._unfold)
        self._book.clicked.connect(self._do_book)
        self._start.clicked.connect(self._do_start)
        self._enter = EnterKey(self.day)
        self._enter.pressed.connect(self._do_book)
        self.day.answered.connect(self._day_typed)
        if may:
            shown = self.day.answer()
            self._note(shown if isinstance(shown, date) else today)

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
        lines.addWidget(self._notes)
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

    def _day_typed(self, answer: object) -> None:
        if isinstance(answer, date):
            # What stands in the field is no booking yet.
            self.day.set_answer(answer)
            self.day.set_unstored()
            self._note(answer)

    def _note(self, day: date) -> None:
        """Say what speaks against a day; it can be booked all the same."""
        found = booking_notes(self._session, self._participant, self.visit.code, day)
        words = " ".join(one.text for one in found)
        if not self.day.edit.text():
            words = tr("Today: {words}", words=words)
        self._notes.setText(words)
        self._notes.setVisible(bool(found))

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
