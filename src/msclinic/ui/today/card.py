"""One participant of the day: chair, who, visit, phases, what is due, what blocks, one button."""

from datetime import date, datetime

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from msclinic.services.infusion.today import TodayCard
from msclinic.services.session import Session
from msclinic.ui.participants.banner import facts_of, short_day
from msclinic.ui.theme import current_theme
from msclinic.ui.today.words import (
    blocked_words,
    phase_title,
    segment_state,
    visit_note,
    wait_words,
    waiting,
)
from msclinic.ui.widgets import (
    Button,
    Card,
    ChairBadge,
    IconMark,
    Panel,
    PhaseBar,
    column,
    label,
    rich,
    row,
)
from msclinic.ui.widgets.base import restyled
from msclinic.ui.widgets.chair import CHAIRS
from msclinic.wording import current_language, time_text, tr

__all__ = ["DayCard", "act_of"]

_RIGHT = Qt.AlignmentFlag.AlignRight
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_STRIPE = 6


def act_of(session: Session, card: TodayCard) -> str:
    """What the button does: ``start``, ``run``, ``chair`` or ``open``."""
    if card.status == "booked" and session.may(f"open:{card.visit}"):
        return "chair" if card.infusion is not None and card.chair is None else "start"
    runs = session.may("read:fit_to_dose") or session.may("sign:G2")
    return "run" if card.status == "open" and card.infusion is not None and runs else "open"


class DayCard(Card):
    """A card; its timer moves with ``tick``.

    Signals:
        acted: The button, with what ``act_of`` says.
        opened: The participant's page is wanted.
    """

    acted = Signal(str)
    opened = Signal()

    def __init__(self, session: Session, card: TodayCard, today: date, *, filled: bool) -> None:
        """Make a card.

        Args:
            session: Who looks.
            card: What the service says.
            today: The day at the site.
            filled: Whether its button is the filled one of the page.
        """
        super().__init__(margin=16, gap=0)
        self.card = card
        self._session = session
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self.setAccessibleName(f"{card.identity.code}, {card.title.get(current_language(), '')}")
        self._words = label("", "caption_strong", "text2")
        self._big = label("", "timer")
        self._at = label("", "secondary", "text2")
        self._act = act_of(session, card)
        texts = {
            "start": tr("Start visit"),
            "run": tr("Open run"),
            "chair": tr("Choose a chair"),
            "open": tr("Open"),
        }
        self.button = Button(texts[self._act], "primary" if filled else "outlined", size=44)
        self.button.setObjectName(f"today/{self._act}/{card.identity.participant}")
        self.button.setAccessibleName(f"{texts[self._act]}, {card.identity.code}")
        self._page = Button(tr("Participant"), "plain", size=36)
        self._page.setAccessibleName(f"{tr('Participant')}, {card.identity.code}")
        # What has no parent yet is only ever hidden: shown, it would be a window for a moment.
        if self._act == "open":
            self._page.hide()
        self._grid = QGridLayout()
        self._parts: dict[str, QWidget] = {
            "badge": self._badge(),
            "who": _stack(
                label(card.identity.code, "section"),
                label(facts_of(card.identity), "caption", "text2") if card.identity.shown else None,
                label(
                    tr("Chair {number}", number=card.chair) if card.chair else tr("no chair yet"),
                    "caption",
                    "text2",
                )
                if card.infusion is not None
                else None,
            ),
            "visit": self._visit(today),
            "phases": self._phases(),
            "timer": self._timer(),
            "acts": _stack(self.button, self._page),
        }
        self._build()
        self.button.clicked.connect(self._pressed)
        self._page.clicked.connect(self.opened)

    def _build(self) -> None:
        theme = current_theme()
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(8)
        # The stripe and the edge are drawn around what stands in the card.
        self.body.setContentsMargins(_STRIPE, 1, 1, 1)
        holder = QWidget()
        self._grid.setContentsMargins(14, 12, 12, 12)
        holder.setLayout(self._grid)
        self.body.addWidget(holder)
        self._parts["who"].setMinimumWidth(theme.px(112))
        self._parts["timer"].setMinimumWidth(theme.px(112))
        self.arrange(narrow=False)
        if self.card.blocked_by:
            self.set_tone("stop")
            self.body.addWidget(self._blocked())

    def arrange(self, *, narrow: bool, tight: bool = False) -> None:
        """Place the parts by the room there is.

        Args:
            narrow: The phases stand under the visit.
            tight: The visit and the phases stand under who it is.
        """
        for part in self._parts.values():
            self._grid.removeWidget(part)
        for place in range(self._grid.columnCount()):
            self._grid.setColumnStretch(place, 0)
        names = ["badge", "who", "visit", "phases", "timer", "acts"]
        if narrow or tight:
            names.remove("phases")
            self._grid.addWidget(self._parts["phases"], 2 if tight else 1, 1, 1, 3)
        if tight:
            names.remove("visit")
            self._grid.addWidget(self._parts["visit"], 1, 1, 1, 3)
        for place, name in enumerate(names):
            self._grid.addWidget(self._parts[name], 0, place, _MIDDLE)
            self._grid.setColumnStretch(place, 3 if name == ("who" if tight else "visit") else 0)
        if not narrow and not tight:
            self._grid.setColumnStretch(3, 4)

    def tick(self, now: datetime) -> None:
        """Count the timer again."""
        due = self.card.due
        if due is None:
            return
        minutes = waiting(due, now)
        late = due.at < now
        self._big.setText(wait_words(minutes))
        self._at.setText(
            tr("late, due {time}", time=time_text(due.at, self._session.zone))
            if late
            else tr("at {time}", time=time_text(due.at, self._session.zone))
        )
        for words, rest in ((self._big, "text"), (self._at, "text2")):
            tone = "att" if late else rest
            if words.property("tone") != tone:
                words.setProperty("tone", tone)
                restyled(words)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the chair's colour along the left edge."""
        super().paintEvent(event)
        if self.card.chair not in CHAIRS:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), 8, 8)
        painter.setClipPath(outline)
        color = current_theme().color(f"chair{self.card.chair}")
        painter.fillRect(0, 0, _STRIPE, self.height(), color)
        painter.end()

    def _badge(self) -> QWidget:
        if self.card.chair in CHAIRS and self.card.chair is not None:
            return ChairBadge(self.card.chair, 40)
        return IconMark("user", "text2", 28)

    def _visit(self, today: date) -> QWidget:
        card = self.card
        title = card.title.get(current_language()) or card.title["en"]
        window = None
        if card.window is not None:
            window = label(
                tr(
                    "window {first} to {last}",
                    first=short_day(card.window.opens, today),
                    last=short_day(card.window.closes, today),
                ),
                "secondary",
                "text2",
                wrap=True,
            )
        note = visit_note(card)
        return _stack(
            label(f"{title} ({card.visit})", "body_strong", wrap=True),
            label(note, "secondary", "text2", wrap=True) if note else None,
            window,
        )

    def _phases(self) -> QWidget:
        card = self.card
        if not card.segments:
            said = {"booked": tr("Not arrived"), "closed": tr("Visit closed")}
            return _stack(label(said.get(card.status, tr("Here")), "label_strong"))
        bar = PhaseBar()
        done = sum(one == "done" for one in card.segments)
        words = phase_title(card.phase, card.status)
        note = tr("{done} of {total} phases done", done=done, total=len(card.segments))
        bar.set_states([segment_state(one) for one in card.segments], f"{words}, {note}")
        under = row(gap=8)
        under.addWidget(label(words, "label_strong"))
        under.addStretch(1)
        under.addWidget(label(note, "secondary", "text2"))
        holder = QWidget()
        lines = column(gap=6)
        lines.addWidget(bar)
        lines.addLayout(under)
        holder.setLayout(lines)
        return holder

    def _timer(self) -> QWidget:
        due = self.card.due
        if due is not None:
            self._words.setText(due.label.get(current_language()) or due.label["en"])
        elif self.card.status == "booked":
            self._words.setText(tr("Expected"))
            self._at.setText(tr("today"))
        holder = QWidget()
        lines = column(gap=0)
        for words in (self._words, self._big, self._at):
            words.setAlignment(_RIGHT | _MIDDLE)
            if not words.text() and due is None:
                words.hide()
            lines.addWidget(words)
        holder.setLayout(lines)
        return holder

    def _blocked(self) -> Panel:
        strong, rest = blocked_words(self._session, self.card)
        panel = Panel("stopbg")
        panel.setStyleSheet("border-bottom-right-radius: 7px;")
        line = row(gap=12, margins=(16, 10, 16, 10))
        line.addWidget(IconMark("gate_shut", "stop", 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(rich(strong, rest), 1)
        panel.setLayout(line)
        return panel

    def _pressed(self) -> None:
        self.acted.emit(self._act)


def _stack(*parts: QWidget | None) -> QWidget:
    holder = QWidget()
    lines: QVBoxLayout = column(gap=0)
    for part in parts:
        if part is not None:
            lines.addWidget(part)
    holder.setLayout(lines)
    return holder
