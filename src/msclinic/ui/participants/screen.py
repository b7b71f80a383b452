"""One participant: visits on a line of time, EDSS, the state of every form, what comes next."""

from collections.abc import Callable
from datetime import date
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QLayout, QVBoxLayout, QWidget

from msclinic.reports.chart import edss_trend
from msclinic.reports.primitives import Primitive
from msclinic.reports.summary_model import EdssTrend
from msclinic.services.edss_history import edss_history
from msclinic.services.gateway import random_key
from msclinic.services.infusion.course import arrive
from msclinic.services.session import Session
from msclinic.services.visits import (
    COMMON_VISIT,
    FormState,
    VisitState,
    book_visit,
    open_visit,
    participant_visits,
)
from msclinic.ui.chart_view import ChartView
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_of, short_day, visit_title
from msclinic.ui.participants.forms_grid import FormsGrid, GridCell, GridColumn, GridRow
from msclinic.ui.participants.state import (
    at_hand,
    begun,
    form_look,
    next_visit,
    unsettled,
    visit_look,
)
from msclinic.ui.participants.timeline import Timeline, TimelineVisit
from msclinic.ui.participants.visit_box import VisitBox
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Panel,
    Reasoned,
    SectionHeading,
    column,
    label,
    row,
    rule,
    scrolled,
)
from msclinic.ui.widgets.base import empty, let_go
from msclinic.wording import current_language, decimal_text, plural, tr

__all__ = ["ParticipantScreen"]

_CONCERNED = frozenset({Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES, Kind.DOCUMENTS})
_SETTLE_SHOWN = 5
_SIDE = 318
# Narrower than this at 100 % the right column stands over the left one.
_TWO_COLUMNS = 1040
_RUN_FORMS = frozenset({"infusion", "after_infusion"})
_CHART_LETTERS = 12.0
_CHART = 480


class ParticipantScreen(Page):
    """Everything about one participant that the role may see."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks, participant: str) -> None:
        super().__init__(session, go, tasks)
        self.participant = participant
        self._chosen = ""
        self._visits: list[VisitState] = []
        self._today = session.now().astimezone(session.zone).date()
        self.timeline = Timeline()
        self.grid = FormsGrid()
        self._no_anchor = label(
            tr("Windows are counted from infusion 1. Book that visit to see them."),
            "secondary",
            "text2",
            wrap=True,
        )
        self._chart = ChartView(tr("EDSS over the visits"), width=600, height=150)
        self._chart_note = label("", "secondary", "text2", wrap=True)
        self._others = column(gap=4)
        self._side_lines = column(gap=8, margins=(16, 12, 16, 16))
        self.visit_box: VisitBox | None = None
        self._build()
        self.grid.chosen.connect(self._cell_chosen)
        self._read()

    # Layout

    def _build(self) -> None:
        theme = current_theme()
        left = column(gap=8, margins=(16, 12, 16, 16))
        left.addWidget(SectionHeading(tr("Visits"), tr("bar: window · stroke: target day")))
        left.addWidget(self.timeline)
        left.addWidget(self._no_anchor)
        self._chart.setFixedSize(theme.px(_CHART), theme.px(140))
        course = row(gap=16)
        course.addWidget(self._chart)
        course.addWidget(self._chart_note, 1)
        left.addLayout(course)
        left.addSpacing(4)
        left.addWidget(SectionHeading(tr("Forms"), tr("Enter or a press opens one")))
        left.addWidget(self.grid)
        left.addLayout(self._others)
        left.addStretch(1)
        content = Panel("bg")
        content.setLayout(left)
        self._side = Panel("surface", "left")
        self._side.setLayout(self._side_lines)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(0)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.addWidget(content, 1)
        self._across.addWidget(self._side)
        whole = QWidget()
        whole.setLayout(self._across)
        lines = column(gap=0)
        lines.addWidget(scrolled(whole))
        self.setLayout(lines)
        self.setFocusProxy(self.grid)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns beside or over each other, as the width allows."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        if self.width() >= theme.px(_TWO_COLUMNS):
            self._across.setDirection(QBoxLayout.Direction.LeftToRight)
            self._side.setFixedWidth(theme.px(_SIDE))
        else:
            # What to do next is read first.
            self._across.setDirection(QBoxLayout.Direction.BottomToTop)
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(16_777_215)

    # Life

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows walk the forms at once."""
        super().showEvent(event)
        self.grid.setFocus()

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what concerns this participant."""
        if changed & _CONCERNED:
            self._read()

    def release(self) -> None:
        """Drop what is shown."""
        self._visits = []
        self.grid.set_grid((), ())

    def _read(self) -> None:
        self._today = self.session.now().astimezone(self.session.zone).date()
        self._visits = participant_visits(self.session, self.participant)
        hand = at_hand(self._visits, self._today)
        self.identity = banner_of(self.session, self.participant, hand)
        self._fill_timeline(hand)
        self._fill_chart(edss_history(self.session, self.participant))
        self._fill_grid(hand)
        self._fill_others()
        self._fill_side(hand)

    # Left column

    def _scheduled(self) -> list[VisitState]:
        return [
            visit
            for visit in self._visits
            if self.session.study.visit(visit.code).kind == "scheduled"
        ]

    def _fill_timeline(self, hand: VisitState | None) -> None:
        shown = []
        for visit in self._visits:
            kind = self.session.study.visit(visit.code).kind
            if kind == "common" or (kind != "scheduled" and visit.day is None):
                continue
            window = visit.window if kind == "scheduled" else None
            shown.append(
                TimelineVisit(
                    code=visit.code,
                    opens=window.opens if window else None,
                    closes=window.closes if window else None,
                    target=window.target if window else None,
                    day=visit.day,
                    look=visit_look(visit, self._today),
                    current=visit is hand,
                )
            )
        shown.sort(key=_middle)
        placed = any(one.middle is not None for one in shown)
        self.timeline.set_visits(shown, self._today)
        self.timeline.setVisible(placed)
        self._no_anchor.setVisible(all(visit.window is None for visit in self._scheduled()))

    def _fill_chart(self, trend: EdssTrend) -> None:
        self._chart.setVisible(bool(trend.points))
        self._chart_note.setVisible(bool(trend.points))
        if not trend.points:
            return

        def build(width: float, height: float) -> tuple[Primitive, ...]:
            return edss_trend(trend, (width, height), current_language(), _CHART_LETTERS)

        steps = [f"{point.visit} {decimal_text(point.step)}" for point in trend.points]
        self._chart.set_builder(build, ", ".join(steps))
        note = tr("EDSS: signed exams, not seen by raters.")
        if trend.threshold is not None and trend.weeks is not None:
            note += " " + tr(
                "Dashed: {step}, counts as worsening if it stays {weeks} weeks.",
                step=decimal_text(trend.threshold),
                weeks=trend.weeks,
            )
        self._chart_note.setText(note)

    def _fill_grid(self, hand: VisitState | None) -> None:
        visits = self._scheduled()
        columns = [
            GridColumn(visit.code, self._column_note(visit), visit is hand) for visit in visits
        ]
        order: dict[str, None] = {}
        for visit in visits:
            order.update(dict.fromkeys(form.form for form in visit.forms))
        rows = [
            GridRow(
                self.session.study.form(oid).title.text(current_language()),
                tuple(self._cell(visit, oid) for visit in visits),
            )
            for oid in sorted(order, key=self._place_of)
        ]
        self.grid.set_grid(columns, rows)

    def _place_of(self, oid: str) -> tuple[int, int]:
        places = [
            (form.order, visit.order)
            for visit in self.session.study.visits
            for form in visit.forms
            if form.form == oid and visit.kind == "scheduled"
        ]
        return max(places)

    def _column_note(self, visit: VisitState) -> str:
        if visit.day is not None:
            return short_day(visit.day, self._today)
        if visit.window is not None and visit.window.target is not None:
            return short_day(visit.window.target, self._today)
        return tr("no day yet")

    def _cell(self, visit: VisitState, oid: str) -> GridCell | None:
        form = next((form for form in visit.forms if form.form == oid), None)
        if form is None:
            return None
        look = form_look(self.session, form, visit, self._today)
        opens = begun(visit)
        return GridCell(visit.code, visit.key, oid, form.key, look, opens)

    def _cell_chosen(self, cell: object) -> None:
        if not isinstance(cell, GridCell):
            return
        if cell.opens:
            self._open_form(cell.visit, cell.visit_key, cell.form, cell.form_key)
        else:
            # Nothing can be written into a visit that has not begun: offer to start it.
            self._chosen = cell.visit
            self._fill_side(at_hand(self._visits, self._today))
            if self.visit_box is not None:
                self.visit_box.begin()

    def _open_form(self, visit: str, visit_key: str, form: str, form_key: str) -> None:
        if form in _RUN_FORMS and self.session.may("infusion"):
            self.go.run(self.participant, visit)
        else:
            self.go.form(self.participant, visit, visit_key, form, form_key)

    def _fill_others(self) -> None:
        _clear(self._others)
        study = self.session.study
        lines: list[tuple[VisitState, FormState]] = [
            (visit, form)
            for visit in self._visits
            if study.visit(visit.code).kind != "scheduled"
            for form in visit.forms
        ]
        adds = self._additions()
        if not lines and not adds:
            return
        self._others.addSpacing(8)
        self._others.addWidget(SectionHeading(tr("Calls, other visits and events")))
        for visit, form in lines:
            look = form_look(self.session, form, visit, self._today)
            title = study.form(form.form).title.text(current_language())
            if visit.code != COMMON_VISIT:
                title = f"{visit_title(self.session, visit.code)}: {title}"
            note = look.word
            if visit.day is not None:
                note = f"{short_day(visit.day, self._today)}, {note}"
            line = row(gap=8)
            line.addWidget(Reasoned(look.icon, look.tone, title, note), 1)
            button = Button(tr("Open"), size=36)
            button.setAccessibleName(f"{tr('Open')}: {title}")
            button.clicked.connect(
                partial(self._open_form, visit.code, visit.key, form.form, form.key)
            )
            line.addWidget(button)
            self._others.addLayout(line)
        flow = row(gap=8)
        for button in adds:
            flow.addWidget(button)
        flow.addStretch(1)
        self._others.addLayout(flow)

    def _additions(self) -> list[Button]:
        buttons = []
        study, given = self.session.study, self._infusion_visits()
        present = {visit.code for visit in self._visits if visit.status != "planned"}
        for planned in study.visits:
            if not self.session.may(f"open:{planned.code}"):
                continue
            wanted = planned.kind == "unscheduled" or (planned.kind == "call" and given)
            if not wanted or (planned.code in present and not planned.repeating):
                continue
            button = Button(planned.title.text(current_language()), icon="plus", size=36)
            button.setObjectName(f"participant/add/{planned.code}")
            button.clicked.connect(partial(self._start_other, planned.code, planned.repeating))
            buttons.append(button)
        if COMMON_VISIT in {visit.code for visit in study.visits}:
            for planned_form in study.visit(COMMON_VISIT).forms:
                if not self.session.may(f"enter:{planned_form.form}"):
                    continue
                title = study.form(planned_form.form).title.text(current_language())
                button = Button(title, icon="plus", size=36)
                button.setObjectName(f"participant/add/{planned_form.form}")
                button.clicked.connect(partial(self._new_common, planned_form.form))
                buttons.append(button)
        return buttons

    def _new_common(self, form: str) -> None:
        repeating = self.session.study.form(form).repeating
        key = random_key() if repeating else "1"
        self.go.form(self.participant, COMMON_VISIT, "1", form, key)

    # Right column

    def _fill_side(self, hand: VisitState | None) -> None:
        _clear(self._side_lines)
        self.visit_box = None
        if hand is not None:
            self._add_at_hand(hand)
        self._add_next(hand)
        self._add_unsettled()
        self._add_documents()
        self._side_lines.addStretch(1)

    def _add_at_hand(self, hand: VisitState) -> None:
        lines = self._side_lines
        lines.addWidget(label(tr("Now"), "section"))
        look = visit_look(hand, self._today)
        title = visit_title(self.session, hand.code)
        note = look.word
        if hand.chair is not None:
            note = f"{tr('Chair {number}', number=hand.chair)}, {note}"
        lines.addWidget(Reasoned(look.icon, look.tone, title, note))
        todo = [form for form in hand.forms if self._is_mine(form)]
        if hand.infusion is not None and self.session.may("read:infusion"):
            button = Button(tr("Open run"), "primary", size=48)
            button.setObjectName("participant/run")
            button.clicked.connect(partial(self.go.run, self.participant, hand.code))
            lines.addWidget(button)
        elif todo:
            first = todo[0]
            title = self.session.study.form(first.form).title.text(current_language())
            button = Button(title, "primary", trailing="chevron-right", size=48)
            button.setObjectName("participant/next_form")
            button.clicked.connect(
                partial(self._open_form, hand.code, hand.key, first.form, first.key)
            )
            lines.addWidget(label(tr("Next for you:"), "secondary", "text2"))
            lines.addWidget(button)
        else:
            words = tr("Nothing is left here for your role.")
            lines.addWidget(label(words, "secondary", "text2", wrap=True))
        lines.addWidget(rule())

    def _is_mine(self, form: FormState) -> bool:
        undone = form.status in ("planned", "in_progress")
        return undone and self.session.may(f"enter:{form.form}")

    def _add_next(self, hand: VisitState | None) -> None:
        chosen = next((v for v in self._visits if v.code == self._chosen and not begun(v)), None)
        visit = chosen or next_visit(self.session, self._visits)
        if visit is None:
            return
        lines = self._side_lines
        lines.addWidget(label(tr("Next visit"), "section"))
        self.visit_box = VisitBox(self.session, visit, self._today, filled=hand is None)
        self.visit_box.fold(hand is not None and chosen is None)
        self.visit_box.booked.connect(partial(self._book, visit.code))
        self.visit_box.started.connect(partial(self._start, visit.code))
        lines.addWidget(self.visit_box)
        lines.addWidget(rule())

    def _add_unsettled(self) -> None:
        lines = self._side_lines
        found = unsettled(self.session, self._visits, self._today)
        lines.addWidget(label(tr("To settle"), "section"))
        if not found:
            lines.addWidget(Reasoned("ok", "ok", tr("Nothing is open from before.")))
        for one in found[:_SETTLE_SHOWN]:
            line = row(gap=8)
            line.addWidget(Reasoned(one.look.icon, one.look.tone, one.look.word, one.detail), 1)
            if one.form is not None:
                button = Button(tr("Open"), size=36)
                button.setAccessibleName(f"{tr('Open')}: {one.look.word}, {one.detail}")
                button.clicked.connect(
                    partial(
                        self._open_form,
                        one.visit.code,
                        one.visit.key,
                        one.form.form,
                        one.form.key,
                    )
                )
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            lines.addLayout(line)
        left = len(found) - _SETTLE_SHOWN
        if left > 0:
            more = plural(left, one="and {count} more", other="and {count} more")
            lines.addWidget(label(more, "secondary", "text2"))

    def _infusion_visits(self) -> list[VisitState]:
        return [
            visit
            for visit in self._visits
            if visit.infusion is not None and visit.status in ("open", "closed")
        ]

    def _add_documents(self) -> None:
        visits = self._infusion_visits()
        if not visits or not self.session.may("documents"):
            return
        lines = self._side_lines
        lines.addWidget(rule())
        lines.addWidget(label(tr("Documents"), "section"))
        for visit in visits:
            text = tr("Documents of {visit}", visit=visit.code)
            button = Button(text, icon="file-text", size=40)
            button.setObjectName(f"participant/documents/{visit.code}")
            button.clicked.connect(partial(self.go.documents, self.participant, visit.code))
            lines.addWidget(button)

    # Visits

    def _book(self, code: str, day: date, chair: int) -> None:
        session, participant = self.session, self.participant
        self._write(lambda: book_visit(session, participant, code, day, chair or None))

    def _start(self, code: str, chair: int) -> None:
        session, participant, today = self.session, self.participant, self._today
        if session.study.visit(code).infusion is not None:
            self._write(lambda: arrive(session, participant, code, chair))
        else:
            self._write(lambda: open_visit(session, participant, code, today))

    def _start_other(self, code: str, repeating: bool) -> None:
        session, participant, today = self.session, self.participant, self._today
        key = random_key() if repeating else "1"
        self._write(lambda: open_visit(session, participant, code, today, key=key))

    def _write(self, work: Callable[[], None]) -> None:
        def run() -> Outcome[None]:
            work()
            return Outcome(None, {Kind.VISITS})

        self.tasks.write(run, self._written, self.go.say)

    def _written(self, _value: None) -> None:
        self._chosen = ""
        self._read()


def _middle(visit: TimelineVisit) -> date:
    return visit.middle or date.max


def _clear(layout: QVBoxLayout) -> None:
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        inner: QLayout | None = item.layout()
        if inner is not None:
            _clear_inner(inner)
        widget = item.widget()
        if widget is not None:
            let_go(widget)


def _clear_inner(layout: QLayout) -> None:
    empty(layout)
