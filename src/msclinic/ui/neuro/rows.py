"""One line of the exam: what is graded, the row of grades, its meaning in a word, and reasons.

It shows what it is handed and says what was pressed; it stores nothing and judges nothing.
"""

from attrs import evolve
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from msclinic.domain.values import Answer, Code, Missing
from msclinic.forms.definitions import Codelist, CodelistItem, ItemDefinition, Text
from msclinic.ui.editors import EditorSetting, Input, make_input
from msclinic.ui.neuro.typed_choices import TypedChoices
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import Painted, column, label, row
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.choices import Choice
from msclinic.ui.widgets.fields import FieldState, TextField, TypedField, missing_text
from msclinic.ui.widgets.progress import StepList
from msclinic.ui.widgets.reasons import FindingPanel, Reason, ReasonChoice
from msclinic.ui.widgets.segmented import Segmented
from msclinic.wording import tr

__all__ = ["ExamRow", "keys_hint"]

_LABEL = 168
# Width of the longest row of grades.
_GRADES = 280
# Labels wider than this room beside a field stand above it.
_ROOM = 440
# What is left of the smallest screen beside the rail and the folded systems.
_SCREEN, _RAIL, _MARGINS = 1366, 80, 120


class ExamRow(Painted):
    """One item of the exam.

    Signals:
        answered: The ``Answer`` a person has just given.
        kept: Code of the check and the ``Reason`` to keep the value.
        went_on: Enter was pressed and there is nothing more to store here.
        entered: The focus has come here.
        history_asked: The person wants to see what stood here before.
        query_asked: The person wants to ask about this item.
    """

    answered = Signal(object)
    kept = Signal(str, object)
    went_on = Signal()
    entered = Signal()
    history_asked = Signal()
    query_asked = Signal()

    def __init__(self, item: ItemDefinition, path: str, setting: EditorSetting):
        """Make a row without an answer.

        Args:
            item: What is asked.
            path: The item path; it becomes the object name.
            setting: Language, zone, units and reasons.
        """
        super().__init__()
        self.item = item
        self._setting = setting
        self._check = ""
        self._tone = ""
        self._read_only = False
        self._answer: Answer | None = None
        self.setObjectName(path)
        text = item.label.text(setting.language)
        self.setAccessibleName(text)
        self.input: Input = _input(item, setting)
        self.input.setObjectName(f"{path}#input")
        self.input.setAccessibleName(text)
        self.input.answered.connect(self.answered)
        if isinstance(self.input, TypedField):
            self.input.problem.connect(self._problem)
        self.setFocusProxy(self.input)
        self.typing.installEventFilter(self)
        self._label = label(text, "body_medium", wrap=True)
        hint = item.hint.text(setting.language) if item.hint else ""
        self._hint = label(hint, "caption", "text2", wrap=True)
        if not hint:
            self._hint.hide()
        self._note = label("", "secondary", "text2")
        self._missing = Button(tr("Not done…"), "plain", size=36)
        self._missing.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._missing.setAccessibleName(tr("{label}: not done", label=text))
        self._missing.set_keys("Ctrl D")
        self._missing.clicked.connect(self.offer_missing)
        self._missing.hide()
        self._history = self._small("history", tr("{label}: history", label=text))
        self._history.set_keys("Ctrl H", tr("History"))
        self._history.clicked.connect(self.history_asked)
        self._query: Button | None = None
        self._asks_always = False
        self._hovered = False
        self.panel = FindingPanel()
        self.panel.follow(self.typing)
        self.panel.kept.connect(self._kept)
        self.panel.hide()
        self._reasons = _MissingBar(item)
        self._reasons.chosen.connect(self._missing_chosen)
        self._reasons.hide()
        self._lay_out()

    @property
    def typing(self) -> QWidget:
        """What takes the keys."""
        return self.input.edit if isinstance(self.input, TypedField) else self.input

    def set_answer(self, answer: Answer | None) -> None:
        """Show the stored answer and what it means."""
        self._answer = answer
        self.input.set_answer(answer)
        self._reasons.hide()
        if isinstance(answer, Missing):
            self._note.setText(missing_text(answer.reason))
        elif isinstance(answer, Code) and self.item.codelist and self._graded():
            words = self.item.codelist.label(answer.value, self._setting.language)
            self._note.setText(words.partition(" ")[2])
        else:
            self._note.setText("")
        self._offer()

    def set_finding(
        self, code: str, severity: str, sentence: str, reasons: tuple[ReasonChoice, ...]
    ) -> None:
        """Show what a check says of this item, with the reasons to keep it."""
        self._check = code
        self.panel.set_finding(severity, sentence, "", reasons)
        self.panel.show()
        self._tint("stop" if severity == "impossible" else "att")

    def clear_finding(self) -> None:
        """Nothing is said of this item."""
        self._check = ""
        self.panel.hide()
        self._tint("")

    def set_applicable(self, applicable: bool) -> None:
        """Show the row, or leave it out while it does not apply."""
        self.setVisible(applicable)

    def set_read_only(self, read_only: bool) -> None:
        """Show without letting answer."""
        self._read_only = read_only
        self.input.set_read_only(read_only)
        # Where nothing can be answered Tab would find no way to the history.
        policy = Qt.FocusPolicy.StrongFocus if read_only else Qt.FocusPolicy.NoFocus
        self._history.setFocusPolicy(policy)
        self._offer()

    @property
    def in_column(self) -> bool:
        """A row of the exam has a line of its own."""
        return False

    def offer_query(self, *, always: bool) -> None:
        """Let the person ask about this item.

        Args:
            always: Whether the button always stands there and can be reached by Tab; otherwise it
                comes with the pointer or the focus.
        """
        button = self._small("query", tr("{label}: raise a query", label=self.accessibleName()))
        button.setObjectName(f"{self.objectName()}#query")
        button.set_keys("Ctrl M", tr("Raise a query"))
        if always:
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(self.query_asked)
        self._line.insertWidget(self._line.indexOf(self._history), button)
        self._query, self._asks_always = button, always
        self._offer()

    def add_beneath(self, widget: QWidget) -> None:
        """Put something under the row, over its full width."""
        self._beneath.addWidget(widget)

    def offer_missing(self) -> None:
        """Offer the reasons that may stand for an answer; one alone is taken at once."""
        if self._read_only or not self.item.missing:
            return
        if len(self.item.missing) == 1:
            self.answered.emit(Missing(self.item.missing[0]))
            return
        self._reasons.show()
        self._reasons.ask()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter goes on, Ctrl+D says that there is no answer."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            here = event.type() == QEvent.Type.FocusIn
            self._offer(here)
            self._label.setProperty("type", "body_strong" if here else "body_medium")
            self.update()
            if here:
                self.entered.emit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """The pointer is on this row."""
        super().enterEvent(event)
        self._hovered = True
        self._offer()

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer has left."""
        super().leaveEvent(event)
        self._hovered = False
        self._offer()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Tint the row at hand, and one where a check speaks."""
        token = f"{self._tone}bg" if self._tone else ("accentbg" if self._here() else "")
        if not token:
            return
        theme = current_theme()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color(token))
        if self._tone:
            painter.fillRect(0, 0, 6, self.height(), theme.color(self._tone))
        painter.end()

    def _lay_out(self) -> None:
        theme = current_theme()
        words = column(gap=0)
        words.addWidget(self._label)
        words.addWidget(self._hint)
        beside = row(gap=16)
        body = column(gap=4, margins=(16, 3, 16, 3))
        over = isinstance(self.input, TypedChoices | TextField) or not self._fits_beside()
        if over:
            beside.addLayout(words, 1)
            beside.addWidget(self._note)
            beside.addWidget(self._missing)
            beside.addWidget(self._history)
            body.addLayout(beside)
            body.addWidget(self.input)
        else:
            width = theme.px(_LABEL)
            if isinstance(self.input, Segmented) and len(self.input.cells) <= 2:
                # A long sentence before a short answer, which ends where the grades end.
                spare = theme.px(_GRADES) - self.input.sizeHint().width()
                width += max(0, spare)
            self._label.setFixedWidth(width)
            self._hint.setFixedWidth(width)
            beside.addLayout(words)
            beside.addWidget(self.input)
            beside.addWidget(self._note)
            beside.addStretch(1)
            beside.addWidget(self._missing)
            beside.addWidget(self._history)
            body.addLayout(beside)
        body.addWidget(self._reasons)
        body.addWidget(self.panel)
        self._line, self._beneath = beside, body
        self.setLayout(body)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)

    def _fits_beside(self) -> bool:
        """Whether the input has room beside its label, on the smallest screen as well."""
        theme, wide = current_theme(), self.input.sizeHint().width()
        missing = self._missing.sizeHint().width() if self.item.missing else 0
        room = _SCREEN - theme.px(_RAIL) - StepList.folded_width() - _MARGINS
        return wide <= theme.px(_ROOM) and theme.px(_LABEL) + wide + missing <= room

    def _key(self, event: QKeyEvent) -> bool:
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if control and event.key() == Qt.Key.Key_D:
            self.offer_missing()
            return True
        if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return False
        if isinstance(self.input, TypedField):
            # What was typed is stored first; where it cannot be read the person stays.
            before = self.typing.hasFocus()
            if self.input.commit() and self.typing.hasFocus() == before:
                self.went_on.emit()
            return True
        if isinstance(self.input, TypedChoices) and self.input.pending:
            return False
        self.went_on.emit()
        return True

    def _small(self, icon: str, name: str) -> Button:
        button = Button("", "quiet", icon=icon, size=36)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.setAccessibleName(name)
        button.hide()
        return button

    def _graded(self) -> bool:
        return isinstance(self.input, Segmented) and self.item.oid.startswith("FS_")

    def _here(self) -> bool:
        return self.typing.hasFocus()

    def _offer(self, here: bool | None = None) -> None:
        near = self._here() if here is None else here
        blank = self._answer is None and bool(self.item.missing) and not self._read_only
        self._missing.setVisible(near and blank)
        # Where answers are given nothing stands behind one at rest.
        past = near or self._hovered or self._read_only
        self._history.setVisible(past and self._answer is not None)
        if self._query is not None:
            self._query.setVisible(near or self._hovered or self._asks_always)
        self._note.setVisible(bool(self._note.text()))

    def _tint(self, tone: str) -> None:
        self._tone = tone
        if isinstance(self.input, Segmented):
            self.input.set_tone(tone)
        elif isinstance(self.input, TypedField):
            states = {"stop": FieldState.IMPOSSIBLE, "att": FieldState.SOFT}
            self.input.set_state(states.get(tone, FieldState.REST))
        self.update()

    def _problem(self, sentence: str) -> None:
        if sentence:
            self.set_finding("", "impossible", sentence, ())
        elif not self._check:
            self.clear_finding()

    def _kept(self, reason: Reason) -> None:
        self.kept.emit(self._check, reason)

    def _missing_chosen(self, code: str) -> None:
        self._reasons.hide()
        self.answered.emit(Missing(code))


class _MissingBar(QWidget):
    """Why there is no answer, one digit each."""

    chosen = Signal(str)

    def __init__(self, item: ItemDefinition):
        super().__init__()
        self._codes = item.missing
        choices = tuple(
            Choice(reason, missing_text(reason), str(place))
            for place, reason in enumerate(item.missing, start=1)
        )
        self._bar = Segmented(tr("Why there is no answer"), choices, size=36, print_keys=True)
        self._bar.answered.connect(self._answered)
        line = row(gap=12)
        line.addWidget(label(tr("Why there is no answer"), "secondary", "text2"))
        line.addWidget(self._bar)
        line.addStretch(1)
        self.setLayout(line)

    def ask(self) -> None:
        """Take the keys."""
        self._bar.set_answer(None)
        self._bar.setFocus(Qt.FocusReason.OtherFocusReason)

    def _answered(self, answer: Code) -> None:
        self.chosen.emit(answer.value)


def keys_hint(row_: ExamRow) -> str:
    """Which keys answer a row."""
    made = row_.input
    if isinstance(made, TypedChoices):
        return tr("type the number; Enter takes the one marked")
    if isinstance(made, Segmented):
        keys = [cell.choice.key for cell in made.cells if cell.choice.key]
        if len(keys) > 2 and all(key.isdigit() for key in keys):
            return tr("press {first} to {last}", first=keys[0], last=keys[-1])
        return tr("press {keys}", keys=tr(" or ").join(keys))
    return tr("type, then Enter")


def _input(item: ItemDefinition, setting: EditorSetting) -> Input:
    codes = item.codelist.items if item.codelist else ()
    choices = [Choice(one.code, one.label.text(setting.language)) for one in codes]
    if item.oid == "AMBULATION":
        return TypedChoices("", choices, columns=2, size=28, downwards=True)
    if item.oid == "EDSS_REASON":
        numbered = [
            Choice(one.code, f"{place} {one.label}", str(place))
            for place, one in enumerate(choices, start=1)
        ]
        return TypedChoices("", numbered, columns=2, size=36, downwards=True)
    if item.oid == "EDSS":
        return TypedChoices("", choices, columns=10, size=36)
    if item.oid == "FS_CEREBELLAR_X" and item.codelist is not None:
        # Normal stands leftmost in every row.
        turned = evolve(item.codelist, items=tuple(reversed(codes)))
        return make_input(evolve(item, codelist=turned), setting)
    if item.oid.startswith("FS_") and len(codes) > 2 and item.codelist is not None:
        # The digit alone stands in the row; its meaning is said behind it once it is chosen.
        digits = tuple(CodelistItem(one.code, Text({"en": one.code})) for one in codes)
        return make_input(evolve(item, codelist=Codelist(item.codelist.oid, digits)), setting)
    return make_input(item, setting)
