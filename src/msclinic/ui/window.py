"""The window: who is signed in, which screen is in front, and the way from one to another.

It builds screens and lets them go; what they show and store is theirs. Locking has an order: settle
what is typed, wait for work under way, drop the screens with their data, clear the clipboard,
close the keys, then show the lock screen.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.app.settings import Settings, store_settings
from msclinic.domain.values import Clock
from msclinic.services.home import Home, account_code
from msclinic.shipped import shipped_study
from msclinic.ui import places
from msclinic.ui.entrance.sign_in import ChairTimer, SignInScreen
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.notice import Notice
from msclinic.ui.page import Page
from msclinic.ui.shell import Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.wording import current_language, set_language, time_text, tr

if TYPE_CHECKING:
    from msclinic.forms.session import Ref
    from msclinic.services.clock_watch import ClockWatch
    from msclinic.services.session import Session
    from msclinic.ui.entrance.first_run import FirstRunScreen
    from msclinic.ui.palette import Command, Palette

__all__ = ["Window"]

IDLE_LOCK = timedelta(minutes=10)
_AHEAD_MS = 150


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
        self._clock_watch: ClockWatch | None = None
        self._go = Navigator(
            today=self.show_today,
            participants=self.show_participants,
            participant=self.show_participant,
            form=self.show_form,
            run=self.show_run,
            exam=self.show_exam,
            documents=self.show_documents,
            over_time=self.show_over_time,
            say=self.say,
        )
        self.put_notice(self.notice)
        self.finder: Palette | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.tick)
        self._timer.start()
        self.lock_asked.connect(self.lock)
        self.find_asked.connect(self.open_finder)
        self.place_opened.connect(self._open_place)
        self.tasks.changed.connect(self._changed)
        self.tasks.failed.connect(self.say)
        self.closing.connect(self._close_session)
        self.show_entrance()

    # Entrance

    def show_entrance(self) -> None:
        """First run where there is no clinic yet, otherwise sign-in or lock."""
        self.set_who(None)
        self.set_dock(None)
        if self.finder is not None:
            self.finder.dismiss()
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
            # What a sign-in needs is loaded while the password is typed.
            QTimer.singleShot(_AHEAD_MS, self, self._load_ahead)
        else:
            from msclinic.app.first_run import FirstRun
            from msclinic.ui.entrance.first_run import FirstRunScreen

            folder = self._study_folder or shipped_study()
            first = FirstRunScreen(FirstRun(self.home.folder, folder), self.clock, self.tasks)
            first.founded.connect(self.show_entrance)
            first.language_asked.connect(self._other_language)
            self._entrance = first
        self.add_page("entrance", self._entrance)
        self.show_page("entrance")
        self.tick()

    def _load_ahead(self) -> None:
        self.tasks.read(_load_sign_in, _nothing)

    def sign_in_as(self, account: str, password: str) -> None:
        """Sign in; the first screen follows, or a refusal on the sign-in screen."""
        self._sign_in(account, password)

    def _sign_in(self, account: str, password: str) -> None:
        home, clock = self.home, self.clock
        self.tasks.write(
            lambda: Outcome(_opened(home, account, password, clock), {Kind.SESSION}),
            self._entered,
            self._refused,
        )

    def _entered(self, session: Session) -> None:
        self.session = session
        same_person = session.account == self._last_account
        self._last_account = session.account
        # The watch goes on while nobody is signed in.
        session.watch = self._clock_watch = self._clock_watch or session.watch
        self._touched = self.clock.now()
        self._watch(True)
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
            self._watch(False)
            self.session.close()
            self.session = None

    def _release_pages(self) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.release()

    def _watch(self, watching: bool) -> None:
        # Only whoever is signed in can be idle; a filter over everything has its price.
        application = QApplication.instance()
        if application is not None and watching:
            application.installEventFilter(self)
        elif application is not None:
            application.removeEventFilter(self)

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
        self._mind_clock()
        if self.session is not None and now - self._touched > IDLE_LOCK:
            self.lock()

    def _mind_clock(self) -> None:
        """Record and show that somebody changed the computer's clock."""
        session = self.session
        if session is None:
            return
        if session.watch.jump() is not None:
            self.tasks.write(lambda: _noted(session), _nothing)
        seconds, session.watch.unsaid = session.watch.unsaid, None
        if seconds is not None:
            self.say(import_module("msclinic.services.clock_watch").clock_moved(seconds))

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

    def show_over_time(self, participant: str) -> None:
        """One participant over time."""
        self._show(
            "participants",
            lambda s, g, t: places.over_time_screen(s, g, t, participant),
            lambda: self.show_over_time(participant),
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

    def open_finder(self) -> None:
        """Let the person find something by typing."""
        if self.session is None:
            return
        self._settle()
        if self.finder is None:
            from msclinic.ui.palette import Palette

            self.finder = Palette(self, self.tasks)
            self.finder.chosen.connect(self._found)
        self.finder.ask(self.session, self._commands(self.session))

    def _commands(self, session: Session) -> list[Command]:
        from msclinic.ui.palette import Command

        entries = places.rail_entries(session)
        open_word = [Command(one.key, one.text, one.icon) for one in entries]
        return [*open_word, Command("lock", tr("Lock"), "lock")]

    def _found(self, hit: object) -> None:
        from msclinic.services.lookup import Found
        from msclinic.ui.palette import Command

        if isinstance(hit, Command):
            (self.lock if hit.key == "lock" else lambda: self._open_place(hit.key))()
        elif isinstance(hit, Found):
            who = hit.who.participant
            if hit.kind == "exam":
                self.show_exam(who, hit.visit, hit.visit_key)
            elif hit.kind == "form":
                self.show_form(who, hit.visit, hit.visit_key, hit.form, hit.form_key)
            else:
                self.show_participant(who)

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
        self._focus_into(page)
        self.tick()

    def _focus_into(self, page: QWidget) -> None:
        """Put the focus where Tab would first stop, if the page has not chosen a place itself."""
        focused = QApplication.focusWidget()
        if focused is not None and page.isAncestorOf(focused):
            return
        stops: list[QWidget] = []
        one: QWidget | None = page.nextInFocusChain()
        while one is not None and one is not page:
            tabbed = one.focusPolicy() & Qt.FocusPolicy.TabFocus and one.isEnabled()
            if tabbed and page.isAncestorOf(one) and one.isVisibleTo(page):
                stops.append(one)
            one = one.nextInFocusChain()
        wanted = page.focusProxy() or page
        inside = [one for one in stops if one is wanted or wanted.isAncestorOf(one)]
        if inside or stops:
            (inside or stops)[0].setFocus(Qt.FocusReason.OtherFocusReason)

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
        if self.finder is not None:
            self.finder.dismiss()
            # It hangs from the old frame and speaks the old language.
            self.finder = None
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


def _opened(home: Home, account: str, password: str, clock: Clock) -> Session:
    """The session of whoever signs in; what a record needs is loaded here, off the window."""
    from msclinic.services.sign_in import sign_in

    return sign_in(home, account, password, clock)


def _noted(session: Session) -> Outcome[None]:
    from msclinic.services.gateway import note_clock

    note_clock(session)
    return Outcome(None, {Kind.RUNS})


def _load_sign_in() -> None:
    import_module("msclinic.services.sign_in")


def _nothing(_: None) -> None:
    """What is loaded ahead needs no answer."""
