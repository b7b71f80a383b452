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
    QWidget,
)

from msclinic.domain.errors import UserError
from msclinic.forms.session import Ref
from msclinic.services.entry import FormEntry
from msclinic.services.lab_results import LAB_REVIEWED
from msclinic.services.laboratory import demand_reviewable
from msclinic.services.participants import masked_rater
from msclinic.services.session import Session
from msclinic.services.signing import sign
from msclinic.services.visits import COMMON_VISIT, participant_visits
from msclinic.ui.editors import ItemEditor
from msclinic.ui.forms.items import ItemsPanel
from msclinic.ui.forms.sections import Progress, Section, progress_of, sections_of, step_of
from msclinic.ui.forms.standing import Standing, form_number, sign_request, standing_of
from msclinic.ui.forms.trail import TrailCard, trail_of
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_of, visit_title
from msclinic.ui.signing import SignPanel
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import IconMark, Panel, column, label, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.progress import StepList
from msclinic.ui.widgets.surfaces import PageHead, StepFoot, scrolled
from msclinic.wording import current_language, plural, time_text, tr

__all__ = ["FormScreen"]

_LEFT = 248
# At larger text the sections show their icons and notes only.
_FOLDED_FROM = 130
# What stands beside the choices of a desk row: rail, label and small buttons grow with the text,
# gaps, margins and the scroll bar do not.
_SCALED = 80 + 200 + 2 * 24
_FIXED = 24 + 16 + 5 * 16 + 2 * 16 + 16
# Section and form stand beside each other in the head only where both are short.
_HEAD_LETTERS = 48
_LEAST_ROOM, _MOST_ROOM = 280, 640


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
    ) -> None:
        """Open a form, at an item if one is named; nothing is stored by opening it.

        Raises:
            Refused: The person may not read it.
        """
        super().__init__(session, go, tasks)
        self.participant = participant
        self.entry = FormEntry(session, participant, visit, form, visit_key, form_key)
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
        self._sections: list[Section] = []
        self._progress: dict[str, Progress] = {}
        self._current = ""
        self._standing = Standing()
        self._next: tuple[str, object] = ("", None)
        self._history_of: Ref | None = None
        self._build()
        self._count()
        self._wanted = item
        self.open_section(self._first_to_do() if item is None else self._section_with(item))
        self._trail = TrailCard(self)
        self._trail.closed.connect(self._close_history)
        self.sign_panel = SignPanel(self)
        self.sign_panel.asked.connect(self._sign)
        for keys, act in (
            ("Ctrl+H", self._history_here),
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
            if self._current in self._panels:
                self._panels[self._current].refresh(read=False)

    def settle(self) -> None:
        """Store what is still being typed."""
        for panel in self._panels.values():
            panel.settle()

    # Sections

    def open_section(self, key: str) -> None:
        """Bring a section to the front, building it when it is first opened."""
        section = next((one for one in self._sections if one.key == key), self._sections[0])
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

    # Building

    def _build(self) -> None:
        self._steps = StepList(tr("Sections"))
        self._steps.set_folded(self._folded)
        self._steps.opened.connect(self._step_pressed)
        self._head = PageHead("", edge="bottom")
        self._stack = QStackedWidget()
        self._foot = StepFoot()
        self._foot.next_pressed.connect(self._go_next)
        self._sign_button = Button(tr("Sign…"), icon="pen-line", size=48)
        self._sign_button.setObjectName(f"{self.entry.prefix}#sign")
        self._sign_button.clicked.connect(self.ask_signature)
        foot = self._foot.layout()
        if isinstance(foot, QBoxLayout):
            foot.insertWidget(foot.count() - 1, self._sign_button)
        middle = column(gap=0)
        middle.addWidget(self._head)
        if not self.entry.may_enter:
            middle.addWidget(self._read_only_line())
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._foot)
        whole = row(gap=0)
        whole.addWidget(self._left_side())
        whole.addLayout(middle, 1)
        self.setLayout(whole)

    def _left_side(self) -> QWidget:
        left = Panel("surface", "right")
        theme = current_theme()
        lines = column(gap=0, margins=(0, 0, 1, 0))
        self._chip = Chip("", "neutral", "waits")
        self._who = label("", "secondary", "text2", wrap=True)
        if self._folded:
            left.setFixedWidth(theme.px(72))
            self._head.add(self._chip)
        else:
            left.setFixedWidth(theme.px(_LEFT))
            words = column(gap=0, margins=(16, 14, 16, 4))
            words.addWidget(label(self._title, "section", wrap=True))
            study = self.session.study
            note = study.visit(self.entry.visit).title.text(self._language)
            if self.entry.visit != COMMON_VISIT:
                note = visit_title(self.session, self.entry.visit)
            version = tr("version {version}", version=study.version_label)
            words.addWidget(label(f"{note} · {version}", "secondary", "text2", wrap=True))
            lines.addLayout(words)
        lines.addWidget(scrolled(self._steps), 1)
        if not self._folded:
            below = column(gap=6, margins=(16, 0, 16, 12))
            below.addWidget(rule())
            below.addSpacing(4)
            below.addWidget(self._chip)
            below.addWidget(self._who)
            lines.addLayout(below)
        left.setLayout(lines)
        return left

    def _read_only_line(self) -> QWidget:
        study = self.session.study
        roles = [
            role.short.text(self._language)
            for code, role in study.roles.items()
            if study.may(code, "enter", self.entry.form.oid)
        ]
        strip = Panel("sunken", "bottom")
        line = row(gap=8, margins=(24, 6, 16, 6))
        line.addWidget(IconMark("lock-keyhole", "text2", 20))
        words = tr("You may only read this form.")
        # Masked raters are not told who else works with a participant.
        if roles and not masked_rater(self.session):
            words += " " + tr("It is filled in by: {roles}.", roles=", ".join(roles))
        line.addWidget(label(words, "body", "text2", wrap=True), 1)
        strip.setLayout(line)
        return strip

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
            )
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
        side = theme.px(72) if self._folded else theme.px(_LEFT)
        width = max(self.window().width() if self.isVisible() else 0, 1366)
        missing = Button(tr("Not done…"), "plain", size=36).sizeHint().width()
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
        self._sections = sections_of(self.entry)
        self._progress = {one.key: progress_of(self.entry, one) for one in self._sections}
        self._standing = standing_of(self.entry)
        self._show_standing()
        if self._current:
            self._show_steps()
            self._show_foot()

    def _show_steps(self) -> None:
        steps = [step_of(one, self._progress[one.key]) for one in self._sections]
        self._steps.set_steps(steps, self._current)
        asked = sum(one.asked for one in self._progress.values())
        answered = sum(one.answered for one in self._progress.values())
        self._head.set_progress(tr("{done} of {all} answered", done=answered, all=asked))

    def _show_standing(self) -> None:
        text, tone, icon = self._standing.chip()
        self._chip.set_state(text, tone, icon)
        self._who.setText("\n".join(self._standing.lines(self.session.zone)))

    # The foot

    def _show_foot(self) -> None:
        left = sum(one.left for one in self._progress.values())
        words, icon, tone = self._left_words(left)
        strong = plural(left, one="{count} left:", other="{count} left:") if left else ""
        self._foot.set_left(strong, words, icon, tone)
        self._next = self._next_act(left)
        self._foot.set_next(self._next_words())
        meanings = self._standing.to_sign(self.session, self.entry)
        # Once to sign is what is next, the filled button says so, and one is enough.
        self._sign_button.setVisible(bool(meanings) and self._next[0] != "sign")
        ready = self._standing.complete and not left
        self._sign_button.set_off("" if ready else tr("complete it first"))

    def _left_words(self, left: int) -> tuple[str, str, str]:
        if not left:
            alarmed = any(one.stopped for one in self._progress.values())
            if self._standing.complete and alarmed and self.entry.unjudged():
                words = tr("Complete. A critical value waits for the physician.")
                return words, "attention", "att"
            if self._standing.complete:
                return tr("Complete; nothing is left."), "ok", "ok"
            return tr("All answered. Declare the form complete."), "ok", "ok"
        names = []
        for section in self._sections:
            progress = self._progress[section.key]
            for ref in dict.fromkeys((*progress.asking, *progress.open)):
                item = self.entry.form.item(ref[2])
                names.append(_in_sentence(item.label.text(self._language)))
        shown = ", ".join(names[:3]) + (" …" if len(names) > 3 else "")
        asking = any(one.asking for one in self._progress.values())
        return shown, "attention" if asking else "waits", "att"

    def _next_act(self, left: int) -> tuple[str, object]:
        here = self._mine(self._current)
        if here:
            return "item", here[0]
        keys = [one.key for one in self._sections]
        at = keys.index(self._current) if self._current in keys else 0
        for key in [*keys[at + 1 :], *keys[:at]]:
            if self._mine(key):
                return "section", key
        if self.entry.may_enter and not left and not self._standing.complete:
            return "complete", None
        if not self.entry.may_enter and at + 1 < len(keys):
            return "section", keys[at + 1]
        if (
            self._standing.complete
            and not left
            and self._standing.to_sign(self.session, self.entry)
        ):
            return "sign", None
        return "leave", None

    def _mine(self, key: str) -> list[Ref]:
        """What this person can do in a section."""
        progress = self._progress.get(key)
        if progress is None or not self.entry.may_enter:
            return []
        able = [ref for ref in progress.open if not self.entry.state(ref).read_only]
        asking = [
            ref
            for ref in progress.asking
            if self.entry.form.item(ref[2]).computed or not self.entry.state(ref).read_only
        ]
        return [*dict.fromkeys((*asking, *able))]

    def _next_words(self) -> str:
        kind, what = self._next
        if kind == "item" and isinstance(what, tuple):
            name = self.entry.form.item(what[2]).label.text(self._language)
            return tr("Next: {what}", what=_short(name))
        if kind == "section":
            title = next(one.title for one in self._sections if one.key == what)
            return tr("Next: {what}", what=_short(title))
        return {
            "complete": tr("Complete"),
            "sign": tr("Sign…"),
            "leave": tr("Back to my exams")
            if masked_rater(self.session)
            else tr("Back to the participant"),
        }[kind]

    def _go_next(self) -> None:
        if self.panel is not None:
            self.panel.settle()
        kind, what = self._next
        if kind == "item" and self.panel is not None:
            self.panel.focus_next_open()
        elif kind == "section":
            self.open_section(str(what))
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

    def _section_with(self, item: Ref) -> str:
        holding = (one.key for one in self._sections if item in one.refs)
        return next(holding, self._sections[0].key)

    def _begin(self) -> None:
        wanted, self._wanted = self._wanted, None
        if wanted is not None and self.panel is not None and wanted in self.panel.refs:
            self.panel.focus_item(wanted)
            return
        panel = self.panel if self.entry.may_enter else None
        if panel is None or not (panel.focus_next_open() or panel.focus_first()):
            self._foot.focus_next()

    def _first_to_do(self) -> str:
        for section in self._sections:
            if self._mine(section.key):
                return section.key
        return self._sections[0].key

    def _step_pressed(self, key: str) -> None:
        self.open_section(key)
        self._begin()

    def _step(self, by: int) -> None:
        keys = [one.key for one in self._sections]
        at = keys.index(self._current) + by
        if 0 <= at < len(keys):
            self.open_section(keys[at])
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
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, ItemEditor):
            widget = widget.parentWidget()
        if isinstance(widget, ItemEditor):
            widget.history_asked.emit()

    def _close_history(self) -> None:
        self._trail.hide()
        if self.panel is not None and self._history_of in self.panel.editors:
            self.panel.focus_item(self._history_of)
        self._history_of = None

    # Signing

    def ask_signature(self) -> None:
        """Ask for the signature of what is shown."""
        if not self._standing.to_sign(self.session, self.entry):
            return
        self.settle()
        if LAB_REVIEWED in self.entry.form.signatures:
            try:
                demand_reviewable(self.session, self.participant, self.entry.prefix)
            except UserError as error:
                self.go.say(error)
                return
        self.sign_panel.ask(sign_request(self.entry, self._standing, self._title, self.identity))

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


def _in_sentence(name: str) -> str:
    """A label within a sentence; abbreviations keep their capitals."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _short(words: str, letters: int = 28) -> str:
    """A name that fits into a button."""
    if len(words) <= letters:
        return words
    return words[:letters].rsplit(" ", 1)[0].rstrip(",;:") + " …"
