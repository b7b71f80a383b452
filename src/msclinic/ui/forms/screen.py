"""Any form of the study on one page, drawn from its definition.

There is no save: each answer is in the record when its field is left. What is missing, what is
next and who may sign stands in the foot.
"""

from datetime import datetime

from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QBoxLayout,
    QScrollArea,
    QStackedWidget,
)

from msclinic.domain.errors import UserError
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.lab_results import LAB_REVIEWED
from msclinic.services.laboratory import demand_reviewable
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.services.signing import sign
from msclinic.services.source_verification import mark_verified
from msclinic.services.visits import COMMON_VISIT, participant_visits
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.forms.marks import ItemMarks
from msclinic.ui.forms.sections import Section
from msclinic.ui.forms.side import FormSide, read_only_line
from msclinic.ui.forms.standing import form_number, sign_request
from msclinic.ui.forms.trail import TrailCard, trail_of
from msclinic.ui.forms.way import NextAct, way_through
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_of
from msclinic.ui.queries.beside import FormQueries
from msclinic.ui.queries.strip import QueryStrip
from msclinic.ui.signed_panel import SignedPanel
from msclinic.ui.signing import SignPanel
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Panel, column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.surfaces import PageHead, StepFoot, scrolled
from msclinic.wording import current_language, time_text, tr

__all__ = ["FormScreen"]

# At larger text the names of the sections stand beneath their icons.
_FOLDED_FROM = 120
# What stands beside the choices of a desk row: rail, label and small buttons grow with the text,
# gaps, margins and the scroll bar do not.
_SCALED = 80 + 200 + 2 * 24
_FIXED = 24 + 16 + 5 * 16 + 2 * 16 + 16
# Section and form stand beside each other in the head only where both are short.
_HEAD_LETTERS = 48
_LEAST_ROOM, _MOST_ROOM = 228, 640
_GAP = 16


class FormScreen(Page):
    """One form of one participant."""

    def __init__(
        self,
        session: Session,
        go: Navigator,
        tasks: Tasks,
        participant: str,
        visit: str,
        visit_key: str,
        form: str,
        form_key: str,
        item: Ref | None = None,
        entry: FormEntry | None = None,
    ) -> None:
        """Open a form, at an item if one is named; nothing is stored by opening it.

        One that was read already is handed in as ``entry``.

        Raises:
            Refused: The person may not read it.
        """
        super().__init__(session, go, tasks)
        self.participant = participant
        self.entry = entry or FormEntry(session, participant, visit, form, visit_key, form_key)
        self.setObjectName(self.entry.prefix)
        self._language = current_language()
        states = participant_visits(session, participant) if visit != COMMON_VISIT else []
        at_hand = next((v for v in states if (v.code, v.key) == (visit, visit_key)), None)
        self.identity = banner_of(session, participant, at_hand)
        self._title = self.entry.form.title.text(self._language)
        number = form_number(self.entry)
        if number:
            self._title = f"{self._title} {number}"
        self._folded = current_theme().scale > _FOLDED_FROM
        self._panels: dict[str, ItemsPanel] = {}
        self._areas: dict[str, QScrollArea] = {}
        self._current = ""
        self.way = way_through(self.entry)
        self.next_act = NextAct("leave")
        self._history_of: Ref | None = None
        self.marks = ItemMarks(self.entry, self)
        self._build()
        self._side.set_standing(self.way.standing)
        self._wanted = item
        self.open_section(self.way.first_to_do() if item is None else self.way.section_with(item))
        self._trail = TrailCard(self)
        self._trail.closed.connect(self._close_history)
        self.queries = FormQueries(self, self.entry, tasks, self._place_queries)
        self.queries.closed.connect(self._queries_closed)
        self.queries.changed.connect(self._show_marks)
        self.marks.query_asked.connect(self.open_queries)
        self._form_queries.asked.connect(lambda: self.open_queries(None))
        self.sign_panel = SignPanel(self)
        self.sign_panel.asked.connect(self._sign)
        self.signed_panel = SignedPanel(self, session, tasks)
        self._side.signed.clicked.connect(self._show_signed)
        for keys, act in (
            ("Ctrl+H", self._history_here),
            ("Ctrl+M", self._queries_here),
            ("PgDown", lambda: self._step(1)),
            ("PgUp", lambda: self._step(-1)),
            ("Ctrl+Return", self._go_next),
        ):
            QShortcut(QKeySequence(keys), self, act, context=_WITHIN)
        QTimer.singleShot(0, self, self._begin)

    # What the window calls

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what others, or a signature, have changed."""
        if changed & {Kind.ANSWERS, Kind.SIGNATURES, Kind.RUNS, Kind.DOCUMENTS}:
            self.entry.reload()
            self._count()
            self._show_marks()

    def release(self) -> None:
        """Drop what lies over the form."""
        self.signed_panel.dismiss()

    def settle(self) -> None:
        """Store what is still being typed."""
        for panel in self._panels.values():
            panel.settle()

    # Sections

    def open_section(self, key: str) -> None:
        """Bring a section to the front, building it when it is first opened."""
        section = self.way.section_at(key)
        if self._current in self._panels and self._current != section.key:
            self._panels[self._current].settle()
        self._current = section.key
        if section.key not in self._areas:
            self._areas[section.key] = self._make_section(section)
            self._stack.addWidget(self._areas[section.key])
        elif section.key in self._panels:
            self._panels[section.key].refresh(read=False)
        self._stack.setCurrentWidget(self._areas[section.key])
        fits = len(section.title) + len(self._title) < _HEAD_LETTERS
        self._head.set_title(section.title, self._title if self._folded and fits else "")
        self._show_steps()
        self._show_foot()

    @property
    def panel(self) -> ItemsPanel | None:
        """The items in front; none in a section to which nothing was added yet."""
        return self._panels.get(self._current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter goes on where nothing else wants it; Escape closes the history."""
        if event.key() == Qt.Key.Key_Escape and self.queries.card.isVisible():
            self.queries.close()
            return
        if event.key() == Qt.Key.Key_Escape and self._trail.isVisible():
            self._close_history()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            if isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
                focused.click()
            else:
                self._go_next()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the history beside its item."""
        super().resizeEvent(event)
        self._place_history()
        if self.queries.card.isVisible():
            self._place_queries(self.queries.at)

    # Building

    def _build(self) -> None:
        self._side = FormSide(self.entry, self._title, folded=self._folded)
        self._side.steps.opened.connect(self._step_pressed)
        self._head = PageHead("", edge="bottom")
        if self._folded:
            self._head.add(self._side.chip)
            self._head.add(self._side.signed)
        self._add_source()
        self._stack = QStackedWidget()
        self._form_queries = QueryStrip(f"{self.entry.prefix}#queries", left=24, right=16)
        self._form_queries.show_queries(self.marks.of(None))
        self._foot = StepFoot()
        self._foot.next_pressed.connect(self._go_next)
        self._sign_button = Button(tr("Sign…"), icon="pen-line", size=48)
        self._sign_button.setObjectName(f"{self.entry.prefix}#sign")
        self._sign_button.clicked.connect(self.ask_signature)
        self._foot.add(self._sign_button)
        middle = column(gap=0)
        middle.addWidget(self._head)
        if not self.entry.may_enter:
            middle.addWidget(read_only_line(self.entry))
        middle.addWidget(self._form_queries)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._foot)
        whole = row(gap=0)
        whole.addWidget(self._side)
        whole.addLayout(middle, 1)
        self.setLayout(whole)

    def _add_source(self) -> None:
        """Who copies from paper says so once; who compares with the source marks the form."""
        if self.entry.may_enter:
            paper = Button(tr("Copied from paper"), icon="file-text", size=36)
            paper.setObjectName(f"{self.entry.prefix}#paper")
            paper.setCheckable(True)
            paper.setChecked(self.entry.source == "transcribed")
            paper.set_kind("chosen" if paper.isChecked() else "outlined")
            paper.toggled.connect(self._paper_pressed)
            self._head.add(paper)
        elif self.session.may("verify_source"):
            compare = Button(tr("Mark form verified"), icon="shield-check", size=36)
            compare.setObjectName(f"{self.entry.prefix}#verify")
            compare.clicked.connect(self._verify)
            self._head.add(compare)

    def _paper_pressed(self, copied: bool) -> None:
        self.entry.source = "transcribed" if copied else "direct"
        paper = self.sender()
        if isinstance(paper, Button):
            paper.set_kind("chosen" if copied else "outlined")

    def _verify(self) -> None:
        session, participant, scope = self.session, self.participant, self.entry.prefix
        self.tasks.write(
            lambda: Outcome(mark_verified(session, participant, scope), {Kind.ANSWERS}),
            self._verified,
            self.go.say,
        )

    def _verified(self, _count: int) -> None:
        self._show_marks()

    def _make_section(self, section: Section) -> QScrollArea:
        content = Panel("surface")
        lines = column(gap=0, margins=(0, 4, 0, 16))
        content.setLayout(lines)
        group = self.entry.form.item_group(section.group)
        if group.hint is not None:
            hint = row(margins=(24, 8, 24, 8))
            hint.addWidget(label(group.hint.text(self._language), "secondary", "text2", wrap=True))
            lines.addLayout(hint)
        if section.refs:
            panel = ItemsPanel(
                self.entry,
                section.refs,
                headings=False,
                room=self._room(),
                explain_read_only=self.entry.may_enter,
                leaves_at_end=True,
                marks=self.marks,
            )
            panel.query_asked.connect(self.open_queries)
            panel.stored.connect(self._stored)
            panel.saved.connect(self._saved)
            panel.history_asked.connect(self.show_history)
            panel.end_reached.connect(self._end_reached)
            panel.failed.connect(self._failed)
            self._panels[section.key] = panel
            lines.addWidget(panel)
        if section.repeats and self.entry.may_enter:
            lines.addLayout(self._more(section, group.title.text(self._language)))
        lines.addStretch(1)
        return scrolled(content)

    def _more(self, section: Section, title: str) -> QBoxLayout:
        more = Button(
            tr("One more: {title}", title=title)
            if section.refs
            else tr("Add the first: {title}", title=title),
            "outlined" if section.refs else "accent_outlined",
            icon="plus",
            size=44,
        )
        more.setObjectName(f"{self.entry.prefix}/{section.group}#more")
        more.clicked.connect(lambda: self.add_repeat(section.group))
        line = row(margins=(24, 12, 24, 8))
        line.addWidget(more)
        line.addStretch(1)
        return line

    def _room(self) -> int:
        theme = current_theme()
        side = FormSide.width_of(folded=self._folded)
        width = max(self.window().width() if self.isVisible() else 0, 1366)
        missing = Button(tr("Not done…"), "plain", size=36).sizeHint().width()
        if self.session.may("query"):
            missing += Button("", "quiet", icon="query", size=36).sizeHint().width() + _GAP
        free = width - theme.px(_SCALED) - side - _FIXED - missing
        return max(_LEAST_ROOM, min(_MOST_ROOM, free * 100 // theme.scale))

    def add_repeat(self, group: str) -> None:
        """Add one more of a repeating group and go there."""
        try:
            key = self.entry.add_repeat(group)
        except UserError as error:
            self.go.say(error)
            return
        self._saved(self.session.now())
        self._drop_empty(group)
        self._count()
        self.open_section(f"{group}/{key}")
        if self.panel is not None:
            self.panel.focus_first()

    def _drop_empty(self, group: str) -> None:
        area = self._areas.pop(group, None)
        if area is not None:
            self._stack.removeWidget(area)
            area.deleteLater()

    # What was stored

    def _stored(self, _ref: Ref) -> None:
        self._count()
        self._show_steps()
        self._show_foot()

    def _saved(self, at: datetime) -> None:
        self._head.saved.set_time(time_text(at, self.session.zone, seconds=True))

    def _failed(self, error: Exception) -> None:
        self.go.say(error)

    def _count(self) -> None:
        self.way = way_through(self.entry)
        self._side.set_standing(self.way.standing)
        if self._current:
            self._show_steps()
            self._show_foot()

    def _show_steps(self) -> None:
        self._side.steps.set_steps(self.way.steps(), self._current)
        self._head.set_progress(self.way.progress_words())

    # The foot

    def _show_foot(self) -> None:
        left = self.way.left
        words, icon, tone = self.way.left_words()
        self._foot.set_left(self.way.left_count(), words, icon, tone)
        self.next_act = self.way.next_act(self._current)
        self._foot.set_next(self.way.next_words(self.next_act))
        # Once to sign is what is next, the filled button says so, and one is enough.
        self._sign_button.setVisible(self.way.to_sign and self.next_act.kind != "sign")
        ready = self.way.standing.complete and not left
        self._sign_button.set_off("" if ready else tr("complete it first"))

    def _go_next(self) -> None:
        if self.panel is not None:
            self.panel.settle()
        kind = self.next_act.kind
        if kind == "item" and self.panel is not None:
            self.panel.focus_next_open()
        elif kind == "section":
            self.open_section(self.next_act.section)
            self._begin()
        elif kind == "complete":
            self.complete()
        elif kind == "sign":
            self.ask_signature()
        elif kind == "leave" and masked_rater(self.session):
            self.go.today()
        elif kind == "leave":
            self.go.participant(self.participant)

    def _end_reached(self) -> None:
        self._foot.focus_next()

    def _begin(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self.panel is not None and wanted in self.panel.refs:
            self.panel.focus_item(wanted)
            return
        panel = self.panel if self.entry.may_enter else None
        if panel is None or not (panel.focus_next_open() or panel.focus_first()):
            self._foot.focus_next()

    def _step_pressed(self, key: str) -> None:
        self.open_section(key)
        self._begin()

    def _step(self, by: int) -> None:
        beside = self.way.beside(self._current, by)
        if beside:
            self.open_section(beside)
            self._begin()

    def complete(self) -> None:
        """Declare the form complete."""
        try:
            self.entry.complete()
        except UserError as error:
            self.go.say(error)
            return
        self._saved(self.session.now())
        self._count()
        if self.panel is not None:
            self.panel.refresh(read=False)
        self._foot.focus_next()

    # History

    def show_history(self, ref: Ref) -> None:
        """Show what stood in an item before."""
        self._history_of = ref
        title = self.entry.form.item(ref[2]).label.text(self._language)
        self._trail.show_lines(title, trail_of(self.entry, ref))
        self._place_history()

    def _place_history(self) -> None:
        if self._history_of is None or self.panel is None:
            return
        editor = self.panel.editors.get(self._history_of)
        if editor is not None:
            self._trail.place(editor.mapTo(self, QPoint(0, 0)).y() - 12, self._foot.y())

    def _history_here(self) -> None:
        editor = self._editor_here()
        if editor is not None:
            editor.history_asked.emit()

    @staticmethod
    def _editor_here() -> ItemEditor | None:
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, ItemEditor):
            widget = widget.parentWidget()
        return widget

    def _close_history(self) -> None:
        self._trail.hide()
        if self.panel is not None and self._history_of in self.panel.editors:
            self.panel.focus_item(self._history_of)
        self._history_of = None

    # Queries

    def open_queries(self, ref: Ref | None) -> None:
        """Show the queries of an item, or of the form itself."""
        self._trail.hide()
        self.queries.open(ref)

    def _queries_here(self) -> None:
        editor = self._editor_here()
        if editor is not None:
            editor.query_asked.emit()
        else:
            self.open_queries(None)

    def _place_queries(self, ref: Ref | None) -> None:
        editor = self.panel.editors.get(ref) if self.panel is not None and ref else None
        top = editor.mapTo(self, QPoint(0, 0)).y() - 12 if editor is not None else 16
        self.queries.card.place(top, self._foot.y())

    def _queries_closed(self, ref: Ref | None) -> None:
        if self.panel is not None and ref in self.panel.editors:
            self.panel.focus_item(ref)

    def _show_marks(self) -> None:
        self.marks.read()
        self._form_queries.show_queries(self.marks.of(None))
        if self._current in self._panels:
            self._panels[self._current].refresh(read=False)

    # Signing

    def ask_signature(self) -> None:
        """Ask for the signature of what is shown."""
        if not self.way.to_sign:
            return
        self.settle()
        if LAB_REVIEWED in self.entry.form.signatures:
            try:
                demand_reviewable(self.session, self.participant, self.entry.prefix)
            except UserError as error:
                self.go.say(error)
                return
        self.sign_panel.ask(sign_request(self.entry, self.way.standing, self._title, self.identity))

    def _show_signed(self) -> None:
        self.settle()
        self.signed_panel.show_signatures(self.way.standing.signatures)

    def _sign(self, meaning: str, password: str) -> None:
        session, participant, scope = self.session, self.participant, self.entry.prefix
        self.sign_panel.busy()
        self.tasks.write(
            lambda: Outcome(
                sign(session, participant, scope, meaning, password), {Kind.SIGNATURES}
            ),
            self._signed,
            self._refused,
        )

    def _signed(self, _entry: str) -> None:
        self.sign_panel.done()
        self._saved(self.session.now())
        self._count()
        self._foot.focus_next()

    def _refused(self, error: Exception) -> None:
        self.sign_panel.refuse(*words_of(error))


_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
