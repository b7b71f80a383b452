"""Signatures over journal entries: Ed25519, detached, 64 bytes.

Never decides whose key counts: a key id is only a name, the journal says who holds it since when.
"""

import hashlib

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

__all__ = ["key_id_of", "verify_entry_signature"]

SEED_BYTES = 32


def key_id_of(entry_public: bytes) -> str:
    """Name of a signing key: the first half of the SHA-256 of its 32 raw bytes, as 32 hex."""
    return hashlib.sha256(entry_public).hexdigest()[:32]


def verify_entry_signature(public_raw: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of the key signed exactly this message.

    Args:
        public_raw: The public key's 32 raw bytes.
        message: What was signed.
        signature: 64 bytes; anything else is simply not a signature.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_raw).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def new_seed() -> bytes:
    """A fresh private signing key as its 32 raw bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()
