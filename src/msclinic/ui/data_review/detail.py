"""The chosen form in words, what hinders a lock, and the acts of monitor and investigator.

It asks by one signal an act; it stores nothing and keeps no password longer than it is handed out.
"""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.data_review import ReviewRow
from msclinic.services.lock_checklist import KINDS
from msclinic.services.session import Session
from msclinic.services.worklist import Point
from msclinic.ui.data_review.model import lock_words, source_progress_words
from msclinic.ui.participants.banner import visit_title
from msclinic.ui.widgets import (
    Button,
    IconMark,
    Panel,
    PasswordField,
    TextField,
    column,
    label,
    row,
    rule,
)
from msclinic.ui.widgets.base import empty
from msclinic.ui.worklist.model import kind_word, point_words
from msclinic.wording import current_language, plural, tr

__all__ = ["ReviewDetail"]

_MOST = 8


class ReviewDetail(Panel):
    """One form, its visit and the study: what can be done with them.

    Signals:
        opened: Open the chosen form.
        verified: Mark ``form`` or ``visit`` as compared with the source.
        checked: Look what hinders the lock of ``form``, ``visit`` or ``study``.
        lock_asked: Lock it; scope and password, which is empty where none is asked for.
        unlock_asked: Unlock what locks the form; reason and password.
        point_opened: Go to the field that hinders.
    """

    opened = Signal()
    verified = Signal(str)
    checked = Signal(str)
    lock_asked = Signal(str, str)
    unlock_asked = Signal(str, str)
    point_opened = Signal(object)

    def __init__(self, session: Session, edge: str = "left") -> None:
        """Make it empty.

        Args:
            session: Who looks.
            edge: Where the list lies.
        """
        super().__init__("surface", edge)
        self._session = session
        self._row: ReviewRow | None = None
        self._lines = column(gap=8, margins=(16, 16, 16, 16))
        self.setLayout(self._lines)
        self._password: PasswordField | None = None
        self._reason: TextField | None = None
        self._told = label("", "body_medium", "stop", wrap=True)

    def show_row(self, chosen: ReviewRow | None) -> None:
        """Show a form and what can be done; none clears."""
        self._row = chosen
        self._start()
        if chosen is None:
            return
        session = self._session
        self._add_head(chosen)
        opening = Button(tr("Open the form"), trailing="next")
        self._add(opening, "open", self.opened.emit)
        if session.may("verify_source") and chosen.unverified:
            self._lines.addWidget(rule())
            self._add(
                Button(tr("Mark form verified"), "primary", icon="shield-check"),
                "verify",
                partial(self.verified.emit, "form"),
            )
            self._add(
                Button(tr("Mark visit verified"), icon="shield-check"),
                "verify_visit",
                partial(self.verified.emit, "visit"),
            )
        if session.may("lock_data"):
            self._lines.addWidget(rule())
            self._add_locks(chosen)
        self._lines.addStretch(1)

    def show_hindrances(self, scope: str, points: Sequence[Point]) -> None:
        """Show what hinders a lock, or let it be locked.

        Args:
            scope: ``form``, ``visit`` or ``study``.
            points: What is left.
        """
        self._start()
        if self._row is not None:
            self._add_head(self._row)
        self._lines.addWidget(rule())
        if points:
            self._add_points(points)
        else:
            self._add_lock(scope)
        self._add(Button(tr("Not now")), "back", lambda: self.show_row(self._row))
        self._lines.addStretch(1)

    def say(self, title: str, rest: str) -> None:
        """Show why nothing was done."""
        self._told.setText(f"{title} {rest}".strip())
        self._told.show()
        if self._password is not None:
            self._password.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Go to the first button."""
        for button in self.findChildren(Button):
            if button.isEnabled():
                button.setFocus(Qt.FocusReason.OtherFocusReason)
                return

    # Building

    def _start(self) -> None:
        self._password = self._reason = None
        empty(self._lines)
        self._told = label("", "body_medium", "stop", wrap=True)
        self._told.hide()

    def _add(self, button: Button, name: str, act: Callable[..., object]) -> None:
        button.setObjectName(f"review/{name}")
        button.clicked.connect(act)
        self._lines.addWidget(button)

    def _add_head(self, chosen: ReviewRow) -> None:
        language = current_language()
        title = self._session.study.form(chosen.form.form).title.text(language)
        where = f"{chosen.code} · {visit_title(self._session, chosen.visit.code)}"
        self._lines.addWidget(label(title, "section", wrap=True))
        self._lines.addWidget(label(where, "secondary", "text2", wrap=True))
        self._lines.addWidget(label(source_progress_words(chosen), "body", wrap=True))
        for count, one, other in (
            (chosen.queries, "{count} open query", "{count} open queries"),
            (
                chosen.changed,
                "{count} answer changed after a lock",
                "{count} answers changed after a lock",
            ),
        ):
            if count:
                words = plural(count, one=one, other=other)
                self._lines.addWidget(label(words, "body_medium", "att", wrap=True))
        if chosen.lock:
            self._lines.addWidget(label(lock_words(chosen), "body_medium", wrap=True))

    def _add_locks(self, chosen: ReviewRow) -> None:
        if chosen.lock:
            self._add_unlock(chosen)
            return
        common = self._session.study.visit(chosen.visit.code).kind == "common"
        for scope, words in (
            ("form", tr("Lock the form…")),
            ("visit", tr("Lock the visit…")),
            ("study", tr("Lock the study…")),
        ):
            if scope != "visit" or not common:
                button = Button(words, icon="lock-keyhole")
                self._add(button, f"lock_{scope}", partial(self.checked.emit, scope))

    def _add_points(self, points: Sequence[Point]) -> None:
        words = plural(
            len(points),
            one="{count} point still hinders the lock:",
            other="{count} points still hinder the lock:",
        )
        self._lines.addWidget(label(words, "body_strong", wrap=True))
        for kind in KINDS:
            of_kind = [point for point in points if point.kind == kind]
            if of_kind and len(points) > _MOST:
                words = f"{kind_word(kind)}: {len(of_kind)}"
                self._lines.addWidget(_marked("attention", "att", words))
        if len(points) > _MOST:
            note = tr("Each of them stands in the worklist or in this list.")
            self._lines.addWidget(label(note, "secondary", "text2", wrap=True))
            return
        for place, point in enumerate(points):
            where = " · ".join(part for part in (point.code, point.visit.code) if part)
            button = Button(kind_word(point.kind), "outlined", icon="attention")
            button.set_detail(f"{where} · {point_words(self._session, point)}")
            self._add(button, f"point_{place}", partial(self.point_opened.emit, point))

    def _add_lock(self, scope: str) -> None:
        title = {
            "form": tr("Nothing hinders the lock of this form."),
            "visit": tr("Nothing hinders the lock of this visit."),
            "study": tr("Nothing hinders the lock of the study."),
        }[scope]
        self._lines.addWidget(_marked("ok", "ok", title))
        note = tr("After the lock nothing in it changes. Queries go on.")
        self._lines.addWidget(label(note, "secondary", "text2", wrap=True))
        if scope == "study":
            self._ask_password()
        self._lines.addWidget(self._told)
        self._add(
            Button(tr("Lock these data"), "primary", icon="lock-keyhole"),
            "lock",
            lambda: self.lock_asked.emit(scope, self._taken()),
        )

    def _add_unlock(self, chosen: ReviewRow) -> None:
        self._lines.addWidget(label(tr("Unlock these data"), "section"))
        note = tr("What changes after it stays marked.")
        self._lines.addWidget(label(note, "secondary", "text2", wrap=True))
        self._reason = TextField(tr("Why these data must change"), chars=24)
        self._reason.setObjectName("review/reason")
        self._reason.set_placeholder(tr("Reason"))
        self._lines.addWidget(self._reason)
        self._ask_password()
        self._lines.addWidget(self._told)
        what = tr("Unlock the study") if chosen.lock == "study" else tr("Unlock the form")
        if chosen.lock == chosen.visit_scope:
            what = tr("Unlock the visit")
        self._add(Button(what, "primary", icon="lock-keyhole-open"), "unlock", self._unlock)

    def _ask_password(self) -> None:
        self._password = PasswordField(tr("Your password"))
        self._password.setObjectName("review/password")
        self._password.set_placeholder(tr("Your password"))
        self._lines.addWidget(self._password)

    def _taken(self) -> str:
        return self._password.take() if self._password is not None else ""

    def _unlock(self) -> None:
        why = self._reason.edit.text() if self._reason is not None else ""
        self.unlock_asked.emit(why, self._taken())


def _marked(icon: str, tone: str, words: str) -> QWidget:
    held = QWidget()
    line = row(gap=8)
    line.addWidget(IconMark(icon, tone, 20))
    line.addWidget(label(words, "body_medium", wrap=True), 1)
    held.setLayout(line)
    return held
