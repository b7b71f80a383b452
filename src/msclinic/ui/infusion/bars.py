"""Bars over a step: stop rules that hold now, and who acts beside the person signed in."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import Finding
from msclinic.ui.infusion.gate_panel import empty_layout
from msclinic.ui.widgets import Button, IconMark, Panel, column, label, row
from msclinic.wording import current_language, tr

__all__ = ["ActingBar", "StopBars"]


class StopBars(QWidget):
    """One red bar for each stop rule; it blocks the next step, never the screen."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[tuple[str, str], ...] = ()
        self._lines = column(gap=0)
        self.setLayout(self._lines)
        self.hide()

    def set_findings(self, findings: Sequence[Finding]) -> None:
        """Show the rules that hold now."""
        language = current_language()
        shown = tuple(
            (finding.code, finding.message.get(language) or finding.message["en"])
            for finding in findings
        )
        if shown == self._shown:
            return
        self._shown = shown
        empty_layout(self._lines)
        for code, sentence in shown:
            bar = Panel("stopbg", "bottom")
            line = row(gap=12, margins=(16, 10, 16, 10))
            line.addWidget(IconMark("stop", "stop", 20))
            line.addWidget(label(sentence, "body_strong", "stop", wrap=True), 1)
            line.addWidget(label(tr("Rule {code}", code=code), "secondary", "text2"))
            bar.setLayout(line)
            bar.setAccessibleName(sentence)
            self._lines.addWidget(bar)
        self.setVisible(bool(shown))


class ActingBar(Panel):
    """Says that a second person acts here, and lets them go.

    Signals:
        left: The second person is done.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__("accentbg", "bottom")
        self._words = label("", "body_strong", wrap=True)
        done = Button(tr("Done, sign out"), size=40)
        done.setObjectName("acting/done")
        done.clicked.connect(self.left)
        line = row(gap=12, margins=(16, 4, 16, 4))
        line.addWidget(IconMark("user", "accent", 20))
        line.addWidget(self._words, 1)
        line.addWidget(done)
        self.setLayout(line)
        self.hide()

    def set_people(self, second: str, role: str, first: str) -> None:
        """Name the second person, the role and the first."""
        words = tr(
            "{second}, {role}, acts here beside {first}", second=second, role=role, first=first
        )
        self._words.setText(words)
        self.setAccessibleName(words)
        self.show()
