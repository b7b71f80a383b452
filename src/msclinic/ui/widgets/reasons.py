"""Problems beside the field: the sentence of a finding, and the reasons to keep a value.

One digit answers. The widgets show findings that were handed to them; they judge nothing.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import (
    FlowLayout,
    IconMark,
    Painted,
    Panel,
    column,
    empty,
    label,
    paint_frame,
    row,
)
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.fields import TextField
from msclinic.wording import tr

__all__ = ["FindingPanel", "Reason", "ReasonBar", "ReasonChoice"]


@frozen
class ReasonChoice:
    """One reason on offer.

    Attributes:
        code: What is stored; its first letter is the key.
        label: What is read.
        needs_text: Whether words must be added.
    """

    code: str
    label: str
    needs_text: bool = False


@frozen
class Reason:
    """The reason a person gave.

    Attributes:
        code: Code of the choice.
        text: Words added; empty where none were asked for.
    """

    code: str
    text: str = ""


class ReasonBar(Painted):
    """Reasons in a row, each a digit.

    Signals:
        chosen: The ``Reason`` that a person has just given.
    """

    chosen = Signal(object)

    def __init__(self, choices: Sequence[ReasonChoice] = (), *, size: int = 44):
        """Make a bar.

        Args:
            choices: At most nine, in order.
            size: Height of a reason at 100 %.
        """
        super().__init__()
        self._size = size
        self._choices: tuple[ReasonChoice, ...] = ()
        self._pending = ""
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Reason to keep the value"))
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._layout: QVBoxLayout = column(gap=8, margins=(5, 5, 5, 5))
        self._flow = FlowLayout(8)
        self._layout.addLayout(self._flow)
        self._words = TextField(tr("Reason in your words"), size=40)
        self._words.set_placeholder(tr("Say why, then Enter"))
        self._words.answered.connect(self._worded)
        self._words.hide()
        self._layout.addWidget(self._words)
        self.setLayout(self._layout)
        self.set_choices(choices)

    def set_choices(self, choices: Sequence[ReasonChoice]) -> None:
        """Offer other reasons."""
        empty(self._flow)
        self._choices = tuple(choices)
        for choice in self._choices:
            button = Button(choice.label, key=choice.code, size=self._size)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            button.setAccessibleName(f"{choice.code}: {choice.label}")
            button.setProperty("reason", choice.code)
            button.clicked.connect(self._pressed)
            self._flow.addWidget(button)
        self._words.hide()
        self.updateGeometry()

    def choose(self, code: str) -> None:
        """Give a reason as if its digit had been pressed."""
        choice = next(choice for choice in self._choices if choice.code == code)
        if choice.needs_text:
            self._pending = code
            self._words.set_answer(None)
            self._words.show()
            self._words.edit.setFocus()
            return
        self._words.hide()
        self.chosen.emit(Reason(code))

    def spoken_role(self) -> QAccessible.Role:
        """A group of buttons that digits press."""
        return QAccessible.Role.Grouping

    def spoken_value(self) -> str:
        """The reasons on offer, with their digits."""
        return ", ".join(f"{choice.code}: {choice.label}" for choice in self._choices)

    def follow(self, before: QWidget) -> None:
        """Come after a widget in the order of the focus."""
        stop: QWidget | None = before
        # What is computed takes no focus: the bar then follows the last thing above that does.
        while stop is not None and not stop.focusPolicy() & Qt.FocusPolicy.TabFocus:
            stop = stop.previousInFocusChain()
            if stop is before or stop is self:
                stop = None
        if stop is not None:
            QWidget.setTabOrder(stop, self)
        QWidget.setTabOrder(self, self._words.edit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A digit gives its reason."""
        for choice in self._choices:
            if event.text() and event.text() == choice.code:
                self.choose(choice.code)
                return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show that digits go here."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Digits go elsewhere now."""
        super().focusOutEvent(event)
        self.update()

    def sizeHint(self) -> QSize:
        """All reasons in one row."""
        return self._layout.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the ring of the focus."""
        if not self.hasFocus():
            return
        painter = QPainter(self)
        theme = current_theme()
        around = QRect()
        for child in self.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly):
            if child.isVisible():
                around = around.united(child.geometry())
        around = around.adjusted(-5, -5, 5, 5)
        paint_frame(painter, around, fill=None, edge=theme.color("accent"), radius=11, width=2)
        painter.end()

    def _pressed(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.choose(str(button.property("reason")))

    def _worded(self, text: object) -> None:
        self._words.hide()
        self.chosen.emit(Reason(self._pending, str(text)))


_LOOKS = {
    "impossible": ("stop", "stop", "stopbg"),
    "gate": ("stop", "stop", "stopbg"),
    "alert": ("stop", "stop", "stopbg"),
    "soft": ("attention", "att", "attbg"),
    "info": ("info", "accent", "accentbg"),
}


class FindingPanel(Panel):
    """What is wrong, what to do, and the reasons to keep it.

    Signals:
        kept: The ``Reason`` to keep the value.
    """

    kept = Signal(object)

    def __init__(self) -> None:
        super().__init__("stopbg")
        self.setProperty("rounded", True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self._said: tuple[object, ...] = ()
        self._before: QWidget | None = None

    def set_finding(
        self, severity: str, sentence: str, advice: str = "", reasons: Sequence[ReasonChoice] = ()
    ) -> None:
        """Show a finding.

        Args:
            severity: ``impossible``, ``gate``, ``alert``, ``soft`` or ``info``.
            sentence: Starts with what is wrong.
            advice: What to do about it.
            reasons: Reasons to keep the value; empty where it cannot be kept or needs none.
        """
        said = (severity, sentence, advice, tuple(reasons))
        if said == self._said:
            return  # somebody may be typing a reason just now
        if not self._said:
            self._build()
        self._said = said
        icon, tone, surface = _LOOKS[severity]
        self._icon.set_icon(icon, tone)
        self.set_surface(surface)
        self._sentence.setText(sentence)
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        self._bar.set_choices(reasons)
        self._bar.setVisible(bool(reasons))
        self.setAccessibleName(f"{sentence} {advice}".strip())

    def follow(self, before: QWidget) -> None:
        """Come after a widget in the order of the focus, whenever the reasons are made."""
        self._before = before

    def ask(self) -> None:
        """Put the focus on the reasons."""
        self._bar.setFocus(Qt.FocusReason.OtherFocusReason)
        # The page has to lay itself out anew before it can be scrolled to the panel.
        QTimer.singleShot(0, self, self._into_view)

    def _build(self) -> None:
        # Most items never have a finding: what it is shown with is made when one comes.
        self._icon = IconMark("stop", "stop", 20)
        self._sentence = label("", "body_strong", wrap=True)
        self._advice = label("", "secondary", "text2", wrap=True)
        self._bar = ReasonBar()
        self._bar.chosen.connect(self.kept)
        head = row(gap=8)
        head.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=4)
        words.addWidget(self._sentence)
        words.addWidget(self._advice)
        head.addLayout(words, 1)
        body = column(gap=4, margins=(12, 8, 8, 8))
        body.addLayout(head)
        body.addWidget(self._bar)
        self.setLayout(body)
        if self._before is not None:
            self._bar.follow(self._before)

    def _into_view(self) -> None:
        above = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None and self.isVisible():
            above.ensureWidgetVisible(self, 0, 16)
