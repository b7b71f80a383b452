"""A step made of folding sections of one or more forms; the one at hand is open."""

from collections.abc import Callable, Sequence
from functools import partial

from attrs import frozen
from PySide6.QtWidgets import QWidget

from msclinic.domain.errors import UserError
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.blocks import refs_of
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.forms.marks import ItemMarks
from msclinic.ui.infusion.section_head import SectionHead
from msclinic.ui.infusion.step_page import (
    StepPage,
    editor_in,
    open_words,
    place_in,
    room_at_large_text,
    short_words,
)
from msclinic.ui.widgets import Button
from msclinic.ui.widgets.base import column, let_go, row
from msclinic.wording import current_language, plural, tr

__all__ = ["Section", "SectionStep"]

_ROOM = 600


@frozen
class Section:
    """One folding part of a step.

    Attributes:
        key: Its name within the step.
        title: Its heading.
        entry: The form it belongs to.
        chosen: Groups and items, as ``ItemsPanel`` takes them.
        columns: Columns of fields.
        prepare: Called before it is first opened; gives what is chosen then.
        again: Words and the act that begins it anew, what was answered staying as it is; the act
            gives what is chosen then.
    """

    key: str
    title: str
    entry: FormEntry
    chosen: tuple[str | Ref, ...]
    columns: int = 2
    prepare: Callable[[], tuple[str | Ref, ...]] | None = None
    again: tuple[str, Callable[[], tuple[str | Ref, ...]]] | None = None


class SectionStep(StepPage):
    """Sections of one or more forms; the one at hand is open, finished ones are one line."""

    shows_items = True

    def __init__(self, sections: Sequence[Section], *, fold: bool = True) -> None:
        """Make the step; the first section with something left is opened.

        Args:
            sections: In the order of work.
            fold: Whether only one is open at a time.
        """
        super().__init__()
        self._sections = tuple(sections)
        self._fold = fold
        self._heads: dict[str, SectionHead] = {}
        self._places: dict[str, QWidget] = {}
        self.panels: dict[str, ItemsPanel] = {}
        self._marks: dict[int, ItemMarks] = {}
        self._open = ""
        self._body = column(gap=0)
        for section in self._sections:
            head = SectionHead(section.title)
            head.setProperty("section", section.key)
            head.setObjectName(f"section/{section.key}")
            head.clicked.connect(self._head_pressed)
            self._heads[section.key] = head
            self._body.addWidget(head)
            place = QWidget()
            place.setLayout(column(gap=0, margins=(16, 8, 16, 12)))
            place.hide()
            self._places[section.key] = place
            self._body.addWidget(place)
        self._body.addStretch(1)
        self.setLayout(self._body)
        if not fold:
            for section in self._sections:
                self._show(section)
        first = next((s for s in self._sections if self._waiting(s)), None)
        self.open(first.key if first is not None else self._sections[0].key)

    def open(self, key: str) -> None:
        """Open a section; in a folding step the others close."""
        self._open = key
        for section in self._sections:
            if section.key == key:
                self._show(section)
            elif self._fold:
                self._places[section.key].hide()
        self._show_heads()

    def anew(self, key: str) -> None:
        """Begin a section anew and go to its first answer."""
        section = self._section(key)
        if section is None or section.again is None:
            return
        self.open(key)
        self.settle()
        try:
            chosen = section.again[1]()
        except UserError as error:
            self.failed.emit(error)
            return
        layout, old = self._places[key].layout(), self.panels.pop(key)
        self._marks_of(section.entry).forget(old.editors)
        panel = self._panel(section, chosen)
        if layout is not None:
            layout.replaceWidget(old, panel)
        panel.focus_first()
        let_go(old)
        self._show_heads()
        self.moved.emit()

    def left(self) -> int:
        """Answers left in all sections; one not begun counts as one."""
        unbegun = sum(not self._begun(section) for section in self._sections)
        return unbegun + sum(len(self._open_refs(section)) for section in self._sections)

    def left_words(self) -> tuple[str, str]:
        """How many are left and which come first."""
        labels = [
            section.entry.form.item(ref[2]).label.text(current_language())
            for section in self._sections
            for ref in self._open_refs(section)
        ]
        unbegun = [s.title for s in self._sections if s.prepare is not None and not self._begun(s)]
        names = [*labels, *unbegun]
        if not names:
            return "", ""
        return plural(len(names), one="{count} left:", other="{count} left:"), open_words(names)

    def next_words(self) -> str:
        """Where the button leads."""
        here = self._section(self._open)
        waiting = [here, *self._sections] if here is not None else list(self._sections)
        for section in waiting:
            if not self._begun(section):
                return tr("Next: {item}", item=section.title)
            mine = self._mine(section)
            if mine:
                label = section.entry.form.item(mine[0][2]).label.text(current_language())
                return tr("Next: {item}", item=short_words(label))
        return ""

    def go_next(self) -> bool:
        """Go to the next item this person can answer, opening its section."""
        here = self._section(self._open)
        waiting = [here, *self._sections] if here is not None else list(self._sections)
        for section in waiting:
            if not self._begun(section) or self._mine(section):
                if section.key != self._open:
                    self.open(section.key)
                if self.panels[section.key].focus_next_open():
                    return True
        return False

    def begin(self) -> bool:
        """Go to the first open item of the section that is open."""
        panel = self.panels.get(self._open)
        return panel is not None and panel.focus_next_open()

    def settle(self) -> None:
        """Store what is still being typed."""
        for panel in self.panels.values():
            panel.settle()

    def reread(self) -> None:
        """Read every form again, each once, though several sections show it."""
        for entry in {id(one.entry): one.entry for one in self._sections}.values():
            entry.reload()
        for marks in self._marks.values():
            marks.read()
        for panel in self.panels.values():
            panel.refresh(read=False)
        self._show_heads()

    def place_of(self, editor: ItemEditor) -> tuple[FormEntry, Ref] | None:
        """Form and item of one of its editors."""
        return place_in(self.panels.values(), editor)

    def editor_of(self, ref: Ref) -> ItemEditor | None:
        """What shows an item."""
        return editor_in(self.panels.values(), ref)

    def _show(self, section: Section) -> None:
        place = self._places[section.key]
        if section.key not in self.panels:
            chosen = section.prepare() if section.prepare is not None else section.chosen
            layout = place.layout()
            if layout is not None:
                layout.addWidget(self._panel(section, chosen))
                if section.again is not None and section.entry.may_enter:
                    layout.addWidget(self._again(section.key, section.again[0]))
        place.show()

    def _panel(self, section: Section, chosen: tuple[str | Ref, ...]) -> ItemsPanel:
        panel = ItemsPanel(
            section.entry,
            chosen,
            layout="chair",
            columns=section.columns,
            headings=False,
            room=_room(),
            marks=self._marks_of(section.entry),
        )
        panel.setObjectName(f"panel/{section.key}")
        panel.saved.connect(self.saved)
        panel.stored.connect(self._stored)
        panel.failed.connect(self.failed)
        panel.end_reached.connect(self._end_reached)
        self.panels[section.key] = panel
        return panel

    def _marks_of(self, entry: FormEntry) -> ItemMarks:
        # Several sections show one form, whose marks are read once.
        if id(entry) not in self._marks:
            marks = self._marks[id(entry)] = ItemMarks(entry, self)
            marks.query_asked.connect(partial(self._query_asked, entry))
        return self._marks[id(entry)]

    def _query_asked(self, entry: FormEntry, ref: Ref) -> None:
        self.query_asked.emit(entry, ref)

    def _again(self, key: str, words: str) -> QWidget:
        button = Button(words, icon="activity", size=44)
        button.setObjectName(f"section/{key}#again")
        button.clicked.connect(lambda: self.anew(key))
        holder = QWidget()
        line = row(gap=0, margins=(0, 8, 0, 0))
        line.addWidget(button)
        line.addStretch(1)
        holder.setLayout(line)
        return holder

    def _show_heads(self) -> None:
        for section in self._sections:
            left = len(self._open_refs(section))
            begun = self._begun(section)
            fails = begun and self._fails(section)
            is_open = not self._fold or section.key == self._open
            if fails:
                state, note = "stop", tr("Fails")
            elif not begun or left:
                state = "in_progress" if is_open else "not_begun"
                note = tr("{count} left", count=left) if begun else tr("Not begun")
            else:
                state, note = "done", tr("Done")
            self._heads[section.key].set_state(state, note, is_open=is_open)

    def _section(self, key: str) -> Section | None:
        return next((section for section in self._sections if section.key == key), None)

    def _begun(self, section: Section) -> bool:
        return section.prepare is None or section.key in self.panels or bool(section.chosen)

    def _waiting(self, section: Section) -> bool:
        return not self._begun(section) or bool(self._mine(section))

    def _refs(self, section: Section) -> list[Ref]:
        panel = self.panels.get(section.key)
        return panel.refs if panel is not None else refs_of(section.entry, section.chosen)

    def _open_refs(self, section: Section) -> list[Ref]:
        open_items = set(section.entry.open_items())
        refs = self._refs(section)
        return [ref for ref in refs if ref in open_items or self._asks(section, ref)]

    def _mine(self, section: Section) -> list[Ref]:
        return [
            ref
            for ref in self._open_refs(section)
            if section.entry.may_answer(section.entry.form.item(ref[2]))
        ]

    def _asks(self, section: Section, ref: Ref) -> bool:
        return any(f.severity == "soft" for f in section.entry.state(ref).findings)

    def _fails(self, section: Section) -> bool:
        # What is computed over a part that nobody has begun yet says nothing so far.
        early = not all(self._begun(one) for one in self._sections)
        return any(
            finding.severity == "gate"
            for ref in self._refs(section)
            if not (early and section.entry.form.item(ref[2]).computed)
            for state in (section.entry.state(ref),)
            if state.answer is not None
            for finding in state.findings
        )

    def _stored(self, _ref: Ref) -> None:
        panel = self.sender()
        stored = panel.entry if isinstance(panel, ItemsPanel) else None
        # Facts of one form stand in another: the baseline decides on an item of the checklist.
        others = {id(one.entry): one.entry for one in self._sections if one.entry is not stored}
        for entry in others.values():
            entry.reload()
        for section in self._sections:
            if section.entry is not stored and section.key in self.panels:
                self.panels[section.key].refresh(read=False)
        self._show_heads()
        self.moved.emit()

    def _end_reached(self) -> None:
        self.go_next()

    def _head_pressed(self) -> None:
        head = self.sender()
        if isinstance(head, SectionHead):
            key = str(head.property("section"))
            self.open(key)
            self.panels[key].focus_first()


def _room() -> int:
    """Widest row of choices at 100 %; at large text wider ones become lists."""
    return min(_ROOM, room_at_large_text())
