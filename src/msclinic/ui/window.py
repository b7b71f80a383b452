"""The window: who is signed in, which screen is in front, and the way from one to another.

It builds screens and lets them go; what they show and store is theirs. Locking has an order: settle
what is typed, wait for work under way, drop the screens with their data, clear the clipboard,
close the keys, then show the lock screen.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from msclinic.app.idle import Stage, idle_limits
from msclinic.app.settings import Settings, store_settings
from msclinic.domain.values import Clock
from msclinic.services.home import Home, account_code
from msclinic.shipped import shipped_study
from msclinic.ui import places
from msclinic.ui.absence import Absence, Curtain
from msclinic.ui.backup.keeper import Keeper
from msclinic.ui.entrance.chair_timers import ChairTimer
from msclinic.ui.entrance.sign_in import SignInScreen
from msclinic.ui.garbage import Collector
from msclinic.ui.messages import words_of
from msclinic.ui.navigation import Navigator
from msclinic.ui.notice import Notice
from msclinic.ui.page import Page, let_go_half_built
from msclinic.ui.shell import Shell, Who
from msclinic.ui.style import apply_theme
from msclinic.ui.tasks import Kind, Outcome, Tasks
from msclinic.wording import current_language, set_language, time_text, tr

if TYPE_CHECKING:
    from msclinic.forms.session import Ref
    from msclinic.services.clock_watch import ClockWatch
    from msclinic.services.infusion.today import ChairDue
    from msclinic.services.session import Session
    from msclinic.ui.entrance.first_run import FirstRunScreen
    from msclinic.ui.palette import Command, Palette

__all__ = ["Window"]

Value = TypeVar("Value")

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
        Collector(self)
        self.notice = Notice()
        self._study_folder = study_folder
        self._entrance: SignInScreen | FirstRunScreen | None = None
        self._last_account = ""
        self._chairs: list[ChairDue] = []
        self._reopen: Callable[[], None] | None = None
        self._locking = False
        self._untyped: dict[str, Exception] = {}
        self._switched_from = ""
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
        self.absence = Absence(clock, self._holds, self)
        self.absence.stage_changed.connect(self._away)
        self.keeper = Keeper(self)
        self.keeper.said.connect(self.say)
        self._curtain: Curtain | None = None
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
        self.closing.connect(self.keeper.finish)
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
            locked = "" if self._switched_from else self._last_account
            screen = SignInScreen(self.home, locked_account=locked, language=current_language())
            screen.asked.connect(self._sign_in)
            screen.recovery_asked.connect(self.show_recovery)
            screen.language_asked.connect(self._other_language)
            screen.set_timers(self._timers_due())
            screen.emergency_pressed.connect(self._pressed_while_locked)
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
        self.absence.begin(idle_limits(session.study))
        self.keeper.begin(session)
        self._entrance = None
        title = session.study.roles[session.role].title.text(current_language())
        self.set_who(Who(account_code(session.account), title))
        self.set_storage(tr("All stored here"))
        reopen, self._reopen = self._reopen, None
        # Whoever takes over a chair in the same role goes on where the other stood.
        takes_over = self._switched_from == session.role
        self._switched_from = ""
        self.remove_page("entrance")
        if reopen is not None and (same_person or takes_over):
            reopen()
        else:
            self.show_today()
        untyped = self._untyped.pop(session.account, None)
        if untyped is not None:
            self.say(untyped)
        graver = session.warning or next(iter(session.alerts), None)
        if graver is not None:
            self.say(graver)
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
        if self.session is None or self._locking:
            return
        self._locking = True
        try:
            self._last_typed()
            self.tasks.wait()
            self._close_popups()
            QApplication.clipboard().clear()
            self._remember_chairs()
        finally:
            # Whatever went wrong before: the keys go.
            self._close_session()
            self.show_entrance()
            self._locking = False
        self.locked.emit()

    def switch_person(self) -> None:
        """Let a colleague sign in at this chair: everything is stored, the keys are dropped."""
        session = self.session
        if session is None or self._locking:
            return
        self._switched_from = session.role
        self._last_typed()
        self.tasks.wait()
        try:
            import_module("msclinic.services.sign_in").note_sign_out(session)
        except Exception as error:  # noqa: BLE001
            self._untyped[session.account] = error
        self.lock()

    def change_role(self, role: str) -> None:
        """Go on in another role of the same person."""
        session = self.session
        if session is None:
            return
        self._settle()
        self.tasks.write(
            lambda: Outcome(
                import_module("msclinic.services.sign_in").act_as(session, role), {Kind.SESSION}
            ),
            self._role_changed,
            self.say,
        )

    def _role_changed(self, session: Session) -> None:
        self.session = session
        title = session.study.roles[session.role].title.text(current_language())
        self.set_who(Who(account_code(session.account), title))
        self._reopen = None
        self.show_today()

    def _last_typed(self) -> None:
        """Store what is being typed; what the disk refuses is said after the next sign-in."""
        try:
            self._settle()
        except Exception as error:  # noqa: BLE001
            if self.session is not None:
                self._untyped[self.session.account] = error

    def _close_popups(self) -> None:
        self._lift_curtain()
        if self.finder is not None:
            self.finder.dismiss()
        while (popup := QApplication.activePopupWidget()) is not None and popup.close():
            pass
        for one in QApplication.topLevelWidgets():
            if one is not self and one.isVisible():
                one.close()

    def _remember_chairs(self) -> None:
        if self.session is not None:
            self._chairs = places.chairs_due(self.session)

    def _pressed_while_locked(self, chair: int, key: str) -> None:
        from msclinic.services.infusion.emergency_taps import press_while_locked

        now = self.clock.now()
        due = next((one for one in self._chairs if one.chair == chair), None)
        kept = due is not None and press_while_locked(self.home, due, key, now)
        if isinstance(self._entrance, SignInScreen):
            self._entrance.emergency_kept(chair, key, time_text(now, self._zone()), kept=kept)

    def _away(self, stage: Stage) -> None:
        if stage is Stage.LOCKED:
            self.lock()
        elif stage is Stage.HIDDEN:
            self._remember_chairs()
            self._curtain = Curtain(self)
            self._curtain.drop(self._timers_due())
        else:
            self._lift_curtain()

    def _lift_curtain(self) -> None:
        curtain, self._curtain = self._curtain, None
        if curtain is not None:
            curtain.lift()
            curtain.deleteLater()

    def _holds(self) -> bool:
        """Whether a timer runs or an exam is open: the window locks later then."""
        page = self.page(self.current_page())
        if isinstance(page, Page) and page.holds:
            return True
        self._remember_chairs()
        return bool(self._chairs)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The curtain stays as large as the window."""
        super().resizeEvent(event)
        if self._curtain is not None:
            self._curtain.cover()

    def _settle(self) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.settle()

    def _close_session(self) -> None:
        self._release_pages()
        if self.session is not None:
            self._last_typed()
            self.absence.end()
            self.keeper.end()
            self.session.close()
            self.session = None

    def _release_pages(self) -> None:
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.release()

    # Time

    def tick(self) -> None:
        """A second has passed: the clock, the screen in front, the idle lock."""
        now = self.clock.now()
        if isinstance(self._entrance, SignInScreen):
            local = now.astimezone(self._zone())
            self._entrance.set_now(local)
            self._entrance.set_timers(self._timers_due())
        self.set_clock(time_text(now, self._zone()))
        page = self.page(self.current_page())
        if isinstance(page, Page):
            page.tick(now)
        if self._curtain is not None:
            self._curtain.set_timers(self._timers_due())
        self._mind_clock()
        self.absence.tick()

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

    def _timers_due(self) -> list[ChairTimer]:
        now, zone = self.clock.now(), self._zone()
        return [places.chair_timer(due, now, zone) for due in self._chairs]

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
        place = (participant, visit, visit_key, form, form_key)
        self._show_read(
            "participants",
            lambda s: places.read_form(s, *place),
            lambda s, g, t, entry: places.form_screen(s, g, t, *place, item, entry),
            lambda: self.show_form(*place),
        )

    def show_worklist(self) -> None:
        """What waits at the site."""
        self._show("worklist", places.worklist_screen, self.show_worklist)

    def show_review(self) -> None:
        """Every form with data: what was compared with its source, what is locked."""
        self._show("review", places.review_screen, self.show_review)

    def show_journal(self) -> None:
        """Everything that was done."""
        self._show("journal", places.journal_screen, self.show_journal)

    def show_study(self) -> None:
        """What the study asks, allows and limits."""
        self._show("study", places.study_screen, self.show_study)

    def show_backup(self) -> None:
        """How backups stand, where they go, and the rehearsal of a restore."""
        self._show("backup", places.backup_screen, self.show_backup)

    def show_people(self) -> None:
        """The accounts of the site."""
        self._show("people", places.people_screen, self.show_people)

    def show_run(self, participant: str, visit: str) -> None:
        """The infusion run of a visit."""
        self._show_read(
            "today",
            lambda s: places.read_run(s, participant, visit),
            lambda s, g, t, view: places.run_screen(s, g, t, participant, visit, view),
            lambda: self.show_run(participant, visit),
        )

    def show_exam(self, participant: str, visit: str, visit_key: str) -> None:
        """The exam of a visit."""
        self._show_read(
            "today",
            lambda s: places.read_exam(s, participant, visit, visit_key),
            lambda s, g, t, exam: places.exam_screen(s, g, t, participant, visit, visit_key, exam),
            lambda: self.show_exam(participant, visit, visit_key),
        )

    def show_documents(self, participant: str, visit: str) -> None:
        """The documents of a visit."""
        self._show(
            "documents",
            lambda s, g, t: places.documents_screen(s, g, t, participant, visit),
            lambda: self.show_documents(participant, visit),
        )

    def show_password(self) -> None:
        """One's own password."""
        self._show("display", places.password_screen, self.show_password)

    def show_recovery(self) -> None:
        """The way in by the printed recovery key, while nobody is signed in."""
        from msclinic.ui.entrance.recovery import RecoveryScreen

        screen = RecoveryScreen(self.home, self.clock, self.tasks)
        screen.left.connect(self.show_entrance)
        self.clear_pages()
        self._entrance = None
        self.add_page("entrance", screen)
        self.show_page("entrance")
        screen.focus_first()

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
        return [
            *open_word,
            Command("password", tr("Change password"), "lock-keyhole-open"),
            *places.other_roles(session),
            Command("switch", tr("Switch person"), "users"),
            Command("lock", tr("Lock"), "lock"),
        ]

    def _found(self, hit: object) -> None:
        from msclinic.services.lookup import Found
        from msclinic.ui.palette import Command

        if isinstance(hit, Command):
            if hit.key.startswith("role/"):
                self.change_role(hit.key.removeprefix("role/"))
            else:
                self._open_place(hit.key)
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
            let_go_half_built(error)
            self.say(error)
            return
        self._release_pages()
        self._reopen = again
        self.set_rail(places.rail_entries(self.session), rail)
        self.add_page("page", page)
        self.show_page("page")
        self._show_banner(page)
        if isinstance(page, Page):
            page.identified.connect(self._identified)
        self._focus_into(page)
        self.tick()

    def _show_read(
        self,
        rail: str,
        read: Callable[[Session], Value],
        make: Callable[[Session, Navigator, Tasks, Value], QWidget],
        again: Callable[[], None],
    ) -> None:
        """Show a screen once what it needs is read; a long wait is shown and can be stopped."""
        session = self.session
        if session is None:
            return
        self._settle()

        def put(value: Value) -> None:
            self._show(rail, lambda s, g, t: make(s, g, t, value), again)

        under_way = self.tasks.promptly(lambda: read(session), put, self.say)
        if under_way is not None:
            self._show(
                rail, lambda s, g, t: places.waiting_screen(s, g, t, under_way, again), again
            )

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

    def _identified(self) -> None:
        page = self.page(self.current_page())
        if page is not None and page is self.sender():
            self._show_banner(page)

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
            "review": self.show_review,
            "journal": self.show_journal,
            "study": self.show_study,
            "people": self.show_people,
            "backup": self.show_backup,
            "display": self.show_display,
            "password": self.show_password,
            "switch": self.switch_person,
            "lock": self.lock,
        }[key]()

    def _changed(self, kinds: frozenset[Kind]) -> None:
        self.keeper.changed(kinds)
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
