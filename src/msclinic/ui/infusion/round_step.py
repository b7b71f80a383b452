"""One round at the chair on one screen: vital signs, line, symptoms, the last values above.

The rounds' repeats and their answers are the services'; nothing is proposed or filled in.
"""

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QWidget

from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.infusion.rounds import RoundEntry
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.forms.marks import ItemMarks
from msclinic.ui.infusion.step_page import (
    StepPage,
    editor_in,
    open_words,
    place_in,
    room_at_large_text,
    short_words,
)
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Card, SectionHeading, column
from msclinic.wording import current_language, plural, tr

__all__ = ["RoundStep"]

# At larger text three fields do not stand beside each other on the smallest screen.
_THREE_UP_TO = 160


class RoundStep(StepPage):
    """A round that is due, or one that is looked at again."""

    shows_items = True

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
        self._marks: dict[int, ItemMarks] = {}
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
        for marks in self._marks.values():
            marks.read()
        for panel in self.panels:
            panel.refresh()

    def place_of(self, editor: ItemEditor) -> tuple[FormEntry, Ref] | None:
        """Form and item of one of its editors."""
        return place_in(self.panels, editor)

    def editor_of(self, ref: Ref) -> ItemEditor | None:
        """What shows an item."""
        return editor_in(self.panels, ref)

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
        large = current_theme().scale > _THREE_UP_TO
        if large:
            room = room_at_large_text()
        panel = ItemsPanel(
            entry,
            refs,
            layout="chair",
            columns=2 if large else 3,
            headings=False,
            room=room,
            marks=self._marks_of(entry),
        )
        for ref, editor in panel.editors.items():
            editor.set_last(last.get(ref[2], ""))
        panel.saved.connect(self.saved)
        panel.stored.connect(self._stored)
        panel.failed.connect(self.failed)
        panel.end_reached.connect(self._end_reached)
        self.panels.append(panel)
        card.body.addWidget(panel)
        return card

    def _marks_of(self, entry: FormEntry) -> ItemMarks:
        # Line and symptoms are parts of one form, whose marks are read once.
        if id(entry) not in self._marks:
            marks = self._marks[id(entry)] = ItemMarks(entry, self)
            marks.query_asked.connect(partial(self._query_asked, entry))
        return self._marks[id(entry)]

    def _query_asked(self, entry: FormEntry, ref: Ref) -> None:
        self.query_asked.emit(entry, ref)

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
