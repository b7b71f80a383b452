"""A step in which this person has nothing to answer: it says why, and since when."""

from collections.abc import Sequence

from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.widgets import StatePane, column

__all__ = ["WordsStep"]


class WordsStep(StepPage):
    """A few words in place of a step."""

    def __init__(self, kind: str, title: str, lines: Sequence[str]) -> None:
        """Make the words.

        Args:
            kind: A kind of ``StatePane``.
            title: What it is.
            lines: Why, since when, what comes next.
        """
        super().__init__()
        pane = StatePane()
        pane.set_state(kind, title, [line for line in lines if line])
        body = column(gap=0)
        body.addWidget(pane)
        self.setLayout(body)
