"""One round at the chair on one screen: vital signs, line, symptoms, the last values above.

The rounds' repeats and their answers are the services'; nothing is proposed or filled in.
"""

from collections.abc import Mapping

from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.rounds import RoundEntry
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.infusion.step_page import StepPage, open_words, short_words
from msclinic.ui.widgets import Card, SectionHeading, column
from msclinic.wording import current_language, plural, tr

__all__ = ["RoundStep"]


class RoundStep(StepPage):
    """A round that is due, or one that is looked at again."""

    def __init__(self, entry: RoundEntry, last: Mapping[str, str], pump_note: str = "") -> None:
        """Make the round's screen.

        Args:
            entry: Its forms and items, already there.
            last: Last value of each item as text, with its point.
            pump_note: What the pump should show, beside its field.
        """
        super().__init__()
        self.entry = entry
        self.panels: list[ItemsPanel] = []
        body = column(gap=8, margins=(16, 8, 16, 8))
        if entry.vitals is not None:
            body.addWidget(self._card(entry.vitals, entry.reading, "", last))
        if entry.infusion is not None and entry.line:
            title = tr("Line and pump")
            body.addWidget(self._card(entry.infusion, entry.line, title, last, pump_note))
        if entry.infusion is not None and entry.symptoms:
            title = tr("Symptoms, ask one by one")
            note = tr("any yes: call the physician")
            body.addWidget(self._card(entry.infusion, entry.symptoms, title, last, note))
        body.addStretch(1)
        self.setLayout(body)

    def left(self) -> int:
        """Answers left on all cards."""
        return sum(len(self._open(panel)) for panel in self.panels)

    def left_words(self) -> tuple[str, str]:
        """How many are left and which."""
        labels = [
            panel.entry.form.item(ref[2]).label.text(current_language())
            for panel in self.panels
            for ref in self._open(panel)
        ]
        if not labels:
            return "", ""
        return plural(len(labels), one="{count} left:", other="{count} left:"), open_words(labels)

    def next_words(self) -> str:
        """The item to be typed next."""
        for panel in self.panels:
            for ref in self._open(panel):
                label = panel.entry.form.item(ref[2]).label.text(current_language())
                return tr("Next: {item}", item=short_words(label))
        return ""

    def go_next(self) -> bool:
        """Go to the next open item."""
        return any(panel.focus_next_open() for panel in self.panels)

    def begin(self) -> bool:
        """Go to the first open item."""
        return self.go_next()

    def untouched(self) -> bool:
        """Whether no vital sign of the round was answered yet."""
        vitals = self.entry.vitals
        return vitals is not None and all(
            vitals.state(ref).answer is None for ref in self.entry.reading
        )

    def settle(self) -> None:
        """Store what is still being typed."""
        for panel in self.panels:
            panel.settle()

    def reread(self) -> None:
        """Read the forms again."""
        for panel in self.panels:
            panel.refresh()

    def _card(
        self,
        entry: FormEntry,
        refs: tuple[Ref, ...],
        title: str,
        last: Mapping[str, str],
        note: str = "",
    ) -> QWidget:
        card = Card(gap=4)
        if title:
            card.body.addWidget(SectionHeading(title, note, "label"))
        # Tiles fill the width they get; only fields need a widest room.
        room = 1200 if all(ref[0] == "symptoms" for ref in refs) else 560
        panel = ItemsPanel(entry, refs, layout="chair", columns=3, headings=False, room=room)
        for ref, editor in panel.editors.items():
            editor.set_last(last.get(ref[2], ""))
        panel.saved.connect(self.saved)
        panel.stored.connect(self._stored)
        panel.failed.connect(self.failed)
        panel.end_reached.connect(self._end_reached)
        self.panels.append(panel)
        card.body.addWidget(panel)
        return card

    def _open(self, panel: ItemsPanel) -> list[Ref]:
        open_items = set(panel.entry.open_items())
        return [
            ref
            for ref in panel.refs
            if ref in open_items
            or any(f.severity == "soft" for f in panel.entry.state(ref).findings)
        ]

    def _stored(self, _ref: Ref) -> None:
        self.moved.emit()

    def _end_reached(self) -> None:
        self.go_next()
