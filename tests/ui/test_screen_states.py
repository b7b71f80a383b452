"""Slow, damaged, locked, full, read only, two answers at once: each is produced for real, and said.

And another look while a screen is open loses nothing.
"""

import shutil
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from copy import copy
from pathlib import Path
from threading import Event

import pytest
import sqlcipher3.dbapi2 as driver
from attrs import evolve
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QProgressBar, QPushButton, QWidget
from tests.clinic import PASSWORDS
from tests.ui.clipping import clipping_faults
from tests.ui.tour import BEFORE, Moments, Places, Tour, page_of, screens_of, wait

from msclinic.app.settings import Settings
from msclinic.domain.errors import KnownFault
from msclinic.services.entry import FormEntry
from msclinic.services.gateway import recording
from msclinic.services.session import Session
from msclinic.services.sign_in import unlock_record, unlock_ring
from msclinic.ui.people.screen import PeopleScreen
from msclinic.ui.reading import Reading
from msclinic.ui.theme import current_theme
from msclinic.ui.waiting import WaitingScreen
from msclinic.ui.widgets import ReasonBar, StatePane
from msclinic.ui.widgets.choices import ChoiceGroup
from msclinic.ui.window import Window
from msclinic.wording import current_language

LOOK = Settings("en", "light", 100)
ROOM = (1366, 768)


@pytest.fixture
def tour(qtbot, moments: Moments, tmp_path: Path) -> Iterator[Tour]:
    """A clinic of its own: these tests write, and damage it."""
    shutil.copytree(moments.folder / BEFORE, tmp_path / BEFORE)
    own = Moments(tmp_path, moments.at, moments.places, moments.study)
    made = Tour(own)
    yield made
    made.leave()


@contextmanager
def damaged(tour: Tour) -> Iterator[None]:
    """The disk gives back rubbish for a while."""
    folder = tour.moments.folder / BEFORE
    kept = {one: one.read_bytes() for one in folder.glob("clinic.db*") if "shm" not in one.name}
    try:
        for one, content in kept.items():
            with one.open("r+b") as file:
                file.write(b"\xa5" * len(content))
        yield
    finally:
        for one, content in kept.items():
            with one.open("r+b") as file:
                file.write(content)


class _Shown(QObject):
    """Notes that something was shown."""

    def __init__(self, seen: list[str], parent: QObject) -> None:
        super().__init__(parent)
        self._seen = seen

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Look at every show."""
        if event.type() == QEvent.Type.Show:
            self._seen.append("shown")
        return False


def _nothing(_value: object) -> None:
    """Nobody waits for it."""


def _entries(window: Window) -> int:
    """How much is in the journal."""
    with window.session.store.read() as reader:
        return reader.position().entries


def _password(window: Window) -> str:
    return PASSWORDS[window.session.account]


@contextmanager
def busy(window: Window) -> Iterator[None]:
    """Everyone who could read has something else to do for a while."""
    gate = Event()
    for _ in range(window.tasks._readers.maxThreadCount()):
        window.tasks.read(gate.wait, _nothing)
    for _ in range(window.tasks._openers.maxThreadCount()):
        window.tasks._openers.start(gate.wait)
    try:
        yield
    finally:
        gate.set()


@contextmanager
def locked(tour: Tour, window: Window) -> Iterator[None]:
    """Another program holds the record."""
    session = window.session
    ring = unlock_ring(session.home, session.account, _password(window), session.now())
    key = unlock_record(session.home, session.account, ring)
    with session.store.write() as uow:
        uow.connection.exec_driver_sql("PRAGMA busy_timeout=50")
    other = driver.connect(str(session.home.database), isolation_level=None)
    other.execute(f"PRAGMA key=\"x'{key.hex()}'\"")
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.close()


@contextmanager
def full(tour: Tour, window: Window) -> Iterator[None]:
    """The file may not grow by one page: what a full disk does, from inside SQLite."""
    store = window.session.store
    with store.write() as uow:
        uow.connection.exec_driver_sql("PRAGMA max_page_count=1")
    path = f"LOG/1/concomitant_medication/{'c' * 16}/medicine/1/CMTRT"
    with suppress(KnownFault):  # what is left of the last pages is used up
        for number in range(500):
            with recording(window.session) as act:
                value = {"type": "text", "value": f"ballast {number}"}
                act.set("answered", path, value, participant=tour.moments.places.dosed)
    try:
        yield
    finally:
        with suppress(KnownFault), store.write() as uow:
            uow.connection.exec_driver_sql("PRAGMA max_page_count=1073741823")


def words(window: Window) -> str:
    return " | ".join(one.text() for one in window.findChildren(QLabel) if one.isVisible())


def fresh(tour: Tour) -> str:
    return tour.moments.places.fresh


Way = Callable[[Window, Places], None]


def people(key: str) -> Way:
    def show(window: Window, _places: Places) -> None:
        window.show_people()
        page_of(window).open_section(key)

    return show


READING: dict[str, tuple[str, Way]] = {
    "today": ("NUR-04", lambda w, _p: w.show_today()),
    "participants": ("CRC-01", lambda w, _p: w.show_participants()),
    "worklist": ("CRC-01", lambda w, _p: w.show_worklist()),
    "journal": ("MON-01", lambda w, _p: w.show_journal()),
    "my exams": ("RAT-02", lambda w, _p: w.show_today()),
    "over time": ("PHY-01", lambda w, p: w.show_over_time(p.course)),
    "documents": ("CRC-01", lambda w, p: w.show_documents(p.dosed, "SCR")),
    "data review": ("MON-01", lambda w, _p: w.show_review()),
}
# Read before they appear where that is quick; what is slow is shown as slow from the start.
READING_FIRST: dict[str, tuple[str, Way]] = {
    "participant": ("CRC-01", lambda w, p: w.show_participant(p.filled)),
    "study": ("PI-01", lambda w, _p: w.show_study()),
    "people": ("ADMIN-01", lambda w, _p: w.show_people()),
    "people log": ("ADMIN-01", people("log")),
    "people rights": ("ADMIN-01", people("rights")),
    "people review": ("ADMIN-01", people("review")),
    "people security": ("ADMIN-01", people("security")),
}
ALL_READING = READING | READING_FIRST


def reading_of(window: Window) -> Reading:
    """What reads the screen in front, or the section of it that is in front."""
    page = page_of(window)
    return page.section().reading if isinstance(page, PeopleScreen) else page.reading


def read_whole(pane: StatePane) -> bool:
    """Whether the content is shown, or the words that there is nothing yet."""
    return not pane.isVisible() or pane.kind == "empty"


# The other screens of the tour by the first words of their names, and why they are not here.
ELSEWHERE = {
    "backup": "tests/ui/test_backup_screen.py: it says itself what is under way, with its cancel",
    "palette": "tests/ui/test_palette.py: a list over the page, which says that it reads",
    "own password": "reads nothing: empty fields",
    "display": "reads nothing of the record: the settings of this computer",
}


def test_every_screen_of_the_tour_is_shown_slow_and_damaged_or_reads_nothing(moments: Moments):
    names = {name for moment in moments.at for name, *_ in screens_of(moments.places, moment)}
    known = (*ALL_READING, *OPENING, *ELSEWHERE)
    assert [name for name in sorted(names) if not name.startswith(known)] == []
    # Nothing stands here that is not a screen of the tour any more.
    assert [one for one in ELSEWHERE if not any(name.startswith(one) for name in names)] == []


@pytest.mark.parametrize("screen", ALL_READING)
def test_a_slow_reading_says_so_and_can_be_stopped_by_a_key(tour, qtbot, screen):
    account, show = ALL_READING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    window.show_display()
    with busy(window):
        show(window, tour.moments.places)
        pane = reading_of(window).pane
        assert pane.isVisible() == (screen in READING_FIRST)
        qtbot.waitUntil(lambda: pane.isVisible() and pane.kind == "loading", timeout=5000)
        assert pane.button.text() == "Cancel"
        assert pane.findChild(QProgressBar).isVisible()
        assert pane.accessibleName() in words(window)
        assert clipping_faults(window, ROOM) == []
        pane.button.setFocus()
        QTest.keyClick(pane.button, Qt.Key.Key_Return)
        assert not pane.findChild(QProgressBar).isVisible()
    wait(window)
    assert "Stopped before everything was read." in words(window)
    assert "Reading has changed nothing." in words(window)
    pane.button.click()
    wait(window)
    assert read_whole(pane)


OPENING: dict[str, tuple[str, Way]] = {
    "form": ("NUR-04", lambda w, p: w.show_form(p.filled, "V1", "1", "vital_signs", "1")),
    "exam": ("RAT-02", lambda w, p: w.show_exam(p.filled, "SCR", "1")),
    "run": ("NUR-04", lambda w, p: w.show_run(p.dosed, "V1")),
}


@pytest.mark.parametrize("screen", OPENING)
def test_a_screen_that_is_slow_to_open_says_so_and_can_be_stopped(tour, screen):
    account, show = OPENING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    window.show_display()
    with busy(window):
        show(window, tour.moments.places)
        page = page_of(window)
        assert isinstance(page, WaitingScreen)
        pane = page.reading.pane
        assert pane.kind == "loading"
        assert pane.button.hasFocus()
        assert clipping_faults(window, ROOM) == []
        QTest.keyClick(pane.button, Qt.Key.Key_Return)
    wait(window)
    assert "Stopped before everything was read." in words(window)
    pane.button.click()
    wait(window)
    opened = page_of(window)
    assert not isinstance(opened, WaitingScreen)
    assert not window.notice.isVisible()


@pytest.mark.parametrize("screen", OPENING)
def test_a_screen_that_was_slow_to_open_appears_by_itself(tour, screen):
    account, show = OPENING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    with busy(window):
        show(window, tour.moments.places)
        assert isinstance(page_of(window), WaitingScreen)
    wait(window)
    assert not isinstance(page_of(window), WaitingScreen)


@pytest.mark.parametrize("screen", OPENING)
def test_a_screen_that_is_slow_and_then_fails_says_so_and_can_be_tried_again(tour, screen):
    account, show = OPENING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    with damaged(tour):
        with busy(window):
            window.session.store._readers.dispose()
            show(window, tour.moments.places)
            pane = page_of(window).reading.pane
        wait(window)
        assert pane.kind == "error"
        assert "The record could not be" in words(window)
        assert "Reading has changed nothing." in words(window)
    window.session.store._readers.dispose()
    pane.button.click()
    wait(window)
    assert not isinstance(page_of(window), WaitingScreen)


@pytest.mark.parametrize("screen", OPENING)
def test_a_screen_that_cannot_be_opened_leaves_the_one_before_and_says_why(tour, screen):
    account, show = OPENING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    window.show_display()
    before = page_of(window)
    with damaged(tour):
        window.session.store._readers.dispose()
        show(window, tour.moments.places)
        wait(window)
        assert page_of(window) is before
        said = words(window)
        assert "The record could not be" in said
        assert "estore the last backup." in said
        close = next(b for b in window.notice.findChildren(QPushButton) if b.isVisible())
        close.setFocus()
        QTest.keyClick(close, Qt.Key.Key_Return)
        assert not window.notice.isVisible()


@pytest.mark.parametrize("screen", ALL_READING)
def test_a_quick_reading_shows_no_pane_and_needs_no_network(tour, screen):
    with pytest.raises(OSError), socket.create_connection(("192.0.2.1", 443), timeout=0.2):
        pass
    account, show = ALL_READING[screen]
    window = tour.enter(BEFORE, account, LOOK)
    show(window, tour.moments.places)
    pane = reading_of(window).pane
    seen: list[str] = []
    pane.installEventFilter(_Shown(seen, pane))
    wait(window)
    assert seen == [] or pane.kind == "empty"
    assert read_whole(pane)
    assert "All stored here" in words(window)


@pytest.mark.parametrize("language", ["en", "pl"])
@pytest.mark.parametrize("screen", ALL_READING)
def test_what_cannot_be_read_says_what_happened_what_is_safe_and_what_to_do(tour, screen, language):
    account, show = ALL_READING[screen]
    window = tour.enter(BEFORE, account, Settings(language, "light", 100))
    window.show_display()
    wait(window)
    happened, safe, to_do, again = {
        "en": (
            "The record could not be",
            "Reading has changed nothing.",
            "estore the last backup.",
            "Try again",
        ),
        "pl": ("Nie udało się", "Odczyt niczego nie zmienił.", "kopi", "Spróbuj ponownie"),
    }[language]
    with damaged(tour):
        # What is read from now on comes from the disk and not from memory.
        window.session.store._readers.dispose()
        show(window, tour.moments.places)
        wait(window)
        said = words(window)
        if window.notice.isVisible():
            # It could not even be opened: the screen before stays, with the words over it.
            assert happened in said
            assert to_do in said
        else:
            pane = reading_of(window).pane
            for _ in range(2):
                assert pane.isVisible()
                assert pane.kind == "error"
                assert pane.button.text() == again
                for part in (happened, safe, to_do):
                    assert part in words(window)
                pane.button.click()
                wait(window)
    tour.leave()
    window = tour.enter(BEFORE, account, LOOK)
    show(window, tour.moments.places)
    wait(window)
    assert read_whole(reading_of(window).pane)


def answer_form(window: Window, places: Places) -> None:
    window.show_form(places.fresh, "LOG", "1", "concomitant_medication", "b" * 16)
    wait(window)
    panel = page_of(window).panel
    editor = next(one for ref, one in panel.editors.items() if ref[2] == "CMTRT")
    editor.input.edit.setFocus()
    QTest.keyClicks(editor.input.edit, "ibuprofen")
    QTest.keyClick(editor.input.edit, Qt.Key.Key_Return)


def grade_exam(window: Window, places: Places) -> None:
    window.show_exam(places.fresh, "V1", "1")
    wait(window)
    page_of(window).rows["FS_VISUAL"].input.cells[0].click()


def tick_the_run(window: Window, places: Places) -> None:
    window.show_run(places.dosed, "V1")
    wait(window)
    page_of(window).do_next()


def enrol_somebody(window: Window, _places: Places) -> None:
    window.show_participants()
    wait(window)
    page = page_of(window)
    page._enrol.click()
    page.number.edit.setText("99")
    page._confirm.click()


def start_a_visit(window: Window, _places: Places) -> None:
    window.show_today()
    wait(window)
    card = next(one for one in page_of(window).cards if one.card.chair is not None)
    card.button.click()


def make_a_document(window: Window, places: Places) -> None:
    window.show_documents(places.dosed, "SCR")
    wait(window)
    page_of(window).make()


STORING: dict[str, tuple[str, Way]] = {
    "form": ("CRC-01", answer_form),
    "exam": ("RAT-02", grade_exam),
    "participants": ("CRC-01", enrol_somebody),
    "today": ("NUR-04", start_a_visit),
    "documents": ("CRC-01", make_a_document),
}


@pytest.mark.parametrize(
    ("trouble", "happened", "to_do"),
    [
        (locked, "could not be opened for writing", "Close the other window or wait"),
        (full, "The entry could not be saved.", "Free some space"),
    ],
)
@pytest.mark.parametrize("screen", STORING)
def test_what_cannot_be_stored_is_said_and_can_be_done_again(
    tour, screen, trouble, happened, to_do
):
    account, do = STORING[screen]
    places = tour.moments.places
    window = tour.enter(BEFORE, account, LOOK)
    with trouble(tour, window):
        before = _entries(window)
        do(window, places)
        wait(window)
        assert happened in words(window)
        assert to_do in words(window)
        assert clipping_faults(window, ROOM) == []
        assert _entries(window) == before
    do(window, places)
    wait(window)
    assert _entries(window) > before
    assert happened not in words(window)


def in_two_streams(session: Session, participant: str, path: str, values: list[dict]) -> None:
    """Answers of devices that did not know of each other."""
    for number, value in enumerate(values):
        other = copy(session)
        other.place = evolve(session.place, stream=f"{number + 1:032x}")
        with recording(other) as act:
            act.set("answered", path, value, participant=participant)
            key = (participant, path)
            act._drafts[key] = evolve(act._drafts[key], supersedes=())


CONFLICTS = {
    "form": ("NUR-04", "SCR/1/vital_signs/1", "WEIGHT"),
    "exam": ("RAT-02", "V1/1/edss/1", "FS_VISUAL"),
}


@pytest.mark.parametrize("screen", CONFLICTS)
def test_two_answers_stand_beside_each_other_until_a_digit_chooses(tour, qtbot, screen):
    account, prefix, item = CONFLICTS[screen]
    places = tour.moments.places
    window = tour.enter(BEFORE, account, LOOK)
    visit, key, oid, form_key = prefix.split("/")
    entry = FormEntry(window.session, places.fresh, visit, oid, key, form_key)
    ref = entry.ref(item)
    values = (
        [{"type": "code", "value": "1"}, {"type": "code", "value": "3"}]
        if screen == "exam"
        else [{"type": "decimal", "value": "71.5"}, {"type": "decimal", "value": "84.5"}]
    )
    in_two_streams(window.session, places.fresh, entry.path(ref), values)
    if screen == "exam":
        window.show_exam(places.fresh, visit, key)
    else:
        window.show_form(places.fresh, visit, key, oid, form_key, ref)
    wait(window)
    page = page_of(window)
    panel = page.rows[item].panel if screen == "exam" else page.panel.editors[ref].panel
    assert panel.isVisibleTo(window)
    assert clipping_faults(window, ROOM) == []
    bar = panel.findChild(ReasonBar)
    assert len(entry_heads(window, places.fresh, prefix, item)) == 2
    bar.setFocus()
    QTest.keyClick(bar, Qt.Key.Key_2)
    wait(window)
    heads = entry_heads(window, places.fresh, prefix, item)
    assert len(heads) == 1
    assert heads[0].reason == {"code": "conflict", "text": ""}
    assert not panel.isVisibleTo(window)


def entry_heads(window: Window, participant: str, prefix: str, item: str):
    visit, key, oid, form_key = prefix.split("/")
    entry = FormEntry(window.session, participant, visit, oid, key, form_key)
    return entry.heads(entry.ref(item))


READ_ONLY: dict[str, tuple[str, Callable[[Window, Places], None], str]] = {
    "form": (
        "MON-01",
        lambda w, p: w.show_form(p.filled, "V1", "1", "vital_signs", "1"),
        "You may only read this form.",
    ),
    "exam": ("PHY-01", lambda w, p: w.show_exam(p.filled, "SCR", "1"), "Read only."),
    "study": ("NUR-04", lambda w, _p: w.show_study(), "The principal investigator switches it"),
}


@pytest.mark.parametrize("screen", READ_ONLY)
def test_who_may_only_read_is_told_so_and_changes_nothing(tour, screen):
    account, show, said = READ_ONLY[screen]
    window = tour.enter(BEFORE, account, LOOK)
    show(window, tour.moments.places)
    wait(window)
    assert said in words(window)
    before = _entries(window)
    page = page_of(window)
    for one in page.findChildren(QWidget):
        if one.isVisible() and isinstance(one, QLineEdit | ChoiceGroup):
            QTest.keyClick(one, Qt.Key.Key_1)
    wait(window)
    assert _entries(window) == before
    assert page_of(window) is page


@pytest.mark.parametrize(
    "look",
    [Settings("pl", "light", 100), Settings("en", "contrast", 100), Settings("en", "light", 150)],
)
def test_another_look_keeps_the_form_and_what_was_typed(tour, look):
    places = tour.moments.places
    window = tour.enter(BEFORE, "CRC-01", LOOK)
    window.show_form(places.fresh, "LOG", "1", "concomitant_medication", "b" * 16)
    wait(window)
    page = page_of(window)
    edit = QApplication.focusWidget()
    ref = next(ref for ref, one in page.panel.editors.items() if one.isAncestorOf(edit))
    QTest.keyClicks(edit, "ibuprofen")
    window.change_display(look)
    wait(window)
    again = page_of(window)
    assert again is not page
    assert again.entry.prefix == page.entry.prefix
    assert (
        FormEntry(
            window.session, places.fresh, "LOG", "concomitant_medication", form_key="b" * 16
        ).value(ref[2])
        == "ibuprofen"
    )
    assert (current_language(), current_theme().mode, current_theme().scale) == (
        look.language,
        look.theme,
        look.scale,
    )
    assert again.isAncestorOf(QApplication.focusWidget())


@pytest.mark.parametrize(
    ("account", "show"),
    [
        ("NUR-04", Window.show_today),
        ("CRC-01", Window.show_participants),
        ("CRC-01", Window.show_worklist),
        ("CRC-01", Window.show_study),
        ("CRC-01", Window.show_display),
        ("RAT-02", Window.show_today),
        ("ADMIN-01", Window.show_people),
    ],
)
def test_another_language_keeps_the_screen_and_a_place_for_the_focus(tour, account, show):
    window = tour.enter(BEFORE, account, LOOK)
    show(window)
    wait(window)
    before = type(page_of(window))
    window.change_display(Settings("pl", "dark", 125))
    wait(window)
    assert type(page_of(window)) is before
    assert page_of(window).isAncestorOf(QApplication.focusWidget())
