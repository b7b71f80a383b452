"""Fields that are typed into: text and numbers, with their unit, tick and states.

A field answers when it is left or Enter is pressed, never per key. What cannot be read is said in
a sentence and answers nothing; the tick appears only when the screen hands the stored answer back.
"""

from decimal import Decimal
from enum import Enum

from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy

from msclinic.domain.values import Answer, Missing
from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.typed import Unreadable, read_number
from msclinic.ui.widgets.base import Painted, paint_frame, restyled
from msclinic.wording import decimal_text, tr

__all__ = ["FieldState", "NumberField", "PasswordField", "TextField", "TypedField", "missing_text"]


class FieldState(Enum):
    """What checks say about the value in a field."""

    REST = "rest"
    SOFT = "soft"
    GATE = "gate"
    IMPOSSIBLE = "impossible"


_EDGES = {FieldState.SOFT: "att", FieldState.GATE: "stop", FieldState.IMPOSSIBLE: "stop"}
_FILLS = {FieldState.SOFT: "attbg", FieldState.GATE: "stopbg", FieldState.IMPOSSIBLE: "stopbg"}
_PADDING = 12
_LEAST_WORDS = 128


def missing_text(reason: str) -> str:
    """What a coded reason for no answer is called."""
    return {
        "NOT_DONE": tr("Not done"),
        "NA": tr("Not applicable"),
        "UNKNOWN": tr("Unknown"),
        "NOT_ASKED": tr("Not asked"),
        "UNABLE": tr("Unable"),
        "REFUSED": tr("Refused"),
    }[reason]


class TypedField(Painted):
    """What all typed fields share. A kind of field says how its value is read and written.

    Signals:
        answered: The ``Answer`` that a person has just given.
        problem: A sentence where what was typed cannot be read; empty once it can.
    """

    answered = Signal(object)
    problem = Signal(str)

    def __init__(self, name: str, *, unit: str = "", size: int = 48, chars: int = 0):
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            unit: Words at the right end, such as ``mmHg``.
            size: Height at 100 %: 48 at the chair, 40 at a desk.
            chars: Letters it is wide at least; 0 for the kind's own width.
        """
        super().__init__()
        self._unit, self._size, self._chars = unit, size, chars
        self._answer: Answer | None = None
        self._pending: Answer | None = None
        self._stored = False
        self._read_only = False
        self._state = FieldState.REST
        self.edit = QLineEdit(self)
        self.edit.setProperty("bare", True)
        self.edit.setProperty("type", "value" if size >= 48 else "entry")
        self.edit.setFrame(False)
        self.edit.setAccessibleName(name)
        self.edit.installEventFilter(self)
        self.edit.textEdited.connect(self._text_edited)
        self.setAccessibleName(name)
        self.setFocusProxy(self.edit)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.IBeamCursor)

    def read(self, text: str) -> Answer:
        """The answer that a text means.

        Raises:
            Unreadable: It means none.
        """
        raise NotImplementedError

    def written(self, answer: Answer) -> str:
        """How an answer is shown for reading."""
        raise NotImplementedError

    def typed(self, answer: Answer) -> str:
        """How an answer stands while it is being changed."""
        return self.written(answer)

    def set_answer(self, answer: Answer | None) -> None:
        """Show a stored answer with its tick; None empties the field."""
        self._answer = answer
        self._pending = None
        self._stored = answer is not None
        self.edit.setText(self._shown(answer))
        if not self.edit.hasFocus():
            self.edit.setCursorPosition(0)
        self._place()
        self.update()

    def answer(self) -> Answer | None:
        """The answer shown last by ``set_answer``."""
        return self._answer

    def set_unstored(self) -> None:
        """Take the tick away: what stands here is shown and not in the record."""
        self._stored = False
        self._place()
        self.update()

    def set_state(self, state: FieldState) -> None:
        """Draw what the checks say."""
        self._state = state
        self.update()

    def set_unit(self, unit: str) -> None:
        """Put other words at the right end."""
        self._unit = unit
        self._place()
        self.update()

    def set_placeholder(self, text: str) -> None:
        """Show how to type while it is empty."""
        self.edit.setPlaceholderText(text)

    def set_read_only(self, read_only: bool) -> None:
        """Show without a frame and without letting type."""
        self._read_only = read_only
        self.edit.setReadOnly(read_only)
        policy = Qt.FocusPolicy.NoFocus if read_only else Qt.FocusPolicy.StrongFocus
        self.edit.setFocusPolicy(policy)
        self._place()
        self.update()

    def commit(self) -> bool:
        """Answer with what stands in the field, if it is new; done by itself on leaving.

        Returns:
            Whether what stands in the field can be read.
        """
        text = self.edit.text().strip()
        if text in (self._shown(self._answer), self._typed_now()) or self._read_only:
            return True
        if not text:
            self.edit.setText(self._shown(self._answer))
            self._stored = self._answer is not None
            self.problem.emit(
                tr("An answer is replaced, or marked as not done; it is never emptied.")
            )
            return True
        try:
            answer = self.read(text)
        except Unreadable as unreadable:
            self.set_state(FieldState.IMPOSSIBLE)
            self.problem.emit(str(unreadable))
            return False
        if self._state is FieldState.IMPOSSIBLE:
            self.set_state(FieldState.REST)
        self.problem.emit("")
        if answer == self._answer:
            self.set_answer(answer)
            return True
        if answer != self._pending:
            # Enter answers, and leaving follows before the stored answer has come back.
            self._pending = answer
            self.answered.emit(answer)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Leaving the entry answers; Enter answers and goes on; Escape takes the typing back."""
        if event.type() == QEvent.Type.FocusIn:
            self._begin()
        elif event.type() == QEvent.Type.FocusOut:
            self._left()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        return super().eventFilter(watched, event)

    def sizeHint(self) -> QSize:
        """Room for the letters it is meant for, its unit and its tick."""
        theme = current_theme()
        metrics = QFontMetrics(theme.font("value" if self._size >= 48 else "entry"))
        letters = metrics.horizontalAdvance("0" * (self._chars or 6))
        letters = max(letters, metrics.horizontalAdvance(missing_text("NOT_DONE")) + 4)
        width = letters + 2 * _PADDING + theme.px(28)
        if self._unit:
            width += QFontMetrics(theme.font("secondary")).horizontalAdvance(self._unit) + 8
        return QSize(width, theme.px(self._size))

    def minimumSizeHint(self) -> QSize:
        """Room for a short value."""
        return QSize(
            min(self.sizeHint().width(), current_theme().px(160)), self.sizeHint().height()
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Place the entry again."""
        super().resizeEvent(event)
        self._place()

    def changeEvent(self, event: QEvent) -> None:
        """Place the entry again when the look has changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._place()

    def mousePressEvent(self, _event: QMouseEvent) -> None:
        """The whole field is the target, not only its letters."""
        if not self._read_only:
            self.edit.setFocus(Qt.FocusReason.MouseFocusReason)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw ground, edge, unit and tick."""
        theme = current_theme()
        painter = QPainter(self)
        focused = self.edit.hasFocus()
        if not self._read_only:
            edge = "accent" if focused else _EDGES.get(self._state, "edge")
            fill = _FILLS.get(self._state, "surface")
            heavy = focused or self._state is not FieldState.REST
            color = theme.color(edge)
            paint_frame(
                painter, self.rect(), fill=theme.color(fill), edge=color, width=2 if heavy else 1
            )
            if focused:
                inner = self.rect().adjusted(2, 2, -2, -2)
                soft = theme.color("accentbg")
                paint_frame(painter, inner, fill=None, edge=soft, radius=4, width=2)
        right = self.width() - self._padding()
        if self._ticked():
            side = theme.px(16)
            draw_icon(
                painter,
                "stored",
                theme.color("ok"),
                right - side,
                (self.height() - side) // 2,
                side,
            )
        if self._unit_shown():
            painter.setFont(theme.font("secondary"))
            painter.setPen(theme.color("text2"))
            box = QRect(0, 0, right - self._tick_room(), self.height())
            flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(box, flags, self._unit)
        painter.end()

    def extra_room(self) -> int:
        """Pixels kept free before the unit, for a kind of field that puts a button there."""
        return 0

    def _unit_shown(self) -> bool:
        return bool(self._unit) and not (self._stored and isinstance(self._answer, Missing))

    def _padding(self) -> int:
        return 0 if self._read_only else _PADDING

    def _ticked(self) -> bool:
        return self._stored and self._state is not FieldState.IMPOSSIBLE and not self._read_only

    def _tick_room(self) -> int:
        return 0 if self._read_only else current_theme().px(16) + 8 if self._ticked() else 0

    def _place(self) -> None:
        theme = current_theme()
        left = self._padding()
        room = self._tick_room() + self.extra_room()
        if self._unit_shown():
            room += QFontMetrics(theme.font("secondary")).horizontalAdvance(self._unit) + 8
        width = self.width() - 2 * left - room
        self.edit.setGeometry(left, 3, max(width, 0), self.height() - 6)

    def _shown(self, answer: Answer | None) -> str:
        if answer is None:
            return ""
        if isinstance(answer, Missing):
            return missing_text(answer.reason)
        return self.written(answer)

    def _typed_now(self) -> str | None:
        if self._answer is None or isinstance(self._answer, Missing):
            return None
        return self.typed(self._answer)

    def _begin(self) -> None:
        typed = self._typed_now()
        if typed is not None and self.edit.text() == self._shown(self._answer):
            self.edit.setText(typed)
        self.edit.selectAll()
        self.update()

    def _left(self) -> None:
        if self.commit() and self.edit.text() == self._typed_now():
            self.edit.setText(self._shown(self._answer))
        self.update()

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            had_focus = self.edit.hasFocus()
            # A check that wants a reason moves the focus to it while the answer is being given.
            if self.commit() and had_focus == self.edit.hasFocus():
                self.focusNextChild()
            return True
        if event.key() == Qt.Key.Key_Escape and self.edit.text() != self._shown(self._answer):
            self.set_answer(self._answer)
            self.edit.selectAll()
            return True
        return False

    def _text_edited(self, _text: str) -> None:
        self.set_unstored()


class TextField(TypedField):
    """A line of words.

    Signals:
        answered: A ``str``.
    """

    def __init__(self, name: str, *, unit: str = "", size: int = 40, chars: int = 38):
        super().__init__(name, unit=unit, size=size, chars=chars)
        # Long words may run out of sight; their beginning is shown and all of it is in the tip.
        self.edit.setProperty("long", True)

    def minimumSizeHint(self) -> QSize:
        """Words may be longer than any field: it gives way before the page moves sideways."""
        size = super().minimumSizeHint()
        return QSize(min(size.width(), current_theme().px(_LEAST_WORDS)), size.height())

    def read(self, text: str) -> Answer:
        """The words, without spaces around them."""
        return text.strip()

    def set_answer(self, answer: Answer | None) -> None:
        """Show the words from their beginning."""
        super().set_answer(answer)
        self.edit.setToolTip(self.edit.text())

    def written(self, answer: Answer) -> str:
        """The words."""
        return str(answer)


class NumberField(TypedField):
    """A number with its unit.

    Signals:
        answered: A ``Decimal``, or an ``int`` where it is a count.
    """

    def __init__(
        self,
        name: str,
        *,
        decimals: int | None = None,
        integer: bool = False,
        unit: str = "",
        size: int = 48,
        chars: int = 6,
    ):
        """Make an empty field.

        Args:
            name: Accessible name: the item's label.
            decimals: Decimals allowed; None for any.
            integer: Whether it answers with whole numbers.
            unit: Words at the right end.
            size: Height at 100 %.
            chars: Digits it is wide at least.
        """
        super().__init__(name, unit=unit, size=size, chars=chars)
        self._integer = integer
        self._decimals = 0 if integer else decimals
        self.edit.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)

    def read(self, text: str) -> Answer:
        """The number, typed with comma or point."""
        number = read_number(text, self._decimals)
        return int(number) if self._integer else number

    def written(self, answer: Answer) -> str:
        """The number with the language's decimal mark."""
        return decimal_text(answer if isinstance(answer, Decimal) else Decimal(str(answer)))


class PasswordField(TypedField):
    """A secret: shown as dots, never kept, handed out only by ``take``.

    Signals:
        submitted: Enter was pressed.
    """

    submitted = Signal()

    def __init__(self, name: str, *, size: int = 48):
        super().__init__(name, size=size, chars=16)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setProperty("type", "entry")
        restyled(self.edit)

    def take(self) -> str:
        """What was typed; the field is empty afterwards."""
        secret = self.edit.text()
        self.edit.clear()
        return secret

    def set_visible(self, visible: bool) -> None:
        """Show the letters, or dots."""
        normal, dots = QLineEdit.EchoMode.Normal, QLineEdit.EchoMode.Password
        self.edit.setEchoMode(normal if visible else dots)

    def commit(self) -> bool:
        """A secret is no answer."""
        return True

    def _key(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.submitted.emit()
            return True
        return False
