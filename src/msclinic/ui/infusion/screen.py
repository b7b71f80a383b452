"""The infusion run: phases at the left, the step at hand in the middle, clock or gate at the right.

Everything shown is read from the record, so that a restart opens at the same step. A second person
may sign in beside the first; what they do is done with their own keys.
"""

from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QAbstractButton, QApplication, QLayout, QWidget

from msclinic.domain.errors import UserError
from msclinic.services.infusion.view import RunView, run_view
from msclinic.services.session import Session
from msclinic.ui.editors import ItemEditor
from msclinic.ui.infusion.acts import Act, gate_at_hand, next_act
from msclinic.ui.infusion.doing import Doing
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.frame import RunFrame
from msclinic.ui.infusion.gate_words import gate_shown
from msclinic.ui.infusion.right_side import fill_clock, next_lines, phase_steps, run_clock
from msclinic.ui.infusion.round_step import RoundStep
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
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import banner_for
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.widgets import column
from msclinic.wording import plural, time_text, tr

__all__ = ["RunScreen"]

_AGAIN = timedelta(seconds=10)
_CLOCKED = ("running", "ending", "ended", "watching", "course", "round")


class RunScreen(Page):
    """One infusion day of one participant.

    Attributes:
        participant: Random id.
        visit: Visit code.
        view: The run as read last, as the person who acts may see it.
        step: What stands in the middle.
        doing: Carries the acts out.
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
        self.view: RunView = run_view(session, participant, visit)
        self.step = StepPage()
        self.frame = RunFrame()
        self.doing = Doing(self)
        self._chosen, self._round, self._exit = "", "", ""
        self._key: tuple[object, ...] = ()
        self._act = Act("")
        self._begin = True
        self._near: ItemEditor | None = None
        opened = round_open(self.view)
        if opened is not None:
            self._round = opened.point
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
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            # A field takes Enter for itself; with Ctrl it does what is next, from anywhere.
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(self.do_next)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_moved)
        self._show()

    # What the window calls

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read again what another screen or device has changed."""
        if changed & {Kind.ANSWERS, Kind.RUNS, Kind.SIGNATURES, Kind.VISITS}:
            self.step.reread()
            self._soon()

    def tick(self, now: datetime) -> None:
        """Move the clock; read again from time to time, as points fall due by themselves."""
        if now - self.view.now >= _AGAIN:
            self.reread()
        else:
            self.frame.clock.set_clock(run_clock(self.sight, now))

    def settle(self) -> None:
        """Store what is still being typed."""
        self.step.settle()

    def release(self) -> None:
        """Let the second person go and drop what is shown."""
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.disconnect(self._focus_moved)
        self._later.stop()
        self.doing.close_joined()

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

    # Reading and showing

    def reread(self) -> None:
        """Read the run and show it; the step is kept unless the run has moved on."""
        try:
            self.view = run_view(self.actor, self.participant, self.visit)
        except UserError as error:
            self.go.say(error)
            return
        self._show()

    def open_phase(self, phase: str) -> None:
        """Look at another phase; the run itself stays where it is."""
        self.settle()
        self._chosen = "" if phase == phase_at_hand(self.view) else phase
        self._exit = ""
        if self._chosen:
            self._round = ""
        self._begin = True
        self.reread()

    def open_round(self, point: str) -> None:
        """Begin a round, or go on with one."""
        self._round, self._chosen, self._exit = point, "", ""
        self._begin = True
        self.reread()

    def open_end(self) -> None:
        """Ask for the end of the infusion."""
        self.open_phase("end")

    def go_on(self) -> None:
        """Back to where the run is."""
        self._chosen, self._round, self._exit = "", "", ""
        self._begin = True
        self.reread()

    def _soon(self) -> None:
        self._later.start()

    def _done(self) -> None:
        # Whatever was done, the run leads on from where it is now.
        self._chosen, self._exit = "", ""
        self._begin = True
        self.reread()

    def _phase(self) -> str:
        return self._chosen or phase_at_hand(self.view)

    def _stage(self) -> str:
        if self._exit:
            return self._exit
        if self._round and self.view.started_at is not None:
            return "round"
        what = stage(self.view, self._phase())
        mine = any(check.mine for check in self.view.checks)
        if what == "check" and not mine and self.actor.may("enter:bedside_check"):
            # Looking at the screen must not make anybody a checker.
            return "check_begin"
        return what

    def _show(self) -> None:
        what = self._stage()
        self._show_step(what)
        view, frame, zone = self.view, self.frame, self.session.zone
        self.identity = banner_for(self.session, view.identity, self.visit, view.chair)
        frame.phases.set_steps(phase_steps(self.sight, self._phase()), self._phase())
        frame.set_next(next_lines(self.sight))
        frame.stops.set_findings(view.findings)
        self._show_head(what)
        clocked = what in _CLOCKED
        frame.show_gate(gate=not clocked)
        if clocked:
            fill_clock(frame.clock, self.sight, view.now)
        else:
            self._show_gate(what)
        if isinstance(self.step, RunningStep):
            self.step.set_shown(running_shown(self.sight))
        self._act = self._next(what)
        self._show_foot(what)
        if self.step.saved_at is not None:
            frame.head.saved.set_time(time_text(self.step.saved_at, zone, seconds=True))
        if self._begin:
            self._begin = False
            QTimer.singleShot(0, self, self._take_focus)

    def _show_step(self, what: str) -> None:
        view = self.view
        key: tuple[object, ...] = (what, self.actor.account, self._round)
        if what == "check":
            shown = view.gates["G3"].blockers if view.compared else ()
            key = (*key, view.compared, tuple(one.item for one in shown))
        elif what == "closing":
            key = (*key, tuple((one.key, one.classified) for one in view.deviations))
        elif what in ("away", "release_wait", "signed"):
            key = (*key, view.state.name, view.now.replace(second=0, microsecond=0))
        if key == self._key:
            return
        moved_on = self._key[:3] != key[:3]
        self._key = key
        self._begin = self._begin or moved_on or what in ("check", "closing")
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
        self._near = None
        self.frame.set_step(step)
        self.frame.open_side(opened=False)

    def _made(self, what: str) -> StepPage:
        if what in ("defer", "cancel"):
            return ExitStep(self.actor, defer=what == "defer")
        return make_step(self.sight, what, self._round)

    def _show_head(self, what: str) -> None:
        view, head, chip = self.view, self.frame.head, self.frame.chip
        titles = {phase.phase: tr(phase.title) for phase in view.phases}
        title = titles.get(self._phase(), tr("Product release"))
        if what == "round":
            title = round_name(self._round)
        elif what in ("release_wait", "release"):
            title = tr("Product release")
        elif what == "start":
            title = tr("Start of the infusion")
        elif what in ("check", "check_begin") and self.doing.joined is not None:
            title = tr("Bedside check, second person")
        head.set_title(title)
        left = self.step.left()
        head.set_progress(plural(left, one="{count} left", other="{count} left") if left else "")
        self._show_due(what)
        joined = self.doing.joined
        if joined is None:
            self.frame.acting.hide()
        else:
            self.doing.name_people(self.frame.acting)
        chip.updateGeometry()

    def _show_due(self, what: str) -> None:
        view, chip = self.view, self.frame.chip
        one = next((r for r in view.rounds if r.point == self._round), view.next_round)
        timed = what in ("round", "running", "watching") and view.started_at is not None
        if not timed or one is None or one.due is None or one.closes_at is None:
            chip.hide()
            self.frame.head.set_surface("bg")
            return
        due, until = self.sight.time(one.due), self.sight.time(one.closes_at)
        late = view.now - one.due
        if view.now >= one.closes_at:
            minutes = late // timedelta(minutes=1)
            words = tr("Due {time}, {minutes} min late", time=due, minutes=minutes)
            chip.set_state(words, "attention", "attention")
            self.frame.head.set_surface("attbg")
        elif one.opens_at is not None and view.now >= one.opens_at:
            words = tr("Due {time}, open to {until}", time=due, until=until)
            chip.set_state(words, "accent", "timer")
            self.frame.head.set_surface("accentbg")
        else:
            words = tr("{round} at {time}", round=round_name(one.point), time=due)
            chip.set_state(words, "neutral", "timer")
            self.frame.head.set_surface("bg")
        chip.show()

    def _show_gate(self, what: str) -> None:
        name = gate_at_hand(what) or "G1"
        gate = self.view.gates.get(name) or next(iter(self.view.gates.values()))
        note = ""
        if gate.gate == "G1":
            note = tr(
                "A physician may override a failed item with a reason. Not identity, consent,"
                " pregnancy test, adrenaline, oxygen or the physician on site."
            )
        elif gate.gate == "G3":
            note = tr("A wrong kit or code can always be recorded: do not start, quarantine it.")
        acts: tuple[tuple[str, str], ...] = ()
        before = self.view.started_at is None and self.view.state.name not in (
            "PLANNED",
            "DEFERRED",
            "CANCELLED",
        )
        if before and (self.actor.may("infusion") or self.actor.may("sign:G1")):
            acts = (("defer", tr("Defer visit…")), ("cancel", tr("Cancel…")))
        self.frame.gate.set_gate(
            gate_shown(
                gate,
                self.session.zone,
                now=self.view.now,
                since=self._since(gate.gate),
                note=note,
                acts=acts,
            )
        )

    def _since(self, gate: str) -> datetime | None:
        before = self.view.gates.get({"G2": "G1", "G3": "G2", "G4": "G3", "G7": "G6"}.get(gate, ""))
        signed = before.signed if before is not None else ()
        return max((at for _, at in signed), default=None)

    def _next(self, what: str) -> Act:
        if what in ("away", "not_started", "course"):
            return Act("follow", tr("Back to now")) if self._chosen else Act("")
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
            foot.set_left(*self._waits(what), icon=icon, tone=tone)
        foot.set_next(self._act.words, self._act.why_not)
        other = ""
        if what == "round" and isinstance(self.step, RoundStep) and self.step.untouched():
            other = tr("Round not done")
        elif self._near is not None:
            other = tr("Not done…")
        elif self._exit or (self._chosen and self._act.key != "follow"):
            other = tr("Back")
        foot.set_other(other)

    def _waits(self, what: str) -> tuple[str, str]:
        if what in ("running", "watching"):
            one = self.view.next_round
            if one is None or one.due is None:
                return tr("All rounds done."), ""
            if one.status in ("due", "overdue"):
                return tr("{round} is due.", round=round_name(one.point)), ""
            return tr("Nothing is due now."), ""
        if what == "release_wait":
            return tr("Waits for the preparers."), ""
        if what in ("away", "not_started", "check_early", "check_begin", "signed"):
            return "", ""
        return tr("All answered."), ""

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
        self._later.stop()
        self.settle()
        self.reread()
        act = self._act
        if act.why_not or self.doing.signing.isVisible():
            return
        if act.key == "go":
            self.step.go_next()
            self._soon()
        elif act.key == "round":
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

    def _other(self) -> None:
        what = self._stage()
        if what == "round" and isinstance(self.step, RoundStep) and self.step.untouched():
            self.doing.not_done(self._round)
        elif self._near is not None:
            self._near.offer_missing()
        else:
            self.go_on()

    def _focus_moved(self, _old: QWidget | None, new: QWidget | None) -> None:
        if new is None or not self.step.isAncestorOf(new):
            return
        editor: QWidget | None = new
        while editor is not None and not isinstance(editor, ItemEditor):
            editor = editor.parentWidget()
        near = editor if isinstance(editor, ItemEditor) and editor.item.missing else None
        if near is not self._near:
            self._near = near
            self._show_foot(self._stage())

    def _gate_act(self, key: str) -> None:
        self._exit = key
        self._begin = True
        self.reread()

    def _rate_asked(self) -> None:
        if self._stage() != "running":
            self.go_on()
        if isinstance(self.step, RunningStep):
            self.step.focus_rate()
