"""One factory from an item's definition to the editor that a person answers it with.

An editor takes an answer and findings in and sends answers out. It opens no store, runs no rule,
and is named by its item path.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, tzinfo

from attrs import field, frozen
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QEnterEvent, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QMenu, QSizePolicy, QWidget

from msclinic.domain.values import SEVERITIES, Answer, Finding, Missing
from msclinic.forms.definitions import ItemDefinition, Text
from msclinic.ui.icons import menu_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted, column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chips import Chip
from msclinic.ui.widgets.choices import Choice, ChoiceGroup, keyed
from msclinic.ui.widgets.combobox import CodeCombo
from msclinic.ui.widgets.dates import DateField, DateTimeField, PartialDateField
from msclinic.ui.widgets.fields import (
    FieldState,
    NumberField,
    TextField,
    TypedField,
    missing_text,
)
from msclinic.ui.widgets.multi_choice import MultiChoice
from msclinic.ui.widgets.reasons import FindingPanel, Reason, ReasonChoice
from msclinic.ui.widgets.segmented import Segmented
from msclinic.ui.widgets.stopwatch import StopwatchField
from msclinic.wording import tr

__all__ = ["EditorSetting", "ItemEditor", "ItemGrid", "make_editor", "make_input"]

# A row of segments wider than this at 100 % becomes a list to type into.
_WIDEST_ROW = 560
_LABEL_WIDTH = 200
# At larger text the note stands beneath the label: beside the input there is no room for it.
_NOTE_BESIDE = 130
# At the largest text the label stands above the input.
_LABEL_BESIDE = 160
_STATES = {
    "impossible": FieldState.IMPOSSIBLE,
    "gate": FieldState.GATE,
    "soft": FieldState.SOFT,
}
_TONES = {"impossible": "stop", "gate": "stop", "alert": "stop", "soft": "att"}

Input = TypedField | ChoiceGroup


@frozen
class EditorSetting:
    """What editors need to know about the place they are used in.

    Attributes:
        language: Language of labels.
        zone: Time zone of the site.
        now: Tells the present, aware.
        units: Display names of units by UCUM code.
        reasons: Reasons to keep a value that a check speaks about.
        chair: True at the chair (large, label above), False at a desk (label beside).
        room: Widest row of segments, in pixels at 100 %.
        stored: Whether an answer is in the record as soon as it is shown; else it has neither tick
            nor history, and no time of its own.
    """

    language: str
    zone: tzinfo
    now: Callable[[], datetime]
    units: Mapping[str, Text] = field(factory=dict)
    reasons: tuple[ReasonChoice, ...] = ()
    chair: bool = False
    room: int = _WIDEST_ROW
    stored: bool = True


class ItemEditor(Painted):
    """Label, input, unit, last value, findings and reasons of one item.

    Signals:
        answered: The ``Answer`` that a person has just given.
        kept: Code of the check and the ``Reason`` to keep the value all the same.
        history_asked: The person wants to see what stood here before.
        when_asked: The person wants to say that it happened earlier than it is typed.
        query_asked: The person wants to ask about this item.
    """

    answered = Signal(object)
    kept = Signal(str, object)
    history_asked = Signal()
    when_asked = Signal()
    query_asked = Signal()

    def __init__(self, item: ItemDefinition, path: str, setting: EditorSetting):
        """Make an editor without an answer; use ``make_editor``.

        Args:
            item: What is asked.
            path: The item path; it becomes the object name.
            setting: Where it is used.
        """
        super().__init__()
        self.item, self.path = item, path
        self._setting = setting
        self._check = ""
        self._findings: tuple[Finding, ...] = ()
        self._tone = ""
        self._read_only_reason = ""
        self.setObjectName(path)
        text = item.label.text(setting.language)
        self.setAccessibleName(text)
        self.input = make_input(item, setting)
        self.input.setObjectName(f"{path}#input")
        self.input.answered.connect(self.answered)
        if isinstance(self.input, TypedField):
            self.input.problem.connect(self._problem)
        self.setFocusProxy(self.input)
        self._typing_part().installEventFilter(self)
        self._label = label(text, "label" if setting.chair else "body_medium", wrap=True)
        self._last = label("", "caption", "text2")
        self._note = label("", "secondary", "text2")
        self._note.hide()
        self._hint = label(
            item.hint.text(setting.language) if item.hint else "", "caption", "text2", wrap=True
        )
        # Shown before it has a parent it would be a window of its own for a moment.
        if not item.hint:
            self._hint.hide()
        self.panel = FindingPanel()
        self.panel.follow(self._typing_part())
        self.panel.kept.connect(self._kept)
        self.panel.hide()
        self._missing = Button(tr("Not done…"), "plain", size=36)
        self._missing.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._missing.setAccessibleName(tr("{label}: not done", label=text))
        self._missing.clicked.connect(self.offer_missing)
        self._missing.set_keys("Ctrl D")
        _keep_room(self._missing)
        self._missing.hide()
        self._history = Button("", "quiet", icon="history", size=36)
        self._history.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._history.setAccessibleName(tr("{label}: history", label=text))
        self._history.set_keys("Ctrl H", tr("History"))
        self._history.clicked.connect(self.history_asked)
        if setting.stored:
            _keep_room(self._history)
        self._history.hide()
        self._when = Button("", "quiet", icon="clock", size=36)
        self._when.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._when.setAccessibleName(tr("{label}: when it happened", label=text))
        self._when.set_keys("Ctrl E", tr("When it happened, if that was earlier"))
        self._when.clicked.connect(self.when_asked)
        if setting.stored:
            _keep_room(self._when)
        self._when.hide()
        self._query: Button | None = None
        self._marks: QLabel | None = None
        self._asks_always = False
        self._folded = Chip(tr("Not applicable"), "neutral", "minus")
        self._folded.hide()
        if setting.chair:
            self._lay_out_above()
        else:
            self._lay_out_beside()

    def set_answer(self, answer: Answer | None) -> None:
        """Show the stored answer; None for none yet."""
        self.input.set_answer(answer)
        if isinstance(self.input, TypedField) and not self._setting.stored:
            self.input.set_unstored()
        if isinstance(answer, Missing) and isinstance(self.input, ChoiceGroup):
            self.set_note(missing_text(answer.reason))
        past = self._setting.stored and not self._setting.chair
        self._history.setVisible(past and answer is not None)

    def set_findings(
        self,
        findings: Sequence[Finding],
        *,
        ask: bool = False,
        reasons: Sequence[ReasonChoice] | None = None,
        advice: str | None = None,
    ) -> None:
        """Show what the checks say about this item; the gravest is shown in words.

        Args:
            findings: Findings of this item that were not kept with a reason.
            ask: Whether the focus goes to the reasons.
            reasons: What to choose from instead of the setting's reasons; empty for nothing.
            advice: What to do about it, instead of the usual words.
        """
        self._findings = tuple(
            sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity))
        )
        if not self._findings:
            self._check = ""
            self.panel.hide()
            self._set_severity("")
            return
        first = self._findings[0]
        self._check = first.code
        language = self._setting.language
        sentence = first.message.get(language) or first.message["en"]
        keepable = first.severity in ("soft", "gate")
        choices = tuple(self._setting.reasons if reasons is None else reasons) if keepable else ()
        if advice is None:
            usual = tr("Measure or ask again. Or say why the value stands, with one digit:")
            advice = usual if choices else ""
        self.panel.set_finding(first.severity, sentence, advice, choices)
        self.panel.show()
        self._set_severity(first.severity)
        if ask and choices:
            self.panel.ask()

    def set_last(self, text: str) -> None:
        """Show the value of last time above or beside the field: ``T15 124``."""
        self._last.setText(text)
        self._last.setVisible(bool(text) or self._setting.chair)

    def set_note(self, text: str) -> None:
        """Show a quiet word behind the input: ``14 h 50 min``, ``limits daily tasks``."""
        self._note.setText(text)
        self._note.setVisible(bool(text))

    @property
    def in_column(self) -> bool:
        """Whether it stands in a column at the chair, not on a line of its own."""
        return self._setting.chair

    def offer_query(self, *, always: bool) -> None:
        """Let the person ask about this item; at the chair by Ctrl+M and the screen's own button.

        Args:
            always: Whether the button always stands there and can be reached by Tab; otherwise it
                comes with the pointer or the focus.
        """
        if self._setting.chair:
            return
        button = Button("", "quiet", icon="query", size=36)
        button.setObjectName(f"{self.path}#query")
        name = self.item.label.text(self._setting.language)
        button.setAccessibleName(tr("{label}: raise a query", label=name))
        button.set_keys("Ctrl M", tr("Raise a query"))
        policy = Qt.FocusPolicy.StrongFocus if always else Qt.FocusPolicy.NoFocus
        button.setFocusPolicy(policy)
        button.clicked.connect(self.query_asked)
        if not always:
            _keep_room(button)
        self._line.insertWidget(self._line.indexOf(self._history), button)
        button.setVisible(always)
        self._query, self._asks_always = button, always

    def set_marks(self, text: str) -> None:
        """Show what else is known of the answer, beneath the label.

        There it takes no room from the choices, whatever it says.
        """
        if self._marks is None:
            if not text:
                return
            self._marks = label("", "caption", "text2", wrap=True)
            if not self._setting.chair and current_theme().scale <= _LABEL_BESIDE:
                self._marks.setFixedWidth(current_theme().px(_LABEL_WIDTH))
            if self._setting.chair:
                self.add_beneath(self._marks)
            else:
                self._words.addWidget(self._marks)
        self._marks.setText(text)
        self._marks.setVisible(bool(text))

    def add_beneath(self, widget: QWidget) -> None:
        """Put something under the input, over the full width of the editor."""
        # At the chair a stretch comes last, which keeps the tops of a row of editors level.
        self._beneath.insertWidget(self._beneath.count() - int(self._setting.chair), widget)

    def set_read_only(self, reason: str, *, quiet: bool = False) -> None:
        """Show without letting answer, and say why; an empty reason lets answer again.

        Args:
            reason: Why.
            quiet: Whether the reason is said elsewhere, once for the whole form.
        """
        self._read_only_reason = reason
        self.input.set_read_only(bool(reason))
        self._offer(self._near())
        self.set_note("" if quiet else reason)

    def set_applicable(self, applicable: bool) -> None:
        """Fold to one line, or unfold."""
        self.input.setVisible(applicable)
        self._folded.setVisible(not applicable)
        beside = not self._setting.chair
        self._hint.setVisible(beside and applicable and bool(self.item.hint))
        self._offer(self._near())
        if not applicable:
            self.panel.hide()
            self._set_severity("")

    def offer_missing(self) -> None:
        """Offer the reasons that may stand for an answer; one alone is taken at once."""
        reasons = self.item.missing
        if len(reasons) == 1:
            self.answered.emit(Missing(reasons[0]))
            return
        menu = QMenu(self)
        menu.setAccessibleName(tr("Why there is no answer"))
        for place, reason in enumerate(reasons, start=1):
            icon = menu_icon("minus", current_theme().color("text2"))
            action = menu.addAction(icon, f"&{place}  {missing_text(reason)}")
            action.setData(reason)
        menu.triggered.connect(self._missing_picked)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        below = self.input.mapToGlobal(self.input.rect().bottomLeft())
        menu.popup(below)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The way to say that there is no answer is shown where the person is."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._offer(event.type() == QEvent.Type.FocusIn or self.underMouse())
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on this row."""
        super().enterEvent(event)
        self._offer(True)

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer has left."""
        super().leaveEvent(event)
        self._offer(self._typing_part().hasFocus())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+D says that there is no answer, Ctrl+E asks when it happened."""
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_D and self._may_be_missing():
            self.offer_missing()
            return
        able = self._setting.stored and not self._read_only_reason
        if control and event.key() == Qt.Key.Key_E and able:
            self.when_asked.emit()
            return
        super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the row of a desk form where a check speaks."""
        if self._setting.chair or not self._tone:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color(f"{self._tone}bg"))
        painter.fillRect(0, 0, 6, self.height(), theme.color(self._tone))
        painter.end()

    def _lay_out_above(self) -> None:
        head = row(gap=8)
        head.addWidget(self._label, 1)
        head.addWidget(self._last, 0, Qt.AlignmentFlag.AlignVCenter)
        body = column(gap=0)
        body.addLayout(head)
        body.addWidget(self.input)
        body.addWidget(self._folded)
        body.addWidget(self._note)
        body.addStretch(1)
        # The long hint would tear the rows of a grid apart; at the chair it is spoken and hovered.
        self._hint.hide()
        self.input.setToolTip(self._hint.text())
        self.input.setAccessibleDescription(self._hint.text())
        for spare in (self._hint, self._missing, self._when, self._history, self.panel):
            spare.setParent(self)
            spare.hide()
        self._beneath = body
        self.setLayout(body)

    def _lay_out_beside(self) -> None:
        theme = current_theme()
        over = theme.scale > _LABEL_BESIDE
        line = row(gap=16)
        words = column(gap=0)
        words.addWidget(self._label)
        words.addWidget(self._hint)
        self._words = words
        if not over:
            self._label.setFixedWidth(theme.px(_LABEL_WIDTH))
            self._hint.setFixedWidth(theme.px(_LABEL_WIDTH))
            line.addLayout(words)
        line.addWidget(self.input)
        line.addWidget(self._folded)
        if theme.scale > _NOTE_BESIDE:
            self._note.setWordWrap(True)
            words.addWidget(self._note)
        else:
            line.addWidget(self._note)
        line.addWidget(self._last)
        if not isinstance(self.input, MultiChoice):
            line.addStretch(1)
        line.addWidget(self._missing)
        line.addWidget(self._when)
        line.addWidget(self._history)
        self._line = line
        self._last.hide()
        body = column(gap=4, margins=(24, 4, 16, 4))
        if over:
            body.addLayout(words)
        body.addLayout(line)
        body.addWidget(self.panel)
        self._beneath = body
        self.setLayout(body)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def _set_severity(self, severity: str) -> None:
        self._tone = _TONES.get(severity, "")
        if isinstance(self.input, TypedField):
            self.input.set_state(_STATES.get(severity, FieldState.REST))
        elif isinstance(self.input, Segmented):
            self.input.set_tone(self._tone)
        self.update()

    def _problem(self, sentence: str) -> None:
        if not sentence:
            self.set_findings(self._findings)
            return
        self._check = ""
        self.panel.set_finding("impossible", sentence)
        self.panel.show()
        self._tone = "stop"
        self.update()

    def _kept(self, reason: Reason) -> None:
        self.kept.emit(self._check, reason)

    def _missing_picked(self, action: QAction) -> None:
        self.answered.emit(Missing(str(action.data())))

    def _typing_part(self) -> QWidget:
        return self.input.edit if isinstance(self.input, TypedField) else self.input

    def _near(self) -> bool:
        return self.underMouse() or self._typing_part().hasFocus()

    def _offer(self, near: bool) -> None:
        possible = self._may_be_missing() and not self._setting.chair
        possible = possible and not self._read_only_reason and not self.input.isHidden()
        self._missing.setVisible(near and possible)
        typed = not self.item.computed and not self._read_only_reason
        past = self._setting.stored and not self._setting.chair
        self._when.setVisible(near and typed and past and not self.input.isHidden())
        if self._query is not None:
            self._query.setVisible(near or self._asks_always)

    def _may_be_missing(self) -> bool:
        able = not self.item.computed and not self._read_only_reason
        return bool(self.item.missing) and able


class ItemGrid(QWidget):
    """Editors in columns at the chair; a finding opens over the full width beneath its row."""

    def __init__(self, columns: int = 3):
        """Make an empty grid."""
        super().__init__()
        self._columns = columns
        self._filled = 0
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        for place in range(columns):
            self._grid.setColumnStretch(place, 1)
        self.setLayout(self._grid)

    def add(self, editor: ItemEditor, span: int = 1) -> None:
        """Put an editor into the next free columns."""
        at = self._filled % self._columns
        if at + span > self._columns:
            self._filled += self._columns - at
            at = 0
        # Each row of editors is followed by one line for every panel that may open beneath it.
        line = self._filled // self._columns * (self._columns + 1)
        self._grid.addWidget(editor, line, at, 1, span, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(editor.panel, line + 1 + at, 0, 1, self._columns)
        self._filled += span


def _keep_room(button: Button) -> None:
    """Let a button come and go without moving its neighbours."""
    policy = button.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    button.setSizePolicy(policy)


def make_input(item: ItemDefinition, setting: EditorSetting) -> Input:
    """The bare input of an item, without label and findings.

    Raises:
        ValueError: The item's type has no input: a mistake of the study that its loader refuses.
    """
    name = item.label.text(setting.language)
    size = 48 if setting.chair else 40
    unit = ""
    if item.unit:
        unit = (
            setting.units[item.unit].text(setting.language)
            if item.unit in setting.units
            else item.unit
        )
    made: Input
    if item.stopwatch:
        made = StopwatchField(name, decimals=item.decimals, unit=unit, size=size)
    elif item.type in ("integer", "decimal"):
        whole = item.type == "integer"
        made = NumberField(name, decimals=item.decimals, integer=whole, unit=unit, size=size)
    elif item.type == "text":
        made = TextField(name, unit=unit, size=size)
    elif item.type == "date":
        made = DateField(name, setting.now, setting.zone, size=size)
    elif item.type == "partial_date":
        made = PartialDateField(name, setting.now, setting.zone, size=size)
    elif item.type == "datetime":
        made = DateTimeField(name, setting.now, setting.zone, size=size)
    elif item.type in ("code", "codes"):
        made = _make_choice(item, name, setting)
    else:
        raise ValueError(f"item {item.oid} has a type without an editor: {item.type}")
    if isinstance(made, TypedField) and not setting.chair:
        made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    if item.computed:
        made.set_read_only(True)
    return made


def make_editor(item: ItemDefinition, path: str, setting: EditorSetting) -> ItemEditor:
    """The editor of an item.

    Args:
        item: What is asked.
        path: The item path; it becomes the object name.
        setting: Where it is used.
    """
    return ItemEditor(item, path, setting)


def _make_choice(item: ItemDefinition, name: str, setting: EditorSetting) -> Input:
    pairs: list[tuple[str, str]] = []
    if item.codelist is not None:
        pairs = [
            (choice.code, choice.label.text(setting.language)) for choice in item.codelist.items
        ]
    choices: tuple[Choice, ...] = keyed(pairs)
    theme = current_theme()
    if item.type == "codes":
        none = next((choice.code for choice in choices if choice.code == "NONE"), "")
        metrics = QFontMetrics(theme.font("label_strong"))
        widest = max((metrics.horizontalAdvance(choice.label) for choice in choices), default=0)
        cell = widest + theme.px(20) + 32
        columns = max(1, min(5, theme.px(setting.room) // cell - bool(none)))
        return MultiChoice(name, choices, none_code=none, columns=columns)
    size = 44 if setting.chair else 36
    made = Segmented(name, choices, size=size, stretch=setting.chair)
    if made.sizeHint().width() <= theme.px(setting.room):
        return made
    made.deleteLater()
    return CodeCombo(name, choices, size=48 if setting.chair else 40)
