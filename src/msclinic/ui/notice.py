"""One line over the page that says what went wrong and what to do; it blocks nothing."""

from PySide6.QtCore import Qt

from msclinic.ui.widgets import Button, IconMark, Panel, label, row
from msclinic.ui.widgets.base import column
from msclinic.wording import tr

__all__ = ["Notice"]


class Notice(Panel):
    """A message that stays until it is closed or another one comes."""

    def __init__(self) -> None:
        super().__init__("stopbg", "bottom")
        self._title = label("", "body_strong", "stop", wrap=True)
        self._rest = label("", "body", "text", wrap=True)
        self._close = Button(tr("Close"), "quiet", icon="x", size=36)
        self._close.clicked.connect(self.hide)
        words = column(gap=0)
        words.addWidget(self._title)
        words.addWidget(self._rest)
        line = row(gap=12, margins=(16, 8, 16, 8))
        line.addWidget(IconMark("attention", "stop", 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)
        self.hide()

    def say(self, title: str, rest: str = "") -> None:
        """Show a message."""
        # The language may have been switched since the window was made.
        self._close.set_text(tr("Close"))
        self._title.setText(title)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        self.setAccessibleName(f"{title} {rest}".strip())
        self.show()

    def clear(self) -> None:
        """Take the message away."""
        self.hide()
