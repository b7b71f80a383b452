"""The infusion run: phases at the left, the step at hand in the middle, clock or gate at the right.

Everything shown is read from the record, so that a restart opens at the same step. A second person
may sign in beside the first; what they do is done with their own keys.
"""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout

from msclinic.domain.errors import UserError
from msclinic.services.infusion.view import RunView, run_view
from msclinic.services.session import Session
from msclinic.ui.infusion.acts import Act, next_act
from msclinic.ui.infusion.closing_step import ClosingStep
from msclinic.ui.infusion.doing import Doing
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.frame import RunFrame
from msclinic.ui.infusion.gate_side import gate_shown_for, gate_side
from msclinic.ui.infusion.head_words import due_shown, title_of, waits
from msclinic.ui.infusion.latest import LatestView
from msclinic.ui.infusion.near import Near
from msclinic.ui.infusion.right_side import fill_clock, next_lines, phase_steps, run_clock
from msclinic.ui.infusion.round_step import RoundStep
from msclinic.ui.infusion.running_step import RunningStep
from msclinic.ui.infusion.scanner import Scanner
from msclinic.ui.infusion.scans import place_scan
from msclinic.ui.infusion.section_step import SectionStep
from msclinic.ui.infusion.sight import Sight
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.infusion.steps import make_step, running_shown
from msclinic.ui.infusion.whereabouts import Whereabouts
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_for
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.widgets import column
from msclinic.wording import plural, time_text, tr

__all__ = ["RunScreen"]

_AGAIN = timedelta(seconds=10)
# Acts that put a time into the record as soon as they are pressed.
_STAMPS = ("go", "start", "finish", "begin_check")
_CLOCKED = ("running", "ending", "ended", "watching", "course", "round")


class RunScreen(Page):
    """One infusion day of one participant.

    Attributes:
        participant: Random id.
        visit: Visit code.
        view: The run as read last, as the person who acts may see it.
        step: What stands in the middle.
        near: The item at hand.
        where: What the person has turned to.
        doing: Carries the acts out.
    """

    def __init__(
        self,
        session: Session,
        go: Navigator,
        tasks: Tasks,
        participant: str,
        visit: str,
        view: RunView | None = None,
    ) -> None:
        """Open the run at the step that the record says; ``view`` is it where it was read already.

        Raises:
            Refused: The role sees nothing of an infusion day.
            UserError: No infusion is planned at this visit.
        """
        super().__init__(session, go, tasks)
        self.participant, self.visit = participant, visit
        self.setObjectName(f"run/{visit}")
        self.view: RunView = view or run_view(session, participant, visit)
        self.step = StepPage()
        self.frame = RunFrame()
        self.doing = Doing(self)
        self.where = Whereabouts(self.view)
        self._key: tuple[object, ...] = ()
        self._holding, self._pressed, self._released = False, "", False
        self._latest = LatestView(tasks, self)
        self._latest.arrived.connect(self._arrived)
        self._latest.failed.connect(self._not_read)
        self._act = Act("")
        self._begin = True
        lines = column(gap=0)
        lines.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        lines.addWidget(self.frame)
        self.setLayout(lines)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self.reread)
        self.frame.phases.opened.connect(self.open_phase)
        self.frame.foot.next_pressed.connect(self.do_next)
        self.frame.foot.other_pressed.connect(self._other)
        self.frame.acting.left.connect(self.doing.leave)
        self.frame.gate.act_asked.connect(self._gate_act)
        self.frame.clock.rate_asked.connect(self._rate_asked)
        self.doing.done.connect(self._done)
        self.doing.other_hands.connect(self._other_hands)
        self._scanner = Scanner(self, lambda: not self.doing.asking)
        self._scanner.scanned.connect(self._scanned)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            # A field takes Enter for itself; with Ctrl it does what is next, from anywhere.
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.do_next)
        self.near = Near(self)
        self.near.moved.connect(self._item_at_hand)
        self._show()

    # What the window calls

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what another screen or device has changed."""
        if changed & {Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES, Kind.VISITS}:
            self.step.reread()
            self._soon()

    def tick(self, now: datetime) -> None:
        """Move the clock; read again from time to time, as points fall due by themselves."""
        self.frame.clock.set_clock(run_clock(self.sight, now))
        if now - self.view.now >= _AGAIN and not self._latest.waiting:
            self.reread()

    def settle(self) -> None:
        """Store what is still being typed."""
        self.step.settle()

    def release(self) -> None:
        """Let the second person go and drop what is shown."""
        self.near.stop()
        self._released = True
        self._later.stop()
        self._scanner.stop()
        self.doing.close_joined()
        self._latest.drop()

    @property
    def actor(self) -> Session:
        """Who acts: the second person while one is here, otherwise the one signed in."""
        return self.doing.joined or self.session

    @property
    def sight(self) -> Sight:
        """Who acts, and the run as they may see it."""
        return Sight(self.actor, self.view)

    @property
    def act(self) -> Act:
        """What the filled button does."""
        return self._act

    @property
    def holding(self) -> bool:
        """Whether something was just done and what is shown is not yet what came of it."""
        return self._holding

    # Reading and showing

    def reread(self) -> None:
        """Read the run beside the window and show it; the step is kept unless it has moved on."""
        if self._released:
            return
        self._later.stop()
        actor, participant, visit = self.actor, self.participant, self.visit
        self._latest.ask(lambda: run_view(actor, participant, visit))

    def _arrived(self, view: RunView) -> None:
        pressed, self._pressed = self._pressed, ""
        self._holding = False
        self.view = view
        self._show()
        if pressed:
            self._carry_out(pressed)

    def _not_read(self, error: Exception) -> None:
        self._holding, self._pressed = False, ""
        self.go.say(error)

    def _other_hands(self) -> None:
        # What one person saw is gone before the other one can look: this is not left for later.
        self._later.stop()
        self._latest.drop()
        self.where.forward()
        self._pressed = ""
        self._holding, self._begin = False, True
        try:
            self.view = run_view(self.actor, self.participant, self.visit)
        except UserError as error:
            self.go.say(error)
        self._show()

    def _turn(self) -> None:
        """Show what was turned to with what is known, and read again."""
        self._begin = True
        if not self._holding:
            self._show()
        self.reread()

    def open_phase(self, phase: str) -> None:
        """Look at another phase; the run itself stays where it is."""
        self.settle()
        self.where.to_phase(self.view, phase)
        self._turn()

    def open_round(self, point: str, *, anew: bool = False) -> None:
        """Begin a round, or go on with one.

        Args:
            point: Its point.
            anew: Whether it is another one, though there is one of that point.
        """
        self.where.to_round(point, anew=anew)
        self._turn()

    def measure_again(self) -> None:
        """Measure the baseline anew; what was measured stays."""
        if self.stage() != "fit":
            self.open_phase("fit")
        if isinstance(self.step, SectionStep):
            self.step.anew("base")

    def open_end(self) -> None:
        """Ask for the end of the infusion."""
        self.open_phase("end")

    def go_on(self) -> None:
        """Back to where the run is."""
        self.where.back()
        self._turn()

    def _soon(self) -> None:
        self._later.start()

    def _done(self) -> None:
        self.where.forward()
        self._begin = self._holding = True
        self.reread()

    def stage(self) -> str:
        """What stands in the middle, by name."""
        return self.where.stage(self.sight)

    def _show(self) -> None:
        what = self.stage()
        self._show_step(what)
        view, frame, zone = self.view, self.frame, self.session.zone
        self.identity = banner_for(self.session, view.identity, self.visit, view.chair)
        frame.set_phases(
            phase_steps(self.sight, self.where.phase(self.view)), self.where.phase(self.view)
        )
        frame.set_next(next_lines(self.sight))
        frame.stops.set_findings(view.findings)
        self._show_head(what)
        clocked = what in _CLOCKED
        frame.show_gate(gate=not clocked)
        if clocked:
            fill_clock(frame.clock, self.sight, view.now)
        else:
            joined = self.doing.joined is not None
            frame.gate.set_gate(gate_side(self.sight, what, joined=joined))
        if isinstance(self.step, RunningStep):
            self.step.set_shown(running_shown(self.sight))
        elif isinstance(self.step, ClosingStep):
            self.step.set_deviations(view.deviations)
        self._act = self._next(what)
        self._show_foot(what)
        if self.step.saved_at is not None:
            frame.head.saved.set_time(time_text(self.step.saved_at, zone, seconds=True))
        if self._begin:
            self._begin = False
            QTimer.singleShot(0, self, self._take_focus)

    def _show_step(self, what: str) -> None:
        view = self.view
        key: tuple[object, ...] = (what, self.actor.account, self.where.point, self.where.rounds)
        if what == "check":
            shown = view.gates["G3"].blockers if view.compared else ()
            key = (*key, view.compared, tuple(one.item for one in shown))
        elif what in ("away", "release_wait", "signed"):
            key = (*key, view.state.name, view.now.replace(second=0, microsecond=0))
        if key == self._key:
            return
        moved_on = self._key[:4] != key[:4]
        self._key = key
        self._begin = self._begin or moved_on or what == "check"
        try:
            step = self._made(what)
        except UserError as error:
            self.go.say(error)
            step = StepPage()
        step.saved.connect(self._saved)
        step.moved.connect(self._soon)
        step.failed.connect(self.go.say)
        self.doing.listen(step)
        self.step = step
        self.near.follow(step)
        self.frame.set_step(step)
        self.frame.open_side(opened=False)

    def _made(self, what: str) -> StepPage:
        if what in ("defer", "cancel"):
            return ExitStep(self.actor, defer=what == "defer")
        return make_step(self.sight, what, self.where.point, anew=self.where.take_anew())

    def _show_head(self, what: str) -> None:
        head, joined = self.frame.head, self.doing.joined is not None
        head.set_title(
            title_of(self.sight, what, self.where.phase(self.view), self.where.point, joined=joined)
        )
        left = self.step.left()
        head.set_progress(plural(left, one="{count} left", other="{count} left") if left else "")
        due, chip = due_shown(self.sight, what, self.where.point), self.frame.chip
        if due is not None:
            chip.set_state(due.words, due.tone, due.icon)
        chip.setVisible(due is not None)
        head.set_surface(due.surface if due is not None else "bg")
        if joined:
            self.doing.name_people(self.frame.acting)
        else:
            self.frame.acting.hide()
        chip.updateGeometry()

    def _next(self, what: str) -> Act:
        if what in ("away", "not_started", "course"):
            return Act("follow", tr("Back to now")) if self.where.chosen else Act("")
        return next_act(
            self.sight,
            what,
            self.step.next_words(),
            joined=self.doing.joined is not None,
            step_left=self.step.left(),
        )

    def _show_foot(self, what: str) -> None:
        foot = self.frame.foot
        strong, rest = self.step.left_words()
        if strong or rest:
            foot.set_left(strong, rest)
        else:
            due = what in ("running", "watching") and self._act.key == "round"
            icon, tone = ("timer", "accent") if due else ("ok", "ok")
            foot.set_left(*waits(self.sight, what), icon=icon, tone=tone)
        foot.set_next(self._act.words, self._act.why_not)
        other = ""
        if what == "round" and isinstance(self.step, RoundStep) and self.step.untouched():
            other = tr("Round not done")
        elif self.near.may_be_missing is not None:
            other = tr("Not done…")
        elif self.where.way_out or (self.where.chosen and self._act.key != "follow"):
            other = tr("Back")
        foot.set_other(other)

    def _take_focus(self) -> None:
        if self.doing.asking or not self.isVisible():
            return
        if self.step.begin():
            return
        if self._act.words and not self._act.why_not:
            self.frame.foot.focus_next()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _saved(self, at: datetime) -> None:
        self.step.saved_at = at
        self.frame.head.saved.set_time(time_text(at, self.session.zone, seconds=True))

    # Acting

    def do_next(self) -> None:
        """Do what the filled button says."""
        if self._holding or self.doing.signing.isVisible():
            return
        named = self._act.key
        self.settle()
        act = self._next(self.stage())
        if act.key == "go" and not act.why_not:
            self.step.go_next()
            self._soon()
            return
        # Anything but the next answer is decided on the run as it is now, not as it was shown.
        self._holding, self._pressed = True, named or "-"
        self.reread()

    def _carry_out(self, named: str) -> None:
        """Do the act at hand, if what it stamps is what the button had said."""
        act = self._act
        if act.why_not or (act.key in _STAMPS and act.key != named):
            return
        if act.key == "round":
            one = self.view.next_round
            if one is not None:
                self.open_round(one.point)
        elif act.key in ("round_done", "follow"):
            self.go_on()
        elif act.key == "end":
            self.open_end()
        elif act.key == "discharge":
            self.open_phase("discharge")
        elif act.key == "documents":
            self.go.documents(self.participant, self.visit)
        else:
            self.doing.do(act)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Behind the last answer of a step comes what is next, not what lies beside the screen."""
        old = QApplication.focusWidget()
        inside = old is not None and self.step.isAncestorOf(old)
        moved = super().focusNextPrevChild(forward)
        new = QApplication.focusWidget()
        if forward and inside and (new is None or not self.isAncestorOf(new)):
            self.frame.foot.focus_next()
            return True
        return moved

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button with the focus, or goes to the filled one."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        focused = QApplication.focusWidget()
        if enter and isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()
            return
        if enter:
            self.frame.foot.focus_next()
            return
        super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the columns where there is no room for three."""
        super().resizeEvent(event)
        self.frame.fit_width(self.width())
        self.near.aside.place()

    def _other(self) -> None:
        what = self.stage()
        if what == "round" and isinstance(self.step, RoundStep) and self.step.untouched():
            self.doing.not_done(self.where.point)
        elif (editor := self.near.may_be_missing) is not None:
            editor.offer_missing()
        else:
            self.go_on()

    def _item_at_hand(self) -> None:
        self._show_foot(self.stage())

    def _gate_act(self, key: str) -> None:
        if key in ("defer", "cancel"):
            self.where.to_way_out(key)
            self._turn()
        elif key == "again":
            self.measure_again()
        elif key == "restart_check":
            self.doing.restart_check()
        else:
            self.doing.let_pass(gate_shown_for(self.view, self.stage()), key)

    def _scanned(self, code: str) -> None:
        if not self.isVisible() or self.doing.asking:
            return
        try:
            place_scan(self.sight, self.step, code)
        except UserError as error:
            self.go.say(error)

    def _rate_asked(self) -> None:
        if self.stage() != "running":
            self.go_on()
        if isinstance(self.step, RunningStep):
            self.step.focus_rate()
