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
from msclinic.services.infusion.stop_findings import asked_for
from msclinic.services.infusion.view import GateView
from msclinic.services.people import account_code, colleagues
from msclinic.services.session import Session
from msclinic.services.sign_in import join
from msclinic.services.signing_pin import Secret, pin_stands
from msclinic.ui.infusion.acts import Act, gate_at_hand
from msclinic.ui.infusion.bars import ActingBar
from msclinic.ui.infusion.closing_step import ClosingStep
from msclinic.ui.infusion.deviations_card import DeviationsCard
from msclinic.ui.infusion.end_step import EndGiven, EndStep
from msclinic.ui.infusion.exit_step import ExitStep
from msclinic.ui.infusion.gate_words import blocker_words, gate_name
from msclinic.ui.infusion.join_panel import JoinPanel
from msclinic.ui.infusion.overriding import blocker_key, let_pass, override_asked
from msclinic.ui.infusion.reason_panel import RUN_CHANGED, ReasonAsked, Reasons
from msclinic.ui.infusion.running_step import RunningStep
from msclinic.ui.infusion.step_page import StepPage
from msclinic.ui.messages import words_of
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Outcome
from msclinic.wording import current_language, tr

if TYPE_CHECKING:
    from msclinic.ui.infusion.screen import RunScreen

__all__ = ["Doing"]


class Doing(QObject):
    """What the buttons of a run do.

    Signals:
        done: Something was done: read the run again.
        other_hands: Another person acts now: nothing that the one before saw may stay.
    """

    done = Signal()
    other_hands = Signal()

    def __init__(self, screen: "RunScreen") -> None:
        super().__init__(screen)
        self._screen = screen
        self.joined: Session | None = None
        self._join: JoinPanel | None = None
        self._reasons = Reasons(screen)
        self._reasons.done.connect(self._reason_given)
        self.signing = SignPanel(screen)
        self.signing.asked.connect(self._sign)

    @property
    def asking(self) -> bool:
        """Whether a password or a reason is being asked for."""
        beside = self._join is not None or self._reasons.asking
        return beside or self.signing.isVisible()

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
            step.decision_asked.connect(self.decide)
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
        self.other_hands.emit()

    def close_joined(self) -> None:
        """Drop the second person's keys."""
        self._drop_join()
        self._reasons.drop()
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
        able = colleagues(self._screen.session, act.roles)
        self._reasons.drop()
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
        self.other_hands.emit()

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

    # With a reason

    def let_pass(self, gate: GateView, key: str) -> None:
        """Ask a physician for the reason of an override, or ask a physician to come."""
        if key == "physician":
            self._ask_physician(tr("Physician signs in to override"))
            return
        named = key.removeprefix("override/")
        blocker = next((one for one in gate.blockers if blocker_key(one) == named), None)
        if blocker is None:
            return
        title = tr("Gate {gate}, {name}", gate=gate.gate, name=gate_name(gate.gate))
        sight = self._screen.sight
        sentence = blocker_words(blocker, sight.actor.study)
        self._reasons.ask(
            override_asked(gate.gate, title, sentence, account_code(sight.actor.account)),
            lambda reason: let_pass(sight, blocker, reason),
        )

    def decide(self) -> None:
        """Ask a physician why the infusion goes on without the pause that a rule asks for."""
        if not self._screen.actor.may("override"):
            self._ask_physician(tr("Physician signs in to decide"))
            return
        run, findings = self._run(), self._screen.view.findings
        asked = next((one for one in findings if asked_for([one]) == "pause"), None)
        if asked is None:
            return
        shown = ReasonAsked(
            title=tr("Go on without a pause"),
            place=tr("Rule {code}", code=asked.code),
            sentence=asked.message.get(current_language()) or asked.message["en"],
            question=tr("Why does the infusion go on all the same? No names."),
            note=tr(
                "Your name, the time and the reason are stored. It holds for the values measured so"
                " far."
            ),
            give=tr("Decide as {who}", who=account_code(run[0].account)),
        )
        self._reasons.ask(shown, lambda reason: actions.decide_against_pause(*run, reason))

    def restart_check(self) -> None:
        """Ask why two persons begin the bedside check again."""
        run = self._run()
        shown = ReasonAsked(
            title=tr("Begin the bedside check again"),
            place=tr("Gate {gate}, {name}", gate="G3", name=gate_name("G3")),
            sentence=tr("Every check made so far is given up."),
            question=tr("Why is it begun again? No names."),
            note=tr("The answers stay in the record; signatures of G3 count no more."),
            give=tr("Begin the check again"),
        )
        self._reasons.ask(shown, lambda reason: actions.restart_bedside_check(*run, reason))

    def _reason_given(self) -> None:
        if self.joined is not None and not gate_at_hand(self._screen.stage()):
            self.leave()  # the decision was all that the second person came for
        else:
            self.done.emit()

    def _ask_physician(self, words: str) -> None:
        study = self._screen.session.study
        roles = tuple(role for role in study.roles if "override" in study.rights(role))
        self._ask_join(Act("join", words, roles=roles))

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
                pin=pin_stands(actor, gate),
            )
        )

    def _sign(self, gate: str, secret: Secret) -> None:
        actor, run = self._screen.actor, self._run()

        def work() -> Outcome[object]:
            status = actions.sign_gate(*run, gate, secret)
            if gate == "G7" and status.status == "passed":
                actions.close_visit(actor, *run[1:])
            return Outcome(status, RUN_CHANGED)

        self._screen.tasks.write(work, self._signed, self._not_signed)

    def _signed(self, _status: object) -> None:
        self.signing.done()
        if self.joined is not None:
            self.leave()
        else:
            self.done.emit()

    def _not_signed(self, error: Exception) -> None:
        # After three wrong PINs the password is asked for.
        self.signing.refuse(*words_of(error), pin=not self._screen.actor.ring.pin.spent)

    # At the pump

    def _rate(self, rate: Decimal) -> None:
        self._try(lambda run: actions.change_rate(*run, rate))

    def _pause(self, reason: str, volume: Decimal | None) -> None:
        self._try(lambda run: actions.interrupt(*run, reason, volume))

    def _resume(self) -> None:
        self._try(lambda run: actions.resume(*run))

    def _extra(self) -> None:
        self._screen.open_round("EXTRA", anew=True)

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

    def _classify(self, key: str, importance: str, comment: str) -> None:
        run, card = self._run(), self.sender()

        def work() -> Outcome[None]:
            actions.record_deviations(*run)
            actions.classify_deviation(*run, key, importance, comment)
            return Outcome(None, frozenset())

        def not_classified(error: Exception) -> None:
            if isinstance(card, DeviationsCard):
                card.take_back(key)
            self._screen.go.say(error)

        self._screen.tasks.write(work, lambda _: self._screen.reread(), not_classified)

    def _run(self) -> tuple[Session, str, str]:
        screen = self._screen
        return screen.actor, screen.participant, screen.visit

    def _try(self, act: Callable[[tuple[Session, str, str]], object]) -> bool:
        if self._screen.holding:
            return False
        self._screen.settle()
        try:
            act(self._run())
        except UserError as error:
            self._screen.go.say(error)
            return False
        self.done.emit()
        return True
