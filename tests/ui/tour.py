"""Every screen of the program in its own window, over one clinic that has lived for a while.

The clinic is founded and played once; each moment of an infusion day is kept as a copy of its
folder, and a tour opens the real window on a moment, signed in as whoever works there.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from attrs import define, field
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget
from tests.clinic import PASSWORDS, Clinic
from tests.course import course, restricted
from tests.half_filled import half_fill
from tests.infusion_day import day_steps
from tests.laboratory_report import KEY
from tests.ui.screen_help import booked_today, screened

from msclinic.app.clock import TurnedClock
from msclinic.app.settings import Settings
from msclinic.services.home import Home
from msclinic.services.visits import open_visit
from msclinic.study import Study
from msclinic.ui.style import apply_theme
from msclinic.ui.theme import current_theme
from msclinic.ui.window import Window
from msclinic.wording import current_language, set_language

__all__ = [
    "BEFORE",
    "EVENT",
    "Moments",
    "Places",
    "Strays",
    "Tour",
    "account_of",
    "page_of",
    "place_of_form",
    "screens_of",
    "wait",
]

BEFORE = "BEFORE"
"""The morning of the infusion day; the other moments are the names of ``STATES``."""

EVENT = "a" * 16
"""Key of the forms of the log that are filled in half."""

_ACCOUNTS = {
    "NUR": "NUR-04",
    "PHY": "PHY-01",
    "PI": "PI-01",
    "CRC": "CRC-01",
    "LAB": "LAB-01",
    "LABU": "LABU-01",
    "PREP": "PREP-01",
    "RAT": "RAT-02",
    "ASSESSOR": "ASSESSOR-01",
}
# Who is asked first where several roles may fill in a form: those with most of its items.
_FIRST = ("LAB", "LABU", "PREP", "RAT", "ASSESSOR", "NUR", "PHY", "PI", "CRC")
_LATER = {"mask_guess": "V5", "call": "C1D"}


@define
class Places:
    """The participants of the clinic.

    Attributes:
        dosed: Has the infusion day.
        filled: Every form of the study is filled in half.
        fresh: Nothing is filled in.
        course: Has half a year of results.
    """

    dosed: str
    filled: str
    fresh: str
    course: str


@define
class Moments:
    """Copies of one clinic at the moments of an infusion day.

    Attributes:
        folder: Holds a folder for each moment.
        at: Where the clock stood.
        places: The participants.
        study: The study of the clinic.
    """

    folder: Path
    at: dict[str, datetime]
    places: Places
    study: Study

    @classmethod
    def played(cls, clinic: Clinic, folder: Path) -> "Moments":
        """Let a fresh clinic live, and keep its moments."""
        filled = screened(clinic, 21)
        fresh = screened(clinic, 22)
        known = course(clinic, 5)
        restricted(clinic, known)
        for participant in (filled, fresh):
            for visit in ("V1", "V3", "V5"):
                _open(clinic, participant, visit)
        study = clinic.session("CRC-01").study
        for oid in study.forms:
            visit, key, role = place_of_form(study, oid)
            half_fill(_session(clinic, role), filled, visit, oid, key)
        dosed = booked_today(clinic, 7, 2)
        booked_today(clinic, 11, 1)
        moments = cls(folder, {}, Places(dosed, filled, fresh, known), study)
        moments._keep(clinic, BEFORE)
        for state in day_steps(clinic, dosed, "V1", 2):
            moments._keep(clinic, state)
        clinic.close()
        return moments

    def home(self, moment: str) -> Home:
        """The clinic of a moment, to be opened by one test at a time."""
        return Home(self.folder / moment, self.folder / f"{moment}-state")

    def _keep(self, clinic: Clinic, moment: str) -> None:
        shutil.copytree(clinic.home.folder, self.folder / moment)
        self.at[moment] = clinic.clock.now()


def place_of_form(study: Study, oid: str) -> tuple[str, str, str]:
    """Visit, form key and role at which a form is filled in."""
    visits = [
        visit.code for visit in study.visits if any(planned.form == oid for planned in visit.forms)
    ]
    visit = _LATER.get(oid, visits[0])
    role = next(one for one in _FIRST if study.may(one, "enter", oid))
    return visit, EVENT if study.form(oid).repeating else "1", role


def account_of(role: str) -> str:
    """An account that holds a role."""
    return _ACCOUNTS[role]


class Strays(QObject):
    """Notes widgets that are shown as windows of their own, which takes the focus away.

    Attributes:
        seen: What they were.
    """

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look at everything that is shown."""
        if (
            event.type() == QEvent.Type.Show
            and isinstance(watched, QWidget)
            and watched.windowType() == Qt.WindowType.Window
            and not isinstance(watched, Window)
        ):
            words = getattr(watched, "text", str)()
            self.seen.append(f"{type(watched).__name__} {watched.objectName()} {words!r}")
        return False


@define
class Tour:
    """The window on one moment, signed in as one person, in one look.

    Attributes:
        moments: What it can be opened on.
    """

    moments: Moments
    _window: Window | None = None
    _at: tuple[str, str] = ("", "")
    clock: TurnedClock = field(factory=lambda: TurnedClock(datetime.now().astimezone()))

    def enter(self, moment: str, account: str, look: Settings, size=(1366, 768)) -> Window:
        """The window of an account at a moment; one that is open already is used again."""
        if self._at != (moment, account) or self._window is None:
            self.leave()
            home = self.moments.home(moment)
            self.clock = TurnedClock(self.moments.at[moment])
            set_language(look.language)
            apply_theme(QApplication.instance(), look.theme, look.scale)
            self._window = Window(home, self.clock, look)
            self._at = (moment, account)
        window = self._window
        window.resize(*size)
        theme = current_theme()
        if (current_language(), theme.mode, theme.scale, window.settings) != (
            look.language,
            look.theme,
            look.scale,
            look,
        ):
            window.change_display(look)
        window.show()
        if account and window.session is None:
            window.sign_in_as(account, _key(account) or PASSWORDS[account])
            wait(window)
            assert window.session is not None, account
        window.resize(*size)
        window.activateWindow()
        for _ in range(100):
            QApplication.processEvents()
            if window.isActiveWindow():
                break
        return window

    def leave(self) -> None:
        """Close the window."""
        window, self._window, self._at = self._window, None, ("", "")
        if window is not None:
            wait(window)
            window.close()
            QApplication.instance().removeEventFilter(window)
            window.deleteLater()
            QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def wait(window: Window) -> None:
    """Let everything that was asked for happen."""
    for _ in range(3):
        window.tasks.wait()
        for _ in range(4):
            QApplication.processEvents()


def page_of(window: Window) -> QWidget:
    """The screen in front."""
    page = window.page(window.current_page())
    assert page is not None
    return page


def screens_of(places: Places, moment: str) -> Iterator[tuple[str, str, Callable[[Window], None]]]:
    """Name, account and way of every screen of a moment, forms and entrance apart."""
    dosed = places.dosed
    if moment == BEFORE:
        for account in ("NUR-04", "CRC-01", "PREP-01", "PHY-01", "PI-01"):
            yield f"today {account}", account, Window.show_today
        yield "people", "ADMIN-01", Window.show_people
        yield "participants", "CRC-01", Window.show_participants
        yield "participants MON", "MON-01", Window.show_participants
        for account in ("NUR-04", "CRC-01", "PI-01"):
            yield f"participant {account}", account, lambda w: w.show_participant(dosed)
        yield "participant, half-filled", "CRC-01", lambda w: w.show_participant(places.filled)
        yield "participant, course", "PHY-01", lambda w: w.show_participant(places.course)
        yield "over time", "PHY-01", lambda w: w.show_over_time(places.course)
        yield "worklist", "CRC-01", Window.show_worklist
        yield "worklist MON", "MON-01", Window.show_worklist
        yield "data review MON", "MON-01", Window.show_review
        yield "data review PI", "PI-01", Window.show_review
        yield "journal", "CRC-01", Window.show_journal
        yield "journal MON", "MON-01", Window.show_journal
        for section in ("overview", "schedule", "forms", "limits", "roles"):
            yield f"study {section}", "PI-01", _section(section)
        yield "people PI", "PI-01", Window.show_people
        for section in ("log", "rights", "review", "security"):
            yield f"people {section}", "ADMIN-01", _people(section)
        yield "backup", "CRC-01", Window.show_backup
        yield "own password", "NUR-04", Window.show_password
        yield "display", "CRC-01", Window.show_display
        yield "palette", "CRC-01", _palette
        yield "my exams RAT", "RAT-02", Window.show_today
        yield "my exams ASSESSOR", "ASSESSOR-01", Window.show_today
        yield "exam", "RAT-02", lambda w: w.show_exam(places.filled, "SCR", "1")
        yield "exam, empty", "RAT-02", lambda w: w.show_exam(places.fresh, "V1", "1")
        yield "documents SCR", "CRC-01", lambda w: w.show_documents(dosed, "SCR")
        return
    for account in ("NUR-04", "PHY-01", *(("PREP-01",) if moment == "FIT" else ())):
        yield f"run {moment} {account}", account, lambda w: w.show_run(dosed, "V1")
    if moment in ("RUNNING", "OBSERVING", "SIGNED"):
        yield f"today {moment}", "NUR-04", Window.show_today
        yield f"documents {moment}", "NUR-04", lambda w: w.show_documents(dosed, "V1")


def _section(key: str) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.show_study()
        page_of(window).open_section(key)

    return show


def _people(key: str) -> Callable[[Window], None]:
    def show(window: Window) -> None:
        window.show_people()
        page_of(window).open_section(key)

    return show


def _palette(window: Window) -> None:
    window.show_participants()
    window.open_finder()
    wait(window)
    window.finder.field.edit.setText("7")
    wait(window)


def _open(clinic: Clinic, participant: str, visit: str) -> None:
    crc = clinic.session("CRC-01")
    day = clinic.clock.now().astimezone(crc.zone).date()
    open_visit(crc, participant, visit, day - timedelta(days=2))


def _session(clinic: Clinic, role: str):
    account = account_of(role)
    return clinic.sessions.get(account) or clinic.session(account)


def _key(account: str) -> str:
    return KEY if account in ("LAB-01", "LABU-01") else ""
