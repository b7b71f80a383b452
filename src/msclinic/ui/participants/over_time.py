"""One participant over time: panels of values on one axis, the same in words, and as a document.

The picture is the document's own geometry. What the role may not see is not read, so neither the
list of panels nor a count tells of it.
"""

import math
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QBoxLayout, QFileDialog, QStackedWidget, QWidget

from msclinic.reports.over_time_chart import EVENTS, Picture, over_time_chart
from msclinic.reports.over_time_model import OverTime
from msclinic.reports.over_time_words import event_sentence, series_sentence
from msclinic.reports.primitives import Primitive
from msclinic.services.outgoing import hand_out
from msclinic.services.over_time import over_time
from msclinic.services.over_time_document import over_time_pdf
from msclinic.services.session import Session
from msclinic.ui.chart_view import ChartView
from msclinic.ui.documents.preview import PdfPreview
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_of
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    PageHead,
    Panel,
    SectionHeading,
    Step,
    StepList,
    column,
    label,
    scrolled,
)
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, tr

__all__ = ["ALL", "OverTimeScreen"]

ALL = "all"
"""Key of the choice that shows every panel."""

_CONCERNED = frozenset({Kind.VISITS, Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES})
_LETTERS = 12.0
_STEPS = 232
# Narrower than this at 100 % the panels stand over the picture.
_BESIDE = 800
_OVER = 104
_URGENT = frozenset({"critical_low", "critical_high", "critical_possible"})


class _Course(ChartView):
    """The picture, as high as its strips need at its width."""

    def __init__(self) -> None:
        super().__init__(tr("Participant over time"), width=600, height=300)
        self._data: OverTime | None = None
        self._shown: tuple[str, ...] = ()
        self._drawn: tuple[float, Picture] | None = None

    def show_data(self, data: OverTime, shown: tuple[str, ...], spoken: str) -> None:
        """Draw some panels.

        Args:
            data: One participant over time.
            shown: Codes of the panels.
            spoken: The same in words.
        """
        self._data, self._shown, self._drawn = data, shown, None
        self.set_builder(self._marks, spoken)
        self._fit()

    def forget(self) -> None:
        """Drop what was drawn."""
        self._data, self._drawn = None, None
        self.set_builder(_nothing, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width may need another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        factor = current_theme().scale / 100
        picture = self._picture(self.width() / factor)
        if picture is not None:
            height = math.ceil(picture.height * factor)
            if height != self.height():
                self.setFixedHeight(height)

    def _marks(self, width: float, _height: float) -> tuple[Primitive, ...]:
        picture = self._picture(width)
        return () if picture is None else picture.marks

    def _picture(self, width: float) -> Picture | None:
        if self._data is None:
            return None
        if self._drawn is None or self._drawn[0] != width:
            made = over_time_chart(self._data, self._shown, width, _LETTERS, current_language())
            self._drawn = (width, made)
        return self._drawn[1]


def _nothing(_width: float, _height: float) -> tuple[Primitive, ...]:
    return ()


class OverTimeScreen(Page):
    """One participant over time, as far as the role may see it.

    Attributes:
        participant: Random id.
        current: Key of the panel shown, or ``ALL``.
    """

    def __init__(self, session: Session, go: Navigator, tasks: Tasks, participant: str) -> None:
        super().__init__(session, go, tasks)
        self.participant = participant
        self.current = ALL
        self.identity = banner_of(session, participant)
        self._data: OverTime | None = None
        self._pdf = b""
        self.steps = StepList(tr("What is shown over time"))
        self.steps.setObjectName("over_time/panels")
        self.steps.opened.connect(self.choose)
        self.chart = _Course()
        self.preview = PdfPreview(tasks)
        self.preview.failed.connect(self._failed)
        self._words = column(gap=8)
        self._head = PageHead(tr("Over time"), surface="surface", edge="bottom")
        self._back = Button(tr("Participant"), icon="user", size=36)
        self._back.setObjectName("over_time/participant")
        self._back.clicked.connect(lambda: self.go.participant(self.participant))
        self._document = Button("", icon="file-text", size=36)
        self._document.setObjectName("over_time/document")
        self._document.clicked.connect(self._toggle)
        self._save = Button(tr("Save copy…"), icon="download", size=36)
        self._save.setObjectName("over_time/save")
        self._save.clicked.connect(self._ask_copy)
        self._lay_out()
        self.setFocusProxy(self.steps)
        self.show_document(False)
        self.reload()

    # Layout

    def _lay_out(self) -> None:
        for button in (self._back, self._document, self._save):
            self._head.add(button)
        lines = column(gap=8, margins=(16, 12, 16, 16))
        lines.addWidget(self.chart)
        lines.addSpacing(8)
        lines.addWidget(SectionHeading(tr("In words")))
        lines.addLayout(self._words)
        lines.addStretch(1)
        content = Panel("surface")
        content.setLayout(lines)
        self._area = scrolled(content)
        # A bar that comes and goes would change the width that the picture has to fit.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._area.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._area.setAccessibleName(tr("Participant over time"))
        self._side = scrolled(self.steps)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(0)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.addWidget(self._side)
        self._across.addWidget(self._area, 1)
        drawn = QWidget()
        drawn.setLayout(self._across)
        self._stack = QStackedWidget()
        for one in (drawn, self.preview):
            self._stack.addWidget(one)
        self.reading = Reading(self.tasks, self._stack, tr("Reading the participant…"))
        self.reading.again.connect(self.reload)
        self.reading.acted.connect(lambda: self.go.participant(self.participant))
        self.pane = self.reading.pane
        self._drawn = drawn
        outer = column(gap=0)
        outer.addWidget(self._head)
        outer.addWidget(self.reading, 1)
        self.setLayout(outer)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Panels stand beside the picture where there is room, over it otherwise."""
        super().resizeEvent(event)
        theme = current_theme()
        beside = self.width() >= theme.px(_BESIDE)
        ways = QBoxLayout.Direction
        self._across.setDirection(ways.LeftToRight if beside else ways.TopToBottom)
        if beside:
            self._side.setFixedWidth(theme.px(_STEPS))
            self._side.setMinimumHeight(0)
            self._side.setMaximumHeight(16_777_215)
        else:
            self._side.setMinimumWidth(0)
            self._side.setMaximumWidth(16_777_215)
            self._side.setFixedHeight(theme.px(_OVER))

    # Life

    def showEvent(self, event: QShowEvent) -> None:
        """Arrows walk the panels at once."""
        super().showEvent(event)
        self.steps.focus_current()

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what concerns this participant."""
        if changed & _CONCERNED:
            self.reload()

    def release(self) -> None:
        """Drop what is shown."""
        self.reading.drop()
        self._data, self._pdf = None, b""
        self.chart.forget()
        self.preview.release()
        empty(self._words)
        self.steps.set_steps(())

    def reload(self) -> None:
        """Read the record as it is now."""
        session, participant, language = self.session, self.participant, current_language()
        self.reading.ask(lambda: over_time(session, participant, language), self._arrived)

    def choose(self, key: str) -> None:
        """Show one panel, or all of them."""
        self.current = key
        self._fill()
        self._area.verticalScrollBar().setValue(0)

    # What was read

    def _arrived(self, data: OverTime) -> None:
        self._data = data
        known = {code for code, _title, _count, _urgent in self._choices()}
        if self.current not in known:
            self.current = ALL
        anything = data.events or any(panel.series for panel in data.panels)
        self._document.setEnabled(bool(anything))
        if not anything:
            self.reading.show_empty(
                tr("Nothing to draw yet"),
                [tr("Values appear here once their forms are filled in.")],
                tr("Open the participant"),
            )
            return
        self._fill()
        self.reading.show_content()
        self.show_document(self._stack.currentWidget() is self.preview)

    def _choices(self) -> list[tuple[str, str, int, bool]]:
        """Key, title, how many, and whether one of them is urgent."""
        data = self._data
        if data is None:
            return []
        found = []
        for panel in data.panels:
            points = [point for one in panel.series for point in one.points]
            urgent = any(p.flag in _URGENT or p.kind == "conflict" or p.worsened for p in points)
            found.append((panel.code, panel.title, len(panel.series), urgent))
        if data.events is not None:
            serious = any(event.serious for event in data.events)
            found.append((EVENTS, tr("Adverse events"), len(data.events), serious))
        total = sum(count for _code, _title, count, _urgent in found)
        return [(ALL, tr("Everything"), total, False), *found]

    def _fill(self) -> None:
        data = self._data
        if data is None:
            return
        choices = self._choices()
        steps = []
        for code, title, count, urgent in choices:
            state = "attention" if urgent else "not_begun"
            if code == self.current:
                state = "in_progress"
            steps.append(Step(code, title, state, str(count)))
        self.steps.set_steps(steps, self.current)
        every = tuple(code for code, _title, _count, _urgent in choices if code != ALL)
        shown = every if self.current == ALL else (self.current,)
        language = current_language()
        said = [
            series_sentence(one, language)
            for panel in data.panels
            if panel.code in shown
            for one in panel.series
        ]
        if EVENTS in shown:
            said += [event_sentence(event, language) for event in data.events or ()]
        empty(self._words)
        for sentence in said:
            self._words.addWidget(label(sentence, "secondary", "text2", wrap=True))
        if not said:
            words = tr("Nothing on record here yet.")
            self._words.addWidget(label(words, "secondary", "text2", wrap=True))
        self.chart.show_data(data, shown, " ".join(said))

    def _failed(self, error: object) -> None:
        if isinstance(error, Exception):
            self.show_document(False)
            self.reading.fail(error)

    # Document

    def show_document(self, document: bool) -> None:
        """Show the pages of the document, or the picture."""
        self._stack.setCurrentWidget(self.preview if document else self._drawn)
        self._document.set_text(tr("Back to the picture") if document else tr("As a document"))
        self._save.setVisible(document)
        if document:
            self._make()

    def _toggle(self) -> None:
        self.show_document(self._stack.currentWidget() is not self.preview)

    def _make(self) -> None:
        session, participant, language = self.session, self.participant, current_language()
        self._pdf = b""
        self._save.setEnabled(False)
        self.preview.set_words(tr("The pages are being drawn…"))
        self.tasks.read(
            lambda: over_time_pdf(session, participant, language), self._made, self._failed
        )

    def _made(self, pdf: bytes) -> None:
        self._pdf = pdf
        self._save.setEnabled(True)
        self.preview.set_pdf(pdf)

    def _ask_copy(self) -> None:
        # A file name tells nobody who the participant is.
        name = "over-time-draft.pdf"
        chosen, _kind = QFileDialog.getSaveFileName(self, tr("Save copy…"), name, "PDF (*.pdf)")
        if chosen:
            self.save_copy(Path(chosen))

    def save_copy(self, path: Path) -> None:
        """Write the document that is shown; it is there whole or not at all."""
        pdf, home = self._pdf, self.session.home
        self.tasks.read(lambda: hand_out(path, pdf, home), self._saved, self.go.say)

    def _saved(self, _nothing: object) -> None:
        self._head.set_progress(tr("A copy was saved."))
