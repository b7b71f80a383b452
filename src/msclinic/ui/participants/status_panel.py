"""What can be recorded of a participant's status now, and what was: opened from the status line."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from msclinic.domain.participant_life import allowed_acts
from msclinic.services.life_record import ACT_FORMS, LIFE_MEANING, LifeRecord, RecordedAct
from msclinic.services.session import Session
from msclinic.ui.enter_key import EnterKey
from msclinic.ui.participants.life_words import act_button, act_line, acts_in_order
from msclinic.ui.widgets import Button, Card, FlowLayout, Reasoned, TextField, label, row
from msclinic.wording import current_language, tr

__all__ = ["StatusPanel"]


class StatusPanel(Card):
    """Acts that can follow, for whoever signs them, and the acts recorded so far.

    Signals:
        act_chosen: Kind of the act to record.
        opened: Path of the form of an act.
        sign_asked: Path of the act whose signature became void.
        undo_asked: Path of an act recorded by mistake, and why.
        dismissed: Close it again.
    """

    act_chosen = Signal(str)
    opened = Signal(str)
    sign_asked = Signal(str)
    undo_asked = Signal(str, str)
    dismissed = Signal()

    def __init__(self, session: Session, record: LifeRecord) -> None:
        super().__init__(margin=16, gap=8)
        self.setObjectName("participant/status_panel")
        self._session = session
        self._signs = session.may(f"sign:{LIFE_MEANING}")
        self._undo_of = ""
        self._add_acts(record)
        self._add_recorded(record)
        self._reason = TextField(tr("Why it was recorded by mistake"))
        self._reason.setObjectName("participant/undo/reason")
        self._problem = label("", "secondary", "stop", wrap=True)
        self._problem.hide()
        self._undo_line = QWidget()
        self._add_undo()
        close = Button(tr("Close"), "plain", size=36)
        close.setObjectName("participant/status/close")
        close.clicked.connect(self.dismissed)
        foot = row()
        foot.addStretch(1)
        foot.addWidget(close)
        self.body.addLayout(foot)
        # The first act, otherwise whatever else can be done here.
        able = (one for one in self.findChildren(Button) if one.isVisibleTo(self))
        self._first = next(able, close)

    def begin(self) -> None:
        """Go to the first act."""
        self._first.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape closes it."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)

    def _add_acts(self, record: LifeRecord) -> None:
        allowed = acts_in_order(allowed_acts(record.life))
        self.body.addWidget(label(tr("What can be recorded now"), "section"))
        if not allowed:
            words = tr("Nothing follows in this record.")
            self.body.addWidget(label(words, "secondary", "text2", wrap=True))
            return
        if not self._signs:
            words = tr("A physician or the principal investigator records a change and signs it.")
            self.body.addWidget(label(words, "secondary", "text2", wrap=True))
            return
        flow = FlowLayout(8)
        for kind in allowed:
            button = Button(act_button(kind), size=40)
            button.setObjectName(f"participant/act/{kind}/begin")
            button.clicked.connect(partial(self.act_chosen.emit, kind))
            flow.addWidget(button)
        self.body.addLayout(flow)

    def _add_recorded(self, record: LifeRecord) -> None:
        self.body.addSpacing(4)
        self.body.addWidget(label(tr("Recorded"), "section"))
        if not record.acts:
            words = tr("No act was signed yet.")
            self.body.addWidget(label(words, "secondary", "text2", wrap=True))
        for act in record.acts:
            look, note = act_line(self._session, act, current_language())
            line = row(gap=8)
            line.addWidget(Reasoned(look.icon, look.tone, look.word, note), 1)
            for button in self._buttons(act, look.word):
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
                self.body.addLayout(line)

    def _buttons(self, act: RecordedAct, title: str) -> list[Button]:
        made = []
        own = act.signed_by == self._session.account
        signable = act.kind in ACT_FORMS and act.stands and self._signs
        for words, wanted, name, pressed in (
            (tr("Sign again…"), signable and not act.valid, "sign", self.sign_asked.emit),
            (tr("Take back…"), signable and own, "undo", self._ask_undo),
            (tr("Open"), True, "open", self.opened.emit),
        ):
            if wanted:
                button = Button(words, size=36)
                button.setObjectName(f"participant/{name}/{act.kind}")
                button.setAccessibleName(f"{words} {title}")
                button.clicked.connect(partial(pressed, act.scope))
                made.append(button)
        return made

    def _add_undo(self) -> None:
        line = row(gap=8)
        line.addWidget(label(tr("Why was it recorded by mistake?"), "label", wrap=True))
        line.addWidget(self._reason, 1)
        confirm = Button(tr("Take back and sign…"), "accent_outlined", size=40)
        confirm.setObjectName("participant/undo/confirm")
        confirm.clicked.connect(self._undo)
        line.addWidget(confirm)
        self._undo_line.setLayout(line)
        self._undo_line.hide()
        self.body.addWidget(self._undo_line)
        self.body.addWidget(self._problem)
        self._enter = EnterKey(self._reason)
        self._enter.pressed.connect(self._undo)

    def _ask_undo(self, scope: str) -> None:
        self._undo_of = scope
        self._undo_line.show()
        self._reason.edit.setFocus(Qt.FocusReason.TabFocusReason)

    def _undo(self) -> None:
        why = self._reason.edit.text().strip()
        if not why:
            self._problem.setText(tr("Type why it was recorded by mistake."))
            self._problem.show()
            self._reason.edit.setFocus()
            return
        self._problem.hide()
        self.undo_asked.emit(self._undo_of, why)
