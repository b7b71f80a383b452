"""Nobody is at the window: it hides what it shows, and then it locks.

It watches touches, the time since, and the sleep of the machine. What locking does is the window's.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.app.idle import IdleLimits, SleepWatch, Stage, idle_stage
from msclinic.domain.values import Clock
from msclinic.ui.entrance.chair_timers import ChairTimer, ChairTimers
from msclinic.ui.widgets import Panel, column, label
from msclinic.ui.widgets.base import IconMark
from msclinic.wording import tr

__all__ = ["Absence", "Curtain"]

_TOUCHES = frozenset(
    {
        QEvent.Type.KeyPress,
        QEvent.Type.MouseButtonPress,
        QEvent.Type.TouchBegin,
        QEvent.Type.Wheel,
        QEvent.Type.TabletPress,
    }
)
_MODIFIERS = frozenset({Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_Shift, Qt.Key.Key_Meta})
# A timer asked for every second would cost a reading of the record each time.
_ASK_AGAIN = timedelta(seconds=60)


class Absence(QObject):
    """Says when to hide and when to lock, while somebody is signed in.

    Signals:
        stage_changed: ``Stage`` as soon as it is another one.
    """

    stage_changed = Signal(object)

    def __init__(self, clock: Clock, holds: Callable[[], bool], parent: QObject) -> None:
        """Watch a window.

        Args:
            clock: Monotonic seconds, with sleep and without.
            holds: Whether a timer runs or an exam is open; asked only once nobody is there.
            parent: The window.
        """
        super().__init__(parent)
        self._clock, self._holds = clock, holds
        self._limits: IdleLimits | None = None
        self._sleep = SleepWatch(clock)
        self._touched = clock.monotonic()
        self._asked = 0.0
        self._held = False
        self.stage = Stage.HERE

    def begin(self, limits: IdleLimits) -> None:
        """Somebody has signed in."""
        self._limits, self._sleep = limits, SleepWatch(self._clock)
        self.stage = Stage.HERE
        self.touch()
        # Only whoever is signed in can be away; a filter over everything has its price.
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def end(self) -> None:
        """Nobody is signed in any more."""
        self._limits = None
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)

    def touch(self) -> None:
        """Somebody is here."""
        self._touched = self._clock.monotonic()
        self._asked = 0.0

    def tick(self) -> None:
        """A second has passed."""
        if self._limits is None:
            return
        if self._lock_after_sleep():
            return
        now = self._clock.monotonic()
        idle = timedelta(seconds=now - self._touched)
        if idle > self._limits.plain and now - self._asked > _ASK_AGAIN.total_seconds():
            self._held, self._asked = self._holds(), now
        self._become(idle_stage(idle, self._limits, held=self._held))

    def _lock_after_sleep(self) -> bool:
        slept = self._sleep.slept()
        if slept:
            self._become(Stage.LOCKED)
        return slept

    def _become(self, stage: Stage) -> None:
        if stage is not self.stage:
            self.stage = stage
            self.stage_changed.emit(stage)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is here; the touch that lifts the curtain does nothing else."""
        if event.type() == QEvent.Type.ShortcutOverride and self.stage is Stage.HIDDEN:
            # A key behind the curtain is no command: it comes again as a press.
            event.accept()
            return True
        if event.type() in _TOUCHES:
            # A touch may come before the next tick does.
            if self._lock_after_sleep():
                return True
            self.touch()
            if self.stage is Stage.HIDDEN:
                # Ctrl of Ctrl+L alone does not lift it, or the L would be a command after all.
                if not (isinstance(event, QKeyEvent) and event.key() in _MODIFIERS):
                    self._become(Stage.HERE)
                return True
        return super().eventFilter(watched, event)


class Curtain(Panel):
    """Hides everything of the window but the running timers; any touch takes it away."""

    def __init__(self, window: QWidget) -> None:
        super().__init__("bg")
        self._before: QWidget | None = None
        self._timers = ChairTimers()
        lines = column(gap=8, margins=(64, 48, 64, 48))
        lines.addStretch(1)
        lines.addWidget(IconMark("eye-off", "text2", 28), 0, Qt.AlignmentFlag.AlignHCenter)
        for words, style in (
            (tr("Hidden while nobody is here"), "timer"),
            (tr("Touch the screen or press any key. Everything is stored."), "body"),
        ):
            line = label(words, style, wrap=True)
            line.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            lines.addWidget(line)
        lines.addSpacing(24)
        lines.addWidget(self._timers)
        lines.addStretch(2)
        self.setLayout(lines)
        self.setParent(window)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Hidden while nobody is here"))
        self.hide()

    def drop(self, timers: Sequence[ChairTimer]) -> None:
        """Cover the whole window."""
        self._before = QApplication.focusWidget()
        self.set_timers(timers)
        self.cover()
        self.show()
        self.raise_()
        self.setFocus()

    def cover(self) -> None:
        """Be as large as the window is now."""
        window = self.parentWidget()
        if window is not None:
            self.setGeometry(window.rect())

    def set_timers(self, timers: Sequence[ChairTimer]) -> None:
        """Show when each chair needs somebody."""
        self._timers.show_timers(timers)

    def lift(self) -> None:
        """Show the window again, the focus where it was."""
        self.hide()
        before, self._before = self._before, None
        if before is not None and before.isVisible():
            before.setFocus()
