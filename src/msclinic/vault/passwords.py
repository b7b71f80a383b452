"""Rules for passwords and the slow derivation of a key from one (argon2id, RFC 9106).

Never stores or prints a password; the cost of a derivation is bounded before any work is done.
"""

import hmac
import unicodedata

from argon2.low_level import ARGON2_VERSION, Type, hash_secret_raw
from attrs import field, frozen

from msclinic.vault.errors import PasswordRefused

__all__ = ["KEY_BYTES", "LONGEST", "SALT_BYTES", "SHORTEST", "Cost", "check_password", "derive"]

SHORTEST = 12
LONGEST = 256
KEY_BYTES = 32
SALT_BYTES = 16
_MEMORY_KIB = (1024, 1024 * 1024)
_PASSES = (1, 16)
_LANES = (1, 16)


@frozen
class Cost:
    """How much work one try of a password takes.

    The shipped cost is the second recommended choice of RFC 9106; tests and the demo, whose
    passwords protect nothing, take a smaller one.

    Attributes:
        memory_kib: Memory of one derivation in KiB.
        passes: Passes over that memory.
        lanes: Lanes worked on side by side.
    """

    memory_kib: int = field(default=64 * 1024)
    passes: int = field(default=3)
    lanes: int = field(default=4)

    def __attrs_post_init__(self) -> None:
        for value, (least, most) in (
            (self.memory_kib, _MEMORY_KIB),
            (self.passes, _PASSES),
            (self.lanes, _LANES),
        ):
            if type(value) is not int or not least <= value <= most:
                raise ValueError(f"a password cost of {value!r} is outside {least} to {most}")


def check_password(text: str) -> str | None:
    """Why a new password is refused, as one sentence, or None where it will do.

    Length is counted in characters after Unicode composition (R-SEC-2: at least 12). No mix of
    character kinds is asked for: a sentence is a good password.
    """
    refusal = refused_password(text)
    return None if refusal is None else refusal.sentence


def refused_password(text: str) -> PasswordRefused | None:
    """The refusal of a new password as an error that may be raised, or None."""
    prepared = _prepared(text)
    if len(prepared) < SHORTEST:
        return PasswordRefused("password_short", count=SHORTEST)
    if len(prepared) > LONGEST:
        return PasswordRefused("password_long", count=LONGEST)
    if len(set(prepared)) < 4:
        return PasswordRefused("password_plain")
    if any(unicodedata.category(character) == "Cc" for character in prepared):
        return PasswordRefused("password_control")
    return None


def derive(password: str, salt: bytes, cost: Cost) -> bytes:
    """A key of 32 bytes from a password.

    Args:
        password: As typed; composed to Unicode NFC first, since keyboards differ in how they
            send the same letter.
        salt: 16 random bytes, never used twice.
        cost: The work to do.
    """
    return hash_secret_raw(
        secret=_prepared(password).encode("utf-8", "surrogatepass"),
        salt=salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        hash_len=KEY_BYTES,
        type=Type.ID,
        version=ARGON2_VERSION,
    )


def same(left: bytes, right: bytes) -> bool:
    """Whether two derived keys are equal, in a time that tells nothing about where they differ."""
    return hmac.compare_digest(left, right)


def _prepared(text: str) -> str:
    return unicodedata.normalize("NFC", text)
