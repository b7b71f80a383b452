"""Those who look after the record, at the window: monitor, investigator, coordinator.

Each picture of a card or panel is taken with the card opened anew, since another look builds the
screen again.
"""

from pathlib import Path

from msclinic.services.backup.state import backup_state
from msclinic.services.participants import identity
from msclinic.ui.backup.screen import BackupScreen
from msclinic.ui.demo.hands import CannotPlay, Hands
from msclinic.ui.demo.shots import FOUR, SECOND, TWO, Album
from msclinic.ui.people.screen import PeopleScreen

__all__ = [
    "answers_query",
    "backs_up",
    "investigator_reads",
    "monitor_reads",
    "own_password",
]

_ASKED_ABOUT = "MSDIAGDAT"
_QUESTION = "The month stands in the referral letter. Please add it."
_ANSWER = "The letter names the year alone; a copy is filed."
_NOTE = "Read for the monthly meeting; nothing to follow up."
_PIN = "741963"
_PROOF_TRIES = 2400


def monitor_reads(hands: Hands, album: Album, played: str, answered: str) -> None:
    """The monitor compares with the source, closes one query and raises another.

    Args:
        hands: The monitor is signed in.
        album: Where the pictures go.
        played: Random id of whom to ask about.
        answered: Random id of who has a query on the weight that the site has answered.
    """
    window = hands.window
    window.show_review()
    album.take("data-review-en-light")
    hands.write("review/search", _code(hands, played))
    hands.click("review/verify_visit")
    window.show_form(answered, "SCR", "1", "vital_signs", "1")
    album.take_with("query-answered", TWO, lambda: hands.press(hands.like("", "#queries/open")))
    hands.press(hands.like("query/", "/close"))
    window.show_form(played, "SCR", "1", "ms_history", "1")
    hands.press(hands.like("", f"/{_ASKED_ABOUT}#query"))
    hands.write("query/new", _QUESTION)


def answers_query(hands: Hands, album: Album) -> None:
    """The physician answers the monitor's query; the form is in front.

    Args:
        hands: The physician is signed in.
        album: Where the pictures go.
    """
    album.take_with("query", FOUR, lambda: hands.press(hands.like("", "#queries/open")))
    hands.write(hands.like("query/", "/answer").objectName().removesuffix("/answer"), _ANSWER)


def investigator_reads(hands: Hands, album: Album, signed: str, unfinished: str) -> None:
    """Sign-offs, locks, journal and the sections of People, as the investigator reads them.

    Args:
        hands: The investigator is signed in.
        album: Where the pictures go.
        signed: Random id of whose casebook is signed and locked.
        unfinished: Random id of somebody whose casebook is not complete.
    """
    window = hands.window
    people = window.page(window.current_page())
    if not isinstance(people, PeopleScreen):
        raise CannotPlay("the people are not in front")
    _sections(hands, album, "en-light")
    with album.look(*SECOND):
        _sections(hands, album, "-".join(SECOND))
    window.show_participant(signed)
    whole = "sign_off/shown/"
    album.take_with("participant-signed-off", TWO, lambda: hands.reveal(hands.last(whole, "")))
    album.take_with("signed-content", TWO, lambda: hands.press(hands.like(whole, "")))
    window.show_participant(unfinished)
    album.take_with("sign-off", FOUR, lambda: hands.press(hands.last("sign_off/ask/", "")))
    with album.look(*SECOND):
        # Every form of the site is read for this screen: once is enough.
        window.show_review()
        album.take("data-review-pl-dark")
        hands.write("review/search", _code(hands, signed))
        album.take("data-review-locked-pl-dark")
        window.show_journal()
    album.take_with("journal", FOUR, lambda: hands.open_row("journal/table", 2))
    hands.click("journal/reviews")
    hands.write("journal/review-note", _NOTE)
    hands.click("journal/mark")
    album.take("journal-reviews-en-light")


def _sections(hands: Hands, album: Album, look: str) -> None:
    for section in ("log", "rights", "review", "security"):
        hands.open_step(section)
        album.take(f"people-{section}-{look}")


def own_password(hands: Hands, album: Album, account: str) -> None:
    """Somebody looks where the own password is changed, and sets a signing PIN there.

    Args:
        hands: That person is signed in.
        album: Where the pictures go.
        account: Their account.
    """
    hands.window.show_password()
    album.take_all("own-password")
    hands.type_secret("people/own_pin/password", account)
    hands.set_pin(account, _PIN)


def backs_up(hands: Hands, album: Album, account: str, folder: Path) -> None:
    """The coordinator chooses a folder, makes a backup and rehearses a restore.

    Args:
        hands: The coordinator is signed in.
        album: Where the pictures go.
        account: Their account.
        folder: An empty folder, as on another disk.
    """
    hands.window.show_backup()
    album.take("backup-none-en-light")
    screen = hands.page
    if not isinstance(screen, BackupScreen):
        raise CannotPlay("the backups are not in front")
    # The system's own dialog asks which folder; what it gives goes to the screen.
    screen.add_folder(folder)
    hands.settle()
    hands.click("backup/now")
    hands.until(lambda: hands.ready("backup/now"), "the backup does not end", _PROOF_TRIES)
    hands.type_secret("backup/password", account)
    hands.until(lambda: hands.ready("backup/now"), "the rehearsal does not end", _PROOF_TRIES)
    state = backup_state(screen.session)
    if state.last is None or state.rehearsed is None:
        raise CannotPlay("no backup is made and rehearsed")
    album.take_all("backup")


def _code(hands: Hands, participant: str) -> str:
    """What people type to find a participant: the end of the code."""
    session = hands.window.session
    if session is None:
        raise CannotPlay("nobody is signed in")
    return identity(session, participant).code[-3:]
