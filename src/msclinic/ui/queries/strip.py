"""The strip beneath an item, or above a form, that says which query waits there."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.queries import ANSWERED, CLOSED, OPEN
from msclinic.services.query_model import Query
from msclinic.ui.queries.words import query_chip, query_words
from msclinic.ui.widgets.base import column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.wording import tr

__all__ = ["QueryStrip"]


class QueryStrip(QWidget):
    """What is asked, and the button that opens it; hidden while nothing waits.

    Signals:
        asked: The person wants to see it.
    """

    asked = Signal()

    def __init__(self, name: str, *, left: int = 0, right: int = 0, narrow: bool = False) -> None:
        """Make a hidden strip.

        Args:
            name: Object name.
            left: Margin at the left, where nothing around it has one.
            right: Margin at the right.
            narrow: Whether it stands in a column: chip, words and button over each other.
        """
        super().__init__()
        self.setObjectName(name)
        self._chip = Chip("", "attention", "query")
        self._words = label("", "body", wrap=True)
        self._open = Button(tr("Open"), "outlined", size=36)
        self._open.setObjectName(f"{name}/open")
        self._open.set_keys("Ctrl M")
        self._open.clicked.connect(self.asked)
        margins = (left, 2, right, 4)
        if narrow:
            lines = column(gap=4, margins=margins)
            lines.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
            lines.addWidget(self._words)
            lines.addWidget(self._open)
            self.setLayout(lines)
        else:
            line = row(gap=12, margins=margins)
            line.addWidget(self._chip)
            line.addWidget(self._words, 1)
            line.addWidget(self._open)
            self.setLayout(line)
        self.hide()

    def show_queries(self, queries: list[Query]) -> None:
        """Show the query that needs most; none hides the strip."""
        waiting = [query for query in queries if query.status != CLOSED]
        waiting.sort(key=lambda query: (OPEN, ANSWERED).index(query.status))
        self.setVisible(bool(waiting))
        if not waiting:
            return
        first = waiting[0]
        self._chip.set_state(*query_chip(first.status))
        more = tr("and {count} more", count=len(waiting) - 1) if len(waiting) > 1 else ""
        self._words.setText(" · ".join(part for part in (query_words(first), more) if part))
        answers = "answer" in first.may and first.status == OPEN
        closes = "close" in first.may and first.status == ANSWERED
        # The filled button of a page is its next step; this one only stands out.
        self._open.set_kind("accent_outlined" if answers or closes else "outlined")
        self._open.set_text(tr("Answer…") if answers else tr("Open"))
