"""What assistive tools hear of widgets that draw themselves: what they are and what they hold.

Qt knows a button and a line of text by itself; a row of choices it would take for some part of the
window. A widget tells its own role and value; nothing clinical is known here.
"""

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAccessibleWidget, QWidget

__all__ = ["Spoken", "speak"]


@runtime_checkable
class Spoken(Protocol):
    """A widget that says itself what it is."""

    def spoken_role(self) -> QAccessible.Role:
        """What kind of control it is."""

    def spoken_value(self) -> str:
        """What it holds now, in the reader's language; empty where it holds nothing."""


class _Speaking(QAccessibleWidget):
    def __init__(self, widget: QWidget, spoken: Spoken) -> None:
        super().__init__(widget, spoken.spoken_role())
        self._spoken = spoken

    def text(self, kind: QAccessible.Text) -> str:
        if kind == QAccessible.Text.Value:
            return self._spoken.spoken_value()
        return super().text(kind)


def _made(_kind: str, widget: QObject) -> QAccessibleInterface | None:
    if isinstance(widget, QWidget) and isinstance(widget, Spoken):
        return _Speaking(widget, widget)
    return None


_installed: list[bool] = []


def speak() -> None:
    """Let assistive tools hear the program's own widgets; once for the process."""
    if not _installed:
        QAccessible.installFactory(_made)
        _installed.append(True)
