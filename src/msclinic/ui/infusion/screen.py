"""The infusion run: phases at the left, the step at hand in the middle, clock or gate at the right.

Everything shown is read from the record, so that a restart opens at the same step. A second person
may sign in beside the first; what they do is done with their own keys.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QStackedWidget, QWidget

from msclinic.domain.errors import UserError
from msclinic.services.infusion import actions
from msclinic.services.infusion.view import RunView, run_view
from msclinic.services.people import accounts
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.infusion.acts import Act, gate_at_hand, next_act
from msclinic.ui.infusion.bars import ActingBar, StopBars
from msclinic.ui.infusion.clock_panel import ClockPanel
from msclinic.ui.infusion.deviations_card import DeviationsCard
from msclinic.ui.infusion.end_step import EndGiven, EndStep
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.frame import RunFrame
from msclinic.ui.infusion.gate_panel import GatePanel
from msclinic.ui.infusion.gate_words import gate_name, gate_shown
from msclinic.ui.infusion.join_panel import JoinPanel
from msclinic.ui.infusion.right_side import fill_clock, next_lines, phase_steps, run_clock
from msclinic.ui.infusion.running_step import RunningStep
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.infusion.steps import (
    Sight,
    make_step,
    phase_at_hand,
    round_name,
    round_open,
    running_shown,
    stage,
)
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.wording import current_language, time_text, tr

__all__ = ["RunScreen"]

_AGAIN = timedelta(seconds=10)


class RunScreen(Page):
    """One infusion day of one participant.

    Attributes:
        participant: Random id.
        visit: Visit code.
    """

    def __init__(
        self, session: Session, go: Navigator, tasks: Tasks, participant: str, visit: str
    ) -> None:
        """Open the run at the step that the record says.

        Raises:
            Refused: The role sees nothing of an infusion day.
            UserError: No infusion is planned at this visit.
        """
        super().__init__(session, go, tasks)
        self.participant, self.visit = participant, visit
        self.setObjectName(f"run/{visit}")
        self._joined: Session | None = None
        self._chosen = ""
        self._round = ""
        self._exit = ""
        self._key: tuple[object, ...] = ()
        self._act = Act("")
        self._joining: JoinPanel | None = None
        self.step = StepPage()
        self.view: RunView = run_view(session, participant, visit)
        opened = round_open(self.view)
        self._round = opened.point if opened is not None else ""
        self.frame = RunFrame()
        self.signing = SignPanel(self)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.reread)
        self._connect()
        self._show()

    def _connect(self) -> None:
        frame = self.frame
        holder = frame
        from msclinic.ui.widgets import column  # noqa: PLC0415

        lines = column(gap=0)
        lines.addWidget(holder)
        self.setLayout(lines)
        frame.phases.opened.connect(self.open_phase)
        frame.foot.next_pressed.connect(self.do_next)
        frame.foot.other_pressed.connect(self._other)
        frame.acting.left.connect(self.leave)
        frame.gate.act_asked.connect(self._gate_act)
        frame.clock.rate_asked.connect(self._rate_asked)
        self.signing.asked.connect(self._sign)
