"""One participant: status, visits on a line of time, the state of every form, what comes next."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QBoxLayout, QWidget

from msclinic.services.exam_lists import ask_for_exam
from msclinic.services.gateway import random_key
from msclinic.services.infusion.course import arrive
from msclinic.services.life_record import LIFE_MEANING
from msclinic.services.query_model import Query
from msclinic.services.session import Session
from msclinic.services.visit_deviations import (
    ProposedDeviation,
    accept_deviation,
    dismiss_deviation,
    proposed_deviations,
)
from msclinic.services.visits import (
    COMMON_VISIT,
    book_visit,
    open_unscheduled,
    open_visit,
)
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.acts_area import ActsArea
from msclinic.ui.participants.focus_order import go_on
from msclinic.ui.participants.forms_grid import GridCell
from msclinic.ui.participants.forms_pane import FormsPane
from msclinic.ui.participants.known import Known, known_of
from msclinic.ui.participants.side import SidePane
from msclinic.ui.participants.sign_offs import SignOffs
from msclinic.ui.participants.state import next_visit
from msclinic.ui.participants.status_strip import StatusStrip
from msclinic.ui.participants.visit_box import VisitBox
from msclinic.ui.participants.visits_pane import VisitsPane
from msclinic.ui.reading import Reading
from msclinic.ui.signing import SignPanel
from msclinic.ui.tasks import Kind, Operation, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Panel, column, scrolled
from msclinic.wording import tr

__all__ = ["ParticipantScreen"]

_CONCERNED = frozenset({Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES, Kind.DOCUMENTS})
_SIDE = 318
# Narrower than this at 100 % the right column stands over the left one.
_TWO_COLUMNS = 1040
_RUN_FORMS = frozenset({"infusion", "after_infusion"})


class ParticipantScreen(Page):
    """Everything about one participant that the role may see."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks, participant: str) -> None:
        super().__init__(session, go, tasks)
        self.participant = participant
        self._chosen = ""
        self._known: Known | None = None
        self._proposing: Operation | None = None
        self._side_shown: tuple[object, ...] = ()
        self.visit_box: VisitBox | None = None
        self.strip = StatusStrip(signs=session.may(f"sign:{LIFE_MEANING}"))
        self.course = VisitsPane(session)
        self.forms = FormsPane(session, participant)
        self.grid = self.forms.grid
        self.side = SidePane(session)
        self._build()
        self.sign_panel = SignPanel(self)
        self.acts = ActsArea(session, tasks, participant, self.sign_panel)
        self._held.addWidget(self.acts)
        self.sign_offs = SignOffs(session, tasks, participant, self)
        self._left.insertWidget(self._left.count() - 1, self.sign_offs)
        self._connect()
        self._read()

    # Layout

    def _build(self) -> None:
        self._left = column(gap=12, margins=(16, 12, 16, 16))
        self._left.addWidget(self.course)
        self._left.addWidget(self.forms)
        self._left.addStretch(1)
        main = Panel("bg")
        main.setLayout(self._left)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(0)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.addWidget(main, 1)
        self._across.addWidget(self.side)
        # Over both columns, so that what is recorded stands first whatever the width.
        self._held = column(gap=0)
        whole = QWidget()
        over = column(gap=0)
        over.addLayout(self._held)
        over.addLayout(self._across, 1)
        whole.setLayout(over)
        content = QWidget()
        lines = column(gap=0)
        lines.addWidget(self.strip)
        lines.addWidget(scrolled(whole), 1)
        content.setLayout(lines)
        self.reading = Reading(self.tasks, content, tr("Reading the participant…"))
        outer = column(gap=0)
        outer.addWidget(self.reading)
        self.setLayout(outer)
        self._arrange()

    def _connect(self) -> None:
        self.reading.again.connect(self._read)
        self.strip.acts_asked.connect(self.acts.open_status)
        self.strip.link_asked.connect(self.go.participant)
        self.acts.recorded.connect(self._recorded)
        self.acts.form_asked.connect(self._open_form)
        self.acts.opened.connect(self._fill_side)
        self.acts.closed.connect(self._acts_closed)
        self.sign_offs.signed.connect(self._read)
        self.sign_offs.failed.connect(self.go.say)
        self.course.book_asked.connect(self._choose_visit)
        self.course.call_asked.connect(self._start_other)
        self.course.over_time_asked.connect(self._over_time)
        self.forms.cell_chosen.connect(self._cell_chosen)
        self.forms.form_asked.connect(self._open_form)
        self.forms.log_asked.connect(self._new_entry)
        self.forms.visit_asked.connect(self._start_other)
        self.side.form_asked.connect(self._open_form)
        self.side.run_asked.connect(self._open_run)
        self.side.documents_asked.connect(self._open_documents)
        self.side.randomise_asked.connect(self._begin_randomisation)
        self.side.query_asked.connect(self._open_query)
        self.side.exam_asked.connect(self._ask_for_exam)
        self.side.proposals.accepted.connect(self._accept)
        self.side.proposals.dismissed.connect(self._dismiss)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns beside or over each other, as the width allows."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        if self.width() >= theme.px(_TWO_COLUMNS):
            self._across.setDirection(QBoxLayout.Direction.LeftToRight)
            self.side.setFixedWidth(theme.px(_SIDE))
        else:
            # What to do next is read first.
            self._across.setDirection(QBoxLayout.Direction.BottomToTop)
            self.side.setMinimumWidth(0)
            self.side.setMaximumWidth(16_777_215)

    # Life

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows walk the forms at once."""
        super().showEvent(event)
        self.grid.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        focused = QApplication.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes on in the order in which the page is read."""
        moved = go_on(self, QApplication.focusWidget(), forward=forward)
        return moved or super().focusNextPrevChild(forward)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what concerns this participant."""
        if changed & _CONCERNED:
            self._read()

    def release(self) -> None:
        """Drop what is shown."""
        if self._proposing is not None:
            self._proposing.abandon()
            self._proposing = None
        self.reading.drop()
        self._known = None
        self.forms.clear()
        self.sign_offs.release()

    def _read(self) -> None:
        session, participant = self.session, self.participant
        self.reading.ask_promptly(lambda: known_of(session, participant), self._take)

    def _take(self, known: Known) -> None:
        self._known, self.identity = known, known.identity
        self._fill_status(known)
        self.course.show_visits(known.visits, known.hand, known.today)
        self.course.show_ahead(known.ahead)
        # Nobody is watched for worsening who did not enter the study.
        failed = known.record is not None and known.record.life.state == "screen_failed"
        self.course.show_trend(known.trend, watched=not failed)
        self.sign_offs.show_visits(known.identity.code, known.visits, known.signatures)
        self.forms.show_forms(known.visits, known.logs, known.hand, known.today, dosed=known.dosed)
        self._fill_side()
        self._read_proposals()
        self.reading.show_content()
        self.identified.emit()

    def _fill_status(self, known: Known) -> None:
        self.strip.setVisible(known.record is not None)
        if known.record is not None:
            self.strip.show_life(self.session, known.record)
            self.acts.set_facts(known.identity.code, known.visits)

    # Right column

    def _fill_side(self) -> None:
        known = self._known
        if known is None:
            return
        hand = known.hand
        dosing = known.dosing(hand.code if hand is not None else "")
        filled = self.acts.card is None
        shown = (
            tuple(known.visits),
            tuple(known.plans.values()),
            (known.steps, filled, dosing, self._chosen, known.expected, known.today),
            known.queries,
        )
        if shown == self._side_shown:
            # What is being typed there stays.
            return
        self._side_shown = shown
        self.side.show_side(
            known.visits,
            hand,
            self._make_box,
            known.steps,
            known.today,
            dosing=dosing,
            filled=filled,
            queries=known.queries,
        )

    def _make_box(self) -> VisitBox | None:
        self.visit_box, known = None, self._known
        if known is None or not known.expected:
            return None
        ahead = [one for one in known.visits if one.status in ("planned", "booked")]
        chosen = next((one for one in ahead if one.code == self._chosen), None)
        visit = chosen or next_visit(self.session, known.visits)
        if visit is None:
            return None
        box = VisitBox(
            self.session,
            self.participant,
            visit,
            known.plans.get(visit.code),
            known.today,
            filled=known.hand is None and self.acts.card is None,
            dosing=known.dosing(visit.code),
        )
        box.fold(known.hand is not None and chosen is None)
        box.booked.connect(self._book)
        box.started.connect(self._start)
        self.visit_box = box
        return box

    def _choose_visit(self, code: str) -> None:
        self._chosen = code
        self._fill_side()
        if self.visit_box is not None:
            self.visit_box.begin()

    # Forms

    def _cell_chosen(self, cell: object) -> None:
        if not isinstance(cell, GridCell):
            return
        if cell.opens:
            self._open_form(cell.visit, cell.visit_key, cell.form, cell.form_key)
        else:
            # Nothing can be written into a visit that has not begun: offer to start it.
            self._choose_visit(cell.visit)

    def _open_form(self, visit: str, visit_key: str, form: str, form_key: str) -> None:
        if form in _RUN_FORMS and self.session.may("infusion"):
            self.go.run(self.participant, visit)
        else:
            self.go.form(self.participant, visit, visit_key, form, form_key)

    def _open_query(self, query: Query) -> None:
        self.go.form(self.participant, *query.place, query.ref)

    def _new_entry(self, form: str) -> None:
        key = random_key() if self.session.study.form(form).repeating else "1"
        self.go.form(self.participant, COMMON_VISIT, "1", form, key)

    def _open_run(self, visit: str) -> None:
        self.go.run(self.participant, visit)

    def _open_documents(self, visit: str) -> None:
        self.go.documents(self.participant, visit)

    def _over_time(self) -> None:
        self.go.over_time(self.participant)

    # Status

    def _begin_randomisation(self) -> None:
        self.acts.begin_act("randomisation")

    def _recorded(self, participant: str) -> None:
        if participant != self.participant:
            self.go.participant(participant)
        else:
            self._written(None)

    def _acts_closed(self) -> None:
        self._fill_side()
        self.strip.acts.setFocus(Qt.FocusReason.OtherFocusReason)

    # Deviations

    def _read_proposals(self) -> None:
        if not self.session.may("deviations"):
            return
        if self._proposing is not None:
            self._proposing.abandon()
        session, participant = self.session, self.participant
        self._proposing = self.tasks.read(
            lambda: proposed_deviations(session, participant), self._show_proposals, self.go.say
        )

    def _show_proposals(self, proposals: tuple[ProposedDeviation, ...]) -> None:
        self._proposing = None
        if self._known is not None:
            self.side.proposals.set_proposals(proposals, self._known.today)

    def _accept(self, key: str) -> None:
        session, participant = self.session, self.participant
        self.tasks.write(
            lambda: Outcome(accept_deviation(session, participant, key), {Kind.ANSWERS}),
            self._accepted,
            self.go.say,
        )

    def _accepted(self, form_key: str) -> None:
        self.go.form(self.participant, COMMON_VISIT, "1", "deviation", form_key)

    def _dismiss(self, key: str, why: str) -> None:
        session, participant = self.session, self.participant
        self._write(lambda: dismiss_deviation(session, participant, key, why))

    # Visits

    def _book(self, day: date, chair: int) -> None:
        box = self.visit_box
        if box is not None:
            session, participant, code = self.session, self.participant, box.visit.code
            self._write(lambda: book_visit(session, participant, code, day, chair or None))

    def _start(self, chair: int) -> None:
        box, known = self.visit_box, self._known
        if box is None or known is None:
            return
        session, participant, today = self.session, self.participant, known.today
        code = box.visit.code
        if box.visit.infusion is not None and known.dosing(code):
            self._write(lambda: arrive(session, participant, code, chair))
        else:
            self._write(lambda: open_visit(session, participant, code, today))

    def _start_other(self, code: str) -> None:
        if self._known is None:
            return
        session, participant, today = self.session, self.participant, self._known.today
        if session.study.visit(code).kind == "unscheduled":
            self._write(lambda: open_unscheduled(session, participant, code, today))
        else:
            key = random_key() if session.study.visit(code).repeating else "1"
            self._write(lambda: open_visit(session, participant, code, today, key=key))

    def _ask_for_exam(self, code: str, key: str) -> None:
        session, participant = self.session, self.participant
        self._write(lambda: ask_for_exam(session, participant, code, key))

    def _write(self, work: Callable[[], object]) -> None:
        def run() -> Outcome[None]:
            work()
            return Outcome(None, {Kind.VISITS})

        self.tasks.write(run, self._written, self.go.say)

    def _written(self, _value: None) -> None:
        self._chosen = ""
        self._read()
