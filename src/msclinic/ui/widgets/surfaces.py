"""Cards, headings, the mark that says stored, the foot of a step, and panes for empty and error.

They arrange what they are given; they fetch nothing and keep nothing.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import (
    IconMark,
    Panel,
    YieldingPanel,
    column,
    label,
    restyled,
    rich,
    row,
)
from msclinic.ui.widgets.buttons import Button
from msclinic.wording import tr

__all__ = [
    "Card",
    "PageHead",
    "SavedMark",
    "SectionHeading",
    "StatePane",
    "StepFoot",
    "scrolled",
]

# Words of a pane are at least this wide.
_LEAST_PANE = 320
# Narrower than this, words of a foot break into a tower beside its buttons.
_LEAST_WORDS = 176
_PANE_ICONS = {
    "empty": ("info", "text2"),
    "loading": ("in_progress", "accent"),
    "error": ("stop", "stop"),
    "offline": ("wifi-off", "att"),
    "conflict": ("conflict", "att"),
    "read_only": ("lock-keyhole", "text2"),
}


class Card(QFrame):
    """A surface with an edge of one pixel; put things into ``body``."""

    def __init__(self, *, margin: int = 16, gap: int = 8):
        super().__init__()
        self.setProperty("card", "rest")
        self.body: QVBoxLayout = column(gap=gap, margins=(margin, margin - 8, margin, margin - 4))
        self.setLayout(self.body)

    def set_tone(self, tone: str) -> None:
        """Draw its edge as ``rest``, ``stop`` or ``accent``."""
        self.setProperty("card", tone)
        restyled(self)


class SectionHeading(QWidget):
    """A heading with a quiet note at the right."""

    def __init__(self, text: str, note: str = "", kind: str = "section"):
        super().__init__()
        line = row(gap=8)
        self._text = label(text, kind)
        quiet = "secondary" if kind == "title" else "caption"
        self._note = label(note, quiet, "text2", wrap=True)
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._text)
        line.addWidget(self._note, 1)
        self.setLayout(line)

    def set_text(self, text: str, note: str = "") -> None:
        """Show other words."""
        self._text.setText(text)
        self._note.setText(note)


class SavedMark(QWidget):
    """The quiet mark ``saved 11:12:34``; hidden until something was stored."""

    def __init__(self) -> None:
        super().__init__()
        line = row(gap=4)
        line.addWidget(IconMark("stored", "ok", 16))
        self._text = label("", "secondary", "ok")
        line.addWidget(self._text)
        self.setLayout(line)
        self.hide()

    def set_time(self, clock: str) -> None:
        """Say when the last answer was stored; call it after the store has answered."""
        self._text.setText(tr("saved {time}", time=clock))
        self.setAccessibleName(self._text.text())
        self.show()


class PageHead(YieldingPanel):
    """The head of a page: its title, a chip or two, how far it is, and the saved mark.

    Where there is no room for all, the note goes first, then how far it is; then the title wraps.
    """

    DEGREES = 3

    def __init__(self, title: str, *, height: int = 48, surface: str = "bg", edge: str = ""):
        super().__init__(surface, edge)
        self._title = label(title, "title")
        self._note = label("", "secondary", "text2")
        self._progress = label("", "secondary", "text2")
        self.saved = SavedMark()
        line = row(gap=12, margins=(16, 0, 16, 0))
        line.addWidget(self._title)
        self._chips: QHBoxLayout = row(gap=8)
        line.addLayout(self._chips)
        line.addWidget(self._note)
        line.addStretch(1)
        line.addWidget(self._progress)
        line.addWidget(self.saved)
        self.setLayout(line)
        self.setMinimumHeight(current_theme().px(height))

    def yield_to(self, degree: int) -> None:
        """Without the note, without the progress, with a title in lines."""
        self._note.setVisible(degree < 1 and bool(self._note.text()))
        self._progress.setVisible(degree < 2 and bool(self._progress.text()))
        lines = degree == self.DEGREES
        if self._title.wordWrap() != lines:
            self._title.setWordWrap(lines)
            self._title.setProperty("type", "section" if lines else "title")
            restyled(self._title)
            sideways = QSizePolicy.Policy.Expanding if lines else QSizePolicy.Policy.Preferred
            self._title.setSizePolicy(sideways, QSizePolicy.Policy.Preferred)

    def set_title(self, title: str, note: str = "") -> None:
        """Show another title with a quiet note behind it."""
        self._title.setText(title)
        self._note.setText(note)
        self.settle()

    def set_progress(self, text: str) -> None:
        """Say how far it is, such as ``9 of 11 answered``."""
        self._progress.setText(text)
        self.settle()

    def add(self, widget: QWidget) -> None:
        """Put a chip or button behind the title."""
        self._chips.addWidget(widget)


class StepFoot(YieldingPanel):
    """The foot of a step: what is left, other ways on, and the one filled button.

    Where there is no room for all, the names of what is left go first, as the filled button names
    the next of them; then the words stand above the buttons.

    Signals:
        next_pressed: The filled button.
        other_pressed: The link beside it.
    """

    DEGREES = 2

    next_pressed = Signal()
    other_pressed = Signal()

    def __init__(self) -> None:
        super().__init__("surface", "top")
        self._icon = IconMark("waits", "att", 20)
        self._words = rich("", "", wrap=True)
        self._strong, self._rest = "", ""
        self._other = Button("", "plain", size=44)
        self._next = Button("", "primary", trailing="next", size=48)
        self._next.setObjectName("foot/next")
        said = row(gap=12)
        said.addWidget(self._icon)
        said.addWidget(self._words, 1)
        self._buttons = row(gap=12)
        self._buttons.addStretch(1)
        self._buttons.addWidget(self._other)
        self._buttons.addSpacing(8)
        self._buttons.addWidget(self._next)
        self._line = row(gap=12, margins=(16, 8, 16, 8))
        self._line.addLayout(said, 1)
        self._line.addLayout(self._buttons)
        self.setLayout(self._line)
        self._next.clicked.connect(self.next_pressed)
        self._other.clicked.connect(self.other_pressed)
        self.set_left("", "")
        self.set_other("")

    def yield_to(self, degree: int) -> None:
        """Beside each other, then without the names, then one above the other."""
        beside = QBoxLayout.Direction.LeftToRight
        above = QBoxLayout.Direction.TopToBottom
        self._line.setDirection(above if degree == self.DEGREES else beside)
        self._line.setSpacing(4 if degree == self.DEGREES else 12)
        short = degree == 1 and bool(self._strong)
        strong = self._strong.rstrip(":") if short else self._strong
        self._words.setText(rich(strong, "" if short else self._rest).text())
        self._words.setMinimumWidth(0 if short else current_theme().px(_LEAST_WORDS))

    def add(self, button: Button) -> None:
        """Put one more button before the filled one."""
        self._buttons.insertWidget(self._buttons.count() - 1, button)

    def set_left(self, strong: str, rest: str, icon: str = "waits", tone: str = "att") -> None:
        """Say what is left, such as ``2 left:`` and ``respiration, symptoms``."""
        self._icon.set_icon(icon, tone)
        self._icon.setVisible(bool(strong or rest))
        self._strong, self._rest = strong, rest
        self._words.setAccessibleName(rich(strong, rest).accessibleName())
        self.settle()

    def set_next(self, text: str, why_not: str = "") -> None:
        """Name the next act; a reason makes it unpressable and is said in the button."""
        self._next.set_text(text)
        self._next.set_off(why_not)
        self._next.setVisible(bool(text))
        self.settle()

    def focus_next(self) -> None:
        """Put the focus on the next act."""
        self._next.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_other(self, text: str) -> None:
        """Name another way on; empty for none."""
        self._other.set_text(text)
        self._other.setVisible(bool(text))
        self.settle()


class StatePane(Panel):
    """Takes the place of the content: empty, loading, error, offline, conflict, locked.

    Attributes:
        kind: Which of them it shows now.

    Signals:
        acted: The button was pressed: the first thing to do, try again, cancel.
    """

    acted = Signal()

    def __init__(self) -> None:
        super().__init__("bg")
        self.kind = ""
        self._icon = IconMark("info", "text2", 28)
        self._title = label("", "section", wrap=True)
        self._lines = label("", "body", "text2", wrap=True)
        theme = current_theme()
        for words in (self._title, self._lines):
            words.setMaximumWidth(theme.px(480))
            words.setMinimumWidth(min(theme.px(480), _LEAST_PANE))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setRange(0, 0)
        self._progress.setFixedSize(_LEAST_PANE, theme.px(8))
        self.button = Button("", "primary", size=44)
        self.button.clicked.connect(self.acted)
        inner = column(gap=8)
        left = Qt.AlignmentFlag.AlignLeft
        inner.addWidget(self._icon, 0, left)
        inner.addWidget(self._title)
        inner.addWidget(self._lines)
        inner.addWidget(self._progress, 0, left)
        inner.addSpacing(8)
        inner.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        across = row()
        across.addStretch(1)
        # The words get what there is, up to their widest, before anything stays free beside them.
        across.addLayout(inner, 100)
        across.addStretch(1)
        whole = column(margins=(24, 24, 24, 24))
        whole.addStretch(2)
        whole.addLayout(across)
        whole.addStretch(3)
        self.setLayout(whole)

    def set_state(self, kind: str, title: str, lines: Sequence[str] = (), act: str = "") -> None:
        """Say what is the matter.

        Args:
            kind: ``empty``, ``loading``, ``error``, ``offline``, ``conflict`` or ``read_only``.
            title: What it is or what happened.
            lines: What is safe, what to do; or what to do first.
            act: The button's word; empty for none.
        """
        self.kind = kind
        self._icon.set_icon(*_PANE_ICONS[kind])
        self._title.setText(title)
        self._lines.setText("\n".join(lines))
        self._lines.setVisible(bool(lines))
        self._progress.setVisible(kind == "loading")
        self.button.set_text(act)
        self.button.set_kind("outlined" if kind == "loading" else "primary")
        self.button.setVisible(bool(act))
        self.setAccessibleName(title)

    def set_progress(self, done: int, total: int) -> None:
        """Show how far loading is."""
        self._progress.setRange(0, total)
        self._progress.setValue(done)


def scrolled(content: QWidget) -> QScrollArea:
    """A page that scrolls downwards only."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if not isinstance(content, QFrame):
        content.setProperty("page", True)
    area.setWidget(content)
    return area
