"""Visits of one participant: the line of time, what lies ahead in words, EDSS over the visits."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from attrs import evolve
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.reports.edss_chart import edss_trend
from msclinic.reports.primitives import Primitive
from msclinic.reports.summary_model import EdssTrend
from msclinic.services.over_time import sees_over_time
from msclinic.services.session import Session
from msclinic.services.visits import VisitState
from msclinic.ui.chart_view import ChartView
from msclinic.ui.participants.plan import PlanLine
from msclinic.ui.participants.state import visit_look
from msclinic.ui.participants.timeline import Timeline, TimelineVisit
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Reasoned, SectionHeading, column, label, row
from msclinic.ui.widgets.base import let_go
from msclinic.wording import current_language, decimal_text, tr

__all__ = ["VisitsPane"]

_CHART_LETTERS = 12.0
_CHART = 480


class VisitsPane(QWidget):
    """What was, what is at hand and what lies ahead.

    Signals:
        book_asked: Code of a visit to book or begin.
        call_asked: Code of a call to make now.
        over_time_asked: Show everything over time.
    """

    book_asked = Signal(str)
    call_asked = Signal(str)
    over_time_asked = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._lines: tuple[PlanLine, ...] = ()
        self.timeline = Timeline()
        self._ahead: QVBoxLayout = column(gap=4)
        self._ahead_heading = SectionHeading(tr("Ahead"))
        self._ahead_heading.hide()
        self._no_anchor = label(
            tr("Windows are counted from infusion 1. Book that visit to see them."),
            "secondary",
            "text2",
            wrap=True,
        )
        self.chart = ChartView(tr("EDSS over the visits"), width=600, height=150)
        self._chart_note = label("", "secondary", "text2", wrap=True)
        theme = current_theme()
        head = row(gap=16)
        head.addWidget(SectionHeading(tr("Visits"), tr("bar: window · stroke: target day")), 1)
        if sees_over_time(session):
            over_time = Button(tr("Over time"), icon="activity", size=36)
            over_time.setObjectName("participant/over_time")
            over_time.clicked.connect(self.over_time_asked)
            head.addWidget(over_time)
        lines = column(gap=8)
        lines.addLayout(head)
        lines.addWidget(self.timeline)
        lines.addWidget(self._ahead_heading)
        lines.addLayout(self._ahead)
        lines.addWidget(self._no_anchor)
        self.chart.setFixedSize(theme.px(_CHART), theme.px(140))
        course = row(gap=16)
        course.addWidget(self.chart)
        course.addWidget(self._chart_note, 1)
        lines.addLayout(course)
        self.setLayout(lines)

    def show_visits(
        self, visits: Sequence[VisitState], hand: VisitState | None, today: date
    ) -> None:
        """Draw the line of time."""
        shown = []
        for visit in visits:
            kind = self._session.study.visit(visit.code).kind
            # What is no longer expected has no place on the line unless it happened.
            aside = kind != "scheduled" or not visit.expected
            if kind == "common" or (aside and visit.day is None):
                continue
            window = visit.window if kind == "scheduled" else None
            shown.append(
                TimelineVisit(
                    code=visit.code,
                    opens=window.opens if window else None,
                    closes=window.closes if window else None,
                    target=window.target if window else None,
                    day=visit.day,
                    look=visit_look(visit, today),
                    current=visit is hand,
                )
            )
        shown.sort(key=lambda visit: visit.middle or date.max)
        self.timeline.set_visits(shown, today)
        self.timeline.setVisible(any(one.middle is not None for one in shown))
        kinds = {visit.code: visit.kind for visit in self._session.study.visits}
        planned = [visit for visit in visits if kinds[visit.code] == "scheduled"]
        coming = any(visit.expected for visit in planned)
        self._no_anchor.setVisible(coming and all(visit.window is None for visit in planned))

    def show_ahead(self, lines: Sequence[PlanLine]) -> None:
        """Say what lies ahead: windows, targets, calls due."""
        if tuple(lines) == self._lines:
            return
        self._lines = tuple(lines)
        while self._ahead.count():
            item = self._ahead.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                let_go(widget)
        self._ahead_heading.setVisible(bool(lines))
        for one in lines:
            self._ahead.addWidget(self._line(one))

    def _line(self, one: PlanLine) -> QWidget:
        holder = QWidget()
        line = row(gap=8)
        words = " · ".join(one.words)
        line.addWidget(Reasoned(one.look.icon, one.look.tone, one.title, words), 1)
        if self._session.may(f"open:{one.code}") and (one.due or not one.call):
            text = tr("Make the call") if one.call else tr("Book…")
            icon = "phone" if one.call else "calendar"
            button = Button(text, icon=icon, size=36)
            name = "call" if one.call else "plan"
            button.setObjectName(f"participant/{name}/{one.code}")
            button.setAccessibleName(f"{text} {one.title}")
            asked = self.call_asked if one.call else self.book_asked
            button.clicked.connect(partial(asked.emit, one.code))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        holder.setLayout(line)
        return holder

    def show_trend(self, trend: EdssTrend, *, watched: bool) -> None:
        """Draw the EDSS over the visits, where there is one.

        Args:
            trend: Signed exams.
            watched: Whether a step counts as worsening, so that its line is drawn.
        """
        if not watched:
            trend = evolve(trend, threshold=None)
        self.chart.setVisible(bool(trend.points))
        self._chart_note.setVisible(bool(trend.points))
        if not trend.points:
            return

        def build(width: float, height: float) -> tuple[Primitive, ...]:
            return edss_trend(trend, (width, height), current_language(), _CHART_LETTERS)

        steps = [f"{point.visit} {decimal_text(point.step)}" for point in trend.points]
        self.chart.set_builder(build, ", ".join(steps))
        note = tr("EDSS: signed exams, not seen by raters.")
        if trend.threshold is not None and trend.weeks is not None:
            note += " " + tr(
                "Dashed: {step}, counts as worsening if it stays {weeks} weeks.",
                step=decimal_text(trend.threshold),
                weeks=trend.weeks,
            )
        self._chart_note.setText(note)
