"""Forms of one participant: those of visits in a grid, those of no visit as logs with a count."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.session import Session
from msclinic.services.visits import VisitState
from msclinic.ui.participants.banner import short_day
from msclinic.ui.participants.form_groups import form_group, form_place, group_names
from msclinic.ui.participants.forms_grid import FormsGrid, GridCell, GridColumn, GridRow
from msclinic.ui.participants.logs import Entry, Log
from msclinic.ui.participants.state import Look, begun, form_look
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    FlowLayout,
    IconMark,
    Reasoned,
    SectionHeading,
    column,
    label,
    row,
)
from msclinic.ui.widgets.base import empty, let_go
from msclinic.wording import current_language, plural, tr

__all__ = ["FormsPane"]

_NAME = 240


class FormsPane(QWidget):
    """The grid, the logs, and what can be begun outside the schedule.

    Signals:
        cell_chosen: The ``GridCell`` that was pressed.
        form_asked: Visit, visit key, form and form key to open.
        log_asked: Form of a new entry in a log.
        visit_asked: Code of an unplanned visit or call to begin.
    """

    cell_chosen = Signal(object)
    form_asked = Signal(str, str, str, str)
    log_asked = Signal(str)
    visit_asked = Signal(str)

    def __init__(self, session: Session, participant: str) -> None:
        super().__init__()
        self._session, self._participant = session, participant
        self._open: set[str] = set()
        self._known: tuple[tuple[Log, ...], frozenset[str]] | None = None
        self._read: tuple[Log, ...] = ()
        self._visits: Sequence[VisitState] = ()
        self._today = date.min
        self._shown: tuple[list[GridColumn], list[GridRow]] = ([], [])
        self.grid = FormsGrid()
        self._bands = [self.grid]
        self._room = 0
        self._grids: QVBoxLayout = column(gap=8)
        self._grids.addWidget(self.grid)
        self._logs: QVBoxLayout = column(gap=4)
        self._adds = FlowLayout(8)
        lines = column(gap=8)
        lines.addWidget(SectionHeading(tr("Forms of visits"), tr("Enter or a press opens one")))
        lines.addLayout(self._grids)
        lines.addLayout(self._adds)
        lines.addSpacing(8)
        self._heading = SectionHeading(tr("Throughout the study"))
        lines.addWidget(self._heading)
        lines.addLayout(self._logs)
        self.setLayout(lines)
        self.grid.chosen.connect(self.cell_chosen)

    def show_forms(
        self,
        visits: Sequence[VisitState],
        logs: tuple[Log, ...],
        hand: VisitState | None,
        today: date,
        *,
        dosed: bool,
    ) -> None:
        """Show the state of every form.

        Args:
            visits: Every visit as the role sees it.
            logs: What ``read_logs`` says of the forms outside the visits.
            hand: The visit at hand, or none.
            today: The day at the site.
            dosed: Whether an infusion was begun, so that calls follow.
        """
        self._visits, self._today, self._read = visits, today, logs
        self._fill_grid(hand)
        self._fill_adds(dosed)
        self._fill_logs()

    # Grid

    def _columns(self) -> list[VisitState]:
        kinds = {visit.code: visit.kind for visit in self._session.study.visits}
        planned = [visit for visit in self._visits if kinds[visit.code] == "scheduled"]
        others = [visit for visit in self._visits if kinds[visit.code] == "unscheduled"]
        return planned + sorted(others, key=lambda visit: visit.day or date.max)

    def _fill_grid(self, hand: VisitState | None) -> None:
        visits = self._columns()
        columns = [GridColumn(v.code, self._column_note(v), v is hand) for v in visits]
        oids = dict.fromkeys(form.form for visit in visits for form in visit.forms)
        groups: dict[int, list[GridRow]] = {}
        study = self._session.study
        for oid in sorted(oids, key=partial(form_place, study)):
            title = study.form(oid).title.text(current_language())
            cells = tuple(self._cell(visit, oid) for visit in visits)
            groups.setdefault(form_group(study, oid), []).append(GridRow(title, cells))
        rows: list[GridRow] = []
        for group in sorted(groups):
            if len(groups) > 1:
                rows.append(GridRow(group_names()[group], ()))
            rows += groups[group]
        self._shown = (columns, rows)
        self._lay_bands()

    def _lay_bands(self) -> None:
        """Put the visits that are too many for the width into a second grid beneath."""
        columns, rows = self._shown
        # Before it is laid out nobody knows its width, and one grid is made soonest.
        bands = [(columns, rows)]
        if self._room:
            bands = self.grid.bands(columns, rows, self._room)
        while len(self._bands) > len(bands):
            let_go(self._bands.pop())
        while len(self._bands) < len(bands):
            grid = FormsGrid()
            grid.setObjectName(f"participant/forms/{len(self._bands) + 1}")
            grid.chosen.connect(self.cell_chosen)
            self._bands.append(grid)
            self._grids.addWidget(grid)
        for grid, (some, theirs) in zip(self._bands, bands, strict=True):
            grid.set_grid(some, theirs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Spread the visits over the width there is."""
        super().resizeEvent(event)
        room = event.size().width() - 2
        if room != self._room:
            self._room = room
            self._lay_bands()

    def clear(self) -> None:
        """Drop what is shown."""
        self._visits, self._shown = (), ([], [])
        self._lay_bands()

    def _column_note(self, visit: VisitState) -> str:
        if visit.day is not None:
            return short_day(visit.day, self._today)
        if not visit.expected and not begun(visit):
            return tr("dropped")
        if visit.window is not None and visit.window.target is not None:
            return short_day(visit.window.target, self._today)
        return tr("no day yet")

    def _cell(self, visit: VisitState, oid: str) -> GridCell | None:
        form = next((form for form in visit.forms if form.form == oid), None)
        if form is None:
            return None
        look = form_look(self._session, form, visit, self._today)
        return GridCell(visit.code, visit.key, oid, form.key, look, begun(visit))

    # Logs

    def _fill_logs(self) -> None:
        logs = self._read
        known = (logs, frozenset(self._open))
        if known == self._known:
            return
        self._known = known
        while self._logs.count():
            item = self._logs.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                let_go(widget)
        for log in logs:
            self._logs.addWidget(self._log(log))
        self._heading.setVisible(bool(logs))

    def _log(self, log: Log) -> QWidget:
        oid, title, entries = log.form, log.title, log.entries
        holder = QWidget()
        lines = column(gap=4)
        waiting = [one for one in entries if one.look.tone in ("att", "accent")]
        look = waiting[0].look if waiting else Look("ok", "ok", "")
        line = row(gap=12)
        if not entries:
            look = Look("not_begun", "text2", "")
        line.addWidget(IconMark(look.icon, look.tone, 20))
        name = label(title, "body_medium", wrap=True)
        name.setFixedWidth(current_theme().px(_NAME))
        line.addWidget(name)
        line.addWidget(label(_summary(entries), "secondary", "text2", wrap=True), 1)
        shown = oid in self._open
        fold = Button(
            tr("Hide") if shown else tr("Show"),
            icon="chevron-down" if shown else "chevron-right",
            size=36,
        )
        fold.setObjectName(f"participant/log/{oid}")
        fold.setAccessibleName(f"{fold.text()}: {title}")
        fold.clicked.connect(partial(self._fold, oid))
        add = Button(tr("Add"), icon="plus", size=36)
        add.setObjectName(f"participant/add/{oid}")
        add.setAccessibleName(f"{tr('Add')}: {title}")
        add.clicked.connect(partial(self.log_asked.emit, oid))
        for button, wanted in ((fold, bool(entries)), (add, log.adds)):
            line.addWidget(button)
            _keep_place(button, wanted)
        lines.addLayout(line)
        if oid in self._open:
            for one in entries:
                lines.addLayout(self._entry_line(one))
        holder.setLayout(lines)
        return holder

    def _entry_line(self, one: Entry) -> QVBoxLayout:
        line = row(gap=8, margins=(32, 0, 0, 0))
        line.addWidget(Reasoned(one.look.icon, one.look.tone, one.title, one.look.word), 1)
        button = Button(tr("Open"), size=36)
        button.setObjectName(f"participant/log/{one.form.form}/{one.form.key}")
        button.setAccessibleName(f"{tr('Open')}: {one.title}")
        button.clicked.connect(
            partial(
                self.form_asked.emit, one.visit.code, one.visit.key, one.form.form, one.form.key
            )
        )
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        held = column(gap=0)
        held.addLayout(line)
        return held

    def _fold(self, oid: str) -> None:
        self._open ^= {oid}
        self._fill_logs()
        again = self.findChild(Button, f"participant/log/{oid}")
        if again is not None:
            again.setFocus(Qt.FocusReason.OtherFocusReason)

    # Beginning something unplanned

    def _fill_adds(self, dosed: bool) -> None:
        empty(self._adds)
        present = {visit.code for visit in self._visits if visit.status != "planned"}
        for planned in sorted(self._session.study.visits, key=lambda one: one.order):
            if not self._session.may(f"open:{planned.code}"):
                continue
            wanted = planned.kind == "unscheduled" or (planned.kind == "call" and dosed)
            if not wanted or (planned.code in present and not planned.repeating):
                continue
            button = Button(planned.title.text(current_language()), icon="plus", size=36)
            button.setObjectName(f"participant/add/{planned.code}")
            button.clicked.connect(partial(self.visit_asked.emit, planned.code))
            self._adds.addWidget(button)


def _keep_place(button: Button, shown: bool) -> None:
    """Show a button, or leave its place empty so that the others stay in their column."""
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    button.setSizePolicy(policy)
    if not shown:
        button.hide()


def _summary(entries: Iterable[Entry]) -> str:
    """How many, and how many of them wait for something."""
    counts: dict[str, int] = {}
    total = 0
    for one in entries:
        total += 1
        if one.look.tone in ("att", "accent"):
            counts[one.look.word] = counts.get(one.look.word, 0) + 1
    if not total:
        return tr("none")
    words = [plural(total, one="{count} entry", other="{count} entries")]
    words += [f"{word}: {count}" for word, count in counts.items()]
    return " · ".join(words)
