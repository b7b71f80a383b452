"""The neurological exam: systems at the left, grades in the middle, the step and what contradicts
it at the right.

One key press an item. The computed step stands beside the rater's and never in its place; nothing
of earlier exams, of other forms or of the infusion is shown.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget

from msclinic.domain.edss import SYSTEM_ITEMS
from msclinic.domain.values import Answer, Code
from msclinic.forms.session import Ref
from msclinic.services.neuro import (
    ExamEntry,
    ExamFinding,
    ExamSignature,
    sign_exam,
)
from msclinic.services.participants import identity
from msclinic.services.session import Session
from msclinic.ui.editors import EditorSetting
from msclinic.ui.forms.aside import Aside, Place
from msclinic.ui.forms.beside import CONFLICT, choose_contender, contenders
from msclinic.ui.forms.marks import ItemMarks
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.neuro.foot import next_item, show_foot
from msclinic.ui.neuro.frame import ExamFrame
from msclinic.ui.neuro.row_list import make_rows
from msclinic.ui.neuro.rows import ExamRow, keys_hint
from msclinic.ui.neuro.score_panel import ScorePanel
from msclinic.ui.neuro.signature import exam_sign_request
from msclinic.ui.neuro.systems import SYSTEMS, first_item, step_with, steps_of
from msclinic.ui.neuro.typed_choices import TypedChoices
from msclinic.ui.neuro.words import (
    change_reasons,
    contradiction_reasons,
    exam_banner,
    own_words,
    short_names,
    step_code,
)
from msclinic.ui.page import Page
from msclinic.ui.signing import SignPanel
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.widgets import row
from msclinic.ui.widgets.fields import TypedField
from msclinic.ui.widgets.reasons import Reason, ReasonChoice
from msclinic.wording import current_language, time_text, tr

__all__ = ["ExamScreen"]


class ExamScreen(Page):
    """One exam of one participant."""

    def __init__(
        self,
        session: Session,
        go: Navigator,
        tasks: Tasks,
        participant: str,
        visit: str,
        visit_key: str,
        exam: ExamEntry | None = None,
    ) -> None:
        """Open the exam.

        Args:
            session: Who is signed in.
            go: Where the screen can send them.
            tasks: Runs the signing.
            participant: Random id.
            visit: Visit code.
            visit_key: Key of a repeated visit.
            exam: The exam, where it was read already.

        Raises:
            Refused: The person may not see this exam.
        """
        super().__init__(session, go, tasks)
        self.exam = exam or ExamEntry(session, participant, visit, visit_key)
        who = identity(session, participant)
        self.identity = exam_banner(session, who, visit)
        self._setting = EditorSetting(
            language=current_language(),
            zone=session.zone,
            now=session.now,
            units=session.study.units,
            reasons=change_reasons(),
            room=640,
        )
        self._names = short_names(self.exam.form.form)
        self._correcting = False
        self._signature: ExamSignature | None = None
        self._arrived = ""
        self._at = ""
        self.score = ScorePanel(
            {item: self._names[item] for item in SYSTEMS}, contradiction_reasons()
        )
        self.score.jumped.connect(self.jump)
        self.score.kept.connect(self._keep_contradiction)
        self.rows, area = make_rows(self.exam, self._setting)
        self._listen()
        self.frame = ExamFrame(
            area, self.score, systems=len(SYSTEMS), hides=self.exam.form.may_enter
        )
        self.frame.steps.opened.connect(self._open_step)
        self.frame.sign.clicked.connect(self._ask_signature)
        self.frame.foot.next_pressed.connect(self._next_pressed)
        self.frame.foot.other_pressed.connect(self._other_pressed)
        whole = row(gap=0)
        whole.addWidget(self.frame)
        self.setLayout(whole)
        self.panel = SignPanel(self)
        self.panel.asked.connect(self._sign)
        self.aside = Aside(self, tasks, self._here, self._row_of, lambda: self.frame.foot.y())
        self.aside.changed.connect(self._show_marks)
        self._show_all()
        QTimer.singleShot(0, self, self._begin)

    def _listen(self) -> None:
        self.marks = ItemMarks(self.exam.form, self)
        self.marks.query_asked.connect(self._open_queries)
        for made in self.rows.values():
            made.answered.connect(self._answered)
            made.kept.connect(self._keep_check)
            made.went_on.connect(self._row_went_on)
            made.entered.connect(self._row_entered)
            made.history_asked.connect(self._open_history)
            made.query_asked.connect(self._open_queries_here)
            self.marks.mark(self.exam.form.ref(made.item.oid), made)

    # What the window asks

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the exam again if answers or signatures have changed."""
        if changed & {Kind.ANSWERS, Kind.SIGNATURES}:
            self.exam.reload()
            self._show_marks()
            self._show_all()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a card beside its item."""
        super().resizeEvent(event)
        self.aside.place()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the button that has the focus."""
        focused = QApplication.focusWidget()
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(focused, QAbstractButton) and self.isAncestorOf(focused):
            focused.click()
            return
        super().keyPressEvent(event)

    def settle(self) -> None:
        """Store what is still being typed."""
        for made in self.rows.values():
            if isinstance(made.input, TypedField):
                made.input.commit()

    def release(self) -> None:
        """Drop the answers from the widgets."""
        for made in self.rows.values():
            made.input.set_answer(None)
        self.score.set_findings((), {})
        self.panel.dismiss()
        self.aside.close()

    # Going on

    def jump(self, item: str) -> None:
        """Put the focus on an item; one that only follows from others sends to the step."""
        made = self.rows.get(item)
        if made is None:
            return
        self.frame.show_rows()
        made.typing.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, made, lambda: self.frame.into_view(made))

    def next_open(self, after: str = "") -> str:
        """The next item without an answer, in the order of the form; empty where none is left."""
        return next_item(self.exam, list(self.rows), after)

    def _begin(self) -> None:
        first = self.next_open()
        if first and not self._locked():
            self.jump(first)

    def _go_on(self, after: str) -> None:
        following = self.next_open(after)
        if following and following != after:
            self.jump(following)
            self._arrived = following
            return
        self._arrived = ""
        if self.exam.hindrances():
            self._show_hindrance()
        elif not following:
            self.frame.focus_sign()

    def _row_went_on(self) -> None:
        made = self.sender()
        if not isinstance(made, ExamRow):
            return
        item = made.item.oid
        blank = self.exam.value(item) is None
        if blank and self._arrived == item:
            # A digit has already gone on to this row; the Enter typed after it must not skip it.
            self._arrived = ""
            return
        self._go_on(item)

    def _row_entered(self) -> None:
        made = self.sender()
        if not isinstance(made, ExamRow):
            return
        self._at = made.item.oid
        self.frame.head.set_title(tr("Exam"), "" if self._locked() else keys_hint(made))
        self._show_steps()

    def _open_step(self, item: str) -> None:
        self.jump(first_item(item))

    def _next_pressed(self) -> None:
        if self._locked():
            self.go.today()
            return
        following = self.next_open(self._at)
        if following:
            self.jump(following)
        else:
            self._show_hindrance()

    def _other_pressed(self) -> None:
        self._correcting = True
        self._show_all()
        self.jump(self._at or next(iter(self.rows)))

    def _show_hindrance(self) -> None:
        for finding in self.exam.hindrances():
            if finding.level == "E" and finding.keepable:
                self.frame.show_score()
                for card in self.score.cards():
                    if card.finding == finding:
                        card.keep.setFocus(Qt.FocusReason.OtherFocusReason)
                        return
            self.jump(finding.ref[2])
            if finding.level == "S":
                self.rows[finding.ref[2]].panel.ask()
            return

    # Answers

    def _answered(self, answer: Answer) -> None:
        made = self.sender()
        if not isinstance(made, ExamRow):
            return
        item = made.item.oid
        try:
            stored = self.exam.answer(item, answer)
        except Exception as error:  # noqa: BLE001
            made.set_answer(self.exam.value(item))
            self.go.say(error)
            return
        if not stored.accepted:
            made.set_answer(self.exam.value(item))
            finding = stored.findings[0]
            made.set_finding("", "impossible", own_words(finding.message), ())
            return
        self.frame.head.saved.set_time(time_text(stored.at, self.session.zone, seconds=True))
        made.set_answer(answer)
        self._show_all()
        if any(one.severity == "soft" for one in stored.findings):
            made.panel.ask()
        else:
            self._go_on(item)

    def _keep_check(self, code: str, reason: Reason) -> None:
        made = self.sender()
        if not isinstance(made, ExamRow):
            return
        item, form = made.item.oid, self.exam.form
        if code == CONFLICT:
            self._store(lambda: choose_contender(form, form.ref(item), reason.code))
        else:
            self._store(lambda: form.keep([form.ref(item)], code, reason.code, reason.text))
        self._go_on(item)

    def _keep_contradiction(self, finding: ExamFinding, reason: Reason) -> None:
        self._store(lambda: self.exam.keep(finding, reason.code, reason.text))
        self._go_on(self._at)

    def _store(self, act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001
            self.go.say(error)
            return
        now = self.session.now()
        self.frame.head.saved.set_time(time_text(now, self.session.zone, seconds=True))
        self._show_all()

    # History and queries of an item

    def _here(self) -> Place | None:
        widget = QApplication.focusWidget()
        while widget is not None and not isinstance(widget, ExamRow):
            widget = widget.parentWidget()
        return self._place(widget) if widget is not None else None

    def _place(self, made: ExamRow) -> Place:
        return self.exam.form, self.exam.form.ref(made.item.oid)

    def _row_of(self, ref: Ref) -> QWidget | None:
        return self.rows.get(ref[2])

    def _open_history(self) -> None:
        made = self.sender()
        if isinstance(made, ExamRow):
            self.aside.open_history(*self._place(made))

    def _open_queries_here(self) -> None:
        made = self.sender()
        if isinstance(made, ExamRow):
            self.aside.open_queries(*self._place(made))

    def _open_queries(self, ref: Ref) -> None:
        self.aside.open_queries(self.exam.form, ref)

    def _show_marks(self) -> None:
        self.marks.read()

    # Signing

    def _ask_signature(self) -> None:
        code = self.identity.code if self.identity else ""
        self.panel.ask(exam_sign_request(self.exam, code))

    def _sign(self, _meaning: str, password: str) -> None:
        exam, session = self.exam, self.session
        self.tasks.write(
            lambda: Outcome(
                sign_exam(session, exam.participant, exam.visit, exam.visit_key, password),
                {Kind.SIGNATURES, Kind.ANSWERS, Kind.VISITS},
            ),
            self._signed,
            self._sign_refused,
        )

    def _signed(self, _entry: str) -> None:
        self._correcting = False
        self.panel.done()
        self.exam.reload()
        self._show_all()

    def _sign_refused(self, error: Exception) -> None:
        self.panel.refuse(*words_of(error))

    # Showing

    def _show_all(self) -> None:
        self._signature = self.exam.signature()
        locked = self._locked()
        findings = self.exam.findings()
        single = {one.ref[2]: one for one in reversed(findings) if one.level == "S"}
        for item, made in self.rows.items():
            state = self.exam.form.state(self.exam.form.ref(item))
            made.set_applicable(state.relevant)
            if not made.typing.hasFocus() or state.answer is not None:
                made.set_answer(state.answer)
            made.set_read_only(locked)
            found = single.get(item)
            if found is None:
                made.clear_finding()
            else:
                severity = "soft" if found.keepable else "impossible"
                reasons = self._reasons(found) if found.keepable and not locked else ()
                made.set_finding(found.code, severity, own_words(found.message), reasons)
        result = self.exam.score()
        grades = {SYSTEM_ITEMS[name]: grade for name, grade in self.exam.systems().grades().items()}
        walked = self.exam.value("AMBULATION")
        ambulation = int(walked.value) if isinstance(walked, Code) else None
        self.score.set_score(result, grades, ambulation, provisional=not locked)
        self.score.set_findings(
            [one for one in findings if one.level != "S" or not one.kept], self._names
        )
        edss = self.rows["EDSS"].input
        if isinstance(edss, TypedChoices):
            edss.set_proposal(step_code(result.step))
        self._show_steps()
        show_foot(
            self.frame,
            self.exam,
            self._signature,
            self._names,
            self.next_open(self._at),
            locked=locked,
            correcting=self._correcting,
        )

    def _reasons(self, finding: ExamFinding) -> tuple[ReasonChoice, ...]:
        if finding.code == CONFLICT:
            return contenders(self.exam.form, finding.ref, self._setting)
        return change_reasons()

    def _show_steps(self) -> None:
        self.frame.steps.set_steps(steps_of(self.exam, self._names), step_with(self._at))

    def _locked(self) -> bool:
        if not self.exam.form.may_enter:
            return True
        signature = self._signature
        return signature is not None and signature.valid and not self._correcting

    @property
    def holds(self) -> bool:
        """An exam goes on beside the window: a walk of 500 m is part of it."""
        return not self._locked()
