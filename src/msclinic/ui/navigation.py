"""Where a screen can send a person: one callable a place, handed to every screen by the window."""

from collections.abc import Callable

from attrs import frozen

__all__ = ["Navigator"]


@frozen
class Navigator:
    """The places of the program.

    Attributes:
        today: The first screen of a role.
        participants: The list of participants.
        participant: One participant's page; takes the random id.
        form: One form; takes participant, visit, visit key, form and form key.
        run: The infusion run of a visit; takes participant and visit.
        exam: The exam of a visit; takes participant, visit and visit key.
        documents: The documents of a visit; takes participant and visit.
        say: Shows a fault or a plain exception as one message, never a window of its own.
    """

    today: Callable[[], None]
    participants: Callable[[], None]
    participant: Callable[[str], None]
    form: Callable[[str, str, str, str, str], None]
    run: Callable[[str, str], None]
    exam: Callable[[str, str, str], None]
    documents: Callable[[str, str], None]
    say: Callable[[Exception], None]
