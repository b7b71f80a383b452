"""The list of participants: found by typing, opened with Enter, enrolled in one line."""

from PySide6.QtCore import QEvent, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from msclinic.services.participants import enrol
from msclinic.services.session import Session
from msclinic.ui.enter_key import EnterKey
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.list_model import (
    AT_ONCE,
    ParticipantRow,
    ParticipantsModel,
    participant_rows,
    rows_of,
)
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Operation, Outcome, Tasks
from msclinic.ui.widgets import (
    Button,
    Card,
    NumberField,
    PageHead,
    TextField,
    column,
    label,
    row,
)
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import plural, tr

__all__ = ["ParticipantsScreen"]

_CONCERNED = frozenset({Kind.PARTICIPANTS, Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES})


class ParticipantsScreen(Page):
    """Everyone at the site."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self._filling: Operation | None = None
        self._model = ParticipantsModel()
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setFilterKeyColumn(0)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.search = TextField(tr("Find a participant by code"), chars=24)
        self.search.setObjectName("participants/search")
        self.search.set_placeholder(tr("Code, such as 007"))
        self.table = ListTable(tr("Participants"), self._shown)
        self.table.setObjectName("participants/table")
        self._head = PageHead(tr("Participants"), height=56)
        self._enrol = Button(tr("Enrol a participant"), icon="plus", size=40)
        self._enrol.setObjectName("participants/enrol")
        self.number = NumberField(tr("Number at this site"), integer=True, size=40, chars=4)
        self.number.setObjectName("participants/number")
        self._confirm = Button(tr("Enrol"), "primary", size=40)
        self._confirm.setObjectName("participants/confirm")
        self._cancel = Button(tr("Cancel"), "plain", size=40)
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.hide()
        self._card = Card()
        self._card.hide()
        self._build()
        self._connect()
        self._read()

    def _build(self) -> None:
        tools = row(gap=16, margins=(16, 0, 16, 8))
        tools.addWidget(self.search)
        tools.addStretch(1)
        tools.addWidget(self._enrol)
        self._card.body.addLayout(self._enrol_line())
        self._card.body.addWidget(self._problem)
        held = row(margins=(16, 0, 16, 8))
        held.addWidget(self._card)
        listed = QWidget()
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(self.table)
        listed.setLayout(inner)
        self.reading = Reading(self.tasks, listed, tr("Reading the participants…"))
        self.pane = self.reading.pane
        lines = column(gap=0)
        lines.addWidget(self._head)
        lines.addLayout(tools)
        lines.addLayout(held)
        lines.addWidget(self.reading, 1)
        self.setLayout(lines)
        # Shown before it had a parent it would be a window of its own for a moment.
        self._enrol.setVisible(self.session.may("enrol"))
        self.setFocusProxy(self.search)

    def _enrol_line(self) -> QHBoxLayout:
        line = row(gap=12)
        words = column(gap=0)
        words.addWidget(label(tr("New participant"), "body_strong"))
        words.addWidget(
            label(tr("Next free number of the screening log"), "secondary", "text2", wrap=True)
        )
        line.addLayout(words, 1)
        line.addWidget(label(f"{self.session.place.site}-", "section"))
        line.addWidget(self.number)
        line.addWidget(self._confirm)
        line.addWidget(self._cancel)
        return line

    def _connect(self) -> None:
        self.search.edit.textChanged.connect(self._filter)
        self.table.verticalScrollBar().valueChanged.connect(self._fill)
        self.table.verticalScrollBar().rangeChanged.connect(self._fill)
        self.search.edit.installEventFilter(self)
        self.table.opened.connect(self._open)
        self._enrol.clicked.connect(self._offer_enrolment)
        self._confirm.clicked.connect(self._do_enrol)
        self._cancel.clicked.connect(self._close_enrolment)
        self._enter = EnterKey(self.number)
        self._enter.pressed.connect(self._do_enrol)
        self.reading.acted.connect(self._offer_enrolment)
        self.reading.again.connect(self._read)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the list anew where it is concerned."""
        if changed & _CONCERNED:
            self._read()

    def release(self) -> None:
        """Forget what is under way and drop the rows."""
        self.reading.drop()
        self._stop_filling()
        self._model.set_rows([])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down leaves the search for the list; Enter opens the first participant found."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if watched is self.search.edit and enter:
                self._open(0)
                return True
            if watched is self.search.edit and event.key() == Qt.Key.Key_Down:
                self.table.setFocus()
                self.table.selectRow(0)
                return True
        return super().eventFilter(watched, event)

    def _read(self) -> None:
        self._stop_filling()
        session = self.session
        today = session.now().astimezone(session.zone).date()
        self.reading.ask(lambda: participant_rows(session, today), self._show_rows)

    def _show_rows(self, rows: list[ParticipantRow]) -> None:
        self._model.set_rows(rows)
        self._head.set_progress(
            plural(len(rows), one="{count} participant", other="{count} participants")
        )
        if rows:
            self.reading.show_content()
            self._fill()
        else:
            self._show_empty()

    def _fill(self) -> None:
        """Read what is in view and was not read yet, a screenful at a time."""
        wanted = self._unread()
        if self._filling is not None or not wanted:
            return
        session = self.session
        today = session.now().astimezone(session.zone).date()
        self._filling = self.tasks.read(
            lambda: rows_of(session, wanted, today), self._filled, self._not_filled
        )

    def _unread(self) -> list[str]:
        first = max(self.table.rowAt(0), 0)
        last = self.table.rowAt(self.table.viewport().height() - 1)
        last = self._shown.rowCount() - 1 if last < 0 else last
        places = range(first, min(last, first + AT_ONCE) + 1)
        rows = (
            self._model.row(self._shown.mapToSource(self._shown.index(place, 0)).row())
            for place in places
        )
        return [row.participant for row in rows if not row.read]

    def _filled(self, rows: list[ParticipantRow]) -> None:
        self._filling = None
        self._model.fill(rows)
        self._fill()

    def _stop_filling(self) -> None:
        if self._filling is not None:
            self._filling.abandon()
            self._filling = None

    def _show_empty(self) -> None:
        may = self.session.may("enrol")
        self.reading.show_empty(
            tr("Nobody is enrolled yet."),
            [
                tr("Enrol the first participant under the next number of the screening log.")
                if may
                else tr("A coordinator or physician enrols the first participant.")
            ],
            tr("Enrol a participant") if may else "",
        )

    def _not_filled(self, error: Exception) -> None:
        self._filling = None
        self.reading.fail(error)

    def _filter(self, text: str) -> None:
        self._shown.setFilterFixedString(text.strip())
        self._fill()

    def _open(self, place: int) -> None:
        index = self._shown.index(place, 0)
        if index.isValid():
            self.go.participant(self._model.row(self._shown.mapToSource(index).row()).participant)

    def showEvent(self, event: QShowEvent) -> None:
        """Typing finds a participant at once."""
        super().showEvent(event)
        self.search.edit.setFocus()

    def _offer_enrolment(self) -> None:
        if not self._model.rowCount():
            # The one filled button is now in the card.
            self.reading.show_empty(tr("Nobody is enrolled yet."))
        self._problem.hide()
        self._card.show()
        self._enrol.hide()
        self.number.edit.setFocus()

    def _close_enrolment(self) -> None:
        self.number.set_answer(None)
        self._card.hide()
        self._enrol.show()
        self._enrol.setFocus()
        if not self._model.rowCount():
            self._show_empty()

    def _do_enrol(self) -> None:
        self.number.commit()
        text = self.number.edit.text().strip()
        if not text.isdigit():
            self._say(tr("Type a number from 1 to 999."))
            return
        session, number = self.session, int(text)
        self._confirm.setEnabled(False)
        self.tasks.write(
            lambda: Outcome(enrol(session, number), {Kind.PARTICIPANTS}),
            self._enrolled,
            self._refused,
        )

    def _enrolled(self, participant: str) -> None:
        self._confirm.setEnabled(True)
        self._close_enrolment()
        self.go.participant(participant)

    def _refused(self, error: Exception) -> None:
        self._confirm.setEnabled(True)
        title, rest = words_of(error)
        self._say(f"{title} {rest}".strip())

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.show()
        self.number.edit.setFocus()
