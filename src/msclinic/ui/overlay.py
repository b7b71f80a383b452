"""A card that lies over a page, dims it and keeps the focus until it is closed.

It leaves banner and dock uncovered and knows nothing of what the card holds.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import let_go

__all__ = ["Overlay"]

_WIDTH, _HEIGHT = 840, 576


class Overlay(QWidget):
    """Lies over its parent while a card is open."""

    def __init__(self, parent: QWidget, name: str) -> None:
        """Make a hidden one over a page, with the name that a screen reader says."""
        super().__init__(parent)
        self.setProperty("overlay", True)
        self._opened: QWidget | None = None
        self._return_to: QWidget | None = None
        parent.installEventFilter(self)
        self.setAccessibleName(name)
        self.hide()

    def open_card(self, card: QWidget) -> None:
        """Show a card in place of the one before."""
        self._return_to = QApplication.focusWidget()
        if self._opened is not None:
            let_go(self._opened)
        self._opened = card
        card.setParent(self)
        self._place()
        self.show()
        self.raise_()
        card.show()

    def close_card(self) -> None:
        """Let the card go; the focus returns to where it was."""
        self.hide()
        if self._opened is not None:
            let_go(self._opened)
            self._opened = None
        back = self._return_to
        self._return_to = None
        if back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)

    def dismiss(self) -> None:
        """Go back; what that means beyond closing is for others to say."""
        self.close_card()

    def stops(self) -> Sequence[QWidget]:
        """What the focus goes round, in order."""
        return ()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The focus stays inside."""
        if self._opened is None:
            return False
        stops = self.stops()
        now = QApplication.focusWidget()
        at = next((place for place, one in enumerate(stops) if one is now), -1)
        if stops:
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the page whatever its size."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back, Enter presses what has the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What lies beneath cannot be pressed."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the page."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(0, 0, 0, 115))
        painter.end()

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.setGeometry(parent.rect())
        if self._opened is None:
            return
        theme = current_theme()
        width = min(theme.px(_WIDTH), self.width() - 32)
        height = min(theme.px(_HEIGHT), self.height() - 24)
        self._opened.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )
