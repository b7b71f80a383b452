"""The line under the banner: where the participant stands and what that rules out, always there."""

from PySide6.QtCore import Signal

from msclinic.services.life_record import LifeRecord
from msclinic.services.session import Session
from msclinic.ui.participants.life_words import facts_beside, ruled_out, since_words, state_look
from msclinic.ui.widgets import Button, FlowLayout, IconMark, Panel, column, label, rich, row
from msclinic.ui.widgets.base import empty
from msclinic.wording import tr

__all__ = ["StatusStrip"]


class StatusStrip(Panel):
    """State, since when, by whom, what it rules out, and the way to the acts.

    Signals:
        acts_asked: Show what can be recorded and what was.
        link_asked: Open the other record of somebody screened twice; its random id.
    """

    acts_asked = Signal()
    link_asked = Signal(str)

    def __init__(self, *, signs: bool) -> None:
        """Make an empty line.

        Args:
            signs: Whether this person records and signs acts.
        """
        super().__init__("surface", "bottom")
        self.setObjectName("participant/status")
        self._icon = IconMark("in_progress", "text2", 20)
        self._state = rich("", "", wrap=True)
        self._beside = label("", "secondary", "att", wrap=True)
        self._rules_out = label("", "body_medium", wrap=True)
        self.acts = (
            Button(tr("Change of status…"), icon="pen-line", size=40)
            if signs
            else Button(tr("Status history"), icon="history", size=40)
        )
        self.acts.setObjectName("participant/acts")
        self.acts.clicked.connect(self.acts_asked)
        self._links = FlowLayout(8)
        state = column(gap=0)
        for words in (self._state, self._beside):
            state.addWidget(words)
        line = row(gap=12, margins=(16, 6, 16, 6))
        line.addWidget(self._icon)
        line.addLayout(state, 3)
        line.addWidget(self._rules_out, 2)
        line.addLayout(self._links, 0)
        line.addWidget(self.acts)
        self.setLayout(line)

    def show_life(self, session: Session, record: LifeRecord) -> None:
        """Show where the participant stands."""
        look = state_look(record.life)
        self._icon.set_icon(look.icon, look.tone)
        said = rich(look.word, since_words(session, record))
        self._state.setText(said.text())
        self._state.setAccessibleName(said.accessibleName())
        beside = ", ".join(facts_beside(record.life))
        self._beside.setText(beside[:1].upper() + beside[1:])
        self._beside.setVisible(bool(beside))
        ruled = ruled_out(record.life)
        self._rules_out.setText(ruled)
        self._rules_out.setVisible(bool(ruled))
        self.setAccessibleName(" · ".join(part for part in (look.word, beside, ruled) if part))
        empty(self._links)
        for other, words in (
            (record.earlier, tr("Earlier record")),
            (record.later, tr("Later record")),
        ):
            if other is not None:
                button = Button(words, "plain", icon="link", size=40)
                button.setProperty("participant", other)
                button.clicked.connect(self._follow)
                self._links.addWidget(button)

    def _follow(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            self.link_asked.emit(str(button.property("participant")))
