"""The bedside check: one person's own answers, and the two checks side by side once both are done.

While a check is not finished nothing of the other one is read, so nothing of it can be shown.
"""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from msclinic.services.entry import FormEntry
from msclinic.services.infusion.bedside import Comparison
from msclinic.services.people import account_code
from msclinic.ui.forms.words import answer_words
from msclinic.ui.infusion.section_step import Section, SectionStep
from msclinic.ui.widgets import Card, IconMark, Panel, column, label, row
from msclinic.wording import current_language, tr

__all__ = ["CheckStep", "check_sections", "comparison_card"]


def check_sections(entry: FormEntry) -> list[Section]:
    """The groups of an own check, as sections."""
    language = current_language()
    return [
        Section(group.oid, group.title.text(language), entry, (group.oid,))
        for group in entry.form.item_groups
    ]


class CheckStep(SectionStep):
    """One person's own check, with the other's answers hidden or laid beside."""

    def __init__(self, entry: FormEntry, others: Sequence[str], comparison: Comparison) -> None:
        """Make the check's screen.

        Args:
            entry: The own check.
            others: Accounts of the other checkers, for the note that their answers are hidden.
            comparison: The two checks, or nothing but who has finished.
        """
        super().__init__(check_sections(entry))
        layout = self.layout()
        if comparison.ready:
            top: QWidget | None = comparison_card(entry, comparison)
        elif others:
            top = _hidden_note(others)
        else:
            top = None
        if top is not None and layout is not None:
            self._body.insertWidget(0, top)


def _hidden_note(others: Sequence[str]) -> QWidget:
    note = Panel("sunken", "bottom")
    line = row(gap=12, margins=(16, 8, 16, 8))
    line.addWidget(IconMark("hidden", "text2", 20))
    who = ", ".join(account_code(other) for other in others)
    text = tr("The answers of {who} are hidden until you have finished.", who=who)
    line.addWidget(label(text, "secondary", "text2", wrap=True), 1)
    note.setLayout(line)
    return note


def comparison_card(entry: FormEntry, comparison: Comparison) -> QWidget:
    """Both checks side by side: what differs, or that nothing does."""
    holder = QWidget()
    outer = column(gap=0, margins=(16, 8, 16, 8))
    card = Card(gap=4)
    outer.addWidget(card)
    holder.setLayout(outer)
    language, zone = current_language(), entry.session.zone
    if not comparison.differences:
        line = row(gap=12)
        line.addWidget(IconMark("ok", "ok", 20))
        words = tr("Both checks agree in every answer.")
        line.addWidget(label(words, "body_strong", wrap=True), 1)
        card.body.addLayout(line)
        return holder
    card.set_tone("stop")
    line = row(gap=12)
    line.addWidget(IconMark("stop", "stop", 20))
    line.addWidget(label(tr("The two checks differ"), "body_strong", "stop", wrap=True), 1)
    card.body.addLayout(line)
    advice = tr("Look together at the chair. Whoever misread changes the own answer; both stay.")
    card.body.addWidget(label(advice, "secondary", "text2", wrap=True))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(4)
    accounts = [account for account, _ in comparison.differences[0].answers]
    for place, account in enumerate(accounts, start=1):
        grid.addWidget(label(account_code(account), "label_strong", "text2"), 0, place)
    for at, difference in enumerate(comparison.differences, start=1):
        item = entry.form.item(difference.item)
        grid.addWidget(label(item.label.text(language), "body", wrap=True), at, 0)
        for place, (_, answer) in enumerate(difference.answers, start=1):
            words = answer_words(answer, item, language, zone, entry.form.units)
            grid.addWidget(label(words, "body_strong"), at, place)
    grid.setColumnStretch(0, 1)
    card.body.addLayout(grid)
    return holder
