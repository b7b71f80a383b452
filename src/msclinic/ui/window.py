"""The window: who is signed in, which screen is in front, and the way from one to another.

It builds screens and lets them go; what they show and store is theirs. Locking has an order: settle
what is typed, wait for work under way, drop the screens with their data, clear the clipboard,
close the keys, then show the lock screen.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.app.first_run import FirstRun
from msclinic.app.settings import Settings, store_settings
from msclinic.domain.values import Clock
from msclinic.forms.session import Ref
from msclinic.services.home import Home
from msclinic.services.people import account_code
from msclinic.services.session import Session
from msclinic.services.sign_in import sign_in
from msclinic.shipped import shipped_study
from msclinic.ui import places
from msclinic.ui.entrance.first_run import FirstRunScreen
from msclinic.ui.entrance.sign_in import ChairTimer, SignInScreen
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.notice import Notice
from msclinic.ui.page import Page
from msclinic.ui.shell import Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.wording import current_language, set_language, time_text, tr

__all__ = ["Window"]

IDLE_LOCK = timedelta(minutes=10)


class Window(Shell):
    """One window on one home.

    Signals:
        signed_in: Somebody has signed in and their first screen is shown.
        locked: Keys and data are gone from memory.
    """

    signed_in = Signal()
    locked = Signal()

    def __init__(
        self, home: Home, clock: Clock, settings: Settings, study_folder: Path | None = None
    ) -> None:
        super().__init__()
        self.home, self.clock, self.settings = home, clock, settings
        self.session: Session | None = None
        self.tasks = Tasks(self)
        self.notice = Notice()
        self._study_folder = study_folder
        self._entrance: SignInScreen | FirstRunScreen | None = None
        self._last_account = ""
        self._chairs: list[places.ChairDue] = []
        self._reopen: Callable[[], None] | None = None
        self._touched = clock.now()
        self._go = Navigator(
            today=self.show_today,
            participants=self.show_participants,
            participant=self.show_participant,
            form=self.show_form,
            run=self.show_run,
            exam=self.show_exam,
            documents=self.show_documents,
            say=self.say,
        )
        self.put_notice(self.notice)
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.lock_asked.connect(self.lock)
        self.place_opened.connect(self._open_place)
        self.tasks.changed.connect(self._changed)
        self.tasks.failed.connect(self.say)
        self.closing.connect(self._close_session)
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self)
        self.show_entrance()

    # Entrance

    def show_entrance(self) -> None:
        """First run where there is no clinic yet, otherwise sign-in or lock."""
        self.set_who(None)
        self.set_dock(None)
        self.clear_pages()
        self.notice.clear()
        if self.home.exists:
            self.set_site(self._site())
            self.set_storage(tr("All stored here"))
            screen = SignInScreen(
                self.home, locked_account=self._last_account, language=current_language()
            )
            screen.asked.connect(self._sign_in)
            screen.language_asked.connect(self._other_language)
            screen.set_timers([ChairTimer(d.chair, d.at, d.minutes) for d in self._due()])
            self._entrance = screen
        else:
            folder = self._study_folder or shipped_study()
            first = FirstRunScreen(FirstRun(self.home.folder, folder), self.clock, self.tasks)
            first.founded.connect(self.show_entrance)
            first.language_asked.connect(self._other_language)
            self._entrance = first
        self.add_page("entrance", self._entrance)
        self.show_page("entrance")
        self.tick()

    def sign_in_as(self, account: str, password: str) -> None:
        """Sign in; the first screen follows, or a refusal on the sign-in screen."""
        self._sign_in(account, password)

    def _sign_in(self, account: str, password: str) -> None:
        home, clock = self.home, self.clock
        self.tasks.write(
            lambda: Outcome(sign_in(home, account, password, clock), {Kind.SESSION}),
            self._entered,
            self._refused,
        )

    def _entered(self, session: Session) -> None:
        self.session = session
        same_person = session.account == self._last_account
        self._last_account = session.account
        self._touched = self.clock.now()
        self._entrance = None
        title = session.study.roles[session.role].title.text(current_language())
        self.set_who(Who(account_code(session.account), title))
        self.set_storage(tr("All stored here"))
        reopen, self._reopen = self._reopen, None
        self.remove_page("entrance")
        if reopen is not None and same_person:
            reopen()
        else:
            self.show_today()
        if session.warning is not None:
            self.say(session.warning)
        self.signed_in.emit()

    def _refused(self, error: Exception) -> None:
        title, rest = words_of(error)
        if isinstance(self._entrance, SignInScreen):
            self._entrance.refuse(title, rest)
        else:
            self.notice.say(title, rest)

    # Lock

    def lock(self) -> None:
        """Drop keys and data; nothing is asked, because everything is stored."""
        if self.session is None:
            return
        self._settle()
        self.tasks.wait()
        self._chairs = places.chairs_due(self.session)
        QApplication.clipboard().clear()
        self._close_session()
        self.show_entrance()
        self.locked.emit()

    def _settle(self) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.settle()

    def _close_session(self) -> None:
        self._release_pages()
        if self.session is not None:
            self._settle()
            self.session.close()
            self.session = None

    def _release_pages(self) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.release()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Notice that somebody is here."""
        if event.type() in (
            QEvent.Type.KeyPress,
            QEvent.Type.MouseButtonPress,
            QEvent.Type.TouchBegin,
        ):
            self._touched = self.clock.now()
        return super().eventFilter(watched, event)

    # Time

    def tick(self) -> None:
        """A second has passed: the clock, the screen in front, the idle lock."""
        now = self.clock.now()
        if isinstance(self._entrance, SignInScreen):
            local = now.astimezone(self._zone())
            self._entrance.set_now(local)
        self.set_clock(time_text(now, self._zone()))
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.tick(now)
        if self.session is not None and now - self._touched > IDLE_LOCK:
            self.lock()

    def _zone(self) -> ZoneInfo:
        if self.session is not None:
            return self.session.zone
        return ZoneInfo(self.home.read().zone if self.home.exists else "Europe/Warsaw")

    def _due(self) -> list[places.ChairWait]:
        return [due.at_time(self.clock.now(), self._zone()) for due in self._chairs]

    # Places

    def show_today(self) -> None:
        """The first screen of the role."""
        if self.session is not None:
            self._show(places.first_place(self.session), places.first_screen, self.show_today)

    def show_participants(self) -> None:
        """The list of participants."""
        self._show("participants", places.participants_screen, self.show_participants)

    def show_participant(self, participant: str) -> None:
        """One participant's page."""
        self._show(
            "participants",
            lambda s, g, t: places.participant_screen(s, g, t, participant),
            lambda: self.show_participant(participant),
        )

    def show_form(
        self,
        participant: str,
        visit: str,
        visit_key: str,
        form: str,
        form_key: str,
        item: Ref | None = None,
    ) -> None:
        """One form, at one of its items if one is named."""
        self._show(
            "participants",
            lambda s, g, t: places.form_screen(
                s, g, t, participant, visit, visit_key, form, form_key, item
            ),
            lambda: self.show_form(participant, visit, visit_key, form, form_key),
        )

    def show_worklist(self) -> None:
        """What waits at the site."""
        self._show("worklist", places.worklist_screen, self.show_worklist)

    def show_study(self) -> None:
        """What the study asks, allows and limits."""
        self._show("study", places.study_screen, self.show_study)

    def show_people(self) -> None:
        """The accounts of the site."""
        self._show("people", places.people_screen, self.show_people)

    def show_run(self, participant: str, visit: str) -> None:
        """The infusion run of a visit."""
        self._show(
            "today",
            lambda s, g, t: places.run_screen(s, g, t, participant, visit),
            lambda: self.show_run(participant, visit),
        )

    def show_exam(self, participant: str, visit: str, visit_key: str) -> None:
        """The exam of a visit."""
        self._show(
            "today",
            lambda s, g, t: places.exam_screen(s, g, t, participant, visit, visit_key),
            lambda: self.show_exam(participant, visit, visit_key),
        )

    def show_documents(self, participant: str, visit: str) -> None:
        """The documents of a visit."""
        self._show(
            "documents",
            lambda s, g, t: places.documents_screen(s, g, t, participant, visit),
            lambda: self.show_documents(participant, visit),
        )

    def show_display(self) -> None:
        """Language, colours, size of text."""
        self._show("display", self._display_screen, self.show_display)

    def say(self, error: Exception) -> None:
        """Show a fault as one message over the page."""
        self.notice.say(*words_of(error))

    def _show(
        self,
        rail: str,
        make: Callable[[Session, Navigator, Tasks], QWidget],
        again: Callable[[], None],
    ) -> None:
        if self.session is None:
            return
        self._settle()
        self.notice.clear()
        try:
            page = make(self.session, self._go, self.tasks)
        except Exception as error:  # noqa: BLE001
            self.say(error)
            return
        self._release_pages()
        self._reopen = again
        self.set_rail(places.rail_entries(self.session), rail)
        self.add_page("page", page)
        self.show_page("page")
        self._show_banner(page)
        self.tick()

    def _show_banner(self, page: QWidget) -> None:
        identity = page.identity if isinstance(page, Page) else None
        if identity is None:
            self.banner.hide()
        else:
            self.banner.set_identity(identity)
            self.banner.show()

    def _open_place(self, key: str) -> None:
        {
            "today": self.show_today,
            "participants": self.show_participants,
            "worklist": self.show_worklist,
            "study": self.show_study,
            "people": self.show_people,
            "display": self.show_display,
        }[key]()

    def _changed(self, kinds: frozenset[Kind]) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.refresh(kinds)
            self._show_banner(page)

    # Display

    def _display_screen(self, session: Session, go: Navigator, tasks: Tasks) -> QWidget:
        screen = places.display_screen(session, go, tasks, self.settings)
        screen.chosen.connect(self.change_display)
        return screen

    def change_display(self, settings: Settings) -> None:
        """Take another language, theme or size of text at once."""
        self.settings = settings
        store_settings(self.home.folder, settings)
        set_language(settings.language)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, settings.theme, settings.scale)
        self.rebuild()
        if self.session is None:
            self.show_entrance()
        else:
            title = self.session.study.roles[self.session.role].title
            self.set_who(Who(account_code(self.session.account), title.text(settings.language)))
            self.set_site(self._site())
            self.set_storage(tr("All stored here"))
            (self._reopen or self.show_today)()

    def _other_language(self) -> None:
        other = "pl" if current_language() == "en" else "en"
        self.change_display(self.settings.with_changes(language=other))

    def _site(self) -> str:
        place = self.home.read()
        return tr("{city}, site {code}", city=place.city, code=place.site)
