"""Deviations of the schedule that the program proposes: a person records or dismisses each."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.visit_deviations import ProposedDeviation
from msclinic.ui.enter_key import EnterKey
from msclinic.ui.participants.banner import short_day
from msclinic.ui.widgets import Button, Reasoned, TextField, column, label, row
from msclinic.ui.widgets.base import let_go
from msclinic.wording import plural, tr

__all__ = ["ProposalsBox"]

_SHOWN = 4


class ProposalsBox(QWidget):
    """The proposals nobody has judged yet.

    Signals:
        accepted: Key of the one to record.
        dismissed: Key of the one that is no deviation, and why.
    """

    accepted = Signal(str)
    dismissed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("participant/proposals")
        self._proposals: tuple[ProposedDeviation, ...] = ()
        self._today = date.min
        self._all = False
        self._dismissing = ""
        self.reason: TextField | None = None
        self._lines: QVBoxLayout = column(gap=8)
        self.setLayout(self._lines)
        self.hide()

    def set_proposals(self, proposals: Sequence[ProposedDeviation], today: date) -> None:
        """Show other proposals; one that is being dismissed stays open."""
        if tuple(proposals) == self._proposals and today == self._today:
            return
        self._proposals, self._today = tuple(proposals), today
        if self._dismissing not in {one.key for one in proposals}:
            self._dismissing = ""
        self._fill()

    def _fill(self) -> None:
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                let_go(widget)
        self.reason = None
        self.setVisible(bool(self._proposals))
        if not self._proposals:
            return
        self._lines.addWidget(label(tr("Deviations to record"), "section"))
        shown = self._proposals if self._all else self._proposals[:_SHOWN]
        for one in shown:
            self._lines.addWidget(self._line(one))
        left = len(self._proposals) - len(shown)
        if left:
            words = plural(left, one="Show {count} more", other="Show {count} more")
            more = Button(words, "plain", size=36)
            more.setObjectName("participant/deviation/more")
            more.clicked.connect(self._show_all)
            self._lines.addWidget(more, 0, Qt.AlignmentFlag.AlignLeft)

    def _line(self, one: ProposedDeviation) -> QWidget:
        holder = QWidget()
        lines = column(gap=4)
        when = short_day(one.day, self._today) if one.day is not None else ""
        lines.addWidget(Reasoned("attention", "att", one.text, when))
        if one.key == self._dismissing:
            lines.addLayout(self._reason_lines(one.key))
        else:
            foot = row(gap=8)
            for words, name, pressed in (
                (tr("Record…"), "accept", partial(self.accepted.emit, one.key)),
                (tr("No deviation…"), "dismiss", partial(self._ask, one.key)),
            ):
                button = Button(words, size=36)
                button.setObjectName(f"participant/deviation/{name}/{one.key}")
                button.setAccessibleName(f"{words} {one.text}")
                button.clicked.connect(pressed)
                foot.addWidget(button)
            foot.addStretch(1)
            lines.addLayout(foot)
        holder.setLayout(lines)
        return holder

    def _reason_lines(self, key: str) -> QVBoxLayout:
        lines = column(gap=4)
        asked = tr("Why is this no deviation?")
        lines.addWidget(label(asked, "label", wrap=True))
        self.reason = TextField(asked, chars=10)
        self.reason.setObjectName("participant/deviation/reason")
        lines.addWidget(self.reason)
        enter = EnterKey(self.reason)
        enter.pressed.connect(partial(self._give, key))
        foot = row(gap=8)
        give = Button(tr("Dismiss"), "accent_outlined", size=36)
        give.setObjectName("participant/deviation/confirm")
        give.clicked.connect(partial(self._give, key))
        back = Button(tr("Not now"), "plain", size=36)
        back.clicked.connect(partial(self._ask, ""))
        foot.addWidget(give)
        foot.addWidget(back)
        foot.addStretch(1)
        lines.addLayout(foot)
        return lines

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back to the proposals."""
        if event.key() == Qt.Key.Key_Escape and self._dismissing:
            self._ask("")
            return
        super().keyPressEvent(event)

    def _show_all(self) -> None:
        self._all = True
        self._fill()

    def _ask(self, key: str) -> None:
        self._dismissing = key
        self._fill()
        if self.reason is not None:
            self.reason.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _give(self, key: str) -> None:
        if self.reason is None:
            return
        why = self.reason.edit.text().strip()
        if why:
            self.dismissed.emit(key, why)
        else:
            self.reason.edit.setFocus()
