"""The signing PIN: its rules, its verifier, and how often it may be wrong.

A PIN stands for the password at some signatures of one continuous session (21 CFR 11.200(a)(1)).
Its verifier lies only inside the sealed part of the key ring, so that a stolen disk cannot be
tried against it, and it works only while the session's keys are in memory.
"""

import hashlib
import itertools
import secrets

from attrs import field, frozen

from msclinic.vault.errors import PinRefused
from msclinic.vault.passwords import SALT_BYTES, Cost, derive, same

__all__ = ["PIN_LENGTHS", "PIN_TRIES", "PinGuard", "PinVerifier", "make_verifier", "refused_pin"]

PIN_LENGTHS = (6, 12)
PIN_TRIES = 3
_FEWEST_DIGITS = 3
_DOMAIN = b"msclinic signing pin 1\n"


@frozen
class PinVerifier:
    """What a PIN is checked against.

    Attributes:
        cost: Work of one try.
        salt: 16 random bytes.
        tag: Hash of the derived key.
    """

    cost: Cost
    salt: bytes = field(repr=False)
    tag: bytes = field(repr=False)

    def fits(self, pin: str) -> bool:
        """Whether this is the PIN."""
        return same(_tag(pin, self.salt, self.cost), self.tag)


def refused_pin(text: str) -> PinRefused | None:
    """Why a new PIN is refused, or none where it will do.

    Six to twelve digits; none that a stranger tries first: runs such as 123456 or 975310,
    a short piece again and again, or only two different digits.
    """
    shortest, longest = PIN_LENGTHS
    if not (text.isascii() and text.isdigit()) or not shortest <= len(text) <= longest:
        return PinRefused("pin_digits", least=shortest, most=longest)
    steps = {(int(after) - int(before)) % 10 for before, after in itertools.pairwise(text)}
    pieces = (text[:size] for size in range(1, len(text) // 2 + 1))
    again = any((piece * len(text))[: len(text)] == text for piece in pieces)
    if len(steps) == 1 or again or len(set(text)) < _FEWEST_DIGITS:
        return PinRefused("pin_plain")
    return None


def make_verifier(pin: str, cost: Cost) -> PinVerifier:
    """What a new PIN will be checked against.

    Raises:
        PinRefused: It does not meet the rules.
    """
    refusal = refused_pin(pin)
    if refusal is not None:
        raise refusal
    salt = secrets.token_bytes(SALT_BYTES)
    return PinVerifier(cost, salt, _tag(pin, salt, cost))


class PinGuard:
    """The PIN within one session: from the first signature with the password until it closes.

    Attributes:
        wrong: How many times it was mistyped in this session.
    """

    def __init__(self, verifier: PinVerifier | None = None) -> None:
        """Begin a session; nothing was signed in it yet."""
        self.wrong = 0
        self._verifier = verifier
        self._begun = False

    @property
    def chosen(self) -> bool:
        """Whether the person has a PIN."""
        return self._verifier is not None

    @property
    def spent(self) -> bool:
        """Whether it was wrong too often; the rest of the session asks for the password."""
        return self.wrong >= PIN_TRIES

    @property
    def stands(self) -> bool:
        """Whether the PIN may be typed for the next signature."""
        return self.chosen and self._begun and not self.spent

    def begin(self) -> None:
        """The password was typed for a signature: later ones may take the PIN."""
        self._begun = True

    def replace(self, verifier: PinVerifier) -> None:
        """The person has chosen another PIN; what was mistyped still counts."""
        self._verifier = verifier

    def check(self, pin: str) -> None:
        """Go on only with the PIN.

        Raises:
            PinRefused: None was chosen, nothing was signed with the password yet, it is wrong, or
                it was wrong too often.
        """
        if self._verifier is None:
            raise PinRefused("pin_not_chosen")
        if self.spent:
            raise PinRefused("pin_spent")
        if not self._begun:
            raise PinRefused("pin_not_yet")
        # Counted before the slow work, so that tries side by side are counted too.
        self.wrong += 1
        if not self._verifier.fits(pin):
            raise PinRefused("pin_spent" if self.spent else "pin_wrong")
        self.wrong -= 1

    def close(self) -> None:
        """The session is over: the password is asked for again."""
        self._verifier = None
        self._begun = False


def _tag(pin: str, salt: bytes, cost: Cost) -> bytes:
    return hashlib.sha256(_DOMAIN + derive(pin, salt, cost)).digest()
