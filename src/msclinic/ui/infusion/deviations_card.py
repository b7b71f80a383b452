"""Deviations of a run, each with its proposal; a person with that right classifies them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from msclinic.domain.values import Code
from msclinic.services.infusion.deviation_record import DeviationState
from msclinic.services.people import account_code
from msclinic.ui.widgets import Card, Chip, Segmented, column, keyed, label, row, rule
from msclinic.wording import current_language, plural, tr

__all__ = ["DeviationsCard"]


class DeviationsCard(Card):
    """The list of deviations.

    Signals:
        classified: Key of a deviation, and ``minor`` or ``important``.
    """

    classified = Signal(str, str)

    def __init__(self, states: Sequence[DeviationState], *, may_classify: bool) -> None:
        """Make the list.

        Args:
            states: The deviations.
            may_classify: Whether this person may say how important they are.
        """
        super().__init__()
        self.choices: dict[str, Segmented] = {}
        still = [state for state in states if not state.classified]
        words = plural(len(states), one="{count} deviation", other="{count} deviations")
        head = row(gap=8)
        head.addWidget(label(words, "section"))
        head.addStretch(1)
        if states:
            if still:
                note = plural(
                    len(still), one="{count} not classified", other="{count} not classified"
                )
                head.addWidget(Chip(note, "attention", "attention"))
            else:
                head.addWidget(Chip(tr("All classified"), "ok", "ok"))
        self.body.addLayout(head)
        for state in states:
            self.body.addWidget(rule())
            self.body.addWidget(self._line(state, may_classify=may_classify))
        if still and not may_classify:
            who = tr("The physician or the coordinator classifies them.")
            self.body.addWidget(label(who, "secondary", "text2", wrap=True))

    def first_open(self) -> Segmented | None:
        """The first one that is still to be classified."""
        return next(iter(self.choices.values()), None)

    def _line(self, state: DeviationState, *, may_classify: bool) -> QWidget:
        holder = QWidget()
        text = state.text.get(current_language()) or state.text["en"]
        words = column(gap=4)
        words.addWidget(label(text, "body", wrap=True))
        names = {"minor": tr("Minor"), "important": tr("Important")}
        if state.classified:
            by = account_code(state.classified_by)
            said = tr("{importance}, by {who}", importance=names[state.importance], who=by)
            words.addWidget(label(said, "secondary", "text2", wrap=True))
        elif may_classify:
            choice = Segmented(text, keyed(list(names.items())), size=44)
            choice.setObjectName(f"deviation/{state.key}")
            choice.setProperty("key", state.key)
            choice.answered.connect(self._chosen)
            self.choices[state.key] = choice
            proposed = names.get(state.importance, state.importance)
            line = row(gap=12)
            line.addWidget(choice)
            line.addWidget(
                label(tr("Proposed: {importance}", importance=proposed), "secondary", "text2")
            )
            line.addStretch(1)
            words.addLayout(line)
        holder.setLayout(words)
        return holder

    def _chosen(self, answer: object) -> None:
        choice = self.sender()
        if choice is not None and isinstance(answer, Code):
            self.classified.emit(str(choice.property("key")), answer.value)
