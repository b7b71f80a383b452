"""The panel in which a person signs: what, in what state, with which meaning, with a secret.

It lies over the page and leaves banner and dock uncovered. It signs nothing itself and keeps no
secret longer than it takes to hand it over.
"""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from msclinic.services.signing_pin import Pin
from msclinic.ui.overlay import Overlay
from msclinic.ui.sign_card import SignCard, SignMeaning, SignRequest, SignState
from msclinic.wording import tr

__all__ = ["SignMeaning", "SignPanel", "SignRequest", "SignState"]


class SignPanel(Overlay):
    """Lies over its parent while somebody signs.

    Signals:
        asked: Code of the meaning, and the password or a ``Pin``; the panel waits for ``refuse``
            or ``done``.
        dismissed: The person went back; nothing was signed.
    """

    asked = Signal(str, object)
    dismissed = Signal()

    def __init__(self, parent: QWidget) -> None:
        """Make a hidden panel over a page."""
        super().__init__(parent, tr("Sign"))
        self._busy = False
        self._card: SignCard | None = None

    @property
    def waiting(self) -> bool:
        """Whether a signature is under way."""
        return self._busy

    def ask(self, request: SignRequest) -> None:
        """Show what is signed and ask for meaning and secret."""
        self._card = card = SignCard(request)
        card.sign.clicked.connect(self._sign)
        card.password.submitted.connect(self._sign)
        card.back.clicked.connect(self.dismiss)
        card.cross.clicked.connect(self.dismiss)
        self._busy = False
        self.open_card(card)
        card.begin()

    def busy(self) -> None:
        """The signature is being made; nothing can be pressed."""
        self._busy = True
        if self._card is not None:
            self._card.set_busy(True)

    def refuse(self, title: str, rest: str = "", *, pin: bool = True) -> None:
        """Say why nothing was signed; the secret is asked for again.

        Args:
            title: What did not happen.
            rest: Why, and what to do.
            pin: Whether the PIN may be tried again; otherwise the password is asked for.
        """
        self._busy = False
        if self._card is not None:
            self._card.set_busy(False)
            if not pin:
                self._card.ask_password()
            self._card.say(title, rest)
            self._card.password.setFocus(Qt.FocusReason.OtherFocusReason)

    def done(self) -> None:
        """It is signed: go."""
        self._busy = False
        self._forget()

    def dismiss(self) -> None:
        """Go back without signing, unless a signature is under way."""
        if self._busy:
            return
        self._forget()
        self.dismissed.emit()

    def stops(self) -> Sequence[QWidget]:
        """Meanings, secret and buttons, in order."""
        return self._card.stops() if self._card is not None else ()

    def _sign(self) -> None:
        card = self._card
        if card is None or self._busy or not card.signable:
            return
        meaning = card.meaning()
        if not meaning:
            card.say(tr("Choose what your signature means."))
            return
        secret = card.password.take()
        if not secret:
            pin, password = tr("Type your PIN to sign."), tr("Type your password to sign.")
            card.say(pin if card.pin else password)
            card.password.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        card.say("")
        self.busy()
        self.asked.emit(meaning, Pin(secret) if card.pin else secret)

    def _forget(self) -> None:
        if self._card is not None:
            self._card.password.take()
            self._card = None
        self.close_card()
