"""The neurological exam: systems at the left, grades in the middle, the step and what contradicts
it at the right.

One key press an item. The computed step stands beside the rater's and never in its place; nothing
of earlier exams, of other forms or of the infusion is shown.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QScrollArea, QStackedWidget

from msclinic.domain.edss import SYSTEM_ITEMS
from msclinic.domain.values import Answer, Code
from msclinic.services.neuro import (
    ExamEntry,
    ExamFinding,
    ExamSignature,
    planned_visit,
    sign_exam,
)
from msclinic.services.participants import identity
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.ui.editors import EditorSetting
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.neuro.rows import ExamRow, keys_hint
from msclinic.ui.neuro.score_panel import ScorePanel, finding_title
from msclinic.ui.neuro.typed_choices import TypedChoices
from msclinic.ui.neuro.words import (
    change_reasons,
    contradiction_reasons,
    exam_banner,
    hindered,
    own_words,
    short_names,
    signed_words,
    step_code,
)
from msclinic.ui.page import Page
from msclinic.ui.signing import SignMeaning, SignPanel, SignRequest, SignState
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    PageHead,
    Panel,
    Segmented,
    Step,
    StepFoot,
    StepList,
    column,
    keyed,
    label,
    row,
    scrolled,
)
from msclinic.ui.widgets.fields import TypedField
from msclinic.ui.widgets.reasons import Reason
from msclinic.wording import current_language, decimal_text, time_text, tr

__all__ = ["ExamScreen"]

_LEFT, _RIGHT, _FOLDED = 248, 352, 72
# From this text scale on the score is a tab of the middle and the systems fold to their icons.
_NARROW = 140
_SYSTEMS = (*SYSTEM_ITEMS.values(), "AMBULATION")
_WALKING = ("WALK_DISTANCE", "WALK_SOURCE", "WALK_AID", "WALK_AID_DISTANCE", "AMBULATION")


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
    ) -> None:
        """Open the exam.

        Args:
            session: Who is signed in.
            go: Where the screen can send them.
            tasks: Runs the signing.
            participant: Random id.
            visit: Visit code.
            visit_key: Key of a repeated visit.

        Raises:
            Refused: The person may not see this exam.
        """
        super().__init__(session, go, tasks)
        self.exam = ExamEntry(session, participant, visit, visit_key)
        who = identity(session, participant)
        self.identity = exam_banner(session, who, visit)
        self._names = short_names(self.exam.form.form)
        self._correcting = False
        self._signature: ExamSignature | None = None
        self._arrived = ""
        self._at = ""
        self.rows: dict[str, ExamRow] = {}
        narrow = current_theme().scale >= _NARROW
        self.steps = StepList(tr("Systems"))
        self.steps.set_folded(narrow)
        self.steps.opened.connect(self._open_step)
        # Steps are shown anew after each answer; the list must not shrink in between.
        self.steps.setMinimumHeight(len(_SYSTEMS) * current_theme().px(56) + 16)
        self.head = PageHead(tr("Exam"), edge="bottom")
        self.score = ScorePanel(
            {item: self._names[item] for item in _SYSTEMS}, contradiction_reasons()
        )
        self.score.jumped.connect(self.jump)
        self.score.kept.connect(self._keep_contradiction)
        self.sign = Button(tr("Sign exam"), "outlined", icon="pen-line", size=44)
        self.sign.setObjectName("sign")
        self.sign.clicked.connect(self._ask_signature)
        self._why_not = label("", "caption", "text2", wrap=True)
        self.foot = StepFoot()
        self.foot.next_pressed.connect(self._next_pressed)
        self.foot.other_pressed.connect(self._other_pressed)
        self._scroll = self._make_rows()
        self._lay_out(narrow)
        self.panel = SignPanel(self)
        self.panel.asked.connect(self._sign)
        self._show_all()
        QTimer.singleShot(0, self, self._begin)

    # What the window asks

    def refresh(self, changed: frozenset[Kind]) -> None:
        """Read the exam again if answers or signatures have changed."""
        if changed & {Kind.ANSWERS, Kind.SIGNATURES}:
            self.exam.reload()
            self._show_all()

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

    # Going on

    def jump(self, item: str) -> None:
        """Put the focus on an item; one that only follows from others sends to the step."""
        made = self.rows.get(item)
        if made is None:
            return
        self._show_rows()
        made.typing.setFocus(Qt.FocusReason.OtherFocusReason)
        QTimer.singleShot(0, self, self._into_view)

    def next_open(self, after: str = "") -> str:
        """The next item without an answer, in the order of the form; empty where none is left."""
        wanted = [ref[2] for ref in self.exam.open_items()]
        order = list(self.rows)
        start = order.index(after) + 1 if after in order else 0
        for item in order[start:] + order[:start]:
            if item in wanted and item != after:
                return item
        return wanted[0] if wanted else ""

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
            self._show_score()
            self.sign.setFocus(Qt.FocusReason.OtherFocusReason)

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
        self.head.set_title(tr("Exam"), "" if self._locked() else keys_hint(made))
        self._show_steps()

    def _open_step(self, item: str) -> None:
        self.jump("WALK_DISTANCE" if item == "AMBULATION" else item)

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
                self._show_score()
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
        self.head.saved.set_time(time_text(stored.at, self.session.zone, seconds=True))
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
        item = made.item.oid
        self._store(
            lambda: self.exam.form.keep([self.exam.form.ref(item)], code, reason.code, reason.text)
        )
        self._go_on(item)

    def _keep_contradiction(self, finding: ExamFinding, reason: Reason) -> None:
        self._store(lambda: self.exam.keep(finding, reason.code, reason.text))
        self._go_on(self._at)

    def _store(self, act: Callable[[], None]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001
            self.go.say(error)
            return
        now = self.session.now()
        self.head.saved.set_time(time_text(now, self.session.zone, seconds=True))
        self._show_all()

    # Signing

    def _ask_signature(self) -> None:
        form, who = self.exam.form, self.identity
        answers = sum(form.state(ref).answer is not None for ref in form.refs())
        entered = self.exam.entered()
        kept = sum(one.kept for one in self.exam.findings())
        states = (
            SignState(tr("Every answer that is asked for is given and stored.")),
            SignState(tr("Findings kept with a reason: {count}", count=kept))
            if kept
            else SignState(tr("All that was answered fits together.")),
        )
        meaning = self.session.study.meanings["exam"]
        self.panel.ask(
            SignRequest(
                title=tr("Sign exam, {code}", code=who.code if who else ""),
                subtitle=planned_visit(self.session, self.exam.visit),
                signer=account_code(self.session.account),
                meanings=(SignMeaning("exam", meaning.title.text(current_language())),),
                heading=form.form.title.text(current_language()),
                lines=(
                    tr("EDSS {step}", step=decimal_text(entered) if entered is not None else "–"),
                    tr("Values signed: {count}", count=answers),
                ),
                states=states,
            )
        )

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
                reasons = change_reasons() if found.keepable and not locked else ()
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
        self._show_foot(locked)

    def _show_steps(self) -> None:
        open_items = {ref[2] for ref in self.exam.open_items()}
        looked_at = {ref[2] for one in self.exam.hindrances() for ref in one.compared}
        steps = []
        for item in _SYSTEMS:
            parts = self._parts(item)
            left = [part for part in parts if part in open_items]
            done = len(parts) - len(left)
            state = "done" if not left else ("in_progress" if done else "not_begun")
            detail = tr("{done} of {all}", done=done, all=len(parts))
            if not left and item in looked_at:
                state = "attention"
                detail += " · " + tr("to look at")
            answer = self.exam.value(item)
            grade = answer.value if isinstance(answer, Code) else "–"
            steps.append(Step(item, self._names[item], state, grade, detail))
        current = "AMBULATION" if self._at in _WALKING else self._at
        self.steps.set_steps(steps, "FS_CEREBELLAR" if self._at == "FS_CEREBELLAR_X" else current)

    def _show_foot(self, locked: bool) -> None:
        signature = self._signature
        self.foot.set_other("")
        if signature is not None and signature.valid and not self._correcting:
            self.foot.set_left(tr("Signed"), signed_words(self.session, signature), "ok", "ok")
            self.foot.set_next(tr("To my exams") if self.exam.form.may_enter else "")
            self.foot.set_other(tr("Correct an answer") if self.exam.form.may_enter else "")
            self._show_sign(visible=False)
            return
        if locked:
            said = tr("Only the rater answers here.")
            self.foot.set_left(tr("Read only."), said, "info", "text2")
            self.foot.set_next("")
            self._show_sign(visible=False)
            return
        blank = [ref[2] for ref in self.exam.open_items()]
        settle = self.exam.hindrances()
        if blank:
            names = ", ".join(self._names[item] for item in blank[:3])
            more = " …" if len(blank) > 3 else ""
            self.foot.set_left(tr("{count} left:", count=len(blank)), names + more)
            self.foot.set_next(tr("Next: {item}", item=self._names[self.next_open(self._at)]))
        elif settle:
            title = finding_title(settle[0].code)
            self.foot.set_left(tr("{count} to settle:", count=len(settle)), title, "attention")
            self.foot.set_next(tr("Settle it"))
        else:
            said = tr("A change made the signature void.") if signature is not None else ""
            self.foot.set_left(tr("All answered."), said, "ok", "ok")
            self.foot.set_next("")
        # What C4 wants is an item of the form, which is among the blank ones already.
        self._show_sign(len(blank), len([one for one in settle if one.code != "C4"]))

    def _show_sign(self, blank: int = 0, settle: int = 0, *, visible: bool = True) -> None:
        why = hindered(blank, settle)
        ready = not why
        self.sign.setVisible(visible)
        self.sign.setEnabled(ready)
        self.sign.set_kind("primary" if ready else "outlined")
        self._why_not.setText(why or tr("asks for your password"))
        self._why_not.setVisible(visible)

    def _locked(self) -> bool:
        if not self.exam.form.may_enter:
            return True
        signature = self._signature
        return signature is not None and signature.valid and not self._correcting

    def _parts(self, item: str) -> list[str]:
        if item == "AMBULATION":
            wanted: tuple[str, ...] = _WALKING
        elif item == "FS_CEREBELLAR":
            wanted = (item, "FS_CEREBELLAR_X")
        else:
            wanted = (item,)
        form = self.exam.form
        return [one for one in wanted if form.state(form.ref(one)).relevant]

    # Building

    def _make_rows(self) -> QScrollArea:
        setting = EditorSetting(
            language=current_language(),
            zone=self.session.zone,
            now=self.session.now,
            units=self.session.study.units,
            reasons=change_reasons(),
            room=640,
        )
        inner = Panel("surface")
        body = column(gap=2, margins=(0, 4, 0, 12))
        for group in self.exam.form.form.item_groups:
            items = [item for item in group.items if not item.computed]
            if len(items) > 1:
                heading = row(gap=12, margins=(16, 8, 16, 2))
                heading.addWidget(label(group.title.text(setting.language), "section"))
                hint = group.hint.text(setting.language) if group.hint else ""
                heading.addWidget(label(hint, "caption", "text2"), 1)
                body.addLayout(heading)
            for item in items:
                path = self.exam.form.path(self.exam.form.ref(item.oid))
                made = ExamRow(item, path, setting)
                made.answered.connect(self._answered)
                made.kept.connect(self._keep_check)
                made.went_on.connect(self._row_went_on)
                made.entered.connect(self._row_entered)
                self.rows[item.oid] = made
                body.addWidget(made)
        body.addStretch(1)
        inner.setLayout(body)
        return scrolled(inner)

    def _lay_out(self, narrow: bool) -> None:
        left = Panel("surface", "right")
        left.setFixedWidth(current_theme().px(_FOLDED) if narrow else _LEFT)
        # The list must not lie over the edge of one pixel.
        aside = column(gap=0, margins=(0, 0, 1, 0))
        if not narrow:
            heads = row(gap=8, margins=(16, 12, 16, 0))
            heads.addWidget(label(tr("System"), "caption_strong", "text2"))
            heads.addStretch(1)
            heads.addWidget(label(tr("Your grade"), "caption_strong", "text2"))
            aside.addLayout(heads)
        aside.addWidget(scrolled(self.steps), 1)
        if not narrow and self.exam.form.may_enter:
            said = tr("Earlier scores stay hidden until this exam is signed.")
            quiet = label(said, "caption", "text2", wrap=True)
            foot = row(margins=(16, 8, 16, 12))
            foot.addWidget(quiet)
            aside.addLayout(foot)
        left.setLayout(aside)
        right = Panel("surface", "left")
        side = column(gap=0)
        side.addWidget(self.score, 1)
        signing = row(gap=12, margins=(16, 8, 16, 12))
        signing.addWidget(self.sign)
        signing.addWidget(self._why_not, 1)
        side.addLayout(signing)
        right.setLayout(side)
        middle = column(gap=0)
        middle.addWidget(self.head)
        self._tabs: Segmented | None = None
        self._stack: QStackedWidget | None = None
        if narrow:
            self._tabs = Segmented(
                tr("Exam or score"), keyed([("rows", tr("Exam")), ("score", tr("Score"))]), size=36
            )
            self._tabs.set_answer(Code("rows"))
            self._tabs.answered.connect(self._tab_chosen)
            self.head.add(self._tabs)
            self._stack = QStackedWidget()
            self._stack.addWidget(self._scroll)
            self._stack.addWidget(right)
            middle.addWidget(self._stack, 1)
        else:
            right.setFixedWidth(_RIGHT)
            middle.addWidget(self._scroll, 1)
        middle.addWidget(self.foot)
        across = row(gap=0)
        across.addWidget(left)
        across.addLayout(middle, 1)
        if not narrow:
            across.addWidget(right)
        self.setLayout(across)

    def _tab_chosen(self, answer: Code) -> None:
        if self._stack is not None:
            self._stack.setCurrentIndex(int(answer.value == "score"))

    def _show_rows(self) -> None:
        if self._tabs is not None and self._stack is not None:
            self._tabs.set_answer(Code("rows"))
            self._stack.setCurrentIndex(0)

    def _show_score(self) -> None:
        if self._tabs is not None and self._stack is not None:
            self._tabs.set_answer(Code("score"))
            self._stack.setCurrentIndex(1)

    def _into_view(self) -> None:
        made = self.rows.get(self._at)
        if made is not None:
            self._scroll.ensureWidgetVisible(made, 0, 48)
