"""Today: one card for everyone expected or here, and what falls due in the next two hours.

It answers what to do now in one glance: the filled button is the most urgent one.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from msclinic.services.infusion.course import arrive
from msclinic.services.infusion.today import TodayCard, TodayView, today_view
from msclinic.services.lab_results import LAB_REVIEWED
from msclinic.services.laboratory import ResultsToReview, unreviewed_results
from msclinic.services.session import Session
from msclinic.services.visits import open_visit
from msclinic.ui.backup.bar import BackupBar
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.today.card import DayCard, act_of
from msclinic.ui.today.due_list import DueList
from msclinic.ui.today.taps_bar import TapsBar
from msclinic.ui.widgets import Button, Panel, SectionHeading, column, scrolled
from msclinic.ui.widgets.base import let_go
from msclinic.wording import day_text, plural, tr

__all__ = ["TodayScreen"]

_CONCERNED = frozenset(Kind) - {Kind.PEOPLE, Kind.DOCUMENTS, Kind.SESSION}
# What blocks and what is late moves with the clock alone, so the day is read again this often.
_AGAIN = timedelta(seconds=30)
_SIDE = 280
_TWO_COLUMNS = 1100
_ONE_ROW = 880
_TWO_ROWS = 660
_BUTTON = 132


class TodayScreen(Page):
    """The day of a nurse, physician, coordinator or preparer."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.cards: list[DayCard] = []
        self._read_at = session.now()
        self.due = DueList(session)
        self.backups = BackupBar(session, tasks)
        self.taps = TapsBar(session, tasks)
        self.taps.opened.connect(self.go.run)
        self._heading = SectionHeading("", "", "title")
        self._cards = column(gap=16)
        self._build()
        self.reading.acted.connect(self.go.participants)
        self.reading.again.connect(self._read)
        self.due.results.opened.connect(self._review)
        self._read()

    def _build(self) -> None:
        lines = column(gap=16, margins=(16, 16, 16, 16))
        lines.addWidget(self._heading)
        lines.addLayout(self._cards)
        lines.addStretch(1)
        content = Panel("bg")
        content.setLayout(lines)
        self._across = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._across.setSpacing(0)
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.addWidget(content, 1)
        self._across.addWidget(self.due)
        whole = QWidget()
        whole.setLayout(self._across)
        self.reading = Reading(self.tasks, scrolled(whole), tr("Reading the day…"))
        self.pane = self.reading.pane
        page = column(gap=0)
        page.addWidget(self.taps)
        page.addWidget(self.backups)
        page.addWidget(self.reading, 1)
        self.setLayout(page)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns beside or under each other, as the width allows."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        theme = current_theme()
        wide = self.width() >= theme.px(_TWO_COLUMNS)
        if wide:
            self._across.setDirection(QBoxLayout.Direction.LeftToRight)
            self.due.setFixedWidth(theme.px(_SIDE))
        else:
            self._across.setDirection(QBoxLayout.Direction.TopToBottom)
            self.due.setMinimumWidth(0)
            self.due.setMaximumWidth(16_777_215)
        room = self.width() - (theme.px(_SIDE) if wide else 0)
        for card in self.cards:
            card.arrange(narrow=room < theme.px(_ONE_ROW), tight=room < theme.px(_TWO_ROWS))

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the day again where it is concerned."""
        if changed & _CONCERNED:
            self._read()
            self.taps.read()

    def tick(self, now: datetime) -> None:
        """Count the timers; read the day again now and then."""
        for card in self.cards:
            card.tick(now)
        self.due.tick(now)
        self.backups.tick(now)
        idle = not (self.reading.waiting or self.reading.stopped)
        if now - self._read_at >= _AGAIN and idle:
            self._read()

    def release(self) -> None:
        """Forget what is under way and drop what is shown."""
        self.reading.drop()
        self.backups.release()
        self.taps.release()
        self._drop_cards()

    def _read(self) -> None:
        session = self.session
        self._read_at = session.now()
        self.reading.ask(lambda: _day_of(session), self._show)

    def _show(self, read: tuple[TodayView, tuple[ResultsToReview, ...]]) -> None:
        view, results = read
        self.due.results.set_results(results)
        if not view.cards and not view.due and not results:
            self._show_empty(view)
            return
        self.reading.show_content()
        self._heading.set_text(day_text(view.day), _counts(view))
        held = next((card.button.objectName() for card in self.cards if _has_focus(card)), "")
        self._drop_cards()
        first = self._most_urgent(view)
        for one in view.cards:
            card = DayCard(self.session, one, view.day, filled=one is first)
            card.acted.connect(partial(self._act, one))
            card.opened.connect(partial(self.go.participant, one.identity.participant))
            self.cards.append(card)
            self._cards.addWidget(card)
        widest = max((card.button.sizeHint().width() for card in self.cards), default=0)
        for card in self.cards:
            card.button.setMinimumWidth(max(widest, current_theme().px(_BUTTON)))
        self.due.set_due(view.due, view.now, view.day)
        self._arrange()
        self.tick(view.now)
        self._chain_focus()
        self._give_focus(held, first)

    def _show_empty(self, view: TodayView) -> None:
        self.reading.show_empty(
            tr("Nobody is expected today, {day}.", day=day_text(view.day)),
            [tr("Open a participant to start a visit now or to book one for a day.")],
            tr("Participants"),
        )

    def _chain_focus(self) -> None:
        """The cards come before the column beside them, which was made first."""
        buttons = [one for card in self.cards for one in card.findChildren(Button)]
        buttons += self.due.findChildren(Button)
        for one, other in pairwise(buttons):
            QWidget.setTabOrder(one, other)

    def _give_focus(self, held: str, first: TodayCard | None) -> None:
        for card in self.cards:
            if card.button.objectName() == held or (not held and card.card is first):
                card.button.setFocus()

    def _most_urgent(self, view: TodayView) -> TodayCard | None:
        able = [card for card in view.cards if act_of(self.session, card) != "open"]
        blocked = [card for card in able if card.blocked_by]
        waits = sorted(
            ((card.due.at, place) for place, card in enumerate(able) if card.due is not None)
        )
        late = [able[place] for at, place in waits if at < view.now]
        timed = [able[place] for _, place in waits]
        return next(iter(late + blocked + timed + able), None)

    def _drop_cards(self) -> None:
        for card in self.cards:
            self._cards.removeWidget(card)
            let_go(card)
        self.cards = []

    def _review(self, waiting: ResultsToReview) -> None:
        result = next((one for one in waiting.results if one.open), None)
        self.go.form(
            waiting.participant,
            waiting.visit,
            waiting.visit_key,
            waiting.form,
            waiting.form_key,
            result.judgement if result is not None else None,
        )

    def _act(self, card: TodayCard, act: str) -> None:
        participant = card.identity.participant
        if act == "run":
            self.go.run(participant, card.visit)
        elif act == "start":
            self._start(card)
        else:
            self.go.participant(participant)

    def _start(self, card: TodayCard) -> None:
        session, participant, visit = self.session, card.identity.participant, card.visit
        today = session.now().astimezone(session.zone).date()

        def work() -> Outcome[None]:
            if card.infusion is not None and card.chair is not None:
                arrive(session, participant, visit, card.chair, card.visit_key)
            else:
                open_visit(session, participant, visit, today, key=card.visit_key)
            return Outcome(None, {Kind.VISITS})

        self.tasks.write(work, self._after_start(card), self.go.say)

    def _after_start(self, card: TodayCard) -> Callable[[None], None]:
        def go(_done: None) -> None:
            if card.infusion is not None and self.session.may("read:fit_to_dose"):
                self.go.run(card.identity.participant, card.visit)
            else:
                self.go.participant(card.identity.participant)

        return go


def _day_of(session: Session) -> tuple[TodayView, tuple[ResultsToReview, ...]]:
    reviews = session.may(f"sign:{LAB_REVIEWED}")
    return today_view(session), unreviewed_results(session) if reviews else ()


def _counts(view: TodayView) -> str:
    parts = [
        plural(view.expected, one="{count} expected", other="{count} expected"),
        plural(view.running, one="{count} running", other="{count} running"),
        plural(view.blocked, one="{count} blocked", other="{count} blocked"),
        plural(view.to_come, one="{count} still to come", other="{count} still to come"),
    ]
    numbers = (view.expected, view.running, view.blocked, view.to_come)
    return " · ".join(part for part, number in zip(parts, numbers, strict=True) if number)


def _has_focus(card: DayCard) -> bool:
    return card.button.hasFocus()
