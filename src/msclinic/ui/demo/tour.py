"""A walk through the screens that are looked at and not worked on, each by who reads it."""

from msclinic.services.visits import participant_visits
from msclinic.ui.demo.hands import CannotPlay, Hands
from msclinic.ui.demo.shots import CONTRAST, FOUR, TWO, Album

__all__ = ["coordinator_looks", "investigator_looks", "physician_looks"]

_SECTIONS = ("schedule", "forms", "limits", "roles")


def physician_looks(hands: Hands, album: Album, played: str, unwell: str) -> None:
    """Participants, one of them, that one over time, a laboratory's report, what waits.

    Args:
        hands: The physician is signed in.
        album: Where the pictures go.
        played: Random id of the participant of today's infusion.
        unwell: Random id of who has a critical value that nobody has reviewed.
    """
    window = hands.window
    album.take("today-physician-en-light")
    window.show_participants()
    album.take_all("participants")
    window.show_participant(played)
    album.take_in("participant", FOUR + CONTRAST)
    window.show_over_time(played)
    album.take_all("over-time")
    window.show_participant(unwell)
    album.take("participant-off-product-en-light")
    window.show_form(unwell, "UNS", _unscheduled(hands, unwell), "lab_safety", "1")
    album.take_in("laboratory", TWO)
    window.show_form(played, "V1", "1", "eligibility", "1")
    album.take_in("eligibility", TWO)
    window.show_worklist()
    album.take_all("worklist")


def coordinator_looks(hands: Hands, album: Album, randomised: str, words: str) -> None:
    """Someone randomised and not dosed yet, and the finder.

    Args:
        hands: The coordinator is signed in.
        album: Where the pictures go.
        randomised: Random id of whom to look at.
        words: What to type into the finder.
    """
    hands.window.show_participant(randomised)
    album.take("participant-randomised-en-light")
    hands.find_words(words)
    album.take("find-en-light")
    hands.leave_finder()


def investigator_looks(hands: Hands, album: Album) -> None:
    """The study, section by section, and the people."""
    hands.window.show_study()
    album.take_all("study-overview")
    for section in _SECTIONS:
        hands.open_segment(section)
        album.take(f"study-{section}-en-light")
    hands.window.show_people()
    album.take_all("people")


def _unscheduled(hands: Hands, participant: str) -> str:
    session = hands.window.session
    if session is None:
        raise CannotPlay("nobody is signed in")
    for visit in participant_visits(session, participant):
        if visit.code == "UNS":
            return visit.key
    raise CannotPlay("there is no unscheduled visit")
