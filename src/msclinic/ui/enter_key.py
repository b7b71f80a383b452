"""Hears Enter in a field where it finishes a short form, before the field moves the focus on."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.ui.widgets.fields import TypedField

__all__ = ["EnterKey"]


class EnterKey(QObject):
    """Watches one field.

    Signals:
        pressed: Enter was pressed and what stands in the field can be read.
    """

    pressed = Signal()

    def __init__(self, watched: TypedField) -> None:
        super().__init__(watched)
        self._field = watched
        watched.edit.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter settles the field and is said; everything else is the field's."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            if self._field.commit():
                self.pressed.emit()
            return True
        return super().eventFilter(watched, event)
