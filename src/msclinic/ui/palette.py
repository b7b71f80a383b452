"""Ctrl+K: find a participant, a visit, a form or a command by typing, and open it with Enter.

It lies over the window and leaves everything beneath as it was; it opens nothing by itself.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.services.lookup import Found, known, look_up, matches
from msclinic.services.session import Session
from msclinic.ui.icons import menu_icon
from msclinic.ui.participants.banner import facts_of
from msclinic.ui.row_model import RowModel
from msclinic.ui.tasks import Operation, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Card, TextField, column, label, row
from msclinic.ui.widgets.table import ListTable
from msclinic.wording import tr

__all__ = ["Command", "Palette"]

_WIDTH, _ROWS = 640, 8
# What stands above and beneath the list: margins, the field, the note.
_BESIDE = 200
_ICONS = {"participant": "user", "visit": "calendar", "form": "file-text", "exam": "activity"}


@frozen
class Command:
    """Something the window can do.

    Attributes:
        key: What ``chosen`` carries it for.
        title: In the reader's language.
        icon: Name of the icon.
    """

    key: str
    title: str
    icon: str


Hit = Found | Command


class _Hits(RowModel[Hit]):
    """What was found: its name, and whose it is."""

    def columns(self) -> tuple[str, ...]:
        """Two."""
        return (tr("Name"), tr("Participant"))

    def cell(self, row: Hit, column: int, role: int) -> Any:
        """Words, icon and font."""
        theme = current_theme()
        if role == Qt.ItemDataRole.DisplayRole:
            if isinstance(row, Command):
                return (row.title, "")[column]
            whose = facts_of(row.who) if row.kind == "participant" else row.who.code
            return (row.title, whose)[column]
        if role == Qt.ItemDataRole.FontRole:
            return theme.font("body_medium" if column == 0 else "secondary")
        if role == Qt.ItemDataRole.ForegroundRole and column == 1:
            return theme.color("text2")
        if role == Qt.ItemDataRole.DecorationRole and column == 0:
            icon = row.icon if isinstance(row, Command) else _ICONS[row.kind]
            return menu_icon(icon, theme.color("text2"))
        return None


class Palette(QWidget):
    """One field and what fits.

    Signals:
        chosen: The ``Found`` or ``Command`` that Enter or a press took.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget, tasks: Tasks) -> None:
        """Make a hidden one over a window."""
        super().__init__(parent)
        self.setProperty("overlay", True)
        self._over, self._tasks = parent, tasks
        self._session: Session | None = None
        self._among: list[Found] = []
        self._commands: list[Command] = []
        self._reading: Operation | None = None
        self._looking: Operation | None = None
        self._entered = False
        self._return_to: QWidget | None = None
        self.hits = _Hits()
        self.field = TextField(tr("Find a participant, visit, form or command"), chars=40)
        self.field.setObjectName("palette/field")
        self.field.set_placeholder(tr("Code, visit, form or command: 007 month 3"))
        self.table = ListTable(tr("Found"), self.hits, row=40)
        self.table.horizontalHeader().hide()
        self._note = label("", "secondary", "text2", wrap=True)
        self._card = Card(margin=16, gap=8)
        self._card.body.addWidget(self.field)
        self._card.body.addWidget(self.table)
        self._card.body.addWidget(self._note)
        across = row(margins=(16, 64, 16, 16))
        across.addStretch(1)
        across.addWidget(self._card)
        across.addStretch(1)
        down = column()
        down.addLayout(across)
        down.addStretch(1)
        self.setLayout(down)
        self.setAccessibleName(tr("Find"))
        parent.installEventFilter(self)
        self.field.edit.installEventFilter(self)
        self.field.edit.textChanged.connect(self._search)
        self.table.opened.connect(self._take)
        self.hide()

    def ask(self, session: Session, commands: Sequence[Command]) -> None:
        """Open, with everything that this person may find."""
        self._return_to = QApplication.focusWidget()
        self._session, self._commands, self._among = session, list(commands), []
        theme = current_theme()
        self._card.setFixedWidth(min(theme.px(_WIDTH), self._over.width() - 32))
        room = self._over.height() - theme.px(_BESIDE)
        self.table.setFixedHeight(max(theme.px(40), min(theme.px(40) * _ROWS, room)))
        self.field.edit.clear()
        self._reading = self._tasks.read(lambda: known(session), self._known)
        self._search("")
        self._place()
        self.show()
        self.raise_()
        self.field.edit.setFocus()

    def dismiss(self) -> None:
        """Close; the focus goes back to where it was, and nothing found is kept."""
        for reading in (self._reading, self._looking):
            if reading is not None:
                reading.abandon()
        self._reading = self._looking = None
        self._entered = False
        self.hide()
        self._session, self._among = None, []
        self.hits.set_rows([])
        if self._return_to is not None:
            self._return_to.setFocus()
            self._return_to = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the window; arrows walk the list while the field is typed into."""
        if watched is self._over and event.type() == QEvent.Type.Resize:
            self._place()
        if (
            watched is self.field.edit
            and event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
        ):
            return self._field_key(event)
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes; nothing else reaches the page beneath."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the card closes."""
        self.dismiss()
        event.accept()

    def focusNextPrevChild(self, _forward: bool) -> bool:
        """The focus stays in the field."""
        self.field.edit.setFocus()
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the window."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 115))
        painter.end()

    def _field_key(self, event: QKeyEvent) -> bool:
        key, count = event.key(), self.hits.rowCount()
        if key == Qt.Key.Key_Escape:
            self.dismiss()
            return True
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if key == Qt.Key.Key_Down else -1
            if count:
                self.table.selectRow((self.table.currentIndex().row() + step) % count)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            # A scanner presses Enter before the answer to what it typed is there.
            self._entered = self._looking is not None
            if not self._entered:
                self._take(self.table.currentIndex().row())
            return True
        return key == Qt.Key.Key_Tab

    def _known(self, found: list[Found]) -> None:
        self._reading = None
        entered, self._among = self._entered, found
        self._search(self.field.edit.text())
        self._entered = entered and self._looking is not None

    def _search(self, typed: str) -> None:
        """Ask for what fits; an answer to what was typed before no longer counts."""
        session, among = self._session, self._among
        if session is None:
            return
        if self._looking is not None:
            self._looking.abandon()
        self._looking, self._entered = None, False
        if not typed.split():
            self._show(typed, [])
            return
        self._looking = self._tasks.read(
            lambda: look_up(session, among, typed),
            lambda found: self._show(typed, found),
            self._failed,
        )
        self._looking.slow.connect(self._slow)

    def _show(self, typed: str, found: Sequence[Found]) -> None:
        entered, self._looking, self._entered = self._entered, None, False
        words = typed.casefold().split()
        commands = [one for one in self._commands if matches(one.title, words)]
        hits: list[Hit] = [*found, *commands]
        self.hits.set_rows(hits)
        if hits:
            self.table.selectRow(0)
            self._note.setText(tr("Arrows choose, Enter opens, Escape closes."))
        elif self._reading is not None:
            self._note.setText(tr("Reading the participants…"))
        else:
            self._note.setText(tr("Nothing fits. Type a code, or the name of a visit or form."))
        if entered:
            self._take(0)

    def _slow(self) -> None:
        self._note.setText(tr("Reading the participants…"))

    def _failed(self, error: object) -> None:
        self._looking, self._entered = None, False
        self._tasks.failed.emit(error)

    def _take(self, place: int) -> None:
        if 0 <= place < self.hits.rowCount():
            hit = self.hits.row(place)
            self._return_to = None
            self.dismiss()
            self.chosen.emit(hit)

    def _place(self) -> None:
        self.setGeometry(self._over.rect())
