"""What the steps in the middle of a run have in common, and a step made of folding sections.

Every answer is stored by the panels; a step only says what is left and where to go next.
"""

from collections.abc import Callable, Sequence
from datetime import datetime

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.forms.items import ItemsPanel, refs_of
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import column, paint_frame
from msclinic.wording import current_language, plural, tr

__all__ = ["Section", "SectionStep", "StepPage", "open_words", "short_words"]

_ROOM = 600


class StepPage(QWidget):
    """One step of a run.

    Signals:
        saved: When something was stored, aware.
        moved: The run is different now and has to be read again.
        failed: What kept something from being stored.
    """

    saved = Signal(object)
    moved = Signal()
    failed = Signal(object)

    saved_at: datetime | None = None

    def left(self) -> int:
        """How many answers are left."""
        return 0

    def left_words(self) -> tuple[str, str]:
        """What is left: how much, and what."""
        return "", ""

    def next_words(self) -> str:
        """The next act in words; empty where the step has none left."""
        return ""

    def go_next(self) -> bool:
        """Do or go to the next act; False where the step has none left."""
        return False

    def begin(self) -> bool:
        """Take the focus where there is something to type; False where there is nothing."""
        return False

    def settle(self) -> None:
        """Store what is still being typed."""

    def reread(self) -> None:
        """Read the record again, as others may have changed it."""


@frozen
class Section:
    """One folding part of a step.

    Attributes:
        key: Its name within the step.
        title: Its heading.
        entry: The form it belongs to.
        chosen: Groups and items, as ``ItemsPanel`` takes them.
        columns: Columns of fields.
        prepare: Called before it is first opened; gives what is chosen then.
    """

    key: str
    title: str
    entry: FormEntry
    chosen: tuple[str | Ref, ...]
    columns: int = 2
    prepare: Callable[[], tuple[str | Ref, ...]] | None = None


def open_words(labels: Sequence[str], room: int = 44) -> str:
    """Names of what is left, as many as a short line holds."""
    shown: list[str] = []
    for text in labels:
        if shown and sum(map(len, shown)) + len(text) > room:
            break
        shown.append(short_words(text, room))
    more = len(labels) - len(shown)
    if more > 0:
        return tr("{items} and {count} more", items=", ".join(shown), count=more)
    return ", ".join(shown)


def short_words(text: str, room: int = 30) -> str:
    """A name short enough for a button, cut at a word; the whole one stands at its field."""
    if len(text) <= room:
        return text
    return text[:room].rsplit(" ", 1)[0].rstrip(",:") + "…"


class _Head(QPushButton):
    """The heading of a section: how it stands, its title, what is left."""

    def __init__(self, title: str) -> None:
        super().__init__(title)
        self._state, self._note, self._open = "not_begun", "", False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_state(self, state: str, note: str, *, is_open: bool) -> None:
        """Show how the section stands."""
        self._state, self._note, self._open = state, note, is_open
        self.setAccessibleName(f"{self.text()}, {note}")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        """One row of touch height."""
        theme = current_theme()
        title = QFontMetrics(theme.font("section")).horizontalAdvance(self.text())
        note = QFontMetrics(theme.font("label_strong")).horizontalAdvance(self._note)
        return QSize(title + note + theme.px(20) + 72, theme.px(44))

    def minimumSizeHint(self) -> QSize:
        """It is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the row."""
        theme = current_theme()
        icon, tone = {
            "done": ("ok", "ok"),
            "stop": ("stop", "stop"),
            "in_progress": ("in_progress", "accent"),
        }.get(self._state, ("not_begun", "text2"))
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("bg" if self._open else "surface"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme.color("line"))
        side = theme.px(20)
        draw_icon(painter, icon, theme.color(tone), 16, (self.height() - side) // 2, side)
        flags = Qt.AlignmentFlag.AlignVCenter
        inside = QRect(16 + side + 12, 0, self.width() - side - 44, self.height())
        painter.setFont(theme.font("section" if self._open else "body_medium"))
        painter.setPen(theme.color("text"))
        painter.drawText(inside, flags | Qt.AlignmentFlag.AlignLeft, self.text())
        painter.setFont(theme.font("label_strong" if tone == "stop" else "secondary"))
        painter.setPen(theme.color(tone if tone in ("stop", "ok") else "text2"))
        painter.drawText(inside, flags | Qt.AlignmentFlag.AlignRight, self._note)
        if self.hasFocus():
            paint_frame(painter, self.rect(), fill=None, edge=theme.color("accent"), width=2)
        painter.end()


class SectionStep(StepPage):
    """Sections of one or more forms; the one at hand is open, finished ones are one line."""

    def __init__(self, sections: Sequence[Section], *, fold: bool = True) -> None:
        """Make the step; the first section with something left is opened.

        Args:
            sections: In the order of work.
            fold: Whether only one is open at a time.
        """
        super().__init__()
        self._sections = tuple(sections)
        self._fold = fold
        self._heads: dict[str, _Head] = {}
        self._places: dict[str, QWidget] = {}
        self.panels: dict[str, ItemsPanel] = {}
        self._open = ""
        self._body = column(gap=0)
        for section in self._sections:
            head = _Head(section.title)
            head.setProperty("section", section.key)
            head.setObjectName(f"section/{section.key}")
            head.clicked.connect(self._head_pressed)
            self._heads[section.key] = head
            self._body.addWidget(head)
            place = QWidget()
            place.setLayout(column(gap=0, margins=(16, 8, 16, 12)))
            place.hide()
            self._places[section.key] = place
            self._body.addWidget(place)
        self._body.addStretch(1)
        self.setLayout(self._body)
        if not fold:
            for section in self._sections:
                self._show(section)
        first = next((s for s in self._sections if self._waiting(s)), None)
        self.open(first.key if first is not None else self._sections[0].key)

    def open(self, key: str) -> None:
        """Open a section; in a folding step the others close."""
        self._open = key
        for section in self._sections:
            if section.key == key:
                self._show(section)
            elif self._fold:
                self._places[section.key].hide()
        self._show_heads()

    def left(self) -> int:
        """Answers left in all sections; one not begun counts as one."""
        unbegun = sum(not self._begun(section) for section in self._sections)
        return unbegun + sum(len(self._open_refs(section)) for section in self._sections)

    def left_words(self) -> tuple[str, str]:
        """How many are left and which come first."""
        labels = [
            section.entry.form.item(ref[2]).label.text(current_language())
            for section in self._sections
            for ref in self._open_refs(section)
        ]
        unbegun = [s.title for s in self._sections if s.prepare is not None and not self._begun(s)]
        names = [*labels, *unbegun]
        if not names:
            return "", ""
        return plural(len(names), one="{count} left:", other="{count} left:"), open_words(names)

    def next_words(self) -> str:
        """Where the button leads."""
        here = self._section(self._open)
        waiting = [here, *self._sections] if here is not None else list(self._sections)
        for section in waiting:
            if not self._begun(section):
                return tr("Next: {item}", item=section.title)
            mine = self._mine(section)
            if mine:
                label = section.entry.form.item(mine[0][2]).label.text(current_language())
                return tr("Next: {item}", item=short_words(label))
        return ""

    def go_next(self) -> bool:
        """Go to the next item this person can answer, opening its section."""
        here = self._section(self._open)
        waiting = [here, *self._sections] if here is not None else list(self._sections)
        for section in waiting:
            if not self._begun(section) or self._mine(section):
                if section.key != self._open:
                    self.open(section.key)
                if self.panels[section.key].focus_next_open():
                    return True
        return False

    def begin(self) -> bool:
        """Go to the first open item of the section that is open."""
        panel = self.panels.get(self._open)
        return panel is not None and panel.focus_next_open()

    def settle(self) -> None:
        """Store what is still being typed."""
        for panel in self.panels.values():
            panel.settle()

    def reread(self) -> None:
        """Read every form again."""
        for section in self._sections:
            panel = self.panels.get(section.key)
            if panel is not None:
                panel.refresh()
        self._show_heads()

    def _show(self, section: Section) -> None:
        place = self._places[section.key]
        if section.key not in self.panels:
            chosen = section.prepare() if section.prepare is not None else section.chosen
            panel = ItemsPanel(
                section.entry,
                chosen,
                layout="chair",
                columns=section.columns,
                headings=False,
                room=_ROOM,
            )
            panel.setObjectName(f"panel/{section.key}")
            panel.saved.connect(self.saved)
            panel.stored.connect(self._stored)
            panel.failed.connect(self.failed)
            panel.end_reached.connect(self._end_reached)
            self.panels[section.key] = panel
            layout = place.layout()
            if layout is not None:
                layout.addWidget(panel)
        place.show()

    def _show_heads(self) -> None:
        for section in self._sections:
            left = len(self._open_refs(section))
            begun = self._begun(section)
            fails = begun and self._fails(section)
            is_open = not self._fold or section.key == self._open
            if fails:
                state, note = "stop", tr("Fails")
            elif not begun or left:
                state = "in_progress" if is_open else "not_begun"
                note = tr("{count} left", count=left) if begun else tr("Not begun")
            else:
                state, note = "done", tr("Done")
            self._heads[section.key].set_state(state, note, is_open=is_open)

    def _section(self, key: str) -> Section | None:
        return next((section for section in self._sections if section.key == key), None)

    def _begun(self, section: Section) -> bool:
        return section.prepare is None or section.key in self.panels or bool(section.chosen)

    def _waiting(self, section: Section) -> bool:
        return not self._begun(section) or bool(self._mine(section))

    def _refs(self, section: Section) -> list[Ref]:
        panel = self.panels.get(section.key)
        return panel.refs if panel is not None else refs_of(section.entry, section.chosen)

    def _open_refs(self, section: Section) -> list[Ref]:
        open_items = set(section.entry.open_items())
        refs = self._refs(section)
        return [ref for ref in refs if ref in open_items or self._asks(section, ref)]

    def _mine(self, section: Section) -> list[Ref]:
        return [
            ref
            for ref in self._open_refs(section)
            if section.entry.may_answer(section.entry.form.item(ref[2]))
        ]

    def _asks(self, section: Section, ref: Ref) -> bool:
        return any(f.severity == "soft" for f in section.entry.state(ref).findings)

    def _fails(self, section: Section) -> bool:
        # What is computed over a part that nobody has begun yet says nothing so far.
        early = not all(self._begun(one) for one in self._sections)
        return any(
            finding.severity == "gate"
            for ref in self._refs(section)
            if not (early and section.entry.form.item(ref[2]).computed)
            for state in (section.entry.state(ref),)
            if state.answer is not None
            for finding in state.findings
        )

    def _stored(self, _ref: Ref) -> None:
        panel = self.sender()
        stored = panel.entry if isinstance(panel, ItemsPanel) else None
        # Facts of one form stand in another: the baseline decides on an item of the checklist.
        others = {id(one.entry): one.entry for one in self._sections if one.entry is not stored}
        for entry in others.values():
            entry.reload()
        for section in self._sections:
            if section.entry is not stored and section.key in self.panels:
                self.panels[section.key].refresh(read=False)
        self._show_heads()
        self.moved.emit()

    def _end_reached(self) -> None:
        self.go_next()

    def _head_pressed(self) -> None:
        head = self.sender()
        if isinstance(head, _Head):
            key = str(head.property("section"))
            self.open(key)
            self.panels[key].focus_first()
