"""Choosing from a long codelist by typing any part of a word.

What was typed is an answer only when it is one of the choices; nothing is completed silently.
"""

from collections.abc import Sequence

from PySide6.QtCore import QSize, QStringListModel, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QCompleter, QListView

from msclinic.domain.values import Answer, Code
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.typed import Unreadable
from msclinic.ui.widgets.choices import Choice
from msclinic.ui.widgets.fields import TypedField
from msclinic.wording import tr

__all__ = ["CodeCombo"]

_WIDEST = 480


class CodeCombo(TypedField):
    """One choice of many.

    Signals:
        answered: A ``Code``.
    """

    def __init__(self, name: str, choices: Sequence[Choice] = (), *, size: int = 40):
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            choices: In the codelist's order; labels differ from each other.
            size: Height at 100 %.
        """
        super().__init__(name, size=size, chars=20)
        self._choices: tuple[Choice, ...] = ()
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setMaxVisibleItems(10)
        popup = QListView()
        popup.setProperty("popup", True)
        completer.setPopup(popup)
        self._popup = popup
        completer.activated.connect(self._picked)
        self.edit.setCompleter(completer)
        self._completer = completer
        # At the largest text a label may run out of sight; all of it is in the tip and the list.
        self.edit.setProperty("long", True)
        self.set_placeholder(tr("Type a part of it"))
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offer other choices."""
        self._choices = tuple(choices)
        self._model.setStringList([choice.label for choice in self._choices])

    def set_answer(self, answer: Answer | None) -> None:
        """Show the label from its beginning."""
        super().set_answer(answer)
        self.edit.setToolTip(self.edit.text())
        self.edit.setCursorPosition(0)

    def sizeHint(self) -> QSize:
        """Room for the longest label, as far as a row has it."""
        theme, hint = current_theme(), super().sizeHint()
        metrics = QFontMetrics(theme.font("value" if self._size >= 48 else "entry"))
        widest = max((metrics.horizontalAdvance(one.label) for one in self._choices), default=0)
        room = min(widest + 2 * 12 + theme.px(28), theme.px(_WIDEST))
        return QSize(max(hint.width(), room), hint.height())

    def read(self, text: str) -> Answer:
        """The code whose label was typed, or the only one that holds the typed part."""
        wanted = text.casefold()
        for choice in self._choices:
            if wanted in (choice.label.casefold(), choice.code.casefold()):
                return Code(choice.code)
        found = [choice for choice in self._choices if wanted in choice.label.casefold()]
        if len(found) == 1:
            return Code(found[0].code)
        if found:
            raise Unreadable(tr("“{typed}” fits several choices. Pick one.", typed=text))
        raise Unreadable(tr("“{typed}” is none of the choices.", typed=text))

    def written(self, answer: Answer) -> str:
        """The label of a code."""
        value = answer.value if isinstance(answer, Code) else str(answer)
        for choice in self._choices:
            if choice.code == value:
                return choice.label
        return value

    def open_list(self) -> None:
        """Show all choices."""
        self._completer.setCompletionPrefix("")
        self._completer.complete(self.rect())

    def extra_room(self) -> int:
        """Room of the arrow."""
        return 0 if self._ticked() else current_theme().px(20) + 4

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A press beside the letters opens the list."""
        super().mousePressEvent(event)
        if not self._read_only:
            self.open_list()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the field with its arrow."""
        super().paintEvent(event)
        if self._read_only or self._ticked():
            return
        theme = current_theme()
        side = theme.px(20)
        painter = QPainter(self)
        x = self.width() - self._padding() - side
        y = (self.height() - side) // 2
        draw_icon(painter, "chevron-down", theme.color("text2"), x, y, side)
        painter.end()

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_Down and not self._popup.isVisible():
            self.open_list()
            return True
        if self._popup.isVisible():
            return False
        return super()._key(event)

    def _left(self) -> None:
        # Opening the list takes the focus for a moment; that is not leaving the field.
        if not self._popup.isVisible():
            super()._left()

    def _picked(self, label: str) -> None:
        self.edit.setText(label)
        self.commit()
