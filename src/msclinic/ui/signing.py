"""The panel in which a person signs: what, in what state, with which meaning, with the password.

It lies over the page and leaves banner and dock uncovered. It signs nothing itself and keeps no
password longer than it takes to hand it over.
"""

from attrs import frozen
from PySide6.QtCore import QEvent, QObject, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QPushButton, QSizePolicy, QWidget

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import (
    IconMark,
    Panel,
    column,
    label,
    let_go,
    paint_frame,
    row,
    rule,
)
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chair import ChairBadge
from msclinic.ui.widgets.fields import PasswordField
from msclinic.ui.widgets.surfaces import Card, scrolled
from msclinic.wording import tr

__all__ = ["SignMeaning", "SignPanel", "SignRequest", "SignState"]

_WIDTH, _HEIGHT = 840, 576


@frozen
class SignMeaning:
    """What a signature may say.

    Attributes:
        code: Code of the study's meaning.
        title: Read first.
        detail: A quiet second line; empty for none.
    """

    code: str
    title: str
    detail: str = ""


@frozen
class SignState:
    """One line of the state of what is signed.

    Attributes:
        text: Such as ``17 of 17 answers, all stored``.
        icon: Meaning of the icon: ``ok``, ``attention``, ``stop``, ``query``.
        tone: Tone of the icon.
    """

    text: str
    icon: str = "ok"
    tone: str = "ok"


@frozen
class SignRequest:
    """Everything the panel shows.

    Attributes:
        title: What is signed and whose: ``Sign adverse event, PL01-003``.
        subtitle: Visit, signer and role.
        signer: Account as people read it: ``PHY 01``.
        meanings: To choose from; one alone is chosen.
        heading: First line of what is signed.
        lines: Further lines of what is signed.
        states: State of what is signed.
        chair: Chair number, or none.
    """

    title: str
    subtitle: str
    signer: str
    meanings: tuple[SignMeaning, ...]
    heading: str = ""
    lines: tuple[str, ...] = ()
    states: tuple[SignState, ...] = ()
    chair: int | None = None


class SignPanel(QWidget):
    """Lies over its parent while somebody signs.

    Signals:
        asked: Code of the meaning and the password; the panel waits for ``refuse`` or ``done``.
        dismissed: The person went back; nothing was signed.
    """

    asked = Signal(str, str)
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Make a hidden panel over a page."""
        super().__init__(parent)
        self.setProperty("overlay", True)
        self._busy = False
        self._meanings: list[_MeaningCard] = []
        self._return_to: QWidget | None = None
        self._card: _SignCard | None = None
        parent.installEventFilter(self)
        self.setAccessibleName(tr("Sign"))
        self.hide()

    @property
    def waiting(self) -> bool:
        """Whether a signature is under way."""
        return self._busy

    def ask(self, request: SignRequest) -> None:
        """Show what is signed and ask for meaning and password."""
        self._return_to = QApplication.focusWidget()
        if self._card is not None:
            let_go(self._card)
        self._card = _SignCard(request)
        self._card.setParent(self)
        self._card.sign.clicked.connect(self._sign)
        self._card.password.submitted.connect(self._sign)
        self._card.back.clicked.connect(self.dismiss)
        self._card.cross.clicked.connect(self.dismiss)
        self._busy = False
        self._place()
        self.show()
        self.raise_()
        self._card.show()
        self._card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def busy(self) -> None:
        """The signature is being made; nothing can be pressed."""
        self._busy = True
        if self._card is not None:
            self._card.set_busy(True)

    def refuse(self, title: str, rest: str = "") -> None:
        """Say why nothing was signed; the password is asked for again."""
        self._busy = False
        if self._card is not None:
            self._card.set_busy(False)
            self._card.say(title, rest)
            self._card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self) -> None:
        """It is signed: go."""
        self._busy = False
        self._close()

    def dismiss(self) -> None:
        """Go back without signing, unless a signature is under way."""
        if self._busy:
            return
        self._close()
        self.dismissed.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """The focus stays inside."""
        if self._card is None:
            return False
        stops = self._card.stops()
        now = QApplication.focusWidget()
        at = next((place for place, one in enumerate(stops) if one is now), -1)
        if stops:
            reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
            stops[(at + (1 if forward else -1)) % len(stops)].setFocus(reason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Cover the page whatever its size."""
        if watched is self.parentWidget() and event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back, Enter presses what has the focus."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            if isinstance(focused, QAbstractButton):
                focused.click()
            return
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """What lies beneath cannot be pressed."""
        event.accept()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Dim the page."""
        painter = QPainter(self)
        veil = QColor(0, 0, 0, 115)
        painter.fillRect(self.rect(), veil)
        painter.end()

    def _sign(self) -> None:
        card = self._card
        if card is None or self._busy:
            return
        meaning = card.meaning()
        if not meaning:
            card.say(tr("Choose what your signature means."))
            return
        secret = card.password.take()
        if not secret:
            card.say(tr("Type your password to sign."))
            card.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        card.say("")
        self.busy()
        self.asked.emit(meaning, secret)

    def _close(self) -> None:
        self.hide()
        if self._card is not None:
            self._card.password.take()
            let_go(self._card)
            self._card = None
        back = self._return_to
        self._return_to = None
        if back is not None and back.isVisible():
            back.setFocus(Qt.FocusReason.OtherFocusReason)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is None:
            return
        self.setGeometry(parent.rect())
        if self._card is None:
            return
        theme = current_theme()
        width = min(theme.px(_WIDTH), self.width() - 32)
        height = min(theme.px(_HEIGHT), self.height() - 24)
        self._card.setGeometry(
            (self.width() - width) // 2, (self.height() - height) // 2, width, height
        )


class _SignCard(Card):
    def __init__(self, request: SignRequest) -> None:
        super().__init__(margin=0, gap=0)
        self.body.setContentsMargins(1, 1, 1, 1)
        self.setAutoFillBackground(True)
        self._meanings: list[_MeaningCard] = []
        self.cross = Button("", "quiet", icon="x", size=40)
        self.cross.setAccessibleName(tr("Close without signing"))
        self.password = PasswordField(tr("Your password, again"))
        self.password.setObjectName("sign#password")
        self.eye = Button("", "quiet", icon="eye", size=40)
        self.eye.setCheckable(True)
        self.eye.setAccessibleName(tr("Show the password"))
        self.eye.toggled.connect(self.password.set_visible)
        self.back = Button(tr("Not now"), size=48)
        self.sign = Button(
            tr("Sign as {who}", who=request.signer), "primary", icon="pen-line", size=48
        )
        self._signer = request.signer
        self._fault = label("", "body_strong", "stop", wrap=True)
        self._fault_rest = label("", "secondary", "text2", wrap=True)
        self._fault.hide()
        self._fault_rest.hide()
        self.body.addWidget(self._head(request))
        self.body.addWidget(rule())
        middle = row(gap=0)
        middle.addWidget(self._left(request), 45)
        middle.addWidget(rule(vertical=True))
        middle.addWidget(self._right(request), 55)
        self.body.addLayout(middle, 1)
        self.body.addWidget(rule())
        foot = row(gap=12, margins=(24, 10, 24, 10))
        foot.addWidget(
            label(tr("Esc goes back; nothing is lost."), "secondary", "text2", wrap=True), 1
        )
        foot.addWidget(self.back)
        foot.addWidget(self.sign)
        self.body.addLayout(foot)

    def stops(self) -> list[QWidget]:
        """What the focus goes round, in order."""
        around: list[QWidget] = [
            *self._meanings,
            self.password.edit,
            self.eye,
            self.back,
            self.sign,
            self.cross,
        ]
        return [one for one in around if one.isEnabled()]

    def meaning(self) -> str:
        """Code of the meaning chosen; empty for none."""
        return next((one.meaning.code for one in self._meanings if one.isChecked()), "")

    def set_busy(self, busy: bool) -> None:
        """Let nothing be pressed while the signature is made."""
        self.sign.set_text(tr("Signing…") if busy else tr("Sign as {who}", who=self._signer))
        for widget in (self.sign, self.back, self.cross, self.password, *self._meanings):
            widget.setEnabled(not busy)

    def say(self, title: str, rest: str = "") -> None:
        """Say what kept it from being signed; empty takes it away."""
        for words, part in ((title, self._fault), (rest, self._fault_rest)):
            part.setText(words)
            part.setVisible(bool(words))

    def _head(self, request: SignRequest) -> QWidget:
        surface = f"chair{request.chair}tint" if request.chair else "bg"
        head = Panel(surface)
        line = row(gap=12, margins=(24, 8, 12, 8))
        if request.chair is not None:
            line.addWidget(ChairBadge(request.chair))
        words = column(gap=0)
        words.addWidget(label(request.title, "section", wrap=True))
        words.addWidget(label(request.subtitle, "secondary", "text2", wrap=True))
        line.addLayout(words, 1)
        line.addWidget(self.cross, 0, Qt.AlignmentFlag.AlignTop)
        head.setLayout(line)
        return head

    def _left(self, request: SignRequest) -> QWidget:
        left = Panel("bg")
        lines = column(gap=8, margins=(24, 16, 24, 16))
        lines.addWidget(label(tr("You sign"), "label_strong", "text2"))
        what = Card(margin=16, gap=4)
        if request.heading:
            what.body.addWidget(label(request.heading, "body_strong", wrap=True))
        for one in request.lines:
            what.body.addWidget(label(one, "secondary", "text2", wrap=True))
        lines.addWidget(what)
        if request.states:
            lines.addSpacing(8)
            lines.addWidget(label(tr("State of the form"), "label_strong", "text2"))
        for state in request.states:
            line = row(gap=8)
            line.addWidget(IconMark(state.icon, state.tone, 20), 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(label(state.text, "body", wrap=True), 1)
            lines.addLayout(line)
        lines.addStretch(1)
        void = tr(
            "If an answer below this signature changes later, the signature becomes void"
            " and both stay visible."
        )
        lines.addWidget(label(void, "secondary", "text2", wrap=True))
        left.setLayout(lines)
        return scrolled(left)

    def _right(self, request: SignRequest) -> QWidget:
        right = Panel("surface")
        lines = column(gap=8, margins=(24, 16, 24, 16))
        lines.addWidget(label(tr("What your signature means"), "label_strong", "text2"))
        for meaning in request.meanings:
            card = _MeaningCard(meaning)
            card.clicked.connect(self._chosen)
            self._meanings.append(card)
            lines.addWidget(card)
        if len(self._meanings) == 1:
            self._meanings[0].setChecked(True)
        lines.addSpacing(12)
        lines.addWidget(label(tr("Your password, again"), "label_strong"))
        entry = row(gap=4)
        entry.addWidget(self.password, 1)
        entry.addWidget(self.eye)
        lines.addLayout(entry)
        taken = tr("The time of signing is taken when you press Sign. Works without network.")
        lines.addWidget(label(taken, "secondary", "text2", wrap=True))
        lines.addWidget(self._fault)
        lines.addWidget(self._fault_rest)
        lines.addStretch(1)
        right.setLayout(lines)
        return scrolled(right)

    def _chosen(self) -> None:
        chosen = self.sender()
        for card in self._meanings:
            card.setChecked(card is chosen)


class _MeaningCard(QPushButton):
    """One meaning, as large as a finger."""

    def __init__(self, meaning: SignMeaning) -> None:
        super().__init__()
        self.meaning = meaning
        self.setText(meaning.title)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setObjectName(f"sign#{meaning.code}")
        self.setAccessibleName(f"{meaning.title}, {meaning.detail}".strip(", "))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(meaning.title)

    def nextCheckState(self) -> None:
        """A press chooses; it never takes the choice back."""
        self.setChecked(True)

    def sizeHint(self) -> QSize:
        """Two lines, or one."""
        theme = current_theme()
        return QSize(theme.px(280), theme.px(56 if self.meaning.detail else 48))

    def minimumSizeHint(self) -> QSize:
        """As high as it is meant to be."""
        return QSize(current_theme().px(160), self.sizeHint().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw frame, mark and words."""
        theme = current_theme()
        painter = QPainter(self)
        chosen = self.isChecked()
        heavy = chosen or self.hasFocus()
        paint_frame(
            painter,
            self.rect(),
            fill=theme.color("accentbg" if chosen else "surface"),
            edge=theme.color("accent" if heavy else "edge"),
            radius=8,
            width=2 if heavy else 1,
        )
        if self.hasFocus():
            inner = self.rect().adjusted(3, 3, -3, -3)
            paint_frame(painter, inner, fill=None, edge=theme.color("accent"), radius=6)
        side = theme.px(20)
        icon, tone = ("in_progress", "accent") if chosen else ("not_begun", "text2")
        draw_icon(painter, icon, theme.color(tone), 14, (self.height() - side) // 2, side)
        left = 14 + side + 12
        room = QRect(left, 0, self.width() - left - 12, self.height())
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("body_strong"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
        if self.meaning.detail:
            top = theme.line("body")
            y = (self.height() - top - theme.line("caption")) // 2
            painter.drawText(QRect(left, y, room.width(), top), flags, self.meaning.title)
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            below = QRect(left, y + top, room.width(), theme.line("caption"))
            painter.drawText(below, flags, self.meaning.detail)
        else:
            painter.drawText(room, flags, self.meaning.title)
        painter.end()
