"""One act on an account, asked for in a card: what it does, its few fields, one button."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from attrs import field, frozen
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout

from msclinic.domain.values import Code
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Card, CodeCombo, PasswordField, column, label, row
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import tr

__all__ = ["ActForm", "Answers", "Asked"]

Check = Callable[["Answers"], str]


@frozen
class Answers:
    """What was typed. Passwords are left out of every printed form of it.

    Attributes:
        texts: By field.
        days: By field; a field that was left empty is not there.
        secrets: By field.
    """

    texts: Mapping[str, str]
    days: Mapping[str, date]
    secrets: Mapping[str, str] = field(repr=False)


@frozen
class Asked:
    """What a card asks for.

    Attributes:
        key: Name of the act, for object names.
        title: Its heading.
        words: What it does, in a sentence or two.
        act: The button's word.
        fields: Key, label and editor, in reading order.
        check: What is still wrong, as a sentence; empty when it may be done.
        second: Whether another card of the screen has the filled button.
    """

    key: str
    title: str
    words: str
    act: str
    fields: Sequence[tuple[str, str, TypedField]]
    check: Check
    second: bool = False


class ActForm(Card):
    """A card for one act.

    Signals:
        asked: ``Answers``, once the check has nothing to say.
        cancelled: The person goes back.
    """

    asked = Signal(object)
    cancelled = Signal()

    def __init__(self, what: Asked) -> None:
        super().__init__(margin=24, gap=8)
        self.what = what
        # Two cards of one screen have buttons of the same name.
        self.setAccessibleName(what.title)
        self.fields = {key: editor for key, _name, editor in what.fields}
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.setMinimumHeight(current_theme().line("body"))
        self._act = Button(what.act, "outlined" if what.second else "primary", size=48)
        self._act.setObjectName(f"people/{what.key}/act")
        self._cancel = Button(tr("Cancel"), "plain", size=44)
        self._build()
        for editor in self.fields.values():
            if isinstance(editor, PasswordField):
                editor.submitted.connect(self._next_or_submit)
            else:
                editor.answered.connect(editor.set_answer)
                editor.problem.connect(self.say)
        self._act.clicked.connect(self._submit)
        self._cancel.clicked.connect(self.cancelled)

    def _build(self) -> None:
        what = self.what
        self.body.addWidget(label(what.title, "section", wrap=True))
        self.body.addWidget(label(what.words, "secondary", "text2", wrap=True))
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        beside = 1 if current_theme().scale > 125 else 2
        for place, (key, name, editor) in enumerate(what.fields):
            editor.setObjectName(f"people/{what.key}/{key}")
            line, side = 3 * (place // beside), place % beside
            grid.addWidget(label(name, "label", wrap=True), line, side)
            grid.addWidget(editor, line + 1, side)
            grid.setRowMinimumHeight(line + 2, 4)
            grid.setColumnStretch(side, 1)
        self.body.addLayout(grid)
        words = column(gap=0)
        words.addWidget(self._problem)
        foot = row(gap=12)
        foot.addLayout(words, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._act)
        self.body.addLayout(foot)

    def focus_first(self) -> None:
        """Typing begins in the first field, or Enter does the act."""
        first = next(iter(self.fields.values()), None)
        (self._act if first is None else first.edit).setFocus()

    def say(self, sentence: str) -> None:
        """Show what is wrong; the form is ready to be used again."""
        self._problem.setText(sentence)
        self._act.setEnabled(True)
        self._act.set_detail("")

    def clear_secrets(self) -> None:
        """Empty every password field."""
        for editor in self.fields.values():
            if isinstance(editor, PasswordField):
                editor.edit.clear()

    def answers(self) -> Answers:
        """What is typed now."""
        texts, days, secrets = {}, {}, {}
        for key, editor in self.fields.items():
            if isinstance(editor, PasswordField):
                secrets[key] = editor.edit.text()
                continue
            editor.commit()
            answer = editor.answer()
            if isinstance(answer, date):
                days[key] = answer
            elif isinstance(editor, CodeCombo):
                texts[key] = answer.value if isinstance(answer, Code) else ""
            else:
                texts[key] = editor.edit.text().strip()
        return Answers(texts, days, secrets)

    def _next_or_submit(self) -> None:
        last = list(self.fields.values())[-1]
        if self.sender() is last:
            self._submit()
        else:
            self.focusNextChild()

    def _submit(self) -> None:
        answers = self.answers()
        problem = self.what.check(answers)
        if problem:
            self.say(problem)
            return
        self.clear_secrets()
        self._problem.setText("")
        self._act.setEnabled(False)
        self._act.set_detail(tr("working…"))
        self.asked.emit(answers)
