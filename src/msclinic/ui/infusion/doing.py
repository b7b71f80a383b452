"""Carries out the acts of a run: signing, the second sign-in, start, rates, pauses, the end.

Whether an act is allowed is the services' to say; what they refuse is shown as it is said.
"""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from msclinic.domain.errors import UserError
from msclinic.services.infusion import actions
from msclinic.services.people import account_code, accounts
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.ui.infusion.acts import Act
from msclinic.ui.infusion.bars import ActingBar
from msclinic.ui.infusion.end_step import EndGiven, EndStep
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.gate_words import gate_name
from msclinic.ui.infusion.join_panel import JoinPanel
from msclinic.ui.infusion.running_step import RunningStep
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.infusion.steps import ClosingStep
from msclinic.ui.messages import words_of
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Kind, Outcome
from msclinic.wording import current_language, tr

if TYPE_CHECKING:
    from msclinic.ui.infusion.screen import RunScreen

__all__ = ["Doing"]

_RUN = frozenset({Kind.RUNS, Kind.ANSWERS, Kind.SIGNATURES})


class Doing(QObject):
    """What the buttons of a run do.

    Signals:
        done: Something was done, or a second person came or left: read the run again.
    """

    done = Signal()

    def __init__(self, screen: "RunScreen") -> None:
        super().__init__(screen)
        self._screen = screen
        self.joined: Session | None = None
        self._join: JoinPanel | None = None
        self._gone = False
        self.signing = SignPanel(screen)
        self.signing.asked.connect(self._sign)

    @property
    def asking(self) -> bool:
        """Whether a password is being asked for."""
        return self._join is not None or self.signing.isVisible()

    def do(self, act: Act) -> None:
        """Carry an act out."""
        if act.key == "sign":
            self._ask_signature(act.gate)
        elif act.key == "join":
            self._ask_join(act)
        elif act.key == "leave":
            self.leave()
        elif act.key == "begin_check":
            self._try(lambda run: actions.open_bedside_check(*run))
        elif act.key == "finish":
            self._try(lambda run: actions.finish_check(*run))
        elif act.key == "start":
            self._try(lambda run: actions.start_infusion(*run))

    def listen(self, step: StepPage) -> None:
        """Hear what a step asks for."""
        if isinstance(step, RunningStep):
            step.rate_given.connect(self._rate)
            step.pause_given.connect(self._pause)
            step.resume_asked.connect(self._resume)
            step.extra_asked.connect(self._extra)
            step.end_asked.connect(self._screen.open_end)
        elif isinstance(step, EndStep):
            step.end_given.connect(self._end)
        elif isinstance(step, ExitStep):
            step.deferred.connect(self._defer)
            step.cancelled.connect(self._cancel)
        elif isinstance(step, ClosingStep):
            step.deviations.classified.connect(self._classify)

    def not_done(self, point: str) -> None:
        """Say that a round was not taken."""
        if self._try(lambda run: actions.round_not_done(*run, point)):
            self._screen.go_on()

    # Second person

    def leave(self) -> None:
        """The second person is done; the first one's session was never ended."""
        self.close_joined()
        self.done.emit()

    def close_joined(self) -> None:
        """Drop the second person's keys."""
        self._drop_join()
        if self.joined is not None:
            self._screen.settle()
            self.joined.close(keep_store=True)
            self.joined = None

    def name_people(self, bar: ActingBar) -> None:
        """Say on a bar who acts beside whom."""
        if self.joined is not None:
            role = self.joined.study.roles[self.joined.role].title.text(current_language())
            bar.set_people(
                account_code(self.joined.account), role, account_code(self._screen.session.account)
            )

    def _ask_join(self, act: Act) -> None:
        session = self._screen.session
        able = [
            one.account
            for one in accounts(session)
            if one.account != session.account
            and not one.disabled
            and set(one.roles) & set(act.roles)
        ]
        if self._join is not None:
            self._join.begin()
            return
        self._join = JoinPanel(
            act.words,
            tr("Your own session goes on. They answer and sign with their own account."),
            able,
        )
        self._join.asked.connect(self._enter)
        self._join.dismissed.connect(self._dismiss)
        self._screen.frame.ask_beside(self._join)
        self._join.begin()

    def _enter(self, account: str, password: str) -> None:
        session = self._screen.session
        self._screen.tasks.write(
            lambda: Outcome(join(session, account, password), frozenset()),
            self._entered,
            self._not_entered,
        )

    def _entered(self, second: Session) -> None:
        self.close_joined()
        self.joined = second
        self.done.emit()

    def _not_entered(self, error: Exception) -> None:
        if self._join is not None:
            self._join.refuse(" ".join(words_of(error)))

    def _dismiss(self) -> None:
        self._drop_join()
        self.done.emit()

    def _drop_join(self) -> None:
        if self._join is not None:
            self._screen.frame.ask_beside(None)
            self._join = None

    # Signing

    def _ask_signature(self, gate: str) -> None:
        screen = self._screen
        actor, view = screen.actor, screen.view
        meaning = actor.study.meanings[gate].title.text(current_language())
        role = actor.study.roles[actor.role].title.text(current_language())
        status = view.gates[gate]
        states = [SignState(tr("Nothing keeps the gate shut"))]
        states += [
            SignState(tr("{who} has signed", who=account_code(who))) for who, _ in status.signed
        ]
        self.signing.ask(
            SignRequest(
                title=tr(
                    "Sign {gate}, {name}: {code}",
                    gate=gate,
                    name=gate_name(gate),
                    code=view.identity.code,
                ),
                subtitle=f"{account_code(actor.account)} · {role}",
                signer=account_code(actor.account),
                meanings=(SignMeaning(gate, meaning, gate_name(gate)),),
                heading=tr("Gate {gate}, {name}", gate=gate, name=gate_name(gate)),
                lines=(actor.study.visit(view.visit).title.text(current_language()),),
                states=tuple(states),
                chair=view.chair,
            )
        )

    def _sign(self, gate: str, password: str) -> None:
        actor, run = self._screen.actor, self._run()

        def work() -> Outcome[object]:
            status = actions.sign_gate(*run, gate, password)
            if gate == "G7" and status.status == "passed":
                actions.close_visit(actor, *run[1:])
            return Outcome(status, _RUN)

        self._screen.tasks.write(work, self._signed, self._not_signed)

    def _signed(self, _status: object) -> None:
        self.signing.done()
        if self.joined is not None:
            self.close_joined()
        self.done.emit()

    def _not_signed(self, error: Exception) -> None:
        self.signing.refuse(*words_of(error))

    # At the pump

    def _rate(self, rate: Decimal) -> None:
        self._try(lambda run: actions.change_rate(*run, rate))

    def _pause(self, reason: str, volume: Decimal | None) -> None:
        self._try(lambda run: actions.interrupt(*run, reason, volume))

    def _resume(self) -> None:
        self._try(lambda run: actions.resume(*run))

    def _extra(self) -> None:
        self._screen.open_round("EXTRA")

    def _end(self, given: EndGiven) -> None:
        self._try(
            lambda run: actions.end_infusion(
                *run, given.given, given.left, given.completed, given.reason
            )
        )

    def _defer(self, why: str, until: date) -> None:
        self._try(lambda run: actions.defer_run(*run, until, why))

    def _cancel(self, why: str) -> None:
        self._try(lambda run: actions.cancel_run(*run, why))

    def _classify(self, key: str, importance: str) -> None:
        actor, run = self._screen.actor, self._run()
        try:
            actions.record_deviations(actor, *run[1:])
            actions.classify_deviation(actor, *run[1:], key, importance, "")
        except UserError as error:
            self._screen.go.say(error)
            return
        self.done.emit()

    def _run(self) -> tuple[Session, str, str]:
        screen = self._screen
        return screen.actor, screen.participant, screen.visit

    def _try(self, act: Callable[[tuple[Session, str, str]], object]) -> bool:
        self._screen.settle()
        try:
            act(self._run())
        except UserError as error:
            self._screen.go.say(error)
            return False
        self.done.emit()
        return True
