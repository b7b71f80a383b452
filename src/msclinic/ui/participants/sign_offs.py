"""Visits and casebook of a participant: which are signed off, by whom, and signing one off.

What hinders is read when somebody asks to sign, off the window's thread, and shown in place of the
password.
"""

from collections.abc import Sequence
from functools import partial

from attrs import frozen
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.sign_off import (
    CASEBOOK_MEANING,
    VISIT_MEANING,
    Hindrance,
    SignOff,
    casebook_hindrances,
    sign_casebook,
    sign_off_of,
    sign_visit,
    visit_hindrances,
)
from msclinic.services.signed_content import signed_over
from msclinic.services.visit_reading import shown_account
from msclinic.services.visits import COMMON_VISIT, VisitState
from msclinic.store import WHOLE, SignatureRow
from msclinic.ui.forms.words import moment_words
from msclinic.ui.messages import words_of
from msclinic.ui.participants.banner import visit_title
from msclinic.ui.signed_panel import SignedPanel
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.widgets import Button, Reasoned, SectionHeading, column, row
from msclinic.ui.widgets.base import let_go
from msclinic.wording import current_language, tr

__all__ = ["SignOffs", "hindrance_words", "read_signatures"]

_BEGUN = ("open", "closed")
_SEES_ALL = "read:end_of_study"


def read_signatures(session: Session, participant: str) -> list[SignatureRow]:
    """Every signature of a participant; none where the role does not see the whole casebook."""
    if not session.may(_SEES_ALL):
        return []
    with session.store.read() as reader:
        return reader.signatures(participant=participant)


@frozen
class _Place:
    """What can be signed off: a visit, or with no visit the casebook."""

    scope: str
    title: str
    visit: VisitState | None = None

    @property
    def meaning(self) -> str:
        return CASEBOOK_MEANING if self.visit is None else VISIT_MEANING


class SignOffs(QWidget):
    """The list, and the panel in which one is signed.

    Signals:
        signed: Something was signed off.
        failed: What could not be read, to be said on the page.
    """

    signed = Signal()
    failed = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, participant: str, page: QWidget) -> None:
        """Make an empty list.

        Args:
            session: Who looks.
            tasks: Runs what is slow.
            participant: Random id.
            page: Over which the panels lie.
        """
        super().__init__()
        self._session, self._tasks, self._participant = session, tasks, participant
        self._code = ""
        self._asked: _Place | None = None
        self._rows: list[SignatureRow] = []
        self._places: list[_Place] = []
        self._shown: tuple[object, ...] = ()
        self.panel = SignPanel(page)
        self.panel.asked.connect(self._sign)
        self.content = SignedPanel(page, session, tasks)
        self._list = QWidget()
        self._lines: QVBoxLayout = column(gap=8)
        self._lines.addWidget(SectionHeading(tr("Sign-off")))
        self._lines.addWidget(self._list)
        self.setLayout(self._lines)
        self.hide()

    def show_visits(
        self, code: str, visits: Sequence[VisitState], signatures: list[SignatureRow]
    ) -> None:
        """Show how each visit that took place stands, and the casebook.

        Args:
            code: The participant's code.
            visits: Every visit as the role sees it.
            signatures: What ``read_signatures`` gives.
        """
        session = self._session
        if not session.may(_SEES_ALL):
            return
        self._rows = signatures
        self._code = code
        places = [
            _Place(f"{one.code}/{one.key}", visit_title(session, one.code), one)
            for one in visits
            if one.code != COMMON_VISIT
            and (one.status in _BEGUN or any(form.status != "planned" for form in one.forms))
        ]
        if places:
            places.append(_Place(WHOLE, tr("The whole casebook")))
        states = [sign_off_of(self._rows, one.scope) for one in places]
        shown = (*(one.scope for one in places), *states)
        self._places = places
        if shown == self._shown:
            return
        self._shown = shown
        # The list is replaced whole: what Qt takes out of a layout by itself no wrapper outlives.
        let_go(self._list)
        self._list, lines = QWidget(), column(gap=4)
        for place, state in zip(places, states, strict=True):
            lines.addWidget(self._line(place, state))
        self._list.setLayout(lines)
        self._lines.addWidget(self._list)
        self.setVisible(bool(places))

    def release(self) -> None:
        """Drop what is shown over the page."""
        self._asked = None
        self.panel.dismiss()
        self.content.dismiss()

    def ask(self, scope: str) -> None:
        """Look what hinders the sign-off of a visit, or of the casebook, then ask for it."""
        place = next((one for one in self._places if one.scope == scope), None)
        if place is None:
            return
        session, participant, visit = self._session, self._participant, place.visit
        self._tasks.read(
            lambda: (
                casebook_hindrances(session, participant)
                if visit is None
                else visit_hindrances(session, participant, visit.code, visit.key)
            ),
            partial(self._ask, place),
            self.failed.emit,
        )

    def _line(self, place: _Place, state: SignOff) -> QWidget:
        holder, line = QWidget(), row(gap=8)
        icon, tone, words = self._look(state)
        line.addWidget(Reasoned(icon, tone, place.title, words), 1)
        own = state.row is not None and state.row.actor == self._session.account
        if state.row is not None:
            shown = Button(tr("What was signed"), size=36)
            shown.setObjectName(f"sign_off/shown/{place.scope}")
            shown.setAccessibleName(f"{tr('What was signed')}: {place.title}")
            shown.clicked.connect(partial(self._show, place.scope))
            line.addWidget(shown)
        if self._session.may(f"sign:{place.meaning}") and not (own and state.status == "valid"):
            button = Button(tr("Sign off…"), icon="pen-line", size=36)
            button.setObjectName(f"sign_off/ask/{place.scope}")
            button.setAccessibleName(f"{tr('Sign off…')} {place.title}")
            button.clicked.connect(partial(self.ask, place.scope))
            line.addWidget(button)
        holder.setLayout(line)
        return holder

    def _look(self, state: SignOff) -> tuple[str, str, str]:
        if state.row is None:
            return "not_begun", "text2", tr("not signed off")
        session, signature = self._session, state.row
        who = shown_account(session, signature.actor or "", signature.role or "")
        at = moment_words(signature.typed_at, session.zone)
        if state.status == "valid":
            return "ok", "ok", tr("signed off by {who}, {time}", who=who, time=at)
        return "attention", "att", tr("void, changed later: {who}, {time}", who=who, time=at)

    def _show(self, scope: str) -> None:
        rows = signed_over(self._session, self._participant, scope)
        meanings = (VISIT_MEANING, CASEBOOK_MEANING)
        self.content.show_signatures(
            [one for one in rows if one.scope == scope and one.meaning in meanings]
        )

    def _ask(self, place: _Place, hindrances: tuple[Hindrance, ...]) -> None:
        session, language = self._session, current_language()
        self._asked = place
        who = account_code(session.account)
        role = session.study.roles[session.role].title.text(language)
        meaning = session.study.meanings[place.meaning].title.text(language)
        ready = (SignState(tr("Everything is complete, reviewed and signed.")),)
        self.panel.ask(
            SignRequest(
                title=tr("Sign off {what}, {code}", what=place.title, code=self._code),
                subtitle=f"{who}, {role}",
                signer=who,
                meanings=(SignMeaning(place.meaning, meaning),),
                heading=place.title,
                lines=(self._covers(place),),
                states=() if hindrances else ready,
                hindrances=tuple(
                    SignState(hindrance_words(session, one), "attention", "att")
                    for one in hindrances
                ),
                about=tr("State"),
            )
        )

    def _covers(self, place: _Place) -> str:
        if place.visit is None:
            return tr("Every visit and every entry outside the visits.")
        return tr("Every form of this visit, every reason and every override.")

    def _sign(self, _meaning: str, password: str) -> None:
        place = self._asked
        if place is None:
            return
        session, participant, visit = self._session, self._participant, place.visit
        self._tasks.write(
            lambda: Outcome(
                sign_casebook(session, participant, password)
                if visit is None
                else sign_visit(session, participant, visit.code, visit.key, password),
                {Kind.SIGNATURES},
            ),
            self._signed,
            self._refused,
        )

    def _signed(self, _entry: str) -> None:
        self._asked = None
        self.panel.done()
        self.signed.emit()

    def _refused(self, error: Exception) -> None:
        self.panel.refuse(*words_of(error))


def hindrance_words(session: Session, one: Hindrance) -> str:
    """What keeps a sign-off from being given, in a line."""
    language = current_language()
    if one.form is None:
        return tr("{visit}: not signed off", visit=visit_title(session, one.visit.code))
    form = session.study.form(one.form.form)
    title = form.title.text(language)
    item = form.item(one.item[2]).label.text(language) if one.item is not None else ""
    meanings = ", ".join(session.study.meanings[code].title.text(language) for code in one.meanings)
    named = {"form": title, "item": item, "meanings": meanings}
    at_item = tr("{form}, {item}: open query", **named)
    return {
        "query": at_item if item else tr("{form}: open query", **named),
        "conflict": tr("{form}: two answers stand", **named),
        "missing": tr("{form}: not begun", **named),
        "unfinished": tr("{form}: not complete", **named),
        "finding": tr("{form}, {item}: a question is open", **named),
        "review": tr("{form}: results not reviewed", **named),
        "unsigned": tr("{form}: signature missing: {meanings}", **named),
    }[one.kind]
