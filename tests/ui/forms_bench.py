"""What tests of forms share: a page in a window, and keys typed into what has the focus."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from msclinic.ui.navigation import Navigator

__all__ = ["Went", "in_window", "press", "settle", "type_in"]


class Went:
    """Remembers where a screen sent the person, and what it said."""

    def __init__(self):
        self.places = []
        self.errors = []

    def navigator(self):
        """Callables that only remember."""

        def to(place):
            return lambda *parts: self.places.append((place, *parts))

        return Navigator(
            today=to("today"),
            participants=to("participants"),
            participant=to("participant"),
            form=to("form"),
            run=to("run"),
            exam=to("exam"),
            documents=to("documents"),
            over_time=to("over_time"),
            say=self.errors.append,
        )


def in_window(qtbot, page, size=(1286, 664)):
    """Show a page in an active window of its own, as large as the shell leaves it at 1366×768."""
    window = QWidget()
    qtbot.shown_window = window  # qtbot itself holds widgets weakly
    line = QVBoxLayout(window)
    line.setContentsMargins(0, 0, 0, 0)
    line.addWidget(page)
    qtbot.addWidget(window)
    window.setFixedSize(*size)
    window.show()
    window.activateWindow()
    settle()
    return page


def settle():
    """Let everything that waits for the event loop happen."""
    for _ in range(4):
        QApplication.processEvents()


def type_in(text):
    """Type into what has the focus."""
    QTest.keyClicks(QApplication.focusWidget(), text)
    settle()


def press(key, modifiers=Qt.KeyboardModifier.NoModifier):
    """Press a key where the focus is."""
    QTest.keyClick(QApplication.focusWidget(), key, modifiers)
    settle()
