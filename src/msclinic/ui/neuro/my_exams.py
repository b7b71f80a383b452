"""A rater's first screen: the exams that wait for them, the next day first.

It tells code, year of birth, sex, course, planned visit and contact allergies, and nothing else: no
event, no infusion, not even that other forms exist.
"""

from datetime import date

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from msclinic.services.neuro import MyExam, my_exams, planned_visit
from msclinic.services.session import Session
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.neuro.words import allergies
from msclinic.ui.page import Page
from msclinic.ui.participants.banner import facts_of, short_day
from msclinic.ui.tasks import Kind, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    IconMark,
    PageHead,
    SectionHeading,
    StatePane,
    column,
    label,
    row,
    scrolled,
)
from msclinic.wording import day_text, plural, tr

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
    """The exams of one rater."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self.exams: list[MyExam] = []
        self.buttons: list[Button] = []
        self.head = PageHead(tr("My exams"), edge="bottom")
        self.pane = StatePane()
        self._lines: QVBoxLayout = column(gap=8, margins=(16, 12, 16, 16))
        content = QWidget()
        content.setLayout(self._lines)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.pane)
        self._stack.addWidget(scrolled(content))
        whole = column(gap=0)
        whole.addWidget(self.head)
        whole.addWidget(self._stack, 1)
        self.setLayout(whole)
        self.pane.acted.connect(self._read)
        self._read()

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the list again."""
        if changed & {Kind.ANSWERS, Kind.SIGNATURES, Kind.VISITS, Kind.PARTICIPANTS}:
            self._read()

    def release(self) -> None:
        """Drop the list."""
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
        if not exams:
            self.pane.set_state(
                "empty",
                tr("No exam waits for you"),
                [tr("An exam appears here when its visit is booked.")],
            )
            self._stack.setCurrentIndex(0)
            return
        sections = _sections(exams, today)
        first = next((one for _, of_it in sections for one in of_it if one in waiting), None)
        for heading, of_it in sections:
            self._lines.addWidget(SectionHeading(heading))
            for one in of_it:
                self._lines.addWidget(self._card(one, today, primary=one is first))
        self._lines.addStretch(1)
        self._stack.setCurrentIndex(1)
        for button in self.buttons[:1]:
            button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self) -> None:
        session = self.session
        operation = self.tasks.read(lambda: my_exams(session), self.show_exams, self._failed)
        operation.slow.connect(self._slow)

    def _slow(self) -> None:
        if not self.exams:
            self.pane.set_state("loading", tr("Reading your exams"))
            self._stack.setCurrentIndex(0)

    def _failed(self, error: Exception) -> None:
        title, rest = words_of(error)
        self.pane.set_state("error", title, [rest] if rest else [], tr("Try again"))
        self._stack.setCurrentIndex(0)

    def _card(self, one: MyExam, today: date, *, primary: bool) -> Card:
        card = Card(margin=16, gap=0)
        line = row(gap=16)
        icon, tone = _LOOKS[one.state]
        line.addWidget(IconMark(icon, tone, 20))
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
        state = column(gap=0)
        state.addWidget(label(_state_words(one), "label_strong"))
        day = short_day(one.day, today) if one.day else tr("no day booked")
        state.addWidget(label(tr("today") if one.day == today else day, "secondary", "text2"))
        line.addLayout(state, 1)
        if one.treats:
            said = tr("You treat this participant: another rater examines.")
            line.addWidget(label(said, "secondary", "text2", wrap=True), 2)
        else:
            button = Button(_act(one), "primary" if primary else "outlined", size=44)
            button.setAccessibleName(f"{_act(one)}, {one.who.code}")
            button.setProperty("place", self.exams.index(one))
            button.clicked.connect(self._open)
            button.setMinimumWidth(current_theme().px(136))
            self.buttons.append(button)
            line.addWidget(button)
        card.body.addLayout(line)
        return card

    def _open(self) -> None:
        button = self.sender()
        if isinstance(button, Button):
            one = self.exams[int(button.property("place"))]
            self.go.exam(one.who.participant, one.visit, one.visit_key)

    def _clear(self) -> None:
        self.buttons = []
        while self._lines.count():
            item = self._lines.takeAt(0)
            widget = item.widget() if item else None
            if widget is not None:
                # It stays with its parent until Qt lets it go: without one Python's collector
                # could take it apart in any order.
                widget.hide()
                widget.deleteLater()


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
        "planned": tr("Start exam"),
        "in_progress": tr("Go on"),
        "completed": tr("Sign exam"),
        "void": tr("Sign again"),
        "signed": tr("Look at it"),
    }[one.state]
