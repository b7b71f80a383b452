"""The window where there can be no other: what keeps the clinic from being opened.

It says what happened, what is safe and what to do, in either language, and is closed by a key.
"""

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut

from msclinic.domain.errors import UserError
from msclinic.ui.messages import words_of
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Panel, StatePane, column, row
from msclinic.wording import LANGUAGES, current_language, set_language, tr

__all__ = ["FaultWindow", "tell_fault"]

# What the smallest screen leaves beside the frame of a window.
_MOST = (1280, 680)
_NAMES = {"en": "English", "pl": "Polski"}


class FaultWindow(Panel):
    """One fault, and nothing that could make it worse.

    Signals:
        closed: It was closed.
    """

    closed = Signal()

    def __init__(self, fault: UserError) -> None:
        super().__init__("bg")
        self._fault = fault
        self.setWindowTitle("msclinic")
        self.pane = StatePane()
        self.language = Button("", "plain", icon="languages", size=36)
        self.language.setObjectName("fault/language")
        head = row(margins=(16, 16, 16, 0))
        head.addStretch(1)
        head.addWidget(self.language)
        lines = column(gap=0)
        lines.addLayout(head)
        lines.addWidget(self.pane, 1)
        self.setLayout(lines)
        self.language.clicked.connect(self._other_language)
        self.pane.acted.connect(self.close)
        for keys in ("Esc", "Ctrl+Q", "Ctrl+W"):
            QShortcut(QKeySequence(keys), self).activated.connect(self.close)
        self._say()
        theme = current_theme()
        self.resize(min(theme.px(720), _MOST[0]), min(theme.px(480), _MOST[1]))

    def closeEvent(self, event: QCloseEvent) -> None:
        """Whoever waits goes on."""
        super().closeEvent(event)
        self.closed.emit()

    def _say(self) -> None:
        title, rest = words_of(self._fault)
        safe = tr("The program has changed nothing in the clinic's folder.")
        self.pane.set_state("error", title, [rest, safe], tr("Close"))
        self.language.set_text(_NAMES[_other()])
        self.pane.button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _other_language(self) -> None:
        set_language(_other())
        self._say()


def tell_fault(fault: UserError) -> None:
    """Show a fault and wait until the person has closed it."""
    window, waiting = FaultWindow(fault), QEventLoop()
    window.closed.connect(waiting.quit)
    window.show()
    window.activateWindow()
    waiting.exec()


def _other() -> str:
    return next(one for one in LANGUAGES if one != current_language())
