"""What a signing panel shows: what is signed and its state, the meanings, the secret.

It hands the secret over once and shows what hinders instead of asking for one that cannot help.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from msclinic.ui.icons import draw_icon
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets.base import IconMark, Panel, column, label, paint_frame, row, rule
from msclinic.ui.widgets.buttons import Button
from msclinic.ui.widgets.chair import ChairBadge
from msclinic.ui.widgets.fields import PasswordField
from msclinic.ui.widgets.surfaces import Card, scrolled
from msclinic.wording import plural, tr

__all__ = ["SignCard", "SignMeaning", "SignRequest", "SignState"]

# Least height of a meaning without and with a second line, as large as a finger.
_CARD, _CARD_DETAIL = 48, 56


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
        pin: Whether the signing PIN stands for the password here and now.
        hindrances: What keeps it from being signed; with one there is no button to sign.
        about: Heading of the states; left out, they are the form's.
    """

    title: str
    subtitle: str
    signer: str
    meanings: tuple[SignMeaning, ...]
    heading: str = ""
    lines: tuple[str, ...] = ()
    states: tuple[SignState, ...] = ()
    chair: int | None = None
    pin: bool = False
    hindrances: tuple[SignState, ...] = ()
    about: str = ""


class SignCard(Card):
    """What is signed at the left, meaning and secret at the right.

    Attributes:
        password: Where the password or the PIN is typed.
        pin: Whether it is the PIN that is asked for now.
        signable: Whether nothing hinders the signature.
    """

    def __init__(self, request: SignRequest) -> None:
        super().__init__(margin=0, gap=0)
        self.pin = request.pin
        self.signable = not request.hindrances
        self.body.setContentsMargins(1, 1, 1, 1)
        self.setAutoFillBackground(True)
        self._meanings: list[_MeaningCard] = []
        self.cross = Button("", "quiet", icon="x", size=40)
        self.cross.setAccessibleName(tr("Close without signing"))
        asked = tr("Your signing PIN") if self.pin else tr("Your password, again")
        self.password = PasswordField(asked)
        self.password.setObjectName("sign#password")
        self._asked = label(asked, "label_strong")
        self.other = Button(tr("Use the password"), "quiet", size=40)
        self.other.setObjectName("sign#other")
        if not self.pin:
            self.other.hide()
        self.other.clicked.connect(self._password_chosen)
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
        if not self.signable:
            self.sign.hide()
        self.body.addLayout(foot)

    def stops(self) -> list[QWidget]:
        """What the focus goes round, in order."""
        around: list[QWidget] = [
            *self._meanings,
            self.password.edit,
            self.eye,
            self.other,
            self.back,
            self.sign,
            self.cross,
        ]
        return [one for one in around if one.isEnabled() and not one.isHidden()]

    def begin(self) -> None:
        """The focus stands where the person goes on."""
        first = self.password if self.signable else self.back
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_password(self) -> None:
        """The PIN does not count any more: ask for the password."""
        self.pin = False
        self.password.take()
        self._asked.setText(tr("Your password, again"))
        self.password.edit.setAccessibleName(tr("Your password, again"))
        self.other.hide()

    def meaning(self) -> str:
        """Code of the meaning chosen; empty for none."""
        return next((one.meaning.code for one in self._meanings if one.isChecked()), "")

    def set_busy(self, busy: bool) -> None:
        """Let nothing be pressed while the signature is made."""
        self.sign.set_text(tr("Signing…") if busy else tr("Sign as {who}", who=self._signer))
        parts = (self.sign, self.back, self.cross, self.password, self.other, *self._meanings)
        for widget in parts:
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
            about = request.about or tr("State of the form")
            lines.addWidget(label(about, "label_strong", "text2"))
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
        lines.addWidget(self._secret())
        _add_hindrances(lines, request.hindrances)
        lines.addWidget(self._fault)
        lines.addWidget(self._fault_rest)
        lines.addStretch(1)
        right.setLayout(lines)
        return scrolled(right)

    def _secret(self) -> QWidget:
        """Where the secret is typed; out of sight where it could not help."""
        holder = QWidget()
        lines = column(gap=8)
        lines.addWidget(self._asked)
        entry = row(gap=4)
        entry.addWidget(self.password, 1)
        entry.addWidget(self.eye)
        lines.addLayout(entry)
        lines.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        taken = tr("The time of signing is taken when you press Sign. Works without network.")
        lines.addWidget(label(taken, "secondary", "text2", wrap=True))
        holder.setLayout(lines)
        if not self.signable:
            holder.hide()
        return holder

    def _password_chosen(self) -> None:
        self.ask_password()
        self.begin()

    def _chosen(self) -> None:
        chosen = self.sender()
        for card in self._meanings:
            card.setChecked(card is chosen)


def _add_hindrances(lines: QVBoxLayout, hindrances: Sequence[SignState]) -> None:
    """What must be settled first, in place of the password."""
    if not hindrances:
        return
    count = plural(
        len(hindrances),
        one="Before the signature: {count} point",
        other="Before the signature: {count} points",
    )
    lines.addWidget(label(count, "label_strong"))
    for one in hindrances:
        line = row(gap=8)
        line.addWidget(IconMark(one.icon, one.tone, 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(one.text, "body", wrap=True), 1)
        lines.addLayout(line)


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
        tall = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        tall.setHeightForWidth(True)
        self.setSizePolicy(tall)
        self.setToolTip(meaning.title)

    def nextCheckState(self) -> None:
        """A press chooses; it never takes the choice back."""
        self.setChecked(True)

    def sizeHint(self) -> QSize:
        """Title and detail, each in one line where there is room."""
        width = current_theme().px(280)
        return QSize(width, self.heightForWidth(width))

    def minimumSizeHint(self) -> QSize:
        """As high as a finger, however wide it is."""
        theme = current_theme()
        return QSize(theme.px(160), theme.px(_CARD))

    def hasHeightForWidth(self) -> bool:
        """Long words wrap at large text."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Room for all words."""
        theme = current_theme()
        title, detail = self._heights(width)
        least = theme.px(_CARD_DETAIL if detail else _CARD)
        return max(least, title + detail + theme.px(14))

    def _heights(self, width: int) -> tuple[int, int]:
        theme = current_theme()
        room = QRect(0, 0, width - self._left() - 12, 10_000)
        heights = []
        for kind, words in (("body_strong", self.meaning.title), ("caption", self.meaning.detail)):
            metrics = QFontMetrics(theme.font(kind))
            wrapped = metrics.boundingRect(room, Qt.TextFlag.TextWordWrap, words).height()
            heights.append(wrapped if words else 0)
        return heights[0], heights[1]

    @staticmethod
    def _left() -> int:
        return 14 + current_theme().px(20) + 12

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
        left = self._left()
        title, detail = self._heights(self.width())
        room = QRect(left, (self.height() - title - detail) // 2, self.width() - left - 12, title)
        painter.setPen(theme.color("text"))
        painter.setFont(theme.font("body_strong"))
        painter.drawText(room, Qt.TextFlag.TextWordWrap, self.meaning.title)
        if detail:
            painter.setFont(theme.font("caption"))
            painter.setPen(theme.color("text2"))
            below = QRect(left, room.bottom() + 1, room.width(), detail)
            painter.drawText(below, Qt.TextFlag.TextWordWrap, self.meaning.detail)
        painter.end()
