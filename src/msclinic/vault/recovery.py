"""The recovery key: printed once at first run, kept on paper, never stored.

It is an ordinary age identity, so that a data key can be recovered with any age tool when this
program is long gone.
"""

from attrs import field, frozen

from msclinic.vault.errors import BadRecoveryKey
from msclinic.vault.wrapping import new_identity, recipient_of, unwrap_with

__all__ = ["RecoveryKey", "new_recovery_key", "recovery_recipient", "unwrap_with_recovery"]

_PREFIX = "AGE-SECRET-KEY-1"
_GROUP = 4
# Bech32 has no such characters: whoever types one has misread its lookalike.
_LOOKALIKES = str.maketrans({"O": "0", "1": "L", "I": "L", "B": "8"})


@frozen
class RecoveryKey:
    """A recovery key to be printed.

    Attributes:
        text: What is printed: the key in groups of four, typed back in any case and spacing.
        recipient: Its public key, to which data keys are sealed; not secret.
    """

    text: str = field(repr=False)
    recipient: str


def new_recovery_key() -> RecoveryKey:
    """A fresh recovery key."""
    identity = new_identity().upper()
    letters = identity.removeprefix(_PREFIX)
    groups = [letters[at : at + _GROUP] for at in range(0, len(letters), _GROUP)]
    return RecoveryKey(" ".join([_PREFIX, *groups]), recipient_of(identity))


def recovery_recipient(text: str) -> str:
    """The public key of a recovery key as typed; used to prove that the paper copy is right.

    Raises:
        BadRecoveryKey: It was not typed as printed.
    """
    return recipient_of(_identity(text))


def unwrap_with_recovery(text: str, blob: bytes) -> bytes:
    """Open a sealed data key with the recovery key.

    Args:
        text: As typed from paper; the printed prefix may be left out.
        blob: The sealed bytes.

    Raises:
        BadRecoveryKey: It was not typed as printed.
        NotForThisKey: The bytes were sealed for others.
        DamagedSecret: The bytes are not what was sealed.
    """
    return unwrap_with(_identity(text), blob)


def _identity(text: str) -> str:
    typed = "".join(text.split()).upper().replace("-", "").replace("–", "")
    letters = typed.removeprefix(_PREFIX.replace("-", "")).translate(_LOOKALIKES)
    identity = _PREFIX + letters
    try:
        recipient_of(identity)
    except ValueError:
        raise BadRecoveryKey from None
    return identity
