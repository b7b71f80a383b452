"""Nobody at the window while an infusion runs: the curtain, the lock, a press, who answers."""

from msclinic.ui.demo.hands import Hands
from msclinic.ui.demo.shots import SECOND, Album

__all__ = ["left_alone", "pressed_while_locked"]

_UNTIL_HIDDEN, _A_MOMENT = 10.5, 0.2


def left_alone(hands: Hands, album: Album, name: str) -> None:
    """Nobody touches the window for so long that it hides what it shows.

    Args:
        hands: Somebody is signed in, and a timer runs or an exam is open.
        album: Where the picture goes.
        name: Its name.
    """
    hands.go_away(_UNTIL_HIDDEN)
    album.take(name)
    hands.come_back()


def pressed_while_locked(
    hands: Hands, album: Album, participant: str, visit: str, chair: int
) -> None:
    """Help is called at the lock screen; a colleague answers for it, the nurse goes on.

    Args:
        hands: The nurse of the running infusion is signed in.
        album: Where the pictures go.
        participant: Random id of who sits in the chair.
        visit: Visit of the run.
        chair: Number of the chair.
    """
    hands.sign_out()
    album.take_all("lock")
    hands.click(f"emergency/{chair}/CALL")
    album.take("lock-emergency-en-light")
    hands.go_away(_A_MOMENT)
    with album.look(*SECOND):
        hands.click(f"emergency/{chair}/O2")
        album.take("lock-emergency-pl-dark")
    hands.sign_in("NUR-06")
    album.take_all("emergency")
    # The second press was none: a sleeve on the screen.
    hands.press(hands.last("tap/", "/MISTAKE"))
    hands.press(hands.like("tap/", "/MINE"))
    hands.sign_out()
    hands.sign_in("NUR-04")
    hands.window.show_run(participant, visit)
    hands.settle()
