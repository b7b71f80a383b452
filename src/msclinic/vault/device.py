"""The keys of one device: they sign where nobody acts and open what was sealed to the device.

They lie as bytes inside the encrypted database only, and are no person's keys.
"""

import json

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from msclinic.vault.errors import DamagedSecret
from msclinic.vault.signatures import SEED_BYTES, key_id_of, new_seed
from msclinic.vault.wrapping import new_identity, recipient_of, unwrap_with

__all__ = ["DeviceKeys"]


class DeviceKeys:
    """A device's signing key and age identity.

    Attributes:
        entry_public: Public signing key, 32 raw bytes.
        key_id: Name of that key, 32 hex.
        recipient: Public age key, ``age1...``; seals to this device.
    """

    def __init__(self, seed: bytes, identity: str) -> None:
        self._signing = Ed25519PrivateKey.from_private_bytes(seed)
        self._identity = identity
        self.entry_public = self._signing.public_key().public_bytes_raw()
        self.key_id = key_id_of(self.entry_public)
        self.recipient = recipient_of(identity)

    def __repr__(self) -> str:
        return f"DeviceKeys(key_id={self.key_id!r})"

    @classmethod
    def create(cls) -> "DeviceKeys":
        """Fresh keys for a new device."""
        return cls(new_seed(), new_identity())

    @classmethod
    def from_secret(cls, secret: bytes) -> "DeviceKeys":
        """Read the keys from the encrypted database.

        Raises:
            DamagedSecret: The bytes are not what ``to_secret`` wrote.
        """
        try:
            stored = json.loads(secret)
            if stored["format"] != 1:
                raise DamagedSecret
            seed = bytes.fromhex(stored["entry_seed"])
            if len(seed) != SEED_BYTES:
                raise DamagedSecret
            return cls(seed, stored["identity"])
        except (ValueError, KeyError, TypeError, RecursionError):
            raise DamagedSecret from None

    def to_secret(self) -> bytes:
        """The private keys as bytes; only the encrypted database may hold them."""
        return json.dumps(
            {
                "entry_seed": self._signing.private_bytes_raw().hex(),
                "format": 1,
                "identity": self._identity,
            },
            sort_keys=True,
        ).encode("ascii")

    def sign_entry(self, message: bytes) -> bytes:
        """Sign a journal message: 64 bytes."""
        return self._signing.sign(message)

    def unwrap(self, blob: bytes) -> bytes:
        """Open what was sealed to this device.

        Raises:
            NotForThisKey: It was sealed for others.
            DamagedSecret: It is not what was sealed.
        """
        return unwrap_with(self._identity, blob)
