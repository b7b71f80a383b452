"""Backup: how it stands, where backups go, one now, and the rehearsal of a restore."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFileDialog, QWidget

from msclinic.services.backup.making import Report, back_up
from msclinic.services.backup.numbers import backup_numbers
from msclinic.services.backup.places import add_place, remove_place
from msclinic.services.backup.proving import prove_apart
from msclinic.services.backup.state import BackupState, PlaceState, backup_state
from msclinic.services.restore import newest_backup, rehearse
from msclinic.services.session import Session
from msclinic.ui.backup.stopping import Course, Stopped
from msclinic.ui.backup.words import moment_words, place_words, step_words, warning_words
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.page import Page
from msclinic.ui.tasks import Tasks
from msclinic.ui.theme import current_theme
from msclinic.ui.widgets import (
    Button,
    Card,
    IconMark,
    PageHead,
    PasswordField,
    column,
    label,
    row,
    rule,
    scrolled,
)
from msclinic.ui.widgets.base import empty, restyled
from msclinic.wording import plural, tr

__all__ = ["BackupScreen"]

_WIDTH = 880
_LOOK_MS = 200


class BackupScreen(Page):
    """Everything about backups for those who look after them."""

    def __init__(self, session: Session, go: Navigator, tasks: Tasks) -> None:
        super().__init__(session, go, tasks)
        self._course: Course | None = None
        self._state: BackupState | None = None
        self.now = Button(tr("Back up now"), "primary", size=44)
        self.add = Button(tr("Add a folder…"), icon="plus", size=44)
        self.trial = Button(tr("Rehearse a restore"), size=44)
        self.stop = Button(tr("Cancel"), size=44)
        self.password = PasswordField(tr("Password"), size=44)
        self.password.setObjectName("backup/password")
        self._standing = column(gap=8)
        self._places = column(gap=0)
        self._rehearsed = label("", "body", wrap=True)
        self._progress = label("", "body_medium")
        self._said = label("", "body_medium", wrap=True)
        self._watching = QTimer(self)
        self._watching.setInterval(_LOOK_MS)
        self._watching.timeout.connect(self._moved)
        self._build()
        self.now.clicked.connect(self.back_up)
        self.add.clicked.connect(self._ask_folder)
        self.trial.clicked.connect(self.rehearse)
        self.password.submitted.connect(self.rehearse)
        self.stop.clicked.connect(self._stop)
        self._say("", "text")
        self._show_busy(False)
        self.read()

    def _build(self) -> None:
        for button, name in (
            (self.now, "backup/now"),
            (self.add, "backup/add"),
            (self.trial, "backup/rehearse"),
            (self.stop, "backup/cancel"),
        ):
            button.setObjectName(name)
        state = Card(margin=24, gap=8)
        state.body.addWidget(label(tr("How it stands"), "section"))
        state.body.addLayout(self._standing)
        line = row(gap=12)
        line.addWidget(self.now)
        line.addWidget(self.stop)
        line.addWidget(self._progress)
        line.addStretch(1)
        state.body.addLayout(line)
        state.body.addWidget(self._said)
        places = Card(margin=24, gap=8)
        places.body.addWidget(label(tr("Folders for backups"), "section"))
        note = tr(
            "Best on another disk: a USB disk, a network folder. Backups are encrypted; only the "
            "people of this clinic can open them."
        )
        places.body.addWidget(label(note, "secondary", "text2", wrap=True))
        places.body.addLayout(self._places)
        adding = row()
        adding.addWidget(self.add)
        adding.addStretch(1)
        places.body.addLayout(adding)
        trial = Card(margin=24, gap=8)
        trial.body.addWidget(label(tr("Rehearsal of a restore"), "section"))
        trial.body.addWidget(self._rehearsed)
        note = tr(
            "The newest backup is restored into a temporary folder with your password, proved, and "
            "thrown away. The clinic goes on meanwhile."
        )
        trial.body.addWidget(label(note, "secondary", "text2", wrap=True))
        trial.body.addWidget(label(tr("Your password"), "label"))
        line = row(gap=12)
        self.password.setMaximumWidth(current_theme().px(320))
        line.addWidget(self.password, 1)
        line.addWidget(self.trial)
        line.addStretch(1)
        trial.body.addLayout(line)
        inner = column(gap=16)
        for card in (state, places, trial):
            inner.addWidget(card)
        inner.addStretch(1)
        body = QWidget()
        body.setLayout(inner)
        body.setMaximumWidth(current_theme().px(_WIDTH))
        across = row(margins=(16, 0, 16, 16))
        across.addWidget(body, 1)
        across.addStretch(0)
        holder = QWidget()
        holder.setLayout(across)
        whole = column(gap=0)
        whole.addWidget(PageHead(tr("Backup"), height=56))
        whole.addWidget(scrolled(holder), 1)
        self.setLayout(whole)
        self.setFocusProxy(self.now)

    def showEvent(self, event: QShowEvent) -> None:
        """The first thing to do is at hand."""
        super().showEvent(event)
        self.now.setFocus(Qt.FocusReason.OtherFocusReason)

    def settle(self) -> None:
        """Stop what is under way: the person leaves, and their keys may go."""
        self._stop()

    def release(self) -> None:
        """Drop what was typed."""
        self.password.take()
        self._stop()

    def read(self) -> None:
        """Ask record and folders again."""
        session = self.session
        self.tasks.read(lambda: backup_state(session), self._show, self._failed)

    def back_up(self) -> None:
        """Make a backup now."""
        session, course = self.session, self._begin()
        if course is None:
            return
        session.require("backup")
        self.tasks.read(
            lambda: back_up(session, "asked", heard=course.heard, prove=prove_apart),
            self._backed_up,
            self._failed,
        )

    def rehearse(self) -> None:
        """Restore the newest backup on trial."""
        session, password = self.session, self.password.take()
        if not password:
            self._say(tr("Type your password: the backup is opened with it."), "att")
            self.password.edit.setFocus()
            return
        course = self._begin()
        if course is None:
            return

        def work() -> str:
            backup = newest_backup(session).path
            rehearse(session, backup, password, heard=course.heard, prove=prove_apart)
            return backup.name

        self.tasks.read(work, self._was_rehearsed, self._failed)

    def add_folder(self, folder: Path) -> None:
        """Choose a folder for backups."""
        self._try(lambda: add_place(self.session.home, folder))

    def _ask_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, tr("Folder for backups"))
        if chosen:
            self.add_folder(Path(chosen))

    def _remove(self, folder: Path) -> None:
        self._try(lambda: remove_place(self.session.home, folder))

    def _try(self, act: Callable[[], object]) -> None:
        try:
            self.session.require("backup")
            act()
        except Exception as error:  # noqa: BLE001
            self._failed(error)
            return
        self._say("", "text")
        self.read()

    def _begin(self) -> Course | None:
        if self._course is not None:
            return None
        self._course = Course()
        self._watching.start()
        self._say("", "text")
        self._show_busy(True)
        return self._course

    def _end(self) -> None:
        self._course = None
        self._watching.stop()
        self._show_busy(False)

    def _stop(self) -> None:
        if self._course is not None:
            self._course.stop()

    def _moved(self) -> None:
        if self._course is not None:
            self._progress.setText(step_words(*self._course.now))

    def _backed_up(self, report: Report) -> None:
        self._end()
        kept = plural(
            len(report.kept),
            one="Backed up and proved, in {count} folder.",
            other="Backed up and proved, in {count} folders.",
        )
        failed = [" ".join(warning_words(one)) for one in report.failed]
        self._say(" ".join([kept, *failed]), "att" if failed else "ok")
        self.read()

    def _was_rehearsed(self, name: str) -> None:
        self._end()
        words = tr(
            "{file} was restored on trial, proved, and thrown away again; it is recorded.",
            file=name,
        )
        self._say(words, "ok")
        self.read()

    def _failed(self, error: Exception) -> None:
        self._end()
        if isinstance(error, Stopped):
            self._say(tr("Stopped; nothing of it was kept."), "text")
            return
        self._say(" ".join(words_of(error)).strip(), "stop")

    def _say(self, words: str, tone: str) -> None:
        self._said.setText(words)
        self._said.setProperty("tone", tone)
        restyled(self._said)
        self._said.setVisible(bool(words))

    def _show_busy(self, busy: bool) -> None:
        for button in (self.now, self.add, self.trial):
            button.setEnabled(not busy)
        self.stop.setVisible(busy)
        self._progress.setVisible(busy)
        if not busy:
            self._progress.setText("")

    def _show(self, state: BackupState) -> None:
        self._state = state
        empty(self._standing)
        last = tr("No good backup yet.")
        if state.last is not None:
            moment = moment_words(state.last, self.session.zone)
            last = tr("Last good backup: {moment}", moment=moment)
        overdue = any(one.code != "rehearsal_due" for one in state.warnings)
        self._standing.addWidget(_marked("attention" if overdue else "ok", last, "body_strong"))
        for warning in state.warnings:
            title, rest = warning_words(warning)
            self._standing.addWidget(_marked("attention", f"{title} {rest}", "body"))
        empty(self._places)
        for place in state.places:
            self._places.addWidget(rule())
            self._places.addWidget(self._place_row(place))
        if not state.places:
            self._places.addWidget(label(tr("None chosen yet."), "body", "text2"))
        rehearsed = tr("No restore was rehearsed yet.")
        if state.rehearsed is not None:
            moment = moment_words(state.rehearsed, self.session.zone)
            rehearsed = tr("Last rehearsed: {moment}", moment=moment)
        days = backup_numbers(self.session.study).rehearsal
        due = tr("The study asks for it at least every {days} days.", days=days)
        self._rehearsed.setText(f"{rehearsed} {due}")

    def _place_row(self, place: PlaceState) -> QWidget:
        said, doubt = place_words(place, self.session.zone)
        words = column(gap=0)
        words.addWidget(label(str(place.folder), "body_medium", wrap=True))
        words.addWidget(label(said, "secondary", "text2", wrap=True))
        if doubt:
            words.addWidget(label(doubt, "secondary", "att", wrap=True))
        leave = Button(tr("Remove"), "quiet", size=40)
        leave.setAccessibleName(tr("No longer keep backups in {folder}", folder=place.folder))
        leave.clicked.connect(lambda: self._remove(place.folder))
        icon = "attention" if doubt else "ok"
        line = row(gap=12, margins=(0, 8, 0, 8))
        line.addWidget(IconMark(icon, "att" if doubt else "ok", 20), 0, Qt.AlignmentFlag.AlignTop)
        line.addLayout(words, 1)
        line.addWidget(leave)
        holder = QWidget()
        holder.setLayout(line)
        return holder


def _marked(icon: str, words: str, kind: str) -> QWidget:
    line = row(gap=8)
    mark = IconMark(icon, "ok" if icon == "ok" else "att", 20)
    line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
    line.addWidget(label(words, kind, wrap=True), 1)
    holder = QWidget()
    holder.setLayout(line)
    return holder
