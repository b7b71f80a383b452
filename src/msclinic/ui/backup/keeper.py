"""What runs by itself while somebody is signed in: backups, and the check of program and record.

Nothing of it is on the window's thread, and the proofs are in a process of their own. At sign-out
a last backup is taken before the keys go, and carried to its folders without them.
"""

import logging
from contextlib import ExitStack
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from attrs import frozen
from PySide6.QtCore import QObject, QTimer, Signal

from msclinic.domain.errors import KnownFault
from msclinic.ui.backup.stopping import Course, Stopped
from msclinic.ui.tasks import Kind, Operation, Tasks

if TYPE_CHECKING:
    from msclinic.services.backup.making import Report
    from msclinic.services.integrity import ProgramFiles
    from msclinic.services.session import Session

__all__ = ["Keeper"]

_LOG = logging.getLogger("msclinic.backup")
_FIRST_MS = 4_000
_LOOK_MS = 60_000
_SIGNED_MS = 5_000
_STOP_MS = 5_000
_CARRY_MS = 120_000
_AGAIN = timedelta(minutes=15)
# A record this large is copied in the background only: locking must not wait for it.
_AT_SIGN_OUT = 200_000_000


@frozen
class _Found:
    """What the check at start found."""

    program: "ProgramFiles"
    said: tuple[KnownFault, ...]


class Keeper(QObject):
    """Looks after backups and integrity of one window's home.

    Signals:
        said: An exception that the person has to be told.
        backed_up: A backup has reached a folder.
    """

    said = Signal(object)
    backed_up = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.program: ProgramFiles | None = None
        self._session: Session | None = None
        self._tasks = Tasks(self)
        self._course: Course | None = None
        self._running: Operation | None = None
        self._checked = False
        self._told = ""
        self._entries = -1
        self._failed_at: datetime | None = None
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look)
        self._first = QTimer(self)
        self._first.setSingleShot(True)
        self._first.timeout.connect(self._begin)
        self._signed = QTimer(self)
        self._signed.setSingleShot(True)
        self._signed.setInterval(_SIGNED_MS)
        self._signed.timeout.connect(self._after_signature)

    @property
    def busy(self) -> bool:
        """Whether anything is under way."""
        return not self._tasks.idle()

    def begin(self, session: "Session") -> None:
        """Somebody has signed in: look after their home from now on."""
        self._session = session
        self._course = Course()
        self._look.start()
        self._first.start(_FIRST_MS)

    def changed(self, kinds: frozenset[Kind]) -> None:
        """Something was stored; after a signature a backup follows soon."""
        if Kind.SIGNATURES in kinds and self._session is not None:
            self._signed.start()

    def look(self) -> None:
        """Make the backup of the hour if it is due and a folder was chosen."""
        from msclinic.services.backup.state import is_due

        session = self._session
        if session is None or self._running is not None or not self._has_places(session):
            return
        if self._failed_at is not None and session.now() - self._failed_at < _AGAIN:
            return
        self._tasks.read(lambda: is_due(session), self._asked, _not_asked)

    def _asked(self, due: bool) -> None:
        if due:
            self.start("hourly")

    def start(self, cause: str) -> None:
        """Back up now, unless a backup is under way."""
        from msclinic.services.backup.making import back_up
        from msclinic.services.backup.proving import prove_apart

        session, course = self._session, self._course
        if session is None or course is None or self._running is not None:
            return
        self._running = self._tasks.read(
            lambda: back_up(session, cause, heard=course.heard, prove=prove_apart),
            partial(self._done, course),
            partial(self._failed, course),
        )

    def end(self) -> None:
        """The keys are about to go: stop what needs them, and take a last backup."""
        session, self._session = self._session, None
        for timer in (self._look, self._first, self._signed):
            timer.stop()
        course, self._course = self._course, None
        if course is not None:
            course.stop()
        if session is None:
            return
        self._tasks.wait(_STOP_MS)
        self._running = None
        try:
            self._last_one(session)
        except Exception as fault:  # noqa: BLE001
            # The keys go, whatever went wrong; the age of the last backup is said on Today.
            _LOG.warning("no backup could be taken at sign-out", exc_info=fault)

    def finish(self) -> None:
        """The program is about to end: let the last backup reach its folders."""
        self._tasks.wait(_CARRY_MS)

    def _begin(self) -> None:
        session, course = self._session, self._course
        if session is None or course is None:
            return
        if not self._checked:
            self._checked = True
            self._tasks.read(lambda: _checked(session, course), self._found, self._unchecked)
        self.look()

    def _after_signature(self) -> None:
        session = self._session
        if session is not None and self._has_places(session):
            if self._running is not None:
                self._signed.start()
            else:
                self.start("signature")

    def _last_one(self, session: "Session") -> None:
        from msclinic.services.backup.making import carry_staged, stage, workplace
        from msclinic.services.backup.numbers import backup_numbers
        from msclinic.services.backup.places import places_of

        places = places_of(session.home)
        if not places or session.home.database.stat().st_size > _AT_SIGN_OUT:
            return
        with session.store.read() as reader:
            # The entry about the last backup is the one that it cannot hold.
            if reader.position().entries <= self._entries + 1:
                return
        numbers = backup_numbers(session.study)
        with ExitStack() as stack:
            work = stack.enter_context(workplace(session.home))
            staged = stage(session, work, prove=None)
            kept = stack.pop_all()

        def carried() -> None:
            with kept:
                carry_staged(staged, places, numbers)

        self._tasks.read(carried, _nothing, _not_carried)

    def _has_places(self, session: "Session") -> bool:
        from msclinic.services.backup.places import places_of

        return bool(places_of(session.home))

    def _done(self, course: Course, report: "Report") -> None:
        if course is not self._course:
            return
        self._running, self._failed_at = None, None
        self._entries = report.manifest.entries
        self._tell(report.failed[0] if report.failed else None)
        self.backed_up.emit()

    def _failed(self, course: Course, error: Exception) -> None:
        # What was under way when somebody signed out is nothing to tell the next person.
        if course is not self._course:
            return
        self._running = None
        if isinstance(error, Stopped):
            return
        if self._session is not None:
            self._failed_at = self._session.now()
        self._tell(error)

    def _tell(self, error: Exception | None) -> None:
        """Say each trouble once, not every quarter of an hour; the bar on Today stays."""
        words = "" if error is None else str(error)
        if error is not None and words != self._told:
            self.said.emit(error)
        self._told = words

    def _found(self, found: _Found) -> None:
        self.program = found.program
        for one in found.said:
            self.said.emit(one)

    def _unchecked(self, error: Exception) -> None:
        if not isinstance(error, Stopped):
            _LOG.warning("the record could not be checked at start", exc_info=error)
        self._checked = False


def _checked(session: "Session", course: Course) -> _Found:
    """Check program files and the end of the journal, then the whole; record what is wrong."""
    from msclinic.services.integrity import changed_program, check_program, record_incident
    from msclinic.services.integrity_chain import broken_record, check_end, check_whole

    said: list[KnownFault] = []
    program = check_program()
    changed = changed_program(program)
    if changed is not None:
        record_incident(session, changed.code, program.changed)
        said.append(changed)
    faults = check_end(session) or check_whole(session, lambda: course.heard("prove", 0, 1))
    if faults:
        broken = broken_record(faults)
        record_incident(session, broken.code, [f"{one.code} {one.where}" for one in faults])
        said.append(broken)
    return _Found(program, tuple(said))


def _not_asked(error: Exception) -> None:
    _LOG.warning("whether a backup is due could not be told", exc_info=error)


def _nothing(_: None) -> None:
    """The last backup needs no answer."""


def _not_carried(error: Exception) -> None:
    _LOG.warning("the backup of the sign-out did not reach its folder", exc_info=error)
