"""Tells a scanner, which types like a keyboard, from a person: by the pace of its keys.

Where text is typed, keys pass at once and a scan is taken back out of the field. Anywhere else a
key would be an answer, so it waits for a blink until it is known who has pressed it.
"""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from shiboken6 import isValid

from msclinic.ui.widgets.fields import TypedField

__all__ = ["Scanner"]

_PACE_MS = 35
"""Two keys of a scan follow each other at most so far apart; nobody types a word like that."""
_WAIT_MS = 50
_LEAST = 6
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_SHIFTS = (Qt.Key.Key_Shift, Qt.Key.Key_CapsLock, Qt.Key.Key_AltGr)
_PLAIN = (
    Qt.KeyboardModifier.ShiftModifier
    | Qt.KeyboardModifier.KeypadModifier
    | Qt.KeyboardModifier.GroupSwitchModifier
)


class Scanner(QObject):
    """Hears scans over one page, whatever has the focus on it.

    Signals:
        scanned: The text of a scan.
    """

    scanned = Signal(str)

    def __init__(self, page: QWidget, wanted: Callable[[], bool]) -> None:
        """Begin to listen.

        Args:
            page: The page in whose window keys are heard.
            wanted: Whether a scan could be meant now; False while a password is typed.
        """
        super().__init__(page)
        self._page, self._wanted = page, wanted
        self._typed, self._last = "", 0
        self._field: QLineEdit | None = None
        self._before, self._modified = "", False
        self._held: list[tuple[QWidget, QKeyEvent]] = []
        self._replaying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT_MS)
        self._timer.timeout.connect(self._it_was_typing)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)

    def stop(self) -> None:
        """Listen no more; what is held is typed."""
        application = QApplication.instance()
        if application is not None:
            application.removeEventFilter(self)
        self._it_was_typing()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at each key before the part with the focus gets it."""
        if not isinstance(event, QKeyEvent) or not isinstance(watched, QWidget):
            return False
        # A key that nobody takes goes up from part to part: it counts once, where it is typed.
        if self._replaying or watched is not (QApplication.focusWidget() or self._page.window()):
            return False
        if event.type() == QEvent.Type.KeyRelease:
            return self._release(watched, event)
        if event.type() != QEvent.Type.KeyPress or event.key() in _SHIFTS:
            return False
        return self._press(watched, event)

    def _press(self, watched: QWidget, event: QKeyEvent) -> bool:
        at = event.timestamp()
        fast = bool(self._typed) and at - self._last <= _PACE_MS
        if event.key() in _ENTER and fast and len(self._typed) >= _LEAST:
            self._scan_ended()
            return True
        if not self._could_be(watched, event):
            self._it_was_typing()
            return False
        if not fast:
            self._it_was_typing()
            self._begin(watched)
        self._typed += event.text()
        self._last = at
        if self._field is not None:
            return False
        self._hold(watched, event)
        return True

    def _release(self, watched: QWidget, event: QKeyEvent) -> bool:
        if not any(held.key() == event.key() for _, held in self._held):
            return False
        self._hold(watched, event)
        return True

    def _could_be(self, watched: QWidget, event: QKeyEvent) -> bool:
        """Whether a key may be one of a scan; without a time of its own none can be."""
        text = event.text()
        plain = bool(text) and text.isprintable() and not event.modifiers() & ~_PLAIN
        secret = isinstance(watched, QLineEdit) and watched.echoMode() != QLineEdit.EchoMode.Normal
        return (
            plain
            and not secret
            and event.timestamp() > 0
            and not event.isAutoRepeat()
            and self._page.isVisible()
            and watched.window() is self._page.window()
            and self._wanted()
        )

    def _begin(self, watched: QWidget) -> None:
        self._field = watched if isinstance(watched, QLineEdit) else None
        if self._field is not None:
            self._before, self._modified = self._field.text(), self._field.isModified()

    def _hold(self, watched: QWidget, event: QKeyEvent) -> None:
        kept = QKeyEvent(event.type(), event.key(), event.modifiers(), event.text())
        self._held.append((watched, kept))
        self._timer.start()

    def _it_was_typing(self) -> None:
        """Give what was held to whom it was meant for, in its order."""
        self._timer.stop()
        held, self._held = self._held, []
        self._typed, self._field = "", None
        self._replaying = True
        try:
            for watched, event in held:
                if isValid(watched):
                    QApplication.sendEvent(watched, event)
        finally:
            self._replaying = False

    def _scan_ended(self) -> None:
        code, field = self._typed.strip(), self._field
        self._timer.stop()
        self._held, self._typed, self._field = [], "", None
        if field is not None and isValid(field):
            self._take_out(field)
        # The page may put another step in place of the part whose key is being looked at.
        QTimer.singleShot(0, self, lambda: self.scanned.emit(code))

    def _take_out(self, field: QLineEdit) -> None:
        owner = field.parent()
        if isinstance(owner, TypedField) and not self._modified:
            owner.set_answer(owner.answer())
            field.selectAll()
            return
        field.setText(self._before)
        field.setModified(self._modified)
