"""How a run is laid out: three columns where there is room, one and a folded list where not."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QLayout, QScrollArea, QStackedWidget, QWidget

from msclinic.ui.infusion.bars import ActingBar, StopBars
from msclinic.ui.infusion.clock_panel import ClockPanel
from msclinic.ui.infusion.gate_panel import GatePanel, empty_layout
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Chip,
    PageHead,
    Panel,
    Step,
    StepFoot,
    StepList,
    column,
    label,
    row,
    rule,
    scrolled,
)
from msclinic.wording import tr

__all__ = ["RunFrame"]

_LEFT, _MIDDLE, _RIGHT = 232, 560, 392
# At the largest text the step scrolls in what banner and dock leave of the smallest screen.
_LEAST_HEIGHT = 400
_HEAD_UP_TO = 160


class RunFrame(QWidget):
    """The columns of a run."""

    def __init__(self) -> None:
        super().__init__()
        self.phases = StepList(tr("Phases of the day"))
        self.head = PageHead("")
        self.chip = Chip("", "accent", "timer")
        self.chip.hide()
        self.side_button = Button("", "accent_outlined", size=36)
        self.side_button.setObjectName("run/side")
        self.side_button.clicked.connect(self._side_pressed)
        self.tools = QWidget()
        self.tools.setLayout(row(gap=4))
        self.head.add(self.chip)
        self.head.add(self.side_button)
        self.acting = ActingBar()
        self.stops = StopBars()
        self.foot = StepFoot()
        self.gate = GatePanel()
        self.clock = ClockPanel()
        self.right = QStackedWidget()
        self.right.addWidget(self.gate)
        self._clock_area = scrolled(self.clock)
        self.right.addWidget(self._clock_area)
        self._next = column(gap=4, margins=(16, 8, 16, 12))
        self._step_area: QScrollArea | None = None
        self._narrow, self._side_open = False, False
        self._phases_shown: tuple[tuple[Step, ...], str] | None = None
        self._next_shown: tuple[tuple[str, str, str, bool], ...] | None = None
        self._asked: QWidget | None = None
        self._before: QWidget | None = None
        self._lay_out()

    def _lay_out(self) -> None:
        theme = current_theme()
        self._left = Panel("surface", "right")
        inner = column(gap=0)
        self._phase_area = scrolled(self.phases)
        inner.addWidget(self._phase_area, 1)
        self._next_part = QWidget()
        self._next_part.setLayout(self._next)
        inner.addWidget(self._next_part)
        # At the largest text the head has no room for more buttons.
        if theme.scale > _HEAD_UP_TO:
            inner.addWidget(self.tools, 0, Qt.AlignmentFlag.AlignHCenter)
        else:
            self.head.add(self.tools)
        self._left.setLayout(inner)
        self._left.setFixedWidth(theme.px(_LEFT))
        self.right.setFixedWidth(theme.px(_RIGHT))
        self._center = Panel("bg")
        self._middle = column(gap=0)
        self._middle.addWidget(self.head)
        self._middle.addWidget(self.acting)
        self._middle.addWidget(self.stops)
        self._place = column(gap=0)
        self._middle.addLayout(self._place, 1)
        self._middle.addWidget(self.foot)
        self._center.setLayout(self._middle)
        across = row(gap=0)
        across.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        across.addWidget(self._left)
        across.addWidget(self._center, 1)
        across.addWidget(self.right)
        self.setLayout(across)

    def minimumSizeHint(self) -> QSize:
        """Narrower than its columns: they fold when there is no room for them."""
        theme = current_theme()
        return QSize(theme.px(480), min(theme.px(320), _LEAST_HEIGHT))

    def add_tool(self, button: Button) -> None:
        """Put one more small button beside the step."""
        layout = self.tools.layout()
        if layout is not None:
            layout.addWidget(button)

    def set_step(self, step: QWidget) -> None:
        """Put another step into the middle."""
        if self._step_area is not None:
            self._keep_focus(self._step_area)
            self._place.removeWidget(self._step_area)
            self._step_area.hide()
            self._step_area.setParent(None)
            self._step_area.deleteLater()
        self._step_area = scrolled(step)
        self._place.addWidget(self._step_area)
        self._step_area.setVisible(not (self._narrow and self._side_open))

    def show_gate(self, *, gate: bool) -> None:
        """Show the gate at the right, or the clock."""
        self._before = self.gate if gate else self._clock_area
        if self._asked is not None:
            return
        self.right.setCurrentWidget(self.gate if gate else self._clock_area)
        self._name_side()

    def ask_beside(self, panel: QWidget | None) -> None:
        """Put a question to a second person over the right side; None takes it away."""
        if self._asked is not None:
            self._keep_focus(self._asked)
            self.right.removeWidget(self._asked)
            self._asked.setParent(None)
            self._asked.deleteLater()
            self._asked = None
            self.right.setCurrentWidget(self._before or self.gate)
        if panel is not None:
            self._before = self.right.currentWidget()
            holder = Panel("surface", "left")
            lines = column(gap=0, margins=(16, 16, 16, 16))
            lines.addWidget(panel)
            lines.addStretch(1)
            holder.setLayout(lines)
            self._asked = holder
            self.right.addWidget(holder)
            self.right.setCurrentWidget(holder)
        self.open_side(opened=panel is not None)
        self._name_side()

    def open_side(self, *, opened: bool) -> None:
        """Where the right side is a tab of the middle: open or close it."""
        if self._side_open != opened:
            self._side_open = opened
            self._arrange()

    def set_phases(self, steps: Sequence[Step], current: str) -> None:
        """Show the phases; nothing is built anew where nothing has changed."""
        shown = (tuple(steps), current)
        if shown != self._phases_shown:
            self._phases_shown = shown
            self.phases.set_steps(steps, current)

    def set_next(self, lines: Sequence[tuple[str, str, str, bool]]) -> None:
        """Show what comes next at this chair; nothing is built anew where nothing has changed."""
        if tuple(lines) == self._next_shown:
            return
        self._next_shown = tuple(lines)
        empty_layout(self._next)
        self._next_part.setVisible(bool(lines) and not self._narrow)
        if not lines:
            return
        self._next.addWidget(rule())
        self._next.addWidget(label(tr("Next at this chair"), "label_strong", "text2"))
        for time, words, span, late in lines:
            line = row(gap=8)
            line.addWidget(label(time, "label_strong"))
            line.addWidget(label(words, "secondary", wrap=True), 1)
            line.addWidget(
                label(span, "label" if late else "secondary", "att" if late else "text2")
            )
            self._next.addLayout(line)

    def fit_width(self, width: int) -> None:
        """Three columns where they fit, otherwise the right side becomes a tab of the middle."""
        theme = current_theme()
        narrow = width < theme.px(_LEFT + _MIDDLE + _RIGHT)
        if narrow != self._narrow:
            self._narrow = narrow
            self.phases.set_folded(narrow)
            if narrow:
                self._left.setMinimumWidth(0)
                self._left.setMaximumWidth(theme.px(104))
                self.right.setMinimumWidth(0)
                self.right.setMaximumWidth(16777215)
            else:
                self._left.setFixedWidth(theme.px(_LEFT))
                self.right.setFixedWidth(theme.px(_RIGHT))
            self._arrange()

    def _keep_focus(self, going: QWidget) -> None:
        # A window whose focused part is taken out stops hearing keys.
        focused = QApplication.focusWidget()
        if focused is not None and going.isAncestorOf(focused):
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _arrange(self) -> None:
        layout = self.layout()
        inside = self._narrow
        if inside:
            self._place.insertWidget(0, self.right)
        elif layout is not None:
            layout.addWidget(self.right)
        self.right.setVisible(not inside or self._side_open)
        if self._step_area is not None:
            self._step_area.setVisible(not (inside and self._side_open))
        self._next_part.setVisible(not inside and self._next.count() > 0)
        self._name_side()

    def _name_side(self) -> None:
        gate = self.right.currentWidget() is self.gate
        other = tr("Gate") if gate else tr("Clock and chart")
        self.side_button.set_text(tr("Step") if self._side_open else other)
        self.side_button.setVisible(self._narrow)

    def _side_pressed(self) -> None:
        self._side_open = not self._side_open
        self._arrange()
