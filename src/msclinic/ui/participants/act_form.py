"""The small form of one act, right on the participant's page; its last button asks for a signature.

It says at once that nothing is stored before the signature; refusals stand beside the question.
"""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from msclinic.domain.values import Answer
from msclinic.forms.session import Ref
from msclinic.services.life_record import RESCREENING
from msclinic.services.session import Session
from msclinic.ui.editors import EditorSetting, ItemEditor, make_editor
from msclinic.ui.participants.act_draft import ActDraft
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Card, NumberField, column, label, row
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import current_language, tr

__all__ = ["ActForm"]

# Beside the choices stand the label, small buttons and margins of a desk row.
_BESIDE, _LEAST, _MOST = 540, 200, 560
_LARGEST = 999


class ActForm(Card):
    """One act being filled in.

    Signals:
        sign_asked: Everything is answered; ask for the signature.
        dismissed: Nothing is recorded after all.
    """

    sign_asked = Signal()
    dismissed = Signal()

    def __init__(self, session: Session, draft: ActDraft, width: int) -> None:
        """Make the form.

        Args:
            session: Who fills it in.
            draft: What is filled in.
            width: Room on the page, in pixels.
        """
        super().__init__(margin=8, gap=4)
        self.set_tone("accent")
        self.draft = draft
        self._language = current_language()
        self.setObjectName(f"participant/act/{draft.kind}")
        scale = current_theme().scale
        room = max(_LEAST, min(_MOST, width * 100 // scale - _BESIDE))
        setting = EditorSetting(
            language=self._language,
            zone=session.zone,
            now=session.now,
            units=draft.form.units,
            room=room,
            stored=False,
        )
        self.editors: dict[Ref, ItemEditor] = {}
        self.number: NumberField | None = None
        self._problem = label("", "body_medium", "stop", wrap=True)
        self._problem.hide()
        self._add_head()
        if draft.kind == RESCREENING:
            self._add_number(session.place.site)
        for ref in draft.refs:
            editor = make_editor(draft.form.item(ref[2]), f"act/{draft.kind}/{ref[2]}", setting)
            editor.answered.connect(partial(self._answered, ref))
            if isinstance(editor.input, TypedField):
                editor.input.setMaximumWidth(current_theme().px(room))
            self.editors[ref] = editor
            self.body.addWidget(editor)
        self._sign = Button(tr("Sign…"), "primary", icon="pen-line", size=44)
        self._sign.setObjectName("participant/act/sign")
        self._back = Button(tr("Not now"), size=44)
        self._back.setObjectName("participant/act/back")
        self._add_foot()
        self._sign.clicked.connect(self.submit)
        self._back.clicked.connect(self.dismissed)
        self._show_asked()

    def begin(self) -> None:
        """Go to the first question."""
        first: QWidget = self.number or next(iter(self.editors.values()))
        first.setFocus(Qt.FocusReason.TabFocusReason)

    def settle(self) -> bool:
        """Take what is still being typed; False where it cannot be read or cannot be true."""
        readable = True
        for editor in self.editors.values():
            if isinstance(editor.input, TypedField):
                readable = editor.input.commit() and readable
        return readable and not any(editor.panel.isVisible() for editor in self.editors.values())

    def submit(self) -> None:
        """Ask for the signature, or say what is missing and go there."""
        if not self.settle():
            self._say(tr("Correct what is marked first."))
            return
        if self.number is not None and not self._take_number(self.number):
            return
        left = self.draft.open_items()
        if left:
            names = [self._name(ref) for ref in left]
            self._say(tr("Still missing: {items}.", items=", ".join(names)))
            self.editors[left[0]].setFocus(Qt.FocusReason.TabFocusReason)
            return
        self._say("")
        self.sign_asked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)

    # Building

    def _add_head(self) -> None:
        words = column(gap=0, margins=(24, 4, 24, 4))
        words.addWidget(label(self.draft.form.title.text(self._language), "section", wrap=True))
        note = tr("Stored when you sign; until then nothing is recorded.")
        if self.draft.form.help is not None:
            note = f"{self.draft.form.help.text(self._language)} {note}"
        words.addWidget(label(note, "secondary", "text2", wrap=True))
        self.body.addLayout(words)

    def _add_number(self, site: str) -> None:
        name = tr("Number of the new record")
        self.number = NumberField(name, integer=True, size=40)
        self.number.setObjectName("act/rescreening/number")
        self.number.problem.connect(self._say)
        self.number.answered.connect(self._number_typed)
        line = row(gap=16, margins=(24, 4, 16, 4))
        words = column(gap=0)
        for text, kind, tone in (
            (name, "body_medium", "text"),
            (tr("Next free number of the screening log"), "caption", "text2"),
        ):
            one = label(text, kind, tone, wrap=True)
            one.setFixedWidth(current_theme().px(200))
            words.addWidget(one)
        line.addLayout(words)
        line.addWidget(label(f"{site}-", "body_strong"))
        line.addWidget(self.number)
        line.addStretch(1)
        self.body.addLayout(line)

    def _add_foot(self) -> None:
        foot = row(gap=8, margins=(24, 8, 24, 8))
        # From the right end: Enter goes on from the last question to the signature.
        foot.setDirection(QBoxLayout.Direction.RightToLeft)
        foot.addWidget(self._sign)
        foot.addWidget(self._back)
        foot.addWidget(self._problem, 1)
        foot.addStretch(0)
        self.body.addLayout(foot)

    # Answering

    def _answered(self, ref: Ref, answer: Answer) -> None:
        editor = self.editors[ref]
        findings = self.draft.answer(ref, answer)
        if not findings or not isinstance(editor.input, TypedField):
            editor.set_answer(self.draft.value(ref))
        editor.set_findings(findings)
        self._show_asked()
        self._say("")

    def _show_asked(self) -> None:
        for ref, editor in self.editors.items():
            editor.setVisible(self.draft.relevant(ref))

    def _number_typed(self, answer: object) -> None:
        if isinstance(answer, int) and self.number is not None:
            self.draft.number = answer
            self.number.set_answer(answer)
            self.number.set_unstored()

    def _take_number(self, field: NumberField) -> bool:
        if field.commit() and self.draft.number and self.draft.number <= _LARGEST:
            return True
        self._say(tr("Type a number from 1 to 999."))
        field.edit.setFocus()
        return False

    def _name(self, ref: Ref) -> str:
        return self.draft.form.item(ref[2]).label.text(self._language)

    def _say(self, sentence: str) -> None:
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
