"""The right column of a participant's page: what is now, what comes next, what is to settle."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLayout, QVBoxLayout

from msclinic.domain.queries import OPEN
from msclinic.services.exam_lists import exam_to_ask_for
from msclinic.services.query_model import Query
from msclinic.services.session import Session
from msclinic.services.visits import FormState, VisitState
from msclinic.ui.participants.banner import visit_title
from msclinic.ui.participants.proposals import ProposalsBox
from msclinic.ui.participants.randomise_card import RandomiseStep
from msclinic.ui.participants.state import Unsettled, unsettled, visit_look
from msclinic.ui.participants.visit_box import VisitBox
from msclinic.ui.queries.mine import place_words
from msclinic.ui.queries.words import query_words
from msclinic.ui.widgets import (
    Button,
    Panel,
    Reasoned,
    SectionHeading,
    column,
    label,
    row,
    rule,
)
from msclinic.ui.widgets.base import empty, let_go
from msclinic.wording import current_language, plural, tr

__all__ = ["SidePane", "clear"]

_SETTLE_SHOWN = 5


class SidePane(Panel):
    """Built anew from what was read; it keeps nothing but the proposals' box.

    Signals:
        form_asked: Visit, visit key, form and form key to open.
        run_asked: Visit whose run is to be opened.
        documents_asked: Visit whose documents are to be opened.
        randomise_asked: Record the randomisation.
        query_asked: ``Query`` whose field is to be opened.
        exam_asked: Visit and visit key at which the raters are to examine.
    """

    form_asked = Signal(str, str, str, str)
    run_asked = Signal(str)
    documents_asked = Signal(str)
    randomise_asked = Signal()
    query_asked = Signal(object)
    exam_asked = Signal(str, str)

    def __init__(self, session: Session) -> None:
        super().__init__("surface", "left")
        self._session = session
        self._today = date.min
        self._kind = "primary"
        self.proposals = ProposalsBox()
        self._lines: QVBoxLayout = column(gap=8)
        whole = column(gap=8, margins=(16, 12, 16, 16))
        self._documents: QVBoxLayout = column(gap=8)
        whole.addLayout(self._lines)
        whole.addWidget(self.proposals)
        whole.addLayout(self._documents)
        whole.addStretch(1)
        self.setLayout(whole)

    def show_side(
        self,
        visits: Sequence[VisitState],
        hand: VisitState | None,
        make_box: Callable[[], VisitBox | None],
        steps: Sequence[RandomiseStep],
        today: date,
        *,
        dosing: bool,
        filled: bool,
        queries: Sequence[Query] = (),
    ) -> None:
        """Show everything anew.

        Args:
            visits: Every visit as the role sees it.
            hand: The visit at hand, or none.
            make_box: Makes the box of the next visit, where there is one.
            steps: What must be there before randomisation; empty where that is not next.
            today: The day at the site.
            dosing: Whether infusions can follow.
            filled: Whether the next step of the page stands here.
            queries: Queries that are not closed, those that need most first.
        """
        self._today = today
        self._kind = "primary" if filled else "outlined"
        clear(self._lines)
        if hand is not None:
            self._add_at_hand(hand, dosing)
        self._add_exams(visits)
        self._add_randomisation(steps)
        box = make_box()
        if box is not None:
            self._lines.addWidget(label(tr("Next visit"), "section"))
            self._lines.addWidget(box)
            self._lines.addWidget(rule())
        self._add_unsettled(visits)
        self._add_queries(queries)
        self._add_documents(visits)

    def _add_at_hand(self, hand: VisitState, dosing: bool) -> None:
        lines, session = self._lines, self._session
        lines.addWidget(label(tr("Now"), "section"))
        look = visit_look(hand, self._today)
        note = look.word
        if hand.chair is not None:
            note = f"{tr('Chair {number}', number=hand.chair)}, {note}"
        lines.addWidget(Reasoned(look.icon, look.tone, visit_title(session, hand.code), note))
        todo = [form for form in hand.forms if self._is_mine(form)]
        runs = hand.infusion is not None and (dosing or hand.chair is not None)
        if runs and session.may("read:infusion"):
            button = Button(tr("Open run"), self._kind, size=48)
            button.setObjectName("participant/run")
            button.clicked.connect(partial(self.run_asked.emit, hand.code))
            lines.addWidget(button)
        elif todo:
            first = todo[0]
            title = session.study.form(first.form).title.text(current_language())
            button = Button(title, self._kind, trailing="chevron-right", size=48)
            button.setObjectName("participant/next_form")
            button.clicked.connect(
                partial(self.form_asked.emit, hand.code, hand.key, first.form, first.key)
            )
            lines.addWidget(label(tr("Next for you:"), "secondary", "text2"))
            lines.addWidget(button)
        else:
            words = tr("Nothing is left here for your role.")
            lines.addWidget(label(words, "secondary", "text2", wrap=True))
        lines.addWidget(rule())

    def _add_exams(self, visits: Sequence[VisitState]) -> None:
        """Unplanned visits of which the raters learn only once they are asked to examine."""
        for visit in (one for one in visits if exam_to_ask_for(self._session, one)):
            title = visit_title(self._session, visit.code)
            words = tr("Raters do not see this visit until an exam is asked for.")
            self._lines.addWidget(Reasoned("info", "text2", title, words))
            button = Button(tr("Ask for an exam"), size=40)
            button.setObjectName(f"participant/ask_exam/{visit.code}/{visit.key}")
            button.setAccessibleName(f"{tr('Ask for an exam')}: {title}")
            button.clicked.connect(partial(self.exam_asked.emit, visit.code, visit.key))
            self._lines.addWidget(button)
            self._lines.addWidget(rule())

    def _is_mine(self, form: FormState) -> bool:
        undone = form.status in ("planned", "in_progress")
        return undone and self._session.may(f"enter:{form.form}")

    def _add_randomisation(self, steps: Sequence[RandomiseStep]) -> None:
        if not steps:
            return
        self._lines.addWidget(label(tr("Before randomisation"), "section"))
        for step in steps:
            look, line = step.look, row(gap=8)
            line.addWidget(Reasoned(look.icon, look.tone, look.word, step.detail), 1)
            mine = self._session.may(f"enter:{step.form}")
            if mine and not step.done:
                button = Button(tr("Open"), size=36)
                button.setObjectName(f"participant/before/{step.form}")
                button.setAccessibleName(f"{tr('Open')}: {look.word}")
                place = (step.visit, "1", step.form, "1")
                button.clicked.connect(partial(self.form_asked.emit, *place))
                line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(line)
        ready = all(step.done for step in steps)
        if ready and self._session.may("sign:participant_status"):
            button = Button(tr("Randomise…"), "accent_outlined", icon="pen-line", size=48)
            button.setObjectName("participant/randomise")
            button.clicked.connect(self.randomise_asked)
            self._lines.addWidget(button)
        elif ready:
            words = tr("A physician or the principal investigator signs the randomisation.")
            self._lines.addWidget(label(words, "secondary", "text2", wrap=True))
        self._lines.addWidget(rule())

    def _add_unsettled(self, visits: Sequence[VisitState]) -> None:
        found = unsettled(self._session, visits, self._today)
        self._lines.addWidget(label(tr("To settle"), "section"))
        if not found:
            self._lines.addWidget(Reasoned("ok", "ok", tr("Nothing is open from before.")))
        for one in found[:_SETTLE_SHOWN]:
            self._add_point(one)
        left = len(found) - _SETTLE_SHOWN
        if left > 0:
            more = plural(left, one="and {count} more", other="and {count} more")
            self._lines.addWidget(label(more, "secondary", "text2"))

    def _add_point(self, one: Unsettled) -> None:
        line = row(gap=8)
        line.addWidget(Reasoned(one.look.icon, one.look.tone, one.look.word, one.detail), 1)
        if one.form is not None:
            button = Button(tr("Open"), size=36)
            button.setAccessibleName(f"{tr('Open')}: {one.look.word}, {one.detail}")
            place = (one.visit.code, one.visit.key, one.form.form, one.form.key)
            button.clicked.connect(partial(self.form_asked.emit, *place))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._lines.addLayout(line)

    def _add_queries(self, queries: Sequence[Query]) -> None:
        if not queries:
            return
        waiting = sum(query.status == OPEN for query in queries)
        self._lines.addWidget(rule())
        words = plural(waiting, one="{count} open query", other="{count} open queries")
        self._lines.addWidget(SectionHeading(tr("Queries"), words))
        for query in queries[:_SETTLE_SHOWN]:
            line = row(gap=8)
            place = f"{query.place[0]} · {place_words(self._session, query)}"
            tone = "att" if query.status == OPEN else "text2"
            line.addWidget(Reasoned("query", tone, place, query_words(query)), 1)
            button = Button(tr("Open"), size=36)
            button.setObjectName(f"participant/query/{query.key}")
            button.setAccessibleName(f"{tr('Open')}: {place}")
            button.clicked.connect(partial(self.query_asked.emit, query))
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self._lines.addLayout(line)
        left = len(queries) - _SETTLE_SHOWN
        if left > 0:
            more = plural(left, one="and {count} more", other="and {count} more")
            self._lines.addWidget(label(more, "secondary", "text2"))

    def _add_documents(self, visits: Sequence[VisitState]) -> None:
        given = [
            visit
            for visit in visits
            if visit.infusion is not None and visit.status in ("open", "closed")
        ]
        clear(self._documents)
        if not given or not self._session.may("documents"):
            return
        self._documents.addWidget(rule())
        self._documents.addWidget(label(tr("Documents"), "section"))
        for visit in given:
            text = tr("Documents of {visit}", visit=visit.code)
            button = Button(text, icon="file-text", size=40)
            button.setObjectName(f"participant/documents/{visit.code}")
            button.clicked.connect(partial(self.documents_asked.emit, visit.code))
            self._documents.addWidget(button)


def clear(layout: QVBoxLayout) -> None:
    """Let go of every widget of a layout and of the rows in it."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            continue
        inner: QLayout | None = item.layout()
        if inner is not None:
            empty(inner)
        widget = item.widget()
        if widget is not None:
            let_go(widget)
