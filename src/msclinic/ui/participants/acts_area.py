"""Recording a change of status: choose it, fill it in, sign it, all on the participant's page.

Only the signature lies over the page. What may follow is the services' to say; a refusal stands in
the signature's panel and nothing was stored then.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from msclinic.services.life import life, sign_act, undo
from msclinic.services.life_record import LIFE_MEANING, RANDOMISATION
from msclinic.services.people import account_code
from msclinic.services.randomising import randomise
from msclinic.services.session import Session
from msclinic.services.visits import VisitState
from msclinic.ui.messages import words_of
from msclinic.ui.participants.act_draft import ActDraft
from msclinic.ui.participants.act_form import ActForm
from msclinic.ui.participants.randomise_card import RandomiseCard, randomise_steps
from msclinic.ui.participants.status_panel import StatusPanel
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.widgets.base import column, let_go
from msclinic.wording import current_language, tr

__all__ = ["ActsArea"]

_CHANGED = frozenset({Kind.SIGNATURES, Kind.VISITS, Kind.ANSWERS, Kind.PARTICIPANTS})
_Card = StatusPanel | ActForm | RandomiseCard


class ActsArea(QWidget):
    """Holds one card at a time: the list of acts, or the act being recorded.

    Signals:
        recorded: An act was signed; the random id of the participant whose page shows it.
        form_asked: Visit, visit key, form and form key to open.
        opened: A card is shown.
        closed: Nothing is shown any more.
    """

    recorded = Signal(str)
    form_asked = Signal(str, str, str, str)
    opened = Signal()
    closed = Signal()

    def __init__(
        self, session: Session, tasks: Tasks, participant: str, sign_panel: SignPanel
    ) -> None:
        super().__init__()
        self._session, self._tasks, self._participant = session, tasks, participant
        self._panel = sign_panel
        self._code = ""
        self._visits: Sequence[VisitState] = ()
        self._pending: Callable[[str], str] | None = None
        self.card: _Card | None = None
        self._lines = column(gap=0, margins=(16, 12, 16, 0))
        self.setLayout(self._lines)
        self.hide()
        sign_panel.asked.connect(self._sign)
        sign_panel.dismissed.connect(self._not_signed)

    def set_facts(self, code: str, visits: Sequence[VisitState]) -> None:
        """Take the participant's code and visits, as the page has read them."""
        self._code, self._visits = code, visits

    def open_status(self) -> None:
        """Show what can be recorded and what was; once more closes it."""
        if isinstance(self.card, StatusPanel):
            self.close_card()
            return
        card = StatusPanel(self._session, life(self._session, self._participant))
        card.act_chosen.connect(self.begin_act)
        card.opened.connect(self._open_scope)
        card.sign_asked.connect(self._sign_again)
        card.undo_asked.connect(self._take_back)
        card.dismissed.connect(self.close_card)
        self._show(card)

    def begin_act(self, kind: str) -> None:
        """Open the small form of an act."""
        title = self._session.study.form(kind).title.text(current_language())
        if kind == RANDOMISATION:
            steps = randomise_steps(self._session, self._participant, self._visits)
            ready = RandomiseCard(title, steps)
            ready.sign_asked.connect(self._ask_randomisation)
            ready.form_asked.connect(self._open_form)
            ready.dismissed.connect(self.close_card)
            self._show(ready)
            return
        draft = ActDraft(self._session, self._participant, kind, self._code)
        page = self.parentWidget()
        form = ActForm(self._session, draft, page.width() if page is not None else self.width())
        form.sign_asked.connect(self._ask_act)
        form.dismissed.connect(self.close_card)
        self._show(form)

    def close_card(self) -> None:
        """Nothing is recorded."""
        if self.card is not None:
            let_go(self.card)
            self.card = None
        self._pending = None
        self.hide()
        self.closed.emit()

    def _show(self, card: _Card) -> None:
        if self.card is not None:
            let_go(self.card)
        self.card = card
        self._lines.addWidget(card)
        self.show()
        card.show()
        self.opened.emit()
        card.begin()
        above: QWidget | None = self.parentWidget()
        while above is not None and not isinstance(above, QScrollArea):
            above = above.parentWidget()
        if above is not None:
            above.verticalScrollBar().setValue(0)

    # Signing

    def _ask_act(self) -> None:
        card = self.card
        if isinstance(card, ActForm):
            title = card.draft.form.title.text(current_language())
            self._ask(title, card.draft.lines(), card.draft.sign)

    def _ask_randomisation(self) -> None:
        session, participant = self._session, self._participant

        def work(password: str) -> str:
            randomise(session, participant, password)
            return participant

        title = session.study.form(RANDOMISATION).title.text(current_language())
        line = tr("Eligibility is signed; the number and the kit were each typed twice.")
        self._ask(title, (line,), work)

    def _sign_again(self, scope: str) -> None:
        session, participant = self._session, self._participant

        def work(password: str) -> str:
            sign_act(session, participant, scope, password)
            return participant

        line = tr("It was changed after it had been signed.")
        self._ask(self._title(scope), (line,), work)

    def _take_back(self, scope: str, why: str) -> None:
        session, participant = self._session, self._participant

        def work(password: str) -> str:
            undo(session, participant, scope, why, password)
            return participant

        title = tr("Take back: {act}", act=self._title(scope))
        self._ask(title, (tr("Reason: {reason}", reason=why),), work)

    def _title(self, scope: str) -> str:
        return self._session.study.form(scope.split("/")[2]).title.text(current_language())

    def _ask(self, title: str, lines: Sequence[str], work: Callable[[str], str]) -> None:
        session, language = self._session, current_language()
        self._pending = work
        meaning = session.study.meanings[LIFE_MEANING].title.text(language)
        who = account_code(session.account)
        role = session.study.roles[session.role].title.text(language)
        self._panel.ask(
            SignRequest(
                title=tr("Sign {form}, {code}", form=title, code=self._code),
                subtitle=f"{who}, {role}",
                signer=who,
                meanings=(SignMeaning(LIFE_MEANING, meaning),),
                heading=title,
                lines=tuple(lines),
                states=(SignState(tr("Takes effect with your signature."), "waits", "att"),),
            )
        )

    def _sign(self, _meaning: str, password: str) -> None:
        work = self._pending
        if work is None:
            return
        self._tasks.write(lambda: Outcome(work(password), _CHANGED), self._signed, self._refused)

    def _signed(self, participant: str) -> None:
        self._panel.done()
        self.close_card()
        self.recorded.emit(participant)

    def _refused(self, error: Exception) -> None:
        self._panel.refuse(*words_of(error))

    def _not_signed(self) -> None:
        self._pending = None

    # Places

    def _open_scope(self, scope: str) -> None:
        visit, visit_key, form, form_key = scope.split("/")
        self.form_asked.emit(visit, visit_key, form, form_key)

    def _open_form(self, visit: str, form: str) -> None:
        self.form_asked.emit(visit, "1", form, "1")
