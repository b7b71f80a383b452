"""Items of a form as editors that store what is answered, with findings and reasons beside them.

The form's rules and the record stay in ``FormEntry``; nothing is shown as stored before its commit
has returned, and an impossible value is never stored.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.domain.errors import UserError
from msclinic.domain.values import Answer, Finding
from msclinic.forms.session import Ref
from msclinic.services.entry import CHANGED, LATE, FormEntry, ItemState
from msclinic.ui.editors import EditorSetting, ItemEditor, ItemGrid, make_editor
from msclinic.ui.forms.beside import CONFLICT, Beside, choose_contender, holds_open
from msclinic.ui.forms.blocks import Heading, blocks_of, into_view, refs_of
from msclinic.ui.forms.marks import ItemMarks
from msclinic.ui.forms.when import WhenBar
from msclinic.ui.forms.words import (
    MISTYPED,
    keep_reasons,
    late_reasons,
)
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import column, let_go, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.choices import ChoiceGroup
from msclinic.ui.widgets.fields import NumberField, TypedField
from msclinic.ui.widgets.multi_choice import MultiChoice
from msclinic.ui.widgets.reasons import FindingPanel, Reason
from msclinic.wording import current_language, plural, tr

__all__ = ["ItemsPanel"]

_ROOM = 560


class ItemsPanel(QWidget):
    """Editors of some items of an open form.

    Signals:
        stored: ``Ref`` of an item whose answer, reason or time is in the record now.
        saved: When that was, aware; sent before ``stored``.
        left_changed: How many things are left here.
        history_asked: ``Ref`` of an item whose history is wanted.
        query_asked: ``Ref`` of an item whose queries are wanted.
        end_reached: There is no further item to go to.
        failed: What kept an answer from being stored; the panel shows the stored one again.
    """

    stored = Signal(object)
    saved = Signal(object)
    left_changed = Signal(int)
    history_asked = Signal(object)
    query_asked = Signal(object)
    end_reached = Signal()
    failed = Signal(object)

    def __init__(
        self,
        entry: FormEntry,
        chosen: Sequence[str | Ref],
        *,
        layout: str = "desk",
        columns: int = 3,
        headings: bool = True,
        room: int = _ROOM,
        explain_read_only: bool = True,
        leaves_at_end: bool = False,
        marks: ItemMarks | None = None,
    ) -> None:
        """Build the editors; only what is shown is asked of the record.

        Args:
            entry: The open form; the panel does all storing through it.
            chosen: OIDs of item groups and references of items, in the order of the screen.
            layout: ``desk`` (label beside the field) or ``chair`` (large, in columns).
            columns: Columns at the chair.
            headings: Whether each group, and each repeat of one, has its title above it.
            room: Widest row of choices, in pixels at 100 %; wider ones become lists.
            explain_read_only: Whether each item says why it cannot be answered.
            leaves_at_end: Whether going on from the last item is left to ``end_reached``.
            marks: What else is known of each item: queries, comparison with the source, locks.
        """
        super().__init__()
        self.entry = entry
        self._chosen = tuple(chosen)
        self._chair = layout == "chair"
        self._columns, self._headings, self._room = columns, headings, room
        self._explain = explain_read_only
        self._leaves_at_end = leaves_at_end
        self._marks = marks
        self._event_time: datetime | None = None
        self._times: dict[Ref, datetime] = {}
        self._reason: dict[Ref, Reason] = {}
        self._refused: dict[Ref, tuple[Finding, ...]] = {}
        self._left = -1
        self._when_of: Ref | None = None
        self.editors: dict[Ref, ItemEditor] = {}
        self._rows: dict[Ref, QWidget] = {}
        self._setting = EditorSetting(
            language=current_language(),
            zone=entry.session.zone,
            now=entry.session.now,
            units=entry.form.units,
            reasons=keep_reasons(),
            chair=self._chair,
            room=room,
        )
        self._beside = Beside(entry, self._setting, lambda: self.editors)
        self._body = column(gap=0 if not self._chair else 12)
        self.setLayout(self._body)
        self._late = FindingPanel()
        self._late.kept.connect(self._late_kept)
        self._late.hide()
        self._when = WhenBar(entry.session.now, entry.session.zone)
        self._when.chosen.connect(self._happened)
        self._when.dismissed.connect(self._when_closed)
        self._when.hide()
        self._build()
        self.refresh(read=False)

    # What screens call

    @property
    def refs(self) -> list[Ref]:
        """The items shown here, in order."""
        return list(self.editors)

    def refresh(self, *, read: bool = True) -> None:
        """Show what the record says now.

        Args:
            read: Whether to read the form anew, as others may have changed it.
        """
        if read:
            self.entry.reload()
        if [*refs_of(self.entry, self._chosen)] != list(self.editors):
            self._build()
        for ref in self.editors:
            self._show(ref)
        self._show_late()
        self._count()

    def left(self) -> int:
        """Required answers and reasons that are missing here."""
        open_items = set(self.entry.open_items()) & set(self.editors)
        asking = {ref for ref in self.editors if holds_open(self.entry.state(ref))}
        return len(open_items | asking)

    def focus_first(self) -> bool:
        """Go to the first item that can be answered."""
        return self._go_to(self.editors)

    def focus_next_open(self) -> bool:
        """Go to the next item that waits for this person; False where nothing does."""
        open_items = set(self.entry.open_items())
        for ref, editor in self.editors.items():
            state = self.entry.state(ref)
            if self._beside.asks_here(ref, state) and editor.panel.isVisibleTo(self):
                editor.panel.ask()
                return True
            if ref in open_items and not state.read_only:
                self._focus(ref)
                return True
        if self._late.isVisibleTo(self):
            self._late.ask()
            return True
        return False

    def focus_item(self, ref: Ref) -> None:
        """Go to one item."""
        self._focus(ref)

    def set_event_time(self, moment: datetime | None) -> None:
        """Everything answered from now on happened then; None for when it is typed."""
        self._event_time = moment

    def settle(self) -> None:
        """Answer with what is still being typed."""
        for editor in self.editors.values():
            if isinstance(editor.input, TypedField):
                editor.input.commit()

    def add_repeat(self, group: str) -> str:
        """Add a repeat of a group that is shown here and go to its first item; gives its key."""
        key = self.entry.add_repeat(group)
        self.refresh(read=False)
        self._go_to([ref for ref in self.editors if ref[1] == key])
        self.saved.emit(self.entry.session.now())
        return key

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Behind the last item comes what the screen says, not what was built next."""
        if forward and self._leaves_at_end and self._at_last():
            self.end_reached.emit()
            return True
        return super().focusNextPrevChild(forward)

    def _at_last(self) -> bool:
        focused = QApplication.focusWidget()
        states = [self.entry.state(ref) for ref in self.editors]
        able = [state.ref for state in states if state.relevant and not state.read_only]
        if not able or focused is None:
            return False
        last = self.editors[able[-1]]
        if focused is last.focusProxy() or last.input.isAncestorOf(focused):
            return not (last.panel.isVisible() or self._late.isVisible())
        return last.panel.isAncestorOf(focused) and not self._late.isVisible()

    # Building

    def _build(self) -> None:
        while self._body.count():
            item = self._body.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None and widget not in (self._late, self._when):
                let_go(widget)
        self.editors, self._rows = {}, {}
        groups = [one for one in self._chosen if isinstance(one, str)]
        for block in blocks_of(self.entry, self._chosen):
            group = self.entry.form.item_group(block.group)
            if self._headings:
                title = group.title.text(self._setting.language)
                if group.repeating:
                    title = f"{title} {self.entry.keys(block.group).index(block.key) + 1}"
                self._body.addWidget(Heading(title, 0 if self._chair else 24))
            grid = ItemGrid(self._columns) if self._chair else None
            for ref in block.refs:
                editor = self._make(ref)
                if grid is not None:
                    grid.add(editor, self._span(editor))
                else:
                    self._body.addWidget(editor)
            if grid is not None:
                self._body.addWidget(grid)
        for oid in groups:
            if self.entry.form.item_group(oid).repeating and self.entry.may_enter:
                self._body.addWidget(self._more(oid))
        self._body.addWidget(self._late)
        if self._chair:
            self._body.addWidget(self._when)
        self._body.addStretch(1)

    def _make(self, ref: Ref) -> ItemEditor:
        item = self.entry.form.item(ref[2])
        editor = make_editor(item, self.entry.path(ref), self._setting)
        editor.setProperty("ref", "/".join(ref))
        if isinstance(editor.input, TypedField):
            editor.input.setMaximumWidth(current_theme().px(self._room))
            editor.input.edit.textChanged.connect(self._text_set)
        editor.answered.connect(self._answered)
        editor.kept.connect(self._kept)
        editor.history_asked.connect(self._history)
        editor.when_asked.connect(self._ask_when)
        editor.query_asked.connect(self._query)
        self.editors[ref] = editor
        if self._marks is not None:
            self._marks.mark(ref, editor)
        return editor

    def _more(self, group: str) -> QWidget:
        title = self.entry.form.item_group(group).title.text(self._setting.language)
        more = Button(tr("One more: {title}", title=title), icon="plus", size=44)
        more.setObjectName(f"{self.entry.prefix}/{group}#more")
        more.setProperty("group", group)
        more.clicked.connect(self._more_pressed)
        holder = QWidget()
        line = row(margins=(0 if self._chair else 24, 8, 0, 8))
        line.addWidget(more)
        line.addStretch(1)
        holder.setLayout(line)
        return holder

    def _span(self, editor: ItemEditor) -> int:
        if isinstance(editor.input, NumberField):
            return 1
        if isinstance(editor.input, MultiChoice):
            return self._columns
        width = editor.input.sizeHint().width()
        cell = current_theme().px(self._room) // self._columns
        return min(self._columns, max(1, -(-width // max(cell, 1))))

    # Showing

    def _show(self, ref: Ref) -> None:
        editor, state = self.editors[ref], self.entry.state(ref)
        editor.setVisible(state.relevant or state.answer is not None)
        if not state.relevant:
            editor.set_answer(state.answer)
            editor.set_findings(())
            editor.set_applicable(False)
            return
        editor.set_applicable(True)
        typing = (
            isinstance(editor.input, TypedField)
            and editor.input.answer() == state.answer
            and (editor.input.edit.hasFocus() or ref in self._refused)
        )
        if not typing:
            editor.set_answer(state.answer)
        self._show_read_only(editor, state)
        self._show_findings(ref, state)
        note = self._beside.note(
            ref,
            state,
            happened=self._times.get(ref),
            choices=isinstance(editor.input, ChoiceGroup),
            explain=self._explain,
        )
        editor.set_note(note)
        if self._marks is not None:
            editor.set_marks(" · ".join(self._marks.notes(ref)))

    def _show_read_only(self, editor: ItemEditor, state: ItemState) -> None:
        if not state.read_only or editor.item.computed:
            return
        editor.set_read_only(self._beside.read_only_words(editor.item), quiet=True)

    def _show_findings(self, ref: Ref, state: ItemState, *, ask: bool = False) -> None:
        editor = self.editors[ref]
        if ref in self._refused:
            editor.set_findings(self._refused[ref])
            return
        said = self._beside.said(ref, state)
        if said is None:
            editor.set_findings(())
            return
        editor.set_findings((said.finding,), ask=ask, reasons=said.reasons, advice=said.advice)

    def _show_late(self) -> None:
        late = self._beside.late()
        if len(late) < 2 or not self.entry.may_enter:
            self._late.hide()
            return
        sentence = plural(
            len(late),
            one="{count} answer was typed later than it happened.",
            other="{count} answers were typed later than they happened.",
        )
        self._late.set_finding("soft", sentence, tr("Say why, once for all:"), late_reasons())
        self._late.show()

    def _count(self) -> None:
        left = self.left()
        if left != self._left:
            self._left = left
            self.left_changed.emit(left)

    # Storing

    def _answered(self, answer: Answer) -> None:
        ref = self._sender()
        editor = self.editors[ref]
        reason = self._reason.get(ref)
        try:
            stored = self.entry.answer(
                ref,
                answer,
                event_time=self._times.get(ref, self._event_time),
                reason={"code": reason.code, "text": reason.text} if reason else None,
            )
        except UserError as error:
            self._fell_through(ref, error)
            return
        if not stored.accepted:
            self._refused[ref] = stored.findings
            if not isinstance(editor.input, TypedField):
                editor.set_answer(self.entry.state(ref).answer)
            editor.set_findings(stored.findings)
            if QApplication.mouseButtons() == Qt.MouseButton.NoButton:
                # Once: leaving again without another value lets go.
                QTimer.singleShot(0, editor, lambda: self._focus(ref))
            return
        self._refused.pop(ref, None)
        self._reason.pop(ref, None)
        self._times.pop(ref, None)
        self._after(ref, stored.at, {one for one in stored.changed if one != ref})
        state = self.entry.state(ref)
        pressed = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        late_only = all(found.code == LATE for found in state.findings)
        if self._beside.asks_here(ref, state) and not pressed and not late_only:
            self._show_findings(ref, state, ask=True)

    def _after(self, ref: Ref, at: datetime, others: set[Ref]) -> None:
        for one in {ref, *others, *self._beside.late()}:
            if one in self.editors:
                self._show(one)
        self._show_late()
        self.saved.emit(at)
        self.stored.emit(ref)
        self._count()

    def _kept(self, code: str, reason: Reason) -> None:
        ref = self._sender()
        try:
            if code == CONFLICT:
                self._choose(ref, reason.code)
            elif code not in (CHANGED, LATE) and reason.code == MISTYPED:
                self._reason[ref] = reason
                self._focus(ref)
                return
            else:
                self.entry.keep([ref], code, reason.code, reason.text)
        except UserError as error:
            self._fell_through(ref, error)
            return
        self._after(ref, self.entry.session.now(), set())
        state = self.entry.state(ref)
        if self._beside.asks_here(ref, state):
            self._show_findings(ref, state, ask=True)
            return
        self._go_on(ref)

    def _choose(self, ref: Ref, digit: str) -> None:
        stored = choose_contender(self.entry, ref, digit)
        if stored is not None and not stored.accepted:
            self._refused[ref] = stored.findings

    def _late_kept(self, reason: Reason) -> None:
        refs = self._beside.late()
        try:
            self.entry.keep(refs, LATE, reason.code, reason.text)
        except UserError as error:
            self._fell_through(refs[0], error)
            return
        for ref in refs[1:]:
            self._show(ref)
        self._after(refs[0], self.entry.session.now(), set())
        if not self.focus_next_open():
            self.end_reached.emit()

    def _fell_through(self, ref: Ref, error: Exception) -> None:
        # What the rules took in but the record did not is read back from the record.
        self.entry.reload()
        self.editors[ref].set_answer(self.entry.state(ref).answer)
        for one in self.editors:
            self._show(one)
        self.failed.emit(error)

    def _text_set(self) -> None:
        """A field that was put back to its stored answer has nothing refused any more."""
        edit = self.sender()
        for ref in list(self._refused):
            given = self.editors[ref].input
            if isinstance(given, TypedField) and given.edit is edit and not edit.isModified():
                del self._refused[ref]
                self._show_findings(ref, self.entry.state(ref))

    # When it happened

    def _ask_when(self) -> None:
        ref = self._sender()
        self._when_of = ref
        heads = self.entry.heads(ref)
        title = self.entry.form.item(ref[2]).label.text(self._setting.language)
        known = self._times.get(ref) or (heads[0].event_time if heads else None)
        self._when.ask(title, known)
        if not self._chair:
            self._body.insertWidget(self._body.indexOf(self.editors[ref]) + 1, self._when)
        self._when.show()
        self._when.focus()

    def _happened(self, moment: datetime) -> None:
        ref = self._when_of
        if ref is None:
            return
        state = self.entry.state(ref)
        self._when.hide()
        if state.answer is None:
            self._times[ref] = moment
            self._show(ref)
            self._focus(ref)
            return
        asked = any(found.code == CHANGED for found in state.findings)
        try:
            stored = self.entry.answer(ref, state.answer, event_time=moment)
            if not asked:
                self.entry.keep([ref], CHANGED, "when")
        except UserError as error:
            self._fell_through(ref, error)
            return
        self._after(ref, stored.at, set())
        self._focus(ref)

    def _when_closed(self) -> None:
        self._when.hide()
        if self._when_of is not None:
            self._focus(self._when_of)

    # Going on

    def _history(self) -> None:
        self.history_asked.emit(self._sender())

    def _query(self) -> None:
        self.query_asked.emit(self._sender())

    def _more_pressed(self) -> None:
        button = self.sender()
        if isinstance(button, QObject):
            try:
                self.add_repeat(str(button.property("group")))
            except UserError as error:
                self.failed.emit(error)

    def _sender(self) -> Ref:
        sender = self.sender()
        return next(ref for ref, editor in self.editors.items() if editor is sender)

    def _go_on(self, ref: Ref) -> None:
        refs = list(self.editors)
        if not self._go_to(refs[refs.index(ref) + 1 :]):
            self.end_reached.emit()

    def _go_to(self, refs: Iterable[Ref]) -> bool:
        for ref in refs:
            state = self.entry.state(ref)
            if state.relevant and not state.read_only:
                self._focus(ref)
                return True
        return False

    def _focus(self, ref: Ref) -> None:
        editor = self.editors[ref]
        editor.setFocus(Qt.FocusReason.TabFocusReason)
        # Freshly shown rows have no place yet.
        QTimer.singleShot(0, editor, lambda: into_view(editor))
