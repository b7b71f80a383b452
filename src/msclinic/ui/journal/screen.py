"""The journal: found by filter, read as it scrolls into view, reviewed, taken out as a file."""

import threading
from pathlib import Path

from attrs import evolve
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFileDialog, QStackedWidget, QWidget

from msclinic.services.blotting import Blotted, blot, may_blot
from msclinic.services.journal_export import GivenUp, export_journal
from msclinic.services.journal_model import Criteria, JournalLine, Offered
from msclinic.services.journal_reading import find, journal_lines, offered
from msclinic.services.journal_review import Review, mark_reviewed, reviews, since_review
from msclinic.services.people import accounts
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.journal.detail import EntryDetail
from msclinic.ui.journal.filters import JournalFilters
from msclinic.ui.journal.removal import RemovalPanel
from msclinic.ui.journal.reviews import ReviewsPanel, criteria_words
from msclinic.ui.journal.table import JournalModel, JournalTable
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Operation, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, PageHead, Panel, column, row, scrolled
from msclinic.wording import plural, tr

__all__ = ["JournalScreen"]

_LEFT, _RIGHT = 248, 340
# At larger text the entry that is read takes the place of the list.
_BESIDE_UP_TO = 130
_MARGIN_ROWS = 40
_SETTLED_MS = 60


class JournalScreen(Page):
    """Everything that was ever done, as far as this person may know of it."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.criteria = Criteria()
        self._since: Review | None = None
        self._offered: Offered | None = None
        self._stop = threading.Event()
        self._gone = threading.Event()
        self._filling: Operation | None = None
        self.filters = JournalFilters(session)
        self.model = JournalModel(session)
        self.table = JournalTable(tr("Journal"), self.model)
        self.table.setObjectName("journal/table")
        self.detail = EntryDetail(session)
        self.reviews = ReviewsPanel(session)
        self.removal = RemovalPanel()
        self._head = PageHead(tr("Journal"), height=56)
        self.review_button = Button(tr("Reviews"), icon="check", size=40)
        self.review_button.setObjectName("journal/reviews")
        self.export_button = Button(tr("Export…"), icon="download", size=40)
        self.export_button.setObjectName("journal/export")
        self.filter_button = Button(tr("Filters"), icon="search", size=40)
        self.filter_button.setObjectName("journal/filters")
        self._listed = QWidget()
        self.reading = Reading(tasks, self._listed, tr("Looking through the journal…"))
        self._side = QStackedWidget()
        # Scrolling passes many rows; only where it rests is anything read.
        self._settled = QTimer(self)
        self._settled.setSingleShot(True)
        self._settled.setInterval(_SETTLED_MS)
        self._build()
        self._connect()
        self.tasks.read(lambda: offered(session), self._offer, self._failed)
        self._find()

    def _build(self) -> None:
        theme = current_theme()
        left = Panel("surface", "right")
        held = column(gap=0)
        held.addWidget(self.filters)
        left.setLayout(held)
        self._area = area = scrolled(left)
        area.setFixedWidth(theme.px(_LEFT))
        self._head.add(self.filter_button)
        self._head.add(self.review_button)
        self._head.add(self.export_button)
        inner = row(margins=(16, 0, 16, 16))
        inner.addWidget(self.table)
        self._listed.setLayout(inner)
        for panel in (self.detail, self.reviews, self.removal):
            self._side.addWidget(panel)
        if self._beside():
            self._side.setFixedWidth(theme.px(_RIGHT))
        self._side.hide()
        across = row(gap=0)
        across.addWidget(self.reading, 1)
        across.addWidget(self._side, 0 if self._beside() else 1)
        right = column(gap=0)
        right.addWidget(self._head)
        right.addLayout(across, 1)
        whole = row(gap=0)
        whole.addWidget(area)
        whole.addLayout(right, 1)
        self.setLayout(whole)
        # Shown before they had a parent they would be windows of their own for a moment.
        self._area.setVisible(self._beside())
        self.filter_button.setVisible(not self._beside())
        self.setFocusProxy(self.filters)

    def _connect(self) -> None:
        self.filters.changed.connect(self._wanted)
        self._settled.timeout.connect(self._fill)
        self.table.verticalScrollBar().valueChanged.connect(self._settled.start)
        self.table.verticalScrollBar().rangeChanged.connect(self._settled.start)
        self.table.opened.connect(self._open)
        self.table.chosen.connect(self._chosen)
        self.detail.closed.connect(self._close_side)
        self.detail.went.connect(self._go_there)
        self.detail.removal_asked.connect(self._ask_removal)
        self.reviews.closed.connect(self._close_side)
        self.reviews.marked.connect(self._mark)
        self.reviews.since_asked.connect(self._show_since)
        self.removal.closed.connect(self._back_to_detail)
        self.removal.asked.connect(self._remove)
        self.filter_button.clicked.connect(self._toggle_filters)
        self.review_button.clicked.connect(self._open_reviews)
        self.export_button.clicked.connect(self._ask_export)
        self.reading.again.connect(self._find)

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Something was recorded: the journal has grown."""
        if changed:
            self._find()

    def release(self) -> None:
        """Stop what is under way and drop the rows."""
        self._stop.set()
        self._gone.set()
        self.reading.drop()
        self._stop_filling()
        self.model.set_positions([])
        self.detail.line = None
        self._side.hide()

    # Finding

    def _offer(self, found: Offered) -> None:
        self._offered = found
        self.filters.offer(found)
        self.filters.show_criteria(self.criteria)

    def _wanted(self, criteria: Criteria) -> None:
        self.criteria, self._since = criteria, None
        self._find()

    def _find(self) -> None:
        self._stop.set()
        self._stop = stop = threading.Event()
        session, criteria, since = self.session, self.criteria, self._since

        def work() -> list[int]:
            if since is not None:
                return since_review(session, since, stop.is_set)
            return find(session, criteria, stop.is_set)

        # What is listed is no answer to another question: a slow search shows itself again.
        self.reading.drop()
        self.reading.ask(work, self._found)

    def _found(self, positions: list[int]) -> None:
        self._stop_filling()
        self.model.set_positions(positions)
        self._head.set_progress(
            plural(len(positions), one="{count} entry", other="{count} entries")
        )
        if positions:
            self.reading.show_content()
            self._fill()
        elif self._since is not None:
            self.reading.show_empty(tr("Nothing came since this review."))
        else:
            clear = tr("Clear a filter at the left to see more.")
            self.reading.show_empty(tr("No entry fits."), [clear])

    def _fill(self) -> None:
        """Read what is in view and around it, a screenful at a time."""
        first, last = self.table.rows_in_view()
        unread = self.model.unread(first, last)
        if self._filling is not None or not unread:
            return
        wanted = self.model.unread(max(first - _MARGIN_ROWS, 0), last + _MARGIN_ROWS)
        session = self.session
        self._filling = self.tasks.read(
            lambda: journal_lines(session, wanted), self._filled, self._failed
        )

    def _filled(self, lines: list[JournalLine]) -> None:
        self._filling = None
        self.model.fill(lines)
        if lines:
            self._fill()

    def _stop_filling(self) -> None:
        if self._filling is not None:
            self._filling.abandon()
            self._filling = None

    def _failed(self, error: Exception) -> None:
        self._stop_filling()
        self.reading.fail(error)

    # One entry

    def _beside(self) -> bool:
        return current_theme().scale <= _BESIDE_UP_TO

    def _toggle_filters(self) -> None:
        if not self._area.isVisible():
            self._close_side()
        self._area.setVisible(not self._area.isVisible())
        self.table.without([4] if self._area.isVisible() else [])

    def _show_side(self, panel: QWidget) -> None:
        self._area.setVisible(self._beside())
        self._side.setCurrentWidget(panel)
        self._side.show()
        self.reading.setVisible(self._beside())
        self.table.without([4] if self._beside() else [])

    def _close_side(self) -> None:
        self._side.hide()
        self.reading.show()
        self.table.without([])
        self.table.setFocus()

    def _open(self, place: int) -> None:
        line = self.model.line(place)
        if line is not None:
            self.detail.show_line(line)
            self._show_side(self.detail)

    def _chosen(self, place: int) -> None:
        line = self.model.line(place)
        if (
            line is not None
            and self._side.isVisible()
            and self._side.currentWidget() is self.detail
        ):
            self.detail.show_line(line)

    def _go_there(self) -> None:
        line = self.detail.line
        if line is None or not line.row.entry.participant:
            return
        spot, participant = line.spot, line.row.entry.participant
        if not spot.form:
            self.go.participant(participant)
            return
        item = (spot.group, spot.group_key, spot.item) if spot.item else None
        self.go.form(participant, spot.visit, spot.visit_key, spot.form, spot.form_key, item)

    # Removal

    def _ask_removal(self) -> None:
        if self.detail.line is None:
            return
        session = self.session
        others = [
            one.account
            for one in accounts(session)
            if one.account != session.account
            and not one.disabled
            and any(session.study.may(role, "blot") for role in one.roles)
        ]
        self._show_side(self.removal)
        self.removal.begin(self.detail.line, others)

    def _back_to_detail(self) -> None:
        self._show_side(self.detail)

    def _remove(self, parts: list[str], reason: str, account: str, password: str) -> None:
        line, session = self.detail.line, self.session
        if line is None or not may_blot(session):
            return
        targets = [(line.row.stored.hash, part) for part in parts]

        def removed() -> Outcome[Blotted]:
            second = join(session, account, password)
            try:
                done = blot(session, second, targets, reason)
            finally:
                second.close(keep_store=True)
            return Outcome(done, {Kind.ANSWERS, Kind.DOCUMENTS})

        self.tasks.write(removed, self._removed, self._not_removed)

    def _removed(self, done: Blotted) -> None:
        self._close_side()
        words = tr("Personal data was removed.")
        if done.documents:
            words += " " + plural(
                done.documents,
                one="{count} document made before still holds it.",
                other="{count} documents made before still hold it.",
            )
        if not done.scrubbed:
            words += " " + tr("Close the program once, so that its log is emptied too.")
        self._head.set_progress(words)

    def _not_removed(self, error: Exception) -> None:
        title, rest = words_of(error)
        self.removal.refuse(f"{title} {rest}".strip())

    # Reviews

    def _open_reviews(self) -> None:
        session = self.session
        self._say_criteria()
        self._show_side(self.reviews)
        self.reviews.note.edit.setFocus()
        self.tasks.read(lambda: reviews(session), self._list_reviews, self.go.say)

    def _say_criteria(self) -> None:
        words = criteria_words(self.session, self.criteria, self._offered)
        self.reviews.show_now(words)

    def _list_reviews(self, found: list[Review]) -> None:
        self.reviews.show_reviews(
            found, lambda criteria: criteria_words(self.session, criteria, self._offered)
        )

    def _mark(self, note: str) -> None:
        session, criteria = self.session, self.criteria
        self.tasks.write(
            lambda: Outcome(mark_reviewed(session, criteria, note)), self._marked, self.go.say
        )

    def _marked(self, _key: str) -> None:
        self._open_reviews()
        self._find()

    def _show_since(self, review: Review) -> None:
        self.criteria, self._since = review.criteria, review
        self.filters.show_criteria(review.criteria)
        self._say_criteria()
        self._find()

    # Export

    def _ask_export(self) -> None:
        kinds = "CSV (*.csv);;JSON (*.json)"
        chosen, kind = QFileDialog.getSaveFileName(self, tr("Export…"), "journal.csv", kinds)
        if chosen:
            self.export(Path(chosen), "json" if kind.startswith("JSON") else "csv")

    def export(self, path: Path, form: str) -> None:
        """Write what is listed, oldest first, into a file outside the clinic."""
        session, criteria, since = self.session, self.criteria, self._since
        stop = self._gone
        wanted = criteria if since is None else _after(since)
        self._head.set_progress(tr("Writing the file…"))
        self.tasks.write(
            lambda: Outcome(export_journal(session, wanted, form, path, stop.is_set)),
            self._exported,
            self._not_exported,
        )

    def _exported(self, count: int) -> None:
        self._head.set_progress(
            plural(count, one="{count} entry written.", other="{count} entries written.")
        )

    def _not_exported(self, error: Exception) -> None:
        if not isinstance(error, GivenUp):
            self._head.set_progress("")
            self.go.say(error)


def _after(review: Review) -> Criteria:
    return evolve(review.criteria, after=review.streams)
