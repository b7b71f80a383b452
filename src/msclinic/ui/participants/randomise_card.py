"""Randomisation as an act: what must be there first, who does it, and the button that signs it.

The service looks at all of it again when it is signed; here it is said beforehand.
"""

from collections.abc import Sequence
from functools import partial

from attrs import frozen
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent

from msclinic.services.life_record import RANDOMISATION
from msclinic.services.randomising import (
    ELIGIBILITY,
    KIT,
    eligibility_visits,
    screening_visits,
)
from msclinic.services.session import Session
from msclinic.services.visits import BEGUN, VisitState
from msclinic.ui.participants.state import Look
from msclinic.ui.widgets import Button, Card, Reasoned, label, row
from msclinic.wording import current_language, tr

__all__ = ["RandomiseCard", "RandomiseStep", "randomise_steps"]

_DONE = ("completed", "amended")
_INVESTIGATOR = "PI"


@frozen
class RandomiseStep:
    """Something that must be there before randomisation.

    Attributes:
        look: Icon and what it is.
        detail: Who has to do what; empty once it is done.
        visit: Visit of the form.
        form: The form to open.
        done: Whether it is there.
    """

    look: Look
    detail: str
    visit: str
    form: str
    done: bool


def randomise_steps(
    session: Session, participant: str, visits: Sequence[VisitState]
) -> tuple[RandomiseStep, ...]:
    """What must be there before somebody is randomised, in order."""
    first = next(one.code for one in session.study.visits if one.infusion == 1)
    return (
        *_eligibility(session, participant, visits),
        _number(session, visits, first, RANDOMISATION),
        _number(session, visits, first, KIT),
    )


def _eligibility(
    session: Session, participant: str, visits: Sequence[VisitState]
) -> list[RandomiseStep]:
    with session.store.read() as reader:
        signed = {
            row.scope
            for row in reader.signatures(participant=participant, meaning=ELIGIBILITY)
            if row.status == "valid" and row.role == _INVESTIGATOR
        }
    forms = [(v, form) for v in visits for form in v.forms if form.form == ELIGIBILITY]
    asked = eligibility_visits(session.study)
    steps = []
    for visit, form in forms:
        if form.status == "planned" and visit.code not in asked:
            continue
        scope = f"{visit.code}/{visit.key}/{form.form}/{form.key}"
        detail = ""
        if visit.code in screening_visits(session.study) and visit.status not in BEGUN:
            detail = tr("The visit has not begun: open it first.")
        elif form.status not in _DONE:
            detail = tr("A physician answers and completes it.")
        elif scope not in signed:
            detail = tr("Waits for the signature of the principal investigator.")
        steps.append(_step(session, visit.code, ELIGIBILITY, detail, with_visit=True))
    return steps


def _number(session: Session, visits: Sequence[VisitState], code: str, form: str) -> RandomiseStep:
    state = next(
        (one for visit in visits if visit.code == code for one in visit.forms if one.form == form),
        None,
    )
    done = state is not None and state.status in _DONE
    detail = "" if done else tr("The coordinator types it twice from the source.")
    return _step(session, code, form, detail)


def _step(
    session: Session, visit: str, form: str, detail: str, *, with_visit: bool = False
) -> RandomiseStep:
    title = session.study.form(form).title.text(current_language())
    if with_visit:
        title = f"{title} ({visit})"
    look = Look("waits", "att", title) if detail else Look("ok", "ok", title)
    return RandomiseStep(look, detail, visit, form, done=not detail)


class RandomiseCard(Card):
    """Randomisation before it is signed.

    Signals:
        sign_asked: Ask for the signature.
        form_asked: Visit and form to open.
        dismissed: Nothing is recorded after all.
    """

    sign_asked = Signal()
    form_asked = Signal(str, str)
    dismissed = Signal()

    def __init__(self, title: str, steps: Sequence[RandomiseStep]) -> None:
        super().__init__(margin=16, gap=8)
        self.set_tone("accent")
        self.setObjectName("participant/act/randomisation")
        self.body.addWidget(label(title, "section", wrap=True))
        back = Button(tr("Not now"), size=44)
        back.setObjectName("participant/act/back")
        self._wanting = back
        for step in steps:
            line = row(gap=8)
            line.addWidget(Reasoned(step.look.icon, step.look.tone, step.look.word, step.detail), 1)
            button = Button(tr("Open"), size=36)
            button.setObjectName(f"participant/randomise/{step.form}")
            button.setAccessibleName(f"{tr('Open')}: {step.look.word}")
            button.clicked.connect(partial(self.form_asked.emit, step.visit, step.form))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            if not step.done and self._wanting is back:
                self._wanting = button
            self.body.addLayout(line)
        self._sign = Button(tr("Sign…"), "primary", icon="pen-line", size=44)
        self._sign.setObjectName("participant/act/sign")
        left = sum(not step.done for step in steps)
        self._sign.set_off(tr("not yet: see above") if left else "")
        foot = row(gap=8)
        foot.addStretch(1)
        foot.addWidget(back)
        foot.addWidget(self._sign)
        self.body.addLayout(foot)
        self._sign.clicked.connect(self.sign_asked)
        back.clicked.connect(self.dismissed)

    def begin(self) -> None:
        """Go to the signature, or to the first thing that is wanting."""
        target = self._sign if self._sign.isEnabled() else self._wanting
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape goes back."""
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
            return
        super().keyPressEvent(event)
