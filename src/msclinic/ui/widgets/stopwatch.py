"""A field whose seconds are measured: Space starts and stops, the time is then its answer.

The time may as well be typed, from a hand-held watch. A measurement that was not stopped is no
answer: leaving the page or Escape drops it.
"""

from decimal import ROUND_HALF_UP, Decimal

from PySide6.QtCore import QElapsedTimer, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.domain.values import Answer
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.fields import NumberField
from msclinic.wording import decimal_text, tr

__all__ = ["StopwatchField"]

_SHOWN_EVERY_MS = 100


class StopwatchField(NumberField):
    """Seconds, measured or typed.

    Signals:
        started: The watch runs.
        stopped: Seconds measured, rounded half up to the field's decimals.
    """

    started = Signal()
    stopped = Signal(object)

    def __init__(
        self, name: str, *, decimals: int | None = 1, unit: str = "", size: int = 48
    ) -> None:
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            decimals: Decimals of the measured time.
            unit: Words at the right end.
            size: Height at 100 %.
        """
        self.button = Button(tr("Start"), "accent_outlined", icon="timer", size=36)
        super().__init__(name, decimals=decimals, unit=unit, size=size, chars=6)
        self._step = Decimal(1).scaleb(-(decimals or 0))
        self._watch = QElapsedTimer()
        self._shown_now = QTimer(self)
        self._shown_now.setInterval(_SHOWN_EVERY_MS)
        self._shown_now.timeout.connect(self._show_running)
        self.button.setParent(self)
        self.button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.button.clicked.connect(self.toggle)
        self.button.set_keys(tr("Space"))
        self._name_button()

    @property
    def running(self) -> bool:
        """Whether the watch runs."""
        return self._shown_now.isActive()

    def toggle(self) -> None:
        """Start the watch, or stop it and answer."""
        if self._read_only:
            return
        if self.running:
            self._stop()
        else:
            self._start()

    def drop(self) -> None:
        """Forget a running measurement; the stored answer is shown again."""
        if self.running:
            self._shown_now.stop()
            self._end()
            self.set_answer(self._answer)

    def commit(self) -> bool:
        """Answer with what was typed; a running measurement is no answer."""
        return True if self.running else super().commit()

    def set_answer(self, answer: Answer | None) -> None:
        """Show a stored answer, unless a measurement runs."""
        if self.running:
            self._answer = answer
        else:
            super().set_answer(answer)

    def set_read_only(self, read_only: bool) -> None:
        """Show without a frame and without the watch."""
        super().set_read_only(read_only)
        self.button.setVisible(not read_only)

    def extra_room(self) -> int:
        """Room of the button."""
        return 0 if self._read_only else self.button.sizeHint().width() + 8

    def sizeHint(self) -> QSize:
        """Room for the button as well."""
        size = super().sizeHint()
        return QSize(size.width() + self.extra_room(), size.height())

    def minimumSizeHint(self) -> QSize:
        """Room for a short value and the button."""
        size = super().minimumSizeHint()
        return QSize(size.width() + self.extra_room(), size.height())

    def _place(self) -> None:
        super()._place()
        size = self.button.sizeHint()
        height = min(size.height(), self.height() - 6)
        left = self.edit.geometry().right() + 4
        self.button.setGeometry(left, (self.height() - height) // 2, size.width(), height)

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self.toggle()
            return True
        if self.running and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.toggle()
            return True
        if self.running and event.key() == Qt.Key.Key_Escape:
            self.drop()
            return True
        return super()._key(event)

    def _start(self) -> None:
        self._watch.start()
        self._shown_now.start()
        self.edit.setReadOnly(True)
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._stored = False
        self._name_button()
        self._show_running()
        self.started.emit()

    def _stop(self) -> None:
        measured = Decimal(self._watch.elapsed()) / 1000
        self._shown_now.stop()
        self._end()
        seconds = measured.quantize(self._step, ROUND_HALF_UP)
        self.edit.setText(self.written(seconds))
        self.stopped.emit(seconds)
        self.commit()

    def _end(self) -> None:
        self.edit.setReadOnly(False)
        self._name_button()

    def _show_running(self) -> None:
        tenths = Decimal(self._watch.elapsed() // _SHOWN_EVERY_MS) / 10
        self.edit.setText(decimal_text(tenths.quantize(Decimal("0.1"))))

    def _name_button(self) -> None:
        word = tr("Stop") if self.running else tr("Start")
        self.button.set_text(word)
        self.button.setAccessibleName(f"{word}: {self.accessibleName()}")
        self._place()
        self.update()
