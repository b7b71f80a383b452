"""A rater's or assessor's first screen: the exams and tests that wait, the next day first.

It tells code, year of birth, sex, course, planned visit and contact allergies, and nothing else: no
event, no infusion, not even that other forms exist.
"""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from msclinic.domain.queries import OPEN
from msclinic.forms.definitions import SINGLE_KEY
from msclinic.services.neuro import MyExam, my_exams, planned_visit
from msclinic.services.participants import identities
from msclinic.services.queries import all_queries, say
from msclinic.services.query_model import Query
from msclinic.services.rating import EXAM
from msclinic.services.session import Session
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.neuro.words import allergies
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import facts_of, short_day
from msclinic.ui.queries.mine import MyQueries
from msclinic.ui.reading import Reading
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    IconMark,
    PageHead,
    SectionHeading,
    column,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.base import empty
from msclinic.wording import current_language, day_text, plural, tr

__all__ = ["MyExamsScreen"]

_LOOKS = {
    "planned": ("not_begun", "text2"),
    "in_progress": ("in_progress", "accent"),
    "completed": ("attention", "att"),
    "void": ("attention", "att"),
    "signed": ("ok", "ok"),
}
_OPEN = ("in_progress", "completed", "void", "planned")


class MyExamsScreen(Page):
    """The exams of one rater, or the tests of one assessor."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.exams: list[MyExam] = []
        self.buttons: list[Button] = []
        self.head = PageHead(tr("My exams"), edge="bottom")
        self._lines: QVBoxLayout = column(gap=8)
        self.queries = MyQueries(session)
        self.queries.said.connect(self._say)
        self.queries.opened.connect(self._open_query)
        content = QWidget()
        held = column(gap=8, margins=(16, 12, 16, 16))
        held.addWidget(self.queries)
        held.addLayout(self._lines)
        held.addStretch(1)
        content.setLayout(held)
        self.reading = Reading(tasks, scrolled(content), tr("Reading your exams"))
        self.reading.again.connect(self._read)
        self.pane = self.reading.pane
        whole = column(gap=0)
        whole.addWidget(self.head)
        whole.addWidget(self.reading, 1)
        self.setLayout(whole)
        self._read()

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the list again."""
        if changed & {Kind.ANSWERS, Kind.SIGNATURES, Kind.VISITS, Kind.PARTICIPANTS}:
            self._read()

    def release(self) -> None:
        """Forget what is under way and drop the list."""
        self.reading.drop()
        self.exams = []
        self._clear()

    def show_exams(self, exams: list[MyExam]) -> None:
        """Show these exams."""
        self.exams = exams
        self._clear()
        today = self.session.now().astimezone(self.session.zone).date()
        waiting = [one for one in exams if one.state != "signed" and not one.treats]
        self.head.set_progress(
            plural(len(waiting), one="{count} exam waits", other="{count} exams wait")
            if waiting
            else ""
        )
        self._show_queries()
        if not exams and self.queries.isHidden():
            self.reading.show_empty(
                tr("No exam waits for you"),
                [tr("An exam appears here when its visit is booked.")],
            )
            return
        sections = _sections(exams, today)
        first = next((one for _, of_it in sections for one in of_it if one in waiting), None)
        for heading, of_it in sections:
            self._lines.addWidget(SectionHeading(heading))
            for at_one in _by_visit(of_it):
                self._lines.addWidget(self._card(at_one, today, first))
        self._lines.addStretch(1)
        self.reading.show_content()
        for button in self.buttons[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_queries(self) -> None:
        session = self.session
        waiting = [one for one in all_queries(session, OPEN) if "answer" in one.may]
        codes = {one.participant: one.code for one in identities(session)} if waiting else {}
        self.queries.show_queries(waiting, codes)

    def _say(self, query: Query, kind: str, words: str) -> None:
        session = self.session

        def store() -> Outcome[None]:
            say(session, query.participant, query.key, kind, words)
            return Outcome(None, {Kind.ANSWERS})

        self.tasks.write(store, lambda _: self._read(), self._refused)

    def _refused(self, error: Exception) -> None:
        self.queries.refuse(*words_of(error))

    def _open_query(self, query: Query) -> None:
        visit, visit_key, form, form_key = query.place
        if form == EXAM:
            self.go.exam(query.participant, visit, visit_key)
        else:
            self.go.form(query.participant, visit, visit_key, form, form_key, query.ref)

    def _read(self) -> None:
        session = self.session
        self.reading.ask(lambda: my_exams(session), self.show_exams)

    def _card(self, forms: list[MyExam], today: date, first: MyExam | None) -> Card:
        card = Card(margin=16, gap=8)
        card.body.addLayout(self._who(forms[0], today))
        if forms[0].treats:
            said = tr("You treat this participant: another rater examines.")
            card.body.addWidget(label(said, "secondary", "text2", wrap=True))
            return card
        for one in forms:
            line = row(gap=16)
            icon, tone = _LOOKS[one.state]
            line.addSpacing(current_theme().px(36))
            line.addWidget(IconMark(icon, tone, 20))
            title = self.session.study.form(one.form).title.text(current_language())
            line.addWidget(label(title, "body_medium", wrap=True), 3)
            line.addWidget(label(_state_words(one), "label_strong"), 1)
            line.addWidget(self._button(one, title, primary=one is first))
            card.body.addLayout(line)
        return card

    def _who(self, one: MyExam, today: date) -> QHBoxLayout:
        line = row(gap=16)
        line.addWidget(IconMark("user", "text2", 20))
        code = label(one.who.code, "title")
        code.setMinimumWidth(current_theme().px(104))
        line.addWidget(code)
        words = column(gap=0)
        words.addWidget(label(planned_visit(self.session, one.visit), "body_strong"))
        words.addWidget(label(facts_of(one.who), "secondary", "text2"))
        line.addLayout(words, 2)
        contact = allergies(self.session, one.who)
        if contact or not one.who.allergies_known:
            warned = row(gap=8)
            warned.addWidget(IconMark("attention", "att", 16))
            said = contact or tr("Allergies not asked yet")
            warned.addWidget(label(said, "label_strong", "att", wrap=True), 1)
            line.addLayout(warned, 2)
        else:
            line.addStretch(2)
        day = short_day(one.day, today) if one.day else tr("no day booked")
        line.addWidget(label(tr("today") if one.day == today else day, "label_strong"))
        return line

    def _button(self, one: MyExam, title: str, *, primary: bool) -> Button:
        button = Button(_act(one), "primary" if primary else "outlined", size=44)
        button.setAccessibleName(f"{_act(one)}: {title}, {one.visit}, {one.who.code}")
        button.setProperty("place", self.exams.index(one))
        button.clicked.connect(self._open)
        button.setMinimumWidth(current_theme().px(136))
        self.buttons.append(button)
        return button

    def _open(self) -> None:
        button = self.sender()
        if not isinstance(button, Button):
            return
        one = self.exams[int(button.property("place"))]
        if one.form == EXAM:
            self.go.exam(one.who.participant, one.visit, one.visit_key)
        else:
            self.go.form(one.who.participant, one.visit, one.visit_key, one.form, SINGLE_KEY)

    def _clear(self) -> None:
        self.buttons = []
        empty(self._lines)


def _by_visit(exams: list[MyExam]) -> list[list[MyExam]]:
    found: dict[tuple[str, str, str], list[MyExam]] = {}
    for one in exams:
        found.setdefault((one.who.participant, one.visit, one.visit_key), []).append(one)
    return list(found.values())


def _sections(exams: list[MyExam], today: date) -> list[tuple[str, list[MyExam]]]:
    waiting = [one for one in exams if one.state in _OPEN]
    found = (
        (
            tr("Today, {day}", day=day_text(today)),
            [one for one in waiting if one.day == today],
        ),
        (
            tr("From earlier days"),
            [one for one in waiting if one.day is not None and one.day < today],
        ),
        (tr("Later"), [one for one in waiting if one.day is None or one.day > today]),
        (tr("Signed today"), [one for one in exams if one.state == "signed"]),
    )
    return [(heading, of_it) for heading, of_it in found if of_it]


def _state_words(one: MyExam) -> str:
    return {
        "planned": tr("not begun"),
        "in_progress": tr("in progress"),
        "completed": tr("to sign"),
        "void": tr("signature void"),
        "signed": tr("signed"),
    }[one.state]


def _act(one: MyExam) -> str:
    return {
        "planned": tr("Start"),
        "in_progress": tr("Go on"),
        "completed": tr("Sign"),
        "void": tr("Sign again"),
        "signed": tr("Look at it"),
    }[one.state]
