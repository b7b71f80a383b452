"""The close of a visit: the last answers, and the deviations to be classified."""

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from msclinic.domain.infusion.items import AFTER_INFUSION
from msclinic.services.infusion.deviation_record import DeviationState
from msclinic.ui.infusion.deviations_card import DeviationsCard
from msclinic.ui.infusion.section_step import Section, SectionStep
from msclinic.ui.infusion.sight import Sight
from msclinic.ui.widgets import column
from msclinic.wording import current_language, tr

__all__ = ["ClosingStep"]


class ClosingStep(SectionStep):
    """The last answers, and the deviations to be classified."""

    def __init__(self, sight: Sight) -> None:
        entry = sight.entry(AFTER_INFUSION)
        title = entry.form.item_group("closure").title.text(current_language())
        super().__init__([Section("closure", title, entry, ("closure",))], fold=False)
        self.deviations = DeviationsCard(
            sight.view.deviations, may_classify=sight.actor.may("deviations")
        )
        self.deviations.chosen.connect(self.moved)
        holder = QWidget()
        lines = column(gap=0, margins=(16, 8, 16, 8))
        lines.addWidget(self.deviations)
        holder.setLayout(lines)
        self._body.insertWidget(self._body.count() - 1, holder)

    def set_deviations(self, states: Sequence[DeviationState]) -> None:
        """Show the deviations as they are now."""
        self.deviations.set_states(states)

    def next_words(self) -> str:
        """The answers first, then the deviations."""
        words = super().next_words()
        if words:
            return words
        if self.deviations.first_open() is not None:
            return tr("Next: classify the deviations")
        return tr("Record the comment") if self.deviations.unsaid() else ""

    def go_next(self) -> bool:
        """Go to the next answer or deviation."""
        if super().go_next():
            return True
        self.deviations.settle()
        return self.deviations.go_to_open()

    def settle(self) -> None:
        """Store what is being typed, and what was chosen."""
        super().settle()
        self.deviations.settle()
