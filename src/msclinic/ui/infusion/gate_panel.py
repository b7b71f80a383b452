"""The right side before the start and after the end: one gate, why it is shut and who signs it.

Every line says what, then what to do about it, who it waits for and since when.
"""

from collections.abc import Sequence

from attrs import field, frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Chip, IconMark, Panel, Reasoned, column, label, row, rule
from msclinic.ui.widgets.base import FlowLayout
from msclinic.ui.widgets.surfaces import scrolled
from msclinic.wording import tr

__all__ = ["GateLine", "GatePanel", "GateShown", "empty_layout"]

_INDENT = 32
"""Where the words of a line begin, behind its icon."""


@frozen
class GateLine:
    """One thing that a gate waits for, or that stands in its way.

    Attributes:
        icon: ``stop``, ``waits``, ``ok``, ``in_progress`` or ``attention``.
        tone: ``stop``, ``att``, ``ok``, ``accent`` or ``text2``.
        text: What it is.
        detail: What to do, who, since when.
        acts: Keys and words of what can be done about it here.
    """

    icon: str
    tone: str
    text: str
    detail: str = ""
    acts: tuple[tuple[str, str], ...] = ()


@frozen
class GateShown:
    """A gate as its panel shows it.

    Attributes:
        title: Its number with its plain name: ``Gate G1, fit to dose``.
        chip: State in a word, its tone and icon.
        lines: What keeps it shut, then who is to sign.
        clear: Short names of what has nothing against it.
        note: A rule worth knowing here.
        acts: Keys and words of other ways on, such as deferring.
    """

    title: str
    chip: tuple[str, str, str]
    lines: tuple[GateLine, ...] = ()
    clear: tuple[str, ...] = ()
    note: str = ""
    acts: tuple[tuple[str, str], ...] = field(default=())


class GatePanel(Panel):
    """One gate, with a place beneath it for the signature.

    Signals:
        act_asked: Key of another way on that was pressed.
    """

    act_asked = Signal(str)

    def __init__(self) -> None:
        super().__init__("surface", "left")
        self._shown: GateShown | None = None
        self._lock = IconMark("gate_shut", "text2", 28)
        self._title = label("", "section", wrap=True)
        self._chip = Chip("", "neutral", "gate_shut")
        self._body = column(gap=8, margins=(16, 12, 16, 12))
        content = QWidget()
        content.setLayout(self._body)
        head = row(gap=12, margins=(16, 16, 16, 12))
        head.addWidget(self._lock, 0, Qt.AlignmentFlag.AlignVCenter)
        head.addWidget(self._title, 1)
        head.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignVCenter)
        self._foot: QVBoxLayout = column(gap=8, margins=(16, 8, 16, 12))
        whole = column(gap=0)
        whole.addLayout(head)
        whole.addWidget(rule())
        whole.addWidget(scrolled(content), 1)
        whole.addLayout(self._foot)
        self.setLayout(whole)

    def set_gate(self, shown: GateShown) -> None:
        """Show a gate; nothing moves where nothing has changed."""
        if shown == self._shown:
            return
        self._shown = shown
        self._title.setText(shown.title)
        word, tone, icon = shown.chip
        self._chip.set_state(word, tone, icon)
        lock_tone = {"ok": "ok", "stop": "stop"}.get(tone, "text2")
        self._lock.set_icon("gate_open" if tone == "ok" else "gate_shut", lock_tone)
        self.setAccessibleName(f"{shown.title}: {word}")
        empty_layout(self._body)
        self._add_lines(shown.lines)
        self._add_clear(shown.clear)
        if shown.note:
            note = row(gap=8)
            note.addWidget(IconMark("info", "text2", 16), 0, Qt.AlignmentFlag.AlignTop)
            note.addWidget(label(shown.note, "secondary", "text2", wrap=True), 1)
            self._body.addWidget(rule())
            self._body.addLayout(note)
        if shown.acts:
            self._body.addWidget(self._buttons(shown.acts))
        self._body.addStretch(1)

    def set_foot(self, widget: QWidget | None) -> None:
        """Put the place for a signature at the bottom; None leaves it empty."""
        held = self._foot.itemAt(0)
        if held is not None and held.widget() is widget:
            return
        empty_layout(self._foot)
        if widget is not None:
            self._foot.addWidget(widget)
            widget.show()

    def _add_lines(self, lines: Sequence[GateLine]) -> None:
        if any(line.tone in ("stop", "att") for line in lines):
            self._body.addWidget(label(tr("What keeps it shut"), "label_strong", "text2"))
        for line in lines:
            self._body.addWidget(Reasoned(line.icon, line.tone, line.text, line.detail))
            if line.acts:
                self._body.addWidget(self._buttons(line.acts, indent=_INDENT))

    def _buttons(self, acts: Sequence[tuple[str, str]], indent: int = 0) -> QWidget:
        flow = FlowLayout(8)
        for key, text in acts:
            button = Button(text, size=44)
            button.setObjectName(f"gate/{key}")
            button.setProperty("act", key)
            button.clicked.connect(self._act)
            flow.addWidget(button)
        inner, holder = QWidget(), QWidget()
        inner.setLayout(flow)
        line = row(gap=0, margins=(indent, 0, 0, 4 if indent else 0))
        line.addWidget(inner, 1)
        holder.setLayout(line)
        return holder

    def _add_clear(self, clear: Sequence[str]) -> None:
        if not clear:
            return
        self._body.addWidget(rule())
        self._body.addWidget(label(tr("Already clear"), "label_strong", "text2"))
        for text in clear:
            line = row(gap=6)
            line.addWidget(IconMark("stored", "ok", 16), 0, Qt.AlignmentFlag.AlignTop)
            words = label(text, "secondary", wrap=True)
            words.setMinimumHeight(current_theme().line("secondary"))
            line.addWidget(words, 1)
            self._body.addLayout(line)

    def _act(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.act_asked.emit(str(button.property("act")))


def empty_layout(layout: "QVBoxLayout | FlowLayout") -> None:
    """Take everything out of a layout and let its widgets go."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout):
            empty_layout(inner)
        elif inner is not None:
            while inner.count():
                child = inner.takeAt(0)
                below = child.widget() if child else None
                if below is not None:
                    below.hide()
                    below.setParent(None)
                    below.deleteLater()
