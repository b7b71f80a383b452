"""Every form with data: the monitor marks what was compared, the investigator locks and unlocks."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QBoxLayout, QWidget

from msclinic.services.data_locks import lock, lock_study, unlock, unlock_study
from msclinic.services.data_review import ReviewRow, review_rows
from msclinic.services.lock_checklist import hindrances, study_hindrances
from msclinic.services.session import Session
from msclinic.services.source_verification import mark_verified
from msclinic.services.worklist import Point
from msclinic.ui.data_review.detail import ReviewDetail
from msclinic.ui.data_review.model import FILTERS, ReviewModel, filter_title, fits
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    PageHead,
    Panel,
    Step,
    StepList,
    TextField,
    column,
    row,
    scrolled,
)
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import plural, tr

__all__ = ["DataReviewScreen"]

_CONCERNED = frozenset({Kind.PARTICIPANTS, Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES})
_LEFT, _NARROW, _RIGHT = 248, 196, 320
_RIGHT_MOST = 424
_ROOMY_UP_TO = 130
_BESIDE_UP_TO = 160
_FORM = 2


class DataReviewScreen(Page):
    """Forms with data, by participant and visit."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self._rows: list[ReviewRow] = []
        self._filter = "unverified" if session.may("verify_source") else "all"
        self._chosen: tuple[str, str] | None = None
        self.model = ReviewModel(session)
        self.table = ListTable(tr("Data review"), self.model, long=(_FORM,))
        self.table.setObjectName("review/table")
        self.filters = StepList(tr("Filters"))
        self.search = TextField(tr("Find a participant by code"), chars=16)
        self.search.setObjectName("review/search")
        self.search.set_placeholder(tr("Code, such as 007"))
        self.detail = ReviewDetail(session, edge="top" if _beneath() else "left")
        self._head = PageHead(tr("Data review"), height=56)
        self._build()
        self._connect()
        self._read()

    def _build(self) -> None:
        theme = current_theme()
        left = Panel("surface", "right")
        lines = column(gap=8, margins=(8, 8, 8, 8))
        lines.addWidget(self.search)
        lines.addWidget(self.filters)
        lines.addStretch(1)
        left.setLayout(lines)
        area = scrolled(left)
        area.setFixedWidth(theme.px(_LEFT if theme.scale <= _ROOMY_UP_TO else _NARROW))
        chosen = scrolled(self.detail)
        listed = QWidget()
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(self.table)
        beneath = _beneath()
        if not beneath:
            chosen.setFixedWidth(min(theme.px(_RIGHT), _RIGHT_MOST))
        both: QBoxLayout = column(gap=0) if beneath else row(gap=0)
        both.addLayout(inner, 1)
        both.addWidget(chosen, 1 if beneath else 0)
        listed.setLayout(both)
        self.reading = Reading(self.tasks, listed, tr("Looking through the records…"))
        right = column(gap=0)
        right.addWidget(self._head)
        right.addWidget(self.reading, 1)
        whole = row(gap=0)
        whole.addWidget(area)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.search)

    def _connect(self) -> None:
        self.reading.again.connect(self._read)
        self.search.edit.textChanged.connect(self._show)
        self.filters.opened.connect(self._filter_chosen)
        self.table.chosen.connect(self._explain)
        self.table.opened.connect(self._opened)
        self.detail.opened.connect(self._open_form)
        self.detail.verified.connect(self._verify)
        self.detail.checked.connect(self._check)
        self.detail.lock_asked.connect(self._lock)
        self.detail.unlock_asked.connect(self._unlock)
        self.detail.point_opened.connect(self._open_point)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read anew what concerns it."""
        if changed & _CONCERNED:
            self._read()

    def release(self) -> None:
        """Forget what is under way and drop the rows."""
        self.reading.drop()
        self._rows = []
        self.model.set_rows([])
        self.detail.show_row(None)

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows and Enter work at once."""
        super().showEvent(event)
        (self.table if self.model.rowCount() else self.search.edit).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus; Escape goes back to the list."""
        focused = QApplication.focusWidget()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
                focused.click()
                return
        elif event.key() == Qt.Key.Key_Escape:
            self.table.setFocus()
            return
        super().keyPressEvent(event)

    # Reading

    def _read(self) -> None:
        session = self.session
        self.reading.ask(lambda: review_rows(session), self._take)

    def _take(self, rows: list[ReviewRow]) -> None:
        self._rows = rows
        self._show()

    def _filter_chosen(self, name: str) -> None:
        self._filter = name
        self._show()

    def _show(self) -> None:
        wanted = self.search.edit.text().strip().casefold()
        found = [one for one in self._rows if wanted in one.code.casefold()]
        shown = [one for one in found if fits(one, self._filter)]
        steps = []
        for name in FILTERS:
            count = sum(fits(one, name) for one in found)
            attention = name in ("unverified", "queries", "changed") and count
            state = "attention" if attention else "not_begun"
            steps.append(Step(name, filter_title(name), state, str(count or "")))
        self.filters.set_steps(steps, self._filter)
        chosen = self._chosen
        self.model.set_rows(shown)
        self._head.set_progress(plural(len(shown), one="{count} form", other="{count} forms"))
        if not shown:
            self.detail.show_row(None)
            said = tr("No form of this kind.") if self._rows else tr("No data are recorded yet.")
            self.reading.show_empty(said)
            return
        self.reading.show_content()
        places = [(one.participant, one.prefix) for one in shown]
        at = places.index(chosen) if chosen in places else 0
        self.table.selectRow(at)
        self._explain(at)

    def _explain(self, place: int) -> None:
        if 0 <= place < self.model.rowCount():
            one = self.model.row(place)
            self._chosen = (one.participant, one.prefix)
            self.detail.show_row(one)

    def _opened(self, place: int) -> None:
        self._explain(place)
        self.detail.begin()

    @property
    def _current(self) -> ReviewRow | None:
        rows = (self.model.row(place) for place in range(self.model.rowCount()))
        return next((one for one in rows if (one.participant, one.prefix) == self._chosen), None)

    # Acts

    def _open_form(self) -> None:
        one = self._current
        if one is not None:
            form = one.form
            self.go.form(one.participant, one.visit.code, one.visit.key, form.form, form.key)

    def _open_point(self, point: Point) -> None:
        if point.form is None:
            self.go.participant(point.participant)
            return
        visit, form = point.visit, point.form
        self.go.form(point.participant, visit.code, visit.key, form.form, form.key, point.item)

    def _verify(self, scope: str) -> None:
        one, session = self._current, self.session
        if one is not None:
            path = one.visit_scope if scope == "visit" else one.prefix
            self._write(lambda: mark_verified(session, one.participant, path))

    def _check(self, scope: str) -> None:
        one, session = self._current, self.session
        if one is None:
            return

        def look() -> list[Point]:
            if scope == "study":
                return study_hindrances(session)
            path = one.visit_scope if scope == "visit" else one.prefix
            return hindrances(session, one.participant, path)

        self.tasks.read(look, lambda points: self._checked(scope, points), self.go.say)

    def _checked(self, scope: str, points: list[Point]) -> None:
        self.detail.show_hindrances(scope, points)
        self.detail.begin()

    def _lock(self, scope: str, password: str) -> None:
        one, session = self._current, self.session
        if one is None:
            return
        path = one.visit_scope if scope == "visit" else one.prefix
        if scope == "study":
            self._write(lambda: lock_study(session, password))
        else:
            self._write(lambda: lock(session, one.participant, path))

    def _unlock(self, why: str, password: str) -> None:
        one, session = self._current, self.session
        if one is None:
            return
        if one.lock == "study":
            self._write(lambda: unlock_study(session, why, password))
        else:
            self._write(lambda: unlock(session, one.participant, one.lock, why, password))

    def _write(self, work: Callable[[], object]) -> None:
        def run() -> Outcome[None]:
            work()
            return Outcome(None, {Kind.ANSWERS})

        self.tasks.write(run, self._written, self._refused)

    def _written(self, _value: None) -> None:
        self._read()
        self.table.setFocus()

    def _refused(self, error: Exception) -> None:
        self.detail.say(*words_of(error))


def _beneath() -> bool:
    """At the largest text there is no room for three columns: what is chosen stands beneath."""
    return current_theme().scale > _BESIDE_UP_TO
