"""What waits at the site: filtered by kind and participant, opened at the field that asks."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QWidget

from msclinic.services.session import Session
from msclinic.services.unsigned import may_give
from msclinic.services.worklist import KINDS, Point, worklist
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import short_day, visit_title
from msclinic.ui.queries.words import query_words
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    PageHead,
    Panel,
    Step,
    StepList,
    TextField,
    column,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.table import ListTable
from msclinic.ui.worklist.model import WorklistModel, kind_title, kind_word, point_words
from msclinic.wording import current_language, plural, time_text, tr

__all__ = ["WorklistScreen"]

_ALL = "all"
_MINE = "mine"
_REVIEWED = ("critical", "review")
_CONCERNED = frozenset({Kind.PARTICIPANTS, Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES})
_LEFT, _RIGHT = 248, 320
# At larger text the explanation yields its room to the list; the row itself opens the field.
_WIDE_UP_TO = 130
# Larger still, the kinds yield room.
_ROOMY_UP_TO = 150
_NARROW = 196


class WorklistScreen(Page):
    """Points of every participant, most pressing first."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self._points: list[Point] = []
        self._kind = _ALL
        self.model = WorklistModel(session)
        self.table = ListTable(tr("Worklist"), self.model, long=(4,))
        self.table.setObjectName("worklist/table")
        self.kinds = StepList(tr("Kinds"))
        self.search = TextField(tr("Find a participant by code"), chars=16)
        self.search.setObjectName("worklist/search")
        self.search.set_placeholder(tr("Code, such as 007"))
        self._head = PageHead(tr("Worklist"), height=56)
        self._detail = _Detail()
        self._build()
        self._connect()
        self._read()

    def _build(self) -> None:
        theme = current_theme()
        left = Panel("surface", "right")
        lines = column(gap=8, margins=(8, 8, 8, 8))
        lines.addWidget(self.search)
        lines.addWidget(self.kinds)
        lines.addStretch(1)
        left.setLayout(lines)
        area = scrolled(left)
        area.setFixedWidth(theme.px(_LEFT if theme.scale <= _ROOMY_UP_TO else _NARROW))
        listed = QWidget()
        across = row(gap=0)
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(self.table)
        across.addLayout(inner, 1)
        across.addWidget(self._detail)
        listed.setLayout(across)
        self._detail.setFixedWidth(theme.px(_RIGHT))
        self._detail.setVisible(theme.scale <= _WIDE_UP_TO)
        self.reading = Reading(self.tasks, listed, tr("Looking through the records…"))
        self.reading.again.connect(self._read)
        self.pane = self.reading.pane
        right = column(gap=0)
        right.addWidget(self._head)
        right.addWidget(self.reading, 1)
        whole = row(gap=0)
        whole.addWidget(area)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        self.setFocusProxy(self.search)

    def _connect(self) -> None:
        self.search.edit.textChanged.connect(self._filtered)
        self.search.edit.installEventFilter(self)
        self.kinds.opened.connect(self._kind_chosen)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._explain)
        self._detail.asked.clicked.connect(self._open_current)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read anew what concerns it."""
        if changed & _CONCERNED:
            self._read()

    def release(self) -> None:
        """Forget what is under way and drop the rows."""
        self.reading.drop()
        self._points = []
        self.model.set_rows([])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down or Enter leave the search for the list."""
        if (
            watched is self.search.edit
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
            and self.model.rowCount()
        ):
            self.table.setFocus()
            return True
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows and Enter work at once."""
        super().showEvent(event)
        (self.table if self.model.rowCount() else self.search.edit).setFocus()

    def _read(self) -> None:
        session = self.session
        self.reading.ask(lambda: worklist(session), self._show_points)

    def _show_points(self, points: list[Point]) -> None:
        self._points = points
        self._filtered()

    def _kind_chosen(self, kind: str) -> None:
        self._kind = kind
        self._filtered()
        if self.model.rowCount():
            self.table.setFocus()

    def _filtered(self) -> None:
        wanted = self.search.edit.text().strip().casefold()
        found = [point for point in self._points if wanted in point.code.casefold()]
        shown = [point for point in found if self._is_chosen(point)]
        self._show_kinds(found)
        self.model.set_rows(shown)
        self._head.set_progress(plural(len(shown), one="{count} point", other="{count} points"))
        if shown:
            self.reading.show_content()
            self.table.selectRow(0)
        else:
            self._show_empty()

    def _show_kinds(self, points: list[Point]) -> None:
        counts = {kind: sum(point.kind == kind for point in points) for kind in KINDS}
        steps = [Step(_ALL, tr("Everything"), "not_begun", str(len(points)))]
        if any(right.startswith("sign:") for right in self.session.rights):
            mine = sum(self._is_mine(point) for point in points)
            state = "attention" if mine else "done"
            steps.append(Step(_MINE, tr("For me to sign"), state, str(mine or "")))
        for kind in KINDS:
            state = "attention" if counts[kind] else "done"
            steps.append(Step(kind, kind_title(kind), state, str(counts[kind] or "")))
        self.kinds.set_steps(steps, self._kind)

    def _is_chosen(self, point: Point) -> bool:
        return self._kind in (_ALL, point.kind) or (self._kind == _MINE and self._is_mine(point))

    def _is_mine(self, point: Point) -> bool:
        # Results are listed for nobody but who reviews and signs them.
        return point.kind in _REVIEWED or may_give(self.session, point.meanings)

    def _show_empty(self) -> None:
        if self._points:
            self.reading.show_empty(tr("Nothing of this kind waits."))
        else:
            self.reading.show_empty(tr("Nothing waits."), [tr("All records are in order.")])

    def _explain(self, place: int) -> None:
        if 0 <= place < self.model.rowCount():
            self._detail.show_point(self.session, self.model.row(place))

    def _open_current(self) -> None:
        self._open(self.table.currentIndex().row())

    def _open(self, place: int) -> None:
        if not 0 <= place < self.model.rowCount():
            return
        point = self.model.row(place)
        if point.form is None:
            self.go.participant(point.participant)
            return
        visit, form = point.visit, point.form
        self.go.form(point.participant, visit.code, visit.key, form.form, form.key, point.item)


class _Detail(Panel):
    """The chosen point in words, and the way to it."""

    def __init__(self) -> None:
        super().__init__("surface", "left")
        self._kind = label("", "caption_strong", "att", wrap=True)
        self._what = label("", "section", wrap=True)
        self._where = label("", "secondary", "text2", wrap=True)
        self._says = label("", "body", wrap=True)
        self.asked = Button(tr("Open"), "primary", trailing="next", size=44)
        self.asked.setObjectName("worklist/open")
        lines = column(gap=8, margins=(16, 16, 16, 16))
        for words in (self._kind, self._what, self._where, self._says):
            lines.addWidget(words)
        lines.addSpacing(8)
        across = row()
        across.addWidget(self.asked)
        across.addStretch(1)
        lines.addLayout(across)
        lines.addStretch(1)
        self.setLayout(lines)

    def show_point(self, session: Session, point: Point) -> None:
        """Say what is the matter, where and since when."""
        today = session.now().astimezone(session.zone).date()
        self._kind.setText(kind_word(point.kind))
        self._what.setText(point_words(session, point))
        where = [point.code, visit_title(session, point.visit.code)]
        if point.due is not None:
            day = short_day(point.due.astimezone(session.zone).date(), today)
            clock = time_text(point.due, session.zone)
            where.append(tr("due {day} {time}", day=day, time=clock))
        elif point.since is not None:
            where.append(tr("since {day}", day=short_day(point.since, today)))
        self._where.setText(" · ".join(where))
        self._says.setText(
            " ".join(filter(None, (self._sentence(point), _signers(session, point))))
        )
        open_word = tr("Open the participant") if point.form is None else tr("Open the form")
        self.asked.set_text(tr("Go to the field") if point.item is not None else open_word)

    @staticmethod
    def _sentence(point: Point) -> str:
        if point.finding is not None:
            message = point.finding.message
            return message.get(current_language()) or message.get("en", "")
        if point.query is not None:
            return query_words(point.query)
        return {
            "report": tr("The sponsor must have the report by then. Complete and send it."),
            "critical": tr("A result is critical. Look at it now and sign the review."),
            "review": tr("The laboratory has reported. Look at the results and sign the review."),
            "conflict": tr("Two people answered without knowing of each other. Choose one answer."),
            "overdue": tr("Its day has passed. Open it, or book another day."),
            "missing": tr("The visit took place; this form was not begun."),
            "unfinished": tr("The visit took place; this form is not complete."),
            "void": tr("Something was changed after the signature. Look at it and sign again."),
            "unsigned": tr("The form is complete; a signature is missing."),
            "sign_off": tr("Everything is complete and signed. It waits for its sign-off."),
        }.get(point.kind, "")


def _signers(session: Session, point: Point) -> str:
    """Whose signature is missing, by role."""
    study, language = session.study, current_language()
    roles = dict.fromkeys(
        study.roles[role].short.text(language)
        for meaning in point.meanings
        for role in study.meanings[meaning].roles
    )
    return tr("Signed by: {roles}.", roles=", ".join(roles)) if roles else ""
