"""One morning at the window: who signs in, what each does there, and the pictures taken of it."""

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

from PySide6.QtWidgets import QWidget

from msclinic.app.clock import TurnedClock
from msclinic.app.instance import HomeLock
from msclinic.app.settings import Settings
from msclinic.services.demo import DemoClinic
from msclinic.services.entry import FormEntry
from msclinic.services.visits import visit_day
from msclinic.ui.demo.day import play_consent, play_exam, play_run, play_tests
from msclinic.ui.demo.emergency import left_alone, pressed_while_locked
from msclinic.ui.demo.hands import CannotPlay, Hands
from msclinic.ui.demo.oversight import (
    answers_query,
    backs_up,
    investigator_reads,
    monitor_reads,
    own_password,
)
from msclinic.ui.demo.shots import CONTRAST, FOUR, SECOND, SIZE, TWO, Album
from msclinic.ui.demo.tour import (
    coordinator_looks,
    investigator_looks,
    physician_looks,
)
from msclinic.ui.main import application
from msclinic.ui.style import apply_theme
from msclinic.ui.window import Window
from msclinic.wording import set_language, tr

__all__ = ["play"]


# Stages of the run whose picture is taken in both languages.
_TWO_LOOKS = ("arrived-checklist", "at-bedside-check", "discharged-closing")
_CONTRAST_LOOK = "running-round"
_LAST_STAGE = "signed-waiting"
# The nurse leaves the window here, and help is called.
_LEFT_STAGE = "running-running"
_UNTIL_ROUND = 4.5


def play(
    demo: DemoClinic,
    clock: TurnedClock,
    screens: Path,
    backups: Path,
    say: Callable[[str], None],
) -> int:
    """Play the day on the real window; gives the number of pictures taken.

    Args:
        demo: The clinic, with nobody signed in.
        clock: Stands at this morning.
        screens: Where the pictures go.
        backups: An empty folder for backups.
        say: Told what is being done.

    Raises:
        CannotPlay: A screen does not let the day go on.
    """
    set_language("en")
    apply_theme(application(), "light", 100)
    passwords = {account: password for account, _, password in demo.accounts}
    with HomeLock(demo.home.folder):
        window = Window(demo.home, clock, Settings())
        hands = Hands(window, clock, passwords)
        album = Album(screens, hands)
        window.resize(*SIZE)
        window.show()
        window.activateWindow()
        try:
            _morning(demo, hands, album, backups, say)
        finally:
            window.close()
            hands.settle()
    return album.count


def _morning(
    demo: DemoClinic, hands: Hands, album: Album, backups: Path, say: Callable[[str], None]
) -> None:
    participant, visit = demo.participants[demo.played], demo.visit
    album.take_all("sign-in")
    hands.mistype("MON-01")
    album.take("sign-in-refused-en-light")
    say(tr("  the rater examines and signs"))
    hands.sign_in("RAT-02")
    album.take_all("my-exams")
    play_exam(hands, participant, visit, lambda: _exam_seen(hands, album))
    hands.sign_out()
    say(tr("  the assessor tests walk, hands and symbols"))
    hands.sign_in("ASSESSOR-01")
    album.take_in("my-exams-assessor", TWO)
    play_tests(hands, participant, visit, lambda form: _test_seen(album, form))
    hands.sign_out()
    say(tr("  the monitor compares with the source"))
    hands.sign_in("MON-01")
    monitor_reads(hands, album, participant, demo.participants[demo.queried])
    hands.sign_out()
    say(tr("  the laboratory and the principal investigator look round"))
    hands.sign_in("LAB-01")
    album.take_in("today-laboratory", TWO)
    hands.sign_out()
    hands.sign_in("PI-01")
    investigator_looks(hands, album)
    finished, queried = (demo.participants[code] for code in (demo.signed, demo.queried))
    investigator_reads(hands, album, finished, queried)
    hands.sign_out()
    say(tr("  the physician looks at consent"))
    hands.sign_in("PHY-01")
    physician_looks(hands, album, participant, demo.participants[demo.unwell])
    hands.wait(10)
    version, signed = _consent(hands, participant)
    play_consent(hands, participant, visit, version, signed, lambda one: _signing(album, one))
    hands.window.show_form(participant, "SCR", "1", "ms_history", "1")
    album.take_all("form")
    answers_query(hands, album)
    hands.sign_out()
    hands.sign_in("CRC-01")
    words = f"{demo.played[-3:]} month"
    coordinator_looks(hands, album, demo.participants[demo.randomised], words)
    hands.sign_out()
    say(tr("  the nurse begins the infusion day"))
    hands.sign_in("NUR-04")
    own_password(hands, album, "NUR-04")
    hands.window.show_today()
    album.take_in("today", FOUR + CONTRAST)
    hands.click(f"today/start/{participant}")
    kit = _kit(hands, participant, visit)
    hands.wait(5)

    def looked(stage: str) -> None:
        say(f"    {stage}")
        if stage == _LAST_STAGE:
            # It is taken in all looks once the run is over.
            return
        if stage == _CONTRAST_LOOK:
            album.take_in(f"run-{stage}", TWO + CONTRAST)
        elif stage in _TWO_LOOKS:
            album.take_in(f"run-{stage}", TWO)
        else:
            album.take(f"run-{stage}")
        if stage == _LEFT_STAGE:
            left_alone(hands, album, "curtain-en-light")
            pressed_while_locked(hands, album, participant, visit, demo.chair)
            hands.wait(_UNTIL_ROUND)

    play_run(hands, participant, visit, kit, demo.played, looked)
    album.take_all("run")
    hands.click("foot/next")
    album.take("documents-draft")
    hands.click("documents#make")
    _sign_summary(hands, "NUR-04")
    hands.sign_out()
    say(tr("  the physician signs the summary"))
    hands.sign_in("PHY-01")
    hands.window.show_documents(participant, visit)
    _sign_summary(hands, "PHY-01")
    album.take_all("documents")
    hands.sign_out()
    say(tr("  the coordinator makes a backup and rehearses a restore"))
    hands.sign_in("CRC-01")
    backs_up(hands, album, "CRC-01", backups)
    hands.sign_out()


def _exam_seen(hands: Hands, album: Album) -> None:
    album.take_all("exam")
    with album.look(*SECOND):
        left_alone(hands, album, "curtain-pl-dark")


def _signing(album: Album, meaning: str) -> None:
    if meaning == "form_entered":
        album.take("sign-en-light")


def _test_seen(album: Album, form: str) -> None:
    if form == "t25fw":
        album.take_in("timed-test", TWO)


def _sign_summary(hands: Hands, account: str) -> None:
    hands.until(lambda: _ready(hands.find("documents#sign")), "the summary cannot be signed")
    hands.click("documents#sign")
    hands.sign(account)


def _ready(button: QWidget | None) -> bool:
    return button is not None and button.isEnabled()


def _consent(hands: Hands, participant: str) -> tuple[str, date]:
    session = hands.window.session
    if session is None:
        raise CannotPlay("nobody is signed in")
    with session.store.read() as reader:
        day = visit_day(reader, participant, "SCR")
    today = hands.clock.now().astimezone(hands.zone).date()
    return str(session.study.setting("consent_version")), day or today - timedelta(days=28)


def _kit(hands: Hands, participant: str, visit: str) -> str:
    """The number that stands on the bag: what the coordinator assigned this morning."""
    session = hands.window.session
    if session is None:
        raise CannotPlay("nobody is signed in")
    return str(FormEntry(session, participant, visit, "kit_assignment").value("KIT_NUMBER"))
