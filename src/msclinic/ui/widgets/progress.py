"""How far things are: the phases of a run with their gates, gates in a panel, a bar of phases.

A phase can be pressed, a gate cannot. Icon, word and colour always say the same.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import (
    IconMark,
    Painted,
    Panel,
    column,
    empty,
    label,
    paint_frame,
    row,
)
from msclinic.wording import tr

__all__ = ["Gate", "GateRow", "PhaseBar", "Reasoned", "Step", "StepList"]

# State of a step or gate: icon, tone of the icon, tone of the word.
_STEP_LOOKS = {
    "done": ("ok", "ok", "text"),
    "in_progress": ("in_progress", "accent", "text"),
    "not_begun": ("not_begun", "text2", "text"),
    "attention": ("attention", "att", "text"),
    "stop": ("stop", "stop", "stop"),
}
_BAR_TOKENS = {"done": "ok", "in_progress": "accent", "stop": "stop"}
_GATE_LOOKS = {
    "open": ("gate_open", "ok", "text2"),
    "waits": ("gate_shut", "text2", "text2"),
    "shut": ("gate_shut", "stop", "stop"),
}


# Above this text scale a folded list has no room for names beneath its icons.
_NAMES_UP_TO = 150
_NAMED_WIDTH, _ICONS_WIDTH = 96, 72
_NAME_EDGE = 4
_BAR = 12
# A note wider than this at 100 % leaves the name beside it no room.
_SHORT_NOTE = 56


def _state_words(state: str) -> str:
    """The state of a step as it is read out."""
    return {
        "done": tr("finished"),
        "in_progress": tr("in progress"),
        "not_begun": tr("not begun"),
        "attention": tr("needs attention"),
        "stop": tr("stopped"),
    }[state]


@frozen
class Gate:
    """A gate beneath a step.

    Attributes:
        text: Its number and what there is to say: ``G1 signed, valid to 13:58``.
        state: ``open``, ``waits`` or ``shut``.
    """

    text: str
    state: str = "waits"


@frozen
class Step:
    """A phase of a run, a section of a form, a system of an exam.

    Attributes:
        key: What the signal says when it is pressed.
        text: Its name.
        state: ``done``, ``in_progress``, ``not_begun``, ``attention`` or ``stop``.
        note: What stands at the right: ``3 left``, ``28 of 28``.
        detail: A quiet second line; empty for none.
        gates: Gates that follow it.
    """

    key: str
    text: str
    state: str = "not_begun"
    note: str = ""
    detail: str = ""
    gates: tuple[Gate, ...] = ()


class GateRow(QWidget):
    """One gate: padlock and words; not pressable."""

    def __init__(self, gate: Gate):
        super().__init__()
        icon, tone, words = _GATE_LOOKS[gate.state]
        line = row(gap=14, margins=(22, 0, 16, 0))
        line.addWidget(IconMark(icon, tone, 16))
        kind = "caption_strong" if gate.state == "shut" else "caption"
        line.addWidget(label(gate.text, kind, words, wrap=True), 1)
        self.setLayout(line)
        self.setMinimumHeight(current_theme().px(28))


class _StepButton(QPushButton):
    def __init__(self, step: Step, current: bool, folded: bool):
        super().__init__(step.text)
        self.step, self._current, self._folded = step, current, folded
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._named = not folded or StepList.names_when_folded()
        policy.setHeightForWidth(self._named)
        self.setSizePolicy(policy)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        name = ", ".join(part for part in (step.text, step.note, step.detail) if part)
        self.setAccessibleName(name)
        said = [_state_words(step.state), *([tr("shown now")] if current else [])]
        self.setAccessibleDescription(", ".join(said))

    def sizeHint(self) -> QSize:
        """Name and note beside each other."""
        theme = current_theme()
        if self._folded:
            width = max(theme.px(56), self._folded_note() + 16)
            if self._named:
                # The edge of the panel around it and a scroll bar.
                height = theme.px(36) + 2 + theme.line("caption")
                return QSize(StepList.folded_width() - 1 - _BAR, height)
            return QSize(width, theme.px(56))
        words = theme.words("body_strong", self.step.text)
        height = theme.px(56 if self.step.detail else 48)
        return QSize(self._left() + words + self._beside_name(), height)

    def minimumSizeHint(self) -> QSize:
        """A long name may take several lines; none of its words is cut."""
        if self._folded:
            return self.sizeHint()
        theme = current_theme()
        words = (theme.words("body_strong", word) for word in self.step.text.split())
        widest = max(words, default=0)
        beside = self._right() if not self._long_note() else 16
        if self._long_note():
            widest = max(widest, theme.words("secondary", self.step.note))
        return QSize(self._left() + widest + beside, self.sizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """As many lines as its name needs."""
        theme = current_theme()
        if self._folded:
            room = width - 2 * _NAME_EDGE
            words = theme.wrapped("caption_strong", self.step.text, room)
            if any(theme.words("caption_strong", word) > room for word in self.step.text.split()):
                words += theme.line("caption")  # a word that is broken
            return max(theme.px(36) + 2 + words, self.sizeHint().height())
        room = max(width - self._left() - self._beside_name(width), 1)
        words = theme.wrapped("body_strong", self.step.text, room)
        if self._below(width):
            words += theme.line("secondary")
        if self.step.detail:
            words += theme.line("caption")
        return max(words + theme.px(16), self.sizeHint().height())

    def _right(self) -> int:
        note = "title" if self._big_note() else "secondary"
        return 12 + current_theme().words(note, self.step.note) + 16

    def _folded_note(self) -> int:
        theme = current_theme()
        note = theme.words("caption", self.step.note) if self.step.note else 0
        return note + (theme.px(20) + 6 if self._named and note else 0)

    def _long_note(self) -> bool:
        """Whether the note would leave a name beside it no room."""
        theme = current_theme()
        wide = theme.words("secondary", self.step.note) > theme.px(_SHORT_NOTE)
        return wide and not self.step.detail

    def _below(self, width: int) -> bool:
        """Whether the note stands beneath the name."""
        words = current_theme().words("body_strong", self.step.text)
        return self._long_note() and self._left() + words + self._right() > width

    def _beside_name(self, width: int | None = None) -> int:
        below = width is not None and self._below(width)
        return 16 if below else self._right()

    def _left(self) -> int:
        return 20 + current_theme().px(20) + 12

    def _big_note(self) -> bool:
        return bool(self.step.detail) and len(self.step.note) <= 2

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the step."""
        theme = current_theme()
        icon, tone, words = _STEP_LOOKS[self.step.state]
        painter = QPainter(self)
        if self._current:
            painter.fillRect(self.rect(), theme.color("accentbg"))
            painter.fillRect(0, 0, 4, self.height(), theme.color("accent"))
        elif self.underMouse():
            painter.fillRect(self.rect(), theme.color("bg"))
        side = theme.px(20)
        if self._folded:
            self._paint_folded(painter, icon, tone, side)
            painter.end()
            return
        draw_icon(painter, icon, theme.color(tone), 20, (self.height() - side) // 2, side)
        left, right = self._left(), self.width() - 16
        flag = Qt.AlignmentFlag
        painter.setFont(theme.font("body_strong" if self._current else "body_medium"))
        painter.setPen(theme.color(words))
        rect = QRect(left, 0, right - left, self.height())
        if self.step.detail:
            top = theme.line("body")
            y = (self.height() - top - theme.line("caption")) // 2
            painter.drawText(QRect(left, y, right - left, top), flag.AlignVCenter, self.step.text)
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            below = QRect(left, y + top, right - left, theme.line("caption"))
            painter.drawText(below, flag.AlignVCenter, self.step.detail)
        else:
            under = self._below(self.width())
            height = self.height() - (theme.line("secondary") + 8 if under else 0)
            room = self.width() - left - self._beside_name(self.width()) + 2
            name = QRect(left, 4 if under else 0, room, height)
            painter.drawText(name, flag.AlignVCenter | Qt.TextFlag.TextWordWrap, self.step.text)
            if under:
                painter.setFont(theme.font("secondary"))
                painter.setPen(theme.color("text2"))
                beneath = QRect(left, name.bottom() + 1, room, theme.line("secondary"))
                painter.drawText(beneath, flag.AlignVCenter, self.step.note)
                self._paint_focus(painter)
                painter.end()
                return
        big = self._big_note()
        painter.setFont(theme.font("title" if big else "secondary"))
        painter.setPen(theme.color("text" if big else "text2"))
        painter.drawText(rect, flag.AlignRight | flag.AlignVCenter, self.step.note)
        self._paint_focus(painter)
        painter.end()

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            inner = self.rect().adjusted(2, 2, -2, -2)
            edge = current_theme().color("accent")
            paint_frame(painter, inner, fill=None, edge=edge, width=2)

    def _paint_named(self, painter: QPainter, icon: str, tone: str, side: int) -> None:
        """Icon and note over the name, which takes as many lines as it needs."""
        theme, flag = current_theme(), Qt.AlignmentFlag
        top = theme.px(8)
        left = max(_NAME_EDGE, (self.width() - (self._folded_note() or side)) // 2)
        draw_icon(painter, icon, theme.color(tone), left, top, side)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        beside = QRect(left + side + 6, top, self.width() - left - side - 6, side)
        painter.drawText(beside, flag.AlignVCenter | flag.AlignLeft, self.step.note)
        painter.setFont(theme.font("caption_strong" if self._current else "caption"))
        painter.setPen(theme.color(_STEP_LOOKS[self.step.state][2]))
        room = self.width() - 2 * _NAME_EDGE
        name = QRect(_NAME_EDGE, top + side + 2, room, self.height() - top - side - 2)
        wraps = Qt.TextFlag.TextWordWrap
        if any(theme.words("caption_strong", word) > room for word in self.step.text.split()):
            wraps |= Qt.TextFlag.TextWrapAnywhere
        flags = flag.AlignHCenter | flag.AlignTop | wraps
        painter.drawText(name, flags, self.step.text)
        self._paint_focus(painter)

    def _paint_folded(self, painter: QPainter, icon: str, tone: str, side: int) -> None:
        theme = current_theme()
        if self._named:
            self._paint_named(painter, icon, tone, side)
            return
        top = (self.height() - side - theme.line("caption") - 2) // 2
        draw_icon(painter, icon, theme.color(tone), (self.width() - side) // 2, top, side)
        painter.setFont(theme.font("caption"))
        painter.setPen(theme.color("text2"))
        below = QRect(0, top + side + 2, self.width(), theme.line("caption"))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.step.note)
        self._paint_focus(painter)


class StepList(Panel):
    """Phases, sections or systems, one under the other, with their gates.

    Signals:
        opened: Key of the step that was pressed.
    """

    opened = Signal(str)

    def __init__(self, name: str):
        """Make an empty list.

        Args:
            name: Accessible name.
        """
        super().__init__("surface")
        self.setAccessibleName(name)
        self._lines = column(gap=0, margins=(0, 8, 0, 8))
        self.setLayout(self._lines)
        self._buttons: list[_StepButton] = []
        self._steps: tuple[Step, ...] = ()
        self._current = ""
        self._folded = False

    @staticmethod
    def names_when_folded() -> bool:
        """Whether a folded list still has room for its names, beneath the icons."""
        return current_theme().scale <= _NAMES_UP_TO

    @staticmethod
    def folded_width() -> int:
        """Width of a folded list in pixels."""
        named = StepList.names_when_folded()
        return current_theme().px(_NAMED_WIDTH if named else _ICONS_WIDTH)

    def set_folded(self, folded: bool) -> None:
        """Show names beneath the icons; at the largest text icons and notes only."""
        self._folded = folded
        self.set_steps(self._steps, self._current)

    def set_steps(self, steps: Sequence[Step], current: str = "") -> None:
        """Show steps.

        Args:
            steps: In their order.
            current: Key of the one at hand.
        """
        self._steps, self._current = tuple(steps), current
        held = next((b.step.key for b in self._buttons if b.hasFocus()), "")
        empty(self._lines)
        self._buttons = []
        for step in steps:
            button = _StepButton(step, step.key == current, self._folded)
            button.clicked.connect(self._pressed)
            self._buttons.append(button)
            self._lines.addWidget(button)
            for gate in () if self._folded else step.gates:
                self._lines.addWidget(GateRow(gate))
            if step.key == held:
                button.setFocus()
        self._lines.addStretch(1)

    def focus_current(self) -> None:
        """Go to the step at hand."""
        for button in self._buttons:
            if button.step.key == self._current:
                button.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down walk, Enter opens."""
        places = [place for place, button in enumerate(self._buttons) if button.hasFocus()]
        if places and event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = 1 if event.key() == Qt.Key.Key_Down else -1
            self._buttons[(places[0] + step) % len(self._buttons)].setFocus()
        elif places and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._buttons[places[0]].click()
        else:
            super().keyPressEvent(event)

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, _StepButton):
            self.opened.emit(button.step.key)


class Reasoned(QWidget):
    """A line of a gate's panel: icon, what it is, and beneath it who waits for what since when."""

    def __init__(self, icon: str, tone: str, text: str, detail: str = ""):
        """Make a line.

        Args:
            icon: Meaning, such as ``stop``, ``waits``, ``ok``, ``in_progress``.
            tone: Tone of icon, and of the words where it is ``stop``.
            text: What it is.
            detail: Why, who, since when.
        """
        super().__init__()
        line = row(gap=12)
        line.addWidget(IconMark(icon, tone, 20), 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=0)
        words.addWidget(label(text, "body_strong", "stop" if tone == "stop" else "text", wrap=True))
        if detail:
            words.addWidget(label(detail, "secondary", "text2", wrap=True))
        line.addLayout(words, 1)
        self.setLayout(line)


class PhaseBar(Painted):
    """The phases of a run as a row of small bars, for a card."""

    def __init__(self) -> None:
        super().__init__()
        self._states: tuple[str, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_states(self, states: Sequence[str], spoken: str) -> None:
        """Show phases.

        Args:
            states: ``done``, ``in_progress``, ``stop`` or ``not_begun``, in their order.
            spoken: The same in words, which also stand beside it.
        """
        self._states = tuple(states)
        self.setAccessibleName(spoken)
        self.update()

    def sizeHint(self) -> QSize:
        """A narrow strip."""
        return QSize(44 * max(1, len(self._states)), 8)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars."""
        if not self._states:
            return
        theme = current_theme()
        painter = QPainter(self)
        count = len(self._states)
        width = (self.width() - 2 * (count - 1)) / count
        for place, state in enumerate(self._states):
            left, right = round(place * (width + 2)), round(place * (width + 2) + width)
            token = _BAR_TOKENS.get(state)
            rect = QRect(left, 0, right - left, 8)
            edge = None if token else theme.color("edge")
            paint_frame(painter, rect, fill=theme.color(token or "sunken"), edge=edge, radius=2)
        painter.end()
