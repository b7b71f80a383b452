"""Deviations of a run, each with its proposal; a person with that right classifies and comments.

A choice is recorded when its comment is left, with or without words in it.
"""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QScrollArea, QWidget

from msclinic.domain.values import Code
from msclinic.services.infusion.deviation_record import DeviationState
from msclinic.services.people import account_code
from msclinic.ui.widgets import (
    Card,
    Chip,
    Segmented,
    TextField,
    column,
    keyed,
    label,
    row,
    rule,
)
from msclinic.ui.widgets.base import let_go
from msclinic.wording import current_language, plural, tr

__all__ = ["DeviationRow", "DeviationsCard"]

_STAYS = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)


def _names() -> dict[str, str]:
    return {"minor": tr("Minor"), "important": tr("Important")}


class DeviationRow(QWidget):
    """One deviation.

    Signals:
        chosen: It was said how important it is; the comment is asked for.
        given: Key, ``minor`` or ``important``, and the comment.
        done: It was given by Enter: the next one is wanted.
    """

    chosen = Signal()
    given = Signal(str, str, str)
    done = Signal()

    def __init__(self, state: DeviationState, *, may_classify: bool) -> None:
        """Make the row; without the right, or once classified, it only tells."""
        super().__init__()
        self.state = state
        self.choice: Segmented | None = None
        self.comment: TextField | None = None
        self._importance, self._sent = "", False
        text = state.text.get(current_language()) or state.text["en"]
        words = column(gap=4)
        words.addWidget(rule())
        words.addWidget(label(text, "body", wrap=True))
        if state.classified:
            by = account_code(state.classified_by)
            importance = _names().get(state.importance, state.importance)
            said = tr("{importance}, by {who}", importance=importance, who=by)
            words.addWidget(label(said, "secondary", "text2", wrap=True))
            if state.comment:
                words.addWidget(label(f"“{state.comment}”", "secondary", wrap=True))
        elif may_classify:
            self.choice, self.comment = self._inputs(text)
            proposed = _names().get(state.importance, state.importance)
            line = row(gap=12)
            line.addWidget(self.choice)
            note = tr("Proposed: {importance}", importance=proposed)
            line.addWidget(label(note, "secondary", "text2", wrap=True), 1)
            words.addLayout(line)
            words.addWidget(self.comment)
        self.setLayout(words)

    @property
    def unchosen(self) -> bool:
        """Whether nothing was chosen here yet, though it can be."""
        return self.choice is not None and not self._importance

    @property
    def unsaid(self) -> bool:
        """Whether it was chosen, but not recorded yet."""
        return bool(self._importance) and not self._sent

    def give(self) -> None:
        """Record the choice with what stands in the comment."""
        if self.unsaid and self.comment is not None:
            self._sent = True
            self.given.emit(self.state.key, self._importance, self.comment.edit.text().strip())

    def take_back(self) -> None:
        """It was not recorded: it can be given again."""
        self._sent = False

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in the comment records; so does leaving it."""
        if isinstance(event, QFocusEvent) and event.type() == QEvent.Type.FocusOut:
            if event.reason() not in _STAYS:
                self.give()
        elif (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        ):
            self.give()
            self.done.emit()
            return True
        return super().eventFilter(watched, event)

    def _inputs(self, text: str) -> tuple[Segmented, TextField]:
        choice = Segmented(text, keyed(list(_names().items())), size=44)
        choice.setObjectName(f"deviation/{self.state.key}")
        choice.answered.connect(self._chosen)
        comment = TextField(tr("Comment on the deviation. No names."), size=44)
        comment.setObjectName(f"deviation/{self.state.key}#comment")
        comment.set_placeholder(tr("Comment, then Enter. No names."))
        comment.edit.installEventFilter(self)
        comment.hide()
        return choice, comment

    def _chosen(self, answer: object) -> None:
        if isinstance(answer, Code) and self.comment is not None:
            self._importance = answer.value
            self.comment.show()
            self.comment.setFocus()
            self.chosen.emit()
            QTimer.singleShot(0, self, self.reveal)

    def reveal(self) -> None:
        """Scroll to the row, once it has its place."""
        page: QWidget | None = self.parentWidget()
        while page is not None and not isinstance(page, QScrollArea):
            page = page.parentWidget()
        if page is not None:
            page.ensureWidgetVisible(self, 0, 24)


class DeviationsCard(Card):
    """The list of deviations.

    Signals:
        chosen: It was said of one how important it is.
        classified: Key of a deviation, ``minor`` or ``important``, and the comment.
    """

    chosen = Signal()
    classified = Signal(str, str, str)

    def __init__(self, states: Sequence[DeviationState], *, may_classify: bool) -> None:
        """Make the list.

        Args:
            states: The deviations.
            may_classify: Whether this person may say how important they are.
        """
        super().__init__()
        self._may_classify = may_classify
        self.rows: dict[str, DeviationRow] = {}
        self._title = label("", "section")
        self._chip = Chip("", "attention", "attention")
        head = row(gap=8)
        head.addWidget(self._title)
        head.addStretch(1)
        head.addWidget(self._chip)
        self.body.addLayout(head)
        self._list = column(gap=8)
        self.body.addLayout(self._list)
        self._who = label(
            tr("The physician or the coordinator classifies them."), "secondary", "text2", wrap=True
        )
        self.body.addWidget(self._who)
        self.set_states(states)

    def set_states(self, states: Sequence[DeviationState]) -> None:
        """Show other deviations; a row that is as it was keeps what is being typed in it."""
        lost = False
        for key in list(self.rows):
            if self.rows[key].state not in states:
                gone = self.rows.pop(key)
                lost = lost or gone.isAncestorOf(self.window().focusWidget() or self)
                let_go(gone)
        for place, state in enumerate(states):
            if state.key not in self.rows:
                line = DeviationRow(state, may_classify=self._may_classify)
                line.chosen.connect(self.chosen)
                line.given.connect(self.classified)
                line.done.connect(self.go_to_open)
                self.rows[state.key] = line
                self._list.insertWidget(place, line)
        if lost:
            self.go_to_open()
        still = sum(not state.classified for state in states)
        self._title.setText(
            plural(len(states), one="{count} deviation", other="{count} deviations")
        )
        self._chip.setVisible(bool(states))
        if still:
            note = plural(still, one="{count} not classified", other="{count} not classified")
            self._chip.set_state(note, "attention", "attention")
        else:
            self._chip.set_state(tr("All classified"), "ok", "ok")
        self._who.setVisible(bool(still) and not self._may_classify)

    def first_open(self) -> Segmented | None:
        """The first one for which nothing was chosen yet."""
        return next((one.choice for one in self._in_order() if one.unchosen), None)

    def go_to_open(self) -> bool:
        """Go to the first one for which nothing was chosen yet; False where there is none."""
        line = next((one for one in self._in_order() if one.unchosen), None)
        if line is None or line.choice is None:
            return False
        line.choice.setFocus()
        QTimer.singleShot(0, line, line.reveal)
        return True

    def unsaid(self) -> bool:
        """Whether something was chosen and not recorded yet."""
        return any(one.unsaid for one in self.rows.values())

    def settle(self) -> None:
        """Record what was chosen."""
        for one in self._in_order():
            one.give()

    def take_back(self, key: str) -> None:
        """One was not recorded: it can be given again."""
        if key in self.rows:
            self.rows[key].take_back()

    def _in_order(self) -> list[DeviationRow]:
        return sorted(self.rows.values(), key=self._list.indexOf)
