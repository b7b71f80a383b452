"""What falls due in the next two hours, late things first, with a line where now is.

Beneath it stand the laboratory results that wait for a physician.
"""

from collections.abc import Sequence
from datetime import date, datetime, tzinfo

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from msclinic.services.infusion.today import Due
from msclinic.services.session import Session
from msclinic.ui.participants.banner import short_day
from msclinic.ui.theme import current_theme
from msclinic.ui.today.results_list import ResultsList
from msclinic.ui.today.words import wait_words, waiting
from msclinic.ui.widgets import ChairBadge, IconMark, Panel, column, label, row, rule
from msclinic.ui.widgets.base import empty, restyled
from msclinic.ui.widgets.chair import CHAIRS
from msclinic.wording import current_language, time_text, tr

__all__ = ["DueList"]

_TOP = Qt.AlignmentFlag.AlignTop
_MIDDLE = Qt.AlignmentFlag.AlignVCenter
_SHOWN = 12


class DueList(Panel):
    """The right column of the day."""

    def __init__(self, session: Session) -> None:
        super().__init__("surface", "left")
        self._zone: tzinfo = session.zone
        self.results = ResultsList(session)
        self._notes: list[tuple[Due, QLabel, QLabel]] = []
        self._now_label: QLabel | None = None
        self._lines = column(gap=12)
        whole = column(gap=0, margins=(16, 16, 16, 16))
        whole.addLayout(self._lines)
        whole.addWidget(self.results)
        whole.addStretch(1)
        self.setLayout(whole)
        self.setAccessibleName(tr("Next two hours"))

    def set_due(self, due: Sequence[Due], now: datetime, today: date) -> None:
        """Show what falls due, in order of time."""
        empty(self._lines)
        self._notes, self._now_label = [], None
        self._lines.addWidget(label(tr("Next two hours"), "section"))
        if not due:
            words = tr("Nothing falls due in the next two hours.")
            self._lines.addWidget(label(words, "secondary", "text2", wrap=True))
        past = [one for one in due if one.at < now]
        for one in past[:_SHOWN]:
            self._lines.addWidget(self._line(one, today))
        if past:
            self._lines.addWidget(self._now_line(now))
        for one in [one for one in due if one.at >= now][: _SHOWN - len(past[:_SHOWN])]:
            self._lines.addWidget(self._line(one, today))
        self.tick(now)

    def tick(self, now: datetime) -> None:
        """Count every wait again."""
        if self._now_label is not None:
            self._now_label.setText(time_text(now, self._zone))
        for due, clock, note in self._notes:
            late = due.at < now
            words = wait_words(waiting(due, now))
            note.setText(tr("{time} late", time=words) if late else tr("in {time}", time=words))
            tone = "att" if late else "text2"
            if note.property("tone") != tone:
                for one in (note, clock):
                    one.setProperty("tone", "att" if late else ("text2" if one is note else "text"))
                    restyled(one)

    def _line(self, due: Due, today: date) -> QWidget:
        theme = current_theme()
        local = due.at.astimezone(self._zone).date()
        text = time_text(due.at, self._zone) if local == today else short_day(local, today)
        clock = label(text, "body_strong")
        clock.setMinimumWidth(theme.px(48))
        title = due.label.get(current_language()) or due.label["en"]
        if due.chair not in CHAIRS:
            title = f"{title}, {due.code}"
        note = label("", "secondary", "text2")
        line = row(gap=10)
        line.addWidget(clock, 0, _TOP)
        if due.chair is not None and due.chair in CHAIRS:
            line.addWidget(ChairBadge(due.chair, 28), 0, _TOP)
        else:
            icon = "phone-call" if due.kind == "call" else "clock"
            line.addWidget(IconMark(icon, "text2", 20), 0, _TOP)
        words = column(gap=0)
        words.addWidget(label(title, "body_medium", wrap=True))
        words.addWidget(note)
        line.addLayout(words, 1)
        holder = QWidget()
        holder.setLayout(line)
        holder.setAccessibleName(f"{text}, {title}")
        self._notes.append((due, clock, note))
        return holder

    def _now_line(self, now: datetime) -> QWidget:
        self._now_label = label(time_text(now, self._zone), "caption_strong", "accent")
        line = row(gap=8)
        line.addWidget(self._now_label)
        line.addWidget(rule(), 1, _MIDDLE)
        line.addWidget(label(tr("now"), "caption_strong", "accent"))
        holder = QWidget()
        holder.setLayout(line)
        return holder
