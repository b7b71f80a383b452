"""The list of a visit's documents, with the draft of what the record says now at its end.

It knows what it was given and says what was chosen; it opens nothing.
"""

from collections.abc import Sequence
from datetime import tzinfo

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from msclinic.services.documents import SEATS, Document
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import column
from msclinic.ui.widgets.base import empty, is_enter, paint_frame
from msclinic.wording import date_text, time_text, tr

__all__ = ["DRAFT", "DocumentList", "state_of"]

DRAFT = ""
"""Stands for the draft where a document's id is asked for."""

_LANGUAGES = {"en": "English", "pl": "Polski"}


def state_of(document: Document) -> tuple[str, str, str]:
    """How far a document is: words, icon, tone."""
    signed, total = len(document.signatures), len(SEATS)
    if document.superseded:
        return tr("out of date"), "attention", "att"
    words = tr("{signed} of {total}", signed=signed, total=total)
    return (words, "ok", "ok") if signed == total else (words, "waits", "att")


class DocumentList(QWidget):
    """Documents as rows, of which one is chosen.

    Signals:
        chosen: The id of a document, or ``DRAFT``.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._lines = column(gap=0)
        self.setLayout(self._lines)
        self.setAccessibleName(tr("Documents of this visit"))

    def set_documents(self, documents: Sequence[Document], current: str, zone: tzinfo) -> None:
        """Show the documents, newest first, and the draft."""
        empty(self._lines)
        for one in documents:
            made = one.made_at.astimezone(zone)
            when = f"{date_text(made.date())} {time_text(made, zone)}"
            note = tr("made {time}", time=when)
            if len({other.language for other in documents}) > 1:
                note = f"{note} · {_LANGUAGES[one.language]}"
            self._add(one.id, tr("Visit summary"), note, state_of(one), one.id == current)
        draft = (tr("draft"), "in_progress", "text2")
        note = tr("What the record says now")
        self._add(DRAFT, tr("Visit summary"), note, draft, current == DRAFT)

    def _add(
        self, key: str, title: str, note: str, state: tuple[str, str, str], current: bool
    ) -> None:
        row = _Row(key, title, note, state, current)
        row.clicked.connect(self._pressed)
        self._lines.addWidget(row)

    def _pressed(self) -> None:
        row = self.sender()
        if isinstance(row, _Row):
            self.chosen.emit(row.key)


class _Row(QPushButton):
    def __init__(
        self, key: str, title: str, note: str, state: tuple[str, str, str], current: bool
    ) -> None:
        super().__init__(title)
        self.key, self._note, self._state, self._current = key, note, state, current
        self.setObjectName(f"document/{key or 'draft'}")
        self.setAccessibleName(f"{title}, {note}, {state[0]}")
        self.setAccessibleDescription(tr("shown now") if current else "")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it as Space does."""
        if is_enter(event):
            self.click()
            return
        super().keyPressEvent(event)

    def sizeHint(self) -> QSize:
        """Two lines beside the state."""
        theme = current_theme()
        words = QFontMetrics(theme.font("body_strong")).horizontalAdvance(self.text())
        words += (
            24
            + theme.px(20)
            + QFontMetrics(theme.font("label_strong")).horizontalAdvance(self._state[0])
        )
        note = QFontMetrics(theme.font("caption")).horizontalAdvance(self._note)
        return QSize(32 + max(words, note), theme.px(60))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, words and state."""
        theme = current_theme()
        painter = QPainter(self)
        if self._current or self.underMouse():
            painter.fillRect(self.rect(), theme.color("accentbg" if self._current else "bg"))
        if self._current:
            bar = QRect(0, 0, 4, self.height())
            painter.fillRect(bar, theme.color("accent"))
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        top, below = theme.line("body_strong"), theme.line("caption")
        y = (self.height() - top - below) // 2
        room = self.width() - 32
        painter.setFont(theme.font("body_strong"))
        painter.setPen(theme.color("text"))
        painter.drawText(QRect(16, y, room, top), flags, self.text())
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        painter.drawText(QRect(16, y + top, room, below), flags, self._note)
        words, icon, tone = self._state
        painter.setFont(theme.font("label_strong"))
        painter.setPen(theme.color(tone))
        wide = QFontMetrics(painter.font()).horizontalAdvance(words) + 2
        x = self.width() - 12 - wide
        painter.drawText(QRect(x, y, wide, top), flags, words)
        side = theme.px(16)
        draw_icon(painter, icon, theme.color(tone), x - side - 4, y + (top - side) // 2, side)
        if self.hasFocus():
            inner = self.rect().adjusted(5, 1, -1, -1)
            paint_frame(painter, inner, fill=None, edge=theme.color("accent"), width=2)
        painter.end()
