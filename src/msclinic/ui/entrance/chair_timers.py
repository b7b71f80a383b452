"""Running timers for everyone to see: the chair and when somebody is needed, nothing clinical.

Where nobody is signed in each chair has its four emergency keys: a press stamps the time, and a
person answers for it later.
"""

from collections.abc import Sequence

from attrs import frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import Button, Card, ChairBadge, Chip, column, label, row
from msclinic.ui.widgets.base import IconMark, empty
from msclinic.wording import tr

__all__ = ["ChairTimer", "ChairTimers", "emergency_words"]


@frozen
class ChairTimer:
    """What the lock screen may say of a chair: its number and when somebody is needed.

    Attributes:
        chair: 1 to 4.
        at: Clock time of what is due.
        minutes: Minutes until then; negative when it is late.
    """

    chair: int
    at: str
    minutes: int


class ChairTimers(QWidget):
    """One card for each chair that waits for somebody.

    Signals:
        pressed: Chair and emergency key.
    """

    pressed = Signal(int, str)

    def __init__(self, *, emergencies: bool = False) -> None:
        """Make an empty column.

        Args:
            emergencies: Whether each chair has its emergency keys.
        """
        super().__init__()
        self._emergencies = emergencies
        self._shown: tuple[ChairTimer, ...] = ()
        self._notes: dict[int, tuple[str, str]] = {}
        self._lines = column(gap=16)
        self.setLayout(self._lines)

    def show_timers(self, timers: Sequence[ChairTimer]) -> None:
        """Show them; what is there already is not built anew."""
        if tuple(timers) != self._shown:
            self._shown = tuple(timers)
            self._build()

    def note(self, chair: int, words: str, tone: str) -> None:
        """Say beneath a chair what became of a press."""
        self._notes[chair] = (words, tone)
        self._build()

    def _build(self) -> None:
        focused = QApplication.focusWidget()
        held = focused.objectName() if focused is not None and self.isAncestorOf(focused) else ""
        empty(self._lines)
        if self._shown:
            self._lines.addWidget(label(tr("Running timers"), "section"))
        for timer in self._shown:
            card = _timer_card(timer)
            if self._emergencies:
                card.body.addLayout(self._keys(timer.chair))
            if timer.chair in self._notes:
                words, tone = self._notes[timer.chair]
                card.body.addWidget(label(words, "body_medium", tone, wrap=True))
            self._lines.addWidget(card)
        again = self.findChild(Button, held) if held else None
        if again is not None:
            again.setFocus()

    def _keys(self, chair: int) -> QGridLayout:
        keys = QGridLayout()
        keys.setSpacing(8)
        # At the largest text two keys beside each other leave no room for the password.
        roomy = current_theme().scale <= 150
        columns, size = (2, 48) if roomy else (1, 44)
        for at, (key, words, icon) in enumerate(_emergency_keys()):
            button = Button(words, "stop" if key == "STOP" else "emergency", icon=icon, size=size)
            button.setObjectName(f"emergency/{chair}/{key}")
            button.setAccessibleName(tr("Chair {number}: {key}", number=chair, key=words))
            button.clicked.connect(lambda _=False, key=key: self.pressed.emit(chair, key))
            keys.addWidget(button, at // columns, at % columns)
        return keys


def emergency_words(key: str) -> str:
    """What an emergency key is called."""
    return {one: words for one, words, _ in _emergency_keys()}[key]


def _emergency_keys() -> tuple[tuple[str, str, str], ...]:
    return (
        ("STOP", tr("STOP"), "octagon-x"),
        ("ADRENALINE", tr("Adrenaline"), "syringe"),
        ("CALL", tr("Call for help"), "phone-call"),
        ("O2", tr("Oxygen"), "wind"),
    )


def _timer_card(timer: ChairTimer) -> Card:
    card = Card()
    line = row(gap=16)
    line.addWidget(ChairBadge(timer.chair, 56), 0, Qt.AlignmentFlag.AlignVCenter)
    words = column(gap=0)
    words.addWidget(label(tr("Chair {number}", number=timer.chair), "title"))
    words.addWidget(label(tr("at {time}", time=timer.at), "secondary", "text2"))
    line.addLayout(words)
    line.addStretch(1)
    card.body.addLayout(line)
    waits = line
    if current_theme().scale > 125:
        # At large text it stands beneath the chair.
        waits = row(gap=8)
        card.body.addLayout(waits)
    if timer.minutes < 0:
        late = tr("{minutes} min late: call a nurse", minutes=-timer.minutes)
        if waits is line:
            waits.addWidget(Chip(late, "attention", icon="attention"))
        else:
            waits.addWidget(IconMark("attention", "att", 20))
            waits.addWidget(label(late, "body_medium", "att", wrap=True), 1)
    else:
        waits.addWidget(label(tr("next in"), "secondary", "text2"))
        left = label(tr("{minutes} min", minutes=timer.minutes), "timer")
        left.setMinimumHeight(current_theme().px(38))
        waits.addWidget(left)
        if waits is not line:
            waits.addStretch(1)
    return card
