"""What stood in an item before: who, when, old, new and why, read from the record.

It shows every entry, also those that were replaced; it can change none.
"""

from datetime import timedelta

from attrs import frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.journal_model import JournalLine
from msclinic.services.journal_reading import item_lines
from msclinic.services.journal_words import (
    asked_words,
    duration_words,
    source_words,
    what_words,
    who_words,
    why_words,
)
from msclinic.services.session import Session
from msclinic.ui.forms.words import moment_words
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import IconMark, column, empty, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.surfaces import Card, scrolled
from msclinic.wording import current_language, date_text, time_text, tr

__all__ = ["TrailCard", "TrailLine", "notes_of", "trail_of"]

_WIDTH = 360
# What is stored within this time is stored at once, as far as anybody wants to know.
_AT_ONCE = timedelta(minutes=1)


@frozen
class TrailLine:
    """One entry of an item's history.

    Attributes:
        when: When it was typed, at the site.
        who: Account and role as people read them, or the program where it computed the value.
        what: ``Entered 1``, ``Changed 1 → 2``.
        notes: When it happened and was stored, why, what asked for it, where it came from.
    """

    when: str
    who: str
    what: str
    notes: tuple[str, ...]


def trail_of(entry: FormEntry, ref: Ref) -> list[TrailLine]:
    """The history of an item, newest first."""
    lines = item_lines(entry.session, entry.participant, entry.path(ref))
    return [_trail_line(entry.session, one) for one in lines]


def notes_of(session: Session, line: JournalLine) -> list[str]:
    """What is to be said of an entry beside who, when and what."""
    zone, language, entry = session.zone, current_language(), line.row.entry
    notes = []
    if entry.event_time is not None and line.lateness is not None:
        happened = moment_words(entry.event_time, zone)
        late = duration_words(line.lateness)
        notes.append(tr("Happened {time}, typed {late} later.", time=happened, late=late))
    if line.gap >= _AT_ONCE:
        stored = moment_words(entry.recorded_at, zone, seconds=True)
        notes.append(tr("Stored {time}, {gap} later.", time=stored, gap=duration_words(line.gap)))
    asked = asked_words(session, line, language)
    if asked:
        notes.append(asked)
    why = why_words(line, language)
    if why:
        notes.append(why if ": " in why else tr("Reason: {reason}.", reason=why))
    if line.program and entry.computed is not None:
        rule, version = entry.computed.rule, entry.computed.rule_version
        notes.append(tr("Rule {rule}, version {version}", rule=rule, version=version))
    if entry.source not in (None, "direct"):
        notes.append(tr("Source: {source}.", source=source_words(entry.source)))
    if line.row.waiting:
        notes.append(tr("Waits for entries of another device."))
    if line.clock is not None:
        moved = duration_words(timedelta(seconds=float(line.clock)))
        notes.append(
            tr("The computer's clock was set back by {span} that day.", span=moved)
            if line.clock < 0
            else tr("The computer's clock was set forward by {span} that day.", span=moved)
        )
    return notes


def _trail_line(session: Session, line: JournalLine) -> TrailLine:
    at, zone, language = line.row.entry.typed_at, session.zone, current_language()
    when = f"{date_text(at.astimezone(zone).date())} {time_text(at, zone, seconds=True)}"
    who = who_words(session, line)
    role = session.study.roles.get(line.role)
    if role is not None and line.account:
        who = f"{who} · {role.short.text(language)}"
    return TrailLine(when, who, what_words(session, line, language), tuple(notes_of(session, line)))


class TrailCard(Card):
    """The history of one item, floating at the right of the page.

    Signals:
        closed: It was closed by its cross or Escape.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(margin=0, gap=0)
        self.setParent(parent)
        self.body.setContentsMargins(1, 1, 1, 1)
        self._title = label("", "section", wrap=True)
        self._close = Button("", "quiet", icon="x", size=36)
        self._close.setAccessibleName(tr("Close the history"))
        self._close.clicked.connect(self.closed)
        head = row(gap=8, margins=(16, 6, 6, 6))
        head.addWidget(self._title, 1)
        head.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.body.addLayout(head)
        self._content = QWidget()
        self._lines = column(gap=0)
        self._content.setLayout(self._lines)
        self._area = scrolled(self._content)
        self.body.addWidget(self._area, 1)
        self.body.addWidget(rule())
        foot = row(gap=8, margins=(16, 10, 16, 10))
        foot.addWidget(IconMark("shield-check", "ok", 16))
        foot.addWidget(label(tr("Nothing is overwritten."), "secondary", "text2", wrap=True), 1)
        self.body.addLayout(foot)
        self.setAccessibleName(tr("History"))
        self.hide()

    def show_lines(self, title: str, lines: list[TrailLine]) -> None:
        """Show a history beside its item."""
        self._title.setText(tr("{label}, history", label=title))
        empty(self._lines)
        for one in lines:
            self._lines.addWidget(rule())
            self._lines.addWidget(_Entry(one))
        if not lines:
            self._lines.addWidget(label(tr("Nothing was entered yet."), "secondary", "text2"))
        self._lines.addStretch(1)
        self.show()
        self.raise_()
        self._close.setFocus(Qt.FocusReason.OtherFocusReason)

    def place(self, top: int, bottom: int) -> None:
        """Stand at the right of the page with the upper edge near the item.

        Args:
            top: Where the item stands, in the page's coordinates.
            bottom: What it must not reach below, such as the foot of the page.
        """
        page = self.parentWidget()
        if page is None:
            return
        width = min(current_theme().px(_WIDTH), page.width() - 32)
        around = self.body.sizeHint().height() - self._area.sizeHint().height()
        wanted = self._lines.heightForWidth(width - 4) + around + 8
        height = min(wanted, bottom - 32)
        y = max(16, min(top, bottom - height - 16))
        self.setGeometry(page.width() - width - 16, y, width, height)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; Enter on the cross does too."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.closed.emit()
            return
        super().keyPressEvent(event)


class _Entry(QWidget):
    def __init__(self, one: TrailLine) -> None:
        super().__init__()
        body = column(gap=2, margins=(16, 10, 16, 10))
        body.addWidget(label(one.when, "label_strong", wrap=True))
        body.addWidget(label(one.who, "secondary", "text2", wrap=True))
        body.addWidget(label(one.what, "body_medium", wrap=True))
        for note in one.notes:
            body.addWidget(label(note, "secondary", "text2", wrap=True))
        self.setLayout(body)
