"""Where a screen can send a person: one callable a place, handed to every screen by the window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

if TYPE_CHECKING:
    from msclinic.forms.session import Ref

__all__ = ["Navigator", "OpensForm"]


class OpensForm(Protocol):
    """Opens a form, at one of its items if one is named."""

    def __call__(
        self,
        participant: str,
        visit: str,
        visit_key: str,
        form: str,
        form_key: str,
        item: Ref | None = None,
    ) -> None:
        """Open it."""


@frozen
class Navigator:
    """The places of the program.

    Attributes:
        today: The first screen of a role.
        participants: The list of participants.
        participant: One participant's page; takes the random id.
        form: One form, at one of its items if one is named.
        run: The infusion run of a visit; takes participant and visit.
        exam: The exam of a visit; takes participant, visit and visit key.
        documents: The documents of a visit; takes participant and visit.
        over_time: One participant over time; takes the random id.
        say: Shows a fault or a plain exception as one message, never a window of its own.
    """

    today: Callable[[], None]
    participants: Callable[[], None]
    participant: Callable[[str], None]
    form: OpensForm
    run: Callable[[str, str], None]
    exam: Callable[[str, str, str], None]
    documents: Callable[[str, str], None]
    over_time: Callable[[str], None]
    say: Callable[[Exception], None]
