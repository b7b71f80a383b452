"""Seals data keys and inbox messages to the public keys of persons and devices (age, X25519).

A sealed secret proves nothing about who sealed it: anybody can seal to a public key. What a key
may be used for is decided by the journal, never by the fact that it could be unwrapped.
"""

import secrets
from collections.abc import Sequence

import pyrage

from msclinic.vault.errors import DamagedSecret, NotForThisKey

__all__ = ["DATA_KEY_BYTES", "new_data_key", "wrap"]

DATA_KEY_BYTES = 32


def new_data_key() -> bytes:
    """A fresh random key for an encrypted file: 32 bytes."""
    return secrets.token_bytes(DATA_KEY_BYTES)


def wrap(secret: bytes, recipients: Sequence[str]) -> bytes:
    """Seal bytes so that any one of the recipients alone can open them.

    Args:
        secret: What to seal.
        recipients: Public keys, ``age1...``; one named twice counts once.

    Raises:
        ValueError: No recipient is named, or one is no public key.
    """
    if not recipients:
        raise ValueError("nothing is sealed for nobody")
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in dict.fromkeys(recipients)]
    except pyrage.RecipientError as error:
        raise ValueError("a recipient is not a public key of the form age1...") from error
    return bytes(pyrage.encrypt(secret, keys))


def unwrap_with(identity: str, blob: bytes) -> bytes:
    """Open what was sealed to an identity.

    Args:
        identity: The private key, ``AGE-SECRET-KEY-1...``.
        blob: The sealed bytes.

    Raises:
        NotForThisKey: It was sealed for others.
        DamagedSecret: It is not what was sealed.
    """
    key = pyrage.x25519.Identity.from_str(identity)
    try:
        return bytes(pyrage.decrypt(blob, [key]))
    except pyrage.DecryptError as error:
        if "matching keys" in str(error):
            raise NotForThisKey from None
        raise DamagedSecret from None


def new_identity() -> str:
    """A fresh private key of age as text."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public key of a private one.

    Raises:
        ValueError: The text is no private key of age.
    """
    try:
        return str(pyrage.x25519.Identity.from_str(identity).to_public())
    except pyrage.IdentityError:
        raise ValueError("not a private key of the form AGE-SECRET-KEY-1...") from None
